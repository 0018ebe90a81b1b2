-- Deliveries in two places: what lives, and the log of what ended. A row moves when it ends (and back when it is replayed), so that the queue stays as small as
-- what is under way, and the log is written once, day by day, and dropped by the day (ADR 10). state: 1 waiting, 2 sending, 3 ambiguous, 4 sent, 5 delivered,
-- 6 dead, 7 canceled, 8 expired, 9 dropped. When it was planned is in its id. attempts: every hand-over, a JSON array a line.
CREATE TABLE delivery_log (
    id bigint NOT NULL,
    notification_id bigint NOT NULL,
    user_id bigint NOT NULL,
    category text NOT NULL,
    channel smallint NOT NULL,
    provider text NOT NULL,
    address_id bigint NOT NULL,
    address text,
    collapse_key text,
    digest_id bigint NOT NULL,
    fallback_of smallint,
    priority smallint NOT NULL,
    policy smallint NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    state smallint NOT NULL,
    attempt integer NOT NULL,
    fence bigint NOT NULL,
    node integer,
    lease_until timestamptz,
    ambiguous integer NOT NULL,
    unanswered boolean NOT NULL,
    cancel_requested boolean NOT NULL,
    reason text,
    message_id text,
    started_at timestamptz,
    opened_at timestamptz,
    finished_at timestamptz,
    attempts text,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE TABLE delivery_queue (
    LIKE delivery_log,
    turn smallint GENERATED ALWAYS AS (CASE WHEN state = 3 THEN 0::smallint ELSE priority END) STORED,
    PRIMARY KEY (id)
);

-- No index knows whether a row is being sent, so that a claim finds room for its new version beside the old one and touches no index (heap-only tuples). Vacuumed
-- by rows that changed, not by a share of the table: the heads of the indexes stay short.
ALTER TABLE delivery_queue SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 200000);

-- One notification, one person, one channel, one address: once. Grows at its end, for notification ids ascend.
CREATE UNIQUE INDEX delivery_queue_of ON delivery_queue (notification_id, user_id, channel, address_id);

-- Who is next. What is being sent keeps its place and is stepped over; there are as many of those as a provider has places.
CREATE INDEX delivery_queue_turn ON delivery_queue (provider, turn, due_at, id);
CREATE INDEX delivery_queue_collapse ON delivery_queue (user_id, collapse_key) WHERE collapse_key IS NOT NULL;

-- When leases end: a row a claim, and no index over what is being sent. Renewing changes the deliveries alone: who finds a row past its time asks them.
CREATE TABLE delivery_lease (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    until timestamptz NOT NULL,
    node integer NOT NULL,
    deliveries bigint[] NOT NULL
);

CREATE TABLE delivery_log_rest PARTITION OF delivery_log DEFAULT;
CREATE INDEX delivery_log_of ON delivery_log (notification_id, user_id);

-- What an operator looks at and replays.
CREATE INDEX delivery_log_dead ON delivery_log (id) WHERE state IN (6, 8);

-- The days from now on; later ones are made in time by the retention. A row of another day lies in the default partition.
DO $$
DECLARE
    today integer := (now() AT TIME ZONE 'UTC')::date - date '2026-01-01';
    a_day bigint := 86400000::bigint << 22;
BEGIN
    FOR day IN today .. today + 7 LOOP
        EXECUTE format('CREATE TABLE delivery_log_d%s PARTITION OF delivery_log FOR VALUES FROM (%s) TO (%s)',
            to_char(date '2026-01-01' + day, 'YYYYMMDD'), day * a_day, (day + 1) * a_day);
    END LOOP;
END
$$;

-- Both places, for whoever only reads.
CREATE VIEW delivery AS
SELECT
    id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at,
    expires_at, state, attempt, fence, node, lease_until, ambiguous, unanswered, cancel_requested, reason, message_id, started_at, opened_at,
    finished_at, attempts
FROM delivery_queue
UNION ALL SELECT
    id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at,
    expires_at, state, attempt, fence, node, lease_until, ambiguous, unanswered, cancel_requested, reason, message_id, started_at, opened_at,
    finished_at, attempts
FROM delivery_log;

-- day: of the log, in days since 2026-01-01, so that the counts of a day go with it; -1 for what lives.
CREATE TABLE delivery_count (
    day integer NOT NULL,
    provider text NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (day, provider, state)
);

-- What changed since the last fold. Appended, never updated: planners and runners that shared a row of counts would wait for each other's commit.
CREATE TABLE delivery_count_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day integer NOT NULL,
    provider text NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL
);

-- The queues that stand still.
CREATE TABLE delivery_pause (
    provider text PRIMARY KEY,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    by_hand boolean NOT NULL
);
