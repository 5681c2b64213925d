package queue

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// EventText is the event of text messages about a place in the line; TaskTexts the kind of the task that sends those that are due at an office.
const (
	EventText notify.Event = "hall.text"
	TaskTexts string       = "hall.texts"
)

// TextsArgs are the task's arguments.
type TextsArgs struct {
	Org    ids.Org    `json:"org"`
	Office ids.Office `json:"office"`
}

// Near is before how many at most somebody is told that their turn comes near.
const Near = 2

// Telling is what somebody is told by text message, each once for a ticket.
type Telling string

// What is told.
const (
	TellNothing Telling = ""
	TellNear    Telling = "near"
	TellCalled  Telling = "called"
)

// Asked says that who holds a ticket wants to be told by text message.
type Asked struct {
	Org    ids.Org
	Ticket ids.Ticket
	Office ids.Office
	// Sealed is the number; nil when it was erased: nothing is told any more.
	Sealed []byte
	// NearAt and CalledAt are when they were told, Until the last second at which they are (Unix seconds).
	NearAt, CalledAt, Until int64
}

// Due says what is told of a ticket now, so many being called before it.
func (q Asked) Due(t Ticket, ahead int, now int64) Telling {
	if q.Sealed == nil || now > q.Until || q.CalledAt != 0 {
		return TellNothing
	}
	switch t.StateAt(now) {
	case Called:
		return TellCalled
	case Waiting:
		if q.NearAt == 0 && ahead >= 0 && ahead <= Near {
			return TellNear
		}
	}
	return TellNothing
}

// Texts keeps who is told by text message.
type Texts interface {
	// Asked returns what was asked for with a ticket, its zero value for nothing; AskedAt those of an office whose number is there.
	Asked(ctx context.Context, o ids.Org, id ids.Ticket) (Asked, error)
	AskedAt(ctx context.Context, o ids.Org, office ids.Office) ([]Asked, error)
	// PutAsked keeps a number in the place of another, and has looked whether anything is due. What was told stays told. False when the ticket has ended.
	PutAsked(ctx context.Context, q Asked, e audit.Entry) (bool, error)
	// DropAsked erases a number; no entry is written when there is none.
	DropAsked(ctx context.Context, o ids.Org, id ids.Ticket, e audit.Entry) error
}

// DueText is what somebody is told now.
type DueText struct {
	Asked   Asked
	Ticket  Ticket
	Number  string // E.164
	Telling Telling
	Ahead   int
	// Counter is where they go; empty when a message names no places. Marks says that letters that cost more are kept.
	Counter i18n.Text
	Marks   bool
}

func askedPlace(o ids.Org, id ids.Ticket) seal.Place {
	return seal.Place{Table: "ticket_text", Column: "number", Row: string(o) + "/" + string(id)}
}

// AskedNumber is the number of who wants to be told of their ticket; empty for nobody.
func (s *Service) AskedNumber(ctx context.Context, t Ticket) (string, error) {
	if s.Texts == nil {
		return "", nil
	}
	q, err := s.Texts.Asked(ctx, t.Org, t.ID)
	if err != nil || q.Sealed == nil {
		return "", err
	}
	b, err := s.Seals.Open(q.Sealed, askedPlace(t.Org, t.ID))
	return string(b), err
}

// AskText has who holds a ticket told by text message. Faults: Invalid at "phone"; Conflict "queue.not_now" when they wait no more.
func (s *Service) AskText(ctx context.Context, t Ticket, typed string) error {
	a, err := s.at(ctx, t.Org, t.Office)
	if err != nil {
		return err
	}
	if s.Texts == nil {
		return fault.NotFound("error.not_found")
	}
	number, err := s.textNumber(ctx, a, typed)
	if err != nil {
		return err
	}
	if t, err = s.Store.Ticket(ctx, t.Org, t.ID); err != nil {
		return err
	}
	if state := t.StateAt(a.now); t.Day != a.day || state != Waiting && state != Parked {
		return notNow()
	}
	sealed, err := s.Seals.Seal([]byte(number), askedPlace(t.Org, t.ID))
	if err != nil {
		return err
	}
	zone := a.Zone()
	until := org.DateOf(time.Unix(a.now, 0).In(zone)).Add(1).At(0, zone).Unix() - 1
	ok, err := s.Texts.PutAsked(ctx, Asked{Org: t.Org, Ticket: t.ID, Office: t.Office, Sealed: sealed, Until: until}, s.textLine(a, t.ID, "text_asked"))
	if err == nil && !ok {
		return notNow()
	}
	return err
}

