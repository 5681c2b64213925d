package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// refIn is the thing that an address or a form names by section, id and, for a unit, office.
func refIn(get func(string) string) blueprint.Ref {
	return blueprint.Ref{Section: get("section"), Office: ids.Office(get("office")), ID: get("id")}
}

// editAt is the page on which a thing is changed. The organisation's own fields are on several pages; field says on which.
func editAt(b web.Base, ref blueprint.Ref, field string) string {
	switch ref.Section {
	case "":
		if field == "brand" {
			return adminAt(b, "look")
		}
		return adminAt(b, "config", "organisation", partOf(field))
	case blueprint.Units:
		return adminAt(b, "config", "unit", string(ref.Office), ref.ID)
	case blueprint.Wordings:
		return adminAt(b, "wordings", ref.ID)
	}
	return adminAt(b, "config", "thing", ref.Section, ref.ID)
}

// queryOf names a thing in an address.
func queryOf(ref blueprint.Ref) string {
	q := url.Values{"section": {ref.Section}, "id": {ref.ID}}
	if ref.Office != "" {
		q.Set("office", string(ref.Office))
	}
	return "?" + q.Encode()
}

// hiddenOf names a thing in a form.
func hiddenOf(ref blueprint.Ref) []ui.Hidden {
	return []ui.Hidden{{Name: "section", Value: ref.Section}, {Name: "id", Value: ref.ID}, {Name: "office", Value: string(ref.Office)}}
}

// nameOfRef is what people call a thing: its name in the page's language or one that stands in, else its name in addresses.
func nameOfRef(b web.Base, o *blueprint.Organisation, ref blueprint.Ref) string {
	rec, ok := o.Record(ref)
	if !ok {
		return ref.ID
	}
	if o := notify.Occasion(ref.ID); ref.Section == blueprint.Wordings && o.Known() {
		return noticeName(b, o)
	}
	name, _ := rec["name"].(i18n.Text)
	return cmp.Or(strings.TrimSpace(name.In(b.Lang)), ref.ID)
}

// titleOfRef is the kind of a thing with its name: Service “Passport”.
func titleOfRef(b web.Base, o *blueprint.Organisation, ref blueprint.Ref) string {
	if ref.Section == "" {
		return b.T("thing.organisation.one")
	}
	title := b.T("thing."+ref.Section+".named", "name", nameOfRef(b, o, ref))
	if ref.Section == blueprint.Units {
		title = b.T("thing.in", "thing", title, "place", nameOfRef(b, o, blueprint.Ref{Section: "offices", ID: string(ref.Office)}))
	}
	return title
}

// splitPath takes the path of a fault or a difference apart: the thing, its field, and what is within the field.
func splitPath(path string) (ref blueprint.Ref, field, rest string) {
	path = strings.ReplaceAll(path, "[", ".[")
	seg := strings.Split(path, ".")
	if slices.Contains(blueprint.Sections(), seg[0]) && len(seg) > 1 {
		ref = blueprint.Ref{Section: seg[0], ID: seg[1]}
		seg = seg[2:]
		if ref.Section == "offices" && len(seg) > 1 && seg[0] == blueprint.Units && !strings.HasPrefix(seg[1], "[") {
			ref = blueprint.Ref{Section: blueprint.Units, Office: ids.Office(ref.ID), ID: seg[1]}
			seg = seg[2:]
		}
	}
	if len(seg) > 0 {
		field = seg[0]
		rest = strings.Join(seg[1:], ".")
	}
	return ref, field, rest
}

// sectionKey is a section as texts have it.
func sectionKey(section string) string { return cmp.Or(section, "organisation") }

// fieldLabel is the name of a field; one without a text is named as blueprints have it.
func fieldLabel(b web.Base, section, field string) string {
	if key := "thing." + sectionKey(section) + "." + field + ".label"; b.Printer.Has(key) {
		return b.T(key)
	}
	return field
}

// partLabel is what is within a field: a language, a place in a list, a policy field.
func partLabel(b web.Base, field, rest string) string {
	var words []string
	for _, s := range strings.Split(rest, ".") {
		switch {
		case s == "":
		case strings.Trim(s, "[]0123456789") == "":
			n, _ := strconv.Atoi(strings.Trim(s, "[]"))
			words = append(words, b.T("thing.number", "n", n+1))
		case b.Printer.Has("common.languages." + s):
			words = append(words, b.T("common.languages."+s))
		case b.Printer.Has("policy." + s + ".label"):
			words = append(words, b.T("policy."+s+".label"))
		case b.Printer.Has("thing." + field + "." + s + ".label"):
			words = append(words, b.T("thing."+field+"."+s+".label"))
		default:
			words = append(words, s)
		}
	}
	return strings.Join(words, ", ")
}

