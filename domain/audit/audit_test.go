package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/domain/actor"
)

var noon = time.Date(2026, time.November, 27, 12, 0, 0, 123456000, time.UTC)

func TestOfKeepsNoSessionAndNoAddress(t *testing.T) {
	t.Parallel()
	got := Of("dvv", actor.Anonymous("session-hash").From("address-hash"), noon, "appointment.cancel", "appointment", "0123456789")
	want := Entry{
		Org: "dvv", At: 1795780800123456, ActorKind: actor.KindAnonymous,
		Action: "appointment.cancel", SubjectKind: "appointment", SubjectID: "0123456789",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
	if err := got.Check(); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestCheckRefusesWhatCouldBePersonal(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		"":                       true,
		"email,phone":            true,
		"1795780800":             true,
		"2026-11-27":             true,
		"marriage-certificate":   true,
		"Specimen Person":        false,
		"specimen@example.org":   false,
		"+358401234567":          false,
		"Mäkinen":                false,
		"a\nb":                   false,
		strings.Repeat("a", 201): false,
	} {
		e := Of("dvv", actor.System("test"), noon, "appointment.change", "appointment", "1")
		e.Detail = map[string]string{"fields": value}
		err := e.Check()
		if (err == nil) != ok {
			t.Errorf("detail %q: got %v, want accepted %v", value, err, ok)
		}
		if err != nil && strings.Contains(err.Error(), value) {
			t.Errorf("detail %q: the error repeats it: %v", value, err)
		}
	}
}

func TestCheckWantsAllParts(t *testing.T) {
	t.Parallel()
	whole := Of("", actor.System("test"), noon, "installation.change", "installation", "1")
	for name, spoil := range map[string]func(*Entry){
		"time":       func(e *Entry) { e.At = 0 },
		"actor":      func(e *Entry) { e.ActorKind = "" },
		"action":     func(e *Entry) { e.Action = "" },
		"kind":       func(e *Entry) { e.SubjectKind = "" },
		"subject":    func(e *Entry) { e.SubjectID = "" },
		"detail key": func(e *Entry) { e.Detail = map[string]string{"a b": "c"} },
	} {
		e := whole
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("without %s: got no error, want one", name)
		}
	}
	if err := whole.Check(); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}
