-- name: CareOf :many
SELECT org, person, agenda, version, state, from_date, until_date, needs, source, recorded_by, created_at
FROM care WHERE org = @org AND person = @person ORDER BY agenda, version DESC LIMIT 1000;

-- name: CareNow :one
SELECT org, person, agenda, version, state, from_date, until_date, needs, source, recorded_by, created_at
FROM care WHERE org = @org AND person = @person AND agenda = @agenda ORDER BY version DESC LIMIT 1;

-- name: PutCare :execrows
INSERT INTO care (org, person, agenda, version, state, from_date, until_date, needs, source, recorded_by, created_at)
VALUES (@org, @person, @agenda, @version, @state, @from_date, @until_date, @needs, @source, @recorded_by, @created_at)
ON CONFLICT (org, person, agenda, version) DO NOTHING;

-- name: CareOfPerson :many
SELECT org, person, agenda, version, state, from_date, until_date, needs, source, recorded_by, created_at
FROM care WHERE person = @person ORDER BY org, agenda, version DESC LIMIT 1000;

-- name: CareOfNobody :many
SELECT org, person, agenda, version FROM care WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.person = care.person) LIMIT 100;
