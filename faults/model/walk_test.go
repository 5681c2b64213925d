package model

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/faults/report"
	"luukku/store/sqldb"
)

// A walk is a long random run of everything that can happen to a small office: three units of unequal hours, of which one serves one service only, and two
// services of unequal length that share them. After each step the room is held against a count of cells that knows nothing but five-minute cells and who
// has them: the free times that the memory tells, those that the database tells, and that each unit of each time is free, held or booked.

// offering is a service as the naive count knows it.
type offering struct {
	name              ids.Service
	length, gap, hold int64
}

var offerings = []offering{{"short", 20 * 60, 5 * 60, 15 * 60}, {"long", 45 * 60, 0, 60 * 60}}

const (
	walkNotice  = 30 * 60
	walkHorizon = 3 // days
)

// walkHours are the hours that a unit may be given.
var walkHours = []string{"mon-sun 09:00-12:00", "mon-fri 08:30-11:45", "mon-sun 10:00-13:10", "sat-sun 09:05-11:00", "mon-sun 02:00-04:30", "mon,wed 09:00-10:00"}

func walkPlan(hours []string) plan {
	p := plan{zone: "Europe/Helsinki", offices: map[ids.Office]officePlan{}, services: map[ids.Service]string{}}
	for _, o := range offerings {
		p.services[o.name] = fmt.Sprintf(`{"length":"%dm","gap":"%dm","hold":"%dm","notice":"30m","horizon":"%dd","change_cutoff":"0m","cancel_cutoff":"0m","max_live":0}`,
			o.length/60, o.gap/60, o.hold/60, walkHorizon)
	}
	p.offices["hall"] = officePlan{hours: hours[:1], units: []unitPlan{{}, {hours: hours[1:2]}, {hours: hours[2:3], services: []ids.Service{"short"}}}}
	return p
}

// world is what a walk needs once: a house with memory, the same room asking the database, and a clock.
type world struct {
	test    *testing.T
	h       *house
	sql     *booking.Service
	clock   *clock.Fixed
	version int64
	zone    *time.Location
	grids   map[string]map[int64][]ids.Unit
	steps   int
	runs    int
}

func newWorld(t *testing.T, dsn string) *world {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewFixed(walkBegin)
	h := open(t, dsn, c.Now, walkPlan(walkHours))
	sql := &booking.Service{Store: h.st, Gen: h.room.Gen, Codes: h.room.Codes, Seals: h.room.Seals, Guard: h.room.Guard, Now: h.room.Now}
	return &world{test: t, h: h, sql: sql, clock: c, version: 1, zone: zone, grids: map[string]map[int64][]ids.Unit{}}
}

// walkBegin is two days before the clocks are set forward in Helsinki.
var walkBegin = time.Date(2026, time.March, 27, 4, 0, 0, 0, time.UTC)

// taken is who has a cell, until its last second when it is held.
type taken struct {
	holder string
	until  int64
}

// appointment is a booking as the count knows it.
type appointment struct {
	id      ids.Appointment
	service offering
	start   int64
}

// visit is what a session is about: a draft with its hold.
type visit struct {
	draft   ids.Draft
	hold    string
	service offering
	start   int64
	until   int64
	put     int64 // when the draft was written: it is good for a day
}

// walk is one random run.
type walk struct {
	*world
	t      *rapid.T
	hours  []string
	cells  map[ids.Unit]map[int64]taken
	appts  []appointment
	visits map[string]visit
	holds  map[string]string // the hold of each session: one at most
	stamps map[stampOf]stamped
}

// stampOf is a stamp's key with what it is about.
type stampOf struct {
	service ids.Service
	key     booking.StampKey
}

// stamped is an answer that was given under a stamp.
type stamped struct {
	until  int64
	answer []booking.DayTimes
}

func (w *walk) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("the engine: %v", err)
	}
}

