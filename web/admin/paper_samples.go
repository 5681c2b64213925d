package admin

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/staff"
	"luukku/web"
)

// paperSamples are the pages of the print room and of webhooks.
func paperSamples() []web.Sample {
	run := func(id ids.PrintBatch, hours, open, printed, posted, returned int64) mailbox.PrintRun {
		return mailbox.PrintRun{
			Batch: mailbox.Batch{Org: "vuorela", ID: id, MadeAt: sampleTime - hours*3600}, Count: open + printed, Open: open, Printed: printed, Posted: posted, Returned: returned,
		}
	}
	open, late, done := run("01JD3V1H2MNB5C6D7E8F9G0HJA", 2, 3, 1, 0, 0), run("01JD3V1H2MNB5C6D7E8F9G0HJB", 70, 2, 0, 0, 0), run("01JD3V1H2MNB5C6D7E8F9G0HJC", 200, 0, 4, 4, 1)
	lines := []mailbox.PrintLine{
		{ID: "01JD3V0C9T9XK8M2W4H6Q5S7R1", Ref: "VUO/2026/17", State: mailbox.ToBePrinted, Taken: 1, Files: 3}, {ID: "01JD3V0C9T9XK8M2W4H6Q5S7R2", Ref: "VUO/2026/18", State: mailbox.ToBePrinted, Taken: 2},
		{ID: "01JD3V0C9T9XK8M2W4H6Q5S7R3", State: mailbox.IsPrinted, Taken: 1}, {ID: "01JD3V0C9T9XK8M2W4H6Q5S7R4", State: mailbox.WasRecalled, Taken: 1},
	}
	room := func(change func(*mailbox.PrintRoom)) func(web.Base) DeskPage {
		return func(b web.Base) DeskPage {
			r := mailbox.PrintRoom{Waiting: 5, Oldest: sampleTime - 3600, Open: []mailbox.PrintRun{open}, Newest: []mailbox.PrintRun{open, done}, Returned: []mailbox.ReturnedLetter{
				{Letter: "01JD3V0C9T9XK8M2W4H6Q5S7R5", Batch: done.ID, Ref: "VUO/2026/9", Posted: sampleTime - 150*3600, Returned: sampleTime - 3600},
			}}
			change(&r)
			return newPrintRoomPage(b, r, "key", sampleTime, sampleWhere())
		}
	}
	given := mailbox.Preference{Org: "vuorela", Channel: mailbox.Electronic, Basis: mailbox.Consent, From: sampleTime - 86400, How: mailbox.ByForm}
	consent := func(open bool, history ...mailbox.Preference) func(web.Base) DeskPage {
		return func(b web.Base) DeskPage {
			c := mailbox.UnitConsent{Open: open, History: history}
			if len(history) > 0 {
				c.Now = history[0]
			}
			return newLetterConsentPage(b, "Maija Meikäläinen", c, consentForm{}, nil, sampleWhere())
		}
	}
	hook := mailbox.Hook{ID: "1", URL: "https://records.example.org/letters", DeliveredAt: sampleTime - 60}
	failing, disabled := hook, hook
	failing.FailingSince, failing.Trouble = sampleTime-7200, mailbox.HookTimeout
	disabled.FailingSince, disabled.DisabledAt, disabled.Trouble, disabled.DeliveredAt = sampleTime-6*86400, sampleTime-86400, "status 503", 0
	forms := hook
	forms.ID, forms.URL, forms.Tells, forms.Client = "2", "https://cases.example.org/forms", mailbox.HookForms, "4"
	keyless := forms
	keyless.FailingSince, keyless.DisabledAt, keyless.Trouble = sampleTime-86400, sampleTime-86400, mailbox.HookKeyless
	names, programs := map[ids.Client]string{"4": "Päivähoito"}, []staff.Client{{ID: "4", Name: "Päivähoito"}}
	held := []mailbox.HeldLetter{
		{Hold: mailbox.Hold{Letter: "01JD3V0C9T9XK8M2W4H6Q5S7R1", Why: mailbox.HoldCourt, Ref: "HAO/2026/1171", At: sampleTime - 86400}, Kind: mailbox.Decision, SentRef: "VUO/2026/17"},
		{Hold: mailbox.Hold{Letter: "01JD3V0C9T9XK8M2W4H6Q5S7R2", Why: mailbox.HoldAsked, At: sampleTime - 40*86400}, Kind: mailbox.Claim},
	}
	return append(heldSamples(), []web.Sample{
		desked("holds", "", func(b web.Base) DeskPage { return newHoldsPage(b, held, mailbox.Hold{}, nil, sampleWhere()) }),
		desked("holds", "none", func(b web.Base) DeskPage { return newHoldsPage(b, nil, mailbox.Hold{}, nil, sampleWhere()) }),
		desked("holds", "errors", func(b web.Base) DeskPage {
			return newHoldsPage(b, held, mailbox.Hold{Letter: "17", Ref: "Maija M."}, allWrong("letter", "hold.unknown", "why", "error.field.choose", "ref", "hold.bad_ref"), sampleWhere())
		}),
		desked("holds", "release", func(b web.Base) DeskPage { return newHoldReleasePage(b, held[0]) }),
		desked("paper", "", room(func(*mailbox.PrintRoom) {})),
		desked("paper", "none", room(func(r *mailbox.PrintRoom) { *r = mailbox.PrintRoom{} })),
		desked("paper", "late", room(func(r *mailbox.PrintRoom) { r.Open = []mailbox.PrintRun{late, open} })),
		desked("paper", "batch", func(b web.Base) DeskPage { return newPrintBatchPage(b, open, lines, nil, sampleTime, sampleWhere()) }),
		desked("paper", "batch-late", func(b web.Base) DeskPage {
			return newPrintBatchPage(b, late, lines[:1], nil, sampleTime, sampleWhere())
		}),
		desked("paper", "batch-done", func(b web.Base) DeskPage {
			return newPrintBatchPage(b, done, lines[3:], nil, sampleTime, sampleWhere())
		}),
		desked("paper", "batch-errors", func(b web.Base) DeskPage {
			return newPrintBatchPage(b, open, lines, fault.Invalid("form.invalid", nil, fault.Field{Name: "what", Key: "paper.room.what_none"}, fault.Field{Name: "letter", Key: "paper.room.letters_none"}), sampleTime, sampleWhere())
		}),
		desked("paper", "release", func(b web.Base) DeskPage { return newPrintReleasePage(b, late, sampleWhere()) }),
		desked("letter-consent", "", consent(true, given)),
		desked("letter-consent", "none", consent(false)),
		desked("letter-consent", "no-mailbox", consent(false, given)),
		desked("letter-consent", "errors", func(b web.Base) DeskPage {
			return newLetterConsentPage(b, "Maija Meikäläinen", mailbox.UnitConsent{Open: true}, consentForm{What: "given", From: typedDate{"1", "1", "2099"}}, allWrong("how", "error.field.choose", "from", "paper.consent.day"), sampleWhere())
		}),
		desked("hooks", "", func(b web.Base) DeskPage {
			return newHooksPage(b, []mailbox.Hook{hook, failing, forms}, names, sampleWhere())
		}),
		desked("hooks", "disabled", func(b web.Base) DeskPage {
			return newHooksPage(b, []mailbox.Hook{disabled, keyless}, names, sampleWhere())
		}),
		desked("hooks", "none", func(b web.Base) DeskPage { return newHooksPage(b, nil, nil, sampleWhere()) }),
		desked("hooks", "new", func(b web.Base) DeskPage { return newHookPage(b, hookForm{Of: "letters"}, programs, nil) }),
		desked("hooks", "new-errors", func(b web.Base) DeskPage {
			return newHookPage(b, hookForm{URL: "http://records.example.org"}, programs, allWrong("url", "hooks.url_https", "tells", "error.field.choose"))
		}),
		desked("hooks", "made", func(b web.Base) DeskPage {
			return newOncePage(b, "hooks", hook.URL, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
		}),
		desked("hooks", "remove", func(b web.Base) DeskPage { return newHookRemovePage(b, hook) }),
	}...)
}
