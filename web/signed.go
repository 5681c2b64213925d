package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web/ui"
)

// The cookies of who has signed in: a random secret each, of which only the hash is stored.
const (
	citizenCookie = "luukku-citizen"
	staffCookie   = "luukku-staff"
)

// Sessions is what pages need to know of who has signed in.
type Sessions interface {
	// Signed returns who a cookie's secret stands for. The faults are SignInRequired "sign_in.ended" for a session that has ended or never was, and Forbidden
	// "acting.ended" when whom the person acted for may not be acted for any more: the session goes on without.
	Signed(ctx context.Context, of, token string) (identity.Signed, error)
}

// staffDoor reports whether an address is one where those who work here sign in.
func staffDoor(path string) bool {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 3)
	return len(parts) > 1 && (parts[1] == "staff" || parts[1] == "admin")
}

// signIn finds out who has signed in, when the visitor's browser says that somebody has.
func (v *Visit) signIn() error {
	of, name := identity.SessionOfCitizen, citizenCookie
	if staffDoor(v.R.URL.Path) {
		of, name = identity.SessionOfStaff, staffCookie
	}
	token := v.cookie(name)
	if token == "" || v.Site.Sessions == nil {
		return nil
	}
	signed, err := v.Site.Sessions.Signed(v.Ctx(), of, token)
	if identity.Ended(err) {
		v.setCookie(name, "", 0)
		v.ended = true
		return nil
	}
	if err != nil {
		return err
	}
	v.signed, v.token = &signed, token
	return nil
}

// Signed is who has signed in; nil when nobody has.
func (v *Visit) Signed() *identity.Signed { return v.signed }

// SessionEnded reports whether the visitor's browser came with a session that has ended.
func (v *Visit) SessionEnded() bool { return v.ended }

// Token is the secret of the session, for what changes the session itself; empty when nobody has signed in.
func (v *Visit) Token() string { return v.token }

// SignedIn gives the visitor's browser the secret of a session that has begun, in place of any before it.
func (v *Visit) SignedIn(of, token string) {
	v.setCookie(cookieOf(of), token, 0)
	v.token = token
}

// SignedOut takes back what the browser has: the session, what was typed under the visit, and what was shown.
func (v *Visit) SignedOut(of string) {
	v.setCookie(cookieOf(of), "", 0)
	if of == identity.SessionOfCitizen {
		v.setCookie(sessionCookie, "", 0)
		v.ForgetProof()
	}
	v.Site.forgetOwn(v.signed)
	v.signed, v.token = nil, ""
}

func cookieOf(of string) string {
	if of == identity.SessionOfStaff {
		return staffCookie
	}
	return citizenCookie
}

// hasSignedIn reports whether a request comes with a citizen's session, good or not: such a visitor gets pages of their own.
func (s *Site) hasSignedIn(r *http.Request) bool {
	name := citizenCookie
	if s.Secure() {
		name = hostPrefix + name
	}
	return cookieIn(r.Header, name) != ""
}

// signedActor completes the actor of the visit by who has signed in.
func (v *Visit) signedActor(who actor.Actor) actor.Actor {
	if v.signed == nil {
		return who
	}
	signed := v.signed.Actor
	signed.Session, signed.Address, signed.Proven = who.Session, who.Address, who.Proven
	return signed
}

// signedBar is what the top of every page says to a citizen who has signed in.
func (v *Visit) signedBar() *ui.SignedBar {
	s := v.signed
	if s == nil || s.Actor.Kind != actor.KindCitizen {
		return nil
	}
	until := time.Unix(s.Until, 0)
	return &ui.SignedBar{
		Name: s.Name, For: s.ForName, MyURL: Path(v.Lang, "", "my") + "/", ActingURL: Path(v.Lang, "", "my", "acting"),
		OutURL: Path(v.Lang, "", "my", "sign-out"), StayURL: Path(v.Lang, "", "my", "stay"), Back: v.back(),
		Clock: v.P.Clock(until.In(v.Zone())), Until: until.UTC().Format(time.RFC3339), Now: v.Now.UTC().Format(time.RFC3339),
	}
}

// back is the address of the page that is shown, to return to it.
func (v *Visit) back() string {
	if v.R.Method != http.MethodGet {
		return ""
	}
	return v.R.URL.RequestURI()
}

// SignInURL is where the reader signs in, and comes back from to a path of this site.
func (v *Visit) SignInURL(next string, level actor.Level) string {
	if staffDoor(v.R.URL.Path) {
		return Path(v.Lang, "", "staff", "sign-in") + "?" + url.Values{"next": {next}}.Encode()
	}
	q := url.Values{}
	if next != "" {
		q.Set("next", next)
	}
	if v.Org != nil {
		q.Set("org", string(v.OrgID()))
	}
	if level > actor.LevelNone {
		q.Set("level", level.String())
	}
	to := Path(v.Lang, "", "sign-in")
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// FormsMayLeave lets the forms of the page that is shown lead to other sites by TLS: to the providers with whom one signs in.
func (v *Visit) FormsMayLeave() {
	v.W.Header().Set("Content-Security-Policy", strings.Replace(csp, "form-action 'self'", "form-action 'self' https:", 1))
}

// RetryLater says in the header when to come back, after a fault that says so, and in the log what does not answer.
func (v *Visit) RetryLater(err error) {
	v.retryAfter(fault.Of(err).RetryAfter)
	v.Site.Outage(v.R, err)
}

// NoteRefusal writes to the log why somebody was told no, where the reason is not theirs to mend.
func (v *Visit) NoteRefusal(what string, err error) {
	v.Site.Log.Info("refused", "what", what, "error", err.Error())
}

// browsers and machines are what the list of sessions tells apart, the more special first.
var (
	browsers = []struct{ sign, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	machines = []struct{ sign, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// AgentName is the kind of browser and machine that a User-Agent header tells of, such as "Firefox, Linux"; a question mark for what it does not.
func AgentName(header string) string {
	browser, machine := "?", "?"
	for _, b := range browsers {
		if strings.Contains(header, b.sign) {
			browser = b.name
			break
		}
	}
	for _, m := range machines {
		if strings.Contains(header, m.sign) {
			machine = m.name
			break
		}
	}
	return browser + ", " + machine
}
