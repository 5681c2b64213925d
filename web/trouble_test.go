package web_test

import (
	"errors"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
	"luukku/web/ui"
)

func TestTroubleStandsAtItsFieldAndInTheSummary(t *testing.T) {
	t.Parallel()
	b := web.Base{Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	if got := web.TroubleOf(b, nil); len(got.Items) > 0 || got.At("name") != "" {
		t.Errorf("nothing is wrong, got %+v", got)
	}
	required, long := b.T("field.required"), b.T("field.too_long", "max", 5)
	got := web.TroubleOf(b, fault.Invalid("form.invalid", nil,
		fault.Field{Name: "name", Key: "field.required"}, fault.Field{Name: "name", Key: "field.required"},
		fault.Field{Name: "name", Key: "field.too_long", Args: fault.Args{"max": 5}}, fault.Field{Name: "email", Key: "field.required"}))
	if got.At("name") != required || got.At("email") != required || got.At("phone") != "" {
		t.Errorf("at the fields stands %q and %q", got.At("name"), got.At("email"))
	}
	if len(got.Items) != 3 || got.Items[0].Href != "#name" || got.Items[1].Text != long || got.Items[2].Href != "#email" {
		t.Errorf("the summary is %+v", got.Items)
	}
	if got = web.TroubleOf(b, fault.Conflict("error.not_found", nil)); len(got.Items) != 1 || got.Items[0].Href != "" {
		t.Errorf("of the form as a whole: %+v", got.Items)
	}
}

func TestWhatIsToldOnTheFormThatWasSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{fault.Invalid("form.invalid", nil), true},
		{fault.Conflict("form.changed", nil), true},
		{fault.Conflict("error.unknown_outcome", nil), false},
		{fault.NotFound("error.not_found"), false},
		{errors.New("broken"), false},
	} {
		if got := web.Mendable(c.err); got != c.want {
			t.Errorf("%v: got %v", c.err, got)
		}
	}
}
