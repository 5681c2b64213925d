-- name: PartsOfDay :many
-- A cross join: SQLite reads the tables in this order.
SELECT p.appointment, p.service, p.name, p.account, p.sealed FROM appointment a CROSS JOIN appointment_part p
WHERE a.org = @org AND a.office = @office AND a.start_at >= @from_at AND a.start_at < @until_at AND p.org = @org AND p.appointment = a.id
ORDER BY a.start_at, a.id, p.position;

-- name: AppointmentParts :many
SELECT service, name, account, sealed FROM appointment_part WHERE org = @org AND appointment = @appointment ORDER BY position;

-- name: PutPart :exec
INSERT INTO appointment_part (org, appointment, position, service, name, account, sealed) VALUES (@org, @appointment, @position, @service, '', @account, @sealed);

-- name: DropParts :exec
DELETE FROM appointment_part WHERE org = @org AND appointment = @appointment;

-- name: PlainParts :many
SELECT appointment, position, name FROM appointment_part WHERE org = @org AND name > '' ORDER BY name LIMIT @most;

-- name: SealPart :exec
UPDATE appointment_part SET name = '', sealed = @sealed WHERE org = @org AND appointment = @appointment AND position = @position AND name = @name;
