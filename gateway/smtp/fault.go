package smtp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"unicode"

	"github.com/wneessen/go-mail"

	"luukku/domain/notify"
)

// codeTaken is the one answer to the last octet that means yes.
const codeTaken = 250

// ofSession are refusals that speak of the conversation or of our standing, not of the message: it is sent again once an administrator has mended the
// settings. 502 is what some servers say instead of 530.
var ofSession = []int{502, 503, 530, 534, 535, 538}

var (
	errBroken  = errors.New("the connection broke off")
	errGarbage = errors.New("the server's answer is not SMTP")
)

// connectFault is for everything before MAIL: nothing there is the message's fault. A server's words are left out, as they may quote a user name.
func connectFault(err, cause error) error {
	t := &notify.Temporary{Stage: notify.StageConnect, Cause: cause}
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		t.Code, t.Enhanced = answer.Code, enhanced(answer.Msg)
		t.Cause = nil
		return t
	}
	if cause != nil {
		return t
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		t.Cause = errGarbage
		return t
	}
	t.Cause = errors.New("no usable connection")
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		t.Cause = fmt.Errorf("the server's certificate: %w", bad.Err)
	}
	for _, known := range []error{mail.ErrPlainAuthNotSupported, mail.ErrLoginAuthNotSupported, mail.ErrNoSupportedAuthDiscovered} {
		if errors.Is(err, known) {
			t.Cause = known
		}
	}
	if strings.HasPrefix(err.Error(), "STARTTLS mode set to") { // the library has no value for it
		t.Cause = errors.New("the server does not offer STARTTLS")
	}
	return t
}

// answered reports whether the server refused in so many words, so that it is in a state to be told goodbye.
func answered(err error) bool {
	e, ok := errors.AsType[*mail.SendError](err)
	return ok && e.ErrorCode() != 0
}

// sendFault sorts what went wrong from MAIL on. A message whose last octet left without a clear answer is Unknown.
func sendFault(err, cause error) error {
	e, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return &notify.Unknown{Cause: errors.New("the mail library gave no reason")}
	}
	code, stage := e.ErrorCode(), stageOf(e.Reason)
	if code == 0 {
		if cause == nil {
			cause = errBroken
		}
		if stage == notify.StageFinal {
			return &notify.Unknown{Cause: cause}
		}
		if stage == notify.StageMessage {
			return &notify.Permanent{Stage: stage, Cause: errors.New(e.Reason.String())}
		}
		return &notify.Temporary{Stage: stage, Cause: cause}
	}
	if code >= 500 && code <= 599 && !slices.Contains(ofSession, code) {
		return &notify.Permanent{Stage: stage, Code: code, Enhanced: e.EnhancedStatusCode()}
	}
	return &notify.Temporary{Stage: stage, Code: code, Enhanced: e.EnhancedStatusCode()}
}

func stageOf(r mail.SendErrReason) notify.Stage {
	switch r {
	case mail.ErrGetSender, mail.ErrGetRcpts, mail.ErrNoUnencoded:
		return notify.StageMessage
	case mail.ErrConnCheck:
		return notify.StageConnect
	case mail.ErrSMTPMailFrom:
		return notify.StageSender
	case mail.ErrSMTPRcptTo:
		return notify.StageReceive
	case mail.ErrSMTPData, mail.ErrWriteContent:
		return notify.StageContent
	}
	return notify.StageFinal
}

// enhanced returns the enhanced status code that a server's words begin with, or "".
func enhanced(words string) string {
	first, _, _ := strings.Cut(words, " ")
	if len(first) < 5 || len(first) > 9 || strings.Count(first, ".") != 2 || strings.Trim(first, ".0123456789") != "" {
		return ""
	}
	return first
}

// scrub makes a server's words fit to be kept: printable ASCII in one line, without anything that has an @ in it.
func scrub(words string) string {
	fields := strings.FieldsFunc(words, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || r == 0x7f })
	for i, f := range fields {
		if strings.Contains(f, "@") {
			fields[i] = "..."
		}
	}
	s := strings.Join(fields, " ")
	return s[:min(len(s), 200)]
}
