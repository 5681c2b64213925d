package citizen

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/web/webtest"
)

const (
	wednesday = "2026-11-25T08:40:00+02:00"
	nine      = "Monday 23 November 2026, 9:00–9:20"
)

func TestMovingKeepsTheOldTimeUntilTheNewOneIsCertain(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	p.get(own+"/move").want(t, http.StatusOK, "Choose a new time", "You still have your old time", "Monday 23 November at 9:00", "Kallio service point")
	check := p.post(own+"/move", slot(wednesday)).want(t, http.StatusSeeOther, own+"/move/").location
	page := p.get(check).want(t, http.StatusOK, "Check the new time", nine, "Wednesday 25 November 2026, 8:40–9:00", "You still have the time you booked",
		"We keep this time for you until 14:17", "Keep it 15 minutes longer")
	for _, wrong := range webtest.Unsound(page.body) {
		t.Error(wrong)
	}
	if now := w.now(t, a); now.Start != a.Start {
		t.Fatal("picking a time moved the booking already")
	}
	w.clock.Advance(10 * time.Minute)
	p.post(check+"?keep=1", nil).want(t, http.StatusSeeOther, check)
	p.get(check).want(t, http.StatusOK, "until 14:27")
	p.post(check, nil).want(t, http.StatusSeeOther, own+"?done=moved")
	p.get(own+"?done=moved").want(t, http.StatusOK, "The time has been changed", "Wednesday 25 November 2026, 8:40–9:00", "We send a confirmation to m…@example.org")
	// Reloaded or sent again, nothing happens twice.
	p.post(check, nil).want(t, http.StatusSeeOther, own+"?done=moved")
	p.get(check).want(t, http.StatusSeeOther, own+"?done=moved")
	if now := w.now(t, a); now.Sequence != a.Sequence+1 || now.Start != sampleStart(time.November, 25, 8, 40) {
		t.Errorf("got %+v, want it moved once", now)
	}
	if !slices.Contains(w.person(t).get(held+"?week=2026-W48").slots(), monday) {
		t.Error("the old time is not free")
	}
}

func TestOnesOwnTimeIsNotOfferedWhenMoving(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, _ := w.owner(t, "passport")
	offered := p.get(own + "/move?week=2026-W48").slots()
	if len(offered) == 0 || slices.Contains(offered, monday) {
		t.Errorf("got %d times, the present one among them: %v, want the others only", len(offered), slices.Contains(offered, monday))
	}
}

func TestMoveToATimeThatWasJustTakenLosesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "name-change") // holds nothing
	const half = "2026-11-25T08:30:00+02:00"
	check := p.post(own+"/move", slot(half)).want(t, http.StatusSeeOther).location
	p.get(check).want(t, http.StatusOK, "Check the new time").never(t, "We keep this time for you")
	_, err := w.booking.Book(t.Context(), actor.Visitor(nil, "192.0.2.50"), booking.BookRequest{
		Org: sampleOrg, Service: "name-change", Office: sampleKallio, Start: sampleStart(time.November, 25, 8, 30),
		Details: booking.Details{Name: "Matti", Lang: "fi"}, Key: w.booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	lost := p.post(check, nil).want(t, http.StatusConflict, "Wednesday 25 November at 8:30 was just taken", "The nearest is", "You still have your old time", "Error:")
	if times := lost.slots(); len(times) == 0 || slices.Contains(times, half) {
		t.Errorf("got times %v, want others", times)
	}
	p.post(own+"/move", slot(half)).want(t, http.StatusConflict, "was just taken")
	if now := w.now(t, a); now.Start != a.Start || now.Status != booking.Booked {
		t.Errorf("got %+v, want the old time kept", now)
	}
}

func TestTimesThatAreNoMoveAreToldApart(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	p.post(own+"/move", slot(monday)).want(t, http.StatusUnprocessableEntity, "You already have this time")
	p.post(own+"/move", slot("soon")).want(t, http.StatusUnprocessableEntity, "did not understand which time")
	p.post(own+"/move", slot("2026-11-27T09:00:00+02:00")).want(t, http.StatusUnprocessableEntity, "closed on that day")
	p.get(own+"/move?week=2026-W99").want(t, http.StatusNotFound)
	p.get(own+"/move/06A1B2C3D4E5F6G7H8J9K0MNPQ").want(t, http.StatusSeeOther, own+"/move")
	p.post(own+"/move/"+strings.Repeat("x", 2000), nil).want(t, http.StatusSeeOther, own+"/move")

	// Neither a draft of another person nor one of a new booking moves anything.
	check := p.post(own+"/move", slot(wednesday)).want(t, http.StatusSeeOther).location
	thief, other := w.another(t)
	thief.post(check, nil).want(t, http.StatusSeeOther, own+"/move")
	draft := thief.pickTime(held, "2026-11-25T10:00:00+02:00")
	thief.post(own+"/move/"+draftRE.FindStringSubmatch(draft + "/")[1], nil).want(t, http.StatusSeeOther, own+"/move")
	for _, x := range []booking.Appointment{a, other} {
		if now := w.now(t, x); now.Sequence != x.Sequence {
			t.Errorf("got %+v, want it untouched", now)
		}
	}
}

// another is another person with a booking of their own.
func (w *town) another(t *testing.T) (*person, booking.Appointment) {
	t.Helper()
	b, err := w.booking.Book(t.Context(), actor.Visitor(nil, "192.0.2.60"), booking.BookRequest{
		Org: sampleOrg, Service: "passport", Office: sampleKallio, Start: sampleStart(time.November, 24, 9, 0),
		Details: booking.Details{Name: "Matti", Lang: "fi"}, Key: w.booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.booking.Code(b.Appointment.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := w.person(t)
	p.post(own, url.Values{"code": {code}}).want(t, http.StatusSeeOther)
	return p, b.Appointment
}

func TestCalendarFileSaysWhatItMustAndNothingOfThePerson(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	file := func() (string, http.Header) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, own+".ics", nil)
		for name, value := range p.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			t.Fatalf("got status %d", rec.Code)
		}
		return strings.ReplaceAll(rec.Body.String(), "\r\n ", ""), rec.Header()
	}
	body, header := file()
	if got, want := header.Get("Content-Type"), "text/calendar; charset=utf-8; method=PUBLISH"; got != want {
		t.Errorf("got type %q, want %q", got, want)
	}
	if got := header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
		t.Errorf("got disposition %q, want an attachment", got)
	}
	says := func(body string, lines ...string) {
		t.Helper()
		for _, want := range lines {
			if !strings.Contains(body, want+"\r\n") {
				t.Errorf("no line %q in\n%s", want, body)
			}
		}
	}
	says(body, "UID:"+string(a.ID)+"@town.example", "SEQUENCE:0", "STATUS:CONFIRMED", "DTSTART:20261123T070000Z", "DTEND:20261123T072000Z",
		"SUMMARY:Passport or identity card – Town of Vuorela", `LOCATION:Kallio service point\, Toinen linja 7\, 00530 Helsinki`,
		"URL:http://town.example/en/vuorela/appointment", "BEGIN:VALARM")
	code, err := w.booking.Code(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Maija", "Meik", "example.org", "040", "+358", code, ids.FormatCode(code)} {
		if strings.Contains(body, secret) {
			t.Errorf("the file holds %q:\n%s", secret, body)
		}
	}
	p.post(own+"/cancel", p.get(own+"/cancel").hidden(t)).want(t, http.StatusSeeOther)
	body, _ = file()
	says(body, "UID:"+string(a.ID)+"@town.example", "SEQUENCE:1", "STATUS:CANCELLED")
	if strings.Contains(body, "VALARM") {
		t.Error("a cancelled booking reminds of itself")
	}
}

func TestPrintPageHoldsTheFacts(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	code, err := w.booking.Code(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.get(own+"/print").want(t, http.StatusOK, ids.FormatCode(code), nine, "Toinen linja 7", "Your old passport or identity card", "noindex", "09 000 0001")
}
