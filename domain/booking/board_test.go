package booking

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// onBoard is a schedule whose organisation is on a board.
func onBoard(t testing.TB, sch Schedule) (*Board, *offer) {
	t.Helper()
	b := &Board{}
	b.Fill("town").Done()
	o, err := b.calendarOf(sch.Config, sch.Now).offer(sch.Service.ID, sch.Office.ID)
	if err != nil {
		t.Fatal(err)
	}
	o.schedule.Policy = sch.Policy
	return b, o
}

// naive is the same as a board, one cell after another.
type naive map[ids.Unit]map[int64]naiveCell

type naiveCell struct {
	holder  string
	expires int64 // 0 for good
}

func (n naive) busy(now int64) Busy {
	busy := Busy{}
	for u, cells := range n {
		for cell, by := range cells {
			if by.expires == 0 || by.expires >= now {
				busy.Add(u, cell)
			}
		}
	}
	return busy
}

func (n naive) apply(a Applied) {
	for _, f := range a.Change.Free {
		for c := FirstCell(f.From); c < LastCell(f.To); c++ {
			if n[f.Unit][c].holder == f.Holder {
				delete(n[f.Unit], c)
			}
		}
	}
	put := func(u ids.Unit, from, to int64, by naiveCell) {
		if n[u] == nil {
			n[u] = map[int64]naiveCell{}
		}
		for c := FirstCell(from); c < LastCell(to); c++ {
			n[u][c] = by
		}
	}
	if t := a.Change.Take; t != nil {
		put(a.Unit, t.From, t.To, naiveCell{t.Holder, t.ExpiresAt})
	}
	if p := a.Change.Prolong; p != nil {
		put(p.Hold.Unit, p.Hold.Start, p.Hold.BusyUntil, naiveCell{string(p.Hold.ID), p.ExpiresAt})
	}
}

// TestBoardTellsWhatTheRulesTell books, holds, prolongs, moves and cancels at random and compares each day's free times in memory with those that the
// plain rules find in a plain list of cells.
func TestBoardTellsWhatTheRulesTell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Date(2026, 10, 20, 8, 0, 0, 0, helsinki).Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(rt, "minutes")) * time.Minute)
		p := catalog.Policy{
			Length: time.Duration(rapid.IntRange(1, 14).Draw(rt, "length")) * 5 * time.Minute, Gap: time.Duration(rapid.IntRange(0, 2).Draw(rt, "gap")) * 5 * time.Minute,
			Horizon: 12 * 24 * time.Hour, Notice: time.Duration(rapid.IntRange(0, 30).Draw(rt, "notice")) * time.Hour,
			Opens:      catalog.Opening(rapid.SampledFrom([]int{0, 0, 8 * 60, 24*60 + 8*60, 3*24*60 + 23*60 + 59}).Draw(rt, "opens")),
			StaffShare: rapid.IntRange(0, 2).Draw(rt, "share"), StaffRelease: time.Duration(rapid.IntRange(0, 50).Draw(rt, "release")) * time.Hour,
		}
		sch := schedule(t, p, now, rapid.IntRange(1, 3).Draw(rt, "desks"), "mon-fri 09:00-12:10", "sat-sun 00:00-24:00", "wed 16:30-18:00")
		board, memory := onBoard(t, sch)
		if some := rapid.SliceOfNDistinct(rapid.SampledFrom(sch.UnitIDs()), 1, len(sch.Units), rapid.ID[ids.Unit]).Draw(rt, "units"); rapid.Bool().Draw(rt, "some") {
			sch = sch.Only(func(u *org.Unit) bool { return slices.Contains(some, u.ID) })
			var err error
			if memory, err = memory.calendar.narrowed(sch); err != nil {
				rt.Fatal(err)
			}
		}
		plain, live := naive{}, []Applied{}
		for step := range rapid.IntRange(0, 40).Draw(rt, "steps") {
			sch.Now = sch.Now.Add(time.Duration(rapid.IntRange(0, 900).Draw(rt, "wait")) * time.Second)
			if a, ok := randomChange(rt, sch, plain, &live, step); ok {
				board.Apply(a)
				plain.apply(a)
			}
			d := sch.Today().Add(rapid.IntRange(-1, 14).Draw(rt, "day"))
			got := memory.between(nil, d, d, sch)[0]
			if diff := cmp.Diff(sch.Day(d, plain.busy(sch.Now.Unix())), got, cmp.AllowUnexported(org.Date{})); diff != "" {
				rt.Fatalf("%s at %s after %d changes (-rules +memory):\n%s", d, sch.Now, step+1, diff)
			}
			start := d.At(0, helsinki).Unix() + int64(rapid.IntRange(-3, 300).Draw(rt, "cell"))*CellSeconds + int64(rapid.SampledFrom([]int{0, 0, 0, 0, 1, -60}).Draw(rt, "off"))
			wantSlot, on := sch.At(start)
			if slot, ok := memory.slotAt(start, sch.Now.Unix()); ok != on || ok && (slot.Start != wantSlot.Start || slot.End != wantSlot.End || !slices.Equal(slot.Units, wantSlot.Units)) {
				rt.Fatalf("the time at %d: got %+v %t, want %+v %t", start, slot, ok, wantSlot, on)
			}
			want, any := firstOf(sch, plain)
			if f := memory.firstFree(sch.Now.Unix()); f.any != any || f.start != want {
				rt.Fatalf("first free at %s: got %d %t, want %d %t", sch.Now, f.start, f.any, want, any)
			}
		}
	})
}

