package booking

import (
	"context"
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/waiting"
)

// WaitRequest asks for a place on the waiting list of a service.
type WaitRequest struct {
	Org     ids.Org
	Service ids.Service
	Details Details
	Wish    waiting.Wish
	// Moves is the appointment that would be given up for an earlier time; the actor must have proven it.
	Moves ids.Appointment
	// Account is in whose folder it goes, where staff put somebody on the list.
	Account ids.Person
	Key     ids.FormKey
	// Texts says that they want offers by text message. The number is asked, and answers for itself, unless staff put a caller on the list.
	Texts bool
}

// MayText reports whether people on the list of a service can be told by text message.
func MayText(c *catalog.Config, service ids.Service) bool {
	return c.Policy(service, "").Texts != catalog.TextsOff
}

// waits reports whether freed times are offered at all. Times for companies are not: who waits is a person.
func waits(p catalog.Policy) bool { return p.Waiting != catalog.WaitingOff && !p.ForCompany }

// HasWaitingList reports whether a service has a waiting list at an office, or, with an empty office, at any.
func HasWaitingList(c *catalog.Config, service ids.Service, office ids.Office) bool {
	return slices.ContainsFunc(c.OfficesOf(service), func(o *org.Office) bool {
		return (office == "" || o.ID == office) && waits(c.Policy(service, o.ID))
	})
}

// WaitingDays are the days of the week on which an office with a waiting list for a service is open; from Monday to Friday in any case.
func WaitingDays(c *catalog.Config, service ids.Service) org.Weekdays {
	days := org.OnDays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	for _, o := range c.OfficesOf(service) {
		if !HasWaitingList(c, service, o.ID) {
			continue
		}
		for _, w := range o.Hours {
			days |= w.Days
		}
	}
	return days
}

// Wait puts somebody on the waiting list. Faults: NotFound; Invalid "waiting.none" where there is no list, "form.invalid" with the fields that are wrong,
// "waiting.already" for an address that waits for the service already, and what CheckCare says.
func (s *Service) Wait(ctx context.Context, who actor.Actor, r WaitRequest) (Waiter, error) {
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Waiter{}, err
	}
	if _, err := c.Service(r.Service); err != nil {
		return Waiter{}, err
	}
	if !HasWaitingList(c, r.Service, "") {
		return Waiter{}, fault.Invalid("waiting.none", nil)
	}
	if err := CheckKnown(c.Policy(r.Service, ""), who); err != nil {
		return Waiter{}, err
	}
	if err := s.checkAccess(ctx, who, c, r.Service, ""); err != nil && r.Moves == "" {
		return Waiter{}, err
	}
	if len(r.Key) < 8 {
		return Waiter{}, fault.Invalid("form.bad_key", nil)
	}
	now := s.Now()
	e := Waiter{Org: r.Org, ID: s.Gen.Waiting(), Service: r.Service, State: waiting.Waiting, Wish: r.Wish, Moves: r.Moves, CreatedAt: now.Unix()}
	if err := s.waiter(ctx, who, c, &r, &e); err != nil {
		return Waiter{}, err
	}
	if err := e.Wish.Check(c.Today(now)); err != nil {
		return Waiter{}, err
	}
	if err := s.waitingCare(ctx, who, c, e); err != nil {
		return Waiter{}, err
	}
	return s.putWaiter(ctx, who, r, e)
}

// waiter fills in who waits: the person of the appointment that they would give up, or what they typed.
func (s *Service) waiter(ctx context.Context, who actor.Actor, c *catalog.Config, r *WaitRequest, e *Waiter) error {
	if r.Moves != "" {
		a, err := s.Appointment(ctx, who, r.Org, r.Moves)
		if err != nil {
			return err
		}
		if err := CheckLive(a, e.CreatedAt); err != nil {
			return err
		}
		if a.Service != r.Service {
			return fault.NotFound("service.unknown")
		}
		p := c.PolicyAt(a.PolicyVersion, a.Service, a.Office)
		if seconds(p.Length) < a.End-a.Start {
			return fault.Invalid("waiting.long_visit", nil)
		}
		if p.SameUnit {
			e.Wish.Unit = a.Unit
		}
		r.Details, e.Account, e.Wish.Earlier = a.Details, a.Owner.Person, a.Start
		r.Details.Note = ""
	} else {
		clean, err := CleanDetails(c, r.Details)
		if err != nil {
			return err
		}
		r.Details = clean
		if e.Account = who.Owner().Person; who.Kind == actor.KindStaff {
			e.Account, e.MadeBy = r.Account, who.Staff
		}
	}
	if wrong := CheckReach(c, who, *r); wrong != nil {
		return fault.Invalid("form.invalid", nil, *wrong)
	}
	if r.Details.Email == "" && who.Kind != actor.KindStaff {
		e.State = waiting.Asked
	}
	for _, o := range e.Wish.Offices {
		if !HasWaitingList(c, r.Service, o) {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "offices", Key: "field.required"})
		}
	}
	e.Name, e.Email, e.Phone, e.Lang = r.Details.Name, r.Details.Email, r.Details.Phone, r.Details.Lang
	return nil
}

// CheckReach says which field keeps somebody who waits from being told: without an email address it takes a mobile number, and that they want text messages.
func CheckReach(c *catalog.Config, who actor.Actor, r WaitRequest) *fault.Field {
	mobile := MayText(c, r.Service) && notify.IsMobile(r.Details.Phone)
	switch {
	case r.Texts && !mobile:
		return &fault.Field{Name: "phone", Key: "waiting.mobile_needed"}
	case who.Kind == actor.KindStaff || r.Details.Email != "" || r.Texts:
		return nil
	case mobile:
		return &fault.Field{Name: "texts", Key: "waiting.texts_needed"}
	}
	return &fault.Field{Name: "email", Key: "field.email_required"}
}

