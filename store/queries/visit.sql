-- name: AppointmentParts :many
SELECT service, name, account FROM appointment_part WHERE org = @org AND appointment = @appointment ORDER BY position;

-- name: PutPart :exec
INSERT INTO appointment_part (org, appointment, position, service, name, account) VALUES (@org, @appointment, @position, @service, @name, @account);

-- name: DropParts :exec
DELETE FROM appointment_part WHERE org = @org AND appointment = @appointment;
