package my

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/erasure"
	"luukku/domain/folder"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state, with made-up facts and no database: for the gallery and the checks.
func Samples() []web.Sample {
	return slices.Concat(signInSamples(), welcomeSamples(), folderSamples(), actingSamples(), otherSamples(), eraseSamples())
}

// sampleNow is when the samples are: Friday 20 November 2026 at 14:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC) }

const sampleName = "Maija Meikäläinen"

// sample is one state of a page for nobody in particular; signed one for who has signed in, and for whom they act.
func sample(page, state string, show func(b web.Base) web.Component) web.Sample {
	return web.Sample{Page: "my/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component { return show(b) }}
}

func signed(page, state, acting string, show func(b web.Base) web.Component) web.Sample {
	return sample(page, state, func(b web.Base) web.Component {
		until := sampleNow().Add(28 * time.Minute)
		b.Signed = &ui.SignedBar{
			Name: sampleName, For: acting, MyURL: at(b, "my") + "/", ActingURL: at(b, "my", "acting"), OutURL: at(b, "my", "sign-out"),
			StayURL: at(b, "my", "stay"), Back: at(b, "my") + "/", Clock: b.Printer.Clock(until), Until: until.Format(time.RFC3339),
			Now: sampleNow().Format(time.RFC3339),
		}
		return show(b)
	})
}

func sampleProviders() []identity.Provider {
	levels := map[string]actor.Level{"loa2": actor.LevelSubstantial}
	help := i18n.Text{
		"fi": "Pankin tunnukset", "sv": "Bankens koder", "en": "The codes of your bank", "cs": "Přihlašovací údaje vaší banky",
	}
	return []identity.Provider{
		{ID: "bank", Enabled: true, Levels: levels, Help: help, Name: i18n.Text{"fi": "Pankkitunnukset", "sv": "Bankkoder", "en": "Bank ID", "cs": "Bankovní identita"}},
		{ID: "mobile", Enabled: true, Levels: levels, Name: i18n.Text{"fi": "Mobiilivarmenne", "sv": "Mobilcertifikat", "en": "Mobile certificate", "cs": "Mobilní klíč"}},
	}
}

func signInSamples() []web.Sample {
	show := func(demo, stronger bool, why error, list []identity.Provider) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			return ShowSignIn(newSignInPage(b, wish{next: at(b, "my") + "/"}, list, demo, stronger, why))
		}
	}
	return []web.Sample{
		sample("sign-in", "", show(false, false, nil, sampleProviders())),
		sample("sign-in", "booking", func(b web.Base) web.Component {
			w := wish{org: "vuorela", next: web.Path(b.Lang, "vuorela", "book", "draft", "01h455vb4pex5vsknk084sn02q", "details")}
			return ShowSignIn(newSignInPage(b, w, sampleProviders(), false, false, nil))
		}),
		sample("sign-in", "demo", show(true, false, nil, sampleProviders())),
		sample("sign-in", "none", show(false, false, nil, nil)),
		sample("sign-in", "cancelled", show(false, false, fault.Invalid("sign_in.cancelled", nil), sampleProviders())),
		sample("sign-in", "failed", show(false, false, fault.Invalid("sign_in.failed", nil), sampleProviders())),
		sample("sign-in", "stale", show(false, false, fault.Invalid("sign_in.stale", nil), sampleProviders())),
		sample("sign-in", "too-weak", show(false, false, fault.Invalid("sign_in.too_weak", nil), sampleProviders())),
		sample("sign-in", "down", show(false, false, fault.Unavailable("sign_in.provider_down", time.Minute), sampleProviders())),
		signed("sign-in", "stronger", "", show(false, true, nil, sampleProviders())),
		signed("sign-in-done", "", "", func(b web.Base) web.Component { return ShowDone(newDonePage(b, sampleName, "", true)) }),
		signed("sign-in-done", "service", "", func(b web.Base) web.Component {
			return ShowDone(newDonePage(b, sampleName, web.Path(b.Lang, "vuorela"), true))
		}),
		sample("signed-out", "", func(b web.Base) web.Component { return ShowOut(newOutPage(b, "")) }),
		sample("signed-out", "there", func(b web.Base) web.Component { return ShowOut(newOutPage(b, "https://bank.example/end")) }),
	}
}

