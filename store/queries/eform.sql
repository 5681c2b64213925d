-- name: Forms :many
SELECT id, doc FROM form WHERE org = @org ORDER BY position, id;

-- name: PutForm :exec
INSERT INTO form (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropForm :exec
DELETE FROM form WHERE org = @org AND id = @id;

-- name: FormVersions :many
SELECT number, digest, from_at, note, made_at, made_by FROM form_version WHERE org = @org AND form = @form ORDER BY number DESC;

-- name: FormVersion :one
SELECT number, digest, from_at, document, note, made_at, made_by FROM form_version WHERE org = @org AND form = @form AND number = @number;

-- name: FormDocumentAt :one
SELECT number, document FROM form_version WHERE org = @org AND form = @form AND from_at <= @at ORDER BY number DESC LIMIT 1;

-- name: NewestFormVersion :one
SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS number FROM form_version WHERE org = @org AND form = @form;

-- name: AddFormVersion :exec
INSERT INTO form_version (org, form, number, digest, from_at, document, note, made_at, made_by)
VALUES (@org, @form, @number, @digest, @from_at, @document, @note, @made_at, @made_by);

-- name: FormEdits :many
SELECT form, seq, before, base, doc, made_at, made_by FROM form_edit e
WHERE e.org = @org AND e.seq = (SELECT MAX(n.seq) FROM form_edit n WHERE n.org = e.org AND n.form = e.form) ORDER BY form;

-- name: NewestFormEdit :one
SELECT seq, before, base, doc, made_at, made_by FROM form_edit WHERE org = @org AND form = @form ORDER BY seq DESC LIMIT 1;

-- name: FormEdit :one
SELECT seq, before, base, doc, made_at, made_by FROM form_edit WHERE org = @org AND form = @form AND seq = @seq;

-- name: LockFormEdit :one
SELECT seq FROM form_edit WHERE org = @org AND form = @form AND seq = @seq FOR UPDATE;

-- name: AddFormEdit :execrows
INSERT INTO form_edit (org, form, seq, before, base, doc, made_at, made_by) VALUES (@org, @form, @seq, @before, @base, @doc, @made_at, @made_by)
ON CONFLICT (org, form, seq) DO NOTHING;

-- name: DropFormEdits :execrows
DELETE FROM form_edit WHERE org = @org AND form = @form AND seq <= @seq;
