package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Gate returns the store as what counts text messages sees it.
func (s *Store) Gate() Gate { return Gate{s} }

// Gate counts text messages, stops and lets go.
type Gate struct{ *Store }

var (
	_ notify.GateStore = Gate{}
	_ notify.Arrivals  = Gate{}
)

const (
	ledgerSent    = "sent"
	ledgerRefused = "refused"

	hourSeconds = 60 * 60
	usualWeeks  = 4 * 7 * 24 * hourSeconds
	// ledgerLife is how long it is kept what became of a message, in seconds.
	ledgerLife = 366 * 24 * 60 * 60
)

// gateSystem is who stops.
var gateSystem = actor.System("texts")

// Admit counts a message once and judges it, as notify.GateStore says.
func (s Gate) Admit(ctx context.Context, d notify.Departure, judge func(own notify.Limits, p notify.Past) notify.Verdict) (v notify.Verdict, err error) {
	err = s.quietTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		v = notify.Verdict{}
		org := string(d.Org)
		row, err := q.TextLedger(ctx, db.TextLedgerParams{Org: org, ID: string(d.ID)})
		if err != nil && !noRows(err) {
			return err
		}
		stop, err := stopOf(ctx, q, d.Org)
		if err != nil {
			return err
		}
		own, past, err := s.pastOf(ctx, q, d, stop)
		if err != nil {
			return err
		}
		v = judge(own, past)
		switch {
		case v.Final && row.ID == "":
			err = putLedger(ctx, q, d, ledgerRefused)
		case v.Final:
		case stop.Open && !(stop.Why == notify.WhyBudget && v.Why != notify.WhyBudget):
			v = notify.Verdict{Why: notify.WhyStopped, Stop: true, Wait: 5 * time.Minute}
			return nil
		case row.ID != "" && row.State == ledgerSent: // let go before, and not handed over then
			v = notify.Verdict{}
			return nil
		case v.Why == "":
			if stop.Open { // the budget was raised, or a month began
				if err := s.release(ctx, q, d.Org, d.At, gateSystem); err != nil {
					return err
				}
			}
			if err := putLedger(ctx, q, d, ledgerSent); err != nil {
				return err
			}
			return q.AddToTextHour(ctx, db.AddToTextHourParams{Org: org, Hour: hourOf(d.At), Parts: int64(d.Parts)})
		}
		if err != nil || !v.Stop {
			return err
		}
		n, err := q.OpenTextStop(ctx, db.OpenTextStopParams{Org: org, Why: string(v.Why), StoppedAt: d.At})
		if err != nil || n == 0 {
			return err
		}
		return putAudit(ctx, q, audit.New(d.Org, s.opts.Gen.Audit(), s.opts.Now().UnixMicro(), gateSystem, audit.MessagesStopped, "texts", "sms", map[string]string{"why": string(v.Why)}))
	})
	if err != nil {
		return notify.Verdict{}, err
	}
	return v, nil
}

func hourOf(at int64) int64 { return at - at%hourSeconds }

func putLedger(ctx context.Context, q *db.Queries, d notify.Departure, state string) error {
	_, err := q.PutTextLedger(ctx, db.PutTextLedgerParams{
		Org: string(d.Org), ID: string(d.ID), At: d.At, NumberKey: d.NumberKey, BlockKey: d.BlockKey, Parts: int64(d.Parts), State: state,
	})
	return err
}

// pastOf counts what was sent, and reads what the organisation has decided of its limits.
func (s Gate) pastOf(ctx context.Context, q *db.Queries, d notify.Departure, stop stopRow) (own notify.Limits, p notify.Past, err error) {
	org := string(d.Org)
	if own, err = limitsOf(ctx, q, d.Org); err != nil {
		return own, p, err
	}
	minute := max(d.At-60, stop.ReleasedAt)
	n, err := q.CountTextsToNumber(ctx, db.CountTextsToNumberParams{Org: org, NumberKey: d.NumberKey, Since: max(d.At-hourSeconds, stop.ReleasedAt)})
	if err != nil {
		return own, p, err
	}
	p.ToNumber = int(n)
	if n, err = q.CountNeighbours(ctx, db.CountNeighboursParams{Org: org, BlockKey: d.BlockKey, NumberKey: d.NumberKey, Since: minute}); err != nil {
		return own, p, err
	}
	p.Neighbours = int(n)
	if n, err = q.CountTextsSince(ctx, db.CountTextsSinceParams{Org: org, State: ledgerRefused, Since: minute}); err != nil {
		return own, p, err
	}
	p.Refused = int(n)
	hour := hourOf(d.At)
	this, err := q.TextsInHour(ctx, db.TextsInHourParams{Org: org, Hour: hour})
	if err != nil && !noRows(err) {
		return own, p, err
	}
	if p.Hour = int(this.Messages); hourOf(stop.ReleasedAt) == hour {
		p.Hour -= stop.letGo
	}
	before, err := s.hoursBefore(ctx, q, org, hour, d.Month)
	p.Busiest, p.Month = before.busiest, before.parts+int(this.Parts)
	return own, p, err
}

