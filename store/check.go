package store

import (
	"context"
	"fmt"

	"luukku/store/db"
	"luukku/store/sqldb"
)

// CheckInvariants returns a sentence for each place where the data contradicts itself: cells taken by nobody, appointments without all of their cells,
// holds without their row, appointments without their person, notices about nothing, tickets and counters that do not know of each other, letters that lie elsewhere than their events say, and lines of the audit log that are not as they were sealed (its
// signatures are left to VerifyAudit, which has the keys). None is what a healthy database says. `luukku check` prints them,
// and every database of a test is checked when it closes.
func CheckInvariants(ctx context.Context, read sqldb.DBTX) ([]string, error) {
	q := db.New(read)
	var found []string
	cells, err := q.BookedOverlaps(ctx)
	if err != nil {
		return nil, fmt.Errorf("check occupancy: %w", err)
	}
	for _, c := range cells {
		found = append(found, fmt.Sprintf("cell %d of unit %s is taken by %s, which is no booked appointment of that unit and time", c.Cell, c.Unit, c.Holder))
	}
	short, err := q.AppointmentsWithoutCells(ctx)
	if err != nil {
		return nil, fmt.Errorf("check appointments: %w", err)
	}
	for _, a := range short {
		found = append(found, fmt.Sprintf("appointment %s of %s is booked and does not have all of its cells", a.ID, a.Org))
	}
	holders, err := q.HoldsWithoutHolder(ctx)
	if err != nil {
		return nil, fmt.Errorf("check holds: %w", err)
	}
	for _, h := range holders {
		found = append(found, fmt.Sprintf("cells of %s are held by %s, and there is no such hold of that unit and time", h.Org, h.Holder))
	}
	orphans, err := q.AppointmentsWithoutPerson(ctx)
	if err != nil {
		return nil, fmt.Errorf("check people: %w", err)
	}
	for _, a := range orphans {
		found = append(found, fmt.Sprintf("appointment %s of %s is about nobody", a.ID, a.Org))
	}
	notices, err := q.NoticesWithoutAppointment(ctx)
	if err != nil {
		return nil, fmt.Errorf("check notices: %w", err)
	}
	for _, n := range notices {
		found = append(found, fmt.Sprintf("notice %s of %s is about no appointment", n.ID, n.Org))
	}
	strangers, err := q.CareOfNobody(ctx)
	if err != nil {
		return nil, fmt.Errorf("check care: %w", err)
	}
	for _, c := range strangers {
		found = append(found, fmt.Sprintf("version %d of the care under %s of %s is about nobody", c.Version, c.Agenda, c.Org))
	}
	opened, err := q.AccessOfNobody(ctx)
	if err != nil {
		return nil, fmt.Errorf("check access: %w", err)
	}
	for _, g := range opened {
		found = append(found, fmt.Sprintf("version %d of the access to %s of %s is about nobody", g.Version, g.Service, g.Org))
	}
	lobby, err := lobbyInvariants(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("check the lobbies: %w", err)
	}
	found = append(found, lobby...)
	letters, err := letterInvariants(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("check the mailboxes: %w", err)
	}
	found = append(found, letters...)
	log, err := verifyAudit(ctx, read, nil, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("check the audit log: %w", err)
	}
	for _, f := range log.Findings {
		found = append(found, "audit log: "+f)
	}
	return found, nil
}

// lobbyInvariants are those of the lobbies: a counter has the ticket that is called to it, and no other; each ticket has the step that made it what it is.
func lobbyInvariants(ctx context.Context, q *db.Queries) ([]string, error) {
	var found []string
	counters, err := q.CountersWithoutTicket(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range counters {
		found = append(found, fmt.Sprintf("counter %s of %s has ticket %s, which is not called to it", c.Unit, c.Org, c.Ticket))
	}
	tickets, err := q.TicketsWithoutCounter(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tickets {
		found = append(found, fmt.Sprintf("ticket %s of %s is called to a counter that does not have it", t.ID, t.Org))
	}
	steps, err := q.TicketsWithoutSteps(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range steps {
		found = append(found, fmt.Sprintf("ticket %s of %s has no step that made it what it is", t.ID, t.Org))
	}
	return found, nil
}

// Check runs CheckInvariants on the store's own database, as it is at one moment.
func (s *Store) Check(ctx context.Context) (found []string, err error) {
	err = s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err = CheckInvariants(ctx, tx)
		return err
	})
	return found, s.fault(err)
}
