package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/domain/queue"
	"luukku/domain/staff"
)

var update = flag.Bool("update", false, "write testdata/rights.txt anew")

// rightsFile is the matrix: every route, and what each of nine actors gets, with an object of their own and with another's.
const rightsFile = "testdata/rights.txt"

// caller is one of the nine actors.
type caller struct {
	name string
	// person and acting are a citizen's, staff one of those who work here.
	person ids.Person
	acting actor.Owner
	staff  ids.Staff
	// org is the organisation that is theirs, and foreign another.
	org, foreign ids.Org
	// visit is the secret of their visit, and draft what they have begun in it; own and other are an appointment that is theirs, and one that is not.
	visit, draft string
	own, other   ids.Appointment
}

// The matrix of rights: a checked-in table says for each route what each of nine actors gets, with what is theirs and with what is not. Whoever changes who
// may what sees it here, and so does whoever reads the change.
func TestEveryRouteForNineActors(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.troubled = true // nothing that is asked here is finished, and some of it is nonsense
	all := h.callers(t)
	var out strings.Builder
	out.WriteString(rightsHead)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "route\tright")
	for _, c := range all {
		fmt.Fprintf(table, "\t%s", c.name)
	}
	fmt.Fprintln(table)
	for _, r := range h.everyRoute(t) {
		fmt.Fprintf(table, "%s %s\t%s", r.method, r.path, r.right)
		for _, c := range all {
			fmt.Fprintf(table, "\t%s", h.both(t, r, c, all))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	got := trimLines(out.String())
	if *update {
		if err := os.WriteFile(rightsFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(rightsFile)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./e2e -run EveryRouteForNineActors -update", err)
	}
	if diff := lineDiff(string(want), got); diff != "" {
		t.Errorf("who may what has changed. If that is meant, write the matrix anew with: go test ./e2e -run EveryRouteForNineActors -update\n%s", diff)
	}
}

const rightsHead = `Who may what: every route of the router tables, for nine actors, with an object of their own / with another's.
Written by: go test ./e2e -run EveryRouteForNineActors -update

yes      the page, or the form was looked at (also when what was sent is not right)
sign-in  led to sign in, or told to
code     asked for the booking code
device   led to where a browser becomes a kiosk or a display
no       as if it were not there, or refused

`

func trimLines(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		out = append(out, strings.TrimRight(line, " \n"))
	}
	return strings.Join(out, "\n") + "\n"
}

func lineDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for _, line := range w {
		if !slices.Contains(g, line) {
			fmt.Fprintln(&out, "- "+line)
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			fmt.Fprintln(&out, "+ "+line)
		}
	}
	return out.String()
}

// aRoute is one line of the matrix.
type aRoute struct{ method, path, right string }

