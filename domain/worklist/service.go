package worklist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Change is what becomes of an item, with its lines of its history and of the audit log: all of it or nothing.
type Change struct {
	// Now is the item as it will be; its version is the one that was seen, and the next is one more.
	Now     Item
	Entries []Entry
	Audit   []audit.Entry
}

// Store is what the room needs of storage. What is not there is NotFound "error.not_found".
type Store interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	WorkItem(ctx context.Context, o ids.Org, id ids.Work) (Item, error)
	// WorkPart returns a part of what lies in an inbox, in the order of work.
	WorkPart(ctx context.Context, o ids.Org, box ids.Inbox, p Part) ([]Item, error)
	// WorkBriefs returns so many that lie in an inbox in a state, the oldest first: of a kind alone, or without one of all. Nothing of them is filled in but what they are found and counted by.
	WorkBriefs(ctx context.Context, o ids.Org, box ids.Inbox, state State, k Kind, most int) ([]Item, error)
	WorkEntries(ctx context.Context, o ids.Org, id ids.Work) ([]Entry, error)
	// ChangeWork carries a change out, or is Conflict "work.changed" when the item has another version by now; what hangs on its state is the store's to keep.
	ChangeWork(ctx context.Context, c Change) error
	PutAudit(ctx context.Context, entries ...audit.Entry) error
	// WorkNotice is what one of the staff wants to be told of late work of an organisation: WishOwn where they have said nothing.
	WorkNotice(ctx context.Context, me ids.Staff, o ids.Org) (Wish, error)
	PutWorkNotice(ctx context.Context, me ids.Staff, o ids.Org, w Wish) error
}

// Tx is what a room whose content is work needs within its own transaction: so that what came in and the work that it makes are there together, or neither is.
type Tx interface {
	// WorkItem returns an item, or NotFound "error.not_found".
	WorkItem(ctx context.Context, o ids.Org, id ids.Work) (Item, error)
	// PutWork writes a new item with the first lines of its history.
	PutWork(ctx context.Context, i Item, entries ...Entry) error
	// ChangeWork carries a change out, or is Conflict "work.changed".
	ChangeWork(ctx context.Context, c Change) error
}

// Service has the use cases.
type Service struct {
	Store Store
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   func() time.Time
	// Colleagues knows who works here. Nil lets nobody assign anything to somebody else.
	Colleagues Colleagues
}

// Colleague is one of those who work here.
type Colleague struct {
	ID   ids.Staff
	Name string
}

// Colleagues knows who works here.
type Colleagues interface {
	// Holding returns those who are active and have a right over an object by a role of theirs, by name.
	Holding(ctx context.Context, r actor.Right, on actor.Object) ([]Colleague, error)
}

// maxNote is the longest note, in characters.
const maxNote = 2000

// OfWork is the kind of subject that an item is in the audit log.
const OfWork = "work"

// MayUse reports whether somebody may see what lies in an inbox: nil, or NotFound.
func MayUse(who actor.Actor, o ids.Org, b org.Inbox) error {
	return who.May(actor.InboxWork, actor.Object{Org: o, Office: b.Office, Inbox: b.ID})
}

// RightOver is the right that somebody needs for work of a kind. Staff have one for all that lies in an inbox; a program has one for letters that opens no text messages, and the other way round, and one for forms.
func RightOver(who actor.Actor, k Kind) actor.Right {
	switch {
	case who.Kind == actor.KindClient && k == Letter:
		return actor.LetterWork
	case who.Kind == actor.KindClient && k == Submission:
		return actor.SubmissionWork
	}
	return actor.InboxWork
}

// Inboxes are those of an organisation that somebody may see.
func Inboxes(c *catalog.Config, who actor.Actor) []org.Inbox {
	var out []org.Inbox
	for _, b := range c.AllInboxes() {
		if MayUse(who, c.Org.ID, b) == nil {
			out = append(out, b)
		}
	}
	return out
}

// List returns a page of what a view shows, in the order of work, and how many each view has. That they were looked at is written down. NotFound for who may see no inbox.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, w Wanted) (p Page, counts Counts, err error) {
	mine, err := s.mine(ctx, who, o, w.Inbox)
	if err != nil {
		return p, counts, err
	}
	if counts, err = s.counts(ctx, o, mine, w.Kind, who.Staff, s.Now().Unix()); err != nil {
		return p, counts, err
	}
	if p, err = s.Page(ctx, o, mine, w, who.Staff); err != nil {
		return p, counts, err
	}
	return p, counts, s.Store.PutAudit(ctx, s.Line(o, who, audit.WorkListed, "all", map[string]string{"view": string(w.View)}))
}

// mine are the inboxes that somebody may see, or the one of them that is named. NotFound for none.
func (s *Service) mine(ctx context.Context, who actor.Actor, o ids.Org, only ids.Inbox) ([]ids.Inbox, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	var mine []ids.Inbox
	for _, b := range Inboxes(c, who) {
		if only == "" || only == b.ID {
			mine = append(mine, b.ID)
		}
	}
	if len(mine) == 0 {
		return nil, fault.NotFound("error.not_found")
	}
	return mine, nil
}

