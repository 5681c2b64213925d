// Package kiosk is the door of a lobby's kiosks: touch screens in a locked browser at which people check in, take numbers and call the staff.
//
// It promises that a screen tells nothing of anybody but a number, that nothing of a visit is left in the browser, that each form is done once however often
// it is sent, and that who can only press a number pad or listen gets as far as anybody. A form is answered by the next screen itself, without a redirect: a
// kiosk has no history, and what a code led to is in no address. Who may come in, and when, is left to domain/queue; printing to gateway/printer; what the
// browser does when the server is gone to the kiosk's script in web/ui.
package kiosk

import (
	"context"
	"net/http"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/gateway/printer"
	"luukku/web"
)

// Printers print slips. What goes wrong is a printer.Fault.
type Printers interface {
	Print(ctx context.Context, address string, paper int, s printer.Slip) error
	Ready(ctx context.Context, address string) error
}

// Door is the door of kiosks.
type Door struct {
	Site     *web.Site
	Queue    *queue.Service
	Staff    *staff.Service
	Printers Printers
	*web.Mux

	mu     sync.Mutex
	looked map[ids.Device]time.Time // when a kiosk's printer was last asked how it is
}

// New returns the door.
func New(site *web.Site, q *queue.Service, s *staff.Service, p Printers) *Door {
	d := &Door{Site: site, Queue: q, Staff: s, Printers: p, looked: map[ids.Device]time.Time{}}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door. Whose the browser is, is asked by on: a device's own secret is no session of a person's.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/kiosk"
	return []web.Route{
		web.GET(at, actor.DeviceSelf, d.on(d.welcome)),
		web.GET(at+"/pin", actor.DeviceSelf, d.on(d.pin)),
		web.POST(at+"/check-in", actor.DeviceSelf, d.on(d.checkIn)),
		web.GET(at+"/services", actor.DeviceSelf, d.on(d.services)),
		web.POST(at+"/take", actor.DeviceSelf, d.on(d.take)),
		web.POST(at+"/print", actor.DeviceSelf, d.on(d.print)),
		web.POST(at+"/help", actor.DeviceSelf, d.on(d.help)),
		web.GET(at+"/beat", actor.DeviceSelf, d.beat),
		web.GET(at+"/test", actor.DeviceSelf, d.on(d.test)),
		web.POST(at+"/test", actor.DeviceSelf, d.on(d.testPost)),
	}
}

// here is the kiosk that asks, and where it stands.
type here struct {
	who    actor.Actor
	device staff.Device
	set    staff.KioskSettings
	office *org.Office
}

// on opens the kiosk of a visit. A browser that is none is led to where it can become one.
func (d *Door) on(h func(v *web.Visit, k here) error) web.Handler {
	return func(v *web.Visit) error {
		k, err := d.open(v)
		if fault.Is(err, fault.KindSignInRequired) {
			return v.SeeOther(web.Path(v.Lang, "", "staff", "device"))
		}
		if err != nil {
			return err
		}
		err = h(v, k)
		if f := fault.Of(err); err != nil && (f.Kind == fault.KindInvalid || f.Kind == fault.KindConflict || f.Kind == fault.KindNotFound) {
			return d.show(v, web.StatusOf(f.Kind), newTrouble(d.place(v, k), f))
		}
		return err
	}
}

// open is the kiosk of a visit, and makes its organisation the visit's.
func (d *Door) open(v *web.Visit) (here, error) {
	token := v.DeviceToken(string(staff.Kiosk))
	if token == "" {
		return here{}, fault.SignInRequired("staff.device_required")
	}
	who, device, err := d.Staff.Device(v.Ctx(), token)
	if err != nil {
		return here{}, err
	}
	if device.Kind != staff.Kiosk {
		return here{}, fault.SignInRequired("staff.device_required")
	}
	if v.Org, err = d.Site.Directory.Config(v.Ctx(), device.Org); err != nil {
		return here{}, err
	}
	office, err := v.Org.Office(device.Office)
	if err != nil {
		return here{}, err
	}
	return here{who: who, device: device, set: device.Kiosk(), office: office}, nil
}

// path is the address of a screen.
func path(lang i18n.Lang, parts ...string) string {
	return web.Path(lang, "", append([]string{"kiosk"}, parts...)...)
}

// show sends a screen.
func (d *Door) show(v *web.Visit, status int, s Screen) error {
	return v.Render(status, ShowScreen(s.finish()))
}

// place begins the screens of a kiosk.
func (d *Door) place(v *web.Visit, k here) place {
	b := v.Base("")
	if v.R.Method != http.MethodGet {
		b.LangLinks = nil // what was sent is not to be had by an address
	}
	return place{Base: b, office: *k.office, set: k.set, zone: v.Zone(), now: v.Now}
}
