package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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

// DeskDay returns the appointments of an office that begin in [from, until) (Unix seconds) as the desk lists them, in the order of their time, at most so many.
func (s *Store) DeskDay(ctx context.Context, o ids.Org, office ids.Office, from, until int64, most int) ([]booking.DeskRow, error) {
	rows, err := s.read.DeskDay(ctx, db.DeskDayParams{Org: string(o), Office: string(office), FromAt: from, UntilAt: until, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list the day of %s: %w", office, s.fault(err))
	}
	parts, err := s.read.PartsOfDay(ctx, db.PartsOfDayParams{Org: string(o), Office: string(office), FromAt: from, UntilAt: until})
	if err != nil {
		return nil, fmt.Errorf("list the visits of %s: %w", office, s.fault(err))
	}
	of := map[string][]booking.Part{}
	for _, p := range parts {
		of[p.Appointment] = append(of[p.Appointment], partOf(db.AppointmentPartsRow{Service: p.Service, Name: p.Name, Account: p.Account, Sealed: p.Sealed}))
	}
	out := make([]booking.DeskRow, len(rows))
	for i, r := range rows {
		out[i] = deskRow(db.DeskRowRow(r))
		out[i].Parts = of[r.ID]
	}
	return out, nil
}

// DeskRows returns appointments as the desk lists them, in the order of their time. One that is not there is left out.
func (s *Store) DeskRows(ctx context.Context, o ids.Org, list []ids.Appointment) ([]booking.DeskRow, error) {
	var out []booking.DeskRow
	for _, id := range list {
		r, err := s.read.DeskRow(ctx, db.DeskRowParams{Org: string(o), ID: string(id)})
		if noRows(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read appointment %s: %w", id, s.fault(err))
		}
		row := deskRow(r)
		parts, err := s.read.AppointmentParts(ctx, db.AppointmentPartsParams{Org: string(o), Appointment: string(id)})
		if err != nil {
			return nil, fmt.Errorf("read parts of %s: %w", id, s.fault(err))
		}
		row.Parts = partsOf(parts)
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b booking.DeskRow) int { return cmp.Compare(a.Start, b.Start) })
	return out, nil
}

func deskRow(r db.DeskRowRow) booking.DeskRow {
	out := booking.DeskRow{
		Listed: booking.Listed{
			ID: ids.Appointment(r.ID), Service: ids.Service(r.Service), Office: ids.Office(r.Office), Unit: ids.Unit(r.Unit), Start: r.StartAt, End: r.EndAt,
			Status: booking.Status(r.Status),
		},
		ExpiresAt: r.ExpiresAt.Int64, Sequence: r.Sequence, Outcome: booking.VisitOutcome(r.Outcome), CancelledBy: r.CancelledBy, Name: r.Name, Email: r.Email,
		Phone: r.Phone, Account: ids.Person(r.Account.String), Protected: r.Protected.Int64 != 0,
	}
	return out.WithSealed(ids.Person(r.Person), r.Note, r.WrappedKey)
}

// above is the first text after all that begin with a text, in the order of the database's bytes.
func above(begins string) string { return begins + "\U0010FFFF" }

