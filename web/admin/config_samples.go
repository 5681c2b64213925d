package admin

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
)

// sampleTown is the organisation of the samples: the invented town that comes along.
var sampleTown = sync.OnceValue(func() blueprint.Organisation {
	o, err := example(beginTown)
	if err != nil {
		panic(err) // a test parses every blueprint that comes along
	}
	return o
})

// The things of the samples.
var (
	sampleService = blueprint.Ref{Section: "services", ID: "passport-or-id"}
	sampleOffice  = blueprint.Ref{Section: "offices", ID: "kallio"}
	sampleLogo    = org.Logo{Type: org.LogoSVG, Body: []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#b01c48"></path></svg>`)}
)

// sampleWork is what an administrator of the town works on: nothing yet, or a draft with changes of several kinds.
func sampleWork(change func(w *blueprint.Work)) configView {
	o := sampleTown()
	c := configView{Work: blueprint.Work{Draft: o, Published: o}, zone: time.UTC, who: "Malli Mallikas"}
	c.Installation.Name = i18n.Text{"fi": "Vuorela"}
	if change != nil {
		c.Begun, c.Version, c.ChangedAt = true, 3, sampleTime
		c.Draft = cloneOf(o)
		change(&c.Work)
	}
	return c
}

// cloneOf is an organisation that can be changed without changing the other: what a file would say of it.
func cloneOf(o blueprint.Organisation) blueprint.Organisation {
	b, err := blueprint.Export(blueprint.Document{Organisations: []blueprint.Organisation{o}})
	if err != nil {
		panic(err)
	}
	doc, _ := blueprint.Parse(b)
	return doc.Organisations[0]
}

// sampleDraft changes something of each kind.
func sampleDraft(w *blueprint.Work) {
	o := &w.Draft
	o.Set(sampleOffice, blueprint.Record{"phone": "09 310 1234", "hours": []string{"mon-thu 09:00-15:30"}})
	o.Set(sampleService, blueprint.Record{"summary": i18n.Text{"fi": "Hakekaa passia tai henkilökorttia."}})
	o.SetPolicy("passport-or-id", "", catalog.Settings{"length": 1200, "online_change": 0, "opens": 1440 + 480})
	o.Add(blueprint.Ref{Section: "services", ID: "market-place"})
	o.Set(blueprint.Ref{Section: "services", ID: "market-place"}, blueprint.Record{"name": i18n.Text{"fi": "Torin myyntipaikka"}, "category": string(o.Categories[0].ID)})
	o.Remove(blueprint.Ref{Section: "offices", ID: string(o.Offices[len(o.Offices)-1].ID)})
	o.Move(blueprint.Ref{Section: "categories", ID: string(o.Categories[0].ID)}, 1)
}

// sampleEditor is the form of a thing with what is stored, changed.
func sampleEditor(b web.Base, c *configView, ref blueprint.Ref, change func(url.Values)) *editor {
	typed, usual := thingTyped(&c.Draft, ref)
	if change != nil {
		change(typed)
	}
	e := newEditor(b, &c.Draft, ref, typed)
	e.usual = usual
	return e
}

func sampleSheet(b web.Base, ref blueprint.Ref) sheet {
	return sheet{ref: ref, layout: layoutOf(ref.Section, b.Printer.Has)}
}

// editSample is a page on which a thing is changed.
func editSample(state string, ref blueprint.Ref) web.Sample {
	return desked("config", state, func(b web.Base) DeskPage {
		c := sampleWork(sampleDraft)
		return newEditPage(sampleEditor(b, &c, ref, nil), c, sampleSheet(b, ref), nil)
	})
}

// inboxSample is the page of an inbox, with what is typed wrong in it.
func inboxSample(b web.Base, change func(url.Values)) DeskPage {
	ref := blueprint.Ref{Section: "inboxes", ID: "messages"}
	c := sampleWork(func(w *blueprint.Work) {
		w.Draft.Add(ref)
		w.Draft.Set(ref, blueprint.Record{
			"name": i18n.Text{"fi": "Kaupungin viestit", "sv": "Stadens meddelanden", "en": "Town messages", "cs": "Zprávy města"}, "numbers": []string{"+358457000111"},
			"hours": []string{"mon-fri 08:00-16:00"}, "out_of_hours": i18n.Text{"fi": "Emme lue viestejä nyt. Hätätilanteessa soittakaa 112 ☎"},
			"acknowledge": i18n.Text{"fi": "Kiitos, vastaamme tänään."},
		})
	})
	e, s := sampleEditor(b, &c, ref, change), sampleSheet(b, ref)
	_, wrong := s.read(e.typed)
	e.faults(wrong)
	return newEditPage(e, c, s, nil)
}

// partSample is a page of some fields of the organisation.
func partSample(p part) web.Sample {
	return desked("config", "organisation-"+p.name, func(b web.Base) DeskPage {
		c := sampleWork(nil)
		return newEditPage(sampleEditor(b, &c, blueprint.Ref{}, nil), c, sheet{part: p.name, layout: []block{{"", p.fields}}}, nil)
	})
}

func configSamples() []web.Sample {
	out := []web.Sample{
		desked("config", "", func(b web.Base) DeskPage { return newConfigPage(b, sampleWork(nil)) }),
		desked("config", "draft", func(b web.Base) DeskPage {
			p := newConfigPage(b, sampleWork(sampleDraft))
			p.Done = b.T("config.done.saved")
			return p
		}),
		desked("config", "clash", func(b web.Base) DeskPage {
			c := sampleWork(sampleDraft)
			c.Clashes = []blueprint.Clash{
				{Path: "offices.kallio.phone", Mine: "09 310 1234", Theirs: "09 310 9999"}, {Path: "services.passport-or-id", Theirs: "…", Removed: "mine"},
				{Path: "policy.length", Mine: "20m", Theirs: "40m"},
			}
			return newConfigPage(b, c)
		}),
		desked("config", "empty", func(b web.Base) DeskPage {
			c := sampleWork(nil)
			c.Draft = blueprint.Organisation{Organisation: c.Draft.Organisation}
			c.Published = c.Draft
			return newConfigPage(b, c)
		}),
		desked("config", "missing", func(b web.Base) DeskPage { return newMissingPage(b, sampleWork(sampleDraft)) }),
		desked("config", "missing-none", func(b web.Base) DeskPage { return newMissingPage(b, sampleWork(nil)) }),
		desked("config", "remove", func(b web.Base) DeskPage { return newConfigRemovePage(b, sampleWork(nil), sampleService) }),
		desked("config", "remove-office", func(b web.Base) DeskPage { return newConfigRemovePage(b, sampleWork(nil), sampleOffice) }),
		desked("config", "remove-category", func(b web.Base) DeskPage {
			return newConfigRemovePage(b, sampleWork(nil), blueprint.Ref{Section: "categories", ID: string(sampleTown().Categories[0].ID)})
		}),
		desked("config", "discard", func(b web.Base) DeskPage { return newDiscardPage(b, sampleWork(sampleDraft)) }),
		editSample("service", sampleService), editSample("office", sampleOffice),
		editSample("category", blueprint.Ref{Section: "categories", ID: string(sampleTown().Categories[0].ID)}),
		editSample("unit", sampleUnit()),
		desked("config", "service-errors", func(b web.Base) DeskPage {
			c := sampleWork(nil)
			e := sampleEditor(b, &c, sampleService, func(typed url.Values) {
				for _, l := range i18n.Languages() {
					typed.Del("name-" + string(l.Code))
				}
				typed.Set("price-fi", strings.Repeat("52 euroa ", 40))
			})
			o := cloneOf(c.Draft)
			values, _ := sampleSheet(b, sampleService).read(e.typed)
			e.problems(append(o.Set(sampleService, values), ownFaults(o, sampleService)...))
			return newEditPage(e, c, sampleSheet(b, sampleService), nil)
		}),
		desked("config", "office-errors", func(b web.Base) DeskPage {
			c := sampleWork(nil)
			e := sampleEditor(b, &c, sampleOffice, func(typed url.Values) {
				typed.Set(usualName(0, "from"), "kahdeksan")
				typed.Set("lat", "pohjoinen")
			})
			_, wrong := sampleSheet(b, sampleOffice).read(e.typed)
			e.usual = true
			e.faults(wrong)
			return newEditPage(e, c, sampleSheet(b, sampleOffice), nil)
		}),
		desked("config", "inbox", func(b web.Base) DeskPage { return inboxSample(b, nil) }),
		desked("config", "inbox-errors", func(b web.Base) DeskPage {
			return inboxSample(b, func(typed url.Values) { typed.Set(usualName(0, "to"), "viiteen") })
		}),
		desked("config", "changed-meanwhile", func(b web.Base) DeskPage {
			c := sampleWork(sampleDraft)
			e := sampleEditor(b, &c, sampleOffice, func(typed url.Values) { typed.Set("phone", "09 310 5555") })
			s := sampleSheet(b, sampleOffice)
			values, _ := s.read(e.typed)
			return newEditPage(e, c, s, bothOf(e, c, s, values))
		}),
		desked("config", "new-service", func(b web.Base) DeskPage { return addSample(b, "services", nil) }),
		desked("config", "new-office", func(b web.Base) DeskPage { return addSample(b, "offices", nil) }),
		desked("config", "new-category-errors", func(b web.Base) DeskPage {
			return addSample(b, "categories", []fault.Field{{Name: "slug", Key: "thing.slug_taken"}})
		}),
	}
	for _, p := range organisationParts {
		out = append(out, partSample(p))
	}
	out = append(out, publishSamples()...)
	return append(out, append(ruleSamples(), lookSamples()...)...)
}

// sampleUnit is a counter of the office of the samples.
func sampleUnit() blueprint.Ref {
	o := sampleTown()
	return o.Refs(blueprint.Units, "kallio")[0]
}

// ownFaults are the faults of one thing.
func ownFaults(o blueprint.Organisation, ref blueprint.Ref) []blueprint.Problem {
	var out []blueprint.Problem
	for _, p := range blueprint.Faults(blueprint.Check(o)) {
		if strings.HasPrefix(p.Path, ref.Path()) {
			out = append(out, p)
		}
	}
	return out
}

func addSample(b web.Base, section string, wrong []fault.Field) DeskPage {
	c := sampleWork(nil)
	ref := blueprint.Ref{Section: section}
	e := newEditor(b, &c.Draft, ref, url.Values{"name-fi": {"Lupapalvelut"}, "slug": {"permits"}})
	e.faults(wrong)
	return newAddPage(e, ref)
}

func publishSamples() []web.Sample {
	published := func(change func(*publishView)) publishView {
		v := publishView{configView: sampleWork(sampleDraft), seen: "0"}
		v.lines = v.Lines()
		v.problems = blueprint.Check(v.Draft)
		v.rules = true
		change(&v)
		return v
	}
	noFaults := func(v *publishView) { v.problems = warningsOf(v.problems) }
	return []web.Sample{
		desked("publish", "", func(b web.Base) DeskPage { return newPublishPage(b, published(noFaults)) }),
		desked("publish", "errors", func(b web.Base) DeskPage {
			return newPublishPage(b, published(func(v *publishView) { noFaults(v); v.wrong = true }))
		}),
		desked("publish", "outdated", func(b web.Base) DeskPage {
			return newPublishPage(b, published(func(v *publishView) { noFaults(v); v.outdated = true }))
		}),
		desked("publish", "faults", func(b web.Base) DeskPage {
			return newPublishPage(b, published(func(v *publishView) {
				v.problems = append(v.problems, blueprint.Problem{
					Path: "offices.kallio", Format: "cannot be removed: %d appointments are still to come here; move or cancel them first", Values: "\x0012",
				}, blueprint.Problem{Path: "services.passport-or-id.category", Format: "want one of the categories"})
			}))
		}),
		desked("publish", "affected", func(b web.Base) DeskPage {
			return newPublishPage(b, published(func(v *publishView) { noFaults(v); v.affected = []AffectedAt{{"kallio", 12}} }))
		}),
		desked("publish", "same", func(b web.Base) DeskPage { return newPublishPage(b, publishView{configView: sampleWork(nil)}) }),
		desked("import", "", func(b web.Base) DeskPage { return newImportPage(b, importView{configView: sampleWork(nil)}) }),
		desked("import", "changes", func(b web.Base) DeskPage {
			c := sampleWork(sampleDraft)
			return newImportPage(b, importView{configView: c, file: "format = 1", lines: c.Lines(), after: c.Work, many: true})
		}),
		desked("import", "faults", func(b web.Base) DeskPage {
			_, problems := blueprint.Parse([]byte("format = 1\n[organisations.town]\nname = { fi = \"Kunta\" }\nzone = \"Helsinki\"\ncountry = \"FI\"\nlanguages = [\"fi\"]\nphone = 5\n"))
			return newImportPage(b, importView{configView: sampleWork(nil), file: "x", problems: problems})
		}),
		desked("import", "no-file", func(b web.Base) DeskPage {
			return newImportPage(b, importView{configView: sampleWork(nil), wrong: "take_over.no_file"})
		}),
		desked("import", "same", func(b web.Base) DeskPage {
			return newImportPage(b, importView{configView: sampleWork(nil), file: "format = 1"})
		}),
		desked("preview", "refused", func(b web.Base) DeskPage {
			b.Preview = previewBar(b)
			return newPreviewPage(b, "preview.nothing_done")
		}),
		ofInstallation("organisations", "", func(b web.Base) DeskPage {
			return newOrganisationsPage(b, []org.Organisation{sampleTown().Organisation})
		}),
		ofInstallation("organisations", "none", func(b web.Base) DeskPage { return newOrganisationsPage(b, nil) }),
		ofInstallation("organisations", "new", func(b web.Base) DeskPage {
			return newFoundOrgPage(newEditor(b, everyLanguage(), blueprint.Ref{}, url.Values{"languages": {"fi"}}))
		}),
		ofInstallation("organisations", "new-errors", func(b web.Base) DeskPage {
			e := newEditor(b, everyLanguage(), blueprint.Ref{}, url.Values{})
			e.faults([]fault.Field{{Name: "slug", Key: "setup.slug_taken"}})
			e.problems(ownFaults(blueprint.Organisation{}, blueprint.Ref{}))
			return newFoundOrgPage(e)
		}),
		ofInstallation("settings", "", func(b web.Base) DeskPage {
			return newSettingsPage(installationEditor(b, sampleInstallation(), typedOf(blueprint.InstallationFields(), blueprint.RecordOfInstallation(sampleInstallation()), "")), settingParts[0], "0", false, false)
		}),
		ofInstallation("settings", "outdated", func(b web.Base) DeskPage {
			return newSettingsPage(installationEditor(b, sampleInstallation(), url.Values{}), settingParts[0], "0", true, false)
		}),
		ofInstallation("settings", "questions", func(b web.Base) DeskPage {
			in := sampleInstallation()
			in.Questions = []org.Question{{
				Question: i18n.Text{"fi": "Kuka näkee kirjeeni?", "sv": "Vem ser mina brev?", "en": "Who sees my letters?", "cs": "Kdo vidí mé dopisy?"},
				Answer:   i18n.Text{"fi": "Vain te.", "sv": "Bara du.", "en": "Only you.", "cs": "Jen vy."},
			}}
			return newSettingsPage(installationEditor(b, in, typedOf(blueprint.InstallationFields(), blueprint.RecordOfInstallation(in), "")), settingParts[4], "0", false, true)
		}),
		ofInstallation("settings", "pages", func(b web.Base) DeskPage {
			return newSettingsPage(installationEditor(b, sampleInstallation(), url.Values{}), settingParts[2], "0", false, false)
		}),
	}
}

func sampleInstallation() blueprint.Installation {
	return blueprint.Installation{Installation: org.Installation{
		Name: i18n.Text{"fi": "Vuorela"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi", PhoneCountries: []string{"FI", "SE"},
	}}
}

func ruleSamples() []web.Sample {
	rules := func(b web.Base, service, office string, change func(url.Values), st rulesState) DeskPage {
		c := sampleWork(sampleDraft)
		l, err := levelIn(b, c, ids.Service(service), ids.Office(office))
		if err != nil {
			panic(err)
		}
		typed := rulesTyped(l.own())
		if change != nil {
			change(typed)
			_, st.wrong = rulesIn(typed)
		}
		return newRulesPage(b, c, l, typed, st)
	}
	wrong := func(typed url.Values) {
		for _, f := range catalog.Fields {
			typed.Set("set-"+f.Name, "1")
			typed.Set(f.Name, "-3")
		}
	}
	return []web.Sample{
		desked("rules", "", func(b web.Base) DeskPage { return rules(b, "", "", nil, rulesState{}) }),
		desked("rules", "service", func(b web.Base) DeskPage { return rules(b, "passport-or-id", "", nil, rulesState{}) }),
		desked("rules", "office", func(b web.Base) DeskPage { return rules(b, "passport-or-id", "kallio", nil, rulesState{}) }),
		desked("rules", "preview", func(b web.Base) DeskPage {
			return rules(b, "passport-or-id", "", func(typed url.Values) { typed.Set("length", "25") }, rulesState{preview: true})
		}),
		desked("rules", "errors", func(b web.Base) DeskPage { return rules(b, "", "", wrong, rulesState{}) }),
		desked("rules", "changed-meanwhile", func(b web.Base) DeskPage { return rules(b, "", "", nil, rulesState{outdated: true}) }),
	}
}

func lookSamples() []web.Sample {
	looks := func(b web.Base, v lookView, colours ...string) DeskPage {
		v.configView = sampleWork(nil)
		v.typed = url.Values{"primary": {"#b01c48"}, "accent": {"#2e7d6b"}, "logo_alt-fi": {"Vuorelan vaakuna"}}
		for i, c := range colours {
			v.typed.Set([]string{"primary", "accent"}[i], c)
		}
		return newLookPage(b, nil, v)
	}
	return []web.Sample{
		desked("look", "", func(b web.Base) DeskPage { return looks(b, lookView{logo: sampleLogo.Address()}) }),
		desked("look", "pale", func(b web.Base) DeskPage { return looks(b, lookView{preview: true}, "#ffe9a8") }),
		desked("look", "errors", func(b web.Base) DeskPage {
			return looks(b, lookView{wrong: []fault.Field{
				{Name: "primary", Key: "ui.theme.bad_colour"}, {Name: "file", Key: "brand.logo_kind"}, {Name: "logo_alt-fi", Key: "brand.alt_missing"},
			}}, "red")
		}),
		desked("look", "changed-meanwhile", func(b web.Base) DeskPage { return looks(b, lookView{outdated: true}) }),
	}
}
