package queue

import (
	"fmt"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// A booking for 8:00 is good from 7:45:00 to 8:15:00, to the second, on ordinary days and on those on which the clocks change in the night before: the time
// of day counts, and the hour that is there twice is two hours.
func TestWindowOfACheckIn(t *testing.T) {
	t.Parallel()
	c := testConfig(t, nil)
	for _, day := range days {
		start := at8(t, day)
		a := Appointment{ID: "a", Service: "card", Office: testOffice, Start: start, Good: true}
		for _, x := range []struct {
			clock string
			want  Verdict
		}{
			{"00:00:00", TooEarly}, {"07:44:59", TooEarly}, {"07:45:00", CheckedIn}, {"07:45:01", CheckedIn}, {"07:59:59", CheckedIn}, {"08:00:00", CheckedIn}, {"08:00:01", Late},
			{"08:14:59", Late}, {"08:15:00", Late}, {"08:15:01", TooLate}, {"23:59:59", TooLate},
		} {
			now, err := time.ParseInLocation("2006-01-02 15:04:05", day+" "+x.clock, c.Zone())
			if err != nil {
				t.Fatal(err)
			}
			if got := Judge(a, c.Policy("card", testOffice), testOffice, now.Unix(), c.Zone()); got != x.want {
				t.Errorf("%s %s: got %s, want %s", day, x.clock, got, x.want)
			}
		}
	}
}

// A quarter of an hour is nine hundred seconds, also where the wall's clock goes back or forward within it.
func TestWindowOverAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	c := testConfig(t, nil)
	for name, start := range map[string]time.Time{
		"forward": time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), // 3:00 becomes 4:00 at this instant
		"back":    time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
	} {
		a := Appointment{ID: "a", Service: "card", Office: testOffice, Start: start.Unix(), Good: true}
		for after, want := range map[int64]Verdict{-901: TooEarly, -900: CheckedIn, 0: CheckedIn, 1: Late, 900: Late, 901: TooLate} {
			if got := Judge(a, c.Policy("card", testOffice), testOffice, start.Unix()+after, c.Zone()); got != want {
				t.Errorf("%s, %d s after the start: got %s, want %s", name, after, got, want)
			}
		}
	}
}

func TestJudgeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := testConfig(t, nil)
	start := at8(t, days[0])
	good := Appointment{ID: "a", Service: "card", Office: testOffice, Start: start, Good: true}
	gone, elsewhere, tomorrow := good, good, good
	gone.Good, elsewhere.Office, tomorrow.Start = false, "annex", start+24*3600
	midnight := good
	midnight.Start = start - 8*3600 + 60 // a minute past midnight
	for _, x := range []struct {
		name string
		a    Appointment
		now  int64
		want Verdict
	}{
		{"does not stand", gone, start, Unknown}, {"another office", elsewhere, start, WrongPlace}, {"another day", tomorrow, start, WrongDay},
		{"the day after", good, start + 24*3600, WrongDay}, {"the evening before, in its window", midnight, midnight.Start - 120, CheckedIn},
		{"the evening before, not in it", midnight, midnight.Start - 901, WrongDay},
	} {
		if got := Judge(x.a, c.Policy("card", testOffice), testOffice, x.now, c.Zone()); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}

