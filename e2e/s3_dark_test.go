package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/e2e/browser"
)

// A display of which nothing is heard for five minutes while somebody works is told to the desks, and taken back when it is heard of again. Who saw to it is not
// told again of the same silence.
func TestS3_7_TheStaffAreToldOfADarkDisplay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		now := h.app.Now().Truncate(time.Minute).Add(time.Minute)
		h.stopAt(now)
		d, cookie := l.display(t)
		grant := actor.Grant{Role: actor.RoleClerk, Org: vuorela}
		desk := h.clerk(t, "sees", grant)
		dark := func() []queue.Alert {
			t.Helper()
			x, err := h.app.Queue.Hall(t.Context(), vuorela, l.office)
			if err != nil {
				t.Fatal(err)
			}
			return slices.DeleteFunc(slices.Clone(x.Alerts), func(a queue.Alert) bool { return a.Kind != queue.AlertDark || a.Device != d.ID })
		}
		after := func(wait time.Duration) {
			t.Helper()
			h.rest(t) // the next look is planned
			now = now.Add(wait)
			h.stopAt(now)
		}
		screen := h.person(t)
		screen.SetCookie(cookie)

		after(4*time.Minute + 59*time.Second)
		h.rest(t)
		if len(dark()) != 0 {
			t.Error("the staff are told of a display that was heard of less than five minutes ago")
		}
		after(time.Minute + time.Second)
		h.eventually(t, "the staff are told of a dark display", func() bool { return len(dark()) == 1 })
		at := h.app.Site.Texts.Printer("en").Clock(time.Unix(dark()[0].At, 0).In(h.config(t, vuorela).Zone()))
		desk.Get("/en/staff/vuorela/lobby/"+string(l.office)).MustStatus(http.StatusOK).MustText(d.Name, say("en", "lobby.alert.dark", "time", at))

		screen.Get("/en/display").MustStatus(http.StatusOK)
		after(2 * time.Minute)
		h.eventually(t, "what was told is taken back", func() bool { return len(dark()) == 0 })

		after(6 * time.Minute)
		h.eventually(t, "the staff are told again", func() bool { return len(dark()) == 1 })
		if err := h.app.Queue.See(t.Context(), l.clerk, vuorela, l.office, dark()[0].ID); err != nil {
			t.Fatal(err)
		}
		after(2 * time.Minute)
		h.rest(t)
		if len(dark()) != 0 {
			t.Error("who saw to it is told again of the same silence")
		}
	})
}

// A display whose network is cut says after fifteen seconds that it is not up to date and shows no numbers, and is right again by itself.
func TestS3_7_ADisplayThatHearsNothingShowsNoNumbers(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	l := h.shownLobby(t)
	_, code, err := h.app.Staff.MakeDevice(t.Context(), actor.System("test"), vuorela, staff.Display, l.office, "Hall")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := l.takes(t, "fi")
	second, _ := l.takes(t, "fi")
	w := newWire(t, h.base)
	tab := browser.Start(t).Tab(t, browser.Options{Width: 1920, Height: 1080, Lang: "fi"})
	tab.Go("http://" + w.address + "/fi/staff/device")
	tab.Fill(say("fi", "staff.device_code"), code)
	tab.Click(say("fi", "common.continue"))
	if tab.Path() != "/fi/display" {
		t.Fatalf("the browser is at %s", tab.Path())
	}
	shows := func(what string) bool {
		t.Helper()
		var is bool
		tab.Eval(`document.body.innerText.includes(`+inScript(what)+`)`, &is)
		return is
	}
	l.does(t, queue.Deed{Do: queue.StepCalled, Ticket: first.ID})
	h.eventually(t, "the call is on the display", func() bool { return shows(first.Name()) })
	tab.Eval(`window.stayed = true`, nil)

	stale, _, _ := strings.Cut(say("fi", "line.stale"), "{time}")
	w.cut()
	cut := time.Now()
	l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: first.ID})
	l.does(t, queue.Deed{Do: queue.StepDone, Ticket: first.ID})
	l.does(t, queue.Deed{Do: queue.StepCalled, Ticket: second.ID})
	h.eventually(t, "the display says that it is not up to date", func() bool { return shows(stale) })
	if took := time.Since(cut); took < 9*time.Second || took > 18*time.Second {
		t.Errorf("it took %s, want at most the fifteen seconds since it last heard", took)
	}
	for _, number := range []string{first.Name(), second.Name()} {
		if shows(number) {
			t.Errorf("a display that hears nothing shows %s", number)
		}
	}

	w.join()
	h.eventually(t, "the display is right again", func() bool { return shows(second.Name()) })
	if shows(stale) || shows(first.Name()) {
		t.Error("the display is back, and shows what was before")
	}
	var stayed bool
	if tab.Eval(`window.stayed === true`, &stayed); !stayed {
		t.Error("the page was loaded anew for it")
	}
}
