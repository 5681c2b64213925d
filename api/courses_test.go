package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
)

type nobodyKnown struct{}

func (nobodyKnown) Participants(context.Context, actor.Actor) ([]course.Known, error) {
	return nil, nil
}
func (nobodyKnown) Contact(context.Context, actor.Actor) (course.Known, error) {
	return course.Known{}, nil
}
func (nobodyKnown) Protected(context.Context, actor.Actor, ids.Person) (bool, error) {
	return false, nil
}

// running publishes a course of two places, one of which is kept for children, that begins in ten days.
func (c *client) running(t *testing.T, change func(d *course.Details)) *course.Service {
	t.Helper()
	s := &course.Service{Store: c.Store.CourseRoom(), People: nobodyKnown{}, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now}
	c.door.Courses = s
	now := c.Clock.Now().Unix()
	d := course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Uimakoulu", "en": "Swimming"}, Place: "Pool", Places: 2, Opens: now - 60, Hold: 15, Offer: 24, Level: "none", AtOnce: 3, Waiting: true,
		Sessions: []course.Session{{Start: now + 10*86400, End: now + 10*86400 + 3600}}, Quotas: []course.Quota{{ID: "young", Name: i18n.Text{"fi": "lapset", "en": "children"}, Places: 1, MaxAge: 17}},
	}
	if change != nil {
		change(&d)
	}
	if err := s.Create(t.Context(), actor.System("test"), "town", "swimming", d); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), actor.System("test"), "town", "swimming", 1); err != nil {
		t.Fatal(err)
	}
	return s
}

const courses = town + "/courses"

func wants(names ...string) request {
	var people []request
	for _, n := range names {
		people = append(people, request{"name": n, "born": "1985-03-14"})
	}
	return request{"people": people, "email": "specimen@example.org", "wait": true}
}

func (c *client) enrols(t *testing.T, key string, body any, headers ...string) answer {
	t.Helper()
	return c.ask(t, http.MethodPost, courses+"/swimming/enrolments", body, append([]string{"Idempotency-Key", key}, headers...)...)
}

func TestCoursesAreListedAndSearched(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	c.get(t, courses).want(http.StatusNotFound)
	c.running(t, nil)
	all := read[api.Courses](c.get(t, courses+"?lang=en").want(http.StatusOK)).Courses
	if len(all) != 1 || all[0].Title != "Swimming" || all[0].Free != 2 || all[0].Stage != course.Open || len(all[0].Quotas) != 1 || all[0].Quotas[0].Free != 1 || len(all[0].Meetings) != 1 {
		t.Fatalf("got %+v", all)
	}
	for query, want := range map[string]int{"?q=pool": 1, "?q=sewing": 0, "?age=7": 1, "?kind=event": 0, "?service=passport": 0, "?free=true": 1, "?from=2030-01-01": 0, "?place=poo": 1} {
		if got := read[api.Courses](c.get(t, courses+query).want(http.StatusOK)).Courses; len(got) != want {
			t.Errorf("%s: got %d, want %d", query, len(got), want)
		}
	}
	c.get(t, courses+"?kind=party").want(http.StatusUnprocessableEntity)
	c.get(t, courses+"/swimming").want(http.StatusOK)
	c.get(t, courses+"/sewing").want(http.StatusNotFound)
	c.get(t, strings.Replace(courses, "town", "city", 1)).want(http.StatusNotFound)
}

// A program enrols somebody once for its key; who finds no place waits; and a person is told by name of a field why they cannot come.
func TestAProgramEnrolsOnce(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	c.running(t, nil)
	first := read[api.Enrolments](c.enrols(t, "first-key", wants("Specimen Person")).want(http.StatusCreated)).Enrolments
	if len(first) != 1 || first[0].Number != "SWIM-0001" || first[0].Status != course.Attending {
		t.Fatalf("got %+v", first)
	}
	if again := read[api.Enrolments](c.enrols(t, "first-key", wants("Specimen Person")).want(http.StatusCreated)).Enrolments; again[0].Number != "SWIM-0001" {
		t.Errorf("the same key enrolled %s", again[0].Number)
	}
	next := read[api.Enrolments](c.enrols(t, "next-key", wants("Another Specimen")).want(http.StatusCreated)).Enrolments
	if next[0].Status != course.Waiting || next[0].Place != 1 { // the other place is kept for children
		t.Errorf("got %+v, want the waiting list", next)
	}
	if p := c.enrols(t, "twice-key", wants("Third Specimen", "Specimen Person")).problem(http.StatusUnprocessableEntity, "form.invalid"); fields(p) != "people[1]" {
		t.Errorf("got the fields %s", fields(p))
	}
	unborn := request{"people": []request{{"name": "Somebody"}}, "email": "specimen@example.org"}
	c.enrols(t, "unborn-key", unborn).want(http.StatusConflict) // without a date of birth no place is kept for them, and none is asked to wait for
	c.enrols(t, "nobody-key", request{"people": []request{}}).want(http.StatusUnprocessableEntity)
	if p := c.enrols(t, "mail-key", request{"people": []request{{"name": "A"}}, "email": "no", "wait": true}).problem(http.StatusUnprocessableEntity, "form.invalid"); fields(p) != "email" {
		t.Errorf("got the fields %s", fields(p))
	}
	for _, asked := range c.asked {
		if strings.Contains(asked, "pecimen") {
			t.Errorf("%s says who it is", asked)
		}
	}
}

