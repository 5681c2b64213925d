// Package lobby is the door of those who call people to their counters: the desk for calling, the pages of a ticket, the figures of the day, and what an office
// needs when the system is down.
//
// It promises that everything is a link or a form that works without JavaScript, that no address says anything about a person, that nothing typed is lost, and
// that who acts on what somebody else has changed meanwhile is told so. Who is called next is left to domain/queue, who comes today to domain/booking.
package lobby

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Door is the door of those who call people.
type Door struct {
	Site    *web.Site
	Queue   *queue.Service
	Booking *booking.Service
	// StaffName is what one of the staff is called. May be nil.
	StaffName func(ctx context.Context, id ids.Staff) string
	// DeviceName is what a kiosk or display is called. May be nil.
	DeviceName func(ctx context.Context, o ids.Org, id ids.Device) string
	// TicketPrinters are the kiosks of an office that print with a ticket printer, PrintAt prints at one; false says that it did not. May be nil.
	TicketPrinters func(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) ([]staff.Device, error)
	PrintAt        func(v *web.Visit, device staff.Device, t queue.Ticket) (bool, error)
	// Keys are the function keys of one of the staff. May be nil.
	Keys func(ctx context.Context, id ids.Staff) staff.Keys
	// Pages are the pages of those who work here that one may see, for the top of each page. May be nil.
	Pages func(b web.Base, who actor.Actor) []ui.Link

	mu    sync.Mutex
	noted map[string]int64 // what was read by whom, with when it was written down

	*web.Mux
}

// New returns the door. Pages is set before it is used.
func New(site *web.Site, q *queue.Service, b *booking.Service) *Door {
	d := &Door{Site: site, Queue: q, Booking: b}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/staff/{org}/lobby"
	const one = at + "/{office}"
	const ticket = one + "/tickets/{id}"
	return []web.Route{
		web.GET(at, actor.QueueWork, d.choose),
		web.GET(one, actor.QueueWork, d.desk),
		web.POST(one, actor.QueueWork, d.deskPost),
		web.GET(one+"/live", actor.QueueWork, d.live),
		web.POST(one+"/counter", actor.QueueWork, d.counterPost),
		web.POST(one+"/in", actor.QueueWork, d.checkIn),
		web.POST(one+"/seen", actor.QueueWork, d.seen),
		web.POST(one+"/alarm", actor.QueueWork, d.alarm),
		web.GET(one+"/walk-in", actor.QueueWork, d.walkIn),
		web.POST(one+"/walk-in", actor.QueueWork, d.walkInPost),
		web.GET(one+"/messages", actor.QueueWork, d.messages),
		web.POST(one+"/messages", actor.QueueWork, d.messagesPost),
		web.GET(one+"/end", actor.QueueWork, d.end),
		web.POST(one+"/end", actor.QueueWork, d.endPost),
		web.GET(one+"/list", actor.QueueWork, d.list),
		web.GET(one+"/entry", actor.QueueWork, d.entryPage),
		web.POST(one+"/entry", actor.QueueWork, d.entryPost),
		web.GET(one+"/figures", actor.QueueWork, d.figures),
		web.GET(one+"/figures.csv", actor.QueueWork, d.figuresCSV),
		web.GET(ticket, actor.QueueWork, d.ticket),
		web.POST(ticket, actor.QueueWork, d.ticketPost),
		web.GET(ticket+"/paper", actor.QueueWork, d.paper),
		web.POST(ticket+"/print", actor.QueueWork, d.printAt),
	}
}

// Serves reports whether an address is this door's: /{lang}/staff/{org}/lobby and what is below it.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 4 && parts[1] == "staff" && parts[3] == "lobby"
}

// at is an address of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "lobby"}, parts...)...)
}

// baseOf is as much of a page as addresses need.
func baseOf(v *web.Visit) web.Base { return web.Base{Lang: v.Lang, Org: v.OrgID()} }

