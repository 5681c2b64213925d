// Package portal is the door of what everybody may read of the shared mailbox, without signing in: what it is, who joined, forms, guides, questions, terms and register
// description in all their versions, who runs it and who helps (S4.10).
//
// It promises that each page says what is configured and nothing of a reader, so that it can be kept, and that what is not configured has no page and no link. Who joined is
// domain/directory's to say, class names are web/ui's.
package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/directory"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Root is the segment of the address below which the pages are.
const Root = "mailbox"

// Door is the door.
type Door struct {
	Site *web.Site
	// Version is a number that grows with each change of what is configured anywhere.
	Version func(ctx context.Context) (int64, error)
	// Consent is the path of the printed form by which consent is given to a unit; empty where there is none.
	Consent func(lang i18n.Lang) string
	*web.Mux
}

// New returns the door.
func New(site *web.Site, version func(ctx context.Context) (int64, error)) *Door {
	d := &Door{Site: site, Version: version}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// Serves reports whether a path is one of this door.
func Serves(path string) bool {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 4)
	return len(parts) > 1 && parts[1] == Root && (len(parts) < 3 || parts[2] != "feedback")
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/" + Root
	return []web.Route{
		web.GET(at, actor.Public, d.open("", newIntroPage)),
		web.GET(at+"/organisations", actor.Public, d.open("", newListPage)),
		web.GET(at+"/organisations/{joined}", actor.Public, d.open("", newJoinedPage)),
		web.GET(at+"/topics", actor.Public, d.open("", newTopicsPage)),
		web.GET(at+"/topics/{topic}", actor.Public, d.open("", newTopicPage)),
		web.GET(at+"/forms", actor.Public, d.open("", newFormsPage)),
		web.GET(at+"/forms/consent.pdf", actor.Public, d.consentForm),
		web.GET(at+"/guides", actor.Public, d.open("", newGuidesPage)),
		web.GET(at+"/questions", actor.Public, d.open("", newQuestionsPage)),
		web.GET(at+"/terms", actor.Public, d.open("", newTermsPage)),
		web.GET(at+"/terms/{version}", actor.Public, d.open("", newTermsPage)),
		web.GET(at+"/register", actor.Public, d.open("", newRegisterPage)),
		web.GET(at+"/register/{version}", actor.Public, d.open("", newRegisterPage)),
		web.GET(at+"/support", actor.Public, d.open("", newSupportPage)),
		web.GET(at+"/accessibility", actor.Public, d.open("", newAccessibilityPage)),
		web.GET(at+"/site-map", actor.Public, d.open("", newSiteMapPage)),
	}
}

// facts are what a page is made of.
type facts struct {
	In  org.Installation
	Dir directory.Directory
	// Today is the day at the installation.
	Today org.Date
	// Of is what the address names: an organisation, a topic or a version. Query is what was searched for.
	Of, Query string
	// Consent is where the form of consent is; empty for none.
	Consent string
}

// open makes a route of a page: it is kept while nothing that is configured changes and the day is the same.
func (d *Door) open(query string, page func(b web.Base, f facts) (Page, error)) web.Handler {
	return d.Site.Public(web.Public{Query: query, Follow: d.follow}, func(v *web.Visit) error {
		f, err := d.facts(v)
		if err != nil {
			return err
		}
		p, err := page(v.Base(""), f)
		if err != nil {
			return err
		}
		p.size(v.R.URL.Path)
		return v.Render(http.StatusOK, ShowPortal(p))
	})
}

func (d *Door) follow(v *web.Visit) web.Follow {
	zone := v.Zone()
	return func(ctx context.Context) (booking.Stamp, bool) {
		version, err := d.Version(ctx)
		if err != nil {
			return booking.Stamp{}, false
		}
		today := org.DateOf(d.Site.Now().In(zone))
		return booking.Stamp{
			Key: booking.StampKey{Config: version, Day: today.At(0, zone).Unix()}, Until: today.Add(1).At(0, zone).Unix() - 1,
		}, true
	}
}

// facts reads what is configured. An installation without a mailbox has none of these pages: NotFound.
func (d *Door) facts(v *web.Visit) (facts, error) {
	in, err := d.Site.Directory.Installation(v.Ctx())
	if err != nil {
		return facts{}, err
	}
	if in.Mailbox.Keeper == "" {
		return facts{}, notThere()
	}
	orgs, err := d.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return facts{}, err
	}
	f := facts{In: in, Dir: directory.New(v.Lang, in, orgs), Today: org.DateOf(v.Now.In(v.Zone()))}
	for _, name := range []string{"joined", "topic", "version"} {
		f.Of += v.R.PathValue(name)
	}
	if q, ok := i18n.CleanLine(v.Query("q")); ok {
		f.Query = q
	}
	if d.Consent != nil {
		f.Consent = d.Consent(v.Lang)
	}
	return f, nil
}

// ConsentAt is where the form of consent is.
func ConsentAt(l i18n.Lang) string { return "/" + string(l) + "/" + Root + "/forms/consent.pdf" }

// consentForm gives out the printed form by which consent is given to a unit.
func (d *Door) consentForm(v *web.Visit) error {
	f, err := d.facts(v)
	if err != nil {
		return err
	}
	if f.Consent == "" {
		return notThere()
	}
	keeper, err := v.Site.Directory.Config(v.Ctx(), f.In.Mailbox.Keeper)
	if err != nil {
		return err
	}
	form, err := mailbox.BlankConsentForm(v.P, keeper).Write()
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="consent-`+string(v.Lang)+`.pdf"`)
	h.Set("Content-Length", strconv.Itoa(len(form.Bytes)))
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(form.Bytes) // whoever went away gets nothing
	return nil
}

func notThere() error { return fault.NotFound("error.not_found") }

// Page is a page: a heading and its parts in their order.
type Page struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back  string
	Lead  string
	Parts []web.Component
	// Sizes is the form that changes the size of the text; nil shows none.
	Sizes web.Component
}

func newPage(b web.Base, key string) Page {
	b.Title, b.Service = b.T(key), ""
	p := Page{Base: b, Back: at(b)}
	if p.Title != b.T("portal.intro.title") {
		p.Service = b.T("portal.intro.title")
	}
	return p
}

func (p *Page) add(parts ...web.Component) { p.Parts = append(p.Parts, parts...) }

// at is the path of a page of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{Root}, parts...)...)
}

// size puts the form under a page that changes the size of the text, and comes back to it.
func (p *Page) size(path string) {
	now := p.Appearance.Size
	var buttons []web.Component
	for _, s := range []string{"100", "125", "150"} {
		text := p.T("look.sizes." + s)
		if s == now || now == "" && s == "100" {
			text = p.T("portal.size_now", "size", text)
		}
		buttons = append(buttons, ui.SubmitButton(ui.Button{Text: text, Look: ui.Tertiary, Name: "size", Value: s}))
	}
	p.Sizes = sizeForm(ui.FormData{Action: web.Path(p.Lang, "", "look"), Hidden: []ui.Hidden{{Name: "back", Value: path}, {Name: "scheme", Value: p.Appearance.Scheme}}}, p.T("look.size"), buttons)
}
