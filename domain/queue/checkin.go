package queue

import (
	"context"
	"strings"
	"sync"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// CheckInRequest is what somebody keys in or shows at a kiosk, or the clerk's choice of an appointment: one of PIN, Code and Appointment.
type CheckInRequest struct {
	Org    ids.Org
	Office ids.Office
	// PIN is what was keyed in. Code is what the reader read: a booking code, or the address of a mailed link or of the appointment's page.
	PIN, Code   string
	Appointment ids.Appointment
	// Lang is the language of the kiosk; empty takes the appointment's.
	Lang i18n.Lang
}

// Arrival is what came of it.
type Arrival struct {
	Verdict Verdict
	// Ticket is theirs, when they are in or were already.
	Ticket Ticket
	// Appointment is what was found; its zero value for Unknown and Resting.
	Appointment Appointment
	// From is when the window begins, for TooEarly; LateBy how late they are, in seconds, for Late.
	From, LateBy int64
	// ByPIN says that a PIN was keyed in: whose it is, is not shown by telling times (S3.5).
	ByPIN bool
	// RestUntil is until when a kiosk rests, for Resting.
	RestUntil int64
}

// Good reports whether somebody is in.
func (a Arrival) Good() bool { return a.Verdict == CheckedIn || a.Verdict == Late }

// CheckIn lets somebody in who has an appointment, and gives them a ticket. It is done once, however often it is asked. What a kiosk may not say is a verdict and
// no error. A kiosk rests after WrongTries wrong ones in a row, and the staff are told; a PIN that is too early is not wrong.
func (s *Service) CheckIn(ctx context.Context, who actor.Actor, r CheckInRequest) (Arrival, error) {
	if err := mayLetIn(who, r.Org, r.Office); err != nil {
		return Arrival{}, err
	}
	a, err := s.at(ctx, r.Org, r.Office)
	if err != nil {
		return Arrival{}, err
	}
	if until, err := s.restUntil(ctx, a, who.Device); err != nil || until > a.now {
		return Arrival{Verdict: Resting, RestUntil: until, ByPIN: r.PIN != ""}, err
	}
	found, err := s.find(ctx, a, r)
	if fault.Is(err, fault.KindNotFound) {
		return s.wrong(ctx, a, who, r)
	}
	if err != nil {
		return Arrival{}, err
	}
	s.tries.good(who.Device)
	out := Arrival{Appointment: found, ByPIN: r.PIN != ""}
	p := a.Policy(found.Service, found.Office)
	out.Verdict = Judge(found, p, r.Office, a.now, a.Zone())
	t, err := s.Store.TicketOf(ctx, r.Org, found.ID)
	if err == nil && t.Day == a.day && t.Office == r.Office {
		return s.inAlready(ctx, a, who, t, out)
	}
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return out, err
	}
	out.From = p.CheckinFrom(found.Start)
	if who.Kind != actor.KindDevice && (out.Verdict == TooEarly || out.Verdict == TooLate) {
		out.Verdict = CheckedIn // the clerk decides
	}
	if out.Verdict == Late {
		out.LateBy = a.now - found.Start
	}
	if !out.Good() {
		return out, nil
	}
	return s.letIn(ctx, a, who, r, found, out)
}

// mayLetIn lets a kiosk and the staff of the office. A display shows, and lets nobody in.
func mayLetIn(who actor.Actor, o ids.Org, office ids.Office) error {
	if who.Kind == actor.KindDevice {
		if who.DeviceKind != actor.Kiosk || who.Org != o || who.Office != office {
			return fault.NotFound("error.not_found")
		}
		return who.May(actor.DeviceSelf, actor.Object{Org: o, Device: who.Device})
	}
	return who.May(actor.QueueWork, actor.Object{Org: o, Office: office})
}

func (s *Service) find(ctx context.Context, a at, r CheckInRequest) (Appointment, error) {
	switch {
	case r.Appointment != "":
		return s.Appointments.ByID(ctx, r.Org, r.Appointment)
	case r.Code != "":
		return s.Appointments.ByCode(ctx, r.Org, r.Code)
	}
	pin := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, r.PIN)
	found, err := s.Appointments.ByPIN(ctx, r.Org, r.Office, a.day, pin)
	if err == nil && !found.Good {
		err = fault.NotFound("queue.no_pin")
	}
	return found, err
}

// letIn makes the ticket, unless the appointment was changed meanwhile.
func (s *Service) letIn(ctx context.Context, a at, who actor.Actor, r CheckInRequest, found Appointment, out Arrival) (Arrival, error) {
	t := Ticket{
		Org: r.Org, ID: s.Gen.Ticket(), Office: r.Office, Day: a.day, Service: found.Service, Kind: Booked, Appointment: found.ID, Owner: found.Owner,
		Lang: found.Lang, State: Waiting, BookedAt: found.Start, ArrivedAt: a.now, ServiceSince: a.now, Estimate: -1, Rev: 1,
	}
	if r.Lang != "" {
		t.Lang = r.Lang
	}
	if u, ok := a.UnitOf(r.Office, found.Unit); ok && u.Kind == org.Professional {
		t.Unit = found.Unit
	}
	t.Estimate = s.tell(ctx, a, t)
	err := s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		ok, err := tx.Arrived(ctx, r.Org, found.ID, found.Sequence, a.now)
		if err != nil {
			return err
		}
		if !ok {
			return errChanged
		}
		return s.put(ctx, tx, a, who, &t, StepArrived, audit.TicketArrived)
	})
	if err == errChanged { //nolint:errorlint // our own, unwrapped by the store
		return s.changedMeanwhile(ctx, a, r, found, out)
	}
	out.Ticket = t
	return out, err
}