func sampleAccount(b web.Base) identity.Account {
	return identity.Account{
		Person: "01h455vb4pex5vsknk084sn02q", Given: "Maija", Family: "Meikäläinen", Birth: "1985-03-14", Email: "maija@example.org", EmailVerified: true,
		Lang: b.Lang, Welcomed: 1,
	}
}

// sampleLives is what the card said of where Maija's post goes, and where she wishes it to go.
func sampleLives() livesForm {
	at := time.Date(2026, 11, 19, 8, 30, 0, 0, time.UTC).Unix()
	return livesForm{Home: "FI", Zone: time.UTC, Known: []identity.KnownAddress{
		{Address: identity.Address{Street: "Mallintie 5 c/o Veikko Mallikas", Code: "00991", Town: "Mallila", Country: "FI"}, Source: identity.AddressOwn, At: at},
		{Address: identity.Address{Street: "Mallikatu 3 B 14", Code: "00990", Town: "Mallila", Country: "FI"}, Source: identity.AddressSignIn, At: at},
	}}
}

func welcomeSamples() []web.Sample {
	details := func(f func(web.Base) detailsForm) func(web.Base) web.Component {
		return func(b web.Base) web.Component { return ShowDetails(newDetailsPage(b, f(b))) }
	}
	wrong := fault.Invalid("form.invalid", nil, fault.Field{Name: "family", Key: "field.name_required"}, fault.Field{Name: "email", Key: "field.email"},
		fault.Field{Name: "phone", Key: "field.phone"})
	code := func(channel identity.Channel, address string, resent bool, why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			typed := ""
			if why != nil {
				typed = "12345"
			}
			return ShowCode(newCodePage(b, identity.Pending{ID: "01h455vb4pex5vsknk084sn02q", Channel: channel, Address: address}, typed, resent, why))
		}
	}
	wrongCode := fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: "verify.wrong", Args: fault.Args{"left": int64(3)}})
	return []web.Sample{
		signed("welcome", "", "", func(b web.Base) web.Component { return ShowWelcome(newWelcomePage(b, sampleName, nil)) }),
		signed("welcome", "down", "", func(b web.Base) web.Component {
			return ShowWelcome(newWelcomePage(b, sampleName, fault.Unavailable("register.down", time.Minute)))
		}),
		signed("contact", "", "", details(func(b web.Base) detailsForm { return detailsForm{Account: sampleAccount(b), First: true} })),
		signed("contact", "errors", "", details(func(web.Base) detailsForm {
			return detailsForm{First: true, Typed: identity.Details{Email: "maija(at)example", Phone: "12"}, Why: wrong}
		})),
		signed("details", "", "", details(func(b web.Base) detailsForm {
			return detailsForm{Account: sampleAccount(b), Lives: livesForm{Home: "FI"}, Typed: detailsOf(sampleAccount(b))}
		})),
		signed("details", "addresses", "", details(func(b web.Base) detailsForm {
			f := detailsForm{Account: sampleAccount(b), Lives: sampleLives(), Typed: detailsOf(sampleAccount(b))}
			f.Typed.Address = f.Lives.own()
			return f
		})),
		signed("details", "address-errors", "", details(func(b web.Base) detailsForm {
			f := detailsForm{Account: sampleAccount(b), Lives: livesForm{Home: "FI"}, Typed: detailsOf(sampleAccount(b))}
			f.Typed.Address = &identity.Address{Street: "12", Code: "990", Town: "00990 Mallila", Country: "FI"}
			_, wrong := identity.CheckAddress(*f.Typed.Address)
			f.Why = fault.Invalid("form.invalid", nil, wrong...)
			return f
		})),
		signed("details", "protected", "", details(func(b web.Base) detailsForm {
			a := sampleAccount(b)
			a.Protected = true
			return detailsForm{Account: a, Lives: livesForm{Home: "FI"}, Typed: detailsOf(a)}
		})),
		signed("details", "saved", "", details(func(b web.Base) detailsForm {
			return detailsForm{Account: sampleAccount(b), Lives: livesForm{Home: "FI"}, Typed: detailsOf(sampleAccount(b)), Saved: true}
		})),
		signed("code", "", "", code(identity.ByEmail, "maija@example.org", false, nil)),
		signed("code", "sms", "", code(identity.BySMS, "+358 50 000 0000", true, nil)),
		signed("code", "wrong", "", code(identity.ByEmail, "maija@example.org", false, wrongCode)),
	}
}

