package citizen

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// manageSamples are the pages of looking after what was booked, and about the organisation.
func manageSamples() []web.Sample {
	return slices.Concat(
		appointmentSamples(), codeSamples(), editSamples(), cancelSamples(), moveSamples(), linkSamples(), printSamples(),
		homeSamples(), lookSamples(), helpSamples(), contactSamples(), aboutSamples(),
	)
}

const (
	sampleCode             = "K7PQ3M9XTR"
	sampleKey  ids.FormKey = "06A1B2C3D4E5F6G7H8J9K0MNPQ"
)

// sampleAppointment is a booking to come, on Monday 23 November at 9:20.
func sampleAppointment(service ids.Service, lang i18n.Lang) booking.Appointment {
	sch := sampleSchedule(service, sampleKallio)
	start := sampleStart(time.November, 23, 9, 20)
	return booking.Appointment{
		Org: sampleOrg, ID: sampleID, Service: service, Office: sampleKallio, Status: booking.Booked, Details: sampleDetails(lang),
		Start: start, End: start + int64(sch.Policy.Length/time.Second), ChangedAt: sampleNow().Unix(), Sequence: 2,
	}
}

func sampleFacts(b web.Base, a booking.Appointment, now time.Time) AppointmentFacts {
	return appointmentFacts(b, sampleConfig(), a, sampleCode, now)
}

// sampleOwn is the page of a booking, its facts changed as wanted.
func sampleOwn(service ids.Service, with func(*appointmentInput)) func(b web.Base) web.Component {
	return func(b web.Base) web.Component {
		c := sampleConfig()
		in := appointmentInput{Appointment: sampleAppointment(service, b.Lang), Now: sampleNow(), Zone: c.Zone(), Offered: true}
		in.CanWait = canWait(c, in.Appointment)
		if with != nil {
			with(&in)
		}
		p, a, now := c.Policy(service, sampleKallio), in.Appointment, in.Now.Unix()
		in.Standing = booking.Standing{
			Policy: p, Move: booking.CheckMove(p, a, now), Edit: booking.CheckEdit(p, a, now), Cancel: booking.CheckCancel(p, a, now),
		}
		in.Facts = sampleFacts(b, a, in.Now)
		return ShowAppointment(newAppointmentPage(b, in))
	}
}

func appointmentSamples() []web.Sample {
	before := func(d time.Duration) func(*appointmentInput) {
		return func(in *appointmentInput) { in.Now = time.Unix(in.Appointment.Start, 0).Add(-d) }
	}
	cancelled := func(by, reason string) func(*appointmentInput) {
		return func(in *appointmentInput) {
			in.Appointment.Status, in.Appointment.CancelledBy, in.Appointment.Reason = booking.Cancelled, by, reason
			in.Appointment.CancelledAt = sampleNow().Unix()
		}
	}
	proposed := func(in *appointmentInput) {
		in.Appointment.Status, in.Appointment.ExpiresAt = booking.Proposed, in.Now.Add(26*time.Hour).Unix()
	}
	return []web.Sample{
		sample("appointment", "", sampleOwn("passport", nil)),
		sample("appointment", "moved", sampleOwn("passport", func(in *appointmentInput) { in.Done = doneMoved })),
		sample("appointment", "edited", sampleOwn("passport", func(in *appointmentInput) {
			in.Done, in.Appointment.Details.Email, in.Appointment.Details.Note = doneEdited, "", "Kuulosilmukka"
		})),
		sample("appointment", "cancelled-now", sampleOwn("passport", func(in *appointmentInput) {
			cancelled("client", "")(in)
			in.Done = doneCancelled
		})),
		sample("appointment", "cancelled", sampleOwn("passport", cancelled("client", "Flunssa"))),
		sample("appointment", "cancelled-by-office", sampleOwn("passport", cancelled("office", ""))),
		sample("appointment", "past", sampleOwn("passport", before(-24*time.Hour))),
		sample("appointment", "too-late-to-move", sampleOwn("passport", before(90*time.Minute))),
		sample("appointment", "too-late", sampleOwn("passport", before(20*time.Minute))),
		sample("appointment", "not-online", sampleOwn("parking", nil)),
		sample("appointment", "pin", sampleOwn("passport", func(in *appointmentInput) { in.Appointment.PIN = "482917" })),
		sample("appointment", "proposed", sampleOwn("passport", proposed)),
		sample("appointment", "confirmed", sampleOwn("passport", func(in *appointmentInput) { in.Done, in.Appointment.PIN = doneConfirmed, "482917" })),
		sample("appointment", "lapsed", sampleOwn("passport", func(in *appointmentInput) {
			proposed(in)
			in.Appointment.ExpiresAt = in.Now.Unix() - 1
		})),
		sample("appointment", "refused", sampleOwn("passport", func(in *appointmentInput) {
			before(20 * time.Minute)(in)
			in.Why = fault.Invalid("manage.too_late_to_cancel", fault.Args{"cutoff": time.Hour})
		})),
	}
}

