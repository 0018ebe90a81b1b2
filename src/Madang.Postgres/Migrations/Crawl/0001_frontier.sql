-- The books of all crawls, crawl_id first everywhere. Nodes lease hosts; a host is written by its holder alone, but for its counts, which whoever finds a URL of it adds to.

-- Places in queues, in blocks: a commit takes as many as it needs.
CREATE SEQUENCE crawl_seq INCREMENT BY 4096 MINVALUE 4096 START WITH 4096;

-- shift: the page log is ordered by transaction id; after a restore into a new cluster, whose ids begin again, this makes up the difference.
CREATE TABLE crawl_book (crawl_id bigint NOT NULL PRIMARY KEY, key bytea NOT NULL, shift bigint NOT NULL);

-- A node lives until then, by the server's clock.
CREATE TABLE crawl_node (crawl_id bigint NOT NULL, node text NOT NULL, region text, until timestamptz NOT NULL, PRIMARY KEY (crawl_id, node));

-- node: who holds it. abandoned: whoever held it died. ruled: its region was given by a rule and is not measured.
CREATE TABLE crawl_host (
  crawl_id bigint NOT NULL, id bigint NOT NULL, origin text NOT NULL, domain text NOT NULL, region text, ruled boolean NOT NULL, address text, node text, abandoned boolean NOT NULL,
  next_at bigint NOT NULL, block text, latency_ms int NOT NULL, errors int NOT NULL, robots_at bigint NOT NULL, robots_status int NOT NULL, robots_failing_since bigint NOT NULL,
  waiting bigint NOT NULL, fetched bigint NOT NULL, parked bigint NOT NULL,
  PRIMARY KEY (crawl_id, id)
) WITH (fillfactor = 80);
CREATE INDEX crawl_host_free ON crawl_host (crawl_id, next_at) WHERE node IS NULL AND waiting > 0;
CREATE INDEX crawl_host_free_region ON crawl_host (crawl_id, region, next_at) WHERE node IS NULL AND waiting > 0;
CREATE INDEX crawl_host_held ON crawl_host (crawl_id, node) WHERE node IS NOT NULL;
CREATE INDEX crawl_host_domain ON crawl_host (crawl_id, domain);

CREATE TABLE crawl_robots (crawl_id bigint NOT NULL, host bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (crawl_id, host));

-- The node that holds hosts of a registrable domain, and how many: others leave the domain alone.
CREATE TABLE crawl_domain_lease (crawl_id bigint NOT NULL, domain text NOT NULL, node text NOT NULL, held int NOT NULL, PRIMARY KEY (crawl_id, domain));
CREATE INDEX crawl_domain_lease_node ON crawl_domain_lease (crawl_id, node);

CREATE TABLE crawl_reach (crawl_id bigint NOT NULL, host bigint NOT NULL, region text NOT NULL, connect_ms double precision NOT NULL, PRIMARY KEY (crawl_id, host, region));

CREATE TABLE crawl_url (
  crawl_id bigint NOT NULL, host bigint NOT NULL, hash bigint NOT NULL, seq bigint NOT NULL, due_at bigint NOT NULL, log bigint, ref_host bigint, ref_hash bigint, attempts int NOT NULL,
  depth int NOT NULL, state smallint NOT NULL, class smallint NOT NULL, reason smallint NOT NULL, path text NOT NULL,
  PRIMARY KEY (crawl_id, host, hash)
) PARTITION BY HASH (host);
DO $$ BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format('CREATE TABLE crawl_url_%s PARTITION OF crawl_url FOR VALUES WITH (MODULUS 16, REMAINDER %s) WITH (fillfactor = 90)', part, part);
  END LOOP;
END $$;
CREATE INDEX crawl_url_queue ON crawl_url (crawl_id, host, class, seq) WHERE state = 0;
CREATE INDEX crawl_url_due ON crawl_url (crawl_id, due_at) WHERE state = 1;
CREATE INDEX crawl_url_parked ON crawl_url (crawl_id, reason, host, seq) WHERE state = 3;

-- log: (transaction id + shift) * 2^20 + place in its batch, so that everything below the oldest running transaction is there.
CREATE TABLE crawl_page (
  crawl_id bigint NOT NULL, log bigint NOT NULL, host bigint NOT NULL, hash bigint NOT NULL, status int NOT NULL, fault text, fetched_at bigint NOT NULL, etag text, last_modified text,
  content_type text, title text, language text, target text, body_hash bigint NOT NULL, sim_hash bigint NOT NULL, words int NOT NULL, bytes bigint NOT NULL, wire_bytes bigint NOT NULL,
  elapsed_ms int NOT NULL, duplicate smallint NOT NULL, original_host bigint NOT NULL, original_hash bigint NOT NULL, noise int NOT NULL, no_index boolean NOT NULL,
  importance double precision NOT NULL, interval_seconds int NOT NULL, fetches int NOT NULL, changes int NOT NULL, missing int NOT NULL, changed boolean NOT NULL, warc text,
  warc_offset bigint NOT NULL, warc_length int NOT NULL, links bytea,
  PRIMARY KEY (crawl_id, log)
);
CREATE TABLE crawl_text (crawl_id bigint NOT NULL, log bigint NOT NULL, text bytea NOT NULL, PRIMARY KEY (crawl_id, log));

CREATE TABLE crawl_warc (crawl_id bigint NOT NULL, name text NOT NULL, length bigint NOT NULL, PRIMARY KEY (crawl_id, name));
CREATE TABLE crawl_gate (crawl_id bigint NOT NULL, name text NOT NULL, at bigint NOT NULL, PRIMARY KEY (crawl_id, name)) WITH (fillfactor = 70);
CREATE TABLE crawl_template (
  crawl_id bigint NOT NULL, host bigint NOT NULL, hash bigint NOT NULL, template text NOT NULL, fetched int NOT NULL, duplicates int NOT NULL,
  PRIMARY KEY (crawl_id, host, hash)
);
CREATE TABLE crawl_domain (crawl_id bigint NOT NULL, name text NOT NULL, fetched bigint NOT NULL, refs bytea, PRIMARY KEY (crawl_id, name));
-- Each node counts for itself, so that none waits for another's commit; the node '' holds those of nodes that are gone.
CREATE TABLE crawl_count (crawl_id bigint NOT NULL, node text NOT NULL, name text NOT NULL, n bigint NOT NULL, PRIMARY KEY (crawl_id, node, name)) WITH (fillfactor = 70);
-- node brings the sink its pages until then, by the server's clock.
CREATE TABLE crawl_sink (crawl_id bigint NOT NULL, name text NOT NULL, log bigint NOT NULL, node text, until timestamptz, PRIMARY KEY (crawl_id, name));
