package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/e2e/client"
)

// phone is a telephone that texts with an organisation.
type phone struct {
	h      *house
	org    ids.Org
	number string
	to     string // where it texts to; empty is the office's usual number
	sent   int
}

func (h *house) phone(o ids.Org, n int) *phone {
	return &phone{h: h, org: o, number: fmt.Sprintf("+4206012345%02d", n)}
}

// got are the texts that reached the phone, oldest first.
func (p *phone) got(t *testing.T) []string {
	t.Helper()
	c := p.h.person(t)
	body := c.Get("/en/dev/phone.json?" + url.Values{"org": {string(p.org)}, "number": {p.number}}.Encode()).Body
	var list []struct {
		Sent bool   `json:"sent"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range list {
		if !m.Sent {
			out = append(out, m.Text)
		}
	}
	return out
}

// send sends a text, under the gateway's own number of it.
func (p *phone) send(t *testing.T, ref, text string) {
	t.Helper()
	err := p.h.app.Texting.Receive(t.Context(), texting.Inbound{Org: p.org, Gateway: "test", Ref: p.number + "/" + ref, From: p.number, To: cmp.Or(p.to, "16160"), Body: text})
	if err != nil {
		t.Fatal(err)
	}
}

// says sends a text and returns its answer.
func (p *phone) says(t *testing.T, text string) string {
	t.Helper()
	before := p.got(t)
	p.sent++
	p.send(t, fmt.Sprint(p.sent), text)
	return p.next(t, before)
}

// next waits for one more text than there were, and returns it: while the clock stands, the list does not say which came last.
func (p *phone) next(t *testing.T, before []string) string {
	t.Helper()
	var fresh []string
	p.h.eventually(t, "a text comes", func() bool {
		fresh = p.got(t)
		for _, old := range before {
			if i := slices.Index(fresh, old); i >= 0 {
				fresh = slices.Delete(fresh, i, i+1)
			}
		}
		return len(fresh) > 0
	})
	return fresh[len(fresh)-1]
}

// handled waits until everything that the phone has sent was acted on.
func (p *phone) handled(t *testing.T) {
	t.Helper()
	p.h.eventually(t, "all texts are acted on", func() bool {
		list, err := p.h.app.Texting.From(t.Context(), p.org, p.number, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.State == texting.New {
				return false
			}
		}
		return true
	})
	time.Sleep(200 * time.Millisecond)
}

// must fails the test unless a text has all the parts.
func must(t *testing.T, text string, parts ...string) string {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) && !strings.Contains(text, notify.Plain(p)) { // accents that cost are left out
			t.Errorf("the text lacks %q: %s", p, text)
		}
	}
	return text
}

var (
	bookingCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}`)
	offerCode   = regexp.MustCompile(`\b[A-Z][2-9][A-Z][2-9]\b`)
)

// words are the commands in each language.
var words = map[i18n.Lang]struct{ book, yes, no, cancel, move string }{
	"fi": {"Varaa", "kyllä", "ei", "PERU", "siirrä"}, "sv": {"boka", "JA", "nej", "avboka", "Flytta"},
	"en": {"BOOK", "Yes.", "no", "cancel", "MOVE"}, "cs": {"obj", "ANO", "ne", "Storno", "přesun"},
}

// A whole booking by text message, its move and its cancellation, in each language: with the same receipt, code and PIN as on the pages.
func TestS3_9_BookMoveAndCancelByTextInEachLanguage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		n := 0
		for _, l := range []i18n.Lang{"fi", "sv", "en", "cs"} {
			n++
			p, w := h.phone(townHall, n), words[l]
			must(t, p.says(t, w.book), say(l, "sms.ask.service"), "\n1 ", "\n5 ")
			must(t, p.says(t, "nope 99"), say(l, "sms.not_understood"), "\n1 ")
			must(t, p.says(t, "1"), "\n1 ", "\n5 ", say(l, "sms.more"))
			must(t, p.says(t, "0"), "\n6 ")
			must(t, p.says(t, "2"), "\n1 ", "\n8 ")
			must(t, p.says(t, " 2. "))
			must(t, p.says(t, "Anna Dvořáková "+strings.ToUpper(string(l))), "Anna Dvořáková")
			receipt := p.says(t, w.yes)
			code := bookingCode.FindString(receipt)
			if code == "" || !regexp.MustCompile(`PIN \d{3} \d{3}`).MatchString(receipt) {
				t.Fatalf("%s: the receipt lacks a code or a PIN: %s", l, receipt)
			}
			o := order{lang: l, org: townHall}
			o.open(h.person(t), code).MustText("Anna Dvořáková", say(l, "manage.cancel"))

			// The number and nothing else opens nothing; the end of the code does, and is asked about.
			must(t, p.says(t, w.move), say(l, "sms.ask.code"))
			must(t, p.says(t, "0000"), say(l, "sms.not_understood"))
			must(t, p.says(t, strings.ToLower(code[len(code)-5:])), "\n1 ")
			must(t, p.says(t, "3"), "\n1 ")
			p.says(t, "4")
			must(t, p.says(t, w.yes), code)

			must(t, p.says(t, w.cancel+" "+code), "?")
			must(t, p.says(t, w.no), say(l, "sms.ended.cancel"))
			must(t, p.says(t, code+" "+w.cancel), "?")
			p.says(t, w.yes)
			o.open(h.person(t), code).MustText(say(l, "manage.title_cancelled"))
		}
	})
}

