package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"luukku/base/fault"
)

func TestTheFirstAdministratorGetsALinkUntilThereIsOne(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t, nil), false)
	if link, err := h.AdministratorLink(t.Context()); link != "" || err != nil {
		t.Errorf("before the set-up: got %q, %v, want no link", link, err)
	}
	h.town(t)
	first, err := h.AdministratorLink(t.Context())
	if err != nil || !strings.HasPrefix(first, h.Config.BaseURL+"/staff/invitation/") {
		t.Fatalf("got %q, %v", first, err)
	}
	path := strings.TrimPrefix(first, h.Config.BaseURL)
	if res := h.ask(t, http.MethodGet, path); res.StatusCode != http.StatusFound || res.Header.Get("Location") != "/fi"+path {
		t.Errorf("the link: got %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res := h.ask(t, http.MethodGet, "/en"+path); res.StatusCode != http.StatusOK {
		t.Errorf("the page: got %d", res.StatusCode)
	}
	if _, err := h.AdministratorLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res := h.ask(t, http.MethodGet, "/en"+path); res.StatusCode != http.StatusNotFound {
		t.Errorf("a link when there is a newer one: got %d, want 404", res.StatusCode)
	}
}

func TestWhoeverRunsTheMachineLetsSomebodyIn(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	c := &control{app: h.App}
	reply, err := c.inviteAdministrator(httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/staff/invite?email=aino@town.example", nil))
	if err != nil || len(reply.Lines) != 1 {
		t.Fatalf("got %+v, %v", reply, err)
	}
	token := strings.TrimPrefix(reply.Lines[0], h.Config.BaseURL+"/staff/invitation/")
	e, err := h.Staff.Enrolment(t.Context(), token, "10.0.0.1")
	if err != nil || e.Email != "aino@town.example" || e.NeedsSignIn() {
		t.Errorf("got %+v, %v", e, err)
	}
	if _, err := c.inviteAdministrator(httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/staff/invite?email=aino", nil)); err == nil || fault.Is(err, fault.KindInternal) {
		t.Errorf("no address: got %v", err)
	}
}
