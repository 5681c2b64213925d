package queue

import (
	"cmp"
	"math"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
)

// room is a lobby that is worked off: who is in it, at which counters, and how long services may take.
type room struct {
	now    int64
	bound  map[ids.Service]int64
	habits *habits
	desks  []deskAt
	groups []group
	lines  []line
	order  []Ticket // who waits, as they would be called now
	ghosts []ghost  // who would come now, for each service
	wanted int      // of order and ghosts, those whom an open counter takes
}

// deskAt is an open counter: what it takes, and whom it has.
type deskAt struct {
	Desk
	lines, ghosts []int
	has           *habit // of who is there; nil for nobody
	since         int64
}

// group are those who are alike to every counter.
type group struct {
	like  Ticket
	desks []bool
	any   bool
}

// line is a part of a group that is called in one order: by place.
type line struct {
	group int
	class lineClass
	items []item
}

type lineClass int

const (
	classWaits lineClass = iota
	classComes           // is back, or comes, later
)

type item struct {
	rank   int
	place  int64
	from   int64
	tie    int
	ticket int // in order; -1 for who is none of it
	odds   float64
	habit  *habit
	bound  int64
}

type ghost struct {
	service ids.Service
	bound   int64
	any     bool
}

func newRoom(h *Hall, c *catalog.Config, habits *habits, coming []arrivalOf, services []ids.Service, now int64, bound Bound) *room {
	r := &room{now: now, habits: habits, bound: map[ids.Service]int64{}}
	for _, s := range services {
		r.bound[s] = bound(s)
	}
	at := map[ids.Ticket]Ticket{}
	for _, t := range h.Tickets {
		if t.Counter != "" && (t.State == Called || t.State == Serving) {
			at[t.ID] = t
		}
	}
	for _, k := range h.Counters {
		if !k.Open() {
			continue
		}
		d := deskAt{Desk: DeskAt(c, k)}
		if t, ok := at[k.Ticket]; ok && k.Ticket != "" {
			d.has, d.since = habits.service(t.Service), t.CalledAt
		}
		r.desks = append(r.desks, d)
	}
	r.order = Order(h.Tickets, now, r.boundOf)
	for i, t := range r.order {
		r.put(t, i, now, 1)
	}
	for i, t := range h.Tickets {
		if t.State == Parked && t.ParkedUntil > now {
			r.put(t, -1-i, t.ParkedUntil, 1)
		}
	}
	for i, x := range coming {
		r.put(x.ticket, -1-len(h.Tickets)-i, max(now+1, x.ticket.BookedAt-habits.lead), x.odds)
	}
	r.close(services)
	return r
}

func (r *room) boundOf(s ids.Service) int64 { return r.bound[s] }

// put has somebody join the line; what is below 0 is nobody of the order.
func (r *room) put(t Ticket, i int, from int64, odds float64) {
	lang := i18n.Lang("")
	if t.Speaks {
		lang = t.Lang
	}
	like := Ticket{Service: t.Service, Unit: t.Unit, Lang: lang, Speaks: t.Speaks}
	g := slices.IndexFunc(r.groups, func(x group) bool {
		return x.like.Service == like.Service && x.like.Unit == like.Unit && x.like.Lang == lang && x.like.Speaks == like.Speaks
	})
	if g < 0 {
		g = len(r.groups)
		n := group{like: like, desks: make([]bool, len(r.desks))}
		for d := range r.desks {
			n.desks[d] = r.desks[d].Takes(like)
			n.any = n.any || n.desks[d]
		}
		r.groups = append(r.groups, n)
	}
	rank := rankOf(t, math.MinInt64/2, r.boundOf) // the bound is for when they are called
	x := item{rank: rank, place: placeOf(t, rank), from: from, tie: i, ticket: max(i, -1), odds: odds, habit: r.habits.service(t.Service)}
	if rank == rankWalkIn {
		x.bound = r.bound[t.Service]
	}
	class := classWaits
	if from > r.now {
		class = classComes
	}
	l := slices.IndexFunc(r.lines, func(x line) bool {
		return x.group == g && x.class == class && (class == classComes || x.items[0].rank == rank)
	})
	if l < 0 {
		l = len(r.lines)
		r.lines = append(r.lines, line{group: g, class: class})
	}
	r.lines[l].items = append(r.lines[l].items, x)
	if i >= 0 && r.groups[g].any {
		r.wanted++
	}
}

