package api

import (
	"context"
	"net/http"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
)

// sessionLength is how many characters a session secret has.
const sessionLength = 52

// nearest is how many free times a problem offers instead of one that was taken.
const nearest = 5

// TimeRequest chooses a time.
type TimeRequest struct {
	Service ids.Service `json:"service" example:"name-change" maxLength:"60"`
	Office  ids.Office  `json:"office" example:"hall" maxLength:"60"`
	Start   string      `json:"start" format:"date-time" example:"2026-11-23T09:20:00+02:00" doc:"A free time, with its offset."`
}

// Hold is a time that is kept, or, where the policy holds nothing, one that is free.
type Hold struct {
	ID        ids.Draft   `json:"id" doc:"Send it with the booking."`
	Held      bool        `json:"held" doc:"Whether the time is kept. When not, whoever books first gets it."`
	Service   ids.Service `json:"service"`
	Office    ids.Office  `json:"office"`
	Start     string      `json:"start" format:"date-time"`
	End       string      `json:"end" format:"date-time"`
	ExpiresAt string      `json:"expires_at,omitempty" format:"date-time" doc:"The last second in which the time is kept."`
	Session   string      `json:"session,omitempty" doc:"The secret that the hold belongs to; told once."`
}

// Held is the answer with a hold.
type Held struct {
	Status int
	Body   Hold
}

func (d *Door) hold(ctx context.Context, in *struct {
	Caller
	Org     ids.Org `path:"org" example:"town"`
	Session string  `header:"Luukku-Session" hidden:"true"`
	Body    TimeRequest
},
) (*Held, error) {
	if _, err := d.organisation(ctx, in.Org); err != nil {
		return nil, err
	}
	start, err := parseStart(in.Body.Start)
	if err != nil {
		return nil, err
	}
	session := in.Session
	if session == "" {
		session = d.site.Gen.SessionToken()
	} else if err := checkSession(session); err != nil {
		return nil, err
	}
	who := d.actor(in.r, session)
	r := booking.PickRequest{Org: in.Org, Service: in.Body.Service, Office: in.Body.Office, Start: start, Lang: language(in.r)}
	draft, err := d.booking.Pick(ctx, who, r)
	if err != nil {
		return nil, d.offer(ctx, in.Org, in.Body.Service, in.Body.Office, start, "", err)
	}
	out, err := d.heldAnswer(ctx, draft)
	if err != nil {
		return nil, err
	}
	if in.Session == "" {
		out.Body.Session = session
	}
	if draft.Hold != "" {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (d *Door) extend(ctx context.Context, in *struct {
	Caller
	Org     ids.Org   `path:"org" example:"town"`
	Hold    ids.Draft `path:"hold"`
	Session string    `header:"Luukku-Session" hidden:"true"`
},
) (*Held, error) {
	who, draft, err := d.heldBy(ctx, in.r, in.Org, in.Session, in.Hold)
	if err != nil {
		return nil, err
	}
	start := draft.Start
	if draft, err = d.booking.Extend(ctx, who, in.Org, in.Hold); err != nil {
		return nil, d.offer(ctx, in.Org, draft.Service, draft.Office, start, "", err)
	}
	return d.heldAnswer(ctx, draft)
}

// heldBy finds a hold of a session.
func (d *Door) heldBy(ctx context.Context, r *http.Request, o ids.Org, session string, id ids.Draft) (actor.Actor, booking.Draft, error) {
	if session == "" {
		return actor.Actor{}, booking.Draft{}, fault.Invalid("form.invalid", nil, fault.Field{Name: sessionHeader, Key: "field.required"})
	}
	if err := checkSession(session); err != nil {
		return actor.Actor{}, booking.Draft{}, err
	}
	if _, err := d.organisation(ctx, o); err != nil {
		return actor.Actor{}, booking.Draft{}, err
	}
	if !ids.Valid(string(id)) {
		return actor.Actor{}, booking.Draft{}, fault.NotFound("draft.not_found")
	}
	who := d.actor(r, session)
	draft, err := d.booking.Draft(ctx, who, o, id)
	return who, draft, err
}

// checkSession refuses what this door never gave out, so that nobody books under a secret that others can guess.
func checkSession(session string) error {
	if len(session) != sessionLength {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: sessionHeader, Key: "api.field_session"})
	}
	return nil
}

func (d *Door) heldAnswer(ctx context.Context, draft booking.Draft) (*Held, error) {
	c, err := d.organisation(ctx, draft.Org)
	if err != nil {
		return nil, err
	}
	zone := c.Zone()
	out := &Held{Status: http.StatusOK, Body: Hold{
		ID: draft.ID, Held: draft.Hold != "", Service: draft.Service, Office: draft.Office, Start: moment(draft.Start, zone), End: moment(draft.End(), zone),
	}}
	if draft.Hold != "" {
		out.Body.ExpiresAt = moment(draft.HoldUntil, zone)
	}
	return out, nil
}

// offer adds the nearest free times to the fault that a time is taken. When they cannot be read the fault goes without them.
func (d *Door) offer(ctx context.Context, o ids.Org, service ids.Service, office ids.Office, start int64, moving ids.Appointment, err error) error {
	if !fault.IsKey(err, "booking.taken") {
		return err
	}
	sch, cannot := d.booking.Schedule(ctx, o, service, office)
	if cannot != nil {
		return err
	}
	near, cannot := d.booking.Alternatives(ctx, sch, start, nearest, moving)
	if cannot != nil {
		return err
	}
	return refusal{err, slotsOf(near, sch.Zone())}
}

// wanted is the language of the service: what was asked for, or else that of the request among those of the organisation.
func wanted(lang Lang, r *http.Request, among []i18n.Lang) i18n.Lang {
	if lang != "" {
		return i18n.Lang(lang)
	}
	return i18n.Match("en;q=0.001,"+r.Header.Get("Accept-Language"), among...)
}
