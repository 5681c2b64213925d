package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/domain/actor"
	"luukku/domain/queue"
)

// A display is a device of the office, and lets nobody in: neither its secret at the kiosk's door and at that of programs, nor the room itself.
func TestS3_5_ADisplayLetsNobodyIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		d, cookie := l.display(t)
		given := func() int {
			hall, err := h.app.Queue.Hall(t.Context(), vuorela, l.office)
			if err != nil {
				t.Fatal(err)
			}
			return len(hall.Tickets)
		}
		before := given()
		for _, name := range []string{"luukku-display", "luukku-kiosk"} {
			head := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}, "Cookie": {name + "=" + cookie.Value}}
			for _, deed := range []string{"check-in", "take"} {
				p := h.person(t).Raw(http.MethodPost, "/en/kiosk/"+deed, head, "pin=1234&service="+string(l.service))
				if p.Status != http.StatusOK || !strings.HasSuffix(p.URL, "/en/staff/device") {
					t.Errorf("%s as %s: %d at %s, want the page where a browser becomes a kiosk", deed, name, p.Status, p.URL)
				}
			}
		}
		at := "/api/v1/organisations/" + string(vuorela) + "/offices/" + string(l.office)
		key := http.Header{"Authorization": {"Bearer " + cookie.Value}, "Content-Type": {"application/json"}, "Idempotency-Key": {"display-1"}, "Cookie": {"luukku-display=" + cookie.Value}}
		for path, body := range map[string]string{"/arrivals": `{"code":"ABCD-1234"}`, "/tickets": `{"service":"` + string(l.service) + `"}`} {
			h.person(t).Raw(http.MethodPost, at+path, key, body).MustStatus(http.StatusUnauthorized)
		}
		who, _, err := h.app.Staff.Device(t.Context(), cookie.Value)
		if err != nil || who.Device != d.ID || who.DeviceKind != actor.Display {
			t.Fatalf("the secret is that of %+v (%v)", who, err)
		}
		r := queue.TakeRequest{Org: vuorela, Office: l.office, Service: l.service, Lang: "en"}
		if _, err := h.app.Queue.Take(t.Context(), who, r); err == nil {
			t.Error("the room gives a display a number")
		}
		if n := given(); n != before {
			t.Errorf("there are %d numbers, %d before", n, before)
		}
		who.DeviceKind = actor.Kiosk // of the same office: the kind alone makes the difference
		if _, err := h.app.Queue.Take(t.Context(), who, r); err != nil {
			t.Errorf("a kiosk is refused: %v", err)
		}
	})
}
