package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
)

// Courses is the suite of courses: the last place for many at once, many for few, a form that is sent twice, offers that lapse while others enrol, and places that come and go at once.
func Courses(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"TheLastPlaceIsGivenOnce":           lastPlace,
		"ManyForFewIsFairAndExact":          manyForFew,
		"AFormSentTwiceEnrolsOnce":          enrolledTwice,
		"APlaceGoesFromOneToTheNext":        offersGoOn,
		"CancelledAndEnrolledAtOnce":        cancelledAndEnrolled,
		"AFormIsNobodyElses":                formOfAnother,
		"MorePlacesAreOfferedAtOnce":        morePlaces,
		"OldEnrolmentsAreSweptAndNewAreNot": coursesSwept,
		"WhoSomebodyIsIsErased":             enrolmentErased,
		"WhatIsKeptIsGivenToItsPerson":      enrolmentsGiven,
		"APlaceInTheLineIsExact":            lineIsExact,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// anybody are people of whom none has signed in.
type anybody struct{}

func (anybody) Participants(context.Context, actor.Actor) ([]course.Known, error) { return nil, nil }
func (anybody) Contact(context.Context, actor.Actor) (course.Known, error) {
	return course.Known{}, nil
}

func (anybody) Protected(context.Context, actor.Actor, ids.Person) (bool, error) { return false, nil }

const swimming = ids.Course("swimming")

var runsCourses = actor.Actor{Kind: actor.KindStaff, Staff: "anna", Grants: []actor.Grant{{Role: actor.RoleCourses, Org: "town"}}}

// courseRoom is the room with one published course of so many places, open to everybody, that begins in ten days.
func (h *House) courseRoom(t *testing.T, places int, change func(d *course.Details)) *course.Service {
	t.Helper()
	s := &course.Service{Store: h.Store.CourseRoom(), People: anybody{}, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now}
	now := h.Clock.Now().Unix()
	d := course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Uimakoulu"}, Sessions: []course.Session{{Start: now + 10*86400, End: now + 10*86400 + 3600}}, Places: places, Opens: now - 60, Hold: 15, Offer: 24, Level: "none",
		AtOnce: 5, Waiting: true,
	}
	if change != nil {
		change(&d)
	}
	if err := s.Create(t.Context(), runsCourses, "town", swimming, d); err != nil {
		t.Fatalf("make a course: %v", err)
	}
	if err := s.Publish(t.Context(), runsCourses, "town", swimming, 1); err != nil {
		t.Fatalf("publish it: %v", err)
	}
	return s
}

func enrolling(n int) actor.Actor {
	return actor.Visitor(ids.HashToken(fmt.Sprintf("visitor-%d", n)), "")
}

// enrolOne goes from the first page to the last.
func enrolOne(ctx context.Context, s *course.Service, n int) (course.Enrolment, error) {
	batch := ids.Draft(s.Gen.Draft())
	who := enrolling(n)
	r := course.BeginRequest{Org: "town", Course: swimming, Batch: batch, Lang: "fi", People: []course.Named{{Name: fmt.Sprintf("Maija Meikäläinen %d", n)}}}
	if _, err := s.Begin(ctx, who, r); err != nil {
		return course.Enrolment{}, err
	}
	list, err := s.Send(ctx, who, "town", batch, course.Contact{Email: fmt.Sprintf("maija%d@example.org", n), Wait: true})
	if err != nil {
		return course.Enrolment{}, err
	}
	return list[0], nil
}

// stand counts those of a course by their status.
func (h *House) stand(t *testing.T, s *course.Service) map[course.Status]int {
	t.Helper()
	_, _, rows, err := s.Roll(t.Context(), runsCourses, "town", swimming)
	if err != nil {
		t.Fatal(err)
	}
	out := map[course.Status]int{}
	for _, r := range rows {
		out[r.At(h.Clock.Now().Unix())]++
	}
	return out
}

// Five hundred want the last place of a course without a waiting list at once: exactly one has it, and the others are told that it is full.
func lastPlace(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 1, func(d *course.Details) { d.Waiting = false })
	got := 0
	for i, err := range race(500, func(i int) error {
		_, err := enrolOne(t.Context(), s, i)
		return err
	}) {
		switch {
		case err == nil:
			got++
		case !fault.IsKey(err, "course.full"):
			t.Errorf("visitor %d: got %v, want to hear that it is full", i, err)
		}
	}
	if stands := h.stand(t, s); got != 1 || stands[course.Attending] != 1 {
		t.Errorf("%d were told that they have the one place, and %v is written", got, stands)
	}
}

