package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/domain/actor"
)

// far is a free time more than two weeks ahead.
const far = "2026-12-14T10:00:00+02:00"

// listed is the one appointment of an office's day.
func (c *client) listed(t *testing.T, date string, key []string) api.ListedAppointment {
	t.Helper()
	var got api.AppointmentList
	c.get(t, town+"/appointments?office=hall&date="+date, key...).want(http.StatusOK).into(&got)
	if len(got.Appointments) != 1 {
		t.Fatalf("got %d appointments on %s, want one", len(got.Appointments), date)
	}
	return got.Appointments[0]
}

func TestProgramSaysWhatCameOfAVisit(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, _ := c.programs(t)
	desk, list, log := key(t, s, 0, actor.BookingDesk), key(t, s, 0, actor.AppointmentList), key(t, s, 0, actor.AuditRead)
	c.post(t, "first-booking", wish()).want(http.StatusCreated)
	a := c.listed(t, "2026-11-23", list)
	at := town + "/appointments/" + string(a.ID) + "/outcome"
	say := func(outcome string, headers ...string) answer {
		return c.ask(t, http.MethodPut, at, request{"outcome": outcome}, headers...)
	}
	say("arrived").want(http.StatusUnauthorized)
	say("arrived", list...).problem(http.StatusNotFound, "manage.not_found")
	say("eaten", desk...).want(http.StatusUnprocessableEntity)
	c.ask(t, http.MethodPut, strings.Replace(at, string(a.ID), "06A1B2C3D4", 1), request{"outcome": "arrived"}, desk...).want(http.StatusNotFound)
	// Half an hour before the start, and not a second earlier.
	begin, err := time.Parse(time.RFC3339, monday)
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Set(begin.Add(-30*time.Minute - time.Second))
	say("arrived", desk...).problem(http.StatusUnprocessableEntity, "desk.too_early")
	c.Clock.Set(begin.Add(-30 * time.Minute))
	first := say("arrived", desk...).want(http.StatusOK)
	var done struct {
		Outcome string `json:"outcome"`
		Version int64  `json:"version"`
	}
	first.into(&done)
	if done.Outcome != "arrived" || done.Version != 1 {
		t.Errorf("got %+v, want arrived in version 1", done)
	}
	for _, secret := range []string{"Specimen", "example.org", "358"} {
		if strings.Contains(string(first.body), secret) {
			t.Errorf("the answer says %q of the person: %s", secret, first.body)
		}
	}
	// Again, and as served, nothing changes; with the version that was read before, somebody else's entry is not overwritten.
	say("served", desk...).want(http.StatusOK).into(&done)
	if done.Version != 1 {
		t.Errorf("saying the same made version %d", done.Version)
	}
	say("no-show", append([]string{"If-Match", `"0"`}, desk...)...).problem(http.StatusPreconditionFailed, "api.changed_since")
	say("no-show", append([]string{"If-Match", `"1"`}, desk...)...).want(http.StatusOK).into(&done)
	if done.Outcome != "no-show" {
		t.Errorf("got %q, want no-show", done.Outcome)
	}
	done.Outcome = ""
	say("none", desk...).want(http.StatusOK).into(&done)
	if done.Outcome != "" {
		t.Errorf("got %q after it was taken back", done.Outcome)
	}
	var lines api.AuditLines
	c.get(t, town+"/audit?action=appointment.outcome", log...).want(http.StatusOK).into(&lines)
	if len(lines.Lines) != 3 || lines.Lines[0].ActorKind != actor.KindClient {
		t.Errorf("got %+v, want three lines by a program", lines.Lines)
	}
}

