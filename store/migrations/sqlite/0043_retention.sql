-- +goose Up
-- How long a letter is kept, for those that are not kept for ever: class is one of its organisation's, delete_at and files_at the first seconds in which the letter, and what is attached to
-- it, are deleted; 0 is never. owner is a person's or a company's id.
CREATE TABLE letter_keep (
    org       TEXT    NOT NULL,
    letter    TEXT    NOT NULL,
    owner     TEXT    NOT NULL,
    class     TEXT    NOT NULL,
    delete_at INTEGER NOT NULL,
    files_at  INTEGER NOT NULL,
    PRIMARY KEY (org, letter)
) STRICT;
CREATE INDEX letter_keep_delete ON letter_keep (owner, delete_at) WHERE delete_at > 0;
CREATE INDEX letter_keep_files ON letter_keep (owner, files_at) WHERE files_at > 0;

-- The letters that somebody holds: they are not deleted before they are let go. Who let one go is in the audit log.
CREATE TABLE letter_hold (
    org     TEXT    NOT NULL,
    letter  TEXT    NOT NULL,
    why     TEXT    NOT NULL,
    ref     TEXT    NOT NULL,
    held_by TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org, letter)
) STRICT;
CREATE INDEX letter_hold_at ON letter_hold (org, at, letter);

-- Lists that were looked through and never sent are found by their age.
CREATE INDEX mailing_state ON mailing (org, state, made_at);
