package booking

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/notify"
)

// Find returns the appointment that a booking code opens. Guessing is slowed: TooMany. A code that is not of the form is Invalid "code.form"; one that
// opens nothing is NotFound "manage.not_found".
func (s *Service) Find(ctx context.Context, who actor.Actor, o ids.Org, typed string) (Appointment, error) {
	now := s.Now()
	if wait, ok := s.Guard.Allow(who.Address, now); !ok {
		return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
	}
	code, err := ids.ParseCode(typed)
	if err != nil {
		return Appointment{}, err
	}
	for _, id := range s.Codes.Candidates(code) {
		a, err := s.load(ctx, o, id)
		switch {
		case err == nil && now.Unix() <= a.End+seconds(LinkLife):
			// Many tries at once may all have been let in: no more of them are answered than one after the other would have been.
			if wait, ok := s.Guard.Succeeded(who.Address, now); !ok {
				return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
			}
			return a, nil
		case err != nil && !fault.Is(err, fault.KindNotFound):
			return Appointment{}, err
		}
	}
	if wait, ok := s.Guard.Failed(who.Address, now); !ok {
		return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
	}
	return Appointment{}, fault.NotFound("manage.not_found")
}

// FollowLink returns the appointment that a mailed link is about, or a NotFound fault.
func (s *Service) FollowLink(ctx context.Context, token string) (ids.Org, ids.Appointment, error) {
	hash := ids.HashToken(token)
	if hash == nil {
		return "", "", fault.NotFound("link.not_found")
	}
	return s.Store.LinkSubject(ctx, hash, s.Now().Unix())
}

// ShortLink returns what the secret of a short address opens: the page, "link", "offer" or "waiting", and in whose language; or NotFound "link.not_found".
func (s *Service) ShortLink(ctx context.Context, token string) (o ids.Org, page string, lang i18n.Lang, err error) {
	o, id, err := s.FollowLink(ctx, token)
	if err == nil {
		a, err := s.Store.Appointment(ctx, o, id)
		return o, "link", a.Details.Lang, err
	}
	if !fault.Is(err, fault.KindNotFound) {
		return "", "", "", err
	}
	v, err := s.OfferOf(ctx, token)
	if err == nil {
		return v.Entry.Org, "offer", v.Entry.Lang, nil
	}
	if !fault.Is(err, fault.KindNotFound) {
		return "", "", "", err
	}
	e, _, err := s.WaiterOfLink(ctx, token)
	return e.Org, "waiting", e.Lang, err
}

// Appointment returns an appointment that the actor has proven, or that is theirs or of whom they act for; else a NotFound fault.
func (s *Service) Appointment(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment) (Appointment, error) {
	if err := s.MayOpen(ctx, who, o, id); err != nil {
		return Appointment{}, err
	}
	return s.load(ctx, o, id)
}

// MayOpen is nil when Appointment would return the appointment.
func (s *Service) MayOpen(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment) error {
	on := actor.Object{Org: o, Appointment: id}
	err := who.May(actor.AppointmentManage, on)
	if err == nil || who.Kind != actor.KindCitizen && !serves(who) {
		return err
	}
	a, missing := s.Store.Appointment(ctx, o, id)
	if missing != nil {
		return missing
	}
	if on.Owner = a.Owner; serves(who) {
		on.Office = a.Office
		if who.May(actor.BookingDesk, on) != nil {
			return err
		}
		if meeting := s.mayMeet(ctx, who, a); meeting == nil || who.Kind == actor.KindStaff {
			return meeting
		}
		return err // to a program, who is protected is not there
	}
	return who.May(actor.AppointmentManage, on)
}

// FolderOf returns what somebody has booked, from yesterday a year ago on, for their folder.
func (s *Service) FolderOf(ctx context.Context, o actor.Owner) ([]folder.Entry, error) {
	return s.Store.AppointmentsOf(ctx, o, s.Now().Add(-folderBack).Unix())
}

