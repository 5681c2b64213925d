package jobs_test

import (
	"testing"

	"luukku/base/task"
	"luukku/jobs"
)

func TestAuditLogIsSealedByARun(t *testing.T) {
	t.Parallel()
	h := open(t) // the blueprint was applied, which left lines
	r := &task.Runner{Handlers: map[string]task.Handler{}}
	jobs.Register(r, h.deps(nil))
	if err := r.Handlers[jobs.TaskSeal](t.Context(), task.Task{}); err != nil {
		t.Fatal(err)
	}
	got, err := h.VerifyAudit(t.Context(), h.keys, nil, nil)
	if err != nil || got.Lines == 0 || got.Unsealed != 0 || len(got.Findings) > 0 {
		t.Errorf("got %+v, %v; want every line sealed and nothing found", got, err)
	}
}
