-- +goose Up
-- What is set for one kiosk or display, as an object of its kind.
ALTER TABLE device ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
