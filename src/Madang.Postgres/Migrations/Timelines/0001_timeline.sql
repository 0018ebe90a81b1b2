-- How far people have read: of everything with list_id 0, or of one of their lists.
CREATE TABLE timeline_mark (
    user_id bigint NOT NULL,
    list_id bigint NOT NULL,
    post_id bigint NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (user_id, list_id)
) WITH (fillfactor = 70);

-- Everybody's posts that stand, newest last: what a timeline reads along whose people write much. Every id is above 0; that it is said here keeps the index for
-- statements that say so too, or a plan made before anybody looked at the table would read one author's posts along everybody's.
CREATE INDEX post_newest ON post (id, author_id) WHERE root_id IS NULL AND state = 1 AND id > 0;

-- Whom a direct post is to be given to.
CREATE INDEX post_mention_of ON post_mention (post_id);
