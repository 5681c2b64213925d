package inbox

import (
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
)

// sentSamples are the page of a form that was sent.
func sentSamples() []web.Sample {
	return []web.Sample{
		sample("form", "", func(b web.Base) Page { return newSubmissionPage(b, sampleSent(b, eservice.InProgress, nil)) }),
		sample("form", "asked", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.MoreAsked, func(f *readFacts) {
				f.Sent.AskedUntil, f.Sent.Item.Due, f.Done = f.Now.Unix()-60, f.Now.Unix()-3600, "asked"
			}))
		}),
		sample("form", "errors", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.Received, func(f *readFacts) {
				f.Sent.Reach, f.Typed = mailbox.OnPaper, typed{Subject: "Päätös", Service: "ordinary", Ask: "Liite"}
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "body", Key: "field.required"}, fault.Field{Name: "post", Key: "letter.post_needed"}, fault.Field{Name: "until", Key: "work.due_past"})
			}))
		}),
		sample("form", "decided", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.Decided, func(f *readFacts) { f.Done = "decided" }))
		}),
		sample("form", "withdrawn", func(b web.Base) Page { return newSubmissionPage(b, sampleSent(b, eservice.Withdrawn, nil)) }),
		sample("form", "changed", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.Received, func(f *readFacts) { f.Why = fault.Conflict("work.changed", nil) }))
		}),
		sample("form", "protected", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.Received, func(f *readFacts) { f.Sent.Hidden = true }))
		}),
		sample("form", "texts", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.InProgress, func(f *readFacts) {
				withTexts(f)
				f.Typed, f.Done = typed{Ask: "Lähettäkää marraskuun palkkalaskelma {due} mennessä.", ReadyAsk: "payslip", Subject: "Päätös", Outcome: "refused"}, doPut
			}))
		}),
		sample("form", "no-appeal", func(b web.Base) Page {
			return newSubmissionPage(b, sampleSent(b, eservice.InProgress, func(f *readFacts) {
				withTexts(f)
				f.Typed = typed{Subject: "Päätös", Text: "Hakemus hylätään.", Outcome: "refused", Appeal: eservice.NoAppeal, Service: "ordinary"}
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "appeal", Key: "submission.appeal_needed"})
			}))
		}),
	}
}

// sampleSent is a form that was sent, as the desk sees it.
func sampleSent(b web.Base, s eservice.State, change func(f *readFacts)) readFacts {
	f := sampleLetter(nil)
	f.Letter, f.Done, f.Typed = mailbox.AtDesk{}, "", typed{}
	w := parts.SampleSubmission(b.Lang, s)
	f.Config = w.Config
	item := sampleItem("9", 60*24*3, worklist.Open, 1, "")
	item.Kind, item.Subject = worklist.Submission, "parking"
	if s.Ended() {
		item.State = worklist.Closed
	}
	f.Sent = eservice.AtDesk{Whole: w, Item: item, Reach: mailbox.Reachable, Person: identity.Account{Person: "1", Name: "Maija Meikäläinen"}}
	f.Sent.History = []worklist.Entry{{ID: "8", What: worklist.Noted, At: f.Now.Unix() - 3600, Actor: "1", Text: "Soitettu."}}
	f.Whole.Item, f.Whole.History = item, f.Sent.History
	if change != nil {
		change(&f)
	}
	f.Typed.Enclosed.Limits = file.DefaultLimits
	f.Whole.Item = f.Sent.Item
	return f
}

func sampleSentRow(b web.Base, s eservice.State) row {
	f := sampleSent(b, s, nil)
	return row{Item: f.Sent.Item, Sent: eservice.Listed{Submission: f.Sent.Submission, Name: "Maija Meikäläinen"}}
}

// withTexts gives the organisation texts that are ready.
func withTexts(f *readFacts) {
	c := *f.Config
	c.FormTexts = []catalog.FormText{
		{ID: "payslip", Use: catalog.UseAsk, Name: i18n.Text{"fi": "Palkkalaskelma puuttuu", "sv": "Lönespecifikationen saknas", "en": "A payslip is missing", "cs": "Chybí výplatní páska"}, Text: i18n.Text{"fi": "Lähettäkää palkkalaskelma {due} mennessä."}},
		{ID: "granted", Use: catalog.UseDecision, Name: i18n.Text{"fi": "Lupa myönnetään", "sv": "Tillståndet beviljas", "en": "The permit is granted", "cs": "Povolení se uděluje"}, Text: i18n.Text{"fi": "Teille on myönnetty lupa."}},
		{
			ID: "claim", Use: catalog.UseAppeal, Outcomes: []string{"partly", "refused"},
			Name: i18n.Text{"fi": "Oikaisuvaatimusohje", "sv": "Anvisning om omprövning", "en": "How to claim a rectification", "cs": "Jak žádat o nápravu"},
			Text: i18n.Text{"fi": "Päätökseen saa vaatia oikaisua 14 päivän kuluessa sen tiedoksisaannista.", "sv": "Omprövning får begäras inom 14 dagar från delfåendet.", "en": "A rectification can be claimed within 14 days of being notified.", "cs": "O nápravu lze žádat do 14 dnů od doručení."},
		},
	}
	c.Forms = slices.Clone(c.Forms)
	for i := range c.Forms {
		c.Forms[i].AppealFor = []string{"partly", "refused"}
	}
	f.Config, f.Sent.Config = &c, &c
}
