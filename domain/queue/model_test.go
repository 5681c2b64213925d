package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
)

// event is something that happens in the lobby of the tests.
type event struct {
	at      int64 // seconds after eight o'clock
	what    What  // or a word below
	unit    ids.Unit
	ticket  int // the how manieth that was given
	service ids.Service
	appt    int // the how manieth appointment
	number  int // minutes, or a priority
	flag    bool
}

// Events that are no steps.
const (
	evCheckIn What = "check-in"
	evTake    What = "take"
	evOpen    What = "open"
	evBreak   What = "break"
	evResume  What = "resume"
	evClose   What = "close"
)

func (e event) String() string {
	out := fmt.Sprintf("%s %s", time.Unix(e.at+8*3600, 0).UTC().Format("15:04:05"), e.what)
	switch e.what {
	case evCheckIn:
		return fmt.Sprintf("%s appointment %d", out, e.appt)
	case evTake:
		return fmt.Sprintf("%s %s speaks=%t", out, e.service, e.flag)
	case evOpen, evBreak, evResume, evClose:
		return fmt.Sprintf("%s %s", out, e.unit)
	case StepCalled:
		return fmt.Sprintf("%s at %q finish=%t", out, e.unit, e.flag)
	case StepMoved:
		return fmt.Sprintf("%s at %q ticket %d to %s", out, e.unit, e.ticket, e.service)
	}
	return fmt.Sprintf("%s at %q ticket %d (%d)", out, e.unit, e.ticket, e.number)
}

// model says, in the words of the rules and without the room's own code, what must come of each event. It has no store and no steps: only who is where.
type model struct {
	town    *town
	day     int64 // eight o'clock
	bound   map[ids.Service]int64
	appts   []Appointment
	tickets []*place
	at      map[ids.Unit]*desk
	log     []event
}

// place is somebody as the model has them.
type place struct {
	Ticket
	last   Ticket // before the last step
	lastAt int64
	undo   bool
}

type desk struct {
	ever, open, rest bool
	ticket           *place
}

// canServe is which services the counters of testConfig serve, written down by hand.
var canServe = map[ids.Unit][]ids.Service{
	"k1": {"passport", "card", "quick"}, "k2": {"passport", "card", "permit", "quick"}, "k3": {"passport", "card", "quick"}, "k4": {"quick", "card"},
	"k5": {"passport", "card", "permit", "quick"}, "doctor": {"permit"},
}

// speaks is which languages, where not all.
var speaks = map[ids.Unit]string{"k3": "fi sv", "k5": "fi"}

func newModel(w *town, day int64, bound map[ids.Service]int64) *model {
	m := &model{town: w, day: day, bound: bound, at: map[ids.Unit]*desk{}}
	for _, u := range testUnits {
		m.at[u] = &desk{}
	}
	return m
}

func (m *model) now() int64 { return m.town.clock }

func (p *place) state(now int64) State {
	if p.State == Parked && p.ParkedUntil != 0 && p.ParkedUntil <= now {
		return Waiting
	}
	return p.State
}

// served reports whether a counter can serve somebody.
func (m *model) served(u ids.Unit, p *place) bool {
	understood := speaks[u] == "" || strings.Contains(speaks[u], string(p.Lang))
	return slices.Contains(canServe[u], p.Service) && (p.Unit == "" || p.Unit == u) && (!p.Speaks || understood)
}

// before says, rule by rule, whether somebody is called before somebody else.
func (m *model) before(a, b *place) bool {
	overdue := func(p *place) bool {
		limit := m.bound[p.Service]
		return p.Kind == WalkIn && limit > 0 && m.now()-p.ArrivedAt >= limit
	}
	if a.Priority != b.Priority {
		return a.Priority > b.Priority
	}
	if a.Priority > Normal {
		return a.ArrivedAt < b.ArrivedAt || a.ArrivedAt == b.ArrivedAt && a.ID < b.ID
	}
	if overdue(a) != overdue(b) {
		return overdue(a)
	}
	if a.Kind != b.Kind {
		return a.Kind == Booked
	}
	if a.Kind == Booked && a.BookedAt != b.BookedAt {
		return a.BookedAt < b.BookedAt
	}
	return a.ArrivedAt < b.ArrivedAt || a.ArrivedAt == b.ArrivedAt && a.ID < b.ID
}

