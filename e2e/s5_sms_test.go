package e2e

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms/kannel/kanneltest"
)

// listener is a room that hears what is no command.
type listener struct {
	mu    sync.Mutex
	heard []texting.In
}

func (l *listener) Take(_ context.Context, m texting.In) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, m)
	return nil
}

// S5.6, S5.7: the server as it is run, with a real Kannel: a text message goes out once with its receipt, and what somebody writes comes in once.
func TestS5_7_TextMessagesThroughKannel(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	k := kanneltest.Start(t, kanneltest.PostURL(base, "main", "s3cret"))
	env := map[string]string{"LUUKKU_LISTEN": l.Addr().String(), "LUUKKU_DATA": t.TempDir(), "LUUKKU_BASE_URL": base}
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	c.SMS.Gateway = config.Gateway{
		Kind: "kannel", URL: k.SendSMS, Username: kanneltest.Username, Password: kanneltest.Password, ReceiveSecret: "s3cret", ReceiveFrom: []string{"127.0.0.0/8"},
	}
	c.SMS.Prefixes, c.SMS.Numbers = []string{"+358"}, []string{"16400=vuorela"}
	h := &house{log: &record{}, base: base}
	h.app, err = app.Open(t.Context(), c, app.Options{Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	ears := &listener{}
	h.app.Texting.Room = ears
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended: %v", err)
		}
		if err := h.app.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	town, err := blueprints.Read("demo-town")
	if err != nil {
		t.Fatal(err)
	}
	h.apply(t, string(town))

	id := ids.Text("m1")
	send := texting.Outgoing{Org: "vuorela", ID: id, Event: "sms.answer", To: "+358401234567", Lang: "fi", Body: "Aikanne on varattu ti 1.12. klo 9.30 €"}
	if err := h.app.Texting.Send(t.Context(), send); err != nil {
		t.Fatal(err)
	}
	wait := func(what string, is func() bool) {
		t.Helper()
		for range 400 {
			if is() {
				return
			}
			time.Sleep(25 * time.Millisecond)
		}
		t.Fatalf("%s: it did not come\n%s", what, h.log)
	}
	want := "16400 +358401234567 text " + send.Body
	wait("the message", func() bool { return slices.Contains(k.Got(), want) })
	wait("its receipt", func() bool {
		fate, err := h.app.Store.Gate().Fate(t.Context(), "vuorela", ids.Notice(id))
		return err == nil && fate == notify.Delivered
	})
	k.Write(t, "+358401234567", "16400", "Hei, myöhästyn hieman")
	wait("the answer", func() bool { ears.mu.Lock(); defer ears.mu.Unlock(); return len(ears.heard) > 0 })
	if m := ears.heard[0]; m.Org != "vuorela" || m.From != "+358401234567" || m.Body != "Hei, myöhästyn hieman" || m.Gateway != "main" || len(ears.heard) != 1 {
		t.Errorf("got %+v", ears.heard)
	}
	if n := len(k.Got()); n != 1 {
		t.Errorf("the network got %d messages, want 1: %q", n, k.Got())
	}
	for _, secret := range []string{"401234567", "myöhästyn", "varattu", "s3cret", kanneltest.Password} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}
