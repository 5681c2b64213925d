-- +goose Up
-- What becomes due with a letter by itself: at is the first second in which it is to be done.
CREATE TABLE letter_due (
    org    TEXT    NOT NULL,
    letter TEXT    NOT NULL,
    what   TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    PRIMARY KEY (org, letter, what)
);
CREATE INDEX letter_due_at ON letter_due (org, at);

-- The letters that go on paper; batch is empty while one waits.
CREATE TABLE letter_print (
    org       TEXT    NOT NULL,
    letter    TEXT    NOT NULL,
    queued_at BIGINT  NOT NULL,
    batch     TEXT    NOT NULL,
    PRIMARY KEY (org, letter)
);
CREATE INDEX letter_print_batch ON letter_print (org, batch, queued_at, letter);

-- What a print service took from the queue at once.
CREATE TABLE print_batch (
    org     TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    made_at BIGINT  NOT NULL,
    PRIMARY KEY (org, id)
);
