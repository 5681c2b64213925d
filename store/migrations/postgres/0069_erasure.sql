-- +goose Up
-- Somebody wants to be erased; at most one request of each person is under way.
CREATE TABLE erasure (
    person   TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at   BIGINT NOT NULL,
    look_at  BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    lang     TEXT   NOT NULL,
    receipt  BYTEA,
    version  BIGINT NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE UNIQUE INDEX erasure_live ON erasure (person) WHERE state IN ('asked', 'erasing', 'rest');
CREATE INDEX erasure_due ON erasure (look_at) WHERE state IN ('asked', 'erasing', 'rest');
-- What the authorities say that have something of them.
CREATE TABLE erasure_office (
    org      TEXT   NOT NULL,
    person   TEXT   NOT NULL,
    erasure  TEXT   NOT NULL,
    word     TEXT   NOT NULL,
    ground   TEXT   NOT NULL,
    why      BYTEA,
    by_staff TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (org, person, erasure)
);
CREATE INDEX erasure_office_of ON erasure_office (person, erasure);
