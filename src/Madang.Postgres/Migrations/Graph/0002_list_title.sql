-- Making a list again finds the one that is there.
CREATE UNIQUE INDEX people_list_title ON people_list (owner_id, title);
