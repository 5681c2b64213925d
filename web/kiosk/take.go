package kiosk

import (
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/gateway/printer"
	"luukku/web"
	"luukku/web/ui"
)

// offer is a service for which a number is given now.
type offer struct {
	service, name string
	waiting       int
	// wait is how long a number taken now would wait, in seconds; -1 when nobody can say.
	wait int64
	key  string
}

// perScreen is how many services are on one screen; the last digit of the number pad leads to more.
const perScreen = 7

func (d *Door) services(v *web.Visit, k here) error {
	all, err := d.offers(v, k)
	if err != nil {
		return err
	}
	from, err := strconv.Atoi(v.Query("from"))
	if err != nil || from < 0 || from >= len(all) {
		from = 0
	}
	return d.show(v, http.StatusOK, newServices(d.place(v, k), all, from))
}

// offers are the services of the office for which numbers are given at this kiosk now.
func (d *Door) offers(v *web.Visit, k here) ([]offer, error) {
	w, err := d.Queue.Waits(v.Ctx(), k.device.Org, k.office.ID)
	if err != nil {
		return nil, err
	}
	waiting := map[ids.Service]int{}
	for _, t := range w.Hall.Tickets {
		if t.StateAt(v.Now.Unix()) == queue.Waiting {
			waiting[t.Service]++
		}
	}
	var out []offer
	for _, s := range v.Org.ServicesAt(k.office.ID) {
		if !k.set.Offers(s.ID) || !queue.WalkInOpen(v.Org, k.office, s.ID, v.Now) {
			continue
		}
		o := offer{service: string(s.ID), name: s.Name.In(v.Lang), waiting: waiting[s.ID], wait: -1, key: string(d.Site.Gen.FormKey())}
		if x, ok := w.Services[s.ID]; ok {
			o.wait = x.Seconds
		}
		out = append(out, o)
	}
	return out, nil
}

// newServices lists the services from one on.
func newServices(p place, all []offer, from int) Screen {
	if len(all) == 0 {
		s := p.screen(p.T("kiosk.services_title"), p.T("kiosk.no_walk_in"))
		s.Keys = []ui.KioskKey{{Text: p.T("kiosk.done"), Href: p.path(), Main: true}}
		return s
	}
	s := p.screen(p.T("kiosk.services_title"), p.T("kiosk.services_lead"))
	end := min(len(all), from+perScreen)
	if len(all) == from+perScreen+1 {
		end++
	}
	for _, o := range all[from:end] {
		s.Keys = append(s.Keys, ui.KioskKey{
			Text: o.name, Note: p.waiting(o), Action: p.path("take"), Hidden: []ui.Hidden{{Name: "service", Value: o.service}, {Name: "key", Value: o.key}},
		})
	}
	if end < len(all) {
		s.Keys = append(s.Keys, ui.KioskKey{Text: p.T("kiosk.more"), Href: p.path("services") + "?from=" + strconv.Itoa(end)})
	}
	if from > 0 {
		s.Frame.Back.Href = p.path("services")
	}
	return s
}

// waiting says how many wait for a service, and how long.
func (p place) waiting(o offer) string {
	words := p.T("kiosk.nobody")
	if o.waiting > 0 {
		words = p.N("kiosk.waiting", o.waiting)
	}
	if o.wait >= 60 {
		return p.T("kiosk.waiting_about", "waiting", words, "time", p.Printer.Deadline(roundWait(o.wait)))
	}
	return words
}

// take gives a number.
func (d *Door) take(v *web.Visit, k here) error {
	service := ids.Service(v.Form("service"))
	key := v.Form("key")
	late, err := d.lateFor(v, k)
	if err != nil {
		return err
	}
	if key == "" || !k.set.Offers(service) {
		return fault.Invalid("queue.no_walk_in", nil)
	}
	t, err := d.Queue.Take(v.Ctx(), k.who, queue.TakeRequest{
		Org: k.device.Org, Office: k.office.ID, Service: service, Lang: v.Lang, Appointment: late, Key: ids.FormKey(key),
	})
	if err != nil {
		return err
	}
	s, err := d.slipOf(v, k, t)
	if err != nil {
		return err
	}
	p := d.place(v, k)
	return d.show(v, http.StatusOK, newTicket(p, p.T("kiosk.taken_title"), []string{s.service}, s, notPrinted))
}

// test shows the line that is measured, and prints a slip that is no ticket.
func (d *Door) test(v *web.Visit, k here) error {
	return d.show(v, http.StatusOK, newTest(d.place(v, k), ""))
}

func (d *Door) testPost(v *web.Visit, k here) error {
	p := d.place(v, k)
	if k.set.PrintBy != staff.PrintPrinter {
		return d.show(v, http.StatusOK, newTest(p, ""))
	}
	problem := d.sendSlip(v, k, printer.Slip{
		Office: p.office.Name.In(p.Lang), Number: "000", Service: p.T("kiosk.test_title"), Taken: p.Printer.At(v.Now.In(v.Zone())), Wait: "Åå Ää Öö",
		Watch: "Áá Čč Ďď Éé Ěě Íí Ňň Óó Řř Šš Ťť Úú Ůů Ýý Žž", Link: d.Site.BaseURL, LinkWords: d.Site.BaseURL,
	})
	said := p.T("kiosk.test_printed")
	if problem != "" {
		said = p.T("kiosk.test_problem." + string(problem))
	}
	return d.show(v, http.StatusOK, newTest(p, said))
}
