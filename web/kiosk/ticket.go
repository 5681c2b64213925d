package kiosk

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"rsc.io/qr"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/gateway/printer"
	"luukku/web"
	"luukku/web/ui"
)

// slip is a ticket as its screen shows it.
type slip struct {
	number, service string
	// wait is how long it waits still, in seconds; -1 when nobody can say. state is the ticket's, counter where it was called to.
	wait    int64
	state   queue.State
	counter string
	taken   time.Time
	// link is the ticket's page on a phone, sealed what the kiosk shows again to print it.
	link, sealed string
}

// What became of printing.
const (
	notPrinted  = ""
	printed     = "printed"
	printFailed = "failed"
)

// slipLife is how long a ticket can be printed from its screen.
const slipLife = 15 * time.Minute

func sealPurpose(k here) string { return "kiosk ticket " + string(k.device.ID) }

// slipOf is a ticket for its screen.
func (d *Door) slipOf(v *web.Visit, k here, t queue.Ticket) (slip, error) {
	token, err := d.Queue.TokenOf(v.Ctx(), t)
	if err != nil {
		return slip{}, err
	}
	s := slip{
		number: t.Name(), service: serviceName(v, t.Service), wait: t.Estimate, state: t.StateAt(v.Now.Unix()), taken: v.In(t.ArrivedAt),
		link:   d.Site.BaseURL + "/t/" + string(t.Org) + "/" + token,
		sealed: d.Site.Seals.SealToken(sealPurpose(k), []byte(t.ID), v.Now.Add(slipLife)),
	}
	if u, ok := v.Org.UnitOf(t.Office, t.Counter); ok {
		s.counter = u.Name.In(v.Lang)
	}
	if v.Now.Unix() > t.ArrivedAt+60 { // what was told then no longer holds
		w, err := d.Queue.Waits(v.Ctx(), t.Org, t.Office)
		if err != nil {
			return slip{}, err
		}
		if now, ok := w.Tickets[t.ID]; ok {
			s.wait = now.Seconds
		}
	}
	return s, nil
}

func serviceName(v *web.Visit, id ids.Service) string {
	s, err := v.Org.Service(id)
	if err != nil {
		return string(id)
	}
	return s.Name.In(v.Lang)
}

// waitLine says how long the wait is.
func (p place) waitLine(seconds int64) string {
	switch {
	case seconds < 0:
		return p.T("kiosk.unsure")
	case seconds < 60:
		return p.T("kiosk.soon")
	}
	return p.T("kiosk.about", "time", p.Printer.Deadline(roundWait(seconds)))
}

// roundWait makes a wait sayable: minutes to ten, and five minutes beyond.
func roundWait(seconds int64) time.Duration {
	m := (seconds + 59) / 60
	if m > 10 {
		m = (m + 4) / 5 * 5
	}
	return time.Duration(m) * time.Minute
}

// newTicket is a ticket on the screen. Before says what led to it.
func newTicket(p place, heading string, before []string, t slip, outcome string) Screen {
	lines := before
	switch {
	case t.state == queue.Waiting || t.state == queue.Parked:
		lines = append(lines, p.T("kiosk.watch", "number", t.number), p.waitLine(t.wait))
	case t.state == queue.Called && t.counter != "":
		lines = append(lines, p.T("kiosk.called", "counter", t.counter))
	case !t.state.Live():
		lines = append(lines, p.T("kiosk.over"))
	}
	switch outcome {
	case printed:
		lines = append(lines, p.T("kiosk.printed"))
	case printFailed:
		lines = append(lines, p.T("kiosk.print_failed"))
	}
	s := p.screen(heading, lines...)
	s.Icon, s.Label, s.Number, s.Frame.Back = "check-circle", p.T("kiosk.number"), t.number, ui.Link{}
	s.CodeAlt, s.Hint = p.T("kiosk.code_alt"), p.T("kiosk.phone")
	if code, err := qr.Encode(t.link, qr.M); err == nil {
		s.Code = "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
	}
	s.Keys = append(p.printKeys(t, outcome), ui.KioskKey{Text: p.T("kiosk.done"), Href: p.path(), Main: p.set.PrintBy == staff.PrintNot || outcome != notPrinted})
	return s
}

