package citizen

import (
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/waiting"
	"luukku/web"
)

// sampleWaiter waits for a passport, in the mornings of the first days of December.
func sampleWaiter(state waiting.State) booking.Waiter {
	until, err := org.MakeDate(2026, time.December, 18)
	if err != nil {
		panic("samples: " + err.Error())
	}
	return booking.Waiter{
		Org: sampleOrg, ID: "06A1B2C3D4", Service: "passport", State: state, Name: "Maija Meikäläinen", Email: "maija.meikalainen@example.org", Lang: "fi",
		Wish: waiting.Wish{
			Offices: []ids.Office{sampleKallio, "itakeskus"}, From: until.Add(-17), Until: until, Days: org.OnDays(time.Monday, time.Thursday), Before: noon,
		},
	}
}

// byText has a service tell people by text message, too.
func byText(in *waitInput, _ web.Base) {
	in.Config.Policies[0].Settings["sms"] = int64(catalog.TextsAlways)
	if err := in.Config.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
}

// waited says that somebody who wants text messages is on the list, or what they are asked first.
func waited(texts bool, email string) func(web.Base) web.Component {
	return func(b web.Base) web.Component {
		s, err := sampleConfig().Service("passport")
		if err != nil {
			panic("samples: " + err.Error())
		}
		e := sampleWaiter(waiting.Waiting)
		e.Email, e.Phone = email, "+358401234567"
		return ShowWaited(newWaitedPage(b, sampleConfig(), s, e, texts))
	}
}

// asked is a place whose number was asked so long ago.
func asked(ago time.Duration) func(web.Base) web.Component {
	return func(b web.Base) web.Component {
		e := sampleWaiter(waiting.Asked)
		e.Phone, e.CreatedAt = "+358401234567", sampleNow().Add(-ago).Unix()
		return ShowWaiting(newWaitingPage(b, sampleConfig(), e, b.URL("waiting", "06a1b2c3d4e5f6g7h8j9k0mnpq"), false, sampleNow().Unix()))
	}
}

func waitingSamples() []web.Sample {
	wait := func(with func(*waitInput, web.Base)) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			in := waitInput{Config: c, Service: s, Details: booking.Details{Lang: b.Lang}, Key: sampleKey}
			if with != nil {
				with(&in, b)
			}
			return ShowWait(newWaitPage(b, in))
		}
	}
	wrong := fault.Invalid("form.invalid", nil,
		fault.Field{Name: "from", Key: "waiting.bad_date"}, fault.Field{Name: "until", Key: "waiting.until_past"},
		fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "email", Key: "field.email_required"},
	)
	earlier := func(email string) func(in *waitInput, b web.Base) {
		return func(in *waitInput, b web.Base) {
			a := sampleAppointment("passport", b.Lang)
			a.Details.Email = email
			facts := sampleFacts(b, a, sampleNow())
			in.Moves, in.Typed.Offices = &facts, []ids.Office{sampleKallio}
		}
	}
	place := func(state waiting.State) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			return ShowWaiting(newWaitingPage(b, sampleConfig(), sampleWaiter(state), b.URL("waiting", "06a1b2c3d4e5f6g7h8j9k0mnpq"), false, sampleNow().Unix()))
		}
	}
	return append([]web.Sample{
		sample("wait", "", wait(nil)),
		sample("wait", "errors", wait(func(in *waitInput, _ web.Base) {
			in.Typed, in.Why = typedWish{From: "ensi viikko", Until: "1.1.2026", Days: []string{"mon"}, Part: string(waiting.Morning)}, wrong
		})),
		sample("wait", "already", wait(func(in *waitInput, b web.Base) {
			in.Details, in.Why = sampleDetails(b.Lang), fault.Invalid("waiting.already", nil)
		})),
		sample("wait", "earlier", wait(earlier("maija.meikalainen@example.org"))),
		sample("wait", "no-email", wait(earlier(""))),
		sample("wait", "care-sign-in", wait(func(in *waitInput, b web.Base) {
			in.Refused, in.SignIn = fault.Invalid(careSignIn, nil), web.Path(b.Lang, "", "sign-in")
		})),
		sample("wait", "care-not", wait(func(in *waitInput, _ web.Base) { in.Refused = fault.Invalid(careNot, nil) })),
		sample("wait", "care-earlier", wait(func(in *waitInput, b web.Base) {
			earlier("maija.meikalainen@example.org")(in, b)
			in.Refused = fault.Invalid(careNot, nil)
		})),
		sample("waited", "", func(b web.Base) web.Component {
			s, err := sampleConfig().Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			return ShowWaited(newWaitedPage(b, sampleConfig(), s, sampleWaiter(waiting.Waiting), false))
		}),
		sample("wait", "texts", wait(byText)),
		sample("wait", "texts-errors", wait(func(in *waitInput, b web.Base) {
			byText(in, b)
			in.Typed.Texts, in.Details.Phone = true, "09 123 456"
			in.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "phone", Key: "waiting.mobile_needed"}, fault.Field{Name: "texts", Key: "waiting.texts_needed"})
		})),
		sample("waited", "texts", waited(true, "maija.meikalainen@example.org")),
		sample("waited", "asked", waited(true, "")),
		sample("waiting", "prove", asked(time.Minute)),
		sample("waiting", "asked-over", asked(25*time.Hour)),
		sample("waiting", "", place(waiting.Waiting)),
		sample("waiting", "care-over", func(b web.Base) web.Component {
			p := newWaitingPage(b, sampleConfig(), sampleWaiter(waiting.Waiting), b.URL("waiting", "06a1b2c3d4e5f6g7h8j9k0mnpq"), false, sampleNow().Unix())
			p.Lead = notOffered(p.Base, sampleConfig())
			return ShowWaiting(p)
		}),
		sample("waiting", "served", place(waiting.Served)),
		sample("waiting", "left", place(waiting.Left)),
	}, offerSamples()...)
}

