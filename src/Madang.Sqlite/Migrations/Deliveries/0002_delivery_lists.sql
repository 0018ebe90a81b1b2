-- An operator's lists go by id, newest first: from here a page is read as it stands, however many are dead or in doubt.
DROP INDEX delivery_dead;
CREATE INDEX delivery_dead ON delivery (id) WHERE state IN (6, 8);
CREATE INDEX delivery_doubtful ON delivery (id) WHERE state = 3;
