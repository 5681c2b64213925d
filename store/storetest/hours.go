package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/store/sqldb"
)

// Hours runs the suite of changing opening hours.
func Hours(t *testing.T, e Engine) {
	for name, test := range map[string]func(*testing.T, *opening){
		"moved, cancelled and kept":                   closeWithThree,
		"the same form twice":                         carriedOutOnce,
		"two administrators":                          twoAdministrators,
		"somebody books meanwhile":                    bookedMeanwhile,
		"the new time is taken meanwhile":             newTimeTaken,
		"a unit goes":                                 unitGoes,
		"who may":                                     whoMay,
		"a plan that does not fit any more":           unfitPlan,
		"proposals don't meet, nor what is booked":    proposalsApart,
		"a plan that nobody carries out is forgotten": plansAreForgotten,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := Open(t, e, 2)
			test(t, &opening{h, &hours.Service{
				Store: h.Store, Booking: h.Booking, Blueprints: &blueprint.Service{Store: h.Store, Gen: h.Booking.Gen, Now: h.Clock.Now}, Gen: h.Booking.Gen, Now: h.Clock.Now,
			}})
		})
	}
}

// opening is a house with the room of changing its hours.
type opening struct {
	*House
	hours *hours.Service
}

func administrator(name string) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff(name), Level: actor.LevelSubstantial, Grants: []actor.Grant{{Role: actor.RoleOrgAdmin, Org: "town"}}}
}

