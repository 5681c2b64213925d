package limit

import (
	"fmt"
	"testing"
	"time"
)

// guess tries a wrong code as a door does, and reports whether the guesser learned that it was wrong.
func guess(g *CodeGuard, address string, at time.Time) bool {
	if _, ok := g.Allow(address, at); !ok {
		return false
	}
	_, ok := g.Failed(address, at)
	return ok
}

// wantServed fails unless an address with a right code is served at once.
func wantServed(t *testing.T, g *CodeGuard, address string, at time.Time) {
	t.Helper()
	if wait, ok := g.Allow(address, at); !ok {
		t.Fatalf("got a real user told to wait %v, want them served", wait)
	}
	if wait, ok := g.Succeeded(address, at); !ok {
		t.Fatalf("got a real user's right code refused for %v, want it answered", wait)
	}
}

func TestAThousandGuessesFromOneAddressGetTenAnswers(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	answers := 0
	for range 1000 {
		if guess(g, "192.0.2.1", noon) {
			answers++
		}
	}
	if answers != 10 {
		t.Errorf("got %d answers, want 10", answers)
	}
	wantServed(t, g, "192.0.2.2", noon)
	if wait, ok := g.Allow("192.0.2.1", noon); ok || wait != time.Minute {
		t.Errorf("got %v %v, want a wait of 1m", wait, ok)
	}
	if g.Alarmed(noon) {
		t.Error("got the alarm by one address, want none")
	}
	// An hour of one try a second: one answer a minute.
	answers = 0
	for s := 1; s <= 3600; s++ {
		if guess(g, "192.0.2.1", noon.Add(time.Duration(s)*time.Second)) {
			answers++
		}
	}
	if answers != 60 {
		t.Errorf("got %d answers in an hour, want 60", answers)
	}
}

func TestAThousandGuessesAtOnceGetTenAnswers(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	for range 1000 {
		if _, ok := g.Allow("192.0.2.1", noon); !ok {
			t.Fatal("got refused before anything failed, want all looked up")
		}
	}
	answers := 0
	for range 999 {
		if _, ok := g.Failed("192.0.2.1", noon); ok {
			answers++
		}
	}
	if answers != 10 {
		t.Errorf("got %d answers, want 10", answers)
	}
	if _, ok := g.Succeeded("192.0.2.1", noon); ok {
		t.Error("got the one hit among a thousand guesses answered, want it refused like the rest")
	}
}

func TestOneRightCodePaysForNoGuessing(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	answers := 0
	for range 1000 {
		if _, ok := g.Allow("192.0.2.1", noon); ok {
			g.Succeeded("192.0.2.1", noon)
		}
		if guess(g, "192.0.2.1", noon) {
			answers++
		}
	}
	if answers != 10 {
		t.Errorf("got %d answers, want 10", answers)
	}
}

func TestGuessingFromAThousandAddressesIsSlowedWhileRealUsersAreServed(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	answers, inLastHour := 0, 0
	for s := range 3 * 3600 {
		at := noon.Add(time.Duration(s) * time.Second)
		// Each of the thousand tries every 20 s.
		for a := s % 20; a < 1000; a += 20 {
			if guess(g, fmt.Sprintf("2001:db8:0:%x::/64", a), at) {
				answers++
				if s >= 2*3600 {
					inLastHour++
				}
			}
		}
		wantServed(t, g, fmt.Sprintf("198.51.100.%d", s%200), at)
	}
	if !g.Alarmed(noon.Add(3*time.Hour - time.Second)) {
		t.Error("got no alarm, want one")
	}
	// By address alone it would be 1,000 x (10 + 180) answers, and 60,000 in the last hour.
	if answers > 15_000 || inLastHour > 3_600 {
		t.Errorf("got %d answers, %d of them in the last hour, want 15,000 and 3,600 at most", answers, inLastHour)
	}
	// A real user who has mistyped once waits a minute, no more.
	last := noon.Add(3 * time.Hour)
	if !guess(g, "203.0.113.9", last) {
		t.Error("got a clean address's first mistake refused, want it told")
	}
	if wait, ok := g.Allow("203.0.113.9", last); ok || wait != time.Minute {
		t.Errorf("got %v %v after one mistake during the alarm, want a wait of 1m", wait, ok)
	}
	wantServed(t, g, "203.0.113.9", last.Add(time.Minute))
}

func TestAlarmEndsWhenTheGuessingDoes(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	for a := range 400 {
		guess(g, fmt.Sprint(a), noon)
	}
	if !g.Alarmed(noon) {
		t.Fatal("got no alarm after 400 failures, want one")
	}
	if _, ok := g.Allow("7", noon.Add(59*time.Second)); ok {
		t.Error("got an address that failed served during the alarm, want it slowed")
	}
	for after, want := range map[time.Duration]bool{10*time.Minute - 1: true, 10 * time.Minute: false, -time.Hour: false} {
		if got := g.Alarmed(noon.Add(after)); got != want {
			t.Errorf("%v after: got alarm %v, want %v", after, got, want)
		}
	}
	if wait, ok := g.Allow("7", noon.Add(10*time.Minute)); !ok {
		t.Errorf("got %v to wait once the alarm is over, want none", wait)
	}
}

func TestFailuresAreForgottenAfterAWhile(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	for range 5 {
		guess(g, "old", noon)
	}
	later := noon.Add(3 * time.Hour)
	for a := range 400 {
		guess(g, fmt.Sprint(a), later)
	}
	wantServed(t, g, "old", later)
	guess(g, "old", later)
	if wait, _ := g.Allow("old", later); wait != time.Minute {
		t.Errorf("got %v to wait, want 1m as after a first failure", wait)
	}
}

func TestClockSteppingBackLocksNoAddressOut(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	for a := range 400 {
		guess(g, fmt.Sprint(a%50), noon)
	}
	if wait, _ := g.Allow("7", noon.Add(-24*time.Hour)); wait > time.Hour {
		t.Errorf("got %v to wait after the clock stepped back, want an hour at most", wait)
	}
}

func TestGuardsMemoryIsBounded(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{})
	g.records.max = 1000
	for a := range 20_000 {
		guess(g, fmt.Sprint(a), noon.Add(time.Duration(a)*time.Millisecond))
		if got := len(g.records.m); got > 1000 {
			t.Fatalf("got %d addresses kept, want 1000 at most", got)
		}
	}
	// Who failed last is the last to be forgotten.
	if g.records.get("19999").count == 0 {
		t.Error("got the latest failure forgotten, want an older one")
	}
}

func TestLimitsCanBeSet(t *testing.T) {
	t.Parallel()
	g := NewCodeGuard(CodeLimits{Address: Rate{N: 1, Per: time.Hour, Burst: 2}})
	for i, want := range []bool{true, true, false} {
		if got := guess(g, "a", noon); got != want {
			t.Errorf("guess %d: got answered %v, want %v", i+1, got, want)
		}
	}
	if wait, _ := g.Allow("a", noon); wait != time.Hour {
		t.Errorf("got %v to wait, want 1h", wait)
	}
}
