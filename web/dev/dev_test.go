package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/texting"
	"luukku/store"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// installation is what the pages know of who is served.
type installation struct{}

func (installation) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("org.unknown")
}

func (installation) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"fi": "Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}

func (installation) Organisations(context.Context) ([]org.Organisation, error) {
	list := sampleOrgs()
	list[0].Zone = "Europe/Helsinki"
	return list, nil
}

// box is the outbox and where it keeps.
type box struct {
	kept      []store.Kept // newest first
	sent      []notify.Message
	failing   int
	permanent bool
}

func (b *box) Send(_ context.Context, m notify.Message) (notify.Receipt, error) {
	b.sent = append(b.sent, m)
	if b.failing > 0 {
		b.failing--
		return notify.Receipt{}, &notify.Temporary{}
	}
	return notify.Receipt{}, nil
}
func (b *box) FailNext(n int, permanent bool) { b.failing, b.permanent = n, permanent }
func (b *box) Failing() (int, bool)           { return b.failing, b.permanent }
func (b *box) KeptMails(_ context.Context, most int) ([]store.Kept, error) {
	return b.kept[:min(most, len(b.kept))], nil
}

func (b *box) KeptMail(_ context.Context, id string) (store.Kept, error) {
	for _, k := range b.kept {
		if k.ID == id {
			return k, nil
		}
	}
	return store.Kept{}, fault.NotFound("notice.not_found")
}

type demo struct {
	http.Handler
	box     *box
	texts   []texting.In
	forward []time.Duration
	kicks   int
	stuck   error
}

func site(t *testing.T) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	return &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: installation{}, Now: clock.NewFixed(sampleNow()).Now, Log: slog.New(slog.DiscardHandler),
		Gen: &ids.Gen{Now: sampleNow, Rand: bytes.NewReader(make([]byte, 1<<10))}, Demo: &web.Demo{OutboxPath: "/dev/outbox", ClockPath: "/dev/clock"},
	}
}

// Receive and From stand for the room of text messages: what was taken is acted on at once.
func (d *demo) Receive(_ context.Context, m texting.Inbound) error {
	if m.From == "" {
		return fault.Invalid("sms.empty", nil)
	}
	d.texts = append(d.texts, texting.In{Org: m.Org, From: m.From, To: m.To, Body: m.Body, At: sampleNow().Unix(), State: texting.Done})
	return nil
}

func (d *demo) From(context.Context, ids.Org, string, int) ([]texting.In, error) { return d.texts, nil }

func open(t *testing.T) *demo {
	t.Helper()
	d := &demo{box: &box{kept: sampleMails()}}
	s := site(t)
	forward := func(_ context.Context, by time.Duration) error {
		d.forward = append(d.forward, by)
		return d.stuck
	}
	d.Handler = s.Guard(New(s, d.box, d.box, d, forward, func() { d.kicks++ }), 1<<16)
	return d
}

func (d *demo) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func (d *demo) post(t *testing.T, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func wantStatus(t *testing.T, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		t.Errorf("got status %d, want %d:\n%.500s", w.Code, want, w.Body)
	}
}

const mailPath = "/en/dev/outbox/06A1B2C3D4E5F6G7H8J9K0MNPQ"

func TestEveryPageAnswers(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, path := range []string{"/fi/dev", "/fi/dev/", "/sv/dev/outbox", "/cs/dev/clock", mailPath, mailPath + "/html", mailPath + "/calendar.ics", "/en/dev/outbox.json"} {
		wantStatus(t, d.get(t, path), http.StatusOK)
	}
	for _, path := range []string{"/fi/dev/nothing", "/fi/dev/outbox/unknown", "/fi/dev/outbox/unknown/html", "/en/dev/outbox/06A1B2C3D4E5F6G7H8J9K0MNPP/html"} {
		wantStatus(t, d.get(t, path), http.StatusNotFound)
	}
}

