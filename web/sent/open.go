package sent

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Codes opens what was sent without signing in.
type Codes interface {
	ByToken(ctx context.Context, o ids.Org, token string) (eservice.Submission, error)
	ByCode(ctx context.Context, o ids.Org, number, code string) (eservice.Submission, error)
	StatusToken(x eservice.Submission) string
	Code(x eservice.Submission) string
}

// open is the room of codes, with who is slowed that tries some.
type open struct {
	Codes
	base         string // the address of the installation, before the language
	tries, files *limit.Limiter[netip.Addr]
}

// NewOpen returns the door of who has sent something without signing in: the same pages, opened by a mailed link or by number and code, below the address of the organisation.
func NewOpen(site *web.Site, room Submissions, codes Codes, base string) *Door {
	d := &Door{Site: site, Room: room, open: &open{codes, base, limit.New[netip.Addr](trap.Codes, site.Now), limit.New[netip.Addr](trap.Files, site.Now)}}
	const all = "/{lang}/{org}/sent"
	const one = all + "/form/{id}"
	d.Mux = web.NewMux(site, []web.Route{
		web.GET(all, actor.Public, d.code),
		web.POST(all, actor.Public, d.codePost),
		web.GET(all+"/link/{token}", actor.Public, d.link),
		web.POST(all+"/link/{token}", actor.Public, d.linkPost),
		web.GET(one, actor.SentOpen, d.opened(d.one)),
		web.GET(one+"/document.pdf", actor.SentOpen, d.opened(d.document)),
		web.GET(one+"/sent.json", actor.SentOpen, d.opened(d.words)),
		web.GET(one+"/file/{file}", actor.SentOpen, d.opened(d.file)),
		web.POST(one+"/add/files", actor.SentOpen, d.opened(d.add)),
		web.GET(one+"/anew", actor.SentOpen, d.opened(d.anew)),
		web.POST(one+"/anew/files", actor.SentOpen, d.opened(d.anewPost)),
		web.GET(one+"/withdraw", actor.SentOpen, d.opened(d.withdraw)),
		web.POST(one+"/withdraw", actor.SentOpen, d.opened(d.withdrawPost)),
		web.POST(one+"/forget", actor.Public, d.forgetPost),
	})
	return d
}

// ServesOpen reports whether an address is that door's: /{lang}/{org}/sent and what is below it.
func ServesOpen(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 3 && parts[2] == "sent" && !ids.ReservedOrg(parts[1])
}

// who has sent something, by this door.
func (d *Door) who(v *web.Visit) actor.Actor {
	if d.open != nil {
		return v.Unsigned()
	}
	return v.Actor()
}

// base begins a page of this door.
func (d *Door) base(v *web.Visit) web.Base {
	b := v.Base("")
	b.Unsigned = d.open != nil
	return b
}

// opened is a page of what is open in this browser. For anybody else it is not there, and they are asked for its code.
func (d *Door) opened(h web.Handler) web.Handler {
	return func(v *web.Visit) error {
		if id, ok := v.SentOpen(); !ok || id != idOf(v) {
			return d.ask(v, http.StatusNotFound, "", fault.NotFound("sent_open.closed"))
		}
		err := h(v)
		if fault.Is(err, fault.KindNotFound) && v.R.PathValue("file") == "" {
			return d.ask(v, http.StatusNotFound, "", fault.NotFound("sent_open.closed"))
		}
		return err
	}
}

// code asks for number and code, or goes on to what is open already.
func (d *Door) code(v *web.Visit) error {
	if id, ok := v.SentOpen(); ok && v.Query("done") == "" {
		if _, err := d.Room.Submission(v.Ctx(), d.who(v), id); err == nil {
			return v.SeeOther(at(d.base(v), string(id)))
		}
	}
	return d.ask(v, http.StatusOK, "", nil)
}

func (d *Door) ask(v *web.Visit, status int, number string, why error) error {
	return v.Render(status, ShowSent(newCodePage(d.base(v), number, v.Query("done"), why)))
}

// tried finds what was asked for, no oftener than one network may try.
func (d *Door) tried(v *web.Visit, find func() (eservice.Submission, error)) (eservice.Submission, error) {
	if wait, ok := d.open.tries.Allow(limit.Network(web.SenderOf(v.R, v.Site.Trusted))); !ok {
		return eservice.Submission{}, fault.TooMany("error.too_many", wait)
	}
	return find()
}

// mayAttach holds off whoever brings files too often of whom nobody knows who they are.
func (d *Door) mayAttach(v *web.Visit) error {
	if d.open == nil {
		return nil
	}
	if wait, ok := d.open.files.Allow(limit.Network(web.SenderOf(v.R, v.Site.Trusted))); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	return nil
}

func (d *Door) codePost(v *web.Visit) error {
	number := strings.TrimSpace(v.Form("number"))
	x, err := d.tried(v, func() (eservice.Submission, error) { return d.open.ByCode(v.Ctx(), v.OrgID(), number, v.Form("code")) })
	if fault.Is(err, fault.KindNotFound) {
		return d.ask(v, http.StatusUnprocessableEntity, number, err)
	}
	if err != nil {
		return err
	}
	v.ProveSent(x.Org, x.ID)
	return v.SeeOther(at(d.base(v), string(x.ID)))
}

