package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
	"luukku/e2e/client"
)

// seen asks with the version of a matter that was seen.
func (m *mailProgram) seen(method, path, body string, version int64) *client.Page {
	m.n++
	head := http.Header{
		"Authorization": {"Bearer " + m.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprintf("request-%d", m.n)}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(version))},
	}
	return m.c.Raw(method, "/api/v1/organisations/vuorela"+path, head, body)
}

// fresh are the matters that changed after a number, and where the feed goes on.
func (m *mailProgram) fresh(after int64) (list []api.ListedMatter, next int64) {
	m.t.Helper()
	for {
		var page api.MatterFeed
		m.read(m.ask(http.MethodGet, fmt.Sprintf("/matters?limit=1&after=%d", after), ""), http.StatusOK, &page)
		list = append(list, page.Matters...)
		if after = page.Next; !page.More {
			return list, after
		}
	}
}

// A case system behind the desk: it follows what people write, reads it, takes it, dates it, answers it with a decision, once, and never by what has changed since it looked; what it does is in the history
// that clerks see. With the examples of docs/letters.md.
func TestS4_6_ACaseSystemAnswers(t *testing.T) {
	t.Parallel()
	examples := lettersPage(t)[12:]
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		p := h.mailKey(t, actor.LetterWork)
		if list, next := p.fresh(0); len(list) != 0 || next != 0 {
			t.Fatalf("got %+v and %d before anybody wrote", list, next)
		}
		sent := writesLetter(t, c, l, vuorela, mailbox.Claim, "My claim 4711", "The fee is wrong: 4712.")
		var feed api.MatterFeed
		b := p.read(p.ask(http.MethodGet, "/matters", ""), http.StatusOK, &feed)
		asShown(t, "the feed of matters", examples[0], b)
		if strings.Contains(string(b), "4711") || strings.Contains(string(b), "Maija") || len(feed.Matters) != 1 {
			t.Fatalf("the feed is %s, want one matter without what it says and whose it is", b)
		}
		var wanted api.MatterFeed
		if err := json.Unmarshal([]byte(examples[0]), &wanted); err != nil {
			t.Fatal(err)
		}
		m := feed.Matters[0]
		if w := wanted.Matters[0]; m.Kind != w.Kind || m.Inbox != w.Inbox || m.State != w.State || m.Unanswered != w.Unanswered || m.Due == "" || m.Version != w.Version {
			t.Errorf("got %+v, docs/letters.md shows %+v", m, w)
		}

		// Other keys open none of it, and this one opens nothing else.
		one := "/matters/" + string(m.ID)
		for _, other := range []actor.Right{actor.LetterSend, actor.InboxWork} {
			q := h.mailKey(t, other)
			q.ask(http.MethodGet, "/matters", "").MustStatus(http.StatusNotFound)
			q.ask(http.MethodGet, one, "").MustStatus(http.StatusNotFound)
		}
		p.ask(http.MethodGet, "/conversations", "").MustStatus(http.StatusNotFound)
		p.ask(http.MethodGet, "/letters/events", "").MustStatus(http.StatusNotFound)
		if n := h.audited(t, vuorela, audit.LetterRead); n != 0 {
			t.Fatalf("%d readings before anybody read it", n)
		}

		var got api.Matter
		asShown(t, "a matter", examples[1], p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &got))
		if got.From.Identifier != "140385-902F" || got.From.Name != "Maija Meikäläinen" || len(got.Letters) != 1 || got.Letters[0].Body != "The fee is wrong: 4712." || got.Reach != mailbox.Reachable {
			t.Errorf("got %+v", got)
		}
		if n := h.audited(t, vuorela, audit.LetterRead); n != 1 {
			t.Errorf("%d readings are written down, want 1", n)
		}

		// The program takes it and dates it; clerks see that, by its name.
		var done struct {
			State    worklist.State `json:"state"`
			Assignee string         `json:"assignee"`
			Due      string         `json:"due"`
			Letter   string         `json:"letter"`
			Version  int64          `json:"version"`
		}
		p.read(p.seen(http.MethodPut, one+"/assignee", `{"program":true}`, got.Version), http.StatusOK, &done)
		p.seen(http.MethodPut, one+"/assignee", `{"program":true}`, got.Version).MustStatus(http.StatusPreconditionFailed).MustText("/problems/api.changed_since")
		due := time.Now().In(h.config(t, vuorela).Zone()).AddDate(0, 0, 9).Format(time.RFC3339)
		p.read(p.seen(http.MethodPut, one+"/due", `{"due":"`+due+`"}`, done.Version), http.StatusOK, &done)
		if done.Due != due || done.Assignee == "" {
			t.Errorf("got %+v, want it due at %s", done, due)
		}
		p.seen(http.MethodPut, one+"/due", `{"due":"2020-01-01T00:00:00+02:00"}`, done.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"due"`)
		desk := h.answersMessages(t, "registry", vuorela)
		page := desk.Get(inboxAt(l, vuorela)).MustText("Mail room").Click("Maija Meikäläinen").MustText(say(l, "inbox.event.taken", "name", "Mail room"))

		// To one of those who may, and to nobody else.
		var who api.AssigneeList
		p.read(p.ask(http.MethodGet, one+"/assignees", ""), http.StatusOK, &who)
		i := slices.IndexFunc(who.Assignees, func(a api.Assignee) bool { return a.Name == "registry" })
		if i < 0 {
			t.Fatalf("got %+v, want the clerk", who.Assignees)
		}
		p.seen(http.MethodPut, one+"/assignee", `{"staff":"nobody"}`, done.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"staff"`)
		p.read(p.seen(http.MethodPut, one+"/assignee", `{"staff":"`+string(who.Assignees[i].Staff)+`"}`, done.Version), http.StatusOK, &done)

		// Sent once under its key; a clerk who typed meanwhile is told.
		seen := done.Version
		answer := func() *client.Page {
			head := http.Header{"Authorization": {"Bearer " + p.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {"the-decision"}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(seen))}}
			return p.c.Raw(http.MethodPost, "/api/v1/organisations/vuorela"+one+"/letters", head, examples[2])
		}
		p.read(answer(), http.StatusCreated, &done)
		first := done.Letter
		again := answer()
		if p.read(again, http.StatusCreated, &done); done.Letter != first || first == "" || again.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("got %s, want %s again, and said so", done.Letter, first)
		}
		if done.State != worklist.Closed {
			t.Errorf("got %+v, want it closed", done)
		}
		answersLetter(page, l, "Typed meanwhile.", "inbox.letter.send").MustStatus(http.StatusConflict)
		p.seen(http.MethodPost, one+"/close", "", done.Version).MustStatus(http.StatusConflict).MustText("/problems/work.closed")
		letter := c.Get(my(l, "mailbox")).Click(say(l, "mailbox.list.sealed", "sender", h.config(t, vuorela).Org.Name.In(l)))
		letter = letter.Click(say(l, "mailbox.read.confirm")).Click(say(l, "mailbox.confirm.button")).MustText("Maksu poistetaan.")

		// The person writes back: it is open again, and the feed has it.
		_, after := p.fresh(0)
		button := say(l, "mailbox.read.answer_button")
		letter.Form(button).Set(say(l, "mailbox.read.answer_text"), "Thank you.").Submit(button).MustStatus(http.StatusOK)
		writesLetter(t, c, l, vuorela, mailbox.Application, "For a berth", "Please.")
		list, next := p.fresh(after)
		if len(list) != 2 || list[0].ID != m.ID || list[0].State != worklist.Open || list[1].Kind != mailbox.Application || next <= after {
			t.Fatalf("got %+v, want both", list)
		}

		// What is another's goes there; what is another inbox's, there.
		berth := "/matters/" + string(list[1].ID)
		p.seen(http.MethodPost, berth+"/hand-over", `{}`, list[1].Version).MustStatus(http.StatusUnprocessableEntity)
		p.seen(http.MethodPost, berth+"/hand-over", `{"organisation":"vuorela"}`, list[1].Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"organisation"`)
		p.read(p.seen(http.MethodPost, berth+"/hand-over", `{"inbox":"messages"}`, list[1].Version), http.StatusOK, &done)
		p.read(p.seen(http.MethodPost, berth+"/hand-over", `{"organisation":"aavaniemi"}`, done.Version), http.StatusOK, &done)
		c.Get(my(l, "mailbox")).MustText(say(l, "letter.handed_subject"))
		p.read(p.seen(http.MethodPost, one+"/close", "", list[0].Version), http.StatusOK, &done)
		c.Get(bare(sent)).MustStatus(http.StatusOK)
	})
}
