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
SELECT org, id, event, number, number_key, body, lang, sent_from, about, created_at, state, reference, settled_at, round, again_at FROM text_out WHERE org = @org AND id = @id;

-- name: SettleTextOut :execrows
UPDATE text_out SET reference = @reference, settled_at = @settled_at, why = CASE WHEN why = '' THEN @why ELSE why END, state = CASE
    WHEN CAST(@state AS TEXT) IN ('sent', 'unknown') AND fate = 'failed' THEN 'failed'
    WHEN CAST(@state AS TEXT) = 'unknown' AND fate = 'delivered' THEN 'sent'
    ELSE CAST(@state AS TEXT) END
WHERE org = @org AND id = @id AND state IN ('waiting', 'begun');

-- name: FateOfTextOut :execrows
UPDATE text_out SET fate = @fate, fate_at = @fate_at, why = @why,
    settled_at = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN @fate_at ELSE settled_at END,
    looked_at = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN NULL ELSE looked_at END,
    state = CASE WHEN state IN ('sent', 'unknown') AND CAST(@fate AS TEXT) = 'failed' THEN 'failed'
        WHEN state = 'unknown' AND CAST(@fate AS TEXT) = 'delivered' THEN 'sent' ELSE state END
WHERE org = @org AND id = @id AND round = @round AND state <> 'dropped' AND fate <> @fate AND (fate IN ('', 'buffered') OR CAST(@fate AS TEXT) = 'failed');

-- name: UndeliveredTexts :many
SELECT id, event, about, number, settled_at, state, fate, why FROM text_out
WHERE org = @org AND state IN ('failed', 'unknown') AND looked_at IS NULL ORDER BY settled_at DESC, id LIMIT @most;

-- name: ResendTextOut :execrows
UPDATE text_out SET state = 'waiting', settled_at = NULL, fate = '', fate_at = NULL, why = '', reference = '', round = round + 1, again_at = @again_at
WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: DropTextOut :execrows
UPDATE text_out SET looked_at = @looked_at WHERE org = @org AND id = @id AND state IN ('failed', 'unknown') AND looked_at IS NULL;

-- name: TextDialogue :one
SELECT state, version, expires_at FROM text_dialogue WHERE org = @org AND number_key = @number_key;

-- name: BeginTextDialogue :execrows
INSERT INTO text_dialogue (org, number_key, state, version, expires_at) VALUES (@org, @number_key, @state, 1, @expires_at)
ON CONFLICT (org, number_key) DO NOTHING;

-- name: SetTextDialogue :execrows
UPDATE text_dialogue SET state = @state, version = version + 1, expires_at = @expires_at
WHERE org = @org AND number_key = @number_key AND version = @version;

-- name: EndTextDialogue :execrows
DELETE FROM text_dialogue WHERE org = @org AND number_key = @number_key AND version = @version;

-- name: CountTextOut :one
SELECT count(*) FROM text_out WHERE org = @org AND number_key = @number_key AND event = @event AND created_at >= @since;

-- name: LastTextLang :many
SELECT lang FROM text_out WHERE org = @org AND number_key = @number_key ORDER BY created_at DESC LIMIT 1;

-- name: PutTextOffer :execrows
INSERT INTO text_offer (org, code, freed, waiting, number_key, created_at, expires_at, own)
VALUES (@org, @code, @freed, @waiting, @number_key, @created_at, @expires_at, @own)
ON CONFLICT DO NOTHING;

-- name: TextOffer :one
SELECT code, freed, waiting, number_key, created_at, expires_at, own FROM text_offer WHERE org = @org AND code = @code;

-- name: TextOfferOf :one
SELECT code, freed, waiting, number_key, created_at, expires_at, own FROM text_offer WHERE org = @org AND freed = @freed AND waiting = @waiting;

-- name: TextOffersOfNumber :many
SELECT code, freed, waiting, number_key, created_at, expires_at, own FROM text_offer
WHERE org = @org AND number_key = @number_key AND created_at >= @since ORDER BY created_at DESC LIMIT @most;

-- name: TextsInOf :many
SELECT id, gateway, ref, number, number_key, sent_to, body, at, state FROM text_in
WHERE org = @org AND number_key = @number_key ORDER BY at DESC, id DESC LIMIT @most;

-- name: SweepTextDialogues :execrows
DELETE FROM text_dialogue WHERE text_dialogue.org = @org AND text_dialogue.number_key IN
    (SELECT d.number_key FROM text_dialogue d WHERE d.org = @org AND d.expires_at < @before ORDER BY d.expires_at LIMIT @most);

-- name: SweepTextOffers :execrows
DELETE FROM text_offer WHERE text_offer.org = @org AND text_offer.code IN
    (SELECT o.code FROM text_offer o WHERE o.org = @org AND o.expires_at < @before ORDER BY o.expires_at LIMIT @most);
