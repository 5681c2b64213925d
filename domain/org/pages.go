package org

import (
	"net/url"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Pages are what the installation says of its mailbox to everybody: texts that belong to whoever runs it. What is empty is left out of the pages.
type Pages struct {
	// Intro is what the mailbox is, on its first page.
	Intro i18n.Text `json:"intro,omitzero" toml:"intro,omitempty"`
	// Video introduces it, for those who would rather see than read.
	Video Video `json:"video,omitzero" toml:"video,omitempty"`
	// RunBy says who runs it, and who answers for what.
	RunBy i18n.Text `json:"run_by,omitzero" toml:"run_by,omitempty"`
	// Accessibility is the statement of the shared pages.
	Accessibility i18n.Text `json:"accessibility,omitzero" toml:"accessibility,omitempty"`
	// Support are the phones that help.
	Support []Support `json:"support,omitzero" toml:"support,omitempty"`
}

// Video is a film that lies elsewhere. It is linked, never shown in a page: a page of ours asks nobody else for anything.
type Video struct {
	// Address is where it can be seen: "https://..."; empty for no film.
	Address string `json:"address,omitzero" toml:"address,omitempty"`
	// Transcript is all that is said and shown in it.
	Transcript i18n.Text `json:"transcript,omitzero" toml:"transcript,omitempty"`
}

// Support is a phone that helps, with what it helps with and when it is answered.
type Support struct {
	Name  i18n.Text `json:"name" toml:"name"`
	About i18n.Text `json:"about,omitzero" toml:"about,omitempty"`
	Phone string    `json:"phone" toml:"phone"`
	Hours i18n.Text `json:"hours,omitzero" toml:"hours,omitempty"`
}

// PrintForm is a form to be printed and filled in by hand.
type PrintForm struct {
	Name  i18n.Text `json:"name" toml:"name"`
	About i18n.Text `json:"about,omitzero" toml:"about,omitempty"`
	// Address is where it is: "https://...", or a path of this installation, such as "/fi/...".
	Address string `json:"address" toml:"address"`
}

// Guide is a text that helps with one thing.
type Guide struct {
	Title i18n.Text `json:"title" toml:"title"`
	Text  i18n.Text `json:"text" toml:"text"`
}

// Question is one that is often asked, with its answer.
type Question struct {
	Question i18n.Text `json:"question" toml:"question"`
	Answer   i18n.Text `json:"answer" toml:"answer"`
}

// Topic is what services are looked for by.
type Topic struct {
	ID   string    `json:"id" toml:"id"`
	Name i18n.Text `json:"name" toml:"name"`
}

// Matter is something that organisations send letters about. It is named once, for all of them.
type Matter struct {
	ID    string    `json:"id" toml:"id"`
	Topic string    `json:"topic" toml:"topic"` // the ID of a Topic
	Name  i18n.Text `json:"name" toml:"name"`
}

// RegisterOn is the register description that holds on a day, as TermsOn has the terms.
func (m Mailbox) RegisterOn(day Date) (t Terms, ok bool) {
	t, ok = Mailbox{Keeper: m.Keeper, Terms: m.Register}.TermsOn(day)
	return t, ok
}

// Joined reports whether an organisation takes part in the shared mailbox: it sends letters, or can be written to.
func (o Organisation) Joined() bool { return len(o.Sends) > 0 || o.ReceivesLetters }

// maxPages is the most of a list that the pages of an installation take: they are shown whole.
const maxPages = 50

// pages checks what the installation says to everybody.
func (p *problems) pages(in Installation) {
	p.text("installation.pages.intro", in.Pages.Intro, maxText)
	p.text("installation.pages.run_by", in.Pages.RunBy, maxText)
	p.text("installation.pages.accessibility", in.Pages.Accessibility, maxText)
	p.text("installation.pages.video.transcript", in.Pages.Video.Transcript, maxText)
	if a := in.Pages.Video.Address; a != "" {
		p.address("installation.pages.video.address", a, false)
		if in.Pages.Video.Transcript.In(in.Default) == "" {
			p.add("installation.pages.video.transcript", "a film needs a transcript, for those who cannot see or hear it")
		}
	}
	p.few("installation.pages.support", len(in.Pages.Support))
	for i, s := range in.Pages.Support {
		path := at("installation.pages.support", i)
		p.name(path+".name", s.Name)
		p.text(path+".about", s.About, maxText)
		p.contact(path, s.Phone, nil, "")
		p.text(path+".hours", s.Hours, maxName)
		if s.Phone == "" {
			p.add(path+".phone", "must not be empty")
		}
	}
	p.few("installation.forms", len(in.Forms))
	for i, f := range in.Forms {
		path := at("installation.forms", i)
		p.name(path+".name", f.Name)
		p.text(path+".about", f.About, maxText)
		p.address(path+".address", f.Address, true)
	}
	p.few("installation.guides", len(in.Guides))
	for i, g := range in.Guides {
		p.name(at("installation.guides", i)+".title", g.Title)
		p.paragraphs(at("installation.guides", i)+".text", g.Text)
	}
	p.few("installation.questions", len(in.Questions))
	for i, q := range in.Questions {
		p.name(at("installation.questions", i)+".question", q.Question)
		p.paragraphs(at("installation.questions", i)+".answer", q.Answer)
	}
	p.vocabulary(in)
	p.versions("installation.mailbox.register", in.Mailbox.Register)
	p.grounds(in.Mailbox)
}

// mostRemindDays is the longest that a reminder can wait.
const mostRemindDays = 60

// grounds checks the rules by which letters go without paper, and when people are reminded.
func (p *problems) grounds(m Mailbox) {
	if m.RemindDays < 0 || m.RemindDays > mostRemindDays {
		p.add("installation.mailbox.remind_days", "must be from 0 to 60")
	}
	p.few("installation.mailbox.grounds", len(m.Grounds))
	var before Date
	for i, g := range m.Grounds {
		path := at("installation.mailbox.grounds", i)
		switch {
		case g.From.IsZero():
			p.add(path+".from", "must not be empty")
		case !before.IsZero() && !before.Before(g.From):
			p.add(path+".from", "must be after the one before")
		}
		before = g.From
		if !slices.Contains([]string{GroundAll, GroundPeople, GroundCompanies}, g.For) {
			p.add(path+".for", "must be all, people or companies")
		}
		if strings.TrimSpace(g.Source) == "" {
			p.add(path+".source", "must not be empty")
		} else if len([]rune(g.Source)) > maxName {
			p.add(path+".source", "is too long")
		}
	}
}

// vocabulary checks topics and matters.
func (p *problems) vocabulary(in Installation) {
	p.few("installation.topics", len(in.Topics))
	p.few("installation.matters", len(in.Matters))
	topics, matters := map[string]bool{}, map[string]bool{}
	for i, t := range in.Topics {
		p.key(at("installation.topics", i)+".id", t.ID, topics)
		p.name(at("installation.topics", i)+".name", t.Name)
	}
	for i, m := range in.Matters {
		path := at("installation.matters", i)
		p.key(path+".id", m.ID, matters)
		p.name(path+".name", m.Name)
		if !topics[m.Topic] {
			p.add(path+".topic", "there is no topic %.60q", m.Topic)
		}
	}
}

// versions checks texts that hold one after the other, each from its day on.
func (p *problems) versions(path string, list []Terms) {
	last := Date{}
	for i, t := range list {
		d, err := ParseDate(t.Version)
		if err != nil {
			p.add(at(path, i)+".version", "want the day from which it holds, such as 2026-01-01, not %.40q", t.Version)
		} else if !last.Before(d) {
			p.add(at(path, i)+".version", "want each version after the one before it: the oldest stands first")
		}
		last = d
		p.paragraphs(at(path, i)+".text", t.Text)
	}
}

func (p *problems) key(path, id string, taken map[string]bool) {
	switch {
	case !ids.ValidSlug(id):
		p.add(path, "%s", slugRule(id))
	case taken[id]:
		p.add(path, "%q is taken already", id)
	}
	taken[id] = true
}

func (p *problems) few(path string, n int) {
	if n > maxPages {
		p.add(path, "has %d rows, at most %d are taken", n, maxPages)
	}
}

// paragraphs checks a longer text that must be there.
func (p *problems) paragraphs(path string, t i18n.Text) {
	if strings.TrimSpace(t.In(i18n.Default)) == "" {
		p.add(path, "must not be empty")
	}
	p.text(path, t, maxText)
}

// address checks where something can be had: a page of the web over TLS or, where own is true, a path of this installation.
func (p *problems) address(path, s string, own bool) {
	u, err := url.Parse(s)
	switch {
	case err == nil && len(s) <= 500 && u.Scheme == "https" && u.Host != "" && u.User == nil:
	case own && err == nil && len(s) <= 500 && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.Contains(s, `\`) && u.Host == "":
	case own:
		p.add(path, "want an address that begins with https://, or a path of this installation such as /fi/..., not %.80q", s)
	default:
		p.add(path, "want an address that begins with https://, not %.80q", s)
	}
}
