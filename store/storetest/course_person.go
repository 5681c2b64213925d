package storetest

import (
	"context"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
)

// someone is a person who has signed in, and is known by a register.
type someone struct {
	anybody
	person ids.Person
}

func (s someone) Participants(context.Context, actor.Actor) ([]course.Known, error) {
	return []course.Known{{Person: s.person, Name: "Maija Meikäläinen", Birth: "1985-03-14"}}, nil
}

// in counts the rows of a table where something holds.
func (h *House) in(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := h.DB.Reader().QueryRowContext(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Who somebody is is erased from an enrolment that is over: name, address, number, what is sealed and the key; not from one that still holds a place. What stays names nobody, and is counted.
func enrolmentErased(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 2, nil)
	left, err := enrolOne(t.Context(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	stays, err := enrolOne(t.Context(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	erase := func(who actor.Actor, id ids.Enrolment) error { return s.Erase(t.Context(), who, "town", swimming, id) }
	if err := erase(runsCourses, left.ID); !fault.IsKey(err, "course.erase_live") {
		t.Fatalf("somebody with a place: got %v", err)
	}
	if _, err := s.Do(t.Context(), enrolling(1), left, course.Cancel); err != nil {
		t.Fatal(err)
	}
	if err := erase(enrolling(1), left.ID); err == nil {
		t.Fatal("a visitor erased it")
	}
	for range 2 { // twice is once
		if err := erase(runsCourses, left.ID); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Store.Enrolment(t.Context(), "town", left.ID)
	if err != nil || got.Name != "" || got.Email != "" || got.Phone != "" || len(got.Sealed) != 0 || len(got.Session) != 0 || got.Status != course.Cancelled || got.Number != left.Number || !got.Erased() {
		t.Errorf("got %+v, %v", got, err)
	}
	if string(got.WhoKey) == string(left.WhoKey) {
		t.Error("who it was can still be looked up")
	}
	if n := h.in(t, "SELECT count(*) FROM person WHERE person = '"+string(left.Person)+"' AND wrapped_key IS NULL AND erased_at > 0"); n != 1 {
		t.Error("the key is kept")
	}
	if n := h.in(t, "SELECT count(*) FROM person WHERE person = '"+string(stays.Person)+"' AND wrapped_key IS NOT NULL"); n != 1 {
		t.Error("somebody else's key is gone")
	}
	_, _, rows, err := s.Roll(t.Context(), runsCourses, "town", swimming)
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %d, %v", len(rows), err)
	}
	// Once the course is over, that of who came can be erased, too.
	h.Clock.Advance(11 * 24 * time.Hour)
	if err := erase(runsCourses, stays.ID); err != nil {
		t.Errorf("after the course: %v", err)
	}
	if _, _, rows, err = s.Roll(t.Context(), runsCourses, "town", swimming); err != nil || rows[0].Name+rows[1].Name != "" {
		t.Errorf("got %+v, %v", rows, err)
	}
}

// A person is given their own enrolments and those that they wrote for others without an account, opened; nobody is given anybody else's.
func enrolmentsGiven(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.courseRoom(t, 5, nil)
	maija := h.Booking.Gen.Person()
	_, wrapped, err := h.Keys.NewPersonKey(string(maija))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.InTx(t.Context(), "town", swimming, func(ctx context.Context, tx course.Tx) error {
		return tx.PutPerson(ctx, maija, wrapped, 1)
	}); err != nil {
		t.Fatal(err)
	}
	s.People = someone{person: maija}
	who := actor.Actor{Kind: actor.KindCitizen, Person: maija, Level: actor.LevelSubstantial, Session: ids.HashToken("maija")}
	batch := ids.Draft(s.Gen.Draft())
	r := course.BeginRequest{Org: "town", Course: swimming, Batch: batch, Lang: "fi", People: []course.Named{{Known: maija}, {Name: "Jan Novák", Birth: "2015-05-05"}}}
	if _, err := s.Begin(t.Context(), who, r); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), who, "town", batch, course.Contact{Email: "maija@example.org", Note: "An assistant comes along."}); err != nil {
		t.Fatal(err)
	}
	if _, err := enrolOne(t.Context(), s, 9); err != nil {
		t.Fatal(err)
	}
	list, err := s.Kept(t.Context(), who)
	if err != nil || len(list) != 2 {
		t.Fatalf("got %+v, %v", list, err)
	}
	own, wrote := list[0], list[1]
	if own.Name != "Maija Meikäläinen" || own.Birth != "1985-03-14" || own.Note != "An assistant comes along." || own.Email != "maija@example.org" || own.Status != course.Attending || !own.ByYou || own.Number != "SWIM-0001" {
		t.Errorf("got %+v", own)
	}
	if wrote.Name != "Jan Novák" || wrote.Birth != "2015-05-05" || wrote.Number != "SWIM-0002" {
		t.Errorf("got %+v", wrote)
	}
	other := who
	other.Person = h.Booking.Gen.Person()
	if list, err := s.Kept(t.Context(), other); err != nil || len(list) != 0 {
		t.Errorf("somebody else: got %+v, %v", list, err)
	}
	if _, err := s.Kept(t.Context(), enrolling(9)); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a visitor: got %v", err)
	}
	entries, err := s.FolderOf(t.Context(), actor.Owner{Person: maija})
	if err != nil || len(entries) != 2 {
		t.Errorf("got %d lines of the folder, %v; want both", len(entries), err)
	}
}
