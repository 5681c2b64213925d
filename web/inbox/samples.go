package inbox

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	return slices.Concat(formsSamples(), sentSamples(), sendSamples(), []web.Sample{
		sample("list", "", func(b web.Base) Page { return newListPage(b, sampleList(sampleRows())) }),
		sample("list", "empty", func(b web.Base) Page { return newListPage(b, sampleList(nil)) }),
		sample("list", "one", func(b web.Base) Page {
			f := sampleList(sampleRows())
			f.Inboxes = f.Inboxes[:1]
			return newListPage(b, f)
		}),
		sample("list", "none", func(b web.Base) Page {
			f := sampleList(sampleRows()[:4])
			f.Next = true
			return newListPage(b, f)
		}),
		sample("list", "forms", func(b web.Base) Page {
			f := sampleList([]row{sampleSentRow(b, eservice.MoreAsked), sampleSentRow(b, eservice.Received)})
			f.Kind, f.Number, f.Why = worklist.Submission, "2026-999999", fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "submission.no_number"})
			return newListPage(b, f)
		}),
		sample("list", "pages", func(b web.Base) Page {
			f := sampleList(sampleRows())
			place := f.Rows[len(f.Rows)-1].Item.Place(sampleNow().Unix())
			f.View, f.After, f.More, f.Counts.More = worklist.Unassigned, &place, &place, true
			return newListPage(b, f)
		}),
		sample("notices", "", func(b web.Base) Page { return newNoticesPage(b, noticesFacts{Done: true}) }),
		sample("notices", "wrong", func(b web.Base) Page {
			return newNoticesPage(b, noticesFacts{Wish: "?", Why: fault.Invalid("form.invalid", nil, fault.Field{Name: "wish", Key: "error.field.choose"})})
		}),
		sample("letter", "", func(b web.Base) Page { return newLetterPage(b, sampleLetter(nil)) }),
		sample("letter", "sent", func(b web.Base) Page { return newLetterPage(b, sampleLetter(answered)) }),
		sample("letter", "paper", func(b web.Base) Page {
			return newLetterPage(b, sampleLetter(func(f *readFacts) {
				f.Letter.Reach, f.Letter.About, f.Letter.From, f.Letter.CameAt = mailbox.OnPaper, "1", "aavaniemi", f.Now.Unix()-9*86400
				f.Letter.Item.Due = f.Now.Unix() - 3600
				f.Typed = typed{Text: "Hei", Subject: "Vastaus", Kind: "decision", Service: "verifiable", NoReply: "1"}
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "post", Key: "letter.post_needed"})
			}))
		}),
		sample("letter", "changed", func(b web.Base) Page {
			return newLetterPage(b, sampleLetter(func(f *readFacts) {
				f.Typed = typed{Text: "Hyvä lähettäjä\n\nAsia on käsittelyssä.", Subject: "Vastaus", Kind: "message", Service: "ordinary"}
				f.Why = fault.Conflict("work.changed", nil)
			}))
		}),
		sample("letter", "wrong", func(b web.Base) Page {
			return newLetterPage(b, sampleLetter(func(f *readFacts) {
				f.Typed = typed{To: "aavaniemi", Booking: "AAAA-AAAA-AA", Kind: "message", Service: "ordinary"}
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "booking", Key: "manage.not_found"}, fault.Field{Name: "body", Key: "field.required"})
			}))
		}),
		sample("letter", "protected", func(b web.Base) Page {
			return newLetterPage(b, sampleLetter(func(f *readFacts) { f.Letter.Hidden = true }))
		}),
		sample("talk", "", func(b web.Base) Page { return newReadPage(b, sampleTalk(nil)) }),
		sample("talk", "sent", func(b web.Base) Page { return newReadPage(b, sampleTalk(func(f *readFacts) { f.Done = "sent" })) }),
		sample("talk", "known", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) {
				f.Whole.Talk.Known = conversation.Known{Claim: conversation.ClaimFits, Claimed: "1", Person: "1", By: conversation.ByCode}
				f.Whole.Person = identity.Account{Person: "1", Name: "Maija Meikäläinen"}
			}))
		}),
		sample("talk", "record", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) {
				f.Whole.Talk.Known = conversation.Known{Claim: conversation.ClaimRecord, Claimed: "1"}
				f.Whole.Talk.About = "1"
				f.Whole.Person = identity.Account{Person: "1", Name: "Maija Meikäläinen"}
				f.Whole.Item.Due = f.Now.Unix() - 60
				f.Whole.History = append(f.Whole.History, worklist.Entry{ID: "8", What: worklist.Dated, At: f.Now.Unix() - 3600, Actor: "1", Detail: "1795211999"})
				f.Whole.Earlier = []conversation.Listed{{Item: sampleItem("2", 60*24*9, worklist.Closed, 0, "1"), Tail: "4567"}}
			}))
		}),
		sample("talk", "code", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) {
				f.Typed.Code, f.Why = "131052-308T", fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: "inbox.code_of_another"})
			}))
		}),
		sample("talk", "refused", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) { f.Whole.RefusedAt = f.Now.Unix() - 3600 }))
		}),
		sample("talk", "other", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) {
				f.Whole.Talk.Known = conversation.Known{Claim: conversation.ClaimOther, Claimed: "1"}
				f.Whole.Person = identity.Account{Person: "1", Name: "Maija Meikäläinen"}
			}))
		}),
		sample("talk", "protected", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) { f.Whole = conversation.Whole{Item: f.Whole.Item, Hidden: true} }))
		}),
		sample("talk", "closed", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) { f.Whole.Item.State = worklist.Closed }))
		}),
		sample("talk", "wrong", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) {
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.required"})
			}))
		}),
		sample("talk", "meanwhile", func(b web.Base) Page {
			return newReadPage(b, sampleTalk(func(f *readFacts) { f.Typed.Text, f.Why = "Huomenna klo 9?", fault.Conflict("work.changed", nil) }))
		}),
	})
}

