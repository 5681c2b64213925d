-- +goose Up
-- The forms of an organisation: what is settled about them. doc is as a blueprint has it, without what they ask.
CREATE TABLE form (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    position BIGINT NOT NULL,
    doc      TEXT    NOT NULL,
    PRIMARY KEY (org, id)
);

-- What a form asks, and from when on. Rows are added and never changed; they outlive the form, for what was sent keeps its version.
CREATE TABLE form_version (
    org      TEXT    NOT NULL,
    form     TEXT    NOT NULL,
    number   BIGINT NOT NULL,
    digest   TEXT    NOT NULL,
    from_at  BIGINT NOT NULL,
    document TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    made_at  BIGINT NOT NULL,
    made_by  TEXT    NOT NULL,
    PRIMARY KEY (org, form, number)
);

-- A form that is being built: a row for each state of it. The newest is the one that holds; before is the one to which undoing leads.
CREATE TABLE form_edit (
    org     TEXT    NOT NULL,
    form    TEXT    NOT NULL,
    seq     BIGINT NOT NULL,
    before  BIGINT NOT NULL,
    base    BIGINT NOT NULL,
    doc     TEXT    NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT    NOT NULL,
    PRIMARY KEY (org, form, seq)
);