func (s *Service) putWaiter(ctx context.Context, who actor.Actor, r WaitRequest, e Waiter) (Waiter, error) {
	line, err := s.Store.WaitingLine(ctx, r.Org, r.Service)
	if err != nil {
		return Waiter{}, err
	}
	form := &Form{Key: r.Key, Kind: "wait", Digest: digest(r.Service, r.Details, r.Wish, r.Moves, r.Texts), Result: string(e.ID), ExpiresAt: e.CreatedAt + seconds(FormKeyLife)}
	made, used, err := s.Store.FormResult(ctx, r.Org, r.Key, e.CreatedAt)
	if err != nil {
		return Waiter{}, err
	}
	same := func(x Waiter) bool {
		return x.Name == e.Name && (e.Email != "" && x.Email == e.Email || e.Phone != "" && x.Phone == e.Phone)
	}
	if !used && slices.ContainsFunc(line, same) {
		return Waiter{}, fault.Invalid("waiting.already", nil)
	}
	e.Person = s.Gen.Person()
	_, wrapped, err := s.Seals.NewPersonKey(string(e.Person))
	if err != nil {
		return Waiter{}, fmt.Errorf("make person key: %w", err)
	}
	c := Change{Org: r.Org, Now: e.CreatedAt, Form: form, PutPerson: &Person{ID: e.Person, WrappedKey: wrapped}, PutWaiting: &e}
	c.Notices = s.joinedNotices(ctx, who, r, e)
	c.Audit = []audit.Entry{s.entry(r.Org, who, audit.WaitingJoined, "waiting", string(e.ID), nil)}
	out, err := s.commit(ctx, c)
	switch {
	case err != nil:
		return Waiter{}, err
	case out.Verdict == Repeated:
		return s.Store.WaitingEntry(ctx, r.Org, ids.Waiting(made))
	case out.Verdict == KeyReused:
		return Waiter{}, fault.Conflict("form.key_reused", nil)
	}
	return e, nil
}

// Waiter returns somebody's place on a list, for the actor whose it is, or who works there; else NotFound.
func (s *Service) Waiter(ctx context.Context, who actor.Actor, o ids.Org, id ids.Waiting) (Waiter, error) {
	e, err := s.Store.WaitingEntry(ctx, o, id)
	if err != nil {
		return Waiter{}, err
	}
	switch {
	case who.Kind == actor.KindSystem, who.Kind == actor.KindCitizen && e.Account != "" && who.Owner().Person == e.Account:
		return e, nil
	case who.Kind == actor.KindStaff:
		return e, who.May(actor.BookingDesk, actor.Object{Org: o})
	}
	return Waiter{}, fault.NotFound("waiting.not_found")
}

// WaiterOfLink returns the place that a link is about, and whether the link was sent to its number, or NotFound "link.not_found".
func (s *Service) WaiterOfLink(ctx context.Context, token string) (e Waiter, texted bool, err error) {
	hash := ids.HashToken(token)
	if hash == nil {
		return Waiter{}, false, fault.NotFound("link.not_found")
	}
	o, id, texted, err := s.Store.WaitingSubject(ctx, hash, s.Now().Unix())
	if err != nil {
		return Waiter{}, false, err
	}
	e, err = s.Store.WaitingEntry(ctx, o, id)
	return e, texted, err
}

// ProveWaiting puts on the list whose number has answered that it is theirs; who is on it already stays there. Faults: NotFound; Invalid "waiting.asked_over"
// when it answers too late or has left, "waiting.already" when the same person waits meanwhile.
func (s *Service) ProveWaiting(ctx context.Context, who actor.Actor, o ids.Org, id ids.Waiting) error {
	e, err := s.Store.WaitingEntry(ctx, o, id)
	if err != nil || e.State == waiting.Waiting {
		return err
	}
	now := s.Now().Unix()
	if !e.MayProve(now) {
		return fault.Invalid("waiting.asked_over", nil)
	}
	line, err := s.Store.WaitingLine(ctx, o, e.Service)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(line, func(x Waiter) bool { return x.Name == e.Name && x.Phone == e.Phone }) {
		return fault.Invalid("waiting.already", nil)
	}
	e.State = waiting.Waiting
	c := Change{Org: o, Now: now, SetWaiting: &e}
	c.Audit = []audit.Entry{s.entry(o, who, audit.WaitingProven, "waiting", string(id), nil)}
	_, err = s.commit(ctx, c)
	return err
}

// Leave takes somebody off the list: whoever has proven the place. To leave twice is no fault.
func (s *Service) Leave(ctx context.Context, who actor.Actor, e Waiter) error {
	if e.State != waiting.Waiting && e.State != waiting.Asked {
		return nil
	}
	e.State, e.EndedAt = waiting.Left, s.Now().Unix()
	c := Change{Org: e.Org, Now: e.EndedAt, SetWaiting: &e}
	c.Audit = []audit.Entry{s.entry(e.Org, who, audit.WaitingLeft, "waiting", string(e.ID), nil)}
	_, err := s.commit(ctx, c)
	return err
}

// WaitingOf returns the places of an owner that still wait.
func (s *Service) WaitingOf(ctx context.Context, o actor.Owner) ([]Waiter, error) {
	if o.Person == "" {
		return nil, nil
	}
	return s.Store.WaitingOfAccount(ctx, o.Person)
}
