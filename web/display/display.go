// Package display is the door of those who wait: the displays in a lobby, the queue on the web, and the page of a ticket on the phone.
//
// All three show an office's lobby as it is now, over an event stream of the site: what one change makes of it is written once for all who look at the
// same. It promises that numbers alone are shown, never names, and that a page that hears nothing says so instead of showing what may be wrong. Rules are
// left to domain/queue, class names to web/ui.
package display

import (
	"context"
	"strings"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
)

// Devices is what is known of displays.
type Devices interface {
	Device(ctx context.Context, token string) (actor.Actor, staff.Device, error)
}

// Door is the door.
type Door struct {
	Site    *web.Site
	Queue   *queue.Service
	Devices Devices
	*web.Mux
}

// New returns the door.
func New(site *web.Site, q *queue.Service, devices Devices) *Door {
	d := &Door{Site: site, Queue: q, Devices: devices}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	return []web.Route{
		// The browser is the display that its secret says; without one it is told how to become one.
		web.GET("/{lang}/display", actor.Public, d.display),
		web.GET("/{lang}/display/stream", actor.Public, d.displayStream),

		web.GET("/{lang}/{org}/queue/{office}", actor.Public, d.queue),
		web.GET("/{lang}/{org}/queue/{office}/stream", actor.Public, d.queueStream),

		// Whoever has the secret of a ticket's paper may see it and give it up.
		web.GET("/{lang}/{org}/ticket/{token}", actor.Public, d.ticket),
		web.POST("/{lang}/{org}/ticket/{token}", actor.Public, d.ticketPost),
		web.GET("/{lang}/{org}/ticket/{token}/leave", actor.Public, d.leave),
		web.GET("/{lang}/{org}/ticket/{token}/stream", actor.Public, d.ticketStream),
	}
}

// Serves reports whether an address is this door's: /{lang}/display, /{lang}/{org}/queue/... and /{lang}/{org}/ticket/..., and what is below them.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case len(parts) >= 2 && parts[1] == "display":
		return true
	case len(parts) < 4 || ids.ReservedOrg(parts[1]):
		return false
	}
	return parts[2] == "queue" || parts[2] == "ticket"
}