// folderBack is how long what is past stays in the folder.
const folderBack = 366 * 24 * time.Hour

// Standing is what can be done with an appointment now: nil, or the fault that says why not.
type Standing struct {
	Policy             catalog.Policy
	Move, Edit, Cancel error
}

// StandingOf says what can be done with an appointment now, by its person.
func (s *Service) StandingOf(ctx context.Context, a Appointment) (Standing, error) {
	return s.StandingFor(ctx, actor.Actor{}, a)
}

// StandingFor says what can be done with an appointment now by an actor.
func (s *Service) StandingFor(ctx context.Context, who actor.Actor, a Appointment) (Standing, error) {
	p, err := s.policyOf(ctx, a)
	if err != nil {
		return Standing{}, err
	}
	p = policyFor(who, p)
	now := s.Now().Unix()
	return Standing{Policy: p, Move: CheckMove(p, a, now), Edit: CheckEdit(p, a, now), Cancel: CheckCancel(p, a, now)}, nil
}

// EditRequest asks for other details.
type EditRequest struct {
	Org     ids.Org
	ID      ids.Appointment
	Details Details
	Key     ids.FormKey
	// Seen is the sequence of the appointment that the form showed: when it is another by now, the answer is Conflict "manage.stale". Nil does not ask.
	Seen *int64
}

// Edit changes the details of an appointment and tells the person at their new address.
func (s *Service) Edit(ctx context.Context, who actor.Actor, r EditRequest) (Appointment, error) {
	a, err := s.Appointment(ctx, who, r.Org, r.ID)
	if err != nil {
		return Appointment{}, err
	}
	form := &Form{Key: r.Key, Kind: "edit", Digest: digest(r.ID, r.Details), Result: string(r.ID)}
	if again, ok, err := s.again(ctx, a, form); ok || err != nil {
		return again, err
	}
	if err := checkSeen(a, r.Seen); err != nil {
		return a, err
	}
	sch, err := s.Schedule(ctx, r.Org, a.Service, a.Office)
	if err != nil {
		return Appointment{}, err
	}
	p := policyFor(who, sch.Config.PolicyAt(a.PolicyVersion, a.Service, a.Office))
	if err := CheckEdit(p, a, sch.Now.Unix()); err != nil {
		return a, err
	}
	clean, err := CleanDetails(sch.Config, r.Details)
	if err != nil {
		return a, err
	}
	key, erased, err := s.personKey(ctx, a.Person)
	if err != nil || erased {
		return Appointment{}, cannotSeal(a, err)
	}
	if err := checkOthers(a.Visit(), clean); err != nil {
		return a, err
	}
	before := a.Sequence
	if clean.Birth == "" {
		clean.Birth = a.Details.Birth // only the desk asks for it
	}
	a.Parts = a.Visit().parts(a.Service, clean, a.Owner.Person)
	a.Details, a.ChangedAt, a.Sequence = clean, sch.Now.Unix(), before+1
	if err = s.sealDetails(&a, key); err != nil {
		return Appointment{}, err
	}
	hashes := s.contacts(clean)
	c := Change{Org: a.Org, Now: sch.Now.Unix(), Form: form, Claim: &Claim{ID: a.ID, Sequence: before}}
	c.Limit = limitOf(sch, hashes, a.ID)
	c.SetDetails, c.Contacts = &a, &Contacts{Appointment: a.ID, Hashes: hashes}
	if c.Notices = s.notices(ctx, a, notify.AppointmentChanged, nil); a.Status != Booked {
		c.Notices = s.notices(ctx, a, pendingEvent(a), nil)
	}
	c.Audit = []audit.Entry{s.entry(a.Org, who, audit.AppointmentChanged, "appointment", string(a.ID), nil)}
	c.Topics = []string{topic(a.Org, a.Office, sch, a.Start)}
	return s.settle(ctx, c, sch, a)
}

// CancelRequest asks to give an appointment up.
type CancelRequest struct {
	Org    ids.Org
	ID     ids.Appointment
	Reason string
	Key    ids.FormKey
	// Seen is as in EditRequest: nobody cancels another time than the one they were shown.
	Seen *int64
}

