package portal

import (
	"context"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/directory"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state.
func Samples() []web.Sample {
	one := func(page, state, path string, show func(b web.Base, f facts) (Page, error), change func(f *facts)) web.Sample {
		return web.Sample{Page: "portal/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
			f := sampleFacts(b.Lang)
			if change != nil {
				change(&f)
			}
			p, err := show(b, f)
			if err != nil { // the samples have what they name
				return ui.P(fmt.Sprint(err))
			}
			p.size(web.Path(b.Lang, "", Root) + path)
			return ShowPortal(p)
		}}
	}
	of := func(what string) func(f *facts) { return func(f *facts) { f.Of = what } }
	seek := func(q string) func(f *facts) { return func(f *facts) { f.Query = q } }
	return []web.Sample{
		one("intro", "", "", newIntroPage, nil),
		one("intro", "bare", "", newIntroPage, func(f *facts) { f.In.Pages = org.Pages{} }),
		one("organisations", "", "/organisations", newListPage, nil),
		one("organisations", "found", "/organisations", newListPage, seek("aava")),
		one("organisations", "none", "/organisations", newListPage, seek("qqqqq")),
		one("joined", "", "/organisations/vuorela", newJoinedPage, of("vuorela")),
		one("joined", "silent", "/organisations/aavaniemi", newJoinedPage, of("aavaniemi")),
		one("topics", "", "/topics", newTopicsPage, nil),
		one("topic", "", "/topics/school", newTopicPage, of("school")),
		one("forms", "", "/forms", newFormsPage, nil),
		one("guides", "", "/guides", newGuidesPage, nil),
		one("questions", "", "/questions", newQuestionsPage, nil),
		one("terms", "", "/terms", newTermsPage, nil),
		one("terms", "past", "/terms/2025-01-01", newTermsPage, of("2025-01-01")),
		one("terms", "future", "/terms/2027-01-01", newTermsPage, of("2027-01-01")),
		one("register", "", "/register", newRegisterPage, nil),
		one("support", "", "/support", newSupportPage, nil),
		one("accessibility", "", "/accessibility", newAccessibilityPage, nil),
		one("site-map", "", "/site-map", newSiteMapPage, nil),
	}
}

// said is a text in all languages.
func said(fi, sv, en, cs string) i18n.Text { return i18n.Text{"fi": fi, "sv": sv, "en": en, "cs": cs} }

func sampleInstallation() org.Installation {
	lorem := said("Päätökset ja tiedoksiannot sähköisesti.\n\n- Turvallisesti\n- Maksutta", "Beslut och delgivningar elektroniskt.\n\n- Säkert\n- Avgiftsfritt",
		"Decisions and notices electronically.\n\n- Safely\n- Free of charge", "Rozhodnutí a oznámení elektronicky.\n\n- Bezpečně\n- Zdarma")
	hours := said("arkisin klo 9–16", "vardagar kl. 9–16", "weekdays 9:00–16:00", "ve všední dny 9:00–16:00")
	help := said("Tekninen tuki", "Tekniskt stöd", "Technical support", "Technická podpora")
	ask := said("Voinko avata postilaatikon lapselleni?", "Kan jag öppna en brevlåda åt mitt barn?", "Can I open a mailbox for my child?", "Mohu otevřít schránku pro dítě?")
	return org.Installation{
		Name: said("Luukun esittely", "Luukku-demo", "Luukku demo", "Ukázka systému Luukku"), Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi",
		Mailbox: org.Mailbox{
			Keeper: "vuorela", Terms: []org.Terms{{Version: "2025-01-01", Text: lorem}, {Version: "2026-01-01", Text: lorem}, {Version: "2027-01-01", Text: lorem}},
			Register: []org.Terms{{Version: "2026-03-01", Text: lorem}},
		},
		Pages: org.Pages{
			Intro: lorem, RunBy: lorem, Accessibility: lorem, Video: org.Video{Address: "https://video.example/1", Transcript: lorem},
			Support: []org.Support{{Name: help, About: lorem, Phone: "09 000 0011", Hours: hours}, {Name: help, Phone: "09 000 0012", Hours: hours}},
		},
		Forms:     []org.PrintForm{{Name: help, About: hours, Address: "https://forms.example/a.pdf"}},
		Guides:    []org.Guide{{Title: help, Text: lorem}},
		Questions: []org.Question{{Question: ask, Answer: lorem}},
		Topics: []org.Topic{
			{ID: "school", Name: said("Koulu ja opiskelu", "Skola och studier", "School and studies", "Škola a studium")}, {ID: "health", Name: said("Terveys", "Hälsa", "Health", "Zdraví")},
		},
		Matters: []org.Matter{
			{ID: "places", Topic: "school", Name: said("Koulupaikat", "Skolplatser", "School places", "Místa ve školách")},
			{ID: "fees", Topic: "health", Name: said("Asiakasmaksut", "Klientavgifter", "Patient fees", "Poplatky za péči")},
		},
	}
}

func sampleOrgs() []org.Organisation {
	joined := func(id ids.Org, name i18n.Text, writes bool, sends ...string) org.Organisation {
		return org.Organisation{
			ID: id, Name: name, Sends: sends, ReceivesLetters: writes, MailboxOnly: id != "vuorela", Phone: "09 000 0000", Email: "kirjaamo@" + string(id) + ".example", Zone: "Europe/Helsinki",
			Unit: said("Kirjaamo", "Registratorskontoret", "Registry", "Podatelna"), PhoneHours: said("arkisin klo 9–15", "vardagar kl. 9–15", "weekdays 9:00–15:00", "ve všední dny 9:00–15:00"),
		}
	}
	return []org.Organisation{
		joined("vuorela", said("Vuorelan kaupunki", "Vuorela stad", "Town of Vuorela", "Město Vuorela"), true, "places", "fees"),
		joined("aavaniemi", said("Aavaniemen kunta", "Aavaniemi kommun", "Municipality of Aavaniemi", "Obec Aavaniemi"), false, "places"),
		joined("ayrila", said("Äyrilän kunta", "Äyrilä kommun", "Municipality of Äyrilä", "Obec Äyrilä"), true),
	}
}

func sampleFacts(l i18n.Lang) facts {
	in := sampleInstallation()
	day, _ := org.ParseDate("2026-11-20")
	return facts{In: in, Dir: directory.New(l, in, sampleOrgs()), Today: day, Consent: "/" + string(l) + "/mailbox/forms/consent.pdf"}
}
