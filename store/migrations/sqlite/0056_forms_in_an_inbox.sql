-- +goose Up
-- The forms in an inbox, by state, beside the letters and conversations that lie there too: a list of forms reads no others.
CREATE INDEX work_item_submission ON work_item (org, inbox, state, since, id) WHERE kind = 'submission';
