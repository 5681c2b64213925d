package eservice

import (
	"testing"

	"luukku/base/fault"
)

func TestHowItStandsFollowsFromWhatHappened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  []What
		want State
	}{
		"came":              {[]What{Arrived}, Received},
		"taken up":          {[]What{Arrived, TakenUp}, InProgress},
		"asked":             {[]What{Arrived, TakenUp, Asked}, MoreAsked},
		"asked and added":   {[]What{Arrived, TakenUp, Asked, Added}, InProgress},
		"added by itself":   {[]What{Arrived, Added}, Received},
		"decided":           {[]What{Arrived, TakenUp, Answered}, Decided},
		"withdrawn":         {[]What{Arrived, TakenBack}, Withdrawn},
		"closed":            {[]What{Arrived, Ended}, Closed},
		"closed and opened": {[]What{Arrived, Ended, Reopened}, InProgress},
	} {
		var events []Event
		for _, w := range c.all {
			events = append(events, Event{What: w})
		}
		if got := Stand(events); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatCanHappenWhen(t *testing.T) {
	t.Parallel()
	want := map[State][]What{
		Received: {TakenUp, Asked, Added, Answered, TakenBack, Ended}, InProgress: {Asked, Added, Answered, TakenBack, Ended}, MoreAsked: {Asked, Added, Answered, TakenBack, Ended},
		Decided: {Reopened}, Closed: {Reopened}, Withdrawn: {},
	}
	for _, s := range States {
		may := map[What]bool{}
		for _, w := range want[s] {
			may[w] = true
		}
		for _, w := range []What{Arrived, TakenUp, Asked, Added, Answered, TakenBack, Ended, Reopened} {
			err := s.May(w)
			if may[w] != (err == nil) || err != nil && !fault.IsKey(err, "submission.not_now") {
				t.Errorf("%s, %s: got %v, may it: %t", s, w, err, may[w])
			}
		}
	}
}

func TestLateAndDeletedToTheSecond(t *testing.T) {
	t.Parallel()
	s := Submission{State: MoreAsked, AskedUntil: 1000}
	if s.Late(1000) || !s.Late(1001) {
		t.Error("the last second in which it can be answered is late, or the one after it is not")
	}
	if s.State = InProgress; s.Late(1001) {
		t.Error("what was answered is late")
	}
	if got := DeleteAt(1000, 2); got != 1000+2*86400+1 {
		t.Errorf("deleted at %d", got)
	}
	if DeleteAt(1000, 0) != 0 || DeleteAt(0, 2) != 0 {
		t.Error("what is kept for ever, or has not ended, is deleted")
	}
	ended := Submission{State: InProgress}.next(Event{What: Answered, At: 50}, 1)
	if ended.State != Decided || ended.EndedAt != 50 || ended.DeleteAt != 50+86400+1 {
		t.Errorf("decided: got %+v", ended)
	}
	if again := ended.next(Event{What: Reopened, At: 60}, 1); again.EndedAt != 0 || again.DeleteAt != 0 || again.State != InProgress {
		t.Errorf("opened again: got %+v", again)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{1: "2026-000001", 123: "2026-000123", 999_999: "2026-999999", 1_000_000: "2026-1000000", 12_345_678: "2026-12345678"} {
		if got := numberOf(2026, n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
