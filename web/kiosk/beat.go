package kiosk

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/domain/staff"
	"luukku/gateway/printer"
	"luukku/web"
	"luukku/web/ui"
)

// How often a kiosk's printer is asked how it is: while it is well, and while the staff wait for it.
const (
	lookWell   = 45 * time.Second
	lookBroken = 10 * time.Second
)

// beat tells a kiosk that the server is there, and looks after its printer meanwhile: out of paper is known before anybody needs a ticket.
func (d *Door) beat(v *web.Visit) error {
	k, err := d.open(v)
	if fault.Is(err, fault.KindSignInRequired) {
		v.W.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	if err != nil {
		return err
	}
	h, err := d.Queue.Hall(v.Ctx(), k.device.Org, k.office.ID)
	if err != nil {
		return err
	}
	if k.set.PrintBy == staff.PrintPrinter && d.due(k, v.Now, h.Broken(k.device.ID)) {
		d.tellPrinter(v.Ctx(), k, printer.ProblemOf(d.Printers.Ready(v.Ctx(), k.set.Printer)))
	}
	v.W.WriteHeader(http.StatusNoContent)
	return nil
}

// due reports whether it is time to ask a kiosk's printer how it is, and remembers that it was asked.
func (d *Door) due(k here, now time.Time, broken bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	every := lookWell
	if broken {
		every = lookBroken
	}
	last := d.looked[k.device.ID]
	if !last.IsZero() && now.Sub(last) < every && !now.Before(last) {
		return false
	}
	d.looked[k.device.ID] = now
	return true
}

// Bare answers for the addresses of kiosks that are in no language: the worker of their browsers, and what it keeps for when the server is gone. Anything
// else is false.
func (d *Door) Bare(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/kiosk/worker.js":
		a, ok := d.Site.Assets.Lookup(d.Site.Assets.URL("kiosk-worker.js"), "")
		if !ok {
			http.NotFound(w, r)
			return true
		}
		h := w.Header()
		h.Set("Content-Type", a.Type)
		h.Set("Service-Worker-Allowed", "/")
		h.Set("Cache-Control", "no-cache")
		_, _ = w.Write(a.Body)
		return true
	case "/kiosk/down":
		v, err := d.Site.Open(w, r, web.LanguageOf(r), "")
		if err != nil {
			v.Fail(err)
			return true
		}
		b := v.Base(v.P.T("kiosk.title"))
		v.Serve(func(v *web.Visit) error {
			return v.Render(http.StatusOK, ui.KioskDown(ui.Kiosk{Page: b.Page, HomeURL: "/kiosk"}))
		})
		return true
	}
	return false
}