// begin empties the database and sets the clock back.
func (w *world) begin(t *rapid.T) *walk {
	ctx := context.Background()
	err := w.h.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, table := range []string{"occupancy", "hold", "draft", "form_key", "appointment_contact", "notice", "task", "appointment", "audit"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	out := &walk{world: w, t: t, cells: map[ids.Unit]map[int64]taken{}, visits: map[string]visit{}, holds: map[string]string{}, stamps: map[stampOf]stamped{}}
	out.must(err)
	w.clock.Set(walkBegin)
	for i := range 3 {
		out.cells[unitID("hall", i)] = map[int64]taken{}
	}
	out.configure(walkHours[:3])
	out.must(w.h.st.FillBoard(ctx, town))
	return out
}

func (w *walk) configure(hours []string) {
	w.version++
	w.hours = hours
	w.h.configure(w.test, walkPlan(hours), w.version)
}

func (w *walk) now() int64 { return w.clock.Now().Unix() }

func (w *walk) today() org.Date { return org.DateOf(w.clock.Now().In(w.zone)) }

// grid are the times of a service on a day by the naive count. It is the same for the same hours, so it is counted once.
func (w *walk) grid(o offering, d org.Date) map[int64][]ids.Unit {
	key := fmt.Sprint(w.hours, o.name, d)
	if w.grids[key] == nil {
		w.grids[key] = w.count(o, d)
	}
	return w.grids[key]
}

// count goes from cell to cell and gathers the times that begin there, with their units.
func (w *walk) count(o offering, d org.Date) map[int64][]ids.Unit {
	out := map[int64][]ids.Unit{}
	for i := range 3 {
		if i == 2 && o.name != "short" {
			continue
		}
		rule, err := org.ParseWeekly(w.hours[i])
		if err != nil || !rule.InForce(d) {
			continue
		}
		noon := d.At(12*60, w.zone).Unix()
		next := int64(0)
		for at := noon - day; at < noon+day; at += booking.CellSeconds {
			switch {
			case !w.opens(rule, d, at):
				next = 0
				continue
			case next == 0:
				next = at
			}
			if at == next && w.opens(rule, d, at+o.length-booking.CellSeconds) {
				out[at] = append(out[at], unitID("hall", i))
				next += o.length + o.gap
			}
		}
	}
	return out
}

// opens says whether a cell is in a rule on a date, by what the clock on the wall shows.
func (w *walk) opens(rule org.Weekly, d org.Date, at int64) bool {
	local := time.Unix(at, 0).In(w.zone)
	m := org.MinuteOf(local)
	return org.DateOf(local) == d && rule.From <= m && m < rule.To
}

// free says whether a unit is free for a service at a start, for whoever has these names.
func (w *walk) free(u ids.Unit, o offering, start int64, own ...string) bool {
	for cell := start / booking.CellSeconds; cell*booking.CellSeconds < start+o.length+o.gap; cell++ {
		x, ok := w.cells[u][cell]
		if ok && w.now() <= x.until && !slices.Contains(own, x.holder) {
			return false
		}
	}
	return true
}

func (w *walk) freeUnits(units []ids.Unit, o offering, start int64, own ...string) (out []ids.Unit) {
	for _, u := range units {
		if w.free(u, o, start, own...) {
			out = append(out, u)
		}
	}
	return out
}

func (w *walk) release(holder string) {
	for _, cells := range w.cells {
		maps.DeleteFunc(cells, func(_ int64, x taken) bool { return x.holder == holder })
	}
}

// took checks that a unit was one of those that could be had, and marks it.
func (w *walk) took(u ids.Unit, could []ids.Unit, o offering, start int64, x taken) {
	w.t.Helper()
	if !slices.Contains(could, u) {
		w.t.Fatalf("got unit %s, want one of %v", u, could)
	}
	for cell := start / booking.CellSeconds; cell*booking.CellSeconds < start+o.length+o.gap; cell++ {
		w.cells[u][cell] = x
	}
}

// told checks an answer: done when somebody could be had, else "taken". It reports whether it was done.
func (w *walk) told(err error, could []ids.Unit) bool {
	w.t.Helper()
	want := ""
	if len(could) == 0 {
		want = "booking.taken"
	}
	got := ""
	if err != nil {
		got = fault.Of(err).Key
	}
	if got != want {
		w.t.Fatalf("told %q (%v), want %q", got, err, want)
	}
	return err == nil
}

// time draws a time of a service that can be booked now, free or not.
func (w *walk) time() (o offering, start int64, units []ids.Unit) {
	o = rapid.SampledFrom(offerings).Draw(w.t, "service")
	d := w.today().Add(rapid.IntRange(0, walkHorizon).Draw(w.t, "day"))
	grid := maps.Clone(w.grid(o, d))
	maps.DeleteFunc(grid, func(at int64, _ []ids.Unit) bool { return at < w.now()+walkNotice })
	if len(grid) == 0 {
		w.t.Skip("no times")
	}
	start = rapid.SampledFrom(slices.Sorted(maps.Keys(grid))).Draw(w.t, "start")
	return o, start, grid[start]
}

func (w *walk) session() string {
	return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(w.t, "session")
}

func (w *walk) aVisit() (string, visit) {
	if len(w.visits) == 0 {
		w.t.Skip("nobody visits")
	}
	who := rapid.SampledFrom(slices.Sorted(maps.Keys(w.visits))).Draw(w.t, "visit")
	return who, w.visits[who]
}

// anAppointment draws one that has not begun.
func (w *walk) anAppointment() int {
	var coming []int
	for i, a := range w.appts {
		if w.now() < a.start {
			coming = append(coming, i)
		}
	}
	if len(coming) == 0 {
		w.t.Skip("no appointments")
	}
	return rapid.SampledFrom(coming).Draw(w.t, "appointment")
}

func (w *walk) bookDirectly(t *rapid.T) {
	o, start, units := w.time()
	could := w.freeUnits(units, o, start)
	b, err := w.h.room.Book(t.Context(), visitor("direct"), booking.BookRequest{
		Org: town, Service: o.name, Office: "hall", Start: start, Details: details("who"), Key: w.h.room.Gen.FormKey(),
	})
	if w.told(err, could) {
		w.madeAppointment(b.Appointment, could, o, start)
	}
}

func (w *walk) madeAppointment(a booking.Appointment, could []ids.Unit, o offering, start int64) {
	w.t.Helper()
	w.took(a.Unit, could, o, start, taken{string(a.ID), forGood})
	w.appts = append(w.appts, appointment{a.ID, o, start})
}

func (w *walk) pick(t *rapid.T) {
	who := w.session()
	o, start, units := w.time()
	w.picks(t, who, o, start, units, booking.PickRequest{})
}

// picks has a session pick a time and checks the hold that it gets.
func (w *walk) picks(t *rapid.T, who string, o offering, start int64, units []ids.Unit, r booking.PickRequest) {
	could := w.freeUnits(units, o, start, w.holds[who])
	r.Org, r.Service, r.Office, r.Start, r.Lang = town, o.name, "hall", start, "en"
	d, err := w.h.room.Pick(t.Context(), visitor(who), r)
	if !w.told(err, could) {
		return
	}
	_, err = w.h.room.SaveDetails(t.Context(), visitor(who), town, d.ID, details(who))
	w.must(err)
	w.held(who, d, could, o, start)
}

func (w *walk) held(who string, d booking.Draft, could []ids.Unit, o offering, start int64) {
	w.release(w.holds[who])
	h, err := w.h.st.Hold(context.Background(), town, d.Hold)
	w.must(err)
	if want := w.now() + o.hold; h.ExpiresAt != want {
		w.t.Fatalf("held until %d, want %d", h.ExpiresAt, want)
	}
	w.took(h.Unit, could, o, start, taken{string(d.Hold), h.ExpiresAt})
	w.holds[who] = string(d.Hold)
	w.visits[who] = visit{d.ID, string(d.Hold), o, start, h.ExpiresAt, w.now()}
}

// bookable says whether a time that was picked earlier can still be booked by the calendar and the rules, and with which units.
func (w *walk) bookable(o offering, start int64) ([]ids.Unit, bool) {
	units := w.grid(o, org.DateOf(time.Unix(start, 0).In(w.zone)))[start]
	last := w.today().Add(walkHorizon)
	return units, len(units) > 0 && w.now() <= start-walkNotice && start < last.Add(1).At(0, w.zone).Unix()
}

func (w *walk) confirm(t *rapid.T) {
	who, v := w.aVisit()
	units, ok := w.bookable(v.service, v.start)
	held := w.unitOf(v.hold)
	b, err := w.h.room.BookDraft(t.Context(), visitor(who), town, v.draft)
	if who == mover { // looked for another time and did not move there: nothing was filled in
		if !fault.IsKey(err, "draft.unfilled") {
			t.Fatalf("the draft of a move: %v", err)
		}
		return
	}
	if !ok {
		w.refused(err)
		return
	}
	// The unit of the hold is tried first, also when its hours are others by now.
	if held != "" && !slices.Contains(units, held) {
		units = append(units, held)
	}
	could := w.freeUnits(units, v.service, v.start, v.hold)
	if !w.told(err, could) {
		return
	}
	if want := w.now() > v.until; b.Retaken != want || b.Repeated {
		t.Fatalf("taken again: %t, repeated: %t; want %t, false", b.Retaken, b.Repeated, want)
	}
	w.release(v.hold)
	delete(w.visits, who)
	w.madeAppointment(b.Appointment, could, v.service, v.start)
}

// unitOf is the unit that a hold was given.
func (w *walk) unitOf(hold string) ids.Unit {
	h, err := w.h.st.Hold(context.Background(), town, ids.Hold(hold))
	if fault.Is(err, fault.KindNotFound) {
		return ""
	}
	w.must(err)
	return h.Unit
}

// refused checks that a rule refused, and not that the time was taken.
func (w *walk) refused(err error) {
	w.t.Helper()
	if !fault.Is(err, fault.KindInvalid) {
		w.t.Fatalf("told %v, want a refusal of the rules", err)
	}
}

func (w *walk) extend(t *rapid.T) {
	who, v := w.aVisit()
	d, err := w.h.room.Extend(t.Context(), visitor(who), town, v.draft)
	if w.now() <= v.until && w.unitOf(v.hold) != "" {
		w.must(err)
		for _, cells := range w.cells {
			for c, x := range cells {
				if x.holder == v.hold {
					cells[c] = taken{v.hold, w.now() + v.service.hold}
				}
			}
		}
		v.until = w.now() + v.service.hold
		w.visits[who] = v
		return
	}
	units, ok := w.bookable(v.service, v.start)
	if !ok {
		w.refused(err)
		return
	}
	could := w.freeUnits(units, v.service, v.start, v.hold)
	if !w.told(err, could) {
		return
	}
	_, err = w.h.room.SaveDetails(t.Context(), visitor(who), town, d.ID, details(who))
	w.must(err)
	w.held(who, d, could, v.service, v.start)
}

func (w *walk) cancel(t *rapid.T) {
	i := w.anAppointment()
	a := w.appts[i]
	_, err := w.h.room.Cancel(t.Context(), proven("x", a.id), booking.CancelRequest{Org: town, ID: a.id, Key: w.h.room.Gen.FormKey()})
	w.must(err)
	w.release(string(a.id))
	w.appts = slices.Delete(w.appts, i, i+1)
}

// move moves an appointment to a time of its service, which may lie over its own.
func (w *walk) move(t *rapid.T) {
	i := w.anAppointment()
	a := w.appts[i]
	o, start, units := w.time()
	if o != a.service || start == a.start {
		t.Skip("not a move")
	}
	could := w.freeUnits(units, o, start, string(a.id))
	moved, err := w.h.room.Move(t.Context(), proven("x", a.id), booking.MoveRequest{Org: town, ID: a.id, Start: start, Key: w.h.room.Gen.FormKey()})
	if w.told(err, could) {
		w.moved(i, moved, could, start)
	}
}

func (w *walk) moved(i int, now booking.Appointment, could []ids.Unit, start int64) {
	a := w.appts[i]
	w.release(string(a.id))
	w.took(now.Unit, could, a.service, start, taken{string(a.id), forGood})
	w.appts[i].start = start
}

// mover is who moves appointments; the other visitors book.
const mover = "mover"

// pickAndMove picks another time for an appointment, waits a moment, and moves it there.
func (w *walk) pickAndMove(t *rapid.T) {
	i := w.anAppointment()
	a := w.appts[i]
	o, start, units := w.time()
	if o != a.service || start == a.start {
		t.Skip("not a move")
	}
	who := mover
	others := w.freeUnits(units, o, start, w.holds[who])
	could := w.freeUnits(units, o, start, w.holds[who], string(a.id))
	d, err := w.h.room.Pick(t.Context(), proven(who, a.id), booking.PickRequest{Org: town, Service: o.name, Office: "hall", Start: start, Lang: "en", Moves: a.id})
	if !w.told(err, could) {
		return
	}
	hold := string(d.Hold)
	if len(others) > 0 {
		w.held(who, d, others, o, start)
	} else if hold != "" {
		t.Fatalf("held %s, although nothing was free but the own time", hold)
	}
	w.check(t)
	w.clock.Advance(rapid.SampledFrom([]time.Duration{0, time.Duration(o.hold) * time.Second, time.Duration(o.hold+1) * time.Second}).Draw(t, "wait"))
	if _, ok := w.bookable(o, start); !ok || w.now() >= a.start {
		return
	}
	could = w.freeUnits(units, o, start, hold, string(a.id))
	moved, err := w.h.room.MoveDraft(t.Context(), proven(who, a.id), town, d.ID)
	if !w.told(err, could) {
		return
	}
	w.release(hold)
	if hold != "" {
		delete(w.visits, who)
	}
	w.moved(i, moved, could, start)
}

// later moves the clock on: a second, a while, a day, or into the last second of somebody's hold.
func (w *walk) later(t *rapid.T) {
	steps := []time.Duration{time.Second, time.Minute, 5 * time.Minute, time.Hour, 24 * time.Hour}
	for _, v := range w.visits {
		if left := v.until - w.now(); left > 0 {
			steps = append(steps, time.Duration(left)*time.Second, time.Duration(left+1)*time.Second)
		}
	}
	slices.Sort(steps)
	w.clock.Advance(rapid.SampledFrom(steps).Draw(t, "step"))
}

// earlier sets the clock back, as a machine's clock is. What ran out before stays gone: it is swept, and the memory begins anew.
func (w *walk) earlier(t *rapid.T) {
	ctx := t.Context()
	w.must(w.h.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM occupancy WHERE expires_at < $1", w.now()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM hold WHERE expires_at < $1", w.now())
		return err
	}))
	for _, cells := range w.cells {
		maps.DeleteFunc(cells, func(_ int64, x taken) bool { return x.until < w.now() })
	}
	for who, v := range w.visits {
		if v.until < w.now() {
			delete(w.visits, who)
		}
	}
	w.clock.Advance(-rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 24 * time.Hour}).Draw(t, "step back"))
	w.must(w.h.st.FillBoard(ctx, town))
	clear(w.stamps)
}

