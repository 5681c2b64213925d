-- +goose Up
-- Who wants to be told by text message of a ticket. number is sealed, and NULL when it was erased: when the ticket ended, when nothing is told any more, or when
-- they said so. near_at and called_at are when they were told, so that each is told once; until_at is the last second of the ticket's day.
CREATE TABLE ticket_text (
    org       TEXT    NOT NULL,
    ticket    TEXT    NOT NULL,
    office    TEXT    NOT NULL,
    number    BYTEA,
    near_at   BIGINT NOT NULL,
    called_at BIGINT NOT NULL,
    until_at  BIGINT NOT NULL,
    PRIMARY KEY (org, ticket)
);
CREATE INDEX ticket_text_office ON ticket_text (org, office, ticket) WHERE number IS NOT NULL;
CREATE INDEX ticket_text_until ON ticket_text (org, until_at);
-- Text messages about a ticket are kept for a day.
CREATE INDEX text_out_lobby ON text_out (org, created_at) WHERE event = 'lobby.text';
