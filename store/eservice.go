package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/worklist"
	"luukku/store/db"
)

var (
	_ eservice.SubmissionStore = (*Store)(nil)
	_ eservice.SubmissionTx    = (*submissionTx)(nil)
)

// submissions reads what is read alike in and outside of a transaction.
type submissions struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
	// lock has whoever reads what was sent wait for who changes it.
	lock bool
}

func (s *Store) submissions() submissions { return submissions{s.read, s.found, s.fault, false} }

func submissionOf(r db.Submission) eservice.Submission {
	return eservice.Submission{
		Org: ids.Org(r.Org), ID: ids.Submission(r.ID), Number: r.Number, Form: ids.Form(r.Form), Version: r.Version, Digest: r.Digest,
		Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, MadeBy: ids.Person(r.MadeBy), By: ids.Staff(r.ByStaff), Level: actor.Level(r.Level),
		Lang: i18n.Lang(r.Lang), State: eservice.State(r.State), Item: ids.Work(r.Item), SentAt: r.SentAt, AnswersDigest: r.AnswersDigest, AskedUntil: r.AskedUntil, EndedAt: r.EndedAt,
		DeleteAt: r.DeleteAt, ToldAt: r.ToldAt, Seen: r.Seen, Seq: r.Seq, Sealed: r.Content,
	}
}

// Submission returns what was sent, or NotFound "error.not_found".
func (x submissions) Submission(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Submission, error) {
	if x.lock {
		if _, err := x.q.LockSubmission(ctx, db.LockSubmissionParams{Org: string(o), ID: string(id)}); err != nil {
			return eservice.Submission{}, x.found(err, "error.not_found", "lock submission %s", id)
		}
	}
	r, err := x.q.Submission(ctx, db.SubmissionParams{Org: string(o), ID: string(id)})
	return x.one(r, err)
}

func (x submissions) one(r db.Submission, err error) (eservice.Submission, error) {
	if err != nil {
		return eservice.Submission{}, x.found(err, "error.not_found", "read submission")
	}
	return submissionOf(r), nil
}

// SubmissionEvents returns what happened to what was sent, in its order.
func (x submissions) SubmissionEvents(ctx context.Context, o ids.Org, id ids.Submission) ([]eservice.Event, error) {
	rows, err := x.q.SubmissionEvents(ctx, db.SubmissionEventsParams{Org: string(o), Submission: string(id)})
	out := make([]eservice.Event, len(rows))
	for i, r := range rows {
		out[i] = eservice.Event{
			Org: o, Submission: id, Seq: r.Seq, At: r.At, What: eservice.What(r.What), ActorKind: actor.Kind(r.ActorKind), Actor: r.Actor, Level: actor.Level(r.Level), Detail: r.Detail,
			Until: r.UntilAt, Sealed: r.Body,
		}
	}
	return out, x.fault(err)
}

// SubmissionHold returns what holds it, or NotFound "error.not_found".
func (s *Store) SubmissionHold(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Hold, error) {
	return s.submissions().SubmissionHold(ctx, o, id)
}

// Submission returns what was sent, or NotFound "error.not_found".
func (s *Store) Submission(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Submission, error) {
	return s.submissions().Submission(ctx, o, id)
}

// SubmissionEvents returns what happened to what was sent, in its order.
func (s *Store) SubmissionEvents(ctx context.Context, o ids.Org, id ids.Submission) ([]eservice.Event, error) {
	return s.submissions().SubmissionEvents(ctx, o, id)
}

// SubmissionOf returns what an owner has sent, or NotFound "error.not_found".
func (s *Store) SubmissionOf(ctx context.Context, of actor.Owner, id ids.Submission) (eservice.Submission, error) {
	if of.Company != "" {
		return s.submissions().one(s.read.SubmissionOfCompany(ctx, db.SubmissionOfCompanyParams{Company: orNull(of.Company), ID: string(id)}))
	}
	return s.submissions().one(s.read.SubmissionOfAccount(ctx, db.SubmissionOfAccountParams{Account: orNull(of.Person), ID: string(id)}))
}

