package queue

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"luukku/base/ids"
)

// replay is a day as people make it: they come when they like, clerks take the time that they take, and nobody knows beforehand.
type replay struct {
	*model
	t      testing.TB
	r      *rand.Rand
	queue  agenda
	seq    int
	counts int

	// mean is how long each service truly takes, in seconds; no rule and no estimate knows it.
	mean    map[ids.Service]float64
	arrived map[ids.Ticket]guesses
	judged  []judged
	closed  bool
	served  int
	// calledNow is who was called, in their order.
	calledNow []calledNow
}

type happening struct {
	at  int64
	seq int
	do  func()
}

type agenda []happening

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].seq < a[j].seq
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(happening)) }
func (a *agenda) Pop() any {
	x := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return x
}

func (r *replay) in(seconds float64, do func()) {
	r.seq++
	heap.Push(&r.queue, happening{r.now() - r.day + int64(max(seconds, 0)), r.seq, do})
}

// must lets something happen that has to come out as the model says.
func (r *replay) must(e event) {
	r.t.Helper()
	e.at = r.now() - r.day
	if err := r.do(e); err != nil {
		r.fail(r.t, err)
	}
	if r.counts++; r.counts%50 == 0 {
		if err := r.all(); err != nil {
			r.fail(r.t, err)
		}
	}
}

func (r *replay) normal(mean, sd float64) float64 { return mean + sd*r.r.NormFloat64() }

// length is how long somebody takes: often less than the mean, sometimes much more.
func (r *replay) length(s ids.Service) float64 {
	const cv = 0.6
	sigma := math.Sqrt(math.Log(1 + cv*cv))
	x := r.mean[s] * math.Exp(sigma*r.r.NormFloat64()-sigma*sigma/2)
	if r.r.Float64() < 0.01 {
		x *= 4
	}
	return max(x, 20)
}

const dayLength = 8 * 3600

// newReplay has so many clients come over a day, two of five with an appointment.
func newReplay(t testing.TB, w *town, day string, clients int, mean map[ids.Service]float64, bound map[ids.Service]int64, seed uint64) *replay {
	r := &replay{
		model: newModel(w, at8(t, day), bound), t: t, r: rand.New(rand.NewPCG(seed, 1)), mean: mean, arrived: map[ids.Ticket]guesses{},
	}
	w.clock = r.day - 1800
	mix := []ids.Service{"passport", "passport", "passport", "card", "card", "card", "quick", "quick", "quick", "quick", "permit"}
	for range clients {
		service := mix[r.r.IntN(len(mix))]
		if r.r.IntN(5) < 2 {
			i := len(r.appts)
			r.appoint(1000*int(seed%1000)+i, service, int64(r.r.IntN(30))*900+900)
			if r.r.Float64() < 0.1 {
				continue // does not come
			}
			at := float64(r.appts[i].Start-r.now()) - r.normal(360, 240)
			r.in(max(at, 0), func() { r.comes(i) })
			continue
		}
		at := 1800 + r.r.Float64()*(dayLength-1800)
		if r.r.IntN(3) == 0 {
			at = 1800 + math.Abs(r.normal(2.5*3600, 3600)) // the rush of the morning
		}
		r.in(at, func() { r.walksIn(service) })
	}
	for i, u := range testUnits {
		r.in(1800+float64(r.r.IntN(600)), func() {
			r.must(event{what: evOpen, unit: u})
			r.press(u)
		})
		r.in(1800+float64(10800+i*2400), func() { r.lunch(u, 1800) })
	}
	r.in(1800+dayLength+3600, func() { r.closed = true })
	return r
}

func (r *replay) run() {
	for len(r.queue) > 0 && !r.closed {
		x := heap.Pop(&r.queue).(happening)
		r.town.clock = max(r.town.clock, r.day+x.at)
		x.do()
	}
	if err := r.end(); err != nil {
		r.fail(r.t, err)
	}
}

func (r *replay) comes(i int) {
	n := len(r.tickets)
	r.must(event{what: evCheckIn, appt: i})
	if len(r.tickets) > n {
		r.inLine()
		return
	}
	if start := r.appts[i].Start; r.now() < start { // too early: waits at the door
		r.in(float64(start-900-r.now()), func() { r.comes(i) })
	}
}

func (r *replay) walksIn(s ids.Service) {
	r.must(event{what: evTake, service: s, flag: r.r.IntN(20) == 0})
	r.inLine()
}

// inLine is somebody who waits from now on; some give up, some come back later.
func (r *replay) inLine() {
	i := len(r.tickets) - 1
	p := r.tickets[i]
	r.guess(p)
	switch x := r.r.Float64(); {
	case x < 0.02:
		r.in(600+r.r.Float64()*3000, func() {
			if p.state(r.now()) == Waiting {
				r.must(event{what: StepLeft, ticket: i, number: 1})
			}
		})
	case x < 0.03:
		r.in(300, func() {
			if p.state(r.now()) == Waiting {
				delete(r.arrived, p.ID)
				r.must(event{what: StepParked, ticket: i, number: 31})
			}
		})
	case x < 0.04:
		r.must(event{what: StepRaised, ticket: i, number: 1})
		delete(r.arrived, p.ID)
	}
}

