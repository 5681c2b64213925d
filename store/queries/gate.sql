-- name: TextLedger :one
SELECT org, id, at, number_key, block_key, parts, state, fate, fate_at FROM text_ledger WHERE org = @org AND id = @id;

-- name: PutTextLedger :execrows
INSERT INTO text_ledger (org, id, at, number_key, block_key, parts, state, fate)
VALUES (@org, @id, @at, @number_key, @block_key, @parts, @state, '')
ON CONFLICT (org, id) DO NOTHING;

-- name: SettleTextLedger :execrows
UPDATE text_ledger SET fate = @fate, fate_at = @fate_at WHERE org = @org AND id = @id AND fate = @was;

-- name: CountTextsToNumber :one
SELECT count(*) FROM text_ledger WHERE org = @org AND number_key = @number_key AND at > @since AND state = 'sent';

-- name: CountNeighbours :one
SELECT count(DISTINCT number_key) FROM text_ledger
WHERE org = @org AND block_key = @block_key AND at > @since AND number_key <> @number_key AND state = 'sent';

-- name: CountTextsSince :one
SELECT count(*) FROM text_ledger WHERE org = @org AND state = @state AND at > @since;

-- name: BusiestTextHour :one
SELECT CAST(coalesce(max(messages), 0) AS BIGINT) AS messages FROM text_hour WHERE org = @org AND hour >= @since AND hour < @until;

-- name: TextPartsSince :one
SELECT CAST(coalesce(sum(parts), 0) AS BIGINT) AS parts FROM text_hour WHERE org = @org AND hour >= @since;

-- name: TextPartsBetween :one
SELECT CAST(coalesce(sum(parts), 0) AS BIGINT) AS parts FROM text_hour WHERE org = @org AND hour >= @since AND hour < @until;

-- name: TextsInHour :one
SELECT messages, parts FROM text_hour WHERE org = @org AND hour = @hour;

-- name: AddToTextHour :exec
INSERT INTO text_hour (org, hour, messages, parts) VALUES (@org, @hour, 1, @parts)
ON CONFLICT (org, hour) DO UPDATE SET messages = text_hour.messages + 1, parts = text_hour.parts + excluded.parts;

-- name: TextStop :one
SELECT org, open, why, stopped_at, released_at, let_go FROM text_stop WHERE org = @org AND channel = 'sms';

-- name: OpenTextStop :execrows
INSERT INTO text_stop (org, channel, open, why, stopped_at, released_at, let_go) VALUES (@org, 'sms', 1, @why, @stopped_at, 0, 0)
ON CONFLICT (org, channel) DO UPDATE SET open = 1, why = excluded.why, stopped_at = excluded.stopped_at WHERE text_stop.open = 0;

-- name: ReleaseTextStop :execrows
UPDATE text_stop SET open = 0, released_at = @released_at, let_go = @let_go WHERE org = @org AND channel = 'sms' AND open = 1;

-- name: TextLimit :one
SELECT org, prefixes, per_number, burst, budget, changed_at FROM text_limit WHERE org = @org AND channel = 'sms';

-- name: PutTextLimit :exec
INSERT INTO text_limit (org, channel, prefixes, per_number, burst, budget, changed_at) VALUES (@org, 'sms', @prefixes, @per_number, @burst, @budget, @changed_at)
ON CONFLICT (org, channel) DO UPDATE SET prefixes = excluded.prefixes, per_number = excluded.per_number, burst = excluded.burst, budget = excluded.budget,
    changed_at = excluded.changed_at;

-- name: SweepTextLedger :execrows
DELETE FROM text_ledger WHERE text_ledger.org = @org AND text_ledger.id IN
    (SELECT l.id FROM text_ledger l WHERE l.org = @org AND l.state = @state AND l.at < @before ORDER BY l.at LIMIT @most);
