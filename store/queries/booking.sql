-- name: PutPerson :exec
INSERT INTO person (person, wrapped_key, created_at) VALUES (@person, @wrapped_key, @created_at);

-- name: PersonKey :one
SELECT wrapped_key FROM person WHERE person = @person;

-- name: DropExpired :exec
DELETE FROM occupancy
WHERE org = @org AND unit = @unit AND cell >= @from_cell AND cell < @to_cell AND expires_at < @now;

-- name: Release :execrows
DELETE FROM occupancy
WHERE org = @org AND unit = @unit AND cell >= @from_cell AND cell < @to_cell AND holder = @holder;

-- name: ExtendOccupancy :execrows
UPDATE occupancy SET expires_at = @expires_at
WHERE org = @org AND unit = @unit AND cell >= @from_cell AND cell < @to_cell AND holder = @holder AND expires_at >= @now;

-- name: PutHold :exec
INSERT INTO hold (org, id, service, office, unit, start_at, end_at, busy_until, expires_at, session, extended, created_at)
VALUES (@org, @id, @service, @office, @unit, @start_at, @end_at, @busy_until, @expires_at, @session, 0, @created_at);

-- name: Hold :one
SELECT org, id, service, office, unit, start_at, end_at, busy_until, expires_at, session, extended, created_at
FROM hold WHERE org = @org AND id = @id;

-- name: HoldsOfSession :many
SELECT org, id, service, office, unit, start_at, end_at, busy_until, expires_at, session, extended, created_at
FROM hold WHERE org = @org AND session = @session ORDER BY id;

-- name: ExtendHold :execrows
UPDATE hold SET expires_at = @expires_at, extended = extended + 1
WHERE org = @org AND id = @id AND expires_at >= @now;

-- name: DropHold :execrows
DELETE FROM hold WHERE org = @org AND id = @id;

-- name: StaleHolds :many
SELECT org, id, service, office, unit, start_at, end_at, busy_until, expires_at, session, extended, created_at
FROM hold WHERE org = @org AND expires_at < @before ORDER BY expires_at LIMIT @most;

