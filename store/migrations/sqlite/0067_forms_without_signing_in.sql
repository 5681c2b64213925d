-- +goose Up
-- A form that somebody fills in without signing in: secret is the hash of the secret of their browser, by which alone it opens. It is null for those of people, companies and staff.
ALTER TABLE form_draft ADD COLUMN secret BLOB;
CREATE INDEX form_draft_secret ON form_draft (secret, id) WHERE secret IS NOT NULL;
