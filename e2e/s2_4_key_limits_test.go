package e2e

import (
	"net/http"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/audit"
)

// What a key is limited to is changed later on a page: it holds from the program's next request on, with the same key; what is refused keeps what was chosen; of two administrators who change it the second is told;
// and the log has it before and after.
func TestS2_4_TheLimitsOfAKeyAreChangedLater(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripOpens(t, "")
		admin := h.administrator(t, "Anna Admin")
		program := limitedKey(t, h, admin, l, "Cases", "Application for day care")
		sendsOpenTrip(t, h, h.person(t), l, "Nuuksio")
		if list, _ := program.sentFresh(0, ""); len(list) != 0 {
			t.Fatalf("limited to another form it has %+v", list)
		}
		list, keep := "/en/admin/vuorela/clients", say(l, "clients.limits_keep")
		page := admin.Get(list).Click(say(l, "clients.limits")+" Cases").MustStatus(http.StatusOK).MustText(say(l, "clients.limits_title"), "Cases")
		late := admin.Get(bare(page))

		// Now another form, and at once.
		page.Form(keep).Uncheck("Application for day care").Check("School trip").Submit(keep).MustStatus(http.StatusOK).MustText(say(l, "clients.done_limited"), say(l, "clients.only", "what", "School trip"))
		got, next := program.sentFresh(0, "")
		if len(got) != 1 || got[0].Form != "trip" {
			t.Fatalf("with the new limits it has %+v", got)
		}

		// Who looked before reads what holds now, with what they chose; sent again, it holds.
		told := late.Form(keep).Uncheck("Application for day care").Check("Permits").Submit(keep).MustStatus(http.StatusConflict).
			MustText(say(l, "clients.limited_since_kept", "what", say(l, "clients.only", "what", "School trip")))
		program.ask(http.MethodGet, "/submissions/"+string(got[0].ID), "").MustStatus(http.StatusOK)
		told.Form(keep).Submit(keep).MustStatus(http.StatusOK).MustText(say(l, "clients.only", "what", "Permits"))
		program.ask(http.MethodGet, "/submissions/"+string(got[0].ID), "").MustStatus(http.StatusOK) // which lies there

		// An inbox in which it does not lie: it is not there any more.
		back := admin.Get(bare(page))
		back.Form(keep).Uncheck("Permits").Check("Registry").Submit(keep).MustStatus(http.StatusOK)
		program.ask(http.MethodGet, "/submissions/"+string(got[0].ID), "").MustStatus(http.StatusNotFound)
		if list, again := program.sentFresh(0, ""); len(list) != 0 || again < next {
			t.Errorf("the feed has %+v up to %d", list, again)
		}

		if n := h.audited(t, vuorela, audit.ClientLimited); n != 3 {
			t.Errorf("the log has %d changes, want 3", n)
		}
		admin.Get("/en/admin/vuorela/audit?action=client.limited").MustStatus(http.StatusOK).MustText(say(l, "audit_log.action.client_limited"), "Anna Admin")

		// A revoked key has no limits to change.
		at := bare(page)
		admin.Get(list).Click(say(l, "clients.revoke") + " Cases").Click(say(l, "clients.revoke")).MustText(say(l, "clients.done_revoked"))
		admin.Get(at).MustStatus(http.StatusNotFound)
	})
}
