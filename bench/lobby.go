package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/queue"
)

// lobbyPart is the product with people in its lobby, a clerk at a counter and a kiosk.
type lobbyPart struct {
	*product
	office ids.Office
	pins   []string
	next   atomic.Int64
	given  int64 // tickets
	unit   ids.Unit
}

func openLobby(ctx context.Context, spec json.RawMessage) (part, error) {
	l := &lobbyPart{}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) {
		var in lobbySpec
		if bad = json.Unmarshal(spec, &in); bad == nil {
			l.office = in.Office
			bad = l.fill(ctx, a, in)
		}
	})
	if err != nil {
		return nil, err
	}
	if l.product = p; bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return l, nil
}

func lobbyClerk() actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: "bench-clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: fixtureOrg}}}
}

func (l *lobbyPart) kiosk() actor.Actor {
	return actor.Actor{Kind: actor.KindDevice, Device: "bench-kiosk", DeviceKind: actor.Kiosk, Org: fixtureOrg, Office: l.office}
}

// fill has people wait and others be expected, and opens a counter.
func (l *lobbyPart) fill(ctx context.Context, a *app.App, in lobbySpec) error {
	if err := l.openCounters(ctx, a); err != nil {
		return err
	}
	for range in.Waiting {
		if _, err := a.Queue.Take(ctx, lobbyClerk(), queue.TakeRequest{Org: fixtureOrg, Office: in.Office, Service: fixtureService, Lang: "fi"}); err != nil {
			return err
		}
		l.given++
	}
	return l.expect(ctx, a, in.Booked)
}

// openCounters opens every counter of the office, the first of them the clerk's.
func (l *lobbyPart) openCounters(ctx context.Context, a *app.App) error {
	c, err := a.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return err
	}
	units := c.Units(fixtureService, l.office)
	if len(units) == 0 {
		return errors.New("the office has no counter")
	}
	for i, u := range units {
		who := lobbyClerk()
		who.Staff = ids.Staff(fmt.Sprint(who.Staff, i))
		if i == 0 {
			l.unit, who = u.ID, lobbyClerk()
		}
		if _, err := a.Queue.SetCounter(ctx, who, fixtureOrg, l.office, u.ID, queue.CounterOpened, nil, false); err != nil {
			return err
		}
	}
	return nil
}

// expect has people be booked for five minutes from now, with PINs: more than the counters could serve.
func (l *lobbyPart) expect(ctx context.Context, a *app.App, n int) error {
	c, err := a.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return err
	}
	gen, now := a.Site.Gen, a.Now()
	start := (now.Unix()/300 + 1) * 300
	day := queue.DayOf(start, c.Zone())
	for i := range n {
		person := gen.Person()
		_, wrapped, err := a.Site.Seals.NewPersonKey(string(person))
		if err != nil {
			return err
		}
		ap := booking.Appointment{
			Org: fixtureOrg, ID: gen.Appointment(), Service: fixtureService, Office: l.office, Start: start, End: start + 1200, BusyUntil: start + 1200,
			Status: booking.Booked, Person: person, PolicyVersion: c.Version, CreatedAt: now.Unix(), ChangedAt: now.Unix(),
			Details: booking.Details{Name: fmt.Sprintf("Maija Meikäläinen %05d", i), Lang: "fi"},
		}
		pin := fmt.Sprintf("%06d", 100_000+i)
		out, err := a.Store.Commit(ctx, booking.Change{
			Org: fixtureOrg, Now: now.Unix(), PutPerson: &booking.Person{ID: person, WrappedKey: wrapped}, PutAppointment: &ap,
			Take: &booking.Take{Units: []ids.Unit{ids.Unit(fmt.Sprintf("place-%05d", i))}, Holder: string(ap.ID), From: start, To: start + 1200},
			PutPIN: &booking.PIN{
				Appointment: ap.ID, Office: l.office, Day: day, Hashes: [][]byte{a.Booking.PINHash(fixtureOrg, l.office, day, pin)}, Sealed: [][]byte{[]byte("bench")},
			},
			Audit: []audit.Entry{audit.New(fixtureOrg, gen.Audit(), now.UnixMicro(), actor.System("bench"), audit.AppointmentBooked, "appointment", string(ap.ID), nil)},
		})
		if err != nil || out.Verdict != booking.Done {
			return fmt.Errorf("book for the lobby: verdict %d, %w", out.Verdict, err)
		}
		l.pins = append(l.pins, pin)
	}
	return nil
}