// sample is one state of a page of the inbox.
func sample(page, state string, make func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "inbox/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = "vuorela"
		b = dress(b)
		b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: at(b), Text: b.T("inbox.title")}}
		return ShowInbox(make(b))
	}}
}

// sampleNow is when the samples are: Friday 20 November 2026 at 11:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 9, 2, 0, 0, time.UTC) }

func sampleConfig() *catalog.Config {
	c := &catalog.Config{
		Version:      1,
		Installation: org.Installation{PhoneCountries: []string{"FI"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"},
		Org: org.Organisation{
			ID: "vuorela", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
			Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		},
		Inboxes: []org.Inbox{
			{ID: "oral-health", Name: i18n.Text{"fi": "Suun terveydenhuolto", "sv": "Munhälsovård", "en": "Oral health", "cs": "Zubní péče"}, Numbers: []string{"+358457000111"}, Answers: []org.CannedAnswer{{
				Title: i18n.Text{"fi": "Soitamme teille", "sv": "Vi ringer dig", "en": "We call you", "cs": "Zavoláme vám"},
				Text:  i18n.Text{"fi": "Soitamme teille tänään.", "sv": "Vi ringer dig i dag.", "en": "We will call you today.", "cs": "Dnes vám zavoláme."},
			}}},
			{ID: "town-hall", Name: i18n.Text{"fi": "Kaupungintalo", "sv": "Stadshuset", "en": "Town hall", "cs": "Radnice"}},
		},
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error()) // made-up facts that the tests read
	}
	return c
}

func sampleItem(id ids.Work, minutes int64, state worklist.State, fresh int64, to ids.Staff) worklist.Item {
	at := sampleNow().Unix() - minutes*60
	return worklist.Item{
		Org: "vuorela", ID: id, Kind: worklist.Conversation, Inbox: "oral-health", State: state, Assignee: to, Since: at, Fresh: fresh, Version: 3, CreatedAt: at, Changed: at,
	}
}

func sampleRows() []row {
	list := []row{
		{Item: sampleItem("1", 95, worklist.Open, 2, ""), Number: "4567", Known: conversation.Known{Claim: conversation.ClaimWrong}},
		{Item: sampleItem("2", 60, worklist.Open, 1, "1"), Number: "1188", Known: conversation.Known{Claim: conversation.ClaimFits, Claimed: "1", Person: "1", By: conversation.ByCode}},
		{Item: sampleItem("3", 40, worklist.Open, 0, "1"), Hidden: true},
		{Item: sampleItem("4", 20, worklist.Waiting, 0, "1"), Number: "9012"},
	}
	list[3].Item.Inbox = "town-hall"
	claim := row{Item: sampleItem("5", 60*50, worklist.Open, 1, ""), Name: "Maija Meikäläinen"}
	claim.Item.Kind, claim.Item.Subject, claim.Item.Inbox, claim.Item.Due = worklist.Letter, "rectification", "town-hall", sampleNow().Unix()+9*86400
	list = append(list, claim)
	list[0].Item.Due, list[1].Item.Due = sampleNow().Unix()-3600, sampleNow().Unix()+26*3600
	return list
}

func sampleList(rows []row) listFacts {
	c := sampleConfig()
	f := listFacts{Config: c, Inboxes: c.Inboxes, View: worklist.All, Rows: rows, Staff: map[ids.Staff]string{"1": "Aino Asiakaspalvelija"}, Now: sampleNow()}
	f.Counts.Of = map[worklist.View]int{worklist.Overdue: min(1, len(rows)), worklist.Soon: min(1, len(rows)), worklist.All: len(rows), worklist.Unassigned: min(1, len(rows)), worklist.Mine: min(2, len(rows))}
	return f
}

func sampleTalk(change func(f *readFacts)) readFacts {
	at := sampleNow().Unix() - 95*60
	entry := func(id string, minutes int64, what worklist.What, by ids.Staff) worklist.Entry {
		return worklist.Entry{ID: id, What: what, At: at + minutes*60, Actor: string(by)}
	}
	note := entry("5", 31, worklist.Noted, "1")
	note.Text = "Kiireellinen: soita ennen klo 12."
	taken := entry("4", 30, worklist.Assigned, "1")
	taken.Detail = "1"
	f := readFacts{
		MayBook: true, Takers: []worklist.Colleague{{ID: "1", Name: "Aino Asiakaspalvelija"}, {ID: "2", Name: "Veli Vastaaja"}},
		Config: sampleConfig(), Me: "1", Staff: map[ids.Staff]string{"1": "Aino Asiakaspalvelija"}, Key: "key", Now: sampleNow(),
		Whole: conversation.Whole{
			Item: sampleItem("1", 95, worklist.Open, 1, "1"),
			Talk: conversation.Talk{Number: "+358401234567", Known: conversation.Known{Claim: conversation.ClaimWrong}},
			History: []worklist.Entry{
				entry("1", 0, conversation.Received, ""), entry("2", 0, conversation.ByItself, ""), entry("3", 29, conversation.Sent, "1"), taken, note, entry("6", 80, conversation.Received, ""),
				entry("7", 82, conversation.Sent, "1"),
			},
			Messages: []conversation.Message{
				{ID: "1", Body: "Hei, hammas särkee kovasti. Maija Meikäläinen ••••••", Codes: true},
				{ID: "2", Out: true, Body: "Vuorelan kaupunki: emme lue viestejä nyt. Hätätilanteessa soittakaa 112.", State: notify.StateSent},
				{ID: "3", Out: true, Body: "Hei! Voitteko tulla tänään klo 13.20?", State: notify.StateFailed},
				{ID: "6", Body: "Kyllä voin, kiitos."},
				{ID: "7", Out: true, Body: "Hyvä, aika on varattu.", State: notify.StateWaiting},
			},
		},
	}
	if change != nil {
		change(&f)
	}
	return f
}

// sampleLetter is a claim that was read, and waits for an answer.
func sampleLetter(change func(f *readFacts)) readFacts {
	now := sampleNow().Unix()
	came := now - 50*3600
	item := sampleItem("5", 50*60, worklist.Open, 1, "1")
	item.Kind, item.Subject, item.Inbox, item.Due = worklist.Letter, "rectification", "town-hall", now+9*86400
	c := sampleConfig()
	c.Inboxes[1].LetterAnswers = []org.CannedAnswer{{
		Title: i18n.Text{"fi": "Asia on käsittelyssä", "sv": "Ärendet behandlas", "en": "The matter is being dealt with", "cs": "Věc se vyřizuje"},
		Text:  i18n.Text{"fi": "Asia on käsittelyssä.", "sv": "Ärendet behandlas.", "en": "The matter is being dealt with.", "cs": "Věc se vyřizuje."},
	}}
	claim := mailbox.Stored{
		Letter: mailbox.Letter{
			ID: "10", Inward: true, Kind: mailbox.Claim, Lang: "fi", CreatedAt: came, Channel: mailbox.Electronic,
			Content: mailbox.Content{Subject: "Oikaisuvaatimus päätökseen 17/2026", Body: "Vaadin oikaisua päätökseen.\n\nMaksu on laskettu väärin."},
		},
		Events: []mailbox.Event{{What: mailbox.Seen, At: came + 3600, Actor: "1"}},
	}
	note := worklist.Entry{ID: "12", What: worklist.Noted, At: came + 7200, Actor: "1", Text: "Kysytään perustelut laskutuksesta."}
	f := readFacts{
		MayBook: true, Takers: []worklist.Colleague{{ID: "1", Name: "Aino Asiakaspalvelija"}, {ID: "2", Name: "Veli Vastaaja"}}, Config: c, Me: "1",
		Staff: map[ids.Staff]string{"1": "Aino Asiakaspalvelija"}, Key: "key", Now: sampleNow(),
		Orgs: []org.Organisation{{ID: "aavaniemi", Name: i18n.Text{"fi": "Aavaniemen kaupunki", "sv": "Aavaniemi stad", "en": "Town of Aavaniemi", "cs": "Město Aavaniemi"}}},
		Letter: mailbox.AtDesk{
			Item: item, Letters: []mailbox.Stored{claim}, Owner: actor.Owner{Person: "1"}, Person: identity.Account{Person: "1", Name: "Maija Meikäläinen"}, Reach: mailbox.Reachable,
			Files: map[ids.Letter][]file.Attached{"10": {
				{File: file.File{ID: "1", Type: file.JPEG, Size: 2 * file.MB, State: file.Clean}, Name: "aita.jpg"}, {File: file.File{ID: "2", Type: file.PDF, Size: 90000, State: file.Waiting}, Name: "kuitti.pdf"},
				{File: file.File{ID: "4", Type: file.DOCX, Size: 30000, State: file.Infected}, Name: "liite.docx"},
			}},
			History: []worklist.Entry{{ID: "10", What: mailbox.Arrived, At: came, Detail: "10"}, {ID: "11", What: worklist.Assigned, At: came + 3600, Actor: "1", Detail: "1"}, note},
		},
	}
	f.Typed.Enclosed = sampleEnclosed()
	if change != nil {
		change(&f)
	}
	f.Whole.Item, f.Whole.History = f.Letter.Item, f.Letter.History
	return f
}

// answered answers the claim of the sample with a decision that is to be confirmed, and hands it over afterwards.
func answered(f *readFacts) {
	at := f.Now.Unix() - 1800
	l := mailbox.Stored{Letter: mailbox.Letter{
		ID: "13", Kind: mailbox.Decision, Mode: mailbox.Verifiable, Lang: "fi", CreatedAt: at, ConfirmBy: at + 7*86400, Channel: mailbox.Electronic,
		Content: mailbox.Content{Subject: "Päätös oikaisuvaatimukseen", Body: "Maksu oikaistaan."},
	}}
	f.Done = "letter"
	f.Letter.Files[l.ID] = []file.Attached{{File: file.File{ID: "3", Type: file.PDF, Size: 48213, State: file.Clean}, Name: "paatos.pdf"}}
	f.Letter.Letters = append(f.Letter.Letters, l)
	f.Letter.Item.State, f.Letter.Item.Fresh = worklist.Waiting, 0
	f.Letter.History = append(f.Letter.History, worklist.Entry{ID: "13", What: mailbox.Replied, At: at, Actor: "1", Detail: "13"},
		worklist.Entry{ID: "14", What: mailbox.Linked, At: at, Actor: "1"}, worklist.Entry{ID: "15", What: mailbox.HandedHere, At: at, Detail: "aavaniemi"})
}
