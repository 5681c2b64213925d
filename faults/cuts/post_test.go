package cuts

import (
	"io"
	"log"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// postOffice is a real SMTP server that counts the mails it accepted, by their Message-ID. Whoever sends the mail says so in HELO.
type postOffice struct {
	l net.Listener

	mu   sync.Mutex
	got  map[string]int
	gate func(sender, id string) // called when a mail's content has come and before it is accepted; may be nil
}

func openPost(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{l: l, got: map[string]int{}}
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) { return &postSession{p: p, c: c}, nil }))
	srv.Domain, srv.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); _ = l.Close(); <-done })
	return p
}

func (p *postOffice) port() string { return strconv.Itoa(p.l.Addr().(*net.TCPAddr).Port) }

// mails are how often each notice came.
func (p *postOffice) mails() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]int{}
	for id, n := range p.got {
		all[id] = n
	}
	return all
}

// atGate has a function called for each mail, before it is accepted.
func (p *postOffice) atGate(f func(sender, id string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = f
}

type postSession struct {
	p *postOffice
	c *gosmtp.Conn
}

func (*postSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (*postSession) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (*postSession) Reset()                                 {}
func (*postSession) Logout() error                          { return nil }

func (s *postSession) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-Id"), "<>"), "@")
	s.p.mu.Lock()
	s.p.got[id]++
	gate := s.p.gate
	s.p.mu.Unlock()
	if gate != nil {
		gate(s.c.Hostname(), id)
	}
	return nil
}