func firstOf(sch Schedule, plain naive) (int64, bool) {
	busy := plain.busy(sch.Now.Unix())
	for d := sch.Today(); !d.After(sch.LastDay()); d = d.Add(1) {
		day := sch.Day(d, busy)
		if first, ok := day.Free.First(); ok {
			return first.Start, true
		}
	}
	return 0, false
}

// randomChange takes a free time for good or for a while, or does something to one that was taken.
func randomChange(rt *rapid.T, sch Schedule, plain naive, live *[]Applied, step int) (Applied, bool) {
	now := sch.Now.Unix()
	c := Change{Org: "town", Now: now}
	if len(*live) > 0 && rapid.IntRange(0, 2).Draw(rt, "what") == 0 {
		i := rapid.IntRange(0, len(*live)-1).Draw(rt, "which")
		had := (*live)[i]
		t := had.Change.Take
		hold := Hold{ID: ids.Hold(t.Holder), Unit: had.Unit, Start: t.From, BusyUntil: t.To}
		switch {
		case t.ExpiresAt == 0: // a cancellation
			c.Claim = &Claim{ID: ids.Appointment(t.Holder)}
			c.Free = []Cells{{had.Unit, t.Holder, t.From, t.To}}
			*live = append((*live)[:i], (*live)[i+1:]...)
			return Applied{Change: c}, true
		case t.ExpiresAt >= now && rapid.Bool().Draw(rt, "prolong"):
			c.Prolong = &Prolong{Hold: hold, ExpiresAt: now + 600}
			had.Change.Take.ExpiresAt = now + 600
			return Applied{Change: c}, true
		default: // given back, whether it ran out or not
			c.Free = []Cells{{had.Unit, t.Holder, t.From, t.To}}
			*live = append((*live)[:i], (*live)[i+1:]...)
			return Applied{Change: c}, true
		}
	}
	day := sch.Day(sch.Today().Add(rapid.IntRange(0, 12).Draw(rt, "on")), plain.busy(now))
	if day.Free.Len() == 0 {
		return Applied{}, false
	}
	slot, _ := sch.At(rapid.SampledFrom(slices.Collect(day.Free.All())).Draw(rt, "time").Start)
	unit := rapid.SampledFrom(sch.freeUnits(slot, plain.busy(now))).Draw(rt, "unit")
	c.Take = &Take{Holder: fmt.Sprintf("h%d", step), From: slot.Start, To: slot.Start + sch.Busy()}
	if rapid.Bool().Draw(rt, "hold") {
		c.Take.ExpiresAt = now + int64(rapid.IntRange(0, 1800).Draw(rt, "for"))
	}
	a := Applied{Change: c, Unit: unit}
	*live = append(*live, a)
	return a, true
}

// TestReplaceIsRefusedAfterAChange: what was read before a change is not put over it.
func TestReplaceIsRefusedAfterAChange(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	seen := b.Seen("town", "desk-a")
	b.Apply(Applied{Change: Change{Org: "town", Take: &Take{Holder: "a1", From: 3000, To: 3600}}, Unit: "desk-a"})
	if b.Replace("town", "desk-a", seen, 0, 288, nil, nil) {
		t.Fatal("what was read earlier was put over a change")
	}
	if !b.View("town", 0).AnyIn("desk-a", 10, 11) {
		t.Error("the change is gone")
	}
	hold := Hold{ID: "h1", Unit: "desk-a", Start: 6000, BusyUntil: 6600, ExpiresAt: 100}
	if !b.Replace("town", "desk-a", b.Seen("town", "desk-a"), 0, 288, []int64{15}, []Hold{hold}) {
		t.Fatal("refused without a change")
	}
	for cell, want := range map[int64]bool{10: false, 15: true, 20: true, 21: true, 22: false} {
		if got := b.View("town", 100).AnyIn("desk-a", cell, cell+1); got != want {
			t.Errorf("cell %d: taken %t, want %t", cell, got, want)
		}
	}
	if b.View("town", 101).AnyIn("desk-a", 20, 22) {
		t.Error("a hold is kept after its last second")
	}
}

