-- name: WorkItem :one
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item WHERE org = @org AND id = @id;

-- name: WorkLate :many
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item
WHERE org = @org AND inbox = @inbox AND state <> 'closed' AND due_at > 0 AND due_at < @now AND due_at >= @after_at AND (due_at > @after_at OR id > @after_id)
    AND kind >= @kind_from AND kind <= @kind_to AND assignee >= @assignee_from AND assignee <= @assignee_to ORDER BY due_at, id LIMIT @most;

-- name: WorkTurns :many
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item
WHERE org = @org AND inbox = @inbox AND state <> 'closed' AND state = @state AND since >= @after_at AND (since > @after_at OR id > @after_id)
    AND kind >= @kind_from AND kind <= @kind_to AND assignee >= @assignee_from AND assignee <= @assignee_to
    AND due_at >= @due_from AND due_at <= @due_to AND (due_at = 0 OR due_at >= @now) ORDER BY since, id LIMIT @most;

-- name: WorkDone :many
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item
WHERE org = @org AND inbox = @inbox AND kind = @kind AND state = 'closed' AND since <= @before_at AND (since < @before_at OR id < @before_id) ORDER BY since DESC, id DESC LIMIT @most;

-- name: WorkBriefs :many
SELECT id, kind, inbox, state, since, assignee, due_at, version FROM work_item
WHERE org = @org AND inbox = @inbox AND state <> 'closed' AND state = @state AND kind >= @kind_from AND kind <= @kind_to ORDER BY since, id LIMIT @most;

-- name: PutWorkItem :exec
INSERT INTO work_item (org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at)
VALUES (@org, @id, @kind, @inbox, @state, @subject, @assignee, @due_at, @since, @fresh, @version, @created_at, @changed_at);

-- name: ChangeWorkItem :execrows
UPDATE work_item SET inbox = @inbox, state = @state, assignee = @assignee, due_at = @due_at, since = @since, fresh = @fresh, version = version + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND version = @seen;

-- name: PutWorkEntry :execrows
INSERT INTO work_entry (org, id, item, what, at, actor_kind, actor, detail, body)
VALUES (@org, @id, @item, @what, @at, @actor_kind, @actor, @detail, @body)
ON CONFLICT (org, id) DO NOTHING;

-- name: WorkEntryItem :one
SELECT item FROM work_entry WHERE org = @org AND id = @id;

-- name: WorkEntries :many
SELECT org, id, item, what, at, actor_kind, actor, detail, body FROM work_entry WHERE org = @org AND item = @item ORDER BY at, id LIMIT 2000;

-- name: OpenConversation :execrows
INSERT INTO conversation_open (org, number_key, inbox, item) VALUES (@org, @number_key, @inbox, @item)
ON CONFLICT (org, number_key, inbox) DO NOTHING;

-- name: OpenConversationOf :one
SELECT item FROM conversation_open WHERE org = @org AND number_key = @number_key AND inbox = @inbox;

-- name: CloseConversation :execrows
DELETE FROM conversation_open WHERE org = @org AND number_key = @number_key AND inbox = @inbox AND item = @item;

-- name: PutConversation :exec
INSERT INTO conversation (org, item, inbox, number, number_key, lang, claim, claimed, person, known_by, told_at, about)
VALUES (@org, @item, @inbox, @number, @number_key, @lang, @claim, @claimed, @person, @known_by, @told_at, @about);

-- name: Conversation :one
SELECT org, item, inbox, number, number_key, lang, claim, claimed, person, known_by, told_at, about FROM conversation WHERE org = @org AND item = @item;

-- name: ConversationListed :one
SELECT c.org, c.item, c.inbox, c.number, c.number_key, c.lang, c.claim, c.claimed, c.person, c.known_by, c.told_at, c.about,
    COALESCE(a.protected, 0) AS claimed_protected, COALESCE(b.protected, 0) AS person_protected
FROM conversation c LEFT JOIN account a ON a.person = c.claimed LEFT JOIN account b ON b.person = c.person
WHERE c.org = @org AND c.item = @item;

-- name: ChangeConversation :exec
UPDATE conversation SET lang = @lang, claim = @claim, claimed = @claimed, person = @person, known_by = @known_by, told_at = @told_at, about = @about
WHERE org = @org AND item = @item;

-- name: ConversationsOfNumber :many
SELECT item FROM conversation WHERE org = @org AND number_key = @number_key ORDER BY item DESC LIMIT 20;

-- name: ConversationsOfPerson :many
SELECT item FROM conversation WHERE org = @org AND person = @person;

-- name: TextsInOfItem :many
SELECT t.id, t.body, t.at FROM work_entry e JOIN text_in t ON t.org = e.org AND t.id = e.id WHERE e.org = @org AND e.item = @item ORDER BY e.at, e.id LIMIT 2000;

-- name: TextsOutOfItem :many
SELECT t.id, t.body, t.state, t.created_at, t.fate, t.fate_at FROM work_entry e JOIN text_out t ON t.org = e.org AND t.id = e.id
WHERE e.org = @org AND e.item = @item ORDER BY e.at, e.id LIMIT 2000;
