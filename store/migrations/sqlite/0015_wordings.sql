-- +goose Up
-- How an organisation words its notices itself, by notice. doc is as a blueprint has it.
CREATE TABLE wording (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
