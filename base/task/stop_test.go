package task_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/task"
	"luukku/base/task/tasktest"
)

func TestStopWaitsForTheHandlerAndGivesBackTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			time.Sleep(10 * time.Second)
			return nil
		})
		r.Workers = []int{1}
		add(t, s, "a")
		add(t, s, "b")
		stop := start(r)
		time.Sleep(5 * time.Second)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if got := time.Since(seen.began); got != 10*time.Second {
			t.Errorf("got stopped after %v, want 10s, when the handler ended", got)
		}
		wantLen(t, s, 1, 0)
		if got, _ := s.Claim(context.Background(), r.Buckets, time.Now().Unix(), 0, []int{9}); len(got) != 1 {
			t.Errorf("got %d tasks due at once after the stop, want 1", len(got))
		}
	})
}

func TestStopCutsALongHandlerAndLeavesItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		wait := func(ctx context.Context, one task.Task) error {
			seen.note(one)
			if one.Tries > 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}
		r := newRunner(s, wait)
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Second)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if got := time.Since(seen.began); got != 21*time.Second {
			t.Errorf("got stopped after %v, want 21s: a second and the grace", got)
		}
		stop = start(newRunner(s, wait))
		time.Sleep(5 * time.Minute)
		_ = stop()
		wantLen(t, s, 0, 0)
		if len(seen.times()) != 2 || seen.times()[1] < 2*time.Minute || seen.times()[1] > 2*time.Minute+2*time.Second {
			t.Errorf("got calls at %v, want the second when the lease of 2m ended", seen.times())
		}
	})
}

func TestHandlerThatNeverListensIsLeftBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, began := &tasktest.Memory{}, time.Now()
		r := newRunner(s, func(context.Context, task.Task) error { time.Sleep(time.Minute); return nil })
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Second)
		if err := stop(); err == nil || !strings.Contains(err.Error(), "1 tasks") {
			t.Errorf("got %v, want that a task was left", err)
		}
		if got := time.Since(began); got != 23*time.Second {
			t.Errorf("got stopped after %v, want 23s", got)
		}
		time.Sleep(time.Hour)
	})
}
