package org

import (
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
)

func paged() Installation {
	text := i18n.Text{"fi": "Teksti"}
	return Installation{
		Name: text, Languages: []i18n.Lang{"fi"}, Default: "fi",
		Mailbox:   Mailbox{Keeper: "town", Register: []Terms{{Version: "2025-01-01", Text: text}, {Version: "2026-03-01", Text: text}}},
		Pages:     Pages{Intro: text, Video: Video{Address: "https://video.example/1", Transcript: text}, Support: []Support{{Name: text, Phone: "09 000 0011"}}},
		Forms:     []PrintForm{{Name: text, Address: "/fi/mailbox/forms"}, {Name: text, Address: "https://forms.example/a.pdf"}},
		Guides:    []Guide{{Title: text, Text: text}},
		Questions: []Question{{Question: text, Answer: text}},
		Topics:    []Topic{{ID: "health", Name: text}},
		Matters:   []Matter{{ID: "fees", Topic: "health", Name: text}},
	}
}

func TestPagesOfTheInstallationAreChecked(t *testing.T) {
	t.Parallel()
	if got := ValidateInstallation(paged()); len(got) > 0 {
		t.Fatalf("got %v, want nothing wrong", got)
	}
	for path, change := range map[string]func(in *Installation){
		"installation.pages.video.address":         func(in *Installation) { in.Pages.Video.Address = "http://video.example/1" },
		"installation.pages.video.transcript":      func(in *Installation) { in.Pages.Video.Transcript = nil },
		"installation.pages.support[0].phone":      func(in *Installation) { in.Pages.Support[0].Phone = "" },
		"installation.forms[0].address":            func(in *Installation) { in.Forms[0].Address = "//elsewhere.example/a.pdf" },
		"installation.forms[1].address":            func(in *Installation) { in.Forms[1].Address = "javascript:alert(1)" },
		"installation.guides[0].text":              func(in *Installation) { in.Guides[0].Text = nil },
		"installation.questions[0].answer":         func(in *Installation) { in.Questions[0].Answer = nil },
		"installation.matters[0].topic":            func(in *Installation) { in.Topics[0].ID = "else" },
		"installation.topics[1].id":                func(in *Installation) { in.Topics = append(in.Topics, in.Topics[0]) },
		"installation.mailbox.register[1].version": func(in *Installation) { in.Mailbox.Register[1].Version = "2025-01-01" },
		"installation.mailbox.register[0].version": func(in *Installation) { in.Mailbox.Register[0].Version = "first" },
		"installation.mailbox.remind_days":         func(in *Installation) { in.Mailbox.RemindDays = 61 },
		"installation.mailbox.grounds[0].from":     func(in *Installation) { in.Mailbox.Grounds = []Ground{{For: GroundAll, Source: "a"}} },
		"installation.mailbox.grounds[0].for":      func(in *Installation) { in.Mailbox.Grounds = []Ground{{From: DateOf(time.Unix(0, 0)), Source: "a"}} },
		"installation.mailbox.grounds[0].source":   func(in *Installation) { in.Mailbox.Grounds = []Ground{{From: DateOf(time.Unix(0, 0)), For: GroundAll}} },
		"installation.mailbox.grounds[1].from": func(in *Installation) {
			g := Ground{From: DateOf(time.Unix(0, 0)), For: GroundAll, Source: "a"}
			in.Mailbox.Grounds = []Ground{g, g}
		},
		"installation.mailbox.register[0].text":  func(in *Installation) { in.Mailbox.Register[0].Text = nil },
		"installation.questions":                 func(in *Installation) { in.Questions = make([]Question, maxPages+1) },
		"installation.pages.support[0].hours.fi": func(in *Installation) { in.Pages.Support[0].Hours = i18n.Text{"fi": strings.Repeat("a", maxName+1)} },
		"installation.pages.accessibility.xx":    func(in *Installation) { in.Pages.Accessibility = i18n.Text{"xx": "a"} },
		"installation.questions[0].question":     func(in *Installation) { in.Questions[0].Question = i18n.Text{"fi": " "} },
		"installation.matters[0].name":           func(in *Installation) { in.Matters[0].Name = nil },
		"installation.matters[0].id":             func(in *Installation) { in.Matters[0].ID = "Two words" },
	} {
		in := paged()
		change(&in)
		found := false
		for _, p := range ValidateInstallation(in) {
			found = found || p.Path == path
		}
		if !found {
			t.Errorf("%s: nothing said of it, got %v", path, ValidateInstallation(in))
		}
	}
}

func TestTheRegisterDescriptionHoldsFromItsDay(t *testing.T) {
	t.Parallel()
	m := paged().Mailbox
	for day, want := range map[string]string{"2024-12-31": "", "2025-01-01": "2025-01-01", "2026-02-28": "2025-01-01", "2026-03-01": "2026-03-01"} {
		if got, ok := m.RegisterOn(date(t, day)); ok != (want != "") || ok && got.Version != want {
			t.Errorf("%s: got %q, want %q", day, got.Version, want)
		}
	}
}
