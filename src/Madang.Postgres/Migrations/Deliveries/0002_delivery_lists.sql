-- What is in doubt, for an operator's pages.
CREATE INDEX delivery_doubtful ON delivery_queue (id) WHERE turn = 0;