// TestFillPutsWhatWasCommittedMeanwhileOnTop: the database was read before or after the commit; either way it counts.
func TestFillPutsWhatWasCommittedMeanwhileOnTop(t *testing.T) {
	t.Parallel()
	b := &Board{}
	f := b.Fill("town")
	f.Book("desk-a", 10)
	f.Book("desk-a", 11)
	cancel := Change{Org: "town", Claim: &Claim{ID: "a1"}, Free: []Cells{{"desk-a", "a1", 3000, 3600}}}
	b.Apply(Applied{Change: cancel})
	b.Apply(Applied{Change: Change{Org: "town", Take: &Take{Holder: "a2", From: 6000, To: 6300}}, Unit: "desk-b"})
	if b.Ready("town") {
		t.Fatal("ready before it was filled")
	}
	f.Done()
	v := b.View("town", 0)
	if !b.Ready("town") || v.AnyIn("desk-a", 0, 100) || !v.AnyIn("desk-b", 20, 21) || v.AnyIn("desk-b", 21, 100) {
		t.Error("the board is not what was committed")
	}
}

// TestRefusesOnlyWhatCannotBeHad: what the asker has counts as free, and so does a hold that ran out.
func TestRefusesOnlyWhatCannotBeHad(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	take := func(holder string, expires int64) Change {
		return Change{Org: "town", Now: 50, Take: &Take{Units: []ids.Unit{"desk-a"}, Holder: holder, From: 3000, To: 3600, ExpiresAt: expires}}
	}
	if b.Refuses(take("a1", 0)) {
		t.Fatal("a free time is refused")
	}
	b.Apply(Applied{Change: take("h1", 100), Unit: "desk-a"})
	other, own, late := take("a2", 0), take("a3", 0), take("a4", 0)
	own.Free = []Cells{{"desk-a", "h1", 3000, 3600}}
	late.Now = 101
	for name, c := range map[string]struct {
		change Change
		want   bool
	}{"another's hold": {other, true}, "one's own hold": {own, false}, "a hold that ran out": {late, false}} {
		if got := b.Refuses(c.change); got != c.want {
			t.Errorf("%s: refused %t, want %t", name, got, c.want)
		}
	}
}

// TestWhatIsBeingGivenBackIsNotRefused: others may know of the commit before this process does.
func TestWhatIsBeingGivenBackIsNotRefused(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	held := Change{Org: "town", Take: &Take{Units: []ids.Unit{"desk-a"}, Holder: "a1", From: 3000, To: 3600}}
	b.Apply(Applied{Change: held, Unit: "desk-a"})
	wanted := Change{Org: "town", Take: &Take{Units: []ids.Unit{"desk-a"}, Holder: "a2", From: 3300, To: 3900}}
	cancel := Applied{Change: Change{Org: "town", Claim: &Claim{ID: "a1"}, Free: []Cells{{"desk-a", "a1", 3000, 3600}}}}
	refused := func(when string, want bool) {
		if got := b.Refuses(wanted); got != want {
			t.Errorf("%s: refused %t, want %t", when, got, want)
		}
	}
	refused("taken", true)
	failed := b.Loosen([]Applied{cancel})
	refused("while it is given back", false)
	failed()
	refused("when that came to nothing", true)
	done := b.Loosen([]Applied{cancel, {Change: held, Unit: "desk-a"}})
	b.Apply(cancel)
	done()
	refused("when it was given back", false)
	b.Apply(Applied{Change: held, Unit: "desk-a"})
	defer b.Loosen([]Applied{{Change: Change{Org: "town", Free: []Cells{{"desk-a", "a1", 3000, 3600}}, Take: held.Take}, Unit: "desk-a"}})()
	refused("when who has it keeps it", true)
}

