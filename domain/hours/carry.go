package hours

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/org"
)

// Decision is a change to be carried out, with what is to become of those whom it affects.
type Decision struct {
	Org    ids.Org
	Change ids.HoursChange
	// Seen is the version of the configuration that whoever decides was shown.
	Seen int64
	// Choices are by appointment; a move goes to the time that was shown.
	Choices map[ids.Appointment]Visit
}

// Carry carries a change out: the choices are written down, the hours are saved, and each appointment is moved, cancelled or kept. Carried out before, it goes
// on with what is left, by the new choices where there are some. Faults: NotFound; Conflict "hours.meanwhile" when somebody else has changed the configuration
// since it was seen; Conflict "hours.undecided" when somebody is affected for whom nothing was chosen: then nothing is saved; Invalid when the change does not
// fit any more.
func (s *Service) Carry(ctx context.Context, who actor.Actor, r Decision) error {
	change, err := s.Change(ctx, who, r.Org, r.Change)
	if err != nil {
		return err
	}
	if change.AppliedAt == 0 {
		if err := s.save(ctx, who, change, r); err != nil && !s.savedBy(ctx, change, err) {
			return err
		}
	} else if err := s.decideAgain(ctx, change, r); err != nil {
		return err
	}
	return s.settle(ctx, who, change)
}

// savedBy reports whether the hours could not be saved because the same form, sent twice, had just saved them.
func (s *Service) savedBy(ctx context.Context, change Change, why error) bool {
	if !fault.Is(why, fault.KindInvalid) && !fault.Is(why, fault.KindConflict) {
		return false
	}
	now, err := s.Store.HoursChange(ctx, change.Org, change.ID)
	return err == nil && now.AppliedAt != 0
}

// save writes the choices down and saves the hours.
func (s *Service) save(ctx context.Context, who actor.Actor, change Change, r Decision) error {
	p, err := s.Plan(ctx, who, r.Org, r.Change)
	if err != nil {
		return err
	}
	if p.Version() != r.Seen {
		return fault.Conflict("hours.meanwhile", nil)
	}
	visits, err := decide(p.Affected, r.Choices)
	if err != nil {
		return err
	}
	if err := s.Store.PutHoursVisits(ctx, r.Org, r.Change, visits...); err != nil {
		return err
	}
	before, _ := p.Config.Office(change.Office)
	_, err = s.Blueprints.EditHours(ctx, who, blueprint.EditHours{
		Org: r.Org, Office: change.Office, Seen: r.Seen, Change: r.Change, Edit: func(o org.Office) (org.Office, error) { return change.Edit.Apply(o) },
	})
	if fault.IsKey(err, "hours.carried_out") { // the same form, twice
		return nil
	}
	if err != nil {
		return refused(err)
	}
	return s.late(ctx, who, p, *before, change)
}

// decide checks that each of the affected has a choice.
func decide(affected []booking.Displaced, choices map[ids.Appointment]Visit) ([]Visit, error) {
	var out []Visit
	for _, a := range affected {
		v, ok := choices[a.Appointment.ID]
		if !ok || !v.Choice.Valid() || v.Choice == Move && v.To == 0 {
			return nil, fault.Conflict("hours.undecided", nil)
		}
		out = append(out, Visit{Appointment: a.Appointment.ID, Was: a.Appointment.Start, Choice: v.Choice, To: v.To, State: Waiting})
	}
	return out, nil
}

// late finds those who booked a time that is no more, between the page that was shown and the hours being saved: they are left to be decided about.
func (s *Service) late(ctx context.Context, who actor.Actor, p Plan, before org.Office, change Change) error {
	after, err := change.Edit.Apply(before)
	if err != nil {
		return err
	}
	as, err := p.Config.WithOffice(after)
	if err != nil {
		return err
	}
	now, err := s.Booking.AffectedBy(ctx, who, p.Config, as, change.Office)
	if err != nil {
		return err
	}
	var visits []Visit
	for _, d := range now {
		known := slices.ContainsFunc(p.Affected, func(a booking.Displaced) bool { return a.Appointment.ID == d.Appointment.ID })
		if !known {
			visits = append(visits, Visit{Appointment: d.Appointment.ID, Was: d.Appointment.Start, Choice: Move, To: d.To, State: Failed})
		}
	}
	if len(visits) == 0 {
		return nil
	}
	return s.Store.PutHoursVisits(ctx, change.Org, change.ID, visits...)
}

// decideAgain takes new choices for those whose earlier one could not be carried out.
func (s *Service) decideAgain(ctx context.Context, change Change, r Decision) error {
	visits, err := s.Store.HoursVisits(ctx, r.Org, r.Change)
	if err != nil {
		return err
	}
	var again []Visit
	for _, v := range visits {
		if n, ok := r.Choices[v.Appointment]; ok && v.State == Failed && n.Choice.Valid() && (n.Choice != Move || n.To != 0) {
			v.Choice, v.To, v.State = n.Choice, n.To, Waiting
			again = append(again, v)
		}
	}
	if len(again) == 0 {
		return nil
	}
	return s.Store.PutHoursVisits(ctx, change.Org, change.ID, again...)
}