// closing is the closing of Monday morning, until noon.
func closing(t *testing.T) hours.Edit {
	t.Helper()
	d, err := org.ParseDate("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	return hours.Edit{Kind: hours.Close, Closure: &org.Closure{From: d, ToMinute: 12 * 60, Reason: i18n.Text{"en": "Water damage"}}}
}

// three books three times of the morning: Aino with an email address, Eino, and Iiris.
func (o *opening) three(t *testing.T) []booking.Appointment {
	t.Helper()
	var out []booking.Appointment
	for i, who := range []string{"Aino", "Eino", "Iiris"} {
		d := details(who)
		if i < 2 {
			d.Email = who + "@example.org"
		}
		made, err := o.Booking.Book(t.Context(), visitor(who), booking.BookRequest{
			Org: "town", Service: "passport", Office: "hall", Start: at(10, 20*i), Details: d, Key: ids.FormKey("key of " + who),
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, made.Appointment)
	}
	return out
}

// plan begins a change and returns what it would do.
func (o *opening) plan(t *testing.T, who actor.Actor, e hours.Edit) hours.Plan {
	t.Helper()
	c, err := o.hours.Begin(t.Context(), who, "town", "hall", e)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.hours.Plan(t.Context(), who, "town", c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decision chooses for those affected, in their order; moves go to what was proposed.
func decision(p hours.Plan, choices ...hours.Choice) hours.Decision {
	d := hours.Decision{Org: "town", Change: p.Change.ID, Seen: p.Version(), Choices: map[ids.Appointment]hours.Visit{}}
	for i, c := range choices {
		a := p.Affected[i]
		d.Choices[a.Appointment.ID] = hours.Visit{Appointment: a.Appointment.ID, Choice: c, To: a.To}
	}
	return d
}

func (o *opening) carry(t *testing.T, who actor.Actor, d hours.Decision) {
	t.Helper()
	if err := o.hours.Carry(t.Context(), who, d); err != nil {
		t.Fatal(err)
	}
}

func (o *opening) appointment(t *testing.T, id ids.Appointment) booking.Appointment {
	t.Helper()
	a, err := o.Store.Appointment(t.Context(), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o *opening) count(t *testing.T, query string) int {
	t.Helper()
	n := 0
	err := o.DB.InReadTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func states(t *testing.T, o *opening, id ids.HoursChange) []string {
	t.Helper()
	list, err := o.hours.Outcomes(t.Context(), administrator("anna"), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range list {
		out = append(out, string(x.Visit.Choice)+" "+string(x.Visit.State))
	}
	return out
}

func closeWithThree(t *testing.T, o *opening) {
	anna, booked := administrator("anna"), o.three(t)
	notices := o.count(t, "SELECT count(*) FROM notice")
	p := o.plan(t, anna, closing(t))
	if len(p.Affected) != 3 {
		t.Fatalf("got %d affected, want 3", len(p.Affected))
	}
	if want := at(12, 0); p.Affected[0].To != want {
		t.Errorf("proposed %s, want noon of the same day", time.Unix(p.Affected[0].To, 0))
	}
	d := decision(p, hours.Move, hours.Cancel, hours.Keep)
	o.carry(t, anna, d)
	moved, cancelled, kept := o.appointment(t, booked[0].ID), o.appointment(t, booked[1].ID), o.appointment(t, booked[2].ID)
	if moved.Start != p.Affected[0].To || moved.Status != booking.Booked {
		t.Errorf("got %s at %d, want booked at %d", moved.Status, moved.Start, p.Affected[0].To)
	}
	if cancelled.Status != booking.Cancelled || cancelled.CancelledBy != "office" {
		t.Errorf("got %s by %s, want cancelled by the office", cancelled.Status, cancelled.CancelledBy)
	}
	if kept.Status != booking.Booked || kept.Start != booked[2].Start {
		t.Errorf("got %s at %d, want it as it was", kept.Status, kept.Start)
	}
	if n := o.count(t, "SELECT count(*) FROM notice") - notices; n != 2 {
		t.Errorf("got %d notices, want one of the move and one of the cancellation", n)
	}
	if diff := cmp.Diff([]string{"move settled", "cancel settled", "keep settled"}, states(t, o, p.Change.ID)); diff != "" {
		t.Error(diff)
	}
	if _, err := o.book(t, "Late", "passport", at(11, 0)); !fault.IsKey(err, "booking.not_on_grid") {
		t.Errorf("got %v, want that the closed morning cannot be booked", err)
	}
	// Who was kept is not affected again by what does not touch that day.
	friday := hours.Edit{Kind: hours.SetDay, Date: org.DateOf(Monday.Add(4 * 24 * time.Hour)), Hours: []org.Exception{{From: 9 * 60, To: 10 * 60}}}
	if again := o.plan(t, anna, friday); len(again.Affected) != 0 {
		t.Errorf("a change of Friday affects %v", again.Affected)
	}
	rows, err := o.hours.History(t.Context(), anna, "town", "hall", "", 10)
	if err != nil || len(rows) != 1 || rows[0].Became != "2026-11-23 00:00-12:00" || rows[0].Was != "" || rows[0].Actor != "anna" {
		t.Errorf("history: got %+v, %v, want the closure by anna", rows, err)
	}
}

func carriedOutOnce(t *testing.T, o *opening) {
	anna := administrator("anna")
	booked := o.three(t)
	p := o.plan(t, anna, closing(t))
	d := decision(p, hours.Move, hours.Cancel, hours.Keep)
	errs := race(8, func(int) error { return o.hours.Carry(context.WithoutCancel(t.Context()), anna, d) })
	for _, err := range errs {
		if err != nil && !fault.Is(err, fault.KindUnavailable) {
			t.Errorf("the same form was told: %v", err)
		}
	}
	o.carry(t, anna, d)
	if a := o.appointment(t, booked[0].ID); a.Sequence != booked[0].Sequence+1 {
		t.Errorf("the appointment was changed %d times, want once", a.Sequence-booked[0].Sequence)
	}
	c, err := o.Store.Config(t.Context(), "town")
	if err != nil || len(c.Offices[0].Closures) != 1 {
		t.Errorf("got %d closures, %v, want one", len(c.Offices[0].Closures), err)
	}
	if n := o.count(t, "SELECT count(*) FROM audit WHERE action = 'hours.changed'"); n != 1 {
		t.Errorf("got %d lines of the audit log, want 1", n)
	}
	if n := o.count(t, "SELECT count(*) FROM notice WHERE event = 'appointment.moved' OR event = 'appointment.cancelled'"); n != 2 {
		t.Errorf("got %d notices, want 2", n)
	}
}

func twoAdministrators(t *testing.T, o *opening) {
	anna, bertta := administrator("anna"), administrator("bertta")
	rule, err := org.ParseWeekly("sat 10:00-12:00")
	if err != nil {
		t.Fatal(err)
	}
	first, second := o.plan(t, anna, closing(t)), o.plan(t, bertta, hours.Edit{Kind: hours.AddSeries, Rules: []org.Weekly{rule}})
	o.carry(t, anna, decision(first))
	if err := o.hours.Carry(t.Context(), bertta, decision(second)); !fault.IsKey(err, "hours.meanwhile") {
		t.Fatalf("got %v, want that she is told", err)
	}
	c, _ := o.Store.Config(t.Context(), "town")
	if len(c.Offices[0].Closures) != 1 || len(c.Offices[0].Hours) != 1 {
		t.Fatal("what the first did was written over, or what was refused was saved")
	}
	again, err := o.hours.Plan(t.Context(), bertta, "town", second.Change.ID)
	if err != nil {
		t.Fatal(err)
	}
	o.carry(t, bertta, decision(again))
	if c, _ = o.Store.Config(t.Context(), "town"); len(c.Offices[0].Closures) != 1 || len(c.Offices[0].Hours) != 2 {
		t.Error("want both changes")
	}
}

func bookedMeanwhile(t *testing.T, o *opening) {
	anna := administrator("anna")
	p := o.plan(t, anna, closing(t))
	if _, err := o.book(t, "Late", "passport", at(11, 0)); err != nil {
		t.Fatal(err)
	}
	if err := o.hours.Carry(t.Context(), anna, decision(p)); !fault.IsKey(err, "hours.undecided") {
		t.Fatalf("got %v, want that somebody is affected for whom nothing was chosen", err)
	}
	if c, _ := o.Store.Config(t.Context(), "town"); len(c.Offices[0].Closures) != 0 {
		t.Fatal("the hours were saved")
	}
	again, err := o.hours.Plan(t.Context(), anna, "town", p.Change.ID)
	if err != nil || len(again.Affected) != 1 {
		t.Fatalf("got %d affected, %v, want 1", len(again.Affected), err)
	}
	o.carry(t, anna, decision(again, hours.Cancel))
}

func newTimeTaken(t *testing.T, o *opening) {
	anna, booked := administrator("anna"), o.three(t)
	p := o.plan(t, anna, closing(t))
	for i := range 2 { // both counters at the time proposed to the first
		if _, err := o.book(t, string(rune('a'+i)), "passport", p.Affected[0].To); err != nil {
			t.Fatal(err)
		}
	}
	o.carry(t, anna, decision(p, hours.Move, hours.Cancel, hours.Keep))
	if diff := cmp.Diff([]string{"move failed", "cancel settled", "keep settled"}, states(t, o, p.Change.ID)); diff != "" {
		t.Fatal(diff)
	}
	if a := o.appointment(t, booked[0].ID); a.Start != booked[0].Start || a.Status != booking.Booked {
		t.Error("the appointment lost its old time without having a new one")
	}
	list, err := o.hours.Outcomes(t.Context(), anna, "town", p.Change.ID)
	if err != nil || list[0].To == 0 || list[0].To == p.Affected[0].To {
		t.Fatalf("got proposal %d, %v, want another time", list[0].To, err)
	}
	o.carry(t, anna, hours.Decision{Org: "town", Change: p.Change.ID, Choices: map[ids.Appointment]hours.Visit{booked[0].ID: {Choice: hours.Move, To: list[0].To}}})
	if a := o.appointment(t, booked[0].ID); a.Start != list[0].To {
		t.Errorf("got %d, want the second proposal %d", a.Start, list[0].To)
	}
}

func unitGoes(t *testing.T, o *opening) {
	anna, booked := administrator("anna"), o.three(t)
	unit := o.appointment(t, booked[0].ID).Unit
	sunday := org.DateOf(Monday).Add(-1)
	p := o.plan(t, anna, hours.Edit{Kind: hours.LastDay, Units: []ids.Unit{unit}, Date: sunday})
	if len(p.Affected) == 0 {
		t.Fatal("nobody is affected")
	}
	choices := make([]hours.Choice, len(p.Affected))
	for i := range choices {
		choices[i] = hours.Move
	}
	o.carry(t, anna, decision(p, choices...))
	for _, a := range p.Affected {
		if got := o.appointment(t, a.Appointment.ID); got.Unit == unit || got.Status != booking.Booked {
			t.Errorf("%s: got %s at %s, want it at the other counter", got.ID, got.Status, got.Unit)
		}
	}
}

func whoMay(t *testing.T, o *opening) {
	p := o.plan(t, administrator("anna"), closing(t))
	for name, who := range map[string]actor.Actor{
		"a visitor":                   visitor("somebody"),
		"a clerk":                     {Kind: actor.KindStaff, Staff: "x", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}},
		"an administrator elsewhere":  {Kind: actor.KindStaff, Staff: "x", Grants: []actor.Grant{{Role: actor.RoleOrgAdmin, Org: "village"}}},
		"a manager of another office": {Kind: actor.KindStaff, Staff: "x", Grants: []actor.Grant{{Role: actor.RoleManager, Org: "town", Office: "annex"}}},
		"who runs the installation":   {Kind: actor.KindStaff, Staff: "x", Grants: []actor.Grant{{Role: actor.RoleSystemAdmin}}},
	} {
		_, begin := o.hours.Begin(t.Context(), who, "town", "hall", closing(t))
		_, plan := o.hours.Plan(t.Context(), who, "town", p.Change.ID)
		carry := o.hours.Carry(t.Context(), who, decision(p))
		_, outcomes := o.hours.Outcomes(t.Context(), who, "town", p.Change.ID)
		_, history := o.hours.History(t.Context(), who, "town", "hall", "", 1)
		for what, err := range map[string]error{"begin": begin, "plan": plan, "carry": carry, "outcomes": outcomes, "history": history} {
			if err == nil {
				t.Errorf("%s may %s", name, what)
			}
		}
	}
	manager := actor.Actor{Kind: actor.KindStaff, Staff: "m", Grants: []actor.Grant{{Role: actor.RoleManager, Org: "town", Office: "hall"}}}
	o.carry(t, manager, decision(p))
}

func unfitPlan(t *testing.T, o *opening) {
	anna := administrator("anna")
	rule, _ := org.ParseWeekly("mon-fri 10:00-14:00")
	change := func(r *org.Weekly) hours.Edit {
		return hours.Edit{Kind: hours.ChangeSeries, Series: "mon-fri 09:00-15:00", Scope: org.Whole, Rule: r}
	}
	first, second := o.plan(t, anna, change(&rule)), o.plan(t, anna, change(nil))
	o.carry(t, anna, decision(first))
	if _, err := o.hours.Plan(t.Context(), anna, "town", second.Change.ID); !fault.IsKey(err, "hours.no_series") {
		t.Errorf("got %v, want that the series is not there any more", err)
	}
	if _, err := o.hours.Begin(t.Context(), anna, "town", "hall", hours.Edit{Kind: hours.Reopen, Closed: "2026-11-23"}); !fault.IsKey(err, "hours.no_closure") {
		t.Errorf("got %v, want that there is no such closure", err)
	}
	if _, err := o.hours.Begin(t.Context(), anna, "town", "hall", hours.Edit{Kind: hours.AddSeries, Rules: []org.Weekly{rule}}); !fault.IsKey(err, "hours.same") {
		t.Errorf("got %v, want that nothing changes", err)
	}
}

func proposalsApart(t *testing.T, o *opening) {
	anna := administrator("anna")
	for i := range 12 { // six times of both counters
		if _, err := o.book(t, "early "+string(rune('a'+i)), "passport", at(9, 20*(i/2))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.book(t, "noon", "passport", at(12, 0)); err != nil {
		t.Fatal(err)
	}
	p := o.plan(t, anna, closing(t))
	if len(p.Affected) != 12 {
		t.Fatalf("got %d affected, want 12", len(p.Affected))
	}
	at, choices := map[int64]int{}, []hours.Choice{}
	for _, a := range p.Affected {
		at[a.To]++
		choices = append(choices, hours.Move)
	}
	for to, n := range at {
		if n > 2 || to == 0 {
			t.Errorf("%d are proposed %s, where two can be served", n, time.Unix(to, 0))
		}
	}
	o.carry(t, anna, decision(p, choices...))
	for _, s := range states(t, o, p.Change.ID) {
		if s != "move settled" {
			t.Errorf("got %q, want every move as proposed", s)
		}
	}
}

func plansAreForgotten(t *testing.T, o *opening) {
	anna := administrator("anna")
	p := o.plan(t, anna, closing(t))
	o.Clock.Advance(7*24*time.Hour + time.Second)
	o.plan(t, anna, hours.Edit{Kind: hours.Close, Closure: &org.Closure{From: org.DateOf(Monday).Add(30), Reason: i18n.Text{"en": "x"}}})
	if _, err := o.hours.Plan(t.Context(), anna, "town", p.Change.ID); !fault.IsKey(err, "hours.no_change") {
		t.Errorf("got %v, want that the old plan is gone", err)
	}
}