// inAlready answers who has a ticket. Who was called and did not come is back in the line while their appointment can still be checked in for: its booked time
// puts them first.
func (s *Service) inAlready(ctx context.Context, a at, who actor.Actor, t Ticket, out Arrival) (Arrival, error) {
	back := t.State == Missed && t.Kind == Booked && out.Good()
	out.Verdict, out.Ticket, out.LateBy = AlreadyIn, t, 0
	if !back {
		return out, nil
	}
	err := s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := tx.Ticket(ctx, t.Org, t.ID)
		if err != nil || t.State != Missed {
			out.Ticket = t
			return err
		}
		if err := tx.Came(ctx, t.Org, t.Appointment, a.now); err != nil {
			return err
		}
		before := t
		t.State, t.EndAt, t.Counter = Waiting, 0, ""
		out.Ticket, err = s.change(ctx, tx, a, who, StepReturned, before, t, "")
		return err
	})
	return out, err
}

var errChanged = fault.Conflict("queue.appointment_changed", nil)

// changedMeanwhile answers who was overtaken: by their own second try, or by a change of the appointment.
func (s *Service) changedMeanwhile(ctx context.Context, a at, r CheckInRequest, found Appointment, out Arrival) (Arrival, error) {
	t, err := s.Store.TicketOf(ctx, r.Org, found.ID)
	switch {
	case err == nil:
		out.Ticket, out.Verdict = t, AlreadyIn
		return out, nil
	case fault.Is(err, fault.KindNotFound):
		return out, errChanged
	}
	return out, err
}

// put gives a new ticket its number and writes it.
func (s *Service) put(ctx context.Context, tx Tx, a at, who actor.Actor, t *Ticket, what What, action audit.Action) error {
	r := RangeOf(a.Config, t.Service)
	t.Prefix = r.Prefix
	if what == StepEntered {
		unused, err := tx.NumberUnused(ctx, t.Org, t.Office, t.Day, r, t.Number)
		if err != nil {
			return err
		}
		if !unused {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "queue.number_taken"})
		}
	} else {
		n, err := tx.NextNumber(ctx, t.Org, t.Office, t.Day, r)
		if err != nil {
			return err
		}
		t.Number = n
	}
	token := s.Gen.LinkToken()
	sealed, err := s.Seals.Seal([]byte(token), tokenPlace(*t))
	if err != nil {
		return err
	}
	ok, err := tx.PutTicket(ctx, *t, ids.HashToken(token), sealed)
	if err != nil {
		return err
	}
	if !ok {
		return errChanged
	}
	if err := tx.PutStep(ctx, a.step(who, what, Ticket{}, *t, "")); err != nil {
		return err
	}
	tx.Touch(t.Org, t.Office)
	return tx.Audit(ctx, s.line(a, who, action, t.ID, map[string]string{"service": string(t.Service), "kind": string(t.Kind)}))
}

func tokenPlace(t Ticket) seal.Place {
	return seal.Place{Table: "ticket", Column: "sealed_token", Row: string(t.Org) + "/" + string(t.ID)}
}

// Range is the numbers of an agenda.
type Range struct {
	Prefix      string
	First, Last int
}

// RangeOf is the range of a service's agenda: what was set for it, or a letter by the agenda's place among the others, and 1 to 999.
func RangeOf(c *catalog.Config, service ids.Service) Range {
	sv, err := c.Service(service)
	if err != nil {
		return Range{"Z", 1, 999}
	}
	for i, g := range c.Categories {
		if g.ID != sv.Category {
			continue
		}
		r := Range{Prefix: string(rune('A' + i%26)), First: 1, Last: 999}
		if g.Tickets.Prefix != "" {
			r.Prefix = g.Tickets.Prefix
		}
		if g.Tickets.Last > g.Tickets.First && g.Tickets.First > 0 {
			r.First, r.Last = g.Tickets.First, g.Tickets.Last
		}
		return r
	}
	return Range{"Z", 1, 999}
}

// tries counts the wrong tries of each kiosk. They are forgotten with the process: then a kiosk has five more.
type tries struct {
	mu    sync.Mutex
	wrong map[ids.Device]int
}

func (t *tries) good(d ids.Device) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.wrong, d)
}

// bad counts a wrong try and reports whether it is the last that is allowed.
func (t *tries) bad(d ids.Device) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wrong == nil {
		t.wrong = map[ids.Device]int{}
	}
	t.wrong[d]++
	if t.wrong[d] < WrongTries {
		return false
	}
	delete(t.wrong, d)
	return true
}

// wrong answers a try that was none of ours, and has the kiosk rest when it was one too many.
func (s *Service) wrong(ctx context.Context, a at, who actor.Actor, r CheckInRequest) (Arrival, error) {
	out := Arrival{Verdict: Unknown, ByPIN: r.PIN != ""}
	if who.Kind != actor.KindDevice || !s.tries.bad(who.Device) {
		return out, nil
	}
	out.Verdict, out.RestUntil = Resting, a.now+RestSeconds
	return out, s.alert(ctx, a, who, AlertResting, "")
}

// restUntil is until when a kiosk rests; 0 when it does not. The alert in the database says so, for every node.
func (s *Service) restUntil(ctx context.Context, a at, d ids.Device) (int64, error) {
	if d == "" {
		return 0, nil
	}
	resting, err := s.Store.Resting(ctx, a.org, a.office.ID, a.now-RestSeconds)
	if err != nil {
		return 0, err
	}
	for _, x := range resting {
		if x.Device == d && a.now < x.At+RestSeconds {
			return x.At + RestSeconds, nil
		}
	}
	return 0, nil
}
