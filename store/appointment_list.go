package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/store/db"
)

// AppointmentsAt returns the appointments of an office that begin in [from, until) (Unix seconds), in the order of their time, at most so many.
func (s *Store) AppointmentsAt(ctx context.Context, o ids.Org, office ids.Office, from, until int64, most int) ([]booking.Listed, error) {
	rows, err := s.read.AppointmentsAt(ctx, db.AppointmentsAtParams{Org: string(o), Office: string(office), FromAt: from, UntilAt: until, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list appointments of %s: %w", office, s.fault(err))
	}
	out := make([]booking.Listed, len(rows))
	for i, r := range rows {
		out[i] = booking.Listed{
			ID: ids.Appointment(r.ID), Service: ids.Service(r.Service), Office: office, Unit: ids.Unit(r.Unit), Start: r.StartAt, End: r.EndAt,
			Status: booking.Status(r.Status),
		}
	}
	return out, nil
}
