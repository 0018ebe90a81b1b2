-- Who hears of events. types: words separated by spaces, empty for all. disabled: 1 admin, 2 gone, 3 failing. Times are Unix milliseconds.
CREATE TABLE webhook_endpoint (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    types TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until INTEGER,
    disabled INTEGER,
    failing_since INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One row for all endpoints that hear of it.
CREATE TABLE webhook_event (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_event_age ON webhook_event (created_at);

-- state: 1 waiting, 2 delivered, 3 failed. No foreign keys: an endpoint goes at once, its deliveries when their time is over.
CREATE TABLE webhook_delivery (
    id INTEGER PRIMARY KEY,
    endpoint_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    type TEXT NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_status INTEGER,
    last_fault TEXT,
    created_at INTEGER NOT NULL,
    last_at INTEGER
) STRICT;

CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_state ON webhook_delivery (endpoint_id, state, id);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at) WHERE state >= 2;

CREATE TABLE webhook_attempt (
    delivery_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    fault TEXT,
    latency_ms INTEGER NOT NULL,
    excerpt TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
