package kiosk

import (
	"net/http"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/ui"
)

func (d *Door) welcome(v *web.Visit, k here) error {
	return d.show(v, http.StatusOK, newWelcome(d.place(v, k)))
}

func (d *Door) pin(v *web.Visit, k here) error {
	return d.show(v, http.StatusOK, newPIN(d.place(v, k), "", false))
}

// arrival is what the screens say of a try to check in.
type arrival struct {
	queue.Arrival
	pin string
	// window is how long before the time somebody can check in.
	window time.Duration
	// office and address are where the appointment is, start when, in words.
	office, address, start string
	from, clock            string
	// late is what is shown again to wait without an appointment; empty where nobody can.
	late, service, key string
	slip               slip
}

// checkIn checks somebody in by their PIN, or by what a reader read.
func (d *Door) checkIn(v *web.Visit, k here) error {
	p := d.place(v, k)
	pin, code := onlyDigits(v.Form("pin")), strings.TrimSpace(v.Form("code"))
	if all := onlyDigits(code); len(all) == pinLength && len(code) == pinLength {
		pin, code = all, ""
	}
	if code == "" && len(pin) != pinLength {
		return d.show(v, http.StatusUnprocessableEntity, newPIN(p, pin, true))
	}
	if code != "" {
		pin = ""
	}
	came, err := d.Queue.CheckIn(v.Ctx(), k.who, queue.CheckInRequest{
		Org: k.device.Org, Office: k.office.ID, PIN: pin, Code: code, Lang: v.Lang,
	})
	if err != nil {
		return err
	}
	a, err := d.arrivalOf(v, k, came, pin)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !came.Good() && came.Verdict != queue.AlreadyIn {
		status = http.StatusUnprocessableEntity
	}
	return d.show(v, status, newArrival(p, a))
}

// onlyDigits are the digits of what was typed.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// arrivalOf puts together what a screen says of a try.
func (d *Door) arrivalOf(v *web.Visit, k here, came queue.Arrival, pin string) (arrival, error) {
	a := arrival{Arrival: came, pin: ids.FormatPIN(pin), clock: v.P.Clock(v.Now.In(v.Zone()))}
	if came.Ticket.ID != "" {
		var err error
		a.slip, err = d.slipOf(v, k, came.Ticket)
		return a, err
	}
	x := came.Appointment
	if x.ID == "" {
		return a, nil
	}
	a.start, a.from = v.P.At(v.In(x.Start)), v.P.Clock(v.In(came.From))
	if came.Verdict == queue.TooLate {
		a.start = v.P.Clock(v.In(x.Start))
	}
	a.window = time.Duration(x.Start-came.From) * time.Second
	if o, err := v.Org.Office(x.Office); err == nil {
		a.office, a.address = o.Name.In(v.Lang), strings.TrimSpace(strings.Join([]string{o.Street.In(v.Lang), o.Town.In(v.Lang)}, ", "))
	}
	if came.Verdict == queue.TooLate && k.set.Offers(x.Service) && queue.WalkInOpen(v.Org, k.office, x.Service, v.Now) {
		a.late = d.Site.Seals.SealToken(latePurpose(k), []byte(x.ID), v.Now.Add(slipLife))
		a.service, a.key = string(x.Service), string(d.Site.Gen.FormKey())
	}
	return a, nil
}

func latePurpose(k here) string { return "kiosk late " + string(k.device.ID) }

// newArrival is the screen of a verdict.
func newArrival(p place, a arrival) Screen {
	switch a.Verdict {
	case queue.CheckedIn:
		return newTicket(p, p.T("kiosk.in_title"), nil, a.slip, notPrinted)
	case queue.Late:
		late := p.T("kiosk.late", "time", p.Printer.Deadline(time.Duration(max(1, a.LateBy/60))*time.Minute))
		return newTicket(p, p.T("kiosk.in_title"), []string{late}, a.slip, notPrinted)
	case queue.AlreadyIn:
		return newTicket(p, p.T("kiosk.already_title"), nil, a.slip, notPrinted)
	}
	s := newRefusal(p, a)
	if s.Keys == nil && s.Pad == nil {
		s.Keys = []ui.KioskKey{{Text: p.T("kiosk.done"), Href: p.path(), Main: true}}
	}
	return s
}

