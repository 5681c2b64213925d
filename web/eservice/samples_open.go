package eservice

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
)

// openSamples are the pages of somebody who fills in a form without signing in.
func openSamples() []web.Sample {
	whole, none, wrong := formview.SampleWhole, formview.SampleNone, formview.SampleWrong
	signed := func(b web.Base) web.Base {
		b.Signed = &ui.SignedBar{Name: "Maija Meikäläinen", MyURL: web.Path(b.Lang, "", "my") + "/", ActingURL: web.Path(b.Lang, "", "my", "acting"), OutURL: web.Path(b.Lang, "", "my", "sign-out"), Back: at(b)}
		until := formview.SampleNow().Add(28 * time.Minute)
		b.Signed.StayURL, b.Signed.Clock = web.Path(b.Lang, "", "my", "stay"), b.Printer.Clock(until)
		b.Signed.Until, b.Signed.Now = until.Format(time.RFC3339), formview.SampleNow().Format(time.RFC3339)
		return b
	}
	check := func(reply string, typed *eservice.Reply, why error) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := sampleOpen(whole)
			f.Form.Reply = reply
			return newCheckPage(b, sampleClock(), f, false, why, typed)
		}
	}
	return []web.Sample{
		openSample("start", func(b web.Base) Page { return newOpenStartPage(b, sampleClock(), sampleOpenForm(), nil, "k", nil) }),
		openSample("start-had", func(b web.Base) Page {
			return newOpenStartPage(b, sampleClock(), sampleOpenForm(), []eservice.Draft{sampleOpen(none).Draft}, "k", nil)
		}),
		openSample("start-too-many", func(b web.Base) Page {
			return newOpenStartPage(b, sampleClock(), sampleOpenForm(), nil, "k", fault.Invalid("eform.too_many_drafts", fault.Args{"most": 10}))
		}),
		openSample("drafts", func(b web.Base) Page {
			return newOpenDraftsPage(b, sampleClock(), []named{{sampleOpen(none).Draft, sampleOpenForm().Name.In(b.Lang), sampleOrg().Name.In(b.Lang)}}, "saved")
		}),
		openSample("drafts-none", func(b web.Base) Page { return newOpenDraftsPage(b, sampleClock(), nil, "dropped") }),
		openSample("tasks", func(b web.Base) Page { return newTasksPage(b, sampleClock(), sampleOpen(wrong), "") }),
		openSample("signed", func(b web.Base) Page { return newTasksPage(signed(b), sampleClock(), sampleOpen(whole), "") }),
		openSample("step", func(b web.Base) Page {
			f := sampleOpen(whole)
			return newStepPage(b, f, f.Def.Steps[0], stepFacts{Clock: sampleClock()})
		}),
		openSample("check", check("", nil, nil)),
		openSample("check-must", check(catalog.ReplyRequired, &eservice.Reply{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "eform.open.reply_needed"}))),
		openSample("check-none", check(catalog.ReplyNone, nil, nil)),
		openSample("check-held", check("", &eservice.Reply{Email: "maija@example.org"}, fault.Invalid("eform.open.bait", nil))),
		openSample("drop", func(b web.Base) Page { return newDropPage(b, sampleOpen(none)) }),
		openSample("gone", func(b web.Base) Page { return newGonePage(b) }),
	}
}

func openSample(state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "eservice/open", State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org, b.Unsigned, b.Signed = "vuorela", true, nil
		return ShowPage(show(b))
	}}
}

func sampleOpenForm() *catalog.Form {
	f := sampleForm()
	f.Level, f.Signers = "none", ""
	return f
}

// sampleOpen is a draft that a browser alone opens.
func sampleOpen(answers string) eservice.Filling {
	f := sampleFilling(answers)
	f.Owner, f.Parts, f.Form, f.Secret = actor.Owner{}, nil, sampleOpenForm(), []byte("the secret of a browser")
	f.Sources, f.ExpiresAt = nil, f.ChangedAt+24*3600
	return f
}
