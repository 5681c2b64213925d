package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/store"
)

// freeRows are about free times in memory, in one server and in several.
var freeRows = slices.Concat(memoryOfTimes, staleRows)

var memoryOfTimes = []Row{
	{
		Name: "free/week", About: "the free times of a week at an office, from memory; at most 1 us", Peer: "the same answer from the database, by the same rules",
		Target: atLeast(200), Run: free((*freeRow).runWeek),
	},
	{
		Name: "free/400", About: "the first free time at each of 400 offices within 60 days, from memory; at most 300 us",
		Peer: "the same answer from the database, by the same rules", Target: atLeast(200), Run: free((*freeRow).runPlaces),
	},
	{
		Name: "free/some", About: "the free times of a week at one of an office's counters alone, as with a language or a professional, from memory",
		Peer: "the same answer from the database, by the same rules", Target: atLeast(200), Run: free((*freeRow).runSome),
	},
	{
		Name: "free/calendar", About: "the calendar of 60 days over 20 offices, at each at one counter alone, from memory; at most 5 ms of CPU",
		Peer: "the same answer from the database, by the same rules", Target: atLeast(200), Run: free((*freeRow).runCalendar),
	},
	{
		Name: "free/rebuild", About: "the memory of free times made anew from a million bookings", Peer: "a bare scan of the same rows",
		Target: atMost(1.5), Run: free((*freeRow).runRebuild),
	},
}

// What an answer from memory may take.
const (
	weekTime   = time.Microsecond
	placesTime = 300 * time.Microsecond
	// calendarTime is for 60 days over 20 offices.
	calendarTime = 5 * time.Millisecond
)

// freeRow is a house with a fixture, and the same rooms without memory.
type freeRow struct {
	app     *app.App
	fixture *Fixture
	memory  *booking.Service
	sql     *booking.Service
}

// free is a row over a million bookings.
func free(run func(f *freeRow, ctx context.Context, e *Env) (Result, error)) func(context.Context, *Env) (Result, error) {
	return func(ctx context.Context, e *Env) (Result, error) {
		f, err := e.openFree(ctx, standardFixture(e.Scale(1_000_000)))
		if err != nil {
			return Result{}, err
		}
		res, err := run(f, ctx, e)
		if e.Quick {
			res.Note = fmt.Sprintf("quick: %d bookings instead of a million", f.fixture.Spec.Live)
		}
		return res, err
	}
}

// openFree opens the house in this very process and waits until its memory is filled.
func (e *Env) openFree(ctx context.Context, spec FixtureSpec) (*freeRow, error) {
	in, err := e.Filled(ctx, spec)
	if err != nil {
		return nil, err
	}
	a, err := in.Open(ctx)
	if err != nil {
		return nil, err
	}
	e.Defer(a.Close)
	return &freeRow{app: a, fixture: in.Fixture, memory: a.Booking, sql: &booking.Service{Store: a.Store, Now: a.Now}}, awaitBoard(ctx, a, fixtureOrg)
}

// awaitBoard waits until the memory of free times is filled.
func awaitBoard(ctx context.Context, a *app.App, o ids.Org) error {
	const most = 5 * time.Minute
	for begun := time.Now(); !a.Booking.Board.Ready(o); time.Sleep(5 * time.Millisecond) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Since(begun) > most {
			return fmt.Errorf("the free times are not in memory after %s", most)
		}
	}
	return nil
}

// looped repeats something for some time. Calls of some hundred nanoseconds are made many at a time between two looks at the clock.
func looped(together int, do func(n int) error) round {
	n := 0
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		begun, cpu := time.Now(), cpuTime()
		m := Measure{}
		for m.Elapsed = 0; m.Elapsed < d; m.Elapsed = time.Since(begun) {
			if err := ctx.Err(); err != nil {
				return Measure{}, err
			}
			for range together {
				if err := do(n); err != nil {
					return Measure{}, err
				}
				n++
			}
			m.Ops += int64(together)
		}
		m.CPU = cpuTime() - cpu
		return m, nil
	}
}

