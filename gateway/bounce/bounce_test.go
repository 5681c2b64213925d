package bounce_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/gateway/bounce"
)

const id = ids.Notice("06bq3ys8kd1vge1yzzxq5w5c8m")

func keyed(version string) func(kind, value string) []byte {
	return func(kind, value string) []byte {
		sum := sha256.Sum256([]byte(version + kind + "\x00" + value))
		return sum[:]
	}
}

func returns() bounce.Returns {
	return bounce.Returns{
		Address: "bounces@example.org", Hash: keyed("2"), Orgs: func(context.Context) ([]ids.Org, error) { return []ids.Org{"vuorela", "town"}, nil },
		Hashes: func(kind, value string) [][]byte { return [][]byte{keyed("2")(kind, value), keyed("1")(kind, value)} },
	}
}

func TestOnlyReturnPathsOfOursAreFound(t *testing.T) {
	t.Parallel()
	r := returns()
	for _, o := range []ids.Org{"vuorela", "town", ""} {
		for _, ref := range []ids.Notice{id, notify.RefOf(id, 2)} {
			path := r.Path(o, ref)
			local, _, _ := strings.Cut(path, "@")
			if clean, err := notify.ParseEmail(path); err != nil || clean != path || len(local) > 64 {
				t.Fatalf("%q is no address: %v", path, err)
			}
			for _, as := range []string{path, strings.ToUpper(path), "<" + path + ">"} {
				if gotOrg, got, err := r.Find(t.Context(), as); err != nil || gotOrg != o || got != ref {
					t.Errorf("%s: got %s, %s, %v", as, gotOrg, got, err)
				}
			}
		}
	}
	old := r
	old.Hash = keyed("1")
	if _, got, err := r.Find(t.Context(), old.Path("town", id)); err != nil || got != id {
		t.Errorf("made under the key before: %s, %v", got, err)
	}
	path := r.Path("town", id)
	forged := r
	forged.Hash = keyed("guessed")
	for _, bad := range []string{
		"", "@", "bounces@example.org", "bounces+@example.org", "bounces+" + string(id) + "@example.org", "bounces+" + string(id) + "-@example.org",
		strings.Replace(path, "bounces+", "bounces+a", 1), strings.Replace(path, "-", ".1-", 1), strings.Replace(path, "example.org", "example.com", 1),
		forged.Path("town", id), r.Path("elsewhere", id), path + "x", strings.Repeat("a", 300),
	} {
		if _, got, err := r.Find(t.Context(), bad); !errors.Is(err, bounce.ErrForeign) {
			t.Errorf("%q: got %q, %v", bad, got, err)
		}
	}
	r.Address = strings.Repeat("b", bounce.MaxLocal) + "@example.org"
	if r.Path("town", notify.RefOf(id, 99)) == "" {
		t.Error("the longest address has no room for its return paths")
	}
	r.Address = "b" + r.Address
	if r.Path("town", notify.RefOf(id, 99)) != "" {
		t.Error("a return path that is too long")
	}
}

// report is a delivery status notification as Postfix writes them.
func report(action, status string) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4WqL5m0Xz1.1700000000/mx.example.org"

This is a MIME-encapsulated message.

--4WqL5m0Xz1.1700000000/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4WqL5m0Xz1.1700000000/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4WqL5m0Xz1
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0200 (EET)

Final-Recipient: rfc822; maija@example.net
Original-Recipient: rfc822;maija@example.net
Action: %s
Status: %s
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <maija@example.net>: Recipient address
    rejected: User unknown

--4WqL5m0Xz1.1700000000/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Subject: Aika on varattu

