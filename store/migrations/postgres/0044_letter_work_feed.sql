-- +goose Up
-- seq numbers the changes of an organisation's exchanges of letters: that of an exchange is its newest one's, so that a program that reads on after a number misses none. letter_work_last is the last.
ALTER TABLE letter_work ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE letter_work SET seq = (SELECT COUNT(*) FROM letter_work o WHERE o.org = letter_work.org AND o.item <= letter_work.item);
CREATE INDEX letter_work_seq ON letter_work (org, seq);
CREATE TABLE letter_work_last (
    org TEXT   NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (org)
);
INSERT INTO letter_work_last (org, seq) SELECT org, MAX(seq) FROM letter_work GROUP BY org;
