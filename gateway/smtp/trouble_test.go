package smtp_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"luukku/domain/notify"
	"luukku/gateway/mailtest"
	"luukku/gateway/smtp"
)

type outcome string

const (
	permanent outcome = "permanent"
	temporary outcome = "temporary"
	unknown   outcome = "unknown"
)

func outcomeOf(err error) outcome {
	switch {
	case notify.IsPermanent(err):
		return permanent
	case notify.IsUnknown(err):
		return unknown
	}
	return temporary
}

func expectFault(t *testing.T, err error, want outcome, stage notify.Stage, code int) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	if got := outcomeOf(err); got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	gotStage, gotCode := notify.StageFinal, 0
	if p, ok := errors.AsType[*notify.Permanent](err); ok {
		gotStage, gotCode = p.Stage, p.Code
	}
	if p, ok := errors.AsType[*notify.Temporary](err); ok {
		gotStage, gotCode = p.Stage, p.Code
	}
	if gotStage != stage || gotCode != code {
		t.Errorf("got stage %q, code %d; want %q, %d (%v)", gotStage, gotCode, stage, code, err)
	}
	for _, word := range []string{"anary", "@", password, "garbage"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("the error tells %q: %v", word, err)
		}
	}
}

func TestRefusalsOfARealServerAreToldApart(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	for _, c := range []struct {
		at    string
		code  int
		want  outcome
		stage notify.Stage
	}{
		{"mail", 451, temporary, notify.StageSender}, {"mail", 553, permanent, notify.StageSender}, {"mail", 530, temporary, notify.StageSender},
		{"rcpt", 450, temporary, notify.StageReceive}, {"rcpt", 550, permanent, notify.StageReceive}, {"rcpt", 421, temporary, notify.StageReceive},
		{"end", 452, temporary, notify.StageFinal}, {"end", 554, permanent, notify.StageFinal},
	} {
		s.once(c.at, refuse(c.code))
		_, err := smtp.New(s.config()).Send(t.Context(), mailtest.Message("a1"))
		expectFault(t, err, c.want, c.stage, c.code)
		if want := "." + "1.1"; !strings.Contains(err.Error(), want) {
			t.Errorf("%s %d: the enhanced code is missing in %v", c.at, c.code, err)
		}
	}
	if n := len(s.got()); n != 0 {
		t.Errorf("the server took %d mails", n)
	}
}

func TestALostConnectionIsUnknownOnlyAfterTheLastOctet(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	big := mailtest.Message("a1")
	big.Text = strings.Repeat("a line of text\n", 60_000)
	for _, c := range []struct {
		at    string
		want  outcome
		stage notify.Stage
		msg   notify.Message
	}{
		{"mail", temporary, notify.StageSender, mailtest.Message("a1")},
		{"rcpt", temporary, notify.StageReceive, mailtest.Message("a1")},
		{"data", temporary, notify.StageContent, big},
		{"end", unknown, notify.StageFinal, mailtest.Message("a1")},
		{"end", unknown, notify.StageFinal, big},
	} {
		s.once(c.at, drop)
		_, err := smtp.New(s.config()).Send(t.Context(), c.msg)
		expectFault(t, err, c.want, c.stage, 0)
	}
}

