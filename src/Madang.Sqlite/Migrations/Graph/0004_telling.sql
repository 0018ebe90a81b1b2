-- Deeds that people are told of, as they happened; folded into the two tables below and deleted.
CREATE TABLE telling_deed (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL,   -- whom to tell
    kind       INTEGER NOT NULL,   -- TellingKind
    subject_id INTEGER NOT NULL,
    actor_id   INTEGER NOT NULL,
    item_id    INTEGER NOT NULL,
    gone       INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

-- What is told together, and when next.
CREATE TABLE telling (
    user_id    INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    told       INTEGER NOT NULL,
    due_at     INTEGER,
    told_at    INTEGER,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, subject_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX telling_due ON telling (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX telling_old ON telling (changed_at);

CREATE TABLE telling_actor (
    user_id    INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    actor_id   INTEGER NOT NULL,
    item_id    INTEGER NOT NULL,
    gone       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, subject_id, actor_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX telling_actor_newest ON telling_actor (user_id, kind, subject_id, at) WHERE gone = 0;

CREATE INDEX telling_actor_item ON telling_actor (item_id) WHERE item_id <> 0;

CREATE INDEX telling_actor_old ON telling_actor (at);

-- Whose new posts people want to be told of.
CREATE TABLE post_subscription (
    author_id INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    PRIMARY KEY (author_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX post_subscription_of ON post_subscription (user_id, author_id);
