-- +goose Up
-- An attachment. Its bytes lie elsewhere, encrypted; state is waiting, clean, infected or refused, by what the scanner said at scanned_at. held_until is the last second in which the
-- organisation that uploaded it may attach it, 0 for one that came in attached; sealed is what that upload is called, with its key.
CREATE TABLE file (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    scanned_at INTEGER NOT NULL,
    held_until INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX file_state ON file (org, created_at) WHERE state = 'waiting';
CREATE INDEX file_held ON file (org, held_until) WHERE held_until > 0;

-- What an attachment is attached to: kind and holder name it. sealed is what it is called there, with its key, under the key of whose it is.
CREATE TABLE file_link (
    org      TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    holder   TEXT    NOT NULL,
    file     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    account  TEXT,
    company  TEXT,
    sealed   BLOB    NOT NULL,
    PRIMARY KEY (org, kind, holder, file)
) STRICT;
CREATE INDEX file_link_file ON file_link (org, file, kind, holder);

-- Attachments that somebody let go of: perhaps nobody holds them any more.
CREATE TABLE file_loose (
    org  TEXT    NOT NULL,
    file TEXT    NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (org, file)
) STRICT;
CREATE INDEX file_loose_at ON file_loose (org, at);

-- A letter that a person is writing: id is the id that it will have, content is sealed under the person's key. expires_at is the first second in which it is deleted.
CREATE TABLE letter_draft (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    account    TEXT,
    company    TEXT,
    answers    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    content    BLOB    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX letter_draft_account ON letter_draft (account, id) WHERE account IS NOT NULL;
CREATE INDEX letter_draft_company ON letter_draft (company, id) WHERE company IS NOT NULL;
CREATE INDEX letter_draft_expires ON letter_draft (org, expires_at);
