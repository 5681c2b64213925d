package store

import (
	"sync"

	"luukku/domain/booking"
)

// Applied is a change that was committed, with the unit that was taken.
type Applied = booking.Applied

// applied tells this process what was committed: before any of the callers is answered, one batch at a time, in the order of the commits.
func (s *Store) applied(batch []Applied) {
	for _, a := range batch {
		if s.opts.Board != nil {
			s.opts.Board.Apply(a)
		}
		s.tell(a.Change)
	}
}

// doubtful tells this process that a change may have been committed or not: what is in memory is read anew, and nobody is answered from it until then.
func (s *Store) doubtful(c booking.Change) {
	if s.opts.Board != nil {
		s.opts.Board.Doubt(c.Org)
	}
	s.tell(c)
}

func (s *Store) tell(c booking.Change) {
	if s.opts.Live != nil && len(c.Topics) > 0 {
		s.opts.Live.Publish(c.Topics...)
	}
}

// refused says that what this process remembers leaves the change no unit to take. It is asked without a transaction; false is always safe.
func (s *Store) refused(c booking.Change) bool { return s.opts.Board.Refuses(c) }

// order applies what several transactions changed in the order in which they were committed. It is PostgreSQL's: on SQLite one writes at a time.
//
// A transaction takes its place when it has done everything but COMMIT. It has the locks of all its rows then, its node's line of the feed among them.
// So whoever wants one of them comes later, here as in the database; those who want none of them may come in any order.
type order struct {
	mu    sync.Mutex
	queue []*position
}

// position is the place of one transaction. Nil is that of none.
type position struct {
	order   *order
	settled bool
	apply   func() // nil when there is nothing to apply
	done    chan struct{}
}

func (o *order) enter() *position {
	p := &position{order: o, done: make(chan struct{})}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, p)
	return p
}

// committed applies when all before it are settled, and comes back after that.
func (p *position) committed(apply func()) {
	p.settle(apply)
	<-p.done
}

// end gives the place up, unless it was committed: it holds nobody back any more.
func (p *position) end() {
	if p != nil {
		p.settle(nil)
	}
}

// wait comes back when all that was committed by now is applied. So whoever hears "taken" from the database hears nothing that those who ask after them
// are not told from memory, too.
func (o *order) wait() { o.enter().committed(nil) }

func (p *position) settle(apply func()) {
	o := p.order
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.settled {
		return
	}
	p.settled, p.apply = true, apply
	for len(o.queue) > 0 && o.queue[0].settled {
		first := o.queue[0]
		if first.apply != nil {
			first.apply()
		}
		close(first.done)
		o.queue = o.queue[1:]
	}
}
