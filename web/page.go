package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/feedback"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web/ui"
)

// Base is what every page's struct embeds: the document around the page, and the words to write it with.
type Base struct {
	ui.Page
	Lang i18n.Lang
	Org  ids.Org
	// Unsigned says that the page is of a form that is filled in or was sent without signing in, whoever has signed in meanwhile.
	Unsigned bool
	// Keys are the reader's own function keys, on the pages of desks.
	Keys staff.Keys
}

// T writes a text in the page's language.
func (b Base) T(key string, args ...any) string { return b.Printer.T(key, args...) }

// N writes a text that counts.
func (b Base) N(key string, n int, args ...any) string { return b.Printer.N(key, n, args...) }

// URL returns the address of a page of the organisation, in the page's language.
func (b Base) URL(parts ...string) string { return Path(b.Lang, b.Org, parts...) }

// Base begins a page with a title. A page that belongs to a service or the like sets Service afterwards.
func (v *Visit) Base(title string) Base {
	b := Base{Lang: v.Lang, Page: ui.Page{Printer: v.P, Title: title, Assets: v.Site.Assets, Appearance: v.Look()}}
	if v.Org != nil {
		b.Org = v.OrgID()
		v.Site.dress(&b, v.Org.Org, v.lookURL(b))
		b.LangLinks = langLinks(v.R.URL.EscapedPath(), v.R.URL.RawQuery, v.Lang, v.Org.Org.Languages)
	} else {
		in, err := v.Site.Directory.Installation(v.Ctx())
		if err != nil && !fault.Is(err, fault.KindNotFound) && !fault.Left(v.Ctx()) {
			v.Site.Log.Warn("installation unreadable", "error", err.Error())
		}
		v.Site.dressInstallation(&b, in, v.lookURL(b))
		b.LangLinks = langLinks(v.R.URL.EscapedPath(), v.R.URL.RawQuery, v.Lang, in.Languages)
	}
	if b.Signed = v.signedBar(); b.Signed != nil && len(b.Nav) > 0 {
		b.Nav = b.Nav[:len(b.Nav)-1] // the way in, which is behind them
	}
	b.Preview = v.Site.Preview
	if l, ok := v.feedback(b); ok {
		b.FooterLinks = append([]ui.Link{l}, b.FooterLinks...)
	}
	if d := v.Site.Demo; d != nil {
		b.Demo = &ui.DemoBar{OutboxURL: d.OutboxPath, ClockURL: d.ClockPath, Now: v.P.At(v.Now.In(v.Zone()))}
	}
	return b
}

// feedback leads to where something can be said of the page: of one that is the same for everybody, to whoever offers it. Other addresses go nowhere: they may say whose they are.
func (v *Visit) feedback(b Base) (ui.Link, bool) {
	o, _, ok := feedback.PageOf(v.R.URL.Path)
	if !ok || v.Site.Preview != nil || o != b.Org || o == "" && len(b.FooterLinks) < 2 { // an installation without a mailbox has nobody who hears of it
		return ui.Link{}, false
	}
	at := b.URL("feedback")
	if o == "" {
		at = Path(b.Lang, "", "mailbox", "feedback")
	}
	return ui.Link{Href: at + "?" + url.Values{"about": {v.R.URL.Path}}.Encode(), Text: b.T("feedback.link")}, true
}

// lookURL is the page of text size and contrast, which leads back to where the reader is.
func (v *Visit) lookURL(b Base) string {
	look := b.URL("look")
	if v.R.Method != http.MethodGet || v.R.URL.Path == look {
		return look
	}
	return look + "?" + url.Values{"back": {v.R.URL.RequestURI()}}.Encode()
}

// Zone is the time zone that a page's times are told in: the organisation's, or, on a page of the installation, that of the first one served here.
func (v *Visit) Zone() *time.Location {
	if v.Org != nil {
		return v.Org.Zone()
	}
	orgs, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil || len(orgs) == 0 {
		return time.UTC
	}
	zone, err := orgs[0].Location()
	if err != nil {
		return time.UTC
	}
	return zone
}

// dress gives a page the looks and the links of an organisation.
func (s *Site) dress(b *Base, o org.Organisation, look string) {
	b.Brand = ui.Brand{Name: o.ShortName(), FrontURL: b.URL(), LogoURL: s.LogoURL(o.Brand), LogoAlt: o.Brand.LogoAlt}
	b.ThemeURL = s.ThemeURL(o.Brand)
	b.Help = ui.Help{Phone: o.Phone, Hours: o.PhoneHours.In(b.Lang)}
	b.Nav = []ui.Link{{Href: b.URL("appointment"), Text: b.T("web.nav.manage")}, {Href: Path(b.Lang, "", "my") + "/?org=" + string(b.Org), Text: b.T("web.nav.my")}}
	if o.MailboxOnly { // it has no services and no offices here
		b.Nav = b.Nav[1:]
		b.FooterLinks = []ui.Link{
			{Href: Path(b.Lang, "", "mailbox", "organisations", string(o.ID)), Text: b.T("web.nav.contact")},
			{Href: b.URL("accessibility"), Text: b.T("web.nav.accessibility")},
			{Href: b.URL("privacy"), Text: b.T("web.nav.privacy")},
			{Href: look, Text: b.T("web.nav.look")},
		}
		return
	}
	b.FooterLinks = []ui.Link{
		{Href: b.URL("help"), Text: b.T("web.nav.help")},
		{Href: b.URL("offices"), Text: b.T("web.nav.contact")},
		{Href: b.URL("site-map"), Text: b.T("web.nav.site_map")},
		{Href: b.URL("accessibility"), Text: b.T("web.nav.accessibility")},
		{Href: b.URL("privacy"), Text: b.T("web.nav.privacy")},
		{Href: look, Text: b.T("web.nav.look")},
	}
}

