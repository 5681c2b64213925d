package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/e2e/client"
)

func lobbyAt(l i18n.Lang, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "staff", string(vuorela), "lobby", "kallio"}, parts...), "/")
}

// atCounter is a clerk who has opened the nth counter of Kallio.
func (h *house) atCounter(t *testing.T, name string, n int) *client.Client {
	t.Helper()
	const l = i18n.Lang("en")
	c := h.clerk(t, name, actor.Grant{Role: actor.RoleClerk, Org: vuorela})
	office, err := h.config(t, vuorela).Office("kallio")
	if err != nil {
		t.Fatal(err)
	}
	p := c.Get(lobbyAt(l)).MustStatus(http.StatusOK)
	p.Form(say(l, "lobby.counter")).Set(say(l, "lobby.counter"), string(office.Units[n].ID)).Submit(say(l, "lobby.open_counter")).MustStatus(http.StatusOK)
	return c
}

// walksIn gives a number to somebody without an appointment.
func (h *house) walksIn(t *testing.T) queue.Ticket {
	t.Helper()
	k, err := h.app.Queue.Take(t.Context(), actor.System("test"), queue.TakeRequest{Org: vuorela, Office: "kallio", Service: "passport-or-id", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// hall is the lobby as it is stored.
func (h *house) hall(t *testing.T) *queue.Hall {
	t.Helper()
	hall, err := h.app.Queue.Hall(t.Context(), vuorela, "kallio")
	if err != nil {
		t.Fatal(err)
	}
	return hall
}

// A clerk calls, begins and finishes by the one button; who did not come can be taken back; the end of the day resolves what is open.
func TestS3_6_TheDeskCallsTheNextByOneButton(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.atCounter(t, "calls", 0)
		first, second, third := h.walksIn(t), h.walksIn(t), h.walksIn(t)
		p := c.Get(lobbyAt(l)).MustStatus(http.StatusOK)
		p = p.Click(say(l, "lobby.call_next_number", "number", first.Name())).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.called", "number", first.Name()))
		stale := p
		p = p.Click(say(l, "lobby.start")).MustStatus(http.StatusOK).MustText(say(l, "lobby.in_service"))
		// What was seen before is not acted on any more.
		stale.Click(say(l, "lobby.missed")).MustStatus(http.StatusConflict).MustText(say(l, "queue.changed"))
		p = p.Click(say(l, "lobby.finish_next", "number", second.Name())).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.called", "number", second.Name()))
		p = p.Click(say(l, "lobby.missed")).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.missed", "number", second.Name()))
		p = p.Click(say(l, "lobby.undo_last", "number", second.Name(), "state", say(l, "lobby.state.missed"))).MustStatus(http.StatusOK)
		p.MustText(say(l, "lobby.said.undone", "number", second.Name()), say(l, "lobby.called"))
		c.Get(lobbyAt(l, "end")).Click(say(l, "lobby.end_now")).MustStatus(http.StatusOK).MustText(say(l, "lobby.done.ended"))
		hall := h.hall(t)
		if len(hall.Tickets) != 0 || len(hall.Counters) != 0 {
			t.Errorf("open after the end of the day: %+v %+v", hall.Tickets, hall.Counters)
		}
		for id, want := range map[ids.Ticket]queue.State{first.ID: queue.Done, second.ID: queue.Missed, third.ID: queue.Left} {
			if k, _ := hall.Ticket(id); k.State != want {
				t.Errorf("%s is %s, want %s", k.Name(), k.State, want)
			}
		}
		// What happened can be read on the ticket's own page.
		c.Get(lobbyAt(l, "tickets", string(second.ID))).MustStatus(http.StatusOK).MustText(say(l, "lobby.step.missed"), say(l, "lobby.step.undone"))
	})
}

// Who has an appointment and is checked in at the desk is called before those who came without one.
func TestS3_6_BookedClientsAreCalledBeforeWalkIns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		all := h.threeOn(t, h.workday(t, 1))
		h.stopAt(time.Unix(all[0].Start, 0).Add(-30 * time.Minute))
		c := h.atCounter(t, "calls", 0)
		walkIn := h.walksIn(t)
		start := time.Unix(all[0].Start, 0)
		h.stopAt(start.Add(-10 * time.Minute))
		p := c.Get(lobbyAt(l) + "?tab=coming").MustStatus(http.StatusOK).MustText(all[0].Details.Name)
		p = p.Click(say(l, "lobby.check_in") + " " + all[0].Details.Name).MustStatus(http.StatusOK)
		hall := h.hall(t)
		var booked queue.Ticket
		for _, k := range hall.Tickets {
			if k.Appointment == all[0].ID {
				booked = k
			}
		}
		if booked.ID == "" {
			t.Fatalf("no ticket: %s", p)
		}
		p.MustText(say(l, "lobby.said.arrived", "number", booked.Name()))
		p.Click(nextButton(t, p)).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.called", "number", booked.Name()), all[0].Details.Name)
		if walkIn.Name() == booked.Name() {
			t.Errorf("two people have the number %s", booked.Name())
		}
	})
}

