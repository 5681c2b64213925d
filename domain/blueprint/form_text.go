package blueprint

import (
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// FormTexts is the section of what those who handle forms have ready to write.
const FormTexts = "form_texts"

var formTextFields = []field[catalog.FormText]{
	text("name", func(t *catalog.FormText) *i18n.Text { return &t.Name }),
	word("use", func(t *catalog.FormText) *string { return &t.Use }),
	set("outcomes", func(t *catalog.FormText) *[]string { return &t.Outcomes }),
	set("forms", func(t *catalog.FormText) *[]ids.Form { return &t.Forms }),
	set("inboxes", func(t *catalog.FormText) *[]ids.Inbox { return &t.Inboxes }),
	text("text", func(t *catalog.FormText) *i18n.Text { return &t.Text }),
}

func checkFormTexts(c *checker, o *Organisation) {
	for _, t := range o.FormTexts {
		path := FormTexts + "." + t.ID
		if !slices.Contains(catalog.Uses, t.Use) {
			c.add(path+".use", "want one of %s", strings.Join(catalog.Uses, ", "))
		}
		for i, outcome := range t.Outcomes {
			if !slices.Contains(catalog.Outcomes, outcome) {
				c.add(elem(path+".outcomes", i), "want one of %s", strings.Join(catalog.Outcomes, ", "))
			}
		}
		for i, id := range t.Forms {
			if !slices.ContainsFunc(o.Forms, func(f FormEntry) bool { return f.ID == id }) {
				c.add(elem(path+".forms", i), "there is no form %.40q", string(id))
			}
		}
		for i, id := range t.Inboxes {
			if !slices.ContainsFunc(o.Inboxes, func(b org.Inbox) bool { return b.ID == id }) {
				c.add(elem(path+".inboxes", i), "there is no inbox %.40q", string(id))
			}
		}
		c.name(path+".name", t.Name)
		if len(t.Text) == 0 {
			c.add(path+".text", "want a text in each language")
		}
		for _, p := range byLanguage(t.Text) {
			at := path + ".text." + p.key
			c.characters(at, p.value.(string), maxText)
			for _, name := range catalog.NoPlaces(t.Use, p.value.(string)) {
				c.add(at, "there is no place %s in this text; there are %s", "{"+firstRunes(name, 40)+"}", inBraces(catalog.TextPlaces(t.Use)))
			}
		}
	}
	for _, f := range o.Forms {
		for i, outcome := range f.AppealFor {
			cfg := catalog.Config{FormTexts: o.FormTexts}
			if _, ok := cfg.AppealFor(outcome, f.ID, f.Inbox); !ok && slices.Contains(catalog.Outcomes, outcome) {
				c.warn(elem("forms."+string(f.ID)+".appeal_for", i), "there are no instructions for this outcome: such a decision cannot be sent")
			}
		}
	}
}
