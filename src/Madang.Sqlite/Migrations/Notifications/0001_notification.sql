-- What was accepted, as it was accepted: the notification log. When it was is in the id.
CREATE TABLE notification (
    id           INTEGER PRIMARY KEY,
    sender       INTEGER NOT NULL,            -- the person or the API key; 0 this machine's operator, -1 this server itself
    event_id     TEXT,
    category     TEXT NOT NULL,
    template     TEXT,
    version      INTEGER,
    content      TEXT,                        -- JSON, instead of a template
    channels     INTEGER,                     -- the sum of 1 << DeliveryChannel; NULL leaves it to the category
    to_kind      INTEGER NOT NULL,            -- 1 people, 2 audience, 3 all, 4 address
    to_value     TEXT NOT NULL,               -- ids with commas between, ascending; a name; nothing; channel:address
    data         TEXT NOT NULL,
    collapse_key TEXT,
    send_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    state        INTEGER NOT NULL,            -- NotificationState
    is_wide      INTEGER NOT NULL,            -- planned in chunks, behind everything else
    planned_to   INTEGER NOT NULL DEFAULT 0,  -- the last person of the last chunk
    people       INTEGER NOT NULL DEFAULT 0   -- how many were decided on
) STRICT;

-- What waits to be planned, and nothing else.
CREATE INDEX notification_due ON notification (is_wide, send_at, id) WHERE state IN (1, 2);

-- Event ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE notification_key (
    bucket          INTEGER NOT NULL,
    sender          INTEGER NOT NULL,
    event_id        TEXT NOT NULL,
    notification_id INTEGER NOT NULL,
    digest          INTEGER NOT NULL,         -- of everything that a retry must repeat
    PRIMARY KEY (bucket, sender, event_id)
) STRICT, WITHOUT ROWID;

-- Why somebody got it, and why not: one row a person, written once. user_id 0: an address outside of every account.
CREATE TABLE notification_decision (
    notification_id INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    item_id         INTEGER NOT NULL,         -- in the in-app inbox; 0 for none
    codes           TEXT NOT NULL,            -- Decision, one a line
    PRIMARY KEY (notification_id, user_id)
) STRICT, WITHOUT ROWID;

-- The in-app inbox, one person's side by side.
CREATE TABLE notification_item (
    user_id         INTEGER NOT NULL,
    id              INTEGER NOT NULL,         -- of the moment when it came, not when it was accepted
    notification_id INTEGER NOT NULL,
    collapse_key    TEXT,
    is_read         INTEGER NOT NULL,         -- read by itself; whatever is not above notification_read.read_to is read too
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX notification_item_collapse ON notification_item (user_id, collapse_key) WHERE collapse_key IS NOT NULL;

-- Up to where somebody has read. How many are unread is counted when it is asked for; the version of that number is the position in the realtime inbox.
CREATE TABLE notification_read (
    user_id INTEGER PRIMARY KEY,
    read_to INTEGER NOT NULL
) STRICT;

CREATE TABLE audience (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       INTEGER NOT NULL,              -- 1 topic, 2 segment
    title      TEXT NOT NULL,
    is_open    INTEGER NOT NULL,              -- people may join and leave the topic by themselves
    rule       TEXT,                          -- of a segment, JSON
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE topic_member (
    audience_id INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    PRIMARY KEY (audience_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX topic_member_user ON topic_member (user_id, audience_id);
