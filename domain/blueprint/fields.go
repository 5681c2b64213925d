package blueprint

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/org"
)

// The fields of everything that can be configured, in the order in which they are written.

var brandFields = []field[org.Brand]{
	word("primary", func(b *org.Brand) *string { return &b.Primary }),
	word("accent", func(b *org.Brand) *string { return &b.Accent }),
	word("logo", func(b *org.Brand) *string { return &b.Logo }),
	text("logo_alt", func(b *org.Brand) *i18n.Text { return &b.LogoAlt }),
}

var installationFields = []field[Installation]{
	text("name", func(i *Installation) *i18n.Text { return &i.Name }),
	words("languages", func(i *Installation) *[]i18n.Lang { return &i.Languages }),
	word("default", func(i *Installation) *i18n.Lang { return &i.Default }),
	within("brand", func(i *Installation) *org.Brand { return &i.Brand }, brandFields),
	words("phone_countries", func(i *Installation) *[]string { return &i.PhoneCountries }),
	flag("contact_optional", func(i *Installation) *bool { return &i.ContactOptional }),
	count("erasure_days", func(i *Installation) *int { return &i.ErasureDays }),
	within("mailbox", func(i *Installation) *org.Mailbox { return &i.Mailbox }, mailboxFields),
	within("pages", func(i *Installation) *org.Pages { return &i.Pages }, pagesFields),
	list("forms", func(i *Installation) *[]org.PrintForm { return &i.Forms }, printFormFields),
	list("guides", func(i *Installation) *[]org.Guide { return &i.Guides }, guideFields),
	list("questions", func(i *Installation) *[]org.Question { return &i.Questions }, questionFields),
	list("topics", func(i *Installation) *[]org.Topic { return &i.Topics }, topicFields),
	list("matters", func(i *Installation) *[]org.Matter { return &i.Matters }, matterFields),
	settings("policy", func(i *Installation) *catalog.Settings { return &i.Policy }),
}

var mailboxFields = []field[org.Mailbox]{
	word("keeper", func(m *org.Mailbox) *ids.Org { return &m.Keeper }),
	list("terms", func(m *org.Mailbox) *[]org.Terms { return &m.Terms }, termsFields),
	list("register", func(m *org.Mailbox) *[]org.Terms { return &m.Register }, termsFields),
	count("age_from", func(m *org.Mailbox) *int { return &m.AgeFrom }),
	flag("in_care", func(m *org.Mailbox) *bool { return &m.InCare }),
	count("remind_days", func(m *org.Mailbox) *int { return &m.RemindDays }),
	list("grounds", func(m *org.Mailbox) *[]org.Ground { return &m.Grounds }, groundFields),
}

var groundFields = []field[org.Ground]{
	date("from", func(g *org.Ground) *org.Date { return &g.From }),
	word("for", func(g *org.Ground) *string { return &g.For }),
	word("source", func(g *org.Ground) *string { return &g.Source }),
	flag("choice", func(g *org.Ground) *bool { return &g.Choice }),
}

var pagesFields = []field[org.Pages]{
	text("intro", func(p *org.Pages) *i18n.Text { return &p.Intro }),
	within("video", func(p *org.Pages) *org.Video { return &p.Video }, videoFields),
	text("run_by", func(p *org.Pages) *i18n.Text { return &p.RunBy }),
	text("accessibility", func(p *org.Pages) *i18n.Text { return &p.Accessibility }),
	list("support", func(p *org.Pages) *[]org.Support { return &p.Support }, supportFields),
}

var videoFields = []field[org.Video]{
	word("address", func(v *org.Video) *string { return &v.Address }),
	text("transcript", func(v *org.Video) *i18n.Text { return &v.Transcript }),
}

var supportFields = []field[org.Support]{
	text("name", func(s *org.Support) *i18n.Text { return &s.Name }),
	text("about", func(s *org.Support) *i18n.Text { return &s.About }),
	word("phone", func(s *org.Support) *string { return &s.Phone }),
	text("hours", func(s *org.Support) *i18n.Text { return &s.Hours }),
}

