package care

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Stored is a record with its needs sealed under the person's key.
type Stored struct {
	Record
	Sealed []byte
}

// Store is what the room needs of storage. What is not there is a NotFound fault.
type Store interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// PersonKey returns the wrapped key of a person; nil when the person was erased.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	// CareNow returns what holds of a person under an agenda, or NotFound; CareOf all of a person, by agenda, the newest first.
	CareNow(ctx context.Context, o ids.Org, p ids.Person, agenda ids.Category) (Stored, error)
	CareOf(ctx context.Context, o ids.Org, p ids.Person) ([]Stored, error)
	// CareOfPerson is CareOf for every organisation, by organisation and agenda.
	CareOfPerson(ctx context.Context, p ids.Person) ([]Stored, error)
	// PutCare adds a record with its line of the audit log; false when the version is there already.
	PutCare(ctx context.Context, r Stored, e audit.Entry) (bool, error)
	PutAudit(ctx context.Context, entries ...audit.Entry) error
}

// Service has the use cases.
type Service struct {
	Store Store
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   func() time.Time
}

// Request asks for something to be recorded of a person under an agenda.
type Request struct {
	Org    ids.Org
	Person ids.Person
	Agenda ids.Category
	// Off takes the care relationship away.
	Off         bool
	From, Until org.Date
	Needs       []ids.Service
	Source      Source
	// Seen is the version that whoever asks has seen; 0 for none.
	Seen int64
}

// Check says what is wrong with a request, field by field.
func (r Request) Check(c *catalog.Config) error {
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	if !slices.ContainsFunc(c.Categories, func(x catalog.Category) bool { return x.ID == r.Agenda }) {
		bad("agenda", "care.agenda_unknown")
	}
	if r.From.IsZero() {
		bad("first", "field.date")
	}
	if !r.Until.IsZero() && r.Until.Before(r.From) {
		bad("until", "care.until_before")
	}
	for _, id := range r.Needs {
		if s, err := c.Service(id); err != nil || s.Category != r.Agenda {
			bad("needs", "care.need_unknown")
			break
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// Record adds what holds from now on. Faults: Invalid at the fields; Conflict "care.changed" when somebody else has recorded since. What says nothing new
// is not written; made is false then.
func (s *Service) Record(ctx context.Context, who actor.Actor, r Request) (made bool, err error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: r.Org}); err != nil {
		return false, err
	}
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return false, err
	}
	now, err := s.now(ctx, r.Org, r.Person, r.Agenda)
	if err != nil {
		return false, err
	}
	if r.Off {
		r.From, r.Until, r.Needs = now.From, now.Until, now.Needs
		if now.Version == 0 || now.Off {
			return false, nil
		}
	} else if err := r.Check(c); err != nil {
		return false, err
	}
	next := Record{
		Org: r.Org, Person: r.Person, Agenda: r.Agenda, Version: now.Version + 1, Off: r.Off, From: r.From, Until: r.Until, Needs: sorted(r.Needs),
		Source: r.Source, By: who.Staff, At: s.Now().Unix(),
	}
	if now.Version > 0 && next.Same(now) {
		return false, nil
	}
	if r.Seen != now.Version {
		return false, fault.Conflict("care.changed", nil)
	}
	stored, err := s.seal(ctx, next)
	if err != nil {
		return false, err
	}
	action := audit.CareRecorded
	if r.Off {
		action = audit.CareEnded
	}
	detail := map[string]string{"agenda": string(r.Agenda), "version": strconv.FormatInt(next.Version, 10), "source": string(r.Source)}
	if made, err = s.Store.PutCare(ctx, stored, s.entry(r.Org, who, action, r.Person, detail)); err == nil && !made {
		return false, fault.Conflict("care.changed", nil)
	}
	return made, err
}

