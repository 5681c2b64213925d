package eservice

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// AtDesk is what was sent as one of those who handle it sees it.
type AtDesk struct {
	Whole
	Item    worklist.Item
	History []worklist.Entry
	// Person is whose it is; without an id for a company, or for nobody who is known. Company is whose it is otherwise.
	Person  identity.Account
	Company identity.Company
	// Reach is which way a letter goes as things are.
	Reach mailbox.Reach
	// Hidden says that it is of somebody whose data is protected, and that the reader has not broken the glass: nothing of it is shown. Glass is who that is.
	Hidden bool
	Glass  ids.Person
	Hold   *Hold
	// Behind says that an answer without a postal address is read behind a code; of somebody who is not known.
	Behind bool
	to     mailbox.Addressee
}

func orNobody(err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

// atDesk finds what somebody may see who handles it, still sealed.
func (s *Service) atDesk(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (a AtDesk, err error) {
	if a.Config, err = s.Store.Config(ctx, o); err != nil {
		return a, err
	}
	if a.Item, err = s.Work.Item(ctx, who, o, item); err != nil {
		return a, err
	}
	if a.Item.Kind != worklist.Submission {
		return a, fault.NotFound("error.not_found")
	}
	if a.Submission, err = s.Store.SubmissionOfItem(ctx, o, item); err != nil {
		return a, err
	}
	if a.to, err = s.Letters.Addressee(ctx, a.Owner); err != nil {
		return a, err
	}
	if a.Owner.Company != "" {
		a.Company, err = s.Letters.People.InboxCompany(ctx, who, o, a.Config.Inbox(a.Item.Inbox).Office, a.Owner.Company)
		if fault.Is(err, fault.KindNotFound) { // it is known here no more
			err = nil
		}
		return a, err
	}
	if a.Owner.Person == "" {
		return a, nil
	}
	a.Person, err = s.Letters.People.InboxPerson(ctx, who, o, a.Config.Inbox(a.Item.Inbox).Office, a.Owner.Person)
	switch {
	case fault.Is(err, fault.KindInvalid):
		a.Hidden, a.Glass, err = true, a.Owner.Person, nil
	case fault.Is(err, fault.KindNotFound): // known by nothing but what was typed in for them, or erased since
		err = nil
	}
	if a.Hidden && who.Kind != actor.KindStaff {
		err = fault.NotFound("error.not_found")
	}
	return a, err
}

// mayDo is atDesk of what is not hidden.
func (s *Service) mayDo(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, error) {
	a, err := s.atDesk(ctx, who, o, item)
	if err == nil && a.Hidden {
		err = fault.NotFound("error.not_found")
	}
	return a, err
}

// Read opens what was sent for one of those who may see the inbox in which it lies. That it was read is written down before anything is shown.
func (s *Service) Read(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, error) {
	a, err := s.atDesk(ctx, who, o, item)
	if err != nil {
		return a, err
	}
	err = s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		lines := []audit.Entry{s.line(a.Submission, who, audit.SubmissionRead, nil)}
		if a.Owner.Person != "" && !a.Hidden {
			lines = append(lines, s.Letters.WorkLine(o, who, audit.SubmissionRead, a.Owner.Person))
		}
		return tx.Letters().Audit(ctx, lines...)
	})
	if err != nil || a.Hidden {
		a.Person = identity.Account{}
		return a, err
	}
	if a.Whole, err = s.whole(ctx, a.Submission); err != nil {
		return a, err
	}
	if a.History, err = s.Work.History(ctx, o, item); err != nil {
		return a, err
	}
	h, err := s.Store.SubmissionHold(ctx, o, a.ID)
	if err == nil && !h.Over(s.Now().Unix()) {
		a.Hold = &h
	} else if err = orNobody(err); err != nil {
		return a, err
	}
	a.Behind = byStatus(a.Submission)
	a.Reach, err = s.Letters.ReachOf(ctx, o, a.to)
	return a, err
}

// OpenDeskFile opens what is attached for one of those who handle it; that it was opened is in the log. Close it.
func (s *Service) OpenDeskFile(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, f ids.File) (file.Attached, *file.Content, error) {
	a, err := s.mayDo(ctx, who, o, item)
	if err != nil {
		return file.Attached{}, nil, err
	}
	return s.openAttached(ctx, who, a.Submission, f)
}