// Cancel cancels an appointment; its time is free at once.
func (s *Service) Cancel(ctx context.Context, who actor.Actor, r CancelRequest) (Appointment, error) {
	a, err := s.Appointment(ctx, who, r.Org, r.ID)
	if err != nil {
		return Appointment{}, err
	}
	form := &Form{Key: r.Key, Kind: "cancel", Digest: digest(r.ID), Result: string(r.ID)}
	if again, ok, err := s.again(ctx, a, form); ok || err != nil {
		return again, err
	}
	sch, err := s.Schedule(ctx, r.Org, a.Service, a.Office)
	if err != nil {
		return Appointment{}, err
	}
	p := policyFor(who, sch.Config.PolicyAt(a.PolicyVersion, a.Service, a.Office))
	if err := CheckCancel(p, a, sch.Now.Unix()); err != nil {
		return a, err
	}
	if err := checkSeen(a, r.Seen); err != nil {
		return a, err
	}
	reason, ok := i18n.CleanText(r.Reason)
	if !ok || utf8.RuneCountInString(reason) > MaxNote {
		return a, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "field.too_long", Args: fault.Args{"max": MaxNote}})
	}
	key, erased, err := s.personKey(ctx, a.Person)
	if err != nil || erased {
		return Appointment{}, cannotSeal(a, err)
	}
	old, before, now := a, a.Sequence, sch.Now.Unix()
	by := "client"
	if serves(who) || who.Kind == actor.KindSystem {
		by = "office"
	}
	a.Status, a.Reason, a.CancelledAt, a.CancelledBy, a.ChangedAt, a.Sequence = Cancelled, reason, now, by, now, before+1
	if a.sealedReason, err = sealText(key, reason, reasonPlace(a.ID)); err != nil {
		return Appointment{}, fmt.Errorf("seal reason: %w", err)
	}
	c := Change{Org: a.Org, Now: now, Form: form, Claim: &Claim{ID: a.ID, Sequence: before, Held: old.Status != Booked}, SetCancelled: &a, DropPIN: a.ID}
	c.Free = []Cells{{a.Unit, string(a.ID), a.Start, a.BusyUntil}}
	c.Notices = answered(who, a, s.notices(ctx, a, notify.AppointmentCancelled, nil))
	c.Audit = []audit.Entry{s.entry(a.Org, who, audit.AppointmentCancelled, "appointment", string(a.ID), nil)}
	c.Topics = []string{topic(a.Org, a.Office, sch, a.Start)}
	if err := s.keepForWaiting(ctx, &c, old, sch); err != nil {
		return Appointment{}, err
	}
	return s.settle(ctx, c, sch, a)
}

// MoveRequest asks for another time.
type MoveRequest struct {
	Org    ids.Org
	ID     ids.Appointment
	Office ids.Office // empty stays at the same office
	Start  int64      // Unix seconds
	Key    ids.FormKey
	Hold   ids.Hold
	Unit   ids.Unit // the only one that will do; empty for any
	// Back takes a move of the last minutes back: what was beside the counters is there again.
	Back bool
	// Seen is as in EditRequest.
	Seen *int64
}

