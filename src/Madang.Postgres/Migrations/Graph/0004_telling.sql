-- Deeds that people are told of, as they happened; folded into the two tables below and deleted.
CREATE TABLE telling_deed (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL,   -- whom to tell
    kind       smallint NOT NULL,   -- TellingKind
    subject_id bigint NOT NULL,
    actor_id   bigint NOT NULL,
    item_id    bigint NOT NULL,
    gone       boolean NOT NULL,
    at         timestamptz NOT NULL
);

-- What is told together, and when next.
CREATE TABLE telling (
    user_id    bigint NOT NULL,
    kind       smallint NOT NULL,
    subject_id bigint NOT NULL,
    version    bigint NOT NULL,
    told       integer NOT NULL,
    due_at     timestamptz,
    told_at    timestamptz,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind, subject_id)
);

CREATE INDEX telling_due ON telling (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX telling_old ON telling (changed_at);

CREATE TABLE telling_actor (
    user_id    bigint NOT NULL,
    kind       smallint NOT NULL,
    subject_id bigint NOT NULL,
    actor_id   bigint NOT NULL,
    item_id    bigint NOT NULL,
    gone       boolean NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind, subject_id, actor_id)
);

CREATE INDEX telling_actor_newest ON telling_actor (user_id, kind, subject_id, at) WHERE NOT gone;

CREATE INDEX telling_actor_item ON telling_actor (item_id) WHERE item_id <> 0;

CREATE INDEX telling_actor_old ON telling_actor (at);

-- Whose new posts people want to be told of.
CREATE TABLE post_subscription (
    author_id bigint NOT NULL,
    user_id   bigint NOT NULL,
    PRIMARY KEY (author_id, user_id)
);

CREATE INDEX post_subscription_of ON post_subscription (user_id, author_id);
