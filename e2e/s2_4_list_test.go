package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/staff"
	"luukku/e2e/client"
)

// Forms that were sent are found by what they are, in an address that can be kept; several are given at once, and what had changed is named and left. They are taken out by those with the right for it alone,
// as a table without formulas and as JSON, which is written down at the person; figures count them, and say no times of few.
func TestS2_4_FormsAreFilteredGivenAndTakenOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.withBox(t, l)
		desk := h.answersMessages(t, "registry", vuorela)
		send := say(l, "eform.check.send")
		var numbers []string
		for range 2 {
			p := begunFor(desk, l, codeOfMaija, "", "").MustStatus(http.StatusOK)
			p = dayCareFilled(t, h, p, l).Form(send).Submit(send).MustStatus(http.StatusOK)
			numbers = append(numbers, "2026-00000"+string(rune('1'+len(numbers))))
			p.MustText(numbers[len(numbers)-1])
		}
		list := inboxAt(l, vuorela) + "/forms"
		p := desk.Get(list + "?form=day-care&who=nobody&state=received").MustStatus(http.StatusOK).MustText(numbers...)
		for _, none := range []string{"?state=decided", "?who=me", "?late=1", "?until=1.1.2020", "?form=other"} {
			desk.Get(list + none).MustStatus(http.StatusOK).MustText(say(l, "inbox.forms.none"))
		}
		desk.Get(list + "?from=yesterday").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))
		for _, order := range []string{"?state=all", "?state=all&order=oldest"} {
			desk.Get(list + order).MustStatus(http.StatusOK).MustText(numbers...)
		}

		// Both are chosen; one is taken by a colleague before they are given.
		give := say(l, "inbox.forms.give")
		form := p.Form(give).Check(numbers[0]).Check(numbers[1])
		other := h.answersMessages(t, "colleague", vuorela)
		other.Get(inboxAt(l, vuorela)).Click(say(l, "inbox.next")).MustStatus(http.StatusOK)
		p = form.Submit(give).MustStatus(http.StatusOK).MustText("Done with 1 form.", "This one had changed since you saw it")
		if !p.HasText(numbers[0]) && !p.HasText(numbers[1]) {
			t.Errorf("nothing says which had changed: %s", p.Text())
		}
		desk.Get(list).Form(give).Submit(give).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.forms.choose_some"))

		// Who answers messages may not take them out; who manages and answers them may.
		desk.Get(list + ".csv?form=day-care").MustStatus(http.StatusNotFound)
		boss := h.clerk(t, "boss", actor.Grant{Role: actor.RoleManager, Org: vuorela})
		boss.Get(list + ".csv?form=day-care").MustStatus(http.StatusNotFound)
		if n := h.audited(t, vuorela, audit.SubmissionExported); n != 0 {
			t.Errorf("%d lines say that something was taken out, and nothing was", n)
		}
		desk.Get(list+"/figures").MustStatus(http.StatusOK).MustText("Application for day care", say(l, "inbox.figures.few", "n", 5))
		if csv := desk.Get(list + "/figures.csv").MustStatus(http.StatusOK); !strings.Contains(string(csv.Body), "form,day-care,2,2,0,0,0,0,,") {
			t.Errorf("the figures are %s", csv.Body)
		}
		h.answersMessages(t, "elsewhere", registerOffice).Get(list).MustStatus(http.StatusNotFound)
		both := h.manages(t, "both")
		both.Get(list + "?form=day-care").MustStatus(http.StatusOK).MustText(say(l, "inbox.forms.csv"))
		both.Get(list + ".csv").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.forms.export_form"))
		table, err := csv.NewReader(bytes.NewReader(both.Get(list + ".csv?form=day-care").MustStatus(http.StatusOK).Body)).ReadAll()
		if err != nil || len(table) != 3 {
			t.Fatalf("the table has %d rows: %v", len(table), err)
		}
		for at, want := range map[string]string{"Postcode [postcode]": "", "number": "2026-000002", "from": "office", "state": "in_progress"} {
			i := slices.IndexFunc(table[0], func(head string) bool { return head == at || want == "" && strings.HasPrefix(head, "Postcode") })
			if i < 0 || want != "" && table[1][i] != want || want == "" && !strings.Contains(table[1][i], "00100") {
				t.Errorf("no %q under %q: %q", want, at, table)
			}
		}
		if phone := strings.Join(table[1], "|"); !strings.Contains(phone, "Liisa Meikäläinen") || !strings.Contains(phone, "|'+358401234567|") {
			t.Errorf("the first row is %q, want the child's name, and a number that is no formula", table[1])
		}
		var taken struct {
			Submissions []struct {
				Number  string
				Answers map[string]any
			}
		}
		if err := json.Unmarshal(both.Get(list+".json?form=day-care&order=oldest").MustStatus(http.StatusOK).Body, &taken); err != nil || len(taken.Submissions) != 2 || taken.Submissions[0].Number != numbers[0] {
			t.Errorf("taken out as JSON it is %+v, %v", taken, err)
		}
		if n := h.audited(t, vuorela, audit.SubmissionExported); n != 4 { // each time as a whole, and at the person
			t.Errorf("%d lines say that it was taken out, want 4", n)
		}
	})
}

// manages is a browser of somebody who manages and answers messages.
func (h *house) manages(t *testing.T, name string) *client.Client {
	t.Helper()
	id := h.member(t, name, actor.Grant{Role: actor.RoleManager, Org: vuorela})
	err := h.app.Store.Workers().InTx(t.Context(), func(ctx context.Context, tx staff.Tx) error {
		_, err := tx.PutRole(ctx, id, staff.Granted{Grant: actor.Grant{Role: actor.RoleInbox, Org: vuorela}, At: h.app.Now().Unix()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := h.person(t)
	for cookie, value := range h.cookies(t, caller{name: name, staff: id}, vuorela, "") {
		if value != "" {
			c.SetCookie(&http.Cookie{Name: cookie, Value: value, Path: "/"})
		}
	}
	return c
}