func TestProgramSetsTimesAside(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, _ := c.programs(t)
	desk, list := key(t, s, 0, actor.BookingDesk), key(t, s, 0, actor.AppointmentList)
	set := func(name, start string, headers ...string) answer {
		return c.ask(t, http.MethodPost, town+"/prereservations", request{"service": "passport", "office": "hall", "start": start, "name": name, "email": "specimen@example.org", "lang": "en"}, headers...)
	}
	with := func(key string) []string { return append([]string{"Idempotency-Key", key}, desk...) }
	set("Anna", far, "Idempotency-Key", "no-credentials").want(http.StatusUnauthorized)
	set("Anna", far, append([]string{"Idempotency-Key", "wrong-right"}, list...)...).want(http.StatusNotFound)
	set("Anna", far, desk...).want(http.StatusUnprocessableEntity) // without a key of the request
	set("Anna", monday, with("too-near-to-confirm")...).problem(http.StatusUnprocessableEntity, "propose.too_close")
	made := read[api.Booked](set("Anna", far, with("prereservation-1")...).want(http.StatusCreated))
	if made.Appointment.Status != "proposed" || made.Appointment.ConfirmBy != "2026-11-30T10:00:00+02:00" {
		t.Errorf("got %s until %s, want proposed until two weeks before", made.Appointment.Status, made.Appointment.ConfirmBy)
	}
	again := set("Anna", far, with("prereservation-1")...).want(http.StatusOK)
	if again.header.Get("Idempotent-Replayed") != "true" || read[api.Booked](again).Code != made.Code {
		t.Error("the same request again made another, or does not say that it is a repeat")
	}
	set("Berta", far, with("prereservation-1")...).problem(http.StatusConflict, "form.key_reused")
	if p := set("Berta", far, with("prereservation-2")...).problem(http.StatusConflict, "booking.taken"); len(p.Alternatives) == 0 {
		t.Error("no other times are offered")
	}
	a := c.listed(t, "2026-12-14", list)
	at := town + "/appointments/" + string(a.ID)
	if a.Status != "proposed" {
		t.Errorf("the list says %s", a.Status)
	}
	var done struct {
		Status  string `json:"status"`
		Version int64  `json:"version"`
	}
	c.ask(t, http.MethodPost, at+"/confirm", nil, list...).want(http.StatusNotFound)
	c.ask(t, http.MethodPost, at+"/confirm", nil, append([]string{"If-Match", `"7"`}, desk...)...).problem(http.StatusPreconditionFailed, "api.changed_since")
	c.ask(t, http.MethodPost, at+"/confirm", nil, desk...).want(http.StatusOK).into(&done)
	if done.Status != "booked" {
		t.Errorf("after confirming: %s", done.Status)
	}
	version := done.Version
	c.ask(t, http.MethodPost, at+"/confirm", nil, desk...).want(http.StatusOK).into(&done)
	if done.Version != version {
		t.Error("confirming again changed something")
	}
	c.ask(t, http.MethodPost, at+"/cancel", request{"reason": "Ill"}, append([]string{"Idempotency-Key", "cancel-for-1"}, list...)...).want(http.StatusNotFound)
	for range 2 {
		c.ask(t, http.MethodPost, at+"/cancel", request{"reason": "Ill"}, with("cancel-for-1")...).want(http.StatusOK).into(&done)
		if done.Status != "cancelled" || done.Version != version+1 {
			t.Errorf("got %+v, want cancelled once", done)
		}
	}
	c.ask(t, http.MethodPost, at+"/cancel", request{"reason": "Ill"}, with("cancel-for-2")...).problem(http.StatusUnprocessableEntity, "manage.cancelled_already")
	set("Berta", far, with("prereservation-3")...).want(http.StatusCreated) // the time is free again
	// It lapses to the second.
	at = town + "/appointments/" + string(c.newest(t, "2026-12-14", list)) + "/confirm"
	lapse := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	c.Clock.Set(lapse.Add(time.Second))
	c.ask(t, http.MethodPost, at, nil, desk...).problem(http.StatusUnprocessableEntity, "confirm.lapsed")
	c.Clock.Set(lapse)
	c.ask(t, http.MethodPost, at, nil, desk...).want(http.StatusOK)
}

// newest is the appointment of a day that is not cancelled.
func (c *client) newest(t *testing.T, date string, key []string) (id string) {
	t.Helper()
	var got api.AppointmentList
	c.get(t, town+"/appointments?office=hall&date="+date, key...).want(http.StatusOK).into(&got)
	for _, a := range got.Appointments {
		if a.Status != "cancelled" {
			id = string(a.ID)
		}
	}
	return id
}
