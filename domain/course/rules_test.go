package course

import (
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/org"
)

// begins is when the course of the tests begins; it is open from a thousand seconds before.
const begins = 1_800_000_000

func sample() Course {
	return Course{State: Published, Details: Details{
		Sessions: []Session{{Start: begins + 86400, End: begins + 90000}, {Start: begins, End: begins + 3600}}, Places: 10, Opens: begins - 1000, Closes: begins - 100, CancelUntil: begins - 50, Hold: 15, Offer: 1,
		Quotas: []Quota{{ID: "young", Places: 3, MaxAge: 6, Until: begins - 500}, {ID: "near", Places: 2, Codes: []string{"001"}}}, Waiting: true,
	}}
}

func day(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheStagesOfACourseToTheSecond(t *testing.T) {
	t.Parallel()
	c := sample()
	for at, want := range map[int64]Stage{
		begins - 1001: Soon, begins - 1000: Open, begins - 100: Open, begins - 99: Shut, begins: Shut, begins + 89999: Shut, begins + 90000: Over,
	} {
		if got := c.StageAt(at); got != want {
			t.Errorf("at %d: got %s, want %s", at-begins, got, want)
		}
	}
	c.Closes = 0
	if c.StageAt(begins-1) != Open || c.StageAt(begins) != Shut {
		t.Error("without an end the period does not end as the course begins")
	}
	c.State = Draft
	if c.StageAt(begins-500) != Hidden {
		t.Error("a draft is shown")
	}
	c.State = CalledOff
	if c.StageAt(begins-500) != Stopped {
		t.Error("what was called off is open")
	}
}

func TestHowOldSomebodyIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, on string
		want      int
	}{
		{"2019-11-23", "2026-11-22", 6}, {"2019-11-22", "2026-11-22", 7}, {"2020-02-29", "2027-02-28", 6}, {"2020-02-29", "2027-03-01", 7}, {"2027-01-01", "2026-12-31", -1}, {"", "2026-12-31", -1}, {"5.3.2018", "2026-12-31", -1},
	} {
		if got := Age(c.birth, day(t, c.on)); got != c.want {
			t.Errorf("born %s, on %s: got %d, want %d", c.birth, c.on, got, c.want)
		}
	}
	today := day(t, "2026-11-22")
	d := Details{}
	if got := d.AgeDay(today, today.Add(9)); !got.Equal(today.Add(9)) {
		t.Errorf("before it begins the age counts on %s, want its first day", got)
	}
	if got := d.AgeDay(today, today.Add(-9)); !got.Equal(today) {
		t.Errorf("after it began the age counts on %s, want today", got)
	}
}

