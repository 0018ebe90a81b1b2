-- ends_at: a mute that is none from then on. shares: whether a follower wants what the other one passes on.
ALTER TABLE relation ADD COLUMN ends_at INTEGER;

ALTER TABLE relation ADD COLUMN shares INTEGER NOT NULL DEFAULT 1;

CREATE INDEX relation_end ON relation (ends_at) WHERE ends_at IS NOT NULL;