// sampleTown is an organisation with one service at one office.
func sampleTown() *catalog.Config {
	c := &catalog.Config{
		Version: 1,
		Org: org.Organisation{
			ID: "vuorela", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
			Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		},
		Offices:  []org.Office{{ID: "kallio", Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls servicepunkt", "en": "Kallio service point", "cs": "Pobočka Kallio"}}},
		Services: []catalog.Service{{ID: "passport", Name: i18n.Text{"fi": "Passi", "sv": "Pass", "en": "Passport", "cs": "Cestovní pas"}}},
	}
	if err := c.Prepare(); err != nil {
		panic("my: the samples' town: " + err.Error())
	}
	return c
}

func folderSamples() []web.Sample {
	town := sampleTown()
	show := func(f folderOf) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			f.Now = sampleNow().Unix()
			return ShowFolder(newFolderPage(b, f, func(ids.Org) *catalog.Config { return town }))
		}
	}
	entry := func(days int, state, by string) folder.Entry {
		start := sampleNow().AddDate(0, 0, days).Truncate(time.Hour).Unix()
		return folder.Entry{
			Part: folder.Booked, Org: "vuorela", Service: "passport", Office: "kallio", Subject: "06A1B2C3D4", At: start, End: start + 1200, State: state, MadeByName: by, Until: start - 3600,
		}
	}
	full := folder.Folder{folder.Booked: {entry(-30, "booked", ""), entry(3, "booked", ""), entry(10, "cancelled", "")}}
	came := sampleNow().Add(-time.Hour).Unix()
	full[folder.Visited] = []folder.Entry{
		{Part: folder.Visited, Org: "vuorela", Service: "passport", Office: "kallio", At: came, State: "waiting", Label: "A 017"},
		{Part: folder.Visited, Org: "vuorela", Service: "passport", Office: "kallio", At: came - 86400, End: came - 80000, CalledAt: came - 86000, State: "done", Label: "A 003"},
	}
	sampleTimeline := func(list []folder.Entry, a asked, forName string) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			find := func(ids.Org) *catalog.Config { return town }
			now := sampleNow().Unix()
			says := func(e folder.Entry) string { return lineOf(b, e, town, now).text() }
			return ShowTimeline(newTimelinePage(b, folder.Arrange(list, a.Filter, says, now, a.Page), a, find, forName, now, town.Zone()))
		}
	}
	all := append(slices.Clone(full[folder.Booked]), full[folder.Visited]...)
	all = append(all,
		folder.Entry{Part: folder.Received, Org: "vuorela", Subject: "l1", Title: "Uimahalli avataan", Page: []string{"my", "mailbox", "letter", "l1"}, At: came, End: came, State: "fresh"},
		folder.Entry{Part: folder.Received, Org: "vuorela", Subject: "l2", At: came - 86400, End: came - 86400, State: "to_confirm"},
		folder.Entry{Part: folder.Looked, Org: "vuorela", At: came - 90000, End: came - 90000, State: "looked", Label: "person.read"},
		folder.Entry{Part: folder.Agreed, Org: "vuorela", At: came - 5000000, End: came - 5000000, State: "agreed", Label: "reminders"},
		folder.Entry{Part: folder.Opened, Org: "vuorela", Service: "passport", At: came, End: came + 9000000, State: "access_open"},
	)
	var many []folder.Entry
	for i := range 50 {
		many = append(many, entry(-i*9, "booked", ""))
	}
	shared := folder.Folder{folder.Booked: {entry(3, "booked", "Veikko Mallikas")}}
	return []web.Sample{
		signed("folder", "", "", show(folderOf{Name: sampleName, Entries: full})),
		signed("timeline", "", "", sampleTimeline(all, asked{Page: 1}, "")),
		signed("timeline", "many", "", sampleTimeline(many, asked{Page: 2}, "")),
		signed("timeline", "nothing", "", sampleTimeline(all, asked{Filter: folder.Filter{Text: "qwertzuiop"}, Page: 1}, "")),
		signed("timeline", "wrong", "", sampleTimeline(all, asked{FromTyped: "soon", Wrong: "first", Page: 1}, "")),
		signed("timeline", "association", "Mallilan kyläyhdistys ry", sampleTimeline(shared[folder.Booked], asked{Page: 1}, "Mallilan kyläyhdistys ry")),
		signed("data", "", "", func(b web.Base) web.Component { return ShowData(newDataPage(b, "", true)) }),
		signed("data", "company", "Vuorelan Sauna Oy", func(b web.Base) web.Component {
			return ShowData(newCompanyDataPage(b, "", "Vuorelan Sauna Oy", true))
		}),
		signed("data", "again", "", func(b web.Base) web.Component { return ShowData(newDataPage(b, at(b, "sign-in"), false)) }),
		signed("folder", "opened", "", show(folderOf{Name: sampleName, Entries: folder.Folder{folder.Opened: all[len(all)-1:]}})),
		signed("folder", "waiting", "", show(folderOf{Name: sampleName, Entries: full, Waits: []booking.Waiter{
			{Org: "vuorela", ID: "06A1B2C3D4", Service: "passport", Wish: waiting.Wish{Offices: []ids.Office{"kallio"}}},
			{Org: "vuorela", ID: "06A1B2C3D5", Service: "passport", Wish: waiting.Wish{Earlier: sampleNow().Add(240 * time.Hour).Unix()}},
		}})),
		signed("folder", "care", "", show(folderOf{Name: sampleName, Entries: full, Waits: []booking.Waiter{
			{Org: "vuorela", ID: "1", Service: "passport"},
		}, InVain: map[ids.Waiting]bool{"1": true}, Care: sampleCare()})),
		signed("folder", "family", "", show(folderOf{Name: sampleName, Entries: full, Dependants: []dependant{
			{identity.Choice{Owner: actor.Owner{Person: "p2"}, Name: "Liisa Meikäläinen"}, []folder.Entry{entry(5, "proposed", ""), entry(7, "booked", "")}},
			{identity.Choice{Owner: actor.Owner{Person: "p3"}, Name: "Onni Meikäläinen"}, nil},
		}})),
		signed("folder", "letters", "", show(folderOf{Name: sampleName, Entries: full, Mail: true, NewLetters: 2, MoreCame: true,
			Came: []mailbox.Listed{
				{Org: "vuorela", ID: "l1", Kind: mailbox.Decision, PublishAt: came, Fresh: true, Waits: true, Confirm: true},
				{Org: "vuorela", ID: "l2", Kind: mailbox.Message, PublishAt: came - 86400, Fresh: true, Subject: "Uimahalli avataan 7. joulukuuta"},
				{Org: "vuorela", ID: "l3", Kind: mailbox.Notice, PublishAt: came - 200000, Subject: "Varhaiskasvatuspaikka 1.1.2027 alkaen"},
			},
			Wrote: []mailbox.Listed{{Org: "vuorela", ID: "l4", Inward: true, Kind: mailbox.Claim, PublishAt: came - 300000, Subject: "Oikaisuvaatimus"}},
		})),
		signed("folder", "empty", "", show(folderOf{Name: sampleName})),
		signed("folder", "child", "Liisa Meikäläinen", show(folderOf{Name: sampleName, For: "Liisa Meikäläinen", Entries: full})),
		signed("folder", "association", "Mallilan kyläyhdistys ry", show(folderOf{Name: sampleName, For: "Mallilan kyläyhdistys ry", Company: true, Entries: shared})),
		signed("folder", "unregistered", "Mallilan kyläyhdistys ry", show(folderOf{Name: sampleName, For: "Mallilan kyläyhdistys ry", Company: true, Unregistered: true})),
	}
}

