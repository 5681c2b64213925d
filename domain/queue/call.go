package queue

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
)

// Deed is something that is done at a counter, or with a ticket at the desk.
type Deed struct {
	Org    ids.Org
	Office ids.Office
	// Unit is the counter at which it is done; empty for what needs none.
	Unit ids.Unit
	Do   What
	// Ticket is whom it is about, and Rev the ticket as it was seen, 0 for whatever it is now. StepCalled needs none: the line says who is next.
	Ticket ids.Ticket
	Rev    int64
	// Finish says that who is being served is done first, with StepCalled.
	Finish bool
	// Service is where a ticket moves on to, Minutes how long it is parked (0 until it is brought back), Priority what it is given.
	Service  ids.Service
	Minutes  int
	Priority Priority
	// Reason is a word of a closed list; Reasons for StepPicked and StepRaised.
	Reason Reason
	// Key is the form's; empty for none.
	Key ids.FormKey
}

// Outcome is what came of a deed: the counter, and the ticket it was about or that was called. Its zero Ticket says that nobody waits.
type Outcome struct {
	Counter Counter
	Ticket  Ticket
	// Finished is who was served until then.
	Finished Ticket
	// Repeated says that the key had been used: what was done is what was done then.
	Repeated bool
}

// Do does something at a counter. Whoever is called by two counters at once is called by one. Faults: NotFound; Conflict "queue.changed" when the ticket is not as
// it was seen, "queue.not_now" when it cannot be done in its state, "queue.busy" when the counter has somebody else, "queue.counter_closed"; Invalid at the field
// that is wrong, and "queue.undo_late".
func (s *Service) Do(ctx context.Context, who actor.Actor, d Deed) (Outcome, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: d.Org, Office: d.Office}); err != nil {
		return Outcome{}, err
	}
	a, err := s.at(ctx, d.Org, d.Office)
	if err != nil {
		return Outcome{}, err
	}
	if err := a.check(d); err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		out = Outcome{}
		if d.Key != "" {
			used, again, err := tx.UseForm(ctx, d.Org, d.Key, "deed", digest(d.Unit, d.Do, d.Ticket, d.Finish, d.Service, d.Minutes, d.Priority, d.Reason), string(d.Ticket), a.now+formLife)
			if err != nil {
				return err
			}
			if again {
				out, err = s.repeated(ctx, tx, d, ids.Ticket(used))
				return err
			}
		}
		w := work{s: s, tx: tx, at: a, who: who, d: d, out: &out}
		return w.run(ctx)
	})
	return out, err
}

// repeated is the answer to a form that was sent before: the counter and the ticket as they are now.
func (s *Service) repeated(ctx context.Context, tx Tx, d Deed, t ids.Ticket) (out Outcome, err error) {
	if d.Unit != "" {
		if out.Counter, err = tx.Counter(ctx, d.Org, d.Office, d.Unit); err != nil {
			return out, err
		}
		if t == "" {
			t = out.Counter.Ticket
		}
	}
	out.Repeated = true
	if t != "" {
		out.Ticket, err = tx.Ticket(ctx, d.Org, t)
	}
	return out, err
}

func (a at) check(d Deed) error {
	wrong := func(field, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: key})
	}
	if d.Unit != "" {
		if _, ok := a.UnitOf(d.Office, d.Unit); !ok {
			return fault.NotFound("queue.no_counter")
		}
	}
	switch d.Do {
	case StepMoved:
		if _, _, err := a.Offered(d.Service, d.Office); err != nil {
			return wrong("service", "error.field.choose")
		}
	case StepPicked:
		if !slices.Contains(Reasons, d.Reason) {
			return wrong("reason", "error.field.choose")
		}
	case StepRaised:
		if d.Priority < Normal || d.Priority > Emergency {
			return wrong("priority", "error.field.choose")
		}
		if d.Priority > Normal && !slices.Contains(Reasons, d.Reason) {
			return wrong("reason", "error.field.choose")
		}
	case StepParked:
		if d.Minutes < 0 || d.Minutes*60 > MostPark {
			return wrong("minutes", "queue.park_range")
		}
	}
	return nil
}

// work is one deed in its transaction.
type work struct {
	s   *Service
	tx  Tx
	at  at
	who actor.Actor
	d   Deed
	out *Outcome
	k   Counter
	had ids.Ticket // the counter's ticket before
}

func notNow() error { return fault.Conflict("queue.not_now", nil) }

