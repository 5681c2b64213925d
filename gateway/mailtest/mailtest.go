// Package mailtest is the suite that every mail gateway must pass, the real and the demo's alike.
//
// It promises that two gateways that pass are the same to whoever hands mail over: what arrives, what a receipt says, and which error means what. How
// a gateway speaks to the outside, and what only one of them can meet, is left to that gateway's own tests.
package mailtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"luukku/base/ids"
	"luukku/domain/notify"
)

// Trouble is what the far side does with a message.
type Trouble string

// The troubles: it says no for good, it says not now, or it takes the message and never answers.
const (
	Refuse Trouble = "refuse"
	Later  Trouble = "later"
	Lose   Trouble = "lose"
)

// Mail is a message as the far side got it, with lines ending in "\n".
type Mail struct {
	MessageID      string // without angle brackets
	From, To       notify.Address
	ReplyTo        notify.Address
	Subject        string
	Text, HTML     string
	Calendar       string
	CalendarMethod string
	Headers        map[string]string // those of notify.Message.Headers
}

// Subject is a gateway under test, with a far side of its own.
type Subject struct {
	Mailer notify.Mailer
	// Taken returns the mails that the far side took responsibility for, in their order.
	Taken func() []Mail
	// Trouble makes the far side treat the next message so. It returns false for a trouble that this gateway cannot meet.
	Trouble func(Trouble) bool
}

const canary = "Canary"

// Message returns a message with everything in it.
func Message(id string) notify.Message {
	return notify.Message{
		ID: ids.Notice(id), Event: notify.AppointmentBooked, Lang: "fi",
		To:      notify.Address{Name: canary + " Äyräpää", Email: "canary+a@example.org"},
		From:    notify.Address{Name: "Rekisteritoimisto, Mikkeli", Email: "no-reply@office.example.org"},
		ReplyTo: notify.Address{Name: "Neuvonta", Email: "desk@office.example.org"},
		Subject: canary + ": ajanvaraus on vahvistettu – 23.11.",
		Text:    "Hyvä asiakas\n\naikanne on varattu.\n", HTML: `<!doctype html><html lang="fi"><p>Hyvä asiakas, aikanne on <b>varattu</b>.</p></html>` + "\n",
		Calendar: []byte("BEGIN:VCALENDAR\r\nSUMMARY:Ä\\, ö\r\nEND:VCALENDAR\r\n"), CalendarMethod: "REQUEST",
	}
}

// Want returns m as the far side must get it.
func Want(m notify.Message) Mail {
	headers := map[string]string{}
	for _, h := range m.Headers() {
		headers[h.Name] = h.Value
	}
	return Mail{
		MessageID: m.MessageID(), From: m.From, To: m.To, ReplyTo: m.ReplyTo, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
		Calendar: Lines(string(m.Calendar)), CalendarMethod: m.CalendarMethod, Headers: headers,
	}
}

// Lines returns s with every line ending as "\n".
func Lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// Conformance runs the suite. factory is called for each test, and cleans up by t.Cleanup.
func Conformance(t *testing.T, factory func(t *testing.T) Subject) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Subject){
		"AllOfAMessageArrives":                     allArrives,
		"TextAloneArrives":                         textAloneArrives,
		"HardTextsArriveAsTheyAre":                 hardTexts,
		"ARetryHasTheSameMessageID":                sameMessageID,
		"AnUnfitMessageIsRefusedAndNotHandedOver":  unfit,
		"ARefusalIsPermanent":                      refusal,
		"TryLaterIsNeitherPermanentNorUnknown":     tryLater,
		"AMessageWithoutAnswerIsUnknown":           unknown,
		"AnEndedContextHandsNothingOver":           endedContext,
		"MessagesSentAtOnceArriveOnceEach":         atOnce,
		"ASenderIsFilledInOrTheMessageIsPermanent": noSender,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, factory(t))
		})
	}
}

func send(t *testing.T, s Subject, m notify.Message) {
	t.Helper()
	receipt, err := s.Mailer.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	if receipt.Reference != m.MessageID() || receipt.Code != 250 || len(receipt.Answer) > 200 || strings.ContainsAny(receipt.Answer, "@\r\n") {
		t.Errorf("got receipt %+v, want reference %q and code 250", receipt, m.MessageID())
	}
}

