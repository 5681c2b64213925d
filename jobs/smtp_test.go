package jobs_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	gosmtp "github.com/emersion/go-smtp"

	"luukku/domain/notify"
	"luukku/gateway/outbox"
	"luukku/gateway/smtp"
)

// postOffice is a real SMTP server that keeps what it is given.
type postOffice struct {
	mu   sync.Mutex
	to   []string
	mail []string
}

func (p *postOffice) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{p: p}, nil }

type session struct {
	p  *postOffice
	to string
}

func (*session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.to, s.p.mail = append(s.p.to, s.to), append(s.p.mail, string(b))
	return nil
}
func (*session) Reset()        {}
func (*session) Logout() error { return nil }

func TestABookingArrivesBySMTP(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	office := &postOffice{}
	srv := gosmtp.NewServer(office)
	srv.MaxLineLength = 998 + 2
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); _ = l.Close(); <-done })

	h := open(t)
	a := h.book(t, "cs")
	h.run(t, h.deps(smtp.New(smtp.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.Clear, Now: h.clock.Now})))
	wantStates(t, h.states(t, a), notify.StateSent)
	if len(office.mail) != 1 || office.to[0] != email {
		t.Fatalf("got mails to %q, want one to %s", office.to, email)
	}
	r, err := mail.CreateReader(strings.NewReader(office.mail[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := r.Header.Subject()
	if err != nil || !strings.HasPrefix(subject, "Váš termín je rezervovaný: v pondělí 30. listopadu") {
		t.Errorf("got subject %q, %v", subject, err)
	}
	if got := r.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("got Auto-Submitted %q", got)
	}
	if id, err := r.Header.MessageID(); err != nil || id != string(h.notices(t, a)[0].ID)+"@office.example.org" {
		t.Errorf("got Message-ID %q, %v", id, err)
	}
	types := map[string]bool{}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		types[kind] = true
		body, err := io.ReadAll(part.Body)
		if err != nil || len(body) == 0 {
			t.Errorf("%s: got %d octets, %v", kind, len(body), err)
		}
	}
	for _, want := range []string{"text/plain", "text/html", "text/calendar"} {
		if !types[want] {
			t.Errorf("got parts %v, want %s among them", types, want)
		}
	}
}

func TestTheDemoKeepsWhatItWouldHaveSent(t *testing.T) {
	t.Parallel()
	h := open(t)
	box := outbox.New(h.Store, notify.Address{Email: "no-reply@luukku.example"}, h.clock.Now)
	box.FailNext(1, false)
	a := h.book(t, "fi")
	h.run(t, h.deps(box))
	h.clock.Advance(time.Minute)
	h.run(t, h.deps(box))
	wantStates(t, h.states(t, a), notify.StateSent)
	kept, err := h.KeptMails(t.Context(), 10)
	if err != nil || len(kept) != 2 {
		t.Fatalf("got %d mails, %v; want the one that failed and the one that left", len(kept), err)
	}
	newest, oldest := kept[0], kept[1]
	if newest.Failure != "" || oldest.Failure != outbox.FailureTemporary || newest.Message.ID != oldest.Message.ID {
		t.Errorf("got %q then %q of notices %s and %s", oldest.Failure, newest.Failure, oldest.Message.ID, newest.Message.ID)
	}
	one, err := h.KeptMail(t.Context(), newest.ID)
	if err != nil || one.Message.Text != newest.Message.Text || one.Message.Org != town || len(one.Message.Calendar) == 0 {
		t.Errorf("got %+v, %v", one, err)
	}
}