// The same message twice acts once and is answered once, also when both come at the same moment.
func TestS3_9_TheSameTextTwiceActsOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		p := h.phone(townHall, 1)
		for _, text := range []string{"BOOK", "1", "1", "1", "Jan Novák"} {
			p.says(t, text)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { p.send(t, "twice", "YES") })
		}
		all.Wait()
		p.send(t, "another", "YES") // said once more: it answers nothing any more
		p.handled(t)
		receipts := 0
		for _, text := range p.got(t) {
			if bookingCode.MatchString(text) {
				receipts++
			}
		}
		if receipts != 1 {
			t.Errorf("got %d receipts, want one: %q", receipts, p.got(t))
		}
	})
}

// cutShort is a store that fails once when a message is to be ended: as if the server had died between what was done and its answer.
type cutShort struct {
	texting.Store
	armed atomic.Bool
}

func (c *cutShort) Finish(ctx context.Context, f texting.Finish) (texting.Finished, error) {
	if c.armed.CompareAndSwap(true, false) {
		return 0, errors.New("cut short")
	}
	return c.Store.Finish(ctx, f)
}

// What was done before the server died is not done again when the message is taken up anew, and its answer is the one that was lost: of a booking, a move
// and a cancellation.
func TestS3_9_CutShortBetweenTheDeedAndTheAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.troubled = true
		cut := &cutShort{Store: h.app.Texting.Store}
		h.app.Texting.Store = cut
		p := h.phone(townHall, 1)
		sure := func() string {
			cut.armed.Store(true)
			return p.says(t, "YES")
		}
		for _, text := range []string{"BOOK", "3", "2", "1", "Jan Novák"} {
			p.says(t, text)
		}
		code := bookingCode.FindString(must(t, sure(), "PIN"))
		if code == "" {
			t.Fatal("no code")
		}
		for _, text := range []string{"MOVE " + code, "1", "1"} {
			p.says(t, text)
		}
		must(t, sure(), code)
		p.says(t, "CANCEL "+code)
		must(t, sure(), "Cancelled")
		a, err := h.app.Booking.Find(t.Context(), actor.Visitor(nil, "test"), townHall, code)
		if err != nil || a.Moves != 1 || a.Sequence != 2 {
			t.Errorf("got %d moves and the sequence %d (%v), want one move and one cancellation", a.Moves, a.Sequence, err)
		}
	})
}

// Two of a number's messages at once go one after the other, and a time that somebody else took in between is told, with others to choose from.
func TestS3_9_WhatSomebodyElseTookIsToldWithOtherTimes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		var all []*phone
		for i := range 8 {
			p := h.phone(townHall, 10+i)
			for _, text := range []string{"BOOK", "1", "1"} {
				p.says(t, text)
			}
			all = append(all, p)
		}
		var wg sync.WaitGroup
		answers := make([]string, len(all))
		for i, p := range all {
			wg.Go(func() { answers[i] = p.says(t, "1") })
		}
		wg.Wait()
		won := 0
		for _, a := range answers {
			switch {
			case strings.Contains(a, say("en", "sms.taken")):
				must(t, a, "\n1 ")
			default:
				won++
			}
		}
		units := len(h.config(t, townHall).Units("identity-card", h.config(t, townHall).OfficesOf("identity-card")[0].ID))
		if won == 0 || won > units {
			t.Errorf("%d hold the same time, of %d counters", won, units)
		}
	})
}

// Whatever else comes is no command: nothing, signs, other alphabets, far too much. What asks goes on asking, three times and no more.
func TestS3_9_WhatIsNotUnderstoodIsAskedAndNotGuessed(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	p := h.phone(townHall, 1)
	for i, text := range []string{"", "👍🏽", "Приве́т, как дела?", "שלום", strings.Repeat("á", 1600), "yes", "7", "K7PQ"} {
		p.send(t, fmt.Sprint("odd", i), text)
	}
	p.handled(t)
	if got := p.got(t); len(got) != 0 {
		t.Errorf("what is no command was answered: %q", got)
	}
	must(t, p.says(t, "BOOK CANCEL"), say("en", "sms.ask.which"))
	p.says(t, "BOOK")
	must(t, p.says(t, "👍🏽"), say("en", "sms.not_understood"), "\n1 ")
	must(t, p.says(t, strings.Repeat("x", 1600)), say("en", "sms.not_understood"))
	must(t, p.says(t, "42"), say("en", "sms.given_up"))
	p.send(t, "after", "42")
	p.handled(t)
	if got := p.got(t); len(got) != 5 {
		t.Errorf("got %d answers, want 5: who is not understood three times in a row gets no more", len(got))
	}
	must(t, p.says(t, "YES K7P4"), say("en", "sms.offer_unknown"))
	must(t, p.says(t, "CANCEL K7PQ-3M9X-TR"), say("en", "sms.ask.code"))
	must(t, p.says(t, "HELP"), "BOOK", "STOP")
	must(t, p.says(t, "Stop"), say("en", "sms.stopped", "org", "Trutnov"))
	must(t, p.says(t, "START"), say("en", "sms.started", "org", "Trutnov"))
}

