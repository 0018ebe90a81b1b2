-- The random number of this database: cursors of another one mean nothing here. 48 bits, since a cursor holds so many.
CREATE TABLE inbox_epoch (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL
) STRICT;

INSERT INTO inbox_epoch (id, epoch) VALUES (1, random() & 0xFFFFFFFFFFFF);

-- Where each inbox stands. pos: the newest position. oldest: the oldest kept one, pos + 1 when none is left; oldest_at: its time, NULL when none is left.
-- pushed: up to where what nobody acked was handed to Notifications.
CREATE TABLE inbox_head (
  user_id INTEGER NOT NULL PRIMARY KEY,
  pos INTEGER NOT NULL,
  oldest INTEGER NOT NULL DEFAULT 1,
  oldest_at INTEGER,
  pushed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX inbox_head_oldest_at ON inbox_head (oldest_at);

-- The entries, one user's side by side: what an entry tells of is read when the entry is.
CREATE TABLE inbox (
  user_id INTEGER NOT NULL,
  pos INTEGER NOT NULL,
  type INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  detail INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (user_id, pos)
) STRICT, WITHOUT ROWID;

-- Up to where each device (a credential) has processed the inbox.
CREATE TABLE inbox_ack (
  user_id INTEGER NOT NULL,
  device_id INTEGER NOT NULL,
  pos INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id)
) STRICT, WITHOUT ROWID;