func (w *work) run(ctx context.Context) error {
	if w.d.Unit != "" {
		k, err := w.tx.Counter(ctx, w.d.Org, w.d.Office, w.d.Unit)
		if err != nil {
			return err
		}
		if k.Staff == "" && w.d.Do != StepUndone {
			return fault.Conflict("queue.counter_closed", nil)
		}
		w.k, w.had = k, k.Ticket
	}
	var err error
	switch w.d.Do {
	case StepCalled:
		err = w.call(ctx)
	case StepPicked:
		err = w.pick(ctx)
	case StepUndone:
		err = w.undo(ctx)
	default:
		err = w.one(ctx)
	}
	if err != nil {
		return err
	}
	w.out.Counter = w.k
	if w.d.Unit == "" || w.k.Ticket == w.had {
		return nil
	}
	ok, err := w.tx.SetCounter(ctx, w.k)
	if err == nil && !ok && !planted.Bug("press-twice") {
		return errAgain
	}
	w.out.Counter.Rev++
	return err
}

// seen returns the ticket of the deed, if it is as it was seen.
func (w *work) seen(ctx context.Context) (Ticket, error) {
	t, err := w.tx.Ticket(ctx, w.d.Org, w.d.Ticket)
	switch {
	case err != nil:
		return t, err
	case t.Office != w.d.Office:
		return t, fault.NotFound("queue.no_ticket")
	case w.d.Rev != 0 && t.Rev != w.d.Rev:
		return t, fault.Conflict("queue.changed", nil)
	}
	return t, nil
}

// call finishes who is being served, if asked to, and calls the next.
func (w *work) call(ctx context.Context) error {
	if w.k.BreakSince != 0 {
		return fault.Conflict("queue.on_break", nil)
	}
	if w.k.Ticket != "" {
		t, err := w.tx.Ticket(ctx, w.d.Org, w.k.Ticket)
		if err != nil {
			return err
		}
		switch {
		case !w.d.Finish || t.State != Serving:
			return fault.Conflict("queue.busy", nil)
		case w.d.Ticket != "" && w.d.Ticket != t.ID:
			return fault.Conflict("queue.changed", nil)
		}
		if w.out.Finished, err = w.end(ctx, t, StepDone, Done); err != nil {
			return err
		}
		w.k.Ticket = ""
	}
	list, err := w.tx.LiveTickets(ctx, w.d.Org, w.d.Office, w.at.day)
	if err != nil {
		return err
	}
	next, ok := Next(list, DeskAt(w.at.Config, w.k), w.at.now, w.at.bound)
	if !ok {
		return nil
	}
	return w.callTicket(ctx, next, StepCalled, "")
}

func (w *work) callTicket(ctx context.Context, t Ticket, what What, reason string) error {
	before := t
	t.State, t.CalledAt, t.Calls, t.Counter, t.By, t.ParkedUntil, t.BegunAt = Called, w.at.now, t.Calls+1, w.d.Unit, atDesk(w.who), 0, 0
	t, err := w.s.change(ctx, w.tx, w.at, w.who, what, before, t, reason)
	w.out.Ticket, w.k.Ticket = t, t.ID
	return err
}

// pick calls somebody by hand.
func (w *work) pick(ctx context.Context) error {
	t, err := w.seen(ctx)
	if err != nil {
		return err
	}
	if w.d.Unit == "" || w.k.Ticket != "" {
		return fault.Conflict("queue.busy", nil)
	}
	if s := t.StateAt(w.at.now); s != Waiting && s != Parked && s != Missed {
		return notNow()
	}
	if t.State == Missed {
		if err := w.came(ctx, t); err != nil {
			return err
		}
	}
	return w.callTicket(ctx, t, StepPicked, string(w.d.Reason))
}

func (w *work) came(ctx context.Context, t Ticket) error {
	if t.Appointment == "" || t.Kind != Booked {
		return nil
	}
	return w.tx.Came(ctx, t.Org, t.Appointment, w.at.now)
}

// end ends a ticket.
func (w *work) end(ctx context.Context, t Ticket, what What, state State) (Ticket, error) {
	before := t
	t.State, t.EndAt, t.ParkedUntil = state, w.at.now, 0
	return w.s.change(ctx, w.tx, w.at, w.who, what, before, t, string(w.d.Reason))
}

