package admin

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/domain/blueprint"
)

func TestTwoAtOnceSetUpOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	statuses := make([]int, 6)
	requests := make([]*http.Request, len(statuses))
	for i := range requests {
		requests[i] = posted(t, "/fi/setup/"+h.token, filled("slug", "vuorela-"+string(rune('a'+i))))
	}
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			w := httptest.NewRecorder()
			h.door.ServeHTTP(w, requests[i])
			statuses[i] = w.Code
		})
	}
	all.Wait()
	slices.Sort(statuses)
	if want := []int{303, 404, 404, 404, 404, 404}; !slices.Equal(statuses, want) {
		t.Errorf("got %v, want %v", statuses, want)
	}
	if orgs, err := h.store.Organisations(t.Context()); err != nil || len(orgs) != 1 {
		t.Errorf("got %d organisations, %v, want one", len(orgs), err)
	}
}

// wantNoLink checks that an address says no more than any unknown one.
func (h *house) wantNoLink(t *testing.T, a answer) {
	t.Helper()
	if a.status != http.StatusNotFound || !strings.Contains(a.page, "restart the server") {
		t.Errorf("got %d, want 404 that says how to get a link", a.status)
	}
}

func TestUsedOldAndUnknownLinksLookTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old, token := h.token, h.link(t)
	for _, path := range []string{"/en/setup/" + old, "/en/setup/x", "/en/setup/", "/en/setup", "/en/setup/done", "/en/setup/" + token + "/more"} {
		a := h.get(t, path)
		h.wantNoLink(t, a)
		if !strings.Contains(path, token) && strings.Contains(a.page, token) {
			t.Errorf("%s: the page has the right link", path)
		}
	}
	h.wantNoLink(t, h.post(t, "/en/setup/"+old, filled()))
	h.wantNoLink(t, h.post(t, "/en/setup/done", filled()))
	h.notSetUp(t)
	h.clock.Advance(blueprint.SetupLinkLife)
	if a := h.get(t, "/en/setup/"+token); a.status != http.StatusOK {
		t.Errorf("in its last second: got %d", a.status)
	}
	h.clock.Advance(time.Second)
	if a := h.get(t, "/en/setup/"+token); a.status != http.StatusNotFound {
		t.Errorf("a second later: got %d", a.status)
	}
	h.wantNoLink(t, h.post(t, "/en/setup/"+token, filled()))
	h.notSetUp(t)
	token = h.link(t)
	if a := h.post(t, "/en/setup/"+token, filled("languages", "en", "default", "en", "org-name-en", "Vuorela")); a.status != http.StatusSeeOther {
		t.Fatalf("got %d, want it done", a.status)
	}
	h.clock.Advance(time.Hour) // the wrong ones are forgiven
	used, never := h.get(t, "/en/setup/"+token), h.get(t, "/en/setup/0123456789abcdefghjkmnpqrs")
	h.wantNoLink(t, used)
	h.wantNoLink(t, h.post(t, "/en/setup/"+token, filled("slug", "another")))
	h.wantNoLink(t, h.get(t, "/en/setup/done"))
	if got, want := strings.ReplaceAll(used.page, token, "X"), strings.ReplaceAll(never.page, "0123456789abcdefghjkmnpqrs", "X"); got != want {
		t.Errorf("a used link looks unlike an unknown one:\n%s", cmp.Diff(want, got))
	}
}

func TestGuessesAreSlowedByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	from := func(addr, token string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://booking.example/en/setup/"+token, nil)
		r.RemoteAddr = addr
		return h.do(t, r).status
	}
	got := map[int]int{}
	for range 50 {
		got[from("192.0.2.1:1234", "0123456789abcdefghjkmnpqrs")]++
	}
	if want := map[int]int{404: wrongLinks.Burst, 429: 50 - wrongLinks.Burst}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if s := from("192.0.2.1:1234", h.token); s != http.StatusTooManyRequests {
		t.Errorf("the guesser with the right link: got %d, want 429", s)
	}
	if s := from("198.51.100.7:1234", h.token); s != http.StatusOK {
		t.Errorf("somebody else: got %d, want 200", s)
	}
	h.clock.Advance(wrongLinks.Per)
	if s := from("192.0.2.1:1234", h.token); s != http.StatusOK {
		t.Errorf("later: got %d, want 200", s)
	}
}

func TestRightLinkIsNeverSlowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 * wrongLinks.Burst {
		if a := h.post(t, "/en/setup/"+h.token, url.Values{}); a.status != http.StatusUnprocessableEntity {
			t.Fatalf("got %d, want 422", a.status)
		}
	}
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := posted(t, "/en/setup/"+h.token, filled())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "http://elsewhere.example")
	if a := h.do(t, r); a.status != http.StatusForbidden {
		t.Errorf("got %d, want 403", a.status)
	}
	h.notSetUp(t)
}

func TestTooLargeAFormIsToldAsSuch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if a := h.post(t, "/en/setup/"+h.token, filled("name", strings.Repeat("a", 2<<20))); a.status != http.StatusRequestEntityTooLarge || len(a.page) > 1<<20 {
		t.Errorf("got %d and %d bytes, want 413 and a short page", a.status, len(a.page))
	}
	h.notSetUp(t)
}

func TestLastPageIsOnlyForWhoSetUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.post(t, "/en/setup/"+h.token, filled("languages", "en", "default", "en", "org-name-en", "Vuorela"))
	if got := h.get(t, a.location, a.cookies...); got.status != http.StatusOK {
		t.Errorf("with the cookie: got %d", got.status)
	}
	h.wantNoLink(t, h.get(t, a.location))
	h.wantNoLink(t, h.get(t, a.location, &http.Cookie{Name: "luukku-setup", Value: "empty/vuorela"}))
	h.clock.Advance(13 * time.Hour)
	h.wantNoLink(t, h.get(t, a.location, a.cookies...))
}
