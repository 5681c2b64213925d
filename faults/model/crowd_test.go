package model

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
)

// Histories of lobbies: visitors, clerks, those who wait, and the tasks that offer and lapse, all at once.

const (
	lobbySlots   = 12
	lobbyLength  = 5 * 60
	lobbyWindow  = 60
	firstLapse   = 120 // after the beginning
	lobbyClients = 12
)

// lobbyLists are the lobbies: one offers to who is next, one to three at once, and one has no waiting list.
var lobbyLists = []int{1, 3, 0}

// lobbyModel is the model of lobbies whose clock begins at a moment.
func lobbyModel(units int, strict bool, begin int64) lobby {
	m := lobby{units: units, lists: lobbyLists, strict: strict, window: lobbyWindow}
	for slot := range lobbySlots {
		m.lapses = append(m.lapses, begin+firstLapse+int64(slot)*lobbyLength)
	}
	return m
}

func lobbyOffice(g int) ids.Office   { return ids.Office(fmt.Sprintf("lobby-%d", g)) }
func lobbyService(g int) ids.Service { return ids.Service(fmt.Sprintf("visit-%d", g)) }

// firstStart is the start of the first time of each lobby.
func firstStart(begin int64) int64 { return begin/day*day + 2*day }

// lobbyPlan is what the lobbies are like. Pre-reservations of the first time lapse two minutes after the beginning, those of the next five minutes later.
func lobbyPlan(units int, begin int64) plan {
	p := plan{zone: "Europe/Helsinki", offices: map[ids.Office]officePlan{}, services: map[ids.Service]string{}}
	lapse := (firstStart(begin) - begin - firstLapse) / 60
	for g, most := range lobbyLists {
		p.offices[lobbyOffice(g)] = officePlan{hours: []string{"mon-sun 00:00-24:00"}, units: make([]unitPlan, units)}
		list := map[int]string{0: "off", 1: "turn"}[most]
		if most > 1 {
			list = "first"
		}
		p.services[lobbyService(g)] = fmt.Sprintf(`{"length":"5m","hold":"0m","notice":"0m","change_cutoff":"0m","cancel_cutoff":"0m","max_live":0,`+
			`"confirm_window":"1m","prereservation_lapse":"%dm","waiting_list":%q,"offer_window":"1m","offer_most":%d}`, lapse, list, max(most, 1))
	}
	return p
}

// tap is the room's store, and writes down which change of a request was committed: requests do not tell whom a time was offered to.
type tap struct{ booking.Store }

// note is the last change of a request, with what became of it.
type note struct {
	change  booking.Change
	outcome booking.Outcome
	tried   bool
}

type noteKey struct{}

func (s tap) Commit(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	out, err := s.Store.Commit(ctx, c)
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		*n = note{c, out, true}
	}
	return out, err
}

// crowd gathers a history from many clients in a few lobbies.
type crowd struct {
	t      *testing.T
	nodes  []*house
	clock  *clock.Fixed
	model  lobby
	began  time.Time
	first  int64
	cutOff float64

	mu      sync.Mutex
	history []porcupine.Operation
	known   []knowledge // of each lobby
	told    map[string]int
	done    map[string]int
	unknown int
}

// knowledge is what everybody knows of a lobby.
type knowledge struct {
	visits []string         // mostly those that are not cancelled
	asked  []asked          // those whose people have forgotten them until the last moment
	seen   map[string]int64 // which state of a visit was seen last
	freed  []string
	rounds map[string]int64
	bids   [][2]string // freed time, waiter
	line   []string
}

// asked is an appointment that waits to be confirmed until a second.
type asked struct {
	id    string
	until int64
}

func staff(number int) actor.Actor {
	return actor.Actor{
		Kind: actor.KindStaff, Staff: ids.Staff(fmt.Sprintf("clerk-%d", number)), Session: []byte(fmt.Sprint("session of clerk ", number)),
		Grants: []actor.Grant{{Role: actor.RoleManager, Org: town}},
	}
}

