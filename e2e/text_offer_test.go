package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/web"
)

// offered waits for an offer that comes to a phone after other texts, and returns its code.
func (p *phone) offered(t *testing.T, before []string) string {
	t.Helper()
	text := p.next(t, before)
	code := offerCode.FindString(text)
	if code == "" {
		t.Errorf("want an offer with its code: %s", text)
	}
	return code
}

func finnishPhone(h *house, o order, n string) *phone {
	return &phone{h: h, org: o.org, number: "+35840123" + n}
}

// A number alone is enough to wait with, once it has said that it is theirs: by its answer, or by the button behind the link in the text. Before that nothing is offered
// to it; who says no, or answers a second too late, waits for nothing.
func TestS5_8_WaitWithANumberAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		h.stopAt(now)
		o := notary(l)
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
		_, code, _ := o.book(t, h.person(t), 40)
		line := func() (names []string) {
			list, err := h.app.Store.WaitingLine(t.Context(), o.org, h.service(t, o.org, o.service).ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				names = append(names, e.Name)
			}
			return names
		}
		join := func(name, n string) (*phone, string) {
			p := finnishPhone(h, o, n)
			done, asked := h.asksByText(t, o, p, name, "")
			done.MustText(say(l, "waiting.asked_title"))
			return p, asked
		}
		// Without the tick it says what is missing, and keeps what was typed.
		page := h.person(t).Get(o.calendar()).Click(say(l, "waiting.tell_me"))
		page = page.Form(say(l, "waiting.join")).Set("name", "Nobody").Set("phone", "040 1234500").Submit(say(l, "waiting.join"))
		page.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "waiting.texts_needed"))
		if page.Form(say(l, "waiting.join")).Value("phone") != "040 1234500" {
			t.Error("what was typed is not kept")
		}
		page.Form(say(l, "waiting.join")).Set("phone", "09 123456").Check("texts").Submit(say(l, "waiting.join")).
			MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "waiting.mobile_needed"))

		byAnswer, asked := join("Answers", "4501")
		byLink, linked := join("Presses", "4502")
		refuses, no := join("Refuses", "4503")
		late, tooLate := join("Late", "4504")
		silent, _ := join("Silent", "4505")
		if got := line(); len(got) != 0 {
			t.Errorf("%v are on the list before their numbers have answered", got)
		}
		other := finnishPhone(h, o, "4506")
		must(t, other.says(t, "yes "+offerCode.FindString(asked)), say(l, "sms.offer_unknown"))
		must(t, byAnswer.says(t, "yes"), offerCode.FindString(asked)) // a plain yes is asked about, and never guessed
		must(t, byAnswer.says(t, "yes "+offerCode.FindString(asked)), say(l, "sms.waiting_yes", "org", h.config(t, o.org).Org.Short.In(l))[:5])
		h.person(t).Get(h.path(t, shortLink.FindString(linked))).MustStatus(http.StatusOK).MustText(say(l, "waiting.prove_title")).
			Form(say(l, "waiting.prove")).Submit(say(l, "waiting.prove")).MustStatus(http.StatusOK).MustText(say(l, "waiting.place_title"))
		must(t, refuses.says(t, "no "+offerCode.FindString(no)), say(l, "sms.waiting_no"))
		if got := strings.Join(line(), " "); got != "Answers Presses" {
			t.Errorf("got %q on the list", got)
		}
		h.stopAt(now.Add(24*time.Hour + time.Second))
		must(t, late.says(t, "yes "+offerCode.FindString(tooLate)), say(l, "waiting.asked_over"))
		h.stopAt(now.Add(24 * time.Hour))

		before := map[*phone][]string{}
		for _, p := range []*phone{byAnswer, byLink, refuses, late, silent} {
			before[p] = p.got(t)
		}
		h.cancelBy(t, o, code)
		offer := byAnswer.offered(t, before[byAnswer])
		byLink.offered(t, before[byLink])
		must(t, byAnswer.says(t, "yes "+offer), "Booked", "Code")
		for _, p := range []*phone{refuses, late, silent} {
			if got := p.got(t); len(got) != len(before[p]) {
				t.Errorf("%s is told: %q", p.number, got[len(got)-1])
			}
		}
	})
}

