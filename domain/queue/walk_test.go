package queue

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"luukku/base/ids"
)

// days are those of the walks: an ordinary one, and those on which the clocks change.
var days = []string{"2026-03-12", "2026-03-29", "2026-10-25"}

// Whatever happens in a lobby, and in whatever order, comes out as the rules say; what may not be is refused and changes nothing.
func TestLobbyObeysItsRules(t *testing.T) {
	t.Parallel()
	tb := t
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.SampledFrom([]int{0, 5, 5, 20, 60}).Draw(t, "bound") // the short one is passed in most walks
		w := newTown(tb, settings{"": {"walk_in_bound": fmt.Sprintf("%dm", minutes)}, "quick": {"walk_in_bound": "0m"}})
		start := at8(tb, rapid.SampledFrom(days).Draw(t, "day"))
		w.clock = start
		m := newModel(w, start, map[ids.Service]int64{"passport": int64(minutes) * 60, "card": int64(minutes) * 60, "permit": int64(minutes) * 60})
		for i := range rapid.IntRange(0, 12).Draw(t, "appointments") {
			m.appoint(i, rapid.SampledFrom(testServices).Draw(t, "service"), int64(rapid.IntRange(0, 16).Draw(t, "quarter"))*900)
		}
		at := int64(0)
		for range rapid.IntRange(1, 80).Draw(t, "events") {
			e := drawEvent(t)
			if edges := m.edges(at); len(edges) > 0 && rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
				at = rapid.SampledFrom(edges).Draw(t, "at")
			} else {
				at += int64(rapid.SampledFrom([]int{0, 0, 0, 1, 5, 30, 240}).Draw(t, "after"))
			}
			at = min(at, 15*3600) // the day is over
			e.at = at
			t.Log(e)
			if err := m.do(e); err != nil {
				t.Fatal(err)
			}
			if err := m.all(); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.end(); err != nil {
			t.Fatal(err)
		}
	})
}

// appoint books the i-th appointment.
func (m *model) appoint(i int, service ids.Service, after int64) {
	a := Appointment{
		ID: ids.Appointment(fmt.Sprintf("%d", 1000+i)), Service: service, Office: testOffice, Unit: "k1", Start: m.day + after, Sequence: 1, Lang: "fi", Good: true,
	}
	if service == "permit" && i%2 == 0 {
		a.Unit = "doctor"
	}
	m.appts = append(m.appts, a)
	m.town.memory.book(a, string(a.ID))
}

// edges are the moments from now on at which something begins or ends to be so, and the seconds before and after.
func (m *model) edges(at int64) (out []int64) {
	var all []int64
	for _, a := range m.appts {
		all = append(all, a.Start-900, a.Start, a.Start+900)
	}
	for _, p := range m.tickets {
		if b := m.bound[p.Service]; b > 0 && p.Kind == WalkIn && p.State.Live() {
			all = append(all, p.ArrivedAt+b)
		}
		if p.State == Parked && p.ParkedUntil > 0 {
			all = append(all, p.ParkedUntil)
		}
		if p.undo {
			all = append(all, p.lastAt+300)
		}
	}
	for _, x := range all {
		for _, y := range []int64{x - 1, x, x + 1} {
			if y -= m.day; y >= at {
				out = append(out, y)
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), 12)]
}

func drawEvent(t *rapid.T) event {
	e := event{
		what: rapid.SampledFrom([]What{
			evTake, evTake, evTake, evCheckIn, evCheckIn, StepCalled, StepCalled, StepCalled, StepBegun, StepBegun, StepDone, evOpen, evOpen, StepMissed, StepLeft, StepParked,
			StepReturned, StepMoved, StepRaised, StepPicked, StepRecalled, StepUndone, StepUndone, evBreak, evResume, evClose,
		}).Draw(t, "what"),
		unit:    rapid.SampledFrom(testUnits).Draw(t, "unit"),
		ticket:  rapid.IntRange(0, 15).Draw(t, "ticket"),
		service: rapid.SampledFrom(testServices).Draw(t, "service"),
		appt:    rapid.IntRange(0, 11).Draw(t, "appointment"),
		number:  rapid.IntRange(0, 59).Draw(t, "number"),
		flag:    rapid.Bool().Draw(t, "flag"),
	}
	return e
}
