-- +goose Up
-- Where messages to those who work here arrive: one for each number of an organisation's own. doc is as a blueprint has it.
CREATE TABLE inbox (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- The work that lies before those who work here, of every kind. state is open, waiting (for the person) or closed; since is when the oldest thing that nobody
-- has answered came, fresh how many there are. subject is never personal. version counts the changes: whoever changes an item says which they saw.
CREATE TABLE work_item (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    inbox      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    assignee   TEXT    NOT NULL,
    due_at     INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    fresh      INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX work_item_state ON work_item (org, inbox, state, since);

-- What happened to an item, in its order: what came in and went out (id is then the text message's), notes (body, sealed), and what was done with it.
CREATE TABLE work_entry (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    item       TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    body       BLOB,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX work_entry_item ON work_entry (org, item, at);

-- The content of an item that is a conversation by text message. claim says what is known of the identity codes in it and whose they are (claimed); person is
-- who it is with once that is certain, by known_by. told_at is when the last automatic answer went out.
CREATE TABLE conversation (
    org        TEXT    NOT NULL,
    item       TEXT    NOT NULL,
    inbox      TEXT    NOT NULL,
    number     BLOB    NOT NULL,
    number_key BLOB    NOT NULL,
    lang       TEXT    NOT NULL,
    claim      TEXT    NOT NULL,
    claimed    TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    known_by   TEXT    NOT NULL,
    told_at    INTEGER NOT NULL,
    PRIMARY KEY (org, item)
) STRICT;
CREATE INDEX conversation_number ON conversation (org, number_key, item);

-- The one conversation with a number that is not closed, of each inbox.
CREATE TABLE conversation_open (
    org        TEXT NOT NULL,
    number_key BLOB NOT NULL,
    inbox      TEXT NOT NULL,
    item       TEXT NOT NULL,
    PRIMARY KEY (org, number_key, inbox)
) STRICT;
