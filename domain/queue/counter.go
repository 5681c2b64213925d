package queue

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// CounterDeed is what somebody does with a counter itself.
type CounterDeed string

// The deeds.
const (
	CounterOpened  CounterDeed = "opened" // sits down at it, or takes it over
	CounterBreak   CounterDeed = "break"
	CounterResumed CounterDeed = "resumed"
	CounterClosed  CounterDeed = "closed"
	// CounterServices chooses what is called at the counter where one works, whoever is there, and in a break.
	CounterServices CounterDeed = "services"
)

// SetCounter opens, closes or pauses a counter, or chooses what is called at it: with CounterOpened and CounterServices, no services are all that it can serve.
// Whoever sits down leaves the counter they were at, unless they have somebody there; a program works at as many as it opens. Faults: NotFound; Invalid at "services"
// when one cannot be served there; Conflict "queue.counter_taken" with who sits there, unless over; "queue.busy" when somebody is still at the counter.
func (s *Service) SetCounter(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, u ids.Unit, do CounterDeed, services []ids.Service, over bool) (Counter, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return Counter{}, err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return Counter{}, err
	}
	if _, ok := a.UnitOf(office, u); !ok {
		return Counter{}, fault.NotFound("queue.no_counter")
	}
	served := ServedAt(a.Config, office, u)
	if slices.ContainsFunc(services, func(x ids.Service) bool { return !slices.Contains(served, x) }) {
		return Counter{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "services", Key: "queue.not_served_there"})
	}
	services = chosenOf(served, services)
	var out Counter
	me := atDesk(who)
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		k, err := tx.Counter(ctx, o, office, u)
		if err != nil {
			return err
		}
		switch do {
		case CounterOpened:
			if k.Staff != "" && k.Staff != me && !over {
				return fault.Conflict("queue.counter_taken", fault.Args{"staff": string(k.Staff)})
			}
			if err := s.leaveOthers(ctx, tx, a, who, u); err != nil {
				return err
			}
			if k.Staff != me {
				k.Since = a.now
			}
			k.Staff, k.BreakSince, k.Services = me, 0, services
		case CounterBreak:
			if k.Ticket != "" {
				return fault.Conflict("queue.busy", nil)
			}
			k.BreakSince = a.now
		case CounterServices:
			if k.Staff != "" && k.Staff != me && !over {
				return fault.Conflict("queue.counter_taken", fault.Args{"staff": string(k.Staff)})
			}
			k.Services = services
		case CounterResumed:
			k.BreakSince = 0
		case CounterClosed:
			if k.Ticket != "" {
				return fault.Conflict("queue.busy", nil)
			}
			k.Staff, k.BreakSince, k.Services = "", 0, nil
		}
		if do != CounterOpened && (k.Rev == 0 || (do == CounterBreak || do == CounterServices) && k.Staff == "") {
			return fault.Conflict("queue.counter_closed", nil)
		}
		out, err = s.putCounter(ctx, tx, a, who, k, do)
		return err
	})
	return out, err
}

// atDesk is whoever works at a counter, as it is kept: one of the staff, or a program.
func atDesk(who actor.Actor) ids.Staff {
	if who.Kind == actor.KindClient {
		return ids.Staff(who.Client)
	}
	return who.Staff
}

