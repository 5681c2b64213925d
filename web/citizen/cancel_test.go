package citizen

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/booking"
)

func TestCancellingTwiceIsCancelledOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	form := p.get(own+"/cancel").want(t, http.StatusOK, "Do you want to cancel", "Change the time instead", "You do not have to give a reason").hidden(t)
	long := strings.Repeat("ä", booking.MaxNote+1)
	p.post(own+"/cancel", with(form, "reason", long)).want(t, http.StatusUnprocessableEntity, "too long", long, `href="#reason"`)
	form.Set("reason", "I am ill")
	other := p.get(own + "/cancel").hidden(t)
	p.post(own+"/cancel", form).want(t, http.StatusSeeOther, own+"?done=cancelled")
	for name, again := range map[string]url.Values{"same form": form, "another form": other} {
		if got := p.post(own+"/cancel", again).want(t, http.StatusSeeOther); got.location != own+"?done=cancelled" {
			t.Errorf("%s: got %q", name, got.location)
		}
	}
	p.get(own+"?done=cancelled").want(t, http.StatusOK, "The booking is cancelled", "Book this service again", "/en/vuorela/services/passport")
	p.get(own).want(t, http.StatusOK, "You cancelled the booking on Friday 20 November at 14:02", "I am ill", "Cancelled").never(t, "Change the time")
	for _, page := range []string{"/cancel", "/details", "/move"} {
		p.get(own+page).want(t, http.StatusSeeOther, own)
	}
	if now := w.now(t, a); now.Sequence != a.Sequence+1 || now.Status != booking.Cancelled {
		t.Errorf("got %+v, want it cancelled once", now)
	}
	p.post(own+"/details", url.Values{"key": {string(w.booking.Gen.FormKey())}, "name": {"X"}, "lang": {"en"}}).
		want(t, http.StatusUnprocessableEntity, "already been cancelled")
}

func TestNobodyCancelsAnotherTimeThanTheOneTheySaw(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	form := p.get(own + "/cancel").hidden(t)
	to := sampleStart(time.November, 25, 8, 40)
	_, err := w.booking.Move(t.Context(), actor.System("test"), booking.MoveRequest{Org: a.Org, ID: a.ID, Start: to, Key: w.booking.Gen.FormKey()})
	if err != nil {
		t.Fatal(err)
	}
	asked := p.post(own+"/cancel", form).want(t, http.StatusConflict, "changed elsewhere", "Wednesday 25 November 2026, 8:40–9:00")
	if now := w.now(t, a); now.Status != booking.Booked {
		t.Fatal("a time was cancelled that nobody had looked at")
	}
	p.post(own+"/cancel", asked.hidden(t)).want(t, http.StatusSeeOther, "done=cancelled")
}
