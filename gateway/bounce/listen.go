package bounce

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// Limits of a conversation. A mail that comes back has ours in it, whole.
const (
	maxReturned = 8 << 20
	patience    = time.Minute
)

// Serve takes reports from a mail server until the context ends: by LMTP, or by SMTP from one that speaks nothing else.
func (i *Intake) Serve(ctx context.Context, l net.Listener, lmtp bool, domain string) error {
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &session{ctx: ctx, intake: i}, nil }))
	s.LMTP, s.Domain, s.MaxMessageBytes, s.MaxRecipients = lmtp, domain, maxReturned, 50
	s.ReadTimeout, s.WriteTimeout = patience, patience
	s.EnableSMTPUTF8 = true // a mail that comes back may have come far
	s.ErrorLog = log.New(io.Discard, "", 0)
	stop := context.AfterFunc(ctx, func() {
		_ = s.Close()
		_ = l.Close() // too: a server that was closed before it served does not know it
	})
	defer stop()
	if err := s.Serve(l); err != nil && ctx.Err() == nil && !errors.Is(err, gosmtp.ErrServerClosed) {
		return err
	}
	return nil
}

// session is one conversation.
type session struct {
	ctx    context.Context
	intake *Intake
	to     []string
}

// Mail takes any sender: reports come from the empty one, and what is none changes nothing.
func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }

// Rcpt takes return paths of ours, and nothing else.
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	_, _, err := s.intake.Returns.Find(s.ctx, to)
	if err == nil {
		s.to = append(s.to, to)
	}
	return answer(err)
}

// Data reads the report. It is about each of the return paths it came by.
func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		if err := s.intake.Take(s.ctx, to, bytes.NewReader(text)); err != nil {
			s.intake.Log.Error("bounce.not_taken", "error", err.Error())
			return answer(err)
		}
	}
	return nil
}

func (s *session) Reset() { s.to = nil }

func (s *session) Logout() error { return nil }

// answer says what SMTP says: no such mailbox, or later.
func answer(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrForeign):
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "No such return path"}
	}
	return &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
}
