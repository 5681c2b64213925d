package citizen

import (
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/web"
)

// sampleVisit is a visit of two people for two things.
func sampleVisit() booking.Visit {
	return booking.Visit{People: 2, Also: []ids.Service{"parking"}}
}

// sampleVisiting is a draft of such a visit.
func sampleVisiting(d booking.Details) openDraft {
	dr := sampleDraft("passport", d)
	sch, err := dr.Schedule.For(sampleVisit())
	if err != nil {
		panic("samples: " + err.Error())
	}
	dr.Visit, dr.Schedule, dr.Length = sampleVisit(), sch, int64(sch.Policy.Length/time.Second)
	return dr
}

func visitSamples() []web.Sample {
	visit := func(with func(*visitInput)) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			in := visitInput{Config: c, Service: s}
			if with != nil {
				with(&in)
			}
			return ShowVisit(newVisitPage(b, in))
		}
	}
	return []web.Sample{
		sample("visit", "", visit(nil)),
		sample("visit", "family", visit(func(in *visitInput) {
			in.Name, in.Now, in.Visit = "Maija Meikäläinen", actor.Owner{Person: "p2"}, sampleVisit()
			in.Choices = []identity.Choice{{Owner: actor.Owner{Person: "p2"}, Name: "Liisa Meikäläinen"}, {Owner: actor.Owner{Person: "p3"}, Name: "Onni Meikäläinen"}}
		})),
		sample("visit", "too-many", visit(func(in *visitInput) {
			in.Visit, in.Why = booking.Visit{People: 9}, fault.Invalid("visit.too_many", fault.Args{"max": 4})
		})),
		sample("details", "visit", func(b web.Base) web.Component {
			dr := sampleVisiting(sampleDetails(b.Lang))
			dr.Filled = false
			why := fault.Invalid("form.invalid", nil, fault.Field{Name: booking.OtherField(0), Key: "field.name_required"})
			return ShowDetails(newDetailsPage(b, dr, why))
		}),
		sample("check", "visit", func(b web.Base) web.Component {
			dr := sampleVisiting(sampleDetails(b.Lang))
			dr.Details.Others = "Matti Meikäläinen"
			return ShowCheck(newCheckPage(b, dr, false, nil))
		}),
		sample("appointment", "visit", sampleOwn("passport", func(in *appointmentInput) {
			a := in.Appointment
			in.Appointment = a.WithParts([]booking.Part{
				{Service: "passport", Name: a.Details.Name}, {Service: "parking", Name: a.Details.Name},
				{Service: "passport", Name: "Matti Meikäläinen"}, {Service: "parking", Name: "Matti Meikäläinen"},
			})
		})),
	}
}
