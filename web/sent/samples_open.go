package sent

import (
	"context"

	"luukku/base/fault"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/web"
	"luukku/web/parts"
)

// openSamples are the pages of what was sent without signing in.
func openSamples() []web.Sample {
	page := func(state eservice.State, change func(f *facts, b web.Base)) func(web.Base) Page {
		return func(b web.Base) Page {
			f := facts{
				Whole: parts.SampleSubmission(b.Lang, state), Now: sampleNow(), Key: "k", Limits: file.DefaultLimits,
				Code: "7K3M-9QXA-2BCD-5EFG", Link: "https://asiointi.example.org" + web.Path(b.Lang, "vuorela", "sent", "link", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
			}
			f.For = &eservice.Contact{Name: "Maija Meikäläinen", Email: "maija@example.org"}
			if change != nil {
				change(&f, b)
			}
			return newPageOf(b, f)
		}
	}
	return []web.Sample{
		openSample("code", func(b web.Base) Page { return newCodePage(b, "", "", nil) }),
		openSample("code-wrong", func(b web.Base) Page { return newCodePage(b, "2026-000123", "", fault.NotFound("sent_open.unknown")) }),
		openSample("code-closed", func(b web.Base) Page { return newCodePage(b, "", "", fault.NotFound("sent_open.closed")) }),
		openSample("code-over", func(b web.Base) Page { return newCodePage(b, "", "", fault.NotFound("sent_open.link_over")) }),
		openSample("code-forgotten", func(b web.Base) Page { return newCodePage(b, "", "forgotten", nil) }),
		openSample("link", func(b web.Base) Page { return newOpenLinkPage(b, b.URL("sent", "link", "0a1b2c3d")) }),
		openSample("sent", page(eservice.Received, func(f *facts, _ web.Base) { f.Done = "sent" })),
		openSample("sent-phone", page(eservice.Received, func(f *facts, _ web.Base) { f.For = &eservice.Contact{Phone: "+358401234567"} })),
		openSample("sent-nobody", page(eservice.Received, func(f *facts, _ web.Base) { f.For = nil })),
		openSample("asked", page(eservice.MoreAsked, nil)),
		openSample("decided", page(eservice.Decided, func(f *facts, b web.Base) {
			last := &f.Events[len(f.Events)-1]
			last.Subject, last.Text = f.Title(b.Lang), b.T("submission.asked_now")
		})),
		openSample("withdrawn", page(eservice.Withdrawn, func(f *facts, _ web.Base) { f.Done = "withdrawn" })),
		openSample("withdraw", func(b web.Base) Page { return newWithdrawPage(b, parts.SampleSubmission(b.Lang, eservice.Received)) }),
	}
}

func openSample(state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "sent/open", State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org, b.Unsigned, b.Signed = "vuorela", true, nil
		return ShowSent(show(b))
	}}
}
