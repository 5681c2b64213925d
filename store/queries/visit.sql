-- name: PartsOfDay :many
SELECT p.appointment, p.service, p.name, p.account FROM appointment a JOIN appointment_part p ON p.org = a.org AND p.appointment = a.id
WHERE a.org = @org AND a.office = @office AND a.start_at >= @from_at AND a.start_at < @until_at
ORDER BY p.appointment, p.position;

-- name: AppointmentParts :many
SELECT service, name, account FROM appointment_part WHERE org = @org AND appointment = @appointment ORDER BY position;

-- name: PutPart :exec
INSERT INTO appointment_part (org, appointment, position, service, name, account) VALUES (@org, @appointment, @position, @service, @name, @account);

-- name: DropParts :exec
DELETE FROM appointment_part WHERE org = @org AND appointment = @appointment;