func (r *replay) lunch(u ids.Unit, seconds float64) {
	if r.at[u].ticket != nil {
		r.in(30, func() { r.lunch(u, seconds) })
		return
	}
	r.must(event{what: evBreak, unit: u})
	r.in(seconds, func() {
		r.must(event{what: evResume, unit: u})
		r.press(u)
	})
}

// press calls the next, and looks again soon when nobody waits.
func (r *replay) press(u ids.Unit) {
	k := r.at[u]
	if k.rest || !k.open || k.ticket != nil && k.ticket.State != Serving {
		return
	}
	if k.ticket == nil && r.next(u) == nil {
		r.in(10, func() { r.press(u) })
		return
	}
	if k.ticket != nil {
		r.served++
	}
	r.must(event{what: StepCalled, unit: u, flag: true})
	p := r.at[u].ticket
	if p == nil {
		r.in(10, func() { r.press(u) })
		return
	}
	r.judge(p)
	i := slices.Index(r.tickets, p)
	if r.r.Float64() < 0.03 {
		r.in(90, func() {
			r.must(event{what: StepMissed, unit: u, ticket: i, number: 1})
			r.in(r.r.ExpFloat64()*15, func() { r.press(u) })
		})
		return
	}
	r.in(10+r.r.Float64()*50, func() {
		r.must(event{what: StepBegun, unit: u, ticket: i, number: 1})
		r.in(r.length(p.Service), func() { r.ends(u, i) })
	})
}

// ends is the end of a service: on to another, or done, at once with the next call or after a breath.
func (r *replay) ends(u ids.Unit, i int) {
	p := r.tickets[i]
	switch x := r.r.Float64(); {
	case x < 0.02:
		delete(r.arrived, p.ID)
		r.must(event{what: StepMoved, unit: u, ticket: i, number: 1, service: "quick"})
	case x < 0.5:
		r.press(u)
		return
	default:
		r.served++
		r.must(event{what: StepDone, unit: u, ticket: i, number: 1})
	}
	r.in(r.r.ExpFloat64()*20, func() { r.press(u) })
}

// A day of five hundred clients obeys every rule, whatever the office's rules for walk-ins are, and whenever it is.
func TestDayOfFiveHundredClients(t *testing.T) {
	t.Parallel()
	for i, minutes := range []int{0, 30, 60} {
		t.Run(fmt.Sprintf("bound %d", minutes), func(t *testing.T) {
			t.Parallel()
			w := newTown(t, settings{"": {"walk_in_bound": fmt.Sprintf("%dm", minutes)}})
			b := int64(minutes) * 60
			r := newReplay(t, w, days[i], 500, busy(0.9, 1), map[ids.Service]int64{"passport": b, "card": b, "permit": b, "quick": b}, uint64(i+1))
			r.run()
			if len(r.tickets) < 450 || r.served < 350 {
				t.Errorf("%d tickets were given and %d served: that is no day of five hundred clients", len(r.tickets), r.served)
			}
		})
	}
}

// busy is how long services take where the counters are that busy, with services longer or shorter by chance.
func busy(load float64, seed uint64) map[ids.Service]float64 {
	r := rand.New(rand.NewPCG(seed, 2))
	mean := map[ids.Service]float64{"passport": 900, "card": 600, "quick": 300, "permit": 1800}
	sum := 0.0
	for _, s := range testServices {
		mean[s] *= 0.6 + 0.8*r.Float64()
		sum += mean[s] * map[ids.Service]float64{"passport": 3, "card": 3, "quick": 4, "permit": 1}[s] / 11
	}
	for _, s := range testServices {
		mean[s] *= load * 5.2 * dayLength / 500 / (sum + 40)
	}
	return mean
}

// Two hundred people in ten minutes all have numbers of their own, and are called in the order in which they came.
func TestTwoHundredPeopleInTenMinutes(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	m := newModel(w, at8(t, days[0]), nil)
	for i := range 200 {
		if err := m.do(event{at: int64(i) * 3, what: evTake, service: testServices[i%2]}); err != nil {
			m.fail(t, err)
		}
	}
	if err := m.do(event{at: 600, what: evOpen, unit: "k1"}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		for _, e := range []event{{at: int64(601 + i), what: StepCalled, unit: "k1", flag: true}, {at: int64(601 + i), what: StepBegun, unit: "k1", ticket: i}} {
			if err := m.do(e); err != nil {
				m.fail(t, err)
			}
		}
		if got := m.at["k1"].ticket; got != m.tickets[i] || got.Number != i+1 {
			t.Fatalf("called as number %d was %s", i+1, got.Name())
		}
	}
	if err := m.end(); err != nil {
		m.fail(t, err)
	}
}