// SubmissionsOf returns the newest of an owner's, those before one when it is named.
func (s *Store) SubmissionsOf(ctx context.Context, of actor.Owner, before ids.Submission, most int) ([]eservice.Submission, error) {
	if before == "" {
		before = "~" // after every id
	}
	var rows []db.Submission
	var err error
	if of.Company != "" {
		rows, err = s.read.SubmissionsOfCompany(ctx, db.SubmissionsOfCompanyParams{Company: orNull(of.Company), BeforeID: string(before), Most: int32(most)})
	} else {
		rows, err = s.read.SubmissionsOfAccount(ctx, db.SubmissionsOfAccountParams{Account: orNull(of.Person), BeforeID: string(before), Most: int32(most)})
	}
	out := make([]eservice.Submission, len(rows))
	for i, r := range rows {
		out[i] = submissionOf(r)
	}
	return out, s.fault(err)
}

// SubmissionOfItem returns what a piece of work is about, or NotFound "error.not_found".
func (s *Store) SubmissionOfItem(ctx context.Context, o ids.Org, item ids.Work) (eservice.Submission, error) {
	return s.submissions().one(s.read.SubmissionOfItem(ctx, db.SubmissionOfItemParams{Org: string(o), Item: string(item)}))
}

// SubmissionOfNumber returns what was sent under a number, or NotFound "error.not_found".
func (s *Store) SubmissionOfNumber(ctx context.Context, o ids.Org, number string) (eservice.Submission, error) {
	return s.submissions().one(s.read.SubmissionOfNumber(ctx, db.SubmissionOfNumberParams{Org: string(o), Number: number}))
}

func listedSubmission(r db.SubmissionsAfterRow) eservice.Listed {
	return eservice.Listed{
		Submission: submissionOf(db.Submission{
			Org: r.Org, ID: r.ID, Number: r.Number, Form: r.Form, Version: r.Version, Digest: r.Digest, Account: r.Account, Company: r.Company, MadeBy: r.MadeBy, ByStaff: r.ByStaff, Level: r.Level,
			Lang: r.Lang, State: r.State, Item: r.Item, SentAt: r.SentAt, AnswersDigest: r.AnswersDigest, AskedUntil: r.AskedUntil, EndedAt: r.EndedAt, DeleteAt: r.DeleteAt, Seen: r.Seen, Seq: r.Seq,
		}),
		Work: worklist.Item{
			Org: ids.Org(r.Org), ID: ids.Work(r.Item), Kind: worklist.Submission, Inbox: ids.Inbox(r.Inbox), State: worklist.State(r.WorkState), Subject: r.Subject, Assignee: ids.Staff(r.Assignee),
			Due: r.DueAt, Since: r.Since, Fresh: r.Fresh, Version: r.WorkVersion, CreatedAt: r.CreatedAt, Changed: r.ChangedAt,
		},
		Name: r.Name, Protected: r.Protected != 0,
	}
}

// listedSubmissions are rows of queries that ask for the same columns.
func listedSubmissions[R any](s *Store, rows []R, err error, same func(R) db.SubmissionsAfterRow) ([]eservice.Listed, error) {
	if err != nil {
		return nil, fmt.Errorf("list submissions: %w", s.fault(err))
	}
	out := make([]eservice.Listed, len(rows))
	for i, r := range rows {
		out[i] = listedSubmission(same(r))
	}
	return out, nil
}

// SubmissionListed returns what a piece of work is about, as a list needs it, or NotFound "error.not_found".
func (s *Store) SubmissionListed(ctx context.Context, o ids.Org, item ids.Work) (eservice.Listed, error) {
	r, err := s.read.SubmissionListed(ctx, db.SubmissionListedParams{Org: string(o), Item: string(item)})
	if err != nil {
		return eservice.Listed{}, s.found(err, "error.not_found", "read what was sent of work %s", item)
	}
	return listedSubmission(db.SubmissionsAfterRow(r)), nil
}

