-- +goose Up
-- Text messages that came in. ref is the gateway's, or a hash over what came when it gives none: the same one twice is one row. number and body are sealed;
-- number_key is the keyed hash by which those of one number are found. state is new, done, or failed.
CREATE TABLE text_in (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    gateway    TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    number     BYTEA   NOT NULL,
    number_key BYTEA   NOT NULL,
    sent_to    TEXT    NOT NULL,
    body       BYTEA   NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT    NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX text_in_ref ON text_in (org, gateway, ref);
CREATE INDEX text_in_number ON text_in (org, number_key, at);

-- Text messages that go out by themselves, not as a notice: answers to commands, and what staff write. Rendered, and sealed until long after they are sent.
CREATE TABLE text_out (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    number     BYTEA   NOT NULL,
    number_key BYTEA   NOT NULL,
    body       BYTEA   NOT NULL,
    lang       TEXT    NOT NULL,
    sent_from  TEXT    NOT NULL,
    about      TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    state      TEXT    NOT NULL,
    reference  TEXT    NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (org, id)
);
CREATE INDEX text_out_about ON text_out (org, about, id);
CREATE INDEX text_out_number ON text_out (org, number_key, created_at);