func TestAMethodThatAPageDoesNotKnowIsToldWhichItDoes(t *testing.T) {
	t.Parallel()
	w := open(t).post(t, "/en/dev/outbox.json", nil)
	wantStatus(t, w, http.StatusMethodNotAllowed)
	if got := w.Header().Get("Allow"); got != "GET, HEAD" {
		t.Errorf("got Allow %q, want GET, HEAD", got)
	}
}

func TestTheOutboxListsTheNewestFirst(t *testing.T) {
	t.Parallel()
	page := open(t).get(t, "/en/dev/outbox").Body.String()
	first, second := strings.Index(page, "Aikanne on varattu"), strings.Index(page, "Din bokning är avbokad")
	if first < 0 || second < first {
		t.Errorf("got the subjects at %d and %d, want the newer one first", first, second)
	}
	for _, want := range []string{"maija.meikalainen@example.org", `lang="sv"`, "Failed for good", "Cancelled"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
}

func TestTheFrameRunsAndLoadsNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.box.kept[0].Message.HTML = `<html><body><a href="https://booking.example.org/x" target="_blank">x</a><a href="/y">y</a></body></html>`
	around := d.get(t, mailPath)
	if csp := around.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src 'self'") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("got the policy %q around the frame", csp)
	}
	if !strings.Contains(around.Body.String(), `sandbox="allow-popups allow-top-navigation-by-user-activation"`) {
		t.Error("the frame is not sandboxed")
	}
	if csp := d.get(t, "/en/dev/outbox").Header().Get("Content-Security-Policy"); strings.Contains(csp, "frame-src") {
		t.Errorf("another page may have frames: %q", csp)
	}
	w := d.get(t, mailPath+"/html")
	want := "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
		"sandbox allow-popups allow-top-navigation-by-user-activation"
	if got := w.Header().Get("Content-Security-Policy"); got != want {
		t.Errorf("got policy %q, want %q", got, want)
	}
	if got := w.Header().Get("X-Frame-Options"); got != "SAMEORIGIN" {
		t.Errorf("got X-Frame-Options %q: the page could not show it", got)
	}
	if got := strings.Count(w.Body.String(), `target="_top"`); got != 2 || strings.Contains(w.Body.String(), "_blank") {
		t.Errorf("got %d links that leave the frame, want both:\n%s", got, w.Body)
	}
}

func TestTheCalendarPartIsAFile(t *testing.T) {
	t.Parallel()
	w := open(t).get(t, mailPath+"/calendar.ics")
	if got := w.Header().Get("Content-Type"); got != "text/calendar; charset=utf-8; method=REQUEST" {
		t.Errorf("got type %q", got)
	}
	if got := w.Body.String(); !strings.HasPrefix(got, "BEGIN:VCALENDAR\r\n") {
		t.Errorf("got %q", got)
	}
}

func TestTestsReadTheOutboxAsJSON(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.box.kept[0].Message.HTML = `<p><a href="https://booking.example.org/fi/vuorela/link/0123">x</a></p>`
	w := d.get(t, "/en/dev/outbox.json")
	var got []struct {
		ID, To, Event, Lang, Subject, Text, HTML, Calendar, Failure string
		Links                                                       []string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("got %d mails, want 2", len(got))
	}
	m := d.box.kept[0].Message
	if g := got[0]; g.To != m.To.Email || g.Event != "appointment.booked" || g.Lang != "fi" || g.Text != m.Text || g.HTML != m.HTML || g.Calendar != string(m.Calendar) {
		t.Errorf("got %+v", g)
	}
	if !slices.Equal(got[0].Links, []string{"https://booking.example.org/fi/vuorela/link/0123"}) || got[1].Links == nil {
		t.Errorf("got links %v and %v", got[0].Links, got[1].Links)
	}
	if got[1].Failure != "permanent" {
		t.Errorf("got failure %q", got[1].Failure)
	}
}