// An offer by text message goes only to a number that has agreed to it; STOP counts for one that is queued already, and START brings back what was once agreed.
func TestS5_7_OfferByTextOnlyWithConsent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.stopAt(time.Date(2026, time.November, 23, 22, 30, 0, 0, time.UTC)) // in the quiet hours
		o := notary(l)
		h.setPolicy(t, o, `waiting_list = "first", offer_window = "20h", sms = "always", quiet_hours = "21:00-08:00"`)
		_, code, _ := o.book(t, h.person(t), 40) // days ahead: it waits for the morning
		agrees, silent, stops := finnishPhone(h, o, "4601"), finnishPhone(h, o, "4602"), finnishPhone(h, o, "4603")
		h.waitsByText(t, o, agrees, "Agrees", "agrees@example.org")
		h.asksByText(t, o, silent, "Silent", "silent@example.org")
		h.waitsByText(t, o, stops, "Stops", "stops@example.org")
		history, err := h.app.Consent.History(t.Context(), o.org, notify.SMS, agrees.number)
		if r, ok := consent.Latest(history, notify.SMS, consent.Offers); err != nil || !ok || !r.Given || r.Basis != consent.ByText || r.At == 0 {
			t.Errorf("got the consent %+v, want one with its date, by text message", r)
		}
		h.cancelBy(t, o, code)
		for _, email := range []string{"agrees@example.org", "silent@example.org", "stops@example.org"} {
			h.awaitMails(t, email, 2) // by mail at once
		}
		must(t, stops.says(t, "STOP"), "START")
		before := agrees.got(t)
		n := []int{len(silent.got(t)), len(stops.got(t))}
		h.stopAt(time.Date(2026, time.November, 24, 8, 0, 1, 0, time.UTC))
		finnishPhone(h, o, "4609").says(t, "HELP") // something happens, so that what is due is looked for
		agrees.offered(t, before)
		if got := [2]int{len(silent.got(t)), len(stops.got(t))}; got != [2]int{n[0], n[1]} {
			t.Errorf("who has not agreed, or has stopped, is told: %q %q", silent.got(t), stops.got(t))
		}
		must(t, stops.says(t, "START"), "STOP")
		for number, want := range map[string]bool{stops.number: true, silent.number: false} {
			if may, err := h.app.Consent.May(t.Context(), o.org, number, consent.Offers); err != nil || may != want {
				t.Errorf("%s may be offered times: %v %v, want %v", number, may, err, want)
			}
		}
	})
}

// A clerk asks the caller, and the consent is written down with its date and that it was given at the desk.
func TestS5_7_ClerkRecordsAConsentToOffers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
		_, code, _ := o.book(t, h.person(t), 8)
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		list := web.Path(l, "", "staff", string(o.org), "desk", "waiting") + "?service=" + o.service
		put := func(name, number string, agrees bool) {
			f := c.Get(list).MustStatus(http.StatusOK).Form(say(l, "desk.put_on_list_key")).Set("name", name).Set("phone", number)
			if agrees {
				f.Check("texts")
			}
			f.Submit(say(l, "desk.put_on_list_key")).MustStatus(http.StatusOK).MustText(name)
		}
		agrees, not := finnishPhone(h, o, "4701"), finnishPhone(h, o, "4702")
		put("Agrees", agrees.number, true)
		put("Does not", not.number, false)
		bad := c.Get(list).Form(say(l, "desk.put_on_list_key")).Set("name", "Landline").Set("phone", "09 123456").Check("texts").Submit(say(l, "desk.put_on_list_key"))
		bad.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "waiting.mobile_needed"))
		history, err := h.app.Consent.History(t.Context(), o.org, notify.SMS, agrees.number)
		if r, ok := consent.Latest(history, notify.SMS, consent.Offers); err != nil || !ok || !r.Given || r.Basis != consent.AtDesk {
			t.Errorf("got %+v", r)
		}
		h.eventually(t, "who agrees is told that they wait", func() bool { return len(agrees.got(t)) > 0 })
		before := agrees.got(t)
		h.cancelBy(t, o, code)
		agrees.offered(t, before)
		if offerCode.MatchString(strings.Join(not.got(t), "\n")) {
			t.Errorf("who has not agreed is offered the time: %q", not.got(t))
		}
	})
}

