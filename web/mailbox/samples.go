package mailbox

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state, with made-up facts and no database: for the gallery and the checks.
func Samples() []web.Sample {
	return slices.Concat(openSamples(), listSamples(), letterSamples(), writeSamples(), settingsSamples())
}

// sampleNow is when the samples are: Friday 20 November 2026 at 14:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC) }

func sampleClock() clock {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		zone = time.UTC
	}
	return clock{sampleNow().Unix(), zone}
}

// sample is one state of a page for who has signed in.
func sample(page, state string, show func(b web.Base) Page) web.Sample {
	return sampleFor("", page, state, show)
}

// shared is one for who acts for an association.
func shared(page, state string, show func(b web.Base) Page) web.Sample {
	return sampleFor("Mallilan kyläyhdistys ry", page, state, show)
}

func sampleFor(owner, page, state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "mailbox/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		until := sampleNow().Add(28 * time.Minute)
		b.Signed = &ui.SignedBar{
			Name: "Maija Meikäläinen", For: owner, MyURL: web.Path(b.Lang, "", "my") + "/", ActingURL: web.Path(b.Lang, "", "my", "acting"), OutURL: web.Path(b.Lang, "", "my", "sign-out"),
			StayURL: web.Path(b.Lang, "", "my", "stay"), Back: at(b), Clock: b.Printer.Clock(until), Until: until.Format(time.RFC3339), Now: sampleNow().Format(time.RFC3339),
		}
		return ShowMailbox(show(b))
	}}
}

func sampleOrgs() []org.Organisation {
	return []org.Organisation{
		{ID: "vuorela", ReceivesLetters: true, Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}},
		{ID: "saaristo", ReceivesLetters: true, Name: i18n.Text{"fi": "Saariston hyvinvointialue", "sv": "Skärgårdens välfärdsområde", "en": "Archipelago wellbeing services county", "cs": "Správa sociálních a zdravotních služeb Souostroví"}},
	}
}

func sampleNames() names {
	n := names{}
	for _, o := range sampleOrgs() {
		n[o.ID] = o.Name
	}
	return n
}

func sampleTerms() org.Terms {
	return org.Terms{Version: "2026-01-01", Text: i18n.Text{
		"fi": "Postilaatikko on vain teille itsellenne.\n\n- Voitte sulkea sen milloin tahansa.", "sv": "Brevlådan är bara för dig själv.\n\n- Du kan stänga den när som helst.",
		"en": "The mailbox is for yourself alone.\n\n- You can close it at any time.", "cs": "Schránka je jen pro vás.\n\n- Můžete ji kdykoli zavřít.",
	}}
}

func sampleTell(b web.Base) tellForm {
	return tellForm{
		Account: identity.Account{Email: "maija@example.org", EmailVerified: true, Phone: "+358401234567", PhoneVerified: true}, Email: true, Lang: b.Lang,
		Langs: []i18n.Lang{"fi", "sv", "en", "cs"},
	}
}

func openSamples() []web.Sample {
	show := func(again bool, change func(*tellForm)) func(web.Base) Page {
		return func(b web.Base) Page {
			f := sampleTell(b)
			f.Terms = sampleTerms()
			change(&f)
			return newOpenPage(b, f, again)
		}
	}
	return []web.Sample{
		sample("open", "", show(false, func(*tellForm) {})),
		sample("open", "again", show(true, func(*tellForm) {})),
		shared("open", "shared", show(false, func(*tellForm) {})),
		sample("open", "no-address", show(false, func(f *tellForm) { f.Account = identity.Account{} })),
		sample("open", "errors", show(false, func(f *tellForm) { f.Why = wrongAt("terms", "mailbox.accept_terms") })),
		sample("export", "", func(b web.Base) Page { return newExportPage(b, true, "") }),
		sample("export", "again", func(b web.Base) Page { return newExportPage(b, false, at(b, "export")) }),
		sample("too-young", "", newTooYoungPage),
		sample("acting", "", func(b web.Base) Page { return newActingPage(b, "Liisa Meikäläinen") }),
	}
}