// Counters that press at once never get the same number, and nobody is left out.
func TestS3_6_TwoCountersPressingAtOnceNeverGetTheSameNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		a, b := h.atCounter(t, "left", 0), h.atCounter(t, "right", 1)
		for range 12 {
			h.walksIn(t)
		}
		for round := range 6 {
			var wg sync.WaitGroup
			for _, c := range []*client.Client{a, b} {
				p := c.Get(lobbyAt(l)).MustStatus(http.StatusOK)
				name := "lobby.call_next_number"
				if round > 0 {
					p = p.Click(say(l, "lobby.start")).MustStatus(http.StatusOK)
					name = "lobby.finish_next"
				}
				next, _, _ := strings.Cut(say(l, name, "number", "|"), "|")
				wg.Go(func() {
					for _, button := range p.All("button#desk-next") {
						text := strings.Join(strings.Fields(button.Text()), " ")
						if strings.HasPrefix(text, next) {
							p.Click(text)
							return
						}
					}
					t.Errorf("no button %q: %s", next, p)
				})
			}
			wg.Wait()
		}
		hall := h.hall(t)
		calls := map[ids.Ticket]int{}
		for _, k := range append(hall.Tickets, hall.Gone...) {
			calls[k.ID] = k.Calls
			if k.Calls != 1 {
				t.Errorf("%s was called %d times", k.Name(), k.Calls)
			}
		}
		if len(calls) != 12 || len(hall.Gone) != 10 {
			t.Errorf("got %d tickets, %d finished", len(calls), len(hall.Gone))
		}
	})
}

// Numbers that were given by hand are entered afterwards, several at once, each fault at its line; and the figures count them as they came.
func TestS3_7_HandWrittenNumbersAndFiguresOfTheDay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		ten := h.workday(t, 1).At(10*60, h.config(t, vuorela).Zone())
		h.stopAt(ten)
		c := h.atCounter(t, "enters", 0)
		p := c.Get(lobbyAt(l, "entry")).MustStatus(http.StatusOK)
		line := func(key string, n int) string { return say(l, "entry.at_line", "what", say(l, key), "n", n) }
		f := p.Form(say(l, "entry.save"))
		for n, x := range [][2]string{{"501", "9.10"}, {"502", "9.20"}, {"0", "11.30"}} {
			f = f.Set(line("common.service", n+1), "passport-or-id").Set(line("lobby.head_number", n+1), x[0]).Set(line("entry.time", n+1), x[1])
		}
		p = f.Submit(say(l, "entry.save")).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say(l, "entry.wrong", "n", "3", "what", say(l, "queue.number_range")), say(l, "entry.wrong", "n", "3", "what", say(l, "queue.time_today")))
		p = p.Form(say(l, "entry.save")).Set(line("lobby.head_number", 3), "503").Set(line("entry.time", 3), "9.30").Submit(say(l, "entry.save")).MustStatus(http.StatusOK)
		p.MustText(say(l, "lobby.done.entered"))
		if n := len(h.hall(t).Tickets); n != 3 {
			t.Fatalf("got %d numbers, want 3", n)
		}
		// The first waited from 9.10 to 10.00, was served for six minutes, and the second was called then and did not come.
		p = c.Get(lobbyAt(l))
		p.Click(nextButton(t, p)).Click(say(l, "lobby.start"))
		h.stopAt(ten.Add(6 * time.Minute))
		p = c.Get(lobbyAt(l))
		p = p.Click(nextButton(t, p)).MustStatus(http.StatusOK)
		p.Click(say(l, "lobby.missed")).MustStatus(http.StatusOK)
		csv := string(c.Get(lobbyAt(l, "figures.csv")).MustStatus(http.StatusOK).Body)
		// Waits of 50 and 46 minutes.
		if want := fmt.Sprintf("all,,3,0,1,1,0,2,%d,%d,1,%d,%d,0,0,0\n", 48*60, 50*60, 6*60, 6*60); !strings.Contains(csv, want) {
			t.Errorf("got %s, want %s", csv, want)
		}
		c.Get(lobbyAt(l, "figures")).MustStatus(http.StatusOK).MustText(say(l, "figures.by_hour"))
		c.Get(lobbyAt(l, "figures") + "?day=31.2.2026").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))
	})
}

// nextButton is what the filled button says now.
func nextButton(t *testing.T, p *client.Page) string {
	t.Helper()
	for _, b := range p.All("button#desk-next") {
		return strings.Join(strings.Fields(b.Text()), " ")
	}
	t.Fatalf("no next step: %s", p)
	return ""
}

// Each morning the list of who comes is mailed to the office, by itself and once, with empty lines for numbers written by hand.
func TestS3_7_ListOfTheDayIsMailedEachMorning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		zone := h.config(t, vuorela).Zone()
		all := h.threeOn(t, h.workday(t, 1))
		h.apply(t, "format = 1\n[organisations.vuorela.offices.kallio]\nemail = \"kallio@vuorela.example\"\nlist_at = \"06:30\"\n")
		day := time.Unix(all[0].Start, 0).In(zone)
		morning := time.Date(day.Year(), day.Month(), day.Day(), 6, 30, 0, 0, zone)
		h.stopAt(morning.Add(-3 * time.Minute))
		h.eventually(t, "the list is planned", func() bool {
			h.hand.Add(1)
			return h.hand.Load() >= morning.Unix()-30
		})
		h.stopAt(morning.Add(time.Minute))
		got := h.awaitMails(t, "kallio@vuorela.example", 1)[0]
		for _, want := range []string{all[0].Details.Name, "  1  ____.____"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("the list lacks %q:\n%s", want, got.Text)
			}
		}
		h.stopAt(morning.Add(30 * time.Minute))
		h.rest(t)
		if n := len(h.mails(t, "kallio@vuorela.example")); n != 1 {
			t.Errorf("the list came %d times", n)
		}
	})
}
