package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/demo"
	"luukku/e2e/client"
	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// begin is when the demos of tests begin: Monday 23 November 2026 at 9:01 in Helsinki. The minute keeps the limit of the notice (two hours at the register
// office) away from the times of the calendar while a test runs.
var begin = time.Date(2026, time.November, 23, 7, 1, 0, 0, time.UTC)

// engine is a database that everything must work on.
type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

// house is a demo that answers on a port of its own, with empty calendars, at a time of its own.
type house struct {
	base string
	app  *app.App
	log  *record
	gone atomic.Int64 // by how much skip has moved the clock
	hand atomic.Int64 // where stopAt has stopped it, as a Unix second; 0 lets it go
	file string       // of the SQLite database; empty on PostgreSQL
	// troubled says that something is to go wrong behind the pages, so that the log may say so.
	troubled bool
	made     int // things that object has made
}

// record keeps what was logged.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// logger writes all there is to say into the record.
func (r *record) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// incidents are the lines that say that something went wrong.
func (r *record) incidents() (lines []string) {
	for line := range strings.Lines(r.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "level=WARN") {
			lines = append(lines, line)
		}
	}
	return lines
}

// onBoth runs a story on both engines, each in a demo of its own.
func onBoth(t *testing.T, story func(t *testing.T, h *house)) {
	t.Helper()
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			story(t, open(t, e))
		})
	}
}

// open opens a demo on an engine: a copy of one that was made once, since most of a story's time would go into making it. It ends with the test, which fails when
// the data contradicts itself or the server logged an incident.
//
// Peers on the loopback address are trusted to say whom they speak for, so that a story can have people at several addresses.
func open(t *testing.T, e engine) *house {
	t.Helper()
	data := t.TempDir()
	return openAt(t, data, moldOf(e).copyTo(t, data), func(*config.Config) {})
}

// openWith opens one with other settings, made from nothing.
func openWith(t *testing.T, e engine, change func(c *config.Config)) *house {
	t.Helper()
	data := t.TempDir()
	dsn := sqliteAt(data)
	if e == postgres {
		dsn = pgtest.DSN(t, migrate)
	}
	return openAt(t, data, dsn, change)
}

// sqliteAt is the address of the database in a directory of data.
func sqliteAt(data string) string { return "sqlite:" + filepath.Join(data, "luukku.db") }

// settings are a demo's, as its environment gives them.
func settings(listen, data, dsn string) (config.Config, error) {
	env := map[string]string{"LUUKKU_LISTEN": listen, "LUUKKU_DATA": data, "LUUKKU_DATABASE": dsn}
	c, err := config.Load("", func(name string) string { return env[name] })
	c.Limits.RequestsPerSecond, c.TrustedProxies = 1000, []string{"127.0.0.0/8"}
	c.Limits.Wait = 0 // a slow machine is not what stories are about
	return c, err
}

