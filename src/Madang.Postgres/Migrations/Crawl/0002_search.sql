-- The search index of crawled pages. An entry that is replaced gets a new id, so that ids go from the oldest to the newest.
-- terms: our own terms with their positions, the title's with weight A.
CREATE TABLE search_page (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, crawl_id bigint NOT NULL, host bigint NOT NULL, hash bigint NOT NULL, site text NOT NULL, language text,
  importance double precision NOT NULL, noise smallint NOT NULL, near boolean NOT NULL, url text NOT NULL, title text NOT NULL, fetched_at bigint NOT NULL,
  text bytea NOT NULL, terms tsvector NOT NULL
);
CREATE UNIQUE INDEX search_page_key ON search_page (crawl_id, host, hash);
CREATE INDEX search_page_terms ON search_page USING gin (terms);
