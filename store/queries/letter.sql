-- name: Mailbox :one
SELECT person, opened_at, closed_at, terms, tell_email, tell_phone, lang, signed_in, version FROM mailbox WHERE person = @person;

-- name: PutMailbox :execrows
INSERT INTO mailbox (person, opened_at, closed_at, terms, tell_email, tell_phone, lang, signed_in, version)
VALUES (@person, @opened_at, @closed_at, @terms, @tell_email, @tell_phone, @lang, @signed_in, 1)
ON CONFLICT (person) DO NOTHING;

-- name: SetMailbox :execrows
UPDATE mailbox SET opened_at = @opened_at, closed_at = @closed_at, terms = @terms, tell_email = @tell_email, tell_phone = @tell_phone, lang = @lang,
    signed_in = @signed_in, version = version + 1
WHERE person = @person AND version = @seen;

-- name: LetterPreferences :many
SELECT person, version, channel, basis, for_org, terms, from_at, until_at, at, by_kind, made_by, how FROM letter_preference WHERE person = @person ORDER BY version;

-- name: LastLetterPreference :one
SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM letter_preference WHERE person = @person;

-- name: PutLetterPreference :execrows
INSERT INTO letter_preference (person, version, channel, basis, for_org, terms, from_at, until_at, at, by_kind, made_by, how)
VALUES (@person, @version, @channel, @basis, @for_org, @terms, @from_at, @until_at, @at, @by_kind, @made_by, @how)
ON CONFLICT (person, version) DO NOTHING;

-- name: PutLetter :exec
INSERT INTO letter (org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content)
VALUES (@org, @id, @account, @company, @thread, @inward, @written_by, @kind, @mode, @lang, @reply, @created_at, @publish_at, @expires_at, @confirm_by, @channel, @ref, @digest, @content);

-- name: SentLetter :one
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE org = @org AND id = @id;

-- name: LetterOfAccount :one
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE account = @account AND id = @id;

-- name: LetterOfCompany :one
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE company = @company AND id = @id;

-- name: LettersOfAccount :many
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE account = @account AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: LettersOfCompany :many
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE company = @company AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: LettersOfThread :many
SELECT org, id, account, company, thread, inward, written_by, kind, mode, lang, reply, created_at, publish_at, expires_at, confirm_by, channel, ref, digest, content FROM letter WHERE org = @org AND thread = @thread ORDER BY id;

-- name: LetterEvents :many
SELECT org, seq, letter, at, what, actor_kind, actor, for_company, level, detail FROM letter_event WHERE org = @org AND letter = @letter ORDER BY seq;

-- name: LetterEventsOfAccount :many
SELECT e.org, e.seq, e.letter, e.at, e.what, e.actor_kind, e.actor, e.for_company, e.level, e.detail FROM letter l JOIN letter_event e ON e.org = l.org AND e.letter = l.id
WHERE l.account = @account AND l.id >= @from_id AND l.id <= @until_id ORDER BY e.org, e.seq;

-- name: LetterEventsOfCompany :many
SELECT e.org, e.seq, e.letter, e.at, e.what, e.actor_kind, e.actor, e.for_company, e.level, e.detail FROM letter l JOIN letter_event e ON e.org = l.org AND e.letter = l.id
WHERE l.company = @company AND l.id >= @from_id AND l.id <= @until_id ORDER BY e.org, e.seq;

-- name: LetterFeed :many
SELECT e.org, e.seq, e.letter, e.at, e.what, e.actor_kind, e.actor, e.for_company, e.level, e.detail, l.inward, l.kind
FROM letter_event e JOIN letter l ON l.org = e.org AND l.id = e.letter WHERE e.org = @org AND e.seq > @after_seq ORDER BY e.seq LIMIT @most;

-- name: NextLetterSeq :one
INSERT INTO letter_last (org, seq) VALUES (@org, 1)
ON CONFLICT (org) DO UPDATE SET seq = letter_last.seq + 1
RETURNING seq;

-- name: PutLetterEvent :exec
INSERT INTO letter_event (org, seq, letter, at, what, actor_kind, actor, for_company, level, detail)
VALUES (@org, @seq, @letter, @at, @what, @actor_kind, @actor, @for_company, @level, @detail);

-- name: LockLetter :one
SELECT id FROM letter WHERE org = @org AND id = @id FOR UPDATE;

-- name: LockMailbox :one
SELECT person FROM mailbox WHERE person = @person FOR UPDATE;

-- name: EraseLetter :exec
UPDATE letter SET content = @content WHERE org = @org AND id = @id;

-- name: PutLetterDue :exec
INSERT INTO letter_due (org, letter, what, at) VALUES (@org, @letter, @what, @at)
ON CONFLICT (org, letter, what) DO UPDATE SET at = excluded.at;

