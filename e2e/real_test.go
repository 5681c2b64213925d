package e2e

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"luukku/app"
	"luukku/base/config"
	"luukku/blueprints"
	"luukku/store/pgtest"
)

// openReal opens the server as it is run, with gateways instead of the demo's outbox, and the demo's towns in it. Its clock is that of the demos of tests.
func openReal(t *testing.T, e engine, change func(c *config.Config, base string), towns ...string) *house {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{log: &record{}, base: "http://" + l.Addr().String(), file: filepath.Join(t.TempDir(), "luukku.db"), troubled: true}
	dsn := "sqlite:" + h.file
	if e == postgres {
		h.file, dsn = "", pgtest.DSN(t, migrate)
	}
	env := map[string]string{"LUUKKU_LISTEN": l.Addr().String(), "LUUKKU_DATA": t.TempDir(), "LUUKKU_BASE_URL": h.base, "LUUKKU_DATABASE": dsn}
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	c.Limits.RequestsPerSecond, c.TrustedProxies, c.Limits.Wait = 1000, []string{"127.0.0.0/8"}, 0
	change(&c, h.base)
	started := time.Now()
	h.app, err = app.Open(t.Context(), c, app.Options{
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time {
			if at := h.hand.Load(); at != 0 {
				return time.Unix(at, 0)
			}
			return begin.Add(time.Since(started) + time.Duration(h.gone.Load()))
		},
	})
	if err != nil {
		t.Fatalf("open the server: %v", err)
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
	for _, name := range towns {
		town, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		h.apply(t, string(town))
	}
	return h
}

// mailHouse is a mail server, as the next one after ours.
type mailHouse struct {
	port int

	mu   sync.Mutex
	got  []posted
	deny func(to string) error // what it says to a recipient; nil takes them
}

// posted is a mail that it took.
type posted struct{ from, to, raw string }

func openPost(t *testing.T) *mailHouse {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &mailHouse{port: l.Addr().(*net.TCPAddr).Port}
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &postman{p: p}, nil }))
	s.Domain, s.ErrorLog = "mx.example.org", log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
	return p
}

// to are the mails to an address.
func (p *mailHouse) to(address string) (out []posted) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.got {
		if m.to == address {
			out = append(out, m)
		}
	}
	return out
}

// settings are how a server reaches it.
func (p *mailHouse) settings(c *config.Config) {
	c.SMTP.Host, c.SMTP.Port, c.SMTP.TLS, c.SMTP.From = "127.0.0.1", p.port, "none", "no-reply@example.org"
}

type postman struct {
	p *mailHouse
	m posted
}

func (s *postman) Mail(from string, _ *gosmtp.MailOptions) error { s.m.from = from; return nil }

func (s *postman) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.m.to = to
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.deny != nil {
		return s.p.deny(to)
	}
	return nil
}

func (s *postman) Data(r io.Reader) error {
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	s.m.raw = b.String()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got = append(s.p.got, s.m)
	return nil
}

func (s *postman) Reset() { s.m = posted{} }

func (s *postman) Logout() error { return nil }
