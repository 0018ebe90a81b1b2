-- A delivery is a row of the log and, while it lives, of the queue. state: 1 waiting, 2 sending, 3 ambiguous, 4 sent, 5 delivered, 6 dead, 7 canceled,
-- 8 expired, 9 dropped. When it was planned is in its id.
CREATE TABLE delivery (
    id bigint PRIMARY KEY,
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
    finished_at timestamptz
);

-- A queue turns its rows over: vacuum by rows that changed, not by a share of the table, so that the heads of its indexes stay short.
ALTER TABLE delivery SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_analyze_scale_factor = 0.05);

-- One notification, one person, one channel, one address: once. Grows at its end, for notification ids ascend.
CREATE UNIQUE INDEX delivery_of ON delivery (notification_id, user_id, channel, address_id);

-- Only what waits: a million deliveries that ended, or that are due next week, stand in nobody's way.
CREATE INDEX delivery_waiting ON delivery (provider, priority, due_at, id) WHERE state = 1;
CREATE INDEX delivery_ambiguous ON delivery (provider, due_at, id) WHERE state = 3;

-- As many rows as are being sent.
CREATE INDEX delivery_lease ON delivery (lease_until) WHERE state = 2;

-- What an operator looks at and replays.
CREATE INDEX delivery_dead ON delivery (id) WHERE state IN (6, 8);

CREATE INDEX delivery_collapse ON delivery (user_id, collapse_key) WHERE state = 1 AND collapse_key IS NOT NULL;

-- Every hand-over, appended; number is the fence it was made under.
CREATE TABLE delivery_attempt (
    delivery_id bigint NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    provider text NOT NULL,
    look_up boolean NOT NULL,
    class smallint NOT NULL,
    code text NOT NULL,
    detail text,
    latency_ms integer NOT NULL,
    next_at timestamptz,
    PRIMARY KEY (delivery_id, number)
);

CREATE TABLE delivery_count (
    provider text NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (provider, state)
);

-- What changed since the last fold. Appended, never updated: planners and runners that shared a row of counts would wait for each other's commit.
CREATE TABLE delivery_count_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