// settle carries out the choices that wait. What cannot be done is marked, and the others go on; what breaks stays waiting, to be gone on with.
func (s *Service) settle(ctx context.Context, who actor.Actor, change Change) error {
	visits, err := s.Store.HoursVisits(ctx, change.Org, change.ID)
	if err != nil {
		return err
	}
	who = served(who, change)
	var broken error
	for _, v := range visits {
		if v.State != Waiting {
			continue
		}
		blind, err := s.blindly(ctx, who, change, v)
		if err != nil {
			broken = err
			continue
		}
		state, err := s.settleOne(ctx, blind, change, v)
		if err != nil {
			broken = err
			continue
		}
		v.State, v.SettledAt = state, s.Now().Unix()
		if err := s.Store.PutHoursVisits(ctx, change.Org, change.ID, v); err != nil {
			return err
		}
	}
	return broken
}

// served is the actor with the right to move and cancel at the office of a change, which changing its hours includes, and only there.
func served(who actor.Actor, change Change) actor.Actor {
	who.Grants = append(slices.Clone(who.Grants), actor.Grant{Role: actor.RoleManager, Org: change.Org, Office: change.Office})
	return who
}

// blindly is the actor who carries out a choice, be the person's data protected or not: nothing of it is shown.
func (s *Service) blindly(ctx context.Context, who actor.Actor, change Change, v Visit) (actor.Actor, error) {
	a, err := s.Booking.Store.Appointment(ctx, change.Org, v.Appointment)
	if err == nil && a.Owner.Person != "" {
		who.Glass = append(slices.Clone(who.Glass), a.Owner.Person)
	}
	return who, err
}

func (s *Service) settleOne(ctx context.Context, who actor.Actor, change Change, v Visit) (VisitState, error) {
	a, err := s.Booking.Appointment(ctx, who, change.Org, v.Appointment)
	if err != nil {
		return "", err
	}
	if v.Choice == Keep {
		return Settled, nil
	}
	// The form key says whether it was this change that did it, should it be done a second time.
	key := ids.FormKey(string(change.ID) + "-" + string(v.Appointment))
	if v.Choice == Cancel {
		_, err = s.Booking.Cancel(ctx, who, booking.CancelRequest{Org: change.Org, ID: v.Appointment, Reason: s.reason(change, a), Key: key})
	} else {
		if a.Start != v.Was && a.Start != v.To {
			return Gone, nil
		}
		r := booking.MoveRequest{Org: change.Org, ID: v.Appointment, Office: change.Office, Start: v.To, Key: key + ids.FormKey(moveKey(v.To))}
		if v.To == v.Was { // at the same time, elsewhere in the office
			if _, done, err := s.Booking.Store.FormResult(ctx, change.Org, r.Key, s.Now().Unix()); done || err != nil {
				return Settled, err // it was moved before, and its unit is the new one
			}
			if r.Unit, err = s.Booking.OtherUnit(ctx, a, v.To); err != nil {
				return "", err
			}
			if r.Unit == "" {
				return Failed, nil
			}
		}
		_, err = s.Booking.Move(ctx, who, r)
	}
	switch {
	case err == nil:
		return Settled, nil
	case fault.IsKey(err, "manage.cancelled_already"), fault.IsKey(err, "manage.past"):
		return Gone, nil
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindConflict):
		return Failed, nil
	}
	return "", err
}

// moveKey tells moves of one appointment to different times from each other.
func moveKey(to int64) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	out := []byte{'-'}
	for ; to > 0; to /= 36 {
		out = append(out, digits[to%36])
	}
	return string(out)
}

// reason is why an appointment is cancelled, in the person's language: what the closure says.
func (s *Service) reason(change Change, a booking.Appointment) string {
	if change.Edit.Closure == nil {
		return ""
	}
	return change.Edit.Closure.Reason.In(a.Details.Lang)
}

// Outcome is what became of one of the affected.
type Outcome struct {
	Visit Visit
	// Displaced is the appointment as it is now; To is the nearest free time for one whose choice failed.
	booking.Displaced
}

// Outcomes returns what became of those whom a change that was carried out affected, in the order of their old times.
func (s *Service) Outcomes(ctx context.Context, who actor.Actor, o ids.Org, id ids.HoursChange) ([]Outcome, error) {
	change, err := s.Change(ctx, who, o, id)
	if err != nil {
		return nil, err
	}
	visits, err := s.Store.HoursVisits(ctx, o, id)
	if err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	list := make([]ids.Appointment, len(visits))
	failed := make([]bool, len(visits))
	for i, v := range visits {
		list[i], failed[i] = v.Appointment, v.State == Failed
	}
	found, err := s.Booking.Displaced(ctx, who, c, change.Office, list, failed)
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(visits))
	for i, v := range visits {
		out[i] = Outcome{Visit: v, Displaced: found[i]}
	}
	return out, nil
}

// History returns what was changed about an office's opening hours, the newest first.
func (s *Service) History(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, before ids.Audit, most int) ([]blueprint.HistoryRow, error) {
	if err := may(who, o, office); err != nil {
		return nil, err
	}
	return s.Store.OfficeHistory(ctx, o, office, before, most)
}
