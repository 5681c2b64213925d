package notify_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/domain/notify"
	"luukku/domain/org"
)

func TestEveryOccasionIsOneEvent(t *testing.T) {
	t.Parallel()
	seen := map[notify.Occasion]bool{}
	for _, o := range notify.Occasions {
		if seen[o] || o.Event() == "" || !o.Known() {
			t.Errorf("%s: twice, or of no event", o)
		}
		seen[o] = true
	}
	for _, e := range notify.Events {
		if !seen[notify.OccasionOf(e, false)] || !seen[notify.OccasionOf(e, true)] {
			t.Errorf("%s has no occasion", e)
		}
	}
	if got := notify.OccasionOf(notify.AppointmentMoved, true); got != "moved-office" || got.Event() != notify.AppointmentMoved || got.Key() != "moved_office" {
		t.Errorf("got %q of %q", got, got.Event())
	}
	if notify.Occasion("booked-office").Known() || notify.Occasion("").Known() {
		t.Error("an occasion that there is not is known")
	}
}

func TestWhatIsWrongWithAWording(t *testing.T) {
	t.Parallel()
	const good = "{time} {code}"
	for name, c := range map[string]struct {
		occasion notify.Occasion
		part     notify.Part
		wording  string
		discreet bool
		want     []notify.Wrong
	}{
		"nothing":                   {"booked", notify.PartSMS, "", true, nil},
		"what it needs":             {"booked", notify.PartSMS, good, false, nil},
		"the code is lost":          {"booked", notify.PartSMS, "Time {time}", false, []notify.Wrong{{Fault: notify.FaultMissing, Place: "code"}}},
		"the link is lost":          {"pending", notify.PartSMS, "{time} by {until}", false, []notify.Wrong{{Fault: notify.FaultMissing, Place: "link"}}},
		"all is lost":               {"waitlist-offered", notify.PartSMS, "Come!", false, []notify.Wrong{{Fault: notify.FaultMissing, Place: "time"}, {Fault: notify.FaultMissing, Place: "until"}, {Fault: notify.FaultMissing, Place: "link"}}},
		"no such place":             {"booked", notify.PartSMS, good + " {name}{name}", false, []notify.Wrong{{Fault: notify.FaultUnknown, Place: "name"}}},
		"a place of another notice": {"booked", notify.PartSMS, good + " {old_time}", false, []notify.Wrong{{Fault: notify.FaultUnknown, Place: "old_time"}}},
		"blanks in braces":          {"booked", notify.PartSMS, good + " { time }", false, []notify.Wrong{{Fault: notify.FaultUnknown, Place: " time "}}},
		"empty braces":              {"booked", notify.PartSMS, good + " {}", false, []notify.Wrong{{Fault: notify.FaultUnknown}}},
		"an open brace":             {"booked", notify.PartSMS, good + " {link", false, []notify.Wrong{{Fault: notify.FaultOpen, Place: "link"}}},
		"an open brace alone":       {"booked", notify.PartSMS, good + " {", false, []notify.Wrong{{Fault: notify.FaultOpen}}},
		"a closing brace":           {"booked", notify.PartSMS, good + " }", false, nil},
		"as long as may be":         {"booked", notify.PartSMS, good + strings.Repeat("ä", 600-len(good)), false, nil},
		"one too long":              {"booked", notify.PartSMS, good + strings.Repeat("ä", 601-len(good)), false, []notify.Wrong{{Fault: notify.FaultLong, Has: 601, Most: 600}}},
		"a long subject":            {"booked", notify.PartSubject, strings.Repeat("ä", 151), false, []notify.Wrong{{Fault: notify.FaultLong, Has: 151, Most: 150}}},
		"a subject as long":         {"booked", notify.PartSubject, strings.Repeat("ä", 150), false, nil},
		"a long opening":            {"booked", notify.PartOpening, strings.Repeat("ä", 2001), false, []notify.Wrong{{Fault: notify.FaultLong, Has: 2001, Most: 2000}}},
		"a mail needs no places":    {"booked", notify.PartOpening, "Welcome", false, nil},
		"the code in a subject":     {"booked", notify.PartSubject, "{code}", false, []notify.Wrong{{Fault: notify.FaultBelow, Place: "code"}}},
		"the link in an opening":    {"pending", notify.PartOpening, "{link}", false, []notify.Wrong{{Fault: notify.FaultBelow, Place: "link"}}},
		"no code to be below":       {"cancelled", notify.PartOpening, "{code}", false, []notify.Wrong{{Fault: notify.FaultUnknown, Place: "code"}}},
		"tells, where it may":       {"booked", notify.PartSMS, good + " {service} {place}", false, nil},
		"tells, where it may not":   {"booked", notify.PartSMS, good + " {place} {service}", true, []notify.Wrong{{Fault: notify.FaultDiscreet, Place: "service"}, {Fault: notify.FaultDiscreet, Place: "place"}}},
		"a subject that tells":      {"reminder", notify.PartSubject, "{service}", true, []notify.Wrong{{Fault: notify.FaultDiscreet, Place: "service"}}},
		"discreet":                  {"booked", notify.PartSMS, good + " {phone}", true, nil},
	} {
		if d := cmp.Diff(c.want, notify.CheckPart(c.occasion, c.part, c.wording, c.discreet)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestOwnWordsOfALanguageAlone(t *testing.T) {
	t.Parallel()
	list := []org.Wording{{ID: "booked", SMS: i18n.Text{"fi": "{time} {code}", "sv": "{time}"}}}
	for _, c := range []struct {
		occasion notify.Occasion
		lang     i18n.Lang
		ok       bool
	}{{"booked", "fi", true}, {"booked", "en", false}, {"booked", "sv", false}, {"reminder", "fi", false}} {
		if _, ok := notify.Own(list, c.occasion, notify.PartSMS, c.lang, false); ok != c.ok {
			t.Errorf("%s in %s: own words %t, want %t", c.occasion, c.lang, ok, c.ok)
		}
	}
	if _, ok := notify.Own(list, "booked", notify.PartOpening, "fi", false); ok {
		t.Error("a mail has the words of a text message")
	}
}

func TestFillLinesKeepsParagraphs(t *testing.T) {
	t.Parallel()
	got := notify.FillLines("Welcome to {organisation} .\n\n{pin}\n Call {phone}, {nothing}!\n", map[string]string{"organisation": "Växjö – kommun", "phone": "09 1"})
	if d := cmp.Diff([]string{"Welcome to Växjö – kommun.", "Call 09 1,!"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A wording without faults tells what it needs, whatever else is in it.
func FuzzSoundWordingsTellWhatTheyNeed(f *testing.F) {
	for _, s := range []string{"{time} {code}", "{time}{code}{link}.", "{{time} {code}", "{time}}{code}", "{code}{time}\n{", "Ж {time} – {code}\u0301", "{TIME} {code}"} {
		f.Add(s)
	}
	facts := map[string]string{"time": "TIMEFACT", "code": "CODEFACT", "link": "https://l.example/x"}
	f.Fuzz(func(t *testing.T, wording string) {
		if len(notify.CheckPart("booked", notify.PartSMS, wording, false)) > 0 {
			return
		}
		if got := notify.FillText(wording, facts); wording != "" && (!strings.Contains(got, "TIMEFACT") || !strings.Contains(got, "CODEFACT")) {
			t.Errorf("%q is sent as %q", wording, got)
		}
	})
}
