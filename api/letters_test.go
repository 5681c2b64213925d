package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// mailCode is the identifier of somebody who has an account.
const mailCode = "010190-900P"

// mailroom opens the house to letters; the person of mailCode is known, without a mailbox.
func (c *client) mailroom(t *testing.T) (*mailbox.Service, actor.Actor, []string) {
	t.Helper()
	s, people := c.programs(t)
	c.known(t, people, mailCode)
	m := &mailbox.Service{
		Store: c.Store.Mailboxes(), People: people, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now, Texts: i18n.MustLoad(), Rules: mailbox.ServiceRules,
		Keeper: func(context.Context) (ids.Org, error) { return "town", nil }, Terms: func(context.Context) (string, error) { return "1", nil },
	}
	c.door.Programs.Mailboxes = m
	a, err := people.Claimed(t.Context(), actor.System("test"), "town", natid.FinnishCode, mailCode)
	if err != nil || a.Person == "" {
		t.Fatalf("got %+v, %v, want somebody", a, err)
	}
	return m, actor.Actor{Kind: actor.KindCitizen, Person: a.Person, Level: actor.LevelSubstantial}, key(t, s, 0, actor.LetterSend, actor.LetterPrint)
}

func letter(with ...any) request {
	r := request{
		"recipient": map[string]any{"kind": "FI-HETU", "identifier": mailCode}, "kind": "decision", "service": "verifiable", "lang": "fi", "subject": "Confidential subject",
		"body": "Confidential body.", "post": []string{"Specimen Person", "Street 1", "00100 Town"}, "reply_allowed": true, "ref": "REG/2026/1",
	}
	for i := 0; i+1 < len(with); i += 2 {
		r[with[i].(string)] = with[i+1]
	}
	return r
}

func (c *client) sends(t *testing.T, key []string, name string, body any) answer {
	t.Helper()
	return c.ask(t, http.MethodPost, town+"/letters", body, append([]string{"Idempotency-Key", name}, key...)...)
}

func (c *client) reaches(t *testing.T, key []string) mailbox.Reach {
	t.Helper()
	var got api.ReachAnswer
	c.ask(t, http.MethodPost, town+"/letters/reach", request{"recipient": letter()["recipient"]}, key...).want(http.StatusOK).into(&got)
	return got.Reach
}

// followed reads the feed to its end, some events at a time, and returns what happened and where it goes on.
func (c *client) followed(t *testing.T, key []string, after int64) (what string, next int64) {
	t.Helper()
	for {
		var got api.LetterFeed
		c.get(t, fmt.Sprintf("%s/letters/events?after=%d&limit=2", town, after), key...).want(http.StatusOK).into(&got)
		for _, e := range got.Events {
			what += string(e.What) + " "
		}
		if after = got.Next; !got.More {
			return strings.TrimSpace(what), after
		}
	}
}