// reopen gives one unit other hours.
func (w *walk) reopen(t *rapid.T) {
	hours := slices.Clone(w.hours)
	hours[rapid.IntRange(0, 2).Draw(t, "unit")] = rapid.SampledFrom(walkHours).Draw(t, "hours")
	w.configure(hours)
}

func (w *walk) sweep(t *rapid.T) {
	_, err := w.h.st.Sweep(t.Context(), w.now(), 1000)
	w.must(err)
}

// check holds everything that is told against the naive count.
func (w *walk) check(t *rapid.T) {
	w.t = t
	w.steps++
	for who, v := range w.visits { // a draft is good for a day
		if w.now() > v.put+day {
			delete(w.visits, who)
		}
	}
	for _, o := range offerings {
		w.checkService(t, o)
	}
	w.checkCells(t)
}

func (w *walk) checkService(t *rapid.T, o offering) {
	ctx := t.Context()
	stamp, stampOK, err := w.h.room.Stamp(ctx, town, o.name, "hall")
	w.must(err)
	first, last := w.today(), w.today().Add(walkHorizon+1)
	memory, sch := w.between(w.h.room, o, first, last)
	database, _ := w.between(w.sql, o, first, last)
	if d := gocmp.Diff(database, memory); d != "" {
		t.Fatalf("%s: database - memory +:\n%s", o.name, d)
	}
	var earliest int64
	for i, got := range memory {
		var want []booking.FreeTime
		grid := w.grid(o, first.Add(i))
		for _, start := range slices.Sorted(maps.Keys(grid)) {
			units := w.freeUnits(grid[start], o, start)
			if len(units) > 0 && start >= w.now()+walkNotice && i <= walkHorizon {
				want = append(want, booking.FreeTime{Start: start, End: start + o.length, Units: len(units)})
			}
		}
		if d := gocmp.Diff(want, slices.Collect(got.Free.All())); d != "" {
			t.Fatalf("%s on %s: free, want - got +:\n%s", o.name, got.Date, d)
		}
		if len(want) > 0 && earliest == 0 {
			earliest = want[0].Start
		}
		w.capacity(t, o, sch, first.Add(i))
	}
	w.places(t, o, earliest)
	if stampOK {
		w.stamped(t, o, stamp, memory)
	}
}

