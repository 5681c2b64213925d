-- name: LastErasure :one
SELECT person, id, state, asked_at, due_at, look_at, ended_at, lang, receipt, version FROM erasure WHERE person = @person ORDER BY id DESC LIMIT 1;

-- name: ErasureOffices :many
SELECT org, person, erasure, word, ground, why, by_staff, at FROM erasure_office WHERE person = @person AND erasure = @erasure ORDER BY org;

-- name: DueErasures :many
SELECT person, id, state, asked_at, due_at, look_at, ended_at, lang, receipt, version FROM erasure
WHERE state IN ('asked', 'erasing', 'rest') AND look_at <= @now ORDER BY look_at, person LIMIT @most;

-- name: ErasuresAt :many
SELECT o.org, o.person, o.erasure, o.word, o.ground, o.why, o.by_staff, o.at, e.state, e.asked_at, e.due_at, e.look_at, e.ended_at, e.lang, e.version, COALESCE(a.name, '') AS name, COALESCE(a.given, '') AS given, COALESCE(a.family, '') AS family
FROM erasure_office o JOIN erasure e ON e.person = o.person AND e.id = o.erasure LEFT JOIN account a ON a.person = o.person
WHERE o.org = @org AND e.state <> 'taken_back' ORDER BY e.asked_at DESC, e.id DESC LIMIT @most;

-- name: PutErasure :execrows
INSERT INTO erasure (person, id, state, asked_at, due_at, look_at, ended_at, lang, version)
VALUES (@person, @id, @state, @asked_at, @due_at, @look_at, 0, @lang, 1) ON CONFLICT DO NOTHING;

-- name: PutErasureOffice :exec
INSERT INTO erasure_office (org, person, erasure, word, ground, by_staff, at) VALUES (@org, @person, @erasure, 'open', '', '', 0);

-- name: SetErasure :execrows
UPDATE erasure SET state = @state, look_at = @look_at, ended_at = @ended_at, receipt = @receipt, version = version + 1 WHERE person = @person AND id = @id AND version = @seen;

-- name: SetErasureOffice :execrows
UPDATE erasure_office SET word = @word, ground = @ground, why = @why, by_staff = @by_staff, at = @at WHERE org = @org AND person = @person AND erasure = @erasure AND word = 'open';

-- name: BookingsAhead :one
SELECT COUNT(*) FROM appointment WHERE account = @account AND start_at >= @since AND end_at > @now
AND (status = 'booked' OR status IN ('pending', 'proposed') AND expires_at >= @now);

-- name: WaitsOfAccount :one
SELECT COUNT(*) FROM waiting WHERE account = @account AND state = 'waiting';

-- name: OpenSubmissions :one
SELECT COUNT(*) FROM submission WHERE account = @account AND ended_at = 0;

-- name: LettersToConfirm :one
SELECT COUNT(*) FROM letter_shelf WHERE owner = @owner AND waits = 1 AND publish_at <= @now AND (expires_at = 0 OR expires_at > @now);

-- name: OpenMatters :one
SELECT COUNT(*) FROM letter l JOIN letter_work m ON m.org = l.org AND m.thread = l.id JOIN work_item w ON w.org = m.org AND w.id = m.item
WHERE l.account = @account AND w.state <> 'closed';

-- name: SubmissionsLeft :one
SELECT COUNT(*) FROM submission WHERE account = @account;

-- name: LettersLeft :one
SELECT COUNT(*) FROM letter WHERE account = @account AND LENGTH(content) > 0;

-- name: FormDraftsLeft :one
SELECT COUNT(*) FROM form_draft WHERE account = @account;

-- name: EraseSessions :exec
DELETE FROM session WHERE of_kind = 'citizen' AND subject = @person;

-- name: EraseIdentities :exec
DELETE FROM external_identity WHERE person = @person;

-- name: EraseIdentifiers :exec
DELETE FROM identifier WHERE person = @person;

-- name: EraseAccount :exec
UPDATE account SET name = '', given = '', family = '', birth = NULL, email = '', phone = '', lang = '', email_verified = 0, phone_verified = 0, protected = 0,
    register_consent_at = 0, register_at = 0, welcomed_at = 0, phone_since = 0, changed_at = @now WHERE person = @person;

-- name: EraseMailbox :exec
UPDATE mailbox SET closed_at = CASE WHEN closed_at = 0 THEN CAST(@now AS BIGINT) ELSE closed_at END, tell_email = 0, tell_phone = 0, version = version + 1 WHERE person = @person;

-- name: EraseTellers :exec
DELETE FROM mailbox_teller WHERE person = @person OR owner = @owner;

-- name: EndGuardianships :exec
UPDATE guardianship SET revoked_at = @now, revoked_by = 'erasure' WHERE (person = @person OR dependant = @dependant) AND revoked_at = 0;

-- name: EndMandates :exec
UPDATE mandate SET revoked_at = @now, revoked_by = 'erasure' WHERE person = @person AND revoked_at = 0;

-- name: EraseKey :exec
UPDATE person SET wrapped_key = NULL, erased_at = @now WHERE person = @person AND wrapped_key IS NOT NULL;
