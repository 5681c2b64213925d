-- name: AppointmentsAt :many
SELECT id, service, unit, start_at, end_at, status FROM appointment
WHERE org = @org AND office = @office AND start_at >= @from_at AND start_at < @until_at
ORDER BY start_at, id LIMIT @most;
