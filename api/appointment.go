package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
)

// Appointment is a booked time (FHIR: Appointment).
type Appointment struct {
	Status      string        `json:"status" enum:"pending,proposed,booked,cancelled,lapsed" doc:"pending: waits for the link in its mail. proposed: set aside, and waits to be confirmed. lapsed: nobody confirmed it in time."`
	ConfirmBy   string        `json:"confirm_by,omitempty" format:"date-time" doc:"The last second in which a pending or proposed appointment can be confirmed."`
	Others      []string      `json:"others,omitempty" doc:"The names of those who come along."`
	Also        []ids.Service `json:"also,omitempty" doc:"Other services in the same visit."`
	Service     ids.Service   `json:"service" example:"name-change"`
	Office      ids.Office    `json:"office" example:"hall"`
	Start       string        `json:"start" format:"date-time" example:"2026-11-23T09:20:00+02:00"`
	End         string        `json:"end" format:"date-time" example:"2026-11-23T09:40:00+02:00"`
	Name        string        `json:"name"`
	Email       string        `json:"email"`
	Phone       string        `json:"phone" doc:"E.164."`
	Lang        Lang          `json:"lang"`
	Note        string        `json:"note"`
	Version     int64         `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
	CreatedAt   string        `json:"created_at" format:"date-time"`
	ChangedAt   string        `json:"changed_at" format:"date-time"`
	CancelledAt string        `json:"cancelled_at,omitempty" format:"date-time"`
	CancelledBy string        `json:"cancelled_by,omitempty" enum:"client,office"`
	Reason      string        `json:"reason,omitempty" doc:"Why it was cancelled."`
	May         May           `json:"may" doc:"What can be done with it online now."`
}

// May says what can be done with an appointment now.
type May struct {
	Move   Permission `json:"move"`
	Edit   Permission `json:"edit"`
	Cancel Permission `json:"cancel"`
}

// Permission says whether something can be done, until when, and if not, why.
type Permission struct {
	Allowed bool   `json:"allowed"`
	Until   string `json:"until,omitempty" format:"date-time" doc:"The last second in which it can be done."`
	Type    string `json:"type,omitempty" format:"uri-reference" doc:"The problem that it would be answered with."`
	Detail  string `json:"detail,omitempty" doc:"Why not, in the language asked for."`
}

// Coded is a request about the appointment that a booking code opens.
type Coded struct {
	Caller
	Org  ids.Org `path:"org" example:"town"`
	Code string  `header:"Booking-Code" hidden:"true"`
}

// Guarded is a change that is made only to the version that was read.
type Guarded struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the appointment that was read: when it was changed since, nothing is done and the answer is 412." example:"\"0\""`
}

// Shown is the answer with an appointment.
type Shown struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     Appointment
}

// find opens an appointment with its code. Guessing is slowed by the room.
func (d *Door) find(ctx context.Context, in *Coded) (actor.Actor, booking.Appointment, error) {
	if _, err := d.organisation(ctx, in.Org); err != nil {
		return actor.Actor{}, booking.Appointment{}, err
	}
	who := d.actor(in.r, "")
	if strings.TrimSpace(in.Code) == "" {
		return who, booking.Appointment{}, fault.SignInRequired("api.code_required")
	}
	a, err := d.booking.Find(ctx, who, in.Org, in.Code)
	if err != nil {
		return who, a, err
	}
	who.Proven = []actor.Appointment{{Org: a.Org, ID: a.ID}}
	return who, a, nil
}

func (d *Door) read(ctx context.Context, in *Coded) (*Shown, error) {
	_, a, err := d.find(ctx, in)
	if err != nil {
		return nil, err
	}
	return d.shown(in.r, a)
}

// EditRequest names the details that are to be others.
type EditRequest struct {
	Name  *string `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Email *string `json:"email,omitempty" maxLength:"254" doc:"Empty takes it away."`
	Phone *string `json:"phone,omitempty" maxLength:"40" doc:"Empty takes it away."`
	Lang  *Lang   `json:"lang,omitempty"`
	Note  *string `json:"note,omitempty" maxLength:"500" doc:"Empty takes it away."`
}

func (d *Door) edit(ctx context.Context, in *struct {
	Coded
	Keyed
	Guarded
	Body EditRequest
},
) (*Shown, error) {
	who, a, err := d.find(ctx, &in.Coded)
	if err != nil {
		return nil, err
	}
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	r := booking.EditRequest{Org: a.Org, ID: a.ID, Details: a.Details, Key: in.formKey("edit", string(a.ID)), Seen: seen}
	for _, f := range []struct {
		to   *string
		from *string
	}{{&r.Details.Name, in.Body.Name}, {&r.Details.Email, in.Body.Email}, {&r.Details.Phone, in.Body.Phone}, {&r.Details.Note, in.Body.Note}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if in.Body.Lang != nil {
		r.Details.Lang = wanted(*in.Body.Lang, in.r, nil)
	}
	after, err := d.booking.Edit(ctx, who, r)
	if err != nil {
		return nil, in.changed(err)
	}
	return d.changed(in.r, a, after)
}

// MoveRequest asks for another time.
type MoveRequest struct {
	Start  string     `json:"start" format:"date-time" example:"2026-11-24T10:00:00+02:00"`
	Office ids.Office `json:"office,omitempty" maxLength:"60" doc:"Without it, the same office."`
}

func (d *Door) move(ctx context.Context, in *struct {
	Coded
	Keyed
	Guarded
	Body MoveRequest
},
) (*Shown, error) {
	start, err := parseStart(in.Body.Start)
	if err != nil {
		return nil, err
	}
	who, a, err := d.find(ctx, &in.Coded)
	if err != nil {
		return nil, err
	}
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	r := booking.MoveRequest{Org: a.Org, ID: a.ID, Office: in.Body.Office, Start: start, Key: in.formKey("move", string(a.ID))}
	if seen != nil && *seen != a.Sequence {
		// A repeat was read before its first time, so it may be behind.
		_, used, err := d.booking.Store.FormResult(ctx, a.Org, r.Key, d.site.Now().Unix())
		if err != nil {
			return nil, err
		}
		if !used {
			return nil, fault.Conflict("api.changed_since", nil)
		}
	}
	office := r.Office
	if office == "" {
		office = a.Office
	}
	after, err := d.booking.Move(ctx, who, r)
	if err != nil {
		return nil, d.offer(ctx, in.Org, a.Service, office, start, a.ID, in.changed(err))
	}
	return d.changed(in.r, a, after)
}

// CancelRequest gives an appointment up.
type CancelRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"For the office. Kept sealed."`
}

