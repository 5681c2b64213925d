package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// czechLetter sends a letter of the town hall of the Czech demo to Maija.
func (h *house) czechLetter(t *testing.T, subject string, m mailbox.Mode) ids.Letter {
	t.Helper()
	who := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: townHall, Scopes: []actor.Right{actor.LetterSend}}
	sent, err := h.app.Mailboxes.Send(t.Context(), who, mailbox.SendRequest{
		Org: townHall, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: "140385-902F"}, Kind: mailbox.Decision, Mode: m, Lang: "cs",
		Content: mailbox.Content{Subject: subject, Body: "Rozhodli jsme."}, Key: h.app.Site.Gen.FormKey(),
	})
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return sent.ID
}

// Where Czech law holds, a letter is served by the first sign-in to the mailbox after it came, opened or not; the program that sent it reads the day, that it is certain, and the law. The list of one's
// own matters is no such sign-in. Of whom nobody sees for ten days, it is presumed, on a working day.
func TestS4_5_SigningInServesInCzechia(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, law = i18n.Lang("cs"), "CZ 300/2008 Sb., § 17(3)-(4)"
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)) // a Monday
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, l)
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), townHall, "Spisovna", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		program := h.person(t)
		stands := func(id ids.Letter) (s api.SentLetter) {
			t.Helper()
			p := program.Raw(http.MethodGet, "/api/v1/organisations/"+string(townHall)+"/letters/"+string(id), http.Header{"Authorization": {"Bearer " + key}}, "")
			(&mailProgram{t: t}).read(p, http.StatusOK, &s)
			return s
		}
		served := func(id ids.Letter, on string, certain, presumed bool) {
			t.Helper()
			s := stands(id).Served
			if s == nil || s.On != on || s.Certain != certain || s.Presumed != presumed || s.Source != law || s.Country != "CZ" {
				t.Errorf("got %+v, want %s, certain %t, presumed %t", s, on, certain, presumed)
			}
		}
		first := h.czechLetter(t, "Rozhodnutí 8001", mailbox.Ordinary)
		served(first, "2026-12-03", false, true)
		c.Get(my(l)).MustText(say(l, "my.title", "name", "Maija Meikäläinen"))
		served(first, "2026-12-03", false, true)

		h.stopAt(time.Date(2026, time.November, 25, 9, 0, 7, 0, time.UTC))
		c = h.person(t)
		identify(t, l, c.Get(my(l, "mailbox")), "bank", "Maija Meikäläinen").Click(say(l, "common.continue")).MustText("Rozhodnutí 8001")
		served(first, "2026-11-25", true, false)
		events := 0
		for _, e := range stands(first).Events {
			if e.What == mailbox.SignedIn {
				events++
				if e.At != "2026-11-25T10:00:07+01:00" {
					t.Errorf("signed in at %s", e.At)
				}
			}
		}
		c.Get(my(l, "mailbox"))
		if s := stands(first); events != 1 || s.ReadAt != "" {
			t.Errorf("%d events of the sign-in, read at %q; want one and not read", events, s.ReadAt)
		}
		// The person reads the same on the page of the letter.
		c.Get(my(l, "mailbox", "letter", string(first))).MustText(law)

		// The tenth day is a Saturday: it is presumed on the Monday after it, and a sign-in afterwards changes nothing.
		second := h.czechLetter(t, "Rozhodnutí 8002", mailbox.Verifiable)
		served(second, "2026-12-07", false, true)
		h.stopAt(time.Date(2026, time.December, 6, 22, 59, 59, 0, time.UTC)) // the last second of the Sunday in Prague
		served(second, "2026-12-07", false, true)
		h.stopAt(time.Date(2026, time.December, 6, 23, 0, 0, 0, time.UTC))
		served(second, "2026-12-07", true, true)
		h.stopAt(time.Date(2026, time.December, 9, 9, 0, 0, 0, time.UTC))
		late := h.person(t)
		identify(t, l, late.Get(my(l, "mailbox")), "bank", "Maija Meikäläinen").Click(say(l, "common.continue")).MustStatus(http.StatusOK)
		served(second, "2026-12-07", true, true)
	})
}
