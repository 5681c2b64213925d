package my

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// FolderPage is somebody's folder.
type FolderPage struct {
	web.Base
	Heading string
	// Register leads to where a company registers first; empty when it has.
	Register string
	Parts    []FolderPart
	// Waits is for what they wait; nothing is shown when there is nothing.
	Waits []FolderItem
	// Care is where they are in care; nothing is shown when they are not.
	Care  []ui.CardData
	Links []ui.Link
}

// FolderPart is one part of the folder; empty parts say what they are for.
type FolderPart struct {
	ID, Title, Empty string
	Items            []FolderItem
	// Groups are the entries by person, where there are several people's; Items is empty then.
	Groups []FolderGroup
	// All leads to the rest; nil where all are here.
	All *ui.Link
}

// FolderGroup is what one person has.
type FolderGroup struct {
	ID, Name string
	Items    []FolderItem
}

// FolderItem is one entry: a card, and what opens it.
type FolderItem struct {
	Card   ui.CardData
	State  string
	Kind   ui.Kind
	By     string
	Hidden []ui.Hidden
}

// folder shows the folder of whom the reader acts for, or their own.
func (d *Door) folder(v *web.Visit) error {
	who := v.Actor()
	entries, err := d.Folders.Folder(v.Ctx(), who)
	if err != nil {
		return err
	}
	f := folderOf{Name: v.Signed().Name, For: v.Signed().ForName, Entries: entries, Now: v.Now.Unix()}
	if who.For.Company != "" {
		c, err := d.Identity.CompanyOf(v.Ctx(), who)
		if err != nil {
			return err
		}
		f.Unregistered = c.Registered == 0
		f.Company = true
	}
	if f.Dependants, err = d.dependants(v); err != nil {
		return err
	}
	if f.Waits, err = d.Waiting.WaitingOf(v.Ctx(), who.Owner()); err != nil {
		return err
	}
	if err := d.cares(v, &f); err != nil {
		return err
	}
	if err := d.mail(v, &f); err != nil {
		return err
	}
	find := func(o ids.Org) *catalog.Config { return d.config(v.Ctx(), o) }
	return v.Render(http.StatusOK, ShowFolder(newFolderPage(v.Base(""), f, find)))
}

// mail finds out whether there are mailboxes here, and how many letters are new. Who acts for somebody who can have none, or is not known surely enough, has none here.
func (d *Door) mail(v *web.Visit, f *folderOf) error {
	who := v.Actor()
	if d.Mail == nil || who.May(actor.MailboxUse, actor.Object{Owner: who.Owner()}) != nil {
		return nil
	}
	m, err := d.Mail.Mine(v.Ctx(), who)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil || m.TermsNow == "" {
		return err
	}
	if f.Mail = true; m.Version == 0 {
		return nil
	}
	if f.NewLetters, err = d.Mail.News(v.Ctx(), who); err != nil {
		return err
	}
	return d.letters(v, f)
}

// dependants are the folders of those for whom the reader may act, while they act for themselves: all is in one list, by person.
func (d *Door) dependants(v *web.Visit) ([]dependant, error) {
	who := v.Actor()
	if !who.For.IsZero() {
		return nil, nil
	}
	list, err := d.Identity.Choices(v.Ctx(), who)
	if err != nil {
		return nil, err
	}
	var out []dependant
	for _, c := range list {
		if c.Owner.Person == "" {
			continue
		}
		who.For = c.Owner
		entries, err := d.Folders.Folder(v.Ctx(), who)
		if err != nil {
			return nil, err
		}
		out = append(out, dependant{c, entries[folder.Booked]})
	}
	return out, nil
}

// dependant is somebody for whom the reader may act, and what is booked for them.
type dependant struct {
	identity.Choice
	Booked []folder.Entry
}

// folderOf is what a folder's page shows.
type folderOf struct {
	Name, For    string
	Company      bool
	Unregistered bool
	Entries      folder.Folder
	Dependants   []dependant
	Waits        []booking.Waiter
	Care         []care.Record
	InVain       map[ids.Waiting]bool // those of Waits that are offered nothing
	// Mail says that there are mailboxes here, NewLetters how many are new in the reader's.
	Mail       bool
	NewLetters int
	// Came and Wrote are the newest letters, MoreCame and MoreWrote that there are others.
	Came, Wrote         []mailbox.Listed
	MoreCame, MoreWrote bool
	Now                 int64
}

// mostSent is how many forms that were sent the folder's page shows: the newest. All are in the list of them.
const mostSent = 20

