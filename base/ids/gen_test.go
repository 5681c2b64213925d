package ids

import (
	"crypto/rand"
	"errors"
	"io"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luukku/base/clock"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// chance returns a source of chance that is the same every time.
func chance(seed byte) io.Reader { return mrand.NewChaCha8([32]byte{seed}) }

func testGen(now func() time.Time) *Gen { return &Gen{Now: now, Rand: chance(1), Node: 3} }

func TestAppointmentIDHoldsSecondNodeAndSequence(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	g := testGen(c.Now)
	first, _ := decode50(string(g.Appointment()))
	if got, want := first>>19, uint64(noon.Unix()-Epoch.Unix()+1); got != want {
		t.Errorf("got second %d of the first id, want %d: one ahead of the clock", got, want)
	}
	if got := first >> 15 & 15; got != 3 {
		t.Errorf("got node %d, want 3", got)
	}
	c.Advance(10 * time.Second)
	later, _ := decode50(string(g.Appointment()))
	if got, want := later>>19, uint64(noon.Unix()-Epoch.Unix()+10); got != want {
		t.Errorf("got second %d once the clock has caught up, want %d", got, want)
	}
	if got := later & 0x7fff; got != 0 {
		t.Errorf("got sequence %d in a new second, want 0", got)
	}
}

func TestAppointmentIDsAlwaysGrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := clock.NewFixed(noon)
		g := testGen(c.Now)
		last := g.Appointment()
		for range rapid.IntRange(1, 50).Draw(t, "ids") {
			c.Advance(time.Duration(rapid.Int64Range(-86_400_000, 5_000).Draw(t, "step")) * time.Millisecond)
			next := g.Appointment()
			if next <= last || !next.Valid() {
				t.Fatalf("got %s after %s, want a greater one", next, last)
			}
			last = next
		}
	})
}

func TestMoreAppointmentsThanASecondHoldsBorrowFromTheNext(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	var last Appointment
	for range 40_000 {
		next := g.Appointment()
		if next <= last {
			t.Fatalf("got %s after %s, want a greater one", next, last)
		}
		last = next
	}
	n, _ := decode50(string(last))
	if ahead := int64(n>>19) - (noon.Unix() - Epoch.Unix()); ahead < 2 || ahead > 3 {
		t.Errorf("got %d seconds ahead after 40,000 ids, want 2 or 3", ahead)
	}
	if got := n >> 15 & 15; got != 3 {
		t.Errorf("got node %d after borrowing, want 3", got)
	}
}

func TestAppointmentIDsAreUniqueAmongWritersAndNodes(t *testing.T) {
	t.Parallel()
	const writers, each = 20, 5_000
	gens := []*Gen{{Now: clock.NewFixed(noon).Now, Rand: chance(1), Node: 0}, {Now: clock.NewFixed(noon).Now, Rand: chance(1), Node: 15}}
	all := make([][]Appointment, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range each {
				all[w] = append(all[w], gens[w%2].Appointment())
			}
		})
	}
	wg.Wait()
	seen := make(map[Appointment]bool, writers*each)
	for _, ids := range all {
		for _, id := range ids {
			seen[id] = true
		}
	}
	if got, want := len(seen), writers*each; got != want {
		t.Errorf("got %d different ids, want %d", got, want)
	}
}

func TestRestartAfterResumeNeverRepeats(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	seen := map[Appointment]bool{}
	var last Appointment
	for restart := range 200 {
		g := &Gen{Now: c.Now, Rand: chance(7), Node: restart % 3}
		if err := g.Resume(last); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			id := g.Appointment()
			if seen[id] || id <= last {
				t.Fatalf("restart %d: got %s after %s, want a greater one", restart, id, last)
			}
			seen[id], last = true, id
		}
		c.Advance(-time.Millisecond)
	}
}

func TestResumeRefusesGarbageAndALateCall(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	if err := g.Resume("not an id!"); !errors.Is(err, errForm) {
		t.Errorf("got %v, want %v", err, errForm)
	}
	id := g.Appointment()
	if err := g.Resume(id); err == nil {
		t.Error("got no error for Resume after the first id, want one")
	}
}

func TestClockBeforeTheEpochStillMakesGrowingIDs(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(time.Time{}).Now)
	a, b := g.Appointment(), g.Appointment()
	if !a.Valid() || !b.Valid() || b <= a {
		t.Errorf("got %q and %q, want two growing ids", a, b)
	}
}

func TestTextOfFiftyBitsSortsLikeTheNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64Max(1<<50-1).Draw(t, "a"), rapid.Uint64Max(1<<50-1).Draw(t, "b")
		if got, want := strings.Compare(encode50(a), encode50(b)), cmp(a, b); got != want {
			t.Fatalf("got order %d of texts, want %d", got, want)
		}
		if n, ok := decode50(encode50(a)); !ok || n != a {
			t.Fatalf("got %d back, want %d", n, a)
		}
	})
}

func cmp(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestOtherIDsSortInTheOrderTheyWereMade(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	g := testGen(c.Now)
	var got []string
	for i := range 10_000 {
		if i%1000 == 0 {
			c.Advance(time.Duration(500-i) * time.Millisecond)
		}
		got = append(got, g.New())
	}
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Error("got ids out of order or twice, want each greater than the one before")
	}
	for _, id := range got {
		if !Valid(id) {
			t.Fatalf("got %q, want 26 lower-case characters of base 32", id)
		}
	}
}

func TestOverflowingRandomPartCarriesIntoTheTime(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	g.ms, g.high, g.low = uint64(noon.UnixMilli()), 0xffff, 1<<64-1
	before := g.New()
	if got, ok := Made(before); !ok || got.Sub(noon) != time.Millisecond {
		t.Errorf("got made %v, want a millisecond after %v", got, noon)
	}
	if after := g.New(); after <= before {
		t.Errorf("got %s after %s, want a greater one", after, before)
	}
}

func TestMadeTellsWhenAFormKeyWasMade(t *testing.T) {
	t.Parallel()
	at := noon.Add(123 * time.Millisecond)
	key := testGen(clock.NewFixed(at).Now).FormKey()
	if got, ok := Made(string(key)); !ok || !got.Equal(at) {
		t.Errorf("got %v %v, want %v", got, ok, at)
	}
	if !key.Valid() {
		t.Errorf("got %q invalid, want valid", key)
	}
	for _, bad := range []string{"", "x", strings.Repeat("8", 26), strings.Repeat("0", 25) + "U", strings.Repeat("0", 27), strings.Repeat("0", 25) + "é"} {
		if _, ok := Made(bad); ok || Valid(bad) || FormKey(bad).Valid() {
			t.Errorf("got %q taken for an id, want it refused", bad)
		}
	}
}

func TestTypedIDsAreAllNew(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	all := []string{string(g.Hold()), string(g.Draft()), string(g.Person()), string(g.Notice()), string(g.Task()), string(g.Audit()), string(g.FormKey())}
	slices.Sort(all)
	if got := len(slices.Compact(all)); got != 7 {
		t.Errorf("got %d different ids, want 7", got)
	}
}

func TestFailingSourceOfChancePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("got an id without chance, want a panic")
		}
	}()
	(&Gen{Now: clock.NewFixed(noon).Now, Rand: strings.NewReader("short")}).New()
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"rekisteri": true, "a": true, "7": true, "pori-2": true, strings.Repeat("a", 60): true,
		"": false, "a--b": false, "-a": false, "a-": false, "A": false, "å": false, "a b": false, "a_b": false, "a/b": false, "a.b": false, strings.Repeat("a", 61): false,
	} {
		if got := ValidSlug(s); got != want {
			t.Errorf("ValidSlug(%q): got %v, want %v", s, got, want)
		}
	}
	for _, s := range []string{"my", "staff", "admin", "kiosk", "display", "api", "assets", "healthz", "readyz", "metrics", "dev", "setup", "t", "look", "gallery"} {
		if !ReservedOrg(s) {
			t.Errorf("ReservedOrg(%q): got false, want true", s)
		}
	}
	if ReservedOrg("rekisteri") {
		t.Error("got rekisteri reserved, want it free")
	}
}

func BenchmarkAppointment(b *testing.B) {
	g := &Gen{Now: clock.Real(), Rand: rand.Reader}
	for b.Loop() {
		g.Appointment()
	}
}

func BenchmarkNew(b *testing.B) {
	g := &Gen{Now: clock.Real(), Rand: rand.Reader}
	for b.Loop() {
		g.New()
	}
}
