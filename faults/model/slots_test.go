package model

import (
	"cmp"
	"slices"

	"github.com/anishathalye/porcupine"
)

// The sequential model that histories are held against: a group of times at one office, so many units to each, and who has them. Whoever picks, confirms
// or moves stays within one group, and a session, too: so a history can be told group by group.

// opKind is what a client asks for.
type opKind string

const (
	opHold    opKind = "hold"
	opProlong opKind = "prolong"
	opConfirm opKind = "confirm"
	opBook    opKind = "book"
	opCancel  opKind = "cancel"
	opMove    opKind = "move"
	opCount   opKind = "count" // how many units of each time are taken, asked when nothing else is going on
)

// op is a request. Now is the second in which all of it happened.
type op struct {
	kind    opKind
	group   int
	number  int
	session string
	draft   string
	appt    string
	slot    int
	now     int64
}

// holds says whether a hold is that of the request's draft.
func (o op) holds(h held) bool { return h.session == o.session && h.draft == o.draft }

// holdsFirst is the same for the draft's first hold alone.
func (o op) holdsFirst(h held) bool { return o.holds(h) && !h.again }

// answer is what became of it: the key of a fault, or none. When it is unknown, the request was done or not.
type answer struct {
	key      string
	unknown  bool
	repeated bool
	draft    string
	appt     string
	until    int64
	taken    []int
}

// held is a hold's record, which stays when the hold has run out. Again says that its draft had another before, that had run out: a confirmation that was
// under way by then knows the earlier one only. So whoever asks for more time and confirms in the same moment may be told that the time is taken, by
// themselves, or get another unit and keep the hold until it runs out.
type held struct {
	session, draft string
	slot           int
	until          int64
	again          bool
}

// booked is an appointment; it is at no time when it was cancelled. Its id is not known when the answer was lost.
type booked struct {
	id, draft string
	slot      int
}

const noSlot = -1

// lostID begins the name of an appointment whose id nobody was told.
const lostID = "?"

// slots is the state of a group.
type slots struct {
	holds []held
	appts []booked
}

// book is the model: how many units each time has, for how long a hold is good, and whether a refusal must be true at one moment. It need not be where
// several units are looked at one after another while they are given back, nor on a node that learns of the other's changes a moment later.
type book struct {
	units  int
	hold   int64
	strict bool
}

// full says whether every unit of a time is taken by others than those left out.
func (b book) full(s slots, slot int, now int64, leave func(held) bool) bool {
	n := 0
	for _, a := range s.appts {
		if a.slot == slot {
			n++
		}
	}
	for _, h := range s.holds {
		if h.slot == slot && now <= h.until && !leave(h) {
			n++
		}
	}
	return n >= b.units
}

func nobodys(held) bool { return false }

// without returns the holds that are not left out; the state it comes from stays as it is.
func without(holds []held, leave func(held) bool) []held {
	return slices.DeleteFunc(slices.Clone(holds), leave)
}

func withHold(holds []held, h held) []held {
	holds = append(slices.Clone(holds), h)
	slices.SortFunc(holds, func(a, b held) int { return cmp.Or(cmp.Compare(a.session, b.session), cmp.Compare(a.draft, b.draft)) })
	return holds
}

func withAppt(appts []booked, a booked) []booked {
	appts = append(slices.DeleteFunc(slices.Clone(appts), func(x booked) bool { return x.id == a.id }), a)
	slices.SortFunc(appts, func(a, b booked) int { return cmp.Compare(a.id, b.id) })
	return appts
}

func (s slots) appt(id string) (booked, bool) {
	i := slices.IndexFunc(s.appts, func(a booked) bool { return a.id == id })
	if i < 0 {
		return booked{}, false
	}
	return s.appts[i], true
}

// step returns the states that a request can lead to with its answer; none when it cannot have had that answer.
func (b book) step(s slots, in op, out answer) []slots {
	if !out.unknown {
		return b.known(s, in, out)
	}
	// Whatever it would have been given, had it been done; or nothing.
	lost := out
	lost.unknown = false
	name := lostID + in.session + string(rune('a'+in.number%26)) + string(rune('0'+in.number/26))
	lost.draft, lost.appt, lost.until = name, name, in.now+b.hold
	if in.draft != "" {
		lost.draft = in.draft
	}
	return append(b.known(s, in, lost), s)
}

func (b book) known(s slots, in op, out answer) []slots {
	switch out.key {
	case "":
		return b.done(s, in, out)
	case "manage.stale":
		return []slots{s} // somebody else changed it meanwhile
	case "booking.taken":
		if !b.strict || b.taken(s, in) {
			return []slots{s}
		}
	case "manage.cancelled_already":
		if a, ok := s.appt(in.appt); ok && a.slot == noSlot {
			return []slots{s}
		}
	case "move.same_time":
		if a, ok := s.appt(in.appt); ok && a.slot == in.slot {
			return []slots{s}
		}
	}
	return nil
}

