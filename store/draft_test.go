package store_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
)

// administrator is one of an organisation.
func administrator(id ids.Staff, o ids.Org) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: id, Grants: []actor.Grant{{Role: actor.RoleOrgAdmin, Org: o}}}
}

var office = blueprint.Ref{Section: "offices", ID: "kallio"}

// drafts are the drafts of a house with the invented town in it.
func (h house) drafts(t *testing.T) blueprint.Drafts {
	t.Helper()
	h.apply(t, shipped(t, "demo-town"))
	return blueprint.Drafts{Store: h.Store, Gen: h.Gen, Now: h.clock.Now}
}

// opened is what an administrator works on.
func opened(t *testing.T, d blueprint.Drafts, who actor.Actor) blueprint.Work {
	t.Helper()
	w, err := d.Open(t.Context(), who, "vuorela")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// save saves the phone of the office with what a form showed.
func save(t *testing.T, d blueprint.Drafts, who actor.Actor, seen, phone string) error {
	t.Helper()
	problems, err := d.Save(t.Context(), who, "vuorela", office, seen, blueprint.Record{"phone": phone}, nil)
	for _, p := range problems {
		t.Errorf("save: %s", p)
	}
	return err
}

func seenAll(t *testing.T, w blueprint.Work) string {
	t.Helper()
	s, err := w.SeenAll()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const conflict = "draft_config.changed"

// Nobody overwrites anybody: the second to save the same is refused, and what they did not change is kept; other things are saved side by side. What is
// published is what was looked at.
func TestTwoAdministratorsOneDraft(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		d := h.drafts(t)
		a, b := administrator("a", "vuorela"), administrator("b", "vuorela")
		w := opened(t, d, a)
		if w.Begun {
			t.Error("there is a draft before anybody changed anything")
		}
		version := h.version(t, "vuorela")
		seen := w.Seen(office, "phone")
		if err := save(t, d, a, seen, "09 111 1111"); err != nil {
			t.Fatal(err)
		}
		if err := save(t, d, b, seen, "09 222 2222"); !fault.IsKey(err, conflict) {
			t.Errorf("the second to save: got %v, want a conflict", err)
		}
		if _, err := d.Save(t.Context(), b, "vuorela", office, w.Seen(office, "email"), blueprint.Record{"email": "b@vuorela.example"}, nil); err != nil {
			t.Errorf("another field: %v", err)
		}
		w = opened(t, d, b)
		rec, _ := w.Draft.Record(office)
		if rec["phone"] != "09 111 1111" || rec["email"] != "b@vuorela.example" || w.ChangedBy != "b" {
			t.Errorf("the draft has %v and %v, by %s", rec["phone"], rec["email"], w.ChangedBy)
		}
		if got := h.version(t, "vuorela"); got != version {
			t.Error("a draft changes what is configured")
		}
		looked := seenAll(t, w)
		if err := save(t, d, a, w.Seen(office, "phone"), "09 333 3333"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Publish(t.Context(), b, "vuorela", looked, blueprint.Options{}); !fault.IsKey(err, conflict) {
			t.Errorf("publishing what was changed since: got %v, want a conflict", err)
		}
		h.clock.Advance(1e9)
		if _, err := d.Publish(t.Context(), b, "vuorela", seenAll(t, opened(t, d, b)), blueprint.Options{}); err != nil {
			t.Fatal(err)
		}
		h.Forget()
		c, err := h.Config(t.Context(), "vuorela")
		if err != nil {
			t.Fatal(err)
		}
		f, err := c.Office("kallio")
		if err != nil || f.Phone != "09 333 3333" || f.Email != "b@vuorela.example" {
			t.Errorf("published %q, %q, %v", f.Phone, f.Email, err)
		}
		if opened(t, d, a).Begun {
			t.Error("the draft is still there after it was published")
		}
	})
}

// Many at once: each either saves or is told, and none of those who saved is lost.
func TestManyAdministratorsAtOnceLoseNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		d := h.drafts(t)
		seen := opened(t, d, administrator("a", "vuorela")).Seen(office, "phone")
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = d.Save(t.Context(), administrator("a", "vuorela"), "vuorela", office, seen, blueprint.Record{"phone": "09 111 111" + string(rune('0'+i))}, nil)
			})
		}
		all.Wait()
		saved := -1
		for i, err := range errs {
			switch {
			case err == nil && saved < 0:
				saved = i
			case err == nil:
				t.Errorf("%d and %d both saved", saved, i)
			case !fault.IsKey(err, conflict):
				t.Errorf("%d: %v", i, err)
			}
		}
		rec, _ := func() (blueprint.Record, bool) {
			w := opened(t, d, administrator("a", "vuorela"))
			return w.Draft.Record(office)
		}()
		if want := "09 111 111" + string(rune('0'+saved)); rec["phone"] != want {
			t.Errorf("got %v, want %s", rec["phone"], want)
		}
	})
}

