package booking

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/waiting"
)

// keepFreed is how long a time that somebody waits for is kept between the cancellation and the first offers, which follow at once: so nobody slips in between.
const keepFreed = 60 * time.Second

// TaskOffer is the kind of the task that offers a freed time to those who wait, or to the next of them.
const TaskOffer = "appointments.offer"

// OfferArgs are the arguments of TaskOffer.
type OfferArgs struct {
	Org   ids.Org   `json:"org"`
	Freed ids.Freed `json:"freed"`
	Round int64     `json:"round"`
}

func offerJob(o ids.Org, id ids.Freed, round, at int64, why string) Job {
	return Job{
		Kind: TaskOffer, Uniq: string(id) + "/" + strconv.FormatInt(round, 10) + why, Args: mustJSON(OfferArgs{o, id, round}), RunAt: at,
	}
}

// keepForWaiting adds to a change that frees a time what keeps it for those who wait, in the same transaction: nobody can take it in between. It keeps nothing
// where the policy has no waiting list, nobody waits, the time is too close to be booked, or nobody could book it any more.
func (s *Service) keepForWaiting(ctx context.Context, c *Change, a Appointment, sch Schedule) error {
	if !waits(sch.Policy) || CheckStart(sch.Policy, a.Start, sch.Now, sch.Zone()) != nil {
		return nil
	}
	if slot, ok := s.slotAt(sch, a.Start); !ok || !slices.Contains(slot.Units, a.Unit) {
		return nil // the hours have changed, it was booked beside the counters, or it is the staff's: not everybody's to have
	}
	if t := c.Take; t != nil && t.From < a.BusyUntil && a.Start < t.To { // the new time lies over the old one
		return nil
	}
	waits, err := s.Store.AnyWaiting(ctx, a.Org, a.Service)
	if err != nil || !waits {
		return err
	}
	f := Freed{
		Org: a.Org, ID: s.Gen.Freed(), Service: a.Service, Office: a.Office, Unit: a.Unit, Start: a.Start,
		End: min(a.End, a.Start+seconds(sch.Policy.Length)), BusyUntil: min(a.BusyUntil, a.Start+sch.Busy()),
		State: FreedOpen, ExpiresAt: c.Now + seconds(keepFreed), CreatedAt: c.Now,
	}
	c.Keep = &Keep{Freed: f}
	c.Tasks = append(c.Tasks, offerJob(f.Org, f.ID, 0, c.Now, ""))
	return nil
}

// OfferNext offers a freed time to the next who would be served by it: to one, or to several at once, as the policy says. When nobody is left, or it is too
// late, the time is for everybody again. It does nothing while the offers of the round may still be answered, or when the freed time has gone on since.
func (s *Service) OfferNext(ctx context.Context, o ids.Org, id ids.Freed, round int64) error {
	f, err := s.Store.Freed(ctx, o, id)
	if fault.Is(err, fault.KindNotFound) || err == nil && (f.State != FreedOpen || f.Round != round) {
		return nil
	}
	if err != nil {
		return err
	}
	offers, err := s.Store.OffersOf(ctx, o, id)
	if err != nil {
		return err
	}
	sch, err := s.Schedule(ctx, o, f.Service, f.Office)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return s.giveFree(ctx, f, s.Now().Unix())
	case err != nil:
		return err
	}
	now := sch.Now.Unix()
	if anyOpen(offers, f.Round, now) {
		return nil
	}
	next, err := s.nextInLine(ctx, f, sch, offers)
	if err != nil {
		return err
	}
	until := min(now+seconds(sch.Policy.OfferWindow), LastNotice(sch.Policy, f.Start))
	if len(next) == 0 || until <= now {
		return s.giveFree(ctx, f, now)
	}
	kept := until + seconds(keepFreed) // for the turn after this one: nobody slips in between the two
	c := Change{Org: o, Now: now, Free: []Cells{f.cells()}}
	c.Take = &Take{Units: []ids.Unit{f.Unit}, Holder: string(id), From: f.Start, To: f.BusyUntil, ExpiresAt: kept}
	c.Offer = &OfferChange{Freed: id, Round: f.Round, ExpiresAt: kept}
	for _, e := range next {
		c.Offer.Put = append(c.Offer.Put, Offer{Freed: id, Waiting: e.ID, Round: f.Round + 1, State: Offered, ExpiresAt: until, CreatedAt: now})
		c.Notices = append(c.Notices, s.waitingNotices(ctx, e, notify.TimeOffered, map[string]string{"freed": string(id)})...)
	}
	c.Tasks = []Job{offerJob(o, id, f.Round+1, until+1, "")}
	c.Audit = []audit.Entry{s.entry(o, actor.System("offer"), audit.TimeOffered, "freed", string(id), map[string]string{"to": strconv.Itoa(len(next))})}
	c.Topics = []string{topic(o, f.Office, sch, f.Start)}
	out, err := s.commit(ctx, c)
	if err == nil && out.Verdict == Taken { // it was not kept long enough, and somebody has it
		return s.giveFree(ctx, f, now)
	}
	return err
}

