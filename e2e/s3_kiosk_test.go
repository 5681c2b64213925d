package e2e

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/e2e/client"
	"luukku/gateway/printer/printertest"
)

// kiosk is a browser that became a kiosk at an office, as its staff set it up.
func (h *house) kiosk(t *testing.T, o order, set staff.KioskSettings) *client.Client {
	t.Helper()
	by := actor.System("test")
	d, code, err := h.app.Staff.MakeDevice(t.Context(), by, o.org, staff.Kiosk, ids.Office(o.office), "Hall")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.app.Staff.SetDevice(t.Context(), by, o.org, d.ID, set); err != nil {
		t.Fatal(err)
	}
	c := h.person(t)
	p := c.Get("/" + string(o.lang) + "/staff/device").MustStatus(http.StatusOK)
	p = p.Form("staff/device").Set("code", code).Submit("").MustStatus(http.StatusOK)
	if want := say(o.lang, "kiosk.welcome", "office", h.placeName(t, o)); p.H1() != want {
		t.Fatalf("after its code was typed the kiosk shows %q, want %q", p.H1(), want)
	}
	return c
}

// keyIn keys a PIN in.
func keyIn(l i18n.Lang, c *client.Client, pin string) *client.Page {
	return c.Get("/"+string(l)+"/kiosk/pin").Form("check-in").Force("pin", pin).Submit(say(l, "kiosk.ok"))
}

// scan is what a reader of codes sends.
func scan(c *client.Client, l i18n.Lang, code string) *client.Page {
	return send(c, "/"+string(l)+"/kiosk/check-in", "code="+code)
}

// send sends a form as the kiosk's script does.
func send(c *client.Client, path, form string) *client.Page {
	return c.Raw(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}, form)
}

// confirmed books a time and confirms it: its PIN and its code.
func (o order) confirmed(t *testing.T, h *house, start string) (pin, code string) {
	t.Helper()
	_, code = o.reserve(t, h.person(t), start)
	done := h.person(t).Get(h.confirming(t, h.awaitMails(t, o.email, 1)[0])).Click(say(o.lang, "link.confirm")).MustStatus(http.StatusOK)
	pin = strings.ReplaceAll(pinForm.FindString(done.Text()), " ", "")
	if pin == "" {
		t.Fatalf("no PIN: %s", done)
	}
	return pin, code
}

// mornings are the first free times of the days of a week.
func (o order) mornings(t *testing.T, h *house, week string) []string {
	t.Helper()
	var out []string
	for _, s := range o.free(t, h, week) {
		if len(out) == 0 || out[len(out)-1][:10] != s[:10] {
			out = append(out, s)
		}
	}
	return out
}

// numberOn is the number that a screen shows; empty for none.
func numberOn(p *client.Page) string {
	for _, e := range p.All("strong[translate=no]") {
		return e.Text()
	}
	return ""
}

func (h *house) lobby(t *testing.T, o order) *queue.Hall {
	t.Helper()
	x, err := h.app.Queue.Hall(t.Context(), o.org, ids.Office(o.office))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The PIN of a booking at eight is good at 7:45:00 and at 8:15:00, and not a second before or after, on the day after a change of the clocks as on any other.
func TestS3_5_PINIsGoodToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for n, week := range []string{"2027-W11", "2027-W13"} { // summer time begins on 28 March 2027
			h.stopAt(time.Date(2027, time.March, 12+6*n, 9, 0, 0, 0, time.UTC))
			o := newAddress("en", "a"+week+"@example.org")
			k := h.kiosk(t, o, staff.KioskSettings{Paper: 80})
			days := o.mornings(t, h, week)
			if len(days) < 3 {
				t.Fatalf("want three mornings of week %s: %v", week, days)
			}
			zone := h.config(t, townHall).Zone()
			if at := moment(t, days[0]).In(zone); at.Hour() != 8 || at.Minute() != 0 || n == 1 && at.Format("-0700") != "+0200" {
				t.Fatalf("want the first time at eight, in summer time in week 13: %s", at)
			}
			var pins []string
			for i, d := range days[:3] {
				x := newAddress("en", week+string(rune('a'+i))+"@example.org")
				pin, _ := x.confirmed(t, h, d)
				pins = append(pins, pin)
			}
			at := func(day int, after time.Duration) { h.stopAt(moment(t, days[day]).Add(after)) }

			at(0, -15*time.Minute-time.Second) // 7:44:59
			p := keyIn("en", k, pins[0]).MustStatus(http.StatusUnprocessableEntity)
			if p.H1() != say("en", "kiosk.early_title") || p.HasText("8:00") || p.HasText("7:45") || numberOn(p) != "" {
				t.Errorf("7:44:59: want too early, without times: %s", p)
			}
			at(0, -15*time.Minute)
			p = keyIn("en", k, pins[0]).MustStatus(http.StatusOK)
			if p.H1() != say("en", "kiosk.in_title") || numberOn(p) == "" {
				t.Errorf("7:45:00: want a number: %s", p)
			}
			at(1, 15*time.Minute)
			p = keyIn("en", k, pins[1]).MustStatus(http.StatusOK).MustText(say("en", "kiosk.late", "time", "15 minutes"))
			if numberOn(p) == "" {
				t.Errorf("8:15:00: want a number: %s", p)
			}
			at(2, 15*time.Minute+time.Second)
			p = keyIn("en", k, pins[2]).MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "kiosk.lapsed", "at", "8:00"))
			if numberOn(p) != "" {
				t.Errorf("8:15:01: somebody is in: %s", p)
			}
			p = p.Click(say("en", "kiosk.wait_without")).MustStatus(http.StatusOK)
			if numberOn(p) == "" {
				t.Errorf("who came too late gets no number: %s", p)
			}
			for _, x := range h.lobby(t, o).Tickets {
				if x.Name() == numberOn(p) && x.Kind != queue.WalkIn {
					t.Errorf("who came too late is %s", x.Kind)
				}
			}
		}
	})
}