// taken says whether a request would be told that its time is taken.
func (b book) taken(s slots, in op) bool {
	switch in.kind {
	case opHold, opProlong:
		return b.full(s, in.slot, in.now, func(h held) bool { return h.session == in.session })
	case opConfirm:
		return b.full(s, in.slot, in.now, in.holds) || b.full(s, in.slot, in.now, in.holdsFirst)
	case opMove:
		a, ok := s.appt(in.appt)
		return ok && a.slot != noSlot && a.slot != in.slot && b.full(s, in.slot, in.now, nobodys)
	}
	return b.full(s, in.slot, in.now, nobodys)
}

func (b book) done(s slots, in op, out answer) []slots {
	switch in.kind {
	case opHold:
		return b.picked(s, in, out)
	case opProlong:
		for i, h := range s.holds {
			if h.session == in.session && h.draft == in.draft && in.now <= h.until {
				h.until = in.now + b.hold
				s.holds = slices.Clone(s.holds)
				s.holds[i] = h
				return ifTrue(out.until == h.until, s)
			}
		}
		return b.picked(s, in, out)
	case opConfirm:
		return b.confirmed(s, in, out)
	case opBook:
		if b.taken(s, in) {
			return nil
		}
		s.appts = withAppt(s.appts, booked{out.appt, "", in.slot})
		return []slots{s}
	case opCancel:
		a, ok := s.appt(in.appt)
		if !ok || a.slot == noSlot {
			return nil
		}
		a.slot = noSlot
		s.appts = withAppt(s.appts, a)
		return []slots{s}
	case opMove:
		a, ok := s.appt(in.appt)
		if !ok || a.slot == noSlot || a.slot == in.slot || b.full(s, in.slot, in.now, nobodys) {
			return nil
		}
		a.slot = in.slot
		s.appts = withAppt(s.appts, a)
		return []slots{s}
	}
	return ifTrue(slices.Equal(b.counts(s, len(out.taken), in.now), out.taken), s)
}

// picked gives the session the hold, and takes its earlier ones away.
func (b book) picked(s slots, in op, out answer) []slots {
	if b.taken(s, in) || out.until != in.now+b.hold {
		return nil
	}
	again := slices.ContainsFunc(s.holds, func(h held) bool { return h.session == in.session && h.draft == out.draft })
	s.holds = withHold(without(s.holds, func(h held) bool { return h.session == in.session }), held{in.session, out.draft, in.slot, out.until, again})
	return []slots{s}
}

// confirmed makes the draft's appointment, or finds the one that it became before.
func (b book) confirmed(s slots, in op, out answer) []slots {
	for _, a := range s.appts {
		if a.draft != in.draft {
			continue
		}
		if a.id != out.appt && a.id[:1] == lostID { // now its id is known
			s.appts = withoutAppt(s.appts, a.id)
			a.id = out.appt
			s.appts = withAppt(s.appts, a)
		}
		return ifTrue(a.id == out.appt || out.appt[:1] == lostID, s)
	}
	if out.repeated {
		return nil
	}
	var states []slots
	for _, dropped := range []func(held) bool{in.holds, in.holdsFirst} {
		if !b.full(s, in.slot, in.now, dropped) {
			states = append(states, slots{without(s.holds, dropped), withAppt(s.appts, booked{out.appt, in.draft, in.slot})})
		}
	}
	return states
}

func withoutAppt(appts []booked, id string) []booked {
	return slices.DeleteFunc(slices.Clone(appts), func(a booked) bool { return a.id == id })
}

// counts are the taken units of each time.
func (b book) counts(s slots, n int, now int64) []int {
	out := make([]int, n)
	for _, a := range s.appts {
		if a.slot != noSlot {
			out[a.slot]++
		}
	}
	for _, h := range s.holds {
		if now <= h.until {
			out[h.slot]++
		}
	}
	return out
}

func ifTrue(ok bool, s slots) []slots {
	if !ok {
		return nil
	}
	return []slots{s}
}

// porcupine is the model as the checker wants it, a part for each group.
func (b book) porcupine() porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			groups := map[int][]porcupine.Operation{}
			for _, o := range history {
				g := o.Input.(op).group
				groups[g] = append(groups[g], o)
			}
			var out [][]porcupine.Operation
			for _, g := range groups {
				out = append(out, g)
			}
			return out
		},
		Init: func() []any { return []any{slots{}} },
		Step: func(state, input, output any) []any {
			var out []any
			for _, s := range b.step(state.(slots), input.(op), output.(answer)) {
				out = append(out, s)
			}
			return out
		},
		Equal: func(x, y any) bool {
			a, b := x.(slots), y.(slots)
			return slices.Equal(a.holds, b.holds) && slices.Equal(a.appts, b.appts)
		},
	}
	return m.ToModel()
}
