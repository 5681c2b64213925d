package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// lettersPage are the JSON examples of docs/letters.md, in their order.
func lettersPage(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "docs", "letters.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, found := range jsonBlock.FindAllStringSubmatch(string(b), -1) {
		out = append(out, found[1])
	}
	if len(out) != 15 {
		t.Fatalf("got %d examples, want 15", len(out))
	}
	return out
}

// asShown compares the fields of an answer with those of an example, without its lists of events.
func asShown(t *testing.T, what, example string, answer []byte) {
	t.Helper()
	var want, got map[string]any
	if err := json.Unmarshal([]byte(example), &want); err != nil {
		t.Fatalf("the example of %s: %v", what, err)
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("%s: %v: %s", what, err, answer)
	}
	if _, shown := want["notified_at"]; !shown {
		delete(got, "notified_at") // the notice may be out before the answer is written
	}
	if w, g := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(w, g) {
		t.Errorf("%s: the answer has the fields %v, docs/letters.md shows %v", what, g, w)
	}
}

// mailProgram is an authority's program, or its print service.
type mailProgram struct {
	t   *testing.T
	c   *client.Client
	key string
	n   int
}

func (m *mailProgram) ask(method, path, body string) *client.Page {
	m.n++
	head := http.Header{"Authorization": {"Bearer " + m.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprintf("request-%d", m.n)}}
	return m.c.Raw(method, "/api/v1/organisations/vuorela"+path, head, body)
}

func (m *mailProgram) read(p *client.Page, status int, into any) []byte {
	m.t.Helper()
	if err := json.Unmarshal(p.MustStatus(status).Body, into); err != nil {
		m.t.Fatal(err)
	}
	return p.Body
}

