package api_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/api"
	"luukku/domain/catalog"
)

func TestOrganisationsServicesAndOfficesAreListed(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	orgs := read[api.Organisations](c.get(t, "/api/v1/organisations").want(200))
	want := []api.Organisation{{ID: "town", Name: "Town", Country: "FI", Zone: "Europe/Helsinki", Languages: []api.Lang{"fi", "en"}}}
	if diff := cmp.Diff(want, orgs.Organisations); diff != "" {
		t.Errorf("organisations (-want +got):\n%s", diff)
	}
	services := read[api.Services](c.get(t, town+"/services").want(200))
	if len(services.Services) != 2 {
		t.Errorf("got %d services, want 2", len(services.Services))
	}
	found := read[api.Services](c.get(t, town+"/services?q=pasport&lang=en").want(200))
	if len(found.Services) != 1 || found.Services[0].ID != "passport" || found.Services[0].Length != 1200 {
		t.Errorf("search with a spelling mistake: got %+v, want passport of 1200 s", found.Services)
	}
	offices := read[api.Offices](c.get(t, town+"/offices").want(200))
	if len(offices.Offices) != 1 || offices.Offices[0].ID != "hall" {
		t.Errorf("got offices %+v, want hall", offices.Offices)
	}
	if office := read[api.OfficeWithServices](c.get(t, town+"/offices/hall").want(200)); len(office.Services) != 2 {
		t.Errorf("got services %v at hall, want 2", office.Services)
	}
}

func TestPolicyHasEveryFieldOfTheTable(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	var got struct {
		Policy map[string]any `json:"policy"`
	}
	if err := json.Unmarshal(c.get(t, town+"/services/passport").want(200).body, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Policy) != len(catalog.Fields) || got.Policy["length"] != 1200.0 || got.Policy["hold"] != 0.0 || got.Policy["online_change"] != true {
		t.Errorf("got policy %v, want %d fields with length 1200, hold 0 and online_change true", got.Policy, len(catalog.Fields))
	}
}

func TestPlacesHaveTheFirstFreeTime(t *testing.T) {
	t.Parallel()
	c := open(t, 2)
	var got struct {
		Places []struct {
			ID    string         `json:"id"`
			First *api.FirstTime `json:"first"`
		} `json:"places"`
	}
	if err := json.Unmarshal(c.get(t, town+"/services/permit/offices").want(200).body, &got); err != nil {
		t.Fatal(err)
	}
	want := &api.FirstTime{Start: "2026-11-23T09:00:00+02:00", End: "2026-11-23T09:30:00+02:00"}
	if len(got.Places) != 1 || got.Places[0].ID != "hall" || !cmp.Equal(got.Places[0].First, want) {
		t.Errorf("got places %+v, want hall with first %+v", got.Places, want)
	}
}

func TestFreeTimesTellDaysAndCounts(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	c.booked(t)
	times := read[api.FreeTimes](c.get(t, town+"/free-times?service=passport&office=hall&from=2026-11-22&to=2026-12-06&lang=en").want(200))
	states := map[string]string{}
	for _, d := range times.Days {
		states[d.Date] = d.State + " " + d.Reason
		if d.Date == "2026-11-23" {
			for _, s := range d.Slots {
				if want := map[bool]int{true: 2, false: 3}[s.Start == monday]; s.Free != want {
					t.Errorf("at %s: got %d free, want %d", s.Start, s.Free, want)
				}
			}
		}
	}
	for date, want := range map[string]string{
		"2026-11-22": "over ", "2026-11-23": "free ", "2026-11-28": "closed ", "2026-12-06": "closed Independence Day",
	} {
		if states[date] != want {
			t.Errorf("%s: got %q, want %q", date, states[date], want)
		}
	}
	far := read[api.FreeTimes](c.get(t, town+"/free-times?service=passport&office=hall&from=2027-02-01&to=2027-02-01").want(200))
	if d := far.Days[0]; d.State != "beyond" || d.Opens == "" || d.Slots == nil {
		t.Errorf("got %+v, want beyond with the date it opens and an empty list", d)
	}
	if usual := read[api.FreeTimes](c.get(t, town+"/free-times?service=passport&office=hall").want(200)); len(usual.Days) != 14 || usual.Days[0].Date != "2026-11-23" {
		t.Errorf("without dates: got %d days from %s, want 14 from today", len(usual.Days), usual.Days[0].Date)
	}
}

func TestFreeTimesOfAFullDay(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	for i := range 12 {
		start := "2026-11-24T" + []string{"09", "10", "11", "12", "13", "14"}[i/2] + []string{":00", ":30"}[i%2] + ":00+02:00"
		c.post(t, "fill-"+start, wish("service", "permit", "start", start, "email", "")).want(201)
	}
	times := read[api.FreeTimes](c.get(t, town+"/free-times?service=permit&office=hall&from=2026-11-24&to=2026-11-24").want(200))
	if times.Days[0].State != "full" || len(times.Days[0].Slots) != 0 {
		t.Errorf("got %+v, want full", times.Days[0])
	}
}