func (s *Service) textNumber(ctx context.Context, a at, typed string) (string, error) {
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "phone", Key: key})
	}
	number, err := notify.ParsePhone(typed, a.Config.Org.Country, a.Installation.PhoneCountries)
	if err != nil {
		return "", wrong(fault.Of(err).Key)
	}
	if !notify.IsMobile(number) {
		return "", wrong("my_ticket.not_mobile")
	}
	if s.Refused != nil {
		at, err := s.Refused(ctx, a.org, number)
		if err != nil {
			return "", err
		}
		if at > 0 {
			return "", wrong("my_ticket.refused")
		}
	}
	return number, nil
}

func (s *Service) textLine(a at, id ids.Ticket, what string) audit.Entry {
	return s.line(a, actor.Actor{Kind: actor.KindVisitor}, audit.TicketChanged, id, map[string]string{"what": what})
}

// ToldLine is the line of the log for what somebody was told.
func (s *Service) ToldLine(d DueText) audit.Entry {
	return s.line(at{org: d.Ticket.Org}, actor.System("texts"), audit.TicketChanged, d.Ticket.ID, map[string]string{"what": "text_" + string(d.Telling)})
}

// EndText is for who holds a ticket and wants no text messages any more: the number is erased.
func (s *Service) EndText(ctx context.Context, t Ticket) error {
	a, err := s.at(ctx, t.Org, t.Office)
	if err != nil || s.Texts == nil {
		return err
	}
	return s.Texts.DropAsked(ctx, t.Org, t.ID, s.textLine(a, t.ID, "text_ended"))
}

// DueTexts is who is to be told something at an office now. The numbers of those whose ticket has ended, or who want no messages any more, are erased.
func (s *Service) DueTexts(ctx context.Context, o ids.Org, office ids.Office) ([]DueText, error) {
	a, err := s.at(ctx, o, office)
	if err != nil || s.Texts == nil {
		return nil, err
	}
	asked, err := s.Texts.AskedAt(ctx, o, office)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	live, err := s.Store.LiveTickets(ctx, o, office, a.day)
	if err != nil {
		return nil, err
	}
	counters, err := s.Store.Counters(ctx, o, office)
	if err != nil {
		return nil, err
	}
	var desks []Desk
	for _, k := range counters {
		if k.Open() {
			desks = append(desks, DeskAt(a.Config, k))
		}
	}
	var out []DueText
	for _, q := range asked {
		i := slices.IndexFunc(live, func(t Ticket) bool { return t.ID == q.Ticket })
		if i < 0 {
			if err := s.Texts.DropAsked(ctx, o, q.Ticket, s.textLine(a, q.Ticket, "text_ended")); err != nil {
				return out, err
			}
			continue
		}
		d := DueText{Asked: q, Ticket: live[i], Ahead: Ahead(live, q.Ticket, desks, a.now, a.bound)}
		if d.Telling = q.Due(d.Ticket, d.Ahead, a.now); d.Telling == TellNothing {
			continue
		}
		told, err := s.mayTell(ctx, a, &d)
		if err != nil {
			return out, err
		}
		if told {
			out = append(out, d)
		}
	}
	return out, nil
}

// mayTell fills in whom and where; a number that has said since that it wants no messages is erased.
func (s *Service) mayTell(ctx context.Context, a at, d *DueText) (bool, error) {
	b, err := s.Seals.Open(d.Asked.Sealed, askedPlace(a.org, d.Ticket.ID))
	if err != nil {
		return false, err
	}
	d.Number = string(b)
	if s.Refused != nil {
		at, err := s.Refused(ctx, a.org, d.Number)
		if err != nil {
			return false, err
		}
		if at > 0 {
			return false, s.Texts.DropAsked(ctx, a.org, d.Ticket.ID, s.textLine(a, d.Ticket.ID, "text_ended"))
		}
	}
	p := a.Policy(d.Ticket.Service, a.office.ID)
	d.Marks = p.Marks
	if u, ok := a.UnitOf(a.office.ID, d.Ticket.Counter); ok && !p.Discreet {
		d.Counter = u.Name
	}
	return true, nil
}
