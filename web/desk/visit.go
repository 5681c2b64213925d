package desk

import (
	"slices"
	"strconv"
	"strings"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// servicesOf are the names of all services of a visit.
func servicesOf(b web.Base, c *catalog.Config, r booking.DeskRow) string {
	if len(r.Parts) == 0 {
		return serviceName(b, c, r.Service)
	}
	return serviceNames(b, c, r.Service, r.Also())
}

func serviceNames(b web.Base, c *catalog.Config, first ids.Service, also []ids.Service) string {
	names := []string{serviceName(b, c, first)}
	for _, id := range also {
		names = append(names, serviceName(b, c, id))
	}
	return b.Printer.List(names)
}

// withWhom says who comes along; empty for nobody.
func withWhom(b web.Base, r booking.DeskRow) string {
	if len(r.Parts) == 0 {
		return ""
	}
	others := r.Others()
	if len(others) == 0 {
		return ""
	}
	return b.T("desk.with", "names", b.Printer.List(others))
}

func joinedIDs(list []ids.Service) string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = string(id)
	}
	return strings.Join(out, " ")
}

// mostTyped bounds how many names a form of the desk is read for; the policy says how many may come.
const mostTyped = 10

// visitIn reads how many come, who, and for what else. Names beyond those who come are dropped.
func visitIn(v *web.Visit) (visit booking.Visit, others string) {
	visit.People, _ = strconv.Atoi(v.Form("people"))
	visit.People = min(max(visit.People, 0), mostTyped)
	if s, err := v.Org.Service(ids.Service(v.Form("service"))); err == nil {
		for _, id := range v.R.PostForm["also"] { // those of a service that was chosen before are no more to be seen
			if slices.Contains(s.Combines, ids.Service(id)) {
				visit.Also = append(visit.Also, ids.Service(id))
			}
		}
	}
	return visit, othersIn(v, visit.People)
}

// othersIn reads the names of those who come along: a line for each, empty when none was typed.
func othersIn(v *web.Visit, people int) string {
	var names []string
	for i := range people - 1 {
		names = append(names, strings.ReplaceAll(v.Form(booking.OtherField(i)), "\n", " "))
	}
	if strings.Join(names, "") == "" {
		return ""
	}
	return strings.Join(names, "\n")
}

// otherOf is which of those who come a field asks the name of, from 2; ok is false for every other field.
func otherOf(name string) (n int, ok bool) {
	digits, found := strings.CutPrefix(name, "other-")
	i, err := strconv.Atoi(digits)
	return i + 1, found && err == nil
}

// mostPeople is how many can come in one visit: at an office, or at the one that takes the most.
func mostPeople(c *catalog.Config, services []*catalog.Service, offices []*org.Office, service ids.Service, office ids.Office) int {
	most := 1
	for _, s := range services {
		for _, o := range offices {
			if service != "" && s.ID != service || office != "" && o.ID != office {
				continue
			}
			if _, _, err := c.Offered(s.ID, o.ID); err == nil {
				most = max(most, c.Policy(s.ID, o.ID).MaxPeople)
			}
		}
	}
	return most
}

// visitFields ask how many come and what else is done in the same visit, where there is anything to choose.
func (f callFacts) visitFields(b web.Base, t web.Trouble) []web.Component {
	var out []web.Component
	visit := f.Typed.Visit
	most := max(mostPeople(f.Config, sortedServices(b, f.Config, f.Offices), f.Offices, f.Typed.Service, f.Typed.Office), visit.People)
	if most > 1 {
		people := ui.SelectField{Name: "people", Label: b.T("visit.people_row"), Value: strconv.Itoa(max(visit.People, 1)), Error: t.At("people")}
		for n := 1; n <= most; n++ {
			people.Options = append(people.Options, ui.Option{Value: strconv.Itoa(n), Text: b.N("visit.n_people", n)})
		}
		out = append(out, ui.Select(b.Printer, people))
	}
	also := booking.Combinable(f.Config, f.Typed.Service, f.Typed.Office)
	if len(also) == 0 {
		return out
	}
	boxes := ui.Choices{Name: "also", Legend: b.T("visit.also_row"), Optional: true, Error: t.At("also")}
	for _, s := range also {
		boxes.Options = append(boxes.Options, ui.Choice{
			Value: string(s.ID), Checked: slices.Contains(visit.Also, s.ID),
			Label: b.T("service.with_length", "service", s.Name, "length", f.Config.Policy(s.ID, f.Typed.Office).Length),
		})
	}
	return append(out, ui.Checkboxes(b.Printer, boxes))
}

// otherFields ask for the names of those who come along.
func otherFields(b web.Base, people int, others string, t web.Trouble) []web.Component {
	var out []web.Component
	names := strings.Split(others, "\n")
	for i := range people - 1 {
		name := booking.OtherField(i)
		field := ui.Field{Name: name, Label: b.T("visit.name_of", "n", i+2), Error: t.At(name), Autocomplete: "off", NoSpelling: true}
		if i < len(names) {
			field.Value = names[i]
		}
		out = append(out, ui.TextField(b.Printer, field))
	}
	return out
}
