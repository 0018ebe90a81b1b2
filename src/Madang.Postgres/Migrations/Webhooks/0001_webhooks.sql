-- Who hears of events. types: words separated by spaces, empty for all. disabled: 1 admin, 2 gone, 3 failing.
CREATE TABLE webhook_endpoint (
    id bigint PRIMARY KEY,
    url text NOT NULL,
    description text NOT NULL,
    types text NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_secret_until timestamptz,
    disabled smallint,
    failing_since timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One row for all endpoints that hear of it.
CREATE TABLE webhook_event (
    id bigint PRIMARY KEY,
    type text NOT NULL,
    data text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX webhook_event_age ON webhook_event (created_at);

-- state: 1 waiting, 2 delivered, 3 failed. No foreign keys: an endpoint goes at once, its deliveries when their time is over.
CREATE TABLE webhook_delivery (
    id bigint PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    event_id bigint NOT NULL,
    type text NOT NULL,
    state smallint NOT NULL,
    attempts integer NOT NULL,
    last_status integer,
    last_fault text,
    created_at timestamptz NOT NULL,
    last_at timestamptz
);

CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_state ON webhook_delivery (endpoint_id, state, id);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at) WHERE state >= 2;

CREATE TABLE webhook_attempt (
    delivery_id bigint NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    status integer,
    fault text,
    latency_ms bigint NOT NULL,
    excerpt text NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
