package clock

import (
	"testing"
	"time"
)

func TestMovableClockNeverGoesBack(t *testing.T) {
	base := NewFixed(time.Unix(1_800_000_000, 0))
	m := NewMovable(base.Now, -time.Hour)
	if got := m.Now(); !got.Equal(base.Now()) {
		t.Errorf("negative start: got %v, want %v", got, base.Now())
	}
	if got := m.Forward(24 * time.Hour); got != 24*time.Hour {
		t.Errorf("offset: got %v, want 24h", got)
	}
	if got := m.Forward(-time.Hour); got != 24*time.Hour {
		t.Errorf("after going back: got %v, want 24h", got)
	}
	base.Advance(time.Minute)
	if got, want := m.Now(), time.Unix(1_800_000_000, 0).Add(24*time.Hour+time.Minute); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
