package mailbox

import (
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
)

func zoned(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, z *time.Location, s string) int64 {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04:05", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return when.Unix()
}

// TestDateOfService holds each rule at its edges: the second before and after midnight, weekends, holidays, and a change of the clocks.
func TestDateOfService(t *testing.T) {
	t.Parallel()
	fi, cz := zoned(t, "Europe/Helsinki"), zoned(t, "Europe/Prague")
	rule := func(country string, m Mode) ServiceRule {
		for _, r := range ServiceRules {
			if r.Country == country && r.Mode == m {
				return r
			}
		}
		t.Fatalf("no rule of %s", country)
		return ServiceRule{}
	}
	for name, c := range map[string]struct {
		rule                           ServiceRule
		zone                           *time.Location
		published, confirmed, signedIn string
		now                            string
		want                           string
		certain, presumed              bool
	}{
		"FI, ordinary: the third day, seen before it":                 {rule("FI", Ordinary), fi, "2026-11-23 23:59:59", "", "", "2026-11-25 23:59:59", "2026-11-26", false, true},
		"FI, ordinary: the third day has begun":                       {rule("FI", Ordinary), fi, "2026-11-23 23:59:59", "", "", "2026-11-26 00:00:00", "2026-11-26", true, true},
		"FI, ordinary: a second later is the day after":               {rule("FI", Ordinary), fi, "2026-11-24 00:00:00", "", "", "2026-11-26 00:00:00", "2026-11-27", false, true},
		"FI, ordinary: over the change of the clocks":                 {rule("FI", Ordinary), fi, "2026-10-23 23:30:00", "", "", "2026-10-30 12:00:00", "2026-10-26", true, true},
		"FI, ordinary: opening it earlier changes nothing":            {rule("FI", Ordinary), fi, "2026-11-23 09:00:00", "2026-11-23 10:00:00", "", "2026-11-23 11:00:00", "2026-11-26", false, true},
		"FI, verifiable: not before it is confirmed":                  {rule("FI", Verifiable), fi, "2026-11-23 09:00:00", "", "2026-11-23 10:00:00", "2026-12-23 09:00:00", "", false, false},
		"FI, verifiable: the day of the confirmation":                 {rule("FI", Verifiable), fi, "2026-11-23 09:00:00", "2026-11-27 23:59:59", "", "2026-11-28 09:00:00", "2026-11-27", true, false},
		"CZ: whoever signs in is served, though nothing was opened":   {rule("CZ", Ordinary), cz, "2026-11-23 09:00:00", "", "2026-11-25 08:00:00", "2026-11-25 08:00:01", "2026-11-25", true, false},
		"CZ: the tenth day":                                           {rule("CZ", Ordinary), cz, "2026-11-23 09:00:00", "", "", "2026-12-02 23:59:59", "2026-12-03", false, true},
		"CZ: a tenth day on a Saturday moves to Monday":               {rule("CZ", Ordinary), cz, "2026-11-25 09:00:00", "", "", "2026-12-07 00:00:00", "2026-12-07", true, true},
		"CZ: a tenth day at Christmas moves beyond the holidays":      {rule("CZ", Ordinary), cz, "2026-12-14 09:00:00", "", "", "2026-12-20 00:00:00", "2026-12-28", false, true},
		"CZ: signing in on the tenth day is signing in":               {rule("CZ", Ordinary), cz, "2026-11-23 09:00:00", "", "2026-12-03 23:59:59", "2026-12-04 00:00:00", "2026-12-03", true, false},
		"CZ: signing in after the tenth day changes nothing any more": {rule("CZ", Ordinary), cz, "2026-11-23 09:00:00", "", "2026-12-04 00:00:00", "2026-12-05 00:00:00", "2026-12-03", true, true},
	} {
		moment := func(s string) int64 {
			if s == "" {
				return 0
			}
			return at(t, c.zone, s)
		}
		got := DateOfService(c.rule, moment(c.published), moment(c.confirmed), moment(c.signedIn), moment(c.now), c.zone)
		day := ""
		if !got.On.IsZero() {
			day = got.On.String()
		}
		if day != c.want || got.Certain != c.certain || got.Presumed != c.presumed {
			t.Errorf("%s: got %q certain %t presumed %t, want %q %t %t", name, day, got.Certain, got.Presumed, c.want, c.certain, c.presumed)
		}
	}
}