func (w *walk) between(s *booking.Service, o offering, first, last org.Date) ([]booking.DayTimes, booking.Schedule) {
	sch, err := s.Schedule(context.Background(), town, o.name, "hall")
	w.must(err)
	got, err := s.Between(context.Background(), sch, first, last, "")
	w.must(err)
	return got.Days, sch
}

// places checks the first free time that the list of places tells.
func (w *walk) places(t *rapid.T, o offering, earliest int64) {
	_, places, err := w.h.room.Places(t.Context(), town, o.name, booking.ByFirst)
	w.must(err)
	if len(places) != 1 || places[0].Any != (earliest != 0) || places[0].First.Start != earliest {
		t.Fatalf("%s: the first free time is told as %+v, want %d", o.name, places, earliest)
	}
}

// stamped checks that an answer under a stamp is the one that was given under it before, as long as it was to be good.
func (w *walk) stamped(t *rapid.T, o offering, s booking.Stamp, answer []booking.DayTimes) {
	if !s.Good(w.now()) {
		t.Fatalf("a stamp that is good until %d is given at %d", s.Until, w.now())
	}
	if before, ok := w.stamps[stampOf{o.name, s.Key}]; ok && w.now() <= before.until {
		if d := gocmp.Diff(before.answer, answer); d != "" {
			t.Fatalf("two answers under one stamp, which is good until %d at %d: then - now +:\n%s", before.until, w.now(), d)
		}
		return
	}
	w.stamps[stampOf{o.name, s.Key}] = stamped{s.Until, answer}
}

