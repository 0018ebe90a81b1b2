-- Posts, shares (share_of) and comments (root_id: the post they stand under; parent_id: what they answer).
CREATE TABLE post (
    id         bigint PRIMARY KEY,
    author_id  bigint NOT NULL,
    client_id  text COLLATE "C" NOT NULL,
    audience   smallint NOT NULL,  -- Audience; a comment has its root's
    list_id    bigint,
    state      smallint NOT NULL,  -- PostState
    version    integer NOT NULL,   -- grows with every edit, change of audience, hiding and deletion
    text       text NOT NULL,
    root_id    bigint,
    parent_id  bigint,
    share_of   bigint,
    created_at timestamptz NOT NULL,
    edited_at  timestamptz
);

-- What timelines, profiles and author logs read: posts and shares that stand.
CREATE INDEX post_of_author ON post (author_id, id) WHERE root_id IS NULL AND state = 1;

CREATE INDEX post_comment ON post (root_id, id) WHERE root_id IS NOT NULL;

-- What was done to posts: fan-out and everything that follows a post later reads it from a cursor of its own. The order of commits is (xid, seq) below the
-- oldest running transaction: a seq is taken before its transaction ends.
CREATE TABLE post_log (
    seq       bigint GENERATED ALWAYS AS IDENTITY,
    xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    post_id   bigint NOT NULL,
    author_id bigint NOT NULL,
    op        smallint NOT NULL,   -- PostOp
    at        timestamptz NOT NULL,
    PRIMARY KEY (xid, seq)
);

CREATE TABLE post_log_cursor (
    name text COLLATE "C" PRIMARY KEY,
    xid  xid8 NOT NULL,
    seq  bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE post_mention (
    user_id bigint NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (user_id, post_id)
);

CREATE TABLE post_tag (
    tag     text COLLATE "C" NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (tag, post_id)
);