func newFolderPage(b web.Base, f folderOf, find func(ids.Org) *catalog.Config) FolderPage {
	p := FolderPage{Base: b, Heading: b.T("my.title", "name", f.Name)}
	if f.For != "" {
		p.Heading = b.T("my.title_for", "name", f.For)
	}
	p.Title, p.NoIndex = p.Heading, true
	if f.Unregistered {
		p.Register = at(b, "my", "company")
	}
	for _, part := range folder.Parts {
		fp := FolderPart{ID: string(part), Title: b.T("folder.part." + string(part)), Empty: b.T("folder.empty." + string(part))}
		list := soonestFirst(f.Entries[part], f.Now)
		if part == folder.Sent {
			list = list[:min(len(list), mostSent)]
		}
		for _, e := range list {
			fp.Items = append(fp.Items, item(b, e, find(e.Org), f.Now))
		}
		fp.addLetters(b, f, find)
		if part == folder.Booked {
			fp.byPerson(b, f, find)
		}
		if (part == folder.Visited || part == folder.Opened) && len(fp.Items) == 0 {
			continue // few ever have one: nothing is said
		}
		p.Parts = append(p.Parts, fp)
	}
	for _, w := range f.Waits {
		it := waitItem(b, w, find(w.Org))
		if f.InVain[w.ID] {
			it.Card.Text, it.Kind = b.T("waiting.care_over"), ui.Warning
		}
		p.Waits = append(p.Waits, it)
	}
	p.Care = careCards(b, f.Care, f.Now, find)
	p.Links = []ui.Link{
		{Href: at(b, "my", "timeline"), Text: b.T("folder.timeline")},
		{Href: at(b, "my", "acting"), Text: b.T("my.acting")}, {Href: at(b, "my", "details"), Text: b.T("my.details")},
		{Href: at(b, "my", "sent"), Text: b.T("submission.list_title")}, {Href: at(b, "my", "forms"), Text: b.T("eform.drafts.title")}, {Href: at(b, "my", "messages"), Text: b.T("consent.title")},
		{Href: at(b, "my", "log"), Text: b.T("my.log")}, {Href: at(b, "my", "sessions"), Text: b.T("my.sessions")},
	}
	if f.For == "" {
		p.Links = append(p.Links, ui.Link{Href: at(b, "my", "data"), Text: b.T("my.data")})
	}
	if f.Mail {
		box := ui.Link{Href: at(b, "my", "mailbox"), Text: b.T("mailbox.page.title")}
		if f.NewLetters > 0 {
			box.Text = b.N("mailbox.page.news", f.NewLetters)
		}
		p.Links = append([]ui.Link{box}, p.Links...)
	}
	if f.Company {
		p.Links = append(p.Links, ui.Link{Href: at(b, "my", "company"), Text: b.T("my.company")})
	}
	return p
}

// byPerson puts what the reader's dependants have beside what is their own, each under a name; nothing changes where they have nothing.
func (p *FolderPart) byPerson(b web.Base, f folderOf, find func(ids.Org) *catalog.Config) {
	groups := []FolderGroup{{ID: "of-me", Name: f.Name, Items: p.Items}}
	for i, d := range f.Dependants {
		g := FolderGroup{ID: "of-" + strconv.Itoa(i+1), Name: d.Name}
		for _, e := range soonestFirst(d.Booked, f.Now) {
			it := item(b, e, find(e.Org), f.Now)
			it.Hidden = append(it.Hidden, ui.Hidden{Name: "for", Value: valueOf(d.Owner)})
			g.Items = append(g.Items, it)
		}
		groups = append(groups, g)
	}
	groups = slices.DeleteFunc(groups, func(g FolderGroup) bool { return len(g.Items) == 0 })
	if len(groups) == 0 || len(groups) == 1 && groups[0].ID == "of-me" {
		return
	}
	for i := range groups {
		for j := range groups[i].Items {
			groups[i].Items[j].Card.Level = 4
		}
	}
	p.Items, p.Groups = nil, groups
}

// soonestFirst puts what is to come before what is past, each the nearest first.
func soonestFirst(list []folder.Entry, now int64) []folder.Entry {
	var next, past []folder.Entry
	for _, e := range list {
		if e.End < now && (e.End != 0 || e.State == "access_withdrawn") {
			past = append(past, e)
		} else {
			next = append(next, e)
		}
	}
	slices.Reverse(past)
	return append(next, past...)
}

