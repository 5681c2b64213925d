package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/hours"
	"luukku/store/db"
)

var _ hours.Store = (*Store)(nil)

// The states of hours_change.
const (
	hoursPlanned = "planned"
	hoursApplied = "applied"
)

// PutHoursChange writes a new change, and drops plans of the organisation that were made before a moment.
func (s *Store) PutHoursChange(ctx context.Context, c hours.Change, dropBefore int64) error {
	doc, err := json.Marshal(c.Edit)
	if err != nil {
		return fmt.Errorf("write a change of hours: %w", err)
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		if err := q.DropOldHoursChanges(ctx, db.DropOldHoursChangesParams{Org: string(c.Org), Before: dropBefore}); err != nil {
			return err
		}
		return q.PutHoursChange(ctx, db.PutHoursChangeParams{
			Org: string(c.Org), ID: string(c.ID), Office: string(c.Office), Doc: string(doc), State: hoursPlanned, CreatedBy: string(c.By), CreatedAt: c.CreatedAt,
		})
	})
}

// HoursChange returns a change, or NotFound "hours.no_change".
func (s *Store) HoursChange(ctx context.Context, o ids.Org, id ids.HoursChange) (hours.Change, error) {
	r, err := s.read.HoursChange(ctx, db.HoursChangeParams{Org: string(o), ID: string(id)})
	if err != nil {
		return hours.Change{}, s.found(err, "hours.no_change", "read a change of hours")
	}
	c := hours.Change{Org: o, ID: id, Office: ids.Office(r.Office), By: ids.Staff(r.CreatedBy), CreatedAt: r.CreatedAt, AppliedAt: r.AppliedAt}
	if err := json.Unmarshal([]byte(r.Doc), &c.Edit); err != nil {
		return hours.Change{}, fmt.Errorf("read change of hours %s: %w", id, err)
	}
	return c, nil
}

// PutHoursVisits writes what was decided about appointments, over what was there.
func (s *Store) PutHoursVisits(ctx context.Context, o ids.Org, id ids.HoursChange, visits ...hours.Visit) error {
	if len(visits) == 0 {
		return nil
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, v := range visits {
			err := q.PutHoursVisit(ctx, db.PutHoursVisitParams{
				Org: string(o), Change: string(id), Appointment: string(v.Appointment), WasAt: v.Was, Choice: string(v.Choice), ToAt: v.To, State: string(v.State),
				SettledAt: v.SettledAt,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// HoursVisits returns what was decided about appointments, in the order of their old times.
func (s *Store) HoursVisits(ctx context.Context, o ids.Org, id ids.HoursChange) ([]hours.Visit, error) {
	rows, err := s.read.HoursVisits(ctx, db.HoursVisitsParams{Org: string(o), Change: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read visits of a change of hours: %w", s.fault(err))
	}
	out := make([]hours.Visit, len(rows))
	for i, r := range rows {
		out[i] = hours.Visit{
			Appointment: ids.Appointment(r.Appointment), Was: r.WasAt, Choice: hours.Choice(r.Choice), To: r.ToAt, State: hours.VisitState(r.State), SettledAt: r.SettledAt,
		}
	}
	return out, nil
}

// putHistory writes what a change of the configuration changed, and marks the change of hours that it carries out.
func putHistory(ctx context.Context, q *db.Queries, c blueprint.Change) error {
	if c.Hours.Change != "" {
		n, err := q.ApplyHoursChange(ctx, db.ApplyHoursChangeParams{State: hoursApplied, AppliedAt: c.Now, Org: string(c.Hours.Org), ID: string(c.Hours.Change)})
		if err == nil && n == 0 {
			err = fault.Conflict("hours.carried_out", nil)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range c.History {
		err := q.PutConfigHistory(ctx, db.PutConfigHistoryParams{
			Org: string(r.Org), ID: string(r.ID), Office: string(r.Office), Area: r.Area, AtUs: r.AtMicros, ActorKind: string(r.Kind), Actor: r.Actor, Op: string(r.Op),
			What: r.What, Was: r.Was, Became: r.Became,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// OfficeHistory returns what was changed about an office's opening hours, the newest first: before a row, or from the newest, at most so many.
func (s *Store) OfficeHistory(ctx context.Context, o ids.Org, office ids.Office, before ids.Audit, most int) ([]blueprint.HistoryRow, error) {
	if before == "" {
		before = "zzzzzzzzzzzzzzzzzzzzzzzzzzz" // longer than any, of the last letter
	}
	rows, err := s.read.OfficeHistory(ctx, db.OfficeHistoryParams{
		Org: string(o), Office: string(office), Area: blueprint.AreaHours, Before: string(before), Most: int32(most),
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", office, s.fault(err))
	}
	out := make([]blueprint.HistoryRow, len(rows))
	for i, r := range rows {
		out[i] = blueprint.HistoryRow{
			Org: o, ID: ids.Audit(r.ID), Office: ids.Office(r.Office), Area: r.Area, AtMicros: r.AtUs, Kind: actor.Kind(r.ActorKind), Actor: r.Actor, Op: blueprint.Op(r.Op),
			What: r.What, Was: r.Was, Became: r.Became,
		}
	}
	return out, nil
}
