-- The durable queue. state: 1 waiting, 2 running, 3 done, 4 dead, 5 canceled.
CREATE TABLE job (
    id bigint PRIMARY KEY,
    queue text NOT NULL,
    state smallint NOT NULL,
    priority smallint NOT NULL,
    run_at timestamptz NOT NULL,
    attempt integer NOT NULL,
    max_attempts integer NOT NULL,
    fence bigint NOT NULL,
    deadline timestamptz,
    unique_key text,
    payload text NOT NULL,
    node integer,
    lease_until timestamptz,
    cancel_requested boolean NOT NULL,
    reason text,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
);

-- A queue turns its rows over: vacuum by rows that changed, not by a share of the table, so that the head of job_ready stays short.
ALTER TABLE job SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_scale_factor = 0.05);

-- Claiming reads one range per queue and priority, so that a million jobs for next week stand in nobody's way.
CREATE INDEX job_ready ON job (queue, priority, run_at, id) WHERE state = 1;

-- As many rows as jobs are running: ended leases are found without looking at the queue.
CREATE INDEX job_lease ON job (lease_until) WHERE state = 2;

CREATE UNIQUE INDEX job_unique ON job (queue, unique_key) WHERE unique_key IS NOT NULL AND state <= 2;
CREATE INDEX job_finished ON job (state, finished_at) WHERE state >= 3;
CREATE INDEX job_dead ON job (queue, id) WHERE state = 4;

CREATE TABLE job_count (
    queue text NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (queue, state)
);

-- What changed since the last fold. Appended, never updated: enqueuers that shared a row of counts would wait for each other's commit.
CREATE TABLE job_count_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    state smallint NOT NULL,
    n bigint NOT NULL
);

CREATE TABLE job_schedule (
    name text PRIMARY KEY,
    timing text NOT NULL,
    next_at timestamptz NOT NULL
);
