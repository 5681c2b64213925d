// Package my is the door of who has signed in with an e-ID: signing in and out, the personal folder, one's own details, whom one acts for, and who looked at
// one's data.
//
// It promises that nothing is shown to who has not signed in, that each page says for whom it is, and that an address never holds anything personal. Who may
// do what is left to domain/actor, what happens to domain/identity, class names to web/ui.
package my

import (
	"context"
	"net/http"

	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/dossier"
	"luukku/domain/folder"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/web"
)

// Folders knows what is in somebody's folder.
type Folders interface {
	Folder(ctx context.Context, who actor.Actor) (folder.Folder, error)
}

// Timelines have everything of a folder.
type Timelines interface {
	All(ctx context.Context, who actor.Actor, more ...folder.Source) ([]folder.Entry, error)
}

// Log knows who looked at somebody's data.
type Log interface {
	ReadersOf(ctx context.Context, p ids.Person, most int) ([]Look, error)
}

// Look is one look at somebody's data: when, by which organisation's staff, and why.
type Look struct {
	At     int64
	Org    ids.Org
	Action string
	Reason string
}

// Appointments knows whose an appointment is.
type Appointments interface {
	// MayOpen is nil when an appointment is the actor's, or of whom they act for; else a NotFound fault.
	MayOpen(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment) error
}

// Waiting knows for what somebody waits.
type Waiting interface {
	WaitingOf(ctx context.Context, o actor.Owner) ([]booking.Waiter, error)
	// Waiter returns a place on a waiting list that is the actor's; else a NotFound fault.
	Waiter(ctx context.Context, who actor.Actor, o ids.Org, id ids.Waiting) (booking.Waiter, error)
	Leave(ctx context.Context, who actor.Actor, e booking.Waiter) error
	// CheckCare is an Invalid fault when somebody waits in vain: times are offered only to those in care.
	CheckCare(ctx context.Context, who actor.Actor, c *catalog.Config, e booking.Waiter) error
}

// Mail knows somebody's own mailbox.
type Mail interface {
	Mine(ctx context.Context, who actor.Actor) (mailbox.Mine, error)
	News(ctx context.Context, who actor.Actor) (int, error)
	List(ctx context.Context, who actor.Actor, w mailbox.Wanted, before ids.Letter, most int) ([]mailbox.Listed, bool, error)
}

// Door is the door.
type Door struct {
	Site         *web.Site
	Identity     *identity.Service
	Folders      Folders
	Timelines    Timelines
	Appointments Appointments
	Waiting      Waiting
	Care         *care.Service
	Consent      *consent.Service
	Dossier      *dossier.Service
	Log          Log
	Erasures     Erasures
	// Mail may be nil.
	Mail Mail
	// StaffSignedIn begins a session of staff when a sign-in of theirs came back from the organisation's own provider. May be nil.
	StaffSignedIn func(ctx context.Context, f identity.Finished, agent string) (token string, err error)
	given         *limit.Limiter[ids.Person] // to how many of their data was given
	*web.Mux
}

// New returns the door. Its other fields are set before it is used.
func New(site *web.Site, s *identity.Service) *Door {
	d := &Door{Site: site, Identity: s, given: limit.New[ids.Person](dataRate, site.Now)}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	return []web.Route{
		// signing in
		web.GET("/{lang}/sign-in", actor.Public, d.choose),
		web.POST("/{lang}/sign-in", actor.Public, d.begin),
		web.GET("/{lang}/sign-in/back", actor.Public, d.back),
		web.GET("/{lang}/sign-in/done", actor.FolderRead, d.done),
		web.GET("/{lang}/sign-in/out", actor.Public, d.signedOut),
		web.POST("/{lang}/my/sign-out", actor.Public, d.signOut),
		web.POST("/{lang}/my/stay", actor.FolderRead, d.stay),

		// the first sign-in
		web.GET("/{lang}/my/welcome", actor.AccountManage, d.welcome),
		web.POST("/{lang}/my/welcome", actor.AccountManage, d.welcomePost),
		web.GET("/{lang}/my/welcome/contact", actor.AccountManage, d.contact),
		web.POST("/{lang}/my/welcome/contact", actor.AccountManage, d.contactPost),
		web.GET("/{lang}/my/code/{id}", actor.AccountManage, d.code),
		web.POST("/{lang}/my/code/{id}", actor.AccountManage, d.codePost),
		web.POST("/{lang}/my/code/{id}/again", actor.AccountManage, d.codeAgain),

		// the folder, and what is one's own
		web.GET("/{lang}/my/{$}", actor.FolderRead, d.welcomed(d.folder)),
		web.GET("/{lang}/my/timeline", actor.FolderRead, d.welcomed(d.timeline)),
		web.POST("/{lang}/my/timeline", actor.FolderRead, d.welcomed(d.timelinePost)),
		web.POST("/{lang}/my/open", actor.FolderRead, d.open),
		web.POST("/{lang}/my/leave", actor.FolderRead, d.leave),
		web.GET("/{lang}/my/details", actor.AccountManage, d.welcomed(d.details)),
		web.POST("/{lang}/my/details", actor.AccountManage, d.welcomed(d.detailsPost)),
		web.GET("/{lang}/my/sessions", actor.AccountManage, d.welcomed(d.sessions)),
		web.POST("/{lang}/my/sessions", actor.AccountManage, d.welcomed(d.sessionsPost)),
		web.GET("/{lang}/my/messages", actor.AccountManage, d.welcomed(d.messages)),
		web.GET("/{lang}/my/messages.json", actor.AccountManage, d.welcomed(d.export)),
		web.GET("/{lang}/my/data", actor.AccountManage, d.welcomed(d.data)),
		web.POST("/{lang}/my/data", actor.AccountManage, d.welcomed(d.dataPost)),
		web.GET("/{lang}/my/data/erase", actor.AccountManage, d.welcomed(d.erase)),
		web.POST("/{lang}/my/data/erase", actor.AccountManage, d.welcomed(d.erasePost)),
		web.GET("/{lang}/my/messages/{of}", actor.AccountManage, d.welcomed(d.messagesAt)),
		web.POST("/{lang}/my/messages/{of}", actor.AccountManage, d.welcomed(d.messagesPost)),
		web.GET("/{lang}/my/log", actor.AccountManage, d.welcomed(d.log)),

		// for whom
		web.GET("/{lang}/my/acting", actor.AccountSwitch, d.welcomed(d.acting)),
		web.POST("/{lang}/my/acting", actor.AccountSwitch, d.welcomed(d.actingPost)),
		web.GET("/{lang}/my/company", actor.FolderRead, d.welcomed(d.company)),
		web.POST("/{lang}/my/company", actor.FolderRead, d.welcomed(d.companyPost)),
	}
}

// welcomed leads who has not completed a first sign-in to where they do.
func (d *Door) welcomed(h web.Handler) web.Handler {
	return func(v *web.Visit) error {
		if s := v.Signed(); s != nil && !s.Welcomed {
			return v.SeeOther(web.Path(v.Lang, "", "my", "welcome"))
		}
		return h(v)
	}
}

// config is what an organisation has configured, nil when it is not there.
func (d *Door) config(ctx context.Context, o ids.Org) *catalog.Config {
	c, err := d.Site.Directory.Config(ctx, o)
	if err != nil {
		return nil
	}
	return c
}

// render shows a page.
func render(v *web.Visit, bad bool, c web.Component) error {
	status := http.StatusOK
	if bad {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, c)
}

// at is an address of this door.
func at(b web.Base, parts ...string) string { return web.Path(b.Lang, "", parts...) }