// next is who must be called to a counter.
func (m *model) next(u ids.Unit) (out *place) {
	for _, p := range m.tickets {
		if p.state(m.now()) == Waiting && m.served(u, p) && (out == nil || m.before(p, out)) {
			out = p
		}
	}
	return out
}

// do lets something happen, in the room and in the model, and returns what is wrong.
func (m *model) do(e event) error {
	m.town.clock = max(m.town.clock, m.day+e.at)
	m.log = append(m.log, e)
	switch e.what {
	case evCheckIn:
		return m.checkIn(e)
	case evTake:
		return m.take(e)
	case evOpen, evBreak, evResume, evClose:
		return m.counter(e)
	}
	return m.deed(e)
}

func (m *model) checkIn(e event) error {
	if len(m.appts) == 0 {
		return nil
	}
	a := m.appts[e.appt%len(m.appts)]
	had := slices.ContainsFunc(m.tickets, func(p *place) bool { return p.Appointment == a.ID })
	want := TooLate
	switch n := m.now(); {
	case had:
		want = AlreadyIn
	case n < a.Start-900:
		want = TooEarly
	case n <= a.Start:
		want = CheckedIn
	case n <= a.Start+900:
		want = Late
	}
	got, err := m.town.CheckIn(context.Background(), kioskOf("kiosk"), CheckInRequest{Org: testOrg, Office: testOffice, PIN: string(a.ID)})
	if err != nil || got.Verdict != want {
		return fmt.Errorf("check-in at %d for %d: got %s, %v, want %s", m.now(), a.Start, got.Verdict, err, want)
	}
	if got.Good() {
		m.tickets = append(m.tickets, &place{Ticket: got.Ticket})
		return m.given(got.Ticket, Ticket{Kind: Booked, Service: a.Service, BookedAt: a.Start, Unit: map[bool]ids.Unit{true: "doctor"}[a.Unit == "doctor"]})
	}
	return nil
}

// given checks a new ticket.
func (m *model) given(got, want Ticket) error {
	if got.State != Waiting || got.Kind != want.Kind || got.Service != want.Service || got.BookedAt != want.BookedAt || got.Unit != want.Unit || got.ArrivedAt != m.now() {
		return fmt.Errorf("the ticket is %+v", got)
	}
	if prefix := map[bool]string{true: "A", false: "B"}[got.Service == "passport" || got.Service == "card"]; got.Prefix != prefix || got.Number < 1 || got.Number > 999 {
		return fmt.Errorf("the ticket's number is %s", got.Name())
	}
	for _, p := range m.tickets[:len(m.tickets)-1] {
		if p.Prefix == got.Prefix && p.Number == got.Number {
			return fmt.Errorf("%s was given twice", got.Name())
		}
	}
	return nil
}

func (m *model) take(e event) error {
	got, err := m.town.Take(context.Background(), kioskOf("kiosk"), TakeRequest{Org: testOrg, Office: testOffice, Service: e.service, Lang: "sv", Speaks: e.flag})
	if err != nil {
		return err
	}
	m.tickets = append(m.tickets, &place{Ticket: got})
	return m.given(got, Ticket{Kind: WalkIn, Service: e.service})
}

func (m *model) counter(e event) error {
	k := m.at[e.unit]
	do, fine := CounterOpened, true
	switch e.what {
	case evBreak:
		do, fine = CounterBreak, k.ticket == nil && k.open
	case evResume:
		do, fine = CounterResumed, k.ever
	case evClose:
		do, fine = CounterClosed, k.ticket == nil && k.ever
	}
	_, err := m.town.SetCounter(context.Background(), clerk(e.unit), testOrg, testOffice, e.unit, do, nil, false)
	if (err == nil) != fine {
		return fmt.Errorf("the counter's answer is %v, and should be good: %t", err, fine)
	}
	if !fine {
		return nil
	}
	k.ever = true
	switch e.what {
	case evOpen:
		k.open, k.rest = true, false
	case evBreak:
		k.rest = true
	case evResume:
		k.rest = false
	case evClose:
		k.open, k.rest = false, false
	}
	return nil
}

