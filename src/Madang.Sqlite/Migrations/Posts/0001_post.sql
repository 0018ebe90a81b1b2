-- Posts, shares (share_of) and comments (root_id: the post they stand under; parent_id: what they answer, which may be the post itself).
CREATE TABLE post (
    id         INTEGER PRIMARY KEY,
    author_id  INTEGER NOT NULL,
    audience   INTEGER NOT NULL,   -- Audience; of a comment 1: whoever sees its root sees it
    list_id    INTEGER,
    state      INTEGER NOT NULL,   -- PostState
    version    INTEGER NOT NULL,   -- grows with every edit, change of audience, hiding and deletion
    text       TEXT NOT NULL,
    mentions   TEXT NOT NULL,      -- "user:name user:name", by the order in which they stand in the text
    root_id    INTEGER,
    parent_id  INTEGER,
    share_of   INTEGER,
    created_at INTEGER NOT NULL,
    edited_at  INTEGER
) STRICT;

-- What timelines, profiles and author logs read: posts and shares that stand.
CREATE INDEX post_of_author ON post (author_id, id) WHERE root_id IS NULL AND state = 1;

CREATE INDEX post_comment ON post (parent_id, id) WHERE parent_id IS NOT NULL;

-- What an edited post said before, by the version that ended.
CREATE TABLE post_version (
    post_id  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    text     TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    PRIMARY KEY (post_id, version)
) STRICT, WITHOUT ROWID;

-- Client ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE post_key (
    bucket    INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    post_id   INTEGER NOT NULL,
    digest    INTEGER NOT NULL,    -- of the content, which a retry must repeat
    PRIMARY KEY (bucket, user_id, client_id)
) STRICT, WITHOUT ROWID;

-- What one person did with one post: all of it in one row, so that a page asks once for each post.
CREATE TABLE post_action (
    user_id   INTEGER NOT NULL,
    post_id   INTEGER NOT NULL,
    reactions INTEGER NOT NULL,    -- bits by ReactionKind
    bookmark  INTEGER,             -- a Snowflake: when it was set
    share_id  INTEGER,             -- the newest share without a text of their own
    shared_at INTEGER,
    PRIMARY KEY (user_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX post_action_bookmark ON post_action (user_id, bookmark) WHERE bookmark IS NOT NULL;

CREATE INDEX post_action_reaction ON post_action (post_id, user_id) WHERE reactions <> 0;

CREATE TABLE post_count (
    post_id INTEGER NOT NULL,
    what    INTEGER NOT NULL,      -- PostTally
    count   INTEGER NOT NULL,
    PRIMARY KEY (post_id, what)
) STRICT, WITHOUT ROWID;

-- What is to be counted, written with the deed; whoever adds a batch of it to post_count deletes it in the same transaction.
CREATE TABLE post_tally (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL,
    what    INTEGER NOT NULL,
    delta   INTEGER NOT NULL
) STRICT;

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

-- Of posts and shares; a comment's are in its row alone.
CREATE TABLE post_mention (
    user_id INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, post_id)
) STRICT, WITHOUT ROWID;

-- Of posts and shares.
CREATE TABLE post_tag (
    tag     TEXT NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (tag, post_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE post_draft (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    text       TEXT NOT NULL,
    audience   INTEGER NOT NULL,
    list_id    INTEGER,
    publish_at INTEGER,
    refused    TEXT,               -- the code with which it could not be published at its time
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX post_draft_owner ON post_draft (owner_id, id);
