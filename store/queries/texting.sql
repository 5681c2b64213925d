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
INSERT INTO text_offer (org, code, freed, waiting, number_key, created_at, expires_at)
VALUES (@org, @code, @freed, @waiting, @number_key, @created_at, @expires_at)
ON CONFLICT DO NOTHING;

-- name: TextOffer :one
SELECT code, freed, waiting, number_key, created_at, expires_at FROM text_offer WHERE org = @org AND code = @code;

-- name: TextOfferOf :one
SELECT code, freed, waiting, number_key, created_at, expires_at FROM text_offer WHERE org = @org AND freed = @freed AND waiting = @waiting;

-- name: TextOffersOfNumber :many
SELECT code, freed, waiting, number_key, created_at, expires_at FROM text_offer
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
