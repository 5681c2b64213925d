// Package smstest is the suite that every gateway of text messages must pass, the real ones and the demo's alike.
//
// It promises that two gateways that pass are the same to whoever hands messages over: what arrives, and which error means what. How a gateway speaks to the
// outside, and what only one of them can meet, is left to that gateway's own tests.
package smstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"luukku/base/ids"
	"luukku/domain/notify"
)

// Trouble is what the far side does with the next message.
type Trouble string

// The troubles: it says no for good, it says not now, it takes the message and dies before it answers, it answers what nobody understands, it is not there, it
// does not answer in time.
const (
	Refuse Trouble = "refuse"
	Later  Trouble = "later"
	Lose   Trouble = "lose"
	Garble Trouble = "garble"
	Down   Trouble = "down"
	Slow   Trouble = "slow"
)

// Sent is a message as the far side got it.
type Sent struct{ From, To, Text string }

// Subject is a gateway under test, with a far side of its own. Its requests must give up within two seconds.
type Subject struct {
	Texter notify.Texter
	// Taken returns the messages that the far side took responsibility for, in their order.
	Taken func() []Sent
	// Trouble makes the far side treat the next message so. It returns false for a trouble that this gateway cannot meet.
	Trouble func(Trouble) bool
}

// Number and Canary are what no error may tell.
const (
	Number = "+358401234567"
	Canary = "Kanarialintu"
)

// Text returns a message.
func Text(id string) notify.Text {
	return notify.Text{
		Org: "town", ID: ids.Notice(id), Event: notify.AppointmentBooked, Lang: "fi", To: Number, From: "+358451112222", Text: Canary + ": aikanne on varattu, 1 €.",
	}
}

func want(t notify.Text) Sent { return Sent{t.From, t.To, t.Text} }

// Conformance runs the suite. factory is called for each test, and cleans up by t.Cleanup.
func Conformance(t *testing.T, factory func(t *testing.T) Subject) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Subject){
		"AMessageArrivesAsItIs":                   arrives,
		"AnUnfitMessageIsRefusedAndNotHandedOver": unfit,
		"ARefusalIsPermanent":                     refusal,
		"TryLaterIsNeitherPermanentNorUnknown":    tryLater,
		"AGatewayThatIsDownCanBeTriedAgain":       down,
		"AMessageWithoutAnswerIsUnknown":          func(t *testing.T, s Subject) { unknown(t, s, Lose) },
		"AGarbledAnswerIsUnknown":                 func(t *testing.T, s Subject) { unknown(t, s, Garble) },
		"ASlowAnswerIsUnknown":                    func(t *testing.T, s Subject) { unknown(t, s, Slow) },
		"AnEndedContextHandsNothingOver":          endedContext,
		"MessagesSentAtOnceArriveOnceEach":        atOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, factory(t))
		})
	}
}

func send(t *testing.T, s Subject, m notify.Text) {
	t.Helper()
	r, err := s.Texter.SendText(t.Context(), m)
	if err != nil {
		t.Fatalf("SendText: %v", err)
	}
	if r.Reference == "" || len(r.Answer) > 200 || strings.Contains(r.Answer, Number[1:]) || strings.Contains(r.Answer, Canary) {
		t.Errorf("got receipt %+v", r)
	}
}

func expect(t *testing.T, s Subject, want ...Sent) {
	t.Helper()
	if d := cmp.Diff(want, s.Taken(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
}

// silent holds that an error tells nothing of the person and the message.
func silent(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{Canary, "varattu", Number[1:], "401234567", "451112222"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("the error tells %q: %v", word, err)
		}
	}
}

func arrives(t *testing.T, s Subject) {
	var all []Sent
	for i, text := range []string{
		"Aika varattu ti 1.12. klo 9.30: ÄÖÅ äöå € [] {} ~ \\ | ^ @ & = + % ?", "Přijďte prosím včas", "👩‍👩‍👧 שלום", strings.Repeat("pitkä ", 100), "a\nb\n\nc", "  x  ",
	} {
		m := Text(fmt.Sprintf("a%d", i))
		m.Text = text
		send(t, s, m)
		all = append(all, want(m))
	}
	named := Text("b")
	named.From = "Mikkeli"
	send(t, s, named)
	expect(t, s, append(all, want(named))...)
}

func unfit(t *testing.T, s Subject) {
	for name, spoil := range map[string]func(*notify.Text){
		"no number":             func(m *notify.Text) { m.To = "" },
		"two numbers":           func(m *notify.Text) { m.To = Number + " " + Number },
		"a number at home":      func(m *notify.Text) { m.To = "0401234567" },
		"a break in the number": func(m *notify.Text) { m.To = Number + "\r\nX-Kannel-To: +358409999999" },
		"a break in the sender": func(m *notify.Text) { m.From = "Town\r\nX: y" },
		"a long sender":         func(m *notify.Text) { m.From = "Twelve chars" },
		"empty":                 func(m *notify.Text) { m.Text = " \n" },
		"no text":               func(m *notify.Text) { m.Text = Canary + "\xff" },
		"a NUL":                 func(m *notify.Text) { m.Text = Canary + "\x00" },
		"far too long":          func(m *notify.Text) { m.Text = strings.Repeat(Canary, 1000) },
		"a break in the id":     func(m *notify.Text) { m.ID = "x\r\ny" },
	} {
		m := Text("a1")
		spoil(&m)
		_, err := s.Texter.SendText(t.Context(), m)
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
	receipt, err := s.Texter.SendText(t.Context(), Text("a1"))
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
	send(t, s, Text("a2")) // the next one is not its fault
	expect(t, s, want(Text("a2")))
}

func tryLater(t *testing.T, s Subject) {
	if err := fail(t, s, Later); notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want an error that may be tried again", err)
	}
	expect(t, s)
	send(t, s, Text("a1"))
	expect(t, s, want(Text("a1")))
}

func down(t *testing.T, s Subject) {
	if err := fail(t, s, Down); notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want an error that may be tried again", err)
	}
	expect(t, s)
}

func unknown(t *testing.T, s Subject, trouble Trouble) {
	if err := fail(t, s, trouble); !notify.IsUnknown(err) || notify.IsPermanent(err) {
		t.Errorf("got %v, want outcome unknown", err)
	}
	before := len(s.Taken())
	if before > 1 {
		t.Errorf("the far side got it %d times", before)
	}
	send(t, s, Text("a2"))
	if got := len(s.Taken()); got != before+1 {
		t.Errorf("got %d more messages, want 1", got-before)
	}
}

func endedContext(t *testing.T, s Subject) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	_, err := s.Texter.SendText(ctx, Text("a1"))
	if err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("got %v, want an error that may be tried again", err)
	}
	expect(t, s)
}

func atOnce(t *testing.T, s Subject) {
	var wg sync.WaitGroup
	var all []string
	for i := range 24 {
		m := Text(fmt.Sprintf("a%02d", i))
		m.Text = fmt.Sprintf("%s %02d", Canary, i)
		all = append(all, m.Text)
		wg.Go(func() {
			if _, err := s.Texter.SendText(t.Context(), m); err != nil {
				t.Errorf("SendText %s: %v", m.ID, err)
			}
		})
	}
	wg.Wait()
	var got []string
	for _, m := range s.Taken() {
		got = append(got, m.Text)
	}
	slices.Sort(got)
	if d := cmp.Diff(all, got); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
}
