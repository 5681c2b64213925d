package storetest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/worklist"
)

const formWithFiles = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"proof":{"type":"array","items":{"type":"string"},"maxItems":5,"x-attachment":{"types":["text"]}}}},` +
	`"ui":{"type":"Control","scope":"#/properties/proof"},"texts":{"en":{"proof.label":"Proof"}}}`

// sentWithFiles is a form that was sent with texts attached, at which no scanner has looked yet.
func (d drafting) sentWithFiles(t *testing.T, texts ...string) (x eservice.Submission, files []ids.File) {
	t.Helper()
	d.owner = d.h.someone(t)
	var err error
	if d.id, err = d.BeginFilling(t.Context(), holder(d.owner), "town", "permit", d.h.Booking.Gen.Submission(), "en"); err != nil {
		t.Fatalf("begin: %v", err)
	}
	for i, text := range texts {
		a, err := d.AddFile(t.Context(), holder(d.owner), d.id, "/proof", fmt.Sprintf("%d.txt", i), strings.NewReader(text))
		if err != nil {
			t.Fatalf("attach: %v", err)
		}
		files = append(files, a.ID)
	}
	if x, err = d.sends(t.Context(), d.filling(t, d.owner)); err != nil {
		t.Fatalf("send: %v", err)
	}
	return x, files
}

// foundIn are the attachments of which it is an event that they are bad, in the order of the events.
func (d drafting) foundIn(t *testing.T, x eservice.Submission) (out []ids.File) {
	t.Helper()
	a, err := d.Read(t.Context(), registry("clerk", "town"), "town", x.Item)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range a.Events {
		if e.Seq != int64(i+1) {
			t.Errorf("event %d has the number %d", i+1, e.Seq)
		}
		if e.What == eservice.Unclean {
			if out = append(out, ids.File(e.Detail)); e.ActorKind != actor.KindSystem {
				t.Errorf("it was found by %s", e.ActorKind)
			}
		}
	}
	return out
}

// What is found bad after a form was sent is an event for each file and each once, however many are found at once and however often a scan is done again; the desk is given the good ones alone.
func badFilesAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.eservicesOf(t, formWithFiles, "", 0)
	s.Facts = nobodyKnown{}
	s.Files.Scanned = s.Scanned
	d, clerk := drafting{Service: s, h: h}, registry("clerk", "town")
	const good, bad = "Paid in November.", "MALWARE"
	for _, c := range []struct {
		name  string
		texts []string
	}{
		{"two bad", []string{bad, bad}},
		{"a bad one beside a good one", []string{good, bad}},
		{"two bad around a good one", []string{bad, good, bad}},
		{"all good", []string{good, good}},
	} {
		x, files := d.sentWithFiles(t, c.texts...)
		if got := d.foundIn(t, x); len(got) > 0 {
			t.Errorf("%s: before anybody looked %v were found", c.name, got)
		}
		for _, f := range files {
			if _, _, err := s.OpenDeskFile(t.Context(), clerk, "town", x.Item, f); err != file.ErrClosed {
				t.Errorf("%s: a file at which nobody has looked: got %v", c.name, err)
			}
		}
		var want []ids.File
		for i, f := range files {
			if c.texts[i] == bad {
				want = append(want, f)
			}
		}
		for _, err := range race(2*len(files), func(i int) error { // as two nodes would, of which one takes over a task of the other
			_, err := s.Files.Scan(t.Context(), file.Ref{Org: "town", File: files[i%len(files)]})
			return err
		}) {
			if err != nil {
				t.Errorf("%s: scan: %v", c.name, err)
			}
		}
		for range 2 {
			got := d.foundIn(t, x)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: found are %v, want %v, each once", c.name, got, want)
			}
			for _, f := range files { // once more, when all is long done
				if _, err := s.Files.Scan(t.Context(), file.Ref{Org: "town", File: f}); err != nil {
					t.Errorf("%s: scan again: %v", c.name, err)
				}
			}
		}
		for i, f := range files {
			_, in, err := s.OpenDeskFile(t.Context(), clerk, "town", x.Item, f)
			if c.texts[i] == bad {
				if err != file.ErrClosed {
					t.Errorf("%s: what is bad is opened: %v", c.name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: what is good is not opened: %v", c.name, err)
				continue
			}
			if b, err := io.ReadAll(in); err != nil || string(b) != good || in.Close() != nil {
				t.Errorf("%s: got %q, %v", c.name, b, err)
			}
		}
		now, err := h.Store.Submission(t.Context(), "town", x.ID)
		i, err2 := s.Work.Item(t.Context(), clerk, "town", x.Item)
		if err != nil || err2 != nil || now.State != eservice.Received || now.Seen != x.Seen+int64(len(want)) || i.State != worklist.Open {
			t.Errorf("%s: it stands as %s, changed %d times, its work as %s, %v, %v", c.name, now.State, now.Seen-x.Seen, i.State, err, err2)
		}
		if n := h.in(t, "SELECT count(*) FROM task WHERE kind = $1 AND id LIKE $2", eservice.TaskTell, "town/"+string(x.ID)+"/%"); n != 1+len(want) { // that it came, and each that is bad
			t.Errorf("%s: whose it is is told %d times, want %d", c.name, n, 1+len(want))
		}
	}
}
