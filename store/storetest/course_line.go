package storetest

import (
	"slices"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/course"
	"luukku/store"
)

// lineIsExact has many join a line and leave it at once, on two nodes, each of which remembers what it counted. Whoever is asked after that, and in whatever order, stands where a count of all says; while
// others only join nobody's place changes; and a clock that goes back puts nobody before those who wait.
func lineIsExact(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 1, nil)
	another := store.New(h.DB, store.Options{Now: h.Clock.Now, Gen: h.Booking.Gen})
	nodes := []*course.Service{s, {Store: another.CourseRoom(), People: anybody{}, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now}}
	var all []course.Enrolment
	join := func(name string, n int) {
		t.Helper()
		list := make([]course.Enrolment, n)
		from := len(all)
		for _, err := range race(n, func(i int) (err error) {
			list[i], err = enrolOne(t.Context(), nodes[i%2], from+i)
			return err
		}) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		all = append(all, list...)
	}
	check := func(name string) {
		t.Helper()
		_, _, rows, err := s.Roll(t.Context(), runsCourses, "town", swimming)
		if err != nil {
			t.Fatal(err)
		}
		rows = slices.DeleteFunc(rows, func(r course.Row) bool { return r.Status != course.Waiting })
		want := map[ids.Enrolment]int{}
		for i, r := range rows { // in the order of the line
			want[r.ID] = i + 1
		}
		for i, x := range slices.Concat(all, all) {
			if want[x.ID] == 0 {
				continue
			}
			if got, err := nodes[(i+i/len(all))%2].Store.Place(t.Context(), rowOf(rows, x.ID)); err != nil || got != want[x.ID] {
				t.Fatalf("%s: number %d stands at %d, %v, want %d of %d", name, x.Number, got, err, want[x.ID], len(rows))
			}
		}
	}
	join("the first", 160)
	check("after they joined")
	join("more", 20)
	check("after more joined")
	for i, err := range race(40, func(i int) error {
		if i%4 == 0 {
			_, err := enrolOne(t.Context(), nodes[i%2], len(all)+i)
			return err
		}
		_, err := nodes[i%2].Do(t.Context(), enrolling(i), all[i*4], course.Cancel)
		return err
	}) {
		if err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	check("after some left")
	first := slices.MaxFunc(all, func(a, b course.Enrolment) int { return int(a.Line - b.Line) })
	h.Clock.Advance(-30 * time.Second)
	x, err := enrolOne(t.Context(), s, 1000)
	if err != nil || x.Line <= first.Line {
		t.Errorf("joined while the clock stood half a minute back: at %d, %v, want it behind %d", x.Line, err, first.Line)
	}
	h.Clock.Advance(30 * time.Second)
	all = append(all, x)
	check("after the clock went back")
	if err := s.Places(t.Context(), runsCourses, "town", swimming, 2, 30); err != nil {
		t.Fatal(err)
	}
	check("after the first were offered places")
}

func rowOf(rows []course.Row, id ids.Enrolment) course.Enrolment {
	return rows[slices.IndexFunc(rows, func(r course.Row) bool { return r.ID == id })].Enrolment
}
