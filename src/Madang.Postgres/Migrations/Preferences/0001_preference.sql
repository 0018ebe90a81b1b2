-- Stored categories; built-in ones stand without a row. channels: the sum of 1 << number.
CREATE TABLE notification_category (
    name text PRIMARY KEY,
    titles text NOT NULL,
    mandatory boolean NOT NULL,
    channels integer NOT NULL,
    priority smallint NOT NULL,
    ambiguous smallint NOT NULL,
    quiet smallint NOT NULL,
    per_hour integer,
    per_day integer,
    digest_window_ms bigint,
    time_to_live_ms bigint NOT NULL,
    fallback_from smallint,
    fallback_after_ms bigint,
    fallback_to smallint,
    updated_at timestamptz NOT NULL
);

-- What a person chose for everything. quiet: day:from-to in minutes, parted by semicolons.
CREATE TABLE preference (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    off_channels integer NOT NULL,
    muted_until timestamptz,
    quiet text,
    updated_at timestamptz NOT NULL
);

-- And for one category; a channel in neither set goes by the category.
CREATE TABLE preference_choice (
    user_id bigint NOT NULL REFERENCES users (id),
    category text NOT NULL,
    on_channels integer NOT NULL,
    off_channels integer NOT NULL,
    PRIMARY KEY (user_id, category)
);

-- kind: 1 APNs, 2 FCM, 3 Web Push, which end with their session; 4 e-mail, 5 phone, which are verified. value_hash is also the key of the suppression list.
CREATE TABLE address (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    kind smallint NOT NULL,
    value text NOT NULL,
    value_hash bytea NOT NULL,
    scope text NOT NULL,
    credential_id bigint REFERENCES credential (id) ON DELETE CASCADE,
    time_zone text,
    locale text,
    registered_at timestamptz NOT NULL,
    dead_at timestamptz,
    dead_reason text,
    soft_bounces integer NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX address_token ON address (value_hash) WHERE kind <= 3;
CREATE UNIQUE INDEX address_device ON address (credential_id) WHERE credential_id IS NOT NULL;
CREATE UNIQUE INDEX address_personal ON address (user_id, kind) WHERE kind >= 4;
CREATE INDEX address_of ON address (user_id, id);

-- An address that waits for its code.
CREATE TABLE address_code (
    user_id bigint NOT NULL REFERENCES users (id),
    kind smallint NOT NULL,
    value text NOT NULL,
    code_hash bytea NOT NULL,
    tries integer NOT NULL,
    sent integer NOT NULL,
    first_sent_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- Nothing goes to these, whoever has them.
CREATE TABLE suppression (
    id bigint PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    kind smallint NOT NULL,
    value text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL
);

-- How often a person was disturbed lately, in a category or ('') in all of them.
CREATE TABLE limit_count (
    user_id bigint NOT NULL,
    scope text NOT NULL,
    tally bytea NOT NULL,
    PRIMARY KEY (user_id, scope)
);

-- state: 1 open, 2 sent, 3 dropped.
CREATE TABLE digest (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL,
    category text NOT NULL,
    digest_key text NOT NULL,
    state smallint NOT NULL,
    channels integer NOT NULL,
    items integer NOT NULL,
    opened_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    closed_at timestamptz
);

CREATE UNIQUE INDEX digest_open ON digest (user_id, category, digest_key) WHERE state = 1;
CREATE INDEX digest_due ON digest (closes_at) WHERE state = 1;
CREATE INDEX digest_age ON digest (closed_at) WHERE state > 1;

-- One notification is in one digest of a person, ever: gathering it again changes nothing.
CREATE TABLE digest_item (
    notification_id bigint NOT NULL,
    user_id bigint NOT NULL,
    digest_id bigint NOT NULL,
    channels integer NOT NULL,
    PRIMARY KEY (notification_id, user_id)
);

CREATE INDEX digest_item_of ON digest_item (digest_id, notification_id);
