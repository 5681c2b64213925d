package blueprint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

const reworded = `
[organisations.town.wordings.booked]
sms = { fi = "{time} {code}", sv = "{time} {code}" }
[organisations.town.wordings.moved]
subject = { fi = "{service}" }
`

// A wording's faults are told by their line, with what can be used; a language without words is not missed.
func TestFaultsOfWordingsByPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"none":           {reworded, "warning: organisations.town.wordings.booked.sms.sv: the organisation has no pages in sv\n"},
		"no such notice": {"[organisations.town.wordings.nothing]\nsms = { fi = \"x\" }", "organisations.town.wordings.nothing: there is no notice \"nothing\"; there are booked, pending, proposed, reminder, changed, moved, moved-office, cancelled, cancelled-office, lapsed, waitlist-joined, waitlist-offered, waitlist-gone\n"},
		"no such key":    {"[organisations.town.wordings.booked]\nbody = { fi = \"x\" }", "organisations.town.wordings.booked.body: there is no such key here; there are subject, opening, sms\n"},
		"the code is lost": {
			"[organisations.town.wordings.booked]\nsms = { fi = \"{time} {nimi}\", en = \"{time} {code}\" }",
			"organisations.town.wordings.booked.sms.fi: there is no place {nimi} in this notice; there are {organisation}, {service}, {time}, {place}, {code}, {pin}, {link}, {phone}\n" +
				"organisations.town.wordings.booked.sms.fi: the place {code} must be in it: without it the message is of no use\n",
		},
		"below the opening": {
			"[organisations.town.wordings.booked]\nopening = { fi = \"{link} {\" }",
			"organisations.town.wordings.booked.opening.fi: a brace is not closed; want {}\n" +
				"organisations.town.wordings.booked.opening.fi: the place {link} may not be in it: every mail has it below its opening\n",
		},
		"too long":           {"[organisations.town.wordings.lapsed]\nsubject = { fi = \"" + strings.Repeat("x", 151) + "\" }", "organisations.town.wordings.lapsed.subject.fi: has 151 characters, at most 150 are taken\n"},
		"control characters": {"[organisations.town.wordings.lapsed]\nsubject = { fi = \"a\\u0007\" }", "organisations.town.wordings.lapsed.subject.fi: has control characters\n"},
	} {
		_, problems := Parse([]byte(town + c.file))
		var got strings.Builder
		for _, p := range problems {
			if p.Line == 0 {
				t.Errorf("%s: no line: %s", name, p)
			}
			p.Line = 0
			got.WriteString(p.String() + "\n")
		}
		if d := cmp.Diff(c.want, got.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestDiscreetWordingsAreRefused(t *testing.T) {
	t.Parallel()
	const telling = "[organisations.town.wordings.moved]\nsubject = { fi = \"{service}\" }\n"
	whole := strings.Replace(town, `horizon = "90d"`, "horizon = \"90d\"\nnotice_content = \"discreet\"", 1)
	_, problems := Parse([]byte(whole + telling))
	if got := Faults(problems); len(got) != 1 || got[0].Path != "organisations.town.wordings.moved.subject.fi" || !strings.Contains(got[0].Message, "discreet") {
		t.Errorf("got %v, want the place refused", got)
	}
	some := strings.Replace(town, `policy = { length = "20m" }`, `policy = { length = "20m", notice_content = "discreet" }`, 1)
	_, problems = Parse([]byte(some + telling))
	if got := problems; len(got) != 1 || !got[0].Warning || !strings.Contains(got[0].Message, "for passport the product's own words") {
		t.Errorf("got %v, want a warning that names the service", got)
	}
	o := mustParse(t, town+telling).Organisations[0]
	if !o.discreet(catalog.Settings{discreetField: 1}) || o.discreet(nil) {
		t.Error("the installation's policy does not count")
	}
	o.Policy = catalog.Settings{discreetField: 0}
	if o.discreet(catalog.Settings{discreetField: 1}) {
		t.Error("the organisation's own policy does not count before the installation's")
	}
}

// A file that names one wording leaves the others; one that owns them has all.
func TestWordingsMergeAndGo(t *testing.T) {
	t.Parallel()
	have := mustParse(t, town+strings.Replace(reworded, `, sv = "{time} {code}"`, "", 1))
	const file = "format = 1\n[organisations.town]\n%s\n[organisations.town.wordings.booked]\nopening = { fi = \"Hei\" }\n"
	for _, c := range []struct {
		owns string
		want []org.Wording
	}{
		{"", []org.Wording{
			{ID: "booked", SMS: i18n.Text{"fi": "{time} {code}"}, Opening: i18n.Text{"fi": "Hei"}}, {ID: "moved", Subject: i18n.Text{"fi": "{service}"}},
		}},
		{`owns = ["wordings"]`, []org.Wording{{ID: "booked", Opening: i18n.Text{"fi": "Hei"}}}},
	} {
		patch, problems := Parse([]byte(strings.Replace(file, "%s", c.owns, 1)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if d := cmp.Diff(c.want, Merge(have, patch).Organisations[0].Wordings); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.owns, d)
		}
	}
}

// One language is written without touching the others, in the order in which notices are sent, and what says nothing any more goes.
func TestAWordingIsWrittenByLanguage(t *testing.T) {
	t.Parallel()
	var w Work
	edit := func(o notify.Occasion, l i18n.Lang, sms string) {
		w.Draft = w.With(WordingEdit{Occasion: o, Lang: l, Words: map[notify.Part]string{notify.PartSMS: sms}})
	}
	edit("reminder", "fi", "a")
	before := w.Draft
	edit("booked", "fi", "b")
	edit("reminder", "sv", "c")
	edit("waitlist-gone", "sv", "d")
	want := []org.Wording{{ID: "booked", SMS: i18n.Text{"fi": "b"}}, {ID: "reminder", SMS: i18n.Text{"fi": "a", "sv": "c"}}, {ID: "waitlist-gone", SMS: i18n.Text{"sv": "d"}}}
	if d := cmp.Diff(want, texted(w.Draft.Wordings)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	seen := w.SeenWording("reminder", "fi")
	edit("reminder", "sv", "")
	if w.SeenWording("reminder", "fi") != seen {
		t.Error("another language has changed what the form of this one saw")
	}
	edit("booked", "fi", "")
	edit("waitlist-gone", "sv", "")
	edit("waitlist-gone", "sv", "")
	if d := cmp.Diff([]org.Wording{{ID: "reminder", SMS: i18n.Text{"fi": "a"}}}, texted(w.Draft.Wordings)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]org.Wording{{ID: "reminder", SMS: i18n.Text{"fi": "a"}}}, texted(before.Wordings)); d != "" {
		t.Errorf("an older draft has changed (-want +got):\n%s", d)
	}
	edit("reminder", "fi", "e")
	if w.SeenWording("reminder", "fi") == seen {
		t.Error("a form does not see that its words have changed")
	}
}

// texted leaves the empty texts out.
func texted(list []org.Wording) []org.Wording {
	list = slices.Clone(list)
	for i := range list {
		list[i].Subject, list[i].Opening = nil, nil
	}
	return list
}
