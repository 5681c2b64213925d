package model

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"luukku/domain/booking"
)

// lobby is the model: how many counters there are, who is offered a freed time, and whether "taken" must be true at one moment (see book).
type lobby struct {
	units  int
	lists  []int // of each lobby: to how many a freed time is offered at once; 0 has no waiting list
	strict bool
	window int64 // in seconds, for a confirmation, and for an offer
	// lapses are of each time the last second in which it can be confirmed when it was set aside.
	lapses []int64
}

const lanes = 9 // beside the counters

// free are the units at which somebody can be served: counters, or lanes.
func (m lobby) free(s lobbyState, in request, leave string) (units []int) {
	from, to := 0, m.units
	if in.deed == deedOver {
		from, to = m.units, m.units+lanes
	}
	for u := from; u < to; u++ {
		if s.holder(place{in.slot, u}, in.now, leave) == "" {
			units = append(units, u)
		}
	}
	return units
}

// step returns the states that a request can lead to with its outcome; none when it cannot have had that outcome.
func (m lobby) step(s lobbyState, in request, out outcome) []lobbyState {
	if !out.unknown {
		return m.known(s, in, out)
	}
	if !out.changed { // nothing was ever asked of the database
		return []lobbyState{s}
	}
	return append(m.known(s, in, out), s)
}

func (m lobby) known(s lobbyState, in request, out outcome) []lobbyState {
	switch in.deed {
	case deedBook, deedDeskBook, deedOver, deedPropose:
		return m.booked(s, in, out)
	case deedConfirm:
		return m.confirmed(s, in, out)
	case deedCancel:
		return m.cancelled(s, in, out)
	case deedMove:
		return m.moved(s, in, out)
	case deedLapse:
		return m.lapsed(s, in, out)
	case deedJoin:
		return is(out.key == "", s.withWaiter(waiter{id: out.id, since: in.now, waiting: true}))
	case deedLeave:
		w := s.waiter(in.waiter)
		w.waiting = false
		return []lobbyState{s.withWaiter(w)}
	case deedNext:
		return m.offered(s, in, out)
	case deedAccept:
		return m.accepted(s, in, out)
	case deedDecline:
		return m.declined(s, in, out)
	}
	return m.looked(s, in, out)
}

// is keeps the state when an outcome is as it must be.
func is(ok bool, s lobbyState) []lobbyState {
	if !ok {
		return nil
	}
	return []lobbyState{s}
}

// booked makes a visit at a unit that is free.
func (m lobby) booked(s lobbyState, in request, out outcome) (states []lobbyState) {
	free := m.free(s, in, "")
	tooClose := in.deed == deedPropose && in.now >= m.lapses[in.slot]
	switch out.key {
	case "":
	case "booking.taken":
		return is(!tooClose && (!m.strict || len(free) == 0), s)
	case "propose.too_close":
		return is(tooClose, s)
	default:
		return nil
	}
	v := meeting{id: out.id, status: booking.Booked}
	switch in.deed {
	case deedBook:
		v.status, v.until = booking.Pending, in.now+m.window
	case deedPropose:
		v.status, v.until = booking.Proposed, m.lapses[in.slot]
	}
	if tooClose || out.until != v.until {
		return nil
	}
	for _, u := range free {
		if out.unknown || out.unit == u {
			v.at = place{in.slot, u}
			states = append(states, s.withVisit(v))
		}
	}
	return states
}

// over says with which fault something about a visit is refused that is over; empty for one that is not.
func (v meeting) over(now int64) string {
	switch v.statusAt(now) {
	case booking.Cancelled:
		return "manage.cancelled_already"
	case booking.Lapsed:
		return "confirm.lapsed"
	}
	return ""
}

func (m lobby) confirmed(s lobbyState, in request, out outcome) []lobbyState {
	v := s.visit(in.visit)
	if out.key == "manage.stale" { // three times somebody else was first
		return []lobbyState{s}
	}
	if out.key != v.over(in.now) {
		return nil
	}
	if out.key != "" || v.status == booking.Booked {
		return is(out.unknown || !out.changed, s)
	}
	v.status, v.until, v.seq = booking.Booked, 0, v.seq+1
	return is(out.unknown || out.changed && out.seq == v.seq, s.withVisit(v))
}

// keptFor is how long a time is kept for those who wait before the first offers, and beyond the last second of each.
const keptFor = 60

// keeps says whether a place that is given up is kept for those who wait: where there is a list, and at a counter.
func (m lobby) keeps(in request, at place) bool { return m.lists[in.lobby] > 0 && at.unit < m.units }

