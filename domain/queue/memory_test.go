package queue

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// memory is a store that forgets: what a transaction did that failed is taken back.
type memory struct {
	config *catalog.Config

	mu       sync.Mutex
	tickets  map[ids.Ticket]*Ticket
	order    map[string][]ids.Ticket // by day
	tokens   map[ids.Ticket][2][]byte
	steps    map[ids.Ticket][]Step
	counters map[ids.Unit]Counter
	numbers  map[string]int
	alerts   []Alert
	messages []Message
	forms    map[ids.FormKey]string
	came     map[ids.Appointment]string
	booked   map[ids.Appointment]Appointment
	pins     map[string]ids.Appointment
	audits   int
	back     []func()
}

func newMemory(c *catalog.Config) *memory {
	return &memory{
		config: c, order: map[string][]ids.Ticket{}, tickets: map[ids.Ticket]*Ticket{}, tokens: map[ids.Ticket][2][]byte{}, steps: map[ids.Ticket][]Step{}, counters: map[ids.Unit]Counter{},
		numbers: map[string]int{}, forms: map[ids.FormKey]string{}, came: map[ids.Appointment]string{}, booked: map[ids.Appointment]Appointment{},
		pins: map[string]ids.Appointment{},
	}
}

// memoryTx is memory under its lock.
type memoryTx struct{ *memory }

func (m *memory) read(do func(memoryTx)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do(memoryTx{m})
}

func (m *memory) InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.back = nil
	err := do(ctx, memoryTx{m})
	if err != nil {
		slices.Reverse(m.back)
		for _, f := range m.back {
			f()
		}
	}
	return err
}

func (m *memory) Config(context.Context, ids.Org) (*catalog.Config, error) { return m.config, nil }

func (m *memory) SealedToken(_ context.Context, _ ids.Org, id ids.Ticket) (out []byte, err error) {
	m.read(func(memoryTx) { out = m.tokens[id][1] })
	return out, nil
}

func (m *memory) Resting(_ context.Context, _ ids.Org, _ ids.Office, since int64) (out []Alert, err error) {
	m.read(func(memoryTx) {
		for _, a := range m.alerts {
			if a.Kind == AlertResting && a.At >= since {
				out = append(out, a)
			}
		}
	})
	return out, nil
}

func (m *memory) DarkSince(_ context.Context, _ ids.Org, _ ids.Office, since int64) (out []Alert, err error) {
	m.read(func(memoryTx) {
		for _, a := range m.alerts {
			if a.Kind == AlertDark && a.At >= since {
				out = append(out, a)
			}
		}
	})
	return out, nil
}

func (m *memory) TicketByToken(_ context.Context, _ ids.Org, hash []byte) (out Ticket, err error) {
	err = fault.NotFound("queue.no_ticket")
	m.read(func(memoryTx) {
		for id, t := range m.tokens {
			if bytes.Equal(t[0], hash) {
				out, err = *m.tickets[id], nil
			}
		}
	})
	return out, err
}

func (m *memory) TicketsOfOwner(context.Context, actor.Owner, int) ([]Ticket, error) { return nil, nil }

func (m *memory) Days(_ context.Context, _ ids.Org, _ ids.Office, from, to string) (out []Ticket, err error) {
	m.read(func(memoryTx) {
		for day := range m.order {
			if day >= from && day <= to {
				out = append(out, m.list(day, func(Ticket) bool { return true })...)
			}
		}
	})
	return out, nil
}

func (m *memory) list(day string, want func(Ticket) bool) (out []Ticket) {
	for _, id := range m.order[day] {
		if t := *m.tickets[id]; want(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Ticket) int { return cmp.Or(cmp.Compare(a.ArrivedAt, b.ArrivedAt), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (m *memory) Ticket(ctx context.Context, o ids.Org, id ids.Ticket) (out Ticket, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Ticket(ctx, o, id) })
	return out, err
}

func (m *memory) TicketOf(ctx context.Context, o ids.Org, a ids.Appointment) (out Ticket, err error) {
	m.read(func(tx memoryTx) { out, err = tx.TicketOf(ctx, o, a) })
	return out, err
}

func (m *memory) LiveTickets(ctx context.Context, o ids.Org, f ids.Office, day string) (out []Ticket, err error) {
	m.read(func(tx memoryTx) { out, err = tx.LiveTickets(ctx, o, f, day) })
	return out, err
}

func (m *memory) Tickets(ctx context.Context, o ids.Org, f ids.Office, day string) (out []Ticket, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Tickets(ctx, o, f, day) })
	return out, err
}

func (m *memory) Steps(ctx context.Context, o ids.Org, id ids.Ticket) (out []Step, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Steps(ctx, o, id) })
	return out, err
}

