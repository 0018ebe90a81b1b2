-- Feeds and pages of the web that people follow. The id is their author's.
CREATE TABLE source (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL UNIQUE,
    kind         INTEGER NOT NULL,          -- SourceKind
    at           TEXT NOT NULL,             -- where it answers now
    crawl_id     INTEGER NOT NULL,          -- shared by all of a kind
    created_by   INTEGER,
    primed       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    last_item_at INTEGER
) STRICT;

CREATE INDEX source_crawl ON source (crawl_id, at);

CREATE INDEX source_kind ON source (kind, id);

-- Items that have been dealt with, by the first 8 bytes of the SHA-256 of what names them.
CREATE TABLE source_item (
    source_id INTEGER NOT NULL,
    item      INTEGER NOT NULL,
    PRIMARY KEY (source_id, item)
) STRICT, WITHOUT ROWID;
