package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/e2e/client"
)

const townHall ids.Org = "town-hall"

// identityCard is an order at the town hall.
func identityCard(l i18n.Lang) order {
	return order{lang: l, org: townHall, service: "identity-card", office: "administrative-department", name: "Jana Nováková", email: "jana@example.org"}
}

// moment reads a start as buttons say it.
func moment(t *testing.T, start string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// From the front page by links and buttons alone: the agenda, the activity, the day with how many times it has, the time. Nobody is asked for an office,
// since there is one.
func TestS3_1_AgendaActivityDayTime(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	cfg := h.config(t, townHall)
	for _, l := range languages() {
		c := h.person(t)
		front := c.Get("/" + string(l) + "/town-hall/").MustStatus(http.StatusOK)
		for _, agenda := range cfg.Categories {
			p := front.Click(say(l, "front.book")).MustText(say(l, "services.by_topic")).Click(agenda.Name.In(l)).MustStatus(http.StatusOK)
			if p.H1() != agenda.Name.In(l) {
				t.Errorf("%s: got heading %q, want the agenda %q", l, p.H1(), agenda.Name.In(l))
			}
			for _, s := range cfg.Services {
				if (s.Category == agenda.ID) != p.HasLink(s.Name.In(l)) {
					t.Errorf("%s: %s is under %s: %v; on its page: %v", l, s.ID, agenda.ID, s.Category == agenda.ID, p.HasLink(s.Name.In(l)))
				}
				if s.Category != agenda.ID {
					continue
				}
				activity := p.Click(s.Name.In(l)).MustStatus(http.StatusOK)
				if got := activity.Click(say(l, "ui.back")).H1(); got != agenda.Name.In(l) {
					t.Errorf("%s: back from %s is %q, want its agenda", l, s.ID, got)
				}
				day := activity.Click(say(l, "service.book")).MustStatus(http.StatusOK)
				if day.H1() != say(l, "pick.title") || len(times(day)) == 0 {
					t.Fatalf("%s: want the days and times of %s straight away: %s", l, s.ID, day)
				}
				daysAreCounted(t, l, day)
			}
		}
		o := identityCard(l)
		p := c.Get(o.calendar())
		p = press(t, p, times(p)[0]).MustStatus(http.StatusOK)
		if p.H1() != say(l, "details.title") {
			t.Errorf("%s: want the question who comes: %s", l, p)
		}
	}
}

// daysAreCounted holds how many times each day says that it has against those that it offers.
func daysAreCounted(t *testing.T, l i18n.Lang, p *client.Page) {
	t.Helper()
	for _, li := range p.All("li") {
		heads, buttons := li.All("h3"), li.All("button[name=slot]")
		if len(heads) == 0 || len(buttons) == 0 {
			continue
		}
		if want := texts().Printer(l).N("pick.free", len(buttons)); !strings.HasSuffix(heads[0].Text(), want) {
			t.Errorf("%s: got the day %q, want %q at its end", l, heads[0].Text(), want)
		}
	}
}

// Times are on office days, within the hours of the town hall, 60 days ahead. The next day opens at midnight in Trutnov, to the second.
func TestS3_4_OfficeHoursAndSixtyDays(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	zone := h.config(t, townHall).Zone()
	hours := map[time.Weekday][2]string{
		time.Monday: {"08:00", "16:45"}, time.Tuesday: {"08:00", "14:45"}, time.Wednesday: {"08:00", "16:45"}, time.Thursday: {"08:00", "14:45"},
		time.Friday: {"08:00", "14:15"}, // until 14:30, and the visit takes a quarter of an hour
	}
	closed := map[string]bool{"2026-12-24": true, "2026-12-25": true, "2027-01-01": true}
	h.stopAt(time.Date(2026, time.November, 23, 7, 0, 0, 0, zone))
	o := identityCard("en")
	got := map[string][]string{}
	for _, start := range h.allTimes(t, o, 11) {
		at := moment(t, start).In(zone)
		day := at.Format(time.DateOnly)
		got[day] = append(got[day], at.Format("15:04"))
	}
	for i := range 62 {
		at := time.Date(2026, time.November, 23+i, 12, 0, 0, 0, zone)
		day := at.Format(time.DateOnly)
		want, open := hours[at.Weekday()]
		open = open && !closed[day] && i <= 60
		if !open {
			if len(got[day]) > 0 {
				t.Errorf("%s: got %q, want nothing", day, got[day])
			}
			continue
		}
		if len(got[day]) == 0 || got[day][0] != want[0] || got[day][len(got[day])-1] != want[1] {
			t.Errorf("%s: got %q, want from %s to %s", day, got[day], want[0], want[1])
		}
	}

	wednesday := time.Date(2027, time.January, 27, 8, 0, 0, 0, zone) // sixty days after Saturday 28 November
	opens := time.Date(2026, time.November, 28, 0, 0, 0, 0, zone)
	h.stopAt(opens.Add(-time.Second))
	week := o.calendar() + "?week=2027-W04"
	for _, l := range languages() {
		p := h.person(t).Get(strings.Replace(week, "/en/", "/"+string(l)+"/", 1)).MustStatus(http.StatusOK)
		p.MustText(texts().Printer(l).T("pick.opens", "time", opens))
		if slices.Contains(times(p), wednesday.Format(time.RFC3339)) {
			t.Errorf("%s: 61 days ahead can be booked one second before midnight", l)
		}
	}
	h.stopAt(opens)
	if p := h.person(t).Get(week); !slices.Contains(times(p), wednesday.Format(time.RFC3339)) {
		t.Errorf("60 days ahead cannot be booked at midnight: %s", p)
	}
}

// allTimes are the free times of so many weeks from the present one.
func (h *house) allTimes(t *testing.T, o order, weeks int) []string {
	t.Helper()
	var all []string
	w := org.DateOf(h.app.Now()).ISOWeek()
	for range weeks {
		for _, start := range times(h.person(t).Get(o.calendar() + "?week=" + w.String()).MustStatus(http.StatusOK)) {
			if !slices.Contains(all, start) {
				all = append(all, start)
			}
		}
		w = w.Next()
	}
	return all
}

// The page of the office says where it is in the house, how to get in without steps, and its hours, those without a booking apart from those with one.
func TestS3_10_WhereTheOfficeIs(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		p := h.person(t).Get("/" + string(l) + "/town-hall/").Click(say(l, "web.nav.contact"))
		office := h.config(t, townHall).Offices[0]
		p = p.Click(office.Name.In(l)).MustStatus(http.StatusOK)
		p.MustText(say(l, "contact.department"), office.Department.In(l), say(l, "contact.building"), office.Building.In(l), say(l, "contact.floor"), office.Floor.In(l),
			say(l, "contact.door"), "183", office.Access.In(l), office.Phone, office.PhoneHours.In(l), "Slovanské náměstí 165",
			say(l, "contact.hours.appointments"), say(l, "contact.hours.walk_in"))
		for _, text := range []map[i18n.Lang]string{office.Department, office.Building, office.Floor, office.Access} {
			if text[l] == "" {
				t.Errorf("%s: want each text of the office in this language", l)
			}
		}
	}
}
