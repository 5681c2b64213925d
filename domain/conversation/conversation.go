// Package conversation is the room of conversations by text message between people and those who work here: the content of one kind of work.
//
// It promises that a message is in one conversation, once; that who somebody is rests on an identity code that fits or on what one of the staff has said, and never
// on the number alone; that codes are hidden until they are asked for; and that what goes out is kept with the entry that tells of it. Whose turn it is and who may
// see what is left to domain/worklist, how messages travel to domain/texting.
package conversation

import (
	"context"
	"fmt"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/texting"
	"luukku/domain/worklist"
)

// What happens to a conversation, beside what happens to all work. The entry's id is the message's.
const (
	Received  worklist.What = "received"
	Sent      worklist.What = "sent"
	ByItself  worklist.What = "by_itself"
	Confirmed worklist.What = "confirmed"
)

// The events of the messages that go out.
const (
	EventAnswer   notify.Event = "conversation.answer"
	EventByItself notify.Event = "conversation.by_itself"
)

// Talk is a conversation beside its item: with which number, in which language, and what is known of who it is.
type Talk struct {
	Org       ids.Org
	Item      ids.Work
	Inbox     ids.Inbox // where it came in, whoever has it now
	Number    string    // E.164; empty as stored
	Sealed    []byte
	NumberKey []byte
	Lang      i18n.Lang // of the person, once known; empty is the organisation's first
	Known
	ToldAt int64 // when the last automatic answer went out
	// About is the appointment that somebody who works here wrote about first; empty for none.
	About ids.Appointment
}

// ListedTalk is a conversation as a list needs it.
type ListedTalk struct {
	Talk
	// Protected are those of whom it is known to be with whose data is protected.
	Protected []ids.Person
}

// Message is a text of a conversation.
type Message struct {
	ID   ids.Text
	Out  bool
	At   int64
	Body string // opened, its codes hidden
	// Codes is whether something is hidden in it.
	Codes bool
	State notify.State // what became of one that goes out
	// Fate is what the network said of it afterwards, and when.
	Fate   notify.Fate
	FateAt int64

	Sealed []byte
}

// Arrival is what a message that came in does.
type Arrival struct {
	// Item and Talk are those of a new conversation, if the number has none that is open.
	Item  worklist.Item
	Talk  Talk
	Entry worklist.Entry
	// Claims are what the codes in it tell.
	Claims []ClaimOf
	// Lang is the person's language, if it is known.
	Lang i18n.Lang
	// Shut is since when nobody reads messages, 0 when they are read: Auto goes out if none has since then. When they are read it goes out if the conversation is new.
	Shut int64
	Auto *Outgoing
	// Audit makes the lines of the audit log when it is known which conversation it is.
	Audit func(item ids.Work, opened, told bool) []audit.Entry
}

// ClaimOf is what one code tells.
type ClaimOf struct {
	Claim  Claim
	Person ids.Person
}

// Outgoing is a message that goes out, with its entry; the item of the entry and what the message is about are the store's to fill in.
type Outgoing struct {
	Text  texting.SealedOut
	Entry worklist.Entry
}

// Store is what the room needs of storage beside the worklist's.
type Store interface {
	worklist.Store
	// Arrive takes a message into the open conversation of its number, or a new one: once, however often it is asked to.
	Arrive(ctx context.Context, a Arrival) error
	Talk(ctx context.Context, o ids.Org, item ids.Work) (Talk, error)
	// ListedTalk returns a conversation as a list needs it, or NotFound.
	ListedTalk(ctx context.Context, o ids.Org, item ids.Work) (ListedTalk, error)
	// OpenOf returns the item of the open conversation of a number and an inbox, or NotFound.
	OpenOf(ctx context.Context, o ids.Org, numberKey []byte, box ids.Inbox) (ids.Work, error)
	// Texts returns the texts of a conversation, as stored, the oldest first.
	Texts(ctx context.Context, o ids.Org, item ids.Work) ([]Message, error)
	// Earlier returns the other conversations with the same number, or with the same person where that is certain, the newest first.
	Earlier(ctx context.Context, o ids.Org, t Talk) ([]ids.Work, error)
	// Say carries a change out together with what is sent and what is known from now on; repeated is true when it was done already. A talk of an item that is
	// not there is begun; Conflict "inbox.open_already" when the number has another that is open.
	Say(ctx context.Context, c worklist.Change, t Talk, begin bool, out ...Outgoing) (repeated bool, err error)
	// EntryOf returns the item of an entry, or NotFound.
	EntryOf(ctx context.Context, o ids.Org, id string) (ids.Work, error)
}

// People knows whose identity codes are.
type People interface {
	// Claimed tells whose a code is: Person is empty when nobody here has it.
	Claimed(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, code natid.Secret) (identity.Account, error)
	// InboxPerson returns who a conversation is with: Invalid at the field person for whose data is protected, unless the glass was broken.
	InboxPerson(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, p ids.Person) (identity.Account, error)
}

// Refusals knows which numbers want no messages.
type Refusals interface {
	// RefusedAt is since when a number wants none (Unix seconds), 0 for one that has said no such thing.
	RefusedAt(ctx context.Context, o ids.Org, number string) (int64, error)
}

// Service has the use cases.
type Service struct {
	Store   Store
	Work    *worklist.Service
	Texting *texting.Service
	People  People
	Seals   *seal.Keyring
	Gen     *ids.Gen
	Now     clock.Now
	Texts   *i18n.Catalog
	// TestCodes takes identity codes that are kept for tests, as the demo does.
	TestCodes bool
	// Refusals knows which numbers want no messages. Nil knows of none.
	Refusals Refusals
	// Folder knows what people have booked. Nil knows of nothing.
	Folder folder.Source
	// Committed is called after a commit that recorded a task. May be nil.
	Committed func()
}

