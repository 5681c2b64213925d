package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"luukku/base/config"
	"luukku/base/i18n"
)

// mast is a gateway of text messages as Kannel speaks; it does what it is told to.
type mast struct {
	srv *httptest.Server

	mu   sync.Mutex
	do   int // the status that it answers; 0 takes the message and dies
	seen map[string]int
	got  map[string]int
}

func openMast(t *testing.T) *mast {
	t.Helper()
	m := &mast{do: http.StatusAccepted, seen: map[string]int{}, got: map[string]int{}}
	m.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		receipt, err := url.Parse(r.Header.Get("X-Kannel-Dlr-Url"))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		ref := receipt.Query().Get("ref")
		m.mu.Lock()
		do := m.do
		m.seen[ref]++
		if do == 0 || do == http.StatusAccepted {
			m.got[ref]++
		}
		m.mu.Unlock()
		if do != 0 {
			w.WriteHeader(do)
			return
		}
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	}))
	t.Cleanup(m.srv.Close)
	return m
}

func (m *mast) answers(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.do = status
}

func (m *mast) count() (seen, got int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen), len(m.got)
}

func (m *mast) gateway() config.Gateway {
	return config.Gateway{Kind: "kannel", URL: m.srv.URL, Username: "luukku", Password: "geheim", ReceiveSecret: "s3cret"}
}

// Two gateways of text messages and two mail servers: when the first fails, the second takes over, whoever books is told once, and nothing that the first may have
// is sent by the second; when the first is well again, it gets the messages again.
func TestS5_7_SecondGatewayTakesOver(t *testing.T) {
	t.Parallel()
	const l = i18n.Lang("en")
	one, two := openMast(t), openMast(t)
	mailOne, mailTwo := openPost(t), openPost(t)
	h := openReal(t, sqlite, func(c *config.Config, _ string) {
		mailOne.settings(c)
		c.MailTwo = c.SMTP
		c.MailTwo.Port = mailTwo.port
		c.SMS.Gateway, c.SMSOther, c.SMS.Prefixes = one.gateway(), two.gateway(), []string{"+358"}
	}, "demo-town")
	h.setPolicy(t, passport(l), `sms = "always"`)
	n := 0
	books := func() string {
		t.Helper()
		n++
		o := passport(l)
		o.email = fmt.Sprintf("p%d@example.net", n)
		o.phone = fmt.Sprintf("+358401%06d", n*7919)
		o.book(t, h.person(t), n)
		return o.email
	}
	mailed := func(email string) int { return len(mailOne.to(email)) + len(mailTwo.to(email)) }

	first := books()
	h.eventually(t, "the first gateways have it", func() bool { _, got := one.count(); return got == 1 && len(mailOne.to(first)) == 1 })

	one.answers(http.StatusServiceUnavailable)
	busy := func(string) error {
		return &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	mailOne.mu.Lock()
	mailOne.deny = busy
	mailOne.mu.Unlock()
	var told []string
	for range 5 {
		told = append(told, books())
	}
	h.eventually(t, "the second gateways take over", func() bool {
		h.skip(10 * time.Second) // what was tried in vain is due again
		_, got := two.count()
		all := 0
		for _, email := range told {
			all += mailed(email)
		}
		return got == len(told) && all == len(told)
	})

	one.answers(0) // it takes what it gets, and dies
	mailOne.mu.Lock()
	mailOne.deny = nil
	mailOne.mu.Unlock()
	h.skip(2 * time.Minute)
	seen, _ := one.count()
	var lost string
	h.eventually(t, "the first is tried again", func() bool { lost = books(); s, _ := one.count(); return s > seen })
	h.eventually(t, "its mail leaves", func() bool { return mailed(lost) == 1 })
	h.eventually(t, "nobody knows of one text, and it is said", func() bool { return strings.Contains(h.log.String(), "notice.unknown") })
	one.mu.Lock()
	two.mu.Lock()
	defer one.mu.Unlock()
	defer two.mu.Unlock()
	for ref, n := range one.got {
		if n+two.got[ref] != 1 {
			t.Errorf("%s was taken %d times by the first and %d times by the second", ref, n, two.got[ref])
		}
	}
	for ref, n := range two.got {
		if n != 1 {
			t.Errorf("%s was taken %d times", ref, n)
		}
	}
	for _, email := range append(told, first) {
		if mailed(email) != 1 {
			t.Errorf("%s got %d mails", email, mailed(email))
		}
	}
}
