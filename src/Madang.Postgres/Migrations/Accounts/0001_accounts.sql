CREATE TABLE users (
    id            bigint PRIMARY KEY,
    name          text NOT NULL,
    name_key      text NOT NULL UNIQUE,
    display_name  text NOT NULL,
    display_key   text NOT NULL,
    locale        text NOT NULL,
    time_zone     text NOT NULL,
    role          smallint NOT NULL,
    password_hash text,
    disabled      boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL
);

CREATE INDEX users_admin ON users (id) WHERE role = 3 AND NOT disabled;

-- Sessions, minted tokens and API keys (user_id NULL); the token itself is nowhere.
CREATE TABLE credential (
    id           bigint PRIMARY KEY,
    kind         smallint NOT NULL,
    digest       bytea NOT NULL UNIQUE,
    user_id      bigint REFERENCES users (id),
    role         smallint,
    name         text,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz
);

CREATE INDEX credential_of_user ON credential (user_id, id);

CREATE INDEX credential_expiry ON credential (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE invite (
    id         bigint PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    max_uses   integer NOT NULL,
    uses       integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX invite_expiry ON invite (expires_at);

-- One row: when the first admin was made.
CREATE TABLE setup (
    id      integer PRIMARY KEY CHECK (id = 1),
    done_at timestamptz
);

INSERT INTO setup (id, done_at) VALUES (1, NULL);

CREATE TABLE setup_link (
    digest     bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- kind: 1 friend, 2 follow, 3 mute, 4 block. state: 1 outgoing, 2 incoming, 3 accepted (always 3 but for friends).
CREATE TABLE relation (
    user_id    bigint NOT NULL REFERENCES users (id),
    kind       smallint NOT NULL,
    target_id  bigint NOT NULL REFERENCES users (id),
    state      smallint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind, target_id)
);

CREATE INDEX relation_to ON relation (target_id, kind, user_id);
