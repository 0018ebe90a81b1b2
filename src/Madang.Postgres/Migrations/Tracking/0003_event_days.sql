-- The log of events by the day of the notification that they are about, as its other logs: dropped with them. What comes of one whose day is gone, or that nobody
-- made a day for, lies in the default partition and is deleted by rows.
ALTER TABLE tracking_event RENAME TO tracking_event_before;
DROP INDEX tracking_once;

CREATE TABLE tracking_event (
    id bigint NOT NULL,
    notification_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind smallint NOT NULL,
    machine boolean NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL
) PARTITION BY RANGE (notification_id);

CREATE TABLE tracking_event_rest PARTITION OF tracking_event DEFAULT;

CREATE INDEX tracking_event_id ON tracking_event (id);

-- However often it is reported: once. A delivery has one open by a person, and one by a machine.
CREATE UNIQUE INDEX tracking_once ON tracking_event (notification_id, delivery_id, user_id, kind, machine, (CASE WHEN kind = 5 THEN detail ELSE '' END));

-- The days from now on; later ones are made in time by the retention.
DO $$
DECLARE
    today integer := (now() AT TIME ZONE 'UTC')::date - date '2026-01-01';
    a_day bigint := 86400000::bigint << 22;
BEGIN
    FOR day IN today .. today + 7 LOOP
        EXECUTE format('CREATE TABLE tracking_event_d%s PARTITION OF tracking_event FOR VALUES FROM (%s) TO (%s)',
            to_char(date '2026-01-01' + day, 'YYYYMMDD'), day * a_day, (day + 1) * a_day);
    END LOOP;
END
$$;

INSERT INTO tracking_event SELECT id, notification_id, delivery_id, user_id, kind, machine, detail, at FROM tracking_event_before;

DROP TABLE tracking_event_before;
