package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
)

// Several people, and several services, in one visit by phone: the times are as long as all of it, names are asked and nothing typed is lost, the list, the
// page, the printout and the table say who comes and for what; a move keeps it, and so does undoing a cancellation.
func TestS5_1_VisitOfSeveralBookedByPhone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		o.office = "porvoo"
		h.apply(t, fmt.Sprintf("format = 1\n[organisations.%s.services.notary]\npolicy = { max_people = 3, prereservation_lapse = \"1h\" }\ncombines = [\"name-change\"]\n", o.org))
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		cfg := h.config(t, o.org)
		also := h.service(t, o.org, "name-change").Name.In(l)
		box := say(l, "service.with_length", "service", h.service(t, o.org, "name-change").Name, "length", cfg.Policy("name-change", "porvoo").Length)
		length := 2 * (cfg.Policy("notary", "porvoo").Length + cfg.Policy("name-change", "porvoo").Length)

		p := c.Get(deskAt(l, o.org, "book")).MustStatus(http.StatusOK)
		p = p.Form("call").Set("name", "Anna Ahola").Set("email", "anna@example.org").Set(say(l, "common.service"), o.service).Set(say(l, "common.place"), o.office).
			Submit(say(l, "desk.show_times_key")).MustStatus(http.StatusOK)
		short := len(slots(p, "slot"))
		p = p.Form("call").Set("people", "2").Check(box).Submit(say(l, "desk.show_times_key")).MustStatus(http.StatusOK)
		free := slots(p, "slot")
		if len(free) == 0 || len(free) >= short {
			t.Fatalf("a visit four times as long has %d times, a plain one %d", len(free), short)
		}
		p = p.Form("call").Set("other-1", "Bertil Berg").Submit(say(l, "desk.show_times_key"))
		p = pressed(t, p, "slot", free[0].Attr("value")).MustStatus(http.StatusOK).MustText(say(l, "desk.kept_title"))
		if f := p.Form("call"); f.Value("other-1") != "Bertil Berg" || f.Value("name") != "Anna Ahola" || !f.Checked(box) {
			t.Fatalf("what was typed is lost: %s", p)
		}
		missing := p.Form("call").Set("people", "3").Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.name_required"))
		if got := missing.Form("call").Value("other-1"); got != "Bertil Berg" {
			t.Errorf("the second name is %q", got)
		}
		p = missing.Form("call").Set("people", "2").Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusOK).MustText(say(l, "desk.done.booked"), "Anna Ahola", "Bertil Berg", also)
		_, start, _ := strings.Cut(free[0].Attr("value"), "|")
		a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, codeForm.FindString(p.Text()))
		if err != nil || a.End-a.Start != int64(length/time.Second) || a.Start != moment(t, start).Unix() || len(a.Parts) != 4 {
			t.Fatalf("got %d s from %d with %d parts, %v; want %s from %s with 4", a.End-a.Start, a.Start, len(a.Parts), err, length, start)
		}
		list := c.Get(p.Click(say(l, "ui.back")).Path()).MustText("Anna Ahola", "Bertil Berg", also)
		list.Click(say(l, "desk.print")).MustText("Bertil Berg", also)
		if csv := list.Click(say(l, "desk.csv")); !strings.Contains(string(csv.Body), ",name-change,Bertil Berg") {
			t.Errorf("the table does not say who comes along, and for what: %s", csv.Body)
		}
		c.Get(deskAt(l, o.org, "find")).Form(say(l, "desk.find_button")).Set("name", "ahola").Submit(say(l, "desk.find_button")).MustText(also)

		edit := c.Get(bare(p)).Click(say(l, "manage.edit"))
		edit.Form(say(l, "desk.save_key")).Set("other-1", "").Submit(say(l, "desk.save_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.name_required"))
		edit.Form(say(l, "desk.save_key")).Set("other-1", "Cecilia Cederberg").Submit(say(l, "desk.save_key")).MustText(say(l, "desk.done.saved"), "Cecilia Cederberg")
		move := c.Get(bare(p)).Click(say(l, "manage.move"))
		to := slots(move, "to")
		at := to[len(to)-1].Attr("value")
		pressed(t, move, "to", at).MustText(say(l, "desk.done.moved"), "Cecilia Cederberg", also)
		cancelled := c.Get(bare(p)).Click(say(l, "manage.cancel")).Form(say(l, "manage.cancel")).Submit(say(l, "manage.cancel")).MustText(say(l, "desk.done.cancelled"))
		cancelled.Click(say(l, "desk.undo")).MustText(say(l, "desk.done.undone"), "Cecilia Cederberg", also)
		if a, err = h.app.Booking.Find(t.Context(), actor.System("test"), o.org, codeForm.FindString(p.Text())); err != nil || a.End-a.Start != int64(length/time.Second) {
			t.Errorf("after a move and an undone cancellation it takes %d s, %v; want %s", a.End-a.Start, err, length)
		}
		// Set aside, for as many; and more than the policy allows are refused, in words.
		p = c.Get(deskAt(l, o.org, "book")).Form("call").Set(say(l, "common.service"), o.service).Set(say(l, "common.place"), o.office).Submit(say(l, "desk.show_times_key"))
		p = p.Form("call").Set("people", "2").Submit(say(l, "desk.show_times_key"))
		p = pressed(t, p, "slot", slots(p, "slot")[len(slots(p, "slot"))-1].Attr("value"))
		p.Form("call").Set("name", "Dora Dahl").Force("people", "9").Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "visit.too_many", "max", 3))
		p.Form("call").Set("name", "Dora Dahl").Set("other-1", "Erik Ek").Submit(say(l, "desk.propose")).MustText(say(l, "desk.done.proposed"), "Erik Ek")
	})
}