// The order is: emergencies, who goes first, walk-ins who have waited to the bound, booked clients by their time, the other walk-ins by arrival.
func TestOrderOfTheLine(t *testing.T) {
	t.Parallel()
	const now = 10_000
	list := []Ticket{
		{ID: "walk-in", Kind: WalkIn, ArrivedAt: 9_401}, {ID: "later walk-in", Kind: WalkIn, ArrivedAt: 9_500},
		{ID: "booked late", Kind: Booked, BookedAt: 10_800, ArrivedAt: 9_000}, {ID: "booked early", Kind: Booked, BookedAt: 9_900, ArrivedAt: 9_990},
		{ID: "at the bound", Kind: WalkIn, ArrivedAt: 9_400}, {ID: "first", Kind: WalkIn, Priority: First, ArrivedAt: 9_999},
		{ID: "emergency", Kind: Booked, Priority: Emergency, BookedAt: 10_900, ArrivedAt: 10_000}, {ID: "called", Kind: Booked, State: Called},
		{ID: "back", Kind: WalkIn, ArrivedAt: 9_450, State: Parked, ParkedUntil: now}, {ID: "not back", Kind: WalkIn, ArrivedAt: 9_450, State: Parked, ParkedUntil: now + 1},
		{ID: "set aside", Kind: WalkIn, ArrivedAt: 9_450, State: Parked},
	}
	for i := range list {
		if list[i].State == "" {
			list[i].State = Waiting
		}
	}
	check := func(bound int64, want ...ids.Ticket) {
		t.Helper()
		var got []ids.Ticket
		for _, x := range Order(list, now, func(ids.Service) int64 { return bound }) {
			got = append(got, x.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("bound %d: got  %v\nwant %v", bound, got, want)
		}
	}
	check(601, "emergency", "first", "booked early", "booked late", "at the bound", "walk-in", "back", "later walk-in")
	check(600, "emergency", "first", "at the bound", "booked early", "booked late", "walk-in", "back", "later walk-in")
	check(599, "emergency", "first", "at the bound", "walk-in", "booked early", "booked late", "back", "later walk-in")
	check(0, "emergency", "first", "booked early", "booked late", "at the bound", "walk-in", "back", "later walk-in")
}

// A counter calls the first whom it can serve, and nobody whom it cannot.
func TestNextCanBeServedThere(t *testing.T) {
	t.Parallel()
	c := testConfig(t, nil)
	at := func(u ids.Unit, only ...ids.Service) Desk {
		return DeskAt(c, Counter{Org: testOrg, Office: testOffice, Unit: u, Staff: "s", Services: only})
	}
	line := []Ticket{
		{ID: "1 permit", Service: "permit"}, {ID: "2 for the doctor", Service: "permit", Unit: "doctor"}, {ID: "3 passport in English", Service: "passport", Lang: "en", Speaks: true},
		{ID: "4 passport in Swedish", Service: "passport", Lang: "sv", Speaks: true}, {ID: "5 quick", Service: "quick", Lang: "cs"}, {ID: "6 passport", Service: "passport", Lang: "cs"},
	}
	for i := range line {
		line[i].State, line[i].Kind, line[i].ArrivedAt = Waiting, WalkIn, int64(i)
	}
	for _, x := range []struct {
		desk Desk
		want ids.Ticket
	}{
		{at("k1"), "3 passport in English"}, {at("k2"), "1 permit"}, {at("k2", "quick"), "5 quick"}, {at("k3"), "4 passport in Swedish"}, {at("k4"), "5 quick"},
		{at("k4", "card"), ""}, {at("k5", "passport"), "6 passport"}, {at("doctor"), "1 permit"}, {at("gone"), ""},
	} {
		got, ok := Next(line, x.desk, 100, func(ids.Service) int64 { return 0 })
		if got.ID != x.want || ok != (x.want != "") {
			t.Errorf("%s calls %q, and should call %q", x.desk.Unit, got.ID, x.want)
		}
	}
}

// A deed can be undone for five minutes, the last second included.
func TestUndoWindow(t *testing.T) {
	t.Parallel()
	for after, fine := range map[int64]bool{0: true, 299: true, 300: true, 301: false} {
		w := newTown(t, nil)
		m := newModel(w, at8(t, days[0]), nil)
		for _, e := range []event{{what: evOpen, unit: "k1"}, {what: evTake, service: "quick"}, {what: StepCalled, unit: "k1"}} {
			if err := m.do(e); err != nil {
				t.Fatal(err)
			}
		}
		w.clock += after
		_, err := w.Do(t.Context(), clerk("k1"), Deed{Org: testOrg, Office: testOffice, Unit: "k1", Do: StepUndone, Ticket: m.tickets[0].ID})
		got, _ := w.memory.Ticket(t.Context(), testOrg, m.tickets[0].ID)
		if (err == nil) != fine || (got.State == Waiting) != fine {
			t.Errorf("undone after %d s: %v, and the ticket is %s", after, err, got.State)
		}
	}
}

// The last walk-in ticket is given so long before closing as the policy says, to the second.
func TestLastWalkInTicket(t *testing.T) {
	t.Parallel()
	c := testConfig(t, settings{"card": {"walk_in_last": "30m"}, "permit": {"walk_in": false}})
	office, _ := c.Office(testOffice)
	zone := c.Zone()
	closing := time.Date(2026, 3, 13, 0, 0, 0, 0, zone)
	for _, x := range []struct {
		service ids.Service
		at      time.Time
		want    bool
	}{
		{"card", closing.Add(-30*time.Minute - time.Second), true}, {"card", closing.Add(-30 * time.Minute), true}, {"card", closing.Add(-30*time.Minute + time.Second), false},
		{"quick", closing.Add(-time.Second), true}, {"permit", closing.Add(-6 * time.Hour), false},
	} {
		if got := WalkInOpen(c, office, x.service, x.at); got != x.want {
			t.Errorf("%s at %s: got %t", x.service, x.at, got)
		}
	}
}

// A kiosk rests after five wrong PINs in a row, for sixty seconds, and the staff are told once. A PIN that is too early is not wrong, and a good one begins the
// count anew.
func TestKioskRestsAfterFiveWrongPINs(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	m := newModel(w, at8(t, days[0]), nil)
	m.appoint(0, "card", 3600)
	w.clock = m.day
	try := func(k ids.Device, pin string) Arrival {
		t.Helper()
		out, err := w.CheckIn(t.Context(), kioskOf(k), CheckInRequest{Org: testOrg, Office: testOffice, PIN: pin})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for i := range 2 * WrongTries {
		if got := try("one", map[bool]string{true: "9999", false: "10 00"}[i%3 > 0]).Verdict; got == Resting {
			t.Fatalf("rests at try %d, although two in a row were wrong at most", i)
		}
	}
	for i := range WrongTries {
		want := Unknown
		if i == WrongTries-1 {
			want = Resting
		}
		if got := try("two", "9999").Verdict; got != want {
			t.Fatalf("wrong try %d: got %s, want %s", i+1, got, want)
		}
	}
	for after, want := range map[int64]Verdict{0: Resting, RestSeconds - 1: Resting, RestSeconds: TooEarly} {
		w.clock = m.day + after
		if got := try("two", "1000").Verdict; got != want {
			t.Errorf("%d s after: got %s, want %s", after, got, want)
		}
	}
	w.clock = m.day
	if got := try("one", "1000").Verdict; got != TooEarly {
		t.Errorf("the other kiosk: got %s", got)
	}
	if n := len(w.memory.alerts); n != 1 || w.memory.alerts[0].Kind != AlertResting || w.memory.alerts[0].Device != "two" {
		t.Errorf("the staff were told %+v", w.memory.alerts)
	}
}

// The same PIN twice is the same ticket; one that is too late becomes a walk-in ticket once.
func TestSamePINTwice(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	m := newModel(w, at8(t, days[0]), nil)
	m.appoint(0, "card", 0)
	m.appoint(1, "card", 0)
	w.clock = m.day
	ask := CheckInRequest{Org: testOrg, Office: testOffice, PIN: "1000"}
	one, err := w.CheckIn(t.Context(), kioskOf("kiosk"), ask)
	two, again := w.CheckIn(t.Context(), kioskOf("kiosk"), ask)
	if err != nil || again != nil || one.Verdict != CheckedIn || two.Verdict != AlreadyIn || one.Ticket.ID != two.Ticket.ID {
		t.Fatalf("got %+v, %v, and then %+v, %v", one, err, two, again)
	}
	w.clock += 901
	late, err := w.CheckIn(t.Context(), kioskOf("kiosk"), CheckInRequest{Org: testOrg, Office: testOffice, PIN: "1001"})
	if err != nil || late.Verdict != TooLate {
		t.Fatalf("got %+v, %v", late, err)
	}
	var got [2]Ticket
	for i := range got {
		got[i], err = w.Take(t.Context(), kioskOf("kiosk"), TakeRequest{Org: testOrg, Office: testOffice, Service: "card", Lang: i18n.Lang("fi"), Appointment: "1001", Key: "form"})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got[0].ID != got[1].ID || got[0].Kind != WalkIn || w.memory.came["1001"] != "missed" {
		t.Errorf("got %s and %s, and the appointment is %s", got[0].Name(), got[1].Name(), w.memory.came["1001"])
	}
}

// A kiosk of another office, or of another organisation, lets nobody in, and neither does a display of this one.
func TestKioskIsOfItsOffice(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.clock = at8(t, days[0])
	for _, who := range []actor.Actor{
		{Kind: actor.KindDevice, Device: "d", DeviceKind: actor.Kiosk, Org: testOrg, Office: "annex"},
		{Kind: actor.KindDevice, Device: "d", DeviceKind: actor.Kiosk, Org: "village", Office: testOffice},
		{Kind: actor.KindDevice, Device: "d", DeviceKind: actor.Display, Org: testOrg, Office: testOffice},
		{Kind: actor.KindDevice, Device: "d", Org: testOrg, Office: testOffice}, {Kind: actor.KindVisitor},
	} {
		if _, err := w.CheckIn(t.Context(), who, CheckInRequest{Org: testOrg, Office: testOffice, PIN: "1000"}); err == nil {
			t.Errorf("%+v may check people in", who)
		}
		if _, err := w.Take(t.Context(), who, TakeRequest{Org: testOrg, Office: testOffice, Service: "card"}); err == nil {
			t.Errorf("%+v may take tickets", who)
		}
		if err := w.Alarm(t.Context(), who, testOrg, testOffice, AlertHelp, ""); err == nil {
			t.Errorf("%+v may call the staff", who)
		}
		if err := w.PrinterBack(t.Context(), who, testOrg, testOffice); err == nil {
			t.Errorf("%+v may say that its printer is well", who)
		}
	}
}
