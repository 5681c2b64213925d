// Package desk is the door of clerks: the list of the day, booking for who is on the phone or at the counter, finding a booking and looking after it, setting
// times aside, and the waiting list.
//
// It promises that everything is a link or a form that works without JavaScript, that no address says anything about a person, that nothing typed is lost, and
// that who acts on what somebody else has changed meanwhile is told what that was. Rules are left to domain/booking, who may do what to domain/actor.
package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/conversation"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// People finds those who have signed in before.
type People interface {
	FindPeople(ctx context.Context, who actor.Actor, f identity.Find) ([]identity.Account, error)
	// Whose returns whose a national identifier is; MakeKnown makes an account for who is new here; NameOf is what somebody is called.
	Whose(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, identifier natid.Secret) (ids.Person, error)
	MakeKnown(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, identifier natid.Secret, name string) (ids.Person, error)
	NameOf(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (string, error)
	Companies
	// ReadAgain returns a person whom the reader has opened.
	ReadAgain(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (identity.View, error)
}

// Door is the door of clerks.
type Door struct {
	Site    *web.Site
	Booking *booking.Service
	People  People
	Care    *care.Service
	// Access knows to whom services were opened.
	Access *access.Service
	// Talks are the conversations by text message, from which a time is booked for somebody. May be nil.
	Talks *conversation.Service
	// Letters knows the letters that are linked to a booking. May be nil.
	Letters *mailbox.Service
	// Consent is what people agreed to be told; nil asks nobody.
	Consent *consent.Service
	// StaffName is what one of the staff is called. May be nil.
	StaffName func(ctx context.Context, id ids.Staff) string
	// Keys are the function keys of one of the staff. May be nil.
	Keys func(ctx context.Context, id ids.Staff) staff.Keys
	// Pages are the pages of those who work here that one may see, for the top of each page. May be nil.
	Pages func(b web.Base, who actor.Actor) []ui.Link

	phones  phones
	readers readers
	*web.Mux
}

// New returns the door. Pages is set before it is used.
func New(site *web.Site, b *booking.Service, people People) *Door {
	d := &Door{Site: site, Booking: b, People: people, Care: b.Care, Access: b.Access}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/staff/{org}/desk"
	const one = at + "/{appointment}"
	return []web.Route{
		web.GET(at, actor.BookingDesk, d.day),
		web.POST(at, actor.BookingDesk, d.dayPost),
		web.GET(at+"/print", actor.BookingDesk, d.printDay),
		web.GET(at+"/day.csv", actor.BookingDesk, d.dayCSV),
		web.GET(at+"/book", actor.BookingDesk, d.call),
		web.POST(at+"/book", actor.BookingDesk, d.callPost),
		web.GET(at+"/find", actor.BookingDesk, d.find),
		web.POST(at+"/find", actor.BookingDesk, d.findPost),
		web.POST(at+"/undo", actor.BookingDesk, d.undoPost),
		web.GET(at+"/import", actor.BookingDesk, d.importPage),
		web.POST(at+"/import", actor.BookingDesk, d.importPost),
		web.GET(at+"/waiting", actor.BookingDesk, d.waiting),
		web.POST(at+"/waiting", actor.BookingDesk, d.waitingPost),
		web.POST(at+"/waiting/leave", actor.BookingDesk, d.waitingLeave),
		web.GET(at+"/undelivered", actor.BookingDesk, d.undelivered),
		web.POST(at+"/undelivered", actor.BookingDesk, d.undeliveredPost),
		web.GET(at+"/care", actor.BookingDesk, d.findCare),
		web.POST(at+"/care", actor.BookingDesk, d.findCarePost),
		web.GET(at+"/care/person", actor.BookingDesk, d.withCare(d.carePage)),
		web.POST(at+"/care/person", actor.BookingDesk, d.withCare(d.carePost)),
		web.GET(at+"/care/import", actor.BookingDesk, d.careImport),
		web.POST(at+"/care/import", actor.BookingDesk, d.careImportPost),
		web.GET(at+"/access", actor.AccessGrant, d.findAccess),
		web.POST(at+"/access", actor.AccessGrant, d.findAccessPost),
		web.GET(at+"/access/list", actor.AccessGrant, d.accessList),
		web.GET(at+"/access/of", actor.AccessGrant, d.withAccess(d.accessPage)),
		web.POST(at+"/access/of", actor.AccessGrant, d.withAccess(d.accessPost)),
		web.GET(at+"/text", actor.BookingDesk, d.withPersonText(d.textPerson)),
		web.POST(at+"/text", actor.BookingDesk, d.withPersonText(d.textPersonPost)),
		web.GET(one, actor.BookingDesk, d.withAppointment(d.appointment)),
		web.POST(one, actor.BookingDesk, d.withAppointment(d.appointmentPost)),
		web.GET(one+"/details", actor.BookingDesk, d.withAppointment(d.edit)),
		web.POST(one+"/details", actor.BookingDesk, d.withAppointment(d.editPost)),
		web.POST(one+"/consent", actor.BookingDesk, d.withAppointment(d.consentPost)),
		web.GET(one+"/text", actor.BookingDesk, d.withAppointment(d.text)),
		web.POST(one+"/text", actor.BookingDesk, d.withAppointment(d.textPost)),
		web.GET(one+"/move", actor.BookingDesk, d.withAppointment(d.move)),
		web.POST(one+"/move", actor.BookingDesk, d.withAppointment(d.movePost)),
		web.GET(one+"/cancel", actor.BookingDesk, d.withAppointment(d.cancel)),
		web.POST(one+"/cancel", actor.BookingDesk, d.withAppointment(d.cancelPost)),
	}
}

// Serves reports whether an address is this door's: /{lang}/staff/{org}/desk and what is below it.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 4 && parts[1] == "staff" && parts[3] == "desk"
}

// at is an address of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "desk"}, parts...)...)
}

