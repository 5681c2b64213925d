package web

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/domain/actor"
)

// The cookies. Over TLS their names begin with __Host-, which binds them to this host and to TLS.
const (
	sessionCookie     = "luukku-visit"       // a random secret; only its hash is stored, with drafts and holds
	appointmentCookie = "luukku-appointment" // sealed: the one appointment whose code or link was shown
	lookCookie        = "luukku-look"        // text size and colours
)

// proofLife is how long a shown code is good without showing it again.
const proofLife = 12 * time.Hour

// lookLife is how long a reader's choice of text size and colours is kept.
const lookLife = 365 * 24 * time.Hour

func (v *Visit) cookieName(name string) string {
	if v.Site.Secure() {
		return hostPrefix + name
	}
	return name
}

const hostPrefix = "__Host-"

func (v *Visit) cookie(name string) string { return cookieIn(v.R.Header, v.cookieName(name)) }

// cookieIn returns the value of the first cookie with a name, or nothing. Our own values need no quotes, so quoted ones are nobody's.
func cookieIn(h http.Header, name string) string {
	for _, line := range h["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			if value, ok := strings.CutPrefix(strings.TrimSpace(pair), name); ok && strings.HasPrefix(value, "=") {
				return value[1:]
			}
		}
	}
	return ""
}

// hasSession reports whether a request comes with a session, good or not.
func (s *Site) hasSession(r *http.Request) bool {
	if s.Secure() {
		return cookieIn(r.Header, hostPrefix+sessionCookie) != ""
	}
	return cookieIn(r.Header, sessionCookie) != ""
}

func (s *Site) lookName() string {
	if s.Secure() {
		return hostPrefix + lookCookie
	}
	return lookCookie
}

func (v *Visit) setCookie(name, value string, life time.Duration) {
	c := &http.Cookie{
		Name: v.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: v.Site.Secure(), SameSite: http.SameSiteLaxMode,
		MaxAge: int(life / time.Second),
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.W, c)
}

// Actor is who visits: by their session, their address, and the appointment they have proven.
func (v *Visit) Actor() actor.Actor {
	var session []byte
	if token := v.cookie(sessionCookie); token != "" {
		session = ids.HashToken(token)
	}
	return v.signedActor(actor.Visitor(session, v.Address(), v.proven()...))
}

// ActorWithSession is Actor, with a session begun if there is none yet: for forms that keep something for the visitor.
func (v *Visit) ActorWithSession() actor.Actor {
	who := v.Actor()
	if len(who.Session) == 0 {
		token := v.Site.Gen.SessionToken()
		// The session ends with the browser: it holds a draft for a day at most.
		v.setCookie(sessionCookie, token, 0)
		who.Session = ids.HashToken(token)
	}
	return who
}

// Prove remembers that the visitor has shown the code or link of an appointment.
func (v *Visit) Prove(o ids.Org, id ids.Appointment) {
	token := v.Site.Seals.SealToken(appointmentCookie, []byte(string(o)+"/"+string(id)), v.Now.Add(proofLife))
	v.setCookie(appointmentCookie, token, 0)
}

// ForgetProof ends what Prove began.
func (v *Visit) ForgetProof() { v.setCookie(appointmentCookie, "", 0) }

func (v *Visit) proven() []actor.Appointment {
	a, own, ok := v.opened()
	if !ok || own {
		return nil
	}
	return []actor.Appointment{a}
}

// Address is the network address that limits count by: the peer's, or what a trusted proxy says of it.
func (v *Visit) Address() string { return AddressOf(v.R, v.Site.Trusted) }

// AddressOf returns the address of a request's sender for limits, as text. Only trusted proxies are believed, from the right to the left.
func AddressOf(r *http.Request, trusted []netip.Prefix) string {
	return limit.AddressKey(SenderOf(r, trusted))
}

// SenderOf returns the address of a request's sender; it is invalid when the machine does not say.
func SenderOf(r *http.Request, trusted []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap()
	if !isTrusted(addr, trusted) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && isTrusted(addr, trusted); i-- {
		next, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

// parseHop reads an address as proxies write it: alone, or with the port, which some add.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a, true
	}
	ap, err := netip.ParseAddrPort(s)
	return ap.Addr(), err == nil
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// OpenOwn opens an appointment of whoever has signed in, for the pages of one appointment. It proves nothing: whether it is theirs is asked each time.
func (v *Visit) OpenOwn(o ids.Org, id ids.Appointment) {
	token := v.Site.Seals.SealToken(appointmentCookie, []byte(string(o)+"/"+string(id)+"/own"), v.Now.Add(proofLife))
	v.setCookie(appointmentCookie, token, 0)
}

// Opened returns the organisation's appointment that the visitor has open: by its code or link, or because it is theirs. Whether they may is asked again.
func (v *Visit) Opened() (ids.Appointment, bool) {
	a, _, ok := v.opened()
	if !ok || v.Org == nil || a.Org != v.OrgID() {
		return "", false
	}
	return a.ID, true
}

// opened reads the cookie of the one appointment; own says that it was opened as the visitor's own, and so is no proof.
func (v *Visit) opened() (a actor.Appointment, own, ok bool) {
	token := v.cookie(appointmentCookie)
	if token == "" {
		return a, false, false
	}
	b, err := v.Site.Seals.OpenToken(appointmentCookie, token, v.Now)
	if err != nil {
		return a, false, false // too old, or not ours: the code is asked again
	}
	parts := strings.Split(string(b), "/")
	if len(parts) < 2 || len(parts) > 3 {
		return a, false, false
	}
	return actor.Appointment{Org: ids.Org(parts[0]), ID: ids.Appointment(parts[1])}, len(parts) == 3, true
}
