-- name: PutMailing :exec
INSERT INTO mailing (org, id, state, kind, mode, lang, reply, made_at, made_by, content) VALUES (@org, @id, @state, @kind, @mode, @lang, @reply, @made_at, @made_by, @content);

-- name: SetMailing :execrows
UPDATE mailing SET state = @state WHERE org = @org AND id = @id AND state = @was;

-- name: Mailing :one
SELECT org, id, state, kind, mode, lang, reply, made_at, made_by, content FROM mailing WHERE org = @org AND id = @id;

-- name: Mailings :many
SELECT org, id, state, kind, mode, lang, reply, made_at, made_by, content FROM mailing WHERE org = @org AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: PutMailingRow :exec
INSERT INTO mailing_row (org, mailing, line, state, way, why, letter, content) VALUES (@org, @mailing, @line, @state, @way, @why, '', @content);

-- name: MailingCounts :many
SELECT state, way, COUNT(*) AS n FROM mailing_row WHERE org = @org AND mailing = @mailing GROUP BY state, way;

-- name: MailingRows :many
SELECT org, mailing, line, state, way, why, letter, content FROM mailing_row WHERE org = @org AND mailing = @mailing AND state = @state ORDER BY line LIMIT @most;

-- name: SettleMailingRow :execrows
UPDATE mailing_row SET state = @state, way = @way, why = @why, letter = @letter, content = @content WHERE org = @org AND mailing = @mailing AND line = @line AND state = 'waits';

-- name: MailingsUnsent :many
SELECT org, id FROM mailing WHERE org = @org AND state = @state AND made_at < @before ORDER BY made_at LIMIT @most;

-- name: DropMailing :execrows
DELETE FROM mailing WHERE org = @org AND id = @id AND state = @state;

-- name: DropMailingRows :exec
DELETE FROM mailing_row WHERE org = @org AND mailing = @mailing;
