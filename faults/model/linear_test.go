package model

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/faults/report"
)

// The shape of a history.
const (
	groups     = 12
	groupSlots = 9 // 108 times in all
	slotLength = 10 * 60
	clients    = 12
	hotGroups  = 3 // of a phase, so that clients meet
)

func linearPlan(units int) plan {
	return plan{
		zone:     "Europe/Helsinki",
		offices:  map[ids.Office]officePlan{"hall": {hours: []string{"mon-sun 00:00-24:00"}, units: make([]unitPlan, units)}},
		services: map[ids.Service]string{"visit": `{"length":"10m","hold":"1m","notice":"0m","change_cutoff":"0m","cancel_cutoff":"0m","max_live":0}`},
	}
}

// recorder gathers a history from many clients over one or more nodes.
type recorder struct {
	t      *testing.T
	nodes  []*house
	clock  *clock.Fixed
	book   book
	began  time.Time
	first  int64 // the start of the first time
	cutOff float64

	mu      sync.Mutex
	history []porcupine.Operation
	drafts  [groups][]draft
	appts   [groups][]string
	own     [clients]draft // each client's last one, to ask more time for
	told    map[string]int
	unknown int
}

// draft is a draft that anybody of the same session may confirm.
type draft struct {
	session, id string
	slot        int
}

func (r *recorder) start(group, slot int) int64 {
	return r.first + int64(group*groupSlots+slot)*slotLength
}

