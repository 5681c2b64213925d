// Package feedback is the door of what people say of the pages they read: the form, and what those who work here do with it.
//
// It promises that the form needs no puzzle and no name, that nothing typed is lost, that an address in it is one of the pages that are the same for everybody, and that programs which fill in
// everything leave nothing. What is kept, and what of programs is held off, is domain/feedback's and base/trap's to say; class names are web/ui's.
package feedback

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/feedback"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Room is what the door needs of the room of feedback.
type Room interface {
	Give(ctx context.Context, g feedback.Given) error
	List(ctx context.Context, who actor.Actor, o ids.Org, closed bool) ([]feedback.Said, error)
	Read(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work) (feedback.Said, []worklist.Entry, error)
	Done(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work, seen int64, answered bool) error
	Do(ctx context.Context, who actor.Actor, d worklist.Deed) error
	Counts(ctx context.Context, who actor.Actor, o ids.Org) ([]feedback.Count, error)
}

// Door is the door.
type Door struct {
	Site *web.Site
	Room Room
	// Pages and StaffName are set where those who work here have other pages, and names.
	Pages     func(b web.Base, who actor.Actor) []ui.Link
	StaffName func(ctx context.Context, id ids.Staff) string
	senders   *limit.Limiter[netip.Addr]
	*web.Mux
}

// New returns the door.
func New(site *web.Site, room Room) *Door {
	d := &Door{Site: site, Room: room, senders: limit.New[netip.Addr](trap.Saying, site.Now)}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const shared, own, desk = "/{lang}/mailbox/feedback", "/{lang}/{org}/feedback", "/{lang}/staff/{org}/feedback"
	return []web.Route{
		web.GET(shared, actor.Public, d.form),
		web.POST(shared, actor.Public, d.formPost),
		web.GET(own, actor.Public, d.form),
		web.POST(own, actor.Public, d.formPost),

		web.GET(desk, actor.InboxWork, d.list),
		web.GET(desk+"/figures", actor.InboxWork, d.figures),
		web.GET(desk+"/figures.csv", actor.InboxWork, d.figuresCSV),
		web.GET(desk+"/{id}", actor.InboxWork, d.read),
		web.POST(desk+"/{id}", actor.InboxWork, d.do),
	}
}

// Serves reports whether an address is this door's.
func Serves(path string) bool {
	p := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(p) == 3 && p[2] == "feedback":
		return p[1] == "mailbox" || !ids.ReservedOrg(p[1])
	case len(p) >= 4 && p[1] == "staff":
		return p[3] == "feedback"
	}
	return false
}

// Page is a page: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	Back, Done, Wrong, Lead string
	Trouble                 []ui.ErrorItem
	Parts                   []web.Component
}

func (p *Page) add(list ...web.Component) { p.Parts = append(p.Parts, list...) }

func show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowFeedback(p))
}

// asked is the form as it was opened or sent.
type asked struct {
	About string // the page, as PageOf names it
	Path  string // its address; empty when it is none of ours
	Name  string // of the organisation that hears of it
	Token string
	Typed feedback.Given
	Why   error
	Done  bool
}

// purpose is what the token of a form is good for.
const purpose = "feedback-form"

// about is what the page that somebody came from is, and who hears of it: the organisation of the address, or the keeper of the mailbox.
func (d *Door) about(v *web.Visit, path string) (a asked, to ids.Org, err error) {
	o, page, ok := feedback.PageOf(path)
	if v.Org != nil {
		to = v.OrgID()
		a.Name = v.Org.Org.Name.In(v.Lang)
		if !ok || o != to {
			o, page, ok = to, "front", false
		}
	} else {
		in, err := d.Site.Directory.Installation(v.Ctx())
		if err != nil {
			return a, "", err
		}
		if to = in.Mailbox.Keeper; to == "" {
			return a, "", fault.NotFound("error.not_found")
		}
		orgs, err := d.Site.Directory.Organisations(v.Ctx())
		if err != nil {
			return a, "", err
		}
		i := slices.IndexFunc(orgs, func(x org.Organisation) bool { return x.ID == to })
		if i < 0 {
			return a, "", fault.NotFound("error.not_found")
		}
		a.Name = orgs[i].Name.In(v.Lang)
		if !ok || o != "" {
			o, page, ok = "", "mailbox", false
		}
	}
	a.About = page
	if ok {
		a.Path = feedback.Path(v.Lang, o, page)
	}
	return a, to, nil
}

// form asks what somebody has to say.
func (d *Door) form(v *web.Visit) error {
	a, _, err := d.about(v, v.Query("about"))
	if err != nil {
		return err
	}
	a.Done = v.Query("done") != ""
	return d.ask(v, a)
}

func (d *Door) ask(v *web.Visit, a asked) error {
	if a.Token == "" {
		opened := strconv.FormatInt(v.Now.Unix(), 10) + " " + v.Site.Gen.New()
		a.Token = v.Site.Seals.SealToken(purpose, []byte(opened), v.Now.Add(2*trap.Latest))
	}
	return show(v, newFormPage(v.Base(""), v.R.URL.Path, a))
}