func sampleMine() mailbox.Mine {
	ago := sampleNow().AddDate(0, -2, 0).Unix()
	first := mailbox.Preference{Version: 1, Channel: mailbox.Electronic, Basis: mailbox.Consent, Terms: "2026-01-01", From: ago}
	return mailbox.Mine{
		Box: mailbox.Box{Person: "p", OpenedAt: ago, Terms: "2026-01-01", TellEmail: true, Lang: "fi", Version: 3}, TermsNow: "2026-01-01", Preference: first,
		History: []mailbox.Preference{first},
	}
}

// sampleText is what made-up letters say.
func sampleText(l i18n.Lang) mailbox.Content {
	return map[i18n.Lang]mailbox.Content{
		"fi": {Subject: "Päätös asukaspysäköinnistä", Body: "Olemme myöntäneet teille asukaspysäköintitunnuksen.\n\nTunnus on voimassa vuoden."},
		"sv": {Subject: "Beslut om boendeparkering", Body: "Vi har beviljat dig ett boendeparkeringstillstånd.\n\nDet gäller i ett år."},
		"en": {Subject: "Decision on resident parking", Body: "We have granted you a permit for resident parking.\n\nIt is valid for a year."},
		"cs": {Subject: "Rozhodnutí o rezidentním parkování", Body: "Přiznali jsme vám povolení k rezidentnímu parkování.\n\nPlatí jeden rok."},
	}[l]
}

// sampleLetter is a letter of some days ago, with what happened to it since.
func sampleLetter(b web.Base, id string, days int, events ...mailbox.What) mailbox.Stored {
	at := sampleNow().AddDate(0, 0, -days).Unix()
	l := mailbox.Stored{Letter: mailbox.Letter{
		Org: "vuorela", ID: ids.Letter(id), Thread: "06A1B2C3D1", Kind: mailbox.Decision, Mode: mailbox.Ordinary, Lang: b.Lang, Reply: true, CreatedAt: at, PublishAt: at,
		Channel: mailbox.Electronic, Ref: "VRL-2026/117", Content: sampleText(b.Lang),
	}}
	for _, w := range append([]mailbox.What{mailbox.Published}, events...) {
		l.Events = append(l.Events, mailbox.Event{Letter: l.ID, At: at + 3600, What: w})
	}
	return l
}

// sampleSealed is a letter that waits to be confirmed.
func sampleSealed(b web.Base) mailbox.Stored {
	l := sampleLetter(b, "06A1B2C3D2", 1)
	l.Mode, l.ConfirmBy, l.Content = mailbox.Verifiable, sampleNow().AddDate(0, 0, 6).Unix(), mailbox.Content{}
	return l
}

