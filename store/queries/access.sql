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

-- name: AccessOfService :many
SELECT g.org, g.service, g.account, g.company, g.version, g.state, g.from_at, g.until_at, g.by_kind, g.made_by, g.created_at, COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected,
    COALESCE(c.name, '') AS company_name, COALESCE(c.business_id, '') AS number
FROM access_grant g LEFT JOIN account a ON a.person = g.account LEFT JOIN company c ON c.id = g.company
WHERE g.org = @org AND g.service = @service AND (g.state = @one_state OR g.state = @other_state) AND g.from_at >= @from_min AND g.from_at <= @from_max
AND (g.until_at = @endless OR g.until_at >= @until_min AND g.until_at <= @until_max)
AND NOT EXISTS (SELECT 1 FROM access_grant n WHERE n.org = g.org AND n.account = g.account AND n.company = g.company AND n.service = g.service AND n.version > g.version)
ORDER BY CASE WHEN g.until_at = 0 THEN 1 ELSE 0 END, g.until_at, g.account, g.company LIMIT @most;
