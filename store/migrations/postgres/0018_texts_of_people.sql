-- +goose Up
-- Since when a number that was proven is the person's (Unix seconds): what was texted with it before may be somebody else's.
ALTER TABLE account ADD COLUMN phone_since BIGINT NOT NULL DEFAULT 0;
UPDATE account SET phone_since = changed_at WHERE phone_verified = 1;
CREATE INDEX conversation_person ON conversation (org, person);
CREATE INDEX notice_waiting ON notice (org, waiting, id);

-- The organisation's own number from which nothing but this offer goes to that number, so that a plain YES answers it; empty for one that is answered with its code.
ALTER TABLE text_offer ADD COLUMN own TEXT NOT NULL DEFAULT '';

-- Places that somebody asked for with a number that is not proven yet.
CREATE INDEX waiting_asked ON waiting (org, created_at) WHERE state = 'asked';