// close is the end of putting.
func (r *room) close(services []ids.Service) {
	for l := range r.lines {
		slices.SortFunc(r.lines[l].items, func(a, b item) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.place, b.place), cmp.Compare(a.tie, b.tie))
		})
	}
	for _, s := range services {
		g := ghost{service: s, bound: r.bound[s]}
		for d := range r.desks {
			if r.desks[d].Takes(Ticket{Service: s}) {
				r.desks[d].ghosts = append(r.desks[d].ghosts, len(r.ghosts))
				g.any = true
			}
		}
		if g.any {
			r.wanted++
		}
		r.ghosts = append(r.ghosts, g)
	}
	for d := range r.desks {
		for l, x := range r.lines {
			if r.groups[x.group].desks[d] {
				r.desks[d].lines = append(r.desks[d].lines, l)
			}
		}
	}
}

// run is one day as it may go on.
type run struct {
	*room
	seed  uint64
	flip  bool
	heads []int
	free  []int64
	// begun is when each of order, and then of ghosts, is called; 0 while they are not.
	begun []int64
	left  int
}

// draw is a number from 0 to 63 that depends on the run and on what it is drawn for alone; runs come in pairs that mirror each other.
func (w *run) draw(of int) int {
	x := w.seed + uint64(of+1<<20)*0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	q := int(x >> 58)
	if w.flip {
		return quantiles - 1 - q
	}
	return q
}

const never = math.MaxInt64

func (w *run) start() {
	for d := range w.desks {
		w.free[d] = w.now
		if k := w.desks[d].has; k != nil {
			w.free[d] = w.now + k.rest(w.now-w.desks[d].since, w.draw(-1000-d))
		}
	}
	clear(w.heads)
	clear(w.begun)
	w.left = w.wanted
	for w.left > 0 {
		d := 0
		for i, t := range w.free {
			if t < w.free[d] {
				d = i
			}
		}
		if len(w.free) == 0 || w.free[d] == never {
			return
		}
		w.step(d, w.free[d])
	}
}

// step is a counter that has become free.
func (w *run) step(d int, t int64) {
	best, rank := w.best(d, t)
	for _, g := range w.desks[d].ghosts {
		x := &w.begun[len(w.order)+g]
		if b := w.ghosts[g].bound; *x == 0 && (best < 0 || b > 0 && t-w.now >= b && rank > rankOverdue) {
			*x = t
			w.left--
		}
	}
	if best < 0 {
		w.free[d] = w.next(d, t)
		return
	}
	x := &w.lines[best].items[w.heads[best]]
	w.heads[best]++
	if x.ticket >= 0 {
		w.begun[x.ticket] = t
		w.left--
	}
	if x.odds < 1 && float64(w.draw(x.tie+5000))/quantiles >= x.odds || float64(w.draw(x.tie+10000))/quantiles >= x.habit.called {
		return // not there: the counter calls the next at once
	}
	w.free[d] = t + max(x.habit.lengths[w.draw(x.tie)], 1)
}

// best is the line whose head a counter calls at a moment; -1 for none.
func (w *run) best(d int, t int64) (best, rank int) {
	best = -1
	var first *item
	for _, l := range w.desks[d].lines {
		items := w.lines[l].items
		if w.heads[l] >= len(items) {
			continue
		}
		x := &items[w.heads[l]]
		if x.from > t {
			continue
		}
		r := x.rank
		if x.bound > 0 && t-x.place >= x.bound {
			r = rankOverdue
		}
		if best < 0 || cmp.Or(cmp.Compare(r, rank), cmp.Compare(x.place, first.place), cmp.Compare(x.tie, first.tie)) < 0 {
			best, rank, first = l, r, x
		}
	}
	return best, rank
}

