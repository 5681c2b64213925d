-- name: PutFeedback :execrows
INSERT INTO feedback (org, item, page, lang, useful, at, body, contact_key) VALUES (@org, @item, @page, @lang, @useful, @at, @body, @contact_key)
ON CONFLICT (org, item) DO NOTHING;

-- name: CountFeedback :exec
INSERT INTO feedback_count (org, month, page, yes, no, written) VALUES (@org, @month, @page, @yes, @no, @written)
ON CONFLICT (org, month, page) DO UPDATE SET yes = feedback_count.yes + excluded.yes, no = feedback_count.no + excluded.no, written = feedback_count.written + excluded.written;

-- name: Feedback :one
SELECT org, item, page, lang, useful, at, body, contact_key FROM feedback WHERE org = @org AND item = @item;

-- name: FeedbackCounts :many
SELECT org, month, page, yes, no, written FROM feedback_count WHERE org = @org AND month >= @from_month ORDER BY month DESC, page LIMIT 2000;

-- name: DropFeedback :exec
DELETE FROM feedback WHERE org = @org AND item = @item;

-- name: SweepFeedback :execrows
DELETE FROM feedback WHERE feedback.org = @org AND feedback.item IN (
    SELECT f.item FROM feedback f WHERE f.org = @org AND f.at < @before AND f.body IS NULL ORDER BY f.at, f.item LIMIT @most);

-- name: FeedbackFrom :many
SELECT org, item, page, lang, useful, at, body, contact_key FROM feedback WHERE org = @org AND contact_key = @contact_key AND contact_key IS NOT NULL AND at >= @since ORDER BY at LIMIT 10000;

-- name: FeedbackUnkeyed :many
SELECT org, item, page, lang, useful, at, body, contact_key FROM feedback WHERE org = @org AND contact_key IS NULL AND body IS NOT NULL ORDER BY at LIMIT @most;

-- name: KeyFeedback :exec
UPDATE feedback SET contact_key = @contact_key WHERE org = @org AND item = @item AND contact_key IS NULL;
