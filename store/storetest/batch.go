package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/notify"
)

// plain is a booking as the room decides it, of a time in minutes after nine.
func (h *House) plain(who string, from, to int, units ...ids.Unit) booking.Change {
	now, gen := h.Clock.Now().Unix(), h.Booking.Gen
	hash := sha256.Sum256([]byte(who))
	a := booking.Appointment{
		Org: "town", ID: gen.Appointment(), Service: "passport", Office: "hall", Start: at(9, from), End: at(9, to), BusyUntil: at(9, to), Status: booking.Booked,
		Person: gen.Person(), Details: details(who), PolicyVersion: 1, CreatedAt: now, ChangedAt: now,
	}
	return booking.Change{
		Org: "town", Now: now,
		Form:      &booking.Form{Key: gen.FormKey(), Kind: "book", Result: string(a.ID), ExpiresAt: now + 3600},
		Take:      &booking.Take{Units: units, Holder: string(a.ID), From: a.Start, To: a.BusyUntil},
		PutPerson: &booking.Person{ID: a.Person, WrappedKey: []byte("wrapped")}, PutAppointment: &a,
		Contacts: &booking.Contacts{Appointment: a.ID, Hashes: [][]byte{hash[:]}},
		Notices:  []notify.Notice{{Org: "town", ID: gen.Notice(), Event: notify.AppointmentBooked, Appointment: a.ID, Person: a.Person, CreatedAt: now}},
		Audit:    []audit.Entry{audit.New("town", gen.Audit(), now*1_000_000, visitor(who), audit.AppointmentBooked, "appointment", string(a.ID), nil)},
		Topics:   []string{"booking/town/hall/2026-11-23"},
	}
}

// held is a hold of a time, until so many seconds from now.
func (h *House) held(who string, from, to int, seconds int64, units ...ids.Unit) booking.Change {
	now := h.Clock.Now().Unix()
	k := booking.Hold{
		Org: "town", ID: h.Booking.Gen.Hold(), Service: "permit", Office: "hall", Start: at(9, from), End: at(9, to), BusyUntil: at(9, to),
		ExpiresAt: now + seconds, Session: []byte(who), CreatedAt: now,
	}
	return booking.Change{
		Org: "town", Now: now, PutHold: &k, Topics: []string{"booking/town/hall/2026-11-23"},
		Take: &booking.Take{Units: units, Holder: string(k.ID), From: k.Start, To: k.BusyUntil, ExpiresAt: k.ExpiresAt},
	}
}

