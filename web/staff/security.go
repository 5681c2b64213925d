package staff

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/domain/identity"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// SecurityPage is how somebody gets in, and where they are signed in.
type SecurityPage struct {
	web.Base
	Done     string
	Passkeys ui.TableData
	Any      bool // passkeys
	Works    bool // whether passkeys work at this address
	Password bool
	Recovery string
	Provider bool
	Sessions ui.TableData
	Action   string // of the sessions
}

// what may have been done, as the address says it, with the text that tells of it.
var doneTexts = map[string]string{
	"added": "staff.done_added", "named": "staff.done_named", "removed": "staff.done_removed", "password": "staff.done_password", "ended": "staff.done_ended",
}

func (d *Door) security(v *web.Visit) error {
	mine, err := d.Staff.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	list, err := d.Identity.SessionsOf(v.Ctx(), identity.SessionOfStaff, string(mine.ID))
	if err != nil {
		return err
	}
	p := newSecurityPage(d.base(v), mine, list, v.Signed().Session.Hash, v.Zone(), v.Query("done"))
	p.Works = d.Staff.PasskeysWork()
	return v.Render(http.StatusOK, ShowSecurity(p))
}

func newSecurityPage(b web.Base, mine room.Security, list []identity.Session, own []byte, zone *time.Location, done string) SecurityPage {
	b = dress(b, b.T("staff.nav_security"))
	p := SecurityPage{
		Base: b, Any: len(mine.Passkeys) > 0, Password: mine.HasPassword(), Provider: mine.Providers > 0, Action: at(b, "security", "sessions"),
		Recovery: b.N("staff.recovery_left", int(mine.RecoveryLeft)), Works: true,
	}
	if key := doneTexts[done]; key != "" {
		p.Done = b.T(key)
	}
	when := func(unix int64) string {
		if unix == 0 {
			return b.T("staff.never")
		}
		return b.Printer.At(time.Unix(unix, 0).In(zone))
	}
	p.Passkeys = ui.TableData{
		Caption: b.T("staff.passkeys"), HideCaption: true, Head: []string{b.T("staff.passkey_name"), b.T("staff.passkey_made"), b.T("staff.passkey_used")},
	}
	for i, k := range mine.Passkeys {
		link := ui.Link{Href: at(b, "security", "passkey", hex.EncodeToString(k.Hash)), Text: keyName(b, k, i)}
		p.Passkeys.Rows = append(p.Passkeys.Rows, []ui.Cell{{Content: ui.A(link)}, {Text: when(k.CreatedAt)}, {Text: when(k.LastUsedAt)}})
	}
	p.Sessions = ui.TableData{
		Caption: b.T("staff.sessions"), HideCaption: true,
		Head: []string{b.T("sessions.browser"), b.T("sessions.began"), b.T("sessions.seen"), b.T("sessions.end_head")},
	}
	for _, s := range list {
		row := []ui.Cell{{Text: s.Agent}, {Text: when(s.CreatedAt)}, {Text: when(s.SeenAt)}, {Text: b.T("sessions.this")}}
		if !bytes.Equal(s.Hash, own) {
			row[3] = ui.Cell{Content: endSession(p, hex.EncodeToString(s.Hash), s.Agent)}
		}
		p.Sessions.Rows = append(p.Sessions.Rows, row)
	}
	return p
}

// keyName is a passkey's name, or its number when it has none.
func keyName(b web.Base, k room.Passkey, i int) string {
	if k.Name != "" {
		return k.Name
	}
	return b.T("staff.passkey_number", "n", i+1)
}

func (d *Door) sessionsPost(v *web.Visit) error {
	sess := v.Signed().Session
	if v.Form("all") != "" {
		if err := d.Identity.EndAll(v.Ctx(), sess); err != nil {
			return err
		}
		v.SignedOut(identity.SessionOfStaff)
		return v.SeeOther(d.at(v, "sign-in"))
	}
	hash, err := hex.DecodeString(v.Form("one"))
	if err != nil {
		return fault.Invalid("error.bad_request", nil)
	}
	if err := d.Identity.EndOther(v.Ctx(), sess, hash); err != nil && !fault.Is(err, fault.KindSignInRequired) {
		return err
	}
	return d.done(v, "ended")
}

