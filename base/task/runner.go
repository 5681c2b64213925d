package task

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"luukku/base/ids"
)

// Runner claims tasks and runs their handlers. Set the fields before Run and leave them. Zero durations and numbers take the defaults.
type Runner struct {
	Store    Store
	Now      func() time.Time
	Log      *slog.Logger    // nil: no log
	Rand     io.Reader       // spreads the retries; nil: they are not spread
	NewID    func() ids.Task // names periodic tasks
	Handlers map[string]Handler
	Node     int           // this server's number, for the log
	Buckets  []int         // what this server claims; nil: all
	Poll     time.Duration // how often it looks without a Kick; 1 s
	Lease    time.Duration // how long a claimed task is its own, in whole seconds; 2 min
	Grace    time.Duration // how long a stop waits for handlers; 20 s
	Workers  []int         // handlers at once, by lane; nil: 4, and one lane
	MaxTries int           // claims before a task is dead; 50, which is nearly two days

	once    sync.Once
	kick    chan struct{}
	periods []*period

	// settling keeps a claim and the telling of outcomes apart: a clock that jumps ahead lets the runner claim what it is about to settle, and the
	// outcome must name the lease that then counts. Outcomes are told side by side (read), a claim is alone (write).
	settling sync.RWMutex

	mu      sync.Mutex
	held    map[ids.Task]int // Tries of the latest lease of each task claimed here
	lanes   []*lane
	failing bool // the last claim failed
}

// lane is a queue with its workers.
type lane struct {
	queue chan claimed
	full  bool // the last claim brought as many as it could
}

// claimed is a task with the context its handler gets, which counts from the claim.
type claimed struct {
	Task
	ctx    context.Context
	cancel context.CancelFunc
}

// perWorker is how many claimed tasks wait for each worker, so that not every task costs a claim.
const perWorker = 4

