package erasure

import (
	"slices"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

const asked = 1_780_000_000

func TestTheTimeToTakeItBack(t *testing.T) {
	const day = 24 * 60 * 60
	for days, want := range map[int]int64{0: 14, -1: 14, 1: 1, 14: 14, 30: 30, 31: 30, 1000: 30} {
		if got := DueAt(asked, days); got != asked+want*day {
			t.Errorf("%d days: got %d seconds, want %d days", days, got-asked, want)
		}
	}
}

func TestAskedWithAFreshSignInToTheSecond(t *testing.T) {
	for after, ok := range map[int64]bool{0: true, 599: true, 600: true, 601: false, 86400: false} {
		err := MayAsk(asked, asked+after)
		if (err == nil) != ok {
			t.Errorf("%d s after signing in: %v", after, err)
		}
		if err != nil && !fault.Is(err, fault.KindSignInRequired) {
			t.Errorf("%d s after signing in: does not ask to sign in again: %v", after, err)
		}
	}
}

func TestTakenBackUntilItBegins(t *testing.T) {
	for _, s := range []State{Asked, TakenBack, Erasing, Partly, Rest, Done} {
		if err := (Request{State: s}).MayTakeBack(); (err == nil) != (s == Asked) {
			t.Errorf("%s: %v", s, err)
		}
		if live := (Request{State: s}).Live(); live != slices.Contains([]State{Asked, Erasing, Rest}, s) {
			t.Errorf("%s: live is %v", s, live)
		}
	}
}

func TestWhatHinders(t *testing.T) {
	for _, row := range []struct {
		f    Facts
		want []Hindrance
	}{
		{Facts{}, nil},
		{Facts{Bookings: 1}, []Hindrance{HasBookings}},
		{Facts{Waiting: 2}, []Hindrance{HasWaiting}},
		{Facts{Courses: 1}, []Hindrance{HasCourses}},
		{Facts{Forms: 1}, []Hindrance{HasForms}},
		{Facts{Letters: 1}, []Hindrance{HasLetters}},
		{Facts{1, 1, 1, 1, 1}, []Hindrance{HasBookings, HasWaiting, HasCourses, HasForms, HasLetters}},
	} {
		if got := row.f.Hinders(); !slices.Equal(got, row.want) {
			t.Errorf("%+v: got %v, want %v", row.f, got, row.want)
		}
	}
}

func TestWhatIsErasedWhen(t *testing.T) {
	due := DueAt(asked, 14)
	r := Request{State: Asked, AskedAt: asked, DueAt: due}
	ahead := Facts{Bookings: 1}
	refused := []Office{{Org: "vuorela", Word: Refused}, {Org: "kaupunki", Word: Open}, {Org: "arkisto", Word: Refused}}
	begun := r
	begun.State = Erasing
	rest := r
	rest.State = Rest
	for name, row := range map[string]struct {
		r       Request
		offices []Office
		f       Facts
		now     int64
		want    Step
	}{
		"just asked":                         {r, nil, Facts{}, asked, Step{Wait: due + 1}},
		"in its last second":                 {r, nil, Facts{}, due, Step{Wait: due + 1}},
		"a second later":                     {r, nil, Facts{}, due + 1, Step{Account: true}},
		"something ahead":                    {r, nil, ahead, due + 1, Step{Wait: due + 1 + 86400}},
		"something ahead, and in its time":   {r, nil, ahead, due, Step{Wait: due + 1}},
		"something ahead once it has begun":  {begun, nil, ahead, due + 1, Step{Account: true}},
		"two authorities keep theirs":        {r, refused, Facts{}, due + 1, Step{But: []ids.Org{"arkisto", "vuorela"}}},
		"they said so in time, not yet due":  {r, refused, Facts{}, due, Step{Wait: due + 1}},
		"nobody keeps anything":              {r, []Office{{Org: "vuorela", Word: Open}}, Facts{}, due + 1, Step{Account: true}},
		"what the law keeps is looked at on": {rest, nil, Facts{}, due + 1, Step{Account: true}},
	} {
		got := Next(row.r, row.offices, row.f, row.now)
		if got.Wait != row.want.Wait || got.Account != row.want.Account || !slices.Equal(got.But, row.want.But) {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
	}
}

func TestARefusalSaysWhyAndHowToAppeal(t *testing.T) {
	whole := Office{Ground: ByLaw, Why: " The register is kept by law. ", Appeal: "Appeal within 30 days."}
	got, err := CheckRefusal(whole)
	if err != nil || got.Why != "The register is kept by law." {
		t.Errorf("got %q, %v", got.Why, err)
	}
	long := strings.Repeat("ä", MaxWhy)
	for name, row := range map[string]struct {
		change func(o *Office)
		field  string
	}{
		"no ground":           {func(o *Office) { o.Ground = "" }, "ground"},
		"no ground of ours":   {func(o *Office) { o.Ground = "because" }, "ground"},
		"no reason":           {func(o *Office) { o.Why = " \n " }, "why"},
		"no appeal":           {func(o *Office) { o.Appeal = "" }, "appeal"},
		"the longest":         {func(o *Office) { o.Why = long }, ""},
		"one too many":        {func(o *Office) { o.Why = long + "ä" }, "why"},
		"bytes that are none": {func(o *Office) { o.Appeal = "\xff" }, "appeal"},
	} {
		o := whole
		row.change(&o)
		_, err := CheckRefusal(o)
		var named string
		if err != nil {
			named = fault.Of(err).Fields[0].Name
		}
		if named != row.field {
			t.Errorf("%s: got a fault at %q, want %q (%v)", name, named, row.field, err)
		}
	}
}