// openAt opens what is there, or makes it.
func openAt(t *testing.T, data, dsn string, change func(c *config.Config)) *house {
	t.Helper()
	h := &house{log: &record{}}
	h.file, _ = strings.CutPrefix(dsn, "sqlite:")
	if h.file == dsn {
		h.file = ""
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := settings(l.Addr().String(), data, dsn)
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	h.base = "http://" + l.Addr().String()
	started := time.Now()
	h.app, err = demo.Open(t.Context(), c, demo.Options{
		Log: h.log.logger(), Empty: true,
		Now: func() time.Time {
			if at := h.hand.Load(); at != 0 {
				return time.Unix(at, 0)
			}
			return begin.Add(time.Since(started) + time.Duration(h.gone.Load()))
		},
	})
	if err != nil {
		t.Fatalf("open the demo: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended: %v", err)
		}
		h.sound(t)
		if err := h.app.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return h
}

// migrate makes the schema of the database that all databases of PostgreSQL are copied from.
func migrate(dsn string) error {
	d, err := sqldb.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return errors.Join(store.Migrate(context.Background(), d), d.Close())
}

// sound fails the test when the stored data contradicts itself, or when something went wrong behind a page.
func (h *house) sound(t *testing.T) {
	t.Helper()
	found, err := h.app.Store.Check(context.Background())
	if err != nil {
		t.Errorf("check the data: %v", err)
	}
	for _, f := range found {
		t.Errorf("the data contradicts itself: %s", f)
	}
	if !h.troubled {
		for _, line := range h.log.incidents() {
			t.Errorf("logged: %s", line)
		}
	}
}

// person opens a browser without JavaScript.
func (h *house) person(t *testing.T) *client.Client { return client.New(t, h.base) }

// personAt opens one at another network address.
func (h *house) personAt(t *testing.T, address string) *client.Client {
	c := h.person(t)
	c.Header = http.Header{"X-Forwarded-For": {address}}
	return c
}

// texts are the product's, so that a story finds its buttons in each language.
var texts = sync.OnceValue(i18n.MustLoad)

// say is a text of the product.
func say(l i18n.Lang, key string, args ...any) string { return texts().Printer(l).T(key, args...) }

// languages are the four, so that a story can be told in each.
func languages() []i18n.Lang {
	var all []i18n.Lang
	for _, l := range i18n.Languages() {
		all = append(all, l.Code)
	}
	return all
}

// forward are the buttons that move the demo's clock.
const (
	aMinute = "dev.forward.minute"
	aHold   = "dev.forward.hold" // sixteen minutes: one more than a time is held
	anHour  = "dev.forward.hour"
	aDay    = "dev.forward.day"
	aWeek   = "dev.forward.week"
)

// pass moves the demo's clock as a person does, by one of its buttons.
func (h *house) pass(t *testing.T, button string) {
	t.Helper()
	h.person(t).Get("/en/dev/clock").Click(say("en", button)).MustStatus(http.StatusOK)
}

// skip moves the clock without telling anybody, for times that no button has.
func (h *house) skip(d time.Duration) { h.gone.Add(int64(d)) }

// stopAt stops the clock at the beginning of a second, for stories that are exact to the second.
func (h *house) stopAt(at time.Time) { h.hand.Store(at.Unix()) }

// mail is one message in the demo's outbox.
type mail struct {
	ID, Org, To, Event, Subject, Text, HTML, Calendar string
	Lang                                              i18n.Lang
	Links                                             []string
	CalendarMethod                                    string `json:"calendar_method"`
	Failure                                           string `json:"failure"`
	MessageID                                         string `json:"message_id"`
	Unsubscribe                                       string `json:"unsubscribe"`
}

// mails are those sent to an address, oldest first.
func (h *house) mails(t *testing.T, to string) []mail {
	t.Helper()
	p := h.person(t).Get("/en/dev/outbox.json").MustStatus(http.StatusOK)
	var all, some []mail
	if err := json.Unmarshal(p.Body, &all); err != nil {
		t.Fatalf("read the outbox: %v", err)
	}
	for i := range all {
		if m := all[len(all)-1-i]; m.To == to {
			some = append(some, m)
		}
	}
	return some
}

// awaitMails waits until an address got n messages, and for no other; mail leaves within moments, so a minute is a fault, however busy the machine.
func (h *house) awaitMails(t *testing.T, to string, n int) []mail {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		got := h.mails(t, to)
		if len(got) == n {
			return got
		}
		if len(got) > n || time.Now().After(end) {
			t.Fatalf("got %d mails to %s, want %d: %+v", len(got), to, n, got)
		}
	}
}

// awaitMail waits until an address got a mail with a subject, among others or alone, and gives the newest such.
func (h *house) awaitMail(t *testing.T, to, subject string) (found mail) {
	t.Helper()
	h.eventually(t, to+" is written: "+subject, func() bool {
		for _, m := range h.mails(t, to) {
			if m.Subject == subject {
				found = m
			}
		}
		return found.Subject == subject
	})
	return found
}

// path is the local part of an absolute link to this house; a link that leads elsewhere ends the test.
func (h *house) path(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme+"://"+u.Host != h.base {
		t.Fatalf("the link %s does not lead to %s", link, h.base)
	}
	return u.RequestURI()
}
