package eservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

var errAgain = fault.Conflict("submission.changed", nil)

// mostTries is how often a change begins anew when somebody else was faster.
const mostTries = 5

func (s *Service) inSubmissionTx(ctx context.Context, do func(ctx context.Context, tx SubmissionTx) error) error {
	for range mostTries {
		err := s.Store.InSubmissionTx(ctx, do)
		if !fault.IsKey(err, "submission.changed") && !fault.IsKey(err, "letter.changed") {
			if err == nil && s.Committed != nil {
				s.Committed()
			}
			return err
		}
	}
	return errAgain
}

// Submit sends a form that was filled in, once however often it is asked: the draft goes, and what was sent is there with its number, its work and its acknowledgement (FI 13/2003, sections 10 to 12:
// it has arrived when it can be handled, and that is acknowledged without delay), or nothing has happened. Sent again it is the same. Faults: Invalid with the places of the answers that are wrong or
// missing; Conflict "forms.closed" where the form takes nothing any more, "eform.changed_since" where the draft is another by now, and "eform.unsigned" where somebody has to sign it yet, or signed something
// else; those of access.Check where a service that it leads to is not open to them any more.
func (s *Service) Submit(ctx context.Context, who actor.Actor, d Draft, def *form.Definition, v Version, _ ids.FormKey) (Submission, error) {
	if who.Kind == actor.KindCitizen && d.Owner != who.Owner() || who.Kind == actor.KindStaff && d.By != who.Staff || who.Kind == actor.KindVisitor && s.mayOpen(who, d) != nil {
		return Submission{}, fault.NotFound("error.not_found")
	}
	if was, err := s.sentBefore(ctx, s.Store, d); err == nil || !fault.Is(err, fault.KindNotFound) {
		return was, err
	}
	c, err := s.Store.Config(ctx, d.Org)
	if err != nil {
		return Submission{}, err
	}
	f, err := c.Form(d.Form)
	if err != nil {
		return Submission{}, err
	}
	if f.Closed && !planted.Bug("closed-form-sent") {
		return Submission{}, fault.Conflict("forms.closed", nil)
	}
	if who.Kind == actor.KindVisitor {
		err = openable(c, f)
	} else {
		err = s.checkAccess(ctx, who, c, f)
	}
	if err != nil {
		return Submission{}, err
	}
	now := s.Now()
	out := def.Evaluate(d.Answers, now.In(c.Zone()))
	if err := asFault(out.Check()); err != nil {
		return Submission{}, err
	}
	must, err := s.must(ctx, who, f, d)
	if err != nil {
		return Submission{}, err
	}
	x := Submission{
		Org: d.Org, ID: d.ID, Form: d.Form, Version: v.Number, Digest: v.Digest, Owner: d.Owner, MadeBy: who.Person, By: d.By, Level: who.Level, Lang: d.Lang, State: Received,
		Item: s.Gen.Work(), SentAt: now.Unix(), Seen: 1,
	}
	if who.Kind == actor.KindStaff {
		x.By, x.MadeBy, x.Level = who.Staff, "", actor.LevelNone
	}
	x.Answers, x.Sources, x.For, x.Browser = out.Answers, d.Sources, d.For, d.Secret
	if planted.Bug("hidden-sent") {
		x.Answers = d.Answers
	}
	if planted.Bug("sent-twice") {
		x.ID = s.Gen.Submission()
	}
	r := receiving{id: s.Gen.Letter()}
	if x.By != "" {
		if r.to, err = s.Letters.Addressee(ctx, x.Owner); err != nil {
			return Submission{}, err
		}
		told, err := s.Letters.TellingsOf(ctx, x.Owner)
		if err != nil {
			return Submission{}, err
		}
		r.untold = len(told) == 0
	}
	var before Submission
	err = s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		var err error
		if before, err = s.sentBefore(ctx, tx, d); err == nil || !fault.Is(err, fault.KindNotFound) {
			return err
		}
		var parts []Part
		if d.Seen > 0 && !planted.Bug("sent-twice") {
			if parts, err = tx.TakeDraft(ctx, d); err != nil {
				return err
			}
		}
		if err := signed(f, d, v, out, must, parts, x.SentAt); err != nil && !planted.Bug("signature-gone-sent") {
			return err
		}
		return s.receive(ctx, tx, who, c, f, def, x, r)
	})
	if fault.Is(err, fault.KindNotFound) { // the draft has gone meanwhile: by the other press of the button, or thrown away
		if was, found := s.sentBefore(ctx, s.Store, d); found == nil {
			return was, nil
		}
	}
	if before.ID != "" || err != nil {
		return before, err
	}
	return s.Store.Submission(ctx, x.Org, x.ID)
}