func codeSamples() []web.Sample {
	code := func(typed, done string, why error) func(b web.Base) web.Component {
		return func(b web.Base) web.Component { return ShowCode(newCodePage(b, typed, done, why)) }
	}
	return []web.Sample{
		sample("code", "", code("", "", nil)),
		sample("code", "closed", code("", doneClosed, nil)),
		sample("code", "expired", code("", doneExpired, nil)),
		sample("code", "not-a-code", code("k7pq-3m9", "", fault.Invalid("code.form", nil))),
		sample("code", "not-found", code("k7pq 3m9x ts", "", fault.NotFound("manage.not_found"))),
		sample("code", "too-many", code("k7pq 3m9x ts", "", fault.TooMany("manage.too_many_tries", 100*time.Second))),
	}
}

func editSamples() []web.Sample {
	edit := func(why error, typed func(*booking.Details)) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			a := sampleAppointment("passport", b.Lang)
			in := editInput{Org: sampleConfig().Org, Appointment: a, Facts: sampleFacts(b, a, sampleNow()), Typed: a.Details, Key: sampleKey, Why: why}
			if typed != nil {
				typed(&in.Typed)
			}
			return ShowEdit(newEditPage(b, in))
		}
	}
	wrong := fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "email", Key: "field.email"})
	return []web.Sample{
		sample("edit", "", edit(nil, nil)),
		sample("edit", "wrong", edit(wrong, func(d *booking.Details) { d.Name, d.Email = "", "maija@" })),
		sample("edit", "stale", edit(fault.Conflict("manage.stale", nil), func(d *booking.Details) { d.Phone = "050 000 0000" })),
		sample("edit", "again", edit(fault.Conflict("form.key_reused", nil), nil)),
		sample("edit", "no-key", edit(fault.Invalid("form.bad_key", nil), nil)),
		sample("edit", "too-many", edit(fault.Invalid("booking.too_many", fault.Args{"max": 3}), nil)),
	}
}

func cancelSamples() []web.Sample {
	cancel := func(with func(*cancelInput)) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			a := sampleAppointment("passport", b.Lang)
			in := cancelInput{Appointment: a, Facts: sampleFacts(b, a, sampleNow()), CanMove: true, Key: sampleKey}
			if with != nil {
				with(&in)
			}
			return ShowCancel(newCancelPage(b, in))
		}
	}
	tooLong := fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "field.too_long", Args: fault.Args{"max": booking.MaxNote}})
	return []web.Sample{
		sample("cancel", "", cancel(nil)),
		sample("cancel", "cannot-move", cancel(func(in *cancelInput) { in.CanMove = false })),
		sample("cancel", "wrong", cancel(func(in *cancelInput) { in.Why, in.Reason = tooLong, "Flunssa …" })),
		sample("cancel", "stale", cancel(func(in *cancelInput) { in.Why = fault.Conflict("manage.stale", nil) })),
		sample("cancel", "no-key", cancel(func(in *cancelInput) { in.Why = fault.Invalid("form.bad_key", nil) })),
	}
}