// Call lets people check in and calls them, beside what the product does.
func (l *lobbyPart) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	switch do {
	case "checkins":
		var run lobbyRun
		if err := json.Unmarshal(args, &run); err != nil {
			return nil, err
		}
		return l.checkins(ctx, run)
	case "ready":
		return nil, l.ready(ctx)
	case "change":
		return l.change(ctx)
	case "settle":
		return l.settle(ctx)
	}
	return l.product.Call(ctx, do, args)
}

// checkinKiosks is how many kiosks there are.
const checkinKiosks = 8

// checkins has people check in, each when they are due, at whichever kiosk is free.
func (l *lobbyPart) checkins(ctx context.Context, run lobbyRun) (Measure, error) {
	total := int64(float64(run.PerSecond) * run.Time.Seconds())
	first := l.next.Add(total) - total
	if first+total > int64(len(l.pins)) {
		return Measure{}, errors.New("there is nobody left who could check in")
	}
	// A round begins with an empty lobby: nobody is called in it, and a line of a thousand is no lobby's.
	if _, err := l.app.Queue.EndDay(ctx, lobbyClerk(), fixtureOrg, l.office); err != nil {
		return Measure{}, err
	}
	if err := l.openCounters(ctx, l.app); err != nil {
		return Measure{}, err
	}
	var n atomic.Int64
	each := make([]Histogram, checkinKiosks)
	errs := make([]error, checkinKiosks)
	begun := time.Now()
	var all sync.WaitGroup
	for k := range checkinKiosks {
		all.Go(func() {
			for {
				i := n.Add(1) - 1
				if i >= total {
					return
				}
				due := begun.Add(time.Duration(i) * time.Second / time.Duration(run.PerSecond))
				time.Sleep(time.Until(due))
				got, err := l.app.Queue.CheckIn(ctx, l.kiosk(), queue.CheckInRequest{Org: fixtureOrg, Office: l.office, PIN: l.pins[first+i]})
				if err != nil || !got.Good() || got.Ticket.Number == 0 {
					errs[k] = fmt.Errorf("check in: %s, %w", got.Verdict, err)
					return
				}
				each[k].Record(time.Since(due))
			}
		})
	}
	all.Wait()
	m := Measure{Ops: total, Elapsed: time.Since(begun), Latency: &Histogram{}}
	for i := range each {
		m.Latency.Add(&each[i])
	}
	l.given += total
	return m, errors.Join(errs...)
}

// ready begins with who was called, so that the next press can finish and call.
func (l *lobbyPart) ready(ctx context.Context) error {
	h, err := l.app.Queue.Hall(ctx, fixtureOrg, l.office)
	if err != nil {
		return err
	}
	if t, ok := h.Ticket(h.Counter(l.unit).Ticket); ok && t.State == queue.Called {
		_, err = l.app.Queue.Do(ctx, lobbyClerk(), queue.Deed{Org: fixtureOrg, Office: l.office, Unit: l.unit, Do: queue.StepBegun, Ticket: t.ID})
	}
	return err
}

// change calls the next to the counter; it tells when the key was pressed.
func (l *lobbyPart) change(ctx context.Context) (int64, error) {
	pressed := time.Now().UnixNano()
	out, err := l.app.Queue.Do(ctx, lobbyClerk(), queue.Deed{Org: fixtureOrg, Office: l.office, Unit: l.unit, Do: queue.StepCalled, Finish: true})
	if err == nil && out.Ticket.ID == "" {
		err = errors.New("nobody waits any more")
	}
	return pressed, err
}

// settle says what is wrong with the data.
func (l *lobbyPart) settle(ctx context.Context) ([]string, error) {
	found, err := l.app.Store.Check(ctx)
	if err != nil {
		return nil, err
	}
	c, err := l.app.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return nil, err
	}
	all, err := l.app.Store.Lobby().Tickets(ctx, fixtureOrg, l.office, queue.DayOf(l.app.Now().Unix(), c.Zone()))
	if int64(len(all)) != l.given {
		found = append(found, fmt.Sprintf("%d tickets were acknowledged; there are %d", l.given, len(all)))
	}
	numbers := map[string]bool{}
	for _, t := range all {
		if !t.State.Live() { // its number may be somebody else's by now
			continue
		}
		if numbers[t.Name()] {
			found = append(found, t.Name()+" was given twice")
		}
		numbers[t.Name()] = true
	}
	return found, err
}
