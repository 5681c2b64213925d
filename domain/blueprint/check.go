package blueprint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/org"
)

// The longest texts of services and categories that are taken, in characters; those of organisations and offices are org.Validate's.
const (
	maxName = 200
	maxText = 20_000
)

// checker collects what is wrong with records as such, wherever they come from.
type checker struct {
	root     *node            // of the file, for lines; may be nil
	shared   catalog.Settings // the installation's policy
	prefix   string
	problems []Problem
}

func (c *checker) add(path, format string, args ...any) {
	c.put(path, false, fmt.Sprintf(format, args...), format, org.ValuesOf(args...))
}

func (c *checker) warn(path, format string, args ...any) {
	c.put(path, true, fmt.Sprintf(format, args...), format, org.ValuesOf(args...))
}

func (c *checker) put(path string, warning bool, message, format, values string) {
	p := Problem{Path: c.prefix + path, Message: message, Warning: warning, Format: format, Values: values}
	if at, _ := c.root.walk(p.Path); at != nil {
		p.Line = at.line
	}
	c.problems = append(c.problems, p)
}

// document checks a file by itself.
func (c *checker) document(d Document) {
	if d.Installation != nil && c.root.child("installation").child("name") != nil {
		c.installation(*d.Installation)
	}
	hosts := map[string]ids.Org{}
	for _, o := range d.Organisations {
		if c.root.child("organisations").child(string(o.ID)).child("name") != nil {
			c.organisation(o)
		}
		c.prefix = "organisations." + string(o.ID) + "."
		for i, h := range o.Hosts {
			if other, taken := hosts[h]; taken {
				c.add(elem("hosts", i), "%s is named already, at %s", h, other)
			}
			hosts[h] = o.ID
		}
		c.prefix = ""
	}
}

func (c *checker) installation(in Installation) {
	for _, p := range org.ValidateInstallation(in.Installation) {
		c.put(p.Path, false, p.Message, p.Format, p.Values)
	}
	c.prefix = "installation."
	defer func() { c.prefix = "" }()
	c.missing("", say(installationFields, &in), in.Languages)
}

// organisation checks a whole organisation.
func (c *checker) organisation(o Organisation) {
	c.prefix = "organisations." + string(o.ID) + "."
	defer func() { c.prefix = "" }()
	offices := make([]org.Office, len(o.Offices))
	for i := range o.Offices {
		offices[i] = o.Offices[i].Office
	}
	for _, p := range org.Validate(o.Organisation, o.Groups, offices, o.hasService) {
		c.put(inFile(p.Path), p.Warning, p.Message, p.Format, p.Values)
	}
	c.hosts(o.Hosts)
	c.text("help", o.Help, maxText)
	c.retention(o.Retention)
	c.missing("", say(organisationFields, &o), o.Languages)
	for _, s := range sections {
		if s.check != nil {
			s.check(c, &o)
		}
		if s.name == Wordings { // a language without its own words has the product's
			continue
		}
		for _, t := range s.say(&o).list {
			c.missing(s.name+"."+t.id+".", t.fields, o.Languages)
		}
	}
}

// inFile turns org.Validate's path into the file's: "organisation.zone" is "zone", and a unit goes by its own name.
func inFile(path string) string {
	path = strings.TrimPrefix(path, "organisation.")
	seg := strings.SplitN(path, ".", 5)
	if len(seg) >= 4 && seg[0] == "offices" && seg[2] == "units" {
		seg[3] = strings.TrimPrefix(seg[3], seg[1]+"-")
	}
	return strings.Join(seg, ".")
}

func (o *Organisation) hasService(id ids.Service) bool {
	return slices.ContainsFunc(o.Services, func(s ServiceEntry) bool { return s.ID == id })
}

func checkCategories(c *checker, o *Organisation) {
	for _, g := range o.Categories {
		path := "categories." + string(g.ID)
		c.name(path+".name", g.Name)
		c.tickets(path, o, g)
	}
}

