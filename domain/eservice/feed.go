package eservice

import (
	"context"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// Wanted are the forms that a feed has: all that lie in an inbox, are of one form or stand so. What is empty is any.
type Wanted struct {
	Inbox ids.Inbox
	Form  ids.Form
	State State
}

func (w Wanted) has(x Listed) bool {
	return (w.Inbox == "" || w.Inbox == x.Work.Inbox) && (w.Form == "" || w.Form == x.Form) && (w.State == "" || w.State == x.State)
}

// Feed returns the forms that were sent to an organisation and changed after a number, each once, as they stand now, in the order of their newest changes: those that came, and those with which anything was
// done. Whoever asks again with next misses none, however much happens meanwhile; one that changes again comes again. Whose data is protected is not there, nor is what lies beyond the limits of who asks. Narrowed, a page looks at no more than
// mailbox.MostFeed changes: it may be empty, and say that there is more. That they were listed is written down.
func (s *Service) Feed(ctx context.Context, who actor.Actor, o ids.Org, after int64, w Wanted, most int) (list []Listed, next int64, more bool, err error) {
	if err := who.MaySomewhere(actor.SubmissionWork, o); err != nil {
		return nil, 0, false, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, 0, false, err
	}
	after, most = max(after, 0), min(max(most, 1), mailbox.MostFeed)
	look := most
	if w != (Wanted{}) || !who.Only.IsZero() {
		look = mailbox.MostFeed
	}
	page, err := s.Store.SubmissionsAfter(ctx, o, after, look)
	if err != nil {
		return nil, 0, false, err
	}
	next, more = after, len(page) == look
	for i, x := range page {
		next = x.Seq
		if x.Protected || !w.has(x) || who.May(worklist.RightOver(who, worklist.Submission), x.Work.Object(c)) != nil && !planted.Bug("feed-beyond-limits") {
			continue
		}
		if list = append(list, x); len(list) == most {
			more = more || i+1 < len(page)
			break
		}
	}
	if len(list) > 0 { // who asks each minute, and hears nothing, has listed nothing
		err = s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
			return tx.Letters().Audit(ctx, s.Work.Line(o, who, audit.SubmissionListed, "all", nil))
		})
	}
	return list, next, more, err
}

// WorkOf is the work of what was sent, for those who follow what is sent: whether they may see it, its own functions say. NotFound.
func (s *Service) WorkOf(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) (ids.Work, error) {
	if err := who.MaySomewhere(actor.SubmissionWork, o); err != nil {
		return "", err
	}
	x, err := s.Store.Submission(ctx, o, id)
	return x.Item, err
}

// DeskPDF is what was sent as a document in a language, or without one in that of whose it is, for one of those who handle it: that is a reading like any other.
func (s *Service) DeskPDF(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, lang i18n.Lang) (AtDesk, pdf.File, error) {
	a, err := s.Read(ctx, who, o, item)
	if err == nil && a.Hidden {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return a, pdf.File{}, err
	}
	if lang == "" {
		lang = a.Lang
	}
	by, err := s.SentBy(ctx, a.Submission)
	if err != nil {
		return a, pdf.File{}, err
	}
	f, err := a.Document(s.Texts.Printer(lang), by, s.Now()).Write()
	return a, f, err
}

// FormOfWork is the version of the form that was answered, for one of those who handle what was sent.
func (s *Service) FormOfWork(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (Version, error) {
	a, err := s.mayDo(ctx, who, o, item)
	if err != nil {
		return Version{}, err
	}
	_, v, _, err := s.FormAt(ctx, o, a.Submission.Form, a.Version)
	return v, err
}

// Listed is how what was sent stands, as the feed has it, for those who may see it.
func (s *Service) Listed(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) (x Listed, err error) {
	if x.Submission, err = s.Store.Submission(ctx, o, id); err == nil {
		x.Work, err = s.Work.Item(ctx, who, o, x.Item)
	}
	return x, err
}

// ListedWith is the same with its work as DoWork left it: for who has just handed it over, perhaps to where they see it no more.
func (s *Service) ListedWith(ctx context.Context, o ids.Org, id ids.Submission, done worklist.Item) (x Listed, err error) {
	x.Work = done
	x.Submission, err = s.Store.Submission(ctx, o, id)
	return x, err
}
