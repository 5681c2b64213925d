package my

import (
	"bytes"
	"encoding/hex"
	"time"

	"luukku/base/fault"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

func newSessionsPage(b web.Base, list []identity.Session, own []byte, zone *time.Location, done string) SessionsPage {
	p := SessionsPage{Base: b, Action: at(b, "my", "sessions")}
	p.Title = b.T("sessions.title")
	if done != "" {
		p.Done = b.T("sessions.done")
	}
	p.Table = ui.TableData{
		Caption: p.Title, HideCaption: true, Head: []string{b.T("sessions.browser"), b.T("sessions.began"), b.T("sessions.seen"), b.T("sessions.end_head")},
	}
	for _, s := range list {
		row := []ui.Cell{{Text: s.Agent}, {Text: b.Printer.At(time.Unix(s.CreatedAt, 0).In(zone))}, {Text: b.Printer.At(time.Unix(s.SeenAt, 0).In(zone))}}
		if bytes.Equal(s.Hash, own) {
			row = append(row, ui.Cell{Text: b.T("sessions.this")})
		} else {
			row = append(row, ui.Cell{Content: endOne(p, hex.EncodeToString(s.Hash), s.Agent)})
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return p
}

// sessionsPost ends one session, or all of them.
func (d *Door) sessionsPost(v *web.Visit) error {
	sess := v.Signed().Session
	if v.Form("all") != "" {
		if err := d.Identity.EndAll(v.Ctx(), sess); err != nil {
			return err
		}
		v.SignedOut(identity.SessionOfCitizen)
		return v.SeeOther(web.Path(v.Lang, "", "sign-in", "out"))
	}
	hash, err := hex.DecodeString(v.Form("one"))
	if err != nil {
		return fault.Invalid("error.bad_request", nil)
	}
	if err := d.Identity.EndOther(v.Ctx(), sess, hash); err != nil && !fault.Is(err, fault.KindSignInRequired) {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "sessions") + "?done=yes")
}