var printFormFields = []field[org.PrintForm]{
	text("name", func(f *org.PrintForm) *i18n.Text { return &f.Name }),
	text("about", func(f *org.PrintForm) *i18n.Text { return &f.About }),
	word("address", func(f *org.PrintForm) *string { return &f.Address }),
}

var guideFields = []field[org.Guide]{
	text("title", func(g *org.Guide) *i18n.Text { return &g.Title }),
	text("text", func(g *org.Guide) *i18n.Text { return &g.Text }),
}

var questionFields = []field[org.Question]{
	text("question", func(q *org.Question) *i18n.Text { return &q.Question }),
	text("answer", func(q *org.Question) *i18n.Text { return &q.Answer }),
}

var topicFields = []field[org.Topic]{
	word("id", func(t *org.Topic) *string { return &t.ID }),
	text("name", func(t *org.Topic) *i18n.Text { return &t.Name }),
}

var matterFields = []field[org.Matter]{
	word("id", func(m *org.Matter) *string { return &m.ID }),
	word("topic", func(m *org.Matter) *string { return &m.Topic }),
	text("name", func(m *org.Matter) *i18n.Text { return &m.Name }),
}

var termsFields = []field[org.Terms]{
	word("version", func(t *org.Terms) *string { return &t.Version }),
	text("text", func(t *org.Terms) *i18n.Text { return &t.Text }),
}

var noticeFields = []field[org.Notice]{
	text("text", func(n *org.Notice) *i18n.Text { return &n.Text }),
	date("from", func(n *org.Notice) *org.Date { return &n.From }),
	date("until", func(n *org.Notice) *org.Date { return &n.Until }),
}

var organisationFields = []field[Organisation]{
	text("name", func(o *Organisation) *i18n.Text { return &o.Name }),
	text("short", func(o *Organisation) *i18n.Text { return &o.Short }),
	words("offer_numbers", func(o *Organisation) *[]string { return &o.OfferNumbers }),
	word("country", func(o *Organisation) *string { return &o.Country }),
	word("zone", func(o *Organisation) *string { return &o.Zone }),
	words("languages", func(o *Organisation) *[]i18n.Lang { return &o.Languages }),
	set("hosts", func(o *Organisation) *[]string { return &o.Hosts }),
	within("brand", func(o *Organisation) *org.Brand { return &o.Brand }, brandFields),
	word("phone", func(o *Organisation) *string { return &o.Phone }),
	text("phone_hours", func(o *Organisation) *i18n.Text { return &o.PhoneHours }),
	word("email", func(o *Organisation) *string { return &o.Email }),
	word("help_desk", func(o *Organisation) *ids.Office { return &o.HelpDesk }),
	flag("closed_on_holidays", func(o *Organisation) *bool { return &o.ClosedOnHolidays }),
	flag("receives_letters", func(o *Organisation) *bool { return &o.ReceivesLetters }),
	count("attachments_most", func(o *Organisation) *int { return &o.AttachmentsMost }),
	count("attachment_mb", func(o *Organisation) *int { return &o.AttachmentMB }),
	list("retention", func(o *Organisation) *[]org.Retention { return &o.Retention }, retentionFields),
	set("sends", func(o *Organisation) *[]string { return &o.Sends }),
	text("unit", func(o *Organisation) *i18n.Text { return &o.Unit }),
	flag("mailbox_only", func(o *Organisation) *bool { return &o.MailboxOnly }),
	flag("demo", func(o *Organisation) *bool { return &o.Demo }),
	list("notices", func(o *Organisation) *[]org.Notice { return &o.Notices }, noticeFields),
	text("front", func(o *Organisation) *i18n.Text { return &o.Front }),
	text("help", func(o *Organisation) *i18n.Text { return &o.Help }),
	text("about", func(o *Organisation) *i18n.Text { return &o.About }),
	text("privacy", func(o *Organisation) *i18n.Text { return &o.Privacy }),
	text("accessibility", func(o *Organisation) *i18n.Text { return &o.Accessibility }),
	settings("policy", func(o *Organisation) *catalog.Settings { return &o.Policy }),
}

