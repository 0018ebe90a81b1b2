-- Counts by channel too. channel: DeliveryChannel; 0 where it is not known, as of all that was counted before.
ALTER TABLE tracking_count RENAME TO tracking_count_before;

CREATE TABLE tracking_count (
    campaign TEXT NOT NULL,
    day INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    machine INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (campaign, day, channel, kind, machine)
) STRICT, WITHOUT ROWID;

INSERT INTO tracking_count (campaign, day, channel, kind, machine, n) SELECT campaign, day, 0, kind, machine, n FROM tracking_count_before;

DROP TABLE tracking_count_before;
