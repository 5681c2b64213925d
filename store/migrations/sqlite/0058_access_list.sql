-- +goose Up
-- Who has access to a service: the index has all that the list shows, so that no other service of the organisation is read for it.
CREATE INDEX access_grant_service ON access_grant (org, service, account, company, version, state, from_at, until_at, by_kind, made_by, created_at);
