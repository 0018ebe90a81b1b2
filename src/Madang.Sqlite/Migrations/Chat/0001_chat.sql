CREATE TABLE room (
    id         INTEGER PRIMARY KEY,
    kind       INTEGER NOT NULL,   -- RoomKind
    title      TEXT,
    head_seq   INTEGER NOT NULL,   -- seq of the newest message, 0 without one
    created_at INTEGER NOT NULL
) STRICT;

-- The one direct room of each pair, a < b.
CREATE TABLE room_direct (
    a       INTEGER NOT NULL,
    b       INTEGER NOT NULL,
    room_id INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    room_id   INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    role      INTEGER NOT NULL,    -- MemberRole
    read_seq  INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX member_user ON member (user_id, room_id);

CREATE TABLE message (
    room_id    INTEGER NOT NULL,
    seq        INTEGER NOT NULL,   -- dense in its room, from 1
    id         INTEGER NOT NULL,
    sender_id  INTEGER NOT NULL,
    client_id  TEXT NOT NULL,
    text       TEXT NOT NULL,
    reply_to   INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

-- Client ids of the last weeks. The bucket (weeks since 1970) leads, so that what is written together lies together and expires together.
CREATE TABLE message_key (
    bucket    INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    room_id   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,    -- 0: it made the room itself
    digest    INTEGER NOT NULL,    -- of the content, which a retry must repeat
    PRIMARY KEY (bucket, user_id, client_id)
) STRICT, WITHOUT ROWID;
