package booking

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Visit is what somebody comes for beside the one service for one person: more people, and more services after it. The zero Visit is neither.
type Visit struct {
	People int           `json:"people,omitempty"` // 0 is one
	Also   []ids.Service `json:"also,omitempty"`
}

// Plain reports whether it is one service for one person.
func (v Visit) Plain() bool { return v.People <= 1 && len(v.Also) == 0 }

// Part is one of the things that a visit of several people, or of several services, is made of: a service for somebody.
type Part struct {
	Service ids.Service
	Name    string
	Account ids.Person // in whose folder the visit is, for their own part; else empty
	// Sealed is the name of who comes along, as it is stored: under the key of the visit's person. The first name is the appointment's own.
	Sealed []byte
}

// longestVisit bounds a visit, whatever it is made of.
const longestVisit = 4 * time.Hour

// For returns the schedule of a visit: its times are as long as all of it takes, at units that serve all of it. Faults: Invalid "visit.too_many",
// "visit.not_combinable", "visit.too_long".
func (s Schedule) For(v Visit) (Schedule, error) {
	if v.Plain() {
		return s, nil
	}
	people := max(v.People, 1)
	if people > max(s.Policy.MaxPeople, 1) {
		return s, fault.Invalid("visit.too_many", fault.Args{"max": max(s.Policy.MaxPeople, 1)})
	}
	length := s.Policy.Length
	for i, also := range v.Also {
		if !slices.Contains(s.Service.Combines, also) || slices.Contains(v.Also[:i], also) {
			return s, fault.Invalid("visit.not_combinable", nil)
		}
		if _, _, err := s.Config.Offered(also, s.Office.ID); err != nil {
			return s, fault.Invalid("visit.not_combinable", nil).Because(err)
		}
		length += s.Config.Policy(also, s.Office.ID).Length
	}
	if length *= time.Duration(people); length > longestVisit {
		return s, fault.Invalid("visit.too_long", nil)
	}
	all := s.serving(v.Also)
	if len(all.Units) == 0 && len(s.Units) > 0 { // each can be had, and nobody serves all of it
		return s, fault.Invalid("visit.not_combinable", nil)
	}
	return all.Lasting(length), nil
}

// serving leaves those units that serve all of some services.
func (s Schedule) serving(services []ids.Service) Schedule {
	for _, id := range services {
		can := s.Config.Units(id, s.Office.ID)
		s = s.Only(func(u *org.Unit) bool {
			return slices.ContainsFunc(can, func(x *org.Unit) bool { return x.ID == u.ID })
		})
	}
	return s
}

// UnitsFor are the units of an office that serve all that an appointment is for.
func UnitsFor(c *catalog.Config, a Appointment, office ids.Office) []*org.Unit {
	s := Schedule{Config: c, Office: &org.Office{ID: office}, Units: c.Units(a.Service, office)}
	return s.serving(a.Visit().Also).Units
}

// parts are what a visit is made of, in the order of the people; none for a plain visit.
func (v Visit) parts(first ids.Service, d Details, owner ids.Person) []Part {
	if v.Plain() {
		return nil
	}
	var out []Part
	for i, name := range append([]string{d.Name}, d.others()...) {
		for _, service := range append([]ids.Service{first}, v.Also...) {
			p := Part{Service: service, Name: name}
			if i == 0 {
				p.Account = owner
			}
			out = append(out, p)
		}
	}
	return out
}

// Visit is what an appointment is for, as it would be booked again.
func (a Appointment) Visit() (v Visit) {
	if len(a.Parts) == 0 {
		return v
	}
	for _, p := range a.Parts {
		if p.Service != a.Service && !slices.Contains(v.Also, p.Service) {
			v.Also = append(v.Also, p.Service)
		}
	}
	v.People = len(a.Parts) / (1 + len(v.Also))
	return v
}

// Names are those of all who come.
func (a Appointment) Names() []string { return append([]string{a.Details.Name}, a.Details.others()...) }

// WithParts fills in what an appointment is made of, as it is stored.
func (a Appointment) WithParts(parts []Part) Appointment {
	a.Parts = parts
	services := 1 + len(a.Visit().Also)
	var others []string
	for i := services; i < len(parts); i += services {
		others = append(others, parts[i].Name)
	}
	a.Details.Others = ""
	if strings.Join(others, "") != "" { // else the person was erased, and the names with them
		a.Details.Others = strings.Join(others, "\n")
	}
	return a
}

func partPlace(id ids.Appointment, position int) seal.Place {
	return seal.Place{Table: "appointment_part", Column: "sealed", Row: string(id) + "/" + strconv.Itoa(position)}
}

// sealParts seals the names of those who come along.
func sealParts(a *Appointment, key seal.PersonKey) (err error) {
	for i := range a.Parts {
		p := &a.Parts[i]
		if p.Sealed = nil; i < 1+len(a.Visit().Also) {
			continue
		}
		if p.Sealed, err = sealText(key, p.Name, partPlace(a.ID, i)); err != nil {
			return fmt.Errorf("seal name of part %d: %w", i, err)
		}
	}
	return nil
}