// until follows the feed until something has happened to a letter, and returns all that happened since and where it goes on.
func (m *mailProgram) until(after int64, letter ids.Letter, what mailbox.What) (seen []mailbox.What, next int64) {
	m.t.Helper()
	for end := time.Now().Add(40 * time.Second); ; {
		var page api.LetterFeed
		m.read(m.ask(http.MethodGet, fmt.Sprintf("/letters/events?after=%d", after), ""), http.StatusOK, &page)
		for _, e := range page.Events {
			if e.Seq <= after {
				m.t.Fatalf("number %d comes after %d", e.Seq, after)
			}
			if e.Letter == letter {
				seen = append(seen, e.What)
			}
		}
		if after = page.Next; slices.Contains(seen, what) {
			return seen, after
		}
		if time.Now().After(end) {
			m.t.Fatalf("saw %v of the letter, and waited for %s", seen, what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// A program asks, sends, follows the feed until the letter was confirmed and read; what nobody confirms in time, and whoever has closed their mailbox, gets paper. With the examples
// of docs/letters.md.
func TestS4_7_AProgramSendsFollowsAndPaperTakesOver(t *testing.T) {
	t.Parallel()
	examples := lettersPage(t)
	onBoth(t, func(t *testing.T, h *house) {
		rights := []actor.Right{actor.LetterSend, actor.LetterPrint}
		var programs [2]*mailProgram
		for i, r := range rights {
			_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{r}, 0)
			if err != nil {
				t.Fatal(err)
			}
			programs[i] = &mailProgram{t: t, c: h.person(t), key: key}
		}
		p, press := programs[0], programs[1]
		reach := func(want mailbox.Reach) {
			t.Helper()
			var got api.ReachAnswer
			b := p.read(p.ask(http.MethodPost, "/letters/reach", examples[0]), http.StatusOK, &got)
			if asShown(t, "reach", examples[1], b); got.Reach != want {
				t.Errorf("got %s, want %s", got.Reach, want)
			}
		}
		reach(mailbox.OnPaper)
		h.settle(t, h.person(t), "fi", "bank", "Maija Meikäläinen", "maija@example.org", false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "maija@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		maija := actor.Actor{Kind: actor.KindCitizen, Person: found[0].Person, Level: actor.LevelSubstantial}
		m := h.app.Mailboxes
		terms, err := m.Terms(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Open(t.Context(), maija, mailbox.OpenRequest{Terms: terms, Lang: "fi", TellEmail: true}); err != nil {
			t.Fatal(err)
		}
		reach(mailbox.Reachable)

		// Sent, confirmed and read.
		var sent, again api.SentLetter
		asShown(t, "sending", examples[3], p.read(p.ask(http.MethodPost, "/letters", examples[2]), http.StatusCreated, &sent))
		p.n-- // the same key
		p.read(p.ask(http.MethodPost, "/letters", examples[2]), http.StatusCreated, &again)
		p.n--
		p.ask(http.MethodPost, "/letters", strings.Replace(examples[2], "hyväksytty", "hylätty", 1)).MustStatus(http.StatusConflict)
		if again.ID != sent.ID {
			t.Errorf("sent again it is %s, want %s", again.ID, sent.ID)
		}
		_, next := p.until(0, sent.ID, mailbox.Told)
		for _, told := range h.awaitMails(t, "maija@example.org", 2)[1:] {
			if strings.Contains(told.Text, "Päätös") || strings.Contains(told.Text, "hyväksytty") {
				t.Errorf("the notice says what arrived: %s", told.Text)
			}
		}
		if l, err := m.Letter(t.Context(), maija, sent.ID); err != nil || l.Body != "" || l.Subject != "" {
			t.Errorf("got %+v, %v, want it closed until it is confirmed", l.Content, err)
		}
		if err := m.Confirm(t.Context(), maija, sent.ID); err != nil {
			t.Fatal(err)
		}
		if l, err := m.Letter(t.Context(), maija, sent.ID); err != nil || !strings.HasPrefix(l.Body, "Hakemuksenne on hyväksytty.") {
			t.Errorf("got %+v, %v, want it open", l.Content, err)
		}
		seen, next := p.until(next, sent.ID, mailbox.Read)
		if !slices.Equal(seen, []mailbox.What{mailbox.Confirmed, mailbox.Read}) {
			t.Errorf("got %v, want confirmed and read", seen)
		}
		var stands api.SentLetter
		body := p.read(p.ask(http.MethodGet, "/letters/"+string(sent.ID), ""), http.StatusOK, &stands)
		if asShown(t, "how it stands", examples[6], body); stands.Served == nil || !stands.Served.Certain || stands.NotifiedAt == "" {
			t.Errorf("got %+v, want it served", stands)
		}
		asShown(t, "the feed", examples[5], p.ask(http.MethodGet, "/letters/events", "").Body)

		// Nobody confirms: the day after the last one it is the printer's.
		p.read(p.ask(http.MethodPost, "/letters", examples[2]), http.StatusCreated, &sent)
		by, err := time.Parse(time.RFC3339, sent.ConfirmBy)
		if err != nil {
			t.Fatal(err)
		}
		h.stopAt(by.Add(time.Second))
		_, next = p.until(next, sent.ID, mailbox.Unserved)
		if err := m.Confirm(t.Context(), maija, sent.ID); err == nil {
			t.Error("confirmed after it went on paper")
		}
		// Whoever has closed the mailbox gets paper, too.
		if err := m.Close(t.Context(), maija); err != nil {
			t.Fatal(err)
		}
		reach(mailbox.OnPaper)
		var onPaper api.SentLetter
		p.read(p.ask(http.MethodPost, "/letters", examples[2]), http.StatusCreated, &onPaper)
		if onPaper.Channel != mailbox.Paper || onPaper.PublishedAt != "" {
			t.Errorf("got %+v, want paper", onPaper)
		}
		p.ask(http.MethodGet, "/letters/print", "").MustStatus(http.StatusNotFound) // another right
		var queue api.PrintQueue
		if press.read(press.ask(http.MethodGet, "/letters/print", ""), http.StatusOK, &queue); queue.Waiting != 2 {
			t.Errorf("%d letters wait, want 2", queue.Waiting)
		}
		var taken, same api.TakenBatch
		press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &taken)
		press.n-- // the print service was killed, and asks again
		press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &same)
		if same.ID != taken.ID || !slices.Equal(same.Letters, []ids.Letter{sent.ID, onPaper.ID}) {
			t.Errorf("got %+v, want %s with both", same, taken.ID)
		}
		one := "/print-batches/" + string(taken.ID)
		var batch api.PrintBatch
		asShown(t, "a batch", examples[7], press.read(press.ask(http.MethodGet, one, ""), http.StatusOK, &batch))
		if len(batch.Letters) != 2 || batch.Letters[0].Text == "" || batch.Letters[0].Post[1] != "Mallikatu 1 A 2" {
			t.Errorf("got %+v, want what is to be printed", batch)
		}
		for _, what := range mailbox.Papers {
			said := strings.Replace(examples[8], "01jd3v0c9t9xk8m2w4h6q5s7ra", string(sent.ID), 1)
			var got api.PaperAnswer
			asShown(t, "what became of it", examples[9], press.read(press.ask(http.MethodPost, one+"/"+string(what), said), http.StatusOK, &got))
			if len(got.Recorded) != 1 {
				t.Errorf("%s: got %+v, want it recorded", what, got)
			}
		}
		seen, _ = p.until(next, sent.ID, mailbox.Returned)
		seen = slices.DeleteFunc(seen, func(w mailbox.What) bool { return w == mailbox.Reminded }) // a week has gone by
		if !slices.Equal(seen, []mailbox.What{mailbox.Printing, mailbox.Printed, mailbox.Posted, mailbox.Returned}) {
			t.Errorf("got %v, want what the print service said", seen)
		}
		p.read(p.ask(http.MethodGet, "/letters/"+string(sent.ID), ""), http.StatusOK, &stands)
		if stands.Channel != mailbox.Paper || stands.FailedAt == "" || stands.ReturnedAt == "" {
			t.Errorf("got %+v, want paper that came back", stands)
		}
	})
}

// What can be read no longer is swept, and what lay in the bin for sixty days is purged; the sender is told of both.
func TestS4_7_ExpiredAndBinnedLettersAreSwept(t *testing.T) {
	t.Parallel()
	example := lettersPage(t)[2]
	onBoth(t, func(t *testing.T, h *house) {
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &mailProgram{t: t, c: h.person(t), key: key}
		h.settle(t, h.person(t), "fi", "bank", "Maija Meikäläinen", "maija@example.org", false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "maija@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		maija := actor.Actor{Kind: actor.KindCitizen, Person: found[0].Person, Level: actor.LevelSubstantial}
		terms, err := h.app.Mailboxes.Terms(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.app.Mailboxes.Open(t.Context(), maija, mailbox.OpenRequest{Terms: terms, Lang: "fi"}); err != nil {
			t.Fatal(err)
		}
		example := strings.Replace(example, `"verifiable"`, `"ordinary"`, 1)
		end := h.app.Now().Add(time.Hour).Truncate(time.Second)
		var short, binned api.SentLetter
		p.read(p.ask(http.MethodPost, "/letters", strings.Replace(example, `"ref"`, fmt.Sprintf(`"expires_at": %q, "ref"`, end.Format(time.RFC3339)), 1)), http.StatusCreated, &short)
		p.read(p.ask(http.MethodPost, "/letters", example), http.StatusCreated, &binned)
		if n, err := h.app.Mailboxes.Tidy(t.Context(), maija, mailbox.Deleted, []ids.Letter{binned.ID}); n != 1 || err != nil {
			t.Fatalf("put %d letters into the bin: %v", n, err)
		}
		h.skip(2 * time.Hour)
		_, next := p.until(0, short.ID, mailbox.Expired)
		h.skip((mailbox.BinDays + 1) * 24 * time.Hour)
		p.until(next, binned.ID, mailbox.Purged)
		if _, err := h.app.Mailboxes.Letter(t.Context(), maija, binned.ID); err == nil {
			t.Error("a purged letter is still there")
		}
	})
}
