-- An operator's list of what is in doubt goes by id, newest first, as delivery_dead does for the dead ones.
CREATE INDEX delivery_doubtful ON delivery (id) WHERE state = 3;
