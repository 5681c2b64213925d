-- +goose Up
-- How often a letter was taken into a batch, and when the printer said that it was printed, posted and returned; 0 for what has not happened.
ALTER TABLE letter_print ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;
ALTER TABLE letter_print ADD COLUMN printed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE letter_print ADD COLUMN posted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE letter_print ADD COLUMN returned_at BIGINT NOT NULL DEFAULT 0;
-- What nobody waits for any more: printed, posted, recalled or erased.
ALTER TABLE letter_print ADD COLUMN settled_at BIGINT NOT NULL DEFAULT 0;
UPDATE letter_print SET taken = 1 WHERE batch <> '';
UPDATE letter_print SET printed_at = COALESCE((SELECT MIN(e.at) FROM letter_event e WHERE e.org = letter_print.org AND e.letter = letter_print.letter AND e.what = 'printed'), 0);
UPDATE letter_print SET posted_at = COALESCE((SELECT MIN(e.at) FROM letter_event e WHERE e.org = letter_print.org AND e.letter = letter_print.letter AND e.what = 'posted'), 0);
UPDATE letter_print SET returned_at = COALESCE((SELECT MIN(e.at) FROM letter_event e WHERE e.org = letter_print.org AND e.letter = letter_print.letter AND e.what = 'returned'), 0);
UPDATE letter_print SET settled_at = COALESCE((SELECT MIN(e.at) FROM letter_event e WHERE e.org = letter_print.org AND e.letter = letter_print.letter AND e.what IN ('printed', 'posted', 'recalled')), 0);
CREATE INDEX letter_print_open ON letter_print (org, batch) WHERE settled_at = 0;
CREATE INDEX letter_print_returned ON letter_print (org, returned_at) WHERE returned_at > 0;

-- By what an office was given a consent that it recorded: a form on paper, or a phone call; empty for what people said themselves.
ALTER TABLE letter_preference ADD COLUMN how TEXT NOT NULL DEFAULT '';

-- A program's address that is told what happens to an organisation's letters. after_seq is the last event that it took, secret what it knows us by.
CREATE TABLE letter_hook (
    org           TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    secret        BYTEA    NOT NULL,
    made_by       TEXT    NOT NULL,
    made_at       BIGINT NOT NULL,
    after_seq     BIGINT NOT NULL,
    delivered_at  BIGINT NOT NULL,
    failing_since BIGINT NOT NULL,
    tries         BIGINT NOT NULL,
    next_at       BIGINT NOT NULL,
    trouble       TEXT    NOT NULL,
    disabled_at   BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
