-- Counts by channel too. channel: DeliveryChannel; 0 where it is not known, as of all that was counted before.
ALTER TABLE tracking_count ADD COLUMN channel smallint NOT NULL DEFAULT 0;
ALTER TABLE tracking_count DROP CONSTRAINT tracking_count_pkey;
ALTER TABLE tracking_count ADD PRIMARY KEY (campaign, day, channel, kind, machine);