// TestRefusesAtOneMoment: at each moment one of two units is free, so nobody may be told that both are taken.
func TestRefusesAtOneMoment(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	take := func(u ids.Unit) Applied {
		return Applied{Change: Change{Org: "town", Take: &Take{Units: []ids.Unit{u}, Holder: "a1", From: 3000, To: 3600}}, Unit: u}
	}
	free := func(u ids.Unit) Applied {
		return Applied{Change: Change{Org: "town", Claim: &Claim{ID: "a1"}, Free: []Cells{{u, "a1", 3000, 3600}}}}
	}
	b.Apply(take("desk-a"))
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for range 50_000 {
			for _, a := range []Applied{free("desk-a"), take("desk-b"), free("desk-b"), take("desk-a")} {
				b.Apply(a)
			}
		}
	}()
	wanted := Change{Org: "town", Take: &Take{Units: []ids.Unit{"desk-a", "desk-b"}, Holder: "a2", From: 3000, To: 3600}}
	wrong, asked := 0, 0
	for open := true; open; asked++ {
		select {
		case <-ended:
			open = false
		default:
		}
		if b.Refuses(wanted) {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d were refused although a unit was free", wrong, asked)
	}
}

// TestLanesBesideTheCountersAreNotOnTheBoard: what is booked beside the counters may be given back on another node without this one hearing of it: so nobody is refused a lane from memory.
func TestLanesBesideTheCountersAreNotOnTheBoard(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	over := Change{Org: "town", Take: &Take{From: 0, To: 600}}
	for n := range mostOver {
		u := OverUnit("hall", n+1)
		over.Take.Units = append(over.Take.Units, u)
		taken := Change{Org: "town", Take: &Take{Units: []ids.Unit{u}, Holder: string(u), From: 0, To: 600}}
		b.Apply(Applied{Change: taken, Unit: u})
	}
	if b.Refuses(over) {
		t.Error("a lane is refused from memory")
	}
	over.Take.Units = []ids.Unit{"desk"}
	b.Apply(Applied{Change: over, Unit: "desk"})
	if !b.Refuses(over) {
		t.Error("a counter that is taken is not refused")
	}
}

// A time that was given up on another node, and is kept for those who wait, is still booked here until that is heard of: its offers are not refused for it.
func TestOfferIsNotRefusedFromMemory(t *testing.T) {
	t.Parallel()
	b := &Board{}
	b.Fill("town").Done()
	b.Apply(Applied{Change: Change{Org: "town", Take: &Take{Units: []ids.Unit{"desk"}, Holder: "given up", From: 0, To: 600}}, Unit: "desk"})
	c := Change{Org: "town", Free: []Cells{{"desk", "freed", 0, 600}}, Take: &Take{Units: []ids.Unit{"desk"}, Holder: "freed", From: 0, To: 600, ExpiresAt: 60}}
	if !b.Refuses(c) {
		t.Error("what is booked is not refused")
	}
	if c.Offer = (&OfferChange{Freed: "freed"}); b.Refuses(c) {
		t.Error("an offer is refused from memory")
	}
}

// BenchmarkFreeWeek is the free times of one office's week: five desks, four cells each, two thirds taken.
func BenchmarkFreeWeek(b *testing.B) {
	o, now := benchOffer(b)
	sch := o.schedule
	sch.Now = now
	monday := org.DateOf(now).Add(7)
	b.ReportAllocs()
	for b.Loop() {
		if days := o.between(make([]DayTimes, 0, 7), monday, monday.Add(6), sch); days[0].Free.Len() == 0 {
			b.Fatal("no free time")
		}
	}
}

// BenchmarkFirstFree is the search for the first free time, without remembering it.
func BenchmarkFirstFree(b *testing.B) {
	o, now := benchOffer(b)
	today := org.DateOf(now)
	b.ReportAllocs()
	for b.Loop() {
		if _, any := o.searchFirst(today, now.Unix()); !any {
			b.Fatal("no free time")
		}
	}
}

func benchOffer(b *testing.B) (*offer, time.Time) {
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki)
	sch := schedule(b, ordinary, now, 5, "mon-fri 09:00-16:00")
	board, o := onBoard(b, sch)
	for d := range 60 {
		for i, slot := range sch.Grid(sch.Today().Add(d)) {
			for j, u := range slot.Units {
				if (i+j)%3 > 0 || d < 5 {
					board.Apply(Applied{Change: Change{Org: "town", Take: &Take{Holder: "x", From: slot.Start, To: slot.End}}, Unit: u})
				}
			}
		}
	}
	return o, now
}
