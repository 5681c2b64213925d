package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// rowEnv is what a row of that name runs in, made small.
func rowEnv(t *testing.T, row string) *Env {
	t.Helper()
	e := &Env{Options: options(t), row: row, dir: t.TempDir(), shared: &shared{filled: map[FixtureSpec]Installation{}}}
	t.Cleanup(func() {
		if err := e.close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := e.shared.close(); err != nil {
			t.Errorf("close what rows share: %v", err)
		}
	})
	return e
}

func TestCrowdGetsEveryTimeOnceAndEverybodyIsTold(t *testing.T) {
	t.Parallel()
	e := rowEnv(t, "crowd/60s")
	const people, times = 400, 30 // so many that somebody looks at each time, however the weeks lie
	c, err := e.openCrowd(t.Context(), times)
	if err != nil {
		t.Fatal(err)
	}
	plan := c.plan(people, 3*time.Second)
	plan.Conns, plan.Think, plan.Patience = 16, 50*time.Millisecond, 100
	got, m, err := c.come(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(crowdResult(got, m), got.Statuses)
	found, err := c.settle(t.Context(), got, true)
	if err != nil {
		t.Fatal(err)
	}
	if got.Refused.N > 0 { // a busy machine: whoever is turned away comes again
		delete(got.Statuses, http.StatusServiceUnavailable)
	}
	for _, w := range append(found, crowdWrong(got, people, times)...) {
		t.Error(w)
	}
	if got.Requests < people*4 || got.Steps["confirm"].N != times || got.Get.N+got.Post.N+got.Refused.N != got.Requests {
		t.Errorf("got %d requests, %d confirmed, %d gets, %d posts", got.Requests, got.Steps["confirm"].N, got.Get.N, got.Post.N)
	}
}

// A server that books everything twice, or loses a booking, is found by what the database has.
func TestCrowdIsHeldAgainstTheDatabase(t *testing.T) {
	t.Parallel()
	e := rowEnv(t, "crowd/60s")
	c, err := e.openCrowd(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.settle(t.Context(), Crowded{Booked: 5}, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !strings.Contains(found[0], "0 appointments") {
		t.Errorf("got %q, want to be told that nothing of it is in the database", found)
	}
}

func TestCrowdTellsWhatMustNotBe(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"incident":              func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"half a page":           func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html><body>")) },
		"no time to come back":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"connection cut in two": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(answer)
			defer s.Close()
			plan := Crowd{
				Addr: s.Listener.Addr().String(), People: 3, Conns: 2, Path: "/fi/x", Service: "s", Offices: []string{"a"}, Weeks: []string{"2026-W48"},
			}
			got, err := runCrowd(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := crowdWrong(got, 3, 0); len(wrong) == 0 || got.Errors != 3 {
				t.Errorf("got %d errors and %q, want all three people to complain", got.Errors, wrong)
			}
		})
	}
}

func TestWhoeverIsTurnedAwayComesBackAndThenGivesUp(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer s.Close()
	plan := Crowd{Addr: s.Listener.Addr().String(), People: 2, Conns: 1, Path: "/fi/x", Service: "s", Offices: []string{"a"}, Weeks: []string{"2026-W48"}, Patience: patience}
	begun := time.Now()
	got, err := runCrowd(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < patience*time.Second {
		t.Errorf("got an end after %s, want %d pauses of a second", took, patience)
	}
	if got.GaveUp != 2 || got.Refused.N != 2*(patience+1) || got.Errors != 0 || got.Get.N != 0 {
		t.Errorf("got %+v, want two people who gave up", got)
	}
}

func TestSlotsAreReadFromThePage(t *testing.T) {
	t.Parallel()
	page := `<button name="slot" value="2026-11-23T09:00:00+02:00">9:00</button><button name="slot" value="2026-11-23T09:20:00&#43;02:00">9:20</button>`
	got := strings.Join(slotsOf([]byte(page)), " ")
	if want := "2026-11-23T09:00:00+02:00 2026-11-23T09:20:00+02:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
