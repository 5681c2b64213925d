-- +goose Up
-- A keyed hash of the address at which who wrote feedback wishes an answer, so that it is found when whose address it is takes their data along or is erased; NULL until it was looked at. Who left no address
-- has the hash of none.
ALTER TABLE feedback ADD COLUMN contact_key BLOB;
CREATE INDEX feedback_contact ON feedback (org, contact_key, at) WHERE contact_key IS NOT NULL;
CREATE INDEX feedback_unkeyed ON feedback (org, at) WHERE contact_key IS NULL AND body IS NOT NULL;

-- What somebody did for others: it is cut when they are erased.
CREATE INDEX appointment_made_by ON appointment (made_by) WHERE made_by IS NOT NULL;
CREATE INDEX form_draft_of_colleague ON form_draft (made_by) WHERE company IS NOT NULL;
CREATE INDEX form_part_asked_by ON form_part (asked_by);