// sentBefore is what a draft has become.
func (s *Service) sentBefore(ctx context.Context, from SubmissionReader, d Draft) (Submission, error) {
	x, err := from.Submission(ctx, d.Org, d.ID)
	mine := err == nil && x.Owner == d.Owner
	if mine && d.By == "" {
		mine, err = s.inBrowser(ctx, x, d)
	}
	if err == nil && !mine {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return Submission{}, err
	}
	return x, nil
}

// asFault is what is wrong with answers as the fault of a form; nil for nothing.
func asFault(wrong []form.Wrong) error {
	if len(wrong) == 0 {
		return nil
	}
	fields := make([]fault.Field, len(wrong))
	for i, w := range wrong {
		fields[i] = fault.Field{Name: w.At, Key: w.Key, Args: w.Args}
	}
	return fault.Invalid("form.invalid", nil, fields...)
}

// attachments are what the answers name, in their order; what they do not name, as that of a question that is hidden, is not sent.
func (s *Service) attachments(ctx context.Context, tx SubmissionTx, x Submission, out *form.Outcome, def *form.Definition) ([]mailbox.Attachment, error) {
	has, err := s.Files.Of(ctx, tx.Letters(), x.holder(), x.Owner)
	if err != nil {
		return nil, err
	}
	var list []mailbox.Attachment
	named := map[ids.File]bool{}
	for _, f := range def.Fields {
		if f.Kind != form.Files {
			continue
		}
		rows := []int{-1}
		if f.Rows != nil {
			rows = nil
			for i := range out.Rows(f.Rows) {
				rows = append(rows, i)
			}
		}
		for _, row := range rows {
			for _, id := range fileIDs(out.Value(f, row)) {
				wrong := func(key string) error {
					return fault.Invalid("form.invalid", nil, fault.Field{Name: f.In(row), Key: key})
				}
				found := false
				for _, a := range has {
					if found = a.ID == id; !found {
						continue
					}
					if a.State.Bad() {
						return nil, wrong("submission.bad_file")
					}
					if !named[id] {
						list = append(list, mailbox.AttachmentOf(a))
					}
					break
				}
				if named[id] = true; !found {
					return nil, wrong("submission.no_file")
				}
			}
		}
	}
	for _, a := range has {
		if !named[a.ID] {
			if _, err := tx.Letters().DropLink(ctx, x.holder(), a.ID, x.SentAt); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// receiving is what was looked up before something is received: the acknowledgement's id and whom it would go to, and that they can be told nowhere of what comes.
type receiving struct {
	id     ids.Letter
	to     mailbox.Addressee
	untold bool
}

// receive writes what was sent, with its work and its acknowledgement.
func (s *Service) receive(ctx context.Context, tx SubmissionTx, who actor.Actor, c *catalog.Config, f *catalog.Form, def *form.Definition, x Submission, r receiving) error {
	mail := tx.Letters()
	var err error
	at := time.Unix(x.SentAt, 0).In(c.Zone())
	if x.Files, err = s.attachments(ctx, tx, x, def.Evaluate(x.Answers, at), def); err != nil {
		return err
	}
	if err := s.sealSubmission(ctx, mail, &x); err != nil {
		return err
	}
	n, err := tx.NextNumber(ctx, x.Org, at.Year())
	if err != nil {
		return err
	}
	x.Number = numberOf(at.Year(), n)
	if ok, err := tx.PutSubmission(ctx, x); err != nil || !ok {
		return errors.Join(err, again(ok))
	}
	e := Event{Org: x.Org, Submission: x.ID, At: x.SentAt, What: Arrived, ActorKind: who.Kind, Actor: who.ID(), Level: x.Level}
	if err := tx.PutSubmissionEvent(ctx, e); err != nil {
		return err
	}
	item := worklist.Item{
		Org: x.Org, ID: x.Item, Kind: worklist.Submission, Inbox: c.Inbox(f.Inbox).ID, Subject: string(x.Form), Due: dueBy(at, f.DueDays, c.Zone()), Version: 1, CreatedAt: x.SentAt,
	}
	if err := mail.PutWork(ctx, item.Came(x.SentAt)); err != nil {
		return err
	}
	if err := s.acknowledge(ctx, tx, who, c, f, x, r); err != nil {
		return err
	}
	detail := map[string]string{"form": string(x.Form), "version": fmt.Sprint(x.Version)}
	if x.By != "" {
		detail["by"] = string(x.By)
	}
	return mail.Audit(ctx, s.line(x, who, audit.SubmissionSent, detail))
}

func again(ok bool) error {
	if ok {
		return nil
	}
	return errAgain
}

// dueBy is the end of the local day so many days on; 0 for no days.
func dueBy(at time.Time, days int, zone *time.Location) int64 {
	if days <= 0 {
		return 0
	}
	return org.DateOf(at).Add(days+1).At(0, zone).Unix() - 1
}

// sealSubmission seals what was sent under the key of whose it is, and keeps its digest.
func (s *Service) sealSubmission(ctx context.Context, mail mailbox.Tx, x *Submission) error {
	words, err := x.words()
	if err != nil {
		return err
	}
	x.AnswersDigest = digestOf(words)
	plain, err := json.Marshal(content{Sent: words, Sources: x.Sources, For: x.For, Browser: x.Browser})
	if err != nil {
		return err
	}
	key, err := s.sealerOf(ctx, mail, x.Owner)
	if err == nil {
		x.Sealed, err = key.Seal(plain, submissionPlace(*x))
	}
	if err != nil {
		return fmt.Errorf("seal submission: %w", err)
	}
	return nil
}

// acknowledge puts the acknowledgement into the mailbox of whose it is, or has them told that one is in their folder; of what the office sent for somebody whom nothing can be told, it goes on paper.
func (s *Service) acknowledge(ctx context.Context, tx SubmissionTx, who actor.Actor, c *catalog.Config, f *catalog.Form, x Submission, r receiving) error {
	if x.Unsigned() {
		if x.For == nil || x.For.Email == "" {
			return nil // the page after sending is the acknowledgement
		}
		return tx.PutTelling(ctx, TellArgs{Org: x.Org, Submission: x.ID, Seq: 1}, x.SentAt)
	}
	p := s.Texts.Printer(x.Lang)
	at := time.Unix(x.SentAt, 0).In(c.Zone())
	body := p.T("submission.receipt_body", "org", c.Org.Name.In(x.Lang), "form", FormName(f, x), "at", p.ShortDate(at), "seconds", at.Format("15:04:05"), "number", x.Number, "digest", x.AnswersDigest)
	if len(x.Files) > 0 {
		body += "\n\n" + p.T("mailbox.receipt_files")
		for _, a := range x.Files {
			body += "\n" + p.T("mailbox.receipt_file", "name", a.Name, "size", mailbox.SizeText(p, a.Size), "digest", a.Digest)
		}
	}
	if follows := f.Follows.In(x.Lang); follows != "" {
		body += "\n\n" + follows
	}
	l := mailbox.Letter{
		Org: x.Org, ID: r.id, Owner: x.Owner, Lang: x.Lang, CreatedAt: x.SentAt, Ref: x.Number,
		Content: mailbox.Content{Subject: p.T("submission.receipt_subject", "form", FormName(f, x), "number", x.Number), Body: body},
	}
	if !x.Owner.IsZero() {
		if put, err := s.Letters.Acknowledge(ctx, tx.Letters(), c, l, x.By != ""); err != nil || put {
			return err
		}
	}
	if x.By != "" && r.untold && (!byStatus(x) || x.For != nil && len(x.For.Post) > 0) {
		return s.onPaper(ctx, tx, who, c, x, r.to, l)
	}
	return tx.PutTelling(ctx, TellArgs{Org: x.Org, Submission: x.ID, Seq: 1}, x.SentAt)
}

// FormName is what a form is called in the language of what was sent.
func FormName(f *catalog.Form, x Submission) string {
	if f != nil {
		if name := f.Name.In(x.Lang); name != "" {
			return name
		}
	}
	return string(x.Form)
}

// Tellings say whom to tell that something came, and how; nobody is left when it was withdrawn or deleted since.
func (s *Service) Tellings(ctx context.Context, a TellArgs) ([]mailbox.Telling, error) {
	x, err := s.Store.Submission(ctx, a.Org, a.Submission)
	if fault.Is(err, fault.KindNotFound) || x.State == Withdrawn {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if x.Owner.IsZero() {
		return s.tellUnknown(ctx, x)
	}
	of := x.Owner
	if of.Company != "" { // whoever sent it for the company: nobody, where the office did
		of = actor.Owner{Person: x.MadeBy}
	}
	return s.Letters.TellingsOf(ctx, of)
}