func (s *Site) dressInstallation(b *Base, in org.Installation, look string) {
	b.Brand = ui.Brand{Name: in.Name, FrontURL: Path(b.Lang, ""), LogoURL: s.LogoURL(in.Brand), LogoAlt: in.Brand.LogoAlt}
	if len(in.Name) == 0 {
		b.Brand.Name = i18n.Text{b.Lang: "Luukku"}
	}
	b.ThemeURL = s.ThemeURL(in.Brand)
	b.Nav = []ui.Link{{Href: Path(b.Lang, "", "my") + "/", Text: b.T("web.nav.my")}}
	if in.Mailbox.Keeper != "" {
		if list := in.Pages.Support; len(list) > 0 {
			b.Help = ui.Help{Phone: list[0].Phone, Hours: list[0].Hours.In(b.Lang)}
		}
		box := func(page string) string { return Path(b.Lang, "", "mailbox", page) }
		b.FooterLinks = []ui.Link{
			{Href: Path(b.Lang, "", "mailbox"), Text: b.T("portal.intro.title")},
			{Href: box("organisations"), Text: b.T("portal.list.title")},
			{Href: box("support"), Text: b.T("portal.support.title")},
			{Href: box("site-map"), Text: b.T("web.nav.site_map")},
			{Href: box("accessibility"), Text: b.T("web.nav.accessibility")},
		}
	}
	b.FooterLinks = append(b.FooterLinks, ui.Link{Href: look, Text: b.T("web.nav.look")})
}

// langLinks lead to the same page in the other languages. The path is escaped.
func langLinks(path, query string, current i18n.Lang, langs []i18n.Lang) []ui.LangLink {
	rest := strings.TrimPrefix(path, "/"+string(current))
	if rest == path || rest == "" {
		rest = "/"
	}
	if query != "" {
		rest += "?" + query
	}
	if len(langs) == 0 { // before set-up
		for _, l := range i18n.Languages() {
			langs = append(langs, l.Code)
		}
	}
	out := make([]ui.LangLink, 0, len(langs))
	for _, l := range langs {
		out = append(out, ui.LangLink{Lang: l, Href: "/" + string(l) + rest, Current: l == current})
	}
	return out
}

// Look is the reader's choice of text size and colours.
func (v *Visit) Look() ui.Appearance { return v.Site.look(v.R).appearance() }

// look is a choice of text size and colours, as a number: the place of the size times four, and that of the scheme.
type look uint8

var (
	sizes   = [...]string{"100", "125", "150"}
	schemes = [4]string{"auto", "light", "dark", "contrast"}
)

// look reads the choice of whoever sends a request. What is not a choice there is counts as the ordinary one.
func (s *Site) look(r *http.Request) look {
	value := cookieIn(r.Header, s.lookName())
	if value == "" {
		return 0
	}
	size, scheme, _ := strings.Cut(value, ".")
	return lookOf(ui.Appearance{Size: size, Scheme: scheme})
}

func lookOf(a ui.Appearance) look {
	size, scheme := slices.Index(sizes[:], a.Size), slices.Index(schemes[:], a.Scheme)
	return look(max(size, 0)*len(schemes) + max(scheme, 0))
}

func (l look) appearance() ui.Appearance {
	return ui.Appearance{Size: sizes[int(l)/len(schemes)], Scheme: schemes[int(l)%len(schemes)]}
}

// value is the choice as the cookie has it.
func (l look) value() string {
	a := l.appearance()
	return a.Size + "." + a.Scheme
}

// SetLook keeps the reader's choice.
func (v *Visit) SetLook(a ui.Appearance) {
	v.setCookie(lookCookie, lookOf(a).value(), lookLife)
}

// Sample is one state of one page, with made-up facts, so that it can be looked at without a database: in the gallery, by the accessibility check and
// for the pictures.
type Sample struct {
	Page  string // such as "citizen/pick"
	State string // such as "taken"; empty for the ordinary one
	// Make returns the page in the language of the base it is given. Title, Service and the like are for it to set.
	Make func(ctx context.Context, b Base) Component
}

// Name is "page--state".
func (s Sample) Name() string {
	name := strings.ReplaceAll(s.Page, "/", "-")
	if s.State != "" {
		name += "--" + s.State
	}
	return name
}

// ShortPath begins the short addresses in text messages: a secret follows, and leads to the page that it opens.
const ShortPath = "/l/"
