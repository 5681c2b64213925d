package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// BookingRequest asks for an appointment.
type BookingRequest struct {
	TimeRequest
	Hold  ids.Draft `json:"hold,omitempty" maxLength:"60" doc:"The hold to book from. Needs the header Luukku-Session."`
	Name  string    `json:"name" minLength:"1" maxLength:"120" example:"Specimen Person"`
	Email string    `json:"email,omitempty" maxLength:"254" example:"specimen@example.org" doc:"Where the confirmation is sent."`
	Phone string    `json:"phone,omitempty" maxLength:"40" example:"+358 40 123 4567"`
	Lang  Lang      `json:"lang,omitempty" doc:"The language of the service and of what is sent; one of the organisation's. Without it, that of the request."`
	Note  string    `json:"note,omitempty" maxLength:"500" doc:"Help needed at the visit. Kept sealed."`
	// A visit of several people, or of several services.
	Others []string      `json:"others,omitempty" maxItems:"20" doc:"The names of those who come along in the same visit. It takes as long as all of them together."`
	Also   []ids.Service `json:"also,omitempty" maxItems:"10" doc:"Other services in the same visit, of those that the service combines with."`
}

// visit is what the request is for.
func (b BookingRequest) visit() (v booking.Visit) {
	if len(b.Others) > 0 {
		v.People = 1 + len(b.Others)
	}
	v.Also = b.Also
	return v
}

// Booked is an appointment that was made, with the code that opens it.
type Booked struct {
	Code        string      `json:"code" example:"K7PQ-3M9X-TR" doc:"Opens the appointment, here as the header Booking-Code. Give it to the person, and to nobody else."`
	Appointment Appointment `json:"appointment"`
	Links       Links       `json:"links"`
}

// Links lead on from an appointment. No address has a code in it.
type Links struct {
	Self string `json:"self" format:"uri-reference" example:"/api/v1/organisations/town/appointment" doc:"For programs, with the header Booking-Code."`
	Page string `json:"page" format:"uri-reference" example:"https://town.example/en/town/appointment" doc:"For the person, who types the code there."`
}

// Keyed is a request that can be repeated without harm.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"128" pattern:"^[!-~]+$" patternDescription:"printable, without spaces" example:"7f9c2ba4-e88f-4d2a-9d0c-3f6a1e5b8c71" doc:"A random name of this request, such as a UUID: the same key, the same answer, for 24 hours."`
}

// formKey is the key as the store keeps it: a hash, because a program may have put something personal into it.
func (k Keyed) formKey(what, about string) ids.FormKey {
	sum := sha256.Sum256([]byte("api\x00" + what + "\x00" + about + "\x00" + k.Key))
	return ids.FormKey("api-" + hex.EncodeToString(sum[:]))
}

// Made is the answer to a booking.
type Made struct {
	Status   int
	Location string `header:"Location" doc:"Where the appointment is read, with its code in the header Booking-Code."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already booked."`
	Body     Booked
}

func (d *Door) book(ctx context.Context, in *struct {
	Caller
	Keyed
	Org     ids.Org `path:"org" example:"town"`
	Session string  `header:"Luukku-Session" hidden:"true"`
	Body    BookingRequest
},
) (*Made, error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	b := in.Body
	start, err := parseStart(b.Start)
	if err != nil {
		return nil, err
	}
	r := booking.BookRequest{
		Org: in.Org, Service: b.Service, Office: b.Office, Start: start, Key: in.formKey("book", ""),
		Details: booking.Details{Name: b.Name, Email: b.Email, Phone: b.Phone, Lang: wanted(b.Lang, in.r, c.Org.Languages), Note: b.Note},
		Visit:   b.visit(),
	}
	r.Details.Others = joined(b.Others)
	who := d.actor(in.r, "")
	made, again, err := d.booking.Remade(ctx, r)
	if err != nil {
		return nil, err
	}
	if again {
		return d.made(in.Org, in.r, made)
	}
	if b.Hold != "" {
		owner, draft, err := d.heldBy(ctx, in.r, in.Org, in.Session, b.Hold)
		if err != nil {
			return nil, err
		}
		who, r.Hold = owner, draft.Hold
	}
	if made, err = d.booking.Book(ctx, who, r); err != nil {
		return nil, d.offer(ctx, in.Org, b.Service, b.Office, start, "", err)
	}
	return d.made(in.Org, in.r, made)
}

// joined writes names on lines of their own, each on one.
func joined(names []string) string {
	lines := make([]string, len(names))
	for i, n := range names {
		lines[i] = strings.NewReplacer("\r", " ", "\n", " ").Replace(n)
	}
	return strings.Join(lines, "\n")
}

func (d *Door) made(o ids.Org, r *http.Request, b booking.Booking) (*Made, error) {
	code, err := d.booking.Code(b.Appointment.ID)
	if err != nil {
		return nil, err
	}
	a, err := d.appointment(r, b.Appointment)
	if err != nil {
		return nil, err
	}
	out := &Made{Status: http.StatusCreated, Location: prefix + "/organisations/" + string(o) + "/appointment"}
	if b.Repeated {
		out.Status, out.Replayed = http.StatusOK, "true"
	}
	out.Body = Booked{Code: ids.FormatCode(code), Appointment: a, Links: Links{
		Self: out.Location, Page: d.site.BaseURL + web.Path(b.Appointment.Details.Lang, o, "appointment"),
	}}
	return out, nil
}
