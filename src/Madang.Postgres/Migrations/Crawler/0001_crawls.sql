-- The catalogue.
CREATE TABLE crawl (
  id bigint NOT NULL PRIMARY KEY, name text, settings text NOT NULL, state smallint NOT NULL, created_by bigint, created_at timestamptz NOT NULL, finished_at timestamptz, failure text,
  counts text NOT NULL
);
CREATE INDEX crawl_state ON crawl (state, id);

-- Crawls that were deleted and still have rows: they are pruned a few at a time.
CREATE TABLE crawl_trash (crawl_id bigint NOT NULL PRIMARY KEY);
