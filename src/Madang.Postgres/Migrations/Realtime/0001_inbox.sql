-- The random number of this database: cursors of another one mean nothing here. 48 bits, since a cursor holds so many.
CREATE TABLE inbox_epoch (
  id int NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch bigint NOT NULL
);

INSERT INTO inbox_epoch (id, epoch) SELECT 1, ('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint;

-- Where each inbox stands. pos: the newest position. oldest: the oldest kept one, pos + 1 when none is left; oldest_at: its time, NULL when none is left.
-- pushed: up to where what nobody acked was handed to Notifications. The free space lets a changed head stay on its page.
CREATE TABLE inbox_head (
  user_id bigint NOT NULL PRIMARY KEY,
  pos bigint NOT NULL,
  oldest bigint NOT NULL DEFAULT 1,
  oldest_at timestamptz,
  pushed bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE INDEX inbox_head_oldest_at ON inbox_head (oldest_at);

-- The entries: what an entry tells of is read when the entry is.
CREATE TABLE inbox (
  user_id bigint NOT NULL,
  pos bigint NOT NULL,
  type smallint NOT NULL,
  subject bigint NOT NULL,
  detail bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (user_id, pos)
);

-- Up to where each device (a credential) has processed the inbox.
CREATE TABLE inbox_ack (
  user_id bigint NOT NULL,
  device_id bigint NOT NULL,
  pos bigint NOT NULL,
  PRIMARY KEY (user_id, device_id)
) WITH (fillfactor = 70);