// SubmissionsSent returns those that were sent in a period, the newest first, those before one when it is named.
func (s *Store) SubmissionsSent(ctx context.Context, o ids.Org, f ids.Form, from, until int64, before eservice.Submission, most int) ([]eservice.Listed, error) {
	if before.ID == "" {
		before = eservice.Submission{SentAt: until, ID: ""}
	}
	until = min(until, before.SentAt+1) // so that a later page is not looked for among those of the pages before
	if f != "" {
		rows, err := s.read.SubmissionsSentOfForm(ctx, db.SubmissionsSentOfFormParams{
			Org: string(o), Form: string(f), FromAt: from, UntilAt: until, BeforeAt: before.SentAt, BeforeID: string(before.ID), Most: int32(most),
		})
		return listedSubmissions(s, rows, err, func(r db.SubmissionsSentOfFormRow) db.SubmissionsAfterRow { return db.SubmissionsAfterRow(r) })
	}
	rows, err := s.read.SubmissionsSent(ctx, db.SubmissionsSentParams{Org: string(o), FromAt: from, UntilAt: until, BeforeAt: before.SentAt, BeforeID: string(before.ID), Most: int32(most)})
	return listedSubmissions(s, rows, err, func(r db.SubmissionsSentRow) db.SubmissionsAfterRow { return db.SubmissionsAfterRow(r) })
}

// SubmissionsSentUp returns those that were sent in a period, the oldest first, those after one when it is named.
func (s *Store) SubmissionsSentUp(ctx context.Context, o ids.Org, f ids.Form, from, until int64, after eservice.Submission, most int) ([]eservice.Listed, error) {
	if after.ID == "" {
		after = eservice.Submission{SentAt: from, ID: ""}
	}
	if f != "" {
		rows, err := s.read.SubmissionsSentOfFormUp(ctx, db.SubmissionsSentOfFormUpParams{
			Org: string(o), Form: string(f), FromAt: from, UntilAt: until, AfterAt: after.SentAt, AfterID: string(after.ID), Most: int32(most),
		})
		return listedSubmissions(s, rows, err, func(r db.SubmissionsSentOfFormUpRow) db.SubmissionsAfterRow { return db.SubmissionsAfterRow(r) })
	}
	rows, err := s.read.SubmissionsSentUp(ctx, db.SubmissionsSentUpParams{Org: string(o), FromAt: from, UntilAt: until, AfterAt: after.SentAt, AfterID: string(after.ID), Most: int32(most)})
	return listedSubmissions(s, rows, err, func(r db.SubmissionsSentUpRow) db.SubmissionsAfterRow { return db.SubmissionsAfterRow(r) })
}

// SubmissionsAfter returns those that changed after a number, in the order of their newest changes.
func (s *Store) SubmissionsAfter(ctx context.Context, o ids.Org, after int64, most int) ([]eservice.Listed, error) {
	rows, err := s.read.SubmissionsAfter(ctx, db.SubmissionsAfterParams{Org: string(o), AfterSeq: after, Most: int32(most)})
	return listedSubmissions(s, rows, err, func(r db.SubmissionsAfterRow) db.SubmissionsAfterRow { return r })
}

// SubmissionEventsAfter returns the events that programs are told of under a higher number than one, in their order.
func (s *Store) SubmissionEventsAfter(ctx context.Context, o ids.Org, after int64, most int) ([]eservice.Told, error) {
	rows, err := s.read.SubmissionEventsAfter(ctx, db.SubmissionEventsAfterParams{Org: string(o), AfterFed: after, Most: int32(most)})
	out := make([]eservice.Told, len(rows))
	for i, r := range rows {
		out[i] = eservice.Told{
			Event: eservice.Event{Org: o, Submission: ids.Submission(r.Submission), At: r.At, What: eservice.What(r.What)}, Fed: r.Fed, Number: r.Number, Protected: r.Protected != 0,
			Work: worklist.Item{Org: o, ID: ids.Work(r.Item), Kind: worklist.Submission, Inbox: ids.Inbox(r.Inbox), Subject: r.Subject},
		}
	}
	return out, s.fault(err)
}

