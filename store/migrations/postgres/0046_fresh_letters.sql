-- +goose Up
-- How many letters of a mailbox are new is counted in the index alone.
DROP INDEX letter_shelf_fresh;
CREATE INDEX letter_shelf_fresh ON letter_shelf (owner, folder, publish_at, expires_at) WHERE fresh = 1;