// kinds are the colours of states; the words say it, too.
var kinds = map[string]ui.Kind{
	"booked": ui.Success, "cancelled": ui.Danger, "past": ui.Neutral, "pending": ui.Warning, "proposed": ui.Warning, "lapsed": ui.Neutral,
}

// item is one entry: what, when, where and in which state.
func item(b web.Base, e folder.Entry, c *catalog.Config, now int64) FolderItem {
	it := FolderItem{Card: ui.CardData{Title: string(e.Service), Level: 3}, Hidden: []ui.Hidden{{Name: "org", Value: string(e.Org)}, {Name: "id", Value: e.Subject}}}
	if e.Part == folder.Enrolled {
		it.Hidden = nil
	}
	if c == nil {
		return it
	}
	if e.Part == folder.Enrolled {
		return enrolled(b, it, e, c)
	}
	if s, err := c.Service(e.Service); err == nil {
		it.Card.Title = s.Name.In(b.Lang)
	}
	when := time.Unix(e.At, 0).In(c.Zone())
	it.Card.Text = b.Printer.At(when)
	if o, err := c.Office(e.Office); err == nil {
		it.Card.Meta = o.Name.In(b.Lang) + ", " + c.Org.Name.In(b.Lang)
	}
	switch {
	case e.Part == folder.Visited:
		return visit(b, it, e, c)
	case e.Part == folder.Opened:
		return opened(b, it, e, c)
	case e.Form != "":
		return sentForm(b, it, e, c)
	}
	state := e.State
	switch {
	case state == "booked" && e.End < now:
		state = "past"
	case (state == "pending" || state == "proposed") && now > e.Until:
		state = "lapsed"
	case state == "proposed":
		it.By = b.T("folder.confirm_by", "time", time.Unix(e.Until, 0).In(c.Zone()))
	}
	it.State, it.Kind = b.T("folder.state."+state), kinds[state]
	if e.MadeByName != "" && it.By == "" {
		it.By = b.T("folder.made_by", "name", e.MadeByName)
	}
	return it
}

// enrolled is a course or an event, and how the enrolment on it stands.
func enrolled(b web.Base, it FolderItem, e folder.Entry, c *catalog.Config) FolderItem {
	it.Card.Title = e.Name.In(b.Lang)
	it.Card.Href = at(b, "my", "enrolments", string(e.Org), e.Subject)
	it.Card.Text, it.Card.Meta = b.Printer.At(time.Unix(e.At, 0).In(c.Zone())), c.Org.Name.In(b.Lang)
	if e.Place != "" {
		it.Card.Meta = e.Place + ", " + it.Card.Meta
	}
	it.State, it.Kind = b.T("folder.state."+e.State), enrolledKinds[e.State]
	it.By = e.Label
	if e.State == "offered" {
		it.By = b.T("folder.confirm_by", "time", time.Unix(e.Until, 0).In(c.Zone()))
	}
	return it
}

var enrolledKinds = map[string]ui.Kind{
	"attending": ui.Success, "waiting": ui.Info, "offered": ui.Warning, "cancelled": ui.Danger, "declined": ui.Neutral, "lapsed": ui.Neutral, "off": ui.Danger, "came": ui.Success, "absent": ui.Neutral, "past": ui.Neutral,
}

// visit is a visit: the number, and when they were called.
func visit(b web.Base, it FolderItem, e folder.Entry, c *catalog.Config) FolderItem {
	it.Hidden = nil
	it.State, it.Kind = b.T("folder.visit."+e.State), visitKinds[e.State]
	it.By = b.T("folder.visit_number", "number", e.Label)
	if e.CalledAt != 0 {
		it.By = b.T("folder.visit_called", "number", e.Label, "time", b.Printer.Clock(time.Unix(e.CalledAt, 0).In(c.Zone())))
	}
	return it
}

// opened is a service that the office has opened: from when, until when.
func opened(b web.Base, it FolderItem, e folder.Entry, c *catalog.Config) FolderItem {
	it.Hidden = nil
	it.State, it.Kind = b.T("folder.state."+e.State), openedKinds[e.State]
	day := func(at int64) string { return b.Printer.ShortDate(time.Unix(at, 0).In(c.Zone())) }
	if it.Card.Text = b.T("folder.access_from", "from", day(e.At)); e.End != 0 {
		// The last second, which is mostly a day's last: then the day says it all.
		last, until := time.Unix(e.End, 0).In(c.Zone()), day(e.End)
		if last.Add(time.Second).Day() == last.Day() {
			until = b.T("mailbox.page.moment", "date", until, "time", b.Printer.Clock(last))
		}
		it.Card.Text = b.T("folder.access_until", "from", day(e.At), "until", until)
	}
	it.Card.Meta = c.Org.Name.In(b.Lang)
	if _, err := c.Service(e.Service); err == nil {
		it.Card.Href = web.Path(b.Lang, e.Org, "services", string(e.Service))
	}
	return it
}