// sampleSent is what somebody wrote, and its acknowledgement.
func sampleSent(b web.Base) (mine, receipt mailbox.Stored) {
	mine, receipt = sampleLetter(b, "06A1B2C3D3", 0), sampleLetter(b, "06A1B2C3D4", 0)
	mine.Inward, mine.Kind, mine.Ref = true, mailbox.Claim, ""
	receipt.Kind, receipt.Reply, receipt.Ref = mailbox.Receipt, false, ""
	receipt.Content = mailbox.Content{Subject: b.T("mailbox.receipt_subject"), Body: b.T("mailbox.receipt_body", "org", sampleNames().in(b.Lang, "vuorela"),
		"at", sampleClock().at(b, mine.CreatedAt), "seconds", "14:02:00", "number", string(mine.ID), "digest", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")}
	return mine, receipt
}

// samplesListed are letters as a list shows them.
func samplesListed(letters ...mailbox.Stored) []mailbox.Listed {
	out := make([]mailbox.Listed, len(letters))
	for i, l := range letters {
		st := l.Stand()
		out[i] = mailbox.Listed{
			Org: l.Org, ID: l.ID, Inward: l.Inward, Kind: l.Kind, PublishAt: l.PublishAt, Fresh: st.New() && !l.Inward, Waits: st.Sealed(l.Letter), Confirm: mailbox.MayConfirm(l.Letter, st) == nil, Subject: l.Subject,
		}
	}
	return out
}

func listSamples() []web.Sample {
	show := func(folder mailbox.Folder, change func(web.Base, *listFacts)) func(web.Base) Page {
		return func(b web.Base) Page {
			f := listFacts{clock: sampleClock(), Mine: sampleMine(), Folder: folder, Orgs: sampleOrgs(), Names: sampleNames()}
			change(b, &f)
			return newListPage(b, f)
		}
	}
	full := func(b web.Base, f *listFacts) {
		f.Letters, f.New = samplesListed(sampleSealed(b), sampleLetter(b, "06A1B2C3D5", 2), sampleLetter(b, "06A1B2C3D6", 9, mailbox.Read)), 2
	}
	return []web.Sample{
		sample("list", "", show(mailbox.Inbox, full)),
		shared("list", "shared", show(mailbox.Inbox, full)),
		sample("list", "empty", show(mailbox.Inbox, func(web.Base, *listFacts) {})),
		sample("list", "sent", show(mailbox.Outbox, func(b web.Base, f *listFacts) {
			mine, _ := sampleSent(b)
			f.Letters, f.Done = samplesListed(mine), "unarchived"
		})),
		sample("list", "archive", show(mailbox.Archive, func(b web.Base, f *listFacts) {
			f.Letters, f.Before, f.More = samplesListed(sampleLetter(b, "06A1B2C3D7", 40, mailbox.Read, mailbox.Archived)), true, true
		})),
		sample("list", "bin", show(mailbox.Bin, func(b web.Base, f *listFacts) {
			f.Letters = samplesListed(sampleLetter(b, "06A1B2C3D8", 3, mailbox.Read, mailbox.Deleted))
		})),
		sample("list", "found", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Sought, f.More = sought{Text: "2026", Org: "vuorela", From: "1.11.2026"}, true
		})),
		sample("list", "nothing-found", show(mailbox.Inbox, func(_ web.Base, f *listFacts) { f.Sought = sought{Text: "xyz"} })),
		sample("list", "wrong-day", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Sought, f.Why = sought{From: "31.2.2026"}, wrongAt("from", "field.date")
		})),
		sample("list", "none-chosen", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Why = fault.Invalid("mailbox.list.none_chosen", nil)
		})),
		sample("list", "unconfirmed", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Wrong = b.T("letter.unconfirmed")
		})),
		sample("list", "closed", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Mine.ClosedAt, f.Done = sampleNow().Unix(), "close"
		})),
		sample("list", "new-terms", show(mailbox.Inbox, func(b web.Base, f *listFacts) {
			full(b, f)
			f.Mine.TermsNew = true
		})),
	}
}

// sampleFiles are attachments in every state.
func sampleFiles() []file.Attached {
	one := func(id, name string, t file.Type, size int64, s file.State) file.Attached {
		return file.Attached{File: file.File{ID: ids.File(id), Type: t, Size: size, State: s}, Name: name}
	}
	return []file.Attached{
		one("06A1B2C3E1", "päätös 2026-117.pdf", file.PDF, 48_213, file.Clean), one("06A1B2C3E2", "kartta.png", file.PNG, 1_750_000, file.Clean),
		one("06A1B2C3E3", "hinnasto.xlsx", file.XLSX, 21_004, file.Waiting), one("06A1B2C3E4", "lomake.docx", file.DOCX, 30_112, file.Infected),
	}
}