// deed runs a deed and compares what came of it.
func (m *model) deed(e event) error {
	d := Deed{Org: testOrg, Office: testOffice, Unit: e.unit, Do: e.what, Finish: e.flag && e.what == StepCalled, Reason: "other"}
	var p *place
	if e.what != StepCalled {
		if len(m.tickets) == 0 {
			return nil
		}
		p = m.tickets[e.ticket%len(m.tickets)]
		if k := m.at[e.unit]; e.unit != "" && k.ticket != nil && e.number%2 == 0 {
			p = k.ticket // as at a real desk
		}
		d.Ticket = p.ID
	}
	switch e.what {
	case StepMoved:
		d.Service = e.service
	case StepParked:
		d.Minutes = e.number % 60
	case StepRaised:
		d.Priority = Priority(e.number % 3)
	}
	touched, fine := m.expect(d, p)
	got, err := m.town.Do(context.Background(), clerk(e.unit), d)
	if (err == nil) != fine {
		return fmt.Errorf("the answer is %v, and should be good: %t", err, fine)
	}
	if e.what == StepCalled && fine {
		want := ids.Ticket("")
		if k := m.at[e.unit].ticket; k != nil {
			want = k.ID
		}
		if got.Ticket.ID != want {
			return fmt.Errorf("called was %s (%s), and should be %s", got.Ticket.Name(), got.Ticket.Kind, m.name(want))
		}
	}
	for _, p := range touched {
		if err := m.same(p); err != nil {
			return err
		}
	}
	return m.sameCounter(e.unit)
}

func (m *model) name(id ids.Ticket) string {
	for _, p := range m.tickets {
		if p.ID == id {
			return fmt.Sprintf("%s (%s)", p.Name(), p.Kind)
		}
	}
	return "nobody"
}

// step writes down that somebody's state changes.
func (m *model) step(p *place, undo bool) *place {
	p.last, p.lastAt, p.undo = p.Ticket, m.now(), undo
	return p
}

// expect has a deed happen in the model; fine says whether it may.
func (m *model) expect(d Deed, p *place) (touched []*place, fine bool) {
	k := &desk{open: true}
	if d.Unit != "" {
		k = m.at[d.Unit]
	}
	if !k.open && d.Do != StepUndone {
		return nil, false
	}
	switch d.Do {
	case StepCalled:
		return m.expectCall(d, k)
	case StepUndone:
		return m.expectUndo(d, p)
	}
	state := p.state(m.now())
	mine := d.Unit != "" && k.ticket == p
	if d.Do == StepPicked {
		if d.Unit == "" || k.ticket != nil || state != Waiting && state != Parked && state != Missed {
			return nil, false
		}
		m.step(p, true)
		p.State, p.Counter, p.ParkedUntil, k.ticket = Called, d.Unit, 0, p
		return []*place{p}, true
	}
	if (state == Called || state == Serving) && !mine {
		return nil, false
	}
	from := map[What][]State{
		StepBegun: {Called}, StepRecalled: {Called}, StepDone: {Serving}, StepMissed: {Called}, StepLeft: {Waiting, Parked, Called},
		StepParked: {Waiting, Called, Serving}, StepReturned: {Parked, Called}, StepMoved: {Waiting, Called, Serving, Parked}, StepRaised: {Waiting, Parked},
	}
	if !slices.Contains(from[d.Do], state) {
		return nil, false
	}
	m.step(p, true)
	switch d.Do {
	case StepBegun:
		p.State = Serving
	case StepDone:
		p.State = Done
	case StepMissed:
		p.State = Missed
	case StepLeft:
		p.State = Left
	case StepParked:
		p.State, p.ParkedUntil = Parked, 0
		if d.Minutes > 0 {
			p.ParkedUntil = m.now() + int64(d.Minutes)*60
		}
	case StepReturned:
		p.State = Waiting
	case StepMoved:
		p.State, p.Service, p.Unit = Waiting, d.Service, ""
	case StepRaised:
		p.Priority = d.Priority
	}
	if mine && p.State != Called && p.State != Serving {
		k.ticket = nil
	}
	return []*place{p}, true
}

