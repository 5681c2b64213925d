package feedback

import (
	"context"
	"encoding/json"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/worklist"
)

// Stored is feedback as storage has it.
type Stored struct {
	Org    ids.Org
	Item   ids.Work
	Page   string
	Lang   string
	Useful Useful
	Month  string // in which it is counted
	At     int64
	Sealed []byte // what was written and how to answer; nil when nothing was written
	// Contact is the keyed hash of the address for the answer, or of none; nil where nothing was written, or it was not looked at yet.
	Contact []byte
}

// Store is what the room needs of storage. What is not there is NotFound "error.not_found".
type Store interface {
	worklist.Store
	// PutFeedback keeps feedback and counts it; where something was written, item lies before those who work here from then on. One that is there already is left as it is.
	PutFeedback(ctx context.Context, f Stored, item *worklist.Item) error
	// Feedback returns one that has an item.
	Feedback(ctx context.Context, o ids.Org, id ids.Work) (Stored, error)
	// FeedbackCounts returns what was counted from a month on, by month, the newest first, and page.
	FeedbackCounts(ctx context.Context, o ids.Org, from string) ([]Count, error)
	// FeedbackFrom returns what was written under an address since a moment, the oldest first; FeedbackUnkeyed what was written before addresses had a key, at most so many; KeyFeedback writes their keys.
	FeedbackFrom(ctx context.Context, o ids.Org, contact []byte, since int64) ([]Stored, error)
	FeedbackUnkeyed(ctx context.Context, o ids.Org, most int) ([]Stored, error)
	KeyFeedback(ctx context.Context, list []Stored) error
	// EraseFeedback takes one away with its item and what was done with it; what was counted of it stays.
	EraseFeedback(ctx context.Context, o ids.Org, id ids.Work, line audit.Entry) error
}

// Service has the use cases.
type Service struct {
	Store Store
	Work  *worklist.Service
	Seals *seal.Keyring
	Now   func() time.Time
}

