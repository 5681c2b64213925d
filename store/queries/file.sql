-- name: File :one
SELECT org, id, type, size, digest, state, created_at, scanned_at, held_until, sealed FROM file WHERE org = @org AND id = @id;

-- name: LockFile :one
SELECT id FROM file WHERE org = @org AND id = @id FOR UPDATE;

-- name: PutFile :exec
INSERT INTO file (org, id, type, size, digest, state, created_at, scanned_at, held_until, sealed)
VALUES (@org, @id, @type, @size, @digest, @state, @created_at, @scanned_at, @held_until, @sealed);

-- name: SetFileState :execrows
UPDATE file SET state = @state, scanned_at = @scanned_at WHERE org = @org AND id = @id AND state = 'waiting';

-- name: FilesOf :many
SELECT f.org, f.id, f.type, f.size, f.digest, f.state, f.created_at, f.scanned_at, f.held_until, f.sealed, l.position, l.account, l.company, l.sealed AS link_sealed
FROM file_link l JOIN file f ON f.org = l.org AND f.id = l.file WHERE l.org = @org AND l.kind = @kind AND l.holder = @holder ORDER BY l.position, l.file;

-- name: FileHolders :many
SELECT org, kind, holder, file, position, account, company, sealed FROM file_link WHERE org = @org AND file = @file ORDER BY kind, holder;

-- name: PutFileLink :exec
INSERT INTO file_link (org, kind, holder, file, position, account, company, sealed) VALUES (@org, @kind, @holder, @file, @position, @account, @company, @sealed);

-- name: DropFileLink :execrows
DELETE FROM file_link WHERE org = @org AND kind = @kind AND holder = @holder AND file = @file;

-- name: PutLooseFile :exec
INSERT INTO file_loose (org, file, at) VALUES (@org, @file, @at) ON CONFLICT (org, file) DO NOTHING;

-- name: LooseFiles :many
SELECT f.org, f.id, f.type, f.size, f.digest, f.state, f.created_at, f.scanned_at, f.held_until, f.sealed
FROM file_loose l JOIN file f ON f.org = l.org AND f.id = l.file WHERE l.org = @org AND l.at <= @now ORDER BY l.at LIMIT @most;

-- name: LapsedFiles :many
SELECT org, id, type, size, digest, state, created_at, scanned_at, held_until, sealed FROM file
WHERE org = @org AND held_until > 0 AND held_until < @now ORDER BY held_until LIMIT @most;

-- name: LetFileGo :exec
UPDATE file SET held_until = 0, sealed = @sealed WHERE org = @org AND id = @id AND held_until > 0 AND held_until < @now;

-- name: DropFile :execrows
DELETE FROM file WHERE file.org = @org AND file.id = @id AND file.held_until = 0
AND NOT EXISTS (SELECT 1 FROM file_link l WHERE l.org = file.org AND l.file = file.id);

-- name: DropLooseFile :exec
DELETE FROM file_loose WHERE org = @org AND file = @file;

-- name: FilesWaiting :one
SELECT COUNT(*) AS files, CAST(COALESCE(MIN(created_at), 0) AS BIGINT) AS oldest FROM file WHERE org = @org AND state = 'waiting' AND created_at <= @now;

-- name: LetterDraftOfAccount :one
SELECT org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content FROM letter_draft WHERE account = @account AND id = @id;

-- name: LetterDraftOfCompany :one
SELECT org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content FROM letter_draft WHERE company = @company AND id = @id;

-- name: LockLetterDraft :one
SELECT id FROM letter_draft WHERE org = @org AND id = @id FOR UPDATE;

-- name: LetterDraftsOfAccount :many
SELECT org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content FROM letter_draft WHERE account = @account ORDER BY id DESC;

-- name: LetterDraftsOfCompany :many
SELECT org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content FROM letter_draft WHERE company = @company ORDER BY id DESC;

-- name: PutLetterDraft :execrows
INSERT INTO letter_draft (org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content)
VALUES (@org, @id, @account, @company, @answers, @kind, @lang, @created_at, @changed_at, @expires_at, 1, @content)
ON CONFLICT (org, id) DO NOTHING;

-- name: SetLetterDraft :execrows
UPDATE letter_draft SET kind = @kind, lang = @lang, changed_at = @changed_at, expires_at = @expires_at, content = @content, version = version + 1
WHERE org = @org AND id = @id AND version = @seen;

-- name: DropLetterDraft :execrows
DELETE FROM letter_draft WHERE org = @org AND id = @id;

-- name: LetterDraftsExpired :many
SELECT org, id, account, company, answers, kind, lang, created_at, changed_at, expires_at, version, content FROM letter_draft WHERE org = @org AND expires_at <= @now ORDER BY expires_at LIMIT @most;
