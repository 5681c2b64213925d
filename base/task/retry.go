package task

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"luukku/base/fault"
)

const (
	firstWait = 5 * time.Second
	lastWait  = time.Hour
	maxError  = 500
)

// backoff returns how long to wait after a failure, in whole seconds: twice as long each time, up to an hour, a quarter more or less by chance so that
// what failed together does not come back together.
func (r *Runner) backoff(tries int, err error) time.Duration {
	wait := lastWait
	if shift := max(tries-1, 0); shift < 20 {
		wait = min(firstWait<<shift, lastWait)
	}
	wait += time.Duration((r.chance() - 0.5) * float64(wait) / 2)
	wait = max(wait, fault.Of(err).RetryAfter)
	return max(time.Second, (wait + time.Second - 1).Truncate(time.Second))
}

// chance returns a number from 0 to 1, or a half when there is no source of it.
func (r *Runner) chance() float64 {
	if r.Rand == nil {
		return 0.5
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var b [4]byte
	if _, err := io.ReadFull(r.Rand, b[:]); err != nil {
		return 0.5
	}
	return float64(binary.BigEndian.Uint32(b[:])) / (1 << 32)
}

// shorten holds an error's text to what the store keeps: valid UTF-8 without NUL.
func shorten(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), maxError)], ""), "\x00", "")
}

// panicked turns what a handler panicked with into an error. Only the runtime's own words are kept, others might be personal.
func panicked(p any) error {
	if err, ok := p.(runtime.Error); ok {
		return fmt.Errorf("the handler panicked: %w", err)
	}
	return fmt.Errorf("the handler panicked with a %T", p)
}

func stack() string {
	buf := make([]byte, 8<<10)
	return string(buf[:runtime.Stack(buf, false)])
}

// period is a kind of task that comes at an interval.
type period struct {
	kind    string
	seconds int64
	planned int64 // the number of the last interval a task was recorded for
}

// Every has a task of the kind run once an interval, in whole seconds and at their multiples since 1970, on one server whichever it is. Nothing is
// made up for when no server ran, but what was planned before then is still done. Call it before Run.
func (r *Runner) Every(kind string, interval time.Duration) {
	r.periods = append(r.periods, &period{kind: kind, seconds: max(1, int64(interval/time.Second))})
}

// plan records the next task of each period. That one lies ahead, so every server names the same "kind@time" and one of them wins; and it is
// recorded before it is due, so none is planned again after it was done.
func (r *Runner) plan(ctx context.Context) {
	now := r.Now().Unix()
	for _, p := range r.periods {
		next := now/p.seconds + 1
		if next <= p.planned {
			continue
		}
		at := next * p.seconds
		t := Task{Bucket: BucketOf(p.kind), ID: r.NewID(), Kind: p.kind, Uniq: fmt.Sprintf("%s@%d", p.kind, at), Args: json.RawMessage("{}"), RunAt: at}
		if _, err := r.Store.Add(ctx, t, now); err != nil {
			if ctx.Err() == nil {
				r.Log.Error("task.plan_failed", "kind", p.kind, "error", err)
			}
			continue
		}
		p.planned = next
	}
}