// sealed is what is sealed of feedback.
type sealed struct {
	Body  string `json:"body"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

func placeOf(o ids.Org, id ids.Work) seal.Place {
	return seal.Place{Table: "feedback", Column: "body", Row: string(o) + "/" + string(id)}
}

// Give keeps what somebody said of a page. Where they wrote something, those who work here find it in their list. Faults are those of Given.Clean, and NotFound for an organisation that
// there is not.
func (s *Service) Give(ctx context.Context, g Given) error {
	c, err := s.Store.Config(ctx, g.Org)
	if err != nil {
		return err
	}
	if g, err = g.Clean(c.Installation.PhoneCountries); err != nil {
		return err
	}
	now := s.Now()
	f := Stored{Org: g.Org, Item: g.ID, Page: g.Page, Lang: string(g.Lang), Useful: g.Useful, Month: now.In(c.Zone()).Format("2006-01"), At: now.Unix()}
	if g.Body == "" {
		return s.Store.PutFeedback(ctx, f, nil)
	}
	b, err := json.Marshal(sealed{g.Body, g.Email, g.Phone})
	if err != nil {
		return err
	}
	if f.Sealed, err = s.Seals.Seal(b, placeOf(g.Org, g.ID)); err != nil {
		return err
	}
	f.Contact = s.Seals.LookupHash(contactHash, contactOf(g.Email, g.Phone))
	at := now.Unix()
	return s.Store.PutFeedback(ctx, f, &worklist.Item{
		Org: g.Org, ID: g.ID, Kind: Kind, Inbox: Inbox, State: worklist.Open, Subject: g.Page, Since: at, Fresh: 1, Version: 1, CreatedAt: at, Changed: at,
	})
}

// may is nil for those who read what people write to the organisation.
func may(who actor.Actor, c *catalog.Config) error {
	return worklist.MayUse(who, c.Org.ID, c.Inbox(Inbox))
}

// Most is how many lie in a list at most.
const Most = 200

// List returns the feedback that is open, the oldest first, or that was closed, the newest first. That it was looked at is written down.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, closed bool) ([]Said, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := may(who, c); err != nil {
		return nil, err
	}
	w := worklist.Wanted{Kind: Kind, Most: Most}
	if closed {
		w.View = worklist.Done
	}
	page, err := s.Work.Page(ctx, o, []ids.Inbox{Inbox}, w, who.Staff)
	if err != nil {
		return nil, err
	}
	var out []Said
	for _, i := range page.Items {
		said, err := s.open(ctx, i)
		if fault.Is(err, fault.KindNotFound) { // it was taken away a moment ago
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, said)
	}
	return out, s.Store.PutAudit(ctx, s.Work.Line(o, who, audit.WorkListed, "all", map[string]string{"view": string(Kind)}))
}

// Read returns one with what was done with it. That it was read is written down.
func (s *Service) Read(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work) (Said, []worklist.Entry, error) {
	i, err := s.item(ctx, who, o, id)
	if err != nil {
		return Said{}, nil, err
	}
	said, err := s.open(ctx, i)
	if err != nil {
		return Said{}, nil, err
	}
	history, err := s.Work.History(ctx, o, id)
	if err != nil {
		return Said{}, nil, err
	}
	return said, history, s.Store.PutAudit(ctx, s.Work.Line(o, who, audit.WorkRead, string(id), map[string]string{"kind": string(Kind)}))
}

func (s *Service) item(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work) (worklist.Item, error) {
	i, err := s.Work.Item(ctx, who, o, id)
	if err == nil && i.Kind != Kind {
		err = fault.NotFound("error.not_found")
	}
	return i, err
}

func (s *Service) open(ctx context.Context, i worklist.Item) (Said, error) {
	f, err := s.Store.Feedback(ctx, i.Org, i.ID)
	if err != nil {
		return Said{}, err
	}
	v, err := s.opened(f)
	if err != nil {
		return Said{}, err
	}
	return Said{Item: i, Page: f.Page, Lang: langOf(f.Lang), Useful: f.Useful, Body: v.Body, Email: v.Email, Phone: v.Phone}, nil
}

func (s *Service) opened(f Stored) (v sealed, err error) {
	b, err := s.Seals.Open(f.Sealed, placeOf(f.Org, f.Item))
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	return v, err
}

// Done closes feedback, and says that it was answered when it was. Conflict "work.changed" when somebody has changed it since it was seen, "work.closed" when it is closed.
func (s *Service) Done(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work, seen int64, answered bool) error {
	i, err := s.item(ctx, who, o, id)
	if err != nil {
		return err
	}
	now, e, err := worklist.Deed{Org: o, ID: id, Seen: seen, Do: worklist.Ended}.Apply(i, s.Now().Unix())
	if err != nil {
		return err
	}
	if answered {
		e.What = Answered
	}
	if now.Assignee == "" {
		now.Assignee = who.Staff
	}
	e.ID, e.ActorKind, e.Actor = s.Work.Gen.New(), who.Kind, who.ID()
	line := s.Work.Line(o, who, audit.WorkChanged, string(id), map[string]string{"what": string(e.What)})
	return s.Store.ChangeWork(ctx, worklist.Change{Now: now, Entries: []worklist.Entry{e}, Audit: []audit.Entry{line}})
}

// Do takes, gives back, notes and opens again, as with every item.
func (s *Service) Do(ctx context.Context, who actor.Actor, d worklist.Deed) error {
	if _, err := s.item(ctx, who, d.Org, d.ID); err != nil {
		return err
	}
	if d.Do == worklist.Handed { // there is one list of feedback
		return fault.Invalid("work.nothing", nil)
	}
	_, err := s.Work.Do(ctx, who, d)
	return err
}

// months is how far back the figures go.
const months = 12

// Counts returns what was said by page and month, of the last twelve months.
func (s *Service) Counts(ctx context.Context, who actor.Actor, o ids.Org) ([]Count, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := may(who, c); err != nil {
		return nil, err
	}
	now := s.Now().In(c.Zone())
	return s.Store.FeedbackCounts(ctx, o, time.Date(now.Year(), now.Month()-months+1, 1, 0, 0, 0, 0, c.Zone()).Format("2006-01"))
}
