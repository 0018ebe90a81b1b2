-- Whose home feed a secret address opens: the SHA-256 of its token.
CREATE TABLE feed_token (
    user_id    INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