func (p place) printKeys(t slip, outcome string) []ui.KioskKey {
	words := p.T("kiosk.print")
	if outcome != notPrinted {
		words = p.T("kiosk.print_again")
	}
	switch p.set.PrintBy {
	case staff.PrintBrowser:
		return []ui.KioskKey{{Text: words, Print: true, Main: outcome == notPrinted}}
	case staff.PrintPrinter:
		return []ui.KioskKey{
			{Text: words, Action: p.path("print"), Hidden: []ui.Hidden{{Name: "ticket", Value: t.sealed}}, Main: outcome == notPrinted},
			{Text: p.T("kiosk.print_large"), Action: p.path("print"), Hidden: []ui.Hidden{{Name: "ticket", Value: t.sealed}, {Name: "large", Value: "yes"}}},
		}
	}
	return nil
}

// print prints a ticket that this kiosk shows. Whatever the printer does, the number stays on the screen.
func (d *Door) print(v *web.Visit, k here) error {
	id, err := d.Site.Seals.OpenToken(sealPurpose(k), v.Form("ticket"), v.Now)
	if err != nil {
		return fault.NotFound("queue.no_ticket").Because(err)
	}
	t, err := d.Queue.Store.Ticket(v.Ctx(), k.device.Org, ids.Ticket(id))
	if err != nil {
		return err
	}
	if t.Office != k.office.ID {
		return fault.NotFound("queue.no_ticket")
	}
	s, err := d.slipOf(v, k, t)
	if err != nil {
		return err
	}
	p := d.place(v, k)
	outcome := printed
	if d.sendSlip(v, k, p.paper(s, v.Form("large") != "")) != "" {
		outcome = printFailed
	}
	return d.show(v, http.StatusOK, newTicket(p, p.T("kiosk.taken_title"), nil, s, outcome))
}

// paper is what is printed.
func (p place) paper(t slip, large bool) printer.Slip {
	out := printer.Slip{
		Office: p.office.Name.In(p.Lang), Number: t.number, Service: t.service, Taken: p.Printer.At(t.taken), Watch: p.T("kiosk.slip_watch"),
		Link: t.link, LinkWords: p.T("kiosk.slip_link"), Large: large,
	}
	if t.wait >= 60 {
		out.Wait = p.waitLine(t.wait)
	}
	return out
}

// sendSlip prints, and tells the staff when the printer does not.
func (d *Door) sendSlip(v *web.Visit, k here, s printer.Slip) printer.Problem {
	if k.set.PrintBy != staff.PrintPrinter { // the settings were changed while the screen stood
		return printer.Gone
	}
	problem := printer.ProblemOf(d.Printers.Print(v.Ctx(), k.set.Printer, k.set.Paper, s))
	d.tellPrinter(v.Ctx(), k, problem)
	return problem
}

// tellPrinter tells the staff that a printer does not print, or that it does again.
func (d *Door) tellPrinter(ctx context.Context, k here, problem printer.Problem) {
	h, err := d.Queue.Hall(ctx, k.device.Org, k.office.ID)
	if err == nil && problem != "" && !h.Broken(k.device.ID) {
		d.Site.Log.Info("printer fails", "device", string(k.device.ID), "problem", string(problem))
		err = d.Queue.Alarm(ctx, k.who, k.device.Org, k.office.ID, queue.AlertPrinter, "")
	}
	if err == nil && problem == "" && h.Broken(k.device.ID) {
		err = d.Queue.PrinterBack(ctx, k.who, k.device.Org, k.office.ID)
	}
	if err != nil && !fault.Left(ctx) { // who stands at the kiosk has their number all the same
		d.Site.Log.Error("printer not told", "device", string(k.device.ID), "error", err.Error())
	}
}
