package admin

import (
	"net/url"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	eform "luukku/domain/form"
	"luukku/domain/org"
	"luukku/web"
)

// sampleBuilding is a form that somebody builds: a choice, a question that hangs on it, and what change does to it.
func sampleBuilding(change func(s *eform.Sketch)) building {
	languages := []i18n.Lang{"fi", "sv", "en", "cs"}
	s := eform.Sketched(eform.New())
	add := func(kind eform.Kind, name string, words i18n.Text) string {
		path, _ := s.Add("0", kind, name)
		it, _ := s.Item(path)
		for l, text := range words {
			s.Say(l, it.Key+it.Suffix, text)
		}
		return path
	}
	for l, text := range (i18n.Text{"fi": "Saunavuoro", "sv": "Bastutur", "en": "Sauna shift", "cs": "Sauna"}) {
		s.Say(l, "step.step1.label", text)
	}
	day := add(eform.Choice, "day", i18n.Text{"fi": "Mikä päivä?", "sv": "Vilken dag?", "en": "Which day?", "cs": "Který den?"})
	s.SetChoices(day, "fi", []string{"Perjantai", "Lauantai"})
	why := add(eform.Lines, "why", i18n.Text{"fi": "Miksi?", "sv": "Varför?", "en": "Why?", "cs": "Proč?"})
	s.Show(why, eform.Rule{Scope: "#/properties/day", Test: eform.TestIs, Value: "lauantai"}, eform.Choice)
	add(eform.Integer, "people", i18n.Text{"fi": "Montako tulee?", "sv": "Hur många kommer?", "en": "How many come?", "cs": "Kolik vás přijde?"})
	if change != nil {
		change(s)
	}
	c := &catalog.Config{Org: org.Organisation{ID: "vuorela", Zone: "UTC", Languages: languages}}
	if err := c.Prepare(); err != nil {
		panic(err)
	}
	return building{
		Edit: eservice.Edit{
			Org: "vuorela", Form: "sauna", Seq: 4, Base: 1, MadeAt: sampleTime,
			Built: eservice.Built{Settings: catalog.Form{ID: "sauna", Name: i18n.Text{"fi": "Saunavuoro", "sv": "Bastutur", "en": "Sauna shift", "cs": "Sauna"}, Level: "low"}, Document: s.Document()},
		},
		sketch: s, langs: languages, config: c, where: where{moment: sampleMoment(), config: c},
	}
}

func formSamples() []web.Sample {
	item := func(b web.Base, f building, at string, change func(url.Values), t web.Trouble, outdated bool) DeskPage {
		it, _ := f.sketch.Item(at)
		typed := f.itemTyped(b, it)
		if change != nil {
			change(typed)
		}
		return newItemPage(b, f, it, typed, t, outdated)
	}
	def := func(f building) *eform.Definition {
		d, _ := eform.Parse(f.Document)
		return d
	}
	versions := []eservice.Version{{Number: 2, From: sampleTime + 1000, Note: "2"}, {Number: 1, From: sampleTime - 1000}}
	now := time.Unix(sampleTime, 0)
	return []web.Sample{
		desked("forms", "", func(b web.Base) DeskPage {
			f := sampleBuilding(nil)
			f.config.Forms = []catalog.Form{f.Settings}
			return newFormsPage(b, f.config, []eservice.Edit{f.Edit}, "", nil)
		}),
		desked("forms", "none", func(b web.Base) DeskPage {
			return newFormsPage(b, sampleBuilding(nil).config, nil, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "forms.needs_name"}))
		}),
		desked("forms", "built", func(b web.Base) DeskPage { return newFormPage(b, sampleBuilding(nil)) }),
		desked("forms", "wrong", func(b web.Base) DeskPage {
			return newFormPage(b, sampleBuilding(func(s *eform.Sketch) { s.AddStep() }))
		}),
		desked("forms", "choice", func(b web.Base) DeskPage { return item(b, sampleBuilding(nil), "0/0", nil, web.Trouble{}, false) }),
		desked("forms", "item-wrong", func(b web.Base) DeskPage {
			return item(b, sampleBuilding(nil), "0/2", func(t url.Values) { t.Set("min", "x") }, web.TroubleOf(b, fault.Invalid("form.invalid", nil, fault.Field{Name: "min", Key: "forms.needs_number"})), false)
		}),
		desked("forms", "outdated", func(b web.Base) DeskPage { return item(b, sampleBuilding(nil), "0/1", nil, web.Trouble{}, true) }),
		desked("forms", "settings", func(b web.Base) DeskPage {
			f := sampleBuilding(nil)
			return newFormSettingsPage(b, f, f.settingsTyped(), web.Trouble{}, false)
		}),
		desked("forms", "try", func(b web.Base) DeskPage {
			f := sampleBuilding(nil)
			return newTryPage(b, f, def(f), trial{answers: eform.Answers{}}, now)
		}),
		desked("forms", "tried", func(b web.Base) DeskPage {
			f := sampleBuilding(nil)
			return newTryPage(b, f, def(f), trial{answers: eform.Answers{"day": "perjantai"}, end: true}, now)
		}),
		desked("forms", "document", func(b web.Base) DeskPage {
			f := sampleBuilding(nil)
			_, mistakes := eform.Read([]byte("{"))
			return newDocumentPage(b, f, "{", mistakes, false)
		}),
		desked("forms", "versions", func(b web.Base) DeskPage {
			return newVersionsPage(b, sampleBuilding(nil), versions, map[int64][]eform.Change{2: {{Op: "added", Label: "Sauna"}}}, now)
		}),
		desked("forms", "publish", func(b web.Base) DeskPage {
			return newFormPublishPage(b, sampleBuilding(nil), []eform.Change{{Op: "changed", Label: "Sauna"}}, publishing{}, nil, nil)
		}),
	}
}