// done leads back to the keys, with what was done.
func (d *Door) done(v *web.Visit, what string) error {
	return v.SeeOther(d.at(v, "security") + "?done=" + what)
}

// KeyPage is a passkey: to be made, or one there is, to be renamed or removed.
type KeyPage struct {
	web.Base
	Trouble []ui.ErrorItem
	Action  string
	Back    string
	New     bool
	Works   bool
	Passkey ui.Passkey
	Name    ui.Field
}

func newKeyPage(b web.Base, c room.Ceremony, works bool, name string, why error) KeyPage {
	b = dress(b, b.T("staff.add_passkey"))
	t := troubleOf(&b, why)
	return KeyPage{
		Base: b, Trouble: t.Items, Action: at(b, "security", "passkey"), Back: at(b, "security"), New: true, Works: works, Name: nameField(b, t, name),
		Passkey: ui.Passkey{
			Kind: ui.PasskeyCreate, Text: b.T("staff.add_passkey"), Options: c.Options, Sealed: c.Sealed, Failed: b.T("staff.passkey_not_made"),
			Without: b.T("staff.passkey_script"), Error: t.At("credential"),
		},
	}
}

func nameField(b web.Base, t web.Trouble, name string) ui.Field {
	return ui.Field{Name: "name", Label: b.T("staff.passkey_name"), Hint: b.T("staff.passkey_name_hint"), Value: name, Error: t.At("name"), Optional: true, Autocomplete: "off"}
}

func (d *Door) addPasskey(v *web.Visit) error { return d.showAdd(v, "", nil) }

func (d *Door) showAdd(v *web.Visit, name string, why error) error {
	c := room.Ceremony{}
	if d.Staff.PasskeysWork() {
		var err error
		if c, err = d.Staff.BeginPasskeyOf(v.Ctx(), v.Actor()); err != nil {
			return err
		}
	}
	return v.Render(status(why), ShowKey(newKeyPage(d.base(v), c, d.Staff.PasskeysWork(), name, why)))
}

func (d *Door) addPasskeyPost(v *web.Visit) error {
	err := d.Staff.AddPasskey(v.Ctx(), v.Actor(), v.Form("ceremony"), v.Form("credential"), v.Form("name"))
	if web.Mendable(err) {
		v.NoteRefusal("staff passkey", err)
		return d.showAdd(v, v.Form("name"), err)
	}
	if err != nil {
		return err
	}
	return d.done(v, "added")
}

func newOneKeyPage(b web.Base, id, title, name string, why error) KeyPage {
	b = dress(b, title)
	t := troubleOf(&b, why)
	return KeyPage{Base: b, Trouble: t.Items, Action: at(b, "security", "passkey", id), Back: at(b, "security"), Name: nameField(b, t, name)}
}

func (d *Door) passkey(v *web.Visit) error { return d.showOne(v, "", nil) }

func (d *Door) showOne(v *web.Visit, typed string, why error) error {
	mine, err := d.Staff.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	id := v.R.PathValue("key")
	for i, k := range mine.Passkeys {
		if hex.EncodeToString(k.Hash) != id {
			continue
		}
		b := d.base(v)
		name := k.Name
		if why != nil {
			name = typed
		}
		return v.Render(status(why), ShowKey(newOneKeyPage(b, id, keyName(b, k, i), name, why)))
	}
	return fault.NotFound("staff.no_passkey")
}

func (d *Door) onePasskeyPost(v *web.Visit) error {
	hash, err := hex.DecodeString(v.R.PathValue("key"))
	if err != nil {
		return fault.NotFound("staff.no_passkey")
	}
	what := "named"
	if v.Form("do") == "remove" {
		what, err = "removed", d.Staff.RemovePasskey(v.Ctx(), v.Actor(), hash)
	} else {
		err = d.Staff.NamePasskey(v.Ctx(), v.Actor(), hash, v.Form("name"))
	}
	if web.Mendable(err) {
		return d.showOne(v, v.Form("name"), err)
	}
	if err != nil {
		return err
	}
	return d.done(v, what)
}
