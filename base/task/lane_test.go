package task_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/base/task/tasktest"
)

// A gateway hangs, and more of its tasks are due than its lane has workers and room: what is in another lane is done all the same, and at once.
func TestLaneThatHangsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &tasktest.Memory{}
		hang, done := make(chan struct{}), newCalls()
		r := newRunner(s, func(_ context.Context, one task.Task) error {
			if one.Lane == 1 {
				<-hang
			}
			done.note(one)
			return nil
		})
		r.Workers = []int{2, 3}
		put := func(lane int, id string) {
			one := task.Task{Bucket: task.BucketOf(id), ID: ids.Task(id), Kind: "mail", Uniq: id, Args: json.RawMessage("{}"), RunAt: time.Now().Unix() - 10, Lane: lane}
			if ok, err := s.Add(context.Background(), one, time.Now().Unix()); err != nil || !ok {
				t.Fatalf("add: got %v %v, want it recorded", ok, err)
			}
		}
		for i := range 100 {
			put(1, fmt.Sprintf("hangs%03d", i))
		}
		stop := start(r)
		synctest.Wait()
		for i := range 20 {
			put(0, fmt.Sprintf("quick%03d", i))
			r.Kick()
			synctest.Wait()
			if got := len(done.times()); got != i+1 {
				t.Fatalf("got %d tasks done beside a lane that hangs, want %d", got, i+1)
			}
		}
		close(hang)
		time.Sleep(time.Minute)
		if got := len(done.times()); got != 120 {
			t.Errorf("got %d tasks done in the end, want 120", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
