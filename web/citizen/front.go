package citizen

import (
	"net/http"
	"slices"
	"time"

	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// FrontPage is the front page of an organisation.
type FrontPage struct {
	web.Base
	Lead string
	// Search is the label of the search, Hint how to use it.
	Search, Hint string
	// Closed says that nothing can be booked here yet.
	Closed *NotOpen
	// Joined is its page in the list of those who share the mailbox, when it has nothing else here.
	Joined  string
	Demo    bool
	Notices []string
	Popular []ui.Link
	Ways    []ui.CardData
	// Places are the offices with today's hours; Many folds them up under one line.
	Places      []ui.DefinitionRow
	Many        bool
	PlacesToday string
}

// NotOpen is what an organisation without services says, until the first one is configured.
type NotOpen struct{ Title, Text, Phone string }

// notOpen returns nil when there are services.
func notOpen(b web.Base, c *catalog.Config) *NotOpen {
	if len(c.Services) > 0 {
		return nil
	}
	return &NotOpen{Title: b.T("front.not_open"), Text: b.T("front.not_open_text"), Phone: c.Org.Phone}
}

// manyPlaces is from how many offices on their list is folded up.
const manyPlaces = 9

// front shows the front page.
func (d *Door) front(v *web.Visit) error {
	courses, err := d.running(v)
	if err != nil {
		return err
	}
	page := newFrontPage(v.Base(""), v.Org, v.Now)
	page.leadTo(courses)
	return v.Render(http.StatusOK, ShowFront(page))
}

// leadTo leads to the courses that the organisation runs, which its search finds, too.
func (page *FrontPage) leadTo(courses course.Running) {
	if courses.Any {
		page.Search = page.T("services.search_all")
		page.Ways = append(page.Ways, ui.CardData{Title: page.T("course.list_title"), Href: page.URL("courses"), Text: page.T("course.list_lead"), Level: 2})
	}
}

func newFrontPage(b web.Base, c *catalog.Config, now time.Time) FrontPage {
	today := c.Today(now)
	page := FrontPage{Base: b, Lead: c.Org.Front.In(b.Lang), Search: b.T("services.search"), Hint: searchHint(b, c), Demo: c.Org.Demo}
	page.Title = b.T("front.title")
	page.Closed = notOpen(b, c)
	if c.Org.MailboxOnly {
		page.Closed = &NotOpen{Title: b.T("front.mailbox_only"), Text: b.T("front.mailbox_only_text"), Phone: c.Org.Phone}
		page.Joined = web.Path(b.Lang, "", "mailbox", "organisations", string(c.Org.ID))
	}
	for _, n := range c.Org.NoticesOn(today) {
		page.Notices = append(page.Notices, n.Text.In(b.Lang))
	}
	for i := range c.Services {
		if s := &c.Services[i]; s.Popular {
			page.Popular = append(page.Popular, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})
		}
	}
	page.Ways = []ui.CardData{
		{Title: b.T("front.book"), Href: b.URL("services"), Text: bookText(b, c), Level: 2},
		{Title: b.T("front.manage"), Href: b.URL("appointment"), Text: b.T("front.manage_text"), Level: 2},
	}
	if len(c.OpenForms()) > 0 {
		page.Ways = append(page.Ways, ui.CardData{Title: b.T("front.forms"), Href: b.URL("forms"), Text: b.T("front.forms_text"), Level: 2})
	}
	if some, all := asksToSignIn(c); some && all {
		page.Ways[1].Text = b.T("front.manage_text_in")
	}
	open := 0
	for i := range c.Offices {
		o := &c.Offices[i]
		hours, isOpen := hoursToday(b, c, o, today)
		if isOpen {
			open++
		}
		page.Places = append(page.Places, ui.DefinitionRow{Key: o.Name.In(b.Lang), Value: hours})
	}
	page.Many = len(c.Offices) >= manyPlaces
	page.PlacesToday = b.T("front.places_closed")
	if open > 0 {
		page.PlacesToday = b.N("front.places_open", open, "all", len(c.Offices))
	}
	return page
}

// bookText says what booking takes here.
func bookText(b web.Base, c *catalog.Config) string {
	choose, signIn := b.T("front.book_text"), b.T("front.sign_in_none")
	if len(c.Offices) == 1 {
		choose = b.T("front.book_text_one")
	}
	switch some, all := asksToSignIn(c); {
	case some && all:
		signIn = b.T("front.sign_in_all")
	case some:
		signIn = b.T("front.sign_in_some")
	}
	return choose + " " + signIn
}

// asksToSignIn reports whether some of the services, and whether all of them, ask who books to sign in.
func asksToSignIn(c *catalog.Config) (some, all bool) {
	all = len(c.Services) > 0
	for i := range c.Services {
		if c.Policy(c.Services[i].ID, "").SignIn > actor.LevelNone {
			some = true
		} else {
			all = false
		}
	}
	return some, all
}

// hoursToday says "open today 9–16.15", or that the office is closed and why.
func hoursToday(b web.Base, c *catalog.Config, o *org.Office, today org.Date) (words string, open bool) {
	hours := org.HoursOn(c.Org, *o, today)
	if len(hours) > 0 {
		var spans []string
		for _, h := range hours {
			spans = append(spans, b.Printer.ClockRange(wallClock(h.From), wallClock(h.To)))
		}
		return b.T("front.open_today", "hours", b.Printer.List(spans)), true
	}
	if h, ok := org.HolidayOn(c.Org.Country, today); ok && c.Org.ClosedOnHolidays {
		return b.T("front.closed_why", "why", b.T(h.Key)), false
	}
	i := slices.IndexFunc(o.Closures, func(cl org.Closure) bool { return cl.Covers(today) })
	if i >= 0 {
		if why := o.Closures[i].Reason.In(b.Lang); why != "" {
			return b.T("front.closed_why", "why", why), false
		}
	}
	return b.T("front.closed_today"), false
}

// wallClock is a minute of a day as the printer takes it; the day and the zone do not matter.
func wallClock(m org.Minute) time.Time {
	hour, minute := m.Clock()
	return time.Date(2000, time.January, 1, hour, minute, 0, 0, time.UTC)
}
