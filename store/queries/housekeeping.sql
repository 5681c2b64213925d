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
