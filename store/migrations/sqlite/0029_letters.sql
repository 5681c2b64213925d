-- +goose Up
-- Somebody's mailbox. opened_at and closed_at are Unix seconds, 0 for not; signed_in is when its owner came to it last.
CREATE TABLE mailbox (
    person     TEXT    NOT NULL PRIMARY KEY,
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER NOT NULL,
    terms      TEXT    NOT NULL,
    tell_email INTEGER NOT NULL,
    tell_phone INTEGER NOT NULL,
    lang       TEXT    NOT NULL,
    signed_in  INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;

-- How somebody wants letters: a history that is only added to. org is empty for what holds for all organisations, until_at 0 for no end.
CREATE TABLE letter_preference (
    person  TEXT    NOT NULL,
    version INTEGER NOT NULL,
    channel TEXT    NOT NULL,
    basis   TEXT    NOT NULL,
    for_org TEXT    NOT NULL,
    terms   TEXT    NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by_kind TEXT    NOT NULL,
    made_by TEXT    NOT NULL,
    PRIMARY KEY (person, version)
) STRICT;

-- A letter between an organisation and a person or a company; content is sealed under the person's key.
CREATE TABLE letter (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    account    TEXT,
    company    TEXT,
    thread     TEXT    NOT NULL,
    inward     INTEGER NOT NULL,
    written_by TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    mode       TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    reply      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    publish_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    confirm_by INTEGER NOT NULL,
    channel    TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    content    BLOB    NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX letter_account ON letter (account, id) WHERE account IS NOT NULL;
CREATE INDEX letter_company ON letter (company, id) WHERE company IS NOT NULL;
CREATE INDEX letter_thread ON letter (org, thread, id);

-- What happened to letters, numbered by organisation without a gap: whoever reads on after a number misses nothing.
CREATE TABLE letter_event (
    org         TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    letter      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT    NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    for_company TEXT    NOT NULL,
    level       INTEGER NOT NULL,
    detail      TEXT    NOT NULL,
    PRIMARY KEY (org, seq)
) STRICT;
CREATE INDEX letter_event_letter ON letter_event (org, letter, seq);

CREATE TABLE letter_last (
    org TEXT    NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT;
