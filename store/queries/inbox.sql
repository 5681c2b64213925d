-- name: WorkItem :one
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item WHERE org = @org AND id = @id;

-- name: WorkItems :many
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item
WHERE org = @org AND inbox = @inbox AND state = @state ORDER BY since, id LIMIT @most;

-- name: WorkItemsClosed :many
SELECT org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at FROM work_item
WHERE org = @org AND inbox = @inbox AND state = 'closed' ORDER BY since DESC, id DESC LIMIT @most;

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

-- name: ConversationsOfState :many
SELECT c.org, c.item, c.inbox, c.number, c.number_key, c.lang, c.claim, c.claimed, c.person, c.known_by, c.told_at, c.about,
    COALESCE(a.protected, 0) AS claimed_protected, COALESCE(b.protected, 0) AS person_protected
FROM work_item w JOIN conversation c ON c.org = w.org AND c.item = w.id
LEFT JOIN account a ON a.person = c.claimed LEFT JOIN account b ON b.person = c.person
WHERE w.org = @org AND w.inbox = @inbox AND w.state = @state ORDER BY w.since, w.id LIMIT @most;

-- name: ConversationsClosed :many
SELECT c.org, c.item, c.inbox, c.number, c.number_key, c.lang, c.claim, c.claimed, c.person, c.known_by, c.told_at, c.about,
    COALESCE(a.protected, 0) AS claimed_protected, COALESCE(b.protected, 0) AS person_protected
FROM work_item w JOIN conversation c ON c.org = w.org AND c.item = w.id
LEFT JOIN account a ON a.person = c.claimed LEFT JOIN account b ON b.person = c.person
WHERE w.org = @org AND w.inbox = @inbox AND w.state = 'closed' ORDER BY w.since DESC, w.id DESC LIMIT @most;

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
