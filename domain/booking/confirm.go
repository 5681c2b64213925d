package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// NeedsConfirming says whether what somebody books must be confirmed by the mailed link: where the policy asks for it, from whom nothing is known but an
// address (S3.2). Staff confirm on the spot, an e-ID says more than a mail can, and who books by text message has answered from their number.
func NeedsConfirming(p catalog.Policy, who actor.Actor) bool {
	return p.ConfirmWindow > 0 && who.Level == actor.LevelNone && who.Number == "" && !serves(who) && who.Kind != actor.KindSystem
}

// ConfirmUntil is the last second in which a booking saved now can be confirmed; never later than its start.
func ConfirmUntil(p catalog.Policy, now, start int64) int64 {
	return min(now+seconds(p.ConfirmWindow), start)
}

// CheckConfirm says whether an appointment may be confirmed now; one that is booked already may be again, to no effect.
func CheckConfirm(a Appointment, now int64) error {
	switch a.StatusAt(now) {
	case Booked:
		return nil
	case Cancelled:
		return fault.Invalid("manage.cancelled_already", nil)
	case Lapsed:
		return fault.Invalid("confirm.lapsed", nil)
	}
	if now >= a.Start {
		return fault.Invalid("manage.past", nil)
	}
	return nil
}

// checkReachable demands an email address of who must confirm by mail.
func checkReachable(p catalog.Policy, who actor.Actor, d Details) error {
	if d.Email != "" || !NeedsConfirming(p, who) {
		return nil
	}
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "field.email_required"})
}

// TaskLapse is the kind of the task that writes down that an appointment has lapsed, tells its person and offers the time to those who wait.
const TaskLapse = "appointments.lapse"

// LapseArgs are the arguments of TaskLapse.
type LapseArgs struct {
	Org         ids.Org         `json:"org"`
	Appointment ids.Appointment `json:"appointment"`
}

func lapseJob(a Appointment) Job {
	return Job{
		Kind: TaskLapse, Uniq: string(a.ID) + "/" + strconv.FormatInt(a.ExpiresAt, 10), Args: mustJSON(LapseArgs{a.Org, a.ID}), RunAt: a.ExpiresAt + 1,
	}
}

// mustJSON writes arguments of a task: plain structs of texts and numbers.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("booking: arguments of a task that JSON cannot write: " + err.Error()) // only a mistake in this package makes them
	}
	return string(b)
}

// ConfirmLink confirms the appointment that a mailed link is about, and answers with it as it is then. Confirming it again is no fault and does nothing.
// Faults: NotFound "link.not_found"; Invalid "confirm.lapsed" when the window is over, "manage.cancelled_already", "manage.past".
func (s *Service) ConfirmLink(ctx context.Context, who actor.Actor, token string) (Appointment, error) {
	o, id, err := s.FollowLink(ctx, token)
	if err != nil {
		return Appointment{}, err
	}
	who.Proven = append(who.Proven[:len(who.Proven):len(who.Proven)], actor.Appointment{Org: o, ID: id})
	return s.Confirm(ctx, who, o, id)
}

// Confirm makes a pending or proposed appointment a booked one. See ConfirmLink.
func (s *Service) Confirm(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment) (Appointment, error) {
	const tries = 3 // somebody may change its details meanwhile
	for range tries {
		a, err := s.Appointment(ctx, who, o, id)
		if err != nil {
			return Appointment{}, err
		}
		sch, err := s.Schedule(ctx, o, a.Service, a.Office)
		if err != nil {
			return a, err
		}
		if err := CheckConfirm(a, sch.Now.Unix()); err != nil || a.Status == Booked {
			return a, err
		}
		c, after, err := s.confirmChange(ctx, who, a, sch)
		if err != nil {
			return a, err
		}
		out, err := s.commit(ctx, c)
		if err != nil {
			return a, err
		}
		switch out.Verdict {
		case Done:
			return after.with(out, c), nil
		case Taken: // it ran out in this very second, and somebody took the time
			return a, fault.Invalid("confirm.lapsed", nil)
		}
	}
	return Appointment{}, fault.Conflict("manage.stale", nil)
}

