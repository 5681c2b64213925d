-- +goose Up
-- What people say of the pages they read. body is what they wrote and how they wish to be answered, sealed; NULL where they only said whether the page was of use. Where there is a body
-- there is an item of work (kind feedback). The key is the form's: one that is sent twice is kept once.
CREATE TABLE feedback (
    org    TEXT    NOT NULL,
    item   TEXT    NOT NULL,
    page   TEXT    NOT NULL,
    lang   TEXT    NOT NULL,
    useful TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    body   BLOB,
    PRIMARY KEY (org, item)
) STRICT;
CREATE INDEX feedback_at ON feedback (org, at);

-- How often something was said of a page in a month (YYYY-MM).
CREATE TABLE feedback_count (
    org     TEXT    NOT NULL,
    month   TEXT    NOT NULL,
    page    TEXT    NOT NULL,
    yes     INTEGER NOT NULL,
    no      INTEGER NOT NULL,
    written INTEGER NOT NULL,
    PRIMARY KEY (org, month, page)
) STRICT;
