-- A claimed row is longer than a waiting one (who has it, until when, since when): with half of the page free every seventh found no room beside its first version
-- and went into all indexes anew.
ALTER TABLE delivery_queue SET (fillfactor = 40);
