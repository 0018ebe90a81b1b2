CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    display_key   TEXT NOT NULL,
    locale        TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    role          INTEGER NOT NULL,
    password_hash TEXT,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL
) STRICT;

-- A search reads this narrow index in the order of ids until its page is full: about 15 ms for a word that none of 100,000 people has.
CREATE INDEX users_search ON users (id, name_key, display_key, disabled);

CREATE INDEX users_admin ON users (id) WHERE role = 3 AND disabled = 0;

-- Sessions, minted tokens and API keys (user_id NULL); the token itself is nowhere.
CREATE TABLE credential (
    id           INTEGER PRIMARY KEY,
    kind         INTEGER NOT NULL,
    digest       BLOB NOT NULL UNIQUE,
    user_id      INTEGER REFERENCES users (id),
    role         INTEGER,
    name         TEXT,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER
) STRICT;

CREATE INDEX credential_of_user ON credential (user_id, id);

CREATE INDEX credential_expiry ON credential (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE invite (
    id         INTEGER PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    max_uses   INTEGER NOT NULL,
    uses       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX invite_expiry ON invite (expires_at);

-- One row: when the first admin was made.
CREATE TABLE setup (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    done_at INTEGER
) STRICT;

INSERT INTO setup (id, done_at) VALUES (1, NULL);

CREATE TABLE setup_link (
    digest     BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- kind: 1 friend, 2 follow, 3 mute, 4 block. state: 1 outgoing, 2 incoming, 3 accepted (always 3 but for friends).
CREATE TABLE relation (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       INTEGER NOT NULL,
    target_id  INTEGER NOT NULL REFERENCES users (id),
    state      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, target_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX relation_to ON relation (target_id, kind, user_id);