// opened reads when a form was opened and what its key is; false for a token that is none of ours, or too old to tell.
func (d *Door) opened(v *web.Visit) (at time.Time, key ids.Work, ok bool) {
	b, err := v.Site.Seals.OpenToken(purpose, v.Form("form"), v.Now)
	if err != nil {
		return at, "", false
	}
	unix, id, _ := strings.Cut(string(b), " ")
	n, err := strconv.ParseInt(unix, 10, 64)
	return time.Unix(n, 0), ids.Work(id), err == nil && id != ""
}

// formPost keeps what somebody said.
func (d *Door) formPost(v *web.Visit) error {
	a, to, err := d.about(v, v.Form("about"))
	if err != nil {
		return err
	}
	a.Typed = feedback.Given{
		Org: to, Page: a.About, Lang: v.Lang, Useful: feedback.Useful(v.Form("useful")), Body: v.Form("body"), Wish: feedback.Answer(v.Form("wish")), Email: v.Form("email"), Phone: v.Form("phone"),
	}
	opened, key, ok := d.opened(v)
	silent, wrong := trap.Judge(opened, v.Now, v.Form("website"))
	if !ok {
		wrong = fault.Invalid("form.too_late", nil)
	}
	if ok && wrong == nil {
		a.Typed.ID, a.Token = key, v.Form("form")
	} else if ok && fault.IsKey(wrong, "form.too_soon") {
		a.Token = v.Form("form") // it may be sent again in a moment
	}
	if !silent {
		if a.Why = wrong; a.Why == nil {
			if wait, allowed := d.senders.Allow(limit.Network(web.SenderOf(v.R, v.Site.Trusted))); !allowed {
				return fault.TooMany("error.too_many", wait)
			}
			a.Why = d.Room.Give(v.Ctx(), a.Typed)
		}
		if fault.Is(a.Why, fault.KindInvalid) {
			return d.ask(v, a)
		}
		if a.Why != nil {
			return a.Why
		}
	}
	q := url.Values{"done": {"thanks"}}
	if a.Path != "" {
		q.Set("about", a.Path)
	}
	return v.SeeOther(v.R.URL.Path + "?" + q.Encode())
}

func newFormPage(b web.Base, action string, a asked) Page {
	b.Title, b.NoIndex = b.T("feedback.title"), true
	p := Page{Base: b, Back: a.Path}
	if a.Done {
		p.Done = b.T("feedback.thanks", "org", a.Name)
		p.add(ui.P(b.T("feedback.thanks_next")))
		if a.Path != "" {
			p.add(ui.LinkButton(ui.Secondary, ui.Link{Href: a.Path, Text: b.T("feedback.back")}))
		}
		return p
	}
	p.Lead = b.T("feedback.lead", "org", a.Name)
	said := map[string]string{}
	if f := fault.Of(a.Why); a.Why != nil {
		for _, x := range f.Fields {
			said[x.Name] = b.Printer.TA(x.Key, x.Args)
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: said[x.Name]})
		}
		if len(f.Fields) == 0 {
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#body", Text: b.Printer.TA(f.Key, f.Args)})
		}
		p.HasError = true
	}
	t := a.Typed
	useful := ui.Choices{Name: "useful", Legend: b.T("feedback.useful"), Optional: true, Error: said["useful"]}
	for _, u := range []feedback.Useful{feedback.Yes, feedback.No} {
		useful.Options = append(useful.Options, ui.Choice{Value: string(u), Label: b.T("feedback.use." + string(u)), Checked: t.Useful == u})
	}
	wish := ui.Choices{Name: "wish", Legend: b.T("feedback.wish"), Hint: b.T("feedback.wish_hint")}
	for _, w := range []feedback.Answer{"", feedback.ByEmail, feedback.ByPhone} {
		wish.Options = append(wish.Options, ui.Choice{Value: string(w), Label: b.T("feedback.by." + wishWord(w)), Checked: t.Wish == w})
	}
	hidden := []ui.Hidden{{Name: "form", Value: a.Token}, {Name: "about", Value: a.Path}}
	p.add(parts.Form(ui.FormData{Action: action, Hidden: hidden},
		ui.Radios(b.Printer, useful),
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("feedback.body"), Hint: b.T("feedback.body_hint"), Value: t.Body, Error: said["body"], Rows: 5, Optional: true}),
		ui.Radios(b.Printer, wish),
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Value: t.Email, Error: said["email"], Type: "email", Autocomplete: "email", NoSpelling: true, Optional: true}),
		ui.TextField(b.Printer, ui.Field{Name: "phone", Label: b.T("common.phone"), Value: t.Phone, Error: said["phone"], Type: "tel", Autocomplete: "tel", NoSpelling: true, Optional: true}),
		ui.Bait("website", b.T("feedback.bait")),
		ui.SubmitButton(ui.Button{Text: b.T("feedback.send")}),
	))
	return p
}

func wishWord(w feedback.Answer) string {
	if w == "" {
		return "none"
	}
	return string(w)
}
