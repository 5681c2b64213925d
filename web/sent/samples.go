package sent

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state, with made-up facts and no database: for the gallery and the checks.
func Samples() []web.Sample {
	page := func(state eservice.State, change func(*facts)) func(web.Base) Page {
		return func(b web.Base) Page {
			f := facts{Whole: parts.SampleSubmission(b.Lang, state), By: "Maija Meikäläinen", Now: sampleNow(), Key: "k", Limits: file.DefaultLimits}
			if change != nil {
				change(&f)
			}
			return newPageOf(b, f)
		}
	}
	find := func(ids.Org) *catalog.Config { return parts.SampleTown() }
	return append([]web.Sample{
		sample("list", "", func(b web.Base) Page {
			var list []eservice.Submission
			for _, s := range eservice.States {
				list = append(list, parts.SampleSubmission(b.Lang, s).Submission)
			}
			return newListPage(b, listFacts{List: list, More: true, Find: find, Zone: parts.SampleTown().Zone()})
		}),
		sample("list", "empty", func(b web.Base) Page { return newListPage(b, listFacts{Find: find, Zone: parts.SampleTown().Zone()}) }),
		sample("form", "", page(eservice.InProgress, nil)),
		sample("form", "sent", page(eservice.Received, func(f *facts) { f.Done = "sent" })),
		sample("form", "asked", page(eservice.MoreAsked, nil)),
		sample("form", "errors", page(eservice.MoreAsked, func(f *facts) {
			f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.required"}, fault.Field{Name: file.Field, Key: "file.too_many", Args: fault.Args{"most": 10}})
		})),
		sample("form", "added", page(eservice.InProgress, func(f *facts) { f.Done = "added" })),
		sample("form", "decided", page(eservice.Decided, func(f *facts) { f.Why = fault.Conflict("submission.not_now", nil) })),
		sample("form", "malware", page(eservice.Received, func(f *facts) {
			f.Attached[0].State = file.Infected
			f.Events = append(f.Events, eservice.Event{Seq: 2, At: f.SentAt + 60, What: eservice.Unclean, Detail: string(f.Attached[0].ID)})
		})),
		sample("form", "withdrawn", page(eservice.Withdrawn, func(f *facts) { f.Done, f.DeleteAt = "withdrawn", sampleNow().AddDate(1, 0, 0).Unix() })),
		sample("anew", "", anewSample(nil, nil)),
		sample("anew", "errors", anewSample(&eservice.Retyped{On: []string{"/plate", "/ev", "/files"}, Typed: map[string][]string{"/ev": {"true"}}}, func(b web.Base, f *anewFacts) {
			f.Judge, f.FileTrouble = true, map[string]string{"/files": b.T("eform.file_type", "name", "rekisteriote.docx", "type", "docx")}
		})),
		sample("anew", "more", anewSample(nil, func(_ web.Base, f *anewFacts) { f.More = true })),
		sample("withdraw", "", func(b web.Base) Page { return newWithdrawPage(b, parts.SampleSubmission(b.Lang, eservice.Received)) }),
	}, openSamples()...)
}

// sampleNow is when the samples are: Friday 20 November 2026 at 14:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC) }

func sample(page, state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "sent/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		until := sampleNow().Add(28 * time.Minute)
		b.Signed = &ui.SignedBar{
			Name: "Maija Meikäläinen", MyURL: web.Path(b.Lang, "", "my") + "/", ActingURL: web.Path(b.Lang, "", "my", "acting"), OutURL: web.Path(b.Lang, "", "my", "sign-out"),
			StayURL: web.Path(b.Lang, "", "my", "stay"), Back: at(b), Clock: b.Printer.Clock(until), Until: until.Format(time.RFC3339), Now: sampleNow().Format(time.RFC3339),
		}
		return ShowSent(show(b))
	}}
}

// anewSample is the page on which questions are answered anew.
func anewSample(r *eservice.Retyped, change func(web.Base, *anewFacts)) func(web.Base) Page {
	return func(b web.Base) Page {
		w := parts.SampleSubmission(b.Lang, eservice.MoreAsked)
		f := anewFacts{Whole: w, Anew: w.Anew(r, sampleNow()), Key: "k", Limits: file.DefaultLimits}
		if change != nil {
			change(b, &f)
		}
		return newAnewPage(b, f)
	}
}