// baseOf is as much of a page as addresses need.
func baseOf(v *web.Visit) web.Base { return web.Base{Lang: v.Lang, Org: v.OrgID()} }

// page begins a page of this door.
func (d *Door) page(v *web.Visit, title string) web.Base {
	b := dress(v.Base(title))
	b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}
	if d.Pages != nil {
		b.Nav = append(b.Nav, d.Pages(b, v.Actor())...)
	}
	if d.Keys != nil {
		b.Keys = d.Keys(v.Ctx(), v.Actor().Staff)
	}
	return b
}

func dress(b web.Base) web.Base {
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	return b
}

// Page is a page of the desk: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done, and Undo takes it back.
	Done string
	Undo *Undo
	// Wrong is what happened meanwhile.
	Wrong string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	Lead    string
	Parts   []web.Component
}

// Undo is the button that takes back what was just done.
type Undo struct {
	Action, Text string
}

func (d *Door) show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowDesk(p))
}

// troubleOf puts a fault of a form into words: a length of time as it stands in a sentence, and with a name that is wrong whose it is of those who come.
func troubleOf(b web.Base, err error) web.Trouble {
	if f := fault.Of(err); err != nil {
		c := *f
		c.Args = deadlines(b.Printer, f.Args)
		err = &c
	}
	t := web.TroubleOf(b, err)
	for i, item := range t.Items {
		if n, ok := otherOf(strings.TrimPrefix(item.Href, "#")); ok {
			t.Items[i].Text = b.T("visit.wrong_name", "n", n, "what", item.Text)
		}
	}
	return t
}

// deadlines writes the lengths of a fault's arguments as they stand in a sentence.
func deadlines(p *i18n.Printer, args fault.Args) fault.Args {
	out := fault.Args{}
	for name, v := range args {
		if d, ok := v.(time.Duration); ok {
			v = p.Deadline(d)
		}
		out[name] = v
	}
	return out
}

// blame puts what is wrong with a form on the page.
func (p *Page) blame(t web.Trouble) { p.Trouble, p.HasError = t.Items, len(t.Items) > 0 }

// offices are those of an organisation where somebody may work at the desk, in their order.
func offices(c *catalog.Config, who actor.Actor) []*org.Office {
	var out []*org.Office
	for i := range c.Offices {
		if who.May(actor.BookingDesk, actor.Object{Org: c.Org.ID, Office: c.Offices[i].ID}) == nil {
			out = append(out, &c.Offices[i])
		}
	}
	return out
}

func officeName(b web.Base, c *catalog.Config, id ids.Office) string {
	if o, err := c.Office(id); err == nil {
		return o.Name.In(b.Lang)
	}
	return string(id)
}

func serviceName(b web.Base, c *catalog.Config, id ids.Service) string {
	if s, err := c.Service(id); err == nil {
		return s.Name.In(b.Lang)
	}
	return string(id)
}

// unitName is what a unit is called; one that is beside the counters is over the limit.
func unitName(b web.Base, c *catalog.Config, office ids.Office, id ids.Unit) string {
	if strings.HasPrefix(string(id), string(office)+"+") {
		return b.T("desk.over_unit")
	}
	if o, err := c.Office(office); err == nil {
		if i := slices.IndexFunc(o.Units, func(u org.Unit) bool { return u.ID == id }); i >= 0 {
			return o.Units[i].Name.In(b.Lang)
		}
	}
	return string(id)
}

// timeLine is "Monday 23 November 2026, 9:20–9:40".
func timeLine(b web.Base, start, end int64, zone *time.Location) string {
	from, to := time.Unix(start, 0).In(zone), time.Unix(end, 0).In(zone)
	return b.T("booking.time_line", "day", b.Printer.LongDate(from), "hours", b.Printer.ClockRange(from, to))
}
