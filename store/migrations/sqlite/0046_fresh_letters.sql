-- +goose Up
-- How many letters of a mailbox are new is counted in the index alone.
DROP INDEX letter_shelf_fresh;
CREATE INDEX letter_shelf_fresh ON letter_shelf (owner, folder, publish_at, expires_at) WHERE fresh = 1;

-- What ends next in a mailbox.
CREATE INDEX letter_shelf_end ON letter_shelf (owner, expires_at) WHERE expires_at > 0;