func actingSamples() []web.Sample {
	choices := []identity.Choice{
		{Owner: actor.Owner{Person: "liisa"}, Name: "Liisa Meikäläinen", Until: "2036-05-20"},
		{Owner: actor.Owner{Company: "village"}, Name: "Mallilan kyläyhdistys ry", Role: "signatory", BusinessID: "0000002-7", Until: "2029-06-14"},
		{Owner: actor.Owner{Company: "bakery"}, Name: "Malli-Leipomo Oy", Role: "unheard-of", BusinessID: "0000001-9"},
	}
	show := func(now actor.Owner, list []identity.Choice, why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component { return ShowActing(newActingPage(b, sampleName, now, list, why)) }
	}
	village := identity.Company{ID: "village", Name: "Mallilan kyläyhdistys ry", BusinessID: "0000002-7", Kind: identity.KindAssociation}
	registered := village
	registered.Registered, registered.Email = 1, "info@example.org"
	company := func(c identity.Company, typed identity.Details, saved bool, why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component { return ShowCompany(newCompanyPage(b, c, typed, saved, why)) }
	}
	wrong := fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "account.contact_missing"})
	return []web.Sample{
		signed("acting", "", "", show(actor.Owner{}, choices, nil)),
		signed("acting", "child", "Liisa Meikäläinen", show(actor.Owner{Person: "liisa"}, choices, nil)),
		signed("acting", "nobody", "", show(actor.Owner{}, nil, nil)),
		signed("acting", "refused", "", show(actor.Owner{}, choices, fault.NotFound("acting.not_found"))),
		signed("company", "", village.Name, company(village, identity.Details{}, false, nil)),
		signed("company", "errors", village.Name, company(village, identity.Details{}, false, wrong)),
		signed("company", "saved", village.Name, company(registered, identity.Details{Email: registered.Email}, true, nil)),
	}
}

