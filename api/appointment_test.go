package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/fault"
)

func sorted(names string) string {
	list := strings.Split(names, ",")
	slices.Sort(list)
	return strings.Join(list, ",")
}

// act does something with the appointment that a code opens.
func (c *client) act(t testing.TB, method, path, code, key string, body any, headers ...string) answer {
	t.Helper()
	headers = append(headers, "Booking-Code", code)
	if key != "" {
		headers = append(headers, "Idempotency-Key", key)
	}
	return c.ask(t, method, town+"/appointment"+path, body, headers...)
}

func TestDetailsAreChangedAndTheRestStays(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t, "note", "Wheelchair")
	for i, want := range []string{"", "true"} { // the second is the same request again
		a := c.act(t, http.MethodPatch, "", made.Code, "edit-key-1", request{"email": "", "lang": "fi", "phone": nil}).want(200)
		got := read[api.Appointment](a)
		if got.Email != "" || got.Lang != "fi" || got.Name != "Specimen Person" || got.Note != "Wheelchair" || got.Version != 1 {
			t.Errorf("time %d: got %+v, want no email, Finnish, the rest as it was", i, got)
		}
		if a.header.Get("Idempotent-Replayed") != want || a.header.Get("ETag") != `"1"` {
			t.Errorf("time %d: got replayed %q, ETag %s, want %q, \"1\"", i, a.header.Get("Idempotent-Replayed"), a.header.Get("ETag"), want)
		}
	}
	c.act(t, http.MethodPatch, "", made.Code, "edit-key-1", request{"name": "Somebody Else"}).problem(409, "form.key_reused")
	if p := c.act(t, http.MethodPatch, "", made.Code, "edit-key-2", request{"name": "x\x00", "phone": "1"}).problem(422, "form.invalid"); fields(p) != "name,phone" {
		t.Errorf("got fields %q, want name,phone", fields(p))
	}
	if p := c.act(t, http.MethodPatch, "", made.Code, "edit-key-3", request{"start": wednesday}).problem(422, "form.invalid"); fields(p) != "start" {
		t.Errorf("got fields %q, want start: that is for move", fields(p))
	}
	c.act(t, http.MethodPatch, "", made.Code, "", request{"name": "Somebody Else"}).problem(422, "form.invalid")
}

func TestNothingIsDoneToAnotherVersionThanTheOneRead(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	c.act(t, http.MethodPatch, "", made.Code, "edit-key-1", request{"name": "First"}, "If-Match", `"0"`).want(200)
	c.act(t, http.MethodPatch, "", made.Code, "edit-key-2", request{"name": "Second"}, "If-Match", `"0"`).problem(412, "api.changed_since")
	c.act(t, http.MethodPost, "/move", made.Code, "move-key-1", request{"start": wednesday}, "If-Match", `"0"`).problem(412, "api.changed_since")
	c.act(t, http.MethodPost, "/cancel", made.Code, "cancel-key-1", request{}, "If-Match", `"0"`).problem(412, "api.changed_since")
	c.act(t, http.MethodDelete, "", made.Code, "", nil, "If-Match", `"0"`).problem(412, "api.changed_since")
	if p := c.act(t, http.MethodDelete, "", made.Code, "", nil, "If-Match", `yesterday`).problem(422, "form.invalid"); fields(p) != "If-Match" {
		t.Errorf("got fields %q, want If-Match", fields(p))
	}
	for range 2 { // a repeat still has the version from before its first time
		c.act(t, http.MethodPost, "/move", made.Code, "move-key-2", request{"start": wednesday}, "If-Match", `"1"`).want(200)
	}
	c.act(t, http.MethodDelete, "", made.Code, "", nil, "If-Match", "*").want(200)
}

func TestMovingKeepsTheCode(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	c.post(t, "neighbour", wish("start", wednesday, "email", "")).want(201)
	p := c.act(t, http.MethodPost, "/move", made.Code, "move-key-1", request{"start": wednesday}).problem(409, "booking.taken")
	if len(p.Alternatives) != 5 {
		t.Errorf("got %d alternatives, want 5", len(p.Alternatives))
	}
	const tuesday = "2026-11-24T08:00:00Z"
	for i := range 2 {
		a := c.act(t, http.MethodPost, "/move", made.Code, "move-key-2", request{"start": tuesday, "office": "hall"}).want(200)
		if got := read[api.Appointment](a); got.Start != "2026-11-24T10:00:00+02:00" || (a.header.Get("Idempotent-Replayed") == "true") != (i == 1) {
			t.Errorf("time %d: got start %s, replayed %q", i, got.Start, a.header.Get("Idempotent-Replayed"))
		}
	}
	c.act(t, http.MethodPost, "/move", made.Code, "move-key-3", request{"start": tuesday}).problem(422, "move.same_time")
	c.act(t, http.MethodPost, "/move", made.Code, "move-key-4", request{"start": wednesday, "office": "no-such"}).problem(404, "office.unknown")
	c.act(t, http.MethodPost, "/move", made.Code, "move-key-5", request{"start": "2026-11-24T10:00:00"}).problem(422, "form.invalid")
	c.post(t, "successor", wish("email", "")).want(201) // the old time is free again
}

func TestCancellingFreesTheTime(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	for i := range 2 {
		a := c.act(t, http.MethodPost, "/cancel", made.Code, "cancel-key", request{"reason": "Ill"}).want(200)
		got := read[api.Appointment](a)
		if got.Status != "cancelled" || got.Reason != "Ill" || got.CancelledBy != "client" || got.CancelledAt == "" || got.May.Move.Allowed {
			t.Errorf("time %d: got %+v, want it cancelled", i, got)
		}
		if got.May.Move.Type != "/problems/manage.cancelled_already" || got.May.Move.Detail == "" {
			t.Errorf("got permission %+v, want why not", got.May.Move)
		}
	}
	c.act(t, http.MethodPost, "/cancel", made.Code, "other-cancel-key", request{}).problem(422, "manage.cancelled_already")
	c.act(t, http.MethodPatch, "", made.Code, "edit-key", request{"name": "Late"}).problem(422, "manage.cancelled_already")
	c.post(t, "next-key", wish()).want(201)
}

