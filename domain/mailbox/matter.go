package mailbox

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// Matter is an exchange of letters as work of the organisation that it is with: what a person writes is one, or belongs to one, from the moment on in which it is sent.
type Matter struct {
	Org  ids.Org
	Item ids.Work
	// Thread is the first letter of the exchange.
	Thread ids.Letter
	// About is the booking that it was linked to; empty for none.
	About ids.Appointment
}

// ListedMatter is a matter as a list shows it: whose it is, and not what it says.
type ListedMatter struct {
	Matter
	Person ids.Person
	Name   string
	// Protected says that only those may see whose it is who have broken the glass.
	Protected bool
}

// What happens to matters beside what happens to all work.
const (
	Arrived     worklist.What = "letter_in"  // detail: the letter
	Replied     worklist.What = "letter_out" // detail: the letter
	Linked      worklist.What = "linked"     // detail: the appointment
	Unlinked    worklist.What = "unlinked"
	HandedOn    worklist.What = "handed_on"    // detail: to which organisation
	HandedHere  worklist.What = "handed_here"  // detail: from which organisation
	transferRef               = "handed-over/" // a copy's Ref: then the organisation and the letter that it is of
)

// Origin is the organisation and letter that a letter was handed over from; ok is false for one that came by itself.
func (l Letter) Origin() (o ids.Org, id ids.Letter, ok bool) {
	rest, ok := strings.CutPrefix(l.Ref, transferRef)
	from, letter, cut := strings.Cut(rest, "/")
	return ids.Org(from), ids.Letter(letter), ok && cut && l.Inward
}

// answerBy is the last second in which a letter that came at a moment is to be answered: the end of the local day so many days on. 0 for no days.
func answerBy(came int64, days int, zone *time.Location) int64 {
	if days <= 0 {
		return 0
	}
	return org.DateOf(time.Unix(came, 0).In(zone)).Add(days+1).At(0, zone).Unix() - 1
}

func workEntry(o ids.Org, item ids.Work, id string, what worklist.What, at int64, who actor.Actor, detail string) worklist.Entry {
	return worklist.Entry{Org: o, ID: id, Item: item, What: what, At: at, ActorKind: who.Kind, Actor: who.ID(), Detail: detail}
}

// came puts what a person wrote before those who work there: into the work that the exchange is already, which is open again by that, or as new work of the inbox for its kind.
func (s *Service) came(ctx context.Context, tx Tx, who actor.Actor, c *catalog.Config, l Letter, more ...worklist.Entry) error {
	arrived := workEntry(l.Org, "", string(l.ID), Arrived, l.CreatedAt, who, string(l.ID))
	m, err := tx.MatterOf(ctx, l.Org, l.Thread)
	if err == nil {
		i, err := tx.WorkItem(ctx, l.Org, m.Item)
		if err != nil {
			return err
		}
		return again(tx.ChangeWork(ctx, worklist.Change{Now: i.Came(l.CreatedAt), Entries: append([]worklist.Entry{arrived}, more...)}))
	}
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	box := c.InboxOfLetters(string(l.Kind))
	i := worklist.Item{
		Org: l.Org, ID: s.Gen.Work(), Kind: worklist.Letter, Inbox: box.ID, Subject: string(l.Kind), Due: answerBy(l.CreatedAt, box.LetterDays, c.Zone()), Version: 1, CreatedAt: l.CreatedAt,
	}
	ok, err := tx.PutMatter(ctx, Matter{Org: l.Org, Item: i.ID, Thread: l.Thread})
	if err == nil && !ok {
		err = errAgain
	}
	if err != nil {
		return err
	}
	return tx.PutWork(ctx, i.Came(l.CreatedAt), append([]worklist.Entry{arrived}, more...)...)
}

// again has a change begin anew that was overtaken by another of the same work, where nobody decided by what they had seen.
func again(err error) error {
	if fault.IsKey(err, "work.changed") {
		return errAgain
	}
	return err
}

