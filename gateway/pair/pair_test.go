package pair_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"luukku/domain/notify"
	"luukku/gateway/pair"
	"luukku/gateway/smstest"
)

// side is one gateway, which does what it is told.
type side struct {
	asked int
	err   error
	takes time.Duration
	clock *time.Time
}

func (s *side) SendText(ctx context.Context, t notify.Text) (notify.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Cause: err}
	}
	s.asked++
	*s.clock = s.clock.Add(s.takes)
	return notify.Receipt{Reference: string(t.ID)}, s.err
}

func (s *side) Send(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	return s.SendText(ctx, notify.Text{ID: m.ID})
}

func two() (first, second *side, now *time.Time) {
	now = new(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	return &side{clock: now}, &side{clock: now}, now
}

func later() error { return &notify.Temporary{Cause: errors.New("down")} }

func TestTheSecondTakesOverAndNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err    error
		second int // how often the second is asked
	}{
		"the first takes it":  {nil, 0},
		"refused for good":    {&notify.Permanent{}, 0},
		"it may have left":    {&notify.Unknown{}, 0},
		"it cannot have left": {later(), 1},
	} {
		first, second, now := two()
		first.err = tt.err
		p := pair.NewTexter(first, second, func() time.Time { return *now })
		_, err := p.SendText(t.Context(), smstest.Text("a"))
		if first.asked != 1 || second.asked != tt.second {
			t.Errorf("%s: asked %d and %d times", name, first.asked, second.asked)
		}
		if tt.second == 0 && !errors.Is(err, tt.err) || tt.second == 1 && err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAfterThreeFailuresTheFirstRestsToTheSecond(t *testing.T) {
	t.Parallel()
	first, second, now := two()
	m := pair.NewMailer(first, second, func() time.Time { return *now })
	send := func() {
		t.Helper()
		if _, err := m.Send(t.Context(), notify.Message{ID: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	first.err = later()
	for range 5 {
		send()
	}
	if first.asked != pair.Failures || second.asked != 5 {
		t.Fatalf("asked %d and %d times, want %d and 5", first.asked, second.asked, pair.Failures)
	}
	*now = now.Add(pair.Rest - time.Second)
	if send(); first.asked != pair.Failures {
		t.Error("the first was asked a second too early")
	}
	*now = now.Add(time.Second)
	if send(); first.asked != pair.Failures+1 {
		t.Error("the first was not tried again")
	}
	if send(); first.asked != pair.Failures+1 {
		t.Error("the first failed its trial, and was asked again at once")
	}
	*now = now.Add(pair.Rest)
	first.err = nil
	send()
	before := second.asked
	if send(); second.asked != before || first.asked != pair.Failures+3 {
		t.Errorf("the first is well again: asked %d and %d times", first.asked, second.asked-before)
	}
}

func TestASlowFirstIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		takes time.Duration
		rests bool
	}{{pair.Slow - time.Second, false}, {pair.Slow, true}, {pair.Slow + time.Second, true}} {
		first, second, now := two()
		first.takes = tt.takes
		p := pair.NewTexter(first, second, func() time.Time { return *now })
		for range 4 {
			if _, err := p.SendText(t.Context(), smstest.Text("a")); err != nil {
				t.Fatal(err)
			}
		}
		if (second.asked > 0) != tt.rests {
			t.Errorf("%v: the second was asked %d times", tt.takes, second.asked)
		}
	}
}

func TestWithBothDownItMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	first, second, now := two()
	first.err, second.err = later(), later()
	p := pair.NewTexter(first, second, func() time.Time { return *now })
	for range 5 {
		if _, err := p.SendText(t.Context(), smstest.Text("a")); err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) {
			t.Errorf("got %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := second.asked
	if _, err := p.SendText(ctx, smstest.Text("a")); err == nil || second.asked != before {
		t.Errorf("got %v after the end", err)
	}
}
