-- +goose Up
-- The draft of an organisation's configuration: what administrators have changed and not published. Base is what was configured when it began.
CREATE TABLE config_draft (
    org        TEXT    NOT NULL,
    base       TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT    NOT NULL,
    PRIMARY KEY (org)
) STRICT;
