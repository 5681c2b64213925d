package api_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/api"
)

func TestBookingGivesACodeThatOpensTheAppointment(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	a := c.post(t, "first-key", wish("note", "Wheelchair", "phone", "040 123 4567")).want(http.StatusCreated)
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control %q, want no-store", got)
	}
	if got := a.header.Get("Location"); got != town+"/appointment" {
		t.Errorf("got Location %q, want %s", got, town+"/appointment")
	}
	made := read[api.Booked](a)
	ap := made.Appointment
	if ap.Status != "booked" || ap.Start != monday || ap.End != "2026-11-23T10:20:00+02:00" || ap.Name != "Specimen Person" ||
		ap.Phone != "+358401234567" || ap.Note != "Wheelchair" || !ap.May.Cancel.Allowed {
		t.Errorf("got %+v, want what was sent", ap)
	}
	if made.Links != (api.Links{Self: town + "/appointment", Page: "https://town.example/en/town/appointment"}) {
		t.Errorf("got links %+v", made.Links)
	}
	shown := c.get(t, town+"/appointment", "Booking-Code", strings.ToLower(made.Code)).want(200)
	if got := read[api.Appointment](shown); !reflect.DeepEqual(got, ap) {
		t.Errorf("read: got %+v, want %+v", got, ap)
	}
}

func TestTheSameKeyGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	first := read[api.Booked](c.post(t, "repeated-key", wish()).want(201))
	for _, later := range []time.Duration{0, 70 * time.Minute, 10 * time.Hour} { // free, too close to be booked, past
		c.Clock.Set(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC).Add(later))
		a := c.post(t, "repeated-key", wish()).want(200)
		if got := read[api.Booked](a); a.header.Get("Idempotent-Replayed") != "true" || got.Code != first.Code {
			t.Errorf("%s later: got code %s, replayed %q, want %s, true", later, got.Code, a.header.Get("Idempotent-Replayed"), first.Code)
		}
		c.post(t, "repeated-key", wish("name", "Other Person")).problem(http.StatusConflict, "form.key_reused")
	}
	times := read[api.FreeTimes](c.get(t, town+"/free-times?service=passport&office=hall&from=2026-11-24&to=2026-11-24").want(200))
	if got := times.Days[0].Slots[0].Free; got != 3 {
		t.Errorf("got %d free, want 3: a repeat books nothing", got)
	}
}

func TestARefusedRequestLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	c.post(t, "mended-key", wish("email", "nobody")).problem(422, "form.invalid")
	c.post(t, "mended-key", wish()).want(201)
}

func TestTwentyRepeatsAtOnceBookOnce(t *testing.T) {
	t.Parallel()
	c := open(t, 5)
	codes := make([]string, 20)
	made := make([]int, 20)
	all(20, func(i int) {
		a := c.post(t, "same-key-at-once", wish())
		codes[i], made[i] = read[api.Booked](a).Code, a.status
	})
	created := 0
	for i := range codes {
		if codes[i] != codes[0] {
			t.Errorf("got codes %s and %s, want one", codes[i], codes[0])
		}
		if made[i] == http.StatusCreated {
			created++
		}
	}
	if created != 1 {
		t.Errorf("got %d times 201, want once", created)
	}
}

// all runs n functions at once.
func all(n int, do func(i int)) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() { start.Wait(); do(i) })
	}
	start.Done()
	done.Wait()
}

func TestFiftyAtOnceForThreeUnitsGiveThree(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	answers := make([]answer, 50)
	all(50, func(i int) { answers[i] = c.post(t, fmt.Sprintf("race-key-%d", i), wish("email", "")) })
	made := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made++
			continue
		}
		p := a.problem(http.StatusConflict, "booking.taken")
		if len(p.Alternatives) != 5 {
			t.Errorf("got %d alternatives, want 5", len(p.Alternatives))
		}
		for _, s := range p.Alternatives {
			if s.Start == monday || s.Free == 0 {
				t.Errorf("got alternative %+v, want a free time", s)
			}
		}
	}
	if made != 3 {
		t.Errorf("got %d appointments, want 3", made)
	}
	if got := answers[0].header.Get("Retry-After"); got != "" {
		t.Errorf("got Retry-After %q, want none: it will not be free again", got)
	}
}

