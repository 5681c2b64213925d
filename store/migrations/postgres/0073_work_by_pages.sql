-- +goose Up
-- What lies before those who work here is read a page at a time, in the order of work: what is late by when it was due, the rest by since when it waits. Filters and counts are answered by the indexes
-- alone, however much lies there; what is done is found by its kind.
CREATE INDEX work_item_turn ON work_item (org, inbox, state, since, id, kind, assignee, due_at, version) WHERE state <> 'closed';
CREATE INDEX work_item_due ON work_item (org, inbox, due_at, id, kind, assignee) WHERE state <> 'closed' AND due_at > 0;
CREATE INDEX work_item_done ON work_item (org, inbox, kind, since, id) WHERE state = 'closed';
DROP INDEX work_item_state;
DROP INDEX work_item_submission;
