package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/store"
	"luukku/store/sqldb"
)

// identifiersAreSealed reads all that the database holds, and finds neither the code nor the subject nor what was proven with it.
func identifiersAreSealed(t *testing.T, h *people) {
	h.family("2036-01-01")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.ChangeDetails(t.Context(), s.Actor, identity.Details{Email: "secret-canary@town.example", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	seen := dump(t, h.db)
	mother, child := h.mother().Identifier.Reveal(), code(t, "200518", "A", 905).Reveal()
	for what, canary := range map[string]string{
		"the identity code": mother, "the child's code": child, "the code without its sign": strings.ReplaceAll(mother, "-", ""),
		"the subject": "subject-of-mother", "the session's secret": got.Token, "the birth date": "1985-03-14", "an unproven address": "secret-canary",
		"the ID token": "token", "the provider's session": "sid-1",
	} {
		if canary == "token" {
			continue // a word that tables have, too
		}
		if bytes.Contains(seen, []byte(canary)) {
			t.Errorf("%s is in the database as it is", what)
		}
	}
	if !bytes.Contains(seen, []byte("Meikäläinen")) {
		t.Error("the names are not in the dump: it dumps nothing")
	}
}

// dump is every value of every table.
func dump(t testing.TB, d *sqldb.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	for name := range store.Columns() {
		table, column, _ := strings.Cut(name, ".")
		rows, err := d.Reader().QueryContext(t.Context(), "SELECT "+column+" FROM "+table)
		if err != nil {
			t.Fatalf("dump %s: %v", name, err)
		}
		for rows.Next() {
			var v any
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			if b, ok := v.([]byte); ok {
				out.Write(b)
			} else {
				fmt.Fprint(&out, v)
			}
			out.WriteByte('\n')
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// protectedData follows a person whose address is under a non-disclosure order from the register to who may read it.
func protectedData(t *testing.T, h *people) {
	mother := h.mother()
	r := identity.Registered{Given: "Maija", Family: "Meikäläinen", Email: "maija@register.example", Protected: true}
	h.outer.people[mother.Identifier] = r
	got, err := h.come("bank", mother, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	own := h.signedIn(got.Token).Actor
	if err := h.id.Agree(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	person := own.Person
	worker := actor.Actor{Kind: actor.KindStaff, Staff: "worker", Grants: []actor.Grant{{Role: actor.RoleCaseworker, Org: "town"}}}
	broken := worker
	broken.Glass = []ids.Person{person}
	other := worker
	other.Glass = []ids.Person{h.gen.Person()}

	found, err := h.id.FindPeople(t.Context(), worker, identity.Find{Org: "town", Family: "Meikäläinen"})
	if err != nil || len(found) != 1 || found[0].Email != "" || found[0].Phone != "" {
		t.Errorf("a search found %+v, %v, want one without a way to reach them", found, err)
	}
	for name, c := range map[string]struct {
		who  actor.Actor
		open bool
	}{
		"a caseworker":               {worker, false},
		"the glass of somebody else": {other, false},
		"the glass is broken":        {broken, true},
	} {
		view, err := h.id.ReadPerson(t.Context(), c.who, "town", person, "asks at the counter")
		if (err == nil) != c.open || !c.open && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s reads: %v, want open %v", name, err, c.open)
		}
		if again, err := h.id.ReadAgain(t.Context(), c.who, "town", person); (err == nil) != c.open {
			t.Errorf("%s reads again: %v, %v", name, again.Account, err)
		}
		if c.open && (view.Account.Email != "maija@register.example" || !view.Account.Protected) {
			t.Errorf("%s sees %+v", name, view.Account)
		}
	}
	if mine, err := h.id.Mine(t.Context(), own); err != nil || mine.Email != "maija@register.example" {
		t.Errorf("the person sees %+v, %v of their own", mine, err)
	}
	r.Protected = false // the order has ended
	h.outer.people[mother.Identifier] = r
	if err := h.id.Agree(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.ReadPerson(t.Context(), worker, "town", person, "asks at the counter"); err != nil {
		t.Errorf("after the order: %v", err)
	}
}

func staffRecord(t *testing.T, h *people) {
	h.family("none")
	mother, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	other := h.mother()
	other.Identifier, other.Subject, other.Given = code(t, "150386", "-", 906), "father", "Matti"
	father, err := h.come("bank", other, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	guardian, ward := h.signedIn(mother.Token), h.signedIn(father.Token)
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}}
	r := identity.RecordRequest{
		Org: "town", Guardian: guardian.Actor.Person, Dependant: ward.Actor.Person, From: "2026-11-23", Until: "2026-11-23", Evidence: "Päätös 12/2026",
	}
	for name, c := range map[string]struct {
		who    actor.Actor
		change func(*identity.RecordRequest)
		want   fault.Kind
	}{
		"a citizen":            {guardian.Actor, func(*identity.RecordRequest) {}, fault.KindNotFound},
		"another town":         {clerk, func(r *identity.RecordRequest) { r.Org = "city" }, fault.KindNotFound},
		"no evidence":          {clerk, func(r *identity.RecordRequest) { r.Evidence = "" }, fault.KindInvalid},
		"ends before it is":    {clerk, func(r *identity.RecordRequest) { r.Until = "2026-11-22" }, fault.KindInvalid},
		"no date":              {clerk, func(r *identity.RecordRequest) { r.From = "23.11.2026" }, fault.KindInvalid},
		"their own guardian":   {clerk, func(r *identity.RecordRequest) { r.Dependant = r.Guardian }, fault.KindInvalid},
		"somebody unknown":     {clerk, func(r *identity.RecordRequest) { r.Dependant = h.gen.Person() }, fault.KindNotFound},
		"a guardian of nobody": {clerk, func(r *identity.RecordRequest) { r.Guardian = h.gen.Person() }, fault.KindNotFound},
	} {
		bad := r
		c.change(&bad)
		if _, err := h.id.RecordGuardianship(t.Context(), c.who, bad); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	id, err := h.id.RecordGuardianship(t.Context(), clerk, r)
	if err != nil {
		t.Fatal(err)
	}
	owner := actor.Owner{Person: ward.Actor.Person}
	if err := h.id.ActFor(t.Context(), guardian.Actor, guardian.Session, owner); err != nil {
		t.Fatal(err)
	}
	h.signedIn(mother.Token)
	if err := h.id.RevokeGuardianship(t.Context(), guardian.Actor, "town", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a citizen revokes: %v", err)
	}
	elsewhere := actor.Actor{Kind: actor.KindStaff, Staff: "other", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "city"}}}
	if err := h.id.RevokeGuardianship(t.Context(), elsewhere, "city", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another organisation ends it: %v", err)
	}
	if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", guardian.Actor.Person, id); err != nil {
		t.Fatal(err)
	}
	if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	if _, err := h.id.Signed(t.Context(), mother.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("the next click: got %v, want ended", err)
	}
	if _, err := h.id.ReadPerson(t.Context(), clerk, "town", ward.Actor.Person, "  "); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("read without a reason: %v", err)
	}
	v, err := h.id.ReadPerson(t.Context(), clerk, "town", ward.Actor.Person, "asks at the counter")
	if err != nil || len(v.Guardians) != 1 || v.Guardians[0].Good {
		t.Errorf("got %+v, %v, want one record that has ended", v.Guardians, err)
	}
	if found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Kind: natid.FinnishCode, Identifier: other.Identifier}); err != nil || len(found) != 1 {
		t.Errorf("found %v, %v by the code", found, err)
	}
	if found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Family: "Meikäläinen"}); err != nil || len(found) != 2 {
		t.Errorf("found %d, %v by the name", len(found), err)
	}
	for typed, want := range map[string]string{"+358 40 123 4567": "", "nothing": "phone", "123": "phone"} { // a number that nobody has proven finds nobody
		found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Phone: typed})
		if got := fault.Of(err); len(found) != 0 || want == "" && err != nil || want != "" && (err == nil || len(got.Fields) != 1 || got.Fields[0].Name != want) {
			t.Errorf("%q: found %v, %v", typed, found, err)
		}
	}
}
