package blueprint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/i18n"
	"luukku/blueprints"
	"luukku/domain/catalog"
)

// townOf is the organisation of a blueprint that comes along, a copy of its own each time.
func townOf(t interface {
	Helper()
	Fatal(...any)
}, name string,
) Organisation {
	t.Helper()
	b, err := blueprints.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := Parse(b)
	return doc.Organisations[0]
}

// differences are what one organisation says other than another, as an administrator reads it.
func differences(a, b Organisation) string {
	return Print(compare(Document{Organisations: []Organisation{a}}, Document{Organisations: []Organisation{b}}))
}

func paths(clashes []Clash) []string {
	var out []string
	for _, c := range clashes {
		out = append(out, c.Path)
	}
	return out
}

var (
	kallio   = Ref{Section: "offices", ID: "kallio"}
	passport = Ref{Section: "services", ID: "passport-or-id"}
)

// What only one side changed is kept, whichever side it was; what both changed is a clash, and keeps the draft's value until it is settled.
func TestRebaseKeepsBothSides(t *testing.T) {
	t.Parallel()
	unit := townOf(t, "demo-town")
	first := unit.Refs(Units, "kallio")[0]
	for name, tc := range map[string]struct {
		mine, theirs, want func(*Organisation)
		clashes            []string
	}{
		"fields of one office": {
			mine:   func(o *Organisation) { o.Set(kallio, Record{"phone": "09 111 1111"}) },
			theirs: func(o *Organisation) { o.Set(kallio, Record{"hours": []string{"mon 10:00-12:00"}}) },
			want: func(o *Organisation) {
				o.Set(kallio, Record{"phone": "09 111 1111", "hours": []string{"mon 10:00-12:00"}})
			},
		},
		"fields of one unit": {
			mine:   func(o *Organisation) { o.Set(first, Record{"name": i18n.Text{"fi": "Ensimmäinen"}}) },
			theirs: func(o *Organisation) { o.Set(first, Record{"hours": []string{"tue 10:00-12:00"}}) },
			want: func(o *Organisation) {
				o.Set(first, Record{"name": i18n.Text{"fi": "Ensimmäinen"}, "hours": []string{"tue 10:00-12:00"}})
			},
		},
		"the same on both sides": {
			mine:   func(o *Organisation) { o.Set(kallio, Record{"phone": "09 111 1111"}) },
			theirs: func(o *Organisation) { o.Set(kallio, Record{"phone": "09 111 1111"}) },
			want:   func(o *Organisation) { o.Set(kallio, Record{"phone": "09 111 1111"}) },
		},
		"different on both sides": {
			mine: func(o *Organisation) {
				o.Set(kallio, Record{"phone": "09 111 1111"})
				o.SetPolicy("", "", catalog.Settings{"gap": 300})
			},
			theirs: func(o *Organisation) {
				o.Set(kallio, Record{"phone": "09 222 2222"})
				o.SetPolicy("", "", catalog.Settings{"gap": 600})
			},
			want: func(o *Organisation) {
				o.Set(kallio, Record{"phone": "09 111 1111"})
				o.SetPolicy("", "", catalog.Settings{"gap": 300})
			},
			clashes: []string{"policy", "offices.kallio.phone"},
		},
		"added on both sides": {
			mine:   func(o *Organisation) { o.Add(Ref{Section: "groups", ID: "mine"}) },
			theirs: func(o *Organisation) { o.Add(Ref{Section: "groups", ID: "theirs"}) },
			want: func(o *Organisation) {
				o.Add(Ref{Section: "groups", ID: "theirs"})
				o.Add(Ref{Section: "groups", ID: "mine"})
				o.Move(Ref{Section: "groups", ID: "mine"}, -1)
			},
		},
		"removed here, left alone there": {
			mine:   func(o *Organisation) { o.Remove(passport) },
			theirs: func(o *Organisation) { o.Set(kallio, Record{"phone": "09 222 2222"}) },
			want:   func(o *Organisation) { o.Remove(passport); o.Set(kallio, Record{"phone": "09 222 2222"}) },
		},
		"removed here, changed there": {
			mine:    func(o *Organisation) { o.Remove(passport) },
			theirs:  func(o *Organisation) { o.Set(passport, Record{"popular": false}) },
			want:    func(o *Organisation) { o.Remove(passport) },
			clashes: []string{"services.passport-or-id"},
		},
		"changed here, removed there": {
			mine:    func(o *Organisation) { o.Set(Ref{Section: "groups", ID: "g"}, Record{"name": i18n.Text{"fi": "Uusi"}}) },
			theirs:  func(o *Organisation) { o.Remove(Ref{Section: "groups", ID: "g"}) },
			want:    func(o *Organisation) { o.Set(Ref{Section: "groups", ID: "g"}, Record{"name": i18n.Text{"fi": "Uusi"}}) },
			clashes: []string{"groups.g"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := func(change func(*Organisation)) Organisation {
				o := townOf(t, "demo-town")
				o.Add(Ref{Section: "groups", ID: "g"})
				o.Set(Ref{Section: "groups", ID: "g"}, Record{"name": i18n.Text{"fi": "Ryhmä"}})
				if change != nil {
					change(&o)
				}
				return o
			}
			base, mine, now, want := begin(nil), begin(tc.mine), begin(tc.theirs), begin(tc.want)
			draft, newBase, clashes := Rebase(base, mine, now)
			if diff := differences(want, draft); diff != "" && name != "added on both sides" {
				t.Errorf("the draft is not what is wanted:\n%s", diff)
			}
			if diff := cmp.Diff(tc.clashes, paths(clashes)); diff != "" {
				t.Errorf("clashes (-want +got):\n%s", diff)
			}
			if len(clashes) == 0 {
				if diff := differences(now, newBase); diff != "" {
					t.Errorf("the new base is not what is configured:\n%s", diff)
				}
			}
			// Rebased again onto the same, nothing changes.
			again, _, still := Rebase(newBase, draft, now)
			if diff := differences(draft, again); diff != "" || len(still) != len(clashes) {
				t.Errorf("rebased again: %d clashes, want %d\n%s", len(still), len(clashes), diff)
			}
			for _, c := range clashes { // settled either way, nothing is left to settle
				for _, keep := range []bool{true, false} {
					d, b := copyOf(draft), copyOf(newBase)
					Settle(&d, &b, now, c.Path, keep)
					after, _, left := Rebase(b, d, now)
					if len(left) != len(clashes)-1 {
						t.Errorf("%s settled (mine: %v): clashes left %v", c.Path, keep, paths(left))
					}
					got := strings.Contains(differences(now, after), lastOf(c.Path))
					if section, id, _ := strings.Cut(c.Path, "."); c.Removed != "" { // whether the thing is there; what hung on it is another change
						ref := Ref{Section: section, ID: id}
						got = after.Has(ref) != now.Has(ref)
					}
					if got != keep {
						t.Errorf("%s settled (mine: %v): differs from what is configured: %v", c.Path, keep, got)
					}
				}
			}
		})
	}
}

