package app

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
)

const formType = "application/x-www-form-urlencoded"

// publicPages are the addresses below an organisation that are the same for everybody.
var publicPages = []string{
	"", "services", "services/passport-or-id", "services/passport-or-id/offices", "services/passport-or-id/offices?sort=place", "book/passport-or-id/kallio",
	"book/passport-or-id/kallio?week=2026-W49", "book/passport-or-id/kallio?week=2027-W30", "help", "offices", "offices/kallio", "site-map", "accessibility", "privacy",
}

// told is all that an answer says.
func told(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.StatusCode, r.Header, string(b))
}

func TestHotPagesSayWhatTheDoorsSay(t *testing.T) {
	t.Parallel()
	h := hotTown(t)
	cold := h.behind()
	for _, page := range publicPages {
		for _, lang := range i18n.Languages() {
			for _, look := range []string{"100.auto", "150.contrast"} {
				target := "/" + string(lang.Code) + "/vuorela/" + page
				headers := []string{"Cookie", "luukku-look=" + look, "Accept-Encoding", "gzip"}
				hot := h.Site.Hot
				h.Site.Hot = nil
				h.door, cold = cold, h.door
				want := told(t, h.ask(t, http.MethodGet, target, headers...))
				h.door, cold = cold, h.door
				h.Site.Hot = hot
				first := told(t, h.ask(t, http.MethodGet, target, headers...))
				kept := told(t, h.ask(t, http.MethodGet, target, headers...))
				if first != want || kept != want || !strings.HasPrefix(want, "200") {
					t.Errorf("%s, %s: got %.300s when it was made and %.300s when it was kept, want %.300s", target, look, first, kept, want)
				}
			}
		}
	}
}

func TestHotPagesAreNewAfterABooking(t *testing.T) {
	t.Parallel()
	h := hotTown(t)
	const places = "/en/vuorela/services/passport-or-id/offices"
	before, placesBefore := told(t, h.ask(t, http.MethodGet, weekPage)), told(t, h.ask(t, http.MethodGet, places))
	if again := told(t, h.ask(t, http.MethodGet, weekPage)); again != before {
		t.Error("got another page, want the same")
	}
	form := h.taken(t)
	slot, _, _ := strings.Cut(form, "&")
	value, err := url.QueryUnescape(strings.TrimPrefix(slot, "slot="))
	if err != nil {
		t.Fatal(err)
	}
	after := told(t, h.ask(t, http.MethodGet, weekPage))
	if button := `value="` + value + `"`; !strings.Contains(before, button) || strings.Contains(after, button) {
		t.Errorf("got %s on the page before %v and after %v, want it there before and not after", value, strings.Contains(before, button), strings.Contains(after, button))
	}
	if placesAfter := told(t, h.ask(t, http.MethodGet, places)); placesAfter == placesBefore {
		t.Error("the places still tell of the time that is gone")
	}
}

func TestLoserIsToldWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	h := hotTown(t)
	form := h.taken(t)
	want := ""
	for i, headers := range [][]string{
		{"Content-Type", formType}, {"Content-Type", formType}, {"Content-Type", formType}, // made, and twice kept
		{"Content-Type", formType, "Cookie", "luukku-visit=of-somebody", "Sec-Fetch-Site", "same-origin"},
		{"Content-Type", formType + "; charset=utf-8"},
	} {
		var got *http.Response
		for try := 1; ; try++ { // what runs in the background may read meanwhile, but not each time
			reads, commits := h.db.Reads(), h.db.Stats().Commits
			got = h.send(h.request(t, http.MethodPost, weekPage, form, headers...))
			if h.db.Reads() == reads && h.db.Stats().Commits == commits {
				break
			}
			if try == 20 {
				t.Fatalf("%d: got the database asked each time, want it left alone", i)
			}
		}
		if got.StatusCode != http.StatusConflict || got.Header["Set-Cookie"] != nil {
			t.Errorf("%d: got %d with cookies %v, want 409 and none", i, got.StatusCode, got.Header["Set-Cookie"])
		}
		said := told(t, got)
		if want == "" {
			want = said
		}
		if said != want || !strings.Contains(said, "was just taken") {
			t.Errorf("%d: got another page than the first loser", i)
		}
	}
	if got := h.send(h.request(t, http.MethodPost, weekPage, form, "Content-Type", formType, "Sec-Fetch-Site", "cross-site")); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d, want 403", got.StatusCode)
	}
	if got := h.send(h.request(t, http.MethodPost, weekPage, "slot=&"+form, "Content-Type", formType)); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("two fields: got %d, want 422: a body that was read can be read again", got.StatusCode)
	}
	if got := h.send(h.request(t, http.MethodPost, weekPage, "slot=nonsense", "Content-Type", formType)); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nonsense: got %d, want 422", got.StatusCode)
	}
}

// Who holds a time and picks it again, from a page that is still open, is no loser.
func TestOwnHoldIsNotLost(t *testing.T) {
	t.Parallel()
	h := hotTown(t)
	const page = "/en/vuorela/book/digital-help/itakeskus"
	h.ask(t, http.MethodGet, page)
	body := told(t, h.ask(t, http.MethodGet, page))
	_, rest, ok := strings.Cut(body, `name="slot" value="`)
	if !ok {
		t.Fatalf("got no time to pick: %.300s", body)
	}
	value, _, _ := strings.Cut(rest, `"`)
	form := url.Values{"slot": {value}}.Encode()
	pick := func(cookie string) *http.Response {
		return h.send(h.request(t, http.MethodPost, page, form, "Content-Type", formType, "Cookie", cookie, "Sec-Fetch-Site", "same-origin"))
	}
	mine := ""
	for i := range 20 { // until the last one is held
		got := pick("")
		if got.StatusCode == http.StatusConflict {
			break
		}
		if got.StatusCode != http.StatusSeeOther || i == 19 {
			t.Fatalf("got %d, want it held until nobody can have it", got.StatusCode)
		}
		mine = got.Cookies()[0].String()
		mine, _, _ = strings.Cut(mine, ";")
	}
	for i := range 3 {
		if got := pick(mine); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%d: got %d, want its holder led on", i, got.StatusCode)
		}
		if got := pick(""); got.StatusCode != http.StatusConflict {
			t.Errorf("%d: got %d, want others told that it is taken", i, got.StatusCode)
		}
	}
	h.clock.Advance(16 * time.Minute)
	if got := pick(""); got.StatusCode != http.StatusSeeOther {
		t.Errorf("after the holds: got %d, want it free", got.StatusCode)
	}
}

func TestHotPagesCountAgainstTheShareOfAnAddress(t *testing.T) {
	t.Parallel()
	h := newTown(t, map[string]string{"LUUKKU_LIMITS_REQUESTS_PER_SECOND": "1"})
	served := 0
	for range 30 {
		if h.ask(t, http.MethodGet, "/en/vuorela/help").StatusCode == http.StatusOK {
			served++
		}
	}
	if served != 10 {
		t.Errorf("got %d of 30 answered, want the burst of 10", served)
	}
}