var retentionFields = []field[org.Retention]{
	word("id", func(r *org.Retention) *string { return &r.ID }),
	text("name", func(r *org.Retention) *i18n.Text { return &r.Name }),
	set("kinds", func(r *org.Retention) *[]string { return &r.Kinds }),
	word("letters", func(r *org.Retention) *org.Keep { return &r.Letters }),
	word("attachments", func(r *org.Retention) *org.Keep { return &r.Attachments }),
	word("source", func(r *org.Retention) *string { return &r.Source }),
}

var groupFields = []field[org.Group]{
	text("name", func(g *org.Group) *i18n.Text { return &g.Name }),
}

var closureFields = []field[org.Closure]{
	date("from", func(c *org.Closure) *org.Date { return &c.From }),
	date("to", func(c *org.Closure) *org.Date { return &c.To }),
	minute("from_minute", func(c *org.Closure) *org.Minute { return &c.FromMinute }),
	minute("to_minute", func(c *org.Closure) *org.Minute { return &c.ToMinute }),
	text("reason", func(c *org.Closure) *i18n.Text { return &c.Reason }),
}

var officeFields = []field[Office]{
	word("group", func(o *Office) *string { return &o.Group }),
	text("name", func(o *Office) *i18n.Text { return &o.Name }),
	text("department", func(o *Office) *i18n.Text { return &o.Department }),
	text("building", func(o *Office) *i18n.Text { return &o.Building }),
	text("floor", func(o *Office) *i18n.Text { return &o.Floor }),
	text("door", func(o *Office) *i18n.Text { return &o.Door }),
	text("street", func(o *Office) *i18n.Text { return &o.Street }),
	word("postcode", func(o *Office) *string { return &o.Postcode }),
	text("town", func(o *Office) *i18n.Text { return &o.Town }),
	word("phone", func(o *Office) *string { return &o.Phone }),
	text("phone_hours", func(o *Office) *i18n.Text { return &o.PhoneHours }),
	word("email", func(o *Office) *string { return &o.Email }),
	word("list_at", func(o *Office) *string { return &o.ListAt }),
	text("access", func(o *Office) *i18n.Text { return &o.Access }),
	degrees("lat", func(o *Office) *float64 { return &o.Lat }),
	degrees("lon", func(o *Office) *float64 { return &o.Lon }),
	hours("hours", func(o *Office) *[]org.Weekly { return &o.Hours }),
	exceptions("exceptions", func(o *Office) *[]org.Exception { return &o.Exceptions }),
	list("closures", func(o *Office) *[]org.Closure { return &o.Closures }, closureFields),
	set("services", func(o *Office) *[]ids.Service { return &o.Services }),
	{
		name: "policy", read: readOfficePolicy, say: func(o *Office) any { return sayPolicies(o.Policy) },
		take: func(into, from *Office) { into.Policy = from.Policy },
	},
	{
		name: "units", read: readUnits, say: func(o *Office) any { return sayUnits(o) },
		take: func(into, from *Office) { into.Units = from.Units }, rebase: rebaseUnits,
	},
}

var answerFields = []field[org.CannedAnswer]{
	text("title", func(a *org.CannedAnswer) *i18n.Text { return &a.Title }),
	text("text", func(a *org.CannedAnswer) *i18n.Text { return &a.Text }),
}

var inboxFields = []field[org.Inbox]{
	text("name", func(b *org.Inbox) *i18n.Text { return &b.Name }),
	word("office", func(b *org.Inbox) *ids.Office { return &b.Office }),
	words("numbers", func(b *org.Inbox) *[]string { return &b.Numbers }),
	hours("hours", func(b *org.Inbox) *[]org.Weekly { return &b.Hours }),
	text("out_of_hours", func(b *org.Inbox) *i18n.Text { return &b.OutOfHours }),
	text("acknowledge", func(b *org.Inbox) *i18n.Text { return &b.Acknowledge }),
	list("answers", func(b *org.Inbox) *[]org.CannedAnswer { return &b.Answers }, answerFields),
	set("letters", func(b *org.Inbox) *[]string { return &b.Letters }),
	count("letter_days", func(b *org.Inbox) *int { return &b.LetterDays }),
	list("letter_answers", func(b *org.Inbox) *[]org.CannedAnswer { return &b.LetterAnswers }, answerFields),
}

