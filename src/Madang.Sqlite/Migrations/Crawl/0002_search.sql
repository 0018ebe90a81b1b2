-- The search index of the crawl's pages. An entry that is replaced gets a new id, so that ids go from the oldest to the newest.
CREATE TABLE search_page (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, host INTEGER NOT NULL, hash INTEGER NOT NULL, site TEXT NOT NULL, language TEXT,
  importance REAL NOT NULL, noise INTEGER NOT NULL, near INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_page_key ON search_page (host, hash);

-- What is shown; apart, so that ranking walks narrow rows.
CREATE TABLE search_shown (id INTEGER NOT NULL PRIMARY KEY, url TEXT NOT NULL, title TEXT NOT NULL, fetched_at INTEGER NOT NULL, text BLOB NOT NULL) STRICT;

-- Our own terms, parted by spaces: the ascii tokenizer takes every byte beyond ASCII for part of a term. Posting lists alone, no texts.
CREATE VIRTUAL TABLE search_term USING fts5 (title, text, content = '', contentless_delete = 1, tokenize = 'ascii');
-- Each transaction is a segment: merging eight of a level rather than four writes a posting less often, for a few more seeks of a query.
INSERT INTO search_term (search_term, rank) VALUES ('automerge', 8);
