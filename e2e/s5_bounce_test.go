package e2e

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	gosmtp "github.com/emersion/go-smtp"

	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/gateway/smtp"
)

// returned is what a mail server sends back.
func returned(action, status string) string {
	return fmt.Sprintf("From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; x@example.net\r\nAction: %s\r\nStatus: %s\r\n\r\n--b--\r\n", action, status)
}

// handBack hands a mail to the server's door for what came back.
func handBack(t *testing.T, address, to, mail string) error {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c := gosmtp.NewClientLMTP(conn)
	defer c.Close()
	return c.SendMail("", []string{to}, strings.NewReader(mail))
}

// A confirmation leaves signed, so that the receiver's own check believes it, and with a return path of its own. A mail server on the way returns it: the desk sees
// which one and why, at the booking and on the list; a delay is noted; forged, repeated and senseless reports change nothing; sent by the other channel the list
// is empty, and a report about the first time changes nothing any more.
func TestS5_7_ReturnedMailReachesTheDesk(t *testing.T) {
	t.Parallel()
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			const l = i18n.Lang("en")
			p := openPost(t)
			door, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			returns := door.Addr().String()
			if err := door.Close(); err != nil {
				t.Fatal(err)
			}
			key, err := smtp.NewKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "dkim.pem")
			if err := os.WriteFile(file, key, 0o600); err != nil {
				t.Fatal(err)
			}
			h := openReal(t, e, func(c *config.Config, _ string) {
				p.settings(c)
				c.DKIM.KeyFile, c.Bounces.Address, c.Bounces.Listen = file, "bounces@example.org", returns
			}, "demo-town")
			o := passport(l)
			o.email, o.phone = "erika@example.net", "+358401234567"
			_, code, _ := o.book(t, h.person(t), 3)
			h.eventually(t, "the confirmation leaves", func() bool { return len(p.to(o.email)) == 1 })
			m := p.to(o.email)[0]
			believed(t, file, m.raw)
			if !strings.HasPrefix(m.from, "bounces+") || strings.Contains(m.from, "erika") || strings.Contains(m.from, strings.ToLower(code)) {
				t.Errorf("the return path is %s", m.from)
			}

			c := h.clerk(t, "Kateřina", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
			list := func() string { return c.Get(deskAt(l, vuorela, "undelivered")).MustStatus(http.StatusOK).Text() }
			empty, event := say(l, "undelivered.none"), say(l, "undelivered.events.appointment_booked")
			for name, bad := range map[string]string{
				"forged": strings.Replace(m.from, "+", "+x", 1), "of nobody": "bounces@example.org", "of another's key": m.from[:strings.IndexByte(m.from, '-')+1] + "aaaaaaaaaaaaaaaa@example.org",
			} {
				if err := handBack(t, returns, bad, returned("failed", "5.1.1")); err == nil {
					t.Errorf("%s is taken", name)
				}
			}
			for _, senseless := range []string{"Subject: Olen lomalla\r\n\r\nPalaan.\r\n", returned("relayed", "2.0.0"), "\r\n"} {
				if err := handBack(t, returns, m.from, senseless); err != nil {
					t.Errorf("what is no report is sent back: %v", err)
				}
			}
			if got := list(); !strings.Contains(got, empty) {
				t.Errorf("the list says %s", got)
			}
			found := func() string {
				p := c.Get(deskAt(l, vuorela, "find")).Form(say(l, "desk.find_button")).Set("code", code).Submit(say(l, "desk.find_button"))
				return p.Click(o.name).MustStatus(http.StatusOK).Text()
			}
			take := func(action, status string) {
				t.Helper()
				if err := handBack(t, returns, strings.ToUpper(m.from), returned(action, status)); err != nil {
					t.Fatal(err)
				}
			}
			take("delayed", "4.4.1")
			if got := found(); !strings.Contains(got, say(l, "undelivered.state_buffered")) {
				t.Errorf("the booking says %s", got)
			}
			for range 3 { // repeated
				take("failed", "5.1.1")
				take("delivered", "2.0.0")
			}
			if got := list(); strings.Count(got, event) != 1 || !strings.Contains(got, say(l, "undelivered.why_address")) {
				t.Errorf("the list says %s", got)
			}
			if got := found(); !strings.Contains(got, say(l, "undelivered.state_returned", "why", say(l, "undelivered.why_address"))) {
				t.Errorf("the booking says %s", got)
			}
			page := c.Get(deskAt(l, vuorela, "undelivered"))
			page.Form(say(l, "undelivered.resend")).Check(event).Submit(say(l, "undelivered.resend")).MustText(say(l, "undelivered.done_resent"), empty)
			h.eventually(t, "it leaves again", func() bool { return len(p.to(o.email)) == 2 })
			again := p.to(o.email)[1]
			if again.from == m.from {
				t.Error("what is sent again has the return path of the first time")
			}
			take("failed", "5.1.1") // late, about the first time
			if got := list(); !strings.Contains(got, empty) {
				t.Errorf("a late report: the list says %s", got)
			}
			m = again
			take("failed", "5.2.2")
			if got := list(); !strings.Contains(got, say(l, "undelivered.why_full")) {
				t.Errorf("the list says %s", got)
			}
			p.mu.Lock()
			p.deny = func(string) error {
				return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
			}
			p.mu.Unlock()
			page = c.Get(deskAt(l, vuorela, "undelivered"))
			page.Form(say(l, "undelivered.resend")).Check(event).Submit(say(l, "undelivered.resend")).MustText(say(l, "undelivered.done_resent"))
			h.eventually(t, "it is refused at once", func() bool { return strings.Contains(list(), say(l, "undelivered.why_address")) })
			page = c.Get(deskAt(l, vuorela, "undelivered"))
			page.Form(say(l, "undelivered.resend")).Check(event).Submit(say(l, "undelivered.other")).MustText(say(l, "undelivered.done_resent"), empty)
			for _, secret := range []string{"erika@", "Exempel", "x@example.net", strings.ToLower(code)} {
				if strings.Contains(h.log.String(), secret) {
					t.Errorf("the log tells %q", secret)
				}
			}
		})
	}
}

// believed checks a mail as its receiver does.
func believed(t *testing.T, file, raw string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := smtp.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	record, err := smtp.DKIM{Domain: "example.org", Selector: "luukku", Key: key}.Record()
	if err != nil {
		t.Fatal(err)
	}
	list, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "luukku._domainkey.example.org" {
			return nil, errors.New(name)
		}
		return []string{record}, nil
	}})
	if err != nil || len(list) != 1 || list[0].Err != nil {
		t.Errorf("the signature is not believed: %v, %+v", err, list)
	}
}