func (m *memory) StepsOn(ctx context.Context, o ids.Org, f ids.Office, day string) (out []Step, err error) {
	m.read(func(tx memoryTx) { out, err = tx.StepsOn(ctx, o, f, day) })
	return out, err
}

func (m *memory) Counters(ctx context.Context, o ids.Org, f ids.Office) (out []Counter, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Counters(ctx, o, f) })
	return out, err
}

func (m *memory) Alerts(ctx context.Context, o ids.Org, f ids.Office) (out []Alert, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Alerts(ctx, o, f) })
	return out, err
}

func (m *memory) Messages(ctx context.Context, o ids.Org, f ids.Office, now int64) (out []Message, err error) {
	m.read(func(tx memoryTx) { out, err = tx.Messages(ctx, o, f, now) })
	return out, err
}

func (tx memoryTx) Ticket(_ context.Context, _ ids.Org, id ids.Ticket) (Ticket, error) {
	if t := tx.tickets[id]; t != nil {
		return *t, nil
	}
	return Ticket{}, fault.NotFound("queue.no_ticket")
}

func (tx memoryTx) TicketOf(_ context.Context, _ ids.Org, a ids.Appointment) (Ticket, error) {
	for _, t := range tx.tickets {
		if t.Appointment == a {
			return *t, nil
		}
	}
	return Ticket{}, fault.NotFound("queue.no_ticket")
}

func (tx memoryTx) LiveTickets(_ context.Context, _ ids.Org, _ ids.Office, day string) ([]Ticket, error) {
	return tx.list(day, func(t Ticket) bool { return t.State.Live() }), nil
}

func (tx memoryTx) Tickets(_ context.Context, _ ids.Org, _ ids.Office, day string) ([]Ticket, error) {
	return tx.list(day, func(Ticket) bool { return true }), nil
}

func (tx memoryTx) Steps(_ context.Context, _ ids.Org, id ids.Ticket) ([]Step, error) {
	return slices.Clone(tx.steps[id]), nil
}