// The same PIN twice, and at two kiosks at once: one number.
func TestS3_5_OnePINOneNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
		o := newAddress("cs", "once@example.org")
		kiosks := []*client.Client{h.kiosk(t, o, staff.KioskSettings{Paper: 80}), h.kiosk(t, o, staff.KioskSettings{Paper: 80})}
		start := o.free(t, h, "2026-W49")[0]
		pin, code := o.confirmed(t, h, start)
		h.stopAt(moment(t, start))
		pages := make([]*client.Page, len(kiosks))
		var all sync.WaitGroup
		for i, k := range kiosks {
			all.Go(func() { pages[i] = send(k, "/cs/kiosk/check-in", "pin="+pin) })
		}
		all.Wait()
		number := numberOn(pages[0])
		if number == "" || numberOn(pages[1]) != number || len(h.lobby(t, o).Tickets) != 1 {
			t.Errorf("got numbers %q and %q, and %d tickets", number, numberOn(pages[1]), len(h.lobby(t, o).Tickets))
		}
		for _, again := range []*client.Page{keyIn("cs", kiosks[1], pin), scan(kiosks[0], "cs", code)} {
			if again.H1() != say("cs", "kiosk.already_title") || numberOn(again) != number {
				t.Errorf("again: got %s", again)
			}
		}
	})
}

// By a QR code it is said when and where: too early with the times, on another day with the day, at another office with its address. What is unknown stays on the screen.
func TestS3_5_ByCodeTheRightPlaceAndTimeAreTold(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
	o := passport("sv")
	k := h.kiosk(t, o, staff.KioskSettings{Paper: 80})
	free := o.free(t, h, "2026-W49")
	start := free[len(free)-1]
	year, week := moment(t, start).ISOWeek()
	c := h.person(t)
	p := press(t, c.Get(o.calendar()+"?week="+weekValue(year, week)), start)
	code := codeOn(t, o.lang, o.save(o.fill(p)).MustStatus(http.StatusOK))
	zone, say1 := h.config(t, vuorela).Zone(), texts().Printer("sv")
	day := scan(k, "sv", code).MustStatus(http.StatusUnprocessableEntity).MustText(say1.At(moment(t, start).In(zone)))
	if day.H1() != say("sv", "kiosk.day_title") {
		t.Errorf("another day: got %s", day)
	}
	h.stopAt(moment(t, start).Add(-time.Hour))
	clock := func(before time.Duration) string { return say1.Clock(moment(t, start).Add(-before).In(zone)) }
	scan(k, "sv", code).MustText(say("sv", "kiosk.early_qr", "from", clock(15*time.Minute), "now", clock(time.Hour)))

	there := o
	there.office = otherOffice(t, h, o)
	h.stopAt(moment(t, start))
	wrong := scan(h.kiosk(t, there, staff.KioskSettings{Paper: 80}), "sv", code).MustStatus(http.StatusUnprocessableEntity).MustText(h.placeName(t, o))
	if wrong.H1() != say("sv", "kiosk.place_title") {
		t.Errorf("another office: got %s", wrong)
	}
	if scan(k, "sv", code).MustStatus(http.StatusOK); len(h.lobby(t, o).Tickets) != 1 {
		t.Error("at the right place and time the code does not let in")
	}
	if p := scan(k, "sv", "AAAA-AAAA-AA").MustStatus(http.StatusUnprocessableEntity); p.H1() != say("sv", "kiosk.unknown_code") {
		t.Errorf("a code that is none: got %s", p)
	}
	unknown := keyIn("sv", k, "482917").MustStatus(http.StatusUnprocessableEntity)
	if unknown.H1() != say("sv", "kiosk.unknown_title", "pin", "482 917") || !strings.Contains(unknown.Find("input[name=pin]").HTML(), `value="482917"`) {
		t.Errorf("a PIN that is none: got %s", unknown)
	}
}

