package smtp_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"luukku/domain/notify"
	"luukku/gateway/mailtest"
	"luukku/gateway/smtp"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// certificate makes a certificate for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.org"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// letter is a mail as the server got it.
type letter struct {
	from, to string
	raw      string
	secured  bool
	user     string
}

// server is a real SMTP server (emersion/go-smtp) that can be told to misbehave.
type server struct {
	addr *net.TCPAddr
	pool *x509.CertPool

	mu      sync.Mutex
	letters []letter
	// hook is called at "mail", "rcpt", "data" (before its content is read) and "end" (after); it may close the connection.
	hook func(stage string, c net.Conn) error
}

func (s *server) at(stage string, c net.Conn) error {
	s.mu.Lock()
	hook := s.hook
	s.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(stage, c)
}

func (s *server) behave(hook func(stage string, c net.Conn) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

func (s *server) got() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter(nil), s.letters...)
}

type session struct {
	s *server
	c *gosmtp.Conn
	l letter
}

const user, password = "luukku", "right horse"

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, pass string) error {
		if name != user || pass != password {
			return &gosmtp.SMTPError{Code: 535, EnhancedCode: gosmtp.EnhancedCode{5, 7, 8}, Message: "no such user " + name + "@example.org"}
		}
		x.l.user = name
		return nil
	}), nil
}

func (x *session) Mail(from string, _ *gosmtp.MailOptions) error {
	_, x.l.secured = x.c.TLSConnectionState()
	x.l.from = from
	return x.s.at("mail", x.c.Conn())
}

func (x *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	x.l.to = to
	return x.s.at("rcpt", x.c.Conn())
}

func (x *session) Data(r io.Reader) error {
	if err := x.s.at("data", x.c.Conn()); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := x.s.at("end", x.c.Conn()); err != nil {
		return err
	}
	x.l.raw = string(raw)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.letters = append(x.s.letters, x.l)
	return nil
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// serve starts a server on the loopback interface. implicit means TLS from the first octet.
func serve(t *testing.T, implicit bool) *server {
	t.Helper()
	cert, pool := certificate(t)
	s := &server{pool: pool}
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) { return &session{s: s, c: c}, nil }))
	srv.Domain = "mail.example.org"
	srv.ErrorLog = log.New(io.Discard, "", 0)
	srv.MaxLineLength = 998 + 2 // RFC 5321, 4.5.3.1.6: whoever writes longer lines is refused
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().(*net.TCPAddr)
	if implicit {
		l = tls.NewListener(l, conf)
	} else {
		srv.TLSConfig = conf
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); _ = l.Close(); <-done }) // l too: a server that was closed before it served does not know it
	return s
}

func (s *server) config() smtp.Config {
	return smtp.Config{
		Host: "127.0.0.1", Port: s.addr.Port, Username: user, Password: password, RootCAs: s.pool, Helo: "booking.example.org", Timeout: 20 * time.Second, Now: clock,
		From: notify.Address{Name: "Luukku", Email: "no-reply@example.org"}, EnvelopeFrom: "bounces@example.org",
	}
}

// scripted is a server for what a decent one never does: answers are looked up by the first word of a command, "greet" and "dot".
func scripted(t *testing.T, answers map[string]string) smtp.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { converse(c, answers) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	return smtp.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.Clear, Timeout: 20 * time.Second, Now: clock}
}

// converse plays one conversation. An answer of "" closes the connection.
func converse(c net.Conn, answers map[string]string) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	usual := map[string]string{"greet": "220 hello", "EHLO": "250 hello", "HELO": "250 hello", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "dot": "250 taken",
		"QUIT": "221 bye", "RSET": "250 ok"}
	say := func(step string) bool {
		answer, ok := answers[step]
		if !ok {
			answer = usual[step]
		}
		if answer == "" {
			return false
		}
		_, err := io.WriteString(c, answer+"\r\n")
		return err == nil
	}
	if !say("greet") {
		return
	}
	content := false
	for in := bufio.NewScanner(c); in.Scan(); {
		step, _, _ := strings.Cut(in.Text(), " ")
		if content && in.Text() != "." {
			continue
		}
		if content {
			step = "dot"
		}
		content = step == "DATA" && strings.HasPrefix(answers["DATA"]+"354", "354")
		if !say(step) || step == "QUIT" {
			return
		}
	}
}

