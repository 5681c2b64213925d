// Package citizen is the door of the people served: finding a service, booking a time without signing in, and looking after what was booked.
//
// Every page works without JavaScript and in every language, and says in its address nothing about a person: codes, names and reasons travel in forms,
// and who may see an appointment is proven by its code or its mailed link. Rules are left to domain/booking, words to the texts, class names to web/ui.
package citizen

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/course"
	"luukku/web"
)

// Door is the citizens' door.
type Door struct {
	Site    *web.Site
	Booking *booking.Service
	// Known returns what is known of who has signed in, or of whom they act for, to begin the form with. May be nil.
	Known func(ctx context.Context, who actor.Actor) (booking.Details, error)
	// Consent is what people agreed to be told.
	Consent *consent.Service
	// Acting is for whom people may act. May be nil.
	Acting Acting
	// Forms are the forms that people fill in. Nil has none.
	Forms Forms
	// Courses says which courses there are to lead to. Nil has none.
	Courses Courses
	*web.Mux
}

// Courses says which courses an organisation runs, and finds some.
type Courses interface {
	Running(ctx context.Context, o ids.Org) (course.Running, error)
	// Find returns the first of those in which every word is found, and how many there are in all.
	Find(ctx context.Context, o ids.Org, words string, topic ids.Category, most int) ([]course.Listed, int, error)
}

