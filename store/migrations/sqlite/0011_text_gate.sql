-- +goose Up
-- Every text message that left or was refused, once however often it was tried: by it, numbers, neighbouring numbers and organisations are counted, and receipts
-- are recorded. number_key and block_key are keyed hashes. state is sent or refused; fate is empty until a network says what became of it.
CREATE TABLE text_ledger (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    number_key BLOB    NOT NULL,
    block_key  BLOB    NOT NULL,
    parts      INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    fate       TEXT    NOT NULL,
    fate_at    INTEGER,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX text_ledger_number ON text_ledger (org, number_key, at);
CREATE INDEX text_ledger_block ON text_ledger (org, block_key, at);
CREATE INDEX text_ledger_at ON text_ledger (org, state, at);

-- How much an organisation sent in an hour, which begins at hour (Unix seconds).
CREATE TABLE text_hour (
    org      TEXT    NOT NULL,
    hour     INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    parts    INTEGER NOT NULL,
    PRIMARY KEY (org, hour)
) STRICT, WITHOUT ROWID;

-- The breaker of an organisation and channel (sms): open is 1 while nothing leaves. let_go is how many messages its hour had when it was released last.
CREATE TABLE text_stop (
    org         TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    open        INTEGER NOT NULL,
    why         TEXT    NOT NULL,
    stopped_at  INTEGER NOT NULL,
    released_at INTEGER NOT NULL,
    let_go      INTEGER NOT NULL,
    PRIMARY KEY (org, channel)
) STRICT, WITHOUT ROWID;

-- What an organisation may send, where it differs from the installation; 0 and empty are the installation's.
CREATE TABLE text_limit (
    org        TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    prefixes   TEXT    NOT NULL,
    per_number INTEGER NOT NULL,
    burst      INTEGER NOT NULL,
    budget     INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (org, channel)
) STRICT, WITHOUT ROWID;