// do runs a request and writes it into the history. What is neither done nor refused by a rule may have been done: it ends with the history.
func (r *recorder) do(client int, h *house, in op) answer {
	ctx := r.t.Context()
	if r.cutOff > 0 && rand.Float64() < r.cutOff && in.kind != opCount {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(rand.IntN(3000))*time.Microsecond)
		defer stop()
	}
	call := time.Since(r.began).Nanoseconds()
	out, err := r.ask(ctx, h, in)
	end := time.Since(r.began).Nanoseconds()
	switch {
	case err == nil:
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		out = answer{key: fault.Of(err).Key}
	default:
		out, end = answer{unknown: true}, lost
		if ctx.Err() == nil {
			r.t.Errorf("%s: %v", in.kind, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
	r.told[out.key]++
	if out.unknown {
		r.unknown++
	}
	if out.appt != "" && !out.repeated {
		r.appts[in.group] = append(r.appts[in.group], out.appt)
	}
	return out
}

func (r *recorder) ask(ctx context.Context, h *house, in op) (answer, error) {
	start := r.start(in.group, in.slot)
	switch in.kind {
	case opHold:
		d, err := h.room.Pick(ctx, visitor(in.session), booking.PickRequest{Org: town, Service: "visit", Office: "hall", Start: start, Lang: "en"})
		return answer{draft: string(d.ID), until: d.HoldUntil}, err
	case opProlong:
		d, err := h.room.Extend(ctx, visitor(in.session), town, ids.Draft(in.draft))
		return answer{draft: string(d.ID), until: d.HoldUntil}, err
	case opConfirm:
		b, err := h.room.BookDraft(ctx, visitor(in.session), town, ids.Draft(in.draft))
		return answer{appt: string(b.Appointment.ID), repeated: b.Repeated}, err
	case opBook:
		b, err := h.room.Book(ctx, visitor(in.session), booking.BookRequest{
			Org: town, Service: "visit", Office: "hall", Start: start, Details: details("who"), Key: h.room.Gen.FormKey(),
		})
		return answer{appt: string(b.Appointment.ID)}, err
	case opCancel:
		id := ids.Appointment(in.appt)
		_, err := h.room.Cancel(ctx, proven(in.session, id), booking.CancelRequest{Org: town, ID: id, Key: h.room.Gen.FormKey()})
		return answer{}, err
	case opMove:
		id := ids.Appointment(in.appt)
		_, err := h.room.Move(ctx, proven(in.session, id), booking.MoveRequest{Org: town, ID: id, Start: start, Key: h.room.Gen.FormKey()})
		return answer{}, err
	}
	return r.count(ctx, h, in)
}

// count asks the database how many units of each time of a group are taken.
func (r *recorder) count(ctx context.Context, h *house, in op) (answer, error) {
	from := booking.FirstCell(r.first)
	var units []ids.Unit
	for i := range r.book.units {
		units = append(units, unitID("hall", i))
	}
	busy, err := h.st.Occupied(ctx, town, units, from, from+4*day/booking.CellSeconds, in.now, "")
	out := answer{taken: make([]int, groupSlots)}
	for slot := range groupSlots {
		first := booking.FirstCell(r.start(in.group, slot))
		for _, u := range units {
			if busy.AnyIn(u, first, first+slotLength/booking.CellSeconds) {
				out.taken[slot]++
			}
		}
	}
	return out, err
}

// client makes so many requests in some groups.
func (r *recorder) client(number, requests int, hot []int) {
	h := r.nodes[number%len(r.nodes)]
	now := r.clock.Now().Unix()
	own := &r.own[number]
	for range requests {
		g := hot[rand.IntN(len(hot))]
		in := op{group: g, number: rand.IntN(1000), session: fmt.Sprintf("client %d group %d", number, g), slot: rand.IntN(groupSlots), now: now}
		switch n := rand.IntN(100); {
		case n < 25:
			in.kind = opHold
			if out := r.do(number, h, in); out.draft != "" && !out.unknown {
				*own = draft{in.session, out.draft, in.slot}
				r.fillIn(h, g, *own)
			}
			continue
		case n < 40 && own.id != "":
			in.kind, in.group = opProlong, groupOf(own.session)
			in.session, in.draft, in.slot = own.session, own.id, own.slot
			if out := r.do(number, h, in); out.draft != own.id {
				*own = draft{} // it became another draft, or nobody knows
			}
			continue
		case n < 60:
			d, ok := r.anyDraft(g)
			if !ok {
				continue
			}
			in.kind, in.session, in.draft, in.slot = opConfirm, d.session, d.id, d.slot
		case n < 72:
			in.kind = opBook
		default:
			id, ok := r.anyAppt(g)
			if !ok {
				continue
			}
			in.kind, in.appt = opMove, id
			if n >= 86 {
				in.kind = opCancel
			}
		}
		r.do(number, h, in)
	}
}

func groupOf(session string) (g int) {
	var client int
	if _, err := fmt.Sscanf(session, "client %d group %d", &client, &g); err != nil {
		panic(err)
	}
	return g
}

// fillIn makes a draft ready to be confirmed, by whoever comes first.
func (r *recorder) fillIn(h *house, group int, d draft) {
	if _, err := h.room.SaveDetails(r.t.Context(), visitor(d.session), town, ids.Draft(d.id), details("who")); err != nil {
		r.t.Errorf("save details: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drafts[group] = append(r.drafts[group], d)
}

// recent is any of a list, mostly one of the last.
func recent[T any](list []T) (one T, ok bool) {
	n := len(list)
	if n == 0 {
		return one, false
	}
	if rand.IntN(4) > 0 {
		return list[n-1-rand.IntN(min(n, 4))], true
	}
	return anyOf(list)
}

func anyOf[T any](list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[rand.IntN(len(list))], true
}

func (r *recorder) anyDraft(group int) (draft, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return recent(r.drafts[group])
}

func (r *recorder) anyAppt(group int) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return recent(r.appts[group])
}

// phase has all clients ask at once, at one second, and counts what is taken afterwards.
func (r *recorder) phase(number, requests int) {
	var hot []int
	for i := range hotGroups {
		hot = append(hot, (number*hotGroups/2+i)%groups)
	}
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() { r.client(c, requests, hot) })
	}
	all.Wait()
	for _, g := range hot {
		in := op{kind: opCount, group: g, now: r.clock.Now().Unix()}
		out := r.do(clients, r.nodes[0], in)
		for _, h := range r.nodes {
			r.memory(h, g, out.taken)
		}
	}
}

// memory checks that the free times in a node's memory are what the database has: at once on the node that committed, and within two seconds on another.
func (r *recorder) memory(h *house, group int, taken []int) {
	now := r.clock.Now().Unix()
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v := h.room.Board.View(town, now)
		got := make([]int, groupSlots)
		for slot := range got {
			first := booking.FirstCell(r.start(group, slot))
			for i := range r.book.units {
				if v.AnyIn(unitID("hall", i), first, first+slotLength/booking.CellSeconds) {
					got[slot]++
				}
			}
		}
		if slices.Equal(got, taken) || !h.room.Board.Ready(town) {
			return
		}
		if len(r.nodes) == 1 || time.Now().After(deadline) {
			r.t.Errorf("in memory %v units of the times of group %d are taken, want %v", got, group, taken)
			return
		}
	}
}

// The steps of the clock between phases: into the last second of holds, just beyond it, and a bit on.
var steps = []time.Duration{59 * time.Second, time.Second, time.Second, 30 * time.Second, 30 * time.Second, 61 * time.Second}

