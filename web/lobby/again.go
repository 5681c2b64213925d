package lobby

import (
	"encoding/base64"
	"slices"
	"time"

	"rsc.io/qr"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// notPrinted says that a kiosk did not print.
const notPrinted = "lobby.print_failed"

// paper is a ticket as it is printed.
type paper struct {
	Ticket queue.Ticket
	Office *org.Office
	// Link is the ticket's page on a phone.
	Link string
}

// printable is a ticket of today with which something can still happen: a paper for any other would send somebody to wait in vain.
func (d *Door) printable(v *web.Visit, o *org.Office) (queue.Ticket, error) {
	t, err := d.Queue.Store.Ticket(v.Ctx(), v.OrgID(), ids.Ticket(v.R.PathValue("id")))
	if err == nil && (t.Office != o.ID || !t.State.Live() || t.Day != queue.DayOf(v.Now.Unix(), v.Zone())) {
		err = fault.NotFound("queue.no_ticket")
	}
	return t, err
}

// paper shows a ticket to be printed by the browser.
func (d *Door) paper(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	t, err := d.printable(v, o)
	if err != nil {
		return err
	}
	token, err := d.Queue.TokenOf(v.Ctx(), t)
	if err != nil {
		return err
	}
	return d.show(v, newPaperPage(d.page(v), v.Org, paper{Ticket: t, Office: o, Link: d.Site.BaseURL + "/t/" + string(t.Org) + "/" + token}))
}

func newPaperPage(b web.Base, c *catalog.Config, f paper) Page {
	t := f.Ticket
	b.Title = b.T("lobby.ticket_title", "number", t.Name())
	in := b // what is on the paper is in the language of who holds it
	if t.Lang != "" {
		in.Lang, in.Printer = t.Lang, b.Printer.In(t.Lang)
	}
	list := []web.Component{
		ui.Strong(f.Office.Name.In(in.Lang)), ui.BigNumber(t.Name()), ui.P(serviceName(in, c, t.Service)),
		ui.P(in.Printer.At(time.Unix(t.ArrivedAt, 0).In(c.Zone()))), ui.P(in.T("kiosk.slip_watch")),
	}
	if code, err := qr.Encode(f.Link, qr.M); err == nil {
		list = append(list, ui.P(in.T("kiosk.slip_link")), ui.Picture("data:image/png;base64,"+base64.StdEncoding.EncodeToString(code.PNG()), in.T("kiosk.code_alt")))
	}
	return Page{Base: b, Back: at(b, string(f.Office.ID), "tickets", string(t.ID))}.with(parts.Buttons(ui.PrintButton(b.Printer)), slip(string(in.Lang), list...))
}

// printAt prints a ticket at the printer of a kiosk.
func (d *Door) printAt(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	t, err := d.printable(v, o)
	if err != nil {
		return err
	}
	list, err := d.printers(v, o)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(x staff.Device) bool { return string(x.ID) == v.Form("device") })
	if i < 0 { // it was shut out, or set up otherwise, while the page stood
		return d.showTicket(v, o, t.ID, fault.Conflict(notPrinted, nil))
	}
	ok, err := d.PrintAt(v, list[i], t)
	if err != nil {
		return err
	}
	if !ok {
		return d.showTicket(v, o, t.ID, fault.Conflict(notPrinted, nil))
	}
	return d.did(v, o, "printed", t)
}

// printers are the kiosks of an office at which a ticket can be printed.
func (d *Door) printers(v *web.Visit, o *org.Office) ([]staff.Device, error) {
	if d.TicketPrinters == nil || d.PrintAt == nil {
		return nil, nil
	}
	return d.TicketPrinters(v.Ctx(), v.Actor(), v.OrgID(), o.ID)
}

// again prints the ticket once more: in the browser, or at a kiosk.
func (f ticketFacts) again(b web.Base) web.Component {
	to := func(last string) string { return f.action(b, "tickets", string(f.Ticket.ID), last) }
	row := []web.Component{ui.LinkButton(ui.Secondary, ui.Link{Href: to("paper"), Text: b.T("lobby.print_browser")})}
	for _, k := range f.Printers {
		row = append(row, ui.RowForm1(ui.FormData{Action: to("print"), Hidden: f.with(ui.Hidden{Name: "device", Value: string(k.ID)})},
			ui.Button{Text: b.T("lobby.print_at", "name", k.Name), Look: ui.Secondary, Name: "do", Value: "print"}))
	}
	return parts.Section(b.T("lobby.print_title"), parts.Buttons(row...))
}
