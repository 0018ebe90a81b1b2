-- Previews of links, fetched or failed, until they expire. The key is 128 bits of the URL's SHA-256.
CREATE TABLE preview (
  key bytea NOT NULL PRIMARY KEY, content text, failure text, expires_at timestamptz NOT NULL
);
CREATE INDEX preview_expires ON preview (expires_at);