func anyOpen(offers []Offer, round, now int64) bool {
	for _, o := range offers {
		if o.Round == round && o.State == Offered && now <= o.ExpiresAt {
			return true
		}
	}
	return false
}

// nextInLine are those to whom a freed time is offered next.
func (s *Service) nextInLine(ctx context.Context, f Freed, sch Schedule, offers []Offer) ([]Waiter, error) {
	line, err := s.Store.WaitingLine(ctx, f.Org, f.Service)
	if err != nil {
		return nil, err
	}
	now := sch.Now.Unix()
	had := map[ids.Waiting]bool{}
	for _, o := range offers {
		had[o.Waiting] = true
	}
	most := 1
	if sch.Policy.Waiting == catalog.WaitingFirst {
		most = sch.Policy.OfferMost
	}
	waiting.Line(line)
	t := waiting.Time{Service: f.Service, Office: f.Office, Unit: f.Unit, Start: f.Start, End: f.End}
	var next []Waiter
	for _, e := range line {
		if len(next) == most {
			break
		}
		if had[e.ID] || !e.Wants(t, now, sch.Zone()) {
			continue
		}
		if may, err := s.hasAccess(ctx, e, f, sch.Config); err != nil {
			return nil, err
		} else if !may {
			continue
		}
		if fits, err := s.inCare(ctx, e, f, sch); err != nil {
			return nil, err
		} else if !fits {
			continue
		}
		if better, err := s.betterFor(ctx, e, f); err != nil {
			return nil, err
		} else if !better {
			continue
		}
		recent, err := s.Store.OffersSince(ctx, f.Org, e, now-24*60*60)
		if err != nil {
			return nil, err
		}
		if recent >= sch.Policy.OffersADay {
			continue
		}
		if reaches, err := s.reaches(ctx, e); err != nil {
			return nil, err
		} else if reaches {
			next = append(next, e)
		}
	}
	return next, nil
}

// reaches reports whether somebody who waits can be told of a time at all: whoever wants to hear by no channel keeps no time from the next one.
func (s *Service) reaches(ctx context.Context, e Waiter) (bool, error) {
	if s.Reaches == nil {
		return true, nil
	}
	return s.Reaches(ctx, e)
}

// betterFor reports whether a freed time is one that somebody would give up their appointment for, as it is by now: it may have been moved since they
// began to wait, and a visit that takes longer does not fit.
func (s *Service) betterFor(ctx context.Context, e Waiter, f Freed) (bool, error) {
	if e.Moves == "" {
		return true, nil
	}
	a, err := s.Store.Appointment(ctx, e.Org, e.Moves)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return true, nil
	case err != nil:
		return false, err
	case CheckLive(a, s.Now().Unix()) != nil:
		return true, nil
	}
	return f.Start < a.Start && a.End-a.Start <= f.End-f.Start, nil
}