// mostTicket is the highest number of a ticket.
const mostTicket = 9999

// tickets checks the numbers of a category: the letters are its own, so that no two people have the same number.
func (c *checker) tickets(path string, o *Organisation, g catalog.Category) {
	k := g.Tickets
	if len(k.Prefix) > 2 || strings.Trim(k.Prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		c.add(path+".ticket_prefix", "%.20q must be one or two letters from A to Z", k.Prefix)
	}
	for _, other := range o.Categories {
		if k.Prefix != "" && other.Tickets.Prefix == k.Prefix && other.ID < g.ID {
			c.add(path+".ticket_prefix", "the letters %.20q are those of %.60q, too", k.Prefix, string(other.ID))
		}
	}
	switch {
	case k.First == 0 && k.Last == 0:
	case k.First < 1 || k.First > mostTicket:
		c.add(path+".ticket_first", "%d must be between 1 and %d", k.First, mostTicket)
	case k.Last <= k.First || k.Last > mostTicket:
		c.add(path+".ticket_last", "%d must be greater than the first number, and at most %d", k.Last, mostTicket)
	}
}

func checkServices(c *checker, o *Organisation) {
	for _, s := range o.Services {
		path := "services." + string(s.ID)
		c.name(path+".name", s.Name)
		c.text(path+".price", s.Price, maxName)
		c.text(path+".summary", s.Summary, maxText)
		c.text(path+".description", s.Description, maxText)
		c.texts(path+".bring", s.Bring)
		c.texts(path+".synonyms", s.Synonyms)
		for i, k := range s.Skills {
			if !ids.ValidSlug(string(k)) || slices.Contains(s.Skills[:i], k) {
				c.add(elem(path+".skills", i), "want each skill once, in lower case letters a-z, digits and single hyphens, not %.60q", string(k))
			}
		}
		for i, id := range s.Combines {
			if id == s.ID || slices.Contains(s.Combines[:i], id) || !o.hasService(id) {
				c.add(elem(path+".combines", i), "want each other service that can follow in the same visit once, not %.60q", string(id))
			}
		}
		checkAccess(c, path, s.Service)
		known := false
		for _, g := range o.Categories {
			known = known || g.ID == s.Category
		}
		switch {
		case s.Category == "":
			c.add(path+".category", "want one of the categories")
		case !known:
			c.add(path+".category", "there is no category %.60q", string(s.Category))
		}
	}
}

// mostChannels is how many ways to a service there may be.
const mostChannels = 20

// checkAccess checks who a service is for and the ways to it.
func checkAccess(c *checker, path string, s catalog.Service) {
	c.texts(path+".requirements", s.Requirements)
	for i, a := range s.Audience {
		if !slices.Contains(catalog.Audiences, a) || slices.Contains(s.Audience[:i], a) {
			c.add(elem(path+".audience", i), "want each of %s once, not %.60q", joined(catalog.Audiences), string(a))
		}
	}
	for i, e := range s.LifeEvents {
		if !slices.Contains(catalog.LifeEvents, e) || slices.Contains(s.LifeEvents[:i], e) {
			c.add(elem(path+".life_events", i), "want each of %s once, not %.60q", joined(catalog.LifeEvents), string(e))
		}
	}
	if len(s.Channels) > mostChannels {
		c.add(path+".channels", "there may be at most %d", mostChannels)
	}
	for i, way := range s.Channels {
		at := elem(path+".channels", i)
		if !slices.Contains(catalog.ChannelKinds, way.Kind) {
			c.add(at+".kind", "want one of %s, not %.60q", joined(catalog.ChannelKinds), string(way.Kind))
		}
		c.text(at+".name", way.Name, maxName)
		c.text(at+".text", way.Text, maxText)
		if way.Kind.Leads() && (way.Address.In(i18n.Default) == "" || way.Name.In(i18n.Default) == "") {
			c.add(at+".address", "what is online or to be printed has a name and an address")
		}
		for _, a := range way.Address {
			if a != "" && !catalog.ValidAddress(a) {
				c.add(at+".address", "want an address such as https://www.example.org/form, not %.80q", a)
			}
		}
	}
}