// one is a deed about one ticket.
func (w *work) one(ctx context.Context) error {
	t, err := w.seen(ctx)
	if err != nil {
		return err
	}
	before, state := t, t.StateAt(w.at.now)
	mine := w.k.Ticket == t.ID
	if (state == Called || state == Serving) && !mine {
		return fault.Conflict("queue.elsewhere", fault.Args{"number": t.Name(), "counter": string(t.Counter)})
	}
	reason := string(w.d.Reason)
	switch w.d.Do {
	case StepBegun:
		if state != Called {
			return notNow()
		}
		t.State, t.BegunAt = Serving, w.at.now
	case StepRecalled:
		if state != Called {
			return notNow()
		}
		t.CalledAt, t.Calls = w.at.now, t.Calls+1
	case StepDone:
		if state != Serving {
			return notNow()
		}
		t.State, t.EndAt = Done, w.at.now
	case StepMissed:
		if state != Called {
			return notNow()
		}
		t.State, t.EndAt = Missed, w.at.now
		if t.Kind == Booked && t.Appointment != "" {
			if err := w.tx.Missed(ctx, t.Org, t.Appointment, w.at.now); err != nil {
				return err
			}
		}
	case StepLeft:
		if state != Waiting && state != Parked && state != Called {
			return notNow()
		}
		t.State, t.EndAt, t.ParkedUntil = Left, w.at.now, 0
	case StepParked:
		if !state.Live() || state == Parked {
			return notNow()
		}
		t.State, t.ParkedUntil = Parked, 0
		if w.d.Minutes > 0 {
			t.ParkedUntil = w.at.now + int64(w.d.Minutes)*60
		}
	case StepReturned:
		if state != Parked && state != Called {
			return notNow()
		}
		t.State, t.ParkedUntil = Waiting, 0
	case StepMoved:
		if !state.Live() {
			return notNow()
		}
		t.State, t.Service, t.ServiceSince, t.Unit, t.ParkedUntil = Waiting, w.d.Service, w.at.now, "", 0
	case StepRaised:
		if state != Waiting && state != Parked {
			return notNow()
		}
		t.Priority, t.Reason = w.d.Priority, w.d.Reason
	default:
		return notNow()
	}
	if t, err = w.s.change(ctx, w.tx, w.at, w.who, w.d.Do, before, t, reason); err != nil {
		return err
	}
	if mine && t.State != Called && t.State != Serving {
		w.k.Ticket = ""
	}
	w.out.Ticket = t
	return nil
}

// undo takes the last step of a ticket back, if it is not longer ago than UndoSeconds. Who would be back at a counter that has somebody else by now is back in
// the line instead, in their old place.
func (w *work) undo(ctx context.Context) error {
	t, err := w.seen(ctx)
	if err != nil {
		return err
	}
	steps, err := w.tx.Steps(ctx, w.d.Org, t.ID)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return notNow()
	}
	last := steps[len(steps)-1]
	switch {
	case last.What == StepUndone || last.What == StepTaken || last.What == StepArrived || last.What == StepEntered:
		return notNow()
	case w.at.now > last.At+UndoSeconds:
		return fault.Invalid("queue.undo_late", nil)
	}
	back := last.Before
	back.Rev = t.Rev
	if t.State == Missed {
		if err := w.came(ctx, t); err != nil {
			return err
		}
	}
	if err := w.place(ctx, t, &back); err != nil {
		return err
	}
	w.out.Ticket, err = w.s.change(ctx, w.tx, w.at, w.who, StepUndone, t, back, string(last.What))
	return err
}

// place sees to the counters when a ticket goes back to what it was.
func (w *work) place(ctx context.Context, t Ticket, back *Ticket) error {
	atCounter := func(s State) bool { return s == Called || s == Serving }
	if atCounter(back.State) {
		k, err := w.counter(ctx, back.Counter)
		if err != nil {
			return err
		}
		if k.Staff != "" && (k.Ticket == "" || k.Ticket == t.ID) {
			return w.setCounter(ctx, k, t.ID)
		}
		back.State, back.BegunAt = Waiting, 0
	}
	if atCounter(t.State) {
		k, err := w.counter(ctx, t.Counter)
		if err != nil {
			return err
		}
		if k.Ticket == t.ID {
			return w.setCounter(ctx, k, "")
		}
	}
	return nil
}

func (w *work) counter(ctx context.Context, u ids.Unit) (Counter, error) {
	if u == w.d.Unit {
		return w.k, nil
	}
	return w.tx.Counter(ctx, w.d.Org, w.d.Office, u)
}

func (w *work) setCounter(ctx context.Context, k Counter, t ids.Ticket) error {
	if k.Ticket == t {
		return nil
	}
	k.Ticket = t
	if k.Unit == w.d.Unit {
		w.k = k
		return nil
	}
	ok, err := w.tx.SetCounter(ctx, k)
	if err == nil && !ok {
		return errAgain
	}
	return err
}

// GiveUp is for who holds a ticket: they leave the line, or come back later.
func (s *Service) GiveUp(ctx context.Context, t Ticket, minutes int) (Ticket, error) {
	a, err := s.at(ctx, t.Org, t.Office)
	if err != nil {
		return t, err
	}
	d := Deed{Org: t.Org, Office: t.Office, Do: StepLeft, Ticket: t.ID}
	if minutes > 0 {
		d.Do, d.Minutes = StepParked, minutes
	}
	if minutes < 0 {
		d.Do = StepReturned
	}
	if err := a.check(d); err != nil {
		return t, err
	}
	var out Outcome
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		w := work{s: s, tx: tx, at: a, who: actor.Actor{Kind: actor.KindVisitor}, d: d, out: &out}
		return w.run(ctx)
	})
	if err != nil {
		return t, err
	}
	return out.Ticket, nil
}