// giveFree ends a freed time: it is for everybody.
func (s *Service) giveFree(ctx context.Context, f Freed, now int64) error {
	c := Change{Org: f.Org, Now: now, Free: []Cells{f.cells()}, Offer: &OfferChange{Freed: f.ID, Round: f.Round, Over: true, ExpiresAt: f.ExpiresAt}}
	if cfg, err := s.Store.Config(ctx, f.Org); err == nil {
		c.Topics = []string{"booking/" + string(f.Org) + "/" + string(f.Office) + "/" + officeDay(cfg, f.Start)}
	}
	_, err := s.commit(ctx, c) // whoever was faster has ended it
	return err
}

// OfferView is an offer with everything that its page and its mail say.
type OfferView struct {
	Offer Offer
	Freed Freed
	Entry Waiter
}

// CheckOffer says whether an offer can be answered now: Invalid "offer.gone" when another was faster, "offer.over" when it is too late, "offer.declined".
func CheckOffer(v OfferView, now int64) error {
	switch {
	case v.Offer.State == Accepted:
		return nil
	case v.Offer.State == Declined:
		return fault.Invalid("offer.declined", nil)
	case v.Offer.State == Gone, v.Freed.State == FreedTaken:
		return fault.Invalid("offer.gone", nil)
	case v.Freed.State != FreedOpen, v.Offer.Round != v.Freed.Round, now > v.Offer.ExpiresAt, v.Entry.State != waiting.Waiting:
		return fault.Invalid("offer.over", nil)
	}
	return nil
}

// OfferOf returns the offer that a mailed link is about, or NotFound "link.not_found".
func (s *Service) OfferOf(ctx context.Context, token string) (OfferView, error) {
	hash := ids.HashToken(token)
	if hash == nil {
		return OfferView{}, fault.NotFound("link.not_found")
	}
	o, subject, err := s.Store.OfferSubject(ctx, hash, s.Now().Unix())
	if err != nil {
		return OfferView{}, err
	}
	freed, entry, _ := strings.Cut(subject, "/")
	return s.offerView(ctx, o, ids.Freed(freed), ids.Waiting(entry))
}

func (s *Service) offerView(ctx context.Context, o ids.Org, id ids.Freed, w ids.Waiting) (v OfferView, err error) {
	if v.Freed, err = s.Store.Freed(ctx, o, id); err != nil {
		return v, err
	}
	if v.Entry, err = s.Store.WaitingEntry(ctx, o, w); err != nil {
		return v, err
	}
	offers, err := s.Store.OffersOf(ctx, o, id)
	if err != nil {
		return v, err
	}
	for _, x := range offers {
		if x.Waiting == w {
			v.Offer = x
			return v, nil
		}
	}
	return v, fault.NotFound("link.not_found")
}

// AcceptOffer takes the offered time: a new appointment, or the one that they would give up, moved. Of several who answer, the first one whose answer is
// written gets it; the others are told "offer.gone". Accepted again, it is the same appointment.
func (s *Service) AcceptOffer(ctx context.Context, who actor.Actor, o ids.Org, id ids.Freed, w ids.Waiting) (Appointment, error) {
	v, err := s.offerView(ctx, o, id, w)
	if err != nil {
		return Appointment{}, err
	}
	form := &Form{Key: ids.FormKey("offer/" + string(id) + "/" + string(w)), Kind: "offer"}
	sch, err := s.Schedule(ctx, o, v.Freed.Service, v.Freed.Office)
	if err != nil {
		return Appointment{}, err
	}
	now := sch.Now.Unix()
	if v.Offer.State == Accepted {
		return s.accepted(ctx, o, form.Key, now)
	}
	if err := CheckOffer(v, now); err != nil {
		return Appointment{}, err
	}
	if may, err := s.hasAccess(ctx, v.Entry, v.Freed, sch.Config); err != nil {
		return Appointment{}, err
	} else if !may {
		return Appointment{}, fault.Invalid("offer.over", nil)
	}
	c, a, err := s.acceptChange(ctx, who, v, sch, form)
	if err != nil {
		return Appointment{}, err
	}
	out, err := s.commit(ctx, c)
	if err != nil {
		return Appointment{}, err
	}
	switch out.Verdict {
	case Done:
		return a.with(out, c), nil
	case Repeated:
		return s.accepted(ctx, o, form.Key, now)
	case OfferGone, Taken:
		if v, err = s.offerView(ctx, o, id, w); err != nil {
			return Appointment{}, err
		}
		if err := CheckOffer(v, now); err != nil {
			return Appointment{}, err
		}
		return Appointment{}, fault.Invalid("offer.over", nil)
	}
	return Appointment{}, verdictFault(out.Verdict, sch, v.Freed.Start)
}