// checkOffices checks what offices offer; the offices themselves are org.Validate's.
func checkOffices(c *checker, o *Organisation) {
	for i := range o.Offices {
		f := &o.Offices[i]
		path := "offices." + string(f.ID)
		if _, err := time.Parse("15:04", f.ListAt); f.ListAt != "" && (err != nil || len(f.ListAt) != 5) {
			c.add(path+".list_at", "%.20q must be a time such as 06:30", f.ListAt)
		}
		if f.ListAt != "" && f.Email == "" {
			c.add(path+".list_at", "the list is mailed to the office's own email, which is missing")
		}
		for j, s := range f.Services {
			if !o.hasService(s) {
				c.add(elem(path+".services", j), "there is no service %.60q", string(s))
			}
			if slices.Contains(f.Services[:j], s) {
				c.add(elem(path+".services", j), "service %q is named twice", string(s))
			}
		}
		for _, p := range sayPolicies(f.Policy) {
			if !slices.Contains(f.Services, ids.Service(p.key)) {
				c.add(path+".policy."+p.key, "the office does not offer %s", p.key)
			}
		}
		for _, u := range f.Units {
			unit := path + ".units." + unitName(f.ID, u.ID)
			for j, s := range u.Services {
				if o.hasService(s) && !slices.Contains(f.Services, s) {
					c.warn(elem(unit+".services", j), "the office does not offer %s", s)
				}
			}
			for j, l := range u.Languages {
				if _, known := i18n.Lookup(string(l)); known && !slices.Contains(o.Languages, l) {
					c.warn(elem(unit+".languages", j), "the organisation has no pages in %s", l)
				}
			}
		}
		checkSkills(c, o, f)
	}
}

// checkSkills warns of services that an office offers and no unit of it can do.
func checkSkills(c *checker, o *Organisation, f *Office) {
	for j, id := range f.Services {
		i := slices.IndexFunc(o.Services, func(s ServiceEntry) bool { return s.ID == id })
		if i < 0 || len(o.Services[i].Skills) == 0 || len(f.Units) == 0 {
			continue
		}
		needs := o.Services[i].Skills
		able := slices.ContainsFunc(f.Units, func(u org.Unit) bool {
			return u.Able(needs) && (len(u.Services) == 0 || slices.Contains(u.Services, id))
		})
		if !able {
			c.warn(elem("offices."+string(f.ID)+".services", j), "no unit here has the skills that %s needs: %s", id, joined(needs))
		}
	}
}

// hosts checks host names: lower case, with a dot, without port or path.
func (c *checker) hosts(hosts []string) {
	for i, h := range hosts {
		labels := strings.Split(h, ".")
		bad := len(h) > 253 || len(labels) < 2
		for _, l := range labels {
			bad = bad || !ids.ValidSlug(l)
		}
		if bad {
			c.add(elem("hosts", i), "want a host name such as booking.town.example, not %.80q", h)
		}
		if slices.Contains(hosts[:i], h) {
			c.add(elem("hosts", i), "%s is named twice", h)
		}
	}
}

func (c *checker) name(path string, t i18n.Text) {
	if t.In(i18n.Default) == "" {
		c.add(path, "must not be empty")
	}
	c.text(path, t, maxName)
}

func (c *checker) text(path string, t i18n.Text, limit int) {
	for _, p := range byLanguage(t) {
		c.characters(path+"."+p.key, p.value.(string), limit)
	}
}

func (c *checker) texts(path string, t i18n.TextList) {
	for _, p := range byLanguage(t) {
		for i, s := range p.value.([]string) {
			c.characters(elem(path+"."+p.key, i), s, maxName)
		}
	}
}

