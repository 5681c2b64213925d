package my

import (
	"net/http"
	"net/url"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// eidCookie keeps the browser's half of a sign-in, and nextCookie where to go on after it.
const (
	eidCookie  = "eid"
	nextCookie = "next"
)

// SignInPage asks with what to sign in.
type SignInPage struct {
	web.Base
	Action   string
	Hidden   []ui.Hidden
	Means    []Means
	Stronger bool
	Booking  bool // whether one comes from a time that one has chosen
	Trouble  string
	Demo     bool
}

// Means is a means to sign in.
type Means struct {
	Value, Name, Help string
}

// choose shows the means to sign in.
func (d *Door) choose(v *web.Visit) error {
	return d.showMeans(v, http.StatusOK, wishOf(v.R.URL.Query()), nil)
}

// wish is what a sign-in is for.
type wish struct {
	org   ids.Org
	next  string
	level actor.Level
}

// wishOf reads what a sign-in is for. Where to go on is a path of this site, or nothing.
func wishOf(q url.Values) wish {
	w := wish{org: ids.Org(q.Get("org"))}
	if next, ok := web.Inside(q.Get("next")); ok {
		w.next = next
	}
	w.level, _ = actor.ParseLevel(q.Get("level"))
	return w
}

func (d *Door) showMeans(v *web.Visit, status int, w wish, why error) error {
	if w.org != "" {
		if v.Org = d.config(v.Ctx(), w.org); v.Org == nil {
			w.org = ""
		}
	}
	list, err := d.Identity.Providers(v.Ctx(), w.org, identity.ForCitizens)
	if err != nil {
		return err
	}
	v.FormsMayLeave() // to the provider
	return v.Render(status, ShowSignIn(newSignInPage(v.Base(""), w, list, v.Site.Demo != nil, v.Signed() != nil, why)))
}

func newSignInPage(b web.Base, w wish, list []identity.Provider, demo, stronger bool, why error) SignInPage {
	p := SignInPage{Base: b, Action: web.Path(b.Lang, "", "sign-in"), Demo: demo, Stronger: stronger}
	p.Title, p.NoIndex = b.T("sign_in.title"), true
	p.Booking = strings.Contains(w.next, "/book/draft/")
	if stronger {
		p.Title = b.T("sign_in.stronger_title")
	}
	p.Hidden = []ui.Hidden{{Name: "org", Value: string(w.org)}, {Name: "next", Value: w.next}, {Name: "level", Value: w.level.String()}}
	for _, m := range list {
		if !reaches(m, w.level) {
			continue
		}
		p.Means = append(p.Means, Means{Value: string(m.Org) + "/" + string(m.ID), Name: m.Name.In(b.Lang), Help: m.Help.In(b.Lang)})
	}
	if why != nil {
		f := fault.Of(why)
		p.HasError, p.Trouble = true, b.Printer.TA(f.Key, f.Args)
	}
	return p
}

// reaches reports whether a means can prove a level.
func reaches(p identity.Provider, level actor.Level) bool {
	for _, l := range p.Levels {
		if l >= max(level, actor.LevelLow) {
			return true
		}
	}
	return false
}

// begin leads to the provider that was chosen.
func (d *Door) begin(v *web.Visit) error {
	w := wishOf(v.R.PostForm)
	o, id, _ := strings.Cut(v.Form("means"), "/")
	r := identity.BeginRequest{
		Org: ids.Org(o), Provider: ids.Provider(id), Level: w.level, Next: w.next, Lang: v.Lang, Audience: identity.ForCitizens,
	}
	if v.Signed() != nil {
		r.Step = v.Token()
	}
	to, browser, err := d.Identity.Begin(v.Ctx(), r)
	switch {
	case fault.Is(err, fault.KindUnavailable):
		v.RetryLater(err)
		return d.showMeans(v, http.StatusServiceUnavailable, w, err)
	case fault.Is(err, fault.KindNotFound):
		return d.showMeans(v, http.StatusUnprocessableEntity, w, fault.Invalid("sign_in.no_provider", nil))
	case err != nil:
		return err
	}
	v.KeepSealed(eidCookie, browser)
	return v.SeeOther(to)
}

// back takes what comes back from a provider. Its address is the same for all languages and organisations: providers know it by heart.
func (d *Door) back(v *web.Visit) error {
	q := v.R.URL.Query()
	browser, _ := v.Sealed(eidCookie)
	v.KeepSealed(eidCookie, "")
	a := identity.Answer{
		State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error"), Browser: browser, Agent: web.AgentName(v.R.UserAgent()),
	}
	got, where, err := d.Identity.Finish(v.Ctx(), a)
	if _, ok := i18n.Lookup(string(where.Lang)); ok {
		v.Lang, v.P = where.Lang, v.Site.Texts.Printer(where.Lang)
	}
	if err == nil && got.Audience == identity.ForStaff {
		return d.staffBack(v, got)
	}
	switch {
	case fault.IsKey(err, "sign_in.stale") && v.Signed() != nil:
		return v.SeeOther(web.Path(v.Lang, "", "my") + "/") // they went back in the browser
	case fault.Is(err, fault.KindInvalid):
		v.NoteRefusal("sign-in", err)
		return d.showMeans(v, http.StatusUnprocessableEntity, wish{where.Org, where.Next, actor.LevelNone}, err)
	case fault.Is(err, fault.KindUnavailable):
		v.RetryLater(err)
		return d.showMeans(v, http.StatusServiceUnavailable, wish{where.Org, where.Next, actor.LevelNone}, err)
	case err != nil:
		return err
	}
	v.SignedIn(identity.SessionOfCitizen, got.Token)
	v.KeepSealed(nextCookie, got.Next)
	return v.SeeOther(web.Path(v.Lang, "", "sign-in", "done"))
}

func (d *Door) staffBack(v *web.Visit, got identity.Finished) error {
	if d.StaffSignedIn == nil {
		return fault.NotFound("error.not_found")
	}
	token, err := d.StaffSignedIn(v.Ctx(), got, web.AgentName(v.R.UserAgent()))
	if err != nil {
		return err
	}
	v.SignedIn(identity.SessionOfStaff, token)
	next := got.Next
	if next == "" {
		next = web.Path(v.Lang, "", "staff")
	}
	return v.SeeOther(next)
}

// DonePage says that identification succeeded, and leads on.
type DonePage struct {
	web.Base
	Name string
	Next string
	// Service says that it leads back to a service, not to the folder.
	Service bool
}

// done says that identification succeeded.
func (d *Door) done(v *web.Visit) error {
	next, _ := v.Sealed(nextCookie)
	s := v.Signed()
	return v.Render(http.StatusOK, ShowDone(newDonePage(v.Base(""), s.Name, next, s.Welcomed)))
}

func newDonePage(b web.Base, name, next string, welcomed bool) DonePage {
	folder := strings.HasPrefix(next, at(b, "my")+"/")
	p := DonePage{Base: b, Name: name, Next: next, Service: next != "" && welcomed && !folder}
	p.Title, p.NoIndex = b.T("sign_in.done_title"), true
	switch {
	case !welcomed:
		p.Next = at(b, "my", "welcome")
	case next == "":
		p.Next = at(b, "my") + "/"
	}
	return p
}

// stay keeps a session alive, and shows the page again on which the reader was.
func (d *Door) stay(v *web.Visit) error {
	if back, ok := web.Inside(v.Form("back")); ok {
		return v.SeeOther(back)
	}
	return v.SeeOther(web.Path(v.Lang, "", "my") + "/")
}

// signOut ends the session here, and shows where to end it at the provider, too. That is a link and no redirect: a page's policy lets its forms lead
// nowhere else.
func (d *Door) signOut(v *web.Visit) error {
	s := v.Signed()
	v.SignedOut(identity.SessionOfCitizen)
	if s == nil {
		return v.SeeOther(web.Path(v.Lang, "", "sign-in", "out"))
	}
	there, err := d.Identity.SignOut(v.Ctx(), s.Session)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowOut(newOutPage(v.Base(""), there)))
}

// OutPage says that nobody is signed in any more.
type OutPage struct {
	web.Base
	SignIn string
	// There is where to sign out at the provider, too; empty when there is no such place.
	There string
}

func (d *Door) signedOut(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowOut(newOutPage(v.Base(""), "")))
}

func newOutPage(b web.Base, there string) OutPage {
	p := OutPage{Base: b, There: there, SignIn: at(b, "sign-in")}
	p.Title, p.NoIndex = b.T("sign_in.out_title"), true
	return p
}
