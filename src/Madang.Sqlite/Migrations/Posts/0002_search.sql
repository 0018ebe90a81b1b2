-- What posts can be found by: our own terms, parted by spaces (the ascii tokenizer takes every byte beyond ASCII for part of a term). The row is the post's id, so that
-- rows go from the oldest to the newest. Posting lists alone, no texts.
CREATE VIRTUAL TABLE post_search USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO post_search (post_search, rank) VALUES ('automerge', 8);

-- What somebody has answered lately, which tells whom they care for.
CREATE INDEX post_comment_of_author ON post (author_id, id) WHERE root_id IS NOT NULL;