func letterSamples() []web.Sample {
	rule, _ := mailbox.RuleOn(mailbox.ServiceRules, "FI", mailbox.Ordinary, org.DateOf(sampleNow()))
	proof, _ := mailbox.RuleOn(mailbox.ServiceRules, "FI", mailbox.Verifiable, org.DateOf(sampleNow()))
	facts := func(b web.Base, l mailbox.Stored, s mailbox.Served, others ...mailbox.Stored) letterFacts {
		return letterFacts{
			clock: sampleClock(), Mine: sampleMine(), Names: sampleNames(), Key: "06A1B2C3D9", Shown: mailbox.Shown{Stored: l, Standing: l.Stand(), Served: s, Thread: append([]mailbox.Stored{l}, others...)},
		}
	}
	ordinary := func(b web.Base) letterFacts {
		mine, receipt := sampleSent(b)
		return facts(b, sampleLetter(b, "06A1B2C3D1", 2, mailbox.Read), mailbox.Served{On: org.DateOf(sampleNow()).Add(1), Presumed: true, Rule: rule}, mine, receipt)
	}
	confirmed := func(b web.Base) letterFacts {
		l := sampleLetter(b, "06A1B2C3D2", 1, mailbox.Confirmed, mailbox.Read)
		l.Mode = mailbox.Verifiable
		return facts(b, l, mailbox.Served{On: org.DateOf(sampleNow()).Add(-1), Certain: true, Rule: proof})
	}
	sealed := func(b web.Base) letterFacts {
		return facts(b, sampleSealed(b), mailbox.Served{Rule: proof})
	}
	return []web.Sample{
		sample("letter", "", func(b web.Base) Page { return newLetterPage(b, ordinary(b)) }),
		sample("letter", "answer-errors", func(b web.Base) Page {
			f := ordinary(b)
			f.Why = wrongAt("body", "field.required")
			return newLetterPage(b, f)
		}),
		sample("letter", "attachments", func(b web.Base) Page {
			f := ordinary(b)
			f.Files = sampleFiles()
			return newLetterPage(b, f)
		}),
		sample("letter", "sealed", func(b web.Base) Page { return newLetterPage(b, sealed(b)) }),
		sample("letter", "too-late", func(b web.Base) Page {
			f := sealed(b)
			f.Standing.Unserved = sampleNow().Unix()
			return newLetterPage(b, f)
		}),
		sample("letter", "confirmed", func(b web.Base) Page {
			f := confirmed(b)
			f.Done = "confirmed"
			return newLetterPage(b, f)
		}),
		shared("letter", "shared", func(b web.Base) Page {
			f, at := confirmed(b), sampleNow().Add(-20*time.Hour).Unix()
			f.Readings = []mailbox.Reading{
				{Person: "v", Name: "Veikko Mallikas", What: mailbox.Confirmed, At: at}, {Person: "v", Name: "Veikko Mallikas", What: mailbox.Read, At: at + 1},
				{Person: "x", What: mailbox.Read, At: at + 3600}, {Person: "m", Name: "Maija Meikäläinen", What: mailbox.Read, At: at + 7265},
			}
			return newLetterPage(b, f)
		}),
		sample("letter", "sent", func(b web.Base) Page {
			mine, receipt := sampleSent(b)
			f := facts(b, mine, mailbox.Served{}, receipt)
			f.Done = "sent"
			return newLetterPage(b, f)
		}),
		sample("confirm", "", func(b web.Base) Page { return newConfirmPage(b, sealed(b)) }),
	}
}

// sampleWritten is a draft with two files.
func sampleWritten(b web.Base) written {
	return written{
		Org: sampleOrgs()[0], Kind: mailbox.Claim, Subject: sampleText(b.Lang).Subject, Body: sampleText(b.Lang).Body, Key: "06A1B2C3D9", Draft: "06A1B2C3E1", Limits: file.DefaultLimits,
		Files: []file.Attached{
			{File: file.File{ID: "06A1B2C3F1", Type: file.PDF, Size: 184_320, State: file.Clean}, Name: "VRL-2026-117.pdf"},
			{File: file.File{ID: "06A1B2C3F2", Type: file.JPEG, Size: 2_411_724, State: file.Waiting}, Name: "IMG_2044.jpg"},
		},
	}
}

