-- Which files of kept timelines this database would believe, each once, and where in the log they stand.
CREATE TABLE timeline_keep (
    token BLOB PRIMARY KEY,
    seq   INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
