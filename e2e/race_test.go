package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"luukku/base/ids"
	"luukku/e2e/client"
)

// people is how many want the same time at once.
const people = 50

// rush lets everybody do the same at the same moment; it returns how many got which status.
func rush(do []func() *client.Page) map[int]int {
	got := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, one := range do {
		all.Go(func() {
			<-start
			p := one()
			mu.Lock()
			defer mu.Unlock()
			got[p.Status]++
		})
	}
	close(start)
	all.Wait()
	return got
}

// want fails the test unless exactly k of all got what they wanted and the others were told that somebody was faster.
func exactly(t *testing.T, got map[int]int, won, k int) {
	t.Helper()
	if got[won] != k || got[http.StatusConflict] != people-k || len(got) > 2 {
		t.Errorf("got statuses %v, want %d of %d and %d times %d", got, k, won, people-k, http.StatusConflict)
	}
}

// desk is an order at the register office for which there are several counters.
func desk() order {
	return order{lang: "en", org: registerOffice, service: "name-change", office: "helsinki-albertinkatu", name: "Jan Novák"}
}

func (h *house) units(t *testing.T, o order) int {
	t.Helper()
	n := len(h.config(t, o.org).Units(ids.Service(o.service), ids.Office(o.office)))
	if n < 2 || n > 10 {
		t.Fatalf("%s at %s has %d counters, want a few", o.service, o.office, n)
	}
	return n
}

// taken fails the test when a time can still be had.
func (h *house) taken(t *testing.T, o order, start string) {
	t.Helper()
	if o.isFree(h.person(t), start) {
		t.Errorf("%s is full and still offered", start)
	}
}

// Fifty save the same time at the same moment where nothing is held: as many bookings as there are counters, all others told.
func TestFiftyPeopleForFewUnits_WebWithoutHold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := desk()
		k := h.units(t, o)
		var all []func() *client.Page
		start := ""
		for range people {
			p, at := o.pick(t, h.person(t), 0)
			check := o.fill(p)
			start = at
			all = append(all, func() *client.Page { return o.save(check) })
		}
		exactly(t, rush(all), http.StatusOK, k)
		h.taken(t, o, start)
	})
}

// Fifty choose the same time at the same moment where it is held from then on.
func TestFiftyPeopleForFewUnits_Hold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := passport("en")
		k := h.units(t, o)
		var all []func() *client.Page
		start := ""
		for range people {
			p := h.person(t).Get(o.calendar())
			start = times(p)[12]
			all = append(all, func() *client.Page { return press(t, p, start) })
		}
		exactly(t, rush(all), http.StatusOK, k)
		h.taken(t, o, start)
	})
}

// Fifty move their bookings to the same time at the same moment: those who were late keep the time they had.
func TestFiftyPeopleForFewUnits_Move(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := desk()
		k := h.units(t, o)
		c := h.person(t)
		later := c.Get(o.calendar() + "?week=2026-W50")
		to := times(later)[3]
		var all []func() *client.Page
		for i := range people {
			c := h.person(t)
			free := times(c.Get(o.calendar() + "?week=2026-W49"))
			o.save(o.fill(press(t, c.Get(o.calendar()+"?week=2026-W49"), free[i%len(free)]))).MustText(say("en", "done.title"))
			check := press(t, c.Get(o.url("appointment/move")+"?week=2026-W50"), to).MustStatus(http.StatusOK)
			all = append(all, func() *client.Page { return check.Click(say("en", "move.move")) })
		}
		exactly(t, rush(all), http.StatusOK, k)
		h.taken(t, o, to)
	})
}

// Fifty programs book the same time at the same moment.
func TestFiftyPeopleForFewUnits_API(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := desk()
		k := h.units(t, o)
		start := times(h.person(t).Get(o.calendar()))[5]
		var all []func() *client.Page
		for i := range people {
			c := h.person(t)
			all = append(all, func() *client.Page { return book(c, o, start, fmt.Sprintf("key-of-person-%02d", i)) })
		}
		exactly(t, rush(all), http.StatusCreated, k)
		h.taken(t, o, start)
	})
}

// book books through the API.
func book(c *client.Client, o order, start, key string) *client.Page {
	body := fmt.Sprintf(`{"service":%q,"office":%q,"start":%q,"name":%q}`, o.service, o.office, start, o.name)
	return c.Raw("POST", "/api/v1/organisations/"+url.PathEscape(string(o.org))+"/appointments", http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Idempotency-Key": {key}, "Accept-Language": {"en"},
		"Origin": {""}, "Sec-Fetch-Site": {""}, "Sec-Fetch-Mode": {""}, "Sec-Fetch-Dest": {""},
	}, body)
}

// By every way at once, still no more than there are counters.
func TestFiftyPeopleForFewUnits_AllWaysTogether(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := desk()
		k := h.units(t, o)
		p := h.person(t).Get(o.calendar() + "?week=2026-W50")
		to := times(p)[3]
		var all []func() *client.Page
		for i := range people {
			c := h.person(t)
			switch i % 3 {
			case 0:
				all = append(all, func() *client.Page { return book(c, o, to, fmt.Sprintf("key-of-person-%02d", i)) })
			case 1:
				check := o.fill(press(t, c.Get(o.calendar()+"?week=2026-W50"), to))
				all = append(all, func() *client.Page { return o.save(check) })
			default:
				calendar := c.Get(o.calendar() + "?week=2026-W49")
				o.save(o.fill(press(t, calendar, times(calendar)[i]))).MustText(say("en", "done.title"))
				check := press(t, c.Get(o.url("appointment/move")+"?week=2026-W50"), to)
				all = append(all, func() *client.Page { return check.Click(say("en", "move.move")) })
			}
		}
		got := rush(all)
		got[http.StatusOK] += got[http.StatusCreated]
		delete(got, http.StatusCreated)
		exactly(t, got, http.StatusOK, k)
		h.taken(t, o, to)
	})
}

// A program that repeats itself under the same key gets the same booking; ten times at once, too.
func TestAPI_SameKeySameBooking(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := desk()
		start := times(h.person(t).Get(o.calendar()))[0]
		var all []func() *client.Page
		var mu sync.Mutex
		var codes []string
		for range 10 {
			c := h.person(t)
			all = append(all, func() *client.Page {
				p := book(c, o, start, "the-one-key-of-all")
				mu.Lock()
				defer mu.Unlock()
				codes = append(codes, codeForm.FindString(string(p.Body)))
				return p
			})
		}
		got := rush(all)
		if codes = slices.Compact(codes); len(codes) != 1 || codes[0] == "" || got[http.StatusCreated] != 1 || got[http.StatusOK] != 9 {
			t.Errorf("got codes %q and statuses %v, want one code, made once and told nine times more", codes, got)
		}
		if p := h.person(t).Raw("GET", "/api/v1/organisations/register-office/appointment", http.Header{"Booking-Code": {codes[0]}}, ""); !strings.Contains(string(p.Body), o.name) {
			t.Errorf("the code of the API opens no booking: %s", p)
		}
		o.open(h.person(t), codes[0]).MustText(o.name)
	})
}
