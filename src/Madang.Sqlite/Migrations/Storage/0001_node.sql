-- Who holds which node id (the ten bits of a Snowflake id). high_water: no id of this node lies at or after it; Unix milliseconds.
CREATE TABLE node (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 0 AND 1023),
  owner TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  high_water INTEGER NOT NULL
) STRICT;

-- One row that a health check rewrites, to see that the road to the disk is open.
CREATE TABLE disk_check (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL
) STRICT;