// capacity checks, by the database's own rows, that every unit of every time is free, held or booked.
func (w *walk) capacity(t *rapid.T, o offering, sch booking.Schedule, d org.Date) {
	busy, err := w.h.st.Occupied(t.Context(), town, sch.UnitIDs(), booking.FirstCell(d.At(0, w.zone).Unix()), booking.LastCell(d.Add(1).At(0, w.zone).Unix()), w.now(), "")
	w.must(err)
	for _, slot := range sch.Grid(d) {
		free, held, booked := 0, 0, 0
		for _, u := range slot.Units {
			switch kind := w.kind(u, o, slot.Start); {
			case !busy.AnyIn(u, booking.FirstCell(slot.Start), booking.LastCell(slot.Start+sch.Busy())):
				free++
			case kind == "held":
				held++
			case kind == "booked":
				booked++
			}
		}
		if capacity := len(slot.Units); capacity != free+held+booked {
			t.Fatalf("%s at %d: capacity %d, but %d free, %d held, %d booked", o.name, slot.Start, capacity, free, held, booked)
		}
	}
}

// kind says what the count has of a unit at a time.
func (w *walk) kind(u ids.Unit, o offering, start int64) (kind string) {
	for cell := start / booking.CellSeconds; cell*booking.CellSeconds < start+o.length+o.gap; cell++ {
		switch x, ok := w.cells[u][cell]; {
		case !ok || w.now() > x.until:
		case x.until == forGood:
			return "booked"
		default:
			kind = "held"
		}
	}
	return kind
}

