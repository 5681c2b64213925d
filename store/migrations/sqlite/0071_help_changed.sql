-- +goose Up
-- When what an organisation's help page says was last changed, in Unix seconds: the page tells.
ALTER TABLE organisation ADD COLUMN help_at INTEGER NOT NULL DEFAULT 0;
UPDATE organisation SET help_at = created_at;