-- name: DropLetterDue :exec
DELETE FROM letter_due WHERE org = @org AND letter = @letter AND what = @what;

-- name: LettersDue :many
SELECT org, letter, what, at FROM letter_due WHERE org = @org AND at <= @now ORDER BY at LIMIT @most;

-- name: PutLetterPrint :exec
INSERT INTO letter_print (org, letter, queued_at, batch, taken, printed_at, posted_at, returned_at, settled_at) VALUES (@org, @letter, @queued_at, '', 0, 0, 0, 0, 0)
ON CONFLICT (org, letter) DO NOTHING;

-- name: LettersToPrint :many
SELECT letter FROM letter_print WHERE org = @org AND batch = '' AND settled_at = 0 ORDER BY queued_at, letter LIMIT @most;

-- name: TakeLetterPrint :execrows
UPDATE letter_print SET batch = @batch, taken = taken + 1 WHERE org = @org AND letter = @letter AND batch = '';

-- name: DropLetterPrint :exec
DELETE FROM letter_print WHERE org = @org AND letter = @letter AND batch = '';

-- name: LetterPrintWaiting :one
SELECT COUNT(*) AS letters, CAST(COALESCE(MIN(queued_at), 0) AS BIGINT) AS oldest FROM letter_print WHERE org = @org AND batch = '' AND settled_at = 0;

-- name: PutPrintBatch :exec
INSERT INTO print_batch (org, id, made_at) VALUES (@org, @id, @made_at);

-- name: PrintBatch :one
SELECT org, id, made_at FROM print_batch WHERE org = @org AND id = @id;

-- name: PrintBatches :many
SELECT org, id, made_at FROM print_batch WHERE org = @org AND id < @before_id ORDER BY id DESC LIMIT @most;

-- name: LettersOfBatch :many
SELECT letter, taken FROM letter_print WHERE org = @org AND batch = @batch ORDER BY queued_at, letter;

-- name: SetLetterPrinted :exec
UPDATE letter_print SET printed_at = @at, settled_at = @at WHERE org = @org AND letter = @letter;

-- name: SetLetterPosted :exec
UPDATE letter_print SET posted_at = @at, settled_at = @at WHERE org = @org AND letter = @letter;

-- name: SetLetterReturned :exec
UPDATE letter_print SET returned_at = @at WHERE org = @org AND letter = @letter;

-- name: SettleLetterPrint :exec
UPDATE letter_print SET settled_at = @at WHERE org = @org AND letter = @letter AND settled_at = 0;

-- name: BatchOfLetter :one
SELECT batch FROM letter_print WHERE org = @org AND letter = @letter;

-- name: ReleaseLetterPrint :execrows
UPDATE letter_print SET batch = '' WHERE org = @org AND letter = @letter AND batch = @batch AND settled_at = 0;

-- name: OpenPrintBatches :many
SELECT p.batch, b.made_at, COUNT(*) AS letters FROM letter_print p JOIN print_batch b ON b.org = p.org AND b.id = p.batch
WHERE p.org = @org AND p.batch <> '' AND p.settled_at = 0 GROUP BY p.batch, b.made_at ORDER BY b.made_at, p.batch LIMIT @most;

-- name: CountLettersOfBatch :one
SELECT COUNT(*) AS letters, COUNT(CASE WHEN settled_at = 0 THEN 1 END) AS waiting, COUNT(CASE WHEN printed_at > 0 THEN 1 END) AS printed,
    COUNT(CASE WHEN posted_at > 0 THEN 1 END) AS posted, COUNT(CASE WHEN returned_at > 0 THEN 1 END) AS returned
FROM letter_print WHERE org = @org AND batch = @batch;

-- name: ReturnedLetters :many
SELECT letter, batch, posted_at, returned_at FROM letter_print WHERE org = @org AND returned_at > 0 ORDER BY returned_at DESC, letter LIMIT @most;

-- name: LastLetterSeq :one
SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) AS seq FROM letter_last WHERE org = @org;

-- name: LetterHooks :many
SELECT org, id, url, secret, made_by, made_at, after_seq, delivered_at, failing_since, tries, next_at, trouble, disabled_at, version, tells, client FROM letter_hook WHERE org = @org ORDER BY id;

-- name: LetterHook :one
SELECT org, id, url, secret, made_by, made_at, after_seq, delivered_at, failing_since, tries, next_at, trouble, disabled_at, version, tells, client FROM letter_hook WHERE org = @org AND id = @id;

-- name: PutLetterHook :exec
INSERT INTO letter_hook (org, id, url, secret, made_by, made_at, after_seq, delivered_at, failing_since, tries, next_at, trouble, disabled_at, version, tells, client)
VALUES (@org, @id, @url, @secret, @made_by, @made_at, @after_seq, 0, 0, 0, 0, '', 0, 1, @tells, @client);

