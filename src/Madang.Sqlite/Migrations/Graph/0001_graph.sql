-- How often somebody's standing to others changed: what a timeline's caches are held against. No row is 0.
CREATE TABLE relation_epoch (
    user_id INTEGER PRIMARY KEY,
    epoch   INTEGER NOT NULL
) STRICT;

CREATE TABLE people_list (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    title      TEXT NOT NULL,
    exclusive  INTEGER NOT NULL,   -- its people are not in the home timeline
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX people_list_owner ON people_list (owner_id, id);

CREATE TABLE people_list_member (
    list_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (list_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX people_list_of ON people_list_member (user_id, list_id);

CREATE TABLE tag_follow (
    user_id INTEGER NOT NULL,
    tag     TEXT NOT NULL,
    PRIMARY KEY (user_id, tag)
) STRICT, WITHOUT ROWID;
