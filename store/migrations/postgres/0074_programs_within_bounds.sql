-- +goose Up
-- To which places, inboxes and forms a program's key is limited, with spaces between; empty for no limit.
ALTER TABLE client ADD COLUMN offices TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN inboxes TEXT NOT NULL DEFAULT '';
ALTER TABLE client ADD COLUMN forms TEXT NOT NULL DEFAULT '';

-- What an address is told of, letters or forms, and which program it is of: it is told what that one may see. Those that were there are told of letters.
ALTER TABLE letter_hook ADD COLUMN tells TEXT NOT NULL DEFAULT 'letters';
ALTER TABLE letter_hook ADD COLUMN client TEXT NOT NULL DEFAULT '';

-- The number under which programs are told of an event: that of the change which it belongs to, 0 until that is known. What happened before there were such numbers is told to nobody.
ALTER TABLE submission_event ADD COLUMN fed BIGINT NOT NULL DEFAULT -1;
CREATE INDEX submission_event_fed ON submission_event (org, fed) WHERE fed > 0;