// textHours is what the hours before one had: it does not change any more.
type textHours struct {
	hour, month    int64
	busiest, parts int
}

// hoursBefore is the busiest hour of the weeks before an hour, and the parts of its month so far. It is read once an hour.
func (s Gate) hoursBefore(ctx context.Context, q *db.Queries, org string, hour, month int64) (textHours, error) {
	if known, ok := s.textHours.Load(org); ok && known.(textHours).hour == hour && known.(textHours).month == month {
		return known.(textHours), nil
	}
	busiest, err := q.BusiestTextHour(ctx, db.BusiestTextHourParams{Org: org, Since: hour - usualWeeks, Until: hour})
	if err != nil {
		return textHours{}, err
	}
	parts, err := q.TextPartsBetween(ctx, db.TextPartsBetweenParams{Org: org, Since: month, Until: hour})
	if err != nil {
		return textHours{}, err
	}
	out := textHours{hour, month, int(busiest), int(parts)}
	s.textHours.Store(org, out)
	return out, nil
}

type stopRow struct {
	notify.Stop
	letGo int
}

func stopOf(ctx context.Context, q *db.Queries, o ids.Org) (stopRow, error) {
	r, err := q.TextStop(ctx, string(o))
	if noRows(err) {
		return stopRow{}, nil
	}
	return stopRow{notify.Stop{Open: r.Open == 1, Why: notify.Why(r.Why), At: r.StoppedAt, ReleasedAt: r.ReleasedAt}, int(r.LetGo)}, err
}

func limitsOf(ctx context.Context, q *db.Queries, o ids.Org) (notify.Limits, error) {
	r, err := q.TextLimit(ctx, string(o))
	if noRows(err) {
		return notify.Limits{}, nil
	}
	return notify.Limits{Prefixes: strings.Fields(r.Prefixes), PerNumber: int(r.PerNumber), Burst: int(r.Burst), Budget: int(r.Budget)}, err
}

func (s Gate) release(ctx context.Context, q *db.Queries, o ids.Org, at int64, who actor.Actor) error {
	n, err := q.TextsInHour(ctx, db.TextsInHourParams{Org: string(o), Hour: hourOf(at)})
	if err != nil && !noRows(err) {
		return err
	}
	released, err := q.ReleaseTextStop(ctx, db.ReleaseTextStopParams{Org: string(o), ReleasedAt: at, LetGo: n.Messages})
	if err != nil || released == 0 {
		return err
	}
	return putAudit(ctx, q, audit.New(o, s.opts.Gen.Audit(), s.opts.Now().UnixMicro(), who, audit.TextsLetGo, "texts", "sms", nil))
}

// LetGo lets an organisation's messages go again, and says who did. It is no error when they go.
func (s Gate) LetGo(ctx context.Context, who actor.Actor, o ids.Org) error {
	if err := who.May(actor.ConfigEdit, actor.Object{Org: o}); err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return s.release(ctx, q, o, s.opts.Now().Unix(), who)
	})
}

// SetLimits writes what an organisation may send. Invalid when a prefix is none, or a number is negative.
func (s Gate) SetLimits(ctx context.Context, who actor.Actor, o ids.Org, l notify.Limits) error {
	if err := who.May(actor.ConfigEdit, actor.Object{Org: o}); err != nil {
		return err
	}
	var wrong []fault.Field
	for _, p := range l.Prefixes {
		if len(p) < 2 || len(p) > 8 || p[0] != '+' || strings.Trim(p[1:], "0123456789") != "" {
			wrong = append(wrong, fault.Field{Name: "prefixes", Key: "text_stop.prefix_wrong"})
			break
		}
	}
	if len(wrong) > 0 || l.PerNumber < 0 || l.Burst < 0 || l.Budget < 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		err := q.PutTextLimit(ctx, db.PutTextLimitParams{
			Org: string(o), Prefixes: strings.Join(l.Prefixes, " "), PerNumber: int64(l.PerNumber), Burst: int64(l.Burst), Budget: int64(l.Budget),
			ChangedAt: s.opts.Now().Unix(),
		})
		if err != nil {
			return err
		}
		return putAudit(ctx, q, audit.New(o, s.opts.Gen.Audit(), s.opts.Now().UnixMicro(), who, audit.TextLimitsChanged, "texts", "sms", nil))
	})
}

