package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Somebody calls about home care. The clerk finds them by the number that they have confirmed, exactly, is told a name and nothing else, and opens the service; that they were looked for is in the log.
// A number that nobody has confirmed finds nobody, nor does one whose data is protected; who may not open services does not get there.
func TestS2_7_HomeCareOpensToWhoeverCalls(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, typed = i18n.Lang("en"), "+358401234567", "040 123 4567"
		o := order{lang: l, org: city, service: "home-care-older"}
		page := "/en/kaupunki/services/home-care-older"
		h.person(t).Get(page).MustText(say(l, "access.first_title"), say(l, "access.first"))

		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: city})
		look := func(phone string) string {
			p := desk.Get(deskAt(l, o.org, "access")).MustStatus(http.StatusOK)
			return p.Form(say(l, "access.open_key")).Set("phone", phone).Submit(say(l, "access.open_key")).Text()
		}
		if got := look(typed); !strings.Contains(got, say(l, "access.nobody_found")) {
			t.Errorf("nobody has confirmed it: %s", got)
		}

		c := h.person(t)
		p := identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen").Click(say(l, "common.continue")).Click(say(l, "welcome.decline")).MustText(say(l, "account.first_title"))
		p = p.Form(say(l, "common.continue")).Set("phone", typed).Submit(say(l, "common.continue")).MustText(say(l, "verify.title"))
		if got := look(typed); !strings.Contains(got, say(l, "access.nobody_found")) {
			t.Errorf("she has not confirmed it yet: %s", got)
		}
		p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), h.code(t, number, 1)).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)

		for _, other := range []string{"040 123 4568", "0401234"} {
			if got := look(other); strings.Contains(got, "Maija") {
				t.Errorf("%s finds her", other)
			}
		}
		found := look(typed)
		if !strings.Contains(found, "Maija Meikäläinen") || strings.Contains(found, "1985") {
			t.Errorf("want her name and nothing else: %s", found)
		}
		p = desk.Get(deskAt(l, o.org, "access"))
		p = p.Form(say(l, "access.open_key")).Set("phone", typed).Submit(say(l, "access.open_key"))
		p = p.Form(say(l, "access.open") + " Maija Meikäläinen").Submit(say(l, "access.open") + " Maija Meikäläinen").MustText(say(l, "access.nothing"))
		f := p.Form(say(l, "desk.save_key"))
		f.Force("service", "home-care-older").Set("why", "She called, and a home visit was agreed.").Submit(say(l, "desk.save_key")).MustText(say(l, "access.done_granted"))
		if !c.Get(page).HasLink(say(l, "service.book")) {
			t.Error("home care is not open to her")
		}
		c.Get("/en/kaupunki/services/memory-nurse").MustText(say(l, "access.contact_first"))
		if n := h.audited(t, city, audit.PersonSearched); n < 2 {
			t.Errorf("%d searches are written down", n)
		}
		h.clerk(t, "author", actor.Grant{Role: actor.RoleOrgAdmin, Org: city}).Get(deskAt(l, o.org, "access")).MustStatus(http.StatusNotFound)
	})
}
