package queue

import (
	"context"
	"slices"
	"strconv"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// TakeRequest asks for a walk-in ticket.
type TakeRequest struct {
	Org     ids.Org
	Office  ids.Office
	Service ids.Service
	Lang    i18n.Lang
	// Speaks says that they can only be served in Lang.
	Speaks bool
	// Priority and Reason are the staff's to give.
	Priority Priority
	Reason   Reason
	// Appointment is what somebody came too late for; empty for none.
	Appointment ids.Appointment
	Key         ids.FormKey
}

// Take gives a walk-in ticket, once for each key. Faults: NotFound; Invalid "queue.no_walk_in" when none are given for the service now; Conflict
// "form.key_reused".
func (s *Service) Take(ctx context.Context, who actor.Actor, r TakeRequest) (Ticket, error) {
	t, _, err := s.TakeOnce(ctx, who, r)
	return t, err
}

// TakeOnce is Take, and says whether the key had been used and the ticket was there already.
func (s *Service) TakeOnce(ctx context.Context, who actor.Actor, r TakeRequest) (t Ticket, again bool, err error) {
	if err := mayLetIn(who, r.Org, r.Office); err != nil {
		return Ticket{}, false, err
	}
	a, err := s.at(ctx, r.Org, r.Office)
	if err != nil {
		return Ticket{}, false, err
	}
	if _, _, err := a.Offered(r.Service, r.Office); err != nil {
		return Ticket{}, false, err
	}
	byStaff := who.Kind != actor.KindDevice
	if !byStaff && (!WalkInOpen(a.Config, a.office, r.Service, s.Now()) || r.Priority != Normal) {
		return Ticket{}, false, fault.Invalid("queue.no_walk_in", nil)
	}
	if r.Priority < Normal || r.Priority > Emergency || r.Reason != "" && !slices.Contains(Reasons, r.Reason) || r.Priority > Normal && r.Reason == "" {
		return Ticket{}, false, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "error.field.choose"})
	}
	t = Ticket{
		Org: r.Org, ID: s.Gen.Ticket(), Office: r.Office, Day: a.day, Service: r.Service, Kind: WalkIn, Priority: r.Priority, Reason: r.Reason, Lang: r.Lang,
		Speaks: r.Speaks, State: Waiting, ArrivedAt: a.now, ServiceSince: a.now, Rev: 1, Appointment: r.Appointment,
	}
	if r.Appointment != "" {
		late, err := s.Appointments.ByID(ctx, r.Org, r.Appointment)
		if err != nil {
			return Ticket{}, false, err
		}
		t.Owner = late.Owner
	}
	return s.putOnce(ctx, a, who, t, r.Key, digest(r.Service, r.Lang, r.Speaks, r.Priority, r.Reason, r.Appointment), StepTaken, audit.TicketTaken)
}

// putOnce makes a ticket under a form key; sent again, the form gets the same one, and again is true.
func (s *Service) putOnce(ctx context.Context, a at, who actor.Actor, t Ticket, key ids.FormKey, sum []byte, what What, action audit.Action) (_ Ticket, again bool, err error) {
	var used string
	if t.Estimate = -1; what != StepEntered { // a number that was given by hand came with no estimate
		t.Estimate = s.tell(ctx, a, t)
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		used = ""
		if key != "" {
			earlier, again, err := tx.UseForm(ctx, t.Org, key, "ticket", sum, string(t.ID), a.now+formLife)
			if err != nil {
				return err
			}
			if again && !planted.Bug("number-again") {
				used = earlier
				return nil
			}
		}
		if t.Appointment != "" {
			if err := tx.Missed(ctx, t.Org, t.Appointment, a.now); err != nil {
				return err
			}
		}
		return s.put(ctx, tx, a, who, &t, what, action)
	})
	if err == errChanged { //nolint:errorlint // our own
		t, err = s.Store.TicketOf(ctx, t.Org, t.Appointment)
		return t, false, err
	}
	if err == nil && used != "" {
		t, err = s.Store.Ticket(ctx, t.Org, ids.Ticket(used))
		return t, true, err
	}
	if err == nil {
		s.told(a, t)
	}
	return t, false, err
}

// EnterRequest is a number that was given by hand while the system was down.
type EnterRequest struct {
	Org     ids.Org
	Office  ids.Office
	Service ids.Service
	Number  int
	// At is when it was given (Unix seconds), today and not after now.
	At  int64
	Key ids.FormKey
}

// Enter writes down a number that was given by hand: its holder has the place of when they came. Faults: Invalid at "number" and "time".
func (s *Service) Enter(ctx context.Context, who actor.Actor, r EnterRequest) (Ticket, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: r.Org, Office: r.Office}); err != nil {
		return Ticket{}, err
	}
	a, err := s.at(ctx, r.Org, r.Office)
	if err != nil {
		return Ticket{}, err
	}
	if _, _, err := a.Offered(r.Service, r.Office); err != nil {
		return Ticket{}, err
	}
	var wrong []fault.Field
	if r.Number < 1 || r.Number > 9999 {
		wrong = append(wrong, fault.Field{Name: "number", Key: "queue.number_range"})
	}
	if r.At > a.now || DayOf(r.At, a.Zone()) != a.day {
		wrong = append(wrong, fault.Field{Name: "time", Key: "queue.time_today"})
	}
	if len(wrong) > 0 {
		return Ticket{}, fault.Invalid("form.invalid", nil, wrong...)
	}
	t := Ticket{
		Org: r.Org, ID: s.Gen.Ticket(), Office: r.Office, Day: a.day, Service: r.Service, Number: r.Number, Kind: WalkIn, State: Waiting, ArrivedAt: r.At,
		ServiceSince: r.At, Rev: 1,
	}
	t, _, err = s.putOnce(ctx, a, who, t, r.Key, digest(r.Service, strconv.Itoa(r.Number), r.At), StepEntered, audit.TicketEntered)
	return t, err
}

// Token is what a ticket's paper and page carry: whoever has it may see the ticket and give it up.
func (s *Service) Token(t Ticket, sealed []byte) (string, error) {
	b, err := s.Seals.Open(sealed, tokenPlace(t))
	return string(b), err
}

// TokenOf is Token for who may let people in: it is printed and shown as a QR code.
func (s *Service) TokenOf(ctx context.Context, t Ticket) (string, error) {
	sealed, err := s.Store.SealedToken(ctx, t.Org, t.ID)
	if err != nil {
		return "", err
	}
	return s.Token(t, sealed)
}

// ByToken finds a ticket by what its paper carries, or NotFound "queue.no_ticket".
func (s *Service) ByToken(ctx context.Context, o ids.Org, token string) (Ticket, error) {
	return s.Store.TicketByToken(ctx, o, ids.HashToken(token))
}