// commitAll commits changes at once, or one after another, and returns their verdicts.
func (h *House) commitAll(t testing.TB, changes []booking.Change, atOnce bool) []booking.Verdict {
	t.Helper()
	got := make([]booking.Verdict, len(changes))
	one := func(i int) error {
		ctx := fault.Watch(t.Context())
		out, err := h.Store.Commit(ctx, changes[i])
		got[i] = out.Verdict
		if done := err == nil && out.Verdict == booking.Done; fault.Changed(ctx) != done {
			return errors.Join(err, fmt.Errorf("verdict %d: got changed %t", out.Verdict, !done))
		}
		return err
	}
	var errs []error
	if atOnce {
		errs = race(len(changes), one)
	} else {
		for i := range changes {
			errs = append(errs, one(i))
		}
	}
	for i, err := range errs {
		if err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	return got
}

func tally(list []booking.Verdict) map[booking.Verdict]int {
	n := map[booking.Verdict]int{}
	for _, v := range list {
		n[v]++
	}
	return n
}

// crowdInBatches: bookings of many times at once, 50 for each, with as many units as each time has.
func crowdInBatches(t *testing.T, e Engine) {
	const times, units = 6, 3
	h := Open(t, e, 1)
	desks := []ids.Unit{"hall.desk-aa", "hall.desk-ab", "hall.desk-ac"}
	before := h.DB.Stats()
	var changes []booking.Change
	for i := range 50 * times {
		changes = append(changes, h.plain(fmt.Sprint("person ", i), 20*(i%times), 20*(i%times)+20, desks...))
	}
	got := h.commitAll(t, changes, true)
	if n := tally(got); n[booking.Done] != times*units || n[booking.Taken] != (50-units)*times {
		t.Errorf("got verdicts %v, want %d done and the others taken", n, times*units)
	}
	after := h.DB.Stats()
	t.Logf("%d changes, %d transactions, %d rolled back", len(changes), after.Commits-before.Commits, after.Rollbacks-before.Rollbacks)
}

// overlapsInBatches: times of several lengths that overlap in part. Whoever gets one has all of its cells: the database is asked when it closes.
func overlapsInBatches(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	var changes []booking.Change
	chance := rand.New(rand.NewPCG(1, 1))
	for i := range 400 {
		u := ids.Unit(fmt.Sprint("desk-", chance.IntN(10)))
		from := 5 * chance.IntN(60)
		c := h.plain(fmt.Sprint("person ", i), from, from+5*(1+chance.IntN(8)), u, u+"x")
		if i%3 == 0 {
			c = h.held(fmt.Sprint("person ", i), from, from+30, 600, u, u+"x")
		}
		changes = append(changes, c)
	}
	before := h.DB.Stats()
	got := h.commitAll(t, changes, true)
	n := tally(got)
	if n[booking.Done] == 0 || n[booking.Taken] == 0 || n[booking.Done]+n[booking.Taken] != len(changes) {
		t.Errorf("got verdicts %v, want some done and all others taken", n)
	}
	if made := h.DB.Stats().Commits - before.Commits; made >= int64(n[booking.Done]) && h.DB.Engine() == "postgres" {
		t.Errorf("%d transactions for %d changes: no two shared one, the test proves nothing", made, n[booking.Done])
	}
}

// group is requests that are about one thing, whose verdicts together do not depend on their order.
type group func(h *House, name string, chance *rand.Rand) []booking.Change

var groups = []group{
	func(h *House, name string, chance *rand.Rand) (list []booking.Change) { // too many for too few units, of any length
		units := []ids.Unit{ids.Unit(name), ids.Unit(name + "-2"), ids.Unit(name + "-3")}[:1+chance.IntN(3)]
		from, to := 5*chance.IntN(20), 100+5*chance.IntN(20)
		for i := range 1 + chance.IntN(12) {
			who := fmt.Sprint(name, "/", i)
			if chance.IntN(2) == 0 {
				list = append(list, h.held(who, from, to, 60, units...))
			} else {
				list = append(list, h.plain(who, from, to, units...))
			}
		}
		return list
	},
	func(h *House, name string, chance *rand.Rand) (list []booking.Change) { // the same form, sent several times
		c := h.plain(name, 0, 20, ids.Unit(name), ids.Unit(name+"-2"))
		return slices.Repeat([]booking.Change{c}, 1+chance.IntN(6))
	},
	func(h *House, name string, chance *rand.Rand) (list []booking.Change) { // a contact with more than the limit
		most := 1 + chance.IntN(3)
		for i := range 1 + chance.IntN(8) {
			c := h.plain(name, 20*i, 20*i+20, ids.Unit(name))
			c.Limit = &booking.Limit{Contacts: c.Contacts.Hashes, Max: most}
			list = append(list, c)
		}
		return list
	},
	func(h *House, name string, chance *rand.Rand) (list []booking.Change) { // one after another in one unit, and changes that are not plain
		for i := range 1 + chance.IntN(8) {
			list = append(list, h.plain(fmt.Sprint(name, "/", i), 20*i, 20*i+20, ids.Unit(name)))
		}
		gone := booking.Change{Org: "town", Now: h.Clock.Now().Unix(), Claim: &booking.Claim{ID: "01234567890"}}
		return append(list, gone, booking.Change{Org: "town", Now: gone.Now, Prolong: &booking.Prolong{Hold: booking.Hold{ID: "nobody's"}, ExpiresAt: gone.Now}})
	},
}

// streamsMeanTheSame: what a crowd is told at once is what it is told one after another, each alone.
func streamsMeanTheSame(t *testing.T, e Engine) {
	rounds := 3
	if os.Getenv("LUUKKU_NIGHT") != "" {
		rounds = 100
	}
	crowd, single := Open(t, e, 1), Open(t, e, 1)
	for round := range rounds {
		verdicts := func(h *House, atOnce bool) []map[booking.Verdict]int {
			chance := rand.New(rand.NewPCG(uint64(round), 7))
			var changes []booking.Change
			var of []int
			for g := range 40 {
				list := groups[chance.IntN(len(groups))](h, fmt.Sprintf("unit-%d-%d", round, g), chance)
				changes = append(changes, list...)
				of = append(of, slices.Repeat([]int{g}, len(list))...)
			}
			chance.Shuffle(len(changes), func(i, j int) {
				changes[i], changes[j] = changes[j], changes[i]
				of[i], of[j] = of[j], of[i]
			})
			told := make([][]booking.Verdict, 40)
			for i, v := range h.commitAll(t, changes, atOnce) {
				told[of[i]] = append(told[of[i]], v)
			}
			sums := make([]map[booking.Verdict]int, len(told))
			for g := range told {
				sums[g] = tally(told[g])
			}
			return sums
		}
		var got, want []map[booking.Verdict]int
		var both sync.WaitGroup
		both.Go(func() { got = verdicts(crowd, true) })
		both.Go(func() { want = verdicts(single, false) })
		both.Wait()
		for g := range want {
			if !maps.Equal(got[g], want[g]) {
				t.Errorf("round %d, group %d: at once %v, alone %v", round, g, got[g], want[g])
			}
		}
	}
	t.Logf("night: batches: %d runs, 0 lost", rounds)
}
