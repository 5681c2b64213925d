-- name: SweepDrafts :execrows
DELETE FROM draft WHERE draft.org = @org AND draft.id IN
    (SELECT d.id FROM draft d WHERE d.org = @org AND d.expires_at < @before ORDER BY d.expires_at LIMIT @most);

-- name: SweepFormKeys :execrows
DELETE FROM form_key WHERE form_key.org = @org AND form_key.id IN
    (SELECT f.id FROM form_key f WHERE f.org = @org AND f.expires_at < @before ORDER BY f.expires_at LIMIT @most);

-- name: SweepSecrets :execrows
DELETE FROM secret WHERE secret.hash IN
    (SELECT s.hash FROM secret s WHERE s.expires_at < @before ORDER BY s.expires_at LIMIT @most);

-- name: SweepFeed :execrows
DELETE FROM feed WHERE feed.node = @node AND feed.seq IN
    (SELECT f.seq FROM feed f WHERE f.node = @node AND f.at < @before ORDER BY f.seq LIMIT @most);

-- name: SweepHold :execrows
DELETE FROM hold WHERE org = @org AND id = @id AND expires_at < @before;

-- name: LastDelivery :one
SELECT outcome FROM delivery WHERE org = @org AND notice = @notice ORDER BY at_us DESC LIMIT 1;

-- name: SweepPINs :execrows
DELETE FROM kiosk_pin WHERE kiosk_pin.org = @org AND kiosk_pin.pin IN
    (SELECT k.pin FROM kiosk_pin k WHERE k.org = @org AND k.day < @before ORDER BY k.day LIMIT @most) AND kiosk_pin.day < @before;

-- name: OldWork :many
SELECT id FROM work_item WHERE org = @org AND id < @before_id AND state = 'closed' AND changed_at < @before AND kind <> 'submission' ORDER BY id LIMIT @most;

-- name: DropWorkEntries :exec
DELETE FROM work_entry WHERE org = @org AND item = @item;

-- name: DropConversation :exec
DELETE FROM conversation WHERE org = @org AND item = @item;

-- name: DropWorkItem :execrows
DELETE FROM work_item WHERE org = @org AND id = @id AND state = 'closed' AND changed_at < @before;

-- name: SweepTextsIn :execrows
DELETE FROM text_in WHERE text_in.org = @org AND text_in.id IN
    (SELECT t.id FROM text_in t WHERE t.org = @org AND t.id < @before_id
        AND NOT EXISTS (SELECT 1 FROM work_entry e WHERE e.org = t.org AND e.id = t.id) ORDER BY t.id LIMIT @most);

-- name: SweepTextsOut :execrows
DELETE FROM text_out WHERE text_out.org = @org AND text_out.id IN
    (SELECT t.id FROM text_out t WHERE t.org = @org AND t.id < @before_id
        AND NOT EXISTS (SELECT 1 FROM work_entry e WHERE e.org = t.org AND e.id = t.id) ORDER BY t.id LIMIT @most);
