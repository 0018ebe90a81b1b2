-- Signs the links of messages. One row, written once.
CREATE TABLE tracking_key (
    id integer PRIMARY KEY CHECK (id = 1),
    secret bytea NOT NULL
);

-- What was heard of messages, appended. kind: 1 sent, 2 delivered, 3 opened, 4 clicked, 5 converted, 6 failed, 7 unsubscribed, 8 dismissed.
CREATE TABLE tracking_event (
    id bigint PRIMARY KEY,
    notification_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind smallint NOT NULL,
    machine boolean NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL
);

-- However often it is reported: once. A delivery has one open by a person, and one by a machine.
CREATE UNIQUE INDEX tracking_once ON tracking_event (notification_id, delivery_id, user_id, kind, machine, (CASE WHEN kind = 5 THEN detail ELSE '' END));

-- Up to which event everything is counted.
CREATE TABLE tracking_mark (
    id integer PRIMARY KEY CHECK (id = 1),
    event_id bigint NOT NULL
);

INSERT INTO tracking_mark (id, event_id) VALUES (1, 0);

-- day: days since 1970.
CREATE TABLE tracking_count (
    campaign text NOT NULL,
    day integer NOT NULL,
    kind smallint NOT NULL,
    machine boolean NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (campaign, day, kind, machine)
);
