-- +goose Up
-- Dialogues by text message that are under way: one of each number. state is sealed; version is the precondition of the next change.
CREATE TABLE text_dialogue (
    org        TEXT    NOT NULL,
    number_key BLOB    NOT NULL,
    state      BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org, number_key)
) STRICT;
CREATE INDEX text_dialogue_expires ON text_dialogue (org, expires_at);

-- Offers of freed times that were told by text message: the code by which they are answered, and to which number (its keyed hash) each went.
CREATE TABLE text_offer (
    org        TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    freed      TEXT    NOT NULL,
    waiting    TEXT    NOT NULL,
    number_key BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org, code)
) STRICT;
CREATE UNIQUE INDEX text_offer_freed ON text_offer (org, freed, waiting);
CREATE INDEX text_offer_number ON text_offer (org, number_key, created_at);
CREATE INDEX text_offer_expires ON text_offer (org, expires_at);