func TestAProgramSendsALetterAndFollowsIt(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	m, reader, key := c.mailroom(t)
	if got := c.reaches(t, key); got != mailbox.OnPaper {
		t.Errorf("without a mailbox: got %s, want paper", got)
	}
	if err := m.Open(t.Context(), reader, mailbox.OpenRequest{Terms: "1", Lang: "fi"}); err != nil {
		t.Fatal(err)
	}
	if got := c.reaches(t, key); got != mailbox.Reachable {
		t.Errorf("with a mailbox: got %s, want mailbox", got)
	}
	a := c.sends(t, key, "letter-number-1", letter()).want(http.StatusCreated)
	sent := read[api.SentLetter](a)
	// The house's day is Friday 20 November 2026; the seventh day after it ends on the 27th.
	if sent.Channel != mailbox.Electronic || sent.Ref != "REG/2026/1" || !strings.HasSuffix(sent.ConfirmBy, "T23:59:59+02:00") || sent.Served != nil || a.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("got %+v, want a letter in the mailbox that waits to be confirmed", sent)
	}
	a = c.sends(t, key, "letter-number-1", letter()).want(http.StatusCreated)
	if again := read[api.SentLetter](a); again.ID != sent.ID || a.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("got %s, want %s again, and said so", again.ID, sent.ID)
	}
	c.sends(t, key, "letter-number-1", letter("body", "Something else.")).problem(http.StatusConflict, "form.key_reused")
	what, next := c.followed(t, key, 0)
	if what != "accepted published" {
		t.Errorf("got the events %q, want those of the one letter and not of the welcome", what)
	}
	if what, again := c.followed(t, key, next); what != "" || again != next {
		t.Errorf("got %q and %d, want nothing new after %d", what, again, next)
	}
	if err := m.Confirm(t.Context(), reader, sent.ID); err != nil {
		t.Fatal(err)
	}
	if l, err := m.Letter(t.Context(), reader, sent.ID); err != nil || l.Body != "Confidential body." {
		t.Fatalf("got %+v, %v, want to read it", l, err)
	}
	if _, err := m.Tidy(t.Context(), reader, mailbox.Archived, []ids.Letter{sent.ID}); err != nil {
		t.Fatal(err)
	}
	if what, _ := c.followed(t, key, next); what != "confirmed read" {
		t.Errorf("got the events %q, want confirmed and read", what)
	}
	one := town + "/letters/" + string(sent.ID)
	a = c.get(t, one, key...).want(http.StatusOK)
	got := read[api.SentLetter](a)
	if got.ConfirmedAt == "" || got.ReadAt == "" || got.Served == nil || got.Served.On != c.Clock.Now().Format(time.DateOnly) || !got.Served.Certain || got.Served.Presumed || got.Served.Source != "FI 13/2003, 18 §" {
		t.Errorf("got %+v served %+v, want it served today by confirming", got, got.Served)
	}
	for _, secret := range []string{"Confidential", mailCode, string(reader.Person), "Specimen"} {
		if strings.Contains(string(a.body), secret) || strings.Contains(c.log.String(), secret) {
			t.Errorf("%q is in the answer or in the log", secret)
		}
	}
	c.ask(t, http.MethodPost, one+"/recall", nil, key...).problem(http.StatusConflict, "letter.read")
	sent = read[api.SentLetter](c.sends(t, key, "letter-number-2", letter("service", "ordinary")).want(http.StatusCreated))
	if sent.Served == nil || sent.Served.Certain || !sent.Served.Presumed || sent.Served.Source != "FI 13/2003, 19 §" {
		t.Errorf("got %+v, want it presumed served on the third day", sent.Served)
	}
	one = town + "/letters/" + string(sent.ID)
	if got := read[api.SentLetter](c.ask(t, http.MethodPost, one+"/recall", nil, key...).want(http.StatusOK)); got.RecalledAt == "" || got.Served != nil {
		t.Errorf("got %+v, want it recalled", got)
	}
	c.ask(t, http.MethodPost, one+"/recall", nil, key...).problem(http.StatusConflict, "letter.recalled_already")
	if _, err := m.Letter(t.Context(), reader, sent.ID); err == nil {
		t.Error("a recalled letter is still there for its reader")
	}
}

