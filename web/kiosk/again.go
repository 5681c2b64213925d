package kiosk

import (
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/gateway/printer"
	"luukku/web"
)

// PrintAt prints a ticket at a kiosk's ticket printer for somebody at the desk, in the ticket's language. False says that it did not print, and that the staff are told.
func (d *Door) PrintAt(v *web.Visit, device staff.Device, t queue.Ticket) (bool, error) {
	office, err := v.Org.Office(device.Office)
	if err != nil {
		return false, err
	}
	k := here{who: device.Actor(), device: device, set: device.Kiosk(), office: office}
	in := *v
	if t.Lang != "" {
		in.Lang, in.P = t.Lang, v.P.In(t.Lang)
	}
	s, err := d.slipOf(&in, k, t)
	if err != nil {
		return false, err
	}
	return d.sendSlip(&in, k, d.place(&in, k).paper(s, false)) == printer.Problem(""), nil
}
