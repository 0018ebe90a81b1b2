-- A delivery is a row of the log and, while it lives, of the queue. state: 1 waiting, 2 sending, 3 ambiguous, 4 sent, 5 delivered, 6 dead, 7 canceled,
-- 8 expired, 9 dropped. Times are Unix milliseconds; when it was planned is in its id.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    category TEXT NOT NULL,
    channel INTEGER NOT NULL,
    provider TEXT NOT NULL,
    address_id INTEGER NOT NULL,
    address TEXT,
    collapse_key TEXT,
    digest_id INTEGER NOT NULL,
    fallback_of INTEGER,
    priority INTEGER NOT NULL,
    policy INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    node INTEGER,
    lease_until INTEGER,
    ambiguous INTEGER NOT NULL,
    unanswered INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    reason TEXT,
    message_id TEXT,
    started_at INTEGER,
    opened_at INTEGER,
    finished_at INTEGER
) STRICT;

-- One notification, one person, one channel, one address: once. Grows at its end, for notification ids ascend.
CREATE UNIQUE INDEX delivery_of ON delivery (notification_id, user_id, channel, address_id);

-- Only what waits: a million deliveries that ended, or that are due next week, stand in nobody's way.
CREATE INDEX delivery_waiting ON delivery (provider, priority, due_at) WHERE state = 1;
CREATE INDEX delivery_ambiguous ON delivery (provider, due_at) WHERE state = 3;

-- As many rows as are being sent.
CREATE INDEX delivery_lease ON delivery (lease_until) WHERE state = 2;

-- What an operator looks at and replays.
CREATE INDEX delivery_dead ON delivery (provider) WHERE state IN (6, 8);

CREATE INDEX delivery_collapse ON delivery (user_id, collapse_key) WHERE state = 1 AND collapse_key IS NOT NULL;

-- Every hand-over, appended; number is the fence it was made under.
CREATE TABLE delivery_attempt (
    delivery_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    provider TEXT NOT NULL,
    look_up INTEGER NOT NULL,
    class INTEGER NOT NULL,
    code TEXT NOT NULL,
    detail TEXT,
    latency_ms INTEGER NOT NULL,
    next_at INTEGER,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- Changed in place, once a transaction and queue: the one writer is alone.
CREATE TABLE delivery_count (
    provider TEXT NOT NULL,
    state INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (provider, state)
) STRICT, WITHOUT ROWID;

-- The queues that stand still.
CREATE TABLE delivery_pause (
    provider TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by_hand INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
