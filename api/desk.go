package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
)

var (
	setAsideWithKey = steps{tag: tagPrograms, status: http.StatusCreated, security: keyed, errors: []int{400, 401, 404, 409, 413, 415, 422, 429, 500, 503}}
	deedWithKey     = steps{tag: tagPrograms, status: http.StatusOK, security: keyed, errors: []int{400, 401, 404, 409, 412, 413, 415, 422, 429, 500, 503}}
)

// deskRoutes are what the desk does, for programs with a key.
func (d *Door) deskRoutes(api huma.API) {
	const one = "/organisations/{org}/appointments/{appointment}"
	add(d, api, step("create-prereservation", http.MethodPost, "/organisations/{org}/prereservations", "Set a time aside for somebody", setAsideWithKey), d.setAside)
	add(d, api, step("record-outcome", http.MethodPut, one+"/outcome", "Say what came of a visit", deedWithKey), d.outcome)
	add(d, api, step("confirm-for-client", http.MethodPost, one+"/confirm", "Confirm for the client", deedWithKey), d.confirmFor)
	add(d, api, step("cancel-for-client", http.MethodPost, one+"/cancel", "Cancel for the office", deedWithKey), d.cancelFor)
}

// Deed is a request of a program about one appointment.
type Deed struct {
	Credentials
	Guarded
	Appointment ids.Appointment `path:"appointment" maxLength:"40" doc:"As list-appointments has it."`
}

// deed is who asks, and the appointment. What the key does not open is not there.
func (d *Door) deed(ctx context.Context, in *Deed) (actor.Actor, booking.Appointment, *int64, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return who, booking.Appointment{}, nil, err
	}
	seen, err := in.seen()
	if err != nil {
		return who, booking.Appointment{}, nil, err
	}
	a, err := d.booking.Appointment(ctx, who, in.Org, in.Appointment)
	return who, a, seen, err
}

// DeedDone is an appointment after a deed, without whose it is.
type DeedDone struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body struct {
		ListedAppointment
		Outcome string `json:"outcome,omitempty" enum:"arrived,no-show,papers-missing,wrong-service" doc:"What came of the visit; left out while nobody has said."`
		Version int64  `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
	}
}

func (d *Door) deedDone(ctx context.Context, a booking.Appointment) (*DeedDone, error) {
	c, err := d.organisation(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	out := &DeedDone{ETag: version(a)}
	out.Body.ListedAppointment = ListedAppointment{a.ID, a.Service, a.Office, a.Unit, moment(a.Start, c.Zone()), moment(a.End, c.Zone()), a.StatusAt(d.site.Now().Unix())}
	out.Body.Version = a.Sequence
	for _, o := range outcomes {
		if o.is == a.Outcome && a.Outcome != booking.OutcomeNone {
			out.Body.Outcome = o.name
			break
		}
	}
	return out, nil
}

// outcomes are what a program says came of a visit. Who is served has arrived: there is one entry for both.
var outcomes = []struct {
	name string
	is   booking.VisitOutcome
}{
	{"arrived", booking.OutcomeCame}, {"served", booking.OutcomeCame}, {"no-show", booking.OutcomeNoShow}, {"papers-missing", booking.OutcomePapers},
	{"wrong-service", booking.OutcomeService}, {"none", booking.OutcomeNone},
}

// OutcomeRequest says what came of a visit.
type OutcomeRequest struct {
	Outcome string `json:"outcome" enum:"arrived,served,no-show,papers-missing,wrong-service,none" doc:"arrived and served are one entry; none takes the entry back."`
}

func (d *Door) outcome(ctx context.Context, in *struct {
	Deed
	Body OutcomeRequest
},
) (*DeedDone, error) {
	who, a, seen, err := d.deed(ctx, &in.Deed)
	if err != nil {
		return nil, err
	}
	for _, o := range outcomes {
		if o.name == in.Body.Outcome {
			a, err = d.booking.RecordVisit(ctx, who, in.Org, a.ID, o.is, seen)
			break
		}
	}
	if err != nil {
		return nil, in.changed(err)
	}
	return d.deedDone(ctx, a)
}

func (d *Door) confirmFor(ctx context.Context, in *Deed) (*DeedDone, error) {
	who, a, seen, err := d.deed(ctx, in)
	if err != nil {
		return nil, err
	}
	if seen != nil && *seen != a.Sequence {
		return nil, in.changed(fault.Conflict("manage.stale", nil))
	}
	after, err := d.booking.Confirm(ctx, who, in.Org, a.ID)
	if err != nil {
		return nil, in.changed(err)
	}
	return d.deedDone(ctx, after)
}

func (d *Door) cancelFor(ctx context.Context, in *struct {
	Deed
	Keyed
	Body CancelRequest
},
) (*DeedDone, error) {
	who, a, seen, err := d.deed(ctx, &in.Deed)
	if err != nil {
		return nil, err
	}
	after, err := d.booking.Cancel(ctx, who, booking.CancelRequest{Org: in.Org, ID: a.ID, Reason: in.Body.Reason, Key: in.formKey("cancel", string(a.ID)), Seen: seen})
	if err != nil {
		return nil, in.changed(err)
	}
	return d.deedDone(ctx, after)
}

// SetAsideRequest asks for a time to be set aside until its person confirms it.
type SetAsideRequest struct {
	TimeRequest
	Unit   ids.Unit      `json:"unit,omitempty" maxLength:"60" doc:"The only counter or professional that will do."`
	Name   string        `json:"name" minLength:"1" maxLength:"120" example:"Specimen Person"`
	Email  string        `json:"email,omitempty" maxLength:"254" example:"specimen@example.org" doc:"Where the person is told."`
	Phone  string        `json:"phone,omitempty" maxLength:"40" example:"+358 40 123 4567"`
	Lang   Lang          `json:"lang,omitempty" doc:"The language of the service and of what is sent; one of the organisation's. Without it, that of the request."`
	Note   string        `json:"note,omitempty" maxLength:"500" doc:"Help needed at the visit. Kept sealed."`
	Others []string      `json:"others,omitempty" maxItems:"20" doc:"The names of those who come along in the same visit."`
	Also   []ids.Service `json:"also,omitempty" maxItems:"10" doc:"Other services in the same visit, of those that the service combines with."`
}

func (d *Door) setAside(ctx context.Context, in *struct {
	Credentials
	Keyed
	Body SetAsideRequest
},
) (*Made, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	b := in.Body
	start, err := parseStart(b.Start)
	if err != nil {
		return nil, err
	}
	r := booking.ProposeRequest{
		Org: in.Org, Service: b.Service, Office: b.Office, Start: start, Unit: b.Unit, Key: in.formKey("set-aside", string(who.Client)),
		Details: booking.Details{Name: b.Name, Email: b.Email, Phone: b.Phone, Lang: wanted(b.Lang, in.r, c.Org.Languages), Note: b.Note, Others: joined(b.Others)},
		Visit:   BookingRequest{Others: b.Others, Also: b.Also}.visit(),
	}
	made, err := d.booking.Propose(ctx, who, r)
	if err != nil {
		return nil, d.offer(ctx, in.Org, b.Service, b.Office, start, "", err)
	}
	return d.made(in.Org, in.r, made)
}