func TestWhoMayComeAndWhyNot(t *testing.T) {
	t.Parallel()
	on := day(t, "2027-01-15")
	d := Details{MinAge: 6, MaxAge: 8, Codes: []string{"001", "00240"}}
	for name, c := range map[string]struct {
		who  Who
		want []string
	}{
		"in the middle":              {Who{Birth: "2019-05-01", Code: "00100"}, nil},
		"six that day":               {Who{Birth: "2021-01-15", Code: "00100"}, nil},
		"six the day after":          {Who{Birth: "2021-01-16", Code: "00100"}, []string{"course.no.young"}},
		"the last day of being nine": {Who{Birth: "2018-01-15", Code: "00100"}, []string{"course.no.old"}},
		"nine the day after":         {Who{Birth: "2018-01-16", Code: "00240"}, nil},
		"elsewhere":                  {Who{Birth: "2019-05-01", Code: "00241"}, []string{"course.no.elsewhere"}},
		"unknown":                    {Who{}, []string{"course.no.birth", "course.no.elsewhere"}},
	} {
		var got []string
		for _, no := range d.RefusalsOf(c.who, on) {
			got = append(got, no.Key)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestWhichPlaceSomebodyGets(t *testing.T) {
	t.Parallel()
	c := sample()
	before, after := int64(begins-500), int64(begins-499) // the last second of the young ones' quota, and the next
	for name, x := range map[string]struct {
		fits  []string
		taken Taken
		now   int64
		quota string
		ok    bool
	}{
		"of one's own quota":                      {[]string{"young"}, Taken{}, before, "young", true},
		"of the first of two":                     {[]string{"young", "near"}, Taken{}, before, "young", true},
		"of the second when the first is full":    {[]string{"young", "near"}, Taken{"young": 3}, before, "near", true},
		"for everybody when one's own is full":    {[]string{"young"}, Taken{"young": 3}, before, "", true},
		"for everybody":                           {nil, Taken{}, before, "", true},
		"none, while others' are kept":            {nil, Taken{"": 5}, before, "", false},
		"of a quota whose time is over":           {nil, Taken{"": 5}, after, "", true},
		"no more of it than there are":            {nil, Taken{"": 7, "young": 1}, after, "", false},
		"none when all have gone":                 {[]string{"young"}, Taken{"": 5, "young": 3, "near": 2}, before, "", false},
		"none when places were taken away":        {[]string{"near"}, Taken{"": 9, "young": 3}, before, "", false},
		"a quota that is gone counts for all":     {nil, Taken{"old": 5}, before, "", false},
		"what is over everybody's bound is bound": {nil, Taken{"": 8}, after, "", false},
	} {
		quota, ok := c.Seat(x.fits, x.taken, x.now)
		if quota != x.quota || ok != x.ok {
			t.Errorf("%s: got %q, %t, want %q, %t", name, quota, ok, x.quota, x.ok)
		}
	}
	if n := c.Free(Taken{"": 5, "young": 1}, before); n != 4 {
		t.Errorf("got %d free places, want 4", n)
	}
	if n := c.Free(Taken{"": 12}, before); n != 0 {
		t.Errorf("got %d free places of a course that is over full, want none", n)
	}
}

func TestWhichQuotasSomebodyFits(t *testing.T) {
	t.Parallel()
	d := Details{Quotas: []Quota{{ID: "age", MinAge: 60}, {ID: "near", Codes: []string{"001"}}, {ID: "swedish", Langs: []i18n.Lang{"sv"}}}}
	on := day(t, "2027-01-15")
	for _, c := range []struct {
		who  Who
		want []string
	}{
		{Who{Birth: "1967-01-15", Code: "00100", Lang: "sv"}, []string{"age", "near", "swedish"}}, {Who{Birth: "1967-01-16", Code: "00200", Lang: "fi"}, nil}, {Who{Code: "00100"}, []string{"near"}},
	} {
		if got := d.Fits(c.who, on); !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %v, want %v", c.who, got, c.want)
		}
	}
}

func TestAHoldAndAnOfferEndToTheSecond(t *testing.T) {
	t.Parallel()
	for _, e := range []Enrolment{{Status: Held, Until: 100}, {Status: Offered, Until: 100}} {
		if e.At(100) != e.Status {
			t.Errorf("%s is over in its last second", e.Status)
		}
		if e.At(101) == e.Status {
			t.Errorf("%s is good a second late", e.Status)
		}
	}
	c := sample()
	if got := c.HoldEnds(1000); got != 1900 {
		t.Errorf("got a hold until %d, want 1900", got)
	}
	for at, want := range map[int64]int64{begins - 7200: begins - 3600, begins - 3601: begins - 1, begins - 10: begins - 1, begins - 2: begins - 1, begins - 1: 0, begins: 0} {
		until, ok := c.OfferEnds(at)
		if ok != (want != 0) || ok && until != want {
			t.Errorf("offered %d s before: got %d, %t, want %d", begins-at, until-begins, ok, want-begins)
		}
	}
	c.State = CalledOff
	if _, ok := c.OfferEnds(begins - 7200); ok {
		t.Error("a place on what was called off is offered")
	}
}

func TestUntilWhenSomebodyMayCancel(t *testing.T) {
	t.Parallel()
	c := sample()
	for _, x := range []struct {
		e    Enrolment
		now  int64
		want string
	}{
		{Enrolment{Status: Attending}, begins - 50, ""}, {Enrolment{Status: Attending}, begins - 49, "course.cancel_late"}, {Enrolment{Status: Waiting}, begins + 5, ""},
		{Enrolment{Status: Offered, Until: begins}, begins, ""}, {Enrolment{Status: Offered, Until: begins}, begins + 1, "course.cancel_not"}, {Enrolment{Status: Cancelled}, 0, "course.cancel_not"},
	} {
		err := c.CheckCancel(x.e, x.now)
		if x.want == "" && err != nil || x.want != "" && !fault.IsKey(err, x.want) {
			t.Errorf("%+v at %d: got %v, want %q", x.e, x.now, err, x.want)
		}
	}
}

func TestTheFirstInLineWhomAPlaceFitsIsNext(t *testing.T) {
	t.Parallel()
	c := sample()
	now := int64(begins - 7200)
	line := []Enrolment{{ID: "c", Status: Waiting, Line: 3, Fits: []string{"near"}}, {ID: "a", Status: Waiting, Line: 1}, {ID: "b", Status: Waiting, Line: 2, Fits: []string{"young"}}}
	for name, x := range map[string]struct {
		taken     Taken
		id, quota string
	}{
		"a place for everybody":    {Taken{"": 4, "young": 3, "near": 2}, "a", ""},
		"a place of the young":     {Taken{"": 5, "young": 2, "near": 2}, "b", "young"},
		"a place of those near":    {Taken{"": 5, "young": 3, "near": 1}, "c", "near"},
		"none":                     {Taken{"": 5, "young": 3, "near": 2}, "", ""},
		"more than one: the first": {Taken{}, "a", ""},
	} {
		e, ok := c.Next(line, x.taken, now)
		if ok != (x.id != "") || string(e.ID) != x.id || e.Quota != x.quota {
			t.Errorf("%s: got %s of %q, %t, want %s of %q", name, e.ID, e.Quota, ok, x.id, x.quota)
		}
		if ok && (e.Status != Offered || e.Until != now+3600) {
			t.Errorf("%s: got %s until %d", name, e.Status, e.Until)
		}
	}
	if line[0].ID != "c" {
		t.Error("the line was changed")
	}
}

func TestMeetingsThatOverlapClash(t *testing.T) {
	t.Parallel()
	a := Details{Sessions: []Session{{Start: 100, End: 200}, {Start: 500, End: 600}}}
	for name, x := range map[string]struct {
		other Session
		want  bool
	}{
		"after": {Session{Start: 200, End: 300}, false}, "before": {Session{Start: 400, End: 500}, false}, "a second": {Session{Start: 199, End: 300}, true}, "around": {Session{Start: 0, End: 900}, true},
	} {
		if got := Clashes(a, Details{Sessions: []Session{x.other}}); got != x.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
