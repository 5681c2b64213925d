package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/conversation"
	"luukku/domain/identity"
	"luukku/domain/texting"
	"luukku/domain/worklist"
)

// taker is those to whom work can be given: one.
type taker struct{}

func (taker) Holding(context.Context, actor.Right, actor.Object) ([]worklist.Colleague, error) {
	return []worklist.Colleague{{ID: "anna", Name: "Anna"}}, nil
}

// conversations opens the house to programs that answer messages; what is said is taken as if it had been texted.
func (c *client) conversations(t *testing.T, people *identity.Service) (say func(ref, from, body string)) {
	t.Helper()
	texts := i18n.MustLoad()
	txt := &texting.Service{Store: c.Store.Texting(), Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now}
	talks := &conversation.Service{
		Store: c.Store, People: people, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now, Texts: texts, TestCodes: true,
		Work:    &worklist.Service{Store: c.Store, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now, Colleagues: taker{}},
		Texting: txt,
	}
	c.door.Programs.Talks = talks
	return func(ref, from, body string) {
		t.Helper()
		if err := txt.Receive(t.Context(), texting.Inbound{Org: "town", Gateway: "test", Ref: ref, From: from, To: "16160", Body: body}); err != nil {
			t.Fatal(err)
		}
		in, err := txt.From(t.Context(), "town", from, 1)
		if err != nil || len(in) != 1 {
			t.Fatalf("got %d texts, %v", len(in), err)
		}
		if err := talks.Take(t.Context(), in[0]); err != nil {
			t.Fatal(err)
		}
	}
}

// A program with the right reads what was texted, answers once for its key and only what it has seen, gives it to somebody and closes it.
func TestProgramAnswersConversations(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, people := c.programs(t)
	say := c.conversations(t, people)
	inbox, desk, log := key(t, s, 0, actor.InboxWork), key(t, s, 0, actor.BookingDesk), key(t, s, 0, actor.AuditRead)
	say("t1", "+358401234567", "My tooth hurts. 131052-308T")
	const at = town + "/conversations"
	c.get(t, at).want(http.StatusUnauthorized)
	c.get(t, at, desk...).want(http.StatusNotFound)
	c.get(t, strings.Replace(at, "town", "city", 1), inbox...).want(http.StatusNotFound)
	var list api.ConversationList
	c.get(t, at, inbox...).want(http.StatusOK).into(&list)
	if len(list.Conversations) != 1 {
		t.Fatalf("got %d conversations, want one", len(list.Conversations))
	}
	l := list.Conversations[0]
	if l.NumberEnding != "4567" || l.Identity != "unknown" || l.State != worklist.Open || l.Unanswered != 1 || l.Assignee != "" {
		t.Errorf("got %+v", l)
	}
	one := at + "/" + string(l.ID)
	read := func() (api.Conversation, string) {
		t.Helper()
		a := c.get(t, one, inbox...).want(http.StatusOK)
		var got api.Conversation
		a.into(&got)
		if strings.Contains(string(a.body), "131052") {
			t.Errorf("the identity code is told: %s", a.body)
		}
		return got, a.header.Get("ETag")
	}
	got, first := read()
	if len(got.Messages) != 1 || !strings.HasPrefix(got.Messages[0].Text, "My tooth hurts.") || got.Number != "+358401234567" || got.Name != "" {
		t.Errorf("got %+v", got)
	}
	c.get(t, one, desk...).want(http.StatusNotFound)
	c.get(t, at+"/06A1B2C3D4", inbox...).want(http.StatusNotFound)

	reply := func(key, seen, text string) answer {
		headers := append([]string{"Idempotency-Key", key}, inbox...)
		if seen != "" {
			headers = append(headers, "If-Match", seen)
		}
		return c.ask(t, http.MethodPost, one+"/messages", request{"text": text}, headers...)
	}
	reply("answer-1", "", "Come at noon.").want(http.StatusUnprocessableEntity)
	reply("answer-1", "*", "Come at noon.").want(http.StatusUnprocessableEntity)
	reply("answer-1", first, "").want(http.StatusUnprocessableEntity)
	say("t2", "+358401234567", "Hello?") // seen by nobody yet
	reply("answer-1", first, "Come at noon.").problem(http.StatusPreconditionFailed, "api.changed_since")
	_, seen := read()
	reply("answer-1", seen, "Come at noon.").want(http.StatusCreated)
	reply("answer-1", seen, "Come at noon.").want(http.StatusCreated) // again: it is done already
	got, seen = read()
	if n := len(got.Messages); n != 3 || got.Messages[2].Text != "Come at noon." || got.Messages[2].Direction != "out" || got.State != worklist.Waiting {
		t.Errorf("got %d messages, want three, the last of them the answer: %+v", n, got)
	}
	give := func(staff string) answer {
		return c.ask(t, http.MethodPut, one+"/assignee", request{"staff": staff}, append([]string{"If-Match", seen}, inbox...)...)
	}
	give("nobody").problem(http.StatusUnprocessableEntity, "form.invalid")
	seen = give("anna").want(http.StatusOK).header.Get("ETag")
	c.get(t, at+"?view=unassigned", inbox...).want(http.StatusOK).into(&list)
	if len(list.Conversations) != 0 {
		t.Errorf("what was given is nobody's: %+v", list)
	}
	seen = give("").want(http.StatusOK).header.Get("ETag")
	c.ask(t, http.MethodPost, one+"/close", nil, append([]string{"If-Match", first}, inbox...)...).want(http.StatusPreconditionFailed)
	seen = c.ask(t, http.MethodPost, one+"/close", nil, append([]string{"If-Match", seen}, inbox...)...).want(http.StatusOK).header.Get("ETag")
	reply("answer-2", seen, "Are you there?").problem(http.StatusConflict, "work.closed")
	c.get(t, at+"?view=closed", inbox...).want(http.StatusOK).into(&list)
	if len(list.Conversations) != 1 || list.Conversations[0].State != worklist.Closed {
		t.Errorf("the closed ones are %+v", list)
	}
	var lines api.AuditLines
	c.get(t, town+"/audit?action=conversation.answered", log...).want(http.StatusOK).into(&lines)
	if len(lines.Lines) != 1 || lines.Lines[0].ActorKind != actor.KindClient {
		t.Errorf("got %+v, want one line by a program", lines.Lines)
	}
	c.get(t, town+"/audit?action=work.read", log...).want(http.StatusOK).into(&lines)
	if len(lines.Lines) != 3 {
		t.Errorf("%d readings are written down, want 3", len(lines.Lines))
	}
	if strings.Contains(c.log.String(), "401234567") || strings.Contains(c.log.String(), "131052") {
		t.Error("the log tells who it is")
	}
}