// Mark is a line of text that changes whenever an item that somebody may see does, of as many as are counted, and tells nothing else.
func (s *Service) Mark(ctx context.Context, who actor.Actor, o ids.Org) (string, error) {
	mine, err := s.mine(ctx, who, o, "")
	if err != nil {
		return "", err
	}
	h, more := sha256.New(), false
	err = s.briefs(ctx, o, mine, "", &more, func(i Item) {
		_, _ = fmt.Fprintf(h, "%s %d %s\n", i.ID, i.Version, i.Inbox) // a hash takes everything
	})
	return hex.EncodeToString(h.Sum(nil)[:12]), err
}

// Item returns an item that somebody may see. Whoever shows its content has written down that it was read.
func (s *Service) Item(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work) (Item, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Item{}, err
	}
	i, err := s.Store.WorkItem(ctx, o, id)
	if err != nil {
		return Item{}, err
	}
	return i, who.May(RightOver(who, i.Kind), i.Object(c))
}

// Do does something with an item. Faults: those of Deed.Apply, and Invalid at the field of the form that is wrong.
func (s *Service) Do(ctx context.Context, who actor.Actor, d Deed) (Item, error) {
	i, err := s.Item(ctx, who, d.Org, d.ID)
	if err != nil {
		return i, err
	}
	if d, err = s.clean(ctx, who, i, d); err != nil {
		return i, err
	}
	if d.Do == Dated && d.Due == i.Due { // it is so already
		return i, nil
	}
	now, e, err := d.Apply(i, s.Now().Unix())
	if err != nil {
		return i, err
	}
	e.ID, e.ActorKind, e.Actor = s.Gen.New(), who.Kind, who.ID()
	if d.Do == Noted {
		if d.Key.Valid() {
			if before, err := s.noted(ctx, d); before || err != nil {
				return i, err
			}
			e.ID = string(d.Key)
		}
		if e.Sealed, err = s.Seals.Seal([]byte(d.Note), notePlace(e)); err != nil {
			return i, err
		}
	}
	detail := map[string]string{"what": string(d.Do)}
	if e.Detail != "" {
		detail["to"] = e.Detail
	}
	return now, s.Store.ChangeWork(ctx, Change{Now: now, Entries: []Entry{e}, Audit: []audit.Entry{s.Line(d.Org, who, audit.WorkChanged, string(d.ID), detail)}})
}

// noted reports whether a note was written already under its key: Conflict "form.key_reused" when it said something else.
func (s *Service) noted(ctx context.Context, d Deed) (bool, error) {
	list, err := s.History(ctx, d.Org, d.ID)
	for _, e := range list {
		if e.ID == string(d.Key) {
			if e.Text != d.Note {
				return false, fault.Conflict("form.key_reused", nil)
			}
			return true, nil
		}
	}
	return false, err
}

// Takers are those to whom an item of an inbox can be given: who may read it.
func (s *Service) Takers(ctx context.Context, o ids.Org, b org.Inbox) ([]Colleague, error) {
	if s.Colleagues == nil {
		return nil, nil
	}
	return s.Colleagues.Holding(ctx, actor.InboxWork, actor.Object{Org: o, Office: b.Office})
}

// mostAhead is how far ahead something can be due.
const mostAhead = 366 * 24 * time.Hour

func (s *Service) clean(ctx context.Context, who actor.Actor, i Item, d Deed) (Deed, error) {
	switch d.Do {
	case Assigned:
		if d.Staff == ids.Staff(who.ID()) { // themselves, a program too
			return d, nil
		}
		c, err := s.Store.Config(ctx, d.Org)
		if err != nil {
			return d, err
		}
		list, err := s.Takers(ctx, d.Org, c.Inbox(i.Inbox))
		if err != nil {
			return d, err
		}
		if !slices.ContainsFunc(list, func(x Colleague) bool { return x.ID == d.Staff }) {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "staff", Key: "work.no_such_colleague"})
		}
	case Dated:
		now := s.Now()
		switch {
		case d.Due == 0 || d.Due == i.Due:
		case d.Due <= now.Unix():
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "due", Key: "work.due_past"})
		case d.Due > now.Add(mostAhead).Unix():
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "due", Key: "work.due_far"})
		}
	case Noted:
		note, ok := i18n.CleanText(d.Note)
		if note = strings.TrimSpace(note); !ok || note == "" {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "note", Key: "field.required"})
		}
		if len([]rune(note)) > maxNote {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "note", Key: "field.too_long", Args: fault.Args{"max": maxNote}})
		}
		d.Note = note
	case Handed:
		c, err := s.Store.Config(ctx, d.Org)
		if err != nil {
			return d, err
		}
		if !slices.ContainsFunc(c.AllInboxes(), func(b org.Inbox) bool { return b.ID == d.Inbox }) {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "inbox", Key: "error.field.choose"})
		}
	}
	return d, nil
}

// History returns what happened to an item, its notes opened.
func (s *Service) History(ctx context.Context, o ids.Org, id ids.Work) ([]Entry, error) {
	list, err := s.Store.WorkEntries(ctx, o, id)
	if err != nil {
		return nil, err
	}
	for i, e := range list {
		if e.What != Noted || len(e.Sealed) == 0 {
			continue
		}
		b, err := s.Seals.Open(e.Sealed, notePlace(e))
		if err != nil {
			return nil, err
		}
		list[i].Text = string(b)
	}
	return list, nil
}

func notePlace(e Entry) seal.Place {
	return seal.Place{Table: "work_entry", Column: "body", Row: string(e.Org) + "/" + e.ID}
}

// Line is a line of the audit log about an item.
func (s *Service) Line(o ids.Org, who actor.Actor, what audit.Action, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, what, OfWork, subject, detail)
}
