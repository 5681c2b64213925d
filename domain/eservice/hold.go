package eservice

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
	"luukku/domain/org"
)

// Held is a hold with what tells the form that was sent: nothing of what it says, and not whose it is.
type Held struct {
	Hold
	Number string
	Form   ids.Form
	State  State
}

// Over reports whether the time of a hold is over: in its last second it holds.
func (h Hold) Over(now int64) bool { return h.Until > 0 && now > h.Until }

// mostHeld is how many a list shows.
const mostHeld = 500

// refForm is what the number of a matter can be: nothing about a person.
var refForm = regexp.MustCompile(`^[A-Za-z0-9._/-]{0,100}$`)

// Holding is that a form that was sent is to be held: by its number, and until the end of a local day, or until it is let go.
type Holding struct {
	Org    ids.Org
	Number string
	Why    mailbox.HoldWhy
	Ref    string
	Until  org.Date
}

// Holds are the forms that were sent that an organisation holds, the newest holds first. Those whose time is over are there until they are let go, or deleted.
func (s *Service) Holds(ctx context.Context, who actor.Actor, o ids.Org) ([]Held, error) {
	if err := who.May(actor.LetterHold, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.SubmissionHolds(ctx, o, mostHeld)
}

// HoldSent holds a form that was sent, so that it is not deleted. Faults: NotFound; Invalid at "number" for one that is not there or is held, at "why", "ref" and "until".
func (s *Service) HoldSent(ctx context.Context, who actor.Actor, r Holding) error {
	if err := who.May(actor.LetterHold, actor.Object{Org: r.Org}); err != nil {
		return err
	}
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	h := Hold{Org: r.Org, Why: r.Why, Ref: strings.TrimSpace(r.Ref), By: who.Staff, At: now}
	var bad []fault.Field
	if !slices.Contains(mailbox.HoldWhys, h.Why) {
		bad = append(bad, fault.Field{Name: "why", Key: "error.field.choose"})
	}
	if !refForm.MatchString(h.Ref) {
		bad = append(bad, fault.Field{Name: "ref", Key: "hold.bad_ref"})
	}
	if !r.Until.IsZero() {
		if h.Until = r.Until.Add(1).At(0, c.Zone()).Unix() - 1; h.Until <= now {
			bad = append(bad, fault.Field{Name: "until", Key: "work.due_past"})
		}
	}
	x, err := s.Store.SubmissionOfNumber(ctx, r.Org, strings.TrimSpace(r.Number))
	if fault.Is(err, fault.KindNotFound) {
		bad = append(bad, fault.Field{Name: "number", Key: "submission.no_number"})
	} else if err != nil {
		return err
	}
	if len(bad) > 0 {
		return fault.Invalid("form.invalid", nil, bad...)
	}
	h.Submission = x.ID
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		wrong := func(key string) error {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: key})
		}
		x, err := tx.Submission(ctx, r.Org, x.ID)
		if fault.Is(err, fault.KindNotFound) { // deleted a moment ago
			return wrong("submission.no_number")
		}
		if err != nil {
			return err
		}
		if was, err := tx.SubmissionHold(ctx, x.Org, x.ID); err == nil && was.Over(now) {
			if _, err := tx.DropSubmissionHold(ctx, x.Org, x.ID); err != nil {
				return err
			}
		} else if err := orNobody(err); err != nil {
			return err
		}
		ok, err := tx.PutSubmissionHold(ctx, h)
		if err == nil && !ok {
			err = wrong("submission.held_already")
		}
		if err != nil {
			return err
		}
		return tx.Letters().Audit(ctx, s.line(x, who, audit.SubmissionHeld, map[string]string{"why": string(h.Why), "ref": h.Ref}))
	})
}

// ReleaseSent lets it go: what is due to be deleted is deleted as others are. Let go twice it is let go once.
func (s *Service) ReleaseSent(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) error {
	if err := who.May(actor.LetterHold, actor.Object{Org: o}); err != nil {
		return err
	}
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		x, err := tx.Submission(ctx, o, id)
		if err != nil {
			return err
		}
		if ok, err := tx.DropSubmissionHold(ctx, o, id); err != nil || !ok {
			return err
		}
		return tx.Letters().Audit(ctx, s.line(x, who, audit.SubmissionReleased, nil))
	})
}
