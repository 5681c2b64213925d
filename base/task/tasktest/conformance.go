package tasktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/ids"
	"luukku/base/task"
)

// now and later are a moment and the end of a lease taken at it, in Unix seconds.
const (
	now   = 1_795_176_000
	later = now + 60
)

// Conformance runs the suite that every task.Store must pass. Open returns an empty store for each test and closes it when the test ends.
func Conformance(t *testing.T, open func(*testing.T) task.Store) {
	for name, test := range map[string]func(*testing.T, task.Store){
		"claims what is due, the longest due first": claimsInOrder,
		"a claim takes no more than asked":          claimsWithinLimit,
		"only the asked buckets are claimed":        claimsBuckets,
		"each lane is claimed by itself":            claimsLanes,
		"a lease holds until it ends":               leaseHolds,
		"a task that is done is gone":               doneIsGone,
		"a retry waits for its time":                retryWaits,
		"a dead letter is never claimed":            deadStaysDead,
		"who lost the lease changes nothing":        lostLease,
		"one task for one thing":                    oneForOneThing,
		"claims at once never share a task":         claimsApart,
		"a task comes back as it was recorded":      roundTrip,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// add records a task due at runAt.
func add(t *testing.T, s task.Store, bucket int, id string, runAt int64) task.Task {
	t.Helper()
	one := task.Task{Bucket: bucket, ID: ids.Task(id), Kind: "test.kind", Uniq: id, Args: json.RawMessage(`{}`), RunAt: runAt}
	if ok, err := s.Add(context.Background(), one, now); err != nil || !ok {
		t.Fatalf("add %s: got %v %v, want it recorded", id, ok, err)
	}
	return one
}

// claim returns the ids that a claim at a moment brings.
func claim(t *testing.T, s task.Store, at int64, limit int, buckets ...int) []task.Task {
	t.Helper()
	got, err := s.Claim(context.Background(), buckets, at, at+60, []int{limit})
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return got
}

func wantIDs(t *testing.T, got []task.Task, want ...string) {
	t.Helper()
	var have []string
	for _, g := range got {
		have = append(have, string(g.ID))
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Fatalf("claimed tasks (-want +got):\n%s", diff)
	}
}

func claimsInOrder(t *testing.T, s task.Store) {
	add(t, s, 1, "d", now+1)
	add(t, s, 2, "c", now)
	add(t, s, 1, "b", now)
	add(t, s, 1, "a", now-5)
	add(t, s, 1, "z", now-9)
	wantIDs(t, claim(t, s, now, 10, 1, 2, 3), "z", "a", "b", "c")
	wantIDs(t, claim(t, s, now+1, 10, 1, 2, 3), "d")
}

func claimsWithinLimit(t *testing.T, s task.Store) {
	for i, id := range []string{"a", "b", "c"} {
		add(t, s, i, id, now-10+int64(i))
	}
	wantIDs(t, claim(t, s, now, 2, 0, 1, 2), "a", "b")
	wantIDs(t, claim(t, s, now, 2, 0, 1, 2), "c")
}

func claimsBuckets(t *testing.T, s task.Store) {
	add(t, s, 0, "a", now)
	add(t, s, 63, "b", now)
	wantIDs(t, claim(t, s, now, 10, 63, 5), "b")
	wantIDs(t, claim(t, s, now, 10))
	wantIDs(t, claim(t, s, now, 10, 0), "a")
}

func claimsLanes(t *testing.T, s task.Store) {
	for i, id := range []string{"a", "b", "c", "d"} {
		one := task.Task{Bucket: i, ID: ids.Task(id), Kind: "test.kind", Uniq: id, RunAt: now - int64(i), Lane: 2 * (i % 2)}
		if ok, err := s.Add(context.Background(), one, now); err != nil || !ok {
			t.Fatalf("add %s: got %v %v, want it recorded", id, ok, err)
		}
	}
	lanes := func(room ...int) (got []task.Task) {
		t.Helper()
		got, err := s.Claim(context.Background(), []int{0, 1, 2, 3}, now, later, room)
		if err != nil {
			t.Fatalf("claim: %v", err)
		}
		return got
	}
	wantIDs(t, lanes(0, 5), []string(nil)...)
	wantIDs(t, lanes(), []string(nil)...)
	got := lanes(1, 5, 1)
	wantIDs(t, got, "c", "d")
	if got[0].Lane != 0 || got[1].Lane != 2 {
		t.Errorf("got lanes %d and %d, want 0 and 2", got[0].Lane, got[1].Lane)
	}
	wantIDs(t, lanes(5, 5), "a")
	wantIDs(t, lanes(5, 5, 5), "b")
}

func leaseHolds(t *testing.T, s task.Store) {
	add(t, s, 1, "a", now-100)
	first := claim(t, s, now, 10, 1)
	wantIDs(t, first, "a")
	if first[0].Tries != 1 || first[0].RunAt != later {
		t.Errorf("got tries %d and run at %d, want 1 and %d", first[0].Tries, first[0].RunAt, later)
	}
	wantIDs(t, claim(t, s, later-1, 10, 1))
	second := claim(t, s, later, 10, 1)
	wantIDs(t, second, "a")
	if second[0].Tries != 2 {
		t.Errorf("got tries %d, want 2", second[0].Tries)
	}
}

func doneIsGone(t *testing.T, s task.Store) {
	one := add(t, s, 1, "a", now)
	add(t, s, 2, "b", now+1)
	got := claim(t, s, now, 10, 1)
	if err := s.Done(context.Background(), got[0]); err != nil {
		t.Fatalf("done: %v", err)
	}
	wantIDs(t, claim(t, s, now+1_000_000, 10, 1, 2), "b")
	if ok, err := s.Add(context.Background(), one, now); err != nil || !ok {
		t.Errorf("got %v %v for the same thing once it was done, want it recorded", ok, err)
	}
}

func retryWaits(t *testing.T, s task.Store) {
	add(t, s, 1, "a", now)
	got := claim(t, s, now, 10, 1)
	if err := s.Retry(context.Background(), got[0], now+5, "no answer"); err != nil {
		t.Fatalf("retry: %v", err)
	}
	wantIDs(t, claim(t, s, now+4, 10, 1))
	again := claim(t, s, now+5, 10, 1)
	wantIDs(t, again, "a")
	if again[0].Tries != 2 {
		t.Errorf("got tries %d, want 2", again[0].Tries)
	}
}

func deadStaysDead(t *testing.T, s task.Store) {
	add(t, s, 1, "a", now)
	got := claim(t, s, now, 10, 1)
	if err := s.Dead(context.Background(), got[0], now, "no such mailbox"); err != nil {
		t.Fatalf("dead: %v", err)
	}
	wantIDs(t, claim(t, s, now+1_000_000, 10, 1))
}

func lostLease(t *testing.T, s task.Store) {
	ctx := context.Background()
	add(t, s, 1, "a", now)
	old := claim(t, s, now, 10, 1)[0]
	held := claim(t, s, later, 10, 1)[0]
	unknown := held
	unknown.ID = "never-recorded"
	for name, err := range map[string]error{
		"done":            s.Done(ctx, old),
		"retry":           s.Retry(ctx, old, now, "late"),
		"dead":            s.Dead(ctx, old, now, "late"),
		"done of nothing": s.Done(ctx, unknown),
	} {
		if !errors.Is(err, task.ErrLeaseLost) {
			t.Errorf("%s: got %v, want %v", name, err, task.ErrLeaseLost)
		}
	}
	wantIDs(t, claim(t, s, later+59, 10, 1))
	if err := s.Done(ctx, held); err != nil {
		t.Errorf("got %v from the one who holds the lease, want none", err)
	}
	if err := s.Done(ctx, held); !errors.Is(err, task.ErrLeaseLost) {
		t.Errorf("done twice: got %v, want %v", err, task.ErrLeaseLost)
	}
}

func oneForOneThing(t *testing.T, s task.Store) {
	ctx := context.Background()
	one := add(t, s, 1, "a", now)
	same, kind, bucket := one, one, one
	same.ID, same.RunAt = "b", now-50
	kind.ID, kind.Kind = "c", "test.other"
	bucket.ID, bucket.Bucket = "d", 2
	if ok, err := s.Add(ctx, same, now); err != nil || ok {
		t.Errorf("got %v %v for the same thing again, want false", ok, err)
	}
	for _, other := range []task.Task{kind, bucket} {
		if ok, err := s.Add(ctx, other, now); err != nil || !ok {
			t.Errorf("got %v %v for another thing, want it recorded", ok, err)
		}
	}
	wantIDs(t, claim(t, s, now, 10, 1, 2), "a", "c", "d")
	if ok, err := s.Add(ctx, same, now); err != nil || ok {
		t.Errorf("got %v %v for the same thing while it is claimed, want false", ok, err)
	}
}

func claimsApart(t *testing.T, s task.Store) {
	const tasks, claimers = 60, 6
	for i := range tasks {
		add(t, s, i%4, fmt.Sprintf("t%03d", i), now-int64(i))
	}
	var mu sync.Mutex
	seen := map[ids.Task]int{}
	var wg sync.WaitGroup
	for range claimers {
		wg.Go(func() {
			for misses := 0; misses < 50; {
				got, err := s.Claim(context.Background(), []int{0, 1, 2, 3}, now, later, []int{7})
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				mu.Lock()
				for _, g := range got {
					seen[g.ID]++
				}
				all := len(seen) == tasks
				mu.Unlock()
				if all {
					return
				}
				if len(got) == 0 {
					// What another claimer holds locked may be passed over.
					misses++
				}
			}
		})
	}
	wg.Wait()
	if len(seen) != tasks {
		t.Errorf("got %d tasks claimed, want %d", len(seen), tasks)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("got %s claimed %d times under one lease, want once", id, n)
		}
	}
}

func roundTrip(t *testing.T, s task.Store) {
	want := task.Task{Bucket: 63, ID: "t1", Kind: "test.kind", Uniq: "näyte@1", Lane: 3, Args: json.RawMessage(`{"a":"å\"\\u0001","n":12345678901}`), RunAt: now - 7}
	if _, err := s.Add(context.Background(), want, now); err != nil {
		t.Fatal(err)
	}
	got, err := s.Claim(context.Background(), []int{63}, now, later, []int{1, 1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	want.RunAt, want.Tries = later, 1
	if diff := cmp.Diff([]task.Task{want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
