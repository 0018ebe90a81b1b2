-- How often somebody's standing to others changed: what a timeline's caches are held against. No row is 0.
CREATE TABLE relation_epoch (
    user_id bigint PRIMARY KEY,
    epoch   bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE people_list (
    id         bigint PRIMARY KEY,
    owner_id   bigint NOT NULL,
    title      text NOT NULL,
    exclusive  boolean NOT NULL,   -- its people are not in the home timeline
    created_at timestamptz NOT NULL
);

CREATE INDEX people_list_owner ON people_list (owner_id, id);

CREATE TABLE people_list_member (
    list_id bigint NOT NULL,
    user_id bigint NOT NULL,
    PRIMARY KEY (list_id, user_id)
);

CREATE INDEX people_list_of ON people_list_member (user_id, list_id);

CREATE TABLE tag_follow (
    user_id bigint NOT NULL,
    tag     text COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, tag)
);