// confirmChange decides the change: the cells, which had an end, are given back and taken for good in one transaction.
func (s *Service) confirmChange(ctx context.Context, who actor.Actor, a Appointment, sch Schedule) (Change, Appointment, error) {
	c := Change{Org: a.Org, Now: sch.Now.Unix(), Claim: &Claim{ID: a.ID, Sequence: a.Sequence, Held: true}}
	c.Free = []Cells{{a.Unit, string(a.ID), a.Start, a.BusyUntil}}
	c.Take = &Take{Units: []ids.Unit{a.Unit}, Holder: string(a.ID), From: a.Start, To: a.BusyUntil}
	a.Status, a.ExpiresAt, a.ChangedAt, a.Sequence = Booked, 0, c.Now, a.Sequence+1
	c.SetStatus = &a
	var err error
	if c.PutPIN, err = s.pinFor(ctx, sch, a); err != nil {
		return Change{}, a, err
	}
	c.Notices = s.notices(ctx, a, notify.AppointmentBooked, map[string]string{"confirmed": "1"})
	c.Audit = []audit.Entry{s.entry(a.Org, who, audit.AppointmentConfirmed, "appointment", string(a.ID), nil)}
	c.Topics = []string{topic(a.Org, a.Office, sch, a.Start)}
	return c, a, nil
}

// with fills in what the commit decided.
func (a Appointment) with(out Outcome, c Change) Appointment {
	if c.Take != nil && (c.PutAppointment != nil || c.SetTime != nil) {
		a.Unit = out.Unit
	}
	if c.PutPIN != nil {
		a.PIN = c.PutPIN.plain[out.PIN]
	}
	return a
}

// pinCandidates is how many PINs are tried: with 500 appointments on a day at one office, eight are taken once in 10^26 bookings.
const pinCandidates = 8

// pinOf draws a PIN for an appointment that gets another day or office, or its first; nil where it keeps the one it has, or gets none.
func (s *Service) pinOf(ctx context.Context, c *Change, sch Schedule, a Appointment) (*PIN, error) {
	if a.Status != Booked {
		return nil, nil
	}
	if c.SetTime != nil && c.SetStatus == nil && len(a.sealedPIN) > 0 {
		old, err := s.Store.Appointment(ctx, a.Org, a.ID)
		if err != nil {
			return nil, err
		}
		if old.Office == a.Office && officeDay(sch.Config, old.Start) == officeDay(sch.Config, a.Start) {
			return nil, nil
		}
	}
	if !sch.Policy.PIN {
		if c.SetTime != nil {
			c.DropPIN = a.ID
		}
		return nil, nil
	}
	return s.pinFor(ctx, sch, a)
}

// pinFor draws a PIN for an appointment, or nil where the policy gives none, or the person was erased.
func (s *Service) pinFor(ctx context.Context, sch Schedule, a Appointment) (*PIN, error) {
	if !sch.Policy.PIN {
		return nil, nil
	}
	key, erased, err := s.personKey(ctx, a.Person)
	if err != nil || erased {
		return nil, err
	}
	return s.drawPIN(key, sch, a)
}

func (s *Service) drawPIN(key seal.PersonKey, sch Schedule, a Appointment) (*PIN, error) {
	p := &PIN{Appointment: a.ID, Office: a.Office, Day: dateAt(sch, a.Start).String()}
	for range pinCandidates {
		pin := s.Gen.PIN()
		sealed, err := sealText(key, pin, pinPlace(a.ID))
		if err != nil {
			return nil, fmt.Errorf("seal PIN: %w", err)
		}
		p.plain, p.Hashes, p.Sealed = append(p.plain, pin), append(p.Hashes, s.PINHash(a.Org, a.Office, p.Day, pin)), append(p.Sealed, sealed)
	}
	return p, nil
}

// PINOf returns the PIN of an appointment, for the mail that tells it; empty for none.
func (s *Service) PINOf(ctx context.Context, a Appointment) (string, error) {
	if len(a.sealedPIN) == 0 {
		return "", nil
	}
	key, erased, err := s.personKey(ctx, a.Person)
	if err != nil || erased {
		return "", err
	}
	return openText(key, a.sealedPIN, pinPlace(a.ID))
}

// PINHash is what is kept of a PIN: a keyed hash that says nothing about the same digits elsewhere, or on another day.
func (s *Service) PINHash(o ids.Org, office ids.Office, day, pin string) []byte {
	return s.Seals.LookupHash("kiosk.pin", pinKey(o, office, day, pin))
}

