// Package api is the door for programs: the JSON API v1 under /api/v1/, for the same steps as the pages (services, offices, free times, hold, book,
// read, change, move, cancel), with its OpenAPI 3.1 description at /api/v1/openapi.json.
//
// It promises that every answer that is not a success is a problem by RFC 9457 in the language asked for, that a booking code is never in an address or a
// log line, and that whoever repeats a request under the same Idempotency-Key gets the same answer. What it calls things follows FHIR scheduling where
// that has a word. Rules are left to domain/booking, protection against other sites and floods to web and app. CORS is not opened: this door is for
// programs, not for pages of others.
package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/queue"
	"luukku/web"
)

// prefix is what every address of this door begins with.
const prefix = "/api/v1"

// Door is the JSON API. It is safe for concurrent use.
type Door struct {
	// Programs is set before the door is used, where programs have keys.
	Programs Programs
	// Forms is set before the door is used.
	Forms Forms
	// Queue is set before the door is used.
	Queue *queue.Service
	// Courses is set before the door is used. Nil has none.
	Courses *course.Service

	site    *web.Site
	booking *booking.Service
	mux     *http.ServeMux
	streams *http.ServeMux // what goes on after it was asked for
	spec    []byte         // the OpenAPI description
}

var _ http.Handler = (*Door)(nil)

// New returns the JSON API of a site.
func New(site *web.Site, b *booking.Service) *Door {
	d := &Door{site: site, booking: b, mux: http.NewServeMux(), streams: http.NewServeMux()}
	api := humago.NewWithPrefix(d.mux, prefix, d.config())
	d.routes(api)
	d.spec = describe(api.OpenAPI(), site.Texts.Printer(i18n.Reference))
	d.mux.HandleFunc("GET "+prefix+"/openapi.json", d.openapi)
	d.streams.HandleFunc("GET "+prefix+"/organisations/{org}/offices/{office}/queue/stream", d.queueStream)
	return d
}

// routes are all addresses of this door.
func (d *Door) routes(api huma.API) {
	const org = "/organisations/{org}"
	add(d, api, public("list-organisations", "/organisations", "Organisations", tagCatalogue), d.organisations)
	add(d, api, public("list-services", org+"/services", "Services, or a search among them", tagCatalogue), d.services)
	add(d, api, public("get-service", org+"/services/{service}", "One service with its rules of booking", tagCatalogue), d.service)
	add(d, api, public("list-places", org+"/services/{service}/offices", "Offices that offer a service, with their first free time", tagTimes), d.places)
	add(d, api, public("list-offices", org+"/offices", "Offices", tagCatalogue), d.offices)
	add(d, api, public("get-office", org+"/offices/{office}", "One office", tagCatalogue), d.office)
	add(d, api, public("get-office-hours", org+"/offices/{office}/hours", "Opening hours of an office", tagCatalogue), d.officeHours)
	add(d, api, public("get-queue", org+"/offices/{office}/queue", "Who waits at an office now", tagTimes), d.queue)
	add(d, api, public("list-forms", org+"/forms", "Forms that can be filled in", tagCatalogue), d.listForms)
	add(d, api, public("get-form", org+"/forms/{form}", "One form with its document", tagCatalogue), d.getForm)
	add(d, api, public("list-free-times", org+"/free-times", "Free times, day by day", tagTimes), d.freeTimes)

	add(d, api, step("create-hold", http.MethodPost, org+"/holds", "Hold a time", holdSteps), d.hold)
	add(d, api, step("extend-hold", http.MethodPost, org+"/holds/{hold}/extend", "Hold a time longer", extendSteps), d.extend)
	add(d, api, step("create-appointment", http.MethodPost, org+"/appointments", "Book", bookSteps), d.book)

	add(d, api, step("get-appointment", http.MethodGet, org+"/appointment", "Read an appointment", readSteps), d.read)
	add(d, api, step("edit-appointment", http.MethodPatch, org+"/appointment", "Change the details", changeSteps), d.edit)
	add(d, api, step("move-appointment", http.MethodPost, org+"/appointment/move", "Move to another time", changeSteps), d.move)
	add(d, api, step("cancel-appointment", http.MethodPost, org+"/appointment/cancel", "Cancel, with a reason", changeSteps), d.cancel)
	add(d, api, step("delete-appointment", http.MethodDelete, org+"/appointment", "Cancel", changeSteps), d.remove)

	add(d, api, step("confirm-appointment", http.MethodPost, org+"/appointment/confirm", "Confirm", changeSteps), d.confirm)
	add(d, api, step("resend-confirmation", http.MethodPost, org+"/appointment/resend", "Mail the confirming link again", changeSteps), d.resend)
	add(d, api, step("wait", http.MethodPost, org+"/waiting", "Join a waiting list", waitSteps), d.wait)
	add(d, api, step("leave-waiting", http.MethodPost, org+"/waiting/leave", "Leave a waiting list", waitSteps), d.leaveWaiting)

	d.courseRoutes(api)
	d.programRoutes(api)
}

// Caller is what every request tells of who asks. It is part of every input.
type Caller struct {
	Accept string `header:"Accept-Language" doc:"The language of names, texts and problems. Without it, English." example:"sv"`

	r *http.Request
}

// Resolve keeps the request.
func (c *Caller) Resolve(ctx huma.Context) []error {
	c.r, _ = humago.Unwrap(ctx)
	return nil
}

func (c *Caller) request() *http.Request { return c.r }

// asked is an input.
type asked interface{ request() *http.Request }

// add registers one operation. What its handler returns as an error becomes the problem it deserves.
func add[I, O any](d *Door, api huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	document(api.OpenAPI(), &op)
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, d.problem(any(in).(asked).request(), err)
		}
		return out, nil
	})
}

// language is what a request asks for: in its address, else in its header, else English.
func language(r *http.Request) i18n.Lang {
	if l, ok := i18n.Lookup(r.URL.Query().Get("lang")); ok {
		return l.Code
	}
	return i18n.Match("en;q=0.001," + r.Header.Get("Accept-Language"))
}

// printer speaks the language of a request.
func (d *Door) printer(r *http.Request) *i18n.Printer { return d.site.Texts.Printer(language(r)) }

// organisation returns what an organisation has configured, or a NotFound fault.
func (d *Door) organisation(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	if !ids.ValidSlug(string(o)) {
		return nil, fault.NotFound("org.unknown")
	}
	return d.site.Directory.Config(ctx, o)
}

// actor is the program that asks. A session is its own secret, of which only the hash goes any further.
func (d *Door) actor(r *http.Request, session string) actor.Actor {
	who := actor.Actor{Kind: actor.KindAPI, Address: web.AddressOf(r, d.site.Trusted)}
	if session != "" {
		who.Session = ids.HashToken(session)
	}
	return who
}