var formFields = []field[FormEntry]{
	count("order", func(f *FormEntry) *int { return &f.Order }),
	text("name", func(f *FormEntry) *i18n.Text { return &f.Name }),
	text("summary", func(f *FormEntry) *i18n.Text { return &f.Summary }),
	words("services", func(f *FormEntry) *[]ids.Service { return &f.Services }),
	set("audience", func(f *FormEntry) *[]catalog.Audience { return &f.Audience }),
	word("level", func(f *FormEntry) *string { return &f.Level }),
	word("reply", func(f *FormEntry) *string { return &f.Reply }),
	word("signers", func(f *FormEntry) *string { return &f.Signers }),
	word("inbox", func(f *FormEntry) *ids.Inbox { return &f.Inbox }),
	count("due_days", func(f *FormEntry) *int { return &f.DueDays }),
	set("appeal_for", func(f *FormEntry) *[]string { return &f.AppealFor }),
	count("draft_days", func(f *FormEntry) *int { return &f.DraftDays }),
	count("keep_days", func(f *FormEntry) *int { return &f.KeepDays }),
	flag("closed", func(f *FormEntry) *bool { return &f.Closed }),
	text("follows", func(f *FormEntry) *i18n.Text { return &f.Follows }),
	of("document", func(f *FormEntry) *string { return &f.Document }, readDocument, func(s string) any { return s }),
}

// readDocument reads what a form asks and writes it as all of them are written, so that two that say the same are the same.
func readDocument(r *reader, n *node, path string) string {
	s, ok := r.word(n, path)
	if !ok || s == "" {
		return ""
	}
	d, mistake := form.Open([]byte(s))
	if mistake != nil {
		return s // checkForms says what is wrong with it
	}
	return d.Layout()
}

var wordingFields = []field[org.Wording]{
	text("subject", func(w *org.Wording) *i18n.Text { return &w.Subject }),
	text("opening", func(w *org.Wording) *i18n.Text { return &w.Opening }),
	text("sms", func(w *org.Wording) *i18n.Text { return &w.SMS }),
}

var unitFields = []field[org.Unit]{
	text("name", func(u *org.Unit) *i18n.Text { return &u.Name }),
	word("kind", func(u *org.Unit) *org.UnitKind { return &u.Kind }),
	words("languages", func(u *org.Unit) *[]i18n.Lang { return &u.Languages }),
	set("skills", func(u *org.Unit) *[]org.Skill { return &u.Skills }),
	date("from", func(u *org.Unit) *org.Date { return &u.From }),
	date("until", func(u *org.Unit) *org.Date { return &u.Until }),
	words("services", func(u *org.Unit) *[]ids.Service { return &u.Services }),
	hours("hours", func(u *org.Unit) *[]org.Weekly { return &u.Hours }),
	exceptions("exceptions", func(u *org.Unit) *[]org.Exception { return &u.Exceptions }),
}

var categoryFields = []field[catalog.Category]{
	count("order", func(c *catalog.Category) *int { return &c.Order }),
	text("name", func(c *catalog.Category) *i18n.Text { return &c.Name }),
	word("ticket_prefix", func(c *catalog.Category) *string { return &c.Tickets.Prefix }),
	count("ticket_first", func(c *catalog.Category) *int { return &c.Tickets.First }),
	count("ticket_last", func(c *catalog.Category) *int { return &c.Tickets.Last }),
}

var channelFields = []field[catalog.Channel]{
	word("kind", func(c *catalog.Channel) *catalog.ChannelKind { return &c.Kind }),
	text("name", func(c *catalog.Channel) *i18n.Text { return &c.Name }),
	text("address", func(c *catalog.Channel) *i18n.Text { return &c.Address }),
	text("text", func(c *catalog.Channel) *i18n.Text { return &c.Text }),
}

