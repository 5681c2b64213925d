package storetest

import (
	"bytes"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

const withProof = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"plate":{"type":"string","maxLength":20},"proof":{"type":"array","items":{"type":"string"},` +
	`"x-attachment":{"types":["text"]}}}},"ui":{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/plate"},{"type":"Control","scope":"#/properties/proof"}]},"texts":{"en":{"plate.label":"Plate"}}}`

// draftBeside reads drafts with what is beside them: each with its own owner's key, and with attachments and signers from when they are there until they are gone, whatever lies beside somebody else's.
func draftBeside(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.eservicesOf(t, withProof, "any", 0)
	s.Facts = nobodyKnown{}
	d := drafting{Service: s, h: h}.another(t)
	other := d.another(t)
	check := func(name string, d drafting, files, parts bool) {
		t.Helper()
		got, err := d.Store.FormDraftOf(t.Context(), actor.Owner{Person: d.owner}, d.id)
		if err != nil || got.Beside == nil {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		key, err := d.Store.PersonKey(t.Context(), d.owner)
		if err != nil || !bytes.Equal(got.Beside.Key, key) {
			t.Errorf("%s: it came with another key than its owner's, %v", name, err)
		}
		if got.Beside.Files != files || got.Beside.Parts != parts {
			t.Errorf("%s: attachments %v and signers %v, want %v and %v", name, got.Beside.Files, got.Beside.Parts, files, parts)
		}
		plain, err := d.Store.FormDraft(t.Context(), "town", d.id)
		if got.Beside = nil; err != nil || plain.Seen != got.Seen || !bytes.Equal(plain.Sealed, got.Sealed) || plain.Owner != got.Owner || plain.ExpiresAt != got.ExpiresAt {
			t.Errorf("%s: read with what is beside it it is %+v, without %+v, %v", name, got, plain, err)
		}
		f := d.filling(t, d.owner)
		if len(f.Parts) > 0 != parts || len(f.Files) > 0 != files {
			t.Errorf("%s: filled in it has %d attachments and %d signers", name, len(f.Files), len(f.Parts))
		}
	}
	check("alone", d, false, false)
	d.asked(t)
	check("with who is to sign", d, false, true)
	check("beside one that is to be signed", other, false, false)

	if _, err := d.AddFile(t.Context(), holder(d.owner), d.id, "/proof", "proof.txt", strings.NewReader("It is mine.")); err != nil {
		t.Fatal(err)
	}
	check("with both", d, true, true)
	check("beside one that has both", other, false, false)
	a, err := other.AddFile(t.Context(), holder(other.owner), other.id, "/proof", "proof.txt", strings.NewReader("It is mine, too."))
	if err != nil {
		t.Fatal(err)
	}
	check("with an attachment", other, true, false)
	if err := other.RemoveFile(t.Context(), holder(other.owner), other.id, "/proof", a.ID); err != nil {
		t.Fatal(err)
	}
	check("without it again", other, false, false)
	for name, of := range map[string]actor.Owner{"somebody else's": {Person: other.owner}, "nobody's": {}, "a company's": {Company: ids.Company("1234567-1")}} {
		if x, err := d.Store.FormDraftOf(t.Context(), of, d.id); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("as %s: %s, %v", name, x.ID, err)
		}
	}
}