// openParts are the parts of an appointment with the names that can be read: without a key, after erasure, there are none but the appointment's own.
func openParts(id ids.Appointment, first string, parts []Part, key seal.PersonKey, erased bool) ([]Part, error) {
	out := slices.Clone(parts)
	also := 1 + len(Appointment{Service: parts[0].Service, Parts: parts}.Visit().Also)
	for i := range out {
		p := &out[i]
		switch {
		case i < also:
			p.Name = first
		case erased:
			p.Name = ""
		case len(p.Sealed) > 0:
			var err error
			if p.Name, err = openText(key, p.Sealed, partPlace(id, i)); err != nil {
				return nil, fmt.Errorf("open name of part %d of %s: %w", i, id, err)
			}
		}
	}
	return out, nil
}

// PlainPart is a part of a visit whose name is from before such names were sealed.
type PlainPart struct {
	Org         ids.Org
	Appointment ids.Appointment
	Position    int
	Name        string
	Sealed      []byte
}

// SealNames seals names that are from before such names were sealed, at most so many, and says how many it did. Those of erased people go.
func (s *Service) SealNames(ctx context.Context, most int) (int, error) {
	list, err := s.Store.PlainParts(ctx, most)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for i := range list {
		p := &list[i]
		a, err := s.Store.Appointment(ctx, p.Org, p.Appointment)
		if err != nil {
			return 0, err
		}
		key, erased, err := s.personKey(ctx, a.Person)
		if err != nil {
			return 0, err
		}
		if erased || p.Position < 1+len(a.Visit().Also) {
			continue
		}
		if p.Sealed, err = sealText(key, p.Name, partPlace(p.Appointment, p.Position)); err != nil {
			return 0, fmt.Errorf("seal name: %w", err)
		}
	}
	return len(list), s.Store.SealParts(ctx, list)
}

// others are the names of those who come along.
func (d Details) others() []string {
	if d.Others == "" {
		return nil
	}
	return strings.Split(d.Others, "\n")
}

// cleanOthers checks the names of those who come along: the fields are other, other-2 and so on.
func cleanOthers(typed string, wrong func(name string, err error)) string {
	if typed == "" {
		return ""
	}
	names := strings.Split(typed, "\n")
	for i, n := range names {
		name, ok := i18n.CleanLine(n)
		switch {
		case !ok:
			wrong(OtherField(i), fault.Invalid("field.bad_characters", nil))
		case name == "":
			wrong(OtherField(i), fault.Invalid("field.name_required", nil))
		case utf8.RuneCountInString(name) > MaxName:
			wrong(OtherField(i), fault.Invalid("field.name_too_long", fault.Args{"max": MaxName}))
		}
		names[i] = name
	}
	return strings.Join(names, "\n")
}

// OtherField is what the field of the i-th name of those who come along is called, from 0.
func OtherField(i int) string {
	return "other-" + string(rune('1'+i))
}

// checkOthers says which names are missing of those who come along.
func checkOthers(v Visit, d Details) error {
	have, want := len(d.others()), max(v.People, 1)-1
	if have == want {
		return nil
	}
	if have > want {
		return fault.Invalid("visit.other_names", nil)
	}
	var fields []fault.Field
	for i := have; i < want; i++ {
		fields = append(fields, fault.Field{Name: OtherField(i), Key: "field.name_required"})
	}
	return fault.Invalid("form.invalid", nil, fields...)
}

// Combinable are the services that can be had in the same visit as another one at an office; with an empty office, at any.
func Combinable(c *catalog.Config, service ids.Service, office ids.Office) []*catalog.Service {
	s, err := c.Service(service)
	if err != nil {
		return nil
	}
	var out []*catalog.Service
	for _, id := range s.Combines {
		also, err := c.Service(id)
		if err != nil {
			continue
		}
		if slices.ContainsFunc(c.OfficesOf(service), func(o *org.Office) bool {
			_, _, err := c.Offered(id, o.ID)
			return err == nil && (office == "" || o.ID == office)
		}) {
			out = append(out, also)
		}
	}
	return out
}

// PlacesFor is Places for a visit: the offices where all of it can be had, with the first times that are long enough.
func (s *Service) PlacesFor(ctx context.Context, o ids.Org, service ids.Service, order PlaceOrder, v Visit) (*catalog.Config, []Place, error) {
	if v.Plain() {
		return s.Places(ctx, o, service, order)
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.Service(service); err != nil {
		return nil, nil, err
	}
	var out []Place
	for _, office := range c.OfficesOf(service) {
		sch, err := s.Schedule(ctx, o, service, office.ID)
		if err != nil {
			return nil, nil, err
		}
		if sch, err = sch.For(v); err != nil {
			continue // not all of it can be had here
		}
		t, err := s.FirstFree(ctx, sch, 1, "")
		if err != nil {
			return nil, nil, err
		}
		p := Place{Office: office}
		p.First, p.Any = t.First()
		p.First.Units = 0
		out = append(out, p)
	}
	if order == ByFirst {
		sortPlaces(out)
	}
	return c, out, nil
}