// everyRoute is every route of every door: those of pages from their tables, those of the API from its description.
func (h *house) everyRoute(t *testing.T) []aRoute {
	t.Helper()
	var out []aRoute
	for _, r := range h.app.Routes() {
		out = append(out, aRoute{r.Method, r.Path, string(r.Right)})
	}
	var described struct {
		Paths map[string]map[string]json.RawMessage
	}
	p := h.person(t).Get("/api/v1/openapi.json").MustStatus(http.StatusOK)
	if err := json.Unmarshal(p.Body, &described); err != nil {
		t.Fatal(err)
	}
	for path, ops := range described.Paths {
		for method := range ops {
			if !strings.HasPrefix(path, "/api/") {
				path = "/api/v1" + path
			}
			out = append(out, aRoute{strings.ToUpper(method), path, "api"})
		}
	}
	slices.SortFunc(out, func(a, b aRoute) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	if len(out) < 100 {
		t.Fatalf("got %d routes, want all of them", len(out))
	}
	return out
}

// both is what a caller gets of a route with what is theirs, and with another's.
func (h *house) both(t *testing.T, r aRoute, c caller, all []caller) string {
	t.Helper()
	stranger := all[1]
	if c.name == stranger.name {
		stranger = all[2]
	}
	own, foreign := c.org, c.foreign
	if strings.Contains(r.path, "{draft}") || strings.Contains(r.path, "/appointment") {
		own, foreign = vuorela, vuorela // where everybody's are
	}
	mine := h.ask(t, r, c, own, c.draft, c.own)
	other := h.ask(t, r, c, foreign, stranger.draft, c.other)
	if mine == other {
		return mine
	}
	return mine + "/" + other
}

// ask sends a request as a caller and sorts the answer.
func (h *house) ask(t *testing.T, r aRoute, c caller, o ids.Org, draft string, a ids.Appointment) string {
	t.Helper()
	service, office, topic := "passport-or-id", "kallio", "documents"
	if o == registerOffice {
		service, office, topic = "notary", "helsinki-albertinkatu", "notary"
	}
	object := h.object(t, r.path, o)
	path := strings.NewReplacer(
		"{lang}", "en", "{org}", string(o), "{of}", string(o), "{joined}", string(o), "{version}", "2026-01-01", "{service}", service, "{topic}", topic, "{event}", "moving", "{step}", "1", "{form}", "day-care", "{office}", office, "{draft}", draft, "{$}", "", "{token}", "01h455vb4pex5vsknk084sn02q",
		"{id}", object, "{mailing}", "01h455vb4pex5vsknk084sn02q", "{key}", "00", "{provider}", "bank", "{device}", "01h455vb4pex5vsknk084sn02q",
		"{client}", "01h455vb4pex5vsknk084sn02q", "{member}", "01h455vb4pex5vsknk084sn02q", "{code}", "K7PQ3M9XTR", "{hold}", "01h455vb4pex5vsknk084sn02q",
		"{appointment}", string(a), "{conversation}", "01h455vb4pex5vsknk084sn02q", "{ticket}", "01h455vb4pex5vsknk084sn02q", "{file}", "01h455vb4pex5vsknk084sn02q", "{matter}", "01h455vb4pex5vsknk084sn02q", "{submission}", "01h455vb4pex5vsknk084sn02q", "{letter}", "01h455vb4pex5vsknk084sn02q", "{batch}", "01h455vb4pex5vsknk084sn02q", "{course}", "uimakoulu", "{enrolment}", "01h455vb4pex5vsknk084sn02q", "{erasure}", "01h455vb4pex5vsknk084sn02q", "{counter}", "desk-1", "{part}", "contact", "{section}", "services", "{slug}", service, "{unit}", "desk-1", "{path...}", "services", "{notice}", "reminder", "{form}", "day-care",
	).Replace(r.path)
	if strings.Contains(path, "{") {
		t.Fatalf("%s has a part that the matrix does not know", r.path)
	}
	form := url.Values{}
	if r.path == "/{lang}/my/open" {
		form.Set("org", string(vuorela))
		form.Set("id", string(a))
	}
	var body io.Reader
	if r.method != http.MethodGet {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, h.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", h.base)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(r.path, "/api/") {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range h.cookies(t, c, o, a) {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := noRedirects.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return sortOf(t, r, res, string(page))
}

// object makes a fresh thing of each kind that a path names by {id}, so that what one caller did to it spoils nothing for the next.
func (h *house) object(t *testing.T, path string, o ids.Org) string {
	t.Helper()
	nobodys := "01h455vb4pex5vsknk084sn02q"
	if !strings.Contains(path, "{id}") {
		return nobodys
	}
	system, g := actor.System("test"), actor.Grant{Role: actor.RoleClerk, Org: o}
	if strings.Contains(path, "/admin/installation/") {
		o, g = "", actor.Grant{Role: actor.RoleSystemAdmin}
	}
	var err error
	h.made++
	email := fmt.Sprintf("made-%d@luukku.example", h.made)
	switch {
	case strings.Contains(path, "/members/{id}"):
		return string(h.member(t, fmt.Sprintf("made-%d", h.made), g))
	case strings.Contains(path, "/invitations/{id}"):
		var i staff.Invitation
		i, err = h.app.Staff.Invite(t.Context(), system, "Somebody", email, "en", g)
		nobodys = i.ID
	case strings.Contains(path, "/devices/{id}"):
		var d staff.Device
		kind := staff.Kiosk
		if strings.HasSuffix(path, "/display") {
			kind = staff.Display
		}
		d, _, err = h.app.Staff.MakeDevice(t.Context(), system, o, kind, h.config(t, o).Offices[0].ID, "Lobby")
		nobodys = string(d.ID)
	case strings.Contains(path, "/clients/{id}"):
		var c staff.Client
		c, _, err = h.app.Staff.MakeClient(t.Context(), system, o, "Reports", []actor.Right{actor.AppointmentList}, h.app.Now().AddDate(0, 1, 0).Unix())
		nobodys = string(c.ID)
	case strings.Contains(path, "/tickets/{id}"):
		office := h.config(t, o).Offices[0].ID
		var k queue.Ticket
		k, err = h.app.Queue.Take(t.Context(), system, queue.TakeRequest{Org: o, Office: office, Service: h.config(t, o).ServicesAt(office)[0].ID, Lang: "en"})
		nobodys = string(k.ID)
	case strings.Contains(path, "/providers/of/{id}"):
		nobodys = fmt.Sprintf("made-%d", h.made)
		e := audit.New(o, h.app.Site.Gen.Audit(), h.app.Now().UnixMicro(), system, audit.ProviderChanged, "provider", nobodys, nil)
		err = h.app.Store.PutProvider(t.Context(), identity.Provider{
			Org: o, ID: ids.Provider(nobodys), Audience: identity.ForStaff, Issuer: h.base + "/nowhere", ClientID: "luukku",
		}, e)
	}
	if err != nil {
		t.Fatalf("make what %s names: %v", path, err)
	}
	return nobodys
}

var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second,
}

var signInPath = regexp.MustCompile(`^/en/(staff/)?sign-in(\?|$)`)

// devicePath is where a browser becomes a kiosk or a display: who is led there from a device's page was let see nothing.
const devicePath = "/en/staff/device"

func sortOf(t *testing.T, r aRoute, res *http.Response, page string) string {
	t.Helper()
	to := res.Header.Get("Location")
	switch {
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusSeeOther && signInPath.MatchString(to) && strings.Contains(to, "next="):
		return "sign-in"
	case res.StatusCode == http.StatusSeeOther && to == devicePath:
		return "device"
	case strings.Contains(to, "done=expired"), res.StatusCode == http.StatusOK && strings.Contains(page, say("en", "code.title")+"</h1>"):
		return "code"
	case slices.Contains([]int{http.StatusNotFound, http.StatusForbidden, http.StatusTooManyRequests}, res.StatusCode):
		return "no"
	case res.StatusCode >= 500:
		t.Errorf("%s %s: status %d", r.method, r.path, res.StatusCode)
	}
	return "yes"
}

// cookies are what a caller's browser sends: a fresh session, so that no request spoils the next, their visit, and the appointment they have open.
func (h *house) cookies(t *testing.T, c caller, o ids.Org, a ids.Appointment) map[string]string {
	t.Helper()
	out := map[string]string{"luukku-visit": c.visit}
	if a != "" && c.person != "" {
		out["luukku-appointment"] = h.app.Site.Seals.SealToken("luukku-appointment", []byte(string(vuorela)+"/"+string(a)+"/own"), h.app.Now().Add(time.Hour))
	}
	now := h.app.Now().Unix()
	s := identity.Session{
		AuthAt: now, CreatedAt: now, SeenAt: now, EndsAt: now + 3600, Level: actor.LevelSubstantial, Agent: "?", For: c.acting, Person: c.person, Staff: c.staff,
	}
	token := h.app.Site.Gen.SessionToken()
	s.Hash = ids.HashToken(token)
	switch {
	case c.person != "":
		s.Of, s.Provider = identity.SessionOfCitizen, "bank"
		out["luukku-citizen"] = token
	case c.staff != "":
		s.Of = identity.SessionOfStaff
		out["luukku-staff"] = token
	default:
		return out
	}
	err := h.app.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error { return tx.PutSession(ctx, s) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// callers are the nine actors.
func (h *house) callers(t *testing.T) []caller {
	t.Helper()
	const l = "en"
	citizen := func(means, person, email string) ids.Person {
		h.settle(t, h.person(t), l, means, person, email, true)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", email, 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("find %s: %v", person, err)
		}
		return found[0].Person
	}
	me, you := citizen("card", "Veikko Mallikas", "veikko@example.org"), citizen("bank", "Tuuli Mallikas", "tuuli@example.org")
	guardian, revoked := citizen("bank", "Maija Meikäläinen", "maija@example.org"), citizen("bank", "Matti Meikäläinen", "matti@example.org")
	list, err := h.app.Store.People().GuardianshipsOf(t.Context(), guardian)
	if err != nil || len(list) == 0 {
		t.Fatalf("got %d records, %v", len(list), err)
	}
	child := actor.Owner{Person: list[0].Dependant}
	h.revokeAll(t, "matti@example.org")
	mine, yours := h.bookFor(t, actor.Owner{Person: me}, 0), h.bookFor(t, actor.Owner{Person: you}, 1)
	childs := h.bookFor(t, child, 2)
	member := func(name string, g actor.Grant) ids.Staff { return h.member(t, name, g) }
	all := []caller{
		{name: "anonymous"},
		{name: "citizen", person: me, own: mine, other: yours},
		{name: "another", person: you, own: yours, other: mine},
		{name: "guardian", person: guardian, acting: child, own: childs, other: mine},
		{name: "revoked", person: revoked, acting: child, own: childs, other: mine},
		{name: "clerk", staff: member("clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})},
		{name: "clerk-elsewhere", staff: member("elsewhere", actor.Grant{Role: actor.RoleClerk, Org: registerOffice}), org: registerOffice, foreign: vuorela},
		{name: "org-admin", staff: member("admin", actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela})},
		{name: "system-admin", staff: member("system", actor.Grant{Role: actor.RoleSystemAdmin})},
	}
	for i := range all {
		c := &all[i]
		if c.org == "" {
			c.org, c.foreign = vuorela, registerOffice
		}
		browser := h.person(t)
		p, _ := passport(l).pick(t, browser, 10+i)
		c.draft = regexp.MustCompile(`/draft/([^/]+)/`).FindStringSubmatch(p.Path())[1]
		k, ok := browser.Cookie("/", "luukku-visit")
		if !ok {
			t.Fatal("no visit")
		}
		c.visit = k.Value
	}
	return all
}

// bookFor books for an owner, as the room does.
func (h *house) bookFor(t *testing.T, o actor.Owner, n int) ids.Appointment {
	t.Helper()
	ord := passport("en")
	free := times(h.person(t).Get(ord.calendar()))
	start, err := time.Parse(time.RFC3339, free[n])
	if err != nil {
		t.Fatal(err)
	}
	who := actor.Actor{Kind: actor.KindCitizen, Person: o.Person, Level: actor.LevelSubstantial}
	b, err := h.app.Booking.Book(t.Context(), who, booking.BookRequest{
		Org: vuorela, Service: ids.Service(ord.service), Office: ids.Office(ord.office), Start: start.Unix(), Key: h.app.Site.Gen.FormKey(),
		Details: booking.Details{Name: "Somebody", Lang: "en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment.ID
}

// member makes one of the staff with a role.
func (h *house) member(t *testing.T, name string, g actor.Grant) ids.Staff {
	t.Helper()
	id := ids.Staff(h.app.Site.Gen.New())
	sealed, err := h.app.Site.Seals.Seal([]byte("nothing"), seal.Place{Table: "staff", Column: "password", Row: string(id)})
	if err != nil {
		t.Fatal(err)
	}
	m := staff.Member{
		ID: id, Email: name + "@luukku.example", Name: name, Lang: "en", State: staff.Active, Handle: []byte(id), Password: sealed, CreatedAt: h.app.Now().Unix(),
	}
	err = h.app.Store.Workers().InTx(t.Context(), func(ctx context.Context, tx staff.Tx) error {
		if _, err := tx.PutMember(ctx, m); err != nil {
			return err
		}
		_, err := tx.PutRole(ctx, id, staff.Granted{Grant: g, At: m.CreatedAt})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
