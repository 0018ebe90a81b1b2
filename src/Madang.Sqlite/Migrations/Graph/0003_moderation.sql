-- Somebody asks the moderators to look at a post (post_id) or a person (post_id 0).
CREATE TABLE report (
    id          INTEGER PRIMARY KEY,
    reporter_id INTEGER NOT NULL,
    post_id     INTEGER NOT NULL,
    about_id    INTEGER NOT NULL,
    reason      INTEGER NOT NULL,  -- ReportReason
    text        TEXT NOT NULL,
    excerpt     TEXT NOT NULL,     -- what the post said then
    state       INTEGER NOT NULL,  -- ReportState
    created_at  INTEGER NOT NULL,
    closed_by   INTEGER NOT NULL DEFAULT 0,
    closed_at   INTEGER,
    note        TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX report_open ON report (id) WHERE state = 1;

CREATE INDEX report_closed ON report (id) WHERE state <> 1;

CREATE INDEX report_end ON report (closed_at) WHERE closed_at IS NOT NULL;

CREATE UNIQUE INDEX report_once ON report (reporter_id, post_id, about_id) WHERE state = 1;

-- What moderators did. Rows are written and read, never changed.
CREATE TABLE moderation_log (
    id        INTEGER PRIMARY KEY,
    by_id     INTEGER NOT NULL,
    act       INTEGER NOT NULL,    -- ModerationAct
    post_id   INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    report_id INTEGER NOT NULL,
    note      TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