// do runs a request and writes it into the history.
func (c *crowd) do(client int, h *house, in request) outcome {
	n := &note{}
	ctx := context.WithValue(c.t.Context(), noteKey{}, n)
	if c.cutOff > 0 && rand.Float64() < c.cutOff && in.deed != deedLook {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(rand.IntN(3000))*time.Microsecond)
		defer stop()
	}
	call := time.Since(c.began).Nanoseconds()
	out, err := c.ask(ctx, client, h, in)
	end := time.Since(c.began).Nanoseconds()
	c.fill(&out, n, in)
	switch {
	case err == nil:
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		out.key = fault.Of(err).Key
	default:
		out.unknown, end = true, lost
		if ctx.Err() == nil {
			c.t.Errorf("%s: %v", in.deed, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
	c.told[out.key]++
	if out.unknown {
		c.unknown++
	} else {
		c.learn(in, out)
	}
	return out
}

// fill adds what was committed, or, when nobody knows, what would have been.
func (c *crowd) fill(o *outcome, n *note, in request) {
	ch := n.change
	if o.changed = n.tried && n.outcome.Verdict == booking.Done; !o.changed {
		return
	}
	if ch.Keep != nil && (n.outcome.Kept || in.deed != deedLapse) {
		o.kept = string(ch.Keep.Freed.ID)
	}
	if a := ch.PutAppointment; a != nil {
		o.id, o.until = string(a.ID), a.ExpiresAt
	}
	if ch.Take != nil {
		o.unit = c.number(lobbyOffice(in.lobby), n.outcome.Unit)
	}
	if e := ch.PutWaiting; e != nil {
		o.id = string(e.ID)
	}
	if f := ch.Offer; f != nil {
		o.over = f.Over
		for _, p := range f.Put {
			o.offered = append(o.offered, string(p.Waiting))
		}
	}
}

// learn lets everybody know what became of a request.
func (c *crowd) learn(in request, out outcome) {
	k := &c.known[in.lobby]
	if out.key == "" && out.changed {
		c.done[string(in.deed)]++
	}
	see := func(id string, seq int64) {
		if seq >= k.seen[id] {
			k.seen[id] = seq
		}
	}
	switch in.deed {
	case deedBook, deedDeskBook, deedOver, deedPropose, deedAccept:
		if out.key == "" && out.changed {
			see(out.id, 0)
			if out.until > 0 && rand.IntN(2) == 0 {
				k.asked = append(k.asked, asked{out.id, out.until})
			} else {
				k.visits = append(k.visits, out.id)
			}
		}
	case deedConfirm, deedCancel, deedMove:
		if out.key == "" && out.changed {
			see(in.visit, out.seq)
		}
		if in.deed == deedCancel && len(k.visits) > 1 && rand.IntN(4) > 0 {
			k.visits = slices.DeleteFunc(k.visits, func(id string) bool { return id == in.visit })
		}
	case deedLapse:
		if out.changed && rand.IntN(4) > 0 {
			k.asked = slices.DeleteFunc(k.asked, func(a asked) bool { return a.id == in.visit })
		}
	case deedJoin:
		k.line = append(k.line, out.id)
	case deedNext:
		if len(out.offered) > 0 {
			k.rounds[in.freed] = max(k.rounds[in.freed], in.round+1)
		}
		for _, w := range out.offered {
			k.bids = append(k.bids, [2]string{in.freed, w})
		}
	}
	if out.kept != "" {
		k.freed = append(k.freed, out.kept)
	}
}

func (c *crowd) ask(ctx context.Context, client int, h *house, in request) (outcome, error) {
	id, key := ids.Appointment(in.visit), h.room.Gen.FormKey()
	who, clerk := proven(fmt.Sprint("client ", client), id), staff(client)
	var seen *int64
	if in.seen != noSeen {
		seen = &in.seen
	}
	var a booking.Appointment
	var err error
	switch in.deed {
	case deedBook, deedDeskBook, deedOver, deedPropose:
		return c.book(ctx, client, h, in)
	case deedConfirm:
		a, err = h.room.Confirm(ctx, who, town, id)
	case deedCancel:
		if seen != nil {
			who = clerk
		}
		a, err = h.room.Cancel(ctx, who, booking.CancelRequest{Org: town, ID: id, Key: key, Seen: seen})
	case deedMove:
		a, err = h.room.Move(ctx, clerk, booking.MoveRequest{Org: town, ID: id, Start: c.first + int64(in.slot)*lobbyLength, Key: key, Seen: seen})
	case deedLapse:
		err = h.room.Lapse(ctx, town, id)
	case deedJoin, deedLeave:
		return c.wait(ctx, client, h, in)
	case deedNext:
		err = h.room.OfferNext(ctx, town, ids.Freed(in.freed), in.round)
	case deedAccept:
		a, err = h.room.AcceptOffer(ctx, who, town, ids.Freed(in.freed), ids.Waiting(in.waiter))
	case deedDecline:
		err = h.room.DeclineOffer(ctx, who, town, ids.Freed(in.freed), ids.Waiting(in.waiter))
	case deedLook:
		return c.look(ctx, h, in)
	}
	return outcome{id: string(a.ID), seq: a.Sequence}, err
}

// book asks for a new appointment, in one of the ways.
func (c *crowd) book(ctx context.Context, client int, h *house, in request) (outcome, error) {
	r := booking.BookRequest{
		Org: town, Service: lobbyService(in.lobby), Office: lobbyOffice(in.lobby), Start: c.first + int64(in.slot)*lobbyLength, Details: details("who"),
		Key: h.room.Gen.FormKey(), Over: in.deed == deedOver,
	}
	var err error
	switch in.deed {
	case deedBook:
		_, err = h.room.Book(ctx, visitor(fmt.Sprint("client ", client)), r)
	case deedPropose:
		_, err = h.room.Propose(ctx, staff(client), booking.ProposeRequest{Org: town, Service: r.Service, Office: r.Office, Start: r.Start, Details: r.Details, Key: r.Key})
	default:
		_, err = h.room.Book(ctx, staff(client), r)
	}
	return outcome{}, err
}

// wait joins a waiting list, or leaves it.
func (c *crowd) wait(ctx context.Context, client int, h *house, in request) (outcome, error) {
	if in.deed == deedJoin {
		who := fmt.Sprintf("waiter-%d-%d", client, rand.Uint64())
		_, err := h.room.Wait(ctx, visitor(who), booking.WaitRequest{Org: town, Service: lobbyService(in.lobby), Details: details(who), Key: h.room.Gen.FormKey()})
		return outcome{}, err
	}
	e, err := h.st.WaitingEntry(ctx, town, ids.Waiting(in.waiter))
	if err == nil {
		err = h.room.Leave(ctx, visitor("who"), e)
	}
	return outcome{}, err
}

// look reads who has which place, and who waits.
func (c *crowd) look(ctx context.Context, h *house, in request) (out outcome, err error) {
	rows, err := h.db.Reader().QueryContext(ctx, "SELECT unit, cell, holder FROM occupancy WHERE org = $1 AND (expires_at IS NULL OR expires_at >= $2)", string(town), in.now)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	office, first := lobbyOffice(in.lobby), booking.FirstCell(c.first)
	for rows.Next() {
		var unit, id string
		var cell int64
		if err := rows.Scan(&unit, &cell, &id); err != nil {
			return out, err
		}
		for n := range c.model.units + lanes {
			if ids.Unit(unit) == c.unit(office, n) {
				out.holders = append(out.holders, holder{place{int(cell - first), n}, id})
			}
		}
	}
	slices.SortFunc(out.holders, func(a, b holder) int { return (a.slot-b.slot)*1000 + a.unit - b.unit })
	line, err := h.st.WaitingLine(ctx, town, lobbyService(in.lobby))
	for _, e := range line {
		if e.Wish.Unit == "" { // not the one who waits for what never comes
			out.line = append(out.line, string(e.ID))
		}
	}
	return out, err
}

// unit is a unit of a lobby by its number: a counter, or a lane beside them.
func (c *crowd) unit(office ids.Office, n int) ids.Unit {
	if n < c.model.units {
		return unitID(office, n)
	}
	return booking.OverUnit(office, n-c.model.units+1)
}

// number is the number of a unit.
func (c *crowd) number(office ids.Office, u ids.Unit) int {
	for n := range c.model.units + lanes {
		if c.unit(office, n) == u {
			return n
		}
	}
	return 0
}
