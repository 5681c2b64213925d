package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/gateway/sms/kannel/kanneltest"
	"luukku/store/sqldb"
)

// openKannel opens the server as it is run, with a real Kannel and a mail server.
func openKannel(t *testing.T, numbers []string, towns ...string) (*house, *kanneltest.Kannel, *mailHouse) {
	t.Helper()
	var k *kanneltest.Kannel
	p := openPost(t)
	h := openReal(t, sqlite, func(c *config.Config, base string) {
		k = kanneltest.Start(t, kanneltest.PostURL(base, "main", "s3cret"))
		p.settings(c)
		c.SMS.Gateway = config.Gateway{
			Kind: "kannel", URL: k.SendSMS, Username: kanneltest.Username, Password: kanneltest.Password, ReceiveSecret: "s3cret", ReceiveFrom: []string{"127.0.0.0/8"},
		}
		c.SMS.Prefixes, c.SMS.Numbers, c.EID.TestIdentifiers = []string{"+358", "+420"}, numbers, "yes"
	}, towns...)
	return h, k, p
}

// mobile is a telephone in the network behind Kannel.
type mobile struct {
	h          *house
	k          *kanneltest.Kannel
	number, to string
}

func (m mobile) got() []string { return m.k.Texts(m.number) }

// says sends a text and returns what comes next, whole: its receipt comes when the network has all of it.
func (m mobile) says(t *testing.T, text string) string {
	t.Helper()
	n := len(m.got())
	m.k.Write(t, m.number, m.to, text)
	return m.next(t, n)
}

// next waits for the text after the first n.
func (m mobile) next(t *testing.T, n int) string {
	t.Helper()
	m.h.eventually(t, fmt.Sprintf("a text after the %d of %s comes", n, m.number), func() bool { return len(m.got()) > n })
	last := ""
	m.h.eventually(t, "it is whole", func() bool {
		was := last
		last = m.got()[n]
		return was == last
	})
	return last
}

// holds waits for a text with a part in it.
func (m mobile) holds(t *testing.T, part string) string {
	t.Helper()
	var found string
	m.h.eventually(t, fmt.Sprintf("%s gets %q", m.number, part), func() bool {
		i := slices.IndexFunc(m.got(), func(s string) bool { return strings.Contains(s, part) })
		if i >= 0 {
			found = m.got()[i]
		}
		return i >= 0
	})
	return found
}

// S3.3, S3.9, S5.6: with Kannel running on loopback, in each language: a whole booking by text message with code and PIN, and its reminder the day before, once.
func TestS3_9_BookedAndRemindedThroughKannel(t *testing.T) {
	t.Parallel()
	h, k, _ := openKannel(t, []string{"16400=town-hall"}, "town-hall")
	phones := map[i18n.Lang]mobile{}
	receipts := map[i18n.Lang]int{}
	for i, l := range []i18n.Lang{"fi", "sv", "en", "cs"} {
		p, w := mobile{h, k, fmt.Sprintf("+42060123456%d", i), "16400"}, words[l]
		phones[l] = p
		must(t, p.says(t, w.book), say(l, "sms.ask.service"), "\n1 ")
		must(t, p.says(t, "1"), "\n1 ", say(l, "sms.more"))
		must(t, p.says(t, "0"), "\n6 ")
		must(t, p.says(t, "6"), "\n1 ")
		p.says(t, "2")
		must(t, p.says(t, "Anna Dvořáková"), "Anna Dvořáková")
		receipt := must(t, p.says(t, w.yes), "PIN ")
		code := bookingCode.FindString(receipt)
		if code == "" {
			t.Fatalf("%s: no code: %s", l, receipt)
		}
		order{lang: l, org: townHall}.open(h.person(t), code).MustText("Anna Dvořáková")
		receipts[l] = len(p.got())
	}
	first, last := h.starts(t)
	h.stopAt(first.Add(-24*time.Hour - 2*time.Second))
	time.Sleep(1500 * time.Millisecond) // the jobs have looked
	for l, p := range phones {
		if n := len(p.got()); n != receipts[l] {
			t.Errorf("%s: reminded two seconds too early: %q", l, p.got()[n-1])
		}
	}
	h.stopAt(last.Add(-24 * time.Hour))
	for l, p := range phones {
		reminder := p.next(t, receipts[l])
		if bookingCode.FindString(reminder) == "" && !strings.Contains(reminder, h.base) {
			t.Errorf("%s: got %q, want a reminder", l, reminder)
		}
		if n := len(p.got()); n != receipts[l]+1 {
			t.Errorf("%s: %d texts after the booking, want the reminder alone: %q", l, n-receipts[l], p.got()[receipts[l]:])
		}
	}
}