func moveSamples() []web.Sample {
	move := func(service ids.Service, held time.Duration) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			a, sch := sampleAppointment(service, b.Lang), sampleSchedule(service, sampleKallio)
			draft := booking.Draft{
				Org: sampleOrg, ID: sampleDraftID, Service: service, Office: sampleKallio, Moves: a.ID,
				Start: sampleStart(time.November, 25, 8, 40), Length: a.End - a.Start,
			}
			if held != 0 {
				draft.Hold, draft.HoldUntil = "06A1B2C3D4E5F6G7H8J9K0MNPR", sampleNow().Add(held).Unix()
			}
			return ShowMove(newMovePage(b, moveFacts{Appointment: a, Draft: draft, Facts: sampleFacts(b, a, sampleNow()), Schedule: sch}))
		}
	}
	return []web.Sample{
		sample("move", "", move("passport", 15*time.Minute)),
		sample("move", "no-hold", move("name-change", 0)),
		sample("move", "hold-over", move("passport", -time.Minute)),
	}
}

// pendingSample is the page of a booking that waits for its mailed link.
func pendingSample(with func(*pendingInput)) func(b web.Base) web.Component {
	return func(b web.Base) web.Component {
		a := sampleAppointment("passport", b.Lang)
		a.Status, a.ExpiresAt = booking.Pending, sampleNow().Add(15*time.Minute).Unix()
		in := pendingInput{Appointment: a, Facts: sampleFacts(b, a, sampleNow()), Zone: sampleConfig().Zone(), Key: sampleKey}
		if with != nil {
			with(&in)
		}
		return ShowPending(newPendingPage(b, in))
	}
}

func linkSamples() []web.Sample {
	link := func(status booking.Status, until time.Duration) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			in := linkInput{Status: status, Until: sampleNow().Add(until).Unix(), Zone: sampleConfig().Zone(), Service: "passport"}
			return ShowLink(newLinkPage(b, b.URL("link", "06a1b2c3d4e5f6g7h8j9k0mnpq"), in))
		}
	}
	return []web.Sample{
		sample("unsubscribe", "", func(b web.Base) web.Component {
			return ShowLink(newUnsubscribePage(b, b.URL("unsubscribe", "06a1b2c3d4e5f6g7h8j9k0mnpq"), false))
		}),
		sample("unsubscribe", "done", func(b web.Base) web.Component { return ShowLink(newUnsubscribePage(b, "", true)) }),
		sample("link", "confirm", link(booking.Pending, 15*time.Minute)),
		sample("link", "lapsed", link(booking.Lapsed, -time.Minute)),
		sample("pending", "", pendingSample(nil)),
		sample("pending", "resent", pendingSample(func(in *pendingInput) { in.Resent = true })),
		sample("pending", "enough", pendingSample(func(in *pendingInput) { in.Why = fault.Invalid("confirm.resent_enough", nil) })),
		sample("link", "", func(b web.Base) web.Component {
			return ShowLink(newLinkPage(b, b.URL("link", "06a1b2c3d4e5f6g7h8j9k0mnpq"), linkInput{Status: booking.Booked}))
		}),
		sample("link", "not-found", func(b web.Base) web.Component { return ShowLink(newLinkPage(b, "", linkInput{})) }),
	}
}

func printSamples() []web.Sample {
	return []web.Sample{
		sample("print", "", func(b web.Base) web.Component {
			return ShowPrint(newPrintPage(b, sampleFacts(b, sampleAppointment("passport", b.Lang), sampleNow()), true))
		}),
		sample("print", "cancelled", func(b web.Base) web.Component {
			a := sampleAppointment("passport", b.Lang)
			a.Status = booking.Cancelled
			return ShowPrint(newPrintPage(b, sampleFacts(b, a, sampleNow()), false))
		}),
	}
}