// cpuTime is what this process has used: cheaper to ask than usage.
func cpuTime() time.Duration {
	var ru syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// within notes when an answer takes longer than it may, whatever the ratio.
func within(res *Result, most time.Duration) {
	each := time.Duration(float64(time.Second) / res.Figures["per_second"])
	res.Figures["us"] = micros(each)
	if each > most {
		res.Wrong = append(res.Wrong, fmt.Sprintf("an answer from memory takes %s, want %s at most", each.Round(time.Nanosecond), most))
	}
}

// week is a week of an office of the fixture.
type week struct {
	sch         booking.Schedule
	first, last org.Date
}

// weeks are weeks of offices, some hundred of them, spread over the horizon.
func (f *freeRow) weeks(ctx context.Context) ([]week, error) {
	c := &chance{state: 7}
	out := make([]week, 512)
	for i := range out {
		sch, err := f.memory.Schedule(ctx, f.fixture.Org, f.fixture.Service, f.fixture.Offices[c.below(len(f.fixture.Offices))])
		if err != nil {
			return nil, err
		}
		ahead := c.below(max(f.fixture.Spec.Days/7-1, 1)) // the horizon's last week would be half a one
		first := sch.Today().Add(7 * (1 + ahead)).ISOWeek().Monday()
		out[i] = week{sch, first, first.Add(6)}
	}
	return out, nil
}

// runWeek asks for weeks. Both must say the same before either is measured.
func (f *freeRow) runWeek(ctx context.Context, e *Env) (Result, error) {
	weeks, err := f.weeks(ctx)
	if err != nil {
		return Result{}, err
	}
	for _, w := range weeks[:100] {
		if err := f.sameWeek(ctx, w); err != nil {
			return Result{}, err
		}
	}
	ask := func(s *booking.Service) func(n int) error {
		return func(n int) error {
			w := &weeks[n%len(weeks)]
			t, err := s.Between(ctx, w.sch, w.first, w.last, "")
			if err == nil && len(t.Days) != 7 {
				err = errors.New("a week has not seven days")
			}
			return err
		}
	}
	res, err := alternate(ctx, e, looped(64, ask(f.memory)), looped(1, ask(f.sql)))
	if err != nil {
		return Result{}, err
	}
	within(&res, weekTime)
	return res, nil
}

// runSome is runWeek with one counter of each office.
func (f *freeRow) runSome(ctx context.Context, e *Env) (Result, error) {
	weeks, err := f.weeks(ctx)
	if err != nil {
		return Result{}, err
	}
	for i := range weeks {
		weeks[i].sch = weeks[i].sch.With(weeks[i].sch.Units[0].ID)
	}
	for _, w := range weeks[:100] {
		if err := f.sameWeek(ctx, w); err != nil {
			return Result{}, err
		}
	}
	ask := func(s *booking.Service) func(n int) error {
		return func(n int) error {
			w := &weeks[n%len(weeks)]
			_, err := s.Between(ctx, w.sch, w.first, w.last, "")
			return err
		}
	}
	res, err := alternate(ctx, e, looped(64, ask(f.memory)), looped(1, ask(f.sql)))
	if err == nil {
		res.Figures["us"] = 1e6 / res.Figures["per_second"]
	}
	return res, err
}

// The calendar that runCalendar asks for.
const (
	calendarOffices = 20
	calendarDays    = 60
)

// runCalendar asks for the calendars of 20 offices, each at one counter. Memory and database must say the same before either is measured.
func (f *freeRow) runCalendar(ctx context.Context, e *Env) (Result, error) {
	list := make([]week, calendarOffices)
	for i := range list {
		sch, err := f.memory.Schedule(ctx, f.fixture.Org, f.fixture.Service, f.fixture.Offices[i%len(f.fixture.Offices)])
		if err != nil {
			return Result{}, err
		}
		sch = sch.With(sch.Units[0].ID)
		list[i] = week{sch, sch.Today(), sch.Today().Add(calendarDays - 1)}
		if err := f.sameWeek(ctx, list[i]); err != nil {
			return Result{}, err
		}
	}
	ask := func(s *booking.Service) func(int) error {
		return func(int) error {
			for _, w := range list {
				if _, err := s.Between(ctx, w.sch, w.first, w.last, ""); err != nil {
					return err
				}
			}
			return nil
		}
	}
	res, err := alternate(ctx, e, looped(1, ask(f.memory)), looped(1, ask(f.sql)))
	if err != nil {
		return Result{}, err
	}
	within(&res, calendarTime)
	return res, nil
}

// sameWeek fails when memory and database differ about a week.
func (f *freeRow) sameWeek(ctx context.Context, w week) error {
	memory, err := f.memory.Between(ctx, w.sch, w.first, w.last, "")
	if err != nil {
		return err
	}
	database, err := f.sql.Between(ctx, w.sch, w.first, w.last, "")
	if err != nil {
		return err
	}
	for i, d := range database.Days {
		if m := memory.Days[i]; m.Kind != d.Kind || !m.Free.Equal(d.Free) {
			return fmt.Errorf("memory and database differ about %s at %s: %s with %d times and %s with %d", d.Date, w.sch.Office.ID, m.Kind, m.Free.Len(), d.Kind, d.Free.Len())
		}
	}
	return nil
}

// runPlaces asks for the first free time everywhere. Before each answer from memory something changes at every office, so that none is an answer kept
// from before; the time of that does not count.
func (f *freeRow) runPlaces(ctx context.Context, e *Env) (Result, error) {
	if err := f.samePlaces(ctx); err != nil {
		return Result{}, err
	}
	ask := func(s *booking.Service) error {
		_, places, err := s.Places(ctx, f.fixture.Org, f.fixture.Service, booking.ByName)
		if err == nil && len(places) != len(f.fixture.Offices) {
			err = fmt.Errorf("got %d places, want %d", len(places), len(f.fixture.Offices))
		}
		return err
	}
	disturb := f.disturbance()
	memory := func(_ context.Context, d time.Duration) (Measure, error) {
		m := Measure{}
		for ; m.Elapsed < d/2; m.Ops++ { // the other half is for the changes
			disturb()
			cpu, begun := cpuTime(), time.Now()
			if err := ask(f.memory); err != nil {
				return Measure{}, err
			}
			m.Elapsed, m.CPU = m.Elapsed+time.Since(begun), m.CPU+cpuTime()-cpu
		}
		return m, nil
	}
	res, err := alternate(ctx, e, memory, looped(1, func(int) error { return ask(f.sql) }))
	if err != nil {
		return Result{}, err
	}
	within(&res, placesTime)
	return res, f.samePlaces(ctx)
}

// disturbance takes a time far away at every office in memory, and gives it back the next time. No database is told.
func (f *freeRow) disturbance() func() {
	far := f.app.Now().AddDate(1, 0, 0).Unix() / booking.CellSeconds * booking.CellSeconds
	taken := false
	return func() {
		for _, o := range f.fixture.Offices {
			unit := ids.Unit(string(o) + "-desk-1")
			c := booking.Change{Org: f.fixture.Org, Now: f.app.Now().Unix()}
			if taken {
				c.Free = []booking.Cells{{Unit: unit, Holder: "bench", From: far, To: far + booking.CellSeconds}}
			} else {
				c.Take = &booking.Take{Units: []ids.Unit{unit}, Holder: "bench", From: far, To: far + booking.CellSeconds}
			}
			f.memory.Board.Apply(booking.Applied{Change: c, Unit: unit})
		}
		taken = !taken
	}
}

// samePlaces fails when memory and database differ about first free times.
func (f *freeRow) samePlaces(ctx context.Context) error {
	_, memory, err := f.memory.Places(ctx, f.fixture.Org, f.fixture.Service, booking.ByName)
	if err != nil {
		return err
	}
	_, database, err := f.sql.Places(ctx, f.fixture.Org, f.fixture.Service, booking.ByName)
	if err != nil {
		return err
	}
	for i, d := range database {
		if m := memory[i]; m.Office.ID != d.Office.ID || m.Any != d.Any || m.First.Start != d.First.Start || m.First.End != d.First.End {
			return fmt.Errorf("memory and database differ about the first free time at %s: %d and %d", d.Office.ID, m.First.Start, d.First.Start)
		}
	}
	return nil
}

// runRebuild fills the memory again and again. Its peer reads the same rows and does nothing with them.
func (f *freeRow) runRebuild(ctx context.Context, e *Env) (Result, error) {
	rows := int64(0)
	// A store of its own, that nobody else fills the memory of.
	own := store.New(f.app.Store.DB(), store.Options{Now: f.app.Now, Board: &booking.Board{}})
	fill := func(ctx context.Context) error { return own.FillBoard(ctx, f.fixture.Org) }
	scan := func(ctx context.Context) (err error) {
		rows, err = f.app.Store.ScanBoard(ctx, f.fixture.Org)
		return err
	}
	res, err := alternate(ctx, e, whole(fill), whole(scan))
	if err != nil {
		return Result{}, err
	}
	// The rates were compared as subject by peer; what is asked is how much longer the subject takes.
	res.Ratio, res.Figures["rows"] = 1/res.Ratio, float64(rows)
	res.Figures["ms"], res.Figures["peer_ms"] = 1000/res.Figures["per_second"], 1000/res.Figures["peer_per_second"]
	if want := int64(f.fixture.Spec.Live) * 4; rows < want {
		res.Wrong = append(res.Wrong, fmt.Sprintf("the scan read %d cells, want at least %d", rows, want))
	}
	return res, f.samePlaces(ctx)
}

// whole is a round of something that takes long: once at least, and again while there is time.
func whole(do func(ctx context.Context) error) round {
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		begun, cpu := time.Now(), cpuTime()
		m := Measure{}
		for m.Ops == 0 || m.Elapsed < d {
			if err := do(ctx); err != nil {
				return Measure{}, err
			}
			m.Ops++
			m.Elapsed = time.Since(begun)
		}
		m.CPU = cpuTime() - cpu
		return m, nil
	}
}
