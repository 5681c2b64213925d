package tasktest

import (
	"testing"

	"luukku/base/task"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	Conformance(t, func(*testing.T) task.Store { return &Memory{} })
}
