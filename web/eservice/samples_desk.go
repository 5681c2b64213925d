package eservice

import (
	"context"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/formview"
)

// deskSamples are the pages of one of the staff who fills in a form for somebody.
func deskSamples() []web.Sample {
	facts := func(b web.Base) deskFacts {
		return deskFacts{
			Config: &catalog.Config{Org: sampleOrg()}, Forms: []*catalog.Form{sampleForm()}, Key: "0199e7c0-3d00-7000-8000-00000000000b", Typed: behalf{Lang: string(b.Lang)},
		}
	}
	return []web.Sample{
		deskSample("", func(b web.Base) Page { return newDeskPage(b, sampleClock(), facts(b)) }),
		deskSample("begun", func(b web.Base) Page {
			f := facts(b)
			f.Drafts, f.Done = []named{{sampleFor().Draft, sampleForm().Name.In(b.Lang), sampleOrg().Name.In(b.Lang)}}, "saved"
			return newDeskPage(b, sampleClock(), f)
		}),
		deskSample("errors", func(b web.Base) Page {
			f := facts(b)
			f.Typed.Code, f.Typed.Phone = "131052-308T", "0"
			f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "form", Key: "error.field.choose"}, fault.Field{Name: "code", Key: "eform.desk.nobody"},
				fault.Field{Name: "name", Key: "field.required"}, fault.Field{Name: "post", Key: "eform.desk.no_contact"})
			return newDeskPage(b, sampleClock(), f)
		}),
		deskSample("company", func(b web.Base) Page {
			f := facts(b)
			f.Typed.Number, f.Typed.Kind = "0000003-5", string(identity.KindAssociation)
			f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "company_name", Key: "eform.desk.company_new"})
			return newDeskPage(b, sampleClock(), f)
		}),
		deskSample("none", func(b web.Base) Page {
			f := facts(b)
			f.Forms = nil
			return newDeskPage(b, sampleClock(), f)
		}),
		deskSample("tasks", func(b web.Base) Page { return newTasksPage(b, sampleClock(), sampleFor(), "") }),
		deskSample("step", func(b web.Base) Page {
			f := sampleFor()
			return newStepPage(b, f, f.Def.Steps[0], stepFacts{Clock: sampleClock()})
		}),
		deskSample("check", func(b web.Base) Page { return newCheckPage(b, sampleClock(), sampleFor(), false, nil, nil) }),
	}
}

func deskSample(state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "eservice/desk", State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = "vuorela"
		return ShowPage(show(atDesk(b)))
	}}
}

// sampleFor is a draft that one of the staff fills in for somebody.
func sampleFor() eservice.Filling {
	f := sampleFilling(formview.SampleWhole)
	f.Owner, f.By, f.Parts = actor.Owner{}, "s", nil
	f.For = &eservice.Contact{Name: "Maija Meikäläinen", Post: []string{"Maija Meikäläinen", "Mallikatu 1", "00100 HELSINKI"}}
	return f
}
