-- The catalogue. What a crawl finds stands in a file of its own (Crawl/0001_frontier.sql).
CREATE TABLE crawl (
  id INTEGER NOT NULL PRIMARY KEY, name TEXT, settings TEXT NOT NULL, state INTEGER NOT NULL, created_by INTEGER, created_at INTEGER NOT NULL, finished_at INTEGER, failure TEXT,
  counts TEXT NOT NULL
) STRICT;
CREATE INDEX crawl_state ON crawl (state, id);
