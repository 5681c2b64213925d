package citizen

import (
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// sampleDone is the confirmation of a booking, its facts changed as wanted.
func sampleDone(b web.Base, service ids.Service, with func(*doneFacts)) web.Component {
	sch := sampleSchedule(service, sampleKallio)
	start := sampleStart(time.November, 23, 9, 20)
	f := doneFacts{
		Config: sch.Config, Service: sch.Service, Office: sch.Office, Policy: sch.Policy, Code: "K7PQ3M9XTR",
		Appointment: booking.Appointment{
			Org: sampleOrg, ID: sampleID, Service: service, Office: sampleKallio, Status: booking.Booked, Details: sampleDetails(b.Lang),
			Start: start, End: start + int64(sch.Policy.Length/time.Second),
		},
	}
	if with != nil {
		with(&f)
	}
	return ShowDone(newDonePage(b, f))
}

func doneSamples() []web.Sample {
	return []web.Sample{
		sample("done", "", func(b web.Base) web.Component { return sampleDone(b, "passport", nil) }),
		sample("done", "without-email", func(b web.Base) web.Component {
			return sampleDone(b, "name-change", func(f *doneFacts) { f.Appointment.Details.Email = "" })
		}),
		sample("done", "retaken", func(b web.Base) web.Component {
			return sampleDone(b, "passport", func(f *doneFacts) { f.Retaken = true })
		}),
		sample("done", "pin", func(b web.Base) web.Component {
			return sampleDone(b, "passport", func(f *doneFacts) { f.Appointment.PIN = "482917" })
		}),
		sample("done", "not-online", func(b web.Base) web.Component { return sampleDone(b, "parking", nil) }),
	}
}