func (m *model) expectCall(d Deed, k *desk) (touched []*place, fine bool) {
	if d.Unit == "" || k.rest || k.ticket != nil && (!d.Finish || k.ticket.State != Serving) {
		return nil, false
	}
	if p := k.ticket; p != nil {
		m.step(p, true).State = Done
		k.ticket, touched = nil, append(touched, p)
	}
	if p := m.next(d.Unit); p != nil {
		m.step(p, true)
		p.State, p.Counter, p.ParkedUntil, k.ticket = Called, d.Unit, 0, p
		touched = append(touched, p)
	}
	return touched, true
}

// expectUndo takes the last step back, within five minutes; whose counter has somebody else by now waits again.
func (m *model) expectUndo(_ Deed, p *place) ([]*place, bool) {
	if !p.undo || m.now() > p.lastAt+300 {
		return nil, false
	}
	is, was := p.Ticket, p.last
	at := func(s State) bool { return s == Called || s == Serving }
	if at(was.State) {
		if k := m.at[was.Counter]; k.open && (k.ticket == nil || k.ticket == p) {
			k.ticket = p
		} else {
			was.State = Waiting
		}
	}
	if at(is.State) && !at(was.State) && m.at[is.Counter].ticket == p {
		m.at[is.Counter].ticket = nil
	}
	m.step(p, false)
	p.Ticket = was
	return []*place{p}, true
}

// same compares somebody with their ticket.
func (m *model) same(p *place) error {
	got, err := m.town.memory.Ticket(context.Background(), testOrg, p.ID)
	if err != nil {
		return err
	}
	now := m.now()
	if got.StateAt(now) != p.state(now) || got.Service != p.Service || got.Kind != p.Kind || got.Priority != p.Priority || got.ArrivedAt != p.ArrivedAt ||
		got.BookedAt != p.BookedAt || got.Unit != p.Unit || got.Number != p.Number {
		return fmt.Errorf("%s is %s for %s (priority %d, since %d, booked %d), and should be %s for %s (priority %d, since %d, booked %d)", got.Name(), got.State, got.Service,
			got.Priority, got.ArrivedAt, got.BookedAt, p.State, p.Service, p.Priority, p.ArrivedAt, p.BookedAt)
	}
	if (p.State == Called || p.State == Serving) && got.Counter != p.Counter {
		return fmt.Errorf("%s is at %s, and should be at %s", got.Name(), got.Counter, p.Counter)
	}
	return nil
}

func (m *model) sameCounter(u ids.Unit) error {
	if u == "" {
		return nil
	}
	got, want := m.town.memory.counters[u], m.at[u]
	id := ids.Ticket("")
	if want.ticket != nil {
		id = want.ticket.ID
	}
	if got.Ticket != id || (got.Staff != "") != want.open {
		return fmt.Errorf("counter %s has %s (open: %t), and should have %s (open: %t)", u, m.name(got.Ticket), got.Staff != "", m.name(id), want.open)
	}
	return nil
}

// all compares everything, and asks what must be true at any time.
func (m *model) all() error {
	at := map[ids.Ticket]ids.Unit{}
	for _, u := range testUnits {
		if err := m.sameCounter(u); err != nil {
			return err
		}
		if id := m.town.memory.counters[u].Ticket; id != "" {
			if at[id] != "" {
				return fmt.Errorf("%s is at %s and at %s", m.name(id), at[id], u)
			}
			at[id] = u
		}
	}
	for _, p := range m.tickets {
		if err := m.same(p); err != nil {
			return err
		}
		if there := p.State == Called || p.State == Serving; there != (at[p.ID] != "") {
			return fmt.Errorf("%s is %s, and at counter %q", p.Name(), p.State, at[p.ID])
		}
	}
	return nil
}

