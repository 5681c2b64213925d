-- name: PutNotice :exec
INSERT INTO notice (org, id, event, appointment, person, args, created_at, state, waiting, channel)
VALUES (@org, @id, @event, @appointment, @person, @args, @created_at, 'waiting', @waiting, @channel);

-- name: Notice :one
SELECT org, id, event, appointment, person, args, created_at, state, waiting, channel FROM notice WHERE org = @org AND id = @id;

-- name: SettleNotice :execrows
UPDATE notice SET state = @state, settled_at = @settled_at WHERE org = @org AND id = @id;

-- name: NoticesOf :many
SELECT org, id, event, appointment, person, args, created_at, state, waiting, channel FROM notice
WHERE org = @org AND appointment = @appointment ORDER BY id;

-- name: PutDelivery :exec
INSERT INTO delivery (org, notice, at_us, channel, outcome, reference)
VALUES (@org, @notice, @at_us, @channel, @outcome, @reference)
ON CONFLICT (org, notice, at_us) DO NOTHING;

-- name: PutOutboxMessage :exec
INSERT INTO outbox_message (id, org, event, lang, created_at, message)
VALUES (@id, @org, @event, @lang, @created_at, @message)
ON CONFLICT (id) DO UPDATE SET message = excluded.message;

-- name: OutboxMessages :many
SELECT id, org, event, lang, created_at, message FROM outbox_message ORDER BY created_at DESC, id DESC LIMIT @most;

-- name: OutboxMessage :one
SELECT id, org, event, lang, created_at, message FROM outbox_message WHERE id = @id;

-- name: PutConsent :exec
INSERT INTO consent (org, address_key, id, channel, scope, given, at, basis, by_kind, by_id)
VALUES (@org, @address_key, @id, @channel, @scope, @given, @at, @basis, @by_kind, @by_id);

-- name: ConsentsOf :many
SELECT org, address_key, id, channel, scope, given, at, basis, by_kind, by_id FROM consent
WHERE org = @org AND address_key = @address_key ORDER BY id;
