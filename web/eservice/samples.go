package eservice

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state, with made-up facts and no database: for the gallery and the checks.
func Samples() []web.Sample {
	whole, none, wrong := formview.SampleWhole, formview.SampleNone, formview.SampleWrong
	out := []web.Sample{
		sample("drafts", "", func(b web.Base) Page {
			x := named{sampleFilling(none).Draft, sampleForm().Name.In(b.Lang), sampleOrg().Name.In(b.Lang)}
			return newDraftsPage(b, sampleClock(), []named{x}, []named{x}, "saved")
		}),
		sample("drafts", "none", func(b web.Base) Page { return newDraftsPage(b, sampleClock(), nil, nil, "dropped") }),
		sample("start", "", func(b web.Base) Page { return newStartPage(b, sampleClock(), "vuorela", sampleForm(), nil, "k", nil) }),
		sample("start", "had", func(b web.Base) Page {
			return newStartPage(b, sampleClock(), "vuorela", sampleForm(), []eservice.Draft{sampleFilling(none).Draft}, "k", nil)
		}),
		sample("start", "too-many", func(b web.Base) Page {
			return newStartPage(b, sampleClock(), "vuorela", sampleForm(), nil, "k", fault.Invalid("eform.too_many_drafts", fault.Args{"most": 100}))
		}),
		sample("start", "audience", func(b web.Base) Page {
			return newRefusedPage(b, sampleConfig(), sampleForm(), fault.Conflict("eform.audience_company", nil))
		}),
		sample("start", "contact-first", refusedFor("access.contact_first")),
		sample("start", "not-any-more", refusedFor("access.over")),
		sample("start", "company-only", refusedFor("access.company_only")),
		sample("check", "not-any-more", func(b web.Base) Page {
			f := sampleFilling(whole)
			f.Config = sampleConfig()
			return newCheckPage(b, sampleClock(), f, false, eservice.NotOpen{Service: "events", Why: fault.Invalid("access.withdrawn", nil)}, nil)
		}),
		sample("tasks", "", func(b web.Base) Page { return newTasksPage(b, sampleClock(), sampleFilling(wrong), "") }),
		sample("tasks", "whole", func(b web.Base) Page { return newTasksPage(b, sampleClock(), sampleFilling(whole), "moved") }),
		sample("tasks", "newer", func(b web.Base) Page {
			f := sampleFilling(none)
			f.Newer, f.Lost = 2, []string{"/old"}
			return newTasksPage(b, sampleClock(), f, "")
		}),
		sample("tasks", "closed", func(b web.Base) Page {
			f := sampleFilling(whole)
			f.Form.Closed = true
			return newTasksPage(b, sampleClock(), f, "")
		}),
		sample("check", "", func(b web.Base) Page { return newCheckPage(b, sampleClock(), sampleFilling(whole), false, nil, nil) }),
		sample("check", "errors", func(b web.Base) Page { return newCheckPage(b, sampleClock(), sampleFilling(wrong), false, nil, nil) }),
		sample("check", "unsigned", func(b web.Base) Page { return newCheckPage(b, sampleClock(), sampleFilling(whole), true, nil, nil) }),
		sample("check", "sign", func(b web.Base) Page { return newCheckPage(b, sampleClock(), sampleAsked(whole), true, nil, nil) }),
		sample("drop", "", func(b web.Base) Page { return newDropPage(b, sampleFilling(none)) }),
		sample("ended", "", func(b web.Base) Page { return newEndedPage(b, web.Path(b.Lang, "", "sign-in"), true) }),
		sample("ended", "lost", func(b web.Base) Page { return newEndedPage(b, web.Path(b.Lang, "", "sign-in"), false) }),
		sample("invitation", "", func(b web.Base) Page { return newInvitationPage(b, "token") }),
		sample("together", "", func(b web.Base) Page {
			return newTogetherPage(b, sampleClock(), sampleFilling(whole), []identity.Signer{{Person: "m", Name: "Matti Meikäläinen"}}, "", nil, "asked")
		}),
		sample("together", "errors", func(b web.Base) Page {
			return newTogetherPage(b, sampleClock(), sampleFilling(whole), nil, "matti", fault.Invalid("form.invalid", nil, fault.Field{Name: "address", Key: "field.email"}), "")
		}),
		sample("together", "gone", func(b web.Base) Page {
			f := sampleFilling(whole)
			f.Parts = []eservice.Part{{ID: "gone", State: eservice.PartGone, StateAt: f.Now - 3600}}
			return newTogetherPage(b, sampleClock(), f, nil, "", nil, "")
		}),
		sample("together", "sign", func(b web.Base) Page { return newTogetherPage(b, sampleClock(), sampleAsked(whole), nil, "", nil, "") }),
		sample("step", "conflict", func(b web.Base) Page {
			f, mine := sampleFilling(whole), sampleFilling(none)
			s := f.Def.Steps[0]
			return newStepPage(b, f, s, stepFacts{Clock: sampleClock(), Conflicts: []eservice.Difference{{Field: f.Def.Field("/code"), Row: -1, Mine: "00200", Theirs: mine.Answers.Value("/code")}}})
		}),
		sample("step", "file-wrong", func(b web.Base) Page {
			f := sampleFilling(none)
			return newStepPage(b, f, f.Def.Steps[3], stepFacts{Clock: sampleClock(), FileTrouble: map[string]string{"/plan": b.T("eform.file_type", "name", "kartta.exe", "type", "zip")}})
		}),
	}
	out = append(append(out, deskSamples()...), openSamples()...)
	for i, name := range []string{"line", "kinds", "rows", "files", "declare"} {
		for state, answers := range map[string]string{"": none, "-whole": whole, "-errors": wrong} {
			out = append(out, sample("step", name+state, func(b web.Base) Page {
				f := sampleFilling(answers)
				return newStepPage(b, f, f.Def.Steps[i], stepFacts{Clock: sampleClock(), Judge: state == "-errors"})
			}))
		}
	}
	return out
}

