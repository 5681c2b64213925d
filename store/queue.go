package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/queue"
	"luukku/store/db"
)

var (
	_ queue.Store = (*Lobby)(nil)
	_ queue.Tx    = (*lobbyTx)(nil)
)

// Lobby is the store as domain/queue sees it.
type Lobby struct {
	store *Store
	lobby
}

// Lobby returns the tickets and counters of the lobbies.
func (s *Store) Lobby() *Lobby { return &Lobby{s, lobby{s.read, s.found, s.fault}} }

// lobby reads what is read alike in and outside of a transaction.
type lobby struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
}

// Config returns what an organisation has configured.
func (l *Lobby) Config(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	return l.store.Config(ctx, o)
}

func ticketOf(r db.Ticket) queue.Ticket {
	return queue.Ticket{
		Org: ids.Org(r.Org), ID: ids.Ticket(r.ID), Office: ids.Office(r.Office), Day: r.Day, Service: ids.Service(r.Service), Prefix: r.Prefix, Number: int(r.Number),
		Kind: queue.Kind(r.Kind), Priority: queue.Priority(r.Priority), Reason: queue.Reason(r.Reason), Appointment: ids.Appointment(r.Appointment.String),
		Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, Unit: ids.Unit(r.Unit), Lang: i18n.Lang(r.Lang),
		Speaks: r.Speaks != 0, State: queue.State(r.State), BookedAt: r.BookedAt, ArrivedAt: r.ArrivedAt, ServiceSince: r.ServiceSince, CalledAt: r.CalledAt,
		BegunAt: r.BegunAt, EndAt: r.EndedAt, Calls: int(r.Calls), Counter: ids.Unit(r.Counter), By: ids.Staff(r.CalledBy), ParkedUntil: r.ParkedUntil,
		Estimate: r.Estimate, Rev: r.Rev,
	}
}

func ticketsOf(rows []db.Ticket) []queue.Ticket {
	out := make([]queue.Ticket, len(rows))
	for i, r := range rows {
		out[i] = ticketOf(r)
	}
	return out
}

func (l lobby) ticket(r db.Ticket, err error) (queue.Ticket, error) {
	if err != nil {
		return queue.Ticket{}, l.found(err, "queue.no_ticket", "read ticket")
	}
	return ticketOf(r), nil
}

// Ticket returns a ticket, or NotFound "queue.no_ticket".
func (l lobby) Ticket(ctx context.Context, o ids.Org, id ids.Ticket) (queue.Ticket, error) {
	return l.ticket(l.q.Ticket(ctx, db.TicketParams{Org: string(o), ID: string(id)}))
}

// TicketOf returns the newest ticket of an appointment, or NotFound.
func (l lobby) TicketOf(ctx context.Context, o ids.Org, a ids.Appointment) (queue.Ticket, error) {
	return l.ticket(l.q.TicketOfAppointment(ctx, db.TicketOfAppointmentParams{Org: string(o), Appointment: orNull(a)}))
}

func (l lobby) tickets(rows []db.Ticket, err error) ([]queue.Ticket, error) {
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", l.fault(err))
	}
	return ticketsOf(rows), nil
}

// LiveTickets returns an office's live tickets of a day, by arrival.
func (l lobby) LiveTickets(ctx context.Context, o ids.Org, office ids.Office, day string) ([]queue.Ticket, error) {
	return l.tickets(l.q.LiveTickets(ctx, db.LiveTicketsParams{Org: string(o), Office: string(office), Day: day}))
}

// Tickets returns all tickets of a day, by arrival.
func (l lobby) Tickets(ctx context.Context, o ids.Org, office ids.Office, day string) ([]queue.Ticket, error) {
	return l.tickets(l.q.TicketsOfDay(ctx, db.TicketsOfDayParams{Org: string(o), Office: string(office), Day: day}))
}

// Days returns all tickets of an office from a day to a day, both included.
func (l lobby) Days(ctx context.Context, o ids.Org, office ids.Office, from, to string) ([]queue.Ticket, error) {
	return l.tickets(l.q.TicketsOfDays(ctx, db.TicketsOfDaysParams{Org: string(o), Office: string(office), FromDay: from, UntilDay: to}))
}

func (l lobby) steps(rows []db.TicketStep, err error) ([]queue.Step, error) {
	if err != nil {
		return nil, fmt.Errorf("read what happened to a ticket: %w", l.fault(err))
	}
	out := make([]queue.Step, len(rows))
	for i, r := range rows {
		out[i] = queue.Step{
			Org: ids.Org(r.Org), Office: ids.Office(r.Office), Day: r.Day, Ticket: ids.Ticket(r.Ticket), Seq: r.Seq, What: queue.What(r.What), At: r.At,
			Service: ids.Service(r.Service), Unit: ids.Unit(r.Unit), By: r.MadeBy, Reason: r.Reason,
		}
		if err := json.Unmarshal([]byte(r.Before), &out[i].Before); err != nil {
			return nil, fmt.Errorf("read ticket %s before step %d: %w", r.Ticket, r.Seq, err)
		}
	}
	return out, nil
}

// Steps returns what happened to a ticket, in its order.
func (l lobby) Steps(ctx context.Context, o ids.Org, id ids.Ticket) ([]queue.Step, error) {
	return l.steps(l.q.TicketSteps(ctx, db.TicketStepsParams{Org: string(o), Ticket: string(id)}))
}

// StepsOn returns what happened at an office on a day, by time.
func (l lobby) StepsOn(ctx context.Context, o ids.Org, office ids.Office, day string) ([]queue.Step, error) {
	return l.steps(l.q.TicketStepsOfDay(ctx, db.TicketStepsOfDayParams{Org: string(o), Office: string(office), Day: day}))
}

