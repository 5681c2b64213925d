package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/eservice"
	"luukku/domain/worklist"
	"luukku/e2e/client"
	"luukku/store"
)

// manyWait has so many forms wait in the inbox of Vuorela, of which each third is late, and returns their numbers in the order of work.
func (h *house) manyWait(t *testing.T, n int) []string {
	t.Helper()
	gen, now := h.app.Site.Gen, h.app.Now().Unix()
	var rows []store.FilledSubmission
	var late, rest []string
	for i := range n {
		x := eservice.Submission{Org: vuorela, ID: gen.Submission(), Number: fmt.Sprintf("2026-%06d", i+1), Form: "day-care", Version: 1, Lang: "fi", Item: gen.Work(), SentAt: now - 9000 + int64(i), Seen: 1, Sealed: []byte("x"), State: eservice.Received, By: "somebody"}
		w := worklist.Item{Org: vuorela, ID: x.Item, Kind: worklist.Submission, Inbox: h.config(t, vuorela).Inbox("").ID, State: worklist.Open, Subject: "day-care", Since: x.SentAt, Fresh: 1, Version: 1, CreatedAt: x.SentAt, Changed: x.SentAt}
		if i%3 == 0 {
			w.Due, late = now-1000+int64(i), append(late, x.Number)
		} else {
			rest = append(rest, x.Number)
		}
		rows = append(rows, store.FilledSubmission{Submission: x, Work: w})
	}
	if err := h.app.Store.FillSubmissions(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	return append(late, rest...)
}

var someNumber = regexp.MustCompile(`2026-\d{6}`)

// leafs reads a list from its first page to its last by the links below it, and returns the numbers of each page.
func leafs(t *testing.T, p *client.Page, l i18n.Lang) (pages [][]string) {
	t.Helper()
	first := p.Path()
	for {
		pages = append(pages, slices.Compact(someNumber.FindAllString(p.Text(), -1)))
		if !p.HasLink(say(l, "inbox.forms.next")) {
			break
		}
		p = p.Click(say(l, "inbox.forms.next")).MustStatus(http.StatusOK)
	}
	if len(pages) > 1 {
		if back := p.Click(say(l, "inbox.forms.first")).MustStatus(http.StatusOK); back.Path() != first {
			t.Errorf("the first page is %s, want %s", back.Path(), first)
		}
	}
	return pages
}

// An inbox in which more than a page waits is read page by page, by links and without JavaScript: what is late first, each form once, with the same filter on each page; so is the list of forms that were sent.
func TestS2_4_AnInboxIsReadPageByPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		want := h.manyWait(t, 120)
		desk := h.answersMessages(t, "registry", vuorela)
		for _, address := range []string{"?kind=submission", "", "?view=unassigned&kind=submission", "/forms", "/forms?form=day-care&who=nobody"} {
			p := desk.Get(inboxAt(l, vuorela) + address).MustStatus(http.StatusOK)
			pages := leafs(t, p, l)
			if len(pages) != 3 || len(pages[0]) != worklist.PageSize || !slices.Equal(slices.Concat(pages...), want) {
				t.Errorf("%q has %d pages, want three with each form once in the order of work", address, len(pages))
			}
		}
		late := leafs(t, desk.Get(inboxAt(l, vuorela)+"/forms?late=1"), l)
		if !slices.Equal(slices.Concat(late...), want[:40]) {
			t.Errorf("late are %v", late)
		}
		desk.Get(inboxAt(l, vuorela) + "?kind=submission&after=nonsense").MustStatus(http.StatusOK).MustText(want[0])
		// What is done is the newest first, likewise.
		var done []string
		garden := h.answersMessages(t, "garden", city)
		for range 2 {
			x := h.sends(t, city, "allotment", "fi", keepsAnAllotment)
			ended := eservice.Deed{Org: city, Item: x.Item, Seen: 1, Key: h.app.Eservices.Gen.FormKey(), Do: eservice.Ended}
			if _, err := h.app.Eservices.Do(t.Context(), actor.System("test"), ended); err != nil {
				t.Fatal(err)
			}
			done = append([]string{x.Number}, done...)
			h.skip(time.Second)
		}
		if got := leafs(t, garden.Get(inboxAt(l, city)+"?view=closed&kind=submission"), l); !slices.Equal(slices.Concat(got...), done) {
			t.Errorf("done are %v, want %v", got, done)
		}
	})
}

