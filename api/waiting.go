package api

import (
	"context"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/domain/waiting"
)

// WaitRequest asks for a place on the waiting list of a service.
type WaitRequest struct {
	Service ids.Service  `json:"service" example:"name-change"`
	Offices []ids.Office `json:"offices,omitempty" maxItems:"100" doc:"Those that would do; without them, any."`
	From    string       `json:"from,omitempty" format:"date" doc:"The first day that would do."`
	Until   string       `json:"until,omitempty" format:"date" doc:"The last day that would do."`
	Days    []string     `json:"days,omitempty" maxItems:"7" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"The days of the week that would do; without them, any."`
	After   string       `json:"after,omitempty" pattern:"^[0-2]?[0-9]:[0-5][0-9]$" patternDescription:"a time of day" example:"12:00" doc:"The visit begins no earlier."`
	Before  string       `json:"before,omitempty" pattern:"^[0-2]?[0-9]:[0-5][0-9]$" patternDescription:"a time of day" example:"16:00" doc:"The visit ends no later."`
	Name    string       `json:"name" minLength:"1" maxLength:"120" example:"Specimen Person"`
	Email   string       `json:"email" minLength:"3" maxLength:"254" example:"specimen@example.org" doc:"Where offers are sent. They are answered with the link in the mail."`
	Phone   string       `json:"phone,omitempty" maxLength:"40" example:"+358 40 123 4567"`
	Lang    Lang         `json:"lang,omitempty"`
}

// Waiting is a place on a waiting list.
type Waiting struct {
	State     string      `json:"state" enum:"waiting,served,left"`
	Service   ids.Service `json:"service"`
	CreatedAt string      `json:"created_at" format:"date-time"`
}

// WaitingShown is the answer with a place on a waiting list.
type WaitingShown struct{ Body Waiting }

func (d *Door) wait(ctx context.Context, in *struct {
	Caller
	Keyed
	Org  ids.Org `path:"org" example:"town"`
	Body WaitRequest
},
) (*WaitingShown, error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	b := in.Body
	r := booking.WaitRequest{Org: in.Org, Service: b.Service, Key: in.formKey("wait", "")}
	r.Details = booking.Details{Name: b.Name, Email: b.Email, Phone: b.Phone, Lang: wanted(b.Lang, in.r, c.Org.Languages)}
	if r.Wish, err = b.wish(); err != nil {
		return nil, err
	}
	e, err := d.booking.Wait(ctx, d.actor(in.r, ""), r)
	if err != nil {
		return nil, err
	}
	return waitingShown(e, c.Zone()), nil
}

// wish reads which times would do, and names every field that is wrong.
func (b WaitRequest) wish() (w waiting.Wish, err error) {
	w.Offices = b.Offices
	var wrong []fault.Field
	bad := func(name, key string, err error) {
		if err != nil {
			wrong = append(wrong, fault.Field{Name: name, Key: key})
		}
	}
	for _, f := range []struct {
		name, text string
		to         *org.Date
	}{{"from", b.From, &w.From}, {"until", b.Until, &w.Until}} {
		if f.text != "" {
			*f.to, err = org.ParseDate(f.text)
			bad(f.name, "api.field_date", err)
		}
	}
	for _, day := range b.Days {
		on, err := org.ParseWeekdays(day)
		bad("days", "field.required", err)
		w.Days |= on
	}
	for _, f := range []struct {
		name, text string
		to         *org.Minute
	}{{"after", b.After, &w.After}, {"before", b.Before, &w.Before}} {
		if f.text != "" {
			*f.to, err = org.ParseMinute(f.text)
			bad(f.name, "api.field_time", err)
		}
	}
	if w.After != 0 && w.Before == 0 {
		w.Before = org.EndOfDay
	}
	if len(wrong) > 0 {
		return w, fault.Invalid("form.invalid", nil, wrong...)
	}
	return w, nil
}

// LeaveRequest takes somebody off a waiting list.
type LeaveRequest struct {
	Token string `json:"token" minLength:"10" maxLength:"100" doc:"The last part of the mailed link to the place on the list. It opens the place: it stands in bodies only."`
}

func (d *Door) leaveWaiting(ctx context.Context, in *struct {
	Caller
	Org  ids.Org `path:"org" example:"town"`
	Body LeaveRequest
},
) (*WaitingShown, error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	e, _, err := d.booking.WaiterOfLink(ctx, in.Body.Token)
	if err == nil && e.Org != in.Org {
		err = fault.NotFound("link.not_found")
	}
	if err != nil {
		return nil, err
	}
	if err := d.booking.Leave(ctx, d.actor(in.r, ""), e); err != nil {
		return nil, err
	}
	if e.State == waiting.Waiting {
		e.State = waiting.Left
	}
	return waitingShown(e, c.Zone()), nil
}

func waitingShown(e booking.Waiter, zone *time.Location) *WaitingShown {
	return &WaitingShown{Waiting{State: string(e.State), Service: e.Service, CreatedAt: moment(e.CreatedAt, zone)}}
}

// ConfirmRequest confirms an appointment.
type ConfirmRequest struct {
	Token string `json:"token,omitempty" maxLength:"100" doc:"The last part of the mailed link: needed by an appointment that is pending, since it proves the address. One that was set aside (proposed) needs none."`
}

func (d *Door) confirm(ctx context.Context, in *struct {
	Coded
	Body ConfirmRequest
},
) (*Shown, error) {
	who, a, err := d.find(ctx, &in.Coded)
	if err != nil {
		return nil, err
	}
	if a.Status == booking.Pending {
		o, id, err := d.booking.FollowLink(ctx, in.Body.Token)
		if err == nil && (o != a.Org || id != a.ID) {
			err = fault.NotFound("link.not_found")
		}
		if err != nil {
			return nil, err
		}
	}
	after, err := d.booking.Confirm(ctx, who, a.Org, a.ID)
	if err != nil {
		return nil, err
	}
	return d.changed(in.r, a, after)
}

func (d *Door) resend(ctx context.Context, in *struct {
	Coded
	Keyed
},
) (*Shown, error) {
	who, a, err := d.find(ctx, &in.Coded)
	if err != nil {
		return nil, err
	}
	after, err := d.booking.Resend(ctx, who, a.Org, a.ID, in.formKey("resend", string(a.ID)))
	if err != nil {
		return nil, err
	}
	return d.changed(in.r, a, after)
}

var waitSteps = steps{tag: tagBooking, status: http.StatusOK, security: []map[string][]string{{}}, errors: []int{400, 401, 404, 409, 413, 415, 422, 429, 500, 503}}
