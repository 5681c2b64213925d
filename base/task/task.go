// Package task runs durable jobs in the background: what a commit recorded is done soon, once if nothing fails, and not forgotten if something
// does.
//
// A Runner claims due tasks from a Store under a lease, calls the handler of their kind, and takes them away when it succeeded. A task that fails is
// tried again, later each time; one that cannot succeed, or has failed too often, becomes a dead letter for people to look at. A process that dies
// leaves its lease to run out, and another takes over: so a handler may run twice for one task and must bear it. The package knows no room; what is
// done, and telling the store's tables what to do, is left to others. The suite in tasktest says what a Store must hold to.
package task

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"time"

	"luukku/base/ids"
)

// Buckets is how many buckets tasks are spread over. Servers may share them out.
const Buckets = 64

// BucketOf returns the bucket, 0 to 63, of whatever an id or key names: the same for the same text, for ever.
func BucketOf(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % Buckets)
}

// Task is one job.
type Task struct {
	// Bucket and ID name the task.
	Bucket int
	ID     ids.Task
	// Kind says which handler does it.
	Kind string
	// Lane is whose workers do it: jobs of one lane never wait for those of another. The numbers are the runner's owner's; they are stored.
	Lane int
	// Uniq is what the job is about, such as a notice's id. It is never empty: a bucket holds one task of a kind and Uniq.
	Uniq string
	// Args is a JSON object for the handler.
	Args json.RawMessage
	// RunAt is when the task is due, in Unix seconds. While it is claimed, it is when the lease ends.
	RunAt int64
	// Tries is how often it was claimed, this time included. With the id it names one lease.
	Tries int
}

// ErrLeaseLost says that a task is not held under the lease any more: it ran out and somebody else claimed the task, or the task is gone.
var ErrLeaseLost = errors.New("task: the lease was lost")

// Store keeps tasks. Rooms record theirs in their own transactions; Add is for periodic ones. It is safe for concurrent use.
type Store interface {
	// Claim takes tasks of the buckets that are due at now (RunAt <= now) and not dead: of each lane up to as many as room has for it, the longest due first and
	// then by id. It sets their RunAt to leaseUntil, adds one to their Tries, and returns them so, lane by lane. Two callers never get one task under the same lease.
	Claim(ctx context.Context, buckets []int, now, leaseUntil int64, room []int) ([]Task, error)
	// Done takes a claimed task away. Done, Retry and Dead return ErrLeaseLost, and change nothing, when the task's id and Tries are no
	// longer those of the latest claim.
	Done(ctx context.Context, t Task) error
	// Retry makes a claimed task due at runAt and keeps lastError for people to read.
	Retry(ctx context.Context, t Task, runAt int64, lastError string) error
	// Dead makes a claimed task a dead letter: it stays, and is never claimed again.
	Dead(ctx context.Context, t Task, now int64, lastError string) error
	// Add records a task, with no Tries. It returns false, and changes nothing, when its bucket holds one of the same Kind and Uniq.
	Add(ctx context.Context, t Task, now int64) (added bool, err error)
}

// Handler does one task. The context ends before the lease does; a handler that goes on regardless may run beside its successor. A nil error takes the
// task away; any other brings it back, unless it is Permanent. A fault with a RetryAfter is tried again no sooner.
//
// The error's text is logged and kept, so it holds nothing personal.
type Handler func(ctx context.Context, t Task) error

// permanent marks an error.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error as not worth trying again: the task becomes a dead letter at once. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// notYet marks an error.
type notYet struct {
	error
	wait time.Duration
}

func (n notYet) Unwrap() error { return n.error }

// NotYet says that the time of a task has not come, and why: it has not failed, and is done again after wait, in whole seconds.
func NotYet(wait time.Duration, why error) error { return notYet{why, wait} }

// IsPermanent reports whether err was marked by Permanent.
func IsPermanent(err error) bool {
	_, ok := errors.AsType[permanent](err)
	return ok
}