func expect(t *testing.T, s Subject, want ...Mail) {
	t.Helper()
	if d := cmp.Diff(want, s.Taken(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
}

// silent holds that an error tells nothing of the person and the message.
func silent(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{canary, strings.ToLower(canary), "@", "ajanvaraus", "asiakas"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("the error tells %q: %v", word, err)
		}
	}
}

func allArrives(t *testing.T, s Subject) {
	m := Message("a1")
	send(t, s, m)
	expect(t, s, Want(m))
}

func textAloneArrives(t *testing.T, s Subject) {
	m := Message("a1")
	m.HTML, m.Calendar, m.CalendarMethod, m.ReplyTo, m.To.Name = "", nil, "", notify.Address{}, ""
	send(t, s, m)
	expect(t, s, Want(m))
}

func hardTexts(t *testing.T, s Subject) {
	var want []Mail
	for i, hard := range []string{
		"👩‍👩‍👧‍👦 שלום עולם مرحبا", strings.Repeat("pitkä ", 100) + "loppu", strings.Repeat("x", 800), strings.Repeat("š", 400),
		`"quoted" <a> \ (b) ; , =?utf-8?q?=41?= %s`, strings.Repeat("=?utf-8?q?=41?= ž ", 20) + "x", strings.Repeat("a ", 300) + strings.Repeat("b", 80),
	} {
		m := Message(fmt.Sprintf("a%d", i))
		m.Subject, m.To.Name, m.From.Name = hard, hard, hard
		m.Text = ".\n..\n. dot\n\nFrom here\n=3D\n" + hard + "\n" + strings.Repeat("long ", 2000) + "\n.\n"
		m.HTML = "<p>" + strings.Repeat(hard, 10) + "</p>\n.\n"
		m.Calendar = []byte("BEGIN:VCALENDAR\r\n.\r\n" + hard + "\r\nEND:VCALENDAR\r\n")
		m.CalendarMethod = []string{"PUBLISH", "REQUEST", "CANCEL"}[i%3]
		send(t, s, m)
		want = append(want, Want(m))
	}
	expect(t, s, want...)
}

func sameMessageID(t *testing.T, s Subject) {
	m := Message("a1")
	send(t, s, m)
	send(t, s, m)
	expect(t, s, Want(m), Want(m))
}

func unfit(t *testing.T, s Subject) {
	for name, spoil := range map[string]func(*notify.Message){
		"break in the subject":    func(m *notify.Message) { m.Subject = canary + "\r\nBcc: x@example.org" },
		"break in a name":         func(m *notify.Message) { m.To.Name = canary + "\nBcc: x@example.org" },
		"break in the sender":     func(m *notify.Message) { m.From.Name = canary + "\rBcc: x@example.org" },
		"break in an address":     func(m *notify.Message) { m.To.Email = "canary@example.org\r\nRCPT TO:<x@example.org>" },
		"break in reply-to":       func(m *notify.Message) { m.ReplyTo.Email = "canary@example.org\r\nBcc: x@example.org" },
		"break in the id":         func(m *notify.Message) { m.ID = canary + "\r\nBcc: x" },
		"break in the method":     func(m *notify.Message) { m.CalendarMethod = "REQUEST\r\nBcc: x" },
		"break in the language":   func(m *notify.Message) { m.Lang = "fi\r\nBcc: x" },
		"no address":              func(m *notify.Message) { m.To.Email = "" },
		"two addresses":           func(m *notify.Message) { m.To.Email = "canary@example.org,x@example.org" },
		"empty":                   func(m *notify.Message) { m.Text = "" },
		"a text that is not text": func(m *notify.Message) { m.Text = canary + "\xff" },
	} {
		m := Message("a1")
		spoil(&m)
		_, err := s.Mailer.Send(t.Context(), m)
		if !notify.IsPermanent(err) {
			t.Errorf("%s: got %v, want a permanent error", name, err)
			continue
		}
		silent(t, err)
	}
	expect(t, s)
}

func fail(t *testing.T, s Subject, trouble Trouble) error {
	t.Helper()
	if !s.Trouble(trouble) {
		t.Skipf("this gateway cannot meet %q", trouble)
	}
	receipt, err := s.Mailer.Send(t.Context(), Message("a1"))
	if err == nil {
		t.Fatalf("got receipt %+v, want an error", receipt)
	}
	if receipt != (notify.Receipt{}) {
		t.Errorf("got receipt %+v beside an error", receipt)
	}
	silent(t, err)
	return err
}

func refusal(t *testing.T, s Subject) {
	if err := fail(t, s, Refuse); !notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want a permanent error", err)
	}
	expect(t, s)
	send(t, s, Message("a2")) // the next one is not its fault
	expect(t, s, Want(Message("a2")))
}

func tryLater(t *testing.T, s Subject) {
	if err := fail(t, s, Later); notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want an error that may be tried again", err)
	}
	expect(t, s)
	send(t, s, Message("a1"))
	expect(t, s, Want(Message("a1")))
}

func unknown(t *testing.T, s Subject) {
	if err := fail(t, s, Lose); !notify.IsUnknown(err) || notify.IsPermanent(err) {
		t.Errorf("got %v, want outcome unknown", err)
	}
	send(t, s, Message("a2"))
}

func endedContext(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Mailer.Send(ctx, Message("a1"))
	if err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want an error that may be tried again", err)
	}
	expect(t, s)
}

func atOnce(t *testing.T, s Subject) {
	var wg sync.WaitGroup
	var want []string
	for i := range 12 {
		m := Message(fmt.Sprintf("a%02d", i))
		want = append(want, m.MessageID())
		wg.Go(func() {
			if _, err := s.Mailer.Send(t.Context(), m); err != nil {
				t.Errorf("Send %s: %v", m.ID, err)
			}
		})
	}
	wg.Wait()
	var got []string
	for _, m := range s.Taken() {
		got = append(got, m.MessageID)
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
}

// noSender: a gateway configured with a sender fills it in; whichever address stands there in the end, a mail never leaves without one.
func noSender(t *testing.T, s Subject) {
	m := Message("a1")
	m.From = notify.Address{}
	_, err := s.Mailer.Send(t.Context(), m)
	taken := s.Taken()
	if err == nil && (len(taken) != 1 || taken[0].From.Email == "" || strings.HasSuffix(taken[0].MessageID, "@")) {
		t.Errorf("got %+v", taken)
	}
	if err != nil && (!notify.IsPermanent(err) || len(taken) != 0) {
		t.Errorf("got %v and %d mails", err, len(taken))
	}
}
