package app

import (
	"context"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/queue"
	"luukku/store"
)

// lobbied is the room of appointments as the lobby sees it.
type lobbied struct {
	store   *store.Store
	booking *booking.Service
}

var (
	_ queue.Appointments = lobbied{}
	_ queue.Coming       = lobbied{}
)

// mostComing is how many appointments of the next hours the estimate of the wait reckons with.
const mostComing = 1000

// Coming returns the appointments that stand of an office within two times.
func (l lobbied) Coming(ctx context.Context, o ids.Org, office ids.Office, from, until int64) ([]queue.Appointment, error) {
	list, err := l.store.AppointmentsAt(ctx, o, office, from, until+1, mostComing)
	if err != nil {
		return nil, err
	}
	var out []queue.Appointment
	for _, a := range list {
		if a.Status == booking.Booked {
			out = append(out, queue.Appointment{ID: a.ID, Service: a.Service, Office: office, Unit: a.Unit, Start: a.Start, Good: true})
		}
	}
	return out, nil
}

// ByPIN finds the appointment of a PIN at an office on its day.
func (l lobbied) ByPIN(ctx context.Context, o ids.Org, office ids.Office, day, pin string) (queue.Appointment, error) {
	if len(pin) != 6 { // see ids.Gen.PIN
		return queue.Appointment{}, fault.NotFound("queue.no_pin")
	}
	id, err := l.store.AppointmentOfPIN(ctx, o, office, day, l.booking.PINHashes(o, office, day, pin))
	if err != nil {
		return queue.Appointment{}, err
	}
	return l.ByID(ctx, o, id)
}

// ByID finds an appointment.
func (l lobbied) ByID(ctx context.Context, o ids.Org, id ids.Appointment) (queue.Appointment, error) {
	a, err := l.store.Appointment(ctx, o, id)
	if err != nil {
		return queue.Appointment{}, err
	}
	return queue.Appointment{
		ID: a.ID, Service: a.Service, Office: a.Office, Unit: a.Unit, Start: a.Start, Sequence: a.Sequence, Lang: a.Details.Lang, Owner: a.Owner,
		Good: a.StatusAt(l.booking.Now().Unix()) == booking.Booked,
	}, nil
}

// ByCode finds the appointment of what a reader read: a booking code, or the address of a link of ours.
func (l lobbied) ByCode(ctx context.Context, o ids.Org, read string) (queue.Appointment, error) {
	none := fault.NotFound("queue.no_pin")
	read, _, _ = strings.Cut(strings.TrimSpace(read), "?")
	if i := strings.LastIndexByte(read, '/'); i >= 0 {
		at, id, err := l.booking.FollowLink(ctx, read[i+1:])
		if err == nil && at != o {
			err = none
		}
		if err != nil {
			return queue.Appointment{}, err
		}
		return l.ByID(ctx, o, id)
	}
	code, err := ids.ParseCode(read)
	if err != nil {
		return queue.Appointment{}, none
	}
	for _, id := range l.booking.Codes.Candidates(code) {
		a, err := l.ByID(ctx, o, id)
		if err == nil || !fault.Is(err, fault.KindNotFound) {
			return a, err
		}
	}
	return queue.Appointment{}, none
}
