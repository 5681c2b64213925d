package blueprint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Shape is how a field is asked for in a form, and what a Record holds for it.
type Shape string

// The shapes. A field without one is edited on pages of its own.
const (
	ShapeLine    Shape = "line"    // one line: string
	ShapeLines   Shape = "lines"   // words in their order: []string
	ShapeSet     Shape = "set"     // words whose order says nothing: []string
	ShapeSwitch  Shape = "switch"  // bool
	ShapeCount   Shape = "count"   // int64
	ShapeDegrees Shape = "degrees" // float64
	ShapeText    Shape = "text"    // in each language: i18n.Text
	ShapeTexts   Shape = "texts"   // a list in each language: i18n.TextList
	ShapeDate    Shape = "date"    // string, such as 2026-12-31
	ShapeTime    Shape = "time"    // string, such as 09:00
	ShapeHours   Shape = "hours"   // rules, each a line: []string
	ShapePolicy  Shape = "policy"  // Record by the name of the policy field
	ShapeTable   Shape = "table"   // Record
	ShapeTables  Shape = "tables"  // []Record
)

// FieldInfo is what a form needs to know of a field.
type FieldInfo struct {
	Name  string
	Shape Shape
	Inner []FieldInfo // of ShapeTable and ShapeTables
}

// Record is a thing as a form has it: values by the names of its fields. What is empty may be absent.
type Record map[string]any

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

func infos[T any](fields []field[T]) []FieldInfo {
	out := make([]FieldInfo, len(fields))
	for i, f := range fields {
		out[i] = FieldInfo{f.name, f.shape, f.inner}
	}
	return out
}

// Fields describes the fields of the things of a section, in their order; an empty name is the organisation itself. ok is false when there is no such
// section.
func Fields(name string) (fields []FieldInfo, ok bool) {
	switch name {
	case "":
		return infos(organisationFields), true
	case Units:
		return infos(unitFields), true
	}
	s, ok := sectionByName(name)
	return s.infos, ok
}

// InstallationFields describes the fields of the installation.
func InstallationFields() []FieldInfo { return infos(installationFields) }

// Sections are the names of the sections, in the order in which files have them.
func Sections() []string { return sectionNames() }

func sectionByName(name string) (section, bool) {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return section{}, false
	}
	return sections[i], true
}

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

// setFields writes the named values into a record; a value that says nothing clears its field.
func setFields[T any](r *reader, fields []field[T], into *T, values Record) {
	for _, f := range fields {
		v, ok := values[f.name]
		if !ok {
			continue
		}
		var nothing T
		f.take(into, &nothing)
		if n := nodeOf(v); n != nil {
			f.read(r, n, f.name, into)
		}
	}
}

// nodeOf writes a value of a Record as a file would have it; nil for what says nothing.
func nodeOf(v any) *node {
	value := func(k unstable.Kind, text string) *node { return &node{kind: k, text: text} }
	switch v := v.(type) {
	case string:
		if v != "" {
			return value(unstable.String, v)
		}
	case bool:
		return value(unstable.Bool, strconv.FormatBool(v))
	case int64:
		return value(unstable.Integer, strconv.FormatInt(v, 10))
	case float64:
		return value(unstable.Float, strconv.FormatFloat(v, 'f', -1, 64))
	case []string:
		n := value(unstable.Array, "")
		for _, s := range v {
			n.items = append(n.items, value(unstable.String, s))
		}
		return n
	case i18n.Text:
		return tableNode(Record{}, byLanguage(v))
	case i18n.TextList:
		return tableNode(Record{}, byLanguage(v))
	case Record:
		return tableNode(v, nil)
	case []Record:
		n := value(unstable.Array, "")
		for _, r := range v {
			n.items = append(n.items, tableNode(r, nil))
		}
		return n
	}
	return nil
}

