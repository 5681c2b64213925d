package mailbox

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Folder is where a letter is shown.
type Folder string

// The folders.
const (
	Inbox   Folder = "inbox"
	Outbox  Folder = "sent"
	Archive Folder = "archive"
	Bin     Folder = "bin"
)

// Folders are all of them, in their order.
var Folders = []Folder{Inbox, Outbox, Archive, Bin}

// FolderOf is where a letter lies.
func FolderOf(l Letter, s Standing) Folder {
	switch {
	case s.Binned > 0:
		return Bin
	case s.Archived:
		return Archive
	case l.Inward:
		return Outbox
	}
	return Inbox
}

// Shown is a letter as its reader sees it.
type Shown struct {
	Stored
	Standing Standing
	// Served is when it counts as served; its zero value where no rule is known or nothing is served.
	Served Served
	// Readings are who of those that share the mailbox read and confirmed it, in the order in which they did; none in one's own mailbox.
	Readings []Reading
	// Thread are the letters of its exchange, the oldest first, itself included.
	Thread []Stored
	// OnRequest are the attachments that are not printed if the letter goes on paper, for its sender alone.
	OnRequest []ids.File
}

// Letter returns one of the actor's letters and records that it was read; one that waits to be confirmed is shown without what it says, and is not read by that. What is not
// there for the reader is NotFound, whatever the reason.
func (s *Service) Letter(ctx context.Context, who actor.Actor, id ids.Letter) (Shown, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return Shown{}, err
	}
	l, err := s.visible(ctx, s.Store, of, id)
	if err != nil {
		return Shown{}, err
	}
	if st := l.Stand(); (st.New() || !inPerson(who) && !hasRead(l, who)) && !l.Inward && !st.Sealed(l.Letter) {
		if err := s.record(ctx, who, of, id, Read, audit.LetterRead, func(Letter, Standing) error { return nil }); err != nil {
			return Shown{}, err
		}
	}
	out, err := s.shown(ctx, of, l.Thread, id)
	if err == nil && !inPerson(who) {
		out.Readings, err = s.readings(ctx, out.Stored)
	}
	return out, err
}

func (s *Service) visible(ctx context.Context, from Reader, of actor.Owner, id ids.Letter) (Stored, error) {
	l, err := from.Letter(ctx, of, id)
	if err == nil && !Visible(l.Letter, l.Stand(), s.Now().Unix()) {
		err = fault.NotFound("error.not_found")
	}
	return l, err
}

func (s *Service) shown(ctx context.Context, of actor.Owner, thread, id ids.Letter) (Shown, error) {
	list, err := s.Store.Thread(ctx, of, thread)
	if err == nil {
		err = s.open(ctx, list)
	}
	if err != nil {
		return Shown{}, err
	}
	var out Shown
	now := s.Now().Unix()
	for _, l := range list {
		if !Visible(l.Letter, l.Stand(), now) {
			continue
		}
		if l.ID == id {
			out.Stored, out.Standing = l, l.Stand()
		}
		out.Thread = append(out.Thread, l)
	}
	c, err := s.Store.Config(ctx, out.Org)
	if err != nil {
		return Shown{}, err
	}
	out.Served, err = s.served(ctx, c, out.Stored)
	return out, err
}

// served is when a letter counts as served by the rule of the day on which it was published.
func (s *Service) served(ctx context.Context, c *catalog.Config, l Stored) (Served, error) {
	st := l.Stand()
	if l.Inward || l.Channel != Electronic || l.Kind == Welcome || l.Kind == Receipt {
		return Served{}, nil
	}
	rule, ok := RuleOn(s.Rules, c.Org.Country, l.Mode, org.DateOf(time.Unix(l.PublishAt, 0).In(c.Zone())))
	if !ok {
		return Served{}, nil
	}
	signedIn := st.SignedIn
	if rule.BySignIn && !st.BySignIn && l.Owner.Person != "" { // published before signing in was an event of it
		b, err := s.Store.Box(ctx, l.Owner.Person)
		if err != nil {
			return Served{}, err
		}
		if b.SignedIn >= l.PublishAt {
			signedIn = b.SignedIn
		}
	}
	return DateOfService(rule, l.PublishAt, st.Confirmed, signedIn, s.Now().Unix(), c.Zone()), nil
}

// record appends an event to a letter, if a rule lets it.
func (s *Service) record(ctx context.Context, who actor.Actor, of actor.Owner, id ids.Letter, what What, action audit.Action, may func(Letter, Standing) error) error {
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := s.visible(ctx, tx, of, id)
		if err != nil {
			return err
		}
		if err := may(l.Letter, l.Stand()); err != nil {
			return err
		}
		now := s.Now().Unix()
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, what, now, "")); err != nil {
			return err
		}
		if err := binned(ctx, tx, l.Letter, what, now); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(l.Org, who, action, "letter", string(id), map[string]string{"what": string(what)}))
	})
}

// Confirm says that a letter arrived; from then on it can be read. The receipt says who and when, to the second. Faults: NotFound; Conflict as MayConfirm.
func (s *Service) Confirm(ctx context.Context, who actor.Actor, id ids.Letter) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	return s.record(ctx, who, of, id, Confirmed, audit.LetterConfirmed, func(l Letter, st Standing) error {
		if Overdue(l, st, s.Now().Unix()) {
			return fault.Conflict("letter.served_otherwise", nil)
		}
		return MayConfirm(l, st)
	})
}

// moves are what a reader may do to keep a mailbox tidy, and from where.
var moves = map[What]func(Folder) bool{
	Marked:   func(f Folder) bool { return f != Outbox },
	Archived: func(f Folder) bool { return f == Inbox || f == Outbox },
	Taken:    func(f Folder) bool { return f == Archive },
	Deleted:  func(f Folder) bool { return f != Bin },
	Restored: func(f Folder) bool { return f == Bin },
}

// Tidy marks letters as not read, archives, deletes or restores them; those to which it does not apply are left as they are. Done counts the others. Conflict
// "letter.unconfirmed" for one that must be confirmed first.
func (s *Service) Tidy(ctx context.Context, who actor.Actor, what What, list []ids.Letter) (done int, err error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return 0, err
	}
	from := moves[what]
	if from == nil {
		return 0, fault.NotFound("error.not_found")
	}
	errSkip := fault.NotFound("letter.elsewhere")
	for _, id := range list {
		err := s.record(ctx, who, of, id, what, audit.LetterPutAway, func(l Letter, st Standing) error {
			if !from(FolderOf(l, st)) || what == Marked && st.New() {
				return errSkip
			}
			return MayPutAway(l, st)
		})
		switch {
		case err == nil:
			done++
		case fault.IsKey(err, errSkip.Key):
		default:
			return done, err
		}
	}
	return done, nil
}
