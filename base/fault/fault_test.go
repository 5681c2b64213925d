package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAnythingElseReadsAsInternal(t *testing.T) {
	cause := errors.New("disk on fire")
	f := Of(fmt.Errorf("load slot: %w", cause))
	if f.Kind != KindInternal {
		t.Errorf("got kind %v, want internal", f.Kind)
	}
	if !errors.Is(f, cause) {
		t.Errorf("the cause is lost: %v", f)
	}
}

func TestWrappedFaultKeepsItsKind(t *testing.T) {
	err := fmt.Errorf("book: %w", Conflict("booking.taken", nil))
	if !Is(err, KindConflict) || !IsKey(err, "booking.taken") || Is(err, KindInvalid) {
		t.Errorf("got %v, want a conflict booking.taken", Of(err))
	}
}

func TestArgumentsNeverReachTheLog(t *testing.T) {
	f := Invalid("booking.name", Args{"name": "Specimen"}, Field{Name: "email", Key: "field.email", Args: Args{"value": "secret@example.org"}})
	if s := f.Error(); strings.Contains(s, "Specimen") || strings.Contains(s, "secret") {
		t.Errorf("got %q, want no arguments in it", s)
	}
}

func TestKindOutsideTheListIsInternal(t *testing.T) {
	if got := Kind(99).String(); got != "internal" {
		t.Errorf("got %q, want internal", got)
	}
}

func TestFieldsAreRenamedInACopy(t *testing.T) {
	t.Parallel()
	was := Invalid("form.invalid", nil, Field{Name: "body", Key: "field.required"}, Field{Name: "post", Key: "field.required"})
	got := Of(Renamed(fmt.Errorf("write: %w", was), map[string]string{"body": "ask"}))
	if got.Fields[0].Name != "ask" || got.Fields[1].Name != "post" || got.Kind != KindInvalid {
		t.Errorf("got %+v", got)
	}
	if was.Fields[0].Name != "body" {
		t.Error("what was given was changed")
	}
	broken := errors.New("broken")
	if err := Renamed(broken, map[string]string{"": "x"}); err != broken {
		t.Errorf("got %v", err)
	}
	if err := Renamed(nil, nil); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestLeftIsWhoEndedTheirRequestThemselves(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	late, end := context.WithTimeout(t.Context(), 0)
	defer end()
	if Left(gone) || Left(late) {
		t.Error("somebody is there, and somebody's time is over: neither has left")
	}
	if leave(); !Left(gone) {
		t.Error("who left is there")
	}
}
