-- +goose Up
-- What the desk finds appointments by: the folded name from its first word on and from its last, and the date of birth, sealed and as a keyed hash.
ALTER TABLE appointment ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment ADD COLUMN family_key TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment ADD COLUMN birth BLOB;
ALTER TABLE appointment ADD COLUMN birth_key BLOB;
CREATE INDEX appointment_name ON appointment (org, name_key, start_at);
CREATE INDEX appointment_family ON appointment (org, family_key, start_at);
CREATE INDEX appointment_birth ON appointment (org, birth_key, start_at) WHERE birth_key IS NOT NULL;
