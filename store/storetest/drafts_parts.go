package storetest

import (
	"fmt"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
)

func draftSignedWhileItIsChanged(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	p, part := d.asked(t)
	for i := range 6 {
		plate := fmt.Sprintf("N-%d", i)
		seen, change := d.filling(t, p), d.request(t, d.owner, 0, "/plate", plate)
		errs := race(2, func(j int) error {
			if j == 0 {
				return d.Answer(t.Context(), holder(p), d.id, part, eservice.Sign, seen.Digest)
			}
			_, err := d.Save(t.Context(), holder(d.owner), change)
			return err
		})
		if errs[1] != nil || errs[0] != nil && !fault.IsKey(errs[0], "eform.changed_since") {
			t.Fatalf("signed: %v, changed: %v", errs[0], errs[1])
		}
		if st := d.standing(t, part); st == eservice.PartSigned {
			t.Fatalf("what was changed while it was signed stands as %s", st)
		}
		if _, err := d.sends(t.Context(), d.filling(t, d.owner)); !fault.IsKey(err, "eform.unsigned") {
			t.Fatalf("sent without a signature that holds: %v", err)
		}
	}
	if err := d.signs(t, p, part); err != nil || d.standing(t, part) != eservice.PartSigned {
		t.Fatalf("signed as it is: %v", err)
	}
	d.save(t, d.owner, 0, "/plate", "LAST-1")
	if st := d.standing(t, part); st != eservice.PartVoid {
		t.Errorf("after a change it stands as %s", st)
	}
	d.save(t, d.owner, 0, "/plate", "N-5")
	if st := d.standing(t, part); st != eservice.PartSigned {
		t.Errorf("as it was again it stands as %s", st)
	}
	if _, err := d.sends(t.Context(), d.filling(t, d.owner)); err != nil {
		t.Errorf("send: %v", err)
	}
}

func draftSentWhileOneDeclines(t *testing.T, e Engine) {
	all := Open(t, e, 1).drafting(t)
	for range 6 {
		d := all.another(t)
		p, part := d.asked(t)
		if err := d.signs(t, p, part); err != nil {
			t.Fatal(err)
		}
		seen := d.filling(t, d.owner)
		errs := race(3, func(j int) error {
			switch j {
			case 0:
				_, err := d.sends(t.Context(), seen)
				return err
			case 1:
				return d.Answer(t.Context(), holder(p), d.id, part, eservice.Decline, "")
			}
			return d.Ask(t.Context(), holder(d.owner), eservice.AskRequest{Draft: d.id, Address: "one.more@example.org"})
		})
		if (errs[0] == nil) == (errs[1] == nil || errs[2] == nil) {
			t.Errorf("sent: %v, taken back: %v, one more asked to sign: %v", errs[0], errs[1], errs[2])
		}
	}
}

func draftSignedByMany(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	people, parts := make([]ids.Person, 4), make([]string, 4)
	for i := range people {
		people[i], parts[i] = d.asked(t)
	}
	digest := d.filling(t, d.owner).Digest
	for _, err := range race(len(people), func(i int) error {
		return d.Answer(t.Context(), holder(people[i]), d.id, parts[i], eservice.Sign, digest)
	}) {
		if err != nil {
			t.Errorf("sign: %v", err)
		}
	}
	for _, part := range parts {
		if st := d.standing(t, part); st != eservice.PartSigned {
			t.Errorf("one of them stands as %s", st)
		}
	}
	if _, err := d.sends(t.Context(), d.filling(t, d.owner)); err != nil {
		t.Errorf("send: %v", err)
	}
}

func draftInvitationAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	secret := d.invited(t, "somebody@example.org")
	people := make([]ids.Person, 5)
	for i := range people {
		people[i] = d.h.someone(t)
	}
	came := 0
	for i, err := range race(len(people), func(i int) error {
		_, err := d.Come(t.Context(), holder(people[i]), secret)
		return err
	}) {
		_, opened := d.Filling(t.Context(), holder(people[i]), d.id)
		switch {
		case err == nil && opened == nil:
			came++
		case !fault.Is(err, fault.KindNotFound) || !fault.Is(opened, fault.KindNotFound):
			t.Errorf("came: %v, opened: %v", err, opened)
		}
	}
	if came != 1 {
		t.Errorf("%d came by one invitation", came)
	}
	if _, err := d.Come(t.Context(), holder(d.owner), secret); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("who asked comes by their own link: %v", err)
	}
}