func (tx memoryTx) StepsOn(_ context.Context, _ ids.Org, _ ids.Office, day string) (out []Step, err error) {
	for _, id := range tx.order[day] {
		out = append(out, tx.steps[id]...)
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return out, nil
}

func (tx memoryTx) Counters(context.Context, ids.Org, ids.Office) (out []Counter, err error) {
	for _, k := range tx.counters {
		if k.Staff != "" {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b Counter) int { return cmp.Compare(a.Unit, b.Unit) })
	return out, nil
}

func (tx memoryTx) Alerts(context.Context, ids.Org, ids.Office) (out []Alert, err error) {
	for _, a := range tx.alerts {
		if a.DoneAt == 0 {
			out = append(out, a)
		}
	}
	return out, nil
}

func (tx memoryTx) Messages(_ context.Context, _ ids.Org, _ ids.Office, now int64) (out []Message, err error) {
	for _, m := range tx.messages {
		if m.Until >= now {
			out = append(out, m)
		}
	}
	return out, nil
}

// keep has a change of a map taken back when the transaction fails.
func keep[K comparable, V any](tx memoryTx, in map[K]V, k K) {
	old, had := in[k]
	tx.back = append(tx.back, func() {
		if had {
			in[k] = old
		} else {
			delete(in, k)
		}
	})
}

func (tx memoryTx) usedNumbers(day, prefix string) map[int]bool {
	used := map[int]bool{}
	for _, id := range tx.order[day] {
		if x := tx.tickets[id]; x.Prefix == prefix {
			used[x.Number] = used[x.Number] || x.State.Live()
		}
	}
	return used
}

func (tx memoryTx) NextNumber(_ context.Context, _ ids.Org, _ ids.Office, day string, r Range) (int, error) {
	key := day + "/" + r.Prefix
	keep(tx, tx.numbers, key)
	tx.numbers[key] = FreeNumber(r, tx.numbers[key]+1, tx.usedNumbers(day, r.Prefix))
	return tx.numbers[key], nil
}

func (tx memoryTx) NumberUnused(_ context.Context, _ ids.Org, _ ids.Office, day string, r Range, number int) (bool, error) {
	_, had := tx.usedNumbers(day, r.Prefix)[number]
	return !had, nil
}

func (tx memoryTx) PutTicket(_ context.Context, t Ticket, token, sealed []byte) (bool, error) {
	for _, id := range tx.order[t.Day] {
		if x := tx.tickets[id]; t.Appointment != "" && x.Appointment == t.Appointment {
			return false, nil
		}
	}
	keep(tx, tx.tickets, t.ID)
	keep(tx, tx.tokens, t.ID)
	keep(tx, tx.order, t.Day)
	tx.tickets[t.ID], tx.tokens[t.ID] = &t, [2][]byte{token, sealed}
	tx.order[t.Day] = append(tx.order[t.Day], t.ID)
	return true, nil
}

func (tx memoryTx) SetTicket(_ context.Context, t Ticket) (bool, error) {
	if tx.tickets[t.ID].Rev != t.Rev {
		return false, nil
	}
	keep(tx, tx.tickets, t.ID)
	t.Rev++
	tx.tickets[t.ID] = &t
	return true, nil
}

func (tx memoryTx) PutStep(_ context.Context, s Step) error {
	keep(tx, tx.steps, s.Ticket)
	tx.steps[s.Ticket] = append(slices.Clone(tx.steps[s.Ticket]), s)
	return nil
}

func (tx memoryTx) SetCounter(_ context.Context, c Counter) (bool, error) {
	if tx.counters[c.Unit].Rev != c.Rev {
		return false, nil
	}
	keep(tx, tx.counters, c.Unit)
	c.Rev++
	tx.counters[c.Unit] = c
	return true, nil
}

func (tx memoryTx) Counter(_ context.Context, o ids.Org, f ids.Office, u ids.Unit) (Counter, error) {
	if k, ok := tx.counters[u]; ok {
		return k, nil
	}
	return Counter{Org: o, Office: f, Unit: u}, nil
}

func (tx memoryTx) Arrived(_ context.Context, _ ids.Org, a ids.Appointment, sequence, _ int64) (bool, error) {
	if x := tx.booked[a]; !x.Good || x.Sequence != sequence || tx.came[a] == "arrived" {
		return false, nil
	}
	return true, tx.mark(a, "arrived")
}

func (tx memoryTx) mark(a ids.Appointment, as string) error {
	keep(tx, tx.came, a)
	tx.came[a] = as
	return nil
}

func (tx memoryTx) Missed(_ context.Context, _ ids.Org, a ids.Appointment, _ int64) error {
	return tx.mark(a, "missed")
}

func (tx memoryTx) Came(_ context.Context, _ ids.Org, a ids.Appointment, _ int64) error {
	return tx.mark(a, "arrived")
}

func (tx memoryTx) PutAlert(_ context.Context, a Alert) error {
	tx.alerts = append(tx.alerts, a)
	return nil
}

func (tx memoryTx) EndAlert(_ context.Context, _ ids.Org, id string, by ids.Staff, now int64) (bool, error) {
	for i := range tx.alerts {
		if a := &tx.alerts[i]; a.ID == id && a.DoneAt == 0 {
			a.DoneAt, a.By = now, by
			return true, nil
		}
	}
	return false, nil
}

func (tx memoryTx) PutMessage(_ context.Context, m Message) error {
	tx.messages = append(tx.messages, m)
	return nil
}

func (tx memoryTx) DropMessage(_ context.Context, _ ids.Org, id string) error {
	tx.messages = slices.DeleteFunc(tx.messages, func(m Message) bool { return m.ID == id })
	return nil
}

func (tx memoryTx) UseForm(_ context.Context, _ ids.Org, key ids.FormKey, _ string, sum []byte, result string, _ int64) (string, bool, error) {
	if was, ok := tx.forms[key]; ok {
		if was[:len(sum)] != string(sum) {
			return "", false, fault.Conflict("form.key_reused", nil)
		}
		return was[len(sum):], true, nil
	}
	keep(tx, tx.forms, key)
	tx.forms[key] = string(sum) + result
	return "", false, nil
}

func (tx memoryTx) Audit(_ context.Context, entries ...audit.Entry) error {
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return err
		}
	}
	n := tx.audits
	tx.back = append(tx.back, func() { tx.audits = n })
	tx.audits += len(entries)
	return nil
}

func (tx memoryTx) Touch(ids.Org, ids.Office) {}

// book has an appointment that can be checked in for by its PIN.
func (m *memory) book(a Appointment, pin string) {
	m.booked[a.ID], m.pins[pin] = a, a.ID
}

func (m *memory) ByPIN(_ context.Context, _ ids.Org, _ ids.Office, _, pin string) (Appointment, error) {
	if a, ok := m.booked[m.pins[pin]]; ok {
		return a, nil
	}
	return Appointment{}, fault.NotFound("queue.no_pin")
}

func (m *memory) ByCode(_ context.Context, _ ids.Org, code string) (Appointment, error) {
	return m.ByID(context.Background(), "", ids.Appointment(code))
}

func (m *memory) ByID(_ context.Context, _ ids.Org, id ids.Appointment) (Appointment, error) {
	if a, ok := m.booked[id]; ok {
		return a, nil
	}
	return Appointment{}, fault.NotFound("queue.no_pin")
}

func (m *memory) Coming(_ context.Context, _ ids.Org, _ ids.Office, from, until int64) (out []Appointment, err error) {
	for _, a := range m.booked {
		if a.Good && a.Start >= from && a.Start <= until {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Appointment) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}
