-- +goose Up
-- How a notice travels: email or sms.
ALTER TABLE notice ADD COLUMN channel TEXT NOT NULL DEFAULT 'email';
-- Those that could not be delivered, for the page of them; dropped_at hides one that somebody looked at.
ALTER TABLE notice ADD COLUMN looked_at BIGINT;
CREATE INDEX notice_failed ON notice (org, settled_at, id) WHERE state IN ('failed', 'unknown') AND looked_at IS NULL;

-- What somebody agreed to, and took back, by their address. Append-only: the latest row of a channel and scope counts. address_key is the keyed hash of
-- the number or the address; basis is how it was said: by a text message, on their page, at the desk, by a link.
CREATE TABLE consent (
    org         TEXT NOT NULL,
    address_key BYTEA NOT NULL,
    id          TEXT NOT NULL,
    channel     TEXT NOT NULL,
    scope       TEXT NOT NULL,
    given       BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    basis       TEXT NOT NULL,
    by_kind     TEXT NOT NULL,
    by_id       TEXT NOT NULL,
    PRIMARY KEY (org, address_key, id)
);