func TestACourseThatAsksToSignInTakesNoVisitors(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	c.running(t, func(d *course.Details) { d.Level = "substantial" })
	c.enrols(t, "first-key", wants("Specimen Person")).problem(http.StatusUnprocessableEntity, "course.sign_in_first")
	s, _ := c.programs(t)
	k := key(t, s, 0, actor.CourseWork)
	if got := read[api.Enrolments](c.enrols(t, "first-key", wants("Specimen Person"), k...).want(http.StatusCreated)).Enrolments; got[0].Status != course.Attending {
		t.Errorf("got %+v", got)
	}
}

// The link of a mail opens an enrolment, to read, to answer and to give back.
func TestALinkOpensAnEnrolment(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s := c.running(t, func(d *course.Details) { d.Quotas, d.Places = nil, 1 })
	c.enrols(t, "first-key", wants("Specimen Person")).want(http.StatusCreated)
	c.enrols(t, "next-key", wants("Another Specimen")).want(http.StatusCreated)
	_, _, rows, err := s.Roll(t.Context(), actor.System("test"), "town", "swimming")
	if err != nil {
		t.Fatal(err)
	}
	link := func(e ids.Enrolment) string {
		t.Helper()
		token := s.Gen.LinkToken()
		if err := c.Store.PutEnrolmentLink(t.Context(), "town", e, ids.HashToken(token), c.Clock.Now().Unix()+86400*40); err != nil {
			t.Fatal(err)
		}
		return token
	}
	has, waits := link(rows[0].ID), link(rows[1].ID)
	post := func(path string, body request) answer { return c.ask(t, http.MethodPost, town+path, body) }
	if got := read[api.Enrolment](post("/enrolment", request{"token": waits}).want(http.StatusOK)); got.Status != course.Waiting || got.Place != 1 {
		t.Errorf("got %+v", got)
	}
	post("/enrolment/answer", request{"token": waits, "answer": "accept"}).problem(http.StatusConflict, "course.offer_over")
	for range 2 {
		if got := read[api.Enrolment](post("/enrolment/answer", request{"token": has, "answer": "cancel"}).want(http.StatusOK)); got.Status != course.Cancelled {
			t.Errorf("got %+v", got)
		}
	}
	if got := read[api.Enrolment](post("/enrolment", request{"token": waits}).want(http.StatusOK)); got.Status != course.Offered || got.Until == "" {
		t.Errorf("got %+v, want what became free offered", got)
	}
	if got := read[api.Enrolment](post("/enrolment/answer", request{"token": waits, "answer": "accept"}).want(http.StatusOK)); got.Status != course.Attending {
		t.Errorf("got %+v", got)
	}
	post("/enrolment", request{"token": "06A1B2C3D4E5F6G7"}).want(http.StatusNotFound)
	post("/enrolment/answer", request{"token": waits, "answer": "sell"}).want(http.StatusUnprocessableEntity)
}

// With a key the list is read, answers are given, attendance is marked and all are written to; with another key nothing is there.
func TestAProgramRunsACourse(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	c.running(t, func(d *course.Details) { d.Quotas, d.Places = nil, 1 })
	s, _ := c.programs(t)
	k, other := key(t, s, 0, actor.CourseWork), key(t, s, 0, actor.AppointmentList)
	const list = courses + "/swimming/enrolments"
	c.get(t, list).want(http.StatusUnauthorized)
	c.get(t, list, other...).want(http.StatusNotFound)
	c.enrols(t, "first-key", wants("Specimen Person"), k...).want(http.StatusCreated)
	c.enrols(t, "next-key", wants("Another Specimen"), k...).want(http.StatusCreated)
	c.enrols(t, "other-key", wants("Another Specimen"), other...).want(http.StatusNotFound)
	rows := func() []api.EnrolledRow {
		return read[api.EnrolledList](c.get(t, list, k...).want(http.StatusOK)).Enrolments
	}
	r := rows()
	if len(r) != 2 || r[0].Name != "Specimen Person" || r[0].Email != "specimen@example.org" || r[0].Birth != "1985-03-14" || r[1].Status != course.Waiting || r[1].Place != 1 {
		t.Fatalf("got %+v", r)
	}
	one := func(id ids.Enrolment, do string, with []string) answer {
		return c.ask(t, http.MethodPost, list+"/"+string(id)+"/answer", request{"answer": do}, with...)
	}
	one(r[0].ID, "cancel", other).want(http.StatusNotFound)
	one(r[0].ID, "cancel", k).want(http.StatusOK)
	if got := read[api.Enrolment](one(r[1].ID, "accept", k).want(http.StatusOK)); got.Status != course.Attending {
		t.Errorf("got %+v", got)
	}
	tell := func(key string, with []string) answer {
		return c.ask(t, http.MethodPost, courses+"/swimming/messages", request{"text": "Bring a towel."}, append([]string{"Idempotency-Key", key}, with...)...)
	}
	tell("tell-key", other).want(http.StatusNotFound)
	if a, b := read[api.CourseTold](tell("tell-key", k).want(http.StatusCreated)), read[api.CourseTold](tell("tell-key", k).want(http.StatusCreated)); a.Told != 1 || b.Told != 0 {
		t.Errorf("%d and %d were told, want one, once", a.Told, b.Told)
	}
	c.Clock.Advance(10*24*time.Hour + time.Minute)
	mark := func(m string, with []string) answer {
		return c.ask(t, http.MethodPut, courses+"/swimming/attendance", request{"attendance": []request{{"id": r[1].ID, "mark": m}}}, with...)
	}
	mark("came", other).want(http.StatusNotFound)
	mark("came", k).want(http.StatusNoContent)
	if got := rows(); got[1].Mark != course.Came {
		t.Errorf("got %+v", got)
	}
	mark("none", k).want(http.StatusNoContent)
	mark("perhaps", k).want(http.StatusUnprocessableEntity)
	if got := rows(); got[1].Mark != "" {
		t.Errorf("got %+v", got)
	}
}
