-- What posts can be found by: our own terms with their positions.
CREATE TABLE post_search (
    post_id bigint PRIMARY KEY,
    terms   tsvector NOT NULL
);

CREATE INDEX post_search_terms ON post_search USING gin (terms);

-- What somebody has answered lately, which tells whom they care for.
CREATE INDEX post_comment_of_author ON post (author_id, id) WHERE root_id IS NOT NULL;
