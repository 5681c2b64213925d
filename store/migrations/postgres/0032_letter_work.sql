-- +goose Up
-- The exchanges of letters that are work of an organisation: thread is the first letter, about the booking that one was linked to, or empty.
CREATE TABLE letter_work (
    org    TEXT NOT NULL,
    item   TEXT NOT NULL,
    thread TEXT NOT NULL,
    about  TEXT NOT NULL,
    PRIMARY KEY (org, item)
);
CREATE UNIQUE INDEX letter_work_thread ON letter_work (org, thread);
CREATE INDEX letter_work_about ON letter_work (org, about, item);