func TestOddServersAreToldApart(t *testing.T) {
	t.Parallel()
	garbage := "garbage for Canary <canary+a@example.org>"
	for name, c := range map[string]struct {
		answers map[string]string
		want    outcome
		stage   notify.Stage
		code    int
	}{
		"greets with 554":             {map[string]string{"greet": "554 no Canary"}, temporary, notify.StageConnect, 554},
		"greets with 421":             {map[string]string{"greet": "421 busy"}, temporary, notify.StageConnect, 421},
		"greets with garbage":         {map[string]string{"greet": garbage}, temporary, notify.StageConnect, 0},
		"greets with another service": {map[string]string{"greet": "HTTP/1.1 400 Bad Request"}, temporary, notify.StageConnect, 0},
		"hangs up at once":            {map[string]string{"greet": ""}, temporary, notify.StageConnect, 0},
		"refuses hello":               {map[string]string{"EHLO": "502 no", "HELO": "550 no Canary"}, temporary, notify.StageConnect, 502},
		"hangs up at hello":           {map[string]string{"EHLO": ""}, temporary, notify.StageConnect, 0},
		"garbage at sender":           {map[string]string{"MAIL": garbage}, temporary, notify.StageSender, 0},
		"garbage at recipient":        {map[string]string{"RCPT": "4x"}, temporary, notify.StageReceive, 0},
		"wants sign-in at sender":     {map[string]string{"MAIL": "530 5.7.0 sign in"}, temporary, notify.StageSender, 530},
		"refuses data for now":        {map[string]string{"DATA": "451 later"}, temporary, notify.StageContent, 451},
		"refuses data for good":       {map[string]string{"DATA": "554 never"}, permanent, notify.StageContent, 554},
		"hangs up at data":            {map[string]string{"DATA": ""}, temporary, notify.StageContent, 0},
		"garbage after the end":       {map[string]string{"dot": garbage}, unknown, notify.StageFinal, 0},
		"another yes after the end":   {map[string]string{"dot": "354 go on"}, unknown, notify.StageFinal, 0},
		"hangs up after the end":      {map[string]string{"dot": ""}, unknown, notify.StageFinal, 0},
		"shuts down after the end":    {map[string]string{"dot": "421 shutting down"}, temporary, notify.StageFinal, 421},
		"many lines, then no":         {map[string]string{"dot": "550-Canary\r\n550-is\r\n550 unknown"}, permanent, notify.StageFinal, 550},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := smtp.New(scripted(t, c.answers)).Send(t.Context(), mailtest.Message("a1"))
			expectFault(t, err, c.want, c.stage, c.code)
		})
	}
}

func TestWhatAServerSaysToGoodbyeChangesNothing(t *testing.T) {
	t.Parallel()
	for name, bye := range map[string]string{"hangs up": "", "refuses": "500 stay", "garbage": "x"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			receipt, err := smtp.New(scripted(t, map[string]string{"QUIT": bye, "dot": "250 2.0.0 queued as 4F2 for <canary@example.org>, ž\x07"})).Send(t.Context(), mailtest.Message("a1"))
			if want := "2.0.0 queued as 4F2 for ..."; err != nil || receipt.Answer != want {
				t.Errorf("got %+v, %v; want answer %q", receipt, err, want)
			}
		})
	}
}

func TestClearTextIsNeverAFallback(t *testing.T) {
	t.Parallel()
	cfg := scripted(t, nil)
	cfg.TLS = ""
	_, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1"))
	expectFault(t, err, temporary, notify.StageConnect, 0)
	if err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("got %v, want an error that says why", err)
	}
}

func TestAServerThatCannotBeTrustedGetsNothing(t *testing.T) {
	t.Parallel()
	for _, implicit := range []bool{false, true} {
		s := serve(t, implicit)
		stranger := s.config()
		stranger.RootCAs = x509.NewCertPool()
		otherName := s.config()
		otherName.Host = "localhost" // which the certificate does not carry
		for name, cfg := range map[string]smtp.Config{"unknown issuer": stranger, "other name": otherName} {
			if implicit {
				cfg.TLS = smtp.TLS
			}
			_, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1"))
			expectFault(t, err, temporary, notify.StageConnect, 0)
			if err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("%s, implicit %v: got %v, want an error that says why", name, implicit, err)
			}
		}
		if got := s.got(); len(got) != 0 {
			t.Errorf("the server took %+v", got)
		}
	}
}

func TestAWrongPasswordIsOursToMend(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	cfg := s.config()
	cfg.Password = "wrong horse"
	_, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1"))
	expectFault(t, err, temporary, notify.StageConnect, 535)
	if strings.Contains(err.Error(), "horse") || strings.Contains(err.Error(), user) {
		t.Errorf("the error tells: %v", err)
	}
}

