-- name: PutNotice :exec
INSERT INTO notice (org, id, event, appointment, person, args, created_at, state, waiting, channel)
VALUES (@org, @id, @event, @appointment, @person, @args, @created_at, 'waiting', @waiting, @channel);

-- name: Notice :one
SELECT org, id, event, appointment, person, args, created_at, state, waiting, channel, round FROM notice WHERE org = @org AND id = @id;

-- name: SettleNotice :execrows
UPDATE notice SET settled_at = @settled_at, state = CASE
    WHEN CAST(@state AS TEXT) IN ('sent', 'unknown') AND fate = 'failed' THEN 'failed'
    WHEN CAST(@state AS TEXT) = 'unknown' AND fate = 'delivered' THEN 'sent'
    ELSE CAST(@state AS TEXT) END
WHERE org = @org AND id = @id;

-- name: FateOfNotice :execrows
UPDATE notice SET fate = @fate, fate_at = @fate_at, why = @why,
    settled_at = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN @fate_at ELSE settled_at END,
    looked_at = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN NULL ELSE looked_at END,
    state = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN 'failed'
        WHEN state = 'unknown' AND CAST(@fate AS TEXT) = 'delivered' THEN 'sent' ELSE state END
WHERE org = @org AND id = @id AND round = @round AND channel = @channel AND state <> 'dropped' AND fate <> @fate AND (fate IN ('', 'buffered') OR CAST(@fate AS TEXT) = 'failed');

-- name: NoticesOf :many
SELECT org, id, event, appointment, person, args, created_at, state, waiting, channel, round FROM notice
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
SELECT n.id, n.fate, CAST(CASE WHEN COALESCE(a.email, '') <> '' THEN 1 ELSE 0 END AS BIGINT) AS has_email, COALESCE(a.phone, '') AS phone, n.event, n.channel, n.appointment, n.waiting, n.settled_at, n.state, COALESCE(a.office, '') AS office, COALESCE(a.start_at, 0) AS start_at,
    CAST(COALESCE(NULLIF(n.why, ''), (SELECT d.reference FROM delivery d WHERE d.org = n.org AND d.notice = n.id ORDER BY d.at_us DESC LIMIT 1), '') AS TEXT) AS why
FROM notice n LEFT JOIN appointment a ON a.org = n.org AND a.id = n.appointment
WHERE n.org = @org AND n.state IN ('failed', 'unknown') AND n.looked_at IS NULL ORDER BY n.settled_at DESC, n.id LIMIT @most;

-- name: ResendNotice :execrows
UPDATE notice SET state = 'waiting', settled_at = NULL, fate = '', fate_at = NULL, why = '', round = round + 1, channel = @channel WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: DropNotice :execrows
UPDATE notice SET looked_at = @looked_at WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: ToldOf :many
SELECT id, event, channel, created_at, state, settled_at, fate, fate_at, why FROM notice WHERE org = @org AND appointment = @appointment ORDER BY id;
