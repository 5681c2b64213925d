-- +goose Up
-- What those who handle forms have ready to write: to ask for more, to decide, and how to appeal.
CREATE TABLE form_text (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- Of what one of the staff wants to be told each day when work is late; without a row of what is theirs.
CREATE TABLE work_notice (
    staff TEXT NOT NULL,
    org   TEXT NOT NULL,
    wish  TEXT NOT NULL,
    PRIMARY KEY (staff, org)
) STRICT;

-- Until when something that was sent is held; 0 until it is let go. When whose it is was told that it is deleted before long; 0 for not yet.
ALTER TABLE submission_hold ADD COLUMN until_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE submission ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