// New returns the door.
func New(site *web.Site, service *booking.Service) *Door {
	d := &Door{Site: site, Booking: service}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	return []web.Route{
		// pages of the installation
		web.GET("/{lang}/{$}", actor.Public, d.home),
		web.GET("/{lang}/look", actor.Public, d.look),
		web.POST("/{lang}/look", actor.Public, d.lookPost),

		// finding a service and booking a time
		web.GET("/{lang}/{org}/{$}", actor.Public, d.leading(d.front)),
		web.GET("/{lang}/{org}/services", actor.Public, d.open("letter", d.followCourses, d.services)),
		web.GET("/{lang}/{org}/topics/{topic}", actor.Public, d.configured(d.topic)),
		web.GET("/{lang}/{org}/life/{event}", actor.Public, d.configured(d.lifeEvent)),
		web.GET("/{lang}/{org}/services/{service}", actor.Public, d.leading(d.service)),
		web.GET("/{lang}/{org}/services/{service}/offices", actor.Public, d.open("sort", d.followPlaces, d.opened(d.places))),
		web.GET("/{lang}/{org}/services/{service}/visit", actor.Public, d.opened(d.visit)),
		web.POST("/{lang}/{org}/services/{service}/visit", actor.Public, d.opened(d.visitPost)),
		web.GET("/{lang}/{org}/services/{service}/waiting", actor.Public, d.opened(d.wait)),
		web.POST("/{lang}/{org}/services/{service}/waiting", actor.Public, d.opened(d.waitPost)),
		web.GET("/{lang}/{org}/services/{service}/waiting/done", actor.Public, d.waited),
		web.GET("/{lang}/{org}/forms", actor.Public, d.configured(d.forms)),
		web.GET("/{lang}/{org}/forms/{form}", actor.Public, d.form),
		web.GET("/{lang}/{org}/forms/{form}/blank.pdf", actor.Public, d.formBlank),
		web.GET("/{lang}/{org}/book/{service}/{office}", actor.Public, d.open("week", d.followTimes, d.opened(d.pick))),
		web.POST("/{lang}/{org}/book/{service}/{office}", actor.Public, d.opened(d.pickPost)),
		web.GET("/{lang}/{org}/book/draft/{draft}/details", actor.DraftUse, d.draft(d.details)),
		web.POST("/{lang}/{org}/book/draft/{draft}/details", actor.DraftUse, d.draft(d.detailsPost)),
		web.GET("/{lang}/{org}/book/draft/{draft}/check", actor.DraftUse, d.draft(d.check)),
		web.POST("/{lang}/{org}/book/draft/{draft}/check", actor.DraftUse, d.draft(d.checkPost)),
		web.GET("/{lang}/{org}/book/draft/{draft}/extend", actor.DraftUse, d.draft(d.extendGet)),
		web.POST("/{lang}/{org}/book/draft/{draft}/extend", actor.DraftUse, d.draft(d.extend)),
		web.GET("/{lang}/{org}/booked", actor.AppointmentManage, d.done),

		// looking after what was booked
		web.GET("/{lang}/{org}/appointment", actor.AppointmentManage, d.appointment),
		web.POST("/{lang}/{org}/appointment", actor.AppointmentManage, d.appointmentPost),
		web.GET("/{lang}/{org}/appointment/details", actor.AppointmentManage, d.withAppointment(d.edit)),
		web.POST("/{lang}/{org}/appointment/details", actor.AppointmentManage, d.withAppointment(d.editPost)),
		web.GET("/{lang}/{org}/appointment/move", actor.AppointmentManage, d.withAppointment(d.move)),
		web.POST("/{lang}/{org}/appointment/move", actor.AppointmentManage, d.withAppointment(d.movePost)),
		web.GET("/{lang}/{org}/appointment/move/{draft}", actor.AppointmentManage, d.withAppointment(d.moveCheck)),
		web.POST("/{lang}/{org}/appointment/move/{draft}", actor.AppointmentManage, d.withAppointment(d.moveCheckPost)),
		web.GET("/{lang}/{org}/appointment/cancel", actor.AppointmentManage, d.withAppointment(d.cancel)),
		web.POST("/{lang}/{org}/appointment/cancel", actor.AppointmentManage, d.withAppointment(d.cancelPost)),
		web.POST("/{lang}/{org}/appointment/resend", actor.AppointmentManage, d.withAppointment(d.resendPost)),
		web.POST("/{lang}/{org}/appointment/confirm", actor.AppointmentManage, d.withAppointment(d.confirmPost)),
		web.GET("/{lang}/{org}/appointment/print", actor.AppointmentManage, d.withAppointment(d.print)),
		web.GET("/{lang}/{org}/appointment.ics", actor.AppointmentManage, d.withAppointment(d.ics)),
		web.GET("/{lang}/{org}/appointment/waiting", actor.AppointmentManage, d.withAppointment(d.earlier)),
		web.POST("/{lang}/{org}/appointment/waiting", actor.AppointmentManage, d.withAppointment(d.earlierPost)),
		web.GET("/{lang}/{org}/waiting/{token}", actor.Public, d.waiting),
		web.POST("/{lang}/{org}/waiting/{token}", actor.Public, d.waitingPost),
		web.GET("/{lang}/{org}/offer/{token}", actor.Public, d.offer),
		web.POST("/{lang}/{org}/offer/{token}", actor.Public, d.offerPost),
		web.GET("/{lang}/{org}/unsubscribe/{token}", actor.Public, d.unsubscribe),
		web.POST("/{lang}/{org}/unsubscribe/{token}", actor.Public, d.unsubscribePost),
		web.GET("/{lang}/{org}/link/{token}", actor.Public, d.link),
		web.POST("/{lang}/{org}/link/{token}", actor.Public, d.linkPost),

		// about the organisation
		web.GET("/{lang}/{org}/help", actor.Public, d.configured(d.help)),
		web.GET("/{lang}/{org}/help/guide.pdf", actor.Public, d.helpGuide),
		web.GET("/{lang}/{org}/offices", actor.Public, d.configured(d.offices)),
		web.GET("/{lang}/{org}/offices/{office}", actor.Public, d.configured(d.office)),
		web.GET("/{lang}/{org}/site-map", actor.Public, d.leading(d.siteMap)),
		web.GET("/{lang}/{org}/accessibility", actor.Public, d.configured(d.accessibility)),
		web.GET("/{lang}/{org}/privacy", actor.Public, d.configured(d.privacy)),
		web.GET("/{lang}/{org}/look", actor.Public, d.look),
		web.POST("/{lang}/{org}/look", actor.Public, d.lookPost),
	}
}