func sampleClock() clock {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		zone = time.UTC
	}
	return clock{zone}
}

// sample is one state of a page for who has signed in.
func sample(page, state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "eservice/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		until := formview.SampleNow().Add(28 * time.Minute)
		b.Signed = &ui.SignedBar{
			Name: "Maija Meikäläinen", MyURL: web.Path(b.Lang, "", "my") + "/", ActingURL: web.Path(b.Lang, "", "my", "acting"), OutURL: web.Path(b.Lang, "", "my", "sign-out"),
			StayURL: web.Path(b.Lang, "", "my", "stay"), Back: at(b), Clock: b.Printer.Clock(until), Until: until.Format(time.RFC3339), Now: formview.SampleNow().Format(time.RFC3339),
		}
		return ShowPage(show(b))
	}}
}

// refusedFor is the page of a form that leads to a service which is not open to the reader.
func refusedFor(key string) func(b web.Base) Page {
	return func(b web.Base) Page {
		return newRefusedPage(b, sampleConfig(), sampleForm(), eservice.NotOpen{Service: "events", Why: fault.Invalid(key, nil)})
	}
}

// sampleConfig is the town with one service, which opens after a contact, at one office.
func sampleConfig() *catalog.Config {
	o := sampleOrg()
	o.Zone = "Europe/Helsinki"
	c := &catalog.Config{
		Version: 1, Org: o, Installation: org.Installation{PhoneCountries: []string{"FI"}},
		Services: []catalog.Service{{ID: "events", Name: i18n.Text{"fi": "Tapahtumaneuvonta", "sv": "Rådgivning om evenemang", "en": "Advice on events", "cs": "Poradenství k akcím"}}},
		Offices: []org.Office{{
			ID: "hall", Name: i18n.Text{"fi": "Kaupungintalo", "sv": "Stadshuset", "en": "Town hall", "cs": "Radnice"}, Street: i18n.Text{"fi": "Torikatu 1", "sv": "Torggatan 1"}, Postcode: "00990",
			Town: i18n.Text{"fi": "Vuorela"}, Phone: "040 555 0101", PhoneHours: i18n.Text{"fi": "ma–pe 9–15", "sv": "må–fr 9–15", "en": "Mon–Fri 9–15", "cs": "po–pá 9–15"},
		}},
		Offers:   []catalog.Offer{{Service: "events", Office: "hall"}},
		Policies: []catalog.PolicyDoc{{Service: "events", Version: 1, Settings: catalog.Settings{"needs_access": 1}}},
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

func sampleOrg() org.Organisation {
	return org.Organisation{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}}
}

func sampleForm() *catalog.Form {
	return &catalog.Form{
		ID: "event", Signers: "any",
		Name:    i18n.Text{"fi": "Tapahtumailmoitus", "sv": "Anmälan om evenemang", "en": "Notice of an event", "cs": "Ohlášení akce"},
		Summary: i18n.Text{"fi": "Ilmoitus yleisötilaisuudesta.", "sv": "Anmälan om en offentlig tillställning.", "en": "A notice of a public event.", "cs": "Ohlášení veřejné akce."},
		Follows: i18n.Text{"fi": "Vastaamme viikossa.", "sv": "Vi svarar inom en vecka.", "en": "We answer within a week.", "cs": "Odpovíme do týdne."},
	}
}

// sampleFilling is a draft of some hours ago.
func sampleFilling(answers string) eservice.Filling {
	v := formview.Sample(answers)
	now := formview.SampleNow().Unix()
	f := eservice.Filling{
		Draft: eservice.Draft{
			Org: "vuorela", ID: "0199e7c0-3d00-7000-8000-00000000000a", Form: "event", Version: 1, Owner: actor.Owner{Person: "p"}, ChangedAt: now - 7200, ExpiresAt: eservice.DraftExpiry(nil, now-7200),
			Filled: eservice.Filled{Answers: v.Out.Answers, Sources: v.Sources, Done: []int{0, 1}},
		},
		Config: &catalog.Config{Org: sampleOrg()}, Form: sampleForm(), Def: v.Def, Out: v.Out, Now: now, Digest: "d",
		Parts: []eservice.Part{
			{ID: "1", PartWho: eservice.PartWho{Name: "Matti Meikäläinen"}, State: eservice.PartSigned, Signed: "d", StateAt: now - 60},
			{ID: "2", PartWho: eservice.PartWho{Address: "liisa@example.org"}, State: eservice.PartAsked, StateAt: now - 60, ExpiresAt: eservice.AskExpiry(now - 60)},
			{ID: "3", PartWho: eservice.PartWho{Name: "Teppo Testaaja"}, State: eservice.PartSigned, Signed: "old", StateAt: now - 600},
		},
	}
	for _, a := range v.Files {
		f.Files = append(f.Files, file.Attached{File: a.File, Name: a.Name})
	}
	return f
}

// sampleAsked is one that the reader was asked to sign.
func sampleAsked(answers string) eservice.Filling {
	f := sampleFilling(answers)
	f.Mine = &f.Parts[2]
	return f
}