// newRefusal is the screen of a verdict by which nobody is in.
func newRefusal(p place, a arrival) Screen {
	var s Screen
	switch a.Verdict {
	case queue.TooEarly:
		line := p.T("kiosk.early_qr", "from", a.from, "now", a.clock)
		if a.ByPIN { // whose it is, is told by no time
			line = p.T("kiosk.early_pin", "time", p.Printer.Deadline(a.window))
		}
		s = p.screen(p.T("kiosk.early_title"), line)
		s.Icon = "clock"
	case queue.TooLate, queue.NotWalkIn:
		s = p.screen(p.T("kiosk.lapsed_title"), p.T("kiosk.lapsed", "at", a.start))
		s.Icon = "clock"
		if a.late == "" {
			s.Lines = append(s.Lines, p.T("kiosk.no_walk_in"))
			break
		}
		s.Lines = append(s.Lines, p.T("kiosk.lapsed_walk_in"))
		s.Keys = []ui.KioskKey{{Text: p.T("kiosk.wait_without"), Action: p.path("take"), Main: true, Hidden: []ui.Hidden{
			{Name: "service", Value: a.service}, {Name: "late", Value: a.late}, {Name: "key", Value: a.key},
		}}}
	case queue.WrongPlace:
		s = p.screen(p.T("kiosk.place_title"), p.T("kiosk.place", "office", a.office, "address", a.address), p.T("kiosk.when", "at", a.start))
		s.Icon = "place"
	case queue.WrongDay:
		s = p.screen(p.T("kiosk.day_title"), p.T("kiosk.when", "at", a.start), p.T("kiosk.place", "office", a.office, "address", a.address))
		s.Icon = "calendar"
	case queue.Resting:
		s = p.screen(p.T("kiosk.resting_title"), p.T("kiosk.resting"))
		s.Icon, s.Frame.Idle = "clock", false
		s.Frame.Rest = int(min(max(1, a.RestUntil-p.now.Unix()), queue.RestSeconds))
	default:
		return newUnknown(p, a)
	}
	return s
}

// newUnknown keeps the digits, to be mended.
func newUnknown(p place, a arrival) Screen {
	heading := p.T("kiosk.unknown_code")
	if a.ByPIN {
		heading = p.T("kiosk.unknown_title", "pin", a.pin)
	}
	if !a.ByPIN {
		s := p.screen(heading, p.T("kiosk.unknown"))
		s.Icon = "search"
		s.Keys = []ui.KioskKey{
			{Text: p.T("kiosk.again"), Href: p.path("pin"), Main: true}, {Text: p.T("kiosk.no_code"), Action: p.path("help")},
		}
		return s
	}
	s := newPIN(p, onlyDigits(a.pin), false)
	s.Heading, s.Title, s.Lines = heading, heading, []string{p.T("kiosk.unknown")}
	return s
}

// help tells the staff that somebody asks for them.
func (d *Door) help(v *web.Visit, k here) error {
	if err := d.Queue.Alarm(v.Ctx(), k.who, k.device.Org, k.office.ID, queue.AlertHelp, ""); err != nil {
		return err
	}
	return d.show(v, http.StatusOK, newHelp(d.place(v, k)))
}

// late is the appointment that somebody came too late for, as their screen sealed it.
func (d *Door) lateFor(v *web.Visit, k here) (ids.Appointment, error) {
	if v.Form("late") == "" {
		return "", nil
	}
	id, err := d.Site.Seals.OpenToken(latePurpose(k), v.Form("late"), v.Now)
	if err != nil {
		return "", fault.Invalid("queue.appointment_changed", nil).Because(err)
	}
	return ids.Appointment(id), nil
}