// linear records a history and has it checked. It returns how many requests it has.
func linear(t *testing.T, r *recorder, phases, requests int) int {
	t.Helper()
	r.t, r.began, r.told = t, time.Now(), map[string]int{}
	r.first = r.clock.Now().Unix()/day*day + 2*day
	for p := range phases {
		r.phase(p, requests)
		r.clock.Advance(steps[p%len(steps)])
	}
	for _, key := range []string{"", "booking.taken", "manage.cancelled_already", "move.same_time"} {
		if r.told[key] == 0 {
			t.Errorf("nobody was told %q", key)
		}
	}
	if got := porcupine.CheckOperationsTimeout(r.book.porcupine(), r.history, 2*time.Minute); got != porcupine.Ok {
		t.Errorf("the history of %d requests: %s, want %s\n%s", len(r.history), got, porcupine.Ok, wrong(r.book.porcupine(), r.history, func(any) any { return answer{unknown: true} }))
	}
	t.Logf("%v, %d unknown", r.told, r.unknown)
	return len(r.history)
}

// wrong tells the requests up to the first that no order explains, of the first group that has one. Unknown is the output of a request without an answer.
func wrong(m porcupine.Model, history []porcupine.Operation, unknown func(any) any) string {
	for _, part := range m.Partition(history) {
		if porcupine.CheckOperationsTimeout(m, part, time.Minute) == porcupine.Ok {
			continue
		}
		slices.SortFunc(part, func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
		n, _ := slices.BinarySearchFunc(part, porcupine.Ok, func(o porcupine.Operation, ok porcupine.CheckResult) int {
			if porcupine.CheckOperationsTimeout(m, until(part, o.Return, unknown), time.Minute) == ok {
				return -1
			}
			return 1
		})
		var lines []string
		end := part[min(n, len(part)-1)].Return
		for i, o := range part {
			if i > n-60 && o.Call <= end { // those that began before, too, whenever they ended
				lines = append(lines, fmt.Sprintf("%10d to %10d: %+v %+v", o.Call/1000, o.Return/1000, o.Input, o.Output))
			}
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// lost is when a request ends whose answer never came.
const lost = int64(1) << 62

// until is what was known of a history at a moment: requests without an answer were done, or not.
func until(history []porcupine.Operation, at int64, unknown func(any) any) (out []porcupine.Operation) {
	for _, o := range history {
		if o.Call > at {
			continue
		}
		if o.Return > at {
			o.Output, o.Return = unknown(o.Output), lost
		}
		out = append(out, o)
	}
	return out
}

// histories records several histories, each on a database of its own, and reports them.
func histories(t *testing.T, name string, number int, fresh func(t *testing.T) *recorder) {
	requests, runs := 0, 0
	for range number {
		t.Run("history", func(t *testing.T) { requests += linear(t, fresh(t), 24, 8) })
		if t.Failed() {
			return
		}
		runs++
	}
	report.Line(t, "linearizable, "+name, report.Of(runs, "runs"), report.Of(requests, "requests"))
}

func linearClock() *clock.Fixed {
	return clock.NewFixed(time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC))
}

func TestLinearizableOnSQLite(t *testing.T) {
	t.Parallel()
	histories(t, "SQLite", report.Size(1, 50), func(t *testing.T) *recorder {
		c := linearClock()
		return &recorder{nodes: []*house{open(t, fileDSN(t), c.Now, linearPlan(3))}, clock: c, book: book{3, 60, true}, cutOff: 0.01}
	})
}

func TestLinearizableOnPostgres(t *testing.T) {
	t.Parallel()
	histories(t, "PostgreSQL", report.Size(1, 50), func(t *testing.T) *recorder {
		c := linearClock()
		return &recorder{nodes: []*house{open(t, postgresDSN(t), c.Now, linearPlan(1))}, clock: c, book: book{1, 60, true}, cutOff: 0.01}
	})
}

func TestLinearizableOnTwoNodes(t *testing.T) {
	t.Parallel()
	histories(t, "PostgreSQL with two nodes", report.Size(1, 50), func(t *testing.T) *recorder {
		c, dsn := linearClock(), postgresDSN(t)
		one := open(t, dsn, c.Now, linearPlan(2))
		one.follow(t)
		two := one.second(t, dsn)
		two.fill(t)
		return &recorder{nodes: []*house{one, two}, clock: c, book: book{2, 60, false}}
	})
}
