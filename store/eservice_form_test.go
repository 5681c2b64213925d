package store_test

import (
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	"luukku/domain/form"
)

// A form that comes with a blueprint is in force at once; the same again changes nothing, another document is a version of its own, and the first stays word for word.
func TestFormsComeWithBlueprintsInVersions(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		town := shipped(t, "demo-town")
		h.apply(t, town)
		h.clock.Advance(time.Minute)
		if r := h.apply(t, town); len(r.Lines) > 0 {
			t.Errorf("the same again: got %q", blueprint.Print(r.Lines))
		}
		h.apply(t, strings.Replace(town, `"Nimenne"`, `"Oma nimenne"`, 1))
		all, err := h.FormVersions(t.Context(), "vuorela", "day-care")
		if err != nil || len(all) != 2 {
			t.Fatalf("got %d versions, %v, want 2", len(all), err)
		}
		second := h.clock.Now().Unix()
		for at, want := range map[int64]int64{second - 61: 0, second - 60: 1, second - 1: 1, second: 2} {
			if v, _ := eservice.InForce(all, at); v.Number != want {
				t.Errorf("%d seconds off: got version %d, want %d", at-second, v.Number, want)
			}
		}
		rooms := &eservice.Service{Store: h.Store, Now: h.clock.Now}
		for number, want := range map[int64]string{1: "Nimenne", 2: "Oma nimenne"} {
			_, v, def, err := rooms.FormAt(t.Context(), "vuorela", "day-care", number)
			if err != nil {
				t.Fatalf("version %d: %v", number, err)
			}
			if got, _ := def.Word("fi", "name.label", ""); got != want || def.Digest != v.Digest {
				t.Errorf("version %d: got %q, digest %s, want %q, %s", number, got, def.Digest, want, v.Digest)
			}
		}
		out, err := h.Export(t.Context(), "vuorela")
		if err != nil || !strings.Contains(string(out), `"Oma nimenne"`) {
			t.Errorf("the export lacks what is in force: %v", err)
		}
		h.apply(t, "format = 1\n[organisations.vuorela.forms.day-care]\nclosed = true\n")
		if _, _, _, err := rooms.Form(t.Context(), "vuorela", "day-care", h.clock.Now()); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a closed form: got %v", err)
		}
	})
}

func TestADefinitionThatCannotBeAskedIsRefusedWithItsPlace(t *testing.T) {
	h := newHouse(t)
	h.apply(t, shipped(t, "demo-town"))
	d := form.Document{Schema: []byte(`{"type":"object","properties":{"a":{"$ref":"https://example.org/a"}}}`), UI: []byte(`{"type":"Control","scope":"#/properties/a"}`)}
	doc := parse(t, "format = 1\n[organisations.vuorela.forms.day-care]\ndocument = '''"+d.Layout()+"'''\n")
	_, err := h.Apply(t.Context(), system, doc, blueprint.Options{})
	if err == nil || !strings.Contains(err.Error(), "forms.day-care.document: schema/properties/a/$ref: ") {
		t.Errorf("got %v, want the place of the reference", err)
	}
}
