-- Somebody asks the moderators to look at a post (post_id) or a person (post_id 0).
CREATE TABLE report (
    id          bigint PRIMARY KEY,
    reporter_id bigint NOT NULL,
    post_id     bigint NOT NULL,
    about_id    bigint NOT NULL,
    reason      smallint NOT NULL,  -- ReportReason
    text        text NOT NULL,
    excerpt     text NOT NULL,     -- what the post said then
    state       smallint NOT NULL,  -- ReportState
    created_at  timestamptz NOT NULL,
    closed_by   bigint NOT NULL DEFAULT 0,
    closed_at   timestamptz,
    note        text NOT NULL DEFAULT ''
);

CREATE INDEX report_open ON report (id) WHERE state = 1;

CREATE INDEX report_closed ON report (id) WHERE state <> 1;

CREATE INDEX report_end ON report (closed_at) WHERE closed_at IS NOT NULL;

CREATE UNIQUE INDEX report_once ON report (reporter_id, post_id, about_id) WHERE state = 1;

-- What moderators did. Rows are written and read, never changed.
CREATE TABLE moderation_log (
    id        bigint PRIMARY KEY,
    by_id     bigint NOT NULL,
    act       smallint NOT NULL,   -- ModerationAct
    post_id   bigint NOT NULL,
    user_id   bigint NOT NULL,
    report_id bigint NOT NULL,
    note      text NOT NULL,
    at        timestamptz NOT NULL
);
