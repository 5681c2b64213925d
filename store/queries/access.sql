-- name: AccessNow :one
SELECT org, service, account, company, version, state, from_at, until_at, why, by_kind, made_by, created_at
FROM access_grant WHERE org = @org AND service = @service AND account = @account AND company = @company ORDER BY version DESC LIMIT 1;

-- name: AccessOf :many
SELECT org, service, account, company, version, state, from_at, until_at, why, by_kind, made_by, created_at
FROM access_grant WHERE account = @account AND company = @company AND org = @org ORDER BY service, version DESC LIMIT 1000;

-- name: AccessOfOwner :many
SELECT org, service, account, company, version, state, from_at, until_at, why, by_kind, made_by, created_at
FROM access_grant WHERE account = @account AND company = @company ORDER BY org, service, version DESC LIMIT 1000;

-- name: PutAccess :execrows
INSERT INTO access_grant (org, service, account, company, version, state, from_at, until_at, why, by_kind, made_by, created_at)
VALUES (@org, @service, @account, @company, @version, @state, @from_at, @until_at, @why, @by_kind, @made_by, @created_at)
ON CONFLICT (org, account, company, service, version) DO NOTHING;

-- name: AccessOfNobody :many
SELECT org, service, account, version FROM access_grant
WHERE account <> '' AND NOT EXISTS (SELECT 1 FROM account WHERE account.person = access_grant.account) LIMIT 100;