func (c *checker) characters(path, s string, limit int) {
	if n := utf8.RuneCountInString(s); n > limit {
		c.add(path, "has %d characters, at most %d are taken", n, limit)
	}
	allowed := "\n\t"
	if limit == maxName {
		allowed = ""
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(allowed, r) }) {
		c.add(path, "has control characters")
	}
}

// missing warns of texts that are not in every language that the organisation speaks.
func (c *checker) missing(path string, t table, languages []i18n.Lang) {
	for _, p := range t {
		var lacks []i18n.Lang
		switch v := p.value.(type) {
		case i18n.Text:
			if len(v) > 0 && p.key != "address" { // a page elsewhere need not be in every language
				lacks = v.Missing(languages)
			}
		case i18n.TextList:
			if len(v) > 0 && p.key != "synonyms" { // a language may have no other word for it
				lacks = v.Missing(languages)
			}
		case []table:
			for i, e := range v {
				c.missing(elem(path+p.key, i)+".", e, languages)
			}
		case things:
			for _, e := range v.list {
				c.missing(path+p.key+"."+e.id+".", e.fields, languages)
			}
		}
		if len(lacks) > 0 {
			c.warn(path+p.key, "has no text in %s", joined(lacks))
		}
	}
}

func joined[S ~string](list []S) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

// retention checks the classes of letters by how long they are kept.
func (c *checker) retention(list []org.Retention) {
	for i, r := range list {
		path := elem("retention", i)
		if !ids.ValidSlug(r.ID) || slices.ContainsFunc(list[:i], func(x org.Retention) bool { return x.ID == r.ID }) {
			c.add(path+".id", "want a slug that no other class has")
		}
		c.name(path+".name", r.Name)
		for j, kind := range r.Kinds {
			switch {
			case !slices.Contains(org.RetainedKinds, kind):
				c.add(elem(path+".kinds", j), "want one of %s", strings.Join(org.RetainedKinds, ", "))
			case slices.ContainsFunc(list[:i], func(x org.Retention) bool { return slices.Contains(x.Kinds, kind) }):
				c.add(elem(path+".kinds", j), "another class has %s", kind)
			}
		}
		const want = "want days or years, such as 90d or 5y, at least %dd; nothing for no end"
		if r.Letters.Check() != nil {
			c.add(path+".letters", want, org.LeastKeep)
		}
		if r.Attachments.Check() != nil {
			c.add(path+".attachments", want, org.LeastKeep)
		}
		c.characters(path+".source", r.Source, maxName)
	}
}

func checkInboxes(c *checker, o *Organisation) {
	taken := map[string]ids.Inbox{}
	for _, b := range o.Inboxes {
		path := "inboxes." + string(b.ID)
		c.name(path+".name", b.Name)
		c.text(path+".out_of_hours", b.OutOfHours, maxText)
		c.text(path+".acknowledge", b.Acknowledge, maxText)
		if b.Office != "" && !slices.ContainsFunc(o.Offices, func(f Office) bool { return f.ID == b.Office }) {
			c.add(path+".office", "there is no office %.40q", string(b.Office))
		}
		for i, n := range b.Numbers {
			if _, twice := taken[n]; twice || n == "" {
				c.add(elem(path+".numbers", i), "another inbox has the number %.40q", n)
			}
			taken[n] = b.ID
		}
		for i, w := range b.Hours {
			if err := w.Check(); err != nil {
				c.add(elem(path+".hours", i), "want hours such as mon-fri 08:00-16:00")
			}
		}
		for i, a := range b.Answers {
			c.name(elem(path+".answers", i)+".title", a.Title)
			c.text(elem(path+".answers", i)+".text", a.Text, maxText)
		}
		for i, kind := range b.Letters {
			if !slices.Contains(org.LetterKinds, kind) {
				c.add(elem(path+".letters", i), "want one of %s", strings.Join(org.LetterKinds, ", "))
			}
		}
		if b.LetterDays < 0 || b.LetterDays > org.MostLetterDays {
			c.add(path+".letter_days", "want 0 to %d", org.MostLetterDays)
		}
		for i, a := range b.LetterAnswers {
			c.name(elem(path+".letter_answers", i)+".title", a.Title)
			c.text(elem(path+".letter_answers", i)+".text", a.Text, maxText)
		}
	}
}

