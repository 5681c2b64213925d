package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// counter is a gateway that counts.
type counter struct{ n atomic.Int64 }

func (c *counter) SendText(context.Context, notify.Text) (notify.Receipt, error) {
	c.n.Add(1)
	return notify.Receipt{Reference: "x"}, nil
}

// gate is a gate in front of a gateway that counts.
func (h house) gate(l notify.Limits) (*notify.Gate, *counter) {
	c := &counter{}
	hash := func(kind, value string) []byte { sum := sha256.Sum256([]byte(kind + value)); return sum[:] }
	return &notify.Gate{
		Texter: c, Store: h.Gate(), Hash: hash, Now: h.clock.Now, Log: slog.New(slog.DiscardHandler), Limits: l,
		Countries: func(context.Context) []string { return []string{"FI"} },
	}, c
}

func text(o ids.Org, id, to string) notify.Text {
	return notify.Text{Org: o, ID: ids.Notice(id), Lang: "fi", To: to, Text: "Aika varattu"}
}

func why(err error) notify.Why {
	if h, ok := errors.AsType[*notify.Held](err); ok {
		return h.Why
	}
	return ""
}

// stops returns the lines of the audit log about what was stopped.
func (h house) stops(t *testing.T, o ids.Org) []audit.Entry {
	t.Helper()
	list, err := h.AuditOf(t.Context(), o, audit.Filter{Action: audit.MessagesStopped}, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// S5.7, "Bad input, and bad luck": a script sends ten thousand messages at once. The clock stands: all of it
// is within a minute.
func TestTenThousandSendsByAScriptAreStopped(t *testing.T) {
	for name, tt := range map[string]struct {
		n      int
		number func(i int) string
		most   int64
		why    notify.Why
	}{
		"adjacent":          {10000, func(i int) string { return fmt.Sprintf("+35840123%04d", i) }, notify.MostNeighbours, notify.WhyNeighbours},
		"adjacent, in turn": {700, func(i int) string { return fmt.Sprintf("+35840%03d1%03d", i%10, i/10) }, 10 * notify.MostNeighbours, notify.WhyNeighbours},
		"premium":           {700, func(i int) string { return fmt.Sprintf("+358600%06d", i) }, 0, notify.WhyPremium},
		"abroad":            {700, func(i int) string { return fmt.Sprintf("+88213%06d", i) }, 0, notify.WhyCountry},
		"far apart":         {700, func(i int) string { return fmt.Sprintf("+35840%07d", i*997) }, 300, notify.WhyBurst},
		"to one number":     {700, func(int) string { return "+358401234567" }, 20, ""},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, h house) {
				g, c := h.gate(notify.Limits{Burst: 300})
				for i := range tt.n {
					_, err := g.SendText(t.Context(), text("vuorela", fmt.Sprintf("m%05d", i), tt.number(i)))
					if i > 600 && err == nil {
						t.Fatalf("message %d left", i)
					}
				}
				if got := c.n.Load(); got > tt.most {
					t.Errorf("%d left, want %d at most", got, tt.most)
				}
				list := h.stops(t, "vuorela")
				if tt.why == "" {
					if len(list) != 0 {
						t.Errorf("got %d stops, want none: it only waits", len(list))
					}
					return
				}
				if len(list) != 1 || list[0].Detail["why"] != string(tt.why) {
					t.Errorf("got %+v, want one line that it was stopped for %s", list, tt.why)
				}
				if _, err := g.SendText(t.Context(), text("vuorela", "good", "+358501112222")); why(err) != notify.WhyStopped {
					t.Errorf("while stopped: got %v", err)
				}
				if _, err := g.SendText(t.Context(), text("other", "good", "+358501112222")); err != nil {
					t.Errorf("another organisation: %v", err)
				}
			})
		})
	}
}

func TestMessagesGoAgainAfterSomebodyLooked(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		g, c := h.gate(notify.Limits{Burst: 3})
		send := func(id string) error {
			_, err := g.SendText(t.Context(), text("vuorela", id, "+3584012"+fmt.Sprintf("%05d", len(id)*7919)))
			return err
		}
		for _, id := range []string{"a", "bb", "ccc"} {
			if err := send(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := send("a"); err != nil || c.n.Load() != 4 {
			t.Errorf("a message that was let go is tried again: got %v", err)
		}
		if err := send("dddd"); why(err) != notify.WhyBurst {
			t.Fatalf("got %v, want a burst", err)
		}
		if err := h.Gate().LetGo(t.Context(), administrator("a", "other"), "vuorela"); err == nil {
			t.Error("an administrator of another organisation let them go")
		}
		h.clock.Advance(time.Second)
		if err := h.Gate().LetGo(t.Context(), administrator("a", "vuorela"), "vuorela"); err != nil {
			t.Fatal(err)
		}
		if err := send("dddd"); err != nil {
			t.Errorf("after they were let go: %v", err)
		}
		u, err := h.Gate().Use(t.Context(), "vuorela", 0)
		if err != nil || u.Stop.Open || u.Month != 4 {
			t.Errorf("got %+v, %v", u, err)
		}
		if err := h.Gate().SetLimits(t.Context(), administrator("a", "vuorela"), "vuorela", notify.Limits{Budget: 5}); err != nil {
			t.Fatal(err)
		}
		if err := send("eeeee"); err != nil {
			t.Errorf("the last of the budget: %v", err)
		}
		if err := send("ffffff"); why(err) != notify.WhyBudget {
			t.Errorf("beyond the budget: %v", err)
		}
		if err := h.Gate().SetLimits(t.Context(), administrator("a", "vuorela"), "vuorela", notify.Limits{Budget: 6}); err != nil {
			t.Fatal(err)
		}
		if err := send("ffffff"); err != nil {
			t.Errorf("with a greater budget: %v", err)
		}
	})
}

func TestReceiptsChangeNothingTwice(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		g, _ := h.gate(notify.Limits{})
		if _, err := g.SendText(t.Context(), text("vuorela", "a", "+358401234567")); err != nil {
			t.Fatal(err)
		}
		long := text("vuorela", "b", "+358401234568")
		long.Text = fmt.Sprintf("%0200d", 1)
		if _, err := g.SendText(t.Context(), long); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			id         string
			come, want notify.Fate
		}{
			{"a", notify.Buffered, notify.Buffered}, {"a", notify.Buffered, notify.Buffered}, {"a", notify.Delivered, notify.Delivered},
			{"a", notify.Buffered, notify.Delivered}, {"a", notify.Undelivered, notify.Delivered},
			{"b", notify.Delivered, notify.Delivered}, {"b", notify.Undelivered, notify.Undelivered}, {"b", notify.Delivered, notify.Undelivered},
			{"nobody", notify.Delivered, ""},
		} {
			if err := h.Gate().Arrived(t.Context(), notify.Arrival{Org: "vuorela", ID: ids.Notice(step.id), Fate: step.come}); err != nil {
				t.Fatal(err)
			}
			if got, err := h.Gate().Fate(t.Context(), "vuorela", ids.Notice(step.id)); err != nil || got != step.want {
				t.Errorf("%s after %s: got %q, %v, want %q", step.id, step.come, got, err, step.want)
			}
		}
	})
}
