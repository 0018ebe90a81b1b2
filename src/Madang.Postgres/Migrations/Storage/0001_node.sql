-- Who holds which node id (the ten bits of a Snowflake id). high_water: no id of this node lies at or after it.
CREATE TABLE node (
  id int NOT NULL PRIMARY KEY CHECK (id BETWEEN 0 AND 1023),
  owner text NOT NULL,
  lease_until timestamptz NOT NULL,
  high_water timestamptz NOT NULL
);
