package sheet

import (
	"context"
	"fmt"
	"sync"
	"time"

	"luukku/base/fault"
)

const (
	runners = 16              // how many lines are done at a time
	runFor  = 5 * time.Second // how long one call begins lines
)

// Run does what the lines of a file say: run is called with the index of each line that due asks for, of several at a time, and what it refuses is returned by
// index. After a few seconds no further line is begun, so that a slow disk only takes more calls: those that are still due are left for the next. An error
// that is no refusal is returned, and so is that of a context that ended; the lines that were begun are finished before.
func Run(ctx context.Context, lines int, due func(i int) bool, run func(i int) error) (refused []error, err error) {
	refused = make([]error, lines)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(runners, lines) {
		wait.Go(func() {
			for i := range next {
				refused[i] = run(i)
			}
		})
	}
	soon, cancel := context.WithTimeout(ctx, runFor)
	defer cancel()
	for i := range lines {
		if soon.Err() != nil || !due(i) {
			continue
		}
		select {
		case next <- i:
		case <-soon.Done():
		}
	}
	close(next)
	wait.Wait()
	for i, err := range refused {
		if err != nil && fault.Of(err).Kind == fault.KindInternal {
			return nil, fmt.Errorf("line %d: %w", i, err)
		}
	}
	return refused, ctx.Err()
}