// otherOffice is an office of the organisation other than the order's.
func otherOffice(t *testing.T, h *house, o order) string {
	t.Helper()
	c := h.config(t, o.org)
	i := slices.IndexFunc(c.Offices, func(x org.Office) bool { return string(x.ID) != o.office })
	if i < 0 {
		t.Fatalf("%s has one office alone", o.org)
	}
	return string(c.Offices[i].ID)
}

// Five wrong PINs in a row rest the kiosk for a minute, and the staff are told. A real PIN that comes too early is not wrong.
func TestS3_5_FiveWrongPINsRestTheKiosk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
		o := newAddress("en", "wrong@example.org")
		k := h.kiosk(t, o, staff.KioskSettings{Paper: 80})
		other := h.kiosk(t, o, staff.KioskSettings{Paper: 80})
		start := o.free(t, h, "2026-W49")[0]
		pin, _ := o.confirmed(t, h, start)
		bad := "000000"
		if pin == bad {
			bad = "111111"
		}
		early := moment(t, start).Add(-20 * time.Minute)
		h.stopAt(early)
		for range 7 {
			if p := keyIn("en", k, pin); p.H1() != say("en", "kiosk.early_title") {
				t.Fatalf("a real PIN too early: got %s", p)
			}
		}
		for n := 1; n <= queue.WrongTries; n++ {
			want := say("en", "kiosk.unknown_title", "pin", ids.FormatPIN(bad))
			if n == queue.WrongTries {
				want = say("en", "kiosk.resting_title")
			}
			if p := keyIn("en", k, bad); p.H1() != want {
				t.Fatalf("try %d: got %q, want %q", n, p.H1(), want)
			}
		}
		if !slices.ContainsFunc(h.lobby(t, o).Alerts, func(a queue.Alert) bool { return a.Kind == queue.AlertResting }) {
			t.Error("the staff are not told")
		}
		if p := keyIn("en", other, pin); p.H1() != say("en", "kiosk.early_title") {
			t.Errorf("the other kiosk rests, too: %s", p)
		}
		h.stopAt(early.Add((queue.RestSeconds - 1) * time.Second))
		if p := keyIn("en", k, pin); p.H1() != say("en", "kiosk.resting_title") {
			t.Errorf("after 59 seconds: got %s", p)
		}
		h.stopAt(early.Add(queue.RestSeconds * time.Second))
		if p := keyIn("en", k, pin); p.H1() != say("en", "kiosk.early_title") {
			t.Errorf("after a minute: got %s", p)
		}
	})
}

// Whoever has no booking takes a number, by the services that the kiosk offers; sent again the form gives the same one. Half a PIN is kept to be completed.
func TestS3_5_WalkInTakesANumberOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)) // a Monday at ten
		for i, l := range languages() {
			o := newAddress(l, "")
			k := h.kiosk(t, o, staff.KioskSettings{Paper: 80, Services: []ids.Service{ids.Service(o.service)}})
			p := k.Get("/" + string(l) + "/kiosk").Click(say(l, "kiosk.walk_in")).MustStatus(http.StatusOK)
			name := h.service(t, townHall, o.service).Name.In(l)
			if forms := p.All("form[action$=take]"); len(forms) != 1 {
				t.Fatalf("%s: %d services are offered, want one: %s", l, len(forms), p)
			}
			f := p.Form("take")
			key, _ := f.Hidden("key")
			first := numberOn(f.Submit("").MustStatus(http.StatusOK).MustText(name))
			again := send(k, "/"+string(l)+"/kiosk/take", "service="+o.service+"&key="+key)
			if first == "" || numberOn(again) != first || len(h.lobby(t, o).Tickets) != i+1 {
				t.Errorf("%s: got %q, then %q, and %d tickets", l, first, numberOn(again), len(h.lobby(t, o).Tickets))
			}
			half := keyIn(l, k, "482").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "kiosk.pin_short", "n", 6))
			if !strings.Contains(half.Find("input[name=pin]").HTML(), `value="482"`) {
				t.Errorf("%s: the digits are not kept: %s", l, half)
			}
		}
		h.stopAt(time.Date(2026, time.November, 29, 9, 0, 0, 0, time.UTC)) // a Sunday
		k := h.kiosk(t, newAddress("en", ""), staff.KioskSettings{Paper: 80})
		k.Get("/en/kiosk/services").MustStatus(http.StatusOK).MustText(say("en", "kiosk.no_walk_in"))
	})
}