// init fills in the defaults.
func (r *Runner) init() {
	r.once.Do(func() {
		r.kick = make(chan struct{}, 1)
		r.held = map[ids.Task]int{}
		r.Poll = orDefault(r.Poll, time.Second)
		r.Lease = orDefault(r.Lease, 2*time.Minute)
		r.Grace = orDefault(r.Grace, 20*time.Second)
		if r.Workers == nil {
			r.Workers = []int{4}
		}
		for _, n := range r.Workers {
			r.lanes = append(r.lanes, &lane{queue: make(chan claimed, n*perWorker)})
		}
		r.MaxTries = orDefault(r.MaxTries, 50)
		if r.Log == nil {
			r.Log = slog.New(slog.DiscardHandler)
		}
		r.Log = r.Log.With("node", r.Node)
		if r.Buckets == nil {
			for b := range Buckets {
				r.Buckets = append(r.Buckets, b)
			}
		}
	})
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Kick makes the runner look for due tasks at once: call it after a commit that recorded one. It never waits, and may be called before Run.
func (r *Runner) Kick() {
	r.init()
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// Run works until ctx is done. Then it claims no more, gives back what it has not begun, and waits Grace for the handlers that run; after that their
// contexts end, and a handler that goes on all the same is left behind with its lease, which is an error. Run may be called once.
func (r *Runner) Run(ctx context.Context) error {
	r.init()
	for _, p := range r.periods {
		if r.Handlers[p.kind] == nil {
			return fmt.Errorf("task: the periodic kind %q has no handler", p.kind)
		}
	}
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var workers sync.WaitGroup
	for i, l := range r.lanes {
		for range r.Workers[i] {
			workers.Go(func() {
				for c := range l.queue {
					r.do(ctx, work, c)
					if r.wantsMore(l, r.Workers[i]) {
						r.Kick()
					}
				}
			})
		}
	}
	poll := time.NewTicker(r.Poll)
	defer poll.Stop()
	for ctx.Err() == nil {
		r.plan(ctx)
		r.claim(ctx, work)
		select {
		case <-ctx.Done():
		case <-r.kick:
		case <-poll.C:
		}
	}
	for _, l := range r.lanes {
		close(l.queue)
	}
	return r.stop(&workers, cut)
}

// wantsMore reports whether more is due for sure in a lane and its queue has run low.
func (r *Runner) wantsMore(l *lane, workers int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return l.full && len(l.queue) < workers
}

// claim takes as many tasks as the queues have room for.
func (r *Runner) claim(ctx, work context.Context) {
	room, most := make([]int, len(r.lanes)), 0
	for i, l := range r.lanes {
		room[i] = cap(l.queue) - len(l.queue)
		most = max(most, room[i])
	}
	if most == 0 {
		return
	}
	r.settling.Lock()
	defer r.settling.Unlock()
	now := r.Now().Unix()
	tasks, err := r.Store.Claim(ctx, r.Buckets, now, now+r.leaseSeconds(), room)
	if ctx.Err() != nil && err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		// Once per outage, not once a second.
		if !r.failing {
			r.Log.Error("task.claim_failed", "error", err)
		}
		r.failing = true
		for _, l := range r.lanes {
			l.full = false
		}
		return
	}
	if r.failing {
		r.Log.Info("task.claim_works_again")
	}
	r.failing = false
	got := make([]int, len(r.lanes))
	for _, t := range tasks {
		got[t.Lane]++
		_, running := r.held[t.ID]
		r.held[t.ID] = t.Tries
		if running {
			// A clock that jumped ahead ended the lease of a task that is still running here: it goes on under the new one.
			continue
		}
		c := claimed{Task: t}
		c.ctx, c.cancel = context.WithTimeout(work, r.Lease*3/4)
		r.lanes[t.Lane].queue <- c
	}
	for i, l := range r.lanes {
		// A lane without room was not asked, and has what it had.
		l.full = room[i] == 0 && l.full || room[i] > 0 && got[i] == room[i]
	}
}

// leaseSeconds is the lease in the unit of RunAt.
func (r *Runner) leaseSeconds() int64 { return max(1, int64((r.Lease+time.Second-1)/time.Second)) }

// do runs one task and settles it. A task whose turn comes after the stop, or too late in its lease, is given back unbegun.
func (r *Runner) do(run, work context.Context, c claimed) {
	defer c.cancel()
	if run.Err() != nil || c.ctx.Err() != nil {
		r.settle(c.Task, "task.given_back", func(ctx context.Context, t Task) error {
			return r.Store.Retry(ctx, t, r.Now().Unix(), "")
		})
		return
	}
	err := r.call(c)
	if err != nil && work.Err() != nil {
		// The stop cut it short. That is not the task's fault: its lease runs out and another takes over.
		r.forget(c.ID)
		return
	}
	now := r.Now().Unix()
	early, waits := errors.AsType[notYet](err)
	switch {
	case err == nil:
		r.settle(c.Task, "", r.Store.Done)
	case waits:
		r.Log.Info("task.waits", "kind", c.Kind, "task", c.ID, "again_in", early.wait, "why", err)
		r.settle(c.Task, "", func(ctx context.Context, t Task) error {
			return r.Store.Retry(ctx, t, now+int64(max(early.wait, time.Second)+time.Second-1)/int64(time.Second), "")
		})
	case IsPermanent(err) || c.Tries >= r.MaxTries:
		r.Log.Error("task.dead", "kind", c.Kind, "task", c.ID, "tries", c.Tries, "error", err)
		r.settle(c.Task, "", func(ctx context.Context, t Task) error { return r.Store.Dead(ctx, t, now, shorten(err.Error())) })
	default:
		wait := r.backoff(c.Tries, err)
		r.Log.Warn("task.failed", "kind", c.Kind, "task", c.ID, "tries", c.Tries, "again_in", wait, "error", err)
		r.settle(c.Task, "", func(ctx context.Context, t Task) error {
			return r.Store.Retry(ctx, t, now+int64(wait/time.Second), shorten(err.Error()))
		})
	}
}

// call runs the handler. A handler that panics has failed, like any other.
func (r *Runner) call(c claimed) (err error) {
	h := r.Handlers[c.Kind]
	if h == nil {
		return fmt.Errorf("task: no handler for the kind %q", c.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
			r.Log.Error("task.panic", "kind", c.Kind, "task", c.ID, "error", err, "stack", stack())
		}
	}()
	return h(c.ctx, c.Task)
}

// settlePauses are the waits between attempts to tell the store the outcome.
var settlePauses = []time.Duration{0, 200 * time.Millisecond, 2 * time.Second}

// settle tells the store what became of a task, more than once if it must: a mail that was sent and not ticked off is sent again.
func (r *Runner) settle(t Task, event string, tell func(context.Context, Task) error) {
	if event != "" {
		r.Log.Info(event, "kind", t.Kind, "task", t.ID)
	}
	var err error
	for _, pause := range settlePauses {
		time.Sleep(pause)
		if err = r.tell(&t, tell); err == nil || errors.Is(err, ErrLeaseLost) {
			break
		}
	}
	if err != nil {
		if !errors.Is(err, ErrLeaseLost) {
			r.forget(t.ID)
		}
		r.Log.Error("task.not_settled", "kind", t.Kind, "task", t.ID, "tries", t.Tries, "error", err)
	}
}

// tell tells the store the outcome of a task under its latest lease, which ends with that.
func (r *Runner) tell(t *Task, tell func(context.Context, Task) error) error {
	r.settling.RLock()
	defer r.settling.RUnlock()
	r.mu.Lock()
	t.Tries = r.held[t.ID]
	r.mu.Unlock()
	// Not the handler's context: an outcome is written even while stopping.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := tell(ctx, *t)
	if err == nil || errors.Is(err, ErrLeaseLost) {
		r.forget(t.ID)
	}
	return err
}

// forget drops a task from those held here.
func (r *Runner) forget(id ids.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.held, id)
}

// stop waits for the workers.
func (r *Runner) stop(workers *sync.WaitGroup, cut context.CancelFunc) error {
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	for _, wait := range []time.Duration{r.Grace, 2 * time.Second} {
		timer := time.NewTimer(wait)
		select {
		case <-done:
			timer.Stop()
			return nil
		case <-timer.C:
			cut()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Errorf("task: %d tasks were still running at the stop and are left to their leases", len(r.held))
}
