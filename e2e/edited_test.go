package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/e2e/client"
)

// The services of the office in the demo, and its counters, without passports.
const (
	noPassports = "format = 1\n[organisations.vuorela.offices.kallio]\n" + `services = ["parking-permit", "day-care-guidance", "debt-counselling", "digital-help"]` + "\n"
	passports   = "format = 1\n[organisations.vuorela.offices.kallio]\n" + `services = ["passport-or-id", "parking-permit", "day-care-guidance", "debt-counselling", "digital-help"]` + "\n"
)

// counters lets only one of the counters of Kallio serve passports.
func counters(only string) string {
	text := "format = 1\n"
	for _, id := range []string{"counter-1", "counter-2", "counter-3"} {
		services := `["parking-permit"]`
		if id == only {
			services = `["passport-or-id", "parking-permit"]`
		}
		text += "[[organisations.vuorela.offices.kallio.units]]\nid = \"" + id + "\"\nname = { en = \"" + id + "\" }\nservices = " + services + "\n"
	}
	return text
}

// bookedAt returns the appointments of the office that begin at a time and are live.
func (h *house) bookedAt(t *testing.T, o order, start string) (live []booking.Listed) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	list, err := h.app.Store.AppointmentsAt(t.Context(), o.org, ids.Office(o.office), at.Unix(), at.Unix()+1, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Status == booking.Booked {
			live = append(live, a)
		}
	}
	return live
}

// toCheck goes as far as the last page before the booking.
func toCheck(t *testing.T, h *house, o order, n int) (check *client.Page, start string) {
	t.Helper()
	p, start := o.pick(t, h.person(t), n)
	return o.fill(p).MustStatus(http.StatusOK).MustText(o.name), start
}

// What an office publishes while somebody fills in the form counts when they save: they are told why the time is none any more, nothing that they typed is
// lost, another time can be booked at once, and no counter is booked twice.
func TestPolicyEditedWhileSomebodyBooks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := passport("en")
		o.email, o.note = "erika@example.org", "A hearing loop"

		// A deadline by which the time is too close by now.
		check, start := toCheck(t, h, o, 0)
		h.setPolicy(t, o, `length = "20m", notice = "20d"`)
		told := o.save(check).MustStatus(http.StatusUnprocessableEntity).MustText("It is too late to book that time online", say("en", "pick.kept"))
		if n := len(h.bookedAt(t, o, start)); n != 0 {
			t.Errorf("notice: %d are booked at a time that is too close", n)
		}
		h.setPolicy(t, o, `length = "20m", notice = "1h"`)
		codeOn(t, "en", o.save(told.Again().MustText(o.name, o.email, o.note)))

		// A length with which the time is not in the calendar: the grid is another.
		check, start = toCheck(t, h, o, 1)
		h.setPolicy(t, o, `length = "55m"`)
		told = o.save(check).MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "pick.kept"))
		if n := len(h.bookedAt(t, o, start)); n != 0 {
			t.Errorf("length: %d are booked at a time that is not in the calendar", n)
		}
		again := press(t, told, times(told)[0]).MustText(o.name, o.email, o.note)
		codeOn(t, "en", o.save(again))
		h.setPolicy(t, o, `length = "20m"`)

		// The service is withdrawn at the office, and comes back: the form is as it was left.
		check, start = toCheck(t, h, o, 5)
		h.apply(t, noPassports)
		o.save(check).MustStatus(http.StatusNotFound).MustText(say("en", "office.not_offered"))
		if n := len(h.bookedAt(t, o, start)); n != 0 {
			t.Errorf("service: %d are booked for what is not offered", n)
		}
		h.apply(t, passports)
		codeOn(t, "en", o.save(check.Again().MustText(o.name, o.email, o.note)))

		// The counter that is held serves others from now on, and the one that serves instead is booked by a rival in the meantime.
		h.apply(t, counters("counter-1"))
		check, start = toCheck(t, h, o, 8)
		h.apply(t, counters("counter-2"))
		rival := passport("en")
		codeOn(t, "en", rival.save(rival.fill(press(t, h.person(t).Get(o.calendar()), start))))
		told = o.save(check).MustStatus(http.StatusConflict).MustText(say("en", "pick.kept"))
		if live := h.bookedAt(t, o, start); len(live) != 1 || live[0].Unit != "kallio-counter-2" {
			t.Errorf("counters: got %v, want the rival's booking at counter 2 alone", live)
		}
		codeOn(t, "en", o.save(press(t, told, times(told)[0]).MustText(o.name, o.email, o.note)))
	})
}
