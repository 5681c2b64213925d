package booking

import (
	"context"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// formBook is what a form key of a booking is used for.
const formBook = "book"

// BookRequest asks for an appointment without a draft, as the JSON API does.
type BookRequest struct {
	Org     ids.Org
	Service ids.Service
	Office  ids.Office
	Start   int64 // Unix seconds
	Details Details
	Key     ids.FormKey
	// Hold is the actor's hold to book from; empty for none.
	Hold ids.Hold
	// Account is in whose folder it goes, where staff book for somebody; empty for the actor's own.
	Account ids.Person
	// Unit is the only one that will do; empty for any.
	Unit ids.Unit
	// Wish is at which units it may be, where a visitor chose.
	Wish Wish `json:"-"`
	// Visit is who else comes and for what else; the names of the others are in Details.
	Visit Visit
	// Over books beside the counters, where there is no room: staff with the right to may.
	Over bool
}

// Booking is an appointment that was just made.
type Booking struct {
	Appointment Appointment
	// Repeated is true when the same form had already made it.
	Repeated bool
	// Retaken is true when the hold had run out and the time was taken again.
	Retaken bool
}

// BookDraft makes the appointment that a draft describes. The same draft makes one appointment, however often it is sent. Faults: NotFound; Invalid
// "draft.unfilled" before the details were accepted, or what the rules refuse; Conflict "booking.taken", after which the draft keeps what was typed;
// Invalid "booking.too_many" when the contact has enough live bookings.
func (s *Service) BookDraft(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (Booking, error) {
	d, err := s.openDraft(ctx, who, o, id) // whether it was done, its form key says
	if err != nil {
		return Booking{}, err
	}
	if !d.Filled {
		return Booking{}, fault.Invalid("draft.unfilled", nil)
	}
	r := BookRequest{Org: o, Service: d.Service, Office: d.Office, Start: d.Start, Details: d.Details, Key: ids.FormKey(id), Hold: d.Hold, Wish: d.Wish, Visit: d.Visit}
	return s.book(ctx, who, r, nil)
}

// Book makes an appointment in one step. Key settles repeats; the same key with another request is Conflict "form.key_reused".
func (s *Service) Book(ctx context.Context, who actor.Actor, r BookRequest) (Booking, error) {
	if !r.Key.Valid() && len(r.Key) < 8 {
		return Booking{}, fault.Invalid("form.bad_key", nil)
	}
	sum := r.digest()
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Booking{}, err
	}
	if r.Details, err = CleanDetails(c, r.Details); err != nil {
		return Booking{}, err
	}
	return s.book(ctx, who, r, sum)
}

func (s *Service) book(ctx context.Context, who actor.Actor, r BookRequest, sum []byte) (Booking, error) {
	sch, err := s.Schedule(ctx, r.Org, r.Service, r.Office)
	if err != nil {
		return Booking{}, err
	}
	if err := CheckKnown(sch.Policy, who); err != nil {
		return Booking{}, err
	}
	if err := s.checkAccess(ctx, who, sch.Config, r.Service, r.Office, r.Visit.Also...); err != nil {
		if !access.Refused(err) {
			return Booking{}, err
		}
		if made, ok, again := s.replay(ctx, r.Org, r.Key, sum); ok || again != nil { // the same form, sent again after the access ended
			return made, again
		}
		return Booking{}, err
	}
	if err := checkReachable(sch.Policy, who, r.Details); err != nil {
		return Booking{}, err
	}
	if sch, err = s.asked(ctx, who, r, sch); err != nil {
		return Booking{}, err
	}
	if sch, err = sch.For(r.Visit); err != nil {
		return Booking{}, err
	}
	if err := checkOthers(r.Visit, r.Details); err != nil {
		return Booking{}, err
	}
	slot, err := s.slotFor(sch, r)
	if err != nil {
		// A form sent again after its time has passed is answered with what it led to when it was first sent.
		if made, ok, again := s.replay(ctx, r.Org, r.Key, sum); ok || again != nil {
			return made, again
		}
		return Booking{}, err
	}
	hold, err := s.ownHold(ctx, who, r.Org, r.Hold)
	if err != nil {
		return Booking{}, err
	}
	c, a, err := s.bookChange(ctx, who, r, sch, slot, hold)
	if err != nil {
		return Booking{}, err
	}
	c.Form.Digest = sum
	out, err := s.commit(ctx, c)
	if err != nil {
		return Booking{}, err
	}
	switch out.Verdict {
	case Done:
		return Booking{Appointment: a.with(out, c), Retaken: hold.ID != "" && !hold.Alive(c.Now)}, nil
	case Repeated:
		earlier, err := s.load(ctx, r.Org, ids.Appointment(out.Result))
		return Booking{Appointment: earlier, Repeated: true}, err
	}
	return Booking{}, verdictFault(out.Verdict, sch, r.Start)
}

// ownHold returns the actor's hold; one that is unknown or somebody else's counts as none.
func (s *Service) ownHold(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hold) (Hold, error) {
	if id == "" {
		return Hold{}, nil
	}
	h, err := s.Store.Hold(ctx, o, id)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return Hold{}, nil
	case err != nil:
		return Hold{}, err
	case who.May(actor.DraftUse, actor.Object{Org: o, Session: h.Session}) != nil:
		return Hold{}, nil
	}
	return h, nil
}

