package api

import (
	"context"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// cacheCatalogue is how long names, addresses and rules may be kept without asking.
const cacheCatalogue = "max-age=60"

// Organisation is somebody who serves people here.
type Organisation struct {
	ID        ids.Org `json:"id" example:"town"`
	Name      string  `json:"name" example:"Town of Specimen"`
	Country   string  `json:"country" example:"FI" doc:"ISO 3166."`
	Zone      string  `json:"zone" example:"Europe/Helsinki" doc:"The time zone of its offices."`
	Languages []Lang  `json:"languages" nullable:"false" doc:"The languages it serves in."`
	Phone     string  `json:"phone,omitempty"`
	Email     string  `json:"email,omitempty"`
	Demo      bool    `json:"demo,omitempty" doc:"Invented, to try things out."`
}

// Listed is an answer that may be kept for a while.
type Listed[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func listed[T any](body T, keep string) *Listed[T] { return &Listed[T]{CacheControl: keep, Body: body} }

// InLanguage asks for the language of the answer.
type InLanguage struct {
	Lang Lang `query:"lang" doc:"The language of the answer; goes before Accept-Language."`
}

// Organisations are all that are served here.
type Organisations struct {
	Organisations []Organisation `json:"organisations" nullable:"false"`
}

func (d *Door) organisations(ctx context.Context, in *struct {
	Caller
	InLanguage
},
) (*Listed[Organisations], error) {
	all, err := d.site.Directory.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := Organisations{Organisations: make([]Organisation, 0, len(all))}
	for _, o := range all {
		x := Organisation{
			ID: o.ID, Name: o.Name.In(language(in.r)), Country: o.Country, Zone: o.Zone, Languages: make([]Lang, 0, len(o.Languages)), Phone: o.Phone,
			Email: o.Email, Demo: o.Demo,
		}
		for _, l := range o.Languages {
			x.Languages = append(x.Languages, Lang(l))
		}
		out.Organisations = append(out.Organisations, x)
	}
	return listed(out, cacheCatalogue), nil
}

// Service is what a person comes for.
type Service struct {
	ID          ids.Service  `json:"id" example:"name-change"`
	Category    ids.Category `json:"category,omitempty"`
	Name        string       `json:"name" example:"Change of name"`
	Summary     string       `json:"summary,omitempty"`
	Description string       `json:"description,omitempty"`
	Price       string       `json:"price,omitempty"`
	Bring       []string     `json:"bring" nullable:"false" doc:"What to bring."`
	Length      int64        `json:"length" example:"1200" doc:"Of an appointment, in seconds. An office can have its own."`
	Needs       []string     `json:"requirements,omitempty" nullable:"false" doc:"Who can have it and what it takes."`
	Channels    []Channel    `json:"channels,omitempty" nullable:"false" doc:"The ways to it beside booking a time."`
	// Audience is whom it is for.
	Audience   []catalog.Audience  `json:"audience,omitempty" nullable:"false" enum:"person,company" doc:"Left out where it is for everybody."`
	LifeEvents []catalog.LifeEvent `json:"life_events,omitempty" nullable:"false" example:"[\"moving\"]" doc:"The times of life in which it is needed."`
	Updated    string              `json:"updated,omitempty" format:"date" doc:"The day on which somebody last looked through what is said of it."`
}

// Channel is a way to a service beside booking a time.
type Channel struct {
	Kind    catalog.ChannelKind `json:"kind" enum:"online,printable,phone,walk-in"`
	Name    string              `json:"name,omitempty"`
	Address string              `json:"address,omitempty" format:"uri"`
	Text    string              `json:"text,omitempty"`
}

// ServiceWithPolicy is a service with its rules of booking.
type ServiceWithPolicy struct {
	Service
	Policy Policy `json:"policy"`
}

// Services are those of an organisation.
type Services struct {
	Services []Service `json:"services" nullable:"false"`
}

func serviceOf(c *catalog.Config, s *catalog.Service, lang i18n.Lang) Service {
	bring := s.Bring.In(lang)
	if bring == nil {
		bring = []string{}
	}
	out := Service{
		ID: s.ID, Category: s.Category, Name: s.Name.In(lang), Summary: s.Summary.In(lang), Description: s.Description.In(lang), Price: s.Price.In(lang),
		Bring: bring, Length: int64(c.Policy(s.ID, "").Length / time.Second),
		Needs: s.Requirements.In(lang), Audience: s.Audience, LifeEvents: s.LifeEvents,
	}
	for _, ch := range s.Channels {
		out.Channels = append(out.Channels, Channel{ch.Kind, ch.Name.In(lang), ch.Address.In(lang), ch.Text.In(lang)})
	}
	if !s.Updated.IsZero() {
		out.Updated = s.Updated.String()
	}
	return out
}

func (d *Door) services(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org   ids.Org `path:"org" example:"town"`
	Query string  `query:"q" maxLength:"200" doc:"Words to look for, in any of the organisation's languages; spelling is forgiven. Best first."`
	// What narrows it; all of it must hold.
	Category  ids.Category      `query:"category" doc:"Of one category."`
	Audience  catalog.Audience  `query:"audience" enum:"person,company" doc:"For whom; who does not say is for everybody."`
	LifeEvent catalog.LifeEvent `query:"life_event" example:"moving" doc:"Needed at a time of life."`
	Way       catalog.Way       `query:"way" example:"phone" doc:"Had in a way: time (by booking one) or a kind of channel."`
},
) (*Listed[Services], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(in.Query) {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "q", Key: "field.bad_characters"})
	}
	lang := language(in.r)
	wanted := catalog.Wanted{Words: in.Query, Topic: in.Category, For: in.Audience, Life: in.LifeEvent, Way: in.Way}
	found := c.Fitting(wanted)
	if in.Query != "" {
		found = c.Find(lang, wanted)
	}
	out := Services{Services: make([]Service, 0, len(found))}
	for _, s := range found {
		out.Services = append(out.Services, serviceOf(c, s, lang))
	}
	return listed(out, cacheCatalogue), nil
}