func (s *Service) accepted(ctx context.Context, o ids.Org, key ids.FormKey, now int64) (Appointment, error) {
	result, ok, err := s.Store.FormResult(ctx, o, key, now)
	if err == nil && !ok {
		err = fault.Invalid("offer.over", nil)
	}
	if err != nil {
		return Appointment{}, err
	}
	return s.load(ctx, o, ids.Appointment(result))
}

// acceptChange decides what an accepted offer does: the offer is won, the kept cells become the appointment's, and the others hear that it went.
func (s *Service) acceptChange(ctx context.Context, who actor.Actor, v OfferView, sch Schedule, form *Form) (c Change, a Appointment, err error) {
	f, e, now := v.Freed, v.Entry, sch.Now.Unix()
	c = Change{Org: f.Org, Now: now, Form: form, Free: []Cells{f.cells()}}
	if e.Moves != "" {
		if a, err = s.load(ctx, f.Org, e.Moves); err != nil && !fault.Is(err, fault.KindNotFound) {
			return c, a, err
		}
	}
	if e.Moves != "" && err == nil && CheckLive(a, now) == nil {
		if err := s.acceptByMoving(ctx, &c, &a, v, sch); err != nil {
			return c, a, err
		}
	} else {
		a = s.acceptAnew(ctx, &c, v, sch)
	}
	form.Result, form.ExpiresAt = string(a.ID), now+seconds(LinkLife)
	c.Take = &Take{Units: []ids.Unit{f.Unit}, Holder: string(a.ID), From: f.Start, To: f.BusyUntil}
	c.Offer = &OfferChange{Freed: f.ID, Round: f.Round, Accept: e.ID, ExpiresAt: f.ExpiresAt}
	if c.PutPIN, err = s.pinOf(ctx, &c, sch, a); err != nil {
		return c, a, err
	}
	c.Notices = answered(who, a, c.Notices)
	if err := s.tellTheOthers(ctx, &c, v); err != nil {
		return c, a, err
	}
	c.Audit = append(c.Audit, s.entry(f.Org, who, audit.OfferAccepted, "appointment", string(a.ID), map[string]string{"freed": string(f.ID)}))
	c.Topics = append(c.Topics, topic(f.Org, f.Office, sch, f.Start))
	return c, a, nil
}

// acceptAnew makes the appointment of somebody who had none.
func (s *Service) acceptAnew(ctx context.Context, c *Change, v OfferView, sch Schedule) Appointment {
	f, e := v.Freed, v.Entry
	a := Appointment{
		Org: f.Org, ID: s.Gen.Appointment(), Service: f.Service, Office: f.Office, Start: f.Start, End: f.End, BusyUntil: f.BusyUntil, Status: Booked,
		Person: e.Person, Details: Details{Name: e.Name, Email: e.Email, Phone: e.Phone, Lang: e.Lang}, Owner: actor.Owner{Person: e.Account},
		PolicyVersion: sch.Config.Version, CreatedAt: c.Now, ChangedAt: c.Now,
	}
	c.PutAppointment = &a
	c.Contacts = &Contacts{Appointment: a.ID, Hashes: s.contacts(a.Details)}
	if e.MadeBy == "" {
		c.Limit = limitOf(sch, c.Contacts.Hashes, "")
	}
	c.Notices = s.notices(ctx, a, notify.AppointmentBooked, nil)
	return a
}