func TestAHeldTimeIsKeptForItsSession(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	choice := request{"service": "permit", "office": "hall", "start": monday}
	held := read[api.Hold](c.ask(t, http.MethodPost, town+"/holds", choice).want(http.StatusCreated))
	if !held.Held || held.Session == "" || held.ExpiresAt != "2026-11-23T08:15:00+02:00" || held.End != "2026-11-23T10:30:00+02:00" {
		t.Fatalf("got %+v, want held until 08:15 with a session", held)
	}
	p := c.ask(t, http.MethodPost, town+"/holds", choice).problem(http.StatusConflict, "booking.taken")
	if len(p.Alternatives) == 0 {
		t.Error("got no alternatives")
	}
	c.post(t, "stranger-key", wish("service", "permit")).problem(http.StatusConflict, "booking.taken")
	c.post(t, "thief-key", wish("service", "permit", "hold", held.ID), "Luukku-Session", strings.Repeat("a", 52)).problem(404, "draft.not_found")
	if p := c.post(t, "forgetful-key", wish("service", "permit", "hold", held.ID)).problem(422, "form.invalid"); fields(p) != "Luukku-Session" {
		t.Errorf("got fields %q, want Luukku-Session", fields(p))
	}

	c.Clock.Advance(10 * time.Minute)
	longer := read[api.Hold](c.ask(t, http.MethodPost, town+"/holds/"+string(held.ID)+"/extend", nil, "Luukku-Session", held.Session).want(200))
	if longer.ExpiresAt != "2026-11-23T08:25:00+02:00" || longer.Session != "" {
		t.Errorf("got %+v, want it kept until 08:25 and no session told again", longer)
	}
	mine := wish("service", "permit", "hold", held.ID)
	c.post(t, "owner-key", mine, "Luukku-Session", held.Session).want(http.StatusCreated)
	c.post(t, "owner-key", mine, "Luukku-Session", held.Session).want(http.StatusOK)
	c.post(t, "late-key", wish("service", "permit")).problem(http.StatusConflict, "booking.taken")
}

func TestAnotherHoldOfTheSessionGivesTheFirstBack(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	first := read[api.Hold](c.ask(t, http.MethodPost, town+"/holds", request{"service": "permit", "office": "hall", "start": monday}).want(201))
	second := read[api.Hold](c.ask(t, http.MethodPost, town+"/holds", request{"service": "permit", "office": "hall", "start": wednesday},
		"Luukku-Session", first.Session).want(201))
	if second.Session != "" {
		t.Error("got the session again, want it told once")
	}
	c.post(t, "stranger-key", wish("service", "permit")).want(201)
}

func TestWhereNothingIsHeldTheAnswerSaysSo(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	choice := request{"service": "passport", "office": "hall", "start": monday}
	free := read[api.Hold](c.ask(t, http.MethodPost, town+"/holds", choice).want(http.StatusOK))
	if free.Held || free.ExpiresAt != "" {
		t.Errorf("got %+v, want nothing held", free)
	}
	c.post(t, "faster-key", wish()).want(201)
	c.ask(t, http.MethodPost, town+"/holds", choice).problem(http.StatusConflict, "booking.taken")
	c.post(t, "slower-key", wish("hold", free.ID), "Luukku-Session", free.Session).problem(http.StatusConflict, "booking.taken")
}

func TestBadHolds(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	extend := func(id string, headers ...string) answer {
		return c.ask(t, http.MethodPost, town+"/holds/"+id+"/extend", nil, headers...)
	}
	secret := strings.Repeat("a", 52)
	if p := extend("00000000000000000000000000").problem(422, "form.invalid"); fields(p) != "Luukku-Session" {
		t.Errorf("got fields %q, want Luukku-Session", fields(p))
	}
	extend("00000000000000000000000000", "Luukku-Session", "guessable").problem(422, "form.invalid")
	extend("00000000000000000000000000", "Luukku-Session", secret).problem(404, "draft.not_found")
	extend("%00", "Luukku-Session", secret).problem(404, "draft.not_found")
	for start, want := range map[string]string{
		"2026-11-23T10:00:00": "form.invalid", "2026-11-23T10:01:00+02:00": "booking.not_on_grid", "2026-11-23T06:00:00+02:00": "booking.past",
		"2026-11-23T08:30:00+02:00": "booking.too_close", "2027-11-23T10:00:00+02:00": "booking.too_far",
	} {
		c.ask(t, http.MethodPost, town+"/holds", request{"service": "permit", "office": "hall", "start": start}).problem(422, want)
	}
	c.ask(t, http.MethodPost, town+"/holds", request{"service": "permit", "office": "no-such", "start": monday}).problem(404, "office.unknown")
}