func TestAPasswordNeverTravelsInClear(t *testing.T) {
	t.Parallel()
	cfg := scripted(t, map[string]string{"EHLO": "250-hello\r\n250 AUTH PLAIN LOGIN", "AUTH": "235 come in"})
	cfg.Host, cfg.Username, cfg.Password = "::ffff:127.0.0.1", user, password // the library trusts the name 127.0.0.1 and would sign in
	_, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1"))
	expectFault(t, err, temporary, notify.StageConnect, 0)
}

func TestNobodyListensMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	_, err = smtp.New(smtp.Config{Host: "127.0.0.1", Port: port, Now: clock}).Send(t.Context(), mailtest.Message("a1"))
	expectFault(t, err, temporary, notify.StageConnect, 0)
}

// A slow server is one that has reached a stage and says no more: the sender gives up by its context, so that no test waits for a clock.
func TestGivingUpOnASlowServerTellsHowFarItCame(t *testing.T) {
	t.Parallel()
	for stage, want := range map[string]struct {
		outcome
		notify.Stage
	}{
		"mail": {temporary, notify.StageSender}, "rcpt": {temporary, notify.StageReceive}, "end": {unknown, notify.StageFinal},
	} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			s := serve(t, false)
			ctx, giveUp := context.WithCancel(t.Context())
			release := make(chan struct{})
			t.Cleanup(func() { close(release) })
			s.once(stage, func(net.Conn) error { giveUp(); <-release; return errors.New("too late") })
			cfg := s.config()
			cfg.Timeout = 24 * time.Hour // the context alone ends it
			_, err := smtp.New(cfg).Send(ctx, mailtest.Message("a1"))
			expectFault(t, err, want.outcome, want.Stage, 0)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the context as its cause", err)
			}
		})
	}
}

// A command after half a message would end it with a dot, and the server would take the half.
func TestHalfAMessageIsNeverEnded(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	gaveUp, content := make(chan struct{}), make(chan string, 1)
	go func() { content <- stall(l, gaveUp) }()
	m := mailtest.Message("a1")
	m.Text = strings.Repeat("ž", 1<<19) // with the HTML some 6 MB on the wire, more than the buffers of a connection that nobody reads
	m.HTML = m.Text
	_, err = smtp.New(smtp.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.Clear, Timeout: time.Second, Now: clock}).Send(t.Context(), m)
	close(gaveUp)
	expectFault(t, err, temporary, notify.StageContent, 0)
	if got := <-content; got == "" || strings.Contains(got, "\r\n.\r\n") {
		t.Errorf("got %d octets that end in %q, want some without an end", len(got), got[max(0, len(got)-20):])
	}
}

func TestAServerThatNeverGreetsIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, way := range []smtp.Encryption{smtp.StartTLS, smtp.TLS, smtp.Clear} {
		_, err = smtp.New(smtp.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: way, Timeout: 50 * time.Millisecond, Now: clock}).
			Send(t.Context(), mailtest.Message("a1"))
		expectFault(t, err, temporary, notify.StageConnect, 0)
	}
}

func TestAConfigurationThatMakesNoSenseSaysSo(t *testing.T) {
	t.Parallel()
	good := smtp.Config{Host: "mail.example.org", Now: clock}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*smtp.Config){
		"no host": func(c *smtp.Config) { c.Host = "" }, "host with a break": func(c *smtp.Config) { c.Host = "a\r\nb" }, "port": func(c *smtp.Config) { c.Port = 70_000 },
		"encryption": func(c *smtp.Config) { c.TLS = "maybe" }, "password alone": func(c *smtp.Config) { c.Password = password }, "no clock": func(c *smtp.Config) { c.Now = nil },
		"helo": func(c *smtp.Config) { c.Helo = "a\r\nb" }, "sender": func(c *smtp.Config) { c.From.Email = "nobody" }, "bounces": func(c *smtp.Config) { c.EnvelopeFrom = "a b@example.org" },
		"timeout": func(c *smtp.Config) { c.Timeout = -1 },
	} {
		cfg := good
		spoil(&cfg)
		err := cfg.Check()
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: got %v, want an error that tells no secret", name, err)
		}
		if _, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1")); err == nil || outcomeOf(err) != temporary {
			t.Errorf("%s: Send got %v, want an error that may be tried again", name, err)
		}
	}
}
