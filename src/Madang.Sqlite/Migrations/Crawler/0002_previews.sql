-- Previews of links, fetched or failed, until they expire. The key is 128 bits of the URL's SHA-256.
CREATE TABLE preview (
  key BLOB NOT NULL PRIMARY KEY, content TEXT, failure TEXT, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX preview_expires ON preview (expires_at);