// starts are when the first and the last appointment begin.
func (h *house) starts(t *testing.T) (first, last time.Time) {
	t.Helper()
	d, err := sqldb.Open(t.Context(), "sqlite:"+h.file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var from, to int64
	if err := d.Reader().QueryRowContext(t.Context(), "SELECT min(start_at), max(start_at) FROM appointment").Scan(&from, &to); err != nil {
		t.Fatal(err)
	}
	return time.Unix(from, 0), time.Unix(to, 0)
}

// S5.9: with Kannel, in each language: a freed time is offered to five by text message, three say yes at once: one has it, the others hear that it went.
func TestS5_9_OfferToFiveThroughKannel(t *testing.T) {
	t.Parallel()
	for _, l := range []i18n.Lang{"fi", "sv", "en", "cs"} {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			offerToFive(t, l)
		})
	}
}

func offerToFive(t *testing.T, l i18n.Lang) {
	h, k, post := openKannel(t, []string{"16401=register-office"}, "register-office")
	o := notary(l)
	h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
	_, code, start := o.book(t, h.person(t), 8)
	var phones []mobile
	var before []int
	for i := range 5 {
		p := mobile{h, k, fmt.Sprintf("+35840123450%d", i), "16401"}
		page := h.person(t).Get(o.calendar()).Click(say(l, "waiting.tell_me"))
		page.Form(say(l, "waiting.join")).Set("name", fmt.Sprintf("Waiter %d", i)).Set("email", fmt.Sprintf("w%d@example.net", i)).Set("phone", p.number).
			Check("texts").Submit(say(l, "waiting.join"))
		p.says(t, words[l].yes+" "+offerCode.FindString(p.next(t, 0)))
		phones, before = append(phones, p), append(before, len(p.got()))
	}
	h.cancelBy(t, o, code)
	codes := make([]string, len(phones))
	for i, p := range phones {
		if codes[i] = offerCode.FindString(p.next(t, before[i])); codes[i] == "" {
			t.Fatalf("no offer: %q", p.got())
		}
		h.eventually(t, "by mail, too", func() bool { return len(post.to(fmt.Sprintf("w%d@example.net", i))) > 0 })
	}
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() { k.Write(t, phones[i].number, "16401", words[l].yes+" "+strings.ToLower(codes[i])) })
	}
	all.Wait()
	won := 0
	for i, p := range phones {
		if bookingCode.MatchString(p.next(t, before[i]+1)) {
			won++
		}
	}
	if won != 1 || o.isFree(h.person(t), start) {
		t.Errorf("%d got the time, want one", won)
	}
}

// S5.8, S5.10: with Kannel, in each language: somebody writes with an identity code, the desk sees who it is about with the code hidden, answers, and sees when the
// answer was delivered. A network that does not deliver puts it on the desk's list.
func TestS5_8_ConversationThroughKannel(t *testing.T) {
	t.Parallel()
	const o, identityCode = ids.Org("oral-health"), "140385-902F"
	h, k, _ := openKannel(t, []string{"16402=oral-health"}, "oral-health")
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: h.member(t, "knows", actor.Grant{Role: actor.RoleClerk, Org: o}), Grants: []actor.Grant{{Role: actor.RoleClerk, Org: o}}}
	if _, err := h.app.Identity.MakeKnown(t.Context(), clerk, o, natid.FinnishCode, identityCode, "Maija Meikäläinen"); err != nil {
		t.Fatal(err)
	}
	c := h.answersMessages(t, "answers", o)
	wrote := map[i18n.Lang]string{"fi": "Hei, särkyä. Maija " + identityCode, "sv": "Hej, tandvärk. Maija " + identityCode, "en": "Hello, my tooth hurts, " + identityCode, "cs": "Dobry den, boli me zub " + identityCode}
	for i, l := range []i18n.Lang{"fi", "sv", "en", "cs"} {
		p := mobile{h, k, fmt.Sprintf("+35850123451%d", i), "16402"}
		k.Write(t, p.number, p.to, wrote[l])
		page := h.opened(t, c, l, o, p.number).MustText(say(l, "inbox.known.other"), "Maija Meikäläinen")
		if strings.Contains(page.Text(), "140385") {
			t.Errorf("%s: the code is shown", l)
		}
		answer := map[i18n.Lang]string{"fi": "Tulkaa tänään klo 13.20.", "sv": "Kom i dag kl. 13.20.", "en": "Come today at 13.20.", "cs": "Přijďte dnes ve 13.20."}[l]
		page.Form(say(l, "inbox.send_key")).Set("text", answer).Submit(say(l, "inbox.send_key")).MustText(answer)
		p.holds(t, answer)
		delivered, _, _ := strings.Cut(say(l, "inbox.delivery.delivered", "at", "@"), "@")
		h.eventually(t, "the desk sees that it was delivered", func() bool { return strings.Contains(c.Get(bare(page)).Text(), strings.TrimSpace(delivered)) })
	}
	if strings.Contains(h.log.String(), "140385") || strings.Contains(h.log.String(), "50123451") {
		t.Error("the log tells a code or a number")
	}
}
