-- name: AppointmentsAt :many
SELECT id, service, unit, start_at, end_at, status FROM appointment
WHERE org = @org AND office = @office AND start_at >= @from_at AND start_at < @until_at
ORDER BY start_at, id LIMIT @most;

-- name: DeskDay :many
SELECT a.id, a.service, a.office, a.unit, a.start_at, a.end_at, a.status, a.expires_at, a.outcome, a.sequence, a.cancelled_by, a.name, a.email, a.phone,
    a.note, a.account, a.person, p.wrapped_key, c.protected
FROM appointment a LEFT JOIN person p ON p.person = a.person LEFT JOIN account c ON c.person = a.account
WHERE a.org = @org AND a.office = @office AND a.start_at >= @from_at AND a.start_at < @until_at
ORDER BY a.start_at, a.id LIMIT @most;

-- name: DeskRow :one
SELECT a.id, a.service, a.office, a.unit, a.start_at, a.end_at, a.status, a.expires_at, a.outcome, a.sequence, a.cancelled_by, a.name, a.email, a.phone,
    a.note, a.account, a.person, p.wrapped_key, c.protected
FROM appointment a LEFT JOIN person p ON p.person = a.person LEFT JOIN account c ON c.person = a.account
WHERE a.org = @org AND a.id = @id;

-- name: NamedFirst :many
SELECT id FROM appointment WHERE org = @org AND name_key >= @from_key AND name_key < @until_key AND start_at >= @since ORDER BY start_at, id LIMIT @most;

-- name: NamedLast :many
SELECT id FROM appointment WHERE org = @org AND family_key >= @from_key AND family_key < @until_key AND start_at >= @since ORDER BY start_at, id LIMIT @most;

-- name: AppointmentsOfContact :many
-- Not a join: see LiveOfContact.
SELECT c.appointment FROM appointment_contact c
WHERE c.org = @org AND c.contact = @contact
    AND (SELECT a.start_at FROM appointment a WHERE a.org = c.org AND a.id = c.appointment) >= @since
ORDER BY c.appointment DESC LIMIT @most;

-- name: AppointmentsBorn :many
SELECT id FROM appointment WHERE org = @org AND birth_key = @birth_key AND start_at >= @since ORDER BY start_at, id LIMIT @most;

-- name: AppointmentsOfPerson :many
SELECT id FROM appointment WHERE account = @account AND org = @org AND start_at >= @since ORDER BY start_at, id LIMIT @most;

-- name: ProtectedAccount :one
SELECT protected FROM account WHERE person = @person;

-- name: Unnamed :many
SELECT id, name FROM appointment WHERE org = @org AND name_key = '' AND name <> '' ORDER BY start_at LIMIT @most;

-- name: SetNameKeys :exec
UPDATE appointment SET name_key = @name_key, family_key = @family_key WHERE org = @org AND id = @id AND name_key = '';