func (d *Door) cancel(ctx context.Context, in *struct {
	Coded
	Keyed
	Guarded
	Body CancelRequest
},
) (*Shown, error) {
	return d.giveUp(ctx, &in.Coded, in.Guarded, in.Keyed, in.Body.Reason)
}

func (d *Door) remove(ctx context.Context, in *struct {
	Coded
	Guarded
},
) (*Shown, error) {
	return d.giveUp(ctx, &in.Coded, in.Guarded, Keyed{}, "")
}

func (d *Door) giveUp(ctx context.Context, in *Coded, g Guarded, k Keyed, why string) (*Shown, error) {
	who, a, err := d.find(ctx, in)
	if err != nil {
		return nil, err
	}
	seen, err := g.seen()
	if err != nil {
		return nil, err
	}
	r := booking.CancelRequest{Org: a.Org, ID: a.ID, Reason: why, Key: k.formKey("cancel", string(a.ID)), Seen: seen}
	after, err := d.booking.Cancel(ctx, who, r)
	if err != nil {
		return nil, g.changed(err)
	}
	return d.changed(in.r, a, after)
}

// seen reads the version that was read.
func (g Guarded) seen() (*int64, error) {
	if g.IfMatch == "" || g.IfMatch == "*" {
		return nil, nil
	}
	inside, ok := strings.CutPrefix(g.IfMatch, `"`)
	inside, closed := strings.CutSuffix(inside, `"`)
	n, err := strconv.ParseInt(inside, 10, 64)
	if !ok || !closed || err != nil {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "If-Match", Key: "api.field_version"})
	}
	return &n, nil
}

// changed says "changed since" in the words of If-Match to whoever asked with it.
func (g Guarded) changed(err error) error {
	if g.IfMatch != "" && fault.IsKey(err, "manage.stale") {
		return fault.Conflict("api.changed_since", nil)
	}
	return err
}

// changed answers with an appointment after a change. One that is as it was before was changed by an earlier request of the same key.
func (d *Door) changed(r *http.Request, before, after booking.Appointment) (*Shown, error) {
	out, err := d.shown(r, after)
	if err == nil && after.Sequence == before.Sequence {
		out.Replayed = "true"
	}
	return out, err
}

func (d *Door) shown(r *http.Request, a booking.Appointment) (*Shown, error) {
	body, err := d.appointment(r, a)
	if err != nil {
		return nil, err
	}
	return &Shown{ETag: version(a), Body: body}, nil
}

// version is the ETag of an appointment.
func version(a booking.Appointment) string { return `"` + strconv.FormatInt(a.Sequence, 10) + `"` }

// appointment writes an appointment as programs read it.
func (d *Door) appointment(r *http.Request, a booking.Appointment) (Appointment, error) {
	c, err := d.organisation(r.Context(), a.Org)
	if err != nil {
		return Appointment{}, err
	}
	standing, err := d.booking.StandingOf(r.Context(), a)
	if err != nil {
		return Appointment{}, err
	}
	zone := c.Zone()
	out := Appointment{
		Status: string(a.StatusAt(d.site.Now().Unix())), Also: a.Visit().Also, Others: a.Names()[1:], Service: a.Service, Office: a.Office, Start: moment(a.Start, zone), End: moment(a.End, zone), Name: a.Details.Name,
		Email: a.Details.Email, Phone: a.Details.Phone, Lang: Lang(a.Details.Lang), Note: a.Details.Note, Version: a.Sequence,
		CreatedAt: moment(a.CreatedAt, zone), ChangedAt: moment(a.ChangedAt, zone), CancelledBy: a.CancelledBy, Reason: a.Reason,
	}
	if a.ExpiresAt != 0 {
		out.ConfirmBy = moment(a.ExpiresAt, zone)
	}
	if a.CancelledAt != 0 {
		out.CancelledAt = moment(a.CancelledAt, zone)
	}
	until := booking.ChangeUntil(standing.Policy, a.Start)
	out.May = May{
		Move: d.permission(r, standing.Move, until, zone), Edit: d.permission(r, standing.Edit, until, zone),
		Cancel: d.permission(r, standing.Cancel, booking.CancelUntil(standing.Policy, a.Start), zone),
	}
	return out, nil
}

func (d *Door) permission(r *http.Request, refused error, until int64, zone *time.Location) Permission {
	if refused == nil {
		return Permission{Allowed: true, Until: moment(until, zone)}
	}
	p := d.problem(r, refused)
	return Permission{Type: p.Type, Detail: p.Detail}
}
