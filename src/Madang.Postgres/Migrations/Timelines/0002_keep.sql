-- Which files of kept timelines this database would believe, each once, and where in the log they stand. The place says nothing on another server, to which the
-- rows may have been moved: transactions are counted anew there.
CREATE TABLE timeline_keep (
    token  bytea PRIMARY KEY,
    server bigint NOT NULL,
    xid    xid8 NOT NULL,
    seq    bigint NOT NULL,
    at     timestamptz NOT NULL
);
