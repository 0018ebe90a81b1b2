-- Posts, shares (share_of) and comments (root_id: the post they stand under; parent_id: what they answer, which may be the post itself).
CREATE TABLE post (
    id         bigint PRIMARY KEY,
    author_id  bigint NOT NULL,
    audience   smallint NOT NULL,   -- Audience; of a comment 1: whoever sees its root sees it
    list_id    bigint,
    state      smallint NOT NULL,   -- PostState
    version    integer NOT NULL,   -- grows with every edit, change of audience, hiding and deletion
    text       text NOT NULL,
    mentions   text NOT NULL,      -- "user:name user:name", by the order in which they stand in the text
    root_id    bigint,
    parent_id  bigint,
    share_of   bigint,
    created_at timestamptz NOT NULL,
    edited_at  timestamptz
);

-- What timelines, profiles and author logs read: posts and shares that stand.
CREATE INDEX post_of_author ON post (author_id, id) WHERE root_id IS NULL AND state = 1;

CREATE INDEX post_comment ON post (parent_id, id) WHERE parent_id IS NOT NULL;

-- What an edited post said before, by the version that ended.
CREATE TABLE post_version (
    post_id  bigint NOT NULL,
    version  integer NOT NULL,
    text     text NOT NULL,
    ended_at timestamptz NOT NULL,
    PRIMARY KEY (post_id, version)
);

-- Client ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE post_key (
    bucket    bigint NOT NULL,
    user_id   bigint NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    post_id   bigint NOT NULL,
    digest    bigint NOT NULL,    -- of the content, which a retry must repeat
    PRIMARY KEY (bucket, user_id, client_id)
);

-- What one person did with one post: all of it in one row, so that a page asks once for each post.
CREATE TABLE post_action (
    user_id   bigint NOT NULL,
    post_id   bigint NOT NULL,
    reactions integer NOT NULL,    -- bits by ReactionKind
    bookmark  bigint,             -- a Snowflake: when it was set
    share_id  bigint,             -- the newest share without a text of their own
    shared_at timestamptz,
    PRIMARY KEY (user_id, post_id)
);

CREATE INDEX post_action_bookmark ON post_action (user_id, bookmark) WHERE bookmark IS NOT NULL;

CREATE INDEX post_action_reaction ON post_action (post_id, user_id) WHERE reactions <> 0;

CREATE TABLE post_count (
    post_id bigint NOT NULL,
    what    smallint NOT NULL,      -- PostTally
    count   bigint NOT NULL,
    PRIMARY KEY (post_id, what)
) WITH (fillfactor = 70);

-- What is to be counted, written with the deed; whoever adds a batch of it to post_count deletes it in the same transaction.
CREATE TABLE post_tally (
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    post_id bigint NOT NULL,
    what    smallint NOT NULL,
    delta   integer NOT NULL
);

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

-- One node at a time serves a reader: its owner, until the lease ends.
CREATE TABLE post_log_cursor (
    name  text COLLATE "C" PRIMARY KEY,
    xid   xid8 NOT NULL,
    seq   bigint NOT NULL,
    owner text,
    until timestamptz
) WITH (fillfactor = 70);

-- Of posts and shares; a comment's are in its row alone.
CREATE TABLE post_mention (
    user_id bigint NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (user_id, post_id)
);

-- Of posts and shares.
CREATE TABLE post_tag (
    tag     text COLLATE "C" NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (tag, post_id)
);

CREATE TABLE post_draft (
    id         bigint PRIMARY KEY,
    owner_id   bigint NOT NULL,
    text       text NOT NULL,
    audience   smallint NOT NULL,
    list_id    bigint,
    publish_at timestamptz,
    refused    text,               -- the code with which it could not be published at its time
    updated_at timestamptz NOT NULL
);

CREATE INDEX post_draft_owner ON post_draft (owner_id, id);
