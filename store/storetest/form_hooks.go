package storetest

import (
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// boundProgram is a program that handles forms, within some bounds.
func boundProgram(only actor.Bounds) actor.Actor {
	return actor.Actor{Kind: actor.KindClient, Client: "case-system", Org: "town", Scopes: []actor.Right{actor.SubmissionWork}, Only: only}
}

// heard is all that a program is told of after a number, so many events at a time.
func (h *House) heard(t *testing.T, s *eservice.Service, who actor.Actor, after int64, most int) (list []mailbox.HookEvent, last int64) {
	t.Helper()
	for {
		page, next, err := s.HookEvents(t.Context(), who, "town", after, most)
		if err != nil || len(page) > most || next < after {
			t.Fatalf("after %d: %d events up to %d, %v", after, len(page), next, err)
		}
		if list = append(list, page...); next == after {
			return list, next
		}
		after = next
	}
}

// Programs are told of each event once, in its order and under a number of its own, however many happen at once; of what is done with the work alone they are told nothing, and go on behind it.
func eventsTold(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p, clerk, program := h.withMailbox(t, s.Letters), registry("clerk", "town"), boundProgram(actor.Bounds{})
	if list, last := h.heard(t, s, program, 0, 10); len(list) != 0 || last != 0 {
		t.Fatalf("before anything: %+v up to %d", list, last)
	}
	x := h.submitted(t, s, def, v, p)
	ask := h.deed(t, s, x, eservice.Asked)
	ask.Text = "Whose car is it?"
	if _, err := s.Do(t.Context(), clerk, ask); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), holder(p), eservice.Addition{ID: x.ID, Key: h.Booking.Gen.FormKey(), Text: "Mine."}); err != nil {
		t.Fatal(err)
	}
	list, last := h.heard(t, s, program, 0, 2)
	var what []string
	for _, e := range list {
		what = append(what, e.What)
		if e.Submission != x.ID || e.Number != x.Number || e.Form != "permit" || e.Inbox == "" || e.Unix == 0 || e.Letter != "" {
			t.Errorf("got %+v", e)
		}
	}
	if !slices.Equal(what, []string{"received", "asked", "added"}) {
		t.Errorf("told of %v", what)
	}
	due := worklist.Deed{Org: "town", ID: x.Item, Do: worklist.Dated, Due: h.Booking.Now().Unix() + 86400, Seen: h.deed(t, s, x, eservice.Asked).Seen}
	if _, err := s.DoWork(t.Context(), clerk, due); err != nil {
		t.Fatal(err)
	}
	if more, next := h.heard(t, s, program, last, 2); len(more) != 0 || next <= last {
		t.Errorf("a due date tells %+v, and leads from %d to %d", more, last, next)
	}

	// Many at once, read while they come in.
	sent, told := make([]ids.Submission, 8), []mailbox.HookEvent{}
	stop := make(chan struct{})
	done := make(chan struct{})
	after := last
	go func() {
		defer close(done)
		for {
			page, next, err := s.HookEvents(t.Context(), program, "town", after, 3)
			if err != nil {
				t.Error(err)
				return
			}
			told = append(told, page...)
			if next == after {
				select {
				case <-stop:
					return
				default:
				}
			}
			after = next
		}
	}()
	for _, err := range race(len(sent), func(i int) error {
		x, err := s.Submit(t.Context(), holder(p), h.filledIn(p), def, v, h.Booking.Gen.FormKey())
		sent[i] = x.ID
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-done
	rest, _ := h.heard(t, s, program, after, 3)
	told = append(told, rest...)
	var seen []ids.Submission
	for i, e := range told {
		if seen = append(seen, e.Submission); i > 0 && e.Seq <= told[i-1].Seq {
			t.Errorf("%d comes after %d", e.Seq, told[i-1].Seq)
		}
	}
	slices.Sort(seen)
	slices.Sort(sent)
	if !slices.Equal(seen, sent) {
		t.Errorf("told of %v, want %v", seen, sent)
	}
}

// A program within bounds neither lists, reads, exports nor does anything with what lies beyond them, and hands on what lies within.
func withinBounds(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	x := h.submitted(t, s, def, v, p)
	i, err := s.Work.Item(t.Context(), registry("clerk", "town"), "town", x.Item)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.Store.Config(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	own := c.Inbox(i.Inbox).ID
	for _, b := range []struct {
		name string
		only actor.Bounds
		may  bool
	}{
		{"none", actor.Bounds{}, true},
		{"its form", actor.Bounds{Forms: []ids.Form{"permit"}}, true},
		{"its inbox", actor.Bounds{Inboxes: []ids.Inbox{own}}, true},
		{"another form", actor.Bounds{Forms: []ids.Form{"day-care"}}, false},
		{"another inbox", actor.Bounds{Inboxes: []ids.Inbox{"elsewhere"}}, false},
		{"an office", actor.Bounds{Offices: []ids.Office{"hall"}}, false},
	} {
		who := boundProgram(b.only)
		is := func(what string, err error) {
			t.Helper()
			if (err == nil) != b.may || err != nil && !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s: %s: got %v", b.name, what, err)
			}
		}
		list, _, _, err := s.Feed(t.Context(), who, "town", 0, eservice.Wanted{}, 10)
		if err != nil || (len(list) == 1) != b.may {
			t.Errorf("%s: the feed has %d, %v", b.name, len(list), err)
		}
		if told, last := h.heard(t, s, who, 0, 10); (len(told) > 0) != b.may || last == 0 {
			t.Errorf("%s: told of %+v up to %d", b.name, told, last)
		}
		_, err = s.Listed(t.Context(), who, "town", x.ID)
		is("how it stands", err)
		_, err = s.Read(t.Context(), who, "town", x.Item)
		is("read", err)
		_, err = s.FormOfWork(t.Context(), who, "town", x.Item)
		is("its form", err)
		_, _, err = s.DeskPDF(t.Context(), who, "town", x.Item, "en")
		is("as a document", err)
		_, err = s.DoWork(t.Context(), who, worklist.Deed{Org: "town", ID: x.Item, Do: worklist.Noted, Note: "Called."})
		is("noted", err)
		ask := h.deed(t, s, x, eservice.Asked)
		ask.Text = "Whose car is it?"
		_, err = s.Do(t.Context(), who, ask)
		is("asked", err)
		if !b.may {
			decide := h.deed(t, s, x, eservice.Answered)
			decide.Subject, decide.Text, decide.Mode = "Decision", "Granted.", mailbox.Ordinary
			_, err = s.Do(t.Context(), who, decide)
			is("decided", err)
			_, _, err = s.OpenDeskFile(t.Context(), who, "town", x.Item, "01jd3v0a1b2c3d4e5f6g7h8j9k")
			is("a file", err)
		}
	}
	if _, _, err := s.HookEvents(t.Context(), actor.Actor{Kind: actor.KindClient, Org: "town", Scopes: []actor.Right{actor.LetterWork}}, "town", 0, 10); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("without the right: got %v", err)
	}
}