func counterOf(r db.Counter) (queue.Counter, error) {
	k := queue.Counter{
		Org: ids.Org(r.Org), Office: ids.Office(r.Office), Unit: ids.Unit(r.Unit), Staff: ids.Staff(r.Staff), Since: r.Since, BreakSince: r.BreakSince,
		Ticket: ids.Ticket(r.Ticket), Rev: r.Rev,
	}
	if err := json.Unmarshal([]byte(r.Services), &k.Services); err != nil {
		return k, fmt.Errorf("services of counter %s: %w", r.Unit, err)
	}
	return k, nil
}

// Counters returns the counters of an office at which somebody works.
func (l lobby) Counters(ctx context.Context, o ids.Org, office ids.Office) ([]queue.Counter, error) {
	rows, err := l.q.Counters(ctx, db.CountersParams{Org: string(o), Office: string(office)})
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", l.fault(err))
	}
	out := make([]queue.Counter, len(rows))
	for i, r := range rows {
		if out[i], err = counterOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (l lobby) alerts(rows []db.LobbyAlert, err error) ([]queue.Alert, error) {
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", l.fault(err))
	}
	out := make([]queue.Alert, len(rows))
	for i, r := range rows {
		out[i] = queue.Alert{
			Org: ids.Org(r.Org), ID: r.ID, Office: ids.Office(r.Office), Kind: queue.AlertKind(r.Kind), Device: ids.Device(r.Device), Unit: ids.Unit(r.Unit),
			At: r.At, DoneAt: r.DoneAt, By: ids.Staff(r.DoneBy),
		}
	}
	return out, nil
}

// Alerts returns those that nobody has seen to yet, the newest first.
func (l lobby) Alerts(ctx context.Context, o ids.Org, office ids.Office) ([]queue.Alert, error) {
	return l.alerts(l.q.OpenLobbyAlerts(ctx, db.OpenLobbyAlertsParams{Org: string(o), Office: string(office)}))
}

// Resting returns the alerts of kiosks that began to rest at a moment or later.
func (l lobby) Resting(ctx context.Context, o ids.Org, office ids.Office, since int64) ([]queue.Alert, error) {
	return l.alerts(l.q.RestingKiosks(ctx, db.RestingKiosksParams{Org: string(o), Office: string(office), Since: since}))
}

// DarkSince returns the alerts of devices that were found dark at a moment or later, seen to or not.
func (l lobby) DarkSince(ctx context.Context, o ids.Org, office ids.Office, since int64) ([]queue.Alert, error) {
	return l.alerts(l.q.DarkDevices(ctx, db.DarkDevicesParams{Org: string(o), Office: string(office), Since: since}))
}

// Messages returns those that are shown at a moment.
func (l lobby) Messages(ctx context.Context, o ids.Org, office ids.Office, now int64) ([]queue.Message, error) {
	rows, err := l.q.LobbyMessages(ctx, db.LobbyMessagesParams{Org: string(o), Office: string(office), Now: now})
	if err != nil {
		return nil, fmt.Errorf("read messages of the lobby: %w", l.fault(err))
	}
	out := make([]queue.Message, len(rows))
	for i, r := range rows {
		out[i] = queue.Message{Org: o, ID: r.ID, Office: office, Until: r.UntilAt, At: r.At, By: ids.Staff(r.MadeBy)}
		if err := json.Unmarshal([]byte(r.Doc), &out[i].Text); err != nil {
			return nil, fmt.Errorf("message %s of the lobby: %w", r.ID, err)
		}
	}
	return out, nil
}

// SealedToken returns what opens to a ticket's token, or NotFound.
func (l lobby) SealedToken(ctx context.Context, o ids.Org, id ids.Ticket) ([]byte, error) {
	r, err := l.q.Ticket(ctx, db.TicketParams{Org: string(o), ID: string(id)})
	if err != nil {
		return nil, l.found(err, "queue.no_ticket", "read ticket")
	}
	return r.SealedToken, nil
}

// TicketByToken finds a ticket by the hash of what its paper carries, or NotFound.
func (l lobby) TicketByToken(ctx context.Context, o ids.Org, hash []byte) (queue.Ticket, error) {
	if hash == nil {
		hash = []byte{}
	}
	return l.ticket(l.q.TicketByToken(ctx, db.TicketByTokenParams{Org: string(o), Token: hash}))
}

// TicketsOfOwner returns the tickets in somebody's folder, the newest first, at most so many.
func (l lobby) TicketsOfOwner(ctx context.Context, of actor.Owner, most int) ([]queue.Ticket, error) {
	switch {
	case of.Company != "":
		return l.tickets(l.q.TicketsOfCompany(ctx, db.TicketsOfCompanyParams{Company: orNull(of.Company), Most: int32(most)}))
	case of.Person != "":
		return l.tickets(l.q.TicketsOfAccount(ctx, db.TicketsOfAccountParams{Account: orNull(of.Person), Most: int32(most)}))
	}
	return nil, nil
}

// AppointmentOfPIN finds whose a PIN is at an office on a day, under any of its hashes, or NotFound.
func (s *Store) AppointmentOfPIN(ctx context.Context, o ids.Org, office ids.Office, day string, hashes [][]byte) (ids.Appointment, error) {
	var err error = sql.ErrNoRows
	for _, h := range hashes {
		var id string
		id, err = s.read.AppointmentOfPIN(ctx, db.AppointmentOfPINParams{Org: string(o), Office: string(office), Day: day, Pin: h})
		if err == nil {
			return ids.Appointment(id), nil
		}
		if !noRows(err) {
			break
		}
	}
	return "", s.found(err, "queue.no_pin", "read PIN")
}
