-- +goose Up
-- Who may use a service that opens after a contact with the office: a person (account) or a company, from which second until which (0 has no end). Rows are only
-- added: the highest version holds, those before it are its history. why is sealed: under the person's key, or, of a company, under the installation's.
CREATE TABLE access_grant (
    org        TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    company    TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    state      TEXT    NOT NULL,
    from_at    BIGINT  NOT NULL,
    until_at   BIGINT  NOT NULL,
    why        BYTEA   NOT NULL,
    by_kind    TEXT    NOT NULL,
    made_by    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    PRIMARY KEY (org, account, company, service, version)
);
CREATE INDEX access_grant_account ON access_grant (account, company, org, service, version);
CREATE INDEX access_grant_company ON access_grant (company, account, org, service, version);
