-- name: Submission :one
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE org = @org AND id = @id;

-- name: LockSubmission :one
SELECT id FROM submission WHERE org = @org AND id = @id FOR UPDATE;

-- name: SubmissionOfItem :one
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE org = @org AND item = @item;

-- name: SubmissionOfNumber :one
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE org = @org AND number = @number;

-- name: SubmissionOfAccount :one
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE account = @account AND id = @id;

-- name: SubmissionOfCompany :one
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE company = @company AND id = @id;

-- name: SubmissionsOfAccount :many
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE account = @account AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: SubmissionsOfCompany :many
SELECT org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content, told_at
FROM submission WHERE company = @company AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: PutSubmission :execrows
INSERT INTO submission (org, id, number, form, version, digest, account, company, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content)
VALUES (@org, @id, @number, @form, @version, @digest, @account, @company, @made_by, @by_staff, @level, @lang, @state, @item, @sent_at, @answers_digest, 0, 0, 0, 1, 0, @content)
ON CONFLICT (org, id) DO NOTHING;

-- name: SetSubmission :execrows
UPDATE submission SET state = @state, asked_until = @asked_until, ended_at = @ended_at, delete_at = @delete_at, told_at = CASE WHEN delete_at = @delete_at THEN told_at ELSE 0 END, seen = seen + 1
WHERE org = @org AND id = @id AND seen = @was_seen;

-- name: DropSubmission :execrows
DELETE FROM submission WHERE org = @org AND id = @id;

-- name: DropSubmissionEvents :exec
DELETE FROM submission_event WHERE org = @org AND submission = @submission;

-- name: SubmissionEvents :many
SELECT org, submission, seq, at, what, actor_kind, actor, level, detail, until_at, body FROM submission_event WHERE org = @org AND submission = @submission ORDER BY seq LIMIT 2000;

-- name: LastSubmissionEvent :one
SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) AS seq FROM submission_event WHERE org = @org AND submission = @submission;

-- name: PutSubmissionEvent :exec
INSERT INTO submission_event (org, submission, seq, at, what, actor_kind, actor, level, detail, until_at, body, fed)
VALUES (@org, @submission, @seq, @at, @what, @actor_kind, @actor, @level, @detail, @until_at, @body, 0);

-- name: NextSubmissionNumber :one
INSERT INTO submission_number (org, year, last) VALUES (@org, @year, 1)
ON CONFLICT (org, year) DO UPDATE SET last = submission_number.last + 1
RETURNING last;

-- name: NextSubmissionSeq :one
INSERT INTO submission_last (org, seq) VALUES (@org, 1)
ON CONFLICT (org) DO UPDATE SET seq = submission_last.seq + 1
RETURNING seq;

-- name: NumberSubmission :exec
UPDATE submission SET seq = @seq WHERE org = @org AND item = @item;

-- name: LastSubmissionSeq :one
SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) AS seq FROM submission_last WHERE org = @org;

-- name: NumberSubmissionEvents :exec
UPDATE submission_event SET fed = @seq WHERE submission_event.org = @org AND submission_event.submission = (SELECT s.id FROM submission s WHERE s.org = @org AND s.item = @item) AND submission_event.fed = 0;

-- name: SubmissionEventsAfter :many
SELECT e.fed, e.submission, e.at, e.what, s.number, s.item, w.inbox, w.subject, COALESCE(a.protected, 0) AS protected
FROM submission_event e JOIN submission s ON s.org = e.org AND s.id = e.submission JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE e.org = @org AND e.fed > 0 AND e.fed > @after_fed ORDER BY e.fed, e.seq LIMIT @most;

-- name: SubmissionsAfter :many
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.seq > @after_seq ORDER BY s.seq LIMIT @most;

-- name: SubmissionListed :one
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.item = @item;

-- name: SubmissionsSent :many
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.sent_at >= @from_at AND s.sent_at < @until_at AND (s.sent_at < @before_at OR s.sent_at = @before_at AND s.id < @before_id)
ORDER BY s.sent_at DESC, s.id DESC LIMIT @most;