func TestDeletingTwiceIsTheSameAsOnce(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	for range 2 {
		if got := read[api.Appointment](c.act(t, http.MethodDelete, "", made.Code, "", nil).want(200)); got.Status != "cancelled" {
			t.Errorf("got %s, want cancelled", got.Status)
		}
	}
}

func TestCutOffsAreTold(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	if got := made.Appointment.May; got.Move.Until != "2026-11-23T08:00:00+02:00" || got.Cancel.Until != "2026-11-23T09:00:00+02:00" {
		t.Errorf("got %+v, want move until 08:00 and cancel until 09:00", got)
	}
	c.Clock.Advance(time.Second)
	c.act(t, http.MethodPost, "/move", made.Code, "move-key", request{"start": wednesday}).problem(422, "manage.too_late_to_move")
	c.Clock.Advance(time.Hour)
	p := c.act(t, http.MethodDelete, "", made.Code, "", nil, "Accept-Language", "fi").problem(422, "manage.too_late_to_cancel")
	if english := c.act(t, http.MethodDelete, "", made.Code, "", nil).problem(422, "manage.too_late_to_cancel"); p.Detail == english.Detail || p.Title == english.Title {
		t.Errorf("got %q and %q, want Finnish and English", p.Detail, english.Detail)
	}
}

func TestACodeIsNeeded(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	a := c.get(t, town+"/appointment")
	a.problem(http.StatusUnauthorized, "api.code_required")
	if a.header.Get("WWW-Authenticate") != "Booking-Code" {
		t.Errorf("got WWW-Authenticate %q, want Booking-Code", a.header.Get("WWW-Authenticate"))
	}
	c.get(t, town+"/appointment", "Booking-Code", "no code").problem(422, "code.form")
	c.get(t, town+"/appointment", "Booking-Code", "K7PQ-3M9X-TR").problem(404, "manage.not_found")
}

func TestGuessingIsSlowed(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	statuses := map[int]int{}
	var last answer
	for i := range 1000 {
		last = c.get(t, town+"/appointment", "Booking-Code", fmt.Sprintf("K7PQ-3M%03d", i)+"0")
		statuses[last.status]++
	}
	if statuses[404] != 10 || statuses[429] != 990 {
		t.Errorf("got %v, want 10 answers and 990 refusals", statuses)
	}
	p := last.problem(http.StatusTooManyRequests, "manage.too_many_tries")
	if p.RetryAfter < 1 || last.header.Get("Retry-After") != fmt.Sprint(p.RetryAfter) {
		t.Errorf("got retry_after %d, Retry-After %q, want the same seconds", p.RetryAfter, last.header.Get("Retry-After"))
	}
	r := c.from(t, "198.51.100.9:4000", made.Code)
	if r != 200 {
		t.Errorf("a real reader elsewhere: got %d, want 200", r)
	}
}

func TestCodesAreInNoAddressAndNoLog(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	made := c.booked(t)
	secret := strings.ReplaceAll(made.Code, "-", "")
	c.act(t, http.MethodPatch, "", made.Code, "edit-key", request{"name": "Other"}).want(200)
	if err := c.DB.Close(); err != nil { // every request is an incident from now on
		t.Fatal(err)
	}
	a := c.act(t, http.MethodDelete, "", made.Code, "", nil)
	p := read[api.Problem](a)
	if a.status < 500 || p.Incident == "" && p.RetryAfter == 0 {
		t.Errorf("got %d %s, want an incident or when to come back", a.status, a.body)
	}
	log := c.log.String()
	if !strings.Contains(log, "incident") {
		t.Errorf("got log %q, want the incident in it", log)
	}
	for where, text := range map[string]string{
		"log": log, "addresses": strings.Join(c.asked, " "), "links": made.Links.Self + made.Links.Page, "problem": string(a.body),
	} {
		for _, s := range []string{made.Code, secret, "specimen@example.org", "Specimen Person"} {
			if strings.Contains(strings.ToUpper(text), strings.ToUpper(s)) {
				t.Errorf("the %s hold %q", where, s)
			}
		}
	}
}

func TestWhatIsNoFaultIsAnIncidentCode(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	real := c.Booking.Store
	c.Booking.Store = broken{Store: real, err: errBroken}
	a := c.get(t, town+"/free-times?service=passport&office=hall", "Accept-Language", "cs")
	p := a.problem(http.StatusInternalServerError, "internal")
	if len(p.Incident) != 8 || !strings.Contains(p.Detail, p.Incident) || strings.Contains(string(a.body), errBroken.Error()) {
		t.Errorf("got %s, want a code and not the cause", a.body)
	}
	if log := c.log.String(); !strings.Contains(log, p.Incident) || !strings.Contains(log, errBroken.Error()) {
		t.Errorf("got log %q, want code and cause", log)
	}
	c.Booking.Store = broken{Store: real, err: fault.Unavailable("error.unavailable", 10*time.Second)}
	a = c.get(t, town+"/free-times?service=passport&office=hall")
	if p := a.problem(http.StatusServiceUnavailable, "error.unavailable"); p.RetryAfter != 10 || a.header.Get("Retry-After") != "10" {
		t.Errorf("got %+v, want to come back in 10 s", p)
	}
}

var errBroken = errors.New("the disk has gone")
