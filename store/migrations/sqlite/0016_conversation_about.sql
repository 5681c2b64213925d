-- +goose Up
-- about is the appointment that somebody who works here wrote about first; empty for none.
ALTER TABLE conversation ADD COLUMN about TEXT NOT NULL DEFAULT '';
