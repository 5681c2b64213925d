package citizen

import (
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// sampleDraft is a booking on its way: held until 14:17 unless the service holds nothing.
func sampleDraft(service ids.Service, d booking.Details) openDraft {
	sch := sampleSchedule(service, sampleKallio)
	dr := openDraft{Schedule: sch, Draft: booking.Draft{
		Org: sampleOrg, ID: sampleDraftID, Service: service, Office: sampleKallio, Start: sampleStart(time.November, 23, 9, 20),
		Length: int64(sch.Policy.Length / time.Second), Details: d, Filled: d.Name != "",
	}}
	if sch.Policy.Hold > 0 {
		dr.Hold, dr.HoldUntil = "06A1B2C3D4E5F6G7H8J9K0MNPR", booking.HoldUntil(sch.Policy, sampleNow().Unix())
	}
	return dr
}

func detailsSamples() []web.Sample {
	show := func(service ids.Service, typed func(l i18n.Lang) booking.Details, with func(*openDraft), why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			dr := sampleDraft(service, typed(b.Lang))
			if with != nil {
				with(&dr)
			}
			return ShowDetails(newDetailsPage(b, dr, why))
		}
	}
	nothing := func(l i18n.Lang) booking.Details { return booking.Details{Lang: l} }
	wrong := fault.Invalid("form.invalid", nil,
		fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "email", Key: "field.email"}, fault.Field{Name: "phone", Key: "field.phone"},
		fault.Field{Name: "lang", Key: "field.required"}, fault.Field{Name: "note", Key: "field.too_long", Args: fault.Args{"max": booking.MaxNote}},
	)
	return []web.Sample{
		sample("details", "", show("passport", nothing, nil, nil)),
		sample("details", "not-held", show("name-change", sampleDetails, nil, nil)),
		sample("details", "hold-over", show("passport", sampleDetails, func(dr *openDraft) { dr.HoldUntil = sampleNow().Unix() - 1 }, nil)),
		sample("details", "errors", show("passport", func(i18n.Lang) booking.Details {
			return booking.Details{Email: "maija(at)example.org", Phone: "12", Note: strings.Repeat("pitkä ", 90)}
		}, nil, wrong)),
		sample("details", "no-more-time", show("passport", sampleDetails, nil, fault.Invalid("hold.too_often", nil))),
	}
}