// SubmissionSeq returns the highest number that a change was given.
func (s *Store) SubmissionSeq(ctx context.Context, o ids.Org) (int64, error) {
	n, err := s.read.LastSubmissionSeq(ctx, string(o))
	return n, s.fault(err)
}

// SubmissionsDue returns what is to be deleted at a moment, at most so many of an organisation.
func (s *Store) SubmissionsDue(ctx context.Context, now int64, most int) ([]eservice.Submission, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []eservice.Submission
	for _, o := range orgs {
		rows, err := s.read.SubmissionsDue(ctx, db.SubmissionsDueParams{Org: string(o.ID), Now: now, Most: int32(most)})
		if err != nil {
			return nil, s.fault(err)
		}
		for _, r := range rows {
			out = append(out, eservice.Submission{Org: ids.Org(r.Org), ID: ids.Submission(r.ID)})
		}
	}
	return out, nil
}

// SubmissionTimes returns when those that were sent in a period were sent and ended, and where they lie, the earliest first.
func (s *Store) SubmissionTimes(ctx context.Context, o ids.Org, from, until int64, most int) ([]eservice.Counted, error) {
	rows, err := s.read.SubmissionTimes(ctx, db.SubmissionTimesParams{Org: string(o), FromAt: from, UntilAt: until, Most: int32(most)})
	out := make([]eservice.Counted, len(rows))
	for i, r := range rows {
		out[i] = eservice.Counted{Form: ids.Form(r.Form), Inbox: ids.Inbox(r.Inbox), State: eservice.State(r.State), Sent: r.SentAt, Ended: r.EndedAt, Due: r.DueAt}
	}
	return out, s.fault(err)
}

// submissionTx is one open transaction as domain/eservice sees it.
type submissionTx struct {
	submissions
	mail *letterTx
}

// InSubmissionTx runs do in one transaction, in which letters, files and work are written, too.
func (s *Store) InSubmissionTx(ctx context.Context, do func(ctx context.Context, tx eservice.SubmissionTx) error) error {
	touched := map[string]bool{}
	defer func() { s.boxes.add(touched) }() // whatever came of it: it may be committed and not known to be
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, &submissionTx{submissions{q, s.found, s.fault, true}, s.newLetterTx(q, touched)})
	})
}

// Letters is the same transaction for letters, files and work.
func (t *submissionTx) Letters() mailbox.Tx { return t.mail }

// TakeDraft takes a draft away that is sent, with who was asked to sign it, whom it returns.
func (t *submissionTx) TakeDraft(ctx context.Context, d eservice.Draft) ([]eservice.Part, error) {
	drafts := formDrafts{t.q, t.found, t.fault, true}
	now, err := drafts.FormDraft(ctx, d.Org, d.ID)
	if err != nil {
		return nil, err
	}
	if now.Seen != d.Seen {
		return nil, fault.Conflict("eform.changed_since", nil)
	}
	parts, err := drafts.FormParts(ctx, d.Org, d.ID)
	if err != nil {
		return nil, err
	}
	_, err = dropFormDraft(ctx, t.q, d.Org, d.ID)
	return parts, err
}

// NextNumber counts what is sent in a year. Who counts waits for who counted before.
func (t *submissionTx) NextNumber(ctx context.Context, o ids.Org, year int) (int64, error) {
	return t.q.NextSubmissionNumber(ctx, db.NextSubmissionNumberParams{Org: string(o), Year: int64(year)})
}