--4WqL5m0Xz1.1700000000/mx.example.org--
`, action, status), "\n", "\r\n")
}

// Reports of other servers, each with its ways.
const (
	exim = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-type: text/plain\r\n\r\nAction: failed\r\n\r\n--b\r\n" +
		"Content-type: message/delivery-status\r\n\r\nReporting-MTA: dns; exim.example.org\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822;a@example.net\r\nStatus: 5.0.0\r\n\r\n--b--\r\n"
	exchange = "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"_b_\"\r\n\r\n--_b_\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n" +
		"--c\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--c--\r\n--_b_\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		"UmVwb3J0aW5nLU1UQTogZG5zO2EuZXhhbXBsZS5vcmcNCg0KRmluYWwtcmVjaXBpZW50OiBSRkM4MjI7YkBleGFtcGxlLm5ldA0KQWN0aW9uOiBmYWlsZWQNClN0YXR1czogNS4xLjEwDQo=\r\n--_b_--\r\n"
	group = "Content-Type: multipart/report; report-type=\"delivery-status\"; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n" +
		"Action: delayed\r\nStatus: 4.4.1\r\n\r\nAction: failed (of two)\r\nStatus: 5.2.2 (mailbox full)\r\n\r\n--b--\r\n"
	relayed  = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nAction: relayed\r\nStatus: 2.1.9\r\n\r\n--b--\r\n"
	wasRead  = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
	vacation = "From: maija@example.net\r\nSubject: Olen lomalla\r\nAuto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
	cut      = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n"
)

func TestReportsAreRead(t *testing.T) {
	t.Parallel()
	failed := func(why, status string) bounce.Report {
		return bounce.Report{Fate: notify.Undelivered, Why: why, Status: status}
	}
	for _, tt := range []struct {
		name, mail string
		want       bounce.Report
	}{
		{"no such mailbox", report("failed", "5.1.1"), failed(notify.WhyNoSuch, "5.1.1")},
		{"no such domain", report("failed", "5.4.4"), failed(notify.WhyNoSuch, "5.4.4")},
		{"full", report("FAILED", "5.2.2"), failed(notify.WhyFull, "5.2.2")},
		{"tried for days", report("failed", "4.4.7"), failed(notify.WhyExpired, "4.4.7")},
		{"refused", report("failed", "5.7.1"), failed(notify.WhyReturned, "5.7.1")},
		{"no status", report("failed", "unknown"), failed(notify.WhyReturned, "")},
		{"delayed", report("delayed", "4.4.1"), bounce.Report{Fate: notify.Buffered, Status: "4.4.1"}},
		{"delivered", report("delivered", "2.0.0"), bounce.Report{Fate: notify.Delivered, Status: "2.0.0"}},
		{"Exim", exim, failed(notify.WhyReturned, "5.0.0")},
		{"Exchange, in base64", exchange, failed(notify.WhyNoSuch, "5.1.10")},
		{"the worst of two", group, failed(notify.WhyFull, "5.2.2")},
	} {
		if got, err := bounce.Read(strings.NewReader(tt.mail)); err != nil || cmp.Diff(tt.want, got) != "" {
			t.Errorf("%s: %v %s", tt.name, err, cmp.Diff(tt.want, got))
		}
	}
	for name, mail := range map[string]string{
		"nothing": "", "no mail": "\x00\xff", "handed on": relayed, "somebody read it": wasRead, "somebody is away": vacation, "cut off": cut, "empty report": report("", ""),
		"no boundary": "Content-Type: multipart/report\r\n\r\nAction: failed\r\n",
	} {
		if got, err := bounce.Read(strings.NewReader(mail)); !errors.Is(err, bounce.ErrNoReport) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	lost := io.MultiReader(strings.NewReader(report("failed", "5.1.1")[:400]), iotest.ErrReader(errors.New("the connection broke")))
	if got, err := bounce.Read(lost); err == nil || errors.Is(err, bounce.ErrNoReport) {
		t.Errorf("broken off: got %+v, %v: it must come again", got, err)
	}
}

func FuzzReport(f *testing.F) {
	for _, s := range []string{report("failed", "5.1.1"), exim, exchange, group, relayed, vacation, cut} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := bounce.Read(strings.NewReader(s))
		if err != nil && got != (bounce.Report{}) || err == nil && got.Fate == "" || (got.Fate == notify.Undelivered) != (got.Why != "") {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// book keeps what arrived, unless it fails.
type book struct {
	mu   sync.Mutex
	got  []notify.Arrival
	fail error
}

func (b *book) Arrived(_ context.Context, a notify.Arrival) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail == nil {
		b.got = append(b.got, a)
	}
	return b.fail
}

// A mail server hands over what came back, by LMTP and by SMTP: what is no return path of ours is refused at once, what is no report changes nothing, and what
// could not be recorded is asked for again.
func TestAMailServerHandsOverWhatCameBack(t *testing.T) {
	t.Parallel()
	for name, lmtp := range map[string]bool{"LMTP": true, "SMTP": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &book{}
			r := returns()
			in := &bounce.Intake{Returns: r, Arrivals: b, Log: slog.New(slog.DiscardHandler)}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- in.Serve(ctx, l, lmtp, "booking.example.org") }()
			defer func() {
				stop()
				if err := <-done; err != nil {
					t.Errorf("the door closed: %v", err)
				}
			}()
			send := func(to, mail string) error {
				conn, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				c := gosmtp.NewClient(conn)
				if lmtp {
					c = gosmtp.NewClientLMTP(conn)
				}
				defer c.Close()
				return c.SendMail("", []string{to}, strings.NewReader(mail))
			}
			code := func(err error) int {
				if e, ok := errors.AsType[*gosmtp.SMTPError](err); ok {
					return e.Code
				}
				if e, ok := errors.AsType[gosmtp.LMTPDataError](err); ok {
					for _, one := range e {
						return one.Code
					}
				}
				return 0
			}
			path := r.Path("town", id)
			for _, to := range []string{"bounces@example.org", "postmaster@example.org", strings.Replace(path, "-", "-a", 1)} {
				if err := send(to, report("failed", "5.1.1")); code(err) != 550 {
					t.Errorf("%s: got %v", to, err)
				}
			}
			for _, mail := range []string{vacation, cut, "garbage", relayed} {
				if err := send(path, mail+"\r\n"); err != nil {
					t.Errorf("%.40q: %v", mail, err)
				}
			}
			if len(b.got) != 0 {
				t.Fatalf("got %+v", b.got)
			}
			b.fail = errors.New("the disk is full")
			if err := send(path, report("failed", "5.1.1")); code(err) != 451 {
				t.Errorf("not recorded: got %v", err)
			}
			b.fail = nil
			if err := send(path, report("failed", "5.1.1")); err != nil {
				t.Error(err)
			}
			want := []notify.Arrival{{Org: "town", ID: id, Channel: notify.Email, Fate: notify.Undelivered, Why: notify.WhyNoSuch}}
			if diff := cmp.Diff(want, b.got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
