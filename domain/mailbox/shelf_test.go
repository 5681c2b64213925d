package mailbox

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/seal"
	"luukku/domain/actor"
)

// Whatever happens to a letter, in whatever order: where it lies is what its events say, at any moment. Events that are said to change nothing change nothing.
func TestAShelfIsAsItsEventsSay(t *testing.T) {
	t.Parallel()
	all := []What{
		Accepted, Published, Told, Unreached, Read, Confirmed, Unserved, Printing, Printed, Posted, Returned, Recalled, Expired, Purged, Marked, Archived, Taken, Deleted, Restored, Reminded, SignedIn,
	}
	chance := rand.New(rand.NewPCG(8, 35))
	const published = 1_000
	for range 20_000 {
		l := Letter{
			Owner: actor.Owner{Person: "p"}, Inward: chance.IntN(4) == 0, Mode: []Mode{Ordinary, Verifiable}[chance.IntN(2)], Channel: []Channel{Electronic, Electronic, Paper}[chance.IntN(3)],
			PublishAt: published, ExpiresAt: []int64{0, 0, published - 5, published, published + 5}[chance.IntN(5)],
		}
		events := []Event{{What: Accepted, At: published}}
		if chance.IntN(8) > 0 {
			events = append(events, Event{What: Published, At: published, Detail: []string{"", servedBySignIn}[chance.IntN(2)]})
		}
		before, there := Shelve(l, Stand(events))
		for n := range chance.IntN(12) {
			w := all[chance.IntN(len(all))]
			if fate := w == Recalled || w == Expired || w == Purged; fate && chance.IntN(4) > 0 {
				continue
			}
			events = append(events, Event{What: w, At: published + int64(n)})
			after, still := Shelve(l, Stand(events))
			if !w.Shelves() && (after != before || still != there) {
				t.Fatalf("%s changes %+v, %t to %+v, %t", w, before, there, after, still)
			}
			before, there = after, still
		}
		s := Stand(events)
		for now := int64(published - 7); now <= published+7; now++ {
			visible := Visible(l, s, now)
			if shows := there && before.Shows(now); shows != visible {
				t.Fatalf("%+v with %v at %d: shown %t, want %t (%+v)", l, events, now, shows, visible, before)
			}
			if visible && (before.Folder != FolderOf(l, s) || before.Fresh != (s.New() && !l.Inward) || before.Waits != s.Sealed(l) || before.Unmet != (s.BySignIn && s.SignedIn == 0 && !l.Inward)) {
				t.Fatalf("%+v with %v lies as %+v", l, events, before)
			}
		}
	}
}

// A search reads what a letter says out of its sealed form as encoding/json does.
func TestASearchReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	same := func(c Content) {
		t.Helper()
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := appendText([]byte("x"), b)
		var back Content
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if want := "x" + back.Subject + "\n" + back.Body + "\n"; !ok || string(got) != want {
			t.Fatalf("got %q, %t, want %q", got, ok, want)
		}
		if subject, err := subjectIn(b); err != nil || subject != back.Subject {
			t.Fatalf("got the subject %q, %v, want %q", subject, err, back.Subject)
		}
	}
	signs := []string{`"`, `\`, "\n", "\t", "\r", "\b", "\f", "\x01", "<", ">", "&", "/", "\u2028", "\u2029", "ä", "🙂", `","body":"`, `\u0041`, "a", " ", "\xff", "\x7f", "}"}
	chance := rand.New(rand.NewPCG(8, 35))
	for range 5_000 {
		var text [2]strings.Builder
		for i := range text {
			for range chance.IntN(12) {
				text[i].WriteString(signs[chance.IntN(len(signs))])
			}
		}
		same(Content{Subject: text[0].String(), Body: text[1].String(), Post: [][]string{nil, {"Name", "Street"}}[chance.IntN(2)]})
	}
	for _, other := range []string{``, `{}`, `{"body":"b","subject":"s"}`, `{"subject":"s`, `{"subject":"s\`, `{"subject":"s\"`, `{"subject":"s\u00`, `{"subject":"s\u00"`, `{"subject":"s\ud83d\ude42","body":"b"}`, `{"subject":"s","body":"b\q"}`} {
		if got, ok := appendText(nil, []byte(other)); ok {
			t.Errorf("%s: got %q, want it left to encoding/json", other, got)
		}
		var c Content
		if json.Unmarshal([]byte(other), &c) != nil {
			continue
		}
		if subject, err := subjectIn([]byte(other)); err != nil || subject != c.Subject {
			t.Errorf("%s: got the subject %q, %v, want %q", other, subject, err, c.Subject)
		}
	}
}

func TestWhatASearchFinds(t *testing.T) {
	t.Parallel()
	seals := func(_, b []byte, _ seal.Place) ([]byte, error) { return b, nil }
	sheet := func(c Content, waits bool) Sheet {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return Sheet{Org: "town", Letter: "l", Ref: "VRL-2026/117", Waits: waits, Sealed: b}
	}
	letter := Content{Subject: "Päätös hakemuksestanne", Body: "Rozhodnutí o žádosti č. 7:\n\n\"Schváleno\" <ano>", Post: []string{"Maija Meikäläinen", "Mallikatu 1"}}
	other := sheet(letter, false)
	other.Sealed = []byte(`{"body":"Turned round","subject":"The other way"}`)
	for _, c := range []struct {
		x    Sheet
		text string
		want bool
	}{
		{sheet(letter, false), "päätös", true}, {sheet(letter, false), "PAATOS", true}, {sheet(letter, false), "  hakemuk   rozhodnuti ", true},
		{sheet(letter, false), "zadosti č.", true}, {sheet(letter, false), "schvaleno\" <ano>", true}, {sheet(letter, false), "2026/117", true}, {sheet(letter, false), "päätös kielteinen", false},
		{sheet(letter, false), "subject", false}, {sheet(letter, false), "mallikatu", false}, {sheet(letter, false), "u003c", false},
		{sheet(letter, true), "päätös", false}, {sheet(letter, true), "vrl-2026", true}, {other, "round way", true},
		{Sheet{Org: "town", Letter: "l", Ref: "A"}, "a", true},
	} {
		k := &look{open: seals}
		for _, w := range strings.Fields(i18n.Fold(c.text)) {
			k.terms = append(k.terms, []byte(w))
		}
		for range 2 { // what was read before is forgotten
			if got, err := k.in(c.x); err != nil || got != c.want {
				t.Errorf("%q: found %t, %v, want %t", c.text, got, err, c.want)
			}
		}
	}
}
