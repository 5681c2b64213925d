package outbox_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/domain/notify"
	"luukku/gateway/mailtest"
	"luukku/gateway/outbox"
	"luukku/gateway/smstest"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// shelf keeps in memory.
type shelf struct {
	mu   sync.Mutex
	kept []notify.Stored
	fail error
}

func (s *shelf) Keep(_ context.Context, m notify.Stored) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.kept = append(s.kept, m)
	return nil
}

func (s *shelf) taken() []mailtest.Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []mailtest.Mail
	for _, k := range s.kept {
		if k.Failure == "" {
			out = append(out, mailtest.Want(k.Message))
		}
	}
	return out
}

func TestTheOutboxIsAMailer(t *testing.T) {
	t.Parallel()
	mailtest.Conformance(t, func(*testing.T) mailtest.Subject {
		s := &shelf{}
		o := outbox.New(s, notify.Address{Email: "demo@example.org"}, clock)
		return mailtest.Subject{Mailer: o, Taken: s.taken, Trouble: func(trouble mailtest.Trouble) bool {
			o.FailNext(1, trouble == mailtest.Refuse)
			return trouble != mailtest.Lose
		}}
	})
}

func TestWhatIsKeptIsWhatWasHandedOver(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	m := mailtest.Message("a1")
	receipt, err := outbox.New(s, notify.Address{}, clock).Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]notify.Stored{{Message: m, At: noon, Receipt: receipt}}, s.kept); d != "" {
		t.Errorf("kept (-want +got):\n%s", d)
	}
}

func TestSimulatedFailuresAreKeptAndRunOut(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	o := outbox.New(s, notify.Address{}, clock)
	o.FailNext(2, false)
	var got []string
	for range 3 {
		_, err := o.Send(t.Context(), mailtest.Message("a1"))
		if notify.IsPermanent(err) {
			t.Errorf("got %v, want a failure for now", err)
		}
	}
	o.FailNext(1, true)
	if n, permanent := o.Failing(); n != 1 || !permanent {
		t.Errorf("got %d still failing, permanent %v; want 1, true", n, permanent)
	}
	if _, err := o.Send(t.Context(), mailtest.Message("a1")); !notify.IsPermanent(err) {
		t.Errorf("got %v, want a failure for good", err)
	}
	o.FailNext(5, true)
	o.FailNext(-1, true)
	if _, err := o.Send(t.Context(), mailtest.Message("a1")); err != nil {
		t.Errorf("switched off: got %v", err)
	}
	for _, k := range s.kept {
		got = append(got, k.Failure)
		if (k.Failure == "") != (k.Receipt.Code == 250) {
			t.Errorf("failure %q with receipt %+v", k.Failure, k.Receipt)
		}
	}
	if d := cmp.Diff([]string{"temporary", "temporary", "", "permanent", ""}, got); d != "" {
		t.Errorf("failures (-want +got):\n%s", d)
	}
}

func TestWhatCannotBeKeptMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	s := &shelf{fail: errors.New("disk full")}
	o := outbox.New(s, notify.Address{}, clock)
	for _, failing := range []int{0, 1} {
		o.FailNext(failing, true)
		_, err := o.Send(t.Context(), mailtest.Message("a1"))
		if !errors.Is(err, s.fail) || notify.IsPermanent(err) || notify.IsUnknown(err) {
			t.Errorf("got %v, want an error that may be tried again", err)
		}
	}
}

func (s *shelf) texts() []smstest.Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []smstest.Sent
	for _, k := range s.kept {
		if k.Failure == "" {
			out = append(out, smstest.Sent{From: k.SMSFrom, To: k.SMS, Text: k.Message.Text})
		}
	}
	return out
}

func TestTheOutboxIsATexter(t *testing.T) {
	t.Parallel()
	smstest.Conformance(t, func(*testing.T) smstest.Subject {
		s := &shelf{}
		o := outbox.New(s, notify.Address{Email: "demo@example.org"}, clock)
		return smstest.Subject{Texter: o, Taken: s.texts, Trouble: func(trouble smstest.Trouble) bool {
			o.FailNext(1, trouble == smstest.Refuse)
			return trouble == smstest.Refuse || trouble == smstest.Later
		}}
	})
}
