package eservice_test

import (
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf/pdftest"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/domain/org"
)

const onPaper = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["place","kind","story"],"properties":{
"place":{"type":"string","maxLength":100},"kind":{"type":"string","enum":["lamp","road"]},"lamp_number":{"type":"integer","minimum":1},"urgent":{"type":"boolean"},
"story":{"type":"string","maxLength":2000},"seen":{"type":"string","format":"date"},"photos":{"type":"array","items":{"type":"string"},"x-attachment":{"types":["image"]}},
"sum":{"type":"number","x-calculate":{"sum":[{"scope":"#/properties/lamp_number"}]}},
"witnesses":{"type":"array","maxItems":5,"items":{"type":"object","properties":{"name":{"type":"string"}}}}}},
"ui":{"type":"Categorization","elements":[{"type":"Category","i18n":"fault","elements":[{"type":"Control","scope":"#/properties/place"},{"type":"Control","scope":"#/properties/kind"},
{"type":"Control","scope":"#/properties/lamp_number","rule":{"effect":"SHOW","condition":{"scope":"#/properties/kind","schema":{"const":"lamp"}}}},
{"type":"Control","scope":"#/properties/urgent","options":{"format":"radio"}},{"type":"Control","scope":"#/properties/story","options":{"multi":true}},{"type":"Control","scope":"#/properties/seen"},
{"type":"Control","scope":"#/properties/photos"},{"type":"Control","scope":"#/properties/sum"},
{"type":"Control","scope":"#/properties/witnesses","options":{"detail":{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/name"}]}}}]}]},
"texts":{"en":{"fault.label":"The fault","place.label":"Where is it?","place.description":"An address will do.","kind.label":"What is broken?","kind.lamp":"A street lamp","kind.road":"The road",
"lamp_number.label":"Number of the lamp","urgent.label":"Is it dangerous?","story.label":"What do you see?","seen.label":"When did you see it?","photos.label":"A photo","sum.label":"Sum","witnesses.label":"Witness","witnesses.name.label":"Name"}}}`

// A form on paper is a tagged document in the reader's language: all that is asked is in it, choices as boxes, conditions in words; what is worked out is not asked.
func TestAFormOnPaperHasAllThatIsAsked(t *testing.T) {
	t.Parallel()
	def, mistakes := form.Read([]byte(onPaper))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := &catalog.Config{
		Org:     org.Organisation{ID: "town", Name: i18n.Text{"en": "Town of Specimen"}, Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"en"}},
		Offices: []org.Office{{ID: "hall", Street: i18n.Text{"en": "Main Street 1"}, Postcode: "00100", Town: i18n.Text{"en": "Specimen"}}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	f := &catalog.Form{ID: ids.Form("fault"), Name: i18n.Text{"en": "Report a fault"}, Summary: i18n.Text{"en": "Tell us what is broken."}, Signers: catalog.SignedByGuardian}
	v := eservice.Version{Number: 3, From: 1_795_420_800}
	doc, err := eservice.Blank(texts.Printer("en"), c, f, v, def).Write()
	if err != nil {
		t.Fatal(err)
	}
	again, err := eservice.Blank(texts.Printer("en"), c, f, v, def).Write()
	if err != nil || string(again.Bytes) != string(doc.Bytes) {
		t.Error("the same form is not the same bytes")
	}
	if doc.Missing != "" {
		t.Errorf("the font has not %q", doc.Missing)
	}
	info, structure := pdftest.Info(t, doc.Bytes), pdftest.Structure(t, doc.Bytes)
	for _, want := range []string{"Report a fault", "Tagged:          yes"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is not in:\n%s", want, info)
		}
	}
	for _, want := range []string{
		"H1", "H2", "The fault", "Where is it?", "An address will do.", "A street lamp", "The road", "the answer to “What is broken?” is “A street lamp”", "Number of the lamp (optional)", "Tick one.", "Yes", "No", "What do you see?",
		"When did you see it?", "I attach, if I have it: A photo", "Witness 3", "another sheet", "Version 3", "Main Street 1", "00100 Specimen", "Signature of the other guardian", "Declaration and signature",
	} {
		if !strings.Contains(strings.Join(strings.Fields(structure), " "), want) {
			t.Errorf("%q is not in:\n%s", want, structure)
		}
	}
	if boxes := strings.Count(structure, "Figure"); boxes != 5 {
		t.Errorf("got %d boxes, want 5: two choices, yes and no, a photo", boxes)
	}
	for _, unwanted := range []string{"Sum", "Witness 4"} {
		if strings.Contains(structure, unwanted) {
			t.Errorf("%q is in:\n%s", unwanted, structure)
		}
	}
}
