-- +goose Up
-- What a network, or a mail server on the way, said of a message after it was handed over: empty until it says something, then buffered, delivered or failed; why
-- is one word where it failed. round counts how often somebody had it sent again: what is said of an earlier time says nothing of this one.
ALTER TABLE notice ADD COLUMN fate TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN fate_at INTEGER;
ALTER TABLE notice ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN round INTEGER NOT NULL DEFAULT 0;

-- The same of text messages that are no notices. again_at is when somebody had one sent again, looked_at hides one that somebody looked at.
ALTER TABLE text_out ADD COLUMN fate TEXT NOT NULL DEFAULT '';
ALTER TABLE text_out ADD COLUMN fate_at INTEGER;
ALTER TABLE text_out ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE text_out ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
ALTER TABLE text_out ADD COLUMN again_at INTEGER;
ALTER TABLE text_out ADD COLUMN looked_at INTEGER;
CREATE INDEX text_out_failed ON text_out (org, settled_at, id) WHERE state IN ('failed', 'unknown') AND looked_at IS NULL;
