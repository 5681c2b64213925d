package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Who answers for what is kept holds a form by its number: it is not deleted when its time is over. Whose it is is told before a form is deleted, once, and not of what; the hold's end, or that it is let go,
// lets it go its way.
func TestS2_4_AFormIsHeldAndItsEndIsTold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		before := len(h.mails(t, "maija@example.org"))
		x, y := h.sends(t, city, "allotment", "fi", keepsAnAllotment), h.sends(t, city, "allotment", "fi", keepsAnAllotment)
		for _, id := range []string{string(x.ID), string(y.ID)} {
			c.Get(my(l, "sent", id)).Click(say(l, "submission.withdraw")).Form(say(l, "submission.withdraw_yes")).Submit(say(l, "submission.withdraw_yes")).MustStatus(http.StatusOK)
		}
		const page = "/en/staff/kaupunki/holds/forms"
		h.answersMessages(t, "garden", city).Get(page).MustStatus(http.StatusNotFound)
		records := h.clerk(t, "records", actor.Grant{Role: actor.RoleRecords, Org: city})
		hold := say(l, "hold.button")
		p := records.Get(page).MustStatus(http.StatusOK).MustText(say(l, "hold.forms.none")).Form(hold).Set(say(l, "submission.fact.number"), "2026-999999").Submit(hold)
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "submission.no_number"), say(l, "error.field.choose"))
		until := h.app.Now().AddDate(3, 0, 0)
		p = p.Form(hold).Set(say(l, "submission.fact.number"), x.Number).Check(say(l, "hold.why_appeal")).Set(say(l, "hold.forms.until"), until.Format("2.1.2006")).Submit(hold)
		p.MustStatus(http.StatusOK).MustText(say(l, "hold.forms.done_held"), x.Number)
		if p.HasText("Meikäläinen") {
			t.Error("the list says whose it is")
		}
		p.Form(hold).Set(say(l, "submission.fact.number"), x.Number).Check(say(l, "hold.why_court")).Submit(hold).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "submission.held_already"))

		// Two weeks before, they are told of the other one; then it is deleted, and the one that is held stays.
		ended, err := h.app.Store.Submission(t.Context(), city, y.ID)
		if err != nil || ended.DeleteAt == 0 {
			t.Fatalf("it is deleted at %d: %v", ended.DeleteAt, err)
		}
		h.stopAt(time.Unix(ended.DeleteAt, 0).AddDate(0, 0, -10))
		var told string
		h.eventually(t, "they are told", func() bool {
			h.hand.Add(5)
			for _, m := range h.mails(t, "maija@example.org")[before:] {
				if m.Subject == texts().Printer(m.Lang).T("submission.end_subject") {
					told = m.Text
				}
			}
			return told != ""
		})
		for _, never := range []string{y.Number, "allotment", "Mallila"} {
			if strings.Contains(told, never) {
				t.Errorf("the mail says %q: %s", never, told)
			}
		}
		now, err := h.app.Store.Submission(t.Context(), city, y.ID)
		if err != nil || now.ToldAt == 0 || now.DeleteAt < now.ToldAt {
			t.Fatalf("told at %d, deleted at %d: %v", now.ToldAt, now.DeleteAt, err)
		}
		h.stopAt(time.Unix(now.DeleteAt, 0))
		h.eventually(t, "it is deleted", func() bool {
			h.hand.Add(5)
			_, err := h.app.Store.Submission(t.Context(), city, y.ID)
			return fault.Is(err, fault.KindNotFound)
		})
		if _, err := h.app.Store.Submission(t.Context(), city, x.ID); err != nil {
			t.Errorf("what is held is gone: %v", err)
		}
		records = h.clerk(t, "records-2", actor.Grant{Role: actor.RoleRecords, Org: city}) // the session has ended meanwhile
		records.Get(page).Click(say(l, "hold.release")).Form(say(l, "hold.release")).Submit(say(l, "hold.release")).MustStatus(http.StatusOK).MustText(say(l, "hold.forms.done_released"), say(l, "hold.forms.none"))
		if a, b := h.audited(t, city, audit.SubmissionHeld), h.audited(t, city, audit.SubmissionReleased); a != 1 || b != 1 {
			t.Errorf("%d lines say that it is held, %d that it was let go", a, b)
		}
	})
}