func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// Whatever is changed on one side alone arrives whole: rebasing nothing onto changes is the changes, and changes onto nothing are themselves.
func TestRebaseOfOneSideIsThatSide(t *testing.T) {
	t.Parallel()
	base := townOf(t, "demo-town")
	rapid.Check(t, func(rt *rapid.T) {
		changed := copyOf(base)
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			scramble(rt, &changed)
		}
		for name, sides := range map[string][2]Organisation{"mine": {changed, base}, "theirs": {base, changed}} {
			draft, _, clashes := Rebase(base, sides[0], sides[1])
			if diff := differences(changed, draft); diff != "" || len(clashes) > 0 {
				rt.Fatalf("only %s changed: clashes %v\n%s", name, paths(clashes), diff)
			}
		}
	})
}

// scramble changes something as an administrator could.
func scramble(t *rapid.T, o *Organisation) {
	sections := []string{"categories", "services", "groups", "offices"}
	refs := o.Refs(rapid.SampledFrom(sections).Draw(t, "section"), "")
	for _, f := range o.Offices {
		refs = append(refs, o.Refs(Units, f.ID)...)
	}
	if len(refs) == 0 {
		return
	}
	ref := rapid.SampledFrom(refs).Draw(t, "thing")
	switch rapid.IntRange(0, 3).Draw(t, "how") {
	case 0:
		o.Set(ref, Record{"name": i18n.Text{"fi": rapid.StringMatching(`[a-zåäö]{1,9}`).Draw(t, "name")}})
	case 1:
		o.Move(ref, rapid.SampledFrom([]int{-1, 1}).Draw(t, "by"))
	case 2:
		if len(o.Uses(ref)) == 0 || ref.Section == "services" {
			o.Remove(ref)
		}
	case 3:
		ref.ID = rapid.StringMatching(`[a-z]{3,8}`).Draw(t, "slug")
		o.Add(ref)
	}
}

// Everything that a form is made from can be written back: setting what is there changes nothing.
func TestRecordsAreWrittenBackAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, name := range blueprints.Names() {
		o := townOf(t, name)
		refs := []Ref{{}}
		for _, s := range Sections() {
			refs = append(refs, o.Refs(s, "")...)
		}
		for _, f := range o.Offices {
			refs = append(refs, o.Refs(Units, f.ID)...)
		}
		was := copyOf(o)
		for _, ref := range refs {
			rec, ok := o.Record(ref)
			if !ok {
				t.Fatalf("%s: %s is not there", name, ref.Name())
			}
			for key := range rec { // settings and policies have pages of their own
				if key == "policy" {
					delete(rec, key)
				}
			}
			for _, p := range o.Set(ref, rec) {
				t.Errorf("%s: %s", name, p)
			}
		}
		if diff := differences(was, o); diff != "" {
			t.Errorf("%s: written back it is another:\n%s", name, diff)
		}
	}
}

// What is removed is gone everywhere, so that what is left is sound.
func TestRemovingLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, section := range []string{"services", "groups", "offices"} {
		o := townOf(t, "register-office")
		for _, ref := range o.Refs(section, "") {
			o.Remove(ref)
			for _, p := range Faults(Check(o)) {
				t.Errorf("without %s: %s", ref.Name(), p)
			}
		}
	}
}