func writeSamples() []web.Sample {
	return []web.Sample{
		sample("choose", "", func(b web.Base) Page { return newChoosePage(b, sampleOrgs()) }),
		sample("choose", "nobody", func(b web.Base) Page { return newChoosePage(b, nil) }),
		sample("write", "", func(b web.Base) Page {
			return newWritePage(b, written{Org: sampleOrgs()[0], Key: "06A1B2C3D9", Limits: file.DefaultLimits})
		}),
		sample("write", "too-large", func(b web.Base) Page {
			w := sampleWritten(b)
			w.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "file.too_many", Args: fault.Args{"most": 10}})
			return newWritePage(b, w)
		}),
		sample("draft", "", func(b web.Base) Page {
			w := sampleWritten(b)
			w.Done = doSave
			return newWritePage(b, w)
		}),
		sample("draft", "answer", func(b web.Base) Page {
			w := sampleWritten(b)
			w.Answers, w.Files = "06A1B2C3D1", nil
			return newWritePage(b, w)
		}),
		sample("drafts", "", func(b web.Base) Page {
			at := sampleNow().Add(-time.Hour).Unix()
			return newDraftsPage(b, sampleClock(), []mailbox.Draft{{Org: "vuorela", ID: "06A1B2C3E1", ChangedAt: at, Content: sampleText(b.Lang)}, {Org: "saaristo", ID: "06A1B2C3E2", ChangedAt: at}}, sampleNames(), doDrop)
		}),
		sample("drafts", "none", func(b web.Base) Page { return newDraftsPage(b, sampleClock(), nil, sampleNames(), "") }),
		sample("write", "errors", func(b web.Base) Page {
			return newWritePage(b, written{Org: sampleOrgs()[0], Key: "06A1B2C3D9", Limits: file.DefaultLimits, Body: sampleText(b.Lang).Body, Why: fault.Invalid("form.invalid", nil,
				fault.Field{Name: "kind", Key: "error.field.choose"}, fault.Field{Name: "subject", Key: "field.required"})})
		}),
	}
}

func settingsSamples() []web.Sample {
	show := func(change func(*settingsFacts)) func(web.Base) Page {
		return func(b web.Base) Page {
			f := settingsFacts{clock: sampleClock(), Mine: sampleMine(), Tell: sampleTell(b), Names: sampleNames()}
			change(&f)
			return newSettingsPage(b, f)
		}
	}
	paper := mailbox.Preference{Version: 2, Channel: mailbox.Paper, Basis: mailbox.Wish, From: sampleNow().Unix(), Until: sampleClock().lastSecond(org.DateOf(sampleNow()).Add(20))}
	return []web.Sample{
		sample("settings", "", show(func(*settingsFacts) {})),
		sample("settings", "saved", show(func(f *settingsFacts) { f.Done = "saved" })),
		sample("settings", "paper", show(func(f *settingsFacts) {
			f.Done, f.Mine.Preference = "paper", paper
			f.Mine.History = append(f.Mine.History, paper, mailbox.Preference{Version: 3, Channel: mailbox.Electronic, Basis: mailbox.Law, Org: "vuorela", From: sampleNow().Unix()})
		})),
		sample("settings", "law", show(func(f *settingsFacts) {
			day := org.DateOf(sampleNow())
			f.Mine.NoChoice = true
			f.Mine.Grounds = []org.Ground{{From: day, For: org.GroundAll, Source: "FI 13/2003, 19 §"}, {From: day.Add(200), For: org.GroundPeople, Source: "FI 13/2003, 19 a §", Choice: true}}
		})),
		sample("settings", "wrong-day", show(func(f *settingsFacts) { f.Until, f.Why = "31.2.2026", wrongAt("until", "field.date") })),
		sample("settings", "new-terms", show(func(f *settingsFacts) { f.Mine.TermsNew, f.Tell.Terms = true, sampleTerms() })),
		sample("settings", "elsewhere", func(b web.Base) Page {
			f := settingsFacts{clock: sampleClock(), Mine: sampleMine(), Tell: sampleTell(b), Names: sampleNames(), Wrong: b.T("mailbox.settings.same")}
			return newSettingsPage(b, f)
		}),
		shared("settings", "shared", show(func(f *settingsFacts) { f.Mine.Shared, f.Mine.Person, f.Mine.Company = true, "", "c" })),
		sample("settings", "closed", show(func(f *settingsFacts) { f.Mine.ClosedAt = sampleNow().Unix() })),
		sample("close", "", newClosePage),
		shared("close", "shared", newClosePage),
	}
}
