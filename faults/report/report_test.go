package report

import (
	"slices"
	"testing"
)

// keeper keeps what is logged.
type keeper struct {
	testing.TB
	line string
}

func (k *keeper) Helper()         {}
func (k *keeper) Log(args ...any) { k.line = args[0].(string) }

func TestALineIsReadAsItWasLogged(t *testing.T) {
	k := &keeper{TB: t}
	want := []Count{Of(50, "runs"), Of(12000, "acknowledged"), Of(0, "lost"), Of(3, "cut in COMMIT")}
	Line(k, "kill -9, app on SQLite", want...)
	name, counts, ok := Parse("    crash_test.go:12: " + k.line + "\n")
	if !ok || name != "kill -9, app on SQLite" || !slices.Equal(counts, want) {
		t.Errorf("got %q %v %t of %q", name, counts, ok, k.line)
	}
}

func TestOtherTextIsNoLine(t *testing.T) {
	for _, text := range []string{"", "ok  luukku/faults 1.2s", "night: nothing", "night: crash: many runs", "night: crash: 5"} {
		if name, counts, ok := Parse(text); ok {
			t.Errorf("%q: got %q %v, want none", text, name, counts)
		}
	}
}

func TestNightIsLonger(t *testing.T) {
	t.Setenv(Variable, "")
	t.Setenv(Quick, "")
	if Night() || Size(5, 500) != 5 {
		t.Errorf("by day: got night %t, size %d", Night(), Size(5, 500))
	}
	t.Setenv(Quick, "1")
	if Size(5, 500) != 1 || Size(50, 500) != 5 {
		t.Errorf("quick: got sizes %d and %d", Size(5, 500), Size(50, 500))
	}
	t.Setenv(Variable, "1")
	if !Night() || Size(5, 500) != 500 {
		t.Errorf("at night: got night %t, size %d", Night(), Size(5, 500))
	}
}