// begunForCompany begins the form of the trip at the desk.
func begunForCompany(c *client.Client, l i18n.Lang, code, number, post string) *client.Page {
	begin := say(l, "eform.desk.begin")
	return c.Get("/"+string(l)+"/staff/vuorela/forms").Form(begin).Set(say(l, "eform.desk.form"), "School trip").Set(say(l, "eform.desk.lang"), say(l, "common.languages.en")).
		Set(say(l, "mailing.code"), code).Set(say(l, "access.number"), number).Set(say(l, "inbox.letter.post"), post).Submit(begin)
}

// A clerk fills in a form for an association by its number: it is in the association's folder for those who act for it, in nobody's of their own, and the desk sees whose it is. One that is not known
// here yet is made known by its name, and the receipt goes on paper. A form for companies is filled in for nobody else.
func TestS2_4_AClerkFillsInForACompany(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, "audience = [\"company\"]")
		maija, other := h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, other, l, "bank", "Tuuli Mallikas", "tuuli@example.org", true)
		desk := h.answersMessages(t, "registry", vuorela)
		send := say(l, "eform.check.send")

		begunForCompany(desk, l, codeOfMaija, "", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.for_companies"))
		begunForCompany(desk, l, codeOfMaija, "0000002-7", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.one_of_two"))
		p := begunForCompany(desk, l, "", "0000002-7", "").MustStatus(http.StatusOK).MustText(say(l, "eform.desk.for", "name", village))
		draft := p.Path()
		actFor(t, maija, l, village)
		maija.Get(my(l, "forms")).MustText(say(l, "eform.drafts.none"))
		answersTrip(t, desk, draft, "Porvoo").Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_filled"), village, "0000002-7", "Porvoo")
		maija.Get(my(l, "sent")).Click("School trip").MustStatus(http.StatusOK).MustText(say(l, "submission.by_staff"), "Porvoo")
		if p := other.Get(my(l, "sent")); p.HasText("School trip") {
			t.Errorf("it is in the folder of somebody who does not act for the association: %s", p)
		}
		if n := h.audited(t, vuorela, audit.FormBegun); n != 2 {
			t.Errorf("%d lines say that it was begun, want that of the draft and that of the association", n)
		}
		if n := h.audited(t, vuorela, audit.LetterSent); n != 0 {
			t.Errorf("%d letters went out without an address", n)
		}

		// One that nobody knows: its name is asked for, and all goes on paper.
		const post = "Mallin Paja Oy\nMallikatu 3\n00100 HELSINKI"
		begin := say(l, "eform.desk.begin")
		p = begunForCompany(desk, l, "", "0000003-5", post).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.company_new"))
		p = p.Form(begin).Set(say(l, "eform.desk.company_name"), "Mallin Paja Oy").Set(say(l, "access.kind"), say(l, "access.kind_company")).Submit(begin)
		p = p.MustStatus(http.StatusOK).MustText(say(l, "eform.desk.for", "name", "Mallin Paja Oy"))
		answersTrip(t, desk, p.Path(), "Hanko").Form(send).Submit(send).MustStatus(http.StatusOK).MustText("Mallin Paja Oy", "0000003-5", "Mallikatu 3")
		if n := h.audited(t, vuorela, audit.LetterSent); n != 1 {
			t.Errorf("%d letters went out on paper, want the receipt", n)
		}
		// A form for people alone is filled in for no company.
		h.tripIs(t, tripForm, "audience = [\"person\"]")
		p = begunForCompany(desk, l, "", "0000002-7", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.for_people"))
		if strings.Contains(p.Text(), say(l, "eform.desk.company_name")) {
			t.Error("the name of a company is asked for that is known")
		}
	})
}
