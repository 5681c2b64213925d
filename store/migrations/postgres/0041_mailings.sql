-- +goose Up
-- Letters that one of the staff sends to many: content has the words, sealed.
CREATE TABLE mailing (
    org     TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    mode    TEXT    NOT NULL,
    lang    TEXT    NOT NULL,
    reply   BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT    NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (org, id)
);

-- Their rows: line is the line of the file, way how the letter would go when the list was looked through, why what is wrong with the row. content has whom it is for, sealed, until
-- the letter is written.
CREATE TABLE mailing_row (
    org     TEXT    NOT NULL,
    mailing TEXT    NOT NULL,
    line    BIGINT NOT NULL,
    state   TEXT    NOT NULL,
    way     TEXT    NOT NULL,
    why     TEXT    NOT NULL,
    letter  TEXT    NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (org, mailing, line)
);
CREATE INDEX mailing_row_state ON mailing_row (org, mailing, state, line);