// A machine that answers a machine gets silence after a while, and no booking is lost by it.
func TestS3_9_AMachineGetsNoMoreAnswers(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	p := h.phone(townHall, 1)
	for range 20 {
		p.says(t, "HELP")
	}
	for i := range 10 {
		p.send(t, fmt.Sprint("machine", i), "HELP")
	}
	p.handled(t)
	if got := len(p.got(t)); got != 20 {
		t.Errorf("got %d answers within the hour, want 20", got)
	}
	h.skip(61 * time.Minute)
	must(t, p.says(t, "HELP"), "STOP")
}

// The same limits as on the pages, in the same words; and somebody else's code opens the booking that it is of.
func TestS3_9_LimitsInTheSameWords(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	p := h.phone(townHall, 1)
	for _, text := range []string{"BOOK", "1", "1", "1", "Jan Novák"} {
		p.says(t, text)
	}
	code := bookingCode.FindString(p.says(t, "yes"))
	a, err := h.app.Booking.Find(t.Context(), actor.Visitor(nil, "test"), townHall, code)
	if err != nil {
		t.Fatal(err)
	}
	h.stopAt(time.Unix(a.Start, 0).Add(-29 * time.Minute))
	answer := p.says(t, "cancel "+code)
	must(t, answer, say("en", "manage.too_late_to_cancel", "cutoff", h.app.Site.Texts.Printer("en").Deadline(30*time.Minute)))
}

// waitsByText puts a phone on the waiting list of a service, with an email address or without, and answers that it wants offers by text message.
func (h *house) waitsByText(t *testing.T, o order, p *phone, name, email string) {
	t.Helper()
	_, asked := h.asksByText(t, o, p, name, email)
	must(t, p.says(t, "yes "+offerCode.FindString(asked)), "STOP")
}

// asksByText puts a phone on the waiting list of a service, and returns the question whether it wants offers.
func (h *house) asksByText(t *testing.T, o order, p *phone, name, email string) (done *client.Page, asked string) {
	t.Helper()
	before := p.got(t)
	page := h.person(t).Get(o.calendar()).Click(say(o.lang, "waiting.tell_me")).MustStatus(http.StatusOK)
	f := page.Form(say(o.lang, "waiting.join")).Set("name", name).Set("email", email).Set("phone", p.number).Check("texts")
	done = f.Submit(say(o.lang, "waiting.join")).MustStatus(http.StatusOK)
	return done, p.next(t, before)
}

// A freed time is offered to five by text message; three say yes at once: one has it, everybody hears, silence costs nothing.
func TestS5_9_OfferToFiveByTextFirstYesGetsIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := notary("en")
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
		_, code, start := o.book(t, h.person(t), 8)
		var phones []*phone
		for i := range 5 {
			p := &phone{h: h, org: o.org, number: fmt.Sprintf("+35840123450%d", i)}
			h.waitsByText(t, o, p, fmt.Sprintf("Waiter %c", 'A'+i), fmt.Sprintf("w%d@example.org", i))
			phones = append(phones, p)
		}
		h.cancelBy(t, o, code)
		codes := make([]string, len(phones))
		for i, p := range phones {
			h.eventually(t, "the time is offered by text", func() bool {
				for _, text := range p.got(t) {
					if strings.Contains(text, "A time is free") {
						codes[i] = offerCode.FindString(text)
					}
				}
				return codes[i] != ""
			})
		}
		must(t, phones[4].says(t, "yes"), codes[4])                                 // without the code it asks
		must(t, phones[4].says(t, "yes "+codes[3]), say("en", "sms.offer_unknown")) // somebody else's
		must(t, phones[4].says(t, "YES Z9Z9"), say("en", "sms.offer_unknown"))      // none
		answers := make([]string, 3)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				phones[i].send(t, "take", "Yes "+strings.ToLower(codes[i]))
				phones[i].handled(t)
			})
		}
		all.Wait()
		won := 0
		for i := range answers {
			all := strings.Join(phones[i].got(t), "\n")
			if bookingCode.MatchString(all) {
				won++
			} else {
				must(t, all, say("en", "offer.gone"))
			}
		}
		if won != 1 || o.isFree(h.person(t), start) {
			t.Errorf("%d got the time, want one", won)
		}
		// Those who were silent hear once that it went.
		for _, p := range phones[3:] {
			h.eventually(t, "who was silent hears that the time went", func() bool { return strings.Contains(strings.Join(p.got(t), "\n"), "went to somebody else") })
		}
		must(t, phones[3].says(t, "YES "+codes[3]), say("en", "offer.gone"))
	})
}
