-- +goose Up
-- The function keys that one of the staff has chosen, as an object by deed; empty while all are as they were at first.
ALTER TABLE staff ADD COLUMN function_keys TEXT NOT NULL DEFAULT '';
