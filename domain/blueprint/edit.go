package blueprint

import (
	"cmp"
	"slices"
	"strings"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Units is the section of an office's counters and professionals.
const Units = "units"

// Ref names a thing that is edited: the organisation itself (the zero Ref), a thing of a section, or a unit (Section Units, of an Office).
type Ref struct {
	Section string
	Office  ids.Office // of a unit
	ID      string     // for a unit, within its office
}

// Path is where faults of the thing are, with a dot at its end; empty for the organisation itself.
func (r Ref) Path() string {
	switch r.Section {
	case "":
		return ""
	case Units:
		return "offices." + string(r.Office) + ".units." + r.ID + "."
	}
	return r.Section + "." + r.ID + "."
}

// Name is Path as the audit log and forms have it: "offices.kallio.units.desk-1"; "organisation" for the organisation itself.
func (r Ref) Name() string { return cmp.Or(strings.TrimSuffix(r.Path(), "."), "organisation") }

// editing is how things of a section are edited.
type editing struct {
	infos  []FieldInfo
	ids    func(o *Organisation) []string
	record func(o *Organisation, id string) (table, bool)
	set    func(r *reader, o *Organisation, id string, values Record)
	add    func(o *Organisation, id string)
	remove func(o *Organisation, id string)
	move   func(o *Organisation, id string, by int)
	rebase func(r *rebaser, base, mine, now *Organisation)
	// settle settles a clash of a field, or of a whole thing (an empty field).
	settle func(draft, base, now *Organisation, id, field string, mine bool)
}

func editingOf[T any, S ~string](name string, fields []field[T], list func(*Organisation) *[]T, id func(*T) *S) editing {
	at := func(o *Organisation, slug string) int {
		return slices.IndexFunc(*list(o), func(v T) bool { return string(*id(&v)) == slug })
	}
	return editing{
		infos: infos(fields),
		ids: func(o *Organisation) []string {
			out := make([]string, len(*list(o)))
			for i := range *list(o) {
				out[i] = string(*id(&(*list(o))[i]))
			}
			return out
		},
		record: func(o *Organisation, slug string) (table, bool) {
			i := at(o, slug)
			if i < 0 {
				return nil, false
			}
			return say(fields, &(*list(o))[i]), true
		},
		set: func(r *reader, o *Organisation, slug string, values Record) {
			if i := at(o, slug); i >= 0 {
				setFields(r, fields, &(*list(o))[i], values)
			}
		},
		add: func(o *Organisation, slug string) {
			var v T
			*id(&v) = S(slug)
			*list(o) = append(slices.Clone(*list(o)), v)
		},
		remove: func(o *Organisation, slug string) {
			*list(o) = slices.DeleteFunc(slices.Clone(*list(o)), func(v T) bool { return string(*id(&v)) == slug })
		},
		move: func(o *Organisation, slug string, by int) { *list(o) = moved(*list(o), at(o, slug), by) },
		rebase: func(r *rebaser, base, mine, now *Organisation) {
			rebaseList(r, name+".", fields, list(base), list(mine), list(now), func(v *T) string { return string(*id(v)) })
		},
		settle: func(draft, base, now *Organisation, slug, name string, mine bool) {
			settleIn(fields, list(draft), list(base), list(now), slug, name, mine, func(v *T) string { return string(*id(v)) })
		},
	}
}

// moved is a list with one of its things some places further down.
func moved[T any](list []T, i, by int) []T {
	to := i + by
	if i < 0 || to < 0 || to >= len(list) {
		return list
	}
	out := slices.Clone(list)
	v := out[i]
	return slices.Insert(slices.Delete(out, i, i+1), to, v)
}

// office returns an office by its slug, or nil.
func (o *Organisation) office(id ids.Office) *Office {
	i := slices.IndexFunc(o.Offices, func(f Office) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &o.Offices[i]
}

// unit returns where a unit is within its office; -1 when it is not there.
func (f *Office) unit(name string) int {
	if f == nil {
		return -1
	}
	return slices.IndexFunc(f.Units, func(u org.Unit) bool { return u.ID == unitID(f.ID, name) })
}

// Refs are the things of a section in their order; of the units, those of an office.
func (o *Organisation) Refs(section string, office ids.Office) []Ref {
	var out []Ref
	if section == Units {
		if f := o.office(office); f != nil {
			for _, u := range f.Units {
				out = append(out, Ref{Section: Units, Office: f.ID, ID: unitName(f.ID, u.ID)})
			}
		}
		return out
	}
	if s, ok := sectionByName(section); ok {
		for _, id := range s.ids(o) {
			out = append(out, Ref{Section: section, ID: id})
		}
	}
	return out
}

// Has reports whether a thing is there.
func (o *Organisation) Has(ref Ref) bool {
	_, ok := o.Record(ref)
	return ok
}

// Record returns a thing as a form has it; ok is false when it is not there.
func (o *Organisation) Record(ref Ref) (Record, bool) {
	switch ref.Section {
	case "":
		return recordOf(say(organisationFields, o)), true
	case Units:
		f := o.office(ref.Office)
		i := f.unit(ref.ID)
		if i < 0 {
			return nil, false
		}
		return recordOf(say(unitFields, &f.Units[i])), true
	}
	s, ok := sectionByName(ref.Section)
	if !ok {
		return nil, false
	}
	t, ok := s.record(o, ref.ID)
	return recordOf(t), ok
}

// Set writes values into a thing that is there and leaves its other fields alone. It returns what cannot be read, with paths from the organisation on.
func (o *Organisation) Set(ref Ref, values Record) []Problem {
	texts, err := loadTexts()
	if err != nil {
		return []Problem{{Message: err.Error()}}
	}
	r := &reader{texts: texts}
	switch ref.Section {
	case "":
		setFields(r, organisationFields, o, values)
	case Units:
		f := o.office(ref.Office)
		if i := f.unit(ref.ID); i >= 0 {
			f.Units = slices.Clone(f.Units)
			setFields(r, unitFields, &f.Units[i], values)
		}
	default:
		if s, ok := sectionByName(ref.Section); ok {
			s.set(r, o, ref.ID, values)
		}
	}
	for i := range o.Offices {
		o.Offices[i].prune()
	}
	for i := range r.problems {
		r.problems[i].Path = ref.Path() + r.problems[i].Path
	}
	return r.problems
}

// Add puts a new thing at the end of its list. ok is false when its slug is none, or is taken.
func (o *Organisation) Add(ref Ref) (ok bool) {
	if !ids.ValidSlug(ref.ID) || strings.Contains(ref.ID, "--") || o.Has(ref) {
		return false
	}
	if ref.Section == Units {
		f := o.office(ref.Office)
		if f == nil {
			return false
		}
		f.Units = append(slices.Clone(f.Units), org.Unit{ID: unitID(f.ID, ref.ID)})
		return true
	}
	s, ok := sectionByName(ref.Section)
	if ok {
		s.add(o, ref.ID)
	}
	return ok
}

// Remove takes a thing away, with what other things say of it: that an office offers a service, that it belongs to a group.
func (o *Organisation) Remove(ref Ref) {
	switch ref.Section {
	case Units:
		if f := o.office(ref.Office); f != nil {
			f.Units = slices.DeleteFunc(slices.Clone(f.Units), func(u org.Unit) bool { return u.ID == unitID(f.ID, ref.ID) })
		}
		return
	case "services":
		o.forgetService(ids.Service(ref.ID))
	case "groups":
		for i := range o.Offices {
			if o.Offices[i].Group == ref.ID {
				o.Offices[i].Group = ""
			}
		}
	case "forms", "inboxes":
		for i := range o.FormTexts {
			t := &o.FormTexts[i]
			if ref.Section == "forms" {
				t.Forms = slices.DeleteFunc(slices.Clone(t.Forms), func(id ids.Form) bool { return string(id) == ref.ID })
			} else {
				t.Inboxes = slices.DeleteFunc(slices.Clone(t.Inboxes), func(id ids.Inbox) bool { return string(id) == ref.ID })
			}
		}
	}
	if s, ok := sectionByName(ref.Section); ok {
		s.remove(o, ref.ID)
	}
}

// forgetService takes a service from all offices, their policies, units and hours.
func (o *Organisation) forgetService(id ids.Service) {
	without := func(list []ids.Service) []ids.Service {
		return slices.DeleteFunc(slices.Clone(list), func(s ids.Service) bool { return s == id })
	}
	for i := range o.Offices {
		f := &o.Offices[i]
		f.Services = without(f.Services)
		delete(f.Policy, id)
		f.Hours = hoursWithout(f.Hours, id)
		f.Units = slices.DeleteFunc(slices.Clone(f.Units), func(u org.Unit) bool { return len(u.Services) == 1 && u.Services[0] == id })
		for j := range f.Units {
			f.Units[j].Services, f.Units[j].Hours = without(f.Units[j].Services), hoursWithout(f.Units[j].Hours, id)
		}
	}
}

// hoursWithout are rules of opening hours without a service; what was open for nothing else goes.
func hoursWithout(rules []org.Weekly, id ids.Service) []org.Weekly {
	out := make([]org.Weekly, 0, len(rules))
	for _, w := range rules {
		if len(w.Services) == 1 && w.Services[0] == id {
			continue
		}
		w.Services = slices.DeleteFunc(slices.Clone(w.Services), func(s ids.Service) bool { return s == id })
		out = append(out, w)
	}
	return out
}

// Move puts a thing some places further down among its neighbours, or up when by is negative; beyond the ends it does nothing. Services move within their
// category. Numbers of order, which a file may have set, give way to the order of the list.
func (o *Organisation) Move(ref Ref, by int) {
	switch ref.Section {
	case Units:
		if f := o.office(ref.Office); f != nil {
			f.Units = moved(f.Units, f.unit(ref.ID), by)
		}
	case "categories":
		slices.SortStableFunc(o.Categories, func(a, b catalog.Category) int { return cmp.Compare(a.Order, b.Order) })
		for i := range o.Categories {
			o.Categories[i].Order = 0
		}
		o.Categories = moved(o.Categories, indexOf(o.Refs(ref.Section, ""), ref), by)
	case "services":
		slices.SortStableFunc(o.Services, func(a, b ServiceEntry) int { return cmp.Compare(a.Order, b.Order) })
		for i := range o.Services {
			o.Services[i].Order = 0
		}
		o.moveService(indexOf(o.Refs(ref.Section, ""), ref), by)
	default:
		if s, ok := sectionByName(ref.Section); ok {
			s.move(o, ref.ID, by)
		}
	}
}

func indexOf(list []Ref, ref Ref) int { return slices.Index(list, ref) }

// moveService changes the place of a service with the one that is so many places away in its category.
func (o *Organisation) moveService(i, by int) {
	if i < 0 {
		return
	}
	step := 1
	if by < 0 {
		step = -1
	}
	for j := i + step; j >= 0 && j < len(o.Services); j += step {
		if o.Services[j].Category != o.Services[i].Category {
			continue
		}
		o.Services[i], o.Services[j] = o.Services[j], o.Services[i]
		if i, by = j, by-step; by == 0 {
			return
		}
	}
}