func TestLettersThatCannotBeSent(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	m, reader, own := c.mailroom(t)
	s, _ := c.programs(t)
	c.door.Programs.Mailboxes = m
	named := func(kind, code string) map[string]any { return map[string]any{"kind": kind, "identifier": code} }
	for want, body := range map[string]request{
		"recipient.identifier": letter("recipient", named("FI-HETU", "010190-900X")), "recipient.kind": letter("recipient", named("XX", mailCode)),
		"kind": letter("kind", "welcome"), "service": letter("service", "registered"), "lang": letter("lang", "xx"), "subject": letter("subject", "two\nlines"),
		"body": letter("body", " "), "post": letter("post", []string{"Name", "a\nb"}), "ref": letter("ref", "Matti Meikäläinen"),
		"expires_at": letter("expires_at", "2020-01-01T00:00:00+02:00"), "more": letter("more", 1),
	} {
		a := c.sends(t, own, "a-bad-letter", body)
		if got := fields(a.problem(http.StatusUnprocessableEntity, "form.invalid")); got != want {
			t.Errorf("got the fields %q, want %q: %s", got, want, a.body)
		}
		if strings.Contains(string(a.body), "010190") || strings.Contains(string(a.body), "Meik") {
			t.Errorf("the problem repeats what was sent: %s", a.body)
		}
	}
	long := letter("body", strings.Repeat("ä", 100_000))
	c.sends(t, own, "a-long-letter", long).want(http.StatusCreated)
	// Asking for somebody is in the log, whoever it is.
	for _, code := range []string{mailCode, "140385-902F"} {
		c.ask(t, http.MethodPost, town+"/letters/reach", request{"recipient": named("FI-HETU", code)}, own...).want(http.StatusOK)
	}
	c.ask(t, http.MethodPost, town+"/letters/reach", request{"recipient": named("FI-HETU", "140385-902X")}, own...).problem(http.StatusUnprocessableEntity, "form.invalid")
	if lines := read[api.AuditLines](c.get(t, town+"/audit?action=letter.reach_asked", key(t, s, 0, actor.AuditRead)...).want(http.StatusOK)).Lines; len(lines) != 2 {
		t.Errorf("got %+v, want a line for each question", lines)
	}
	c.sends(t, own, "a-longer-letter", strings.Repeat(" ", 1<<20+1)).problem(http.StatusRequestEntityTooLarge, "error.too_large")
	c.ask(t, http.MethodPost, town+"/letters", letter(), own...).want(http.StatusUnprocessableEntity)
	c.ask(t, http.MethodPost, town+"/letters", letter()).want(http.StatusUnprocessableEntity)
	c.get(t, town+"/letters/events").want(http.StatusUnauthorized)
	other := key(t, s, 0, actor.AppointmentList)
	c.sends(t, other, "letter-number-1", letter()).problem(http.StatusNotFound, "error.not_found")
	for _, p := range []string{"/letters/events", "/letters/print", "/print-batches"} {
		c.get(t, town+p, other...).problem(http.StatusNotFound, "error.not_found")
	}
	send, print := key(t, s, 0, actor.LetterSend), key(t, s, 0, actor.LetterPrint)
	c.get(t, town+"/letters/print", send...).want(http.StatusNotFound)
	c.get(t, town+"/letters/events", print...).want(http.StatusNotFound)
	// What a person wrote, and the welcome, are no letters that were sent.
	if err := m.Open(t.Context(), reader, mailbox.OpenRequest{Terms: "1", Lang: "fi"}); err != nil {
		t.Fatal(err)
	}
	list, _, err := m.List(t.Context(), reader, mailbox.Wanted{Folder: mailbox.Inbox}, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %+v, %v, want the welcome", list, err)
	}
	c.get(t, town+"/letters/"+string(list[0].ID), own...).want(http.StatusNotFound)
	c.ask(t, http.MethodPost, town+"/letters/"+string(list[0].ID)+"/recall", nil, own...).want(http.StatusNotFound)
	c.get(t, town+"/letters/none", own...).want(http.StatusNotFound)
	if strings.Contains(c.log.String(), "010190") {
		t.Error("an identifier is in the log")
	}
}

