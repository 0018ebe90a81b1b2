-- What was accepted, as it was accepted: the notification log. When it was is in the id. A partition a day, by the id; one that nobody made in time is no
-- loss, its rows lie in the default one and are deleted one by one.
CREATE TABLE notification (
    id           bigint NOT NULL,
    sender       bigint NOT NULL,              -- the person or the API key; 0 this machine's operator, -1 this server itself
    event_id     text,
    category     text NOT NULL,
    template     text,
    version      int,
    content      text,                         -- JSON, instead of a template
    channels     int,                          -- the sum of 1 << DeliveryChannel; NULL leaves it to the category
    to_kind      smallint NOT NULL,            -- 1 people, 2 audience, 3 all, 4 address
    to_value     text NOT NULL,                -- ids with commas between, ascending; a name; nothing; channel:address
    data         text NOT NULL,
    collapse_key text,
    send_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    state        smallint NOT NULL,            -- NotificationState
    is_wide      boolean NOT NULL,             -- planned in chunks, behind everything else
    planned_to   bigint NOT NULL DEFAULT 0,    -- the last person of the last chunk
    people       bigint NOT NULL DEFAULT 0,    -- how many were decided on
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE TABLE notification_rest PARTITION OF notification DEFAULT;

-- What waits to be planned, and nothing else.
CREATE INDEX notification_due ON notification (is_wide, send_at, id) WHERE state IN (1, 2);

-- Event ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE notification_key (
    bucket          bigint NOT NULL,
    sender          bigint NOT NULL,
    event_id        text NOT NULL,
    notification_id bigint NOT NULL,
    digest          bigint NOT NULL,           -- of everything that a retry must repeat
    PRIMARY KEY (bucket, sender, event_id)
) PARTITION BY RANGE (bucket);

CREATE TABLE notification_key_rest PARTITION OF notification_key DEFAULT;

-- Why somebody got it, and why not: one row a person, written once. user_id 0: an address outside of every account.
CREATE TABLE notification_decision (
    notification_id bigint NOT NULL,
    user_id         bigint NOT NULL,
    at              timestamptz NOT NULL,
    item_id         bigint NOT NULL,           -- in the in-app inbox; 0 for none
    codes           text NOT NULL,             -- Decision, one a line
    PRIMARY KEY (notification_id, user_id)
) PARTITION BY RANGE (notification_id);

CREATE TABLE notification_decision_rest PARTITION OF notification_decision DEFAULT;

-- The in-app inbox. By the id of the item, which is of the moment when it came.
CREATE TABLE notification_item (
    user_id         bigint NOT NULL,
    id              bigint NOT NULL,
    notification_id bigint NOT NULL,
    collapse_key    text,
    is_read         boolean NOT NULL,          -- read by itself; whatever is not above notification_read.read_to is read too
    PRIMARY KEY (user_id, id)
) PARTITION BY RANGE (id);

CREATE TABLE notification_item_rest PARTITION OF notification_item DEFAULT;

CREATE INDEX notification_item_collapse ON notification_item (user_id, collapse_key) WHERE collapse_key IS NOT NULL;

-- The days and weeks from now on; later ones are made in time by the retention.
DO $$
DECLARE
    today integer := (now() AT TIME ZONE 'UTC')::date - date '2026-01-01';
    week bigint := floor(extract(epoch FROM now()) / 604800);
    a_day bigint := 86400000::bigint << 22;
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['notification', 'notification_decision', 'notification_item'] LOOP
        FOR day IN today .. today + 7 LOOP
            EXECUTE format('CREATE TABLE %s_d%s PARTITION OF %s FOR VALUES FROM (%s) TO (%s)',
                parent, to_char(date '2026-01-01' + day, 'YYYYMMDD'), parent, day * a_day, (day + 1) * a_day);
        END LOOP;
    END LOOP;
    FOR bucket IN week .. week + 1 LOOP
        EXECUTE format('CREATE TABLE notification_key_w%s PARTITION OF notification_key FOR VALUES FROM (%s) TO (%s)', lpad(bucket::text, 6, '0'), bucket, bucket + 1);
    END LOOP;
END
$$;

-- Up to where somebody has read. How many are unread is counted when it is asked for; the version of that number is the position in the realtime inbox.
CREATE TABLE notification_read (
    user_id bigint PRIMARY KEY,
    read_to bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE audience (
    id         bigint PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    kind       smallint NOT NULL,              -- 1 topic, 2 segment
    title      text NOT NULL,
    is_open    boolean NOT NULL,               -- people may join and leave the topic by themselves
    rule       text,                           -- of a segment, JSON
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE topic_member (
    audience_id bigint NOT NULL,
    user_id     bigint NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (audience_id, user_id)
);

CREATE INDEX topic_member_user ON topic_member (user_id, audience_id);
