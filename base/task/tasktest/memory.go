// Package tasktest holds what every task.Store must pass, and a Store in memory that does, for tests of what runs on tasks.
package tasktest

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"luukku/base/ids"
	"luukku/base/task"
)

// Memory is a task.Store that forgets. The zero Memory is empty and ready.
type Memory struct {
	mu   sync.Mutex
	rows map[key]*row
}

type key struct {
	bucket int
	id     ids.Task
}

type row struct {
	task.Task
	lastError string
	dead      bool
}

var _ task.Store = (*Memory)(nil)

// Add is task.Store's.
func (m *Memory) Add(_ context.Context, t task.Task, _ int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.Bucket == t.Bucket && r.Kind == t.Kind && r.Uniq == t.Uniq {
			return false, nil
		}
	}
	if m.rows == nil {
		m.rows = map[key]*row{}
	}
	t.Tries = 0
	m.rows[key{t.Bucket, t.ID}] = &row{Task: t}
	return true, nil
}

// Claim is task.Store's.
func (m *Memory) Claim(ctx context.Context, buckets []int, now, leaseUntil int64, room []int) ([]task.Task, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []*row
	for _, r := range m.rows {
		if !r.dead && r.RunAt <= now && slices.Contains(buckets, r.Bucket) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b *row) int { return cmp.Or(cmp.Compare(a.RunAt, b.RunAt), cmp.Compare(a.ID, b.ID)) })
	var out []task.Task
	for lane, most := range room {
		for _, r := range due {
			if r.Lane != lane || most == 0 {
				continue
			}
			most--
			r.RunAt = leaseUntil
			r.Tries++
			out = append(out, r.Task)
		}
	}
	return out, nil
}

// Done is task.Store's.
func (m *Memory) Done(_ context.Context, t task.Task) error {
	return m.settle(t, func(*row) { delete(m.rows, key{t.Bucket, t.ID}) })
}

// Retry is task.Store's.
func (m *Memory) Retry(_ context.Context, t task.Task, runAt int64, lastError string) error {
	return m.settle(t, func(r *row) { r.RunAt, r.lastError = runAt, lastError })
}

// Dead is task.Store's.
func (m *Memory) Dead(_ context.Context, t task.Task, _ int64, lastError string) error {
	return m.settle(t, func(r *row) { r.dead, r.lastError = true, lastError })
}

// settle changes a task that is still under the lease.
func (m *Memory) settle(t task.Task, change func(*row)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[key{t.Bucket, t.ID}]
	if r == nil || r.dead || r.Tries != t.Tries {
		return task.ErrLeaseLost
	}
	change(r)
	return nil
}

// Len returns how many tasks wait or run, and how many are dead letters.
func (m *Memory) Len() (live, dead int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.dead {
			dead++
		} else {
			live++
		}
	}
	return live, dead
}

// LastError returns what the task of the kind last failed with.
func (m *Memory) LastError(kind string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.Kind == kind {
			return r.lastError
		}
	}
	return ""
}
