-- Signs the links of messages. One row, written once.
CREATE TABLE tracking_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
) STRICT;

-- What was heard of messages, appended. kind: 1 sent, 2 delivered, 3 opened, 4 clicked, 5 converted, 6 failed, 7 unsubscribed, 8 dismissed.
CREATE TABLE tracking_event (
    id INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL,
    delivery_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    machine INTEGER NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- However often it is reported: once. A delivery has one open by a person, and one by a machine.
CREATE UNIQUE INDEX tracking_once ON tracking_event (notification_id, delivery_id, user_id, kind, machine, (CASE WHEN kind = 5 THEN detail ELSE '' END));

-- Up to which event everything is counted.
CREATE TABLE tracking_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    event_id INTEGER NOT NULL
) STRICT;

INSERT INTO tracking_mark (id, event_id) VALUES (1, 0);

-- day: days since 1970.
CREATE TABLE tracking_count (
    campaign TEXT NOT NULL,
    day INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    machine INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (campaign, day, kind, machine)
) STRICT, WITHOUT ROWID;
