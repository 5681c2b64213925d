-- name: PutTextIn :execrows
INSERT INTO text_in (org, id, gateway, ref, number, number_key, sent_to, body, at, state)
VALUES (@org, @id, @gateway, @ref, @number, @number_key, @sent_to, @body, @at, 'new')
ON CONFLICT (org, gateway, ref) DO NOTHING;

-- name: TextIn :one
SELECT org, id, gateway, ref, number, number_key, sent_to, body, at, state FROM text_in WHERE org = @org AND id = @id;

-- name: SettleTextIn :execrows
UPDATE text_in SET state = @state WHERE org = @org AND id = @id AND state = 'new';

-- name: PutTextOut :exec
INSERT INTO text_out (org, id, event, number, number_key, body, lang, sent_from, about, created_at, state, reference)
VALUES (@org, @id, @event, @number, @number_key, @body, @lang, @sent_from, @about, @created_at, 'waiting', '');

-- name: TextOut :one
SELECT org, id, event, number, number_key, body, lang, sent_from, about, created_at, state, reference, settled_at FROM text_out WHERE org = @org AND id = @id;

-- name: SettleTextOut :execrows
UPDATE text_out SET state = @state, reference = @reference, settled_at = @settled_at WHERE org = @org AND id = @id AND state IN ('waiting', 'begun');