-- name: PutDraft :exec
INSERT INTO draft (org, id, session, data, expires_at) VALUES (@org, @id, @session, @data, @expires_at)
ON CONFLICT (org, id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at;

-- name: Draft :one
SELECT session, data, expires_at FROM draft WHERE org = @org AND id = @id;

-- name: PutAppointment :exec
INSERT INTO appointment (org, id, service, office, unit, start_at, end_at, busy_until, status, person, name, email, phone, lang, note,
    policy_version, sequence, created_at, changed_at, cancelled_by, account, company, made_by, expires_at,
    name_key, family_key, birth, birth_key)
VALUES (@org, @id, @service, @office, @unit, @start_at, @end_at, @busy_until, @status, @person, @name, @email, @phone, @lang, @note,
    @policy_version, @sequence, @created_at, @changed_at, '', @account, @company, @made_by, @expires_at,
    @name_key, @family_key, @birth, @birth_key);

-- name: Appointment :one
SELECT org, id, service, office, unit, start_at, end_at, busy_until, status, person, name, email, phone, lang, note, policy_version, sequence,
    created_at, changed_at, cancelled_at, cancelled_by, cancel_reason, account, company, made_by, expires_at,
    moves, outcome, pin, birth, birth_key
FROM appointment WHERE org = @org AND id = @id;

-- name: ClaimAppointment :execrows
UPDATE appointment SET sequence = sequence + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND sequence = @sequence AND (status = 'booked' OR status IN ('pending', 'proposed') AND expires_at >= @now);

-- name: ClaimLapsed :execrows
UPDATE appointment SET sequence = sequence + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND sequence = @sequence AND status IN ('pending', 'proposed') AND expires_at < @now;

-- name: SetStatus :exec
UPDATE appointment SET status = @status, expires_at = @expires_at WHERE org = @org AND id = @id;

-- name: SetOutcome :exec
UPDATE appointment SET outcome = @outcome WHERE org = @org AND id = @id;

-- name: PutPIN :execrows
INSERT INTO kiosk_pin (org, office, day, pin, appointment) VALUES (@org, @office, @day, @pin, @appointment)
ON CONFLICT (org, office, day, pin) DO NOTHING;

-- name: DropPINs :exec
DELETE FROM kiosk_pin WHERE org = @org AND appointment = @appointment;

-- name: SetPIN :exec
UPDATE appointment SET pin = @pin WHERE org = @org AND id = @id;

-- name: CountNotices :one
SELECT count(*) FROM notice WHERE org = @org AND appointment = @appointment AND event = @event;

-- name: NoShowsOfContact :many
SELECT c.appointment FROM appointment_contact c
WHERE c.org = @org AND c.contact = @contact
    AND (SELECT a.start_at FROM appointment a WHERE a.org = c.org AND a.id = c.appointment AND a.outcome = 'noshow') >= @since;

-- name: NoShowsOfAccount :many
SELECT id FROM appointment WHERE account = @account AND org = @org AND outcome = 'noshow' AND start_at >= @since;

-- name: Expiring :many
-- Appointments that wait for somebody and still have their time: their cells have an end.
SELECT id, unit, start_at, busy_until, expires_at FROM appointment
WHERE org = @org AND expires_at IS NOT NULL AND expires_at >= @now ORDER BY expires_at;

-- name: SetDetails :exec
UPDATE appointment SET name = @name, email = @email, phone = @phone, lang = @lang, note = @note, name_key = @name_key, family_key = @family_key,
    birth = @birth, birth_key = @birth_key
WHERE org = @org AND id = @id;

-- name: SetTime :exec
UPDATE appointment SET office = @office, unit = @unit, start_at = @start_at, end_at = @end_at, busy_until = @busy_until,
    policy_version = @policy_version, moves = @moves
WHERE org = @org AND id = @id;

-- name: SetCancelled :exec
UPDATE appointment SET status = 'cancelled', expires_at = NULL, cancelled_at = @cancelled_at, cancelled_by = @cancelled_by, cancel_reason = @cancel_reason
WHERE org = @org AND id = @id;

-- name: ClaimCancelled :execrows
UPDATE appointment SET sequence = sequence + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND sequence = @sequence AND status = 'cancelled';

-- name: Restore :exec
UPDATE appointment SET status = 'booked', unit = @unit, expires_at = NULL, cancelled_at = NULL, cancelled_by = '', cancel_reason = NULL
WHERE org = @org AND id = @id;

-- name: LockContact :exec
INSERT INTO contact_lock (org, contact, at) VALUES (@org, @contact, @at)
ON CONFLICT (org, contact) DO UPDATE SET at = excluded.at;

-- name: LiveOfContact :one
-- Not a join: SQLite, which knows no statistics, would look at every appointment first, and would plan anew for each contact.
SELECT count(*) FROM appointment_contact c
WHERE c.org = @org AND c.contact = @contact AND c.appointment <> @other_than
    AND (SELECT a.end_at FROM appointment a WHERE a.org = c.org AND a.id = c.appointment
        AND (a.status = 'booked' OR a.status = 'pending' AND a.expires_at >= @now)) > @now;

-- name: PutContact :exec
INSERT INTO appointment_contact (org, contact, appointment) VALUES (@org, @contact, @appointment)
ON CONFLICT (org, contact, appointment) DO NOTHING;

-- name: DropContacts :exec
DELETE FROM appointment_contact WHERE org = @org AND appointment = @appointment;

-- name: PutFormKey :execrows
INSERT INTO form_key (org, id, kind, digest, result, expires_at) VALUES (@org, @id, @kind, @digest, @result, @expires_at)
ON CONFLICT (org, id) DO NOTHING;

-- name: FormKey :one
SELECT kind, digest, result, expires_at FROM form_key WHERE org = @org AND id = @id;

-- name: PutSecret :exec
INSERT INTO secret (hash, kind, org, subject, expires_at, created_at) VALUES (@hash, @kind, @org, @subject, @expires_at, @created_at);

-- name: Secret :one
SELECT kind, org, subject, expires_at FROM secret WHERE hash = @hash;

-- name: ExtendSecrets :exec
UPDATE secret SET expires_at = @expires_at WHERE kind = @kind AND org = @org AND subject = @subject;

-- name: BookedOverlaps :many
SELECT o.unit, o.cell, o.holder FROM occupancy o
LEFT JOIN appointment a ON a.org = o.org AND a.id = o.holder AND a.status = 'booked' AND a.unit = o.unit
    AND o.cell >= a.start_at / 300 AND o.cell < a.busy_until / 300
WHERE o.expires_at IS NULL AND a.id IS NULL ORDER BY o.unit, o.cell LIMIT 20;

-- name: AppointmentsWithoutCells :many
SELECT a.org, a.id FROM appointment a
WHERE a.status = 'booked' AND (a.busy_until - a.start_at) / 300 <>
    (SELECT count(*) FROM occupancy o WHERE o.org = a.org AND o.unit = a.unit AND o.holder = a.id
        AND o.cell >= a.start_at / 300 AND o.cell < a.busy_until / 300)
ORDER BY a.org, a.id LIMIT 20;

-- name: HoldsWithoutHolder :many
SELECT o.org, o.holder FROM occupancy o
LEFT JOIN hold h ON h.org = o.org AND h.id = o.holder AND h.unit = o.unit
    AND o.cell >= h.start_at / 300 AND o.cell < h.busy_until / 300
LEFT JOIN appointment a ON a.org = o.org AND a.id = o.holder AND a.unit = o.unit AND a.status IN ('pending', 'proposed')
    AND a.expires_at = o.expires_at AND o.cell >= a.start_at / 300 AND o.cell < a.busy_until / 300
LEFT JOIN freed f ON f.org = o.org AND f.id = o.holder AND f.unit = o.unit AND f.state = 'open' AND f.expires_at = o.expires_at
    AND o.cell >= f.start_at / 300 AND o.cell < f.busy_until / 300
WHERE o.expires_at IS NOT NULL AND h.id IS NULL AND a.id IS NULL AND f.id IS NULL ORDER BY o.org, o.holder LIMIT 20;

-- name: AppointmentsWithoutPerson :many
SELECT a.org, a.id FROM appointment a
LEFT JOIN person p ON p.person = a.person
WHERE p.person IS NULL ORDER BY a.org, a.id LIMIT 20;

-- name: NoticesWithoutAppointment :many
SELECT n.org, n.id FROM notice n
LEFT JOIN appointment a ON a.org = n.org AND a.id = n.appointment
LEFT JOIN waiting w ON w.org = n.org AND w.id = n.waiting
WHERE a.id IS NULL AND w.id IS NULL ORDER BY n.org, n.id LIMIT 20;

-- name: LastAppointment :one
SELECT id FROM appointment WHERE org = @org ORDER BY id DESC LIMIT 1;

-- name: LiveHolds :many
SELECT org, id, service, office, unit, start_at, end_at, busy_until, expires_at, session, extended, created_at
FROM hold WHERE org = @org AND expires_at >= @now ORDER BY expires_at;
