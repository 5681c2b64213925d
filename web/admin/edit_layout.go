package admin

import (
	"slices"

	"luukku/domain/blueprint"
	"luukku/domain/catalog"
)

// category is short for what a list of services stands under.
type category = catalog.Category

// part is some fields of the organisation that are changed on one page.
type part struct {
	name   string
	fields []string
}

// organisationParts are the pages of the organisation's own fields.
var organisationParts = []part{
	{"basics", []string{"name", "short", "languages", "country", "zone", "closed_on_holidays"}},
	{"contact", []string{"phone", "phone_hours", "email", "help_desk", "offer_numbers", "receives_letters", "attachments_most", "attachment_mb", "unit", "sends", "mailbox_only"}},
	{"texts", []string{"front", "help", "about", "privacy", "accessibility"}},
	{"notices", []string{"notices"}},
	{"keeping", []string{"retention"}},
}

// partOf is the page on which a field of the organisation is changed.
func partOf(field string) string {
	for _, p := range organisationParts {
		if slices.Contains(p.fields, field) {
			return p.name
		}
	}
	return organisationParts[0].name
}

// layouts are the fields of each section in the order in which its page asks for them, below headings. A field of a blueprint that is not here and has a
// text for its label comes at the end; "offered" and "usual" are asked for here and are no fields of their own.
var layouts = map[string][]block{
	"categories": {{"", []string{"name"}}, {"tickets", []string{"ticket_prefix", "ticket_first", "ticket_last"}}},
	"groups":     {{"", []string{"name"}}},
	"services": {
		{"", []string{"name", "category", "summary", "offered"}},
		{"about", []string{"description", "requirements", "bring", "price", "updated"}},
		{"ways", []string{"channels"}},
		{"finding", []string{"synonyms", "audience", "life_events", "popular"}},
		{"serving", []string{"skills"}},
	},
	"offices": {
		{"", []string{"name", "group"}},
		{"address", []string{"department", "street", "postcode", "town", "building", "floor", "door", "access", "lat", "lon"}},
		{"contact", []string{"phone", "phone_hours", "email", "list_at"}},
		{"services", []string{"services"}},
		{"hours", []string{"usual"}},
	},
	"inboxes": {
		{"", []string{"name", "office", "numbers"}},
		{"hours", []string{"usual"}},
		{"automatic", []string{"out_of_hours", "acknowledge"}},
		{"answers", []string{"answers"}},
		{"letters", []string{"letters", "letter_days", "letter_answers"}},
	},
	blueprint.FormTexts: {
		{"", []string{"name", "use", "text"}},
		{"where", []string{"outcomes", "forms", "inboxes"}},
	},
	"units": {
		{"", []string{"name", "kind", "services"}},
		{"serving", []string{"languages", "skills"}},
		{"validity", []string{"from", "until"}},
	},
}

// block is fields under a heading; the first block has none.
type block struct {
	title  string
	fields []string
}

// elsewhere are fields that have pages of their own, or that the administrator of an organisation does not set.
var elsewhere = map[string][]string{
	"":           {"hosts", "brand", "demo", "policy"},
	"categories": {"order"},
	"services":   {"order", "policy"},
	"offices":    {"hours", "exceptions", "closures", "policy", "units"},
	"units":      {"hours", "exceptions"},
	"inboxes":    {"hours"},
}

// newFields are what is asked for when a thing is added; the rest comes on its own page.
var newFields = map[string][]string{
	"categories": {"name"}, "groups": {"name"}, "services": {"name", "category", "summary"}, "offices": {"name", "street", "postcode", "town"},
	"units": {"name", "kind"}, "inboxes": {"name", "office", "numbers"},
	blueprint.FormTexts: {"name", "use", "text"},
}

// layoutOf is the layout of a page, completed by the fields that it does not name and that have a label.
func layoutOf(section string, has func(key string) bool) []block {
	infos, _ := blueprint.Fields(section)
	var out []block
	var named []string
	for _, bl := range layouts[section] {
		out = append(out, bl)
		named = append(named, bl.fields...)
	}
	more := block{title: "more"}
	for _, f := range infos {
		if f.Shape != "" && !slices.Contains(named, f.Name) && !slices.Contains(elsewhere[section], f.Name) && has("thing."+sectionKey(section)+"."+f.Name+".label") {
			more.fields = append(more.fields, f.Name)
		}
	}
	if len(more.fields) > 0 {
		out = append(out, more)
	}
	return out
}

// tall are texts of several paragraphs, by section and field.
var tall = map[string]int{
	"organisation/front": 3, "organisation/help": 8, "organisation/about": 6, "organisation/privacy": 8, "organisation/accessibility": 6,
	"notices/text": 3, "services/summary": 2, "services/description": 8, "offices/access": 3,
	"pages/intro": 6, "pages/run_by": 4, "pages/accessibility": 6, "video/transcript": 6, "support/about": 2, "guides/text": 6, "questions/answer": 4, "forms/about": 2,
	"terms/text": 10, "register/text": 10,
	"inboxes/out_of_hours": 3, "inboxes/acknowledge": 3, "answers/text": 3, "letter_answers/text": 8, blueprint.FormTexts + "/text": 10,
}
