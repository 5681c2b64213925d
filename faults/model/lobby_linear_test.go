package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/waiting"
	"luukku/faults/report"
)

// deeds is how often each is asked for, in a hundred; the second column is where nobody can wait.
var deeds = []struct {
	deed         deed
	often, alone int
}{
	{deedBook, 13, 18}, {deedDeskBook, 3, 6}, {deedOver, 1, 3}, {deedPropose, 6, 11}, {deedConfirm, 12, 20}, {deedCancel, 16, 18}, {deedMove, 12, 18},
	{deedLapse, 6, 6}, {deedJoin, 6, 0}, {deedLeave, 1, 0}, {deedNext, 10, 0}, {deedAccept, 10, 0}, {deedDecline, 4, 0},
}

// pick is a request of a lobby about something that everybody knows of; ok is false where there is nothing yet.
func (c *crowd) pick(g int, now int64) (in request, ok bool) {
	in = request{lobby: g, slot: rand.IntN(lobbySlots), seen: noSeen, now: now}
	n := rand.IntN(100)
	for _, d := range deeds {
		often := d.often
		if c.model.lists[g] == 0 {
			often = d.alone
		}
		if n -= often; n < 0 {
			in.deed = d.deed
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &c.known[g]
	ok = true
	switch in.deed {
	case deedConfirm, deedLapse, deedCancel, deedMove:
		in.visit, ok = recent(k.visits)
		if late, some := k.late(now); some && (in.deed == deedLapse || in.deed == deedConfirm && rand.IntN(2) == 0) {
			in.visit, ok = late, true
		}
		if in.deed == deedMove || in.deed == deedCancel && rand.IntN(2) == 0 {
			in.seen = k.seen[in.visit]
		}
	case deedLeave:
		in.waiter, ok = recent(k.line)
	case deedNext:
		in.freed, ok = recent(k.freed)
		in.round = k.rounds[in.freed]
	case deedAccept, deedDecline:
		var of [2]string
		of, ok = recent(k.bids)
		in.freed, in.waiter = of[0], of[1]
	}
	return in, ok
}

// late is one of those that can be confirmed for a second more, or no more.
func (k *knowledge) late(now int64) (string, bool) {
	a, ok := anyOf(slices.DeleteFunc(slices.Clone(k.asked), func(a asked) bool { return now < a.until-1 }))
	return a.id, ok
}

// client makes so many requests. Who is told that what they looked at has changed looks again.
func (c *crowd) client(number, requests int) {
	h := c.nodes[number%len(c.nodes)]
	now := c.clock.Now().Unix()
	for range requests {
		in, ok := c.pick(rand.IntN(len(c.model.lists)), now)
		if !ok {
			continue
		}
		if out := c.do(number, h, in); out.key == "manage.stale" {
			a, err := h.st.Appointment(c.t.Context(), town, ids.Appointment(in.visit))
			if err != nil {
				c.t.Errorf("look again: %v", err)
				return
			}
			c.mu.Lock()
			c.known[in.lobby].seen[in.visit] = max(c.known[in.lobby].seen[in.visit], a.Sequence)
			c.mu.Unlock()
		}
	}
}

// phase has all clients ask at once, at one second, and looks afterwards at what there is.
func (c *crowd) phase(requests int) {
	done := make(chan bool)
	for n := range lobbyClients {
		go func() {
			defer func() { done <- true }()
			c.client(n, requests)
		}()
	}
	for range lobbyClients {
		<-done
	}
	for g := range c.model.lists {
		out := c.do(lobbyClients, c.nodes[0], request{deed: deedLook, lobby: g, seen: noSeen, now: c.clock.Now().Unix()})
		for _, h := range c.nodes {
			c.memory(h, g, out.holders)
		}
	}
}

// memory checks that a node has in memory who has which place: at once on the node that committed, and within two seconds on another.
func (c *crowd) memory(h *house, g int, holders []holder) {
	office, now := lobbyOffice(g), c.clock.Now().Unix()
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		v := h.room.Board.View(town, now)
		var wrong []string
		for slot := range lobbySlots {
			cell := booking.FirstCell(c.first) + int64(slot)
			for n := range c.model.units { // the lanes beside them are nobody's to look for
				taken := slices.ContainsFunc(holders, func(x holder) bool { return x.place == place{slot, n} })
				if v.AnyIn(c.unit(office, n), cell, cell+1) != taken {
					wrong = append(wrong, fmt.Sprintf("time %d at %d should be taken: %t", slot, n, taken))
				}
			}
		}
		if wrong == nil || !h.room.Board.Ready(town) {
			return
		}
		if len(c.nodes) == 1 || time.Now().After(deadline) {
			c.t.Errorf("in memory of %s: %v", office, wrong)
			return
		}
	}
}

// patient puts somebody on each list who waits for what never comes, so that whoever gives a time up knows that somebody waits.
func (c *crowd) patient() {
	h := c.nodes[0]
	for g, most := range c.model.lists {
		if most == 0 {
			continue
		}
		r := booking.WaitRequest{Org: town, Service: lobbyService(g), Details: details("patient"), Wish: waiting.Wish{Unit: "nobody's"}, Key: h.room.Gen.FormKey()}
		if _, err := h.room.Wait(c.t.Context(), visitor("patient"), r); err != nil {
			c.t.Fatalf("join the waiting list: %v", err)
		}
	}
}

// lobbySteps are the steps of the clock: to the second before a minute, the minute and the second after, since windows are a minute long.
var lobbySteps = []time.Duration{58 * time.Second, time.Second, time.Second}

// mustHappen is what every history must have in it, or it proves little.
var mustHappen = []string{"booking.taken", "manage.cancelled_already", "manage.stale", "confirm.lapsed", "offer.gone", "offer.over", "offer.declined"}

// lobbies records a history and has it checked. It returns how many requests it has.
func lobbies(t *testing.T, c *crowd, phases, requests int) int {
	t.Helper()
	c.t, c.began, c.told, c.done = t, time.Now(), map[string]int{}, map[string]int{}
	c.first = firstStart(c.clock.Now().Unix())
	for range c.model.lists {
		c.known = append(c.known, knowledge{seen: map[string]int64{}, rounds: map[string]int64{}})
	}
	for _, h := range c.nodes {
		h.room.Store = tap{h.st}
	}
	c.patient()
	c.phase(requests)
	c.clock.Advance(time.Second)
	for p := 0; p < phases-1 || p < 4*phases && len(c.missing()) > 0; p++ { // what chance has left out by then gets its chance
		c.clock.Advance(lobbySteps[p%len(lobbySteps)])
		c.phase(requests)
	}
	for _, what := range c.missing() {
		t.Errorf("nobody %s", what)
	}
	checking := time.Now()
	if got := porcupine.CheckOperationsTimeout(c.model.porcupine(), c.history, 2*time.Minute); got != porcupine.Ok {
		t.Errorf("the history of %d requests: %s, want %s\n%s", len(c.history), got, porcupine.Ok, wrong(c.model.porcupine(), c.history, unanswered))
	}
	t.Logf("%v, done %v, %d unknown; checked in %s", c.told, c.done, c.unknown, time.Since(checking).Round(time.Millisecond))
	return len(c.history)
}

// missing is what must happen in a history and has not yet.
func (c *crowd) missing() (out []string) {
	for _, key := range mustHappen {
		if c.told[key] == 0 {
			out = append(out, fmt.Sprintf("was told %q", key))
		}
	}
	for _, d := range deeds {
		if c.done[string(d.deed)] == 0 {
			out = append(out, fmt.Sprintf("did %q", d.deed))
		}
	}
	return out
}

// unanswered is an outcome as it was before its answer came: what was changed may have been, and nothing else is known.
func unanswered(got any) any {
	out := got.(outcome)
	out.unknown, out.key = true, ""
	return out
}

// lobbyHistories records several histories, each on a database of its own, and reports them.
func lobbyHistories(t *testing.T, name string, number int, fresh func(t *testing.T) *crowd) {
	requests, runs := 0, 0
	for range number {
		t.Run("history", func(t *testing.T) { requests += lobbies(t, fresh(t), 24, 6) })
		if t.Failed() {
			return
		}
		runs++
	}
	report.Line(t, "linearizable lobbies, "+name, report.Of(runs, "runs"), report.Of(requests, "requests"))
}

func TestLobbiesLinearizableOnSQLite(t *testing.T) {
	t.Parallel()
	lobbyHistories(t, "SQLite", report.Size(1, 50), func(t *testing.T) *crowd {
		c := linearClock()
		begin := c.Now().Unix()
		h := open(t, fileDSN(t), c.Now, lobbyPlan(2, begin))
		return &crowd{nodes: []*house{h}, clock: c, model: lobbyModel(2, true, begin), cutOff: 0.01}
	})
}

func TestLobbiesLinearizableOnPostgres(t *testing.T) {
	t.Parallel()
	lobbyHistories(t, "PostgreSQL", report.Size(1, 50), func(t *testing.T) *crowd {
		c := linearClock()
		begin := c.Now().Unix()
		h := open(t, postgresDSN(t), c.Now, lobbyPlan(1, begin))
		return &crowd{nodes: []*house{h}, clock: c, model: lobbyModel(1, true, begin), cutOff: 0.01}
	})
}

func TestLobbiesLinearizableOnTwoNodes(t *testing.T) {
	t.Parallel()
	lobbyHistories(t, "PostgreSQL with two nodes", report.Size(1, 50), func(t *testing.T) *crowd {
		c, dsn := linearClock(), postgresDSN(t)
		begin := c.Now().Unix()
		one := open(t, dsn, c.Now, lobbyPlan(2, begin))
		one.follow(t)
		two := one.second(t, dsn)
		two.fill(t)
		return &crowd{nodes: []*house{one, two}, clock: c, model: lobbyModel(2, false, begin)}
	})
}
