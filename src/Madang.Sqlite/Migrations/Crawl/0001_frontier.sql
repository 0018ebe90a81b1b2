-- The books of one crawl, in a file of their own. What a commit dirties is what it costs, so: URLs and pages are appended, a visit to a URL moves no key of its,
-- what changes with every visit to a host is narrow, and no index moves with a host's clock while the host is leased.

CREATE TABLE meta (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  key BLOB NOT NULL,           -- of SipHash, 16 bytes
  seq INTEGER NOT NULL,        -- the last place given in any queue
  log INTEGER NOT NULL,        -- the last position of the page log
  clean INTEGER NOT NULL       -- whether the last run closed the file
) STRICT;

CREATE TABLE host (
  id INTEGER NOT NULL PRIMARY KEY, origin TEXT NOT NULL, domain TEXT NOT NULL, region TEXT,
  robots_at INTEGER NOT NULL, robots_status INTEGER NOT NULL, robots_failing_since INTEGER NOT NULL
) STRICT;
CREATE INDEX host_domain ON host (domain);

CREATE TABLE host_robots (host INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT;

-- lease: 0 free, 1 held, 2 free since its holder was killed
CREATE TABLE host_clock (
  id INTEGER NOT NULL PRIMARY KEY, next_at INTEGER NOT NULL, lease INTEGER NOT NULL, waiting INTEGER NOT NULL, fetched INTEGER NOT NULL, parked INTEGER NOT NULL,
  latency_ms INTEGER NOT NULL, errors INTEGER NOT NULL, block TEXT, address TEXT
) STRICT;
CREATE INDEX host_free ON host_clock (next_at) WHERE lease <> 1 AND waiting > 0;
CREATE INDEX host_held ON host_clock (id) WHERE lease = 1;

-- In the order of discovery, which is nearly that of the visits; whether a URL is known is asked of the narrow index alone. ref_host is NULL when the referrer
-- is on the same host; log is the position of its page.
CREATE TABLE url (
  id INTEGER NOT NULL PRIMARY KEY, host INTEGER NOT NULL, hash INTEGER NOT NULL, state INTEGER NOT NULL, class INTEGER NOT NULL, seq INTEGER NOT NULL, reason INTEGER NOT NULL, attempts INTEGER NOT NULL,
  depth INTEGER NOT NULL, due_at INTEGER NOT NULL, log INTEGER, ref_host INTEGER, ref_hash INTEGER, path TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX url_key ON url (host, hash);
CREATE INDEX url_queue ON url (host, class, seq) WHERE state = 0;
CREATE INDEX url_due ON url (due_at) WHERE state = 1;
CREATE INDEX url_parked ON url (reason, host, seq) WHERE state = 3;

CREATE TABLE page (
  log INTEGER NOT NULL PRIMARY KEY, host INTEGER NOT NULL, hash INTEGER NOT NULL, status INTEGER NOT NULL, fault TEXT, fetched_at INTEGER NOT NULL, etag TEXT, last_modified TEXT,
  content_type TEXT, title TEXT, language TEXT, target TEXT, body_hash INTEGER NOT NULL, sim_hash INTEGER NOT NULL, words INTEGER NOT NULL, bytes INTEGER NOT NULL,
  wire_bytes INTEGER NOT NULL, elapsed_ms INTEGER NOT NULL, duplicate INTEGER NOT NULL, original_host INTEGER, original_hash INTEGER, noise INTEGER NOT NULL,
  no_index INTEGER NOT NULL, importance REAL NOT NULL, interval_seconds INTEGER NOT NULL, fetches INTEGER NOT NULL, changes INTEGER NOT NULL, missing INTEGER NOT NULL,
  changed INTEGER NOT NULL, warc INTEGER, warc_offset INTEGER NOT NULL, warc_length INTEGER NOT NULL
) STRICT;

-- Heavy and seldom read together with the page.
CREATE TABLE page_link (log INTEGER NOT NULL PRIMARY KEY, links BLOB NOT NULL) STRICT;
CREATE TABLE page_text (log INTEGER NOT NULL PRIMARY KEY, text BLOB NOT NULL) STRICT;

CREATE TABLE warc (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, length INTEGER NOT NULL) STRICT;
-- id is a hash of the gate's name: two of them change with every page.
CREATE TABLE gate (id INTEGER NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE template (
  host INTEGER NOT NULL, hash INTEGER NOT NULL, template TEXT NOT NULL, fetched INTEGER NOT NULL, duplicates INTEGER NOT NULL,
  PRIMARY KEY (host, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE domain (name TEXT NOT NULL PRIMARY KEY, fetched INTEGER NOT NULL, refs BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE count (name TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sink (name TEXT NOT NULL PRIMARY KEY, log INTEGER NOT NULL) STRICT, WITHOUT ROWID;