// A ticket is printed; when the printer is gone or without paper the number stays on the screen and the staff are told, until it is back.
func TestS3_6_TicketIsPrintedOrStaffAreTold(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	h.stopAt(now)
	o := newAddress("cs", "")
	printer := printertest.Start(t)
	k := h.kiosk(t, o, staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: printer.Address(), Paper: 80, Services: []ids.Service{ids.Service(o.service)}})
	p := k.Get("/cs/kiosk/services").Form("take").Submit("").MustStatus(http.StatusOK)
	number := numberOn(p)
	p = p.Click(say("cs", "kiosk.print")).MustStatus(http.StatusOK).MustText(say("cs", "kiosk.printed"))
	slips := printer.Slips()
	if len(slips) != 1 || !strings.Contains(slips[0].Text, number) || !strings.HasPrefix(slips[0].Code, h.base+"/t/"+string(townHall)+"/") {
		t.Fatalf("got slips %+v, want %s with a link to its page", slips, number)
	}
	told := func() bool {
		return slices.ContainsFunc(h.lobby(t, o).Alerts, func(a queue.Alert) bool { return a.Kind == queue.AlertPrinter })
	}
	for name, trouble := range map[string]func(){
		"gone":  printer.Off,
		"paper": func() { printer.Set(printertest.State{NoPaper: true}) },
		"hangs": func() { printer.Set(printertest.State{Hangs: true}) },
	} {
		trouble()
		p = p.Click(say("cs", "kiosk.print_again")).MustStatus(http.StatusOK).MustText(say("cs", "kiosk.print_failed"))
		if numberOn(p) != number || !told() {
			t.Errorf("%s: the screen shows %q, told %t", name, numberOn(p), told())
		}
		if name == "gone" {
			printer.On()
		}
		printer.Set(printertest.State{})
		now = now.Add(time.Minute)
		h.stopAt(now)
		k.Get("/cs/kiosk/beat").MustStatus(http.StatusNoContent)
		if told() {
			t.Errorf("%s: the printer is back, and the staff are still told that it is not", name)
		}
	}
	p.Click(say("cs", "kiosk.print_large")).MustText(say("cs", "kiosk.printed"))
	printer.Set(printertest.State{NoPaper: true})
	h.stopAt(now.Add(time.Minute))
	k.Get("/cs/kiosk/beat").MustStatus(http.StatusNoContent)
	if !told() {
		t.Error("paper ran out while nobody was there, and the staff are not told")
	}
}

// Whoever calls staff is seen in the lobby; a browser that is no kiosk gets no screen.
func TestS3_5_KioskIsADeviceAndCallsStaff(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := newAddress("fi", "")
	k := h.kiosk(t, o, staff.KioskSettings{Paper: 80})
	k.Get("/fi/kiosk").Click(say("fi", "kiosk.call")).MustStatus(http.StatusOK).MustText(say("fi", "kiosk.help_title"))
	if !slices.ContainsFunc(h.lobby(t, o).Alerts, func(a queue.Alert) bool { return a.Kind == queue.AlertHelp && a.Device != "" }) {
		t.Error("the staff are not told")
	}
	stranger := h.person(t)
	if got := stranger.Get("/fi/kiosk/pin").Path(); got != "/fi/staff/device" {
		t.Errorf("a stranger is led to %s", got)
	}
	stranger.Get("/fi/kiosk/beat").MustStatus(http.StatusUnauthorized)
	if got := stranger.Get("/kiosk/down"); !got.HasText(say("cs", "ui.kiosk.off")) || !got.HasText(say("sv", "ui.kiosk.off")) {
		t.Errorf("the page for a server that is gone: %s", got)
	}
}
