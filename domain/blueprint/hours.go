package blueprint

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// EditHours is a change of the opening hours of one office.
type EditHours struct {
	Org    ids.Org
	Office ids.Office
	// Seen is the version of the organisation's configuration that the change was made for.
	Seen int64
	// Change is carried out by this; it is carried out once.
	Change ids.HoursChange
	// Edit returns the office as it will be. It may run twice.
	Edit func(org.Office) (org.Office, error)
}

// EditHours makes a change of an office's opening hours the stored configuration, in one transaction. Faults: NotFound for who may not, and for what is not
// there; Conflict "hours.meanwhile" when somebody else has configured something since Seen; what Edit returns; Conflict "hours.carried_out" when the change was
// carried out before. Then nothing has changed.
func (s Service) EditHours(ctx context.Context, who actor.Actor, r EditHours) (Result, error) {
	if err := who.May(actor.HoursEdit, actor.Object{Org: r.Org, Office: r.Office}); err != nil {
		return Result{}, err
	}
	var out Result
	err := s.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		out = Result{} // the function may run twice
		stored, err := v.Stored(ctx, []ids.Org{r.Org})
		if err != nil {
			return nil, err
		}
		want, ok := stored.Organisation(r.Org)
		if !ok {
			return nil, fault.NotFound("org.unknown")
		}
		if stored.Versions[r.Org] != r.Seen {
			return nil, fault.Conflict("hours.meanwhile", nil)
		}
		i := slices.IndexFunc(want.Offices, func(f Office) bool { return f.ID == r.Office })
		if i < 0 {
			return nil, fault.NotFound("office.unknown")
		}
		want.Offices = slices.Clone(want.Offices)
		if want.Offices[i].Office, err = r.Edit(want.Offices[i].Office); err != nil {
			return nil, err
		}
		now := s.Now()
		p, err := makePlan(ctx, v, Document{Organisations: []Organisation{want}}, now.Unix())
		if err != nil {
			return nil, err
		}
		// What was wrong before is no reason not to close an office.
		had, _ := stored.Organisation(r.Org)
		c0 := &checker{}
		c0.organisation(had)
		if new := slices.DeleteFunc(Faults(p.problems), func(q Problem) bool { return slices.Contains(c0.problems, q) }); len(new) > 0 {
			return nil, &Refused{new}
		}
		out.Lines, out.Warnings = p.lines, p.problems
		c := p.change(now, Options{})
		if len(p.lines) == 0 {
			c = &Change{Version: max(p.stored.Version+1, now.UnixMilli()), Now: now.Unix()}
		}
		c.Hours = HoursDone{Org: r.Org, Change: r.Change}
		out.Version = c.Version
		detail := map[string]string{"version": strconv.FormatInt(c.Version, 10), "changed": strconv.Itoa(len(p.lines)), "change": string(r.Change)}
		c.Audit = append(c.Audit, audit.New(r.Org, s.Gen.Audit(), now.UnixMicro(), who, audit.HoursChanged, "office", string(r.Office), detail))
		s.history(c, p.lines, who, now)
		return c, nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("change opening hours: %w", err)
	}
	return out, nil
}
