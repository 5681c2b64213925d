package eservice

import (
	"context"
	"encoding/json"
	"io"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// Addition is what is added to what was sent, by whom it is from: text, answers that are given anew, and files.
type Addition struct {
	ID      ids.Submission
	Key     ids.FormKey
	Text    string
	Answers form.Answers
	// Fields are the places of what is answered anew.
	Fields []string
	Files  []ids.File
	// asked is the event that asked for it; 0 for none.
	asked int64
}

// Add adds to what the actor has sent, once for its key: what was sent stays as it was. Its work is open again by that. Faults: NotFound; Conflict "submission.not_now"; Invalid with the fields.
func (s *Service) Add(ctx context.Context, who actor.Actor, r Addition) error {
	w, err := s.Submission(ctx, who, r.ID)
	if err != nil {
		return err
	}
	return s.add(ctx, who, w.Submission, w.Config, r)
}

func (s *Service) add(ctx context.Context, who actor.Actor, x Submission, c *catalog.Config, r Addition) error {
	if err := x.State.May(Added); err != nil {
		return err
	}
	if !r.Key.Valid() {
		return fault.Invalid("error.bad_request", nil)
	}
	text, err := cleaned("text", r.Text, len(r.Files) == 0 && len(r.Fields) == 0)
	if err != nil {
		return err
	}
	f, err := c.Form(x.Form)
	if err := orNobody(err); err != nil {
		return err
	}
	now := s.Now().Unix()
	b, err := json.Marshal([]any{text, r.Answers, r.Files, r.Fields})
	if err != nil {
		return err
	}
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		mail := tx.Letters()
		_, before, err := mail.UseForm(ctx, x.Org, r.Key, "submission", []byte(digestOf(b)), string(x.ID), now+day)
		if before || err != nil {
			return err
		}
		x, err := tx.Submission(ctx, x.Org, x.ID)
		if err != nil {
			return err
		}
		if err := x.State.May(Added); err != nil {
			return err
		}
		if err := stillAsks(ctx, tx, x, r.asked); err != nil {
			return err
		}
		e := Event{Org: x.Org, Submission: x.ID, At: now, What: Added, ActorKind: who.Kind, Actor: who.ID(), Level: who.Level, Note: Note{Text: text, Answers: r.Answers, Fields: r.Fields}}
		if e.Files, err = s.addFiles(ctx, mail, x, r.Files); err != nil {
			return err
		}
		if x.Unsigned() && len(r.Files) > 0 {
			has, err := s.Files.Of(ctx, mail, x.holder(), x.Owner)
			if err != nil {
				return err
			}
			if err := x.fits(has); err != nil {
				return err
			}
		}
		if x, err = s.happen(ctx, tx, x, e, f); err != nil {
			return err
		}
		i, err := mail.WorkItem(ctx, x.Org, x.Item)
		if err != nil {
			return err
		}
		return orAgain(mail.ChangeWork(ctx, worklist.Change{Now: i.Came(now), Audit: []audit.Entry{s.line(x, who, audit.SubmissionAdded, nil)}}))
	})
}

// stillAsks is Conflict "submission.not_now" when something else was asked since an event that asked; 0 asks nothing.
func stillAsks(ctx context.Context, tx SubmissionTx, x Submission, asked int64) error {
	if asked == 0 {
		return nil
	}
	events, err := tx.SubmissionEvents(ctx, x.Org, x.ID)
	for _, e := range events {
		if e.What == Asked && e.Seq > asked {
			return fault.Conflict("submission.not_now", nil)
		}
	}
	return err
}

// orAgain has a change begin anew that was overtaken by another of the same work, where nobody decided by what they had seen.
func orAgain(err error) error {
	if fault.IsKey(err, "work.changed") {
		return errAgain
	}
	return err
}

// addFiles gives what was sent the files that were taken in for it, behind those it has.
func (s *Service) addFiles(ctx context.Context, mail mailbox.Tx, x Submission, list []ids.File) ([]mailbox.Attachment, error) {
	var out []mailbox.Attachment
	for _, id := range list {
		a, err := s.Files.Give(ctx, mail, x.Org, id, x.holder(), x.Owner)
		if err == nil && a.State.Bad() {
			err = fault.NotFound("error.not_found")
		}
		if fault.Is(err, fault.KindNotFound) {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "submission.no_file"})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, mailbox.AttachmentOf(a))
	}
	return out, nil
}

// KeepFile keeps a file that the actor is going to add to what they have sent, beside so many others. Faults: NotFound; Conflict "submission.not_now"; Invalid at file.Field.
func (s *Service) KeepFile(ctx context.Context, who actor.Actor, id ids.Submission, name string, has int, r io.Reader) (file.Attached, error) {
	x, err := s.theirs(ctx, who, id)
	if err != nil {
		return file.Attached{}, err
	}
	if err := x.State.May(Added); err != nil {
		return file.Attached{}, err
	}
	c, err := s.Store.Config(ctx, x.Org)
	if err != nil {
		return file.Attached{}, err
	}
	limits := x.Limits(c)
	if err := limits.MayAdd(has); err != nil {
		return file.Attached{}, err
	}
	a, _, err := s.Files.Hold(ctx, who, file.Incoming{Org: x.Org, Name: name, Most: limits.Size}, s.Gen.FormKey(), r)
	return a, err
}

// KeptFiles are files that were kept to be added, by what they are named; those that can be added no more are left out.
func (s *Service) KeptFiles(ctx context.Context, o ids.Org, list []ids.File) ([]file.Attached, error) {
	if len(list) == 0 {
		return nil, nil
	}
	return s.Files.Holding(ctx, o, list)
}

// Withdraw takes back what the actor has sent, until it is decided. Withdrawn twice it is withdrawn once. Faults: NotFound; Conflict "submission.not_now".
func (s *Service) Withdraw(ctx context.Context, who actor.Actor, id ids.Submission) error {
	was, err := s.theirs(ctx, who, id)
	if err != nil {
		return err
	}
	c, err := s.Store.Config(ctx, was.Org)
	if err != nil {
		return err
	}
	f, err := c.Form(was.Form)
	if err := orNobody(err); err != nil {
		return err
	}
	now := s.Now().Unix()
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		x, err := tx.Submission(ctx, was.Org, id)
		if err != nil || x.State == Withdrawn {
			return err
		}
		if err := x.State.May(TakenBack); err != nil {
			return err
		}
		e := Event{Org: x.Org, Submission: x.ID, At: now, What: TakenBack, ActorKind: who.Kind, Actor: who.ID(), Level: who.Level}
		if x, err = s.happen(ctx, tx, x, e, f); err != nil {
			return err
		}
		i, err := tx.Letters().WorkItem(ctx, x.Org, x.Item)
		if err != nil {
			return err
		}
		line := s.line(x, who, audit.SubmissionChanged, map[string]string{"what": string(TakenBack)})
		return orAgain(tx.Letters().ChangeWork(ctx, worklist.Change{Now: worked(i, x, who, now), Audit: []audit.Entry{line}}))
	})
}