func TestAPrintServiceTakesPrintsAndReports(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	_, _, key := c.mailroom(t)
	queue := func() api.PrintQueue {
		return read[api.PrintQueue](c.get(t, town+"/letters/print", key...).want(http.StatusOK))
	}
	take := func(name string) api.TakenBatch {
		return read[api.TakenBatch](c.ask(t, http.MethodPost, town+"/print-batches", request{}, append([]string{"Idempotency-Key", name}, key...)...).want(http.StatusCreated))
	}
	var sent []ids.Letter
	for i := range 4 {
		l := read[api.SentLetter](c.sends(t, key, fmt.Sprintf("letter-number-%d", i), letter("subject", fmt.Sprintf("Subject %d", i))).want(http.StatusCreated))
		if l.Channel != mailbox.Paper || l.PublishedAt != "" || l.ConfirmBy != "" {
			t.Fatalf("got %+v, want a letter on paper", l)
		}
		sent = append(sent, l.ID)
	}
	c.ask(t, http.MethodPost, town+"/letters/"+string(sent[0])+"/recall", nil, key...).want(http.StatusOK)
	if q := queue(); q.Waiting != 3 || q.Since == "" {
		t.Errorf("got %+v, want three that wait", q)
	}
	batch := take("the-first-batch")
	if len(batch.Letters) != 3 || queue().Waiting != 0 {
		t.Fatalf("got %+v, want the three", batch)
	}
	if again := take("the-first-batch"); again.ID != batch.ID || len(again.Letters) != 3 {
		t.Errorf("got %+v, want the same batch again", again)
	}
	if next := take("the-second-batch"); len(next.Letters) != 0 {
		t.Errorf("got %+v, want nothing left", next)
	}
	one := town + "/print-batches/" + string(batch.ID)
	look := func() map[ids.Letter]api.PaperLetter {
		out := map[ids.Letter]api.PaperLetter{}
		for _, l := range read[api.PrintBatch](c.get(t, one, key...).want(http.StatusOK)).Letters {
			out[l.ID] = l
		}
		return out
	}
	if l := look()[sent[1]]; l.State != "to_print" || l.Subject != "Subject 1" || l.Text != "Confidential body." || len(l.Post) != 3 {
		t.Errorf("got %+v, want what is to be printed", l)
	}
	err := c.Store.Mailboxes().InTx(t.Context(), func(ctx context.Context, tx mailbox.Tx) error { return tx.Erase(ctx, "town", sent[2]) })
	if err != nil {
		t.Fatal(err)
	}
	if got := look(); got[sent[2]].State != "gone" || got[sent[2]].Text != "" || got[sent[1]].Text == "" {
		t.Errorf("got %+v, want one without content that holds the others up in nothing", got)
	}
	say := func(what string, letters ...ids.Letter) api.PaperAnswer {
		return read[api.PaperAnswer](c.ask(t, http.MethodPost, one+"/"+what, request{"letters": letters}, key...).want(http.StatusOK))
	}
	// One is taken back while the batch is with the printer: it is not printed any more, and the others are.
	c.ask(t, http.MethodPost, town+"/letters/"+string(sent[3])+"/recall", nil, key...).want(http.StatusOK)
	if got := say("printed", sent...); len(got.Recorded) != 2 || len(got.Refused) != 2 {
		t.Errorf("got %+v, want the two recorded, and the one recalled and the one of no batch refused", got)
	}
	if l := look()[sent[3]]; l.State != "recalled" || l.Subject != "" || l.Post != nil {
		t.Errorf("got %+v, want nothing to print", l)
	}
	if got := say("returned", sent[1]); len(got.Refused) != 1 || got.Refused[0].Type != "/problems/letter.not_posted" {
		t.Errorf("got %+v, want that it was not posted yet", got)
	}
	for range 2 { // said twice it is recorded once
		if got := say("posted", sent[1], sent[2]); len(got.Recorded) != 2 {
			t.Errorf("got %+v, want both recorded", got)
		}
	}
	say("returned", sent[1])
	if l := look()[sent[1]]; l.State != "returned" || l.Text != "" || l.PostedAt == "" || l.ReturnedAt == "" {
		t.Errorf("got %+v, want it returned, without content", l)
	}
	c.ask(t, http.MethodPost, town+"/letters/"+string(sent[2])+"/recall", nil, key...).problem(http.StatusConflict, "letter.printed")
	what, _ := c.followed(t, key, 0)
	if n := strings.Count(what, "posted"); n != 2 || strings.Count(what, "printing") != 3 || strings.Count(what, "printed") != 2 || !strings.Contains(what, "returned") {
		t.Errorf("got the events %q", what)
	}
	if l := read[api.BatchList](c.get(t, town+"/print-batches", key...).want(http.StatusOK)); len(l.Batches) != 2 || l.Batches[1].ID != batch.ID {
		t.Errorf("got %+v, want both batches, the newest first", l)
	}
	c.get(t, town+"/print-batches/none", key...).want(http.StatusNotFound)
	c.ask(t, http.MethodPost, one+"/printed", request{"letters": []string{}}, key...).want(http.StatusUnprocessableEntity)
}