func TestSendAgainSendsTheSameMessage(t *testing.T) {
	t.Parallel()
	d := open(t)
	for range 2 { // the second one fails, which the list shows
		w := d.post(t, mailPath, nil)
		wantStatus(t, w, http.StatusSeeOther)
		if got := w.Header().Get("Location"); got != "/en/dev/outbox" {
			t.Errorf("got location %q", got)
		}
		d.box.failing = 1
	}
	if len(d.box.sent) != 2 || d.box.sent[0].MessageID() != d.box.kept[0].Message.MessageID() {
		t.Errorf("got %d messages, want the kept one twice", len(d.box.sent))
	}
}

func TestTheNextMailCanBeMadeToFail(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, c := range []struct {
		fail      string
		n         int
		permanent bool
		says      string
	}{{"temporary", 1, false, "The next mail fails for now."}, {"permanent", 1, true, "The next mail fails for good."}, {"none", 0, false, ""}} {
		wantStatus(t, d.post(t, "/en/dev/outbox", url.Values{"fail": {c.fail}}), http.StatusSeeOther)
		if n, permanent := d.box.Failing(); n != c.n || permanent != c.permanent {
			t.Errorf("%s: got %d, %v", c.fail, n, permanent)
		}
		if page := d.get(t, "/en/dev/outbox").Body.String(); !strings.Contains(page, c.says) || c.says == "" && strings.Contains(page, "The next mail fails") {
			t.Errorf("%s: the page does not say %q", c.fail, c.says)
		}
	}
	wantStatus(t, d.post(t, "/en/dev/outbox", url.Values{"fail": {"everything"}}), http.StatusUnprocessableEntity)
}

func TestTheClockMovesForwardByTheStepsThereAre(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, by := range []string{"1m", "16m", "1h", "1d", "1w"} {
		wantStatus(t, d.post(t, "/en/dev/clock", url.Values{"by": {by}}), http.StatusSeeOther)
	}
	want := []time.Duration{time.Minute, 16 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	if !slices.Equal(d.forward, want) || d.kicks != 5 {
		t.Errorf("got moves %v and %d kicks, want %v and 5", d.forward, d.kicks, want)
	}
	for _, by := range []string{"", "-1h", "2h", "1000000h"} {
		wantStatus(t, d.post(t, "/en/dev/clock", url.Values{"by": {by}}), http.StatusUnprocessableEntity)
	}
	d.stuck = errors.New("not kept")
	wantStatus(t, d.post(t, "/en/dev/clock", url.Values{"by": {"1m"}}), http.StatusInternalServerError)
	if d.kicks != 5 {
		t.Errorf("got %d kicks, want none after the clock stood still", d.kicks)
	}
}

func TestTheClockTellsTheTimeWhereTheOfficesAre(t *testing.T) {
	t.Parallel()
	page := open(t).get(t, "/en/dev/clock").Body.String()
	if !strings.Contains(page, "It is Friday 20 November 2026, 16:02.") {
		t.Errorf("the page does not tell Helsinki's time:\n%s", page)
	}
}

// TestEverySampleIsASoundPage renders every state of every page in every language. With LUUKKU_SHOTS it also leaves them in that directory.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	webtest.Samples(t, site(t), "", "/dev", org.Brand{}, Samples())
}

func TestAPhoneSendsAndShowsItsMessages(t *testing.T) {
	t.Parallel()
	d := open(t)
	form := url.Values{"org": {"vuorela"}, "number": {"+358401234567"}, "to": {"16160"}, "text": {"VARAA"}, "key": {"k1"}}
	if w := d.post(t, "/fi/dev/phone", form); w.Code != http.StatusSeeOther {
		t.Fatalf("got %d", w.Code)
	}
	if w := d.get(t, "/fi/dev/phone.json?org=vuorela&number=%2B358401234567"); !strings.Contains(w.Body.String(), `"text": "VARAA"`) {
		t.Errorf("got %s", w.Body)
	}
	form.Set("number", "")
	if w := d.post(t, "/fi/dev/phone", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "VARAA") {
		t.Errorf("without a number: got %d, want 422 with what was typed", w.Code)
	}
}
