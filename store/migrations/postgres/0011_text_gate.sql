-- +goose Up
-- Every text message that left or was refused, once however often it was tried: by it, numbers, neighbouring numbers and organisations are counted, and receipts
-- are recorded. number_key and block_key are keyed hashes. state is sent or refused; fate is empty until a network says what became of it.
CREATE TABLE text_ledger (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    at         BIGINT NOT NULL,
    number_key BYTEA   NOT NULL,
    block_key  BYTEA   NOT NULL,
    parts      BIGINT NOT NULL,
    state      TEXT    NOT NULL,
    fate       TEXT    NOT NULL,
    fate_at    BIGINT,
    PRIMARY KEY (org, id)
);
CREATE INDEX text_ledger_number ON text_ledger (org, number_key, at);
CREATE INDEX text_ledger_block ON text_ledger (org, block_key, at);
CREATE INDEX text_ledger_at ON text_ledger (org, state, at);

-- How much an organisation sent in an hour, which begins at hour (Unix seconds).
CREATE TABLE text_hour (
    org      TEXT    NOT NULL,
    hour     BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    parts    BIGINT NOT NULL,
    PRIMARY KEY (org, hour)
);

-- The breaker of an organisation and channel (sms): open is 1 while nothing leaves. let_go is how many messages its hour had when it was released last.
CREATE TABLE text_stop (
    org         TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    open        BIGINT NOT NULL,
    why         TEXT    NOT NULL,
    stopped_at  BIGINT NOT NULL,
    released_at BIGINT NOT NULL,
    let_go      BIGINT NOT NULL,
    PRIMARY KEY (org, channel)
);

-- What an organisation may send, where it differs from the installation; 0 and empty are the installation's.
CREATE TABLE text_limit (
    org        TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    prefixes   TEXT    NOT NULL,
    per_number BIGINT NOT NULL,
    burst      BIGINT NOT NULL,
    budget     BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org, channel)
);
