-- Whose home feed a secret address opens: the SHA-256 of its token.
CREATE TABLE feed_token (
    user_id    bigint PRIMARY KEY,
    hash       bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