func offerSamples() []web.Sample {
	start := sampleStart(time.November, 23, 9, 20)
	offer := func(with func(*offerInput, web.Base)) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			until := sampleNow().Add(2 * time.Hour).Unix()
			in := offerInput{Config: sampleConfig(), Action: b.URL("offer", "06a1b2c3d4e5f6g7h8j9k0mnpq"), Now: sampleNow()}
			in.View = booking.OfferView{
				Offer: booking.Offer{Round: 1, State: booking.Offered, ExpiresAt: until},
				Freed: booking.Freed{
					Org: sampleOrg, Service: "passport", Office: sampleKallio, Start: start, End: start + 20*60, State: booking.FreedOpen, Round: 1, ExpiresAt: until,
				},
				Entry: sampleWaiter(waiting.Waiting),
			}
			if with != nil {
				with(&in, b)
			}
			return ShowOffer(newOfferPage(b, in))
		}
	}
	state := func(s booking.OfferState) func(*offerInput, web.Base) {
		return func(in *offerInput, _ web.Base) { in.View.Offer.State = s }
	}
	return []web.Sample{
		sample("offer", "", offer(nil)),
		sample("offer", "instead", offer(func(in *offerInput, b web.Base) {
			a := sampleAppointment("passport", b.Lang)
			a.Start += 7 * 24 * 60 * 60
			in.Moves = &a
		})),
		sample("offer", "too-many", offer(func(in *offerInput, _ web.Base) { in.Why = fault.Invalid("booking.too_many", fault.Args{"max": 3}) })),
		sample("offer", "gone", offer(state(booking.Gone))),
		sample("offer", "declined", offer(state(booking.Declined))),
		sample("offer", "over", offer(func(in *offerInput, _ web.Base) { in.Now = sampleNow().Add(3 * time.Hour) })),
		sample("offer", "taken", offer(func(in *offerInput, _ web.Base) {
			in.View.Offer.State, in.View.Entry.State = booking.Accepted, waiting.Served
		})),
		sample("offer", "not-found", func(b web.Base) web.Component { return ShowLink(newLinkPage(b, "", linkInput{Apart: true})) }),
	}
}
