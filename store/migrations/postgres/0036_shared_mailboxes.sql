-- +goose Up
-- The mailbox of a company or an association, which all who hold a mandate share.
CREATE TABLE company_mailbox (
    company   TEXT    NOT NULL PRIMARY KEY,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    opened_by TEXT    NOT NULL,
    terms     TEXT    NOT NULL,
    lang      TEXT    NOT NULL,
    version   BIGINT NOT NULL
);

-- How somebody who acts for a mailbox's owner wants to be told that something arrived in it: owner is a company, or a person in somebody's care.
CREATE TABLE mailbox_teller (
    person     TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    tell_email BIGINT NOT NULL,
    tell_phone BIGINT NOT NULL,
    lang       TEXT    NOT NULL,
    PRIMARY KEY (person, owner)
);
CREATE INDEX mailbox_teller_owner ON mailbox_teller (owner, person);
