package jobs

import (
	"context"
	"sync"

	"luukku/base/task"
	"luukku/domain/audit"
	"luukku/store"
)

// TaskSeal is the kind of the task that puts lines of the audit log into its tree.
const TaskSeal = "audit.seal"

// A sealing takes this many lines at a time, so that nobody who books waits for long, and a run so many times over; the rest is left to the next run.
const (
	sealLines = 1024
	sealTurns = 100
)

// sequencer seals the audit log. Of several at once each line gets its one place all the same: see store.SealAudit.
type sequencer struct {
	store  *store.Store
	signer audit.Signer
	busy   sync.Mutex // a run that takes longer than the interval is not run beside
}

func (s *sequencer) seal(ctx context.Context, _ task.Task) error {
	if !s.busy.TryLock() {
		return nil
	}
	defer s.busy.Unlock()
	for range sealTurns {
		n, err := s.store.SealAudit(ctx, s.signer, sealLines)
		if err != nil || n < sealLines {
			return err
		}
	}
	return nil
}
