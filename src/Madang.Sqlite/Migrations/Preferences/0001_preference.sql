-- Stored categories; built-in ones stand without a row. channels: the sum of 1 << number. Times are Unix milliseconds.
CREATE TABLE notification_category (
    name TEXT PRIMARY KEY,
    titles TEXT NOT NULL,
    mandatory INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    ambiguous INTEGER NOT NULL,
    quiet INTEGER NOT NULL,
    per_hour INTEGER,
    per_day INTEGER,
    digest_window_ms INTEGER,
    time_to_live_ms INTEGER NOT NULL,
    fallback_from INTEGER,
    fallback_after_ms INTEGER,
    fallback_to INTEGER,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person chose for everything. quiet: day:from-to in minutes, parted by semicolons.
CREATE TABLE preference (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    off_channels INTEGER NOT NULL,
    muted_until INTEGER,
    quiet TEXT,
    updated_at INTEGER NOT NULL
) STRICT;

-- And for one category; a channel in neither set goes by the category.
CREATE TABLE preference_choice (
    user_id INTEGER NOT NULL REFERENCES users (id),
    category TEXT NOT NULL,
    on_channels INTEGER NOT NULL,
    off_channels INTEGER NOT NULL,
    PRIMARY KEY (user_id, category)
) STRICT, WITHOUT ROWID;

-- kind: 1 APNs, 2 FCM, 3 Web Push, which end with their session; 4 e-mail, 5 phone, which are verified. value_hash is also the key of the suppression list.
CREATE TABLE address (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_hash BLOB NOT NULL,
    scope TEXT NOT NULL,
    credential_id INTEGER REFERENCES credential (id) ON DELETE CASCADE,
    time_zone TEXT,
    locale TEXT,
    registered_at INTEGER NOT NULL,
    dead_at INTEGER,
    dead_reason TEXT,
    soft_bounces INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX address_token ON address (value_hash) WHERE kind <= 3;
CREATE UNIQUE INDEX address_device ON address (credential_id) WHERE credential_id IS NOT NULL;
CREATE UNIQUE INDEX address_personal ON address (user_id, kind) WHERE kind >= 4;
CREATE INDEX address_of ON address (user_id, id);

-- An address that waits for its code.
CREATE TABLE address_code (
    user_id INTEGER NOT NULL REFERENCES users (id),
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    tries INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    first_sent_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;

-- Nothing goes to these, whoever has them.
CREATE TABLE suppression (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- How often a person was disturbed lately, in a category or ('') in all of them.
CREATE TABLE limit_count (
    user_id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    tally BLOB NOT NULL,
    PRIMARY KEY (user_id, scope)
) STRICT, WITHOUT ROWID;

-- state: 1 open, 2 sent, 3 dropped.
CREATE TABLE digest (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    category TEXT NOT NULL,
    digest_key TEXT NOT NULL,
    state INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    items INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX digest_open ON digest (user_id, category, digest_key) WHERE state = 1;
CREATE INDEX digest_due ON digest (closes_at) WHERE state = 1;
CREATE INDEX digest_age ON digest (closed_at) WHERE state > 1;

-- One notification is in one digest of a person, ever: gathering it again changes nothing.
CREATE TABLE digest_item (
    notification_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    digest_id INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    PRIMARY KEY (notification_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX digest_item_of ON digest_item (digest_id, notification_id);