// end ends the day, and looks back on it.
func (m *model) end() error {
	if err := m.all(); err != nil {
		return err
	}
	want := map[ids.Ticket]State{}
	n := 0
	for _, p := range m.tickets {
		if p.State.Live() {
			n++
		}
		want[p.ID] = map[State]State{Waiting: Left, Parked: Left, Called: Missed, Serving: Done, Done: Done, Missed: Missed, Left: Left}[p.State]
	}
	ctx := context.Background()
	got, err := m.town.EndDay(ctx, clerk("k1"), testOrg, testOffice)
	if err != nil || got != n {
		return fmt.Errorf("the end of the day ended %d tickets, %v, and should %d", got, err, n)
	}
	ends, given := 0, 0
	for _, p := range m.tickets {
		t, err := m.town.memory.Ticket(ctx, testOrg, p.ID)
		if err != nil || t.State != want[p.ID] || t.EndAt == 0 {
			return fmt.Errorf("%s has ended as %s (%v), and should as %s", p.Name(), t.State, err, want[p.ID])
		}
		steps, _ := m.town.memory.Steps(ctx, testOrg, p.ID)
		if err := replays(t, steps); err != nil {
			return err
		}
		for _, s := range steps {
			switch s.What {
			case StepTaken, StepArrived, StepEntered:
				given++
			case StepDone, StepMissed, StepLeft:
				ends++
			case StepUndone:
				if was := What(s.Reason); was == StepDone || was == StepMissed || was == StepLeft {
					ends--
				}
			case StepPicked:
				if s.Before.State == Missed {
					ends--
				}
			}
		}
	}
	if list, _ := m.town.memory.LiveTickets(ctx, testOrg, testOffice, DayOf(m.now(), m.town.memory.config.Zone())); len(list) > 0 {
		return fmt.Errorf("%d tickets live on", len(list))
	}
	if ends != len(m.tickets) || given != len(m.tickets) {
		return fmt.Errorf("%d tickets were given and %d ended, by their steps, and should %d", given, ends, len(m.tickets))
	}
	return nil
}

// replays reports whether the steps of a ticket lead to what it is now: each begins where the one before it ended.
func replays(t Ticket, steps []Step) error {
	for i, s := range steps {
		if s.Seq != int64(i+1) || s.Ticket != t.ID {
			return fmt.Errorf("%s: step %d is numbered %d", t.Name(), i+1, s.Seq)
		}
		if i > 0 && (s.Before.Rev != s.Seq-1 || s.At < steps[i-1].At) {
			return fmt.Errorf("%s: %s came after %s, and was of the ticket at %d", t.Name(), s.What, steps[i-1].What, s.Before.Rev)
		}
		after := t
		if i+1 < len(steps) {
			after = steps[i+1].Before
		}
		if want, ok := stateAfter(s); ok && after.State != want {
			return fmt.Errorf("%s: after %s it is %s, and should be %s", t.Name(), s.What, after.State, want)
		}
	}
	return nil
}

func stateAfter(s Step) (State, bool) {
	if s.What == StepRaised || s.What == StepUndone {
		return "", false
	}
	return map[What]State{
		StepTaken: Waiting, StepArrived: Waiting, StepEntered: Waiting, StepCalled: Called, StepPicked: Called, StepRecalled: Called, StepBegun: Serving,
		StepDone: Done, StepMissed: Missed, StepLeft: Left, StepParked: Parked, StepReturned: Waiting, StepMoved: Waiting,
	}[s.What], true
}

func (m *model) fail(t testing.TB, err error) {
	t.Helper()
	for _, e := range m.log[max(0, len(m.log)-60):] {
		t.Log(e)
	}
	t.Fatal(err)
}