// leaveOthers closes the counters of who sits down elsewhere.
func (s *Service) leaveOthers(ctx context.Context, tx Tx, a at, who actor.Actor, to ids.Unit) error {
	if who.Kind == actor.KindClient {
		return nil // a program can work at several
	}
	list, err := tx.Counters(ctx, a.org, a.office.ID)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.Staff != who.Staff || k.Unit == to {
			continue
		}
		if k.Ticket != "" {
			return fault.Conflict("queue.busy", nil)
		}
		k.Staff, k.BreakSince, k.Services = "", 0, nil
		if _, err := s.putCounter(ctx, tx, a, who, k, CounterClosed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) putCounter(ctx context.Context, tx Tx, a at, who actor.Actor, k Counter, do CounterDeed) (Counter, error) {
	k.Org, k.Office = a.org, a.office.ID
	ok, err := tx.SetCounter(ctx, k)
	if err != nil {
		return k, err
	}
	if !ok {
		return k, errAgain
	}
	k.Rev++
	tx.Touch(a.org, a.office.ID)
	detail := map[string]string{"what": string(do)}
	if do == CounterServices || do == CounterOpened && len(k.Services) > 0 {
		detail["services"] = strings.Join(namesOf(k.Services), " ")
	}
	return k, tx.Audit(ctx, s.entry(a, who, audit.CounterChanged, "counter", string(k.Unit), detail))
}

// namesOf are the names of services as the log has them; all of them are "all".
func namesOf(list []ids.Service) []string {
	if len(list) == 0 {
		return []string{"all"}
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func (s *Service) entry(a at, who actor.Actor, what audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(a.org, s.Gen.Audit(), s.Now().UnixMicro(), who, what, kind, subject, detail)
}

// EndDay resolves what is left of a day at an office: who is being served is done, who was called did not come, who waits or is parked has left; all counters are
// closed. It returns how many tickets that were.
func (s *Service) EndDay(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) (int, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return 0, err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		n = 0
		list, err := tx.LiveTickets(ctx, o, office, a.day)
		if err != nil {
			return err
		}
		for _, t := range list {
			w := work{s: s, tx: tx, at: a, who: who, d: Deed{Org: o, Office: office}, out: &Outcome{}}
			what, state := StepLeft, Left
			switch t.State {
			case Serving:
				what, state = StepDone, Done
			case Called:
				what, state = StepMissed, Missed
				if t.Kind == Booked && t.Appointment != "" {
					if err := tx.Missed(ctx, o, t.Appointment, a.now); err != nil {
						return err
					}
				}
			}
			if _, err := w.end(ctx, t, what, state); err != nil {
				return err
			}
			n++
		}
		counters, err := tx.Counters(ctx, o, office)
		if err != nil {
			return err
		}
		for _, k := range counters {
			k.Staff, k.BreakSince, k.Services, k.Ticket = "", 0, nil, ""
			if _, err := s.putCounter(ctx, tx, a, who, k, CounterClosed); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, s.entry(a, who, audit.LobbyClosed, "office", string(office), nil))
	})
	return n, err
}

// Alarm tells the staff of an office something: from a kiosk (AlertHelp, AlertPrinter), a counter (AlertEmergency), or Luukku itself.
func (s *Service) Alarm(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, kind AlertKind, u ids.Unit) error {
	if who.Kind != actor.KindSystem {
		if err := mayLetIn(who, o, office); err != nil {
			return err
		}
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return err
	}
	return s.alert(ctx, a, who, kind, u)
}

// alert puts an alert up; one that is open already, of the same kind and place, is not repeated.
func (s *Service) alert(ctx context.Context, a at, who actor.Actor, kind AlertKind, u ids.Unit) error {
	n := Alert{Org: a.org, ID: s.Gen.New(), Office: a.office.ID, Kind: kind, Device: who.Device, Unit: u, At: a.now}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		open, err := tx.Alerts(ctx, a.org, a.office.ID)
		if err != nil {
			return err
		}
		if kind != AlertResting && slices.ContainsFunc(open, func(x Alert) bool { return x.Kind == kind && x.Device == n.Device && x.Unit == u }) {
			return nil
		}
		if err := tx.PutAlert(ctx, n); err != nil {
			return err
		}
		tx.Touch(a.org, a.office.ID)
		return tx.Audit(ctx, s.entry(a, who, audit.LobbyAlerted, "alert", n.ID, map[string]string{"kind": string(kind)}))
	})
}

// See says that somebody saw to an alert.
func (s *Service) See(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, id string) error {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		ok, err := tx.EndAlert(ctx, o, id, who.Staff, a.now)
		if err != nil || !ok {
			return err
		}
		tx.Touch(o, office)
		return tx.Audit(ctx, s.entry(a, who, audit.LobbySeen, "alert", id, nil))
	})
}

// MostMessage is how long a message to those who wait can be, in characters of each language.
const MostMessage = 200

// Tell shows a message to everybody who waits at an office until a moment, or takes one back that is over. Faults: Invalid at "text" and "until".
func (s *Service) Tell(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, text i18n.Text, until int64) error {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return err
	}
	clean, any := i18n.Text{}, false
	for l, t := range text {
		line, ok := i18n.CleanLine(t)
		if !ok || len([]rune(line)) > MostMessage {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "text_" + string(l), Key: "field.too_long", Args: fault.Args{"max": MostMessage}})
		}
		if line != "" {
			clean[l], any = line, true
		}
	}
	if !any {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "text_" + string(a.Org.Languages[0]), Key: "field.required"})
	}
	if until <= a.now || until > a.now+24*60*60 {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "queue.until_range"})
	}
	m := Message{Org: o, ID: s.Gen.New(), Office: office, Text: clean, Until: until, At: a.now, By: who.Staff}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutMessage(ctx, m); err != nil {
			return err
		}
		tx.Touch(o, office)
		return tx.Audit(ctx, s.entry(a, who, audit.LobbyTold, "message", m.ID, nil))
	})
}

// Untell takes a message back.
func (s *Service) Untell(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, id string) error {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.DropMessage(ctx, o, id); err != nil {
			return err
		}
		tx.Touch(o, office)
		return tx.Audit(ctx, s.entry(a, who, audit.LobbyTold, "message", id, map[string]string{"what": "taken_back"}))
	})
}
