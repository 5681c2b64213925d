package audit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/domain/actor"
)

const noon = 1795780800123456 // 2026-11-27 12:00:00.123456 UTC

func entry() Entry {
	return New("town", "1", noon, actor.System("test"), AppointmentChanged, "appointment", "0123456789", nil)
}

func TestEntryKeepsNoSessionAndNoAddress(t *testing.T) {
	t.Parallel()
	who := actor.Visitor([]byte("session"), "192.0.2.7")
	got := New("town", "1", noon, who, AppointmentCancelled, "appointment", "0123456789", nil)
	want := Entry{
		Org: "town", ID: "1", AtMicros: noon, ActorKind: actor.KindVisitor,
		Action: "appointment.cancelled", SubjectKind: "appointment", Subject: "0123456789",
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
		e := entry()
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
	whole := entry()
	for name, spoil := range map[string]func(*Entry){
		"time":       func(e *Entry) { e.AtMicros = 0 },
		"actor":      func(e *Entry) { e.ActorKind = "" },
		"action":     func(e *Entry) { e.Action = "" },
		"kind":       func(e *Entry) { e.SubjectKind = "" },
		"subject":    func(e *Entry) { e.Subject = "" },
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