// given is the state after a place was given up that was certainly somebody's until now.
func (m lobby) given(s lobbyState, in request, out outcome, at place) []lobbyState {
	if !m.keeps(in, at) {
		return is(out.kept == "", s)
	}
	return is(out.kept != "", s.withFreed(freedTime{out.kept, at, booking.FreedOpen, 0, in.now + keptFor}))
}

// mayBeStale says whether somebody can be told that what they looked at has changed: it has, or they did not look.
func (v meeting) mayBeStale(in request) bool { return in.seen == noSeen || in.seen != v.seq }

func (m lobby) cancelled(s lobbyState, in request, out outcome) []lobbyState {
	v := s.visit(in.visit)
	switch {
	case out.key == "manage.stale":
		return is(v.mayBeStale(in), s)
	case out.key != v.over(in.now):
		return nil
	case out.key != "":
		return []lobbyState{s}
	case in.seen != noSeen && in.seen != v.seq:
		return nil
	}
	v.status, v.seq = booking.Cancelled, v.seq+1
	if !out.unknown && out.seq != v.seq {
		return nil
	}
	return m.given(s.withVisit(v), in, out, v.at)
}

func (m lobby) moved(s lobbyState, in request, out outcome) (states []lobbyState) {
	v := s.visit(in.visit)
	free := m.free(s, in, v.id)
	switch {
	case out.key == "manage.stale":
		return is(v.mayBeStale(in), s)
	case v.over(in.now) != "":
		return is(out.key == v.over(in.now), s)
	case out.key == "move.same_time":
		return is(v.at.slot == in.slot, s)
	case out.key == "booking.taken":
		return is(v.at.slot != in.slot && (!m.strict || len(free) == 0), s)
	case out.key != "", v.at.slot == in.slot, in.seen != noSeen && in.seen != v.seq:
		return nil
	}
	before := v.at
	if v.seq++; v.status == booking.Proposed { // confirmed by moving it
		v.status, v.until = booking.Booked, 0
	}
	for _, u := range free {
		if out.unknown || out.unit == u && out.seq == v.seq {
			v.at = place{in.slot, u}
			states = append(states, m.given(s.withVisit(v), in, out, before)...)
		}
	}
	return states
}

func (m lobby) lapsed(s lobbyState, in request, out outcome) []lobbyState {
	v := s.visit(in.visit)
	if v.status == v.statusAt(in.now) {
		return is(out.unknown || !out.changed, s)
	}
	if !out.unknown && !out.changed {
		return nil
	}
	v.status, v.seq = booking.Lapsed, v.seq+1
	after, keeps := s.withVisit(v), m.keeps(in, v.at) && s.holder(v.at, in.now, v.id) == ""
	var states []lobbyState
	if keeps && out.kept != "" {
		states = append(states, after.withFreed(freedTime{out.kept, v.at, booking.FreedOpen, 0, in.now + keptFor}))
	}
	if (out.unknown || out.kept == "") && (!keeps || s.remains(v.at, in.now, v.id)) {
		states = append(states, after)
	}
	return states
}

// mostOffers is how many offers one who waits gets within a day.
const mostOffers = 3

// passedOver reports whether somebody who was there before this second should have been offered a freed time instead: they come before one of those to whom it
// is offered, or there is room for more.
func (m lobby) passedOver(s lobbyState, in request, out outcome) bool {
	left := len(out.offered)
	for _, w := range s.line {
		if slices.Contains(out.offered, w.id) {
			left--
			continue
		}
		_, had := s.bid(in.freed, w.id)
		if !had && w.waiting && w.since < in.now && w.offers < mostOffers && (left > 0 || len(out.offered) < m.lists[in.lobby]) {
			return true
		}
	}
	return false
}

// offered gives a freed time its next round of offers, or back to everybody. Of those to whom it is offered, some may have been served a moment ago.
func (m lobby) offered(s lobbyState, in request, out outcome) []lobbyState {
	f := s.freedTime(in.freed)
	idle := f.state != booking.FreedOpen || f.round != in.round || slices.ContainsFunc(s.bids, func(b bid) bool {
		return b.freed == f.id && b.round == f.round && b.state == booking.Offered && in.now <= b.until
	})
	gone := s.holder(f.at, in.now, f.id) != ""
	switch {
	case out.key != "":
		return nil
	case !out.changed || idle:
		return is(out.unknown || !out.changed && idle, s)
	case out.over:
		f.state = booking.FreedOver
		return is(gone || !m.passedOver(s, in, out), s.withFreed(f))
	case gone, len(out.offered) == 0, len(out.offered) > m.lists[in.lobby], m.passedOver(s, in, out):
		return nil
	}
	f.round++
	f.until = in.now + m.window + keptFor
	s = s.withFreed(f)
	for _, id := range out.offered {
		w := s.waiter(id)
		if _, had := s.bid(f.id, id); had || w.id == "" {
			return nil
		}
		w.offers++
		s = s.withWaiter(w).withBid(bid{freed: f.id, waiter: id, round: f.round, state: booking.Offered, until: in.now + m.window})
	}
	return []lobbyState{s}
}