// PutSubmission writes what was sent; false when it is there already.
func (t *submissionTx) PutSubmission(ctx context.Context, x eservice.Submission) (bool, error) {
	return one(t.q.PutSubmission(ctx, db.PutSubmissionParams{
		Org: string(x.Org), ID: string(x.ID), Number: x.Number, Form: string(x.Form), Version: x.Version, Digest: x.Digest, Account: orNull(x.Owner.Person), Company: orNull(x.Owner.Company),
		MadeBy: string(x.MadeBy), ByStaff: string(x.By), Level: int64(x.Level), Lang: string(x.Lang), State: string(x.State), Item: string(x.Item), SentAt: x.SentAt, AnswersDigest: x.AnswersDigest,
		Content: x.Sealed,
	}))
}

// SetSubmission writes how something stands whose Seen is the one that was read; false when it has another by now.
func (t *submissionTx) SetSubmission(ctx context.Context, x eservice.Submission) (bool, error) {
	return one(t.q.SetSubmission(ctx, db.SetSubmissionParams{
		State: string(x.State), AskedUntil: x.AskedUntil, EndedAt: x.EndedAt, DeleteAt: x.DeleteAt, Org: string(x.Org), ID: string(x.ID), WasSeen: x.Seen,
	}))
}

// PutSubmissionEvent appends an event. Who writes one has the lock on what was sent.
func (t *submissionTx) PutSubmissionEvent(ctx context.Context, e eservice.Event) error {
	last, err := t.q.LastSubmissionEvent(ctx, db.LastSubmissionEventParams{Org: string(e.Org), Submission: string(e.Submission)})
	if err != nil {
		return err
	}
	return t.q.PutSubmissionEvent(ctx, db.PutSubmissionEventParams{
		Org: string(e.Org), Submission: string(e.Submission), Seq: last + 1, At: e.At, What: string(e.What), ActorKind: string(e.ActorKind), Actor: e.Actor, Level: int64(e.Level), Detail: e.Detail,
		UntilAt: e.Until, Body: e.Sealed,
	})
}

// DropSubmission deletes what was sent with what happened to it and its work.
func (t *submissionTx) DropSubmission(ctx context.Context, x eservice.Submission) error {
	if err := t.q.DropSubmissionEvents(ctx, db.DropSubmissionEventsParams{Org: string(x.Org), Submission: string(x.ID)}); err != nil {
		return err
	}
	if err := t.q.DropWorkEntries(ctx, db.DropWorkEntriesParams{Org: string(x.Org), Item: string(x.Item)}); err != nil {
		return err
	}
	if _, err := t.q.DropWorkItem(ctx, db.DropWorkItemParams{Org: string(x.Org), ID: string(x.Item), Before: 1 << 62}); err != nil {
		return err
	}
	if _, err := t.DropSubmissionHold(ctx, x.Org, x.ID); err != nil { // its time is over
		return err
	}
	_, err := t.q.DropSubmission(ctx, db.DropSubmissionParams{Org: string(x.Org), ID: string(x.ID)})
	return err
}

// PutSubmissionHold holds what was sent; false when it is held already.
func (t *submissionTx) PutSubmissionHold(ctx context.Context, h eservice.Hold) (bool, error) {
	return one(t.q.PutSubmissionHold(ctx, db.PutSubmissionHoldParams{
		Org: string(h.Org), Submission: string(h.Submission), Why: string(h.Why), Ref: h.Ref, HeldBy: string(h.By), At: h.At, UntilAt: h.Until,
	}))
}

// DropSubmissionHold lets it go; false when it was not held.
func (t *submissionTx) DropSubmissionHold(ctx context.Context, o ids.Org, id ids.Submission) (bool, error) {
	return one(t.q.DropSubmissionHold(ctx, db.DropSubmissionHoldParams{Org: string(o), Submission: string(id)}))
}

// PutTelling has whoever it is from told that something came.
func (t *submissionTx) PutTelling(ctx context.Context, a eservice.TellArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s/%s/%d", a.Org, a.Submission, a.Seq)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: eservice.TaskTell, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneMail,
	})
	return err
}
