-- Posts, shares (share_of) and comments (root_id: the post they stand under; parent_id: what they answer).
CREATE TABLE post (
    id         INTEGER PRIMARY KEY,
    author_id  INTEGER NOT NULL,
    client_id  TEXT NOT NULL,
    audience   INTEGER NOT NULL,   -- Audience; a comment has its root's
    list_id    INTEGER,
    state      INTEGER NOT NULL,   -- PostState
    version    INTEGER NOT NULL,   -- grows with every edit, change of audience, hiding and deletion
    text       TEXT NOT NULL,
    root_id    INTEGER,
    parent_id  INTEGER,
    share_of   INTEGER,
    created_at INTEGER NOT NULL,
    edited_at  INTEGER
) STRICT;

-- What timelines, profiles and author logs read: posts and shares that stand.
CREATE INDEX post_of_author ON post (author_id, id) WHERE root_id IS NULL AND state = 1;

CREATE INDEX post_comment ON post (root_id, id) WHERE root_id IS NOT NULL;

-- What was done to posts, in commit order: fan-out and everything that follows a post later reads it from a cursor of its own.
CREATE TABLE post_log (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id   INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    op        INTEGER NOT NULL,    -- PostOp
    at        INTEGER NOT NULL
) STRICT;

CREATE TABLE post_log_cursor (
    name TEXT PRIMARY KEY,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE post_mention (
    user_id INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE post_tag (
    tag     TEXT NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (tag, post_id)
) STRICT, WITHOUT ROWID;