// tableNode is a table of a record, or of pairs in their order.
func tableNode(r Record, t table) *node {
	for key, v := range r {
		t = append(t, pair{key, v})
	}
	slices.SortStableFunc(t, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	n := newTable(0)
	for _, p := range t {
		if c := nodeOf(p.value); c != nil {
			n.put(p.key, c)
		}
	}
	return n
}

// recordOf turns what a record says into what a form has.
func recordOf(t table) Record {
	out := Record{}
	for _, p := range t {
		switch v := p.value.(type) {
		case table:
			out[p.key] = recordOf(v)
		case []table:
			list := make([]Record, len(v))
			for i := range v {
				list[i] = recordOf(v[i])
			}
			out[p.key] = list
		case things: // units have records of their own
		case literal:
			out[p.key] = string(v)
		default:
			out[p.key] = v
		}
	}
	return out
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

// Uses are the things that hang on a thing, so that whoever removes it sees them first.
func (o *Organisation) Uses(ref Ref) []Ref {
	var out []Ref
	switch ref.Section {
	case "categories":
		for _, s := range o.Services {
			if string(s.Category) == ref.ID {
				out = append(out, Ref{Section: "services", ID: string(s.ID)})
			}
		}
	case "groups":
		for _, f := range o.Offices {
			if f.Group == ref.ID {
				out = append(out, Ref{Section: "offices", ID: string(f.ID)})
			}
		}
	case "services":
		for i := range o.Offices {
			f := &o.Offices[i]
			if slices.Contains(f.Services, ids.Service(ref.ID)) {
				out = append(out, Ref{Section: "offices", ID: string(f.ID)})
			}
			for _, u := range f.Units {
				if slices.Contains(u.Services, ids.Service(ref.ID)) {
					out = append(out, Ref{Section: Units, Office: f.ID, ID: unitName(f.ID, u.ID)})
				}
			}
		}
	case "offices":
		out = o.Refs(Units, ids.Office(ref.ID))
	}
	return out
}

// SetPolicy writes the settings of a level: of the organisation, of a service, or of a service at an office.
func (o *Organisation) SetPolicy(service ids.Service, office ids.Office, s catalog.Settings) {
	switch {
	case office != "":
		f := o.office(office)
		if f == nil || !slices.Contains(f.Services, service) {
			return
		}
		policies := map[ids.Service]catalog.Settings{}
		for k, v := range f.Policy {
			policies[k] = v
		}
		policies[service] = s
		if len(s) == 0 {
			delete(policies, service)
		}
		f.Policy = policies
	case service != "":
		for i := range o.Services {
			if o.Services[i].ID == service {
				o.Services[i].Policy = s
			}
		}
	default:
		o.Policy = s
	}
}

// PolicyOf returns the settings of a level.
func (o *Organisation) PolicyOf(service ids.Service, office ids.Office) catalog.Settings {
	return o.policies()[level{service, office}]
}

// Check returns what is wrong with an organisation, and what it might have forgotten, with paths from the organisation on.
func Check(o Organisation) []Problem {
	c := &checker{}
	c.organisation(o)
	c.unoffered(o)
	for i := range c.problems {
		c.problems[i].Path = strings.TrimPrefix(c.problems[i].Path, "organisations."+string(o.ID)+".")
	}
	return c.problems
}

// unoffered warns of what is set up and leads nowhere: services that no office offers, offices without counters or hours.
func (c *checker) unoffered(o Organisation) {
	c.prefix = "organisations." + string(o.ID) + "."
	defer func() { c.prefix = "" }()
	offered := map[ids.Service]bool{}
	for i := range o.Offices {
		f := &o.Offices[i]
		for _, s := range f.Services {
			offered[s] = true
		}
		path := "offices." + string(f.ID)
		switch {
		case len(f.Services) == 0:
			c.warn(path+".services", "offers no service")
		case len(f.Units) == 0:
			c.warn(path+".units", "has no counter or professional: nothing can be booked here")
		case len(f.Hours) == 0 && !slices.ContainsFunc(f.Units, func(u org.Unit) bool { return len(u.Hours) > 0 }):
			c.warn(path+".hours", "has no opening hours: nothing can be booked here")
		}
	}
	for _, s := range o.Services {
		if !offered[s.ID] && len(s.Channels) == 0 {
			c.warn("services."+string(s.ID), "no office offers it")
		}
	}
	for _, g := range o.Categories {
		if len(o.Uses(Ref{Section: "categories", ID: string(g.ID)})) == 0 {
			c.warn("categories."+string(g.ID), "has no services")
		}
	}
}

// Words writes a value of a Record on one line.
func Words(v any) string {
	switch v := v.(type) {
	case Record:
		return render(tableOf(v))
	case []Record:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = Words(e)
		}
		return strings.Join(parts, "; ")
	}
	if empty(v) && v != false {
		return ""
	}
	return render(v)
}
