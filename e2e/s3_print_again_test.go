package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/gateway/printer/printertest"
)

// Whoever lost their paper gets it again from a clerk: from the browser's printer, or from the ticket printer of a kiosk of the office. Both are in the language of who
// holds the ticket and lead to its page. A printer that does not print is told, and of a ticket that is over there is no paper.
func TestS3_6_AClerkPrintsATicketAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		printer := printertest.Start(t)
		system := actor.System("test")
		device := func(name string, kind staff.DeviceKind, set staff.KioskSettings) staff.Device {
			t.Helper()
			d, code, err := h.app.Staff.MakeDevice(t.Context(), system, vuorela, kind, "kallio", name)
			if err == nil && kind == staff.Kiosk {
				err = h.app.Staff.SetDevice(t.Context(), system, vuorela, d.ID, set)
			}
			if err == nil {
				_, _, err = h.app.Staff.EnrolDevice(t.Context(), code, "10.0.0.1")
			}
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		prints := device("Hall 1", staff.Kiosk, staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: printer.Address(), Paper: 80})
		device("Hall 2", staff.Kiosk, staff.KioskSettings{PrintBy: staff.PrintBrowser})
		device("Wall", staff.Display, staff.KioskSettings{})
		k, err := h.app.Queue.Take(t.Context(), system, queue.TakeRequest{Org: vuorela, Office: "kallio", Service: "passport-or-id", Lang: "cs"})
		if err != nil {
			t.Fatal(err)
		}
		token, err := h.app.Queue.TokenOf(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		c := h.atCounter(t, "prints", 0)
		at := lobbyAt(l, "tickets", string(k.ID))
		p := c.Get(at).MustStatus(http.StatusOK)
		for _, other := range []string{"Hall 2", "Wall"} {
			if strings.Contains(p.Text(), other) {
				t.Errorf("a ticket can be printed at %s, which has no ticket printer", other)
			}
		}
		paper := p.Click(say(l, "lobby.print_browser")).MustStatus(http.StatusOK).MustText(k.Name(), say("cs", "kiosk.slip_watch"))
		if got := paper.Find("section[lang=cs]").Text(); !strings.Contains(got, k.Name()) {
			t.Errorf("the paper says %q", got)
		}
		at1 := say(l, "lobby.print_at", "name", "Hall 1")
		p.Click(at1).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.printed", "number", k.Name()))
		slips := printer.Slips()
		if len(slips) != 1 || !strings.Contains(slips[0].Text, k.Name()) || !strings.HasSuffix(slips[0].Code, "/t/"+string(vuorela)+"/"+token) {
			t.Fatalf("got slips %+v, want %s with %s", slips, k.Name(), token)
		}
		// Out of paper: the clerk is told, and the lobby.
		printer.Set(printertest.State{NoPaper: true})
		p = c.Get(at).Click(at1).MustStatus(http.StatusConflict).MustText(say(l, "lobby.print_failed"))
		if !h.hall(t).Broken(prints.ID) {
			t.Error("the lobby is not told that the printer has no paper")
		}
		printer.Set(printertest.State{})
		// Of what is over there is no paper, and at a device that was shut out nothing is printed.
		if err := h.app.Staff.RevokeDevice(t.Context(), system, vuorela, prints.ID); err != nil {
			t.Fatal(err)
		}
		p.Click(at1).MustStatus(http.StatusConflict).MustText(say(l, "lobby.print_failed"))
		c.Get(at).Click(say(l, "lobby.left")).MustStatus(http.StatusOK)
		c.Get(at + "/paper").MustStatus(http.StatusNotFound)
		if n := len(printer.Slips()); n != 1 {
			t.Errorf("%d slips were printed", n)
		}
	})
}