// next is when a counter that has nobody to call may have somebody.
func (w *run) next(d int, t int64) int64 {
	out := int64(never)
	for _, l := range w.desks[d].lines {
		if items := w.lines[l].items; w.heads[l] < len(items) {
			out = min(out, max(items[w.heads[l]].from, t+1))
		}
	}
	return out
}

// rest is how long somebody still stays who has been there for so long.
func (k *habit) rest(so int64, q int) int64 {
	i, _ := slices.BinarySearch(k.lengths[:], so+1)
	if i == quantiles {
		return k.lengths[q] / 3 // longer than anybody before
	}
	return k.lengths[i+q*(quantiles-i)/quantiles] - so
}

// Runs: fewer over long lines, in which chance levels out.
const (
	mostRuns  = 32
	fewRuns   = 8
	runBudget = 3000
)

// waits has the room worked off many times over.
func (r *room) waits() (map[ids.Ticket]Wait, map[ids.Service]Wait) {
	n := len(r.order) + len(r.ghosts)
	runs := min(mostRuns, max(fewRuns, runBudget/max(n, 1)&^1))
	all := make([]int64, n*runs)
	w := run{room: r, heads: make([]int, len(r.lines)), free: make([]int64, len(r.desks)), begun: make([]int64, n)}
	for i := range runs {
		w.seed, w.flip = uint64(i/2+1)*0xD1342543DE82EF95, i%2 == 1
		w.start()
		for j, t := range w.begun {
			all[j*runs+i] = t
		}
	}
	tickets, services := make(map[ids.Ticket]Wait, len(r.order)), make(map[ids.Service]Wait, len(r.ghosts))
	ahead := r.ahead()
	for j := range n {
		x := r.summary(all[j*runs : (j+1)*runs])
		x.Ahead = ahead[j]
		if j < len(r.order) {
			tickets[r.order[j].ID] = x
		} else {
			services[r.ghosts[j-len(r.order)].service] = x
		}
	}
	return tickets, services
}

// What the simulation does not know (breaks, who moves on, who goes first) widens its range: so many tenths, and half a minute.
const (
	widened = 16
	spare   = 30
)

// summary is the mean of the middle half, and the range of the middle eight tenths, widened.
func (r *room) summary(begun []int64) Wait {
	slices.Sort(begun)
	if begun[0] == 0 {
		return unknown
	}
	n := len(begun)
	sum := int64(0)
	for _, t := range begun[n/4 : n-n/4] {
		sum += t - r.now
	}
	mean := sum / int64(n-2*(n/4))
	low, high := mean-(begun[n/10]-r.now), begun[n-1-n/10]-r.now-mean
	return Wait{Seconds: mean, Low: max(0, mean-low*widened/10-spare), High: mean + max(high, 0)*widened/10 + spare}
}

// ahead is Ahead of everybody who waits, and then of who would come now.
func (r *room) ahead() []int {
	count := make([]int, len(r.groups))
	shares := func(a group, b group) bool {
		if len(r.desks) == 0 {
			return a.like.Service == b.like.Service
		}
		for d := range a.desks {
			if a.desks[d] && b.desks[d] {
				return true
			}
		}
		return false
	}
	together := make([][]int, len(r.groups))
	groupOf := make([]int, len(r.order))
	for g := range r.groups {
		for o := range r.groups {
			if shares(r.groups[g], r.groups[o]) {
				together[g] = append(together[g], o)
			}
		}
	}
	for _, l := range r.lines {
		for _, x := range l.items {
			if x.ticket >= 0 {
				groupOf[x.ticket] = l.group
			}
		}
	}
	out := make([]int, 0, len(r.order)+len(r.ghosts))
	for i := range r.order {
		n := 0
		for _, o := range together[groupOf[i]] {
			n += count[o]
		}
		out = append(out, n)
		count[groupOf[i]]++
	}
	for _, x := range r.ghosts {
		mine := group{like: Ticket{Service: x.service}, desks: make([]bool, len(r.desks))}
		for d := range r.desks {
			mine.desks[d] = r.desks[d].Takes(mine.like)
		}
		n := 0
		for g := range r.groups {
			if shares(mine, r.groups[g]) {
				n += count[g]
			}
		}
		out = append(out, n)
	}
	return out
}