func otherSamples() []web.Sample {
	ago := func(d time.Duration) int64 { return sampleNow().Add(-d).Unix() }
	sessions := []identity.Session{
		{Hash: []byte{1}, Agent: "Firefox, Linux", CreatedAt: ago(10 * time.Minute), SeenAt: ago(0)},
		{Hash: []byte{2}, Agent: "Safari, iPhone", CreatedAt: ago(40 * time.Minute), SeenAt: ago(20 * time.Minute)},
	}
	zone := sampleTown().Zone()
	name := func(b web.Base) func(ids.Org) string {
		return func(ids.Org) string { return sampleTown().Org.Name.In(b.Lang) }
	}
	reason := i18n.Text{
		"fi": "Asiakas kysyi palvelupisteessä, kuka saa asioida lapsen puolesta", "sv": "Kunden frågade vid disken vem som får företräda barnet",
		"en": "The client asked at the counter who may act for the child", "cs": "Klient se na přepážce ptal, kdo smí jednat za dítě",
	}
	return []web.Sample{
		signed("messages", "", "", func(b web.Base) web.Component { return ShowMessages(newMessagesPage(b, sampleMessages(b, false))) }),
		signed("messages", "said", "", func(b web.Base) web.Component { return ShowMessages(newMessagesPage(b, sampleMessages(b, true))) }),
		signed("messages", "choose", "", func(b web.Base) web.Component {
			b.Title = b.T("consent.title")
			p := MessagesPage{Base: b, Lead: b.T("consent.choose"), Orgs: []ui.Link{{Href: at(b, "my", "messages", "vuorela"), Text: "Vuorela"}, {Href: at(b, "my", "messages", "suu"), Text: "Hammashoitola"}}}
			return ShowMessages(p)
		}),
		signed("sessions", "", "", func(b web.Base) web.Component {
			return ShowSessions(newSessionsPage(b, sessions, []byte{1}, zone, ""))
		}),
		signed("sessions", "done", "", func(b web.Base) web.Component {
			return ShowSessions(newSessionsPage(b, sessions[:1], []byte{1}, zone, "yes"))
		}),
		signed("log", "", "", func(b web.Base) web.Component {
			return ShowLog(newLogPage(b, []Look{
				{At: ago(time.Hour), Org: "vuorela", Action: "person.read", Reason: reason.In(b.Lang)},
				{At: ago(90 * time.Minute), Org: "vuorela", Action: "guardianship.recorded"}, {At: ago(48 * time.Hour), Org: "vuorela", Action: "person.searched"},
			}, name(b), zone))
		}),
		signed("log", "empty", "", func(b web.Base) web.Component { return ShowLog(newLogPage(b, nil, name(b), zone)) }),
	}
}

