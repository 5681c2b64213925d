package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/e2e/browser"
)

// The lobby in four windows, as the demo opens it: somebody keys in the PIN of their booking and gets a number, somebody else takes one without; a clerk presses
// F2, the display calls the booked one first and is ready to say so in their language, their phone's page says where to go, and the figures count.
func TestS3_8_FourWindowsOfALobby(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	o := newAddress("cs", "window@example.org")
	start := o.free(t, h, "2026-W49")[0]
	pin, _ := o.confirmed(t, h, start)
	h.stopAt(moment(t, start)) // the doors open

	lobby := func(window string) *browser.Tab {
		tab := b.Tab(t, browser.Options{Width: 1280, Height: 1024, Lang: "cs"})
		tab.Go(h.base + "/cs/dev/lobby")
		tab.Click(say("cs", "dev.lobby_do."+window))
		return tab
	}
	kiosk, display := lobby("kiosk"), lobby("display")
	taken := pressFor(t, h, kiosk, o)
	number := keyedIn(t, kiosk, pin)
	if taken == number || taken == "" || number == "" {
		t.Fatalf("got numbers %q and %q", taken, number)
	}

	desk := b.Tab(t, browser.Options{Width: 1280, Height: 1024, Lang: "cs"})
	desk.Go(h.base + "/cs/staff/town-hall/lobby/" + o.office)
	desk.Click(say("cs", "demo_eid.provider.staff"))
	desk.Click(say("cs", "demo_eid.as", "name", "Jana Nováková"))
	desk.Go(h.base + "/cs/staff/town-hall/lobby/" + o.office)
	desk.Select(say("cs", "lobby.counter"), "Přepážka 4")
	desk.Click(say("cs", "lobby.open_counter"))
	desk.WaitFor(fmt.Sprintf("document.body.textContent.includes(%q)", say("cs", "lobby.call_next_number", "number", number)))

	phone := b.Tab(t, browser.Options{Width: 390, Height: 800, Lang: "cs"})
	phone.Go(h.base + h.ticketPage(t, o, number))
	phone.MustText(number)

	const seen = `(n => { const board = document.querySelector("#board"); const look = () => { if (document.querySelector("#newest")?.textContent.includes(n)) document.body.dataset.seen ||= String(Date.now()) }; new MutationObserver(look).observe(board, {subtree: true, childList: true, characterData: true}) })(%q)`
	display.Eval(fmt.Sprintf(seen, number), nil)
	pressed := time.Now()
	desk.Press("F2")
	display.WaitFor("document.body.dataset.seen")
	var at string
	display.Eval("document.body.dataset.seen", &at)
	var ms int64
	if _, err := fmt.Sscan(at, &ms); err != nil {
		t.Fatal(err)
	}
	t.Logf("from F2 to the display: %d ms", time.UnixMilli(ms).Sub(pressed).Milliseconds())
	var said string
	display.Eval(`document.querySelector("#newest [data-say]").dataset.say`, &said)
	if !strings.Contains(said, `"cs"`) || !strings.Contains(strings.ReplaceAll(said, " ", ""), strings.ReplaceAll(number, " ", "")) {
		t.Errorf("the display says %s, want %s in Czech", said, number)
	}
	phone.WaitFor(fmt.Sprintf("document.body.textContent.includes(%q)", "Přepážka 4"))

	desk.WaitFor(fmt.Sprintf("document.body.textContent.includes(%q)", say("cs", "lobby.start")))
	desk.Press("F2") // begins
	desk.WaitFor(fmt.Sprintf("document.body.textContent.includes(%q)", say("cs", "lobby.finish_next", "number", taken)))
	desk.Press("F2") // ends, and calls the one without a booking
	display.WaitFor(fmt.Sprintf(`document.querySelector("#newest").textContent.includes(%q)`, taken))
	phone.WaitFor(fmt.Sprintf("document.body.textContent.includes(%q)", say("cs", "my_ticket.title_done")))
	desk.Go(h.base + "/cs/staff/town-hall/lobby/" + o.office + "/figures")
	desk.MustText(say("cs", "figures.came_of", "n", 2, "booked", 1), say("cs", "figures.by_counter"), "Přepážka 4")
	for _, tab := range []*browser.Tab{kiosk, display, desk, phone} {
		tab.MustBeClean()
	}

	hall := h.lobby(t, o)
	if len(hall.Gone) != 1 || hall.Gone[0].Name() != number || len(hall.Tickets) != 1 || hall.Tickets[0].Calls != 1 {
		t.Errorf("got %d done and %d live: %+v", len(hall.Gone), len(hall.Tickets), hall.Tickets)
	}
}

// pressFor takes a number without a booking, as somebody at the kiosk does.
func pressFor(t *testing.T, h *house, kiosk *browser.Tab, o order) string {
	t.Helper()
	kiosk.Go(h.base + "/cs/kiosk")
	kiosk.Click("[data-digit='2']") // I have none
	kiosk.Click(h.service(t, o.org, o.service).Name.In("cs"))
	return shownNumber(kiosk)
}

// keyedIn keys a PIN in, by the buttons of the screen.
func keyedIn(t *testing.T, kiosk *browser.Tab, pin string) string {
	t.Helper()
	kiosk.Click(say("cs", "kiosk.done"))
	kiosk.Click("[data-digit='1']") // I have a booking
	for _, digit := range pin {
		kiosk.Click(string(digit))
	}
	kiosk.Click(say("cs", "kiosk.ok"))
	kiosk.MustText(say("cs", "kiosk.in_title"))
	return shownNumber(kiosk)
}

func shownNumber(tab *browser.Tab) string {
	var n string
	tab.WaitFor(`document.querySelector("strong[translate=no]")`)
	tab.Eval(`document.querySelector("strong[translate=no]").textContent.trim()`, &n)
	return n
}

// ticketPage is the address behind the QR code of a number, without the host.
func (h *house) ticketPage(t *testing.T, o order, number string) string {
	t.Helper()
	for _, x := range h.lobby(t, o).Tickets {
		if x.Name() != number {
			continue
		}
		token, err := h.app.Queue.TokenOf(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		address := "/t/" + string(o.org) + "/" + token
		h.person(t).Get(address).MustStatus(http.StatusOK)
		return address
	}
	t.Fatalf("there is no %s", number)
	return ""
}
