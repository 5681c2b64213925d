package web

import (
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// The cookies of who fills in forms without signing in.
const (
	formCookie = "luukku-form" // a random secret; only its hash is stored, with drafts of forms
	sentCookie = "sent"        // sealed: the one form that was sent whose code or link was shown
)

// formLife is how long the secret is kept after a draft was last saved: as long as the draft.
const formLife = 24 * time.Hour

// Unsigned is who fills in a form without signing in, whoever has signed in meanwhile: known by nothing but the secret of their browser, and by what was sent whose code or link they have shown. Its
// Session is the hash of that secret, which is not the visit's.
func (v *Visit) Unsigned() actor.Actor {
	var secret []byte
	if token := v.cookie(formCookie); token != "" {
		secret = ids.HashToken(token)
	}
	who := actor.Visitor(secret, v.Address())
	if x, ok := v.sentOpen(); ok {
		who.Sent = []actor.SentForm{x}
	}
	return who
}

// UnsignedWithSecret is Unsigned with a secret made if there is none yet, and kept for as long as a draft is from now on.
func (v *Visit) UnsignedWithSecret() actor.Actor {
	token := v.cookie(formCookie)
	if token == "" {
		token = v.Site.Gen.SessionToken()
	}
	v.setCookie(formCookie, token, formLife)
	who := v.Unsigned()
	who.Session = ids.HashToken(token)
	return who
}

// ProveSent remembers that the visitor has shown the code or link of what was sent, or has just sent it.
func (v *Visit) ProveSent(o ids.Org, id ids.Submission) {
	v.KeepSealed(sentCookie, string(o)+"/"+string(id))
}

// ForgetUnsigned takes both cookies back: what was begun in this browser opens no more.
func (v *Visit) ForgetUnsigned() {
	v.KeepSealed(sentCookie, "")
	v.setCookie(formCookie, "", 0)
}

// sentOpen is what was sent that the visitor has open.
func (v *Visit) sentOpen() (actor.SentForm, bool) {
	text, ok := v.Sealed(sentCookie)
	o, id, _ := strings.Cut(text, "/")
	return actor.SentForm{Org: ids.Org(o), ID: ids.Submission(id)}, ok && id != ""
}

// SentOpen is what was sent to the organisation of the address, and is open in this browser by its code or link.
func (v *Visit) SentOpen() (ids.Submission, bool) {
	x, ok := v.sentOpen()
	if !ok || v.Org == nil || x.Org != v.OrgID() {
		return "", false
	}
	return x.ID, true
}
