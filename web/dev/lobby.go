package dev

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Lobbies opens the demo's lobbies: without a code to fetch for each window, and with people in them.
type Lobbies interface {
	// Places are the offices, with the organisation's identifier.
	Places(ctx context.Context) ([]Place, error)
	// Enrol makes a device of a kind at an office, and returns the secret that makes a browser that device.
	Enrol(ctx context.Context, o ids.Org, office ids.Office, kind string) (token string, err error)
	// Come has some people take numbers. It returns how many did.
	Come(ctx context.Context, o ids.Org, office ids.Office) (int, error)
	// Opening is how long it is until the office opens, a little less, and 0 when it is open; ok is false when it does not in the next fortnight.
	Opening(ctx context.Context, o ids.Org, office ids.Office) (d time.Duration, ok bool, err error)
}

// Place is an office of the demo.
type Place struct {
	Org    org.Organisation
	Office org.Office
}

func (p Place) value() string { return string(p.Org.ID) + "/" + string(p.Office.ID) }

// LobbyPage opens the windows of a lobby.
type LobbyPage struct {
	web.Base
	Office  ui.SelectField
	Buttons []ui.Button
	Done    string
	Desk    ui.Link
	Trouble []ui.ErrorItem
}

// firstLobby is the office that the page begins with: whose clients have PINs.
const firstLobby = "town-hall/administrative-department"

func (d *Door) lobby(v *web.Visit) error {
	return d.showLobby(v, http.StatusOK, v.Query("office"), v.Query("done"), nil)
}

func (d *Door) showLobby(v *web.Visit, status int, office, done string, why error) error {
	places, err := d.Lobbies.Places(v.Ctx())
	if err != nil {
		return err
	}
	return v.Render(status, ShowLobby(newLobby(v.Base(""), places, office, done, why)))
}

func newLobby(b web.Base, places []Place, office, done string, why error) LobbyPage {
	b.Title, b.NoIndex = b.T("dev.lobby"), true
	p := LobbyPage{Base: b, Office: ui.SelectField{Name: "office", Label: b.T("dev.lobby_office"), Value: office}}
	if office == "" {
		p.Office.Value = firstLobby
	}
	for _, place := range places {
		p.Office.Options = append(p.Office.Options, ui.Option{
			Value: place.value(), Text: b.T("dev.lobby_at", "office", place.Office.Name.In(b.Lang), "organisation", place.Org.Name.In(b.Lang)),
		})
	}
	for _, what := range []string{"kiosk", "display", "come", "open"} {
		p.Buttons = append(p.Buttons, ui.Button{Text: b.T("dev.lobby_do." + what), Name: "do", Value: what, Look: ui.Secondary})
	}
	if done == "come" || done == "open" {
		p.Done = b.T("dev.lobby_done." + done)
	}
	if why != nil {
		p.Trouble = []ui.ErrorItem{{Text: b.T(fault.Of(why).Key), Href: "#office"}}
	}
	o, at, _ := strings.Cut(p.Office.Value, "/")
	p.Desk = ui.Link{Href: web.Path(b.Lang, "", "staff", o, "lobby", at), Text: b.T("dev.lobby_desk")}
	return p
}

func (d *Door) lobbyPost(v *web.Visit) error {
	chosen := v.Form("office")
	o, office, _ := strings.Cut(chosen, "/")
	back := web.Path(v.Lang, "", "dev", "lobby") + "?" + url.Values{"office": {chosen}, "done": {v.Form("do")}}.Encode()
	var err error
	switch do := v.Form("do"); do {
	case "kiosk", "display":
		token, err := d.Lobbies.Enrol(v.Ctx(), ids.Org(o), ids.Office(office), do)
		if err != nil {
			return err
		}
		v.BecomeDevice(do, token)
		return v.SeeOther("/" + do)
	case "come":
		_, err = d.Lobbies.Come(v.Ctx(), ids.Org(o), ids.Office(office))
	case "open":
		err = d.toOpening(v, ids.Org(o), ids.Office(office))
	default:
		err = fault.Invalid("error.bad_request", nil)
	}
	if fault.Is(err, fault.KindInvalid) {
		return d.showLobby(v, http.StatusUnprocessableEntity, chosen, "", err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(back)
}

// toOpening moves the clock to a quarter of an hour before the office opens.
func (d *Door) toOpening(v *web.Visit, o ids.Org, office ids.Office) error {
	by, ok, err := d.Lobbies.Opening(v.Ctx(), o, office)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Invalid("dev.lobby_never", nil)
	}
	if by <= 0 {
		return nil
	}
	if err := d.forward(v.Ctx(), by); err != nil {
		return err
	}
	d.kick()
	return nil
}
