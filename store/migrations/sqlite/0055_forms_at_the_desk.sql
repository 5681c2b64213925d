-- +goose Up
-- Forms that one of the staff fills in for somebody are found by who fills them in.
CREATE INDEX form_draft_staff ON form_draft (by_staff, id) WHERE by_staff <> '';
