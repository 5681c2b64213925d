// Package eservice is the door of forms that people fill in: beginning one, its steps, checking the answers, filling it in together with others, and sending it.
//
// It promises that nothing of what is answered is in an address, that what was typed is kept whatever happens (a wrong answer, another window, the end of the session), that a draft of somebody else is
// not there, and that every page works without JavaScript. What is asked and what is wrong is domain/form's to say, who may do what domain/eservice's, how a question looks web/formview's.
package eservice

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/identity"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Forms is what the door needs of the room of forms.
type Forms interface {
	MayBegin(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) (*catalog.Form, []eservice.Draft, error)
	BeginFilling(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, as ids.Submission, lang i18n.Lang) (ids.Submission, error)
	Fillings(ctx context.Context, who actor.Actor) (own, asked []eservice.Draft, err error)
	Filling(ctx context.Context, who actor.Actor, id ids.Submission) (eservice.Filling, error)
	FormAt(ctx context.Context, o ids.Org, id ids.Form, number int64) (*catalog.Form, eservice.Version, *form.Definition, error)
	Refresh(ctx context.Context, who actor.Actor, id ids.Submission) error
	Save(ctx context.Context, who actor.Actor, r eservice.SaveRequest) (eservice.Saved, error)
	AddFile(ctx context.Context, who actor.Actor, id ids.Submission, at, name string, r io.Reader) (file.Attached, error)
	RemoveFile(ctx context.Context, who actor.Actor, id ids.Submission, at string, f ids.File) error
	OpenDraftFile(ctx context.Context, who actor.Actor, id ids.Submission, f ids.File) (file.Attached, *file.Content, error)
	Move(ctx context.Context, who actor.Actor, id ids.Submission) error
	Drop(ctx context.Context, who actor.Actor, id ids.Submission) error
	KeepTyped(ctx context.Context, o ids.Org, session []byte, r eservice.SaveRequest) (string, error)
	TakeKept(ctx context.Context, o ids.Org, id string, session []byte) (eservice.SaveRequest, error)
	Others(ctx context.Context, who actor.Actor, f eservice.Filling) ([]identity.Signer, error)
	Unsigned(ctx context.Context, who actor.Actor, f eservice.Filling) (bool, error)
	Ask(ctx context.Context, who actor.Actor, r eservice.AskRequest) error
	Come(ctx context.Context, who actor.Actor, secret string) (ids.Submission, error)
	Submit(ctx context.Context, who actor.Actor, d eservice.Draft, def *form.Definition, v eservice.Version, key ids.FormKey) (eservice.Submission, error)
	Answer(ctx context.Context, who actor.Actor, id ids.Submission, part string, a eservice.Answer, digest string) error
}

// Door is the door.
type Door struct {
	Site  *web.Site
	Forms Forms
	// Desk is set where one of the staff fills in forms for others; TestCodes lets identifiers of the test range in there.
	Desk      Desk
	TestCodes bool
	// Open is set where forms are filled in without signing in.
	Open *Open
	// Pages are the pages of those who work here that one may see, Keys their function keys. May be nil.
	Pages func(b web.Base, who actor.Actor) []ui.Link
	Keys  func(ctx context.Context, id ids.Staff) staff.Keys
	*web.Mux
}

// New returns the door.
func New(site *web.Site, forms Forms) *Door {
	d := &Door{Site: site, Forms: forms}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const all = "/{lang}/my/forms"
	const one = all + "/draft/{id}"
	return []web.Route{
		web.GET(all, actor.FormFill, d.drafts),
		web.GET(all+"/new/{of}/{form}", actor.Public, d.start), // the form says how surely one must be known
		web.POST(all+"/new/{of}/{form}", actor.FormFill, d.startPost),
		web.GET(all+"/invitation/{token}", actor.FormFill, d.invitation),
		web.POST(all+"/invitation/{token}", actor.FormFill, d.invitationPost),

		web.GET(one, actor.FormFill, d.tasks),
		web.GET(one+"/step/{step}", actor.FormFill, d.step),
		web.POST(one+"/step/{step}", actor.Public, d.stepPost), // what is typed is kept for who is signed in no longer
		web.GET(one+"/check", actor.FormFill, d.check),
		web.POST(one+"/send", actor.FormFill, d.sendPost),
		web.GET(one+"/together", actor.FormFill, d.together),
		web.POST(one+"/together", actor.FormFill, d.togetherPost),
		web.POST(one+"/move", actor.FormFill, d.movePost),
		web.GET(one+"/drop", actor.FormFill, d.dropPage),
		web.POST(one+"/drop", actor.FormFill, d.dropPost),
		web.GET(one+"/file/{file}", actor.FormFill, d.file),
		web.GET(one+"/filled.json", actor.FormFill, d.answersJSON),
	}
}

// Serves reports whether an address is this door's: /{lang}/my/forms and what is below it.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 3 && parts[1] == "my" && parts[2] == "forms"
}

// at is an address of this door; on the pages of those who work here, which are compact, the desk's, and without signing in those of the organisation.
func at(b web.Base, parts ...string) string {
	if b.Unsigned {
		return b.URL(append([]string{"fill"}, parts...)...)
	}
	if b.Compact {
		return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "forms"}, parts...)...)
	}
	return web.Path(b.Lang, "", append([]string{"my", "forms"}, parts...)...)
}

func (d *Door) at(v *web.Visit, parts ...string) string {
	b := web.Base{Lang: v.Lang}
	if d.Desk != nil || d.Open != nil {
		b.Org, b.Compact, b.Unsigned = v.OrgID(), d.Desk != nil, d.Open != nil
	}
	return at(b, parts...)
}

func idOf(v *web.Visit) ids.Submission { return ids.Submission(v.R.PathValue("id")) }

// Page is a page of a form: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	// TitleLang is the language of the title when it is not the page's.
	TitleLang string
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done, Wrong what happened meanwhile.
	Done, Wrong string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	// N and Of say at which step it is; an Of of 0 says nothing.
	N, Of int
	Lead  string
	Parts []web.Component
	// Status is the page's where it does not follow from the rest.
	Status int
}

func newPage(b web.Base, title string) Page {
	b.Title, b.NoIndex = title, true
	return Page{Base: b}
}

func (p *Page) add(parts ...web.Component) { p.Parts = append(p.Parts, parts...) }

func show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case p.Status != 0:
		status = p.Status
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowPage(p))
}

// words are a fault in words: of its first field, where it has one.
func words(b web.Base, err error) string {
	f := fault.Of(err)
	if len(f.Fields) > 0 {
		return b.Printer.TA(f.Fields[0].Key, f.Fields[0].Args)
	}
	return b.Printer.TA(f.Key, f.Args)
}

// clock tells times as a page does.
type clock struct{ zone *time.Location }

func clockOf(v *web.Visit) clock { return clock{v.Zone()} }

func (c clock) at(b web.Base, unix int64) string {
	t := time.Unix(unix, 0).In(c.zone)
	return b.T("mailbox.page.moment", "date", b.Printer.ShortDate(t), "time", b.Printer.Clock(t))
}

func (c clock) day(b web.Base, unix int64) string {
	return b.Printer.ShortDate(time.Unix(unix, 0).In(c.zone))
}