-- name: SetLetterHook :execrows
UPDATE letter_hook SET after_seq = @after_seq, delivered_at = @delivered_at, failing_since = @failing_since, tries = @tries, next_at = @next_at, trouble = @trouble,
    disabled_at = @disabled_at, version = version + 1
WHERE org = @org AND id = @id AND version = @seen;

-- name: DropLetterHook :execrows
DELETE FROM letter_hook WHERE org = @org AND id = @id;

-- name: DueLetterHooks :many
SELECT h.org, h.id FROM letter_hook h LEFT JOIN letter_last l ON l.org = h.org LEFT JOIN submission_last f ON f.org = h.org
WHERE h.disabled_at = 0 AND h.next_at <= @now AND CASE h.tells WHEN 'forms' THEN COALESCE(f.seq, 0) ELSE COALESCE(l.seq, 0) END > h.after_seq ORDER BY h.next_at, h.org, h.id LIMIT @most;

-- name: Matter :one
SELECT org, item, thread, about, seq FROM letter_work WHERE org = @org AND item = @item;

-- name: MatterOf :one
SELECT org, item, thread, about, seq FROM letter_work WHERE org = @org AND thread = @thread;

-- name: MattersAbout :many
SELECT org, item, thread, about, seq FROM letter_work WHERE org = @org AND about = @about ORDER BY item LIMIT 100;

-- name: PutMatter :execrows
INSERT INTO letter_work (org, item, thread, about, seq) VALUES (@org, @item, @thread, @about, 0)
ON CONFLICT (org, thread) DO NOTHING;

-- name: LinkMatter :exec
UPDATE letter_work SET about = @about WHERE org = @org AND item = @item;

-- name: NextMatterSeq :one
INSERT INTO letter_work_last (org, seq) VALUES (@org, 1)
ON CONFLICT (org) DO UPDATE SET seq = letter_work_last.seq + 1
RETURNING seq;

-- name: NumberMatter :exec
UPDATE letter_work SET seq = @seq WHERE org = @org AND item = @item;

-- name: MattersAfter :many
SELECT m.seq, m.thread, m.about, w.org, w.id, w.kind, w.inbox, w.state, w.subject, w.assignee, w.due_at, w.since, w.fresh, w.version, w.created_at, w.changed_at,
    COALESCE(a.protected, 0) AS protected
FROM letter_work m JOIN work_item w ON w.org = m.org AND w.id = m.item JOIN letter l ON l.org = m.org AND l.id = m.thread
LEFT JOIN account a ON a.person = l.account
WHERE m.org = @org AND m.seq > @after_seq ORDER BY m.seq LIMIT @most;

-- name: MatterListed :one
SELECT m.org, m.item, m.thread, m.about, l.account, COALESCE(a.name, '') AS name, COALESCE(a.protected, 0) AS protected
FROM letter_work m JOIN letter l ON l.org = m.org AND l.id = m.thread LEFT JOIN account a ON a.person = l.account
WHERE m.org = @org AND m.item = @item;

-- name: CompanyMailbox :one
SELECT company, opened_at, closed_at, opened_by, terms, lang, version FROM company_mailbox WHERE company = @company;

-- name: LockCompanyMailbox :one
SELECT company FROM company_mailbox WHERE company = @company FOR UPDATE;

-- name: PutCompanyMailbox :execrows
INSERT INTO company_mailbox (company, opened_at, closed_at, opened_by, terms, lang, version)
VALUES (@company, @opened_at, @closed_at, @opened_by, @terms, @lang, 1)
ON CONFLICT (company) DO NOTHING;

-- name: SetCompanyMailbox :execrows
UPDATE company_mailbox SET opened_at = @opened_at, closed_at = @closed_at, opened_by = @opened_by, terms = @terms, lang = @lang, version = version + 1
WHERE company = @company AND version = @seen;

-- name: MailboxTellers :many
SELECT owner, person, tell_email, tell_phone, lang FROM mailbox_teller WHERE owner = @owner ORDER BY person;

-- name: PutMailboxTeller :exec
INSERT INTO mailbox_teller (owner, person, tell_email, tell_phone, lang) VALUES (@owner, @person, @tell_email, @tell_phone, @lang)
ON CONFLICT (owner, person) DO UPDATE SET tell_email = excluded.tell_email, tell_phone = excluded.tell_phone, lang = excluded.lang;

-- name: PutCompanyKnown :one
INSERT INTO company (id, business_id, name, kind, email, phone, lang, registered_at, created_at)
VALUES (@id, @business_id, @name, @kind, '', '', '', 0, @created_at)
ON CONFLICT (business_id) DO UPDATE SET business_id = excluded.business_id
RETURNING id;

-- name: PublishLetter :exec
UPDATE letter SET channel = @channel, publish_at = @publish_at, confirm_by = @confirm_by WHERE org = @org AND id = @id;
