package jobs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/task"
	"luukku/domain/notify"
	"luukku/jobs"
)

var (
	refused  = &notify.Permanent{Stage: notify.StageReceive, Code: 550}
	notNow   = &notify.Temporary{Stage: notify.StageReceive, Code: 451}
	vanished = &notify.Unknown{Cause: errors.New("connection lost")}
)

func wantStates(t *testing.T, got []notify.State, want ...notify.State) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("states of the notices (-want +got):\n%s", d)
	}
}

func wantSends(t *testing.T, m *mailer, tried, taken int) {
	t.Helper()
	if gotTried, gotTaken := m.counts(); gotTried != tried || gotTaken != taken {
		t.Errorf("got %d tries and %d mails, want %d and %d", gotTried, gotTaken, tried, taken)
	}
}

func wantTasks(t *testing.T, h house, live, dead int) {
	t.Helper()
	if gotLive, gotDead := h.tasks(t); gotLive != live || gotDead != dead {
		t.Errorf("got %d live and %d dead tasks, want %d and %d", gotLive, gotDead, live, dead)
	}
}

func TestANoticeGoesOnce(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.book(t, "en")
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateSent)
	wantTasks(t, h, 0, 0)
	h.repeat(t, h.notices(t, a)[0])
	h.run(t, h.deps(m))
	wantSends(t, m, 1, 1)
	wantTasks(t, h, 0, 0)
}

func TestWithoutAnAddressNothingIsSent(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.book(t, "en")
	d := details("en")
	d.Email = ""
	a = h.edit(t, a, d)
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateDropped)
	wantSends(t, m, 0, 0)
	wantTasks(t, h, 0, 0)
}

func TestNobodyIsToldOfWhatIsPast(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.book(t, "en")
	h.clock.Set(time.Unix(a.End-1, 0))
	b := h.bookForAnother(t)
	h.clock.Set(time.Unix(a.End, 0))
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateDropped)
	wantStates(t, h.states(t, b), notify.StateSent)
	wantSends(t, m, 1, 1)
}

func TestOfACancelledBookingOnlyTheCancellationIsTold(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.cancel(t, h.move(t, h.edit(t, h.book(t, "en"), details("sv")), kallio, at(10, 0)))
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateDropped, notify.StateDropped, notify.StateDropped, notify.StateSent)
	if got := m.last(t); got.Event != notify.AppointmentCancelled || got.Lang != "sv" {
		t.Errorf("got %s in %s, want the cancellation in the language the person has now", got.Event, got.Lang)
	}
}

func TestARefusedMailIsOver(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{fail: []error{refused}}
	a := h.book(t, "en")
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateFailed)
	wantTasks(t, h, 0, 0)
	h.clock.Advance(48 * time.Hour)
	h.run(t, h.deps(m))
	wantSends(t, m, 1, 0)
}

func TestAMailOfUnknownOutcomeIsNeverRepeated(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{fail: []error{vanished}}
	a := h.book(t, "en")
	d := h.deps(m)
	log, logger := logged()
	d.Log = logger
	h.run(t, d)
	wantStates(t, h.states(t, a), notify.StateUnknown)
	wantTasks(t, h, 0, 0)
	if !strings.Contains(log.String(), "notice.unknown") {
		t.Errorf("nothing in the log of it:\n%s", log)
	}
	h.clock.Advance(48 * time.Hour)
	h.repeat(t, h.notices(t, a)[0])
	h.run(t, h.deps(m))
	wantSends(t, m, 1, 0)
}

// A server that is killed between handing over and writing it down leaves a try without an end.
func TestATryThatWasCutShortIsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.book(t, "en")
	n := h.notices(t, a)[0]
	err := h.Settle(t.Context(), n, notify.StateWaiting, notify.Delivery{AtMicros: 1, Channel: "email", Outcome: notify.OutcomeBegun})
	if err != nil {
		t.Fatal(err)
	}
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateUnknown)
	wantSends(t, m, 0, 0)
}

func TestARetryIsTheSameMessage(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{fail: []error{notNow, notNow}}
	a := h.book(t, "en")
	for range 2 {
		h.run(t, h.deps(m))
		wantStates(t, h.states(t, a), notify.StateWaiting)
		wantTasks(t, h, 1, 0)
		h.clock.Advance(time.Minute)
	}
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateSent)
	wantSends(t, m, 3, 1)
	var got []string
	for _, msg := range m.tried {
		got = append(got, msg.MessageID())
	}
	if len(slices.Compact(slices.Clone(got))) != 1 {
		t.Errorf("got Message-IDs %q, want one", got)
	}
}

func TestAfterItsLastTryANoticeHasFailed(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{fail: []error{notNow, notNow}}
	a := h.book(t, "en")
	twice := func(r *task.Runner) { r.MaxTries = 2 }
	h.run(t, h.deps(m), twice)
	h.clock.Advance(time.Minute)
	h.run(t, h.deps(m), twice)
	wantStates(t, h.states(t, a), notify.StateFailed)
	wantTasks(t, h, 0, 1)
	wantSends(t, m, 2, 0)
}

func TestWithoutAMailServerNoticesWait(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	a := h.book(t, "en")
	d := h.deps(nil)
	log, logger := logged()
	d.Log = logger
	h.run(t, d)
	wantStates(t, h.states(t, a), notify.StateWaiting)
	wantTasks(t, h, 1, 0)
	if got := strings.Count(log.String(), "mail.not_configured"); got != 1 {
		t.Errorf("got the warning %d times, want once at the start:\n%s", got, log)
	}
	h.clock.Advance(4*time.Hour - time.Second)
	h.run(t, h.deps(m))
	wantSends(t, m, 0, 0)
	h.clock.Advance(time.Second)
	h.run(t, h.deps(m))
	wantStates(t, h.states(t, a), notify.StateSent)
}

func TestNeitherLogNorErrorTellsOfThePerson(t *testing.T) {
	t.Parallel()
	log, logger := logged()
	for _, fail := range [][]error{nil, {refused}, {notNow}, {vanished}} {
		h, m := open(t), &mailer{fail: fail}
		a := h.book(t, "en")
		h.cancel(t, a)
		h.book(t, "fi")
		d := h.deps(m)
		d.Log = logger
		h.run(t, d)
	}
	for _, word := range []string{"anar", "specimen", "Specimen", "@", "wheelchair"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log tells %q:\n%s", word, log)
		}
	}
}

func TestTheSweepIsAPeriodicTask(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := &task.Runner{Handlers: map[string]task.Handler{}}
	jobs.Register(r, h.deps(&mailer{}))
	if err := r.Handlers[jobs.TaskSweep](t.Context(), task.Task{}); err != nil {
		t.Errorf("sweep: %v", err)
	}
}