// AtDesk is a matter as one of those who work there reads it.
type AtDesk struct {
	Matter
	Item worklist.Item
	// Letters are those of the exchange, the oldest first, acknowledgements left out; Files what is attached to each.
	Letters []Stored
	Files   map[ids.Letter][]file.Attached
	History []worklist.Entry
	Owner   actor.Owner
	to      found
	// Person is whose it is; without an id for a company.
	Person identity.Account
	// Reach is which way an answer goes as things are.
	Reach Reach
	// Hidden says that it is about somebody whose data is protected, and that the reader has not broken the glass: nothing of it is shown.
	Hidden bool
	// Glass is who that is.
	Glass ids.Person
	// From is where it was handed over from, and CameAt when it came there.
	From   ids.Org
	CameAt int64
}

// Answerable reports whether an answer may be written.
func (a AtDesk) Answerable() bool { return !a.Hidden && a.Item.State != worklist.Closed }

// MattersListed returns those of a list of items that are letters, as a list shows them.
func (s *Service) MattersListed(ctx context.Context, who actor.Actor, o ids.Org, items []worklist.Item) (map[ids.Work]ListedMatter, error) {
	out := map[ids.Work]ListedMatter{}
	for _, i := range items {
		if i.Kind != worklist.Letter {
			continue
		}
		m, err := s.Store.ListedMatter(ctx, o, i.ID)
		if fault.Is(err, fault.KindNotFound) { // it was taken away a moment ago
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.Protected = m.Protected && !slices.Contains(who.Glass, m.Person); m.Protected {
			m.Name = ""
		}
		out[i.ID] = m
	}
	return out, nil
}

// Matter opens a matter for one of those who may see the inbox in which it lies. That it was read is written down before anything is shown, and at each letter of the person who read it.
func (s *Service) Matter(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, error) {
	a, c, err := s.atDesk(ctx, who, o, item)
	if err != nil {
		return a, err
	}
	if err := s.noteRead(ctx, who, a); err != nil {
		return a, err
	}
	if a.Hidden {
		a.Letters, a.Person = nil, identity.Account{}
		return a, nil
	}
	if err := s.openThose(ctx, a.Letters, func(Stored) bool { return true }); err != nil {
		return a, err
	}
	if a.History, err = s.Work.History(ctx, o, item); err != nil {
		return a, err
	}
	a.Files = map[ids.Letter][]file.Attached{}
	for _, l := range a.Letters {
		if a.Files[l.ID], err = s.filesOf(ctx, l.Letter); err != nil {
			return a, err
		}
		if from, id, ok := l.Origin(); ok && a.From == "" {
			first, err := s.Store.SentLetter(ctx, from, id)
			if err != nil && !fault.Is(err, fault.KindNotFound) {
				return a, err
			}
			a.From, a.CameAt = from, first.CreatedAt
		}
	}
	_, a.Reach, err = s.reach(ctx, s.Store, c.Org.ID, a.to, s.Now().Unix())
	return a, err
}

// OpenMatterFile opens an attachment of a letter of a matter for one of those who may see it; that it was opened is in the log. Close it. Faults: NotFound, and Conflict "file.closed" for one that no scanner
// has found clean.
func (s *Service) OpenMatterFile(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, id ids.Letter, f ids.File) (file.Attached, *file.Content, error) {
	a, _, err := s.mayDo(ctx, who, o, item)
	if err != nil {
		return file.Attached{}, nil, err
	}
	for _, l := range a.Letters {
		if l.ID == id {
			return s.openFile(ctx, who, l.Letter, f)
		}
	}
	return file.Attached{}, nil, fault.NotFound("error.not_found")
}

// mayAttach says whether one of the staff may attach files: to an answer in a matter that they may see, or to a letter that they send, where no matter is named.
func (s *Service) mayAttach(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) error {
	if item == "" {
		return who.May(actor.LetterSend, actor.Object{Org: o})
	}
	_, err := s.Work.Item(ctx, who, o, item)
	return err
}

// KeepFile keeps a file that one of the staff is going to attach beside so many others: to an answer in a matter, or to a letter where none is named. Faults: NotFound; Invalid at file.Field.
func (s *Service) KeepFile(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, name string, has int, r io.Reader) (file.Attached, error) {
	if err := s.mayAttach(ctx, who, o, item); err != nil {
		return file.Attached{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return file.Attached{}, err
	}
	limits := LimitsOf(c)
	if err := limits.MayAdd(has); err != nil {
		return file.Attached{}, err
	}
	a, _, err := s.Files.Hold(ctx, who, file.Incoming{Org: o, Name: name, Most: limits.Size}, s.Gen.FormKey(), r)
	return a, err
}

// KeptFiles are the files that one of the staff is going to attach, by what they are named; those that can be attached no more are left out.
func (s *Service) KeptFiles(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, list []ids.File) ([]file.Attached, error) {
	if len(list) == 0 || s.Files == nil {
		return nil, nil
	}
	if err := s.mayAttach(ctx, who, o, item); err != nil {
		return nil, err
	}
	return s.Files.Holding(ctx, o, list)
}

// atDesk finds a matter that somebody may see, its letters still sealed.
func (s *Service) atDesk(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, *catalog.Config, error) {
	var a AtDesk
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return a, nil, err
	}
	if a.Item, err = s.Work.Item(ctx, who, o, item); err != nil {
		return a, nil, err
	}
	if a.Item.Kind != worklist.Letter {
		return a, nil, fault.NotFound("error.not_found")
	}
	if a.Matter, err = s.Store.Matter(ctx, o, item); err != nil {
		return a, nil, err
	}
	list, err := s.Store.Exchange(ctx, o, a.Thread)
	if err != nil {
		return a, nil, err
	}
	a.Letters = slices.DeleteFunc(list, func(l Stored) bool { return l.Kind == Receipt })
	if len(a.Letters) == 0 {
		return a, nil, fault.NotFound("error.not_found")
	}
	a.Owner = a.Letters[0].Owner
	if a.to, err = s.manned(ctx, a.Owner); err != nil {
		return a, nil, err
	}
	if a.Owner.Person == "" {
		return a, c, nil
	}
	a.Person, err = s.People.InboxPerson(ctx, who, o, c.Inbox(a.Item.Inbox).Office, a.Owner.Person)
	switch {
	case fault.Is(err, fault.KindInvalid):
		a.Hidden, a.Glass, err = true, a.Owner.Person, nil
	case fault.Is(err, fault.KindNotFound): // known by nothing but letters, or erased since
		err = nil
	}
	if a.Hidden && who.Kind != actor.KindStaff { // to a program, who is protected is not there
		err = fault.NotFound("error.not_found")
	}
	return a, c, err
}

// noteRead writes down that a matter was read: in the audit log each time, and at each of the person's letters once for each reader.
func (s *Service) noteRead(ctx context.Context, who actor.Actor, a AtDesk) error {
	now := s.Now().Unix()
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		lines := []audit.Entry{s.Work.Line(a.Org, who, audit.WorkRead, string(a.Item.ID), nil)}
		if !a.Hidden {
			if a.Owner.Person != "" {
				lines = append(lines, s.entry(a.Org, who, audit.WorkRead, audit.OfPerson, string(a.Owner.Person), nil))
			}
			for _, l := range a.Letters {
				had := slices.ContainsFunc(l.Events, func(e Event) bool { return e.What == Seen && e.ActorKind == who.Kind && e.Actor == who.ID() })
				if !l.Inward || had {
					continue
				}
				if err := tx.PutEvent(ctx, s.event(l.Letter, who, Seen, now, "")); err != nil {
					return err
				}
				lines = append(lines, s.entry(a.Org, who, audit.LetterRead, "letter", string(l.ID), nil))
			}
		}
		return tx.Audit(ctx, lines...)
	})
}

// MattersAbout are the matters that are linked to a booking: those that somebody may see.
func (s *Service) MattersAbout(ctx context.Context, who actor.Actor, o ids.Org, about ids.Appointment) ([]worklist.Item, error) {
	list, err := s.Store.MattersAbout(ctx, o, about)
	if err != nil {
		return nil, err
	}
	var out []worklist.Item
	for _, m := range list {
		i, err := s.Work.Item(ctx, who, o, m.Item)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}
