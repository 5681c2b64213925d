-- +goose Up
-- The names of those who come along in a visit are sealed under the key of its person; who else has a part is named by the appointment. name is from before
-- that, and emptied by housekeeping.
ALTER TABLE appointment_part ADD COLUMN sealed BYTEA;
CREATE INDEX appointment_part_plain ON appointment_part (org, name) WHERE name > '';
