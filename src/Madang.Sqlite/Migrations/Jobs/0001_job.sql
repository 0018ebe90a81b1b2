-- The durable queue. state: 1 waiting, 2 running, 3 done, 4 dead, 5 canceled. Times are Unix milliseconds.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    state INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    deadline INTEGER,
    unique_key TEXT,
    payload TEXT NOT NULL,
    node INTEGER,
    lease_until INTEGER,
    cancel_requested INTEGER NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;

-- Claiming reads one range per queue and priority, so that a million jobs for next week stand in nobody's way.
CREATE INDEX job_ready ON job (queue, priority, run_at) WHERE state = 1;

-- As many rows as jobs are running: ended leases are found without looking at the queue.
CREATE INDEX job_lease ON job (lease_until) WHERE state = 2;

CREATE UNIQUE INDEX job_unique ON job (queue, unique_key) WHERE unique_key IS NOT NULL AND state <= 2;
CREATE INDEX job_finished ON job (state, finished_at) WHERE state >= 3;
CREATE INDEX job_dead ON job (queue) WHERE state = 4;

-- Changed in place: the one writer is alone, so one row per queue and state holds nobody up.
CREATE TABLE job_count (
    queue TEXT NOT NULL,
    state INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (queue, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_schedule (
    name TEXT PRIMARY KEY,
    timing TEXT NOT NULL,
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
