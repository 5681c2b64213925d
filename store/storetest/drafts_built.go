package storetest

import (
	"fmt"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

func builder(name string) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff(name), Grants: []actor.Grant{{Role: actor.RoleOrgAdmin, Org: "town"}}}
}

func formBuiltAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.eservicesOf(t, twoSteps, "any", 0)
	edit, err := s.Build(t.Context(), builder("one"), "town", "permit")
	if err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		won := -1
		for i, err := range race(4, func(i int) error {
			mine := edit
			mine.Settings.Summary = i18n.Text{"en": fmt.Sprintf("%d of %d", i, round)}
			return s.Keep(t.Context(), builder(fmt.Sprintf("b%d", i)), mine)
		}) {
			switch {
			case err == nil && won < 0:
				won = i
			case err == nil:
				t.Errorf("%d and %d changed the same state", won, i)
			case !fault.IsKey(err, "forms.edited"):
				t.Errorf("keep: %v", err)
			}
		}
		if edit, err = s.Build(t.Context(), builder("one"), "town", "permit"); err != nil || edit.Settings.Summary["en"] != fmt.Sprintf("%d of %d", won, round) || edit.Seq != int64(round+1) {
			t.Fatalf("got %+v, %v, want what %d made of it", edit.Settings.Summary, err, won)
		}
	}
	before := edit.Settings.Summary["en"]
	edit.Settings.Summary = i18n.Text{"en": "The last"}
	if err := s.Keep(t.Context(), builder("one"), edit); err != nil {
		t.Fatal(err)
	}
	undone := 0
	for _, err := range race(3, func(int) error { return s.Undo(t.Context(), builder("two"), "town", "permit", edit.Seq+1) }) {
		if err == nil {
			undone++
		} else if !fault.IsKey(err, "forms.edited") {
			t.Errorf("undo: %v", err)
		}
	}
	if now, err := s.Build(t.Context(), builder("one"), "town", "permit"); err != nil || undone != 1 || now.Settings.Summary["en"] != before {
		t.Errorf("undone %d times it says %v, %v, want %q", undone, now.Settings.Summary, err, before)
	}
}

func formDroppedWhileItIsChanged(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.eservicesOf(t, twoSteps, "any", 0)
	for i := range 6 {
		edit, err := s.Build(t.Context(), builder("one"), "town", "permit")
		if err == nil {
			err = s.Keep(t.Context(), builder("one"), edit)
		}
		if err == nil {
			edit, err = s.Build(t.Context(), builder("one"), "town", "permit")
		}
		if err != nil {
			t.Fatal(err)
		}
		errs := race(2, func(j int) error {
			if j == i%2 {
				return s.Discard(t.Context(), builder("one"), "town", "permit", edit.Seq)
			}
			return s.Keep(t.Context(), builder("two"), edit)
		})
		drop, keep := errs[i%2], errs[1-i%2]
		built, err := s.Building(t.Context(), builder("one"), "town")
		if err != nil || (drop == nil) == (keep == nil) || (len(built) == 0) != (drop == nil) {
			t.Fatalf("dropped: %v, changed: %v, and %d are being built, %v", drop, keep, len(built), err)
		}
		if drop != nil {
			if err := s.Discard(t.Context(), builder("one"), "town", "permit", built[0].Seq); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func accessGrantedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	p, now := h.someone(t), h.Clock.Now().Unix()
	for version := int64(1); version <= 3; version++ {
		made := 0
		got := make([]bool, 5)
		for i, err := range race(len(got), func(i int) (err error) {
			g := access.Stored{Sealed: []byte("x"), Grant: access.Grant{
				Org: "town", Service: "permit", Owner: actor.Owner{Person: p}, Version: version, From: now + int64(i), ByKind: actor.KindStaff, By: fmt.Sprintf("clerk%d", i), At: now,
			}}
			line := audit.New("town", h.Booking.Gen.Audit(), h.Clock.Now().UnixMicro(), registry(g.By, "town"), audit.AccessGranted, "person", string(p), map[string]string{"service": "permit"})
			got[i], err = h.Store.PutAccess(t.Context(), g, []access.Job{{Kind: access.TaskTell, RunAt: now, Args: access.TellArgs{Org: "town", Service: "permit", Person: p, Version: version}}}, line)
			return err
		}) {
			if err != nil {
				t.Errorf("open: %v", err)
			}
			if got[i] {
				made++
			}
		}
		holds, err := h.Store.AccessNow(t.Context(), "town", "permit", actor.Owner{Person: p})
		if err != nil || made != 1 || holds.Version != version || !got[holds.From-now] {
			t.Errorf("%d opened it at once, and %+v holds, %v", made, holds.Grant, err)
		}
	}
	all, err := h.Store.AccessOf(t.Context(), "town", actor.Owner{Person: p})
	if err != nil || len(all) != 3 {
		t.Errorf("got %d entries, %v, want 3", len(all), err)
	}
}
