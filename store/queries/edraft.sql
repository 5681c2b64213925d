-- name: FormDraft :one
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE org = @org AND id = @id;

-- name: FormDraftOfAccount :one
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE account = @account AND id = @id AND by_staff = '';

-- name: FormDraftWithBeside :one
SELECT d.org, d.id, d.form, d.version, d.account, d.company, d.made_by, d.by_staff, d.lang, d.created_at, d.changed_at, d.expires_at, d.told_at, d.seen, d.content, d.secret, p.wrapped_key,
    EXISTS (SELECT 1 FROM file_link l WHERE l.org = d.org AND l.kind = @file_kind AND l.holder = d.id) AS files,
    EXISTS (SELECT 1 FROM form_part x WHERE x.org = d.org AND x.draft = d.id) AS parts
FROM form_draft d LEFT JOIN person p ON p.person = d.account WHERE d.account = @account AND d.id = @id AND d.by_staff = '';

-- name: FormDraftOfCompany :one
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE company = @company AND id = @id AND by_staff = '';

-- name: LockFormDraft :one
SELECT id FROM form_draft WHERE org = @org AND id = @id FOR UPDATE;

-- name: FormDraftsOfAccount :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE account = @account AND by_staff = '' ORDER BY id DESC LIMIT @most;

-- name: FormDraftsOfCompany :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE company = @company AND by_staff = '' ORDER BY id DESC LIMIT @most;

-- name: FormDraftOfStaff :one
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE by_staff <> '' AND by_staff = @by_staff AND id = @id;

-- name: FormDraftsOfStaff :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE by_staff <> '' AND by_staff = @by_staff ORDER BY id DESC LIMIT @most;

-- name: FormDraftOfSecret :one
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE secret = @secret AND id = @id;

-- name: FormDraftsOfSecret :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE secret = @secret ORDER BY id DESC LIMIT @most;

-- name: PutFormDraft :execrows
INSERT INTO form_draft (org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret)
VALUES (@org, @id, @form, @version, @account, @company, @made_by, @by_staff, @lang, @created_at, @changed_at, @expires_at, 0, 1, @content, @secret)
ON CONFLICT (org, id) DO NOTHING;

-- name: SetFormDraft :execrows
UPDATE form_draft SET version = @version, lang = @lang, changed_at = @changed_at, expires_at = @expires_at, told_at = @told_at, content = @content, seen = seen + 1
WHERE org = @org AND id = @id AND seen = @was_seen;

-- name: OwnFormDraft :execrows
UPDATE form_draft SET account = @account, company = @company, made_by = @made_by, secret = NULL, changed_at = @changed_at, expires_at = @expires_at, content = @content, seen = seen + 1
WHERE org = @org AND id = @id AND seen = @was_seen AND secret IS NOT NULL;

-- name: DropFormDraft :execrows
DELETE FROM form_draft WHERE org = @org AND id = @id;

-- name: FormDraftsExpired :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE org = @org AND expires_at <= @now ORDER BY expires_at LIMIT @most;

-- name: FormDraftsToTell :many
SELECT org, id, form, version, account, company, made_by, by_staff, lang, created_at, changed_at, expires_at, told_at, seen, content, secret FROM form_draft WHERE org = @org AND told_at = 0 AND by_staff = '' AND secret IS NULL AND expires_at <= @until AND expires_at > @now ORDER BY expires_at LIMIT @most;

-- name: FormParts :many
SELECT org, draft, id, person, secret, asked_by, asked_at, expires_at, state, state_at, signed, version, content FROM form_part WHERE org = @org AND draft = @draft ORDER BY id;

-- name: FormPartsOfPerson :many
SELECT org, draft, id, person, secret, asked_by, asked_at, expires_at, state, state_at, signed, version, content FROM form_part WHERE person = @person ORDER BY org, draft, id;

-- name: FormPartOfSecret :one
SELECT org, draft, id, person, secret, asked_by, asked_at, expires_at, state, state_at, signed, version, content FROM form_part WHERE secret = @secret;

-- name: PutFormPart :execrows
INSERT INTO form_part (org, draft, id, person, secret, asked_by, asked_at, expires_at, state, state_at, signed, version, content)
VALUES (@org, @draft, @id, @person, @secret, @asked_by, @asked_at, @expires_at, @state, @state_at, @signed, 1, @content)
ON CONFLICT (org, draft, id) DO NOTHING;

-- name: SetFormPart :execrows
UPDATE form_part SET person = @person, secret = @secret, state = @state, state_at = @state_at, signed = @signed, content = @content, version = version + 1
WHERE org = @org AND draft = @draft AND id = @id AND version = @was_version;

-- name: DropFormParts :exec
DELETE FROM form_part WHERE org = @org AND draft = @draft;

-- name: PutFormKept :exec
INSERT INTO form_kept (org, id, session, expires_at, content) VALUES (@org, @id, @session, @expires_at, @content);

-- name: TakeFormKept :one
DELETE FROM form_kept WHERE org = @org AND id = @id AND session = @session AND expires_at >= @now RETURNING org, id, session, expires_at, content;

-- name: DropFormKept :execrows
DELETE FROM form_kept WHERE form_kept.org = @org AND form_kept.id IN (SELECT k.id FROM form_kept k WHERE k.org = @org AND k.expires_at < @now ORDER BY k.expires_at LIMIT @most);
