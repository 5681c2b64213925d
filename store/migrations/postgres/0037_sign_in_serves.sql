-- +goose Up
-- Whether a letter waits for somebody entitled to sign in: where the law says so, that serves it. A cache of its events, like the rest of the row.
ALTER TABLE letter_shelf ADD COLUMN unmet BIGINT NOT NULL DEFAULT 0;
CREATE INDEX letter_shelf_unmet ON letter_shelf (owner, letter) WHERE unmet = 1;