// PINHashes are the hashes of a PIN under every key there is, the newest first.
func (s *Service) PINHashes(o ids.Org, office ids.Office, day, pin string) [][]byte {
	return s.Seals.LookupHashes("kiosk.pin", pinKey(o, office, day, pin))
}

func pinKey(o ids.Org, office ids.Office, day, pin string) string {
	return string(o) + "/" + string(office) + "/" + day + "/" + pin
}

// mostResent is how many mails with the confirming link one booking sends: more are of no use to who waits for them, and a nuisance to whose address was
// mistyped.
const mostResent = 5

// Resend mails the confirming link once more, to the address that the booking has now. Faults: Invalid "confirm.lapsed", "confirm.confirmed",
// "confirm.resent_enough".
func (s *Service) Resend(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment, key ids.FormKey) (Appointment, error) {
	a, err := s.Appointment(ctx, who, o, id)
	if err != nil {
		return Appointment{}, err
	}
	form := &Form{Key: key, Kind: "resend", Digest: digest(id), Result: string(id)}
	if again, ok, err := s.again(ctx, a, form); ok || err != nil {
		return again, err
	}
	now := s.Now().Unix()
	if err := CheckConfirm(a, now); err != nil {
		return a, err
	}
	if a.Status == Booked {
		return a, fault.Invalid("confirm.confirmed", nil)
	}
	event := pendingEvent(a)
	sent, err := s.Store.CountNotices(ctx, o, id, event)
	if err != nil {
		return a, err
	}
	if sent >= mostResent {
		return a, fault.Invalid("confirm.resent_enough", nil)
	}
	c := Change{Org: o, Now: now, Form: form, Claim: &Claim{ID: id, Sequence: a.Sequence}}
	c.Notices = s.notices(ctx, a, event, nil)
	c.Audit = []audit.Entry{s.entry(o, who, audit.AppointmentResent, "appointment", string(id), nil)}
	out, err := s.commit(ctx, c)
	if err == nil && out.Verdict != Done && out.Verdict != Repeated {
		err = fault.Conflict("manage.stale", nil)
	}
	a.Sequence++
	return a, err
}

// pendingEvent is what a person is told whose appointment waits for them.
func pendingEvent(a Appointment) notify.Event {
	if a.Status == Proposed {
		return notify.AppointmentProposed
	}
	return notify.AppointmentPending
}

// Lapse writes down that nobody confirmed an appointment in time. Its time has been free since the second after; whoever waits for one is offered it now.
// It does nothing for an appointment that is not lapsed.
func (s *Service) Lapse(ctx context.Context, o ids.Org, id ids.Appointment) error {
	a, err := s.Store.Appointment(ctx, o, id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	sch, err := s.Schedule(ctx, o, a.Service, a.Office)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	gone := err != nil // the service is not offered there any more
	now := s.Now().Unix()
	if a.Status == Lapsed || a.StatusAt(now) != Lapsed {
		return nil
	}
	before := a
	c := Change{Org: o, Now: now, Claim: &Claim{ID: id, Sequence: a.Sequence, Lapsed: true, Held: true}}
	c.Free = []Cells{{a.Unit, string(id), a.Start, a.BusyUntil}}
	a.Status, a.Sequence, a.ChangedAt = Lapsed, a.Sequence+1, now
	c.SetStatus = &a
	if before.Status == Proposed {
		c.Notices = s.notices(ctx, a, notify.AppointmentLapsed, nil)
	}
	c.Audit = []audit.Entry{s.entry(o, actor.System("lapse"), audit.AppointmentLapsed, "appointment", string(id), nil)}
	if !gone {
		c.Topics = []string{topic(o, a.Office, sch, a.Start)}
		if err := s.keepForWaiting(ctx, &c, before, sch); err != nil {
			return err
		}
	}
	out, err := s.commit(ctx, c)
	if err == nil && out.Verdict != Done && out.Verdict != Stale { // stale: somebody else was here first
		err = errors.New("lapse: verdict " + strconv.Itoa(int(out.Verdict)))
	}
	return err
}

// officeDay is the local date of an appointment, as PINs go by it.
func officeDay(c *catalog.Config, start int64) string {
	return org.DateOf(time.Unix(start, 0).In(c.Zone())).String()
}