// sentForm is a form that was sent: how it stands, and its number.
func sentForm(b web.Base, it FolderItem, e folder.Entry, c *catalog.Config) FolderItem {
	it.Hidden = nil
	it.Card.Title, it.Card.Meta = string(e.Form), c.Org.Name.In(b.Lang)
	if f, err := c.Form(e.Form); err == nil && f.Name.In(b.Lang) != "" {
		it.Card.Title = f.Name.In(b.Lang)
	}
	it.Card.Href = at(b, "my", "sent", e.Subject)
	it.State, it.Kind = b.T("submission.state."+e.State), sentKinds[e.State]
	it.By = b.T("folder.form_number", "number", e.Label)
	if e.Until > 0 {
		it.By = b.T("folder.form_asked", "number", e.Label, "day", b.Printer.LongDate(time.Unix(e.Until, 0).In(c.Zone())))
	}
	return it
}

var openedKinds = map[string]ui.Kind{"access_open": ui.Success, "access_later": ui.Info, "access_over": ui.Neutral, "access_withdrawn": ui.Neutral}

var sentKinds = map[string]ui.Kind{"received": ui.Info, "in_progress": ui.Info, "more_asked": ui.Warning, "decided": ui.Success, "withdrawn": ui.Neutral, "closed": ui.Neutral}

var visitKinds = map[string]ui.Kind{"waiting": ui.Info, "called": ui.Warning, "serving": ui.Success, "parked": ui.Info, "done": ui.Neutral, "missed": ui.Danger, "left": ui.Neutral}

// waitItem is for what somebody waits.
func waitItem(b web.Base, e booking.Waiter, c *catalog.Config) FolderItem {
	it := FolderItem{
		Card: ui.CardData{Title: string(e.Service), Level: 3}, State: b.T("folder.state.waiting"), Kind: ui.Info,
		Hidden: []ui.Hidden{{Name: "org", Value: string(e.Org)}, {Name: "id", Value: string(e.ID)}},
	}
	if c == nil {
		return it
	}
	if s, err := c.Service(e.Service); err == nil {
		it.Card.Title = s.Name.In(b.Lang)
	}
	it.Card.Text = b.T("folder.waits")
	if e.Wish.Earlier != 0 {
		it.Card.Text = b.T("folder.waits_earlier", "time", time.Unix(e.Wish.Earlier, 0).In(c.Zone()))
	}
	var offices []string
	for _, id := range e.Wish.Offices {
		if o, err := c.Office(id); err == nil {
			offices = append(offices, o.Name.In(b.Lang))
		}
	}
	it.Card.Meta = strings.Join(append(offices, c.Org.Name.In(b.Lang)), ", ")
	return it
}

// leave takes who waits off the list.
func (d *Door) leave(v *web.Visit) error {
	e, err := d.Waiting.Waiter(v.Ctx(), v.Actor(), ids.Org(v.Form("org")), ids.Waiting(v.Form("id")))
	if err != nil {
		return err
	}
	if err := d.Waiting.Leave(v.Ctx(), v.Actor(), e); err != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my") + "/")
}

// open opens an appointment of the folder: the pages of the appointment are those that its code opens, too.
func (d *Door) open(v *web.Visit) error {
	o, id := ids.Org(v.Form("org")), ids.Appointment(v.Form("id"))
	who := v.Actor()
	if v.Form("for") != "" { // one of a dependant's: from now on the reader acts for them, and each page says so
		owner, ok := ownerOf(v.Form("for"))
		if !ok {
			return fault.NotFound("acting.not_found")
		}
		if err := d.Identity.ActFor(v.Ctx(), who, v.Signed().Session, owner); err != nil {
			return err
		}
		who.For = owner
	}
	if err := d.Appointments.MayOpen(v.Ctx(), who, o, id); err != nil {
		return err
	}
	v.OpenOwn(o, id)
	return v.SeeOther(web.Path(v.Lang, o, "appointment"))
}

// birthday writes a date of birth.
func birthday(b web.Base, date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return b.Printer.LongDate(t)
}
