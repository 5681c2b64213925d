-- +goose Up
-- What a visit of several people, or of several services, is made of: a service for somebody. A plain visit has no rows here. account is in whose folder
-- the visit is, for their own part.
CREATE TABLE appointment_part (
    org         TEXT    NOT NULL,
    appointment TEXT    NOT NULL,
    position    BIGINT NOT NULL,
    service     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    account     TEXT,
    PRIMARY KEY (org, appointment, position)
);
