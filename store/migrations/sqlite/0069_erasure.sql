-- +goose Up
-- Somebody wants to be erased; at most one request of each person is under way.
CREATE TABLE erasure (
    person   TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    asked_at INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    look_at  INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    lang     TEXT   NOT NULL,
    receipt  BLOB,
    version  INTEGER NOT NULL,
    PRIMARY KEY (person, id)
) STRICT;
CREATE UNIQUE INDEX erasure_live ON erasure (person) WHERE state IN ('asked', 'erasing', 'rest');
CREATE INDEX erasure_due ON erasure (look_at) WHERE state IN ('asked', 'erasing', 'rest');
-- What the authorities say that have something of them.
CREATE TABLE erasure_office (
    org      TEXT   NOT NULL,
    person   TEXT   NOT NULL,
    erasure  TEXT   NOT NULL,
    word     TEXT   NOT NULL,
    ground   TEXT   NOT NULL,
    why      BLOB,
    by_staff TEXT   NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (org, person, erasure)
) STRICT;
CREATE INDEX erasure_office_of ON erasure_office (person, erasure);
