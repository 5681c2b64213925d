package smtp

import (
	"bytes"
	"encoding/base64"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wneessen/go-mail"

	"luukku/domain/notify"
)

// AttachmentName is what the calendar file is called.
const AttachmentName = "appointment.ics"

// render builds the mail: text, then HTML, then the calendar as alternatives, since readers show the last one they know; and the calendar once more as
// a file, for those that know it only so. m has passed its Check.
func render(m notify.Message, envelopeFrom string, now time.Time) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(address(m.From))
	msg.ToMailAddress(address(m.To))
	if !m.ReplyTo.IsZero() {
		msg.ReplyToMailAddress(address(m.ReplyTo))
	}
	if envelopeFrom != "" {
		msg.EnvelopeFromMailAddress(&netmail.Address{Address: envelopeFrom})
	}
	if subject := single(m.Subject); strings.Contains(subject, "=?") {
		msg.SetGenHeaderPreformatted(mail.HeaderSubject, encodeAll(subject))
	} else {
		msg.Subject(subject)
	}
	msg.SetMessageIDWithValue(m.MessageID())
	msg.SetDateWithValue(now.UTC())
	for _, h := range m.Headers() {
		msg.SetGenHeader(mail.Header(h.Name), h.Value)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	if len(m.Calendar) == 0 {
		return msg, nil
	}
	msg.AddAlternativeString(mail.ContentType("text/calendar; method="+m.CalendarMethod), string(m.Calendar), mail.WithPartEncoding(mail.EncodingB64))
	if err := msg.AttachReader(AttachmentName, bytes.NewReader(m.Calendar), mail.WithFileContentType("application/ics")); err != nil {
		return nil, fmt.Errorf("attach the calendar: %w", err)
	}
	return msg, nil
}

func address(a notify.Address) *netmail.Address {
	return &netmail.Address{Name: single(a.Name), Address: a.Email}
}

// single makes runs of blanks one space: the library folds headers at spaces, and could otherwise write a line of nothing else.
func single(s string) string { return strings.Join(strings.Fields(s), " ") }

// encodeAll writes s as encoded words (RFC 2047), one to a line. The library leaves ASCII as it is, so that a subject that quotes an encoded word would
// be read as what that word stands for.
func encodeAll(s string) string {
	const most = 45 // octets, so that a word stays within 75
	var words []string
	for s != "" {
		n := min(most, len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?UTF-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, "\r\n ")
}