// MoveDraft moves the appointment that a draft is about to the draft's time.
func (s *Service) MoveDraft(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (Appointment, error) {
	d, err := s.Draft(ctx, who, o, id)
	if err != nil {
		return Appointment{}, err
	}
	if d.Moves == "" {
		return Appointment{}, fault.NotFound("draft.not_found")
	}
	return s.Move(ctx, who, MoveRequest{Org: o, ID: d.Moves, Office: d.Office, Start: d.Start, Key: ids.FormKey(id), Hold: d.Hold})
}

// Move gives an appointment another time. The old time is kept until the new one is certain: both change in one transaction.
func (s *Service) Move(ctx context.Context, who actor.Actor, r MoveRequest) (Appointment, error) {
	a, err := s.Appointment(ctx, who, r.Org, r.ID)
	if err != nil {
		return Appointment{}, err
	}
	if r.Office == "" {
		r.Office = a.Office
	}
	form := &Form{Key: r.Key, Kind: "move", Digest: digest(r.ID, r.Office, r.Start), Result: string(r.ID)}
	if again, ok, err := s.again(ctx, a, form); ok || err != nil {
		return again, err
	}
	if err := checkSeen(a, r.Seen); err != nil {
		return a, err
	}
	sch, err := s.Schedule(ctx, r.Org, a.Service, r.Office)
	if err != nil {
		return Appointment{}, err
	}
	if err := CheckMove(policyFor(who, sch.Config.PolicyAt(a.PolicyVersion, a.Service, a.Office)), a, sch.Now.Unix()); err != nil {
		return a, err
	}
	if r.Start == a.Start && r.Office == a.Office && (r.Unit == "" || r.Unit == a.Unit) {
		return a, fault.Invalid("move.same_time", nil)
	}
	sch = sch.ForMove(who, a)
	slot, err := s.moveSlot(who, a, sch, r)
	if err != nil {
		return a, err
	}
	if r.Unit != "" {
		sch = sch.With(r.Unit)
	}
	hold, err := s.ownHold(ctx, who, r.Org, r.Hold)
	if err != nil {
		return Appointment{}, err
	}
	c, moved, err := s.moveChange(ctx, who, a, sch, slot, hold)
	if err != nil {
		return Appointment{}, err
	}
	c.Form = form
	return s.settle(ctx, c, sch, moved)
}

func (s *Service) moveChange(ctx context.Context, who actor.Actor, a Appointment, sch Schedule, slot Slot, hold Hold) (Change, Appointment, error) {
	now := sch.Now.Unix()
	first := a.Unit
	c := Change{Org: a.Org, Now: now, Claim: &Claim{ID: a.ID, Sequence: a.Sequence, Held: a.Status != Booked}}
	before := a
	c.Free = []Cells{{a.Unit, string(a.ID), a.Start, a.BusyUntil}}
	if hold.ID != "" {
		c.Free = append(c.Free, Cells{hold.Unit, string(hold.ID), hold.Start, hold.BusyUntil})
		c.DropHolds = []ids.Hold{hold.ID}
		first = hold.Unit
	}
	if hold.Start != slot.Start || hold.ID == "" {
		first = ""
	}
	units := slot.Units
	if len(units) == 0 || !beside(units[0]) {
		var err error
		if units, _, err = s.candidates(ctx, sch, slot, ownOf(c), first); err != nil {
			return Change{}, Appointment{}, err
		}
	}
	told := map[string]string{"from": strconv.FormatInt(a.Start, 10), "from_office": string(a.Office)}
	if serves(who) || who.Kind == actor.KindSystem {
		told["by"] = "office"
	}
	c.Notices = answered(who, a, s.notices(ctx, a, notify.AppointmentMoved, told))
	if a.Status == Pending {
		c.Notices = s.notices(ctx, a, notify.AppointmentPending, nil)
	}
	c.Audit = []audit.Entry{s.entry(a.Org, who, audit.AppointmentMoved, "appointment", string(a.ID), map[string]string{
		"from": strconv.FormatInt(a.Start, 10), "to": strconv.FormatInt(slot.Start, 10),
	})}
	c.Topics = []string{topic(a.Org, a.Office, sch, a.Start), topic(a.Org, sch.Office.ID, sch, slot.Start)}
	a.Office, a.Start, a.End, a.BusyUntil = sch.Office.ID, slot.Start, slot.End, slot.Start+sch.Busy()
	a.PolicyVersion, a.ChangedAt, a.Sequence = sch.Config.Version, now, a.Sequence+1
	if !serves(who) && who.Kind != actor.KindSystem {
		a.Moves++
	}
	c.Take = &Take{Units: units, Holder: string(a.ID), From: a.Start, To: a.BusyUntil}
	c.SetTime = &a
	if a.Status == Proposed { // confirmed by moving it
		a.Status, a.ExpiresAt = Booked, 0
		c.SetStatus = &a
	}
	c.Take.ExpiresAt = a.ExpiresAt
	c.LinksUntil = &LinksUntil{Appointment: a.ID, ExpiresAt: a.End + seconds(LinkLife)}
	var err error
	if c.PutPIN, err = s.pinOf(ctx, &c, sch, a); err != nil {
		return Change{}, Appointment{}, err
	}
	old, err := s.Schedule(ctx, before.Org, before.Service, before.Office)
	switch {
	case err == nil:
		err = s.keepForWaiting(ctx, &c, before, old)
	case fault.Is(err, fault.KindNotFound): // it is not offered there any more: nobody can be offered the old time
		err = nil
	}
	return c, a, err
}

// moveSlot finds the time that an appointment is moved to: in the calendar, or, when a move is taken back, beside the counters where it was.
func (s *Service) moveSlot(who actor.Actor, a Appointment, sch Schedule, r MoveRequest) (Slot, error) {
	if !r.Back || !slices.Contains(besides(r.Office), r.Unit) {
		if r.Unit != "" {
			sch = sch.With(r.Unit)
		}
		return s.checkSlot(sch, r.Start)
	}
	if err := who.May(actor.BookingDesk, actor.Object{Org: r.Org, Office: r.Office}); err != nil {
		return Slot{}, err
	}
	now := sch.Now.Unix()
	if err := CheckUndo(a.ChangedAt, now); err != nil {
		return Slot{}, err
	}
	if err := CheckStart(sch.Policy, r.Start, sch.Now, sch.Zone()); err != nil {
		return Slot{}, err
	}
	return Slot{Start: r.Start, End: r.Start + a.End - a.Start, Units: slices.Insert(besides(r.Office), 0, r.Unit)}, nil
}

// checkSeen says whether the appointment is still the one that was looked at.
func checkSeen(a Appointment, seen *int64) error {
	if seen != nil && *seen != a.Sequence && !planted.Bug("seen-ignored") {
		return fault.Conflict("manage.stale", nil)
	}
	return nil
}

// again answers a form that has been used: ok with the appointment as it is now, or Conflict "form.key_reused" when it was used for something else, so
// that what was typed after going back is not lost in silence. A form key that is missing is a fault.
func (s *Service) again(ctx context.Context, a Appointment, form *Form) (Appointment, bool, error) {
	if len(form.Key) < 8 {
		return Appointment{}, false, fault.Invalid("form.bad_key", nil)
	}
	now := s.Now().Unix()
	form.ExpiresAt = now + seconds(FormKeyLife)
	_, used, err := s.Store.FormResult(ctx, a.Org, form.Key, now)
	if err != nil || !used {
		return a, false, err
	}
	// A change of nothing but the form says whether it is the same one again.
	out, err := s.Store.Commit(ctx, Change{Org: a.Org, Now: now, Form: form})
	switch {
	case err != nil:
		return Appointment{}, false, err
	case out.Verdict == KeyReused:
		return a, false, fault.Conflict("form.key_reused", nil)
	}
	return a, true, nil
}

// settle commits a change to an appointment and answers with the appointment as it is afterwards.
func (s *Service) settle(ctx context.Context, c Change, sch Schedule, after Appointment) (Appointment, error) {
	out, err := s.commit(ctx, c)
	if err != nil {
		return Appointment{}, err
	}
	switch out.Verdict {
	case Done:
		return after.with(out, c), nil
	case Repeated:
		return s.load(ctx, c.Org, after.ID)
	}
	return after, verdictFault(out.Verdict, sch, after.Start)
}

func cannotSeal(a Appointment, err error) error {
	if err != nil {
		return err
	}
	return fault.NotFound("manage.not_found").Because(fmt.Errorf("appointment %s: its person was erased", a.ID))
}
