package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/e2e/client"
)

// lengthOf is how long the times are that a page of free times offers, as it says with the service.
func (h *house) saysLength(t *testing.T, o order, p *client.Page, length time.Duration) {
	t.Helper()
	p.MustText(texts().Printer(o.lang).Duration(length))
}

// One's own appointments and those of one's children are in one list, by person; before the time it is asked for whom it is; and who may not act for a child
// any more sees and opens nothing of it with the next request.
func TestS5_1_OneListByPerson(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, maija, liisa = i18n.Lang("en"), "Maija Meikäläinen", "Liisa Meikäläinen"
		c := h.person(t)
		h.settle(t, c, l, "bank", maija, "maija@example.org", true)
		o := passport(l)
		own, child := h.service(t, o.org, o.service).Name.In(l), say(l, "ui.signed.for", "name", liisa)
		bookFor := func(whom string) *client.Page {
			p := c.Get(o.url("services", o.service)).Click(say(l, "service.book")).MustText(say(l, "visit.for"))
			p = p.Form(say(l, "visit.for")).Set(say(l, "visit.for"), whom).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
			p = p.Click(say(l, "places.choose", "place", h.placeName(t, o)))
			return press(t, p, times(p)[0])
		}
		o.save(bookFor(say(l, "visit.for_me", "name", maija)).Form("details").Submit(say(l, "common.continue"))).MustStatus(http.StatusOK)
		p := bookFor(liisa).MustText(child)
		if got := p.Form("details").Value("name"); got != liisa {
			t.Errorf("the form begins with %q, want whom it is for", got)
		}
		p = p.Form("details").Submit(say(l, "common.continue")).MustText(child)
		o.save(p).MustStatus(http.StatusOK).MustText(child, liisa)
		p = bookFor(say(l, "visit.for_other"))
		if got := p.Form("details").Value("name"); got != "" || p.HasText(child) {
			t.Errorf("for somebody else the form begins with %q", got)
		}
		o.save(p.Form("details").Set("name", "Veikko Vieras").Submit(say(l, "common.continue"))).MustStatus(http.StatusOK).MustText("Veikko Vieras")

		p = c.Get(my(l)).MustStatus(http.StatusOK)
		var heads []string
		for _, e := range p.All("h3") {
			heads = append(heads, e.Text())
		}
		for _, name := range []string{maija, liisa} {
			if !slices.Contains(heads, name) {
				t.Errorf("the list has the people %q, want %s, too", heads, name)
			}
		}
		if n := len(p.All("h4")); n != 3 {
			t.Errorf("the list has %d appointments, want 3: %s", n, p)
		}
		forms := p.All("form input[name=for]")
		if len(forms) != 1 {
			t.Fatalf("%d appointments of others, want one", len(forms))
		}
		open := url.Values{}
		for _, in := range p.All("form") {
			if len(in.All("input[name=for]")) == 1 {
				for _, x := range in.All("input[type=hidden]") {
					open[x.Attr("name")] = []string{x.Attr("value")}
				}
			}
		}
		p = post(c, my(l, "open"), open).MustStatus(http.StatusOK).MustText(own, liisa, child)
		if p.H1() != say(l, "manage.title") {
			t.Errorf("got %q, want the child's booking", p.H1())
		}
		actFor(t, c, l, say(l, "acting.myself", "name", maija))
		h.revokeAll(t, "maija@example.org")
		if p = c.Get(my(l)); p.HasText(liisa) {
			t.Errorf("the guardianship has ended, and the child's appointment is in the list: %s", p)
		}
		if p = post(c, my(l, "open"), open); p.Status != http.StatusNotFound && p.Status != http.StatusForbidden {
			t.Errorf("got %d for a child's appointment after the guardianship ended", p.Status)
		}
	})
}