// What is applied by other ways while there is a draft stays, and what both changed is settled before anything is published.
func TestADraftGoesOnOverWhatOthersApply(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		d, a := h.drafts(t), administrator("a", "vuorela")
		if err := save(t, d, a, opened(t, d, a).Seen(office, "phone"), "09 111 1111"); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(1e9)
		h.apply(t, patch(`email = "other@vuorela.example"
[organisations.vuorela.offices.kallio]
phone = "09 999 9999"
hours = ["mon 10:00-12:00"]`))
		w := opened(t, d, a)
		if len(w.Clashes) != 1 || w.Clashes[0].Path != "offices.kallio.phone" || w.Draft.Email != "other@vuorela.example" {
			t.Fatalf("got clashes %v and email %s", w.Clashes, w.Draft.Email)
		}
		if _, err := d.Publish(t.Context(), a, "vuorela", seenAll(t, w), blueprint.Options{}); !fault.IsKey(err, conflict) {
			t.Errorf("published over a clash: %v", err)
		}
		if err := d.Settle(t.Context(), a, "vuorela", "offices.kallio.phone", true); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(1e9)
		r, err := d.Publish(t.Context(), a, "vuorela", seenAll(t, opened(t, d, a)), blueprint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := "vuorela:\n  ~ offices.kallio.phone: 09 999 9999 -> 09 111 1111\n"; blueprint.Print(r.Lines) != want {
			t.Errorf("published\n%swant\n%s", blueprint.Print(r.Lines), want)
		}
	})
}

// Who may not, may not; and to them there is nothing there.
func TestDraftsAreForAdministratorsOfTheOrganisation(t *testing.T) {
	h := newHouse(t)
	d := h.drafts(t)
	for name, who := range map[string]actor.Actor{
		"another organisation's": administrator("x", "elsewhere"), "a clerk": {Kind: actor.KindStaff, Staff: "c", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "vuorela"}}},
		"a visitor": actor.Visitor(nil, ""), "a citizen": {Kind: actor.KindCitizen, Person: "p", Level: actor.LevelHigh},
	} {
		w := opened(t, d, administrator("a", "vuorela"))
		for what, err := range map[string]error{
			"open": func() error { _, err := d.Open(t.Context(), who, "vuorela"); return err }(),
			"save": func() error { return save(t, d, who, w.Seen(office, "phone"), "1111") }(),
			"publish": func() error {
				_, err := d.Publish(t.Context(), who, "vuorela", seenAll(t, w), blueprint.Options{})
				return err
			}(),
			"discard": d.Discard(t.Context(), who, "vuorela", 0),
			"found":   func() error { _, err := d.Found(t.Context(), who, blueprint.Organisation{}); return err }(),
		} {
			if err == nil || fault.Of(err).Kind != fault.KindNotFound && fault.Of(err).Kind != fault.KindSignInRequired {
				t.Errorf("%s: %s: got %v", name, what, err)
			}
		}
	}
	if _, err := d.Found(t.Context(), administrator("a", "vuorela"), blueprint.Organisation{}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an organisation's administrator makes another: %v", err)
	}
	if _, _, err := d.Installed(t.Context(), administrator("a", "vuorela")); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an organisation's administrator sees the installation's settings: %v", err)
	}
}

// A draft that says nothing new is none; one that is discarded is gone, unless it is not the one that was seen.
func TestDraftsEnd(t *testing.T) {
	h := newHouse(t)
	d, a := h.drafts(t), administrator("a", "vuorela")
	w := opened(t, d, a)
	rec, _ := w.Draft.Record(office)
	phone, _ := rec["phone"].(string)
	if err := save(t, d, a, w.Seen(office, "phone"), "09 111 1111"); err != nil {
		t.Fatal(err)
	}
	first := opened(t, d, a)
	if err := save(t, d, a, first.Seen(office, "phone"), phone); err != nil {
		t.Fatal(err)
	}
	if opened(t, d, a).Begun {
		t.Error("changed there and back, there is still a draft")
	}
	if err := save(t, d, a, opened(t, d, a).Seen(office, "phone"), "09 111 1111"); err != nil {
		t.Fatal(err)
	}
	if err := d.Discard(t.Context(), a, "vuorela", 77); !fault.IsKey(err, conflict) {
		t.Errorf("another draft is discarded: %v", err)
	}
	if err := d.Discard(t.Context(), a, "vuorela", opened(t, d, a).Version); err != nil || opened(t, d, a).Begun {
		t.Errorf("the draft is there after it was discarded: %v", err)
	}
}