// From a number of its own, one offer is answered by a plain YES; a second one at the same time comes from another number, or with its code.
func TestS5_9_PlainYesToTheOffersOwnNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		const own = "+358457000999"
		o := notary(l)
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
		h.apply(t, "format = 1\n[organisations."+string(o.org)+"]\noffer_numbers = [\""+own+"\"]\n")
		_, first, _ := o.book(t, h.person(t), 8)
		_, second, _ := o.book(t, h.person(t), 9)
		p := finnishPhone(h, o, "4801")
		h.waitsByText(t, o, p, "Waiter", "w@example.org")
		before := p.got(t)
		h.cancelBy(t, o, first)
		if text := p.next(t, before); offerCode.MatchString(text) || !strings.Contains(text, "YES by") {
			t.Errorf("an offer from its own number needs no code: %q", text)
		}
		before = p.got(t)
		h.cancelBy(t, o, second)
		if text := p.next(t, before); !offerCode.MatchString(text) {
			t.Errorf("a second offer at once needs a code: %q", text)
		}
		// To the office's usual number a plain yes is asked about.
		must(t, p.says(t, "yes"), "YES ")
		p.to = own
		must(t, p.says(t, "Yes!"), "Booked", "Code")
	})
}

// A YES by text message is good until the last second of the offer, that second included, and not one later.
func TestS5_9_YesByTextToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		o := notary(l)
		h.stopAt(now)
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none"`)
		for i, c := range []struct {
			after time.Duration
			want  string
		}{{-time.Second, "Booked"}, {0, "Booked"}, {time.Second, say(l, "offer.over")}} {
			_, code, _ := o.book(t, h.person(t), 30)
			p := finnishPhone(h, o, "490"+string(rune('0'+i)))
			h.waitsByText(t, o, p, "Waiter "+string(rune('A'+i)), "")
			before := p.got(t)
			h.cancelBy(t, o, code)
			offer := p.offered(t, before)
			h.stopAt(now.Add(time.Hour + c.after))
			must(t, p.says(t, "yes "+offer), c.want)
			now = now.Add(2 * time.Hour)
			h.stopAt(now)
		}
	})
}

