-- +goose Up
-- The forms that were sent. number is what people call one by, unique in its organisation; form, version and digest are what it answers; account or company is whose it is (neither of what nobody
-- signed), made_by and by_staff who sent it, level how surely they were known. item is the work that it makes, seq the number of its newest change, so that a program that reads on after a number misses
-- none. content (answers, attachments and where answers come from) is sealed under the person's key. ended_at and delete_at are Unix seconds, 0 for not.
CREATE TABLE submission (
    org            TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    number         TEXT    NOT NULL,
    form           TEXT    NOT NULL,
    version        BIGINT  NOT NULL,
    digest         TEXT    NOT NULL,
    account        TEXT,
    company        TEXT,
    made_by        TEXT    NOT NULL,
    by_staff       TEXT    NOT NULL,
    level          BIGINT  NOT NULL,
    lang           TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    item           TEXT    NOT NULL,
    sent_at        BIGINT  NOT NULL,
    answers_digest TEXT    NOT NULL,
    asked_until    BIGINT  NOT NULL,
    ended_at       BIGINT  NOT NULL,
    delete_at      BIGINT  NOT NULL,
    seen           BIGINT  NOT NULL,
    seq            BIGINT  NOT NULL,
    content        BYTEA   NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX submission_numbered ON submission (org, number);
CREATE UNIQUE INDEX submission_item ON submission (org, item);
CREATE INDEX submission_account ON submission (account, id) WHERE account IS NOT NULL;
CREATE INDEX submission_company ON submission (company, id) WHERE company IS NOT NULL;
CREATE INDEX submission_form ON submission (org, form, sent_at, id);
CREATE INDEX submission_state ON submission (org, state, sent_at, id);
CREATE INDEX submission_sent ON submission (org, sent_at, id);
CREATE INDEX submission_seq ON submission (org, seq);
CREATE INDEX submission_delete ON submission (org, delete_at) WHERE delete_at > 0;

-- What happened to what was sent, in its order. Rows are only added. body is sealed as the submission is; detail is a slug or an identifier, until_at until when something was asked.
CREATE TABLE submission_event (
    org        TEXT    NOT NULL,
    submission TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    at         BIGINT  NOT NULL,
    what       TEXT    NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    level      BIGINT  NOT NULL,
    detail     TEXT    NOT NULL,
    until_at   BIGINT  NOT NULL,
    body       BYTEA,
    PRIMARY KEY (org, submission, seq)
);

-- The last number given in a year, and the number of the last change.
CREATE TABLE submission_number (
    org  TEXT    NOT NULL,
    year BIGINT  NOT NULL,
    last BIGINT  NOT NULL,
    PRIMARY KEY (org, year)
);
CREATE TABLE submission_last (
    org TEXT    NOT NULL,
    seq BIGINT  NOT NULL,
    PRIMARY KEY (org)
);

-- What somebody holds is not deleted before it is let go.
CREATE TABLE submission_hold (
    org        TEXT    NOT NULL,
    submission TEXT    NOT NULL,
    why        TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    held_by    TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    PRIMARY KEY (org, submission)
);