func TestFreeTimesAreNotSentAgainUntilTheyChange(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	path := town + "/free-times?service=passport&office=hall&from=2026-11-23&to=2026-11-27"
	first := c.get(t, path).want(200)
	tag := first.header.Get("ETag")
	if got := first.header.Get("Cache-Control"); got != "max-age=5" || tag == "" {
		t.Fatalf("got Cache-Control %q, ETag %q, want max-age=5 and a tag", got, tag)
	}
	for _, header := range []string{tag, `"other", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
		if a := c.get(t, path, "If-None-Match", header).want(http.StatusNotModified); len(a.body) != 0 || a.header.Get("ETag") != tag {
			t.Errorf("304 for %s: got body %q, ETag %q, want none and %q", header, a.body, a.header.Get("ETag"), tag)
		}
	}
	c.booked(t)
	if changed := c.get(t, path, "If-None-Match", tag).want(200); changed.header.Get("ETag") == tag {
		t.Error("after a booking: got the same ETag, want another")
	}
}

func TestLargePublicAnswersArePacked(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	path := town + "/free-times?service=passport&office=hall&from=2026-11-23&to=2027-01-23"
	plain, packed := c.get(t, path).want(200), c.get(t, path, "Accept-Encoding", "br, gzip").want(200)
	z, err := gzip.NewReader(strings.NewReader(string(packed.body)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || string(got) != string(plain.body) || packed.header.Get("ETag") != plain.header.Get("ETag") {
		t.Errorf("got another content or ETag when packed (%v), want the same", err)
	}
	if len(packed.body)*5 > len(plain.body) {
		t.Errorf("got %d bytes packed of %d, want a fifth at most", len(packed.body), len(plain.body))
	}
}

func TestNamesComeInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	for _, x := range []struct{ query, header, want string }{
		{"", "", "en-GB"}, {"", "sv-FI,sv;q=0.9,en;q=0.5", "sv-FI"}, {"", "de", "en-GB"}, {"?lang=cs", "fi", "cs-CZ"},
	} {
		if got := c.get(t, town+"/services"+x.query, "Accept-Language", x.header).want(200).header.Get("Content-Language"); got != x.want {
			t.Errorf("%q and %q: got %s, want %s", x.query, x.header, got, x.want)
		}
	}
	if a := c.get(t, town+"/free-times?service=passport&office=hall&from=2026-12-06&to=2026-12-06&lang=sv").want(200); !strings.Contains(string(a.body), "självständighetsdagen") {
		t.Errorf("got %s, want the holiday's name in Swedish", a.body)
	}
}

func TestBadQuestionsAboutTheCatalogue(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	for path, want := range map[string]struct {
		status int
		kind   string
		fields string
	}{
		"/api/v1/organisations/village/services":                                        {404, "org.unknown", ""},
		"/api/v1/organisations/%00/services":                                            {404, "org.unknown", ""},
		"/api/v1/organisations/%ff/services":                                            {404, "org.unknown", ""},
		town + "/services/no-such":                                                      {404, "service.unknown", ""},
		town + "/services/no-such/offices":                                              {404, "service.unknown", ""},
		town + "/offices/no-such":                                                       {404, "office.unknown", ""},
		town + "/services?lang=de":                                                      {422, "form.invalid", "lang"},
		town + "/services?q=%ff":                                                        {422, "form.invalid", "q"},
		town + "/services?q=" + strings.Repeat("x", 201):                                {422, "form.invalid", "q"},
		town + "/services?word=passport":                                                {422, "form.invalid", "word"},
		town + "/services/passport/offices?order=far":                                   {422, "form.invalid", "order"},
		town + "/free-times?office=hall":                                                {422, "form.invalid", "service"},
		town + "/free-times?service=passport":                                           {422, "form.invalid", "office"},
		town + "/free-times?service=no-such&office=hall":                                {404, "service.unknown", ""},
		town + "/free-times?service=passport&office=no-such":                            {404, "office.unknown", ""},
		town + "/free-times?service=passport&office=hall&from=2026-11-31":               {422, "form.invalid", "from"},
		town + "/free-times?service=passport&office=hall&from=tomorrow":                 {422, "form.invalid", "from"},
		town + "/free-times?service=passport&office=hall&from=2026-11-24&to=2026-11-23": {422, "form.invalid", "to"},
		town + "/free-times?service=passport&office=hall&from=2026-11-01&to=2027-01-02": {422, "form.invalid", "to"},
		town + "/free-times?service=passport&office=hall&from=0000-01-01&to=9999-12-31": {422, "form.invalid", "from"},
		"/api/v1/":                               {404, "api.no_route", ""},
		"/api/v2/":                               {404, "api.no_route", ""},
		"/api/v1/organisations/town/free-times/": {404, "api.no_route", ""},
	} {
		if got := fields(c.get(t, path).problem(want.status, want.kind)); got != want.fields {
			t.Errorf("%s: got wrong fields %q, want %q", path, got, want.fields)
		}
	}
	c.get(t, town+"/free-times?service=passport&office=hall&from=2026-11-01&to=2027-01-01").want(200) // 62 days
	a := c.ask(t, http.MethodPut, town+"/services", nil)
	a.problem(http.StatusMethodNotAllowed, "api.method")
	if got := a.header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("got Allow %q, want GET, HEAD", got)
	}
}