// checkCells checks that the database has the cells that the count has, for whom and until when, and no other.
func (w *walk) checkCells(t *rapid.T) {
	rows, err := w.h.db.Reader().QueryContext(t.Context(), "SELECT unit, cell, holder, coalesce(expires_at, $1) FROM occupancy", forGood)
	w.must(err)
	defer rows.Close()
	got := map[ids.Unit]map[int64]taken{}
	for u := range w.cells {
		got[u] = map[int64]taken{}
	}
	for rows.Next() {
		var (
			u    ids.Unit
			cell int64
			x    taken
		)
		w.must(rows.Scan(&u, &cell, &x.holder, &x.until))
		if w.now() <= x.until {
			got[u][cell] = x
		}
	}
	w.must(rows.Err())
	for u, cells := range w.cells {
		live := maps.Clone(cells)
		maps.DeleteFunc(live, func(_ int64, x taken) bool { return x.until < w.now() })
		if !maps.Equal(live, got[u]) {
			t.Fatalf("unit %s: the database has %v, want %v", u, got[u], live)
		}
	}
}

// walks walks so many times at least, and once more for each walk that fails, until rapid has found the shortest.
func walks(t *testing.T, name, dsn string, most int) {
	w := newWorld(t, dsn)
	failed := false
	for range (most + 99) / 100 {
		rapid.Check(t, func(rt *rapid.T) {
			if w.runs >= most && !failed {
				return
			}
			w.runs++
			fine := false
			defer func() { failed = failed || !fine }()
			one := w.begin(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"":            one.check,
				"book":        one.bookDirectly,
				"book2":       one.bookDirectly,
				"pick":        one.pick,
				"pick2":       one.pick,
				"confirm":     one.confirm,
				"extend":      one.extend,
				"cancel":      one.cancel,
				"move":        one.move,
				"pickAndMove": one.pickAndMove,
				"later":       one.later,
				"earlier":     one.earlier,
				"reopen":      one.reopen,
				"sweep":       one.sweep,
			})
			fine = true
		})
	}
	report.Line(t, "capacity is free, held or booked, "+name, report.Of(w.runs, "runs"), report.Of(w.steps, "steps"))
}

func TestWalkOnSQLite(t *testing.T) {
	t.Parallel()
	walks(t, "SQLite", "sqlite::memory:", report.Size(40, 3000))
}

func TestWalkOnPostgres(t *testing.T) {
	t.Parallel()
	walks(t, "PostgreSQL", postgresDSN(t), report.Size(8, 500))
}
