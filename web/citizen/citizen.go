// Package citizen is the door of the people served: finding a service, booking a time without signing in, and looking after what was booked.
//
// Every page works without JavaScript and in every language, and says in its address nothing about a person: codes, names and reasons travel in forms,
// and who may see an appointment is proven by its code or its mailed link. Rules are left to domain/booking, words to the texts, class names to web/ui.
package citizen

import (
	"errors"
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// Door is the citizens' door.
type Door struct {
	Site    *web.Site
	Booking *booking.Service
	mux     *http.ServeMux
}

// route is one line of the door's list: a method, a path with {lang} and, for an organisation's pages, {org}, and the page.
type route struct {
	method, path string
	handle       web.Handler
}

// New returns the door.
func New(site *web.Site, service *booking.Service) *Door {
	d := &Door{Site: site, Booking: service, mux: http.NewServeMux()}
	for _, r := range d.routes() {
		d.mux.HandleFunc(r.method+" "+r.path, d.serve(r.handle))
	}
	return d
}

// routes is every page of this door.
func (d *Door) routes() []route {
	return []route{
		// pages of the installation
		{"GET", "/{lang}/{$}", d.home},
		{"GET", "/{lang}/look", d.look},
		{"POST", "/{lang}/look", d.lookPost},

		// finding a service and booking a time
		{"GET", "/{lang}/{org}/{$}", d.configured(d.front)},
		{"GET", "/{lang}/{org}/services", d.configured(d.services)},
		{"GET", "/{lang}/{org}/services/{service}", d.configured(d.service)},
		{"GET", "/{lang}/{org}/services/{service}/offices", d.open("sort", d.followPlaces, d.places)},
		{"GET", "/{lang}/{org}/book/{service}/{office}", d.open("week", d.followTimes, d.pick)},
		{"POST", "/{lang}/{org}/book/{service}/{office}", d.pickPost},
		{"GET", "/{lang}/{org}/book/draft/{draft}/details", d.draft(d.details)},
		{"POST", "/{lang}/{org}/book/draft/{draft}/details", d.draft(d.detailsPost)},
		{"GET", "/{lang}/{org}/book/draft/{draft}/check", d.draft(d.check)},
		{"POST", "/{lang}/{org}/book/draft/{draft}/check", d.draft(d.checkPost)},
		{"GET", "/{lang}/{org}/book/draft/{draft}/extend", d.draft(d.extendGet)},
		{"POST", "/{lang}/{org}/book/draft/{draft}/extend", d.draft(d.extend)},
		{"GET", "/{lang}/{org}/booked", d.done},

		// looking after what was booked
		{"GET", "/{lang}/{org}/appointment", d.appointment},
		{"POST", "/{lang}/{org}/appointment", d.appointmentPost},
		{"GET", "/{lang}/{org}/appointment/details", d.withAppointment(d.edit)},
		{"POST", "/{lang}/{org}/appointment/details", d.withAppointment(d.editPost)},
		{"GET", "/{lang}/{org}/appointment/move", d.withAppointment(d.move)},
		{"POST", "/{lang}/{org}/appointment/move", d.withAppointment(d.movePost)},
		{"GET", "/{lang}/{org}/appointment/move/{draft}", d.withAppointment(d.moveCheck)},
		{"POST", "/{lang}/{org}/appointment/move/{draft}", d.withAppointment(d.moveCheckPost)},
		{"GET", "/{lang}/{org}/appointment/cancel", d.withAppointment(d.cancel)},
		{"POST", "/{lang}/{org}/appointment/cancel", d.withAppointment(d.cancelPost)},
		{"GET", "/{lang}/{org}/appointment/print", d.withAppointment(d.print)},
		{"GET", "/{lang}/{org}/appointment.ics", d.withAppointment(d.ics)},
		{"GET", "/{lang}/{org}/link/{token}", d.link},
		{"POST", "/{lang}/{org}/link/{token}", d.linkPost},

		// about the organisation
		{"GET", "/{lang}/{org}/help", d.configured(d.help)},
		{"GET", "/{lang}/{org}/offices", d.configured(d.offices)},
		{"GET", "/{lang}/{org}/offices/{office}", d.configured(d.office)},
		{"GET", "/{lang}/{org}/site-map", d.configured(d.siteMap)},
		{"GET", "/{lang}/{org}/accessibility", d.configured(d.accessibility)},
		{"GET", "/{lang}/{org}/privacy", d.configured(d.privacy)},
		{"GET", "/{lang}/{org}/look", d.look},
		{"POST", "/{lang}/{org}/look", d.lookPost},
	}
}

// serve opens the visit of a request and hands it to the page.
func (d *Door) serve(h web.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := d.Site.Open(w, r, i18n.Lang(r.PathValue("lang")), ids.Org(r.PathValue("org")))
		if err != nil {
			v.Fail(err)
			return
		}
		if err := readForm(r); err != nil {
			v.Fail(err)
			return
		}
		v.Serve(h)
	}
}

// readForm reads a posted form once for all handlers: one that is too large or broken is told as such, and never read as an empty one.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

// ServeHTTP answers for /{lang}/... The app has made sure that the first segment is a language and the second none of the other doors'.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := d.mux.Handler(r); pattern == "" {
		d.lost(w, r)
		return
	}
	d.mux.ServeHTTP(w, r)
}

// lost answers an address that no page has, in the looks of the organisation where it names one; and a method that the page does not know.
func (d *Door) lost(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
	o := ids.Org("")
	if len(parts) > 1 {
		o = ids.Org(parts[1])
	}
	v, err := d.Site.Open(w, r, i18n.Lang(parts[0]), o)
	if err == nil {
		err = web.Lost(d.mux, w, r)
	}
	v.Fail(err)
}
