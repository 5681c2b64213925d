-- +goose Up
-- Tasks of one lane never wait for those of another (domain/notify, Lane…): an answer that somebody waits for does not stand behind a hundred thousand reminders.
ALTER TABLE task ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
-- Due tasks are read lane by lane in their order, without sorting all that are due.
DROP INDEX task_due;
CREATE INDEX task_due ON task (lane, run_at, id) WHERE dead_at IS NULL;
-- What a number and its neighbours had: by all that is asked for, or the planner takes the time of all numbers to be as good.
DROP INDEX text_ledger_number;
DROP INDEX text_ledger_block;
CREATE INDEX text_ledger_number ON text_ledger (org, number_key, state, at);
CREATE INDEX text_ledger_block ON text_ledger (org, block_key, state, at);
