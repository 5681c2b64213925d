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

-- name: Undelivered :many
SELECT n.id, n.event, n.channel, n.appointment, n.waiting, n.settled_at, n.state, COALESCE(a.office, '') AS office, COALESCE(a.start_at, 0) AS start_at,
    CAST(COALESCE((SELECT d.reference FROM delivery d WHERE d.org = n.org AND d.notice = n.id ORDER BY d.at_us DESC LIMIT 1), '') AS TEXT) AS why
FROM notice n LEFT JOIN appointment a ON a.org = n.org AND a.id = n.appointment
WHERE n.org = @org AND n.state IN ('failed', 'unknown') AND n.looked_at IS NULL ORDER BY n.settled_at DESC, n.id LIMIT @most;

-- name: ResendNotice :execrows
UPDATE notice SET state = 'waiting', settled_at = NULL WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: DropNotice :execrows
UPDATE notice SET looked_at = @looked_at WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: ToldOf :many
SELECT id, event, channel, created_at, state, settled_at FROM notice WHERE org = @org AND appointment = @appointment ORDER BY id;