// AppointmentsNamed returns the appointments from a moment on of those whose folded name begins so, from its first word on or from its last.
func (s *Store) AppointmentsNamed(ctx context.Context, o ids.Org, begins string, since int64, most int) ([]ids.Appointment, error) {
	first, err := s.read.NamedFirst(ctx, db.NamedFirstParams{Org: string(o), FromKey: begins, UntilKey: above(begins), Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look for a name: %w", s.fault(err))
	}
	last, err := s.read.NamedLast(ctx, db.NamedLastParams{Org: string(o), FromKey: begins, UntilKey: above(begins), Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look for a name: %w", s.fault(err))
	}
	return appointmentIDs(append(first, last...)), nil
}

// AppointmentsOfContact returns the appointments from a moment on of an address or a number, given as its hash.
func (s *Store) AppointmentsOfContact(ctx context.Context, o ids.Org, contact []byte, since int64, most int) ([]ids.Appointment, error) {
	list, err := s.read.AppointmentsOfContact(ctx, db.AppointmentsOfContactParams{Org: string(o), Contact: contact, Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look for a contact: %w", s.fault(err))
	}
	return appointmentIDs(list), nil
}

// AppointmentsBorn returns the appointments from a moment on of those born on a day, given as its hash.
func (s *Store) AppointmentsBorn(ctx context.Context, o ids.Org, birth []byte, since int64, most int) ([]ids.Appointment, error) {
	list, err := s.read.AppointmentsBorn(ctx, db.AppointmentsBornParams{Org: string(o), BirthKey: birth, Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look for a date of birth: %w", s.fault(err))
	}
	return appointmentIDs(list), nil
}

// AppointmentsOfPerson returns the appointments from a moment on of an account.
func (s *Store) AppointmentsOfPerson(ctx context.Context, o ids.Org, p ids.Person, since int64, most int) ([]ids.Appointment, error) {
	list, err := s.read.AppointmentsOfPerson(ctx, db.AppointmentsOfPersonParams{Account: orNull(p), Org: string(o), Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read appointments of a person: %w", s.fault(err))
	}
	return appointmentIDs(list), nil
}

func appointmentIDs(list []string) []ids.Appointment {
	out := make([]ids.Appointment, len(list))
	for i, id := range list {
		out[i] = ids.Appointment(id)
	}
	return out
}

// ProtectedAccount reports whether somebody's data is protected; that of nobody is not.
func (s *Store) ProtectedAccount(ctx context.Context, p ids.Person) (bool, error) {
	protected, err := s.read.ProtectedAccount(ctx, string(p))
	if noRows(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read account: %w", s.fault(err))
	}
	return protected != 0, nil
}

// KeyNames writes by what names are found where it is missing: on rows from before there were such keys. It writes at most so many, and says how many.
func (s *Store) KeyNames(ctx context.Context, most int) (int, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return 0, err
	}
	for _, o := range orgs {
		rows, err := s.read.Unnamed(ctx, db.UnnamedParams{Org: string(o.ID), Most: int32(most)})
		if err != nil {
			return 0, fmt.Errorf("read names of %s: %w", o.ID, s.fault(err))
		}
		if len(rows) == 0 {
			continue
		}
		return len(rows), s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
			for _, r := range rows {
				first, last := booking.NameKeys(r.Name)
				if first == "" {
					first = "-" // a name without a word
				}
				if err := q.SetNameKeys(ctx, db.SetNameKeysParams{NameKey: first, FamilyKey: last, Org: string(o.ID), ID: r.ID}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return 0, nil
}

// PlainParts returns parts of visits whose names are from before such names were sealed, at most so many.
func (s *Store) PlainParts(ctx context.Context, most int) ([]booking.PlainPart, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []booking.PlainPart
	for _, o := range orgs {
		rows, err := s.read.PlainParts(ctx, db.PlainPartsParams{Org: string(o.ID), Most: int32(most - len(out))})
		if err != nil {
			return nil, fmt.Errorf("read names of %s: %w", o.ID, s.fault(err))
		}
		for _, r := range rows {
			out = append(out, booking.PlainPart{Org: o.ID, Appointment: ids.Appointment(r.Appointment), Position: int(r.Position), Name: r.Name})
		}
		if len(out) >= most {
			break
		}
	}
	return out, nil
}

// SealParts writes sealed names in place of those that could be read, where these are still there.
func (s *Store) SealParts(ctx context.Context, list []booking.PlainPart) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, p := range list {
			err := q.SealPart(ctx, db.SealPartParams{Sealed: p.Sealed, Org: string(p.Org), Appointment: string(p.Appointment), Position: int64(p.Position), Name: p.Name})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