// Of returns everything recorded of a person, by agenda, the newest first. That it was looked at is written down.
func (s *Service) Of(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) ([]Record, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.CareOf(ctx, o, p)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := s.Store.PutAudit(ctx, s.entry(o, who, audit.CareRead, p, nil)); err != nil {
		return nil, err
	}
	return s.open(ctx, p, list...)
}

// Mine returns what holds of who asks, or of whom they act for: under each agenda of each organisation.
func (s *Service) Mine(ctx context.Context, who actor.Actor) ([]Record, error) {
	p := who.Owner().Person
	if err := who.May(actor.FolderRead, actor.Object{Owner: who.Owner()}); err != nil || p == "" {
		return nil, err
	}
	list, err := s.Store.CareOfPerson(ctx, p)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	list = slices.CompactFunc(list, func(a, b Stored) bool { return a.Org == b.Org && a.Agenda == b.Agenda })
	return s.open(ctx, p, list...)
}

// Holds returns what holds of a person under an agenda: a record of version 0 for nothing. It is for the rooms, which show it to nobody.
func (s *Service) Holds(ctx context.Context, o ids.Org, p ids.Person, agenda ids.Category) (Record, error) {
	return s.now(ctx, o, p, agenda)
}

func (s *Service) now(ctx context.Context, o ids.Org, p ids.Person, agenda ids.Category) (Record, error) {
	if p == "" {
		return Record{}, nil
	}
	stored, err := s.Store.CareNow(ctx, o, p, agenda)
	if fault.Is(err, fault.KindNotFound) {
		return Record{}, nil
	}
	if err != nil {
		return Record{}, err
	}
	list, err := s.open(ctx, p, stored)
	if err != nil {
		return Record{}, err
	}
	return list[0], nil
}

func place(r Record) seal.Place {
	row := string(r.Org) + "/" + string(r.Person) + "/" + string(r.Agenda) + "/" + strconv.FormatInt(r.Version, 10)
	return seal.Place{Table: "care", Column: "needs", Row: row}
}

func (s *Service) seal(ctx context.Context, r Record) (Stored, error) {
	wrapped, err := s.Store.PersonKey(ctx, r.Person)
	if err != nil {
		return Stored{}, err
	}
	if len(wrapped) == 0 {
		return Stored{}, fault.NotFound("person.not_found")
	}
	key, err := s.Seals.Unwrap(string(r.Person), wrapped)
	if err != nil {
		return Stored{}, fmt.Errorf("unwrap person key: %w", err)
	}
	b, err := json.Marshal(r.Needs)
	if err != nil {
		return Stored{}, fmt.Errorf("write needs: %w", err)
	}
	sealed, err := key.Seal(b, place(r))
	if err != nil {
		return Stored{}, fmt.Errorf("seal needs: %w", err)
	}
	return Stored{r, sealed}, nil
}

// open opens the needs of one person's records. Of who was erased nothing can be read any more.
func (s *Service) open(ctx context.Context, p ids.Person, list ...Stored) ([]Record, error) {
	wrapped, err := s.Store.PersonKey(ctx, p)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return nil, err
	}
	erased := len(wrapped) == 0
	var key seal.PersonKey
	if !erased {
		if key, err = s.Seals.Unwrap(string(p), wrapped); err != nil {
			return nil, fmt.Errorf("unwrap person key: %w", err)
		}
	}
	out := make([]Record, len(list))
	for i, r := range list {
		if out[i] = r.Record; erased {
			out[i].Erased = true
			continue
		}
		b, err := key.Open(r.Sealed, place(r.Record))
		if err != nil {
			return nil, fmt.Errorf("open needs: %w", err)
		}
		if err := json.Unmarshal(b, &out[i].Needs); err != nil {
			return nil, fmt.Errorf("read needs: %w", err)
		}
	}
	return out, nil
}

func (s *Service) entry(o ids.Org, who actor.Actor, what audit.Action, p ids.Person, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, what, audit.OfPerson, string(p), detail)
}
