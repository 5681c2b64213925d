package catalog

import (
	"slices"
	"testing"

	"luukku/base/ids"
)

func TestPlacesOfTexts(t *testing.T) {
	for _, c := range []struct {
		use, text string
		want      []string
	}{
		{UseAsk, "By {due}: {number}, {form}, {sent}, {organisation}.", nil},
		{UseDecision, "By {due}.", []string{"due"}},
		{UseAppeal, "{phone} {phone} {", []string{"phone", ""}},
		{UseAsk, "open {number", []string{"number"}},
		{UseAsk, "none }", nil},
	} {
		if got := NoPlaces(c.use, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s %q has none of its places %q, want %q", c.use, c.text, got, c.want)
		}
	}
	got := Fill("{number} {form} {due} {number}", map[string]string{"number": "{form}", "form": "Parking"})
	if want := "{form} Parking {due} {form}"; got != want { // what is put in is not looked through again
		t.Errorf("filled it is %q, want %q", got, want)
	}
}

func TestWhichTextsThereAre(t *testing.T) {
	c := &Config{FormTexts: []FormText{
		{ID: "all", Use: UseAppeal},
		{ID: "unit", Use: UseAppeal, Inboxes: []ids.Inbox{"permits"}, Outcomes: []string{"refused"}},
		{ID: "form", Use: UseAppeal, Forms: []ids.Form{"parking"}, Outcomes: []string{"partly"}},
		{ID: "ask", Use: UseAsk, Forms: []ids.Form{"parking"}, Inboxes: []ids.Inbox{"permits"}},
	}}
	for _, x := range []struct{ form, box, outcome, want string }{
		{"parking", "permits", "partly", "form"},
		{"parking", "permits", "refused", "unit"},
		{"parking", "registry", "refused", "all"},
		{"other", "permits", "granted", "all"},
	} {
		got, ok := c.AppealFor(x.outcome, ids.Form(x.form), ids.Inbox(x.box))
		if !ok || got.ID != x.want {
			t.Errorf("with %s of %s in %s go %q, want %q", x.outcome, x.form, x.box, got.ID, x.want)
		}
	}
	if got := c.TextsFor(UseAsk, "parking", "registry"); len(got) != 0 {
		t.Errorf("in another inbox there are %v", got)
	}
	if got := c.TextsFor(UseAsk, "parking", "permits"); len(got) != 1 {
		t.Errorf("in its inbox there are %v", got)
	}
	if _, ok := (&Config{}).AppealFor("refused", "parking", "permits"); ok {
		t.Error("without any instructions there are some")
	}
	f := &Form{AppealFor: []string{"refused"}}
	if !f.NeedsAppeal("refused") || f.NeedsAppeal("granted") || f.NeedsAppeal("") {
		t.Error("the outcomes that need instructions are others than said")
	}
}
