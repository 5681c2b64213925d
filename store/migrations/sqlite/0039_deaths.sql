-- +goose Up
-- Who has died: died_on is the local date, YYYY-MM-DD. A row that turned out to be wrong is taken away again; who wrote and who took it away is in the audit log.
CREATE TABLE death (
    person  TEXT   NOT NULL PRIMARY KEY,
    died_on TEXT   NOT NULL,
    org     TEXT   NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
