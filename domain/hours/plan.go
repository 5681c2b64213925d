package hours

import (
	"context"
	"errors"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// planLife is how long a plan that nobody carries out is kept, in seconds.
const planLife = 7 * 24 * 60 * 60

// Begin writes a change down. Faults: NotFound for who may not and for an office that is not there; Invalid when the edit does not fit the hours that hold, or
// changes nothing ("hours.same").
func (s *Service) Begin(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, e Edit) (Change, error) {
	if err := may(who, o, office); err != nil {
		return Change{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Change{}, err
	}
	e.Hours = slices.Clone(e.Hours)
	for i := range e.Hours {
		e.Hours[i].Date, e.Hours[i].Kind = e.Date, e.Of
	}
	if _, _, err := edited(c, office, e); err != nil {
		return Change{}, err
	}
	now := s.Now().Unix()
	made := Change{Org: o, ID: ids.HoursChange(s.Gen.New()), Office: office, Edit: e, By: who.Staff, CreatedAt: now}
	return made, s.Store.PutHoursChange(ctx, made, now-planLife)
}

func may(who actor.Actor, o ids.Org, office ids.Office) error {
	return who.May(actor.HoursEdit, actor.Object{Org: o, Office: office})
}

// edited returns an office before and after an edit, or a fault when the edit does not fit or changes nothing.
func edited(c *catalog.Config, office ids.Office, e Edit) (before, after org.Office, err error) {
	have, err := c.Office(office)
	if err != nil {
		return org.Office{}, org.Office{}, err
	}
	after, err = e.Apply(*have)
	if err != nil {
		return *have, after, err
	}
	if len(Differences(*have, after)) == 0 {
		return *have, after, fault.Invalid("hours.same", nil)
	}
	known := func(s ids.Service) bool {
		_, err := c.Service(s)
		return err == nil
	}
	had := org.Validate(c.Org, c.Groups, []org.Office{*have}, known) // what was wrong before is no reason not to close an office
	problems := org.Validate(c.Org, c.Groups, []org.Office{after}, known)
	if i := slices.IndexFunc(problems, func(p org.Problem) bool { return !p.Warning && !slices.Contains(had, p) }); i >= 0 {
		return *have, after, fault.Invalid("hours.wrong", fault.Args{"what": problems[i].Message})
	}
	return *have, after, nil
}

// Plan is what a change would do to the hours that hold now.
type Plan struct {
	Change      Change
	Config      *catalog.Config // that holds now
	Differences []Difference
	Overlaps    []org.Overlap // that it makes
	Affected    []booking.Displaced
	// Decided are the choices that were made before, by appointment.
	Decided map[ids.Appointment]Visit
}

// Version is that of the configuration which the plan was made for.
func (p Plan) Version() int64 { return p.Config.Version }

// Plan returns what a change that has not been carried out would do now. Faults: NotFound; Invalid when it does not fit the hours that hold any more.
func (s *Service) Plan(ctx context.Context, who actor.Actor, o ids.Org, id ids.HoursChange) (Plan, error) {
	change, err := s.Change(ctx, who, o, id)
	if err != nil {
		return Plan{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Change: change, Config: c, Decided: map[ids.Appointment]Visit{}}
	before, after, err := edited(c, change.Office, change.Edit)
	if err != nil {
		return p, err
	}
	p.Differences = Differences(before, after)
	p.Overlaps = newOverlaps(before, after)
	as, err := c.WithOffice(after)
	if err != nil {
		return p, err
	}
	if p.Affected, err = s.Booking.AffectedBy(ctx, who, c, as, change.Office); err != nil {
		return p, err
	}
	visits, err := s.Store.HoursVisits(ctx, o, id)
	for _, v := range visits {
		p.Decided[v.Appointment] = v
	}
	return p, err
}

// Change returns a change, or NotFound, also to who may not.
func (s *Service) Change(ctx context.Context, who actor.Actor, o ids.Org, id ids.HoursChange) (Change, error) {
	c, err := s.Store.HoursChange(ctx, o, id)
	if err != nil {
		return Change{}, err
	}
	return c, may(who, o, c.Office)
}

// newOverlaps are the overlaps that were not there before.
func newOverlaps(before, after org.Office) []org.Overlap {
	had := map[[2]string]bool{}
	tables := func(o org.Office) []org.Timetable {
		out := []org.Timetable{o.Timetable()}
		for _, u := range o.Units {
			out = append(out, u.Timetable())
		}
		return out
	}
	for _, t := range tables(before) {
		for _, o := range t.Overlaps() {
			had[[2]string{o.Line, o.Other}] = true
		}
	}
	var out []org.Overlap
	for _, t := range tables(after) {
		for _, o := range t.Overlaps() {
			if !had[[2]string{o.Line, o.Other}] {
				had[[2]string{o.Line, o.Other}] = true
				out = append(out, o)
			}
		}
	}
	return out
}

// refused puts what blueprint refuses into a fault that a page can show.
func refused(err error) error {
	var r *blueprint.Refused
	if errors.As(err, &r) && len(r.Problems) > 0 {
		return fault.Invalid("hours.wrong", fault.Args{"what": r.Problems[0].Message})
	}
	return err
}