// placeOf says in words what a path leads to, with a link to where it is changed.
func placeOf(b web.Base, o *blueprint.Organisation, path string) (words, href string) {
	ref, field, rest := splitPath(path)
	href = editAt(b, ref, field)
	if ref.Section != "" && !o.Has(ref) {
		href = ""
	}
	words = titleOfRef(b, o, ref)
	if field != "" {
		words = b.T("thing.at", "thing", words, "field", fieldLabel(b, ref.Section, field))
	}
	if part := partLabel(b, field, rest); part != "" {
		words = b.T("thing.at_part", "field", words, "part", part)
	}
	switch {
	case field == "policy" && ref.Section == "offices":
		service, _, _ := strings.Cut(rest, ".")
		href = policyAt(b, ids.Service(service), ids.Office(ref.ID))
	case field == "policy":
		href = policyAt(b, ids.Service(ref.ID), "")
	case ref.Section == blueprint.Wordings && href != "":
		href += "?in=" + url.QueryEscape(rest)
	}
	return words, href
}

// said are the messages of domain/org and domain/blueprint by the keys of their texts. What is not here is shown as it is, in English.
var said = map[string]string{
	"must not be empty":                                                    "empty",
	"want one of the categories":                                           "category",
	"there is no category %.60q":                                           "no_category",
	"want each of %s once, not %.60q":                                      "one_of",
	"want one of %s, not %.60q":                                            "one_of",
	"there may be at most %d":                                              "at_most",
	"what is online or to be printed has a name and an address":            "way_address",
	"want an address such as https://www.example.org/form, not %.80q":      "web_address",
	"there is no group %.40q":                                              "no_group",
	"there is no office %.40q":                                             "no_office",
	"another inbox has the number %.40q":                                   "number_taken",
	"want hours such as mon-fri 08:00-16:00":                               "inbox_hours",
	"there is no service %.60q":                                            "no_service",
	"service %q is named twice":                                            "twice",
	"%q is named twice":                                                    "twice",
	"%s is named twice":                                                    "twice",
	"the office does not offer %s":                                         "not_offered",
	"has %d characters, at most %d are taken":                              "too_long",
	"has control characters":                                               "control",
	"has control characters or is no UTF-8":                                "control",
	"has no text in %s":                                                    "untranslated",
	"want at least one language":                                           "languages",
	"want an IANA time zone such as Europe/Helsinki, not %.60q":            "zone",
	"there is no notice %.40q; there are %s":                               "no_notice",
	"there is no place %s in this notice; there are %s":                    "no_place",
	"a brace is not closed; want %s":                                       "open_brace",
	"the place %s must be in it: without it the message is of no use":      "needed_place",
	"the place %s may not be in it: the policy notice_content is discreet": "discreet_place",
	"the place %s may not be in it: every mail has it below its opening":   "below_place",
	"for %s the product's own words are sent: the policy notice_content is discreet there": "product_sent",
	"the organisation has no pages in %s":                                                  "no_pages",
	"want two capital letters such as FI, not %.40q":                                       "country",
	"the public holidays of %s are not known, only those of %s":                            "holidays",
	"want a colour such as #0a5c8f, not %.40q":                                             "colour",
	"want a phone number of digits, spaces and one leading +, not %.40q":                   "phone",
	"want an email address, not %.80q":                                                     "email",
	"%s is before the first date, %s":                                                      "until",
	"want degrees north between -90 and 90":                                                "north",
	"want degrees east between -180 and 180":                                               "east",
	"want a host name such as booking.town.example, not %.80q":                             "host",
	"%s belongs to the organisation %s":                                                    "host_taken",
	"want the first closed date":                                                           "closed_from",
	"cannot be removed: %d appointments are still to come here; move or cancel them first": "live",
	"the name is too like that of %s at %s; choose another":                                "unit_name",
	"offers no service":                                                                    "offers_nothing",
	"has no counter or professional: nothing can be booked here":                           "no_unit",
	"has no opening hours: nothing can be booked here":                                     "no_hours",
	"no office offers it":                                                                  "unoffered",
	"has no services":                                                                      "no_services",
	"the logo is no PNG picture, and no SVG drawing that is safe to show":                  "logo",
	"a logo needs a text that says what it shows":                                          "logo_alt",
	"%.40s is not a number of degrees":                                                     "degrees",
}

