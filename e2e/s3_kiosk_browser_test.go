package e2e

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/e2e/browser"
)

// An administrator sets a kiosk up; what is wrong is said at its field, with what was typed.
func TestS3_5_KioskSettings(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := passport("en")
		d, _, err := h.app.Staff.MakeDevice(t.Context(), actor.System("test"), o.org, staff.Kiosk, ids.Office(o.office), "Hall")
		if err != nil {
			t.Fatal(err)
		}
		c := h.administrator(t, "kiosks")
		p := c.Get("/en/admin/vuorela/devices").MustStatus(http.StatusOK).Click(say("en", "devices.settings")).MustStatus(http.StatusOK)
		set := func(printer, ruler string) {
			p = p.Form("kiosk").Set("print_by", "printer").Set("printer", printer).Set("paper", "58").Set("ruler", ruler).Submit(say("en", "kiosk_settings.save"))
		}
		set("10.0.0.7:22", "12")
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "kiosk_settings.printer_port"), say("en", "kiosk_settings.ruler_range", "least", 50, "most", 250))
		if got := p.Form("kiosk").Value("printer"); got != "10.0.0.7:22" {
			t.Errorf("the printer that was typed is %q now", got)
		}
		set("10.0.0.7", "132")
		p.MustStatus(http.StatusOK).MustText(say("en", "kiosk_settings.done"))
		all, err := h.app.Store.Workers().Devices(t.Context(), o.org)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(x staff.Device) bool { return x.ID == d.ID })
		if s := all[i].Kiosk(); s.PrintBy != staff.PrintPrinter || s.Printer != "10.0.0.7:9100" || s.Paper != 58 || s.Ruler != 132 || len(s.Services) != 0 {
			t.Errorf("got %+v", s)
		}
		h.person(t).Get("/en/admin/vuorela/devices/" + string(d.ID) + "/kiosk").MustText(say("en", "staff.sign_in_title"))
	})
}

// wire leads to a server, and can be cut. A wire that is dumb brings everything to the server, and nothing back.
type wire struct {
	t       *testing.T
	address string
	to      string
	mu      sync.Mutex
	ln      net.Listener
	open    map[net.Conn]bool
	dumb    atomic.Bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	w := &wire{t: t, to: strings.TrimPrefix(to, "http://"), address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	w.join()
	t.Cleanup(w.cut)
	return w
}

func (w *wire) join() {
	ln, err := net.Listen("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.ln, w.address = ln, ln.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", w.to)
			if err != nil {
				_ = c.Close()
				return
			}
			w.mu.Lock()
			w.open[c], w.open[s] = true, true
			w.mu.Unlock()
			for _, way := range []struct {
				to   io.Writer
				from net.Conn
			}{{s, c}, {back{w, c}, s}} {
				go func() {
					_, _ = io.Copy(way.to, way.from)
					_, _ = c.Close(), s.Close()
				}()
			}
		}
	}()
}

// back is the way back over a wire.
type back struct {
	w *wire
	c net.Conn
}

func (b back) Write(p []byte) (int, error) {
	if b.w.dumb.Load() {
		return len(p), nil
	}
	return b.c.Write(p)
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.ln.Close()
	for c := range w.open {
		_ = c.Close()
	}
	w.open = map[net.Conn]bool{}
}