// Many come for few places: there are never more than there are, each of the others waits, the numbers are all different, and the line has no holes.
func manyForFew(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	const many, few = 300, 20
	s := h.courseRoom(t, few, nil)
	list := make([]course.Enrolment, many)
	for i, err := range race(many, func(i int) (err error) {
		list[i], err = enrolOne(t.Context(), s, i)
		return err
	}) {
		if err != nil {
			t.Errorf("visitor %d: %v", i, err)
		}
	}
	stands := h.stand(t, s)
	if stands[course.Attending] != few || stands[course.Waiting] != many-few {
		t.Errorf("got %v, want %d with places and all others waiting", stands, few)
	}
	numbers, places := map[int64]bool{}, map[int]bool{}
	for _, x := range list {
		if x.Number == 0 || numbers[x.Number] {
			t.Errorf("the number %d was given out twice, or never", x.Number)
		}
		numbers[x.Number] = true
		if x.Status == course.Waiting {
			v, err := s.View(t.Context(), x)
			if err != nil || v.Place < 1 || v.Place > many-few || places[v.Place] {
				t.Errorf("got place %d in the line twice, or %v", v.Place, err)
			}
			places[v.Place] = true
		}
	}
}

// A form that is sent by two clicks at once, and once more later, enrols once, with one number.
func enrolledTwice(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 5, nil)
	batch, who := ids.Draft(h.Booking.Gen.Draft()), enrolling(1)
	r := course.BeginRequest{Org: "town", Course: swimming, Batch: batch, Lang: "fi", People: []course.Named{{Name: "Maija Meikäläinen", Birth: "2015-05-05"}, {Name: "Matti Meikäläinen", Birth: "2016-05-05"}}}
	if _, err := s.Begin(t.Context(), who, r); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Begin(t.Context(), who, r); err != nil || len(again) != 2 {
		t.Errorf("begun twice: got %d, %v", len(again), err)
	}
	results := make([][]course.Enrolment, 8)
	for _, err := range race(8, func(i int) (err error) {
		results[i], err = s.Send(t.Context(), who, "town", batch, course.Contact{Email: "maija@example.org"})
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	for _, list := range results {
		if len(list) != 2 || list[0].Number != results[0][0].Number || list[1].Number != results[0][1].Number {
			t.Errorf("got %+v, want what the first got", list)
		}
	}
	if stands := h.stand(t, s); stands[course.Attending] != 2 {
		t.Errorf("got %v, want two places taken", stands)
	}
	r.Batch = ids.Draft(h.Booking.Gen.Draft())
	r.People = r.People[:1]
	if _, err := s.Begin(t.Context(), enrolling(2), r); !fault.IsKey(err, "form.invalid") || fault.Of(err).Fields[0].Key != "course.already" {
		t.Errorf("the same child once more: got %v", err)
	}
}

// A place that is given back is offered to the first who waits, until the last second; then to the next; and who takes it has it.
func offersGoOn(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 1, nil)
	var list []course.Enrolment
	for i := range 4 {
		x, err := enrolOne(t.Context(), s, i)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
		h.Clock.Advance(time.Second)
	}
	at := func(i int) course.Enrolment {
		t.Helper()
		x, err := s.Store.Enrolment(t.Context(), "town", list[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	do := func(i int, d course.Deed) error {
		_, err := s.Do(t.Context(), enrolling(i), at(i), d)
		return err
	}
	if err := do(0, course.Cancel); err != nil {
		t.Fatal(err)
	}
	first := at(1)
	if now := h.Clock.Now().Unix(); first.Status != course.Offered || first.Until != now+24*3600 || at(2).Status != course.Waiting {
		t.Fatalf("got %s until %d, and then %s", first.Status, first.Until, at(2).Status)
	}
	h.until(first.Until + 1)
	if err := do(1, course.Accept); !fault.IsKey(err, "course.offer_over") {
		t.Errorf("a second late: got %v", err)
	}
	if err := s.Settle(t.Context(), course.SettleArgs{Org: "town", Course: swimming}); err != nil { // the answer that was refused was undone with what it settled
		t.Fatal(err)
	}
	if at(1).Status != course.Lapsed || at(2).Status != course.Offered {
		t.Fatalf("got %s and %s, want the offer to go on", at(1).Status, at(2).Status)
	}
	if err := do(2, course.Decline); err != nil {
		t.Fatal(err)
	}
	last := at(3)
	if at(2).Status != course.Declined || last.Status != course.Offered {
		t.Fatalf("got %s and %s, want the offer to go on", at(2).Status, last.Status)
	}
	h.until(last.Until)
	for _, err := range race(4, func(int) error { return do(3, course.Accept) }) {
		if err != nil {
			t.Errorf("taken in the last second: %v", err)
		}
	}
	if stands := h.stand(t, s); stands[course.Attending] != 1 || stands[course.Waiting] != 0 || stands[course.Offered] != 0 {
		t.Errorf("got %v", stands)
	}
}

// Ten give their places back while thirty enrol: never are there more than ten, and nobody waits beside a free place.
func cancelledAndEnrolled(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 10, nil)
	var list []course.Enrolment
	for i := range 10 {
		x, err := enrolOne(t.Context(), s, i)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	for i, err := range race(40, func(i int) error {
		if i < 10 {
			_, err := s.Do(t.Context(), enrolling(i), list[i], course.Cancel)
			return err
		}
		_, err := enrolOne(t.Context(), s, i)
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	stands := h.stand(t, s)
	if n := stands[course.Attending] + stands[course.Offered]; n != 10 || stands[course.Cancelled] != 10 || stands[course.Waiting] != 20 {
		t.Errorf("got %v, want ten places taken or offered, ten given back and twenty waiting", stands)
	}
}

// A form is opened by the visitor who began it, and by nobody else.
func formOfAnother(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 5, nil)
	batch := ids.Draft(h.Booking.Gen.Draft())
	r := course.BeginRequest{Org: "town", Course: swimming, Batch: batch, Lang: "fi", People: []course.Named{{Name: "Maija Meikäläinen"}}}
	if _, err := s.Begin(t.Context(), enrolling(1), r); err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]actor.Actor{"another visitor": enrolling(2), "nobody": actor.Visitor(nil, ""), "a citizen": {Kind: actor.KindCitizen, Person: "somebody", Level: actor.LevelHigh}} {
		if _, _, err := s.Form(t.Context(), who, "town", batch); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := s.Send(t.Context(), who, "town", batch, course.Contact{Email: "maija@example.org"}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s sends: got %v", name, err)
		}
		if _, err := s.Begin(t.Context(), who, r); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s begins: got %v", name, err)
		}
	}
	// A hold ends with its last second, and the place is somebody else's then.
	h.Clock.Advance(15*time.Minute + time.Second)
	list, c, err := s.Form(t.Context(), enrolling(1), "town", batch)
	if err != nil || list[0].At(h.Clock.Now().Unix()) != course.Filling {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, taken, err := s.Public(t.Context(), "town", c.ID); err != nil || taken.All() != 0 {
		t.Errorf("got %v, %v, want what was held free again", taken, err)
	}
	if got, err := s.Send(t.Context(), enrolling(1), "town", batch, course.Contact{Email: "maija@example.org"}); err != nil || got[0].Status != course.Attending {
		t.Errorf("sent late, with places free: got %+v, %v", got, err)
	}
}

// Three more places are offered to the first three who wait, at once.
func morePlaces(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 1, nil)
	for i := range 6 {
		if _, err := enrolOne(t.Context(), s, i); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Second)
	}
	for _, err := range race(3, func(int) error { return s.Places(t.Context(), runsCourses, "town", swimming, 2, 4) })[1:] {
		if err != nil && !fault.IsKey(err, "course.changed") {
			t.Error(err)
		}
	}
	if stands := h.stand(t, s); stands[course.Attending] != 1 || stands[course.Offered] != 3 || stands[course.Waiting] != 2 {
		t.Errorf("got %v", stands)
	}
	_, _, rows, err := s.Roll(t.Context(), runsCourses, "town", swimming)
	if err != nil {
		t.Fatal(err)
	}
	var order []course.Status
	for _, r := range rows {
		order = append(order, r.Status)
	}
	if want := []course.Status{course.Attending, course.Offered, course.Offered, course.Offered, course.Waiting, course.Waiting}; !slices.Equal(order, want) {
		t.Errorf("got %v, want those who waited longest first", order)
	}
}

// Forms that were never sent go after a day, enrolments and their course a year after it.
func coursesSwept(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 5, nil)
	kept, err := enrolOne(t.Context(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	batch := ids.Draft(h.Booking.Gen.Draft())
	if _, err := s.Begin(t.Context(), enrolling(2), course.BeginRequest{Org: "town", Course: swimming, Batch: batch, Lang: "fi", People: []course.Named{{Name: "Matti"}}}); err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		if _, err := h.Store.Sweep(t.Context(), h.Clock.Now().Unix(), 100); err != nil {
			t.Fatal(err)
		}
	}
	h.Clock.Advance(15*time.Minute + 24*time.Hour)
	sweep()
	if list, err := s.Store.OfBatch(t.Context(), "town", batch); err != nil || len(list) != 1 {
		t.Errorf("in its last second: got %d, %v", len(list), err)
	}
	h.Clock.Advance(time.Second)
	sweep()
	if list, err := s.Store.OfBatch(t.Context(), "town", batch); err != nil || len(list) != 0 {
		t.Errorf("a day later: got %d, %v", len(list), err)
	}
	c, err := s.Store.Course(t.Context(), "town", swimming)
	if err != nil {
		t.Fatal(err)
	}
	h.until(c.End() + 366*86400)
	sweep()
	if _, err := s.Store.Enrolment(t.Context(), "town", kept.ID); err != nil {
		t.Errorf("in the last second of its year: %v", err)
	}
	h.Clock.Advance(time.Second)
	sweep()
	if _, err := s.Store.Enrolment(t.Context(), "town", kept.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("after it: got %v", err)
	}
	if _, err := s.Store.Course(t.Context(), "town", swimming); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the course: got %v", err)
	}
}