// stall is a server that asks for the content of one mail, does not read it until the sender has given up, and returns what there was.
func stall(l net.Listener, gaveUp <-chan struct{}) string {
	c, err := l.Accept()
	if err != nil {
		return ""
	}
	defer func() { _ = c.Close() }()
	_ = c.(*net.TCPConn).SetReadBuffer(256 << 10)
	in := bufio.NewReader(c)
	for _, answer := range []string{"220 hello", "250 hello", "250 ok", "250 ok", "354 go"} {
		if answer[:3] != "220" {
			if _, err := in.ReadString('\n'); err != nil {
				return ""
			}
		}
		if _, err := io.WriteString(c, answer+"\r\n"); err != nil {
			return ""
		}
	}
	<-gaveUp
	content, _ := io.ReadAll(in)
	return string(content)
}

// read parses a letter with another library than the one that wrote it.
func read(t *testing.T, raw string) mailtest.Mail {
	t.Helper()
	for l := range strings.SplitSeq(raw, "\r\n") {
		if len(l) > 998 || strings.ContainsAny(l, "\r\n\x00") {
			t.Errorf("line of %d octets: %.100q", len(l), l)
		}
	}
	r, err := mail.CreateReader(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("read: %v\n%s", err, raw)
	}
	m := mailtest.Mail{Headers: map[string]string{}}
	if m.MessageID, err = r.Header.MessageID(); err != nil {
		t.Errorf("Message-ID: %v", err)
	}
	if m.Subject, err = r.Header.Subject(); err != nil {
		t.Errorf("Subject: %v", err)
	}
	for field, to := range map[string]*notify.Address{"From": &m.From, "To": &m.To, "Reply-To": &m.ReplyTo} {
		list, err := r.Header.AddressList(field)
		if err != nil || len(list) > 1 {
			t.Errorf("%s: got %v, %v", field, list, err)
		}
		if len(list) == 1 {
			*to = notify.Address{Name: list[0].Name, Email: list[0].Address}
		}
	}
	for _, h := range (notify.Message{}).Headers() {
		if v, err := r.Header.Text(h.Name); err == nil && v != "" {
			m.Headers[h.Name] = v
		}
	}
	if date, err := r.Header.Date(); err != nil || !date.Equal(noon) {
		t.Errorf("Date: got %v, %v; want %v", date, err, noon)
	}
	var attached string
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("part: %v\n%s", err, raw)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatalf("body: %v", err)
		}
		switch h := p.Header.(type) {
		case *mail.InlineHeader:
			readInline(t, &m, h, string(body))
		case *mail.AttachmentHeader:
			name, err := h.Filename()
			if err != nil || name != smtp.AttachmentName {
				t.Errorf("attachment: got %q, %v", name, err)
			}
			attached = string(body)
		}
	}
	if mailtest.Lines(attached) != m.Calendar {
		t.Errorf("attached calendar %q differs from the part %q", attached, m.Calendar)
	}
	return m
}

func readInline(t *testing.T, m *mailtest.Mail, h *mail.InlineHeader, body string) {
	t.Helper()
	kind, params, err := h.ContentType()
	if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
		t.Errorf("content type: got %q %v, %v", kind, params, err)
	}
	switch kind {
	case "text/plain":
		m.Text = mailtest.Lines(body)
	case "text/html":
		m.HTML = mailtest.Lines(body)
	case "text/calendar":
		m.Calendar, m.CalendarMethod = mailtest.Lines(body), params["method"]
		if !bytes.Contains([]byte(body), []byte("\r\n")) {
			t.Errorf("calendar without CRLF: %q", body)
		}
	default:
		t.Errorf("unexpected part %q", kind)
	}
}

// shape returns the tree of content types of a letter.
func shape(t *testing.T, raw string) string {
	t.Helper()
	e, err := message.Read(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return shapeOf(t, e)
}

func shapeOf(t *testing.T, e *message.Entity) string {
	t.Helper()
	kind, _, err := e.Header.ContentType()
	if err != nil {
		t.Fatal(err)
	}
	parts := e.MultipartReader()
	if parts == nil {
		return kind
	}
	var inner []string
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return kind + "(" + strings.Join(inner, " ") + ")"
		}
		if err != nil {
			t.Fatal(err)
		}
		inner = append(inner, shapeOf(t, p))
	}
}
