-- name: PutAudit :exec
INSERT INTO audit (org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail)
VALUES (@org, @id, @at_us, @actor_kind, @actor, @action, @subject_kind, @subject, @detail);

-- name: AuditOf :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail FROM audit
WHERE org = @org AND subject_kind = @subject_kind AND subject = @subject ORDER BY id;

-- name: AuditPage :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail, leaf FROM audit
WHERE org = @org AND id < @before AND at_us >= @from_us AND at_us < @until_us AND (action = @action OR @action = '') AND (actor = @actor OR @actor = '')
    AND (actor_kind = @actor_kind OR @actor_kind = '')
ORDER BY id DESC LIMIT @most;

-- name: AuditSubjectPage :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail, leaf FROM audit
WHERE org = @org AND subject_kind = @subject_kind AND subject = @subject AND id < @before AND at_us >= @from_us AND at_us < @until_us
    AND (action = @action OR @action = '') AND (actor = @actor OR @actor = '')
ORDER BY id DESC LIMIT @most;

-- name: AuditAboutPerson :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail, leaf FROM audit
WHERE subject_kind = 'person' AND subject = @person AND at_us <= @before_us AND (at_us < @before_us OR id < @before_id)
ORDER BY at_us DESC, id DESC LIMIT @most;

-- name: PutAuditReason :exec
INSERT INTO audit_reason (org, audit, person, reason) VALUES (@org, @audit, @person, @reason);

-- name: AuditReason :one
SELECT person, reason FROM audit_reason WHERE org = @org AND audit = @audit;

-- name: LockAudit :exec
INSERT INTO setting (name, value) VALUES ('audit.sealing', '')
ON CONFLICT (name) DO UPDATE SET value = setting.value;

-- name: AnyUnsealed :many
SELECT id FROM audit WHERE leaf IS NULL LIMIT 1;

-- name: UnsealedLines :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail, leaf FROM audit WHERE leaf IS NULL LIMIT @most;

-- name: UnsealedTail :one
SELECT count(*) AS lines, CAST(coalesce(min(at_us), 0) AS BIGINT) AS oldest_us FROM audit WHERE leaf IS NULL;

-- name: SealLine :execrows
UPDATE audit SET leaf = @leaf WHERE org = @org AND id = @id AND leaf IS NULL;

-- name: SealedLines :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail, leaf FROM audit
WHERE leaf >= @leaf AND (leaf > @leaf OR org > @org OR (org = @org AND id > @id))
ORDER BY leaf, org, id LIMIT @most;

-- name: AuditReasons :many
SELECT r.org, r.audit, r.person, r.reason, a.detail, a.leaf FROM audit_reason r LEFT JOIN audit a ON a.org = r.org AND a.id = r.audit
WHERE r.org >= @org AND (r.org > @org OR r.audit > @audit) ORDER BY r.org, r.audit LIMIT @most;

-- name: PutAuditTile :exec
INSERT INTO audit_tile (level, n, hashes) VALUES (@level, @n, @hashes)
ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes;

-- name: AuditTile :one
SELECT hashes FROM audit_tile WHERE level = @level AND n = @n;

-- name: CountAuditTiles :one
SELECT count(*) FROM audit_tile;

-- name: PutAuditHead :exec
INSERT INTO audit_head (size, root, at_us, key_version, signature) VALUES (@size, @root, @at_us, @key_version, @signature);

-- name: DropAuditHead :exec
DELETE FROM audit_head WHERE size = @size;

-- name: NewestAuditHead :one
SELECT size, root, at_us, key_version, signature FROM audit_head ORDER BY size DESC LIMIT 1;

-- name: AuditHeads :many
SELECT size, root, at_us, key_version, signature FROM audit_head WHERE size > @after ORDER BY size LIMIT @most;

-- name: NextFeed :one
INSERT INTO feed_node (node, seq) VALUES (@node, @more)
ON CONFLICT (node) DO UPDATE SET seq = feed_node.seq + excluded.seq
RETURNING seq;

-- name: PutFeed :exec
INSERT INTO feed (node, seq, topic, at) VALUES (@node, @seq, @topic, @at);

-- name: FeedAfter :many
SELECT seq, topic, at FROM feed WHERE node = @node AND seq > @seq ORDER BY seq LIMIT @most;

-- name: FeedNodes :many
SELECT node, seq FROM feed_node ORDER BY node;
