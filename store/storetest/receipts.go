package storetest

import (
	"strconv"
	"testing"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/domain/texting"
)

// Receipts is the suite of what networks and mail servers say of messages afterwards.
func Receipts(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"ReachWhatTheyAreAbout": receiptsReach,
		"MeetTheAnswer":         receiptsMeetTheAnswer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// message is a notice, or a text message of its own, in a story about receipts.
type message struct {
	h    *House
	id   ids.Notice
	text bool
	by   notify.Channel
	at   int64 // microseconds: each try has its own
}

// notice books something, so that there is a notice by a channel.
func (h *House) notice(t *testing.T, who string, from int, by notify.Channel) *message {
	t.Helper()
	c := h.plain(who, from, from+5, "hall-1")
	c.Notices[0].Channel = by
	if got := h.commitAll(t, []booking.Change{c}, false)[0]; got != booking.Done {
		t.Fatalf("got %v, want a booking", got)
	}
	return &message{h: h, id: c.Notices[0].ID, by: by}
}

// ownText keeps a text message that is no notice.
func (h *House) ownText(t *testing.T) *message {
	t.Helper()
	s := &texting.Service{Store: h.Store.Texting(), Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now}
	id := h.Booking.Gen.Text()
	if err := s.Send(t.Context(), texting.Outgoing{Org: "town", ID: id, Event: "text.answer", To: "+358401234567", Lang: "fi", Body: "Aika on vapaa"}); err != nil {
		t.Fatal(err)
	}
	return &message{h: h, id: ids.Notice(id), text: true, by: notify.SMS}
}

// does one step: what the gateway answers (sent, unknown, failed), what is said afterwards (delivered, undelivered, buffered; with a round as in "delivered 1"), and
// what people do (again, aside).
func (m *message) does(t *testing.T, step string) {
	t.Helper()
	ctx := t.Context()
	m.at++
	entry := audit.New("town", m.h.Booking.Gen.Audit(), m.h.Clock.Now().UnixMicro()+m.at, actor.System("test"), audit.NoticeResent, "notice", string(m.id), nil)
	var err error
	done := true
	switch step {
	case "leaves", "leaves 1":
		round := 0
		if step == "leaves 1" {
			round = 1
		}
		if m.by == notify.SMS {
			_, err = m.h.Store.Gate().Admit(ctx, notify.Departure{Org: "town", ID: notify.RefOf(m.id, round), At: m.h.Clock.Now().Unix(), NumberKey: []byte("n"), BlockKey: []byte("b"), Parts: 1},
				func(notify.Limits, notify.Past) notify.Verdict { return notify.Verdict{} })
		}
	case "sent", "unknown", "failed":
		state := notify.State(step)
		if m.text {
			err = m.h.Store.Texting().SettleOut(ctx, "town", ids.Text(m.id), state, "ref", "", 1)
			break
		}
		err = m.h.Store.Settle(ctx, notify.Notice{Org: "town", ID: m.id}, state, notify.Delivery{AtMicros: m.at, Channel: m.by, Outcome: state})
	case "again":
		if m.text {
			done, err = m.h.Store.ResendText(ctx, "town", ids.Text(m.id), 1, entry)
			break
		}
		done, err = m.h.Store.ResendNotice(ctx, "town", m.id, m.by, 1, entry)
	case "aside":
		if m.text {
			done, err = m.h.Store.DropText(ctx, "town", ids.Text(m.id), 1, entry)
			break
		}
		done, err = m.h.Store.DropNotice(ctx, "town", m.id, 1, entry)
	default:
		a := notify.Arrival{Org: "town", ID: m.id, Channel: m.by}
		switch step {
		case "delivered":
			a.Fate = notify.Delivered
		case "undelivered":
			a.Fate, a.Why = notify.Undelivered, notify.WhyNoSuch
		case "buffered":
			a.Fate = notify.Buffered
		case "delivered 1":
			a.Fate, a.ID = notify.Delivered, notify.RefOf(m.id, 1)
		case "undelivered 1":
			a.Fate, a.Why, a.ID = notify.Undelivered, notify.WhyExpired, notify.RefOf(m.id, 1)
		default:
			t.Fatalf("no such step: %s", step)
		}
		err = m.h.Store.Gate().Arrived(ctx, a)
	}
	if err != nil || !done {
		t.Fatalf("%s: done %t, %v", step, done, err)
	}
}

// is what has become of it: its state, what was said of it, and whether it is on the list of those that could not be delivered, with why.
func (m *message) is(t *testing.T) string {
	t.Helper()
	table := "notice"
	if m.text {
		table = "text_out"
	}
	var state, fate string
	row := m.h.DB.Reader().QueryRowContext(t.Context(), "SELECT state, fate FROM "+table+" WHERE org = 'town' AND id = $1", string(m.id))
	if err := row.Scan(&state, &fate); err != nil {
		t.Fatal(err)
	}
	list, err := m.h.Store.Undelivered(t.Context(), "town", 100)
	if err != nil {
		t.Fatal(err)
	}
	out := state + " " + fate
	for _, u := range list {
		if u.ID == m.id && u.Text == m.text {
			out += " listed " + u.Why
		}
	}
	return out
}

// What is said of a message afterwards reaches it once: repeated, late, out of their order, about what was sent again meanwhile or about nothing, receipts change
// nothing more. What did not arrive is on the list of those that could not be delivered.
func receiptsReach(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	from := 0
	for _, tt := range []struct {
		name  string
		steps []string
		want  string
	}{
		{"delivered", []string{"leaves", "sent", "delivered", "delivered", "buffered"}, "sent delivered"},
		{"off for a while", []string{"leaves", "sent", "buffered", "buffered", "delivered"}, "sent delivered"},
		{"never arrives", []string{"leaves", "sent", "buffered", "undelivered", "undelivered", "delivered", "buffered"}, "failed failed listed nosuch"},
		{"the receipt is first", []string{"leaves", "delivered", "sent"}, "sent delivered"},
		{"the bad receipt is first", []string{"leaves", "undelivered", "sent"}, "failed failed listed nosuch"},
		{"unknown, then delivered", []string{"leaves", "unknown", "delivered"}, "sent delivered"},
		{"delivered, then unknown", []string{"leaves", "delivered", "unknown"}, "sent delivered"},
		{"unknown, then not", []string{"leaves", "unknown", "undelivered"}, "failed failed listed nosuch"},
		{"unknown for good", []string{"leaves", "unknown", "buffered"}, "unknown buffered listed "},
		{"sent again", []string{"leaves", "sent", "undelivered", "again", "leaves 1", "sent", "undelivered", "delivered"}, "sent "},
		{"sent again and delivered", []string{"leaves", "sent", "undelivered", "again", "leaves 1", "sent", "delivered 1", "undelivered"}, "sent delivered"},
		{"sent again in vain", []string{"leaves", "sent", "undelivered", "again", "leaves 1", "sent", "undelivered 1", "undelivered 1"}, "failed failed listed expired"},
		{"a round that is not there yet", []string{"leaves", "sent", "delivered 1"}, "sent "},
		{"set aside", []string{"leaves", "sent", "undelivered", "aside", "undelivered"}, "failed failed"},
		{"set aside as unknown, then not", []string{"leaves", "unknown", "aside", "undelivered"}, "failed failed listed nosuch"},
	} {
		for _, m := range []*message{h.notice(t, "n"+strconv.Itoa(from), from, notify.SMS), h.notice(t, "m"+strconv.Itoa(from), from+5, notify.Email), h.ownText(t)} {
			for _, s := range tt.steps {
				m.does(t, s)
			}
			if got := m.is(t); got != tt.want {
				t.Errorf("%s (text %t, %s): got %q, want %q", tt.name, m.text, m.by, got, tt.want)
			}
		}
		from += 10
	}
	nobody := notify.Arrival{Org: "town", ID: "nobody", Channel: notify.Email, Fate: notify.Undelivered}
	if err := h.Store.Gate().Arrived(t.Context(), nobody); err != nil {
		t.Errorf("about nothing: %v", err)
	}
	bySMS := h.notice(t, "crossed", from, notify.SMS)
	bySMS.does(t, "leaves")
	bySMS.does(t, "sent")
	if err := h.Store.Gate().Arrived(t.Context(), notify.Arrival{Org: "town", ID: bySMS.id + ".7", Channel: notify.Email, Fate: notify.Undelivered}); err != nil || bySMS.is(t) != "sent " {
		t.Errorf("a bounce of what is no mail: %v, %s", err, bySMS.is(t))
	}
}

// A receipt that comes in the very moment in which the gateway's answer is recorded is not lost.
func receiptsMeetTheAnswer(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	for i := range 12 {
		m := h.notice(t, "r"+strconv.Itoa(i), 5*i, notify.SMS)
		m.does(t, "leaves")
		race(2, func(i int) error {
			step := []string{"sent", "undelivered"}[i]
			if step == "sent" {
				return h.Store.Settle(t.Context(), notify.Notice{Org: "town", ID: m.id}, notify.StateSent, notify.Delivery{AtMicros: 1, Channel: m.by, Outcome: notify.StateSent})
			}
			return h.Store.Gate().Arrived(t.Context(), notify.Arrival{Org: "town", ID: m.id, Channel: m.by, Fate: notify.Undelivered, Why: notify.WhyReturned})
		})
		if got := m.is(t); got != "failed failed listed returned" {
			t.Errorf("got %q", got)
		}
	}
}