// TestConfirmBy: the seventh day counts whole.
func TestConfirmBy(t *testing.T) {
	t.Parallel()
	z := zoned(t, "Europe/Helsinki")
	if got, want := ConfirmBy(ServiceRule{ConfirmDays: 7}, at(t, z, "2026-11-23 09:00:00"), z), at(t, z, "2026-11-30 23:59:59"); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
	if got := ConfirmBy(ServiceRule{}, 1, z); got != 0 {
		t.Errorf("without an end: got %d", got)
	}
}

// TestPreferenceAt: what was said last and has not ended holds; paper for a while gives way to what was said before it, to the second.
func TestPreferenceAt(t *testing.T) {
	t.Parallel()
	history := []Preference{
		{Version: 1, Channel: Electronic, Basis: Consent, From: 100},
		{Version: 2, Channel: Paper, Basis: Wish, From: 200, Until: 299},
		{Version: 3, Channel: Paper, Basis: Wish, Org: "clinic", From: 400},
	}
	for _, c := range []struct {
		org  string
		at   int64
		want Channel
	}{
		{"town", 99, Paper}, {"town", 100, Electronic}, {"town", 199, Electronic}, {"town", 200, Paper}, {"town", 299, Paper}, {"town", 300, Electronic},
		{"clinic", 399, Electronic}, {"clinic", 400, Paper}, {"town", 400, Electronic},
	} {
		if got := PreferenceAt(history, ids.Org(c.org), c.at).Channel; got != c.want {
			t.Errorf("%s at %d: got %s, want %s", c.org, c.at, got, c.want)
		}
	}
	if got := PreferenceAt(nil, "town", 100); got.Channel != Paper || got.Basis != None {
		t.Errorf("who said nothing: got %+v, want paper", got)
	}
}

// TestStandingIsNotOrdered: facts that come late or twice change nothing of the others.
func TestStandingIsNotOrdered(t *testing.T) {
	t.Parallel()
	s := Stand([]Event{{What: Accepted, At: 1}, {What: Published, At: 2}, {What: Archived, At: 8}, {What: Read, At: 5}, {What: Told, At: 6}, {What: Read, At: 9}})
	if s.Read != 5 || s.Published != 2 || s.Told != 6 || !s.Archived || s.New() {
		t.Errorf("got %+v", s)
	}
	if s := Stand([]Event{{What: Read, At: 5}, {What: Marked, At: 6}}); !s.New() || s.Read != 5 {
		t.Errorf("marked as not read: got %+v", s)
	}
	if s := Stand([]Event{{What: Deleted, At: 5}, {What: Restored, At: 6}}); s.Binned != 0 {
		t.Errorf("restored: got %+v", s)
	}
}

func TestWhatMayBeDoneWithALetter(t *testing.T) {
	t.Parallel()
	served, ordinary := Letter{Mode: Verifiable, Channel: Electronic, Reply: true}, Letter{Mode: Ordinary, Channel: Electronic}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"confirm":                           {MayConfirm(served, Standing{Published: 1}), ""},
		"confirm twice":                     {MayConfirm(served, Standing{Confirmed: 2}), "letter.confirmed"},
		"confirm what was served otherwise": {MayConfirm(served, Standing{Unserved: 2}), "letter.served_otherwise"},
		"confirm an ordinary one":           {MayConfirm(ordinary, Standing{}), "error.not_found"},
		"archive before confirming":         {MayPutAway(served, Standing{}), "letter.unconfirmed"},
		"archive after it":                  {MayPutAway(served, Standing{Confirmed: 1}), ""},
		"answer before confirming":          {MayAnswer(served, Standing{}), "error.not_found"},
		"answer after it":                   {MayAnswer(served, Standing{Confirmed: 1}), ""},
		"answer one that asks for none":     {MayAnswer(ordinary, Standing{}), "error.not_found"},
		"recall":                            {MayRecall(ordinary, Standing{Published: 1}), ""},
		"recall what was read":              {MayRecall(ordinary, Standing{Read: 1}), "letter.read"},
		"recall what was printed":           {MayRecall(ordinary, Standing{Printed: 1}), "letter.printed"},
		"recall twice":                      {MayRecall(ordinary, Standing{Recalled: 1}), "letter.recalled_already"},
	} {
		if c.want == "" && c.err != nil || c.want != "" && !fault.IsKey(c.err, c.want) {
			t.Errorf("%s: got %v, want %q", name, c.err, c.want)
		}
	}
	if !Visible(Letter{Channel: Electronic, ExpiresAt: 10, PublishAt: 1}, Standing{Published: 1}, 10) || Visible(Letter{Channel: Electronic, ExpiresAt: 10, PublishAt: 1}, Standing{Published: 1}, 11) {
		t.Error("the last second in which a letter can be read is its last")
	}
}