// bookChange decides the change that makes an appointment: the hold's cells are given back and the same cells taken in one transaction, its unit first.
func (s *Service) bookChange(ctx context.Context, who actor.Actor, r BookRequest, sch Schedule, slot Slot, hold Hold) (Change, Appointment, error) {
	now := sch.Now.Unix()
	var first ids.Unit
	c := Change{Org: r.Org, Now: now, Session: who.Session}
	if hold.ID != "" {
		c.Free = []Cells{{hold.Unit, string(hold.ID), hold.Start, hold.BusyUntil}}
		c.DropHolds = []ids.Hold{hold.ID}
		if hold.Start == slot.Start {
			first = hold.Unit
		}
	}
	units := slot.Units
	if !r.Over {
		var err error
		if units, _, err = s.candidates(ctx, sch, slot, ownOf(c), first); err != nil {
			return Change{}, Appointment{}, err
		}
	}
	person := s.Gen.Person()
	key, wrapped, err := s.Seals.NewPersonKey(string(person))
	if err != nil {
		return Change{}, Appointment{}, fmt.Errorf("make person key: %w", err)
	}
	a := Appointment{
		Org: r.Org, ID: s.Gen.Appointment(), Service: r.Service, Office: r.Office, Start: slot.Start, End: slot.End, BusyUntil: slot.Start + sch.Busy(),
		Status: Booked, Person: person, Details: r.Details, PolicyVersion: sch.Config.Version, CreatedAt: now, ChangedAt: now,
		Owner: who.Owner(),
	}
	if serves(who) {
		a.Owner = actor.Owner{Person: r.Account}
	}
	a.Parts = r.Visit.parts(r.Service, r.Details, a.Owner.Person)
	if NeedsConfirming(sch.Policy, who) {
		a.Status, a.ExpiresAt = Pending, ConfirmUntil(sch.Policy, now, a.Start)
	}
	if who.Person != "" && a.Owner.Person != who.Person {
		a.MadeBy = who.Person
	}
	if err = s.sealDetails(&a, key); err != nil {
		return Change{}, Appointment{}, err
	}
	hashes := s.contacts(r.Details)
	c.Form = &Form{Key: r.Key, Kind: formBook, Result: string(a.ID), ExpiresAt: now + seconds(FormKeyLife)}
	c.Limit = limitOf(sch, hashes, "")
	c.Take = &Take{Units: units, Holder: string(a.ID), From: a.Start, To: a.BusyUntil, ExpiresAt: a.ExpiresAt}
	c.PutPerson = &Person{ID: person, WrappedKey: wrapped}
	c.PutAppointment = &a
	c.Contacts = &Contacts{Appointment: a.ID, Hashes: hashes}
	if a.Status == Pending {
		c.Notices, c.Tasks = s.notices(ctx, a, notify.AppointmentPending, nil), []Job{lapseJob(a)}
	} else {
		c.Notices = s.notices(ctx, a, notify.AppointmentBooked, nil)
		if sch.Policy.PIN {
			if c.PutPIN, err = s.drawPIN(key, sch, a); err != nil {
				return Change{}, Appointment{}, err
			}
		}
	}
	c.Notices = answered(who, a, c.Notices)
	c.Audit = []audit.Entry{s.entry(r.Org, who, audit.AppointmentBooked, "appointment", string(a.ID), nil)}
	c.Topics = []string{topic(r.Org, r.Office, sch, a.Start)}
	return c, a, nil
}

func limitOf(sch Schedule, hashes [][]byte, except ids.Appointment) *Limit {
	if sch.Policy.MaxLive == 0 || len(hashes) == 0 || sch.staff {
		return nil
	}
	return &Limit{Contacts: hashes, Max: sch.Policy.MaxLive, Except: except}
}

func (s *Service) commit(ctx context.Context, c Change) (Outcome, error) {
	s.withReminders(ctx, &c)
	out, err := s.Store.Commit(ctx, c)
	if err == nil && out.Verdict == Done && s.Committed != nil && len(c.Notices)+len(c.Tasks) > 0 {
		s.Committed()
	}
	return out, err
}

// verdictFault is what a person is told of a change that was not made.
func verdictFault(v Verdict, sch Schedule, start int64) error {
	switch v {
	case Taken:
		return taken(sch, start)
	case TooMany:
		return fault.Invalid("booking.too_many", fault.Args{"max": sch.Policy.MaxLive})
	case Stale:
		return fault.Conflict("manage.stale", nil)
	case KeyReused:
		return fault.Conflict("form.key_reused", nil)
	}
	return fmt.Errorf("a change ended with verdict %d", v)
}