// standing says why an offer cannot be answered; empty when it can be, or was accepted.
func (s lobbyState) standing(b bid, now int64) string {
	f := s.freedTime(b.freed)
	switch {
	case b.state == booking.Accepted:
		return ""
	case b.state == booking.Declined:
		return "offer.declined"
	case b.state == booking.Gone, f.state == booking.FreedTaken:
		return "offer.gone"
	case f.state != booking.FreedOpen, f.round != b.round, now > b.until, !s.waiter(b.waiter).waiting:
		return "offer.over"
	}
	return ""
}

func (m lobby) accepted(s lobbyState, in request, out outcome) []lobbyState {
	b, ok := s.bid(in.freed, in.waiter)
	switch {
	case !ok, out.key != s.standing(b, in.now):
		return nil
	case out.key != "":
		return []lobbyState{s}
	case b.state == booking.Accepted:
		return is(out.unknown || !out.changed && out.id == b.visit, s)
	}
	f, w := s.freedTime(in.freed), s.waiter(in.waiter)
	if s.holder(f.at, in.now, f.id) != "" || !out.unknown && (!out.changed || out.unit != f.at.unit) {
		return nil
	}
	f.state, w.waiting = booking.FreedTaken, false
	b.state, b.visit = booking.Accepted, out.id
	s = s.withFreed(f).withWaiter(w).withVisit(meeting{id: out.id, at: f.at, status: booking.Booked})
	for _, other := range s.bids {
		if other.freed == f.id && other.state == booking.Offered {
			other.state = booking.Gone
			s = s.withBid(other)
		}
	}
	return []lobbyState{s.withBid(b)}
}

func (m lobby) declined(s lobbyState, in request, out outcome) []lobbyState {
	b, ok := s.bid(in.freed, in.waiter)
	if !ok {
		return nil
	}
	want := s.standing(b, in.now)
	switch b.state {
	case booking.Accepted:
		want = "offer.over"
	case booking.Declined: // no is no, however often it is said
		return is(out.unknown || out.key == "" && !out.changed, s)
	}
	if out.key != "" {
		return is(out.key == want, s)
	}
	// Who was served or left in the same moment may say no all the same.
	w := s.waiter(in.waiter)
	if w.waiting = true; s.withWaiter(w).standing(b, in.now) != "" {
		return nil
	}
	b.state = booking.Declined
	return is(out.unknown || out.changed, s.withBid(b))
}

// looked holds who has which place, and who waits, against what is there.
func (m lobby) looked(s lobbyState, in request, out outcome) []lobbyState {
	var holders []holder
	for slot := range m.lapses {
		for unit := range m.units + lanes {
			if id := s.holder(place{slot, unit}, in.now, ""); id != "" {
				holders = append(holders, holder{place{slot, unit}, id})
			}
		}
	}
	var line []string
	for _, w := range s.line {
		if w.waiting {
			line = append(line, w.id)
		}
	}
	return is(slices.Equal(holders, out.holders) && slices.Equal(line, out.line), s)
}

// porcupine is the model as the checker wants it, a part for each lobby.
func (m lobby) porcupine() porcupine.Model {
	p := porcupine.NondeterministicModel{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			out := make([][]porcupine.Operation, len(m.lists))
			for _, o := range history {
				g := o.Input.(request).lobby
				out[g] = append(out[g], o)
			}
			return out
		},
		Init: func() []any { return []any{lobbyState{}} },
		Step: func(state, input, output any) []any {
			var out []any
			for _, s := range m.step(state.(lobbyState), input.(request), output.(outcome)) {
				out = append(out, s)
			}
			return out
		},
		Equal: func(x, y any) bool {
			a, b := x.(lobbyState), y.(lobbyState)
			return slices.Equal(a.visits, b.visits) && slices.Equal(a.freed, b.freed) && slices.Equal(a.bids, b.bids) && slices.Equal(a.line, b.line)
		},
	}
	return p.ToModel()
}
