CREATE TABLE room (
    id         bigint PRIMARY KEY,
    kind       smallint NOT NULL,      -- RoomKind
    title      text,
    head_seq   bigint NOT NULL,        -- seq of the newest message, 0 without one
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);              -- a new head stays on its page (heap-only update)

-- The one direct room of each pair, a < b.
CREATE TABLE room_direct (
    a       bigint NOT NULL,
    b       bigint NOT NULL,
    room_id bigint NOT NULL,
    PRIMARY KEY (a, b)
);

CREATE TABLE member (
    room_id   bigint NOT NULL,
    user_id   bigint NOT NULL,
    role      smallint NOT NULL,       -- MemberRole
    read_seq  bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX member_user ON member (user_id, room_id);

CREATE TABLE message (
    room_id    bigint NOT NULL,
    seq        bigint NOT NULL,        -- dense in its room, from 1
    id         bigint NOT NULL,
    sender_id  bigint NOT NULL,
    client_id  text NOT NULL,
    text       text NOT NULL,
    reply_to   bigint,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, seq)
);

-- Client ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE message_key (
    bucket    bigint NOT NULL,
    user_id   bigint NOT NULL,
    client_id text NOT NULL,
    room_id   bigint NOT NULL,
    seq       bigint NOT NULL,         -- 0: it made the room itself
    digest    bigint NOT NULL,         -- of the content, which a retry must repeat
    PRIMARY KEY (bucket, user_id, client_id)
);