// problemWords says a problem in the page's language.
func problemWords(b web.Base, p blueprint.Problem) string {
	key, ok := said[p.Format]
	if !ok {
		return p.Message
	}
	args := []any{}
	for i, v := range strings.Split(strings.TrimPrefix(p.Values, "\x00"), "\x00") {
		if key == "untranslated" {
			v = languagesIn(b, v)
		}
		args = append(args, "v"+strconv.Itoa(i+1), v)
	}
	return b.T("problem."+key, args...)
}

// languagesIn writes codes of languages, as a problem lists them, in words.
func languagesIn(b web.Base, codes string) string {
	var out []string
	for code := range strings.SplitSeq(codes, ", ") {
		out = append(out, b.T("common.languages."+code))
	}
	return b.Printer.List(out)
}

// untranslated reports whether a problem is a text that is not there in every language.
func untranslated(p blueprint.Problem) bool { return said[p.Format] == "untranslated" }

// problemLinks are problems as links to where they are mended.
func problemLinks(b web.Base, o *blueprint.Organisation, problems []blueprint.Problem) []ui.Link {
	out := make([]ui.Link, len(problems))
	for i, p := range problems {
		words, href := placeOf(b, o, p.Path)
		out[i] = ui.Link{Href: href, Text: words, Note: ": " + problemWords(b, p)}
	}
	return out
}

// policyWords writes the value of a policy field as people say it.
func policyWords(b web.Base, f catalog.Field, v int64) string {
	switch f.Kind {
	case catalog.KindSwitch:
		return b.T("rules.yes_no." + strconv.FormatBool(v == 1))
	case catalog.KindMinutes, catalog.KindDays:
		return periodWords(b, v)
	case catalog.KindCount:
		return b.Printer.Number(int(v))
	case catalog.KindOpening:
		return openingWords(b, catalog.Opening(v))
	case catalog.KindTimes:
		return timesWords(b, catalog.Reminders(v))
	case catalog.KindQuiet:
		return quietWords(b, catalog.Quiet(v))
	}
	if key := "policy." + f.Name + "." + f.Format(v); b.Printer.Has(key) {
		return b.T(key)
	}
	if key := "rules.choice." + f.Name + "." + f.Format(v); b.Printer.Has(key) {
		return b.T(key)
	}
	return f.Format(v)
}

// periodWords writes seconds as people say them.
func periodWords(b web.Base, seconds int64) string {
	return b.Printer.Duration(time.Duration(seconds) * time.Second)
}

func openingWords(b web.Base, o catalog.Opening) string {
	at := time.Date(2026, 11, 23, int(o.Minute())/60, int(o.Minute())%60, 0, 0, time.UTC)
	if d, ok := o.Weekly(); ok {
		day := at.AddDate(0, 0, (int(d)+6)%7)
		return b.T("rules.opens_weekly", "day", b.Printer.Weekday(day), "time", b.Printer.Clock(at))
	}
	return b.T("rules.opens_daily", "time", b.Printer.Clock(at))
}

// valueWords writes the old or new value of a difference for people. Values of policies are said as such; the rest is what was typed.
func valueWords(b web.Base, field, rest, value string) string {
	switch {
	case value == "" && field == "policy":
		return b.T("publish.inherited")
	case value == "":
		return b.T("publish.nothing")
	case field == "hours":
		return hoursWords(b, value)
	case field == "policy":
		name := rest[strings.LastIndexByte(rest, '.')+1:]
		f, ok := catalog.FieldByName(name)
		if v, err := f.Parse(value); ok && err == nil {
			return policyWords(b, f, v)
		}
	case field == "brand" && rest == "logo":
		return b.T("publish.picture")
	case value == "true" || value == "false":
		return b.T("rules.yes_no." + value)
	}
	const most = 300
	if r := []rune(value); len(r) > most {
		return string(r[:most]) + "…"
	}
	return value
}

// hoursWords writes rules of opening hours, as comparisons have them, for people; services by their identifiers.
func hoursWords(b web.Base, rules string) string {
	var out []string
	for rule := range strings.SplitSeq(rules, "; ") {
		if w, err := org.ParseWeekly(rule); err == nil {
			rule = hourWords{b: b}.rule(w)
		}
		out = append(out, rule)
	}
	return strings.Join(out, "; ")
}
