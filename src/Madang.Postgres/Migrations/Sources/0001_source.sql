-- Feeds and pages of the web that people follow. The id is their author's.
CREATE TABLE source (
    id           bigint PRIMARY KEY,
    url          text COLLATE "C" NOT NULL UNIQUE,
    kind         smallint NOT NULL,         -- SourceKind
    at           text COLLATE "C" NOT NULL, -- where it answers now
    crawl_id     bigint NOT NULL,           -- shared by all of a kind
    created_by   bigint,
    primed       boolean NOT NULL,
    created_at   timestamptz NOT NULL,
    last_item_at timestamptz
);

CREATE INDEX source_crawl ON source (crawl_id, at);

CREATE INDEX source_kind ON source (kind, id);

-- Items that have been dealt with, by the first 8 bytes of the SHA-256 of what names them.
CREATE TABLE source_item (
    source_id bigint NOT NULL,
    item      bigint NOT NULL,
    PRIMARY KEY (source_id, item)
);
