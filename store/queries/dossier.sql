-- name: KeptTextsIn :many
SELECT t.id, t.number, t.body, t.sent_to, t.at, t.state, CAST(COALESCE(e.item, '') AS TEXT) AS item, CAST(COALESCE(c.person, '') AS TEXT) AS person
FROM text_in t LEFT JOIN work_entry e ON e.org = t.org AND e.id = t.id LEFT JOIN conversation c ON c.org = e.org AND c.item = e.item
WHERE t.org = @org AND t.number_key = @number_key AND t.at >= @since ORDER BY t.at, t.id LIMIT 10000;

-- name: KeptTextsOut :many
SELECT t.id, t.number, t.body, t.sent_from, t.created_at, t.state, CAST(COALESCE(e.item, '') AS TEXT) AS item, CAST(COALESCE(c.person, '') AS TEXT) AS person
FROM text_out t LEFT JOIN work_entry e ON e.org = t.org AND e.id = t.id LEFT JOIN conversation c ON c.org = e.org AND c.item = e.item
WHERE t.org = @org AND t.number_key = @number_key AND t.created_at >= @since ORDER BY t.created_at, t.id LIMIT 10000;

-- name: ConversationsWith :many
SELECT item FROM conversation WHERE org = @org AND person = @person;

-- name: KeptTextsInOfItem :many
SELECT t.id, t.number, t.body, t.sent_to, t.at, t.state FROM work_entry e JOIN text_in t ON t.org = e.org AND t.id = e.id
WHERE e.org = @org AND e.item = @item ORDER BY e.at, e.id LIMIT 10000;

-- name: KeptTextsOutOfItem :many
SELECT t.id, t.number, t.body, t.sent_from, t.created_at, t.state FROM work_entry e JOIN text_out t ON t.org = e.org AND t.id = e.id
WHERE e.org = @org AND e.item = @item ORDER BY e.at, e.id LIMIT 10000;

-- name: NoticesOfAccount :many
SELECT n.id, n.event, n.channel, n.created_at, n.state, n.settled_at, n.appointment, n.waiting FROM notice n
WHERE n.org = @org AND n.appointment IN (SELECT a.id FROM appointment a WHERE a.account = @account) LIMIT 10000;

-- name: NoticesOfWaiting :many
SELECT n.id, n.event, n.channel, n.created_at, n.state, n.settled_at, n.appointment, n.waiting FROM notice n
WHERE n.org = @org AND n.waiting IN (SELECT w.id FROM waiting w WHERE w.account = @account) LIMIT 10000;

-- name: EraseTextIn :exec
UPDATE text_in SET number = @number, number_key = @number_key, body = @body, state = 'done' WHERE org = @org AND id = @id;

-- name: EraseTextOut :exec
UPDATE text_out SET number = @number, number_key = @number_key, body = @body, state = CASE WHEN state = 'waiting' THEN 'dropped' ELSE state END
WHERE org = @org AND id = @id;

-- name: EraseConversationOpen :exec
DELETE FROM conversation_open WHERE org = @org AND number_key = @number_key;

-- name: EraseWorkItem :exec
DELETE FROM work_item WHERE org = @org AND id = @id;

-- name: EraseTextDialogue :exec
DELETE FROM text_dialogue WHERE org = @org AND number_key = @number_key;

-- name: EraseTextOffers :exec
DELETE FROM text_offer WHERE org = @org AND number_key = @number_key;

-- name: EraseTextLedger :exec
UPDATE text_ledger SET number_key = @nothing, block_key = @nothing WHERE org = @org AND number_key = @number_key;
