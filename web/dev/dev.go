// Package dev is the door of the demo's tools: the outbox with every mail that would have been sent, the clock that can be moved forward, and where to
// find the rest.
//
// It is opened by the demo alone, never where people are really served. It promises that a mail is shown as it would have arrived, inside a frame that
// runs nothing and loads nothing, and that its links work. What the mails say is left to the jobs, keeping them to the store.
package dev

import (
	"context"
	"net/http"
	"strings"
	"time"

	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/store"
	"luukku/web"
	"luukku/web/ui"
)

// Outbox is the mailer of the demo, which can be told to fail.
type Outbox interface {
	notify.Mailer
	// FailNext makes the next n messages fail, for good or only for now. Zero ends it.
	FailNext(n int, permanent bool)
	// Failing returns how many messages are still to fail, and whether for good.
	Failing() (n int, permanent bool)
}

// Mails is where the outbox's mails are kept.
type Mails interface {
	// KeptMails returns the newest mails, newest first.
	KeptMails(ctx context.Context, most int) ([]store.Kept, error)
	// KeptMail returns one mail, or a NotFound fault.
	KeptMail(ctx context.Context, id string) (store.Kept, error)
}

// Door is the door of the demo's tools.
type Door struct {
	site    *web.Site
	mails   Mails
	outbox  Outbox
	forward func(ctx context.Context, d time.Duration) error
	kick    func()
	phones  Phones
	// Lobbies opens the demo's lobbies.
	Lobbies Lobbies
	*web.Mux
}

// New returns the door. phones are whom the demo's phones write to; forward moves the demo's clock ahead for good; kick tells the jobs that the time has changed.
func New(site *web.Site, mails Mails, outbox Outbox, phones Phones, forward func(ctx context.Context, d time.Duration) error, kick func()) *Door {
	d := &Door{site: site, mails: mails, outbox: outbox, phones: phones, forward: forward, kick: kick}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

func (d *Door) routes() []web.Route {
	return []web.Route{
		web.GET("/{lang}/dev", actor.Public, d.overview),
		web.GET("/{lang}/dev/{$}", actor.Public, d.overview),
		web.GET("/{lang}/dev/outbox", actor.Public, d.list),
		web.POST("/{lang}/dev/outbox", actor.Public, d.listPost),
		web.GET("/{lang}/dev/outbox.json", actor.Public, d.json),
		web.GET("/{lang}/dev/outbox/{id}", actor.Public, d.mail),
		web.POST("/{lang}/dev/outbox/{id}", actor.Public, d.mailPost),
		web.GET("/{lang}/dev/outbox/{id}/html", actor.Public, d.html),
		web.GET("/{lang}/dev/outbox/{id}/calendar.ics", actor.Public, d.calendar),
		web.GET("/{lang}/dev/phone", actor.Public, d.phone),
		web.POST("/{lang}/dev/phone", actor.Public, d.phonePost),
		web.GET("/{lang}/dev/phone.json", actor.Public, d.phoneJSON),
		web.GET("/{lang}/dev/lobby", actor.Public, d.lobby),
		web.POST("/{lang}/dev/lobby", actor.Public, d.lobbyPost),
		web.GET("/{lang}/dev/clock", actor.Public, d.clock),
		web.POST("/{lang}/dev/clock", actor.Public, d.clockPost),
	}
}

// OverviewPage says what there is.
type OverviewPage struct {
	web.Base
	Tools []ui.Link
	Orgs  []ui.Link
}

func (d *Door) overview(v *web.Visit) error {
	orgs, err := d.site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowOverview(newOverview(v.Base(""), orgs)))
}

func newOverview(b web.Base, orgs []org.Organisation) OverviewPage {
	b.Title, b.NoIndex = b.T("dev.title"), true
	p := OverviewPage{Base: b, Tools: []ui.Link{
		{Href: path(b, "outbox"), Text: b.T("dev.outbox")}, {Href: path(b, "phone"), Text: b.T("dev.phone")},
		{Href: path(b, "lobby"), Text: b.T("dev.lobby")}, {Href: path(b, "clock"), Text: b.T("dev.clock")},
		{Href: path(b, "gallery"), Text: b.T("dev.gallery")},
	}}
	for _, o := range orgs {
		name, lang := o.Name.InOK(b.Lang)
		l := ui.Link{Href: web.Path(b.Lang, o.ID), Text: name}
		if lang != b.Lang {
			l.Lang = string(lang)
		}
		p.Orgs = append(p.Orgs, l)
	}
	return p
}

// path is the address of a page of this door.
func path(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"dev"}, parts...)...)
}

// tabs lead from each page of this door to the others.
func tabs(b web.Base, current string) []ui.Link {
	links := []ui.Link{{Href: path(b), Text: b.T("dev.title")}}
	for _, name := range []string{"outbox", "phone", "lobby", "clock"} {
		links = append(links, ui.Link{Href: path(b, name), Text: b.T("dev." + name), Current: name == current})
	}
	return links
}

// stamp is a moment as a table tells it: "23 Nov 2026 9:20:05".
func stamp(b web.Base, t time.Time) string {
	return strings.Join([]string{b.Printer.ShortDate(t), b.Printer.Clock(t)}, " ")
}