// acceptByMoving gives the appointment that they have the offered time; the old one goes to the next who waits.
func (s *Service) acceptByMoving(ctx context.Context, c *Change, a *Appointment, v OfferView, sch Schedule) error {
	f, before := v.Freed, *a
	c.Claim = &Claim{ID: a.ID, Sequence: a.Sequence, Held: a.Status != Booked}
	c.Free = append(c.Free, Cells{a.Unit, string(a.ID), a.Start, a.BusyUntil})
	a.Office, a.Start, a.End, a.BusyUntil, a.Status, a.ExpiresAt = f.Office, f.Start, f.End, f.BusyUntil, Booked, 0
	a.PolicyVersion, a.ChangedAt, a.Sequence = sch.Config.Version, c.Now, a.Sequence+1
	c.SetTime = a
	if before.Status != Booked {
		c.SetStatus = a
	}
	c.LinksUntil = &LinksUntil{Appointment: a.ID, ExpiresAt: a.End + seconds(LinkLife)}
	c.Notices = s.notices(ctx, *a, notify.AppointmentMoved, map[string]string{
		"from": strconv.FormatInt(before.Start, 10), "from_office": string(before.Office),
	})
	old, err := s.Schedule(ctx, before.Org, before.Service, before.Office)
	if err != nil {
		return nil //nolint:nilerr // it is not offered there any more: nobody can be offered the old time
	}
	c.Topics = append(c.Topics, topic(before.Org, before.Office, old, before.Start))
	if f.Start < before.BusyUntil && before.Start < f.BusyUntil {
		return nil
	}
	return s.keepForWaiting(ctx, c, before, old)
}

// tellTheOthers adds that the time went to those to whom it was offered, too.
func (s *Service) tellTheOthers(ctx context.Context, c *Change, v OfferView) error {
	offers, err := s.Store.OffersOf(ctx, v.Freed.Org, v.Freed.ID)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Waiting == v.Entry.ID || o.State != Offered || o.Round != v.Freed.Round {
			continue
		}
		other, err := s.Store.WaitingEntry(ctx, v.Freed.Org, o.Waiting)
		if err != nil {
			return err
		}
		c.Notices = append(c.Notices, s.waitingNotices(ctx, other, notify.OfferGone, map[string]string{"freed": string(v.Freed.ID)})...)
	}
	return nil
}

// DeclineOffer says no: the next one hears of the time at once. Who declines stays on the list.
func (s *Service) DeclineOffer(ctx context.Context, who actor.Actor, o ids.Org, id ids.Freed, w ids.Waiting) error {
	v, err := s.offerView(ctx, o, id, w)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	if v.Offer.State == Declined {
		return nil
	}
	if err := CheckOffer(v, now); err != nil {
		return err
	}
	c := Change{Org: o, Now: now, Offer: &OfferChange{Freed: id, Round: v.Freed.Round, Decline: w, ExpiresAt: v.Freed.ExpiresAt}}
	c.Tasks = []Job{offerJob(o, id, v.Freed.Round, now, "/"+string(w))}
	c.Audit = []audit.Entry{s.entry(o, who, audit.OfferDeclined, "freed", string(id), nil)}
	out, err := s.commit(ctx, c)
	if err != nil || out.Verdict != OfferGone {
		return err
	}
	// Somebody answered in this moment; it may have been the same person, twice.
	if v, err = s.offerView(ctx, o, id, w); err != nil || v.Offer.State == Declined {
		return err
	}
	if err := CheckOffer(v, now); err != nil {
		return err
	}
	return fault.Invalid("offer.over", nil)
}
