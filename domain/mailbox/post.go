package mailbox

import (
	"cmp"
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// Addressee is whom another room writes to, as they were looked up before its transaction.
type Addressee struct{ to found }

// Addressee looks up an owner, who may be nobody: a letter to nobody who is known here goes on paper.
func (s *Service) Addressee(ctx context.Context, of actor.Owner) (Addressee, error) {
	if of.IsZero() {
		set, err := s.settings(ctx)
		return Addressee{found{Set: set}}, err
	}
	to, err := s.manned(ctx, of)
	return Addressee{to}, err
}

// ReachOf is which way a letter of an organisation would go as things are.
func (s *Service) ReachOf(ctx context.Context, o ids.Org, a Addressee) (Reach, error) {
	_, way, err := s.reach(ctx, s.Store, o, a.to, s.Now().Unix())
	return way, err
}

// Post sends a letter of an organisation in the transaction of another room, whose rights it is to look at: into the mailbox, or on paper when its owner cannot be reached there in that moment.
// Its id, time and content are the caller's. Faults: Invalid with the fields of its content; at "post" when it has to go on paper and there is no address; at "attachments".
func (s *Service) Post(ctx context.Context, tx Tx, who actor.Actor, c *catalog.Config, to Addressee, l Letter, attached ...ids.File) (way Channel, err error) {
	if err := l.Content.check(); err != nil {
		return "", err
	}
	if l.Files, err = wanted(c, attached); err != nil {
		return "", err
	}
	l.Owner, l.Thread, l.PublishAt = to.to.Owner, l.ID, l.CreatedAt
	if way, err = s.deliver(ctx, tx, c, who, to.to, l); err == nil && way == Paper && len(l.Post) == 0 {
		err = errNoPost
	}
	return way, err
}

// Acknowledge puts an acknowledgement of receipt into its owner's mailbox, in the transaction of another room; false where they have none that is open. Whoever did not send it themselves is told
// that it came.
func (s *Service) Acknowledge(ctx context.Context, tx Tx, c *catalog.Config, l Letter, tell bool) (bool, error) {
	b, err := box(ctx, tx, l.Owner)
	if err != nil || !b.Open() {
		return false, err
	}
	l.Thread, l.Kind, l.Mode, l.PublishAt, l.Channel = l.ID, cmp.Or(l.Kind, Receipt), Ordinary, l.CreatedAt, Electronic
	if err := s.sealed(ctx, tx, &l, nil); err != nil {
		return false, err
	}
	system := actor.System("mailbox")
	if err := s.publish(ctx, tx, c, system, l); err != nil {
		return false, err
	}
	if tell {
		if told, err := anyTold(ctx, tx, l.Owner, b); err != nil || !told {
			return true, err
		}
		return true, tx.PutTelling(ctx, TellArgs{Org: l.Org, Letter: l.ID}, l.CreatedAt)
	}
	return true, nil
}

// TellingsOf say how to tell somebody who has no mailbox that something of theirs changed: at the address and number that they have proven. Nobody is left where there are none, and for a company.
func (s *Service) TellingsOf(ctx context.Context, of actor.Owner) ([]Telling, error) {
	if of.Person == "" {
		return nil, nil
	}
	if to, err := s.manned(ctx, of); err != nil || !to.Manned {
		return nil, err
	}
	account, err := s.account(ctx, of.Person)
	if err != nil || account.Person == "" {
		return nil, err
	}
	t := Telling{Person: of.Person, Lang: account.Lang}
	if account.EmailVerified {
		t.Email = account.Email
	}
	switch {
	case account.PhoneVerified && t.Email == "":
		t.Phone = account.Phone
	case account.PhoneVerified:
		t.Otherwise = account.Phone
	}
	if t.Email == "" && t.Phone == "" {
		return nil, nil
	}
	return []Telling{t}, nil
}

// AttachmentOf is what a letter or a form says of a file that is attached to it.
var AttachmentOf = attachment

// ReturnTo is where what is written on paper goes to: the organisation with the address of the first of its offices that has one, line by line.
var ReturnTo = returnTo

// WorkLine is a line of the audit log about a person, for rooms that read their data at the desk.
func (s *Service) WorkLine(o ids.Org, who actor.Actor, a audit.Action, p ids.Person) audit.Entry {
	return s.entry(o, who, a, audit.OfPerson, string(p), nil)
}