// eraseSamples are the page on which one asks to be erased, in its states.
func eraseSamples() []web.Sample {
	at := sampleNow().Unix()
	find := func(o ids.Org) *catalog.Config {
		if o == "vuorela" {
			return sampleTown()
		}
		return nil
	}
	one := func(state string, m erasure.Mine, again, done string) web.Sample {
		return signed("erase", state, "", func(b web.Base) web.Component {
			m := m
			m.Days = erasure.DefaultDays
			m.Offices = slices.Clone(m.Offices)
			for i := range m.Offices {
				if m.Offices[i].Word == erasure.Refused {
					m.Offices[i].Ground, m.Offices[i].Why, m.Offices[i].Appeal = erasure.ByLaw, "906/2019, 21 §", b.T("erasing.appeal_usual")
				}
			}
			return ShowErase(newErasePage(b, m, again, find, sampleTown().Zone(), done))
		})
	}
	asked := erasure.Request{State: erasure.Asked, AskedAt: at, DueAt: erasure.DueAt(at, 0)}
	with := func(s erasure.State, late bool, words ...erasure.Word) erasure.Mine {
		m := erasure.Mine{Request: asked}
		m.State = s
		if late {
			m.LookAt = m.DueAt + 86401
		}
		for _, w := range words {
			m.Offices = append(m.Offices, erasure.Office{Org: "vuorela", Word: w})
		}
		return m
	}
	return []web.Sample{
		one("", erasure.Mine{}, "", ""), one("again", erasure.Mine{}, "/fi/sign-in", ""),
		one("hindered", erasure.Mine{Hinders: erasure.Facts{Bookings: 1, Waiting: 1, Courses: 1, Forms: 1, Letters: 1}.Hinders()}, "", ""),
		one("asked", with(erasure.Asked, false, erasure.Open), "", "asked"), one("refused", with(erasure.Asked, false, erasure.Refused), "", ""), one("waits", with(erasure.Asked, true, erasure.Open), "", ""),
		one("back", with(erasure.TakenBack, false), "", "back"), one("erasing", with(erasure.Erasing, false, erasure.Open), "", ""), one("partly", with(erasure.Partly, false, erasure.Refused), "", ""),
	}
}

// sampleCare is care with an end and needs, care without, and care that is over.
func sampleCare() []care.Record {
	today := org.DateOf(sampleNow())
	return []care.Record{
		{Org: "vuorela", Agenda: "teeth", Version: 1, From: today.Add(-30), Until: today.Add(200), Needs: []ids.Service{"passport"}},
		{Org: "vuorela", Agenda: "eyes", Version: 1, From: today.Add(-30)},
		{Org: "vuorela", Agenda: "ears", Version: 1, From: today.Add(-30), Until: today.Add(-1)},
	}
}

// sampleMessages is somebody without a number, or who has refused some of it.
func sampleMessages(b web.Base, said bool) messagesFacts {
	f := messagesFacts{Config: sampleTown(), Account: sampleAccount(b)}
	if said {
		at := sampleNow().Unix()
		f.Account.Phone, f.Done = "+358401234567", "yes"
		f.History = map[notify.Channel][]consent.Row{notify.SMS: {
			{Channel: notify.SMS, Scope: consent.Reminders, At: at - 86400, Basis: consent.ByText}, {Channel: notify.SMS, Scope: consent.Care, Given: true, At: at, Basis: consent.OnPage},
		}}
	}
	return f
}