var serviceFields = []field[ServiceEntry]{
	word("category", func(s *ServiceEntry) *ids.Category { return &s.Category }),
	count("order", func(s *ServiceEntry) *int { return &s.Order }),
	flag("popular", func(s *ServiceEntry) *bool { return &s.Popular }),
	text("name", func(s *ServiceEntry) *i18n.Text { return &s.Name }),
	text("summary", func(s *ServiceEntry) *i18n.Text { return &s.Summary }),
	text("price", func(s *ServiceEntry) *i18n.Text { return &s.Price }),
	settings("policy", func(s *ServiceEntry) *catalog.Settings { return &s.Policy }),
	text("description", func(s *ServiceEntry) *i18n.Text { return &s.Description }),
	textList("bring", func(s *ServiceEntry) *i18n.TextList { return &s.Bring }),
	textList("synonyms", func(s *ServiceEntry) *i18n.TextList { return &s.Synonyms }),
	set("skills", func(s *ServiceEntry) *[]org.Skill { return &s.Skills }),
	textList("requirements", func(s *ServiceEntry) *i18n.TextList { return &s.Requirements }),
	list("channels", func(s *ServiceEntry) *[]catalog.Channel { return &s.Channels }, channelFields),
	set("audience", func(s *ServiceEntry) *[]catalog.Audience { return &s.Audience }),
	set("life_events", func(s *ServiceEntry) *[]catalog.LifeEvent { return &s.LifeEvents }),
	date("updated", func(s *ServiceEntry) *org.Date { return &s.Updated }),
	words("combines", func(s *ServiceEntry) *[]ids.Service { return &s.Combines }),
}

// readOfficePolicy reads the policies of services at one office.
func readOfficePolicy(r *reader, n *node, path string, into *Office) {
	if !r.is(n, path, unstable.Table, `a policy for each service, such as { passport = { length = "30m" } }`) {
		return
	}
	into.Policy = map[ids.Service]catalog.Settings{}
	for _, key := range n.keys {
		if r.slug(n.table[key], key, path+"."+key) {
			into.Policy[ids.Service(key)] = r.settings(n.table[key], path+"."+key)
		}
	}
}

// unitID is a unit's ID in the store: unique in the organisation.
func unitID(office ids.Office, name string) ids.Unit { return ids.Unit(string(office) + "-" + name) }

// unitName is the unit's own name within its office.
func unitName(office ids.Office, id ids.Unit) string {
	return strings.TrimPrefix(string(id), string(office)+"-")
}

// readUnits reads the units of an office, each a plain name or a table.
func readUnits(r *reader, n *node, path string, into *Office) {
	if !r.is(n, path, unstable.Array, "a list of units") {
		return
	}
	into.Units = nil
	for i, item := range n.items {
		name, u := item, org.Unit{}
		if item.kind == unstable.Table {
			name = item.child("id")
		}
		if name == nil {
			r.add(item, elem(path, i), "the unit has no id")
			continue
		}
		slug, ok := r.word(name, elem(path, i))
		if !ok || !r.slug(name, slug, elem(path, i)) {
			continue
		}
		u.ID = unitID(into.ID, slug)
		if slices.ContainsFunc(into.Units, func(v org.Unit) bool { return v.ID == u.ID }) {
			r.add(name, elem(path, i), "there is another unit %q", slug)
			continue
		}
		if item.kind == unstable.Table {
			record(r, item, path+"."+slug, append(slices.Clone(unitFields), idField), &u)
		} else {
			u.Name = madeName(r.texts, slug, i)
		}
		into.Units = append(into.Units, u)
	}
}

// idField lets a unit's table have its id, which readUnits has read.
var idField = field[org.Unit]{name: "id", read: func(*reader, *node, string, *org.Unit) {}}

func sayUnits(o *Office) things {
	out := things{noun: "unit"}
	for i := range o.Units {
		u := &o.Units[i]
		name := unitName(o.ID, u.ID)
		fields := say(unitFields, u)
		out.list = append(out.list, thing{id: name, fields: fields, plain: isPlain(name, i, fields)})
	}
	return out
}