// What a draft makes is refused where it must not be: what is wrong with a thing is said, and nothing is saved; what people have booked at is not taken away.
func TestWhatIsWrongIsNotSaved(t *testing.T) {
	h := newHouse(t)
	d, a := h.drafts(t), administrator("a", "vuorela")
	w := opened(t, d, a)
	for field, v := range map[string]any{"phone": "CALL US", "name": i18n.Text{}, "lat": 91.0, "email": "nobody", "hours": []string{"someday"}} {
		problems, err := d.Save(t.Context(), a, "vuorela", office, w.Seen(office, field), blueprint.Record{field: v}, nil)
		if err != nil || len(problems) == 0 || !strings.HasPrefix(problems[0].Path, "offices.kallio."+field) {
			t.Errorf("%s: got %v, %v", field, problems, err)
		}
	}
	if opened(t, d, a).Begun {
		t.Error("something of it was saved")
	}
}

// Each change and each publication is in the audit log, with what was changed and by whom.
func TestPublishingIsInTheAuditLog(t *testing.T) {
	h := newHouse(t)
	d, a := h.drafts(t), administrator("a", "vuorela")
	if err := save(t, d, a, opened(t, d, a).Seen(office, "phone"), "09 111 1111"); err != nil {
		t.Fatal(err)
	}
	err := d.Edit(t.Context(), a, "vuorela", "rules", func(w *blueprint.Work) error {
		w.Draft.SetPolicy("passport-or-id", "", catalog.Settings{"length": 2100})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(1e9)
	if _, err := d.Publish(t.Context(), a, "vuorela", seenAll(t, opened(t, d, a)), blueprint.Options{TouchesExisting: true}); err != nil {
		t.Fatal(err)
	}
	list, err := h.AuditOf(context.Background(), "vuorela", audit.Filter{}, "", 10)
	if err != nil || len(list) < 3 {
		t.Fatalf("got %d lines, %v", len(list), err)
	}
	got := list[0]
	want := map[string]string{"added": "0", "changed": "2", "removed": "0", "touches_existing": "true", "what": "services.passport-or-id.policy.length,offices.kallio.phone"}
	delete(got.Detail, "version")
	if diff := cmp.Diff(want, got.Detail); diff != "" || got.Action != audit.ConfigPublished || got.Actor != "a" {
		t.Errorf("%s by %s (-want +got):\n%s", got.Action, got.Actor, diff)
	}
	if list[1].Action != audit.ConfigDrafted || list[1].Detail["what"] != "rules" {
		t.Errorf("got %v", list[1])
	}
}

// What one installation exports, an empty one takes over and exports the same: every blueprint that comes along, and one with a logo.
func TestExportToAnEmptyInstallationIsEqual(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		d, a := h.drafts(t), administrator("a", "vuorela")
		err := d.Edit(t.Context(), a, "vuorela", "look", func(w *blueprint.Work) error {
			for _, p := range w.Draft.Set(blueprint.Ref{}, blueprint.Record{"brand": blueprint.Record{
				"primary": "#0a5c8f", "logo": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjwvc3ZnPg==", "logo_alt": i18n.Text{"fi": "Vaakuna"},
			}}) {
				t.Errorf("%s", p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(1e9)
		if _, err := d.Publish(t.Context(), a, "vuorela", seenAll(t, opened(t, d, a)), blueprint.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"register-office", "town-hall", "oral-health"} {
			h.apply(t, shipped(t, name))
		}
		first, err := h.Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other := newHouse(t)
		doc, _ := blueprint.Parse(first)
		if _, err := other.Apply(t.Context(), system, doc, blueprint.Options{}); err != nil {
			t.Fatal(err)
		}
		second, err := other.Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(first), string(second)); diff != "" {
			t.Errorf("exported again (-first +second):\n%s", diff)
		}
	})
}