// page begins a page of this door.
func (d *Door) page(v *web.Visit) web.Base {
	b := dress(v.Base(""))
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

// Page is a page of the lobby: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done, Wrong what happened meanwhile.
	Done, Wrong string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	Lead    string
	Parts   []web.Component
	// Heading stands on the page where its title is about what goes on.
	Heading string
	// Refused says that what was asked for was not done; the page says why.
	Refused bool
}

func (d *Door) show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "" || p.Refused:
		status = http.StatusConflict
	}
	return v.Render(status, ShowLobby(p))
}

// blame puts what is wrong with a form on the page.
func (p *Page) blame(t web.Trouble) { p.Trouble, p.HasError = t.Items, len(t.Items) > 0 }

// offices are those of an organisation where somebody may call people, in their order.
func offices(c *catalog.Config, who actor.Actor) []*org.Office {
	var out []*org.Office
	for i := range c.Offices {
		if who.May(actor.QueueWork, actor.Object{Org: c.Org.ID, Office: c.Offices[i].ID}) == nil {
			out = append(out, &c.Offices[i])
		}
	}
	return out
}

// office is the office of the address, where the reader may call people.
func (d *Door) office(v *web.Visit) (*org.Office, error) {
	o, err := v.Org.Office(ids.Office(v.R.PathValue("office")))
	if err != nil {
		return nil, err
	}
	return o, v.May(actor.QueueWork, actor.Object{Office: o.ID})
}

// choose leads to the one office, or has one chosen.
func (d *Door) choose(v *web.Visit) error {
	list := offices(v.Org, v.Actor())
	switch len(list) {
	case 0:
		return fault.NotFound("error.not_found")
	case 1:
		return v.SeeOther(at(baseOf(v), string(list[0].ID)))
	}
	return d.show(v, newChoosePage(d.page(v), list))
}

func newChoosePage(b web.Base, list []*org.Office) Page {
	b.Title = b.T("lobby.title")
	links := make([]ui.Link, len(list))
	for i, o := range list {
		links[i] = ui.Link{Href: at(b, string(o.ID)), Text: o.Name.In(b.Lang)}
	}
	return Page{Base: b, Lead: b.T("lobby.choose"), Parts: []web.Component{ui.LinkList(links)}}
}

func (p Page) with(parts ...web.Component) Page {
	p.Parts = append(p.Parts, parts...)
	return p
}

func serviceName(b web.Base, c *catalog.Config, id ids.Service) string {
	if s, err := c.Service(id); err == nil {
		return s.Name.In(b.Lang)
	}
	return string(id)
}

// unitName is what a counter is called.
func unitName(b web.Base, c *catalog.Config, office ids.Office, id ids.Unit) string {
	if u, ok := c.UnitOf(office, id); ok {
		return u.Name.In(b.Lang)
	}
	return string(id)
}

// clockAt is a moment of the day.
func clockAt(b web.Base, c *catalog.Config, unix int64) string {
	return b.Printer.Clock(time.Unix(unix, 0).In(c.Zone()))
}

// once reports whether something that is read again and again is to be written down now, and remembers that it was: within the last hour it was already.
func (d *Door) once(what string, now int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, ok := d.noted[what]; ok && now >= at && now < at+60*60 {
		return false
	}
	if d.noted == nil || len(d.noted) > 4096 {
		d.noted = map[string]int64{}
	}
	d.noted[what] = now
	return true
}

// worded puts what a fault of the queue names into words: counters and colleagues.
func (d *Door) worded(v *web.Visit, b web.Base, office ids.Office, err error) string {
	f := fault.Of(err)
	args := fault.Args{}
	for k, x := range f.Args {
		args[k] = x
	}
	if u, ok := args["counter"].(string); ok {
		args["counter"] = unitName(b, v.Org, office, ids.Unit(u))
	}
	return b.Printer.TA(f.Key, args)
}

// optionsOf are the services of an office that can be chosen.
func servicesOf(b web.Base, c *catalog.Config, office ids.Office, but ids.Service) []ui.Option {
	var out []ui.Option
	for _, s := range c.ServicesAt(office) {
		if s.ID != but {
			out = append(out, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// wrongAt is what is wrong at one field of a form.
func wrongAt(field, key string) error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: key})
}