func (d *Door) service(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org     ids.Org     `path:"org" example:"town"`
	Service ids.Service `path:"service" example:"name-change"`
},
) (*Listed[ServiceWithPolicy], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	s, err := c.Service(in.Service)
	if err != nil {
		return nil, err
	}
	return listed(ServiceWithPolicy{serviceOf(c, s, language(in.r)), Policy{c.Policy(s.ID, "")}}, cacheCatalogue), nil
}

// Office is a place with a door (FHIR: Location).
type Office struct {
	ID         ids.Office `json:"id" example:"hall"`
	Name       string     `json:"name" example:"Town hall"`
	Group      string     `json:"group,omitempty" doc:"The register office or department that it belongs to."`
	Department string     `json:"department,omitempty"`
	Building   string     `json:"building,omitempty"`
	Floor      string     `json:"floor,omitempty"`
	Door       string     `json:"door,omitempty"`
	Street     string     `json:"street,omitempty"`
	Postcode   string     `json:"postcode,omitempty"`
	Town       string     `json:"town,omitempty"`
	Phone      string     `json:"phone,omitempty"`
	PhoneHours string     `json:"phone_hours,omitempty"`
	Email      string     `json:"email,omitempty"`
	Access     string     `json:"access,omitempty" doc:"How to get in."`
	Position   *Position  `json:"position,omitempty"`
}

// Position is where something is, in degrees (WGS 84).
type Position struct {
	Latitude  float64 `json:"latitude" example:"60.17"`
	Longitude float64 `json:"longitude" example:"24.94"`
}

// Offices are those of an organisation.
type Offices struct {
	Offices []Office `json:"offices" nullable:"false"`
}

// OfficeWithServices is an office with what it offers.
type OfficeWithServices struct {
	Office
	Services []ids.Service `json:"services" nullable:"false" doc:"What can be booked here."`
}

func officeOf(c *catalog.Config, o *org.Office, lang i18n.Lang) Office {
	out := Office{
		ID: o.ID, Name: o.Name.In(lang), Street: o.Street.In(lang), Postcode: o.Postcode, Town: o.Town.In(lang), Phone: o.Phone,
		PhoneHours: o.PhoneHours.In(lang), Email: o.Email, Access: o.Access.In(lang),
		Department: o.Department.In(lang), Building: o.Building.In(lang), Floor: o.Floor.In(lang), Door: o.Door.In(lang),
	}
	if g, ok := c.Group(o.Group); ok {
		out.Group = g.Name.In(lang)
	}
	if o.HasPlace() {
		out.Position = &Position{o.Lat, o.Lon}
	}
	return out
}

func (d *Door) offices(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org ids.Org `path:"org" example:"town"`
},
) (*Listed[Offices], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	out := Offices{Offices: make([]Office, 0, len(c.Offices))}
	for i := range c.Offices {
		out.Offices = append(out.Offices, officeOf(c, &c.Offices[i], language(in.r)))
	}
	return listed(out, cacheCatalogue), nil
}

func (d *Door) office(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org    ids.Org    `path:"org" example:"town"`
	Office ids.Office `path:"office" example:"hall"`
},
) (*Listed[OfficeWithServices], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	o, err := c.Office(in.Office)
	if err != nil {
		return nil, err
	}
	out := OfficeWithServices{Office: officeOf(c, o, language(in.r)), Services: []ids.Service{}}
	for _, s := range c.ServicesAt(o.ID) {
		out.Services = append(out.Services, s.ID)
	}
	return listed(out, cacheCatalogue), nil
}

// Place is an office that offers a service, with the rules there and its first free time.
type Place struct {
	Office
	Policy Policy     `json:"policy"`
	First  *FirstTime `json:"first,omitempty" doc:"The first free time. Absent when there is none up to the horizon."`
}

// FirstTime is the first free time of an office. How many can book it is asked of the office's free times.
type FirstTime struct {
	Start string `json:"start" format:"date-time" example:"2026-11-23T09:20:00+02:00"`
	End   string `json:"end" format:"date-time" example:"2026-11-23T09:40:00+02:00"`
}

// Places are the offices that offer a service.
type Places struct {
	Places []Place `json:"places" nullable:"false"`
}

func (d *Door) places(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org     ids.Org     `path:"org" example:"town"`
	Service ids.Service `path:"service" example:"name-change"`
	Order   string      `query:"order" enum:"first,place" default:"first" doc:"By first free time, or as the organisation lists them."`
},
) (*Listed[Places], error) {
	if _, err := d.organisation(ctx, in.Org); err != nil {
		return nil, err
	}
	c, found, err := d.booking.Places(ctx, in.Org, in.Service, booking.PlaceOrder(in.Order))
	if err != nil {
		return nil, err
	}
	out := Places{Places: make([]Place, 0, len(found))}
	for _, p := range found {
		x := Place{Office: officeOf(c, p.Office, language(in.r)), Policy: Policy{c.Policy(in.Service, p.Office.ID)}}
		if p.Any {
			x.First = &FirstTime{Start: moment(p.First.Start, c.Zone()), End: moment(p.First.End, c.Zone())}
		}
		out.Places = append(out.Places, x)
	}
	return listed(out, cacheTimes), nil
}
