package task_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/clock"
	"luukku/base/task"
	"luukku/base/task/tasktest"
)

func TestTwoServersDoEachTaskOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		h := func(_ context.Context, one task.Task) error {
			seen.note(one)
			time.Sleep(5 * time.Millisecond)
			return nil
		}
		for i := range 500 {
			add(t, s, "t"+strconv.Itoa(i))
		}
		stopA, stopB := start(newRunner(s, h)), start(newRunner(s, h))
		time.Sleep(700 * time.Millisecond)
		// 500 tasks of 5 ms by 8 workers take 0.32 s when no worker waits for the next look.
		wantLen(t, s, 0, 0)
		_, _ = stopA(), stopB()
		if seen.tasks() != 500 || len(seen.times()) != 500 {
			t.Errorf("got %d calls for %d tasks, want 500 and 500", len(seen.times()), seen.tasks())
		}
	})
}

func TestClockThatJumpsAheadStartsNothingTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		movable := clock.NewMovable(time.Now, 0)
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			time.Sleep(30 * time.Second)
			return nil
		})
		r.Now = movable.Now
		add(t, s, "a")
		stop := start(r)
		time.Sleep(10 * time.Second)
		movable.Forward(24 * time.Hour)
		time.Sleep(time.Minute)
		_ = stop()
		if len(seen.times()) != 1 {
			t.Errorf("got %d calls, want 1", len(seen.times()))
		}
		wantLen(t, s, 0, 0)
	})
}

// jumpy is a store on which a task ends just as its second claim, which a jump of the clock allowed, has come through.
type jumpy struct {
	*tasktest.Memory
	end func()
}

func (j *jumpy) Claim(ctx context.Context, buckets []int, now, leaseUntil int64, room []int) ([]task.Task, error) {
	got, err := j.Memory.Claim(ctx, buckets, now, leaseUntil, room)
	if len(got) == 1 && got[0].Tries == 2 {
		j.end()
		// Time enough for the outcome to be told under the first lease, if the runner would.
		time.Sleep(50 * time.Millisecond)
	}
	return got, err
}

func TestClockThatJumpsAheadAsATaskEndsLosesNoLease(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	s, seen := &jumpy{Memory: &tasktest.Memory{}, end: sync.OnceFunc(func() { close(ended) })}, newCalls()
	movable := clock.NewMovable(time.Now, 0)
	began, done := make(chan struct{}, 2), make(chan struct{})
	r := newRunner(s, func(_ context.Context, one task.Task) error {
		seen.note(one)
		began <- struct{}{}
		<-ended
		return nil
	})
	var log bytes.Buffer
	r.Now, r.Poll, r.Log = movable.Now, time.Millisecond, slog.New(slog.NewTextHandler(&log, nil))
	add(t, s.Memory, "a")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { defer close(done); _ = r.Run(ctx) }()
	<-began
	movable.Forward(24 * time.Hour)
	<-ended
	for range 1000 {
		if live, _ := s.Len(); live == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	<-done
	wantLen(t, s.Memory, 0, 0)
	if len(seen.times()) != 1 || log.Len() > 0 {
		t.Errorf("got %d calls, want 1, and nothing logged:\n%s", len(seen.times()), log.String())
	}
}

func TestTaskWhoseTimeHasNotComeIsDoneThenAndHasNotFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		var log bytes.Buffer
		began := time.Now()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			if wait := time.Hour - time.Since(began); wait > 0 {
				return task.NotYet(wait, errors.New("too early"))
			}
			return nil
		})
		r.Log = slog.New(slog.NewTextHandler(&log, nil))
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Hour - time.Second)
		if n := len(seen.times()); n != 1 {
			t.Errorf("a second before its time: got %d calls, want 1", n)
		}
		time.Sleep(3 * time.Second)
		_ = stop()
		wantLen(t, s, 0, 0)
		if len(seen.times()) != 2 || strings.Contains(log.String(), "task.failed") {
			t.Errorf("got %d calls, want 2 and no failure:\n%s", len(seen.times()), log.String())
		}
	})
}

// broken is a store that fails until it is mended.
type broken struct {
	*tasktest.Memory
	claims, dones atomic.Int64 // how many of the next fail
}

var errDown = errors.New("database down")

func (b *broken) Claim(ctx context.Context, buckets []int, now, leaseUntil int64, room []int) ([]task.Task, error) {
	if b.claims.Add(-1) >= 0 {
		return nil, errDown
	}
	return b.Memory.Claim(ctx, buckets, now, leaseUntil, room)
}

func (b *broken) Done(ctx context.Context, t task.Task) error {
	if b.dones.Add(-1) >= 0 {
		return errDown
	}
	return b.Memory.Done(ctx, t)
}

func TestOutageOfTheStoreIsSurvivedAndLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &broken{Memory: &tasktest.Memory{}}, newCalls()
		var log bytes.Buffer
		r := newRunner(s, func(_ context.Context, one task.Task) error { seen.note(one); return nil })
		r.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.claims.Store(30)
		s.dones.Store(2)
		add(t, s.Memory, "a")
		stop := start(r)
		time.Sleep(time.Minute)
		_ = stop()
		wantLen(t, s.Memory, 0, 0)
		if len(seen.times()) != 1 {
			t.Errorf("got %d calls, want 1: the outcome is told again, the work is not done again", len(seen.times()))
		}
		if got := strings.Count(log.String(), "task.claim_failed"); got != 1 {
			t.Errorf("got the outage logged %d times, want once:\n%s", got, log.String())
		}
	})
}

func TestOutcomeThatCannotBeToldIsDoneAgainAfterTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &broken{Memory: &tasktest.Memory{}}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error { seen.note(one); return nil })
		s.dones.Store(3)
		add(t, s.Memory, "a")
		stop := start(r)
		time.Sleep(5 * time.Minute)
		_ = stop()
		wantLen(t, s.Memory, 0, 0)
		if len(seen.times()) != 2 || seen.times()[1] < 2*time.Minute {
			t.Errorf("got calls at %v, want a second one after the lease of 2m", seen.times())
		}
	})
}
