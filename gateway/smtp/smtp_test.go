package smtp_test

import (
	"net"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"luukku/domain/notify"
	"luukku/gateway/mailtest"
	"luukku/gateway/smtp"
)

func (s *server) taken(t *testing.T) []mailtest.Mail {
	t.Helper()
	var out []mailtest.Mail
	for _, l := range s.got() {
		out = append(out, read(t, l.raw))
	}
	return out
}

// once makes the server do something to the next message, at one stage.
func (s *server) once(stage string, do func(c net.Conn) error) {
	done := false
	s.behave(func(at string, c net.Conn) error {
		if at != stage || done {
			return nil
		}
		done = true
		return do(c)
	})
}

func drop(c net.Conn) error { return c.Close() }

func refuse(code int) func(net.Conn) error {
	return func(net.Conn) error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 1, 1}, Message: "<canary+a@example.org>: Canary is unknown here"}
	}
}

func TestTheGatewayIsAMailer(t *testing.T) {
	t.Parallel()
	mailtest.Conformance(t, func(t *testing.T) mailtest.Subject {
		s := serve(t, false)
		return mailtest.Subject{
			Mailer: smtp.New(s.config()),
			Taken:  func() []mailtest.Mail { return s.taken(t) },
			Trouble: func(trouble mailtest.Trouble) bool {
				switch trouble {
				case mailtest.Refuse:
					s.once("rcpt", refuse(550))
				case mailtest.Later:
					s.once("rcpt", refuse(451))
				case mailtest.Lose:
					s.once("end", drop)
				}
				return true
			},
		}
	})
}

func TestTheConversationIsEncryptedSignedInAndAddressed(t *testing.T) {
	t.Parallel()
	for name, implicit := range map[string]bool{"STARTTLS": false, "TLS from the first octet": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, implicit)
			cfg := s.config()
			if implicit {
				cfg.TLS = smtp.TLS
			}
			receipt, err := smtp.New(cfg).Send(t.Context(), mailtest.Message("a1"))
			if err != nil {
				t.Fatal(err)
			}
			if want := (notify.Receipt{Reference: "a1@office.example.org", Code: 250, Answer: "2.0.0 OK: queued"}); receipt != want {
				t.Errorf("got receipt %+v, want %+v", receipt, want)
			}
			got := s.got()
			if len(got) != 1 || !got[0].secured || got[0].user != user || got[0].from != "bounces@example.org" || got[0].to != "canary+a@example.org" {
				t.Fatalf("got %+v", got)
			}
			want := "multipart/mixed(multipart/alternative(text/plain text/html text/calendar) application/ics)"
			if shape := shape(t, got[0].raw); shape != want {
				t.Errorf("got %s, want %s", shape, want)
			}
			if strings.Contains(strings.ToLower(got[0].raw), "go-mail") {
				t.Error("the mail tells which library wrote it")
			}
		})
	}
}

func TestAMailOfTextAloneHasOnePart(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	m := mailtest.Message("a1")
	m.HTML, m.Calendar, m.CalendarMethod, m.From = "", nil, "", notify.Address{}
	if _, err := smtp.New(s.config()).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := s.got()[0]
	if shape := shape(t, got.raw); shape != "text/plain" {
		t.Errorf("got %s, want text/plain", shape)
	}
	if from := read(t, got.raw).From; from != s.config().From {
		t.Errorf("got sender %+v, want the configured %+v", from, s.config().From)
	}
}

func TestBlanksInASubjectNeverEndTheHeader(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	m := mailtest.Message("a1")
	for blanks := range 12 {
		m.Subject = strings.Repeat("x", 56+blanks) + strings.Repeat(" ", blanks+2) + strings.Repeat("y", 75)
		m.To.Name = m.Subject
		if _, err := smtp.New(s.config()).Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range s.got() {
		head, _, _ := strings.Cut(l.raw, "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if strings.TrimSpace(line) == "" {
				t.Errorf("blank line in the header:\n%s", head)
			}
		}
		got := read(t, l.raw)
		if want := strings.Join(strings.Fields(got.Subject), " "); got.Subject != want || got.To.Name != want || got.HTML == "" {
			t.Errorf("got subject %q, name %q", got.Subject, got.To.Name)
		}
	}
}