// One person is told of three times within a day, on however many lists they are, and of the next one when the day is over, to the second.
func TestS5_9_NoMoreOffersThanADayTakes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		o := notary(l)
		h.stopAt(now)
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "none", offers_a_day = 2`)
		var codes []string
		for n := range 4 {
			_, code, _ := o.book(t, h.person(t), 40+n)
			codes = append(codes, code)
		}
		p, other, busy := finnishPhone(h, o, "5001"), finnishPhone(h, o, "5002"), finnishPhone(h, o, "5009")
		h.waitsByText(t, o, p, "Waits", "")
		h.waitsByText(t, o, other, "Waits, too", "waits@example.org")
		offers := func() (n int) {
			for _, text := range p.got(t) {
				if strings.Contains(text, "A time is free") {
					n++
				}
			}
			return n
		}
		free := func(at time.Time, code string, want, mails int) {
			h.stopAt(at)
			h.cancelBy(t, o, code)
			h.awaitMails(t, "waits@example.org", mails) // who has an email address hears of it, or nobody does
			h.eventually(t, "what is due is done", func() bool { return offers() >= want })
			busy.says(t, "HELP")
			if got := offers(); got != want {
				t.Errorf("at %s: told of %d times, want %d", at.Format(time.TimeOnly), got, want)
			}
		}
		free(now, codes[0], 1, 2)
		free(now.Add(time.Hour), codes[1], 2, 3)
		free(now.Add(24*time.Hour-time.Second), codes[2], 2, 3)
		free(now.Add(24*time.Hour), codes[3], 3, 4)
	})
}

// In the quiet hours a time of the next 24 hours, to the second, is offered by text message at once, and one that is farther away when they are over.
func TestS5_9_TimesOfTheNextDayAreOfferedAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.stopAt(time.Date(2026, time.November, 23, 4, 0, 0, 0, time.UTC))
		h.queue(t, o, firstOne, `, sms = "always", quiet_hours = "07:00-20:00"`)
		var codes []string
		var starts []time.Time
		for n := range 3 {
			_, code, start := o.book(t, h.person(t), 20+n)
			codes, starts = append(codes, code), append(starts, moment(t, start))
		}
		p, busy := finnishPhone(h, o, "5101"), finnishPhone(h, o, "5109")
		h.waitsByText(t, o, p, "Waits", "waits@example.org")
		for i, earlier := range []time.Duration{24*time.Hour + time.Second, 24 * time.Hour, 24*time.Hour - time.Second} {
			before := p.got(t)
			h.stopAt(starts[i].Add(-earlier))
			h.cancelBy(t, o, codes[i])
			h.awaitMails(t, "waits@example.org", 2+i)
			if i > 0 {
				p.offered(t, before)
				continue
			}
			busy.says(t, "HELP")
			if got := p.got(t); len(got) != len(before) {
				t.Errorf("%s before its time it is offered in the quiet hours: %q", earlier, got)
			}
		}
	})
}

// A telephone that answers everything by itself is asked three times, and then left to those who work there.
func TestS5_8_AnAutoResponderDoesNotGoRoundForEver(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	p := h.phone(townHall, 1)
	p.says(t, "BOOK")
	answered := 0
	for range 30 {
		got := p.got(t)
		if len(got) == answered {
			break
		}
		for range len(got) - answered {
			p.sent++
			p.send(t, strings.Repeat("a", p.sent), "I am on holiday and will read this on Monday.")
		}
		answered = len(got)
		p.handled(t)
	}
	if got := len(p.got(t)); got > 4 {
		t.Errorf("two machines talked: %d answers", got)
	}
	staff := h.answersMessages(t, "answers", townHall)
	h.opened(t, staff, "en", townHall, p.number).MustText("I am on holiday")
}

// Answers stay in the alphabet of text messages, in Czech too, which halves their parts; where the organisation wants its accents, they are sent as written.
func TestS3_9_AnswersStayInTheAlphabetOfTexts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		n := 60
		dialogue := func(l i18n.Lang) (all []string) {
			n++
			p, w := h.phone(townHall, n), words[l]
			for _, text := range []string{w.book, "1", "2", "2", "Anna Dvořáková", w.yes, w.move} {
				all = append(all, p.says(t, text))
			}
			return all
		}
		for _, l := range languages() {
			for _, text := range dialogue(l) {
				if s := notify.SizeOf(text); s.Alphabet != notify.GSM7 {
					t.Errorf("%s: %q in %q", l, s.Odd, text)
				}
			}
		}
		h.apply(t, "format = 1\n[organisations."+string(townHall)+"]\npolicy = { sms_letters = \"marks\" }\n")
		all := strings.Join(dialogue("cs"), "\n")
		if !strings.Contains(all, "Anna Dvořáková") || !strings.Contains(all, say("cs", "sms.ask.service")) {
			t.Errorf("the accents are lost: %s", all)
		}
	})
}