var _ texting.Room = (*Service)(nil)

func numberPlace(o ids.Org, item ids.Work) seal.Place {
	return seal.Place{Table: "conversation", Column: "number", Row: string(o) + "/" + string(item)}
}

// codes finds the identity codes in a text.
func (s *Service) codes(c *catalog.Config, body, own string) []Found {
	kind := KindOf(c.Org.Country)
	if kind == "" {
		return nil
	}
	return Codes(body, kind, own, natid.Options{Test: s.TestCodes, Year: s.Now().Year()})
}

// Take takes a message that is no command: it is texting's Room.
func (s *Service) Take(ctx context.Context, in texting.In) error {
	c, err := s.Store.Config(ctx, in.Org)
	if err != nil {
		return err
	}
	if _, err := s.Store.EntryOf(ctx, in.Org, string(in.ID)); !fault.Is(err, fault.KindNotFound) {
		return err // it is there already
	}
	who, box, now := actor.System("texting"), c.InboxOf(in.To), s.Now()
	id := s.Gen.Work()
	a := Arrival{
		Item: worklist.Item{
			Org: in.Org, ID: id, Kind: worklist.Conversation, Inbox: box.ID, State: worklist.Open, Since: in.At, Version: 1, CreatedAt: now.Unix(), Changed: now.Unix(),
		},
		Talk:  Talk{Org: in.Org, Item: id, Inbox: box.ID, NumberKey: s.Texting.NumberKey(in.From)},
		Entry: worklist.Entry{Org: in.Org, ID: string(in.ID), What: Received, At: in.At, ActorKind: who.Kind, Actor: who.ID()},
	}
	if a.Talk.Sealed, err = s.Seals.Seal([]byte(in.From), numberPlace(in.Org, id)); err != nil {
		return fmt.Errorf("seal number: %w", err)
	}
	if a.Claims, a.Lang, err = s.claims(ctx, c, in); err != nil {
		return err
	}
	if err := s.automatic(&a, c, box, in.From, who); err != nil {
		return err
	}
	a.Audit = func(item ids.Work, opened, told bool) []audit.Entry {
		what := []audit.Action{audit.TextReceived}
		if opened {
			what = append(what, audit.ConversationOpened)
		}
		if told {
			what = append(what, audit.TextByItself)
		}
		var out []audit.Entry
		for _, w := range what {
			out = append(out, s.Work.Line(in.Org, who, w, string(item), nil))
		}
		return out
	}
	if err := s.Store.Arrive(ctx, a); err != nil {
		return err
	}
	if s.Committed != nil {
		s.Committed()
	}
	return nil
}

// claims are what the codes of a message tell, and the language of whom they name.
func (s *Service) claims(ctx context.Context, c *catalog.Config, in texting.In) (out []ClaimOf, lang i18n.Lang, err error) {
	for _, f := range s.codes(c, in.Body, in.From) {
		if f.Value == "" {
			out = append(out, ClaimOf{Claim: ClaimWrong})
			continue
		}
		a, err := s.People.Claimed(ctx, actor.System("texting"), in.Org, f.Kind, f.Value)
		if err != nil {
			return nil, "", err
		}
		claim := ClaimOf{Claim: ClaimOther, Person: a.Person}
		switch {
		case a.Person == "":
			claim.Claim = ClaimUnknown
		case a.Phone != "" && a.Phone == in.From:
			claim.Claim, lang = ClaimFits, a.Lang
		}
		out = append(out, claim)
	}
	return out, lang, nil
}

// automatic puts the automatic answer into an arrival: outside the hours, or the acknowledgement.
func (s *Service) automatic(a *Arrival, c *catalog.Config, box org.Inbox, to string, who actor.Actor) error {
	lang := a.Lang
	if lang == "" && len(c.Org.Languages) > 0 {
		lang = c.Org.Languages[0]
	}
	since, shut := box.ShutSince(c.Org, s.Now(), c.Zone())
	body := box.Acknowledge.In(lang)
	if shut {
		a.Shut = since.Unix()
		if body = box.OutOfHours.In(lang); body == "" {
			body = s.Texts.Printer(lang).T("inbox.out_of_hours", "org", c.Org.ShortName().In(lang))
		}
	}
	if body == "" || !answerable(to) {
		return nil
	}
	out, err := s.outgoing(a.Item.Org, s.Gen.New(), EventByItself, to, body, lang, box, who)
	if err != nil {
		return err
	}
	out.Entry.What = ByItself
	a.Auto = &out
	return nil
}

// answerable reports whether a number can be answered: a name that sends, or a short code, cannot.
func answerable(number string) bool { return len(number) > 7 && number[0] == '+' }

func (s *Service) outgoing(o ids.Org, id string, e notify.Event, to, body string, lang i18n.Lang, box org.Inbox, who actor.Actor) (Outgoing, error) {
	now := s.Now().Unix()
	sealed, err := s.Texting.Seal(texting.Outgoing{Org: o, ID: ids.Text(id), Event: e, To: to, Body: body, Lang: lang, From: box.From(), CreatedAt: now})
	if err != nil {
		return Outgoing{}, err
	}
	return Outgoing{sealed[0], worklist.Entry{Org: o, ID: id, What: Sent, At: now, ActorKind: who.Kind, Actor: who.ID()}}, nil
}
