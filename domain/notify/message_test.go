package notify_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"luukku/base/ids"
	"luukku/domain/notify"
)

func message() notify.Message {
	return notify.Message{
		ID: "01HZX8", Event: notify.AppointmentBooked, Lang: "fi",
		To:      notify.Address{Name: "Pöytä, \"Specimen\"", Email: "specimen@example.org"},
		From:    notify.Address{Name: "Rekisteritoimisto", Email: "no-reply@office.example.org"},
		Subject: "Ajanvaraus ✓", Text: "Hei\n", HTML: "<p>Hei</p>", Calendar: []byte("BEGIN:VCALENDAR\r\n"), CalendarMethod: "REQUEST",
	}
}

func TestAMessageThatCanBeSentPasses(t *testing.T) {
	t.Parallel()
	m := message()
	if err := m.Check(); err != nil {
		t.Fatalf("got %v", err)
	}
	m.HTML, m.Calendar, m.CalendarMethod, m.To.Name, m.ReplyTo = "", nil, "", "", notify.Address{Email: "desk@example.org"}
	if err := m.Check(); err != nil {
		t.Errorf("text alone, with a reply address: got %v", err)
	}
}

func TestAMessageThatWouldBreakAHeaderIsRefusedInSilence(t *testing.T) {
	t.Parallel()
	const secret = "canary"
	cases := map[string]func(*notify.Message){
		"no id":                func(m *notify.Message) { m.ID = "" },
		"id with an @":         func(m *notify.Message) { m.ID = "a@b" },
		"id with two dots":     func(m *notify.Message) { m.ID = "a..b" },
		"id of dots":           func(m *notify.Message) { m.ID = "." },
		"long id":              func(m *notify.Message) { m.ID = ids.Notice(strings.Repeat("a", 201)) },
		"no language":          func(m *notify.Message) { m.Lang = "" },
		"no subject":           func(m *notify.Message) { m.Subject = "" },
		"long subject":         func(m *notify.Message) { m.Subject = strings.Repeat("x", 1001) },
		"no text":              func(m *notify.Message) { m.Text = " \n" },
		"nul in the text":      func(m *notify.Message) { m.Text = secret + "\x00" },
		"bad text":             func(m *notify.Message) { m.Text = secret + "\xff" },
		"bad html":             func(m *notify.Message) { m.HTML = secret + "\xff" },
		"huge text":            func(m *notify.Message) { m.Text = strings.Repeat("x", 1<<20+1) },
		"calendar, no method":  func(m *notify.Message) { m.CalendarMethod = "" },
		"calendar, odd method": func(m *notify.Message) { m.CalendarMethod = "REQUEST\r\nX: y" },
		"bad calendar":         func(m *notify.Message) { m.Calendar = []byte("\xff") },
		"to nobody":            func(m *notify.Message) { m.To = notify.Address{Name: secret} },
		"reply name alone":     func(m *notify.Message) { m.ReplyTo.Name = secret },
		"raw domain":           func(m *notify.Message) { m.To.Email = secret + "@EXAMPLE.org" },
	}
	for _, brk := range []string{"\r\n", "\n", "\r", "\x00", "\x7f", "\u0085", "\u2028", "\xff"} {
		s := secret + brk + "Bcc: x@example.org"
		for field, set := range map[string]func(*notify.Message){
			"id":       func(m *notify.Message) { m.ID = ids.Notice(s) },
			"subject":  func(m *notify.Message) { m.Subject = s },
			"to name":  func(m *notify.Message) { m.To.Name = s },
			"to":       func(m *notify.Message) { m.To.Email = s },
			"from":     func(m *notify.Message) { m.From.Email = s },
			"from nam": func(m *notify.Message) { m.From.Name = s },
			"reply":    func(m *notify.Message) { m.ReplyTo = notify.Address{Name: s, Email: "a@example.org"} },
		} {
			cases[fmt.Sprintf("%q in %s", brk, field)] = set
		}
	}
	for name, spoil := range cases {
		m := message()
		spoil(&m)
		err := m.Check()
		if !notify.IsPermanent(err) {
			t.Errorf("%s: got %v, want a permanent error", name, err)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error tells: %v", name, err)
		}
	}
}

func TestEveryAttemptHasTheSameMessageID(t *testing.T) {
	t.Parallel()
	m := message()
	if got, want := m.MessageID(), "01HZX8@office.example.org"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrorsAreToldApartWhenWrapped(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	for _, c := range []struct {
		err                error
		permanent, unknown bool
		text               string
	}{
		{&notify.Permanent{Stage: notify.StageReceive, Code: 550, Enhanced: "5.1.1", Cause: cause}, true, false, "message refused for good at recipient: 550 5.1.1: cause"},
		{&notify.Unknown{Cause: cause}, false, true, "message outcome unknown at final: cause"},
		{&notify.Temporary{Stage: notify.StageConnect, Cause: cause}, false, false, "message not handed over at connect: cause"},
	} {
		err := fmt.Errorf("send notice: %w", c.err)
		if notify.IsPermanent(err) != c.permanent || notify.IsUnknown(err) != c.unknown || !errors.Is(err, cause) {
			t.Errorf("%v: got permanent %v, unknown %v", err, notify.IsPermanent(err), notify.IsUnknown(err))
		}
		if got := c.err.Error(); got != c.text {
			t.Errorf("got %q, want %q", got, c.text)
		}
	}
	if notify.IsPermanent(nil) || notify.IsUnknown(nil) {
		t.Error("nil counts as an error")
	}
}