// The most that a form may say of days.
const maxFormDays = 36_500

func checkForms(c *checker, o *Organisation) {
	for _, f := range o.Forms {
		path := "forms." + string(f.ID)
		c.name(path+".name", f.Name)
		c.text(path+".summary", f.Summary, maxText)
		c.text(path+".follows", f.Follows, maxText)
		for i, s := range f.Services {
			if !o.hasService(s) {
				c.add(elem(path+".services", i), "there is no service %.60q", string(s))
			}
		}
		for i, a := range f.Audience {
			if !slices.Contains(catalog.Audiences, a) {
				c.add(elem(path+".audience", i), "want each of %s once, not %.60q", "person, company", string(a))
			}
		}
		if f.Level != "" && !slices.Contains(catalog.Levels, f.Level) {
			c.add(path+".level", "want one of %s, not %.60q", strings.Join(catalog.Levels, ", "), f.Level)
		}
		if f.Signers != "" && !slices.Contains(catalog.AllSigners, f.Signers) {
			c.add(path+".signers", "want one of %s, not %.60q", strings.Join(catalog.AllSigners, ", "), f.Signers)
		}
		if f.Inbox != "" && !slices.ContainsFunc(o.Inboxes, func(b org.Inbox) bool { return b.ID == f.Inbox }) {
			c.add(path+".inbox", "there is no inbox %.40q", string(f.Inbox))
		}
		for i, outcome := range f.AppealFor {
			if !slices.Contains(catalog.Outcomes, outcome) {
				c.add(elem(path+".appeal_for", i), "want one of %s", strings.Join(catalog.Outcomes, ", "))
			}
		}
		for name, n := range map[string]int{"due_days": f.DueDays, "draft_days": f.DraftDays, "keep_days": f.KeepDays} {
			if n < 0 || n > maxFormDays {
				c.add(path+"."+name, "there may be at most %d", maxFormDays)
			}
		}
		c.openForm(path, o, &f)
		c.formDocument(path+".document", f.Document)
	}
}

// openForm says what of a form that is sent without signing in needs to know who sends it.
func (c *checker) openForm(path string, o *Organisation, f *FormEntry) {
	if f.Reply != "" && !slices.Contains(catalog.Replies, f.Reply) {
		c.add(path+".reply", "want one of %s, not %.60q", strings.Join(catalog.Replies, ", "), f.Reply)
	}
	texts, err := loadTexts()
	if err != nil {
		c.add(path, "%v", err)
		return
	}
	needs := func(id ids.Service) bool {
		for _, s := range o.Services {
			if v, says := s.Policy["needs_access"]; s.ID == id && says {
				return v != 0
			}
		}
		return o.Policy["needs_access"] != 0
	}
	if key := f.NotOpen(needs); key != "" {
		c.add(path+".level", "%s", texts.Printer("en").T(key))
	}
	if def, mistakes := form.Read([]byte(f.Document)); f.Open() && f.Document != "" && len(mistakes) == 0 && def.NeedsKnown() {
		c.add(path+".level", "%s", texts.Printer("en").T("forms.not_open.prefill"))
	}
}

// formDocument says what is wrong with what a form asks, each mistake with its place in the document.
func (c *checker) formDocument(path, document string) {
	if document == "" {
		c.warn(path, "asks nothing yet: it cannot be filled in")
		return
	}
	_, mistakes := form.Read([]byte(document))
	texts, err := loadTexts()
	if err != nil {
		c.add(path, "%v", err)
		return
	}
	for _, m := range mistakes {
		args := make([]any, 0, 2*len(m.Args))
		for k, v := range m.Args {
			args = append(args, k, v)
		}
		c.add(path, "%s: %s", cmp.Or(m.Where, "document"), texts.Printer("en").T(m.Key, args...))
	}
}
