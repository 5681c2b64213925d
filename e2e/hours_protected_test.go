package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/e2e/client"
)

// Whose data is protected is affected by a change of hours like everybody: they are moved and cancelled by whoever changes the hours, and neither the list of
// those affected, nor what became of them, nor the list of calls, on paper or not, says who they are or how they are reached.
func TestHours_ProtectedPersonIsMovedAndNotShown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, name, phone, email = i18n.Lang("en"), "Veikko Varjeltu", "+358401112223", "veikko@example.org"
		h.settle(t, h.person(t), l, "card", "Veikko Mallikas", email, false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", email, 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		day := h.workday(t, 25)
		sch, err := h.app.Booking.Schedule(t.Context(), vuorela, "passport-or-id", "kallio")
		if err != nil {
			t.Fatal(err)
		}
		free, err := h.app.Booking.Between(t.Context(), sch, day, day, "")
		if err != nil {
			t.Fatal(err)
		}
		var booked []booking.Appointment
		for s := range free.Days[0].Free.All() {
			d := booking.Details{Name: name, Phone: phone, Lang: "en", Note: "Secret note"}
			if len(booked) == 1 {
				d.Email = email
			}
			if len(booked) == 2 {
				break
			}
			made, err := h.app.Booking.Book(t.Context(), actor.Actor{Kind: actor.KindCitizen, Person: found[0].Person, Level: actor.LevelSubstantial}, booking.BookRequest{
				Org: vuorela, Service: "passport-or-id", Office: "kallio", Start: s.Start, Details: d, Key: h.app.Site.Gen.FormKey(),
			})
			if err != nil {
				t.Fatal(err)
			}
			booked = append(booked, made.Appointment)
		}
		h.awaitMails(t, email, 2) // the code that proves the address, and that it is booked
		admin := h.atWork(t, "anna", actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela})
		p := closing(admin, l, day).MustText(name, phone) // before the protection: else the test proves nothing
		h.protect(t, found[0].Person)
		tells := func(p *client.Page) {
			t.Helper()
			for _, s := range []string{"Varjeltu", "Veikko", phone, "1112223", "111 2223", email, "veikko", "Secret note"} {
				if strings.Contains(string(p.Body), s) {
					t.Errorf("%s says %q of somebody whose data is protected: %s", p.Path(), s, p)
				}
			}
		}
		p = admin.Get(p.Path()).MustStatus(http.StatusOK).MustText("a person whose data is protected", say(l, "hours.call_protected"))
		tells(p)
		f := p.Form(say(l, "hours.publish_and_tell"))
		f.Set("choice-"+string(booked[0].ID), "move").Set("choice-"+string(booked[1].ID), "cancel")
		p = f.Submit(say(l, "hours.publish_and_tell")).MustStatus(http.StatusOK).MustText(say(l, "hours.saved"), say(l, "hours.calls"), say(l, "hours.protected"), say(l, "hours.call_protected"))
		tells(p)
		tells(admin.Get(hoursPage(l, "history")))
		if a := h.appointment(t, booked[0].ID); a.Start == booked[0].Start {
			t.Error("the first has its old time")
		}
		if a := h.appointment(t, booked[1].ID); a.Status != booking.Cancelled {
			t.Errorf("the second is %s, want cancelled", a.Status)
		}
		h.awaitMails(t, email, 3) // and that it is cancelled
	})
}

// closing goes to the page that shows whom it affects when the office is closed from a day on.
func closing(c *client.Client, l i18n.Lang, day org.Date) *client.Page {
	y, m, d := day.YMD()
	f := c.Get(hoursPage(l)).Click(say(l, "hours.close_title")).Form(say(l, "hours.to_check"))
	f.Force("first-day", strconv.Itoa(d)).Force("first-month", strconv.Itoa(int(m))).Force("first-year", strconv.Itoa(y)).Force("reason-en", "Water damage").Force("reason-fi", "Vesivahinko")
	return f.Submit(say(l, "hours.to_check")).MustStatus(http.StatusOK)
}