-- name: SubmissionsSentOfForm :many
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.form = @form AND s.sent_at >= @from_at AND s.sent_at < @until_at AND (s.sent_at < @before_at OR s.sent_at = @before_at AND s.id < @before_id)
ORDER BY s.sent_at DESC, s.id DESC LIMIT @most;

-- name: SubmissionsSentUp :many
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.sent_at >= @from_at AND s.sent_at < @until_at AND (s.sent_at > @after_at OR s.sent_at = @after_at AND s.id > @after_id)
ORDER BY s.sent_at, s.id LIMIT @most;

-- name: SubmissionsSentOfFormUp :many
SELECT s.org, s.id, s.number, s.form, s.version, s.digest, s.account, s.company, s.made_by, s.by_staff, s.level, s.lang, s.state, s.item, s.sent_at, s.answers_digest, s.asked_until, s.ended_at, s.delete_at, s.seen, s.seq,
    w.inbox, w.state AS work_state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version AS work_version, w.created_at, w.changed_at,
    COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item LEFT JOIN account a ON a.person = s.account
WHERE s.org = @org AND s.form = @form AND s.sent_at >= @from_at AND s.sent_at < @until_at AND (s.sent_at > @after_at OR s.sent_at = @after_at AND s.id > @after_id)
ORDER BY s.sent_at, s.id LIMIT @most;

-- name: SubmissionsDue :many
SELECT s.org, s.id FROM submission s WHERE s.org = @org AND s.delete_at > 0 AND s.delete_at <= @now
AND NOT EXISTS (SELECT 1 FROM submission_hold h WHERE h.org = s.org AND h.submission = s.id AND (h.until_at = 0 OR h.until_at >= @now)) ORDER BY s.delete_at LIMIT @most;

-- name: SubmissionsToTell :many
SELECT s.org, s.id FROM submission s WHERE s.org = @org AND s.delete_at > 0 AND s.delete_at <= @by_at AND s.told_at = 0
AND NOT EXISTS (SELECT 1 FROM submission_hold h WHERE h.org = s.org AND h.submission = s.id AND (h.until_at = 0 OR h.until_at >= @by_at)) ORDER BY s.delete_at LIMIT @most;

-- name: SubmissionTold :execrows
UPDATE submission SET told_at = @told_at, delete_at = @delete_at, seen = seen + 1 WHERE org = @org AND id = @id AND seen = @was_seen;

-- name: SubmissionHold :one
SELECT org, submission, why, ref, held_by, at, until_at FROM submission_hold WHERE org = @org AND submission = @submission;

-- name: SubmissionHolds :many
SELECT h.org, h.submission, h.why, h.ref, h.held_by, h.at, h.until_at, s.number, s.form, s.item, s.state, w.inbox
FROM submission_hold h CROSS JOIN submission s CROSS JOIN work_item w
WHERE h.org = @org AND s.org = @org AND s.id = h.submission AND w.org = @org AND w.id = s.item ORDER BY h.at DESC, h.submission LIMIT @most;

-- name: PutSubmissionHold :execrows
INSERT INTO submission_hold (org, submission, why, ref, held_by, at, until_at) VALUES (@org, @submission, @why, @ref, @held_by, @at, @until_at)
ON CONFLICT (org, submission) DO NOTHING;

-- name: DropSubmissionHold :execrows
DELETE FROM submission_hold WHERE org = @org AND submission = @submission;

-- name: WorkNotice :one
SELECT wish FROM work_notice WHERE staff = @staff AND org = @org;

-- name: PutWorkNotice :exec
INSERT INTO work_notice (staff, org, wish) VALUES (@staff, @org, @wish)
ON CONFLICT (staff, org) DO UPDATE SET wish = excluded.wish;

-- name: SubmissionTimes :many
SELECT s.form, s.state, s.sent_at, s.ended_at, w.inbox, w.due_at FROM submission s JOIN work_item w ON w.org = s.org AND w.id = s.item
WHERE s.org = @org AND s.sent_at >= @from_at AND s.sent_at < @until_at ORDER BY s.sent_at, s.id LIMIT @most;
