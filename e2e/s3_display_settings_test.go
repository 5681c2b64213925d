package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/e2e/client"
)

// What is set for a display counts on it: its languages, whose calls it shows, and what is heard. Its browser is led to it from the code on.
func TestS3_7_DisplaySettings(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		d, code, err := h.app.Staff.MakeDevice(t.Context(), actor.System("test"), vuorela, staff.Display, l.office, "Hall")
		if err != nil {
			t.Fatal(err)
		}
		c := h.administrator(t, "displays")
		p := c.Get("/en/admin/vuorela/devices").MustStatus(http.StatusOK).Click(say("en", "devices.settings")).MustStatus(http.StatusOK)
		choose := func(f *client.Form) *client.Form { return f }
		set := func(first, second string) {
			p = choose(p.Form("display")).Set("first", first).Set("second", second).Uncheck(say("en", "display_settings.speech")).Submit(say("en", "display_settings.save"))
		}
		set("sv", "sv")
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "display_settings.same"))
		if f := p.Form("display"); f.Value("first") != "sv" || f.Checked(say("en", "display_settings.speech")) || !f.Checked(say("en", "display_settings.chime")) {
			t.Error("what was typed is gone")
		}
		// Another service's numbers alone: ours are left out.
		var ours, other string
		for _, x := range h.config(t, vuorela).ServicesAt(l.office) {
			if x.ID == l.service {
				ours = x.Name.In("en")
			} else {
				other = x.Name.In("en")
			}
		}
		choose = func(f *client.Form) *client.Form { return f.Check(other).Check(l.name.In("en")) }
		set("sv", "en")
		p.MustStatus(http.StatusOK).MustText(say("en", "display_settings.done"))

		screen := h.person(t)
		shown := screen.Get("/en/staff/device").Form("").Set(say("en", "staff.device_code"), code).Submit(say("en", "common.continue")).MustStatus(http.StatusOK)
		if shown.Path() != "/en/display" {
			t.Errorf("after the code the browser is at %s", shown.Path())
		}
		k, _ := l.takes(t, "fi")
		l.does(t, queue.Deed{Do: queue.StepCalled, Ticket: k.ID})
		shown = screen.Get("/en/display").MustText(say("sv", "board.nobody"), say("en", "board.nobody"))
		body := string(shown.Body)
		if strings.Contains(body, "data-call=") || strings.Contains(body, say("fi", "board.nobody")) || strings.Contains(body, "data-speech") || !strings.Contains(body, "data-chime") {
			t.Errorf("the display does not show what is set: %s", body)
		}

		// Our service too: the call is there.
		p = c.Get("/en/admin/vuorela/devices/" + string(d.ID) + "/display").Form("display").Check(ours).Submit(say("en", "display_settings.save")).MustStatus(http.StatusOK)
		if body := string(screen.Get("/en/display").Body); !strings.Contains(body, "data-call=") || !strings.Contains(body, k.Name()) {
			t.Errorf("the call is not shown: %s", body)
		}
		p.MustText(say("en", "display_settings.done"))
		all, err := h.app.Store.Workers().Devices(t.Context(), vuorela)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(x staff.Device) bool { return x.ID == d.ID })
		if s := all[i].Display(); len(s.Counters) != 1 || s.Counters[0] != l.unit || !slices.Equal(s.Languages, []i18n.Lang{"sv", "en"}) || !s.NoSpeech || s.NoChime || len(s.Services) != 2 {
			t.Errorf("got %+v", s)
		}
		// A kiosk's settings are none of a display's, and a stranger has no say.
		c.Get("/en/admin/vuorela/devices/" + string(d.ID) + "/kiosk").MustStatus(http.StatusNotFound)
		h.person(t).Get("/en/admin/vuorela/devices/" + string(d.ID) + "/display").MustText(say("en", "staff.sign_in_title"))
	})
}
