-- +goose Up
-- Whom somebody enrolled, for their folder and for what they take along of themselves.
CREATE INDEX enrolment_of_maker ON enrolment (made_by, id) WHERE made_by <> '';