// Several people come in one visit: times are as long as all of them take, their names are asked and shown on every page and in no mail, the time is taken
// for the whole of it, and a move keeps it.
func TestS5_1_SeveralPeopleAndServicesInOneVisit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, l := range []i18n.Lang{"fi", "en"} {
			o := notary(l)
			o.office = "porvoo"
			o.email = string(l) + "@example.org"
			h.apply(t, fmt.Sprintf("format = 1\n[organisations.%s.services.notary]\npolicy = { max_people = 3, change_cutoff = \"1h\" }\ncombines = [\"name-change\"]\n", o.org))
			c := h.person(t)
			p := c.Get(o.url("services", o.service)).Click(say(l, "service.book")).MustText(say(l, "visit.people"), say(l, "visit.also"))
			also := h.service(t, o.org, "name-change").Name.In(l)
			cfg := h.config(t, o.org)
			more := say(l, "service.with_length", "service", h.service(t, o.org, "name-change").Name, "length", cfg.Policy("name-change", "").Length)
			p = p.Form(say(l, "visit.people")).Set("people", "2").Check(more).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
			length := 2 * (cfg.Policy("notary", "porvoo").Length + cfg.Policy("name-change", "porvoo").Length)
			p = p.Click(say(l, "places.choose", "place", h.placeName(t, o))).MustStatus(http.StatusOK).MustText(also)
			h.saysLength(t, o, p, length)
			free := times(p)
			for _, start := range free {
				if end := moment(t, start).Add(length); !sameDay(moment(t, start), end) {
					t.Errorf("%s is offered, and its visit would end at %s", start, end)
				}
			}
			start := free[0]
			p = press(t, p, start).MustText(also)
			missing := p.Form("details").Set("name", "Anna Ahola").Set("email", o.email).Submit(say(l, "common.continue"))
			missing.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.name_required"))
			if got := missing.Form("details").Value("name"); got != "Anna Ahola" {
				t.Errorf("%s: the first name is lost: %q", l, got)
			}
			check := missing.Form("details").Set("other-1", "Bertil Berg").Submit(say(l, "common.continue")).MustStatus(http.StatusOK).MustText("Anna Ahola", "Bertil Berg", also)
			done := o.save(check).MustStatus(http.StatusOK).MustText("Anna Ahola", "Bertil Berg", also)
			code := codeOn(t, l, done)
			m := h.awaitMails(t, o.email, 1)[0]
			if !strings.Contains(m.Text, also) || strings.Contains(m.Text, "Bertil") {
				t.Errorf("%s: want the services and no name in the mail: %s", l, m.Text)
			}
			// The whole of it is taken: nobody gets the same counter within it, and whoever wants it is told so.
			a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
			if err != nil || a.End-a.Start != int64(length/time.Second) {
				t.Fatalf("the visit takes %d s: %v; want %s", a.End-a.Start, err, length)
			}
			step := cfg.Policy("notary", "porvoo").Length
			for at := moment(t, start); at.Before(moment(t, start).Add(length)); at = at.Add(step) {
				if _, err := h.bookAt(t, o, a.Unit, at); !fault.IsKey(err, "booking.taken") {
					t.Errorf("%s: at %s, in the visit from %s for %s, somebody else was told %v", l, at, start, length, err)
				}
			}
			one := h.person(t)
			p = o.open(one, code).MustText("Anna Ahola", "Bertil Berg", also).Click(say(l, "manage.move")).MustStatus(http.StatusOK)
			h.saysLength(t, o, p, length)
			later := times(p)[len(times(p))-1]
			p = press(t, p, later)
			p = p.Click(say(l, "move.move")).MustStatus(http.StatusOK).MustText("Bertil Berg", also)
			_, clock := h.inWords(t, o, moment(t, later).Add(length).In(cfg.Zone()).Format(time.RFC3339))
			p.MustText(clock)
		}
		// What cannot be combined, or is too many, is refused with what was chosen.
		o := notary("en")
		c := h.person(t)
		post(c, o.url("services", o.service, "visit"), url.Values{"people": {"4"}}).MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "visit.too_many", "max", 3))
		post(c, o.url("services", o.service, "visit"), url.Values{"people": {"1"}, "also": {"moving-notice"}}).
			MustStatus(http.StatusUnprocessableEntity).MustText(say("en", "visit.not_combinable"))
	})
}

// post sends a form that a person has filled in by hand.
func post(c *client.Client, path string, values url.Values) *client.Page {
	return c.Raw(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, values.Encode())
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() }

// A move offers exactly what may take the appointment's place: times with the same professional, as long; none, and the page says so, with the phone and the
// waiting list. After as many moves as the policy allows there is no more.
func TestS5_3_MoveOffersWhatMatches(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := desk()
		h.setPolicy(t, o, `same_unit = true, max_moves = 1, change_cutoff = "1h", waiting_list = "turn", horizon = "1d", opens = "daily 00:00"`)
		h.units(t, o)
		_, code, start := o.book(t, h.person(t), 0)
		a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
		if err != nil || a.Start != moment(t, start).Unix() {
			t.Fatalf("the booking %s: %v, want that of %s", code, err, start)
		}
		// Others take the same professional's times one by one, as many as there are; those of colleagues stay.
		p := o.open(h.person(t), code).Click(say(l, "manage.move"))
		mine := times(p)
		all := times(h.person(t).Get(o.calendar()))
		if len(mine) == 0 || len(mine) > len(all) {
			t.Fatalf("a move offers %d times, the calendar %d", len(mine), len(all))
		}
		p.MustText(say(l, "pick.with"))
		h.fill(t, o, a.Unit, mine[1:])
		p = o.open(h.person(t), code).Click(say(l, "manage.move"))
		if got := times(p); len(got) != 1 || got[0] != mine[0] {
			t.Fatalf("a move offers %v, want the one free time of the same professional %s; the calendar has %d", got, mine[0], len(times(h.person(t).Get(o.calendar()))))
		}
		h.fill(t, o, a.Unit, mine[:1])
		p = o.open(h.person(t), code).Click(say(l, "manage.move")).MustStatus(http.StatusOK)
		p.MustText(say(l, "pick.move_none_title"), say(l, "waiting.tell_me_earlier"))
		h.callsOffice(t, o, p)
		if len(times(h.person(t).Get(o.calendar()))) == 0 {
			t.Error("the test proves nothing: the colleagues have no free times either")
		}
	})
}

// fill books times of one professional for others.
func (h *house) fill(t *testing.T, o order, u ids.Unit, starts []string) {
	t.Helper()
	for _, start := range starts {
		if _, err := h.bookAt(t, o, u, moment(t, start)); err != nil {
			t.Fatalf("book %s at %s: %v", start, u, err)
		}
	}
}

func (h *house) bookAt(t *testing.T, o order, u ids.Unit, at time.Time) (booking.Booking, error) {
	return h.app.Booking.Book(t.Context(), actor.System("test"), booking.BookRequest{
		Org: o.org, Service: ids.Service(o.service), Office: ids.Office(o.office), Start: at.Unix(), Unit: u, Key: h.app.Site.Gen.FormKey(),
		Details: booking.Details{Name: "Somebody Else", Lang: o.lang},
	})
}
