package citizen

import (
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

func checkSamples() []web.Sample {
	show := func(service ids.Service, with func(*openDraft), why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			dr := sampleDraft(service, sampleDetails(b.Lang))
			if with != nil {
				with(&dr)
			}
			return ShowCheck(newCheckPage(b, dr, dr.Schedule.Policy.ConfirmWindow > 0, why))
		}
	}
	return []web.Sample{
		sample("check", "", show("name-change", nil, nil)),
		sample("check", "held", show("passport", nil, nil)),
		sample("check", "name-only", show("name-change", func(dr *openDraft) { dr.Details = booking.Details{Name: "Maija Meikäläinen", Lang: "sv"} }, nil)),
		sample("check", "hold-over", show("passport", func(dr *openDraft) { dr.HoldUntil = sampleNow().Unix() - 1 }, nil)),
		sample("check", "to-confirm", show("passport", func(dr *openDraft) { dr.Schedule.Policy.ConfirmWindow = 15 * time.Minute }, nil)),
		sample("check", "too-many", show("passport", nil, fault.Invalid("booking.too_many", fault.Args{"max": 3}))),
	}
}

func draftSamples() []web.Sample {
	return []web.Sample{sample("draft", "lost", func(b web.Base) web.Component { return ShowDraftLost(newDraftPage(b, "09 000 0000")) })}
}
