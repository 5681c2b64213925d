package task_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/base/task/tasktest"
)

// newRunner returns a runner on the bubble's clock that knows one kind.
func newRunner(s task.Store, h task.Handler) *task.Runner {
	return &task.Runner{
		Store: s, Now: time.Now, Rand: rand.NewChaCha8([32]byte{1}), Handlers: map[string]task.Handler{"mail": h},
		NewID: func() ids.Task { return ids.Task("p" + strconv.FormatInt(serial.Add(1), 10)) },
	}
}

var serial atomic.Int64

// add records a task of the kind mail that is due now.
func add(t *testing.T, s task.Store, id string) {
	t.Helper()
	one := task.Task{Bucket: task.BucketOf(id), ID: ids.Task(id), Kind: "mail", Uniq: id, Args: json.RawMessage("{}"), RunAt: time.Now().Unix()}
	if ok, err := s.Add(context.Background(), one, time.Now().Unix()); err != nil || !ok {
		t.Fatalf("add: got %v %v, want it recorded", ok, err)
	}
}

// start runs the runner and returns how to stop it, which returns what Run returned.
func start(r *task.Runner) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

// calls counts a handler's calls and remembers when they came, since it was made.
type calls struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Duration
	byID  map[ids.Task]int
}

func newCalls() *calls { return &calls{began: time.Now(), byID: map[ids.Task]int{}} }

func (c *calls) note(t task.Task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = append(c.at, time.Since(c.began))
	c.byID[t.ID]++
}

// times returns when the calls came.
func (c *calls) times() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.at)
}

// tasks returns how many different tasks were called for.
func (c *calls) tasks() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byID)
}

func wantLen(t *testing.T, s *tasktest.Memory, live, dead int) {
	t.Helper()
	if l, d := s.Len(); l != live || d != dead {
		t.Errorf("got %d live and %d dead tasks, want %d and %d", l, d, live, dead)
	}
}

func TestKickStartsATaskAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error { seen.note(one); return nil })
		r.Poll = time.Hour
		stop := start(r)
		time.Sleep(10 * time.Second)
		add(t, s, "a")
		r.Kick()
		synctest.Wait()
		if len(seen.times()) != 1 || seen.times()[0] != 10*time.Second {
			t.Errorf("got calls at %v, want one at the kick, 10s", seen.times())
		}
		wantLen(t, s, 0, 0)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestTaskIsFoundWithoutAKick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error { seen.note(one); return nil })
		r.Kick()
		stop := start(r)
		time.Sleep(10*time.Second + 300*time.Millisecond)
		add(t, s, "a")
		time.Sleep(time.Second)
		if len(seen.times()) != 1 {
			t.Errorf("got calls at %v, want one within a second", seen.times())
		}
		_ = stop()
	})
}

func TestFailedTaskComesBackLaterEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			if one.Tries < 14 {
				return errors.New("no answer")
			}
			return nil
		})
		add(t, s, "a")
		stop := start(r)
		time.Sleep(24 * time.Hour)
		if len(seen.times()) != 14 {
			t.Fatalf("got %d calls, want 14", len(seen.times()))
		}
		for i := 1; i < len(seen.times()); i++ {
			mean := min(5*time.Second<<(i-1), time.Hour)
			// A quarter either way, whole seconds, and the next look a second later at most.
			if got := seen.times()[i] - seen.times()[i-1]; got < mean*3/4 || got > mean*5/4+2*time.Second {
				t.Errorf("got %v before try %d, want %v give or take a quarter", got, i+1, mean)
			}
		}
		wantLen(t, s, 0, 0)
		_ = stop()
	})
}

func TestTasksThatFailedTogetherComeBackApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			if one.Tries < 6 {
				return errors.New("no answer")
			}
			return nil
		})
		for i := range 20 {
			add(t, s, "t"+strconv.Itoa(i))
		}
		stop := start(r)
		time.Sleep(time.Hour)
		apart := map[time.Duration]bool{}
		for _, at := range seen.times()[100:] {
			apart[at] = true
		}
		if len(seen.times()) != 120 || len(apart) < 10 {
			t.Errorf("got %d calls and the last tries at %d moments, want 120 and 10 or more", len(seen.times()), len(apart))
		}
		_ = stop()
	})
}

func TestTaskThatFailsTooOftenIsADeadLetter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			return errors.New("no answer\x00" + strings.Repeat("ä", 1000))
		})
		r.MaxTries = 3
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Hour)
		if len(seen.times()) != 3 {
			t.Errorf("got %d calls, want 3", len(seen.times()))
		}
		wantLen(t, s, 0, 1)
		got := s.LastError("mail")
		if !strings.HasPrefix(got, "no answerä") || len(got) > 500 || strings.ContainsAny(got, "\x00\ufffd") {
			t.Errorf("got last error %q, want it shortened and clean", got)
		}
		_ = stop()
	})
}

func TestPermanentErrorIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		cause := errors.New("no such mailbox")
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			return errors.Join(errors.New("send"), task.Permanent(cause))
		})
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Hour)
		if len(seen.times()) != 1 {
			t.Errorf("got %d calls, want 1", len(seen.times()))
		}
		wantLen(t, s, 0, 1)
		_ = stop()
		if task.Permanent(nil) != nil || task.IsPermanent(cause) || !errors.Is(task.Permanent(cause), cause) {
			t.Error("got the mark wrong, want nil kept, the unmarked unmarked and the cause reachable")
		}
	})
}

func TestWaitThatAFaultAsksForIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			seen.note(one)
			if one.Tries == 1 {
				return fault.Unavailable("mail.busy", 90*time.Second+time.Millisecond)
			}
			return nil
		})
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Hour)
		if len(seen.times()) != 2 || seen.times()[1]-seen.times()[0] < 90*time.Second || seen.times()[1]-seen.times()[0] > 93*time.Second {
			t.Errorf("got calls at %v, want two, 91s apart", seen.times())
		}
		_ = stop()
	})
}

func TestPanicAndUnknownKindAreFailuresLikeAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tasktest.Memory{}
		var log bytes.Buffer
		r := newRunner(s, func(context.Context, task.Task) error { panic("Specimen, Ulla") })
		r.Log = slog.New(slog.NewTextHandler(&log, nil))
		r.MaxTries = 2
		add(t, s, "a")
		other := task.Task{Bucket: 1, ID: "b", Kind: "fax", Uniq: "b", Args: json.RawMessage("{}"), RunAt: time.Now().Unix()}
		if _, err := s.Add(context.Background(), other, 0); err != nil {
			t.Fatal(err)
		}
		stop := start(r)
		time.Sleep(time.Hour)
		_ = stop()
		wantLen(t, s, 0, 2)
		if got := s.LastError("mail"); got != "the handler panicked with a string" {
			t.Errorf("got %q, want that it panicked, without the words", got)
		}
		if got := s.LastError("fax"); !strings.Contains(got, `"fax"`) {
			t.Errorf("got %q, want the kind named", got)
		}
		if strings.Contains(log.String(), "Specimen") {
			t.Errorf("got what the handler panicked with in the log: %s", log.String())
		}
	})
}

func TestHandlersContextEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tasktest.Memory{}
		var left time.Duration
		r := newRunner(s, func(ctx context.Context, _ task.Task) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		})
		r.Lease = 40 * time.Second
		add(t, s, "a")
		stop := start(r)
		time.Sleep(time.Second)
		_ = stop()
		if left != 30*time.Second {
			t.Errorf("got %v for the handler, want 30s of the 40s", left)
		}
	})
}

func TestPeriodicTaskRunsOnceAnIntervalOnOneServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, seen := &tasktest.Memory{}, newCalls()
		var stops []func() error
		for node := range 3 {
			time.Sleep(7 * time.Second)
			r := newRunner(s, func(_ context.Context, one task.Task) error { seen.note(one); return nil })
			r.Node = node
			r.Every("mail", time.Hour)
			stops = append(stops, start(r))
		}
		time.Sleep(24*time.Hour + time.Minute)
		if len(seen.times()) != 24 {
			t.Fatalf("got %d runs in a day, want 24", len(seen.times()))
		}
		for i, at := range seen.times() {
			if due := seen.began.Add(at).Unix() % 3600; due > 1 {
				t.Errorf("got run %d at %d seconds past the hour, want 0 or 1", i, due)
			}
		}
		for _, stop := range stops {
			_ = stop()
		}
		wantLen(t, s, 1, 0)
	})
}

func TestPeriodicKindNeedsAHandler(t *testing.T) {
	t.Parallel()
	r := newRunner(&tasktest.Memory{}, nil)
	r.Every("sweep", time.Hour)
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "sweep") {
		t.Errorf("got %v, want the kind without a handler named", err)
	}
}

// Buckets are stored: these must never change.
func TestBucketsStayTheSame(t *testing.T) {
	t.Parallel()
	used := map[int]bool{}
	for i := range 2000 {
		b := task.BucketOf(strconv.Itoa(i))
		if b < 0 || b >= task.Buckets {
			t.Fatalf("got bucket %d, want 0 to 63", b)
		}
		used[b] = true
	}
	if len(used) != task.Buckets {
		t.Errorf("got %d buckets used, want all %d", len(used), task.Buckets)
	}
	for id, want := range map[string]int{"": 5, "a": 44, "rekisteri": 39} {
		if got := task.BucketOf(id); got != want {
			t.Errorf("BucketOf(%q): got %d, want %d", id, got, want)
		}
	}
}