// Use reads what an organisation sends and may send; month is when the month began (Unix seconds).
func (s Gate) Use(ctx context.Context, o ids.Org, month int64) (u notify.Use, err error) {
	stop, err := stopOf(ctx, s.read, o)
	if err != nil {
		return u, fmt.Errorf("read stop of text messages: %w", s.fault(err))
	}
	u.Stop = stop.Stop
	if u.Own, err = limitsOf(ctx, s.read, o); err != nil {
		return u, fmt.Errorf("read limits of text messages: %w", s.fault(err))
	}
	n, err := s.read.TextPartsSince(ctx, db.TextPartsSinceParams{Org: string(o), Since: month})
	if err != nil {
		return u, fmt.Errorf("count text messages: %w", s.fault(err))
	}
	u.Month = int(n)
	return u, nil
}

// Arrived records a receipt, as notify.Arrivals says. Of a message in several parts one that failed counts.
func (s Gate) Arrived(ctx context.Context, a notify.Arrival) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		r, err := q.TextLedger(ctx, db.TextLedgerParams{Org: string(a.Org), ID: string(a.ID)})
		if noRows(err) {
			if a.Channel != notify.Email {
				return nil
			}
			return s.fate(ctx, q, a)
		}
		was := notify.Fate(r.Fate)
		last := was == notify.Undelivered || was == notify.Delivered && (a.Fate != notify.Undelivered || r.Parts < 2)
		if planted.Bug("receipt-overrides") {
			last = false
		}
		if err != nil || was == a.Fate || last || r.State != ledgerSent {
			return err
		}
		n, err := q.SettleTextLedger(ctx, db.SettleTextLedgerParams{Fate: string(a.Fate), FateAt: nullInt(s.opts.Now().Unix()), Org: r.Org, ID: r.ID, Was: r.Fate})
		if err != nil || n == 0 {
			return err
		}
		return s.fate(ctx, q, a)
	})
}

// fate tells the notice or the text message that a receipt is about. A code that checks somebody's number is neither.
func (s Gate) fate(ctx context.Context, q *db.Queries, a notify.Arrival) error {
	id, round, ok := notify.CutRef(a.ID)
	if !ok {
		return nil
	}
	if a.Channel == "" {
		a.Channel = notify.SMS
	}
	at := nullInt(s.opts.Now().Unix())
	n, err := q.FateOfNotice(ctx, db.FateOfNoticeParams{
		Fate: string(a.Fate), FateAt: at, Why: a.Why, Org: string(a.Org), ID: string(id), Round: int64(round), Channel: string(a.Channel),
	})
	if err != nil || n > 0 || a.Channel != notify.SMS {
		return err
	}
	_, err = q.FateOfTextOut(ctx, db.FateOfTextOutParams{Fate: string(a.Fate), FateAt: at, Why: a.Why, Org: string(a.Org), ID: string(id), Round: int64(round)})
	return err
}

// Fate returns what a network said of a message; empty when it said nothing yet, or nobody knows the message.
func (s Gate) Fate(ctx context.Context, o ids.Org, id ids.Notice) (notify.Fate, error) {
	r, err := s.read.TextLedger(ctx, db.TextLedgerParams{Org: string(o), ID: string(id)})
	if noRows(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt of %s: %w", id, s.fault(err))
	}
	return notify.Fate(r.Fate), nil
}

// sweepLedger forgets what became of messages of long ago.
func sweepLedger(ctx context.Context, q *db.Queries, o ids.Org, now int64, most int32) error {
	for _, state := range []string{ledgerSent, ledgerRefused} {
		if _, err := q.SweepTextLedger(ctx, db.SweepTextLedgerParams{Org: string(o), State: state, Before: now - ledgerLife, Most: most}); err != nil {
			return err
		}
	}
	return nil
}
