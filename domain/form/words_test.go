package form

import (
	"encoding/json"
	"testing"

	"luukku/base/i18n"
)

func TestAnswersAreSaidInTheReadersWay(t *testing.T) {
	t.Parallel()
	texts := i18n.MustLoad()
	d := &Definition{Document: Document{Texts: map[i18n.Lang]map[string]string{"fi": {"care.full": "Kokopäivä"}, "en": {"care.full": "Full days", "care.half": "Half days"}}}}
	hours, care := &Field{Kind: Number, Unit: "h"}, &Field{Kind: Choice, Key: "care"}
	for _, c := range []struct {
		f      *Field
		v      any
		fi, en string
	}{
		{&Field{Kind: TimeOf}, "09:30", "9.30", "9:30"},
		{&Field{Kind: TimeOf}, "aamulla", "aamulla", "aamulla"},
		{&Field{Kind: Date}, "2027-05-08", "8.5.2027", "8 May 2027"},
		{&Field{Kind: Date}, "2027-02-30", "2027-02-30", "2027-02-30"},
		{hours, json.Number("37.5"), "37,5\u00a0h", "37.5\u00a0h"},
		{&Field{Kind: Tick}, true, "Kyllä", "Yes"},
		{&Field{Kind: Tick}, false, "Ei", "No"},
		{care, "full", "Kokopäivä", "Full days"},
		{care, "gone", "gone", "gone"},
		{&Field{Kind: Choices, Key: "care"}, []any{"full", "half"}, "Kokopäivä\nHalf days", "Full days\nHalf days"},
		{&Field{Kind: Files}, []any{"0199e7c0-3d00-7000-8000-000000000001"}, "", ""},
		{care, nil, "", ""},
	} {
		if got := d.Said(texts.Printer("fi"), c.f, c.v); got != c.fi {
			t.Errorf("%v in Finnish: got %q, want %q", c.v, got, c.fi)
		}
		if got := d.Said(texts.Printer("en"), c.f, c.v); got != c.en {
			t.Errorf("%v in English: got %q, want %q", c.v, got, c.en)
		}
	}
}