// link shows the button of a mailed link, and not a word of what it opens: mail scanners open links before people do.
func (d *Door) link(v *web.Visit) error {
	_, err := d.tried(v, func() (eservice.Submission, error) { return d.open.ByToken(v.Ctx(), v.OrgID(), v.R.PathValue("token")) })
	if fault.Is(err, fault.KindNotFound) {
		return d.ask(v, http.StatusNotFound, "", fault.NotFound("sent_open.link_over"))
	}
	if err != nil {
		return err
	}
	return show(v, newOpenLinkPage(d.base(v), v.R.URL.Path))
}

// linkPost opens it: a cookie and a clean address take the link's place.
func (d *Door) linkPost(v *web.Visit) error {
	x, err := d.tried(v, func() (eservice.Submission, error) { return d.open.ByToken(v.Ctx(), v.OrgID(), v.R.PathValue("token")) })
	if fault.Is(err, fault.KindNotFound) {
		return d.ask(v, http.StatusNotFound, "", fault.NotFound("sent_open.link_over"))
	}
	if err != nil {
		return err
	}
	v.ProveSent(x.Org, x.ID)
	return v.SeeOther(at(d.base(v), string(x.ID)))
}

// forgetPost has this browser open nothing more, on a computer that others use.
func (d *Door) forgetPost(v *web.Visit) error {
	v.ForgetUnsigned()
	return v.SeeOther(v.URL("sent") + "?done=forgotten")
}

// newCodePage asks for the number and the code of what was sent.
func newCodePage(b web.Base, number, done string, why error) Page {
	p := newPage(b, b.T("sent_open.title"))
	p.Back, p.Lead = b.URL("forms"), b.T("sent_open.lead")
	p.noSecret()
	if done == "forgotten" {
		p.Done = b.T("sent_open.forgotten")
	}
	bad := ""
	if why != nil {
		p.Trouble, p.HasError = []ui.ErrorItem{{Href: "#number", Text: words(b, why)}}, true
		if fault.IsKey(why, "sent_open.unknown") {
			bad = words(b, why)
		}
	}
	field := func(name, label, hint, value, wrong string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: wrong, Autocomplete: "off", NoSpelling: true, Short: true})
	}
	p.add(parts.Form(ui.FormData{Action: b.URL("sent")},
		field("number", b.T("submission.fact.number"), b.T("sent_open.number_hint"), number, bad),
		field("code", b.T("sent_open.code"), b.T("sent_open.code_hint"), "", ""),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("sent_open.open")}))))
	p.add(ui.P(b.T("sent_open.signed")), ui.A(ui.Link{Href: web.Path(b.Lang, "", "my", "sent"), Text: b.T("submission.list_title")}))
	return p
}

func words(b web.Base, err error) string {
	f := fault.Of(err)
	return b.Printer.TA(f.Key, f.Args)
}

// newOpenLinkPage is where a mailed link leads.
func newOpenLinkPage(b web.Base, action string) Page {
	p := newPage(b, b.T("sent_open.link_title"))
	p.Lead = b.T("sent_open.link_lead")
	p.noSecret()
	p.add(parts.Form(ui.FormData{Action: action}, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("sent_open.open")}))))
	return p
}

// noSecret takes the address of this page, in which a mailed link's secret may be, out of every other address.
func (p *Page) noSecret() {
	for i, l := range p.FooterLinks {
		p.FooterLinks[i].Href, _, _ = strings.Cut(l.Href, "?")
	}
}

// kept says how what was sent is found again by who has not signed in, and how they hear of it.
func (f facts) kept(b web.Base) []web.Component {
	if !b.Unsigned {
		return nil
	}
	told := b.T("sent_open.told_none")
	if f.For != nil && f.For.Email != "" {
		told = b.T("sent_open.told", "email", f.For.Email)
	} else if f.For != nil && f.For.Phone != "" {
		told = b.T("sent_open.told_phone", "phone", f.For.Phone)
	}
	rows := []ui.DefinitionRow{{Key: b.T("submission.fact.number"), Value: f.Number}, {Key: b.T("sent_open.code"), Content: ui.Code(f.Code)}, {Key: b.T("sent_open.address"), Content: ui.A(ui.Link{Href: f.Link, Text: f.Link})}}
	return []web.Component{parts.SectionAt("again", b.T("sent_open.again"), ui.P(told), ui.P(b.T("sent_open.again_lead")), ui.DefinitionList(rows),
		parts.Form(ui.FormData{Action: at(b, string(f.ID), "forget")}, ui.P(b.T("sent_open.shared")), parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("sent_open.forget"), Look: ui.Secondary}))))}
}

// decision is what was decided, where it is read here and not in a letter.
func (f facts) decision(b web.Base) []web.Component {
	for i := len(f.Events) - 1; i >= 0; i-- {
		if e := f.Events[i]; e.What == eservice.Answered && e.Text != "" {
			list := []web.Component{ui.Muted(f.at(b, e.At)), ui.H3("", e.Subject), ui.LetterText("", e.Text)}
			if files := f.attached(b, e.Files); len(files) > 0 {
				list = append(list, ui.LinkList(files))
			}
			return []web.Component{parts.SectionAt("decision", b.T("sent_open.decision"), list...)}
		}
	}
	return nil
}
