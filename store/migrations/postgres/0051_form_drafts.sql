-- +goose Up
-- A form that somebody fills in: id is the id that it will have when it was sent, content is sealed under the key of whose it is. expires_at is the first second in which it is deleted,
-- told_at when they were told that this is near; 0 for not yet. seen grows with each change.
CREATE TABLE form_draft (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    version    BIGINT NOT NULL,
    account    TEXT,
    company    TEXT,
    made_by    TEXT    NOT NULL,
    by_staff   TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    told_at    BIGINT NOT NULL,
    seen       BIGINT NOT NULL,
    content    BYTEA   NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX form_draft_account ON form_draft (account, id) WHERE account IS NOT NULL;
CREATE INDEX form_draft_company ON form_draft (company, id) WHERE company IS NOT NULL;
CREATE INDEX form_draft_expires ON form_draft (org, expires_at);
CREATE INDEX form_draft_told ON form_draft (org, told_at, expires_at);

-- Who is asked to fill in a draft together with whose it is, and to sign it. person is empty for an address until somebody came by its link, whose hash secret is; signed is the digest of what was
-- signed; content is what they are called and the address, sealed as the draft.
CREATE TABLE form_part (
    org        TEXT    NOT NULL,
    draft      TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    person     TEXT,
    secret     BYTEA,
    asked_by   TEXT    NOT NULL,
    asked_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state      TEXT    NOT NULL,
    state_at   BIGINT NOT NULL,
    signed     TEXT    NOT NULL,
    version    BIGINT NOT NULL,
    content    BYTEA   NOT NULL,
    PRIMARY KEY (org, draft, id)
);
CREATE INDEX form_part_person ON form_part (person, org, draft, id) WHERE person IS NOT NULL;
CREATE INDEX form_part_secret ON form_part (secret) WHERE secret IS NOT NULL;

-- What was typed when a session had ended, until the same person comes back in the same browser: sealed, under the hash of the visit's secret.
CREATE TABLE form_kept (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    session    BYTEA   NOT NULL,
    expires_at BIGINT NOT NULL,
    content    BYTEA   NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX form_kept_expires ON form_kept (org, expires_at);

