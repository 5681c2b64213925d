package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/e2e/client"
)

// A program opens a service to somebody by the rules of the desk, prolongs and withdraws it; of two who do it at once the second is told. Who has it stands in a list at the desk, by state and with the
// ends, and in one for programs; whoever is protected is not named there. A key without the right finds nothing, and no identifier is in an address or a log.
func TestS2_7_AProgramOpensAServiceAndTheDeskListsWhoHasIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.stopAt(begin)
		h.setPolicy(t, o, `needs_access = true`)
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		key := h.programKey(t, o.org, actor.AccessGrant)
		at := "/api/v1/organisations/" + string(o.org) + "/services/" + o.service + "/access"
		ask := func(method, path, key, body string) *client.Page {
			t.Helper()
			return c.Raw(method, path, http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}, "Accept": {"application/json"}}, body)
		}
		const who = `"kind":"FI-HETU","identifier":"` + codeOfMaija + `"`
		type standing struct {
			State   access.State
			Version int64
			History []struct {
				Granted  bool
				Why, By  string
				From, At string
			}
		}
		read := func(p *client.Page) (s standing) {
			t.Helper()
			if err := json.Unmarshal(p.MustStatus(http.StatusOK).Body, &s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := read(ask("POST", at+"/read", key, `{`+who+`}`)); s.State != access.None || s.Version != 0 {
			t.Errorf("before anything it is %+v", s)
		}
		for _, bad := range []string{
			`{` + who + `,"why":"","seen":0}`, `{` + who + `,"why":"x","until":"2026-11-22","seen":0}`, `{` + who + `,"why":"x","until":"soon","seen":0}`,
			`{"kind":"FI-HETU","identifier":"010190-900P","why":"x","seen":0}`, `{"kind":"COMPANY","identifier":"0000000-0","why":"x","seen":0}`,
		} {
			if p := ask("PUT", at, key, bad).MustStatus(http.StatusUnprocessableEntity); strings.Contains(string(p.Body), "-90") {
				t.Errorf("the problem repeats an identifier: %s", p.Body)
			}
		}
		other := h.programKey(t, o.org, actor.LetterSend)
		for _, x := range [][2]string{{"PUT", `{` + who + `,"why":"x","seen":0}`}, {"GET", ""}} {
			ask(x[0], at, other, x[1]).MustStatus(http.StatusNotFound)
		}
		ask("GET", strings.Replace(at, o.service, "nothing", 1), key, "").MustStatus(http.StatusNotFound)

		c.Get(o.calendar()).MustStatus(http.StatusForbidden)
		if s := read(ask("PUT", at, key, `{`+who+`,"until":"2026-11-24","why":"The case was opened.","seen":0}`)); s.State != access.Open || s.Version != 1 || len(s.History) != 1 || s.History[0].Why != "The case was opened." {
			t.Errorf("granted it is %+v", s)
		}
		c.Get(o.calendar()).MustStatus(http.StatusOK)
		ask("PUT", at, key, `{`+who+`,"until":"2026-11-25","why":"Twice.","seen":0}`).MustStatus(http.StatusConflict)
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		list := func(view string) *client.Page {
			t.Helper()
			return desk.Get(deskAt(l, o.org, "access", "list") + "?service=" + o.service + "&view=" + view).MustStatus(http.StatusOK)
		}
		desk.Get(deskAt(l, o.org, "access")).Click(say(l, "access.list")).MustText("Maija Meikäläinen", say(l, "folder.state.access_open"))
		for view, has := range map[string]bool{"open": true, "ending": true, "later": false, "over": false, "withdrawn": false, "all": true} {
			if p := list(view); p.HasText("Maija Meikäläinen") != has {
				t.Errorf("in the list %s she is %v, want %v", view, !has, has)
			}
		}
		list("ending").Form(say(l, "access.open")+" Maija Meikäläinen").Submit(say(l, "access.open")+" Maija Meikäläinen").MustText("The case was opened.", say(l, "access.by_program"))
		if p := ask("GET", at+"?state=ending", key, ""); !strings.Contains(string(p.MustStatus(http.StatusOK).Body), `"name":"Maija Meikäläinen"`) || strings.Contains(string(p.Body), "The case was opened") {
			t.Errorf("the list for programs is %s", p.Body)
		}
		if s := read(ask("PUT", at, key, `{`+who+`,"why":"It takes longer.","seen":1}`)); s.State != access.Open || s.Version != 2 || s.History[1].From != s.History[0].From {
			t.Errorf("prolonged it is %+v", s)
		}
		if p := list("ending"); p.HasText("Maija Meikäläinen") {
			t.Error("what has no end any more is among what ends")
		}
		ask("POST", at+"/withdraw", key, `{`+who+`,"why":"Closed.","seen":1}`).MustStatus(http.StatusConflict)
		if s := read(ask("POST", at+"/withdraw", key, `{`+who+`,"why":"Closed.","seen":2}`)); s.State != access.Withdrawn || s.Version != 3 || s.History[0].Granted {
			t.Errorf("withdrawn it is %+v", s)
		}
		c.Get(o.calendar()).MustStatus(http.StatusForbidden).MustText(say(l, "access.withdrawn"))
		list("withdrawn").MustText("Maija Meikäläinen")
		if p := ask("GET", at+"?state=open", key, ""); strings.Contains(string(p.Body), "Maija") {
			t.Errorf("who has it no more is listed: %s", p.Body)
		}
		h.clerk(t, "calls", actor.Grant{Role: actor.RoleLetters, Org: o.org}).Get(deskAt(l, o.org, "access", "list")).MustStatus(http.StatusNotFound)
	})
}

// programKey makes a program with a right, and returns its key.
func (h *house) programKey(t *testing.T, o ids.Org, right actor.Right) string {
	t.Helper()
	_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), o, "Cases", []actor.Right{right}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
