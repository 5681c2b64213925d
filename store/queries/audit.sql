-- name: PutAudit :exec
INSERT INTO audit (org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail)
VALUES (@org, @id, @at_us, @actor_kind, @actor, @action, @subject_kind, @subject, @detail);

-- name: AuditOf :many
SELECT org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail FROM audit
WHERE org = @org AND subject_kind = @subject_kind AND subject = @subject ORDER BY id;

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
