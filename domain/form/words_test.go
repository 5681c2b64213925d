package form

import (
	"encoding/json"
	"slices"
	"testing"

	"luukku/base/i18n"
)

// A row has the name that the form gives it in the reader's language, and otherwise that of its group; who reads another language is not given a word that they may not know beside a label that they do.
func TestARowHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	d := &Definition{Document: Document{Texts: map[i18n.Lang]map[string]string{
		"fi": {"kids.label": "Lapset", "kids.row": "Lapsi", "kids.add": "Lisää lapsi"}, "en": {"kids.label": "Children"},
	}}}
	kids := &Field{Kind: Repeated, Key: "kids", Name: "kids"}
	for l, want := range map[i18n.Lang][3]string{"fi": {"Lapsi", "fi", "Lisää lapsi"}, "en": {"Children", "en", ""}, "sv": {"Lapset", "fi", ""}} {
		name, in := d.RowName(l, kids)
		if got := [3]string{name, string(in), d.AddWords(l, kids)}; got != want {
			t.Errorf("%s: got %q, want %q", l, got, want)
		}
	}
	if name, in := d.RowName("cs", &Field{Kind: Repeated, Key: "dogs", Name: "dogs", Label: "Dogs"}); name != "Dogs" || in != "cs" {
		t.Errorf("without texts: %q in %s", name, in)
	}
	d.Fields = []*Field{kids}
	kids.control = &Element{}
	var lacks []string
	for _, m := range d.Untold("en") {
		lacks = append(lacks, m.Key)
	}
	if !slices.Equal(lacks, []string{"kids.row", "kids.add"}) {
		t.Errorf("in English it lacks %v", lacks)
	}
}

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