// A kiosk in a browser, by its number pad alone: the network goes in the middle of a form and comes back, nobody is there any more, and somebody needs time.
func TestS3_5_KioskInTheBrowser(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("fi")
	o := newAddress(l, "")
	_, code, err := h.app.Staff.MakeDevice(t.Context(), actor.System("test"), o.org, staff.Kiosk, ids.Office(o.office), "Hall")
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, h.base)
	tab := browser.Start(t).Tab(t, browser.Options{Width: 1080, Height: 1920, Lang: "fi"})
	tab.Go("http://" + w.address + "/fi/staff/device")
	tab.Fill(say(l, "staff.device_code"), code)
	tab.Click(say(l, "common.continue"))
	welcome := say(l, "kiosk.welcome", "office", h.placeName(t, o))
	heading := func(want string) {
		t.Helper()
		tab.WaitFor(`document.querySelector("h1").textContent === ` + inScript(want))
	}
	heading(welcome)
	if trouble := tab.Trouble(); len(trouble) > 0 {
		t.Errorf("the first screen: %q", trouble)
	}

	// Waits of half a minute and more take a thirtieth of it from here on.
	tab.Eval(`(() => { const real = window.setTimeout; window.setTimeout = (f, ms, ...rest) => real(f, ms >= 30000 ? ms / 30 : ms, ...rest); })()`, nil)

	tab.Press("1")
	heading(say(l, "kiosk.pin_title"))
	for _, d := range "4829170" {
		tab.Press(string(d))
	}
	tab.WaitFor(`document.querySelector("input[name=pin]").value === "482917"`)
	tab.Press("Backspace")
	tab.WaitFor(`document.querySelector("input[name=pin]").value === "48291"`)
	tab.Press("7")
	tab.Press("Enter")
	heading(say(l, "kiosk.unknown_title", "pin", "482 917"))
	tab.WaitFor(`document.querySelector("input[name=pin]").value === "482917"`)
	tab.WaitFor(`history.length <= 3 && location.pathname === "/fi/kiosk"`)

	// The network goes: the screen says so in all languages, and when it is back the form has been done.
	w.cut()
	tab.Eval(`document.querySelector(".lk-kiosk-keys button").click()`, nil)
	tab.MustText(say("fi", "ui.kiosk.off"), say("sv", "ui.kiosk.off"), say("en", "ui.kiosk.off"), say("cs", "ui.kiosk.off"))
	if n := len(h.lobby(t, o).Alerts); n != 0 {
		t.Errorf("%d alerts before the network is back", n)
	}
	w.join()
	heading(say(l, "kiosk.help_title"))
	tab.WaitFor(`document.querySelector("[data-off]").hidden`)
	if a := h.lobby(t, o).Alerts; len(a) != 1 || a[0].Kind != queue.AlertHelp {
		t.Errorf("got %d alerts, want one", len(a))
	}

	// Nobody is there: after a question it goes back to the start. Whoever asks for more time gets it.
	heading(welcome)
	tab.Press("1")
	heading(say(l, "kiosk.pin_title"))
	tab.WaitFor(`document.querySelector("dialog").open`)
	tab.MustText(say(l, "ui.kiosk.still"))
	heading(welcome)
	tab.Press("1")
	heading(say(l, "kiosk.pin_title"))
	tab.WaitFor(`document.querySelector("dialog").open`)
	tab.Eval(`document.querySelector("[data-do=more]").click()`, nil)
	tab.Eval(`new Promise((done) => setTimeout(done, 3000))`, nil)
	heading(say(l, "kiosk.pin_title"))
	tab.WaitFor(`!document.querySelector("dialog").open`)

	// Contrast, for this visit.
	tab.Eval(`document.querySelector("[data-do=contrast]").click()`, nil)
	tab.WaitFor(`document.documentElement.dataset.colorScheme === "contrast"`)
	tab.Press("Escape")
	heading(welcome)
	tab.WaitFor(`document.documentElement.dataset.colorScheme === "light"`)

	// The machine starts while the server is gone: the browser has a page of ours, which tries again by itself.
	tab.Eval(`navigator.serviceWorker.ready.then(async () => { while (!(await caches.match("/kiosk/down"))) await new Promise((done) => setTimeout(done, 50)); })`, nil)
	w.cut()
	tab.Eval(`void setTimeout(() => window.location.reload(), 0)`, nil)
	tab.WaitFor(`document.querySelector("h1") && document.querySelector("h1").textContent === ` + inScript(say("fi", "ui.kiosk.off")))
	tab.MustText(say("cs", "ui.kiosk.off"))
	w.join()
	heading(welcome)
}

func inScript(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
