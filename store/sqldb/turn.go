package sqldb

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// turn is the right to write, which one has at a time, and the queue before it: first come, first served.
type turn struct {
	mu     sync.Mutex
	held   bool
	closed bool
	queue  []*member
}

// enter joins the queue at its end, or is called at once when nobody has the turn.
func (t *turn) enter(m *member) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	if !t.held {
		t.held = true
		m.calls <- call{lead: true}
		return nil
	}
	t.queue = append(t.queue, m)
	return nil
}

// wait waits to be called. Whoever is still in the queue when the context ends leaves it.
func (t *turn) wait(m *member) (call, error) {
	select {
	case c := <-m.calls:
		return c, nil
	case <-m.ctx.Done():
		if t.leave(m) {
			return call{}, fmt.Errorf("wait for a turn to write: %w", m.ctx.Err())
		}
		return <-m.calls, nil
	}
}

// leave takes a member out of the queue; false when it is no longer there, because it was called.
func (t *turn) leave(m *member) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.queue, m)
	if i < 0 {
		return false
	}
	t.queue = slices.Delete(t.queue, i, i+1)
	return true
}

// take waits for the turn, to keep it until pass.
func (t *turn) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := newMember(ctx, nil)
	m.alone = true
	if err := t.enter(m); err != nil {
		return err
	}
	c, err := t.wait(m)
	if err != nil {
		return err
	}
	return c.answer
}

// pass gives the turn to the next in the queue.
func (t *turn) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.held = false
		return
	}
	t.pop().calls <- call{lead: true}
}

// next takes the first out of the queue, if there is one and it joins.
func (t *turn) next() *member {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 || t.queue[0].alone {
		return nil
	}
	return t.pop()
}

func (t *turn) pop() *member {
	m := t.queue[0]
	t.queue[0] = nil
	t.queue = t.queue[1:]
	return m
}

// putBack puts members at the head of the queue, each to be called to a turn of its own.
func (t *turn) putBack(members []*member) {
	if len(members) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range members {
		m.alone = true
	}
	t.queue = slices.Concat(members, t.queue)
}

func (t *turn) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.queue)
}

// close sends everybody in the queue away, and whoever comes later. The turn must be held, and is kept.
func (t *turn) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, m := range t.queue {
		m.calls <- call{answer: ErrClosed}
	}
	t.queue = nil
}
