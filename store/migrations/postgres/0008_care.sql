-- +goose Up
-- Who is in care, under which agenda, from when until when. Rows are only added: the highest version of an agenda holds, those before it are its history.
-- needs are the services that are needed, sealed under the person's key; state is on, or off for what was taken away.
CREATE TABLE care (
    org         TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    agenda      TEXT    NOT NULL,
    version     BIGINT  NOT NULL,
    state       TEXT    NOT NULL,
    from_date   TEXT    NOT NULL,
    until_date  TEXT    NOT NULL,
    needs       BYTEA   NOT NULL,
    source      TEXT    NOT NULL,
    recorded_by TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (org, person, agenda, version)
);
CREATE INDEX care_person ON care (person, org, agenda, version);