func TestBadBookings(t *testing.T) {
	t.Parallel()
	c := open(t, 3)
	long := strings.Repeat("å", 10_000)
	for name, x := range map[string]struct {
		body   any
		status int
		kind   string
		fields string
	}{
		"no offset":         {wish("start", "2026-11-23T10:00:00"), 422, "form.invalid", "start"},
		"no time":           {wish("start", "Monday at ten"), 422, "form.invalid", "start"},
		"half a second":     {wish("start", "2026-11-23T10:00:00.5+02:00"), 422, "form.invalid", "start"},
		"a number as time":  {wish("start", 1795420800), 422, "form.invalid", "start"},
		"off the grid":      {wish("start", "2026-11-23T10:05:00+02:00"), 422, "booking.not_on_grid", ""},
		"skipped hour":      {wish("start", "2027-03-28T03:30:00+02:00"), 422, "booking.too_far", ""},
		"past":              {wish("start", "2026-11-20T10:00:00+02:00"), 422, "booking.past", ""},
		"closed":            {wish("start", "2026-11-29T10:00:00+02:00"), 422, "booking.not_on_grid", ""},
		"unknown service":   {wish("service", "no-such"), 404, "service.unknown", ""},
		"service with NUL":  {wish("service", "pass\x00port"), 404, "service.unknown", ""},
		"unknown office":    {wish("office", "no-such"), 404, "office.unknown", ""},
		"no name":           {wish("name", ""), 422, "form.invalid", "name"},
		"name of spaces":    {wish("name", " \t "), 422, "form.invalid", "name"},
		"NUL in name":       {wish("name", "Specimen\x00Person"), 422, "form.invalid", "name"},
		"line in name":      {wish("name", "Specimen\nPerson"), 422, "form.invalid", "name"},
		"long name":         {wish("name", long), 422, "form.invalid", "name"},
		"long everything":   {wish("name", long, "email", long, "phone", long), 422, "form.invalid", "name,email,phone"},
		"long note":         {wish("note", strings.Repeat("x", 501)), 422, "form.invalid", "note"},
		"bad email":         {wish("email", "specimen@"), 422, "form.invalid", "email"},
		"email with header": {wish("email", "a@example.org\r\nBcc: b@example.org"), 422, "form.invalid", "email"},
		"bad phone":         {wish("phone", "12"), 422, "form.invalid", "phone"},
		"unknown language":  {wish("lang", "de"), 422, "form.invalid", "lang"},
		"not its language":  {wish("lang", "sv"), 422, "form.invalid", "lang"},
		"unknown field":     {wish("unit", "desk-a"), 422, "form.invalid", "unit"},
		"missing fields":    {request{"service": "passport"}, 422, "form.invalid", "name,office,start"},
		"not an object":     {`["passport"]`, 422, "form.invalid", "body"},
		"bad UTF-8":         {"{\"name\":\"\xff\"}", 422, "form.invalid", "body"},
		"not JSON":          {`{"service":`, 400, "api.unreadable", ""},
		"two objects":       {`{} {}`, 400, "api.unreadable", ""},
		"nothing":           {nil, 400, "api.unreadable", ""},
		"too large":         {wish("note", strings.Repeat("x", 70_000)), 413, "error.too_large", ""},
	} {
		got := c.post(t, "a-good-key", x.body).problem(x.status, x.kind)
		if names := sorted(fields(got)); names != sorted(x.fields) {
			t.Errorf("%s: got wrong fields %q, want %q", name, names, x.fields)
		}
	}
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	for _, key := range []string{"", "short", strings.Repeat("x", 129), "with space", "ünprintable"} {
		if p := c.post(t, key, wish()).problem(422, "form.invalid"); fields(p) != "Idempotency-Key" {
			t.Errorf("%q: got fields %q, want Idempotency-Key", key, fields(p))
		}
	}
	c.post(t, strings.Repeat("x", 128), wish()).want(201)
	c.ask(t, http.MethodPost, town+"/appointments", wish(), "Content-Type", "text/csv", "Idempotency-Key", "a-good-key").
		problem(http.StatusUnsupportedMediaType, "api.media_type")
}

func TestMoreThanThePolicyAllowsIsRefused(t *testing.T) {
	t.Parallel()
	c := open(t, 5)
	for i := range 2 {
		c.post(t, fmt.Sprintf("allowed-%d", i), wish("service", "permit")).want(201)
	}
	c.post(t, "one-too-many", wish("service", "permit")).problem(422, "booking.too_many")
}

func TestTheServiceIsInTheRequestsLanguage(t *testing.T) {
	t.Parallel()
	c := open(t, 5)
	for header, want := range map[string]api.Lang{"fi": "fi", "en": "en", "de": "en", "sv": "en"} {
		r := wish()
		delete(r, "lang")
		made := read[api.Booked](c.post(t, "language-"+header, r, "Accept-Language", header).want(201))
		if made.Appointment.Lang != want {
			t.Errorf("%s: got %s, want %s", header, made.Appointment.Lang, want)
		}
	}
}
