-- name: PutConfigHistory :exec
INSERT INTO config_history (org, id, office, area, at_us, actor_kind, actor, op, what, was, became)
VALUES (@org, @id, @office, @area, @at_us, @actor_kind, @actor, @op, @what, @was, @became);

-- name: OfficeHistory :many
SELECT org, id, office, area, at_us, actor_kind, actor, op, what, was, became FROM config_history
WHERE org = @org AND office = @office AND area = @area AND id < @before ORDER BY id DESC LIMIT @most;

-- name: PutHoursChange :exec
INSERT INTO hours_change (org, id, office, doc, state, created_by, created_at, applied_at)
VALUES (@org, @id, @office, @doc, @state, @created_by, @created_at, 0);

-- name: HoursChange :one
SELECT org, id, office, doc, state, created_by, created_at, applied_at FROM hours_change WHERE org = @org AND id = @id;

-- name: ApplyHoursChange :execrows
UPDATE hours_change SET state = @state, applied_at = @applied_at WHERE org = @org AND id = @id AND applied_at = 0;

-- name: DropOldHoursChanges :exec
DELETE FROM hours_change WHERE org = @org AND applied_at = 0 AND created_at < @before;

-- name: PutHoursVisit :exec
INSERT INTO hours_visit (org, change, appointment, was_at, choice, to_at, state, settled_at)
VALUES (@org, @change, @appointment, @was_at, @choice, @to_at, @state, @settled_at)
ON CONFLICT (org, change, appointment) DO UPDATE SET choice = excluded.choice, to_at = excluded.to_at, state = excluded.state, settled_at = excluded.settled_at;

-- name: HoursVisits :many
SELECT org, change, appointment, was_at, choice, to_at, state, settled_at FROM hours_visit WHERE org = @org AND change = @change ORDER BY was_at, appointment;
