package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/worklist"
)

// Those who handle forms are told on the morning of a working day how much is late and due soon, once: of what was given to them, of what nobody has taken where they wish it, of nothing where they do not.
// The mail says how many there are, and nothing else; the list says it above all.
func TestS2_4_WhatIsLateIsToldOnceADay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.withBox(t, l)
		zone := h.config(t, city).Zone()
		day := h.app.Now().In(zone).AddDate(0, 0, 1)
		for day.Weekday() != time.Tuesday {
			day = day.AddDate(0, 0, 1)
		}
		morning := time.Date(day.Year(), day.Month(), day.Day(), 7, 30, 0, 0, zone)
		h.stopAt(morning.Add(-20 * time.Minute))
		late, soon, free := h.sends(t, city, "allotment", "fi", keepsAnAllotment), h.sends(t, city, "allotment", "fi", keepsAnAllotment), h.sends(t, city, "allotment", "fi", keepsAnAllotment)
		for item, in := range map[ids.Work]time.Duration{late.Item: 10 * time.Minute, soon.Item: 30 * time.Hour, free.Item: 10 * time.Minute} {
			x, err := h.app.Store.WorkItem(t.Context(), city, item)
			if err != nil {
				t.Fatal(err)
			}
			x.Due = h.app.Now().Add(in).Unix()
			if err := h.app.Store.ChangeWork(t.Context(), worklist.Change{Now: x}); err != nil {
				t.Fatal(err)
			}
		}
		mine, all, none := h.answersMessages(t, "mine", city), h.answersMessages(t, "all", city), h.answersMessages(t, "none", city)
		for _, x := range []string{string(late.Item), string(soon.Item)} {
			mine.Get(inboxAt(l, city) + "/" + x).Form(say(l, "inbox.take")).Submit(say(l, "inbox.take")).MustStatus(http.StatusOK)
		}
		save := say(l, "inbox.notices.save")
		all.Get(inboxAt(l, city)).Click(say(l, "inbox.notices.title")).Form(save).Check(say(l, "inbox.notices.wish.all")).Submit(save).MustStatus(http.StatusOK).MustText(say(l, "inbox.notices.done"))
		none.Get(inboxAt(l, city) + "/notices").Form(save).Check(say(l, "inbox.notices.wish.none")).Submit(save).MustStatus(http.StatusOK)

		// The next morning is looked ahead to every ten minutes.
		h.stopAt(morning.Add(-12 * time.Minute))
		h.eventually(t, "the notices are recorded", func() bool {
			h.hand.Add(5)
			return h.hand.Load() >= morning.Unix()-30
		})
		h.stopAt(morning.Add(time.Minute))
		got := h.awaitMails(t, "mine@luukku.example", 1)[0]
		if want := say(l, "inbox.notices.mail_subject", "late", 1, "soon", 1); got.Subject != want {
			t.Errorf("the subject is %q, want %q", got.Subject, want)
		}
		for _, never := range []string{late.Number, "Maija", "allotment", "palsta", string(late.Item)} {
			if strings.Contains(got.Text+got.Subject, never) {
				t.Errorf("the mail says %q: %s", never, got.Text)
			}
		}
		if got := h.awaitMails(t, "all@luukku.example", 1)[0]; got.Subject != say(l, "inbox.notices.mail_subject", "late", 1, "soon", 0) {
			t.Errorf("who wishes all is told %q", got.Subject)
		}
		p := mine.Get(h.path(t, strings.Fields(got.Text[strings.Index(got.Text, "http"):])[0])).MustStatus(http.StatusOK).MustText(say(l, "inbox.notices.note", "late", 2, "soon", 1))
		p.Click(say(l, "inbox.view_count", "view", say(l, "inbox.view.soon"), "n", 1)).MustStatus(http.StatusOK).MustText(soon.Number)

		// Once a day: later that day nothing more comes.
		h.stopAt(morning.Add(2 * time.Hour))
		h.rest(t)
		for name, want := range map[string]int{"mine": 1, "all": 1, "none": 0} {
			if n := len(h.mails(t, name+"@luukku.example")); n != want {
				t.Errorf("%d mails came to %s, want %d", n, name, want)
			}
		}
	})
}
