package queue

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
)

// Spread is how long things took, in seconds: of how many, the median, and what nine of ten stayed within. It is all zero for none.
type Spread struct {
	N           int
	Median, P90 int64
}

// SpreadOf sorts the times and returns their spread. The median of an even number is the mean of the two in the middle; the 90th percentile is the smallest time
// that at least nine of ten do not exceed.
func SpreadOf(times []int64) Spread {
	n := len(times)
	if n == 0 {
		return Spread{}
	}
	slices.Sort(times)
	median := times[n/2]
	if n%2 == 0 {
		median = (times[n/2-1] + times[n/2]) / 2
	}
	return Spread{N: n, Median: median, P90: times[(9*n+9)/10-1]}
}

// FigureRow is what happened to some of the tickets: of an hour, a service, a counter, or all.
type FigureRow struct {
	// Key is the hour ("09"), the service, or the counter; empty for all.
	Key string
	// Came is how many tickets were given, Booked how many of them for an appointment. Served were finished, Missed were called and did not come, Left gave up.
	Came, Booked, Served, Missed, Left int
	// Wait is from arriving to the first call, Service from the begin at the counter to the end.
	Wait, Service Spread
	// Off is by how much what people were told of their wait was off, either way, for those who were told something.
	Off Spread

	waits, services, offs []int64
}

// Figures are an office's figures of a day or of several.
type Figures struct {
	All                       FigureRow
	Hours, Services, Counters []FigureRow
}

// firstCalls are when each ticket was first called, leaving out calls that were taken back.
func firstCalls(steps []Step) map[ids.Ticket]int64 {
	first, calls := map[ids.Ticket]int64{}, map[ids.Ticket]int{}
	ordered := slices.Clone(steps)
	slices.SortStableFunc(ordered, func(a, b Step) int { return cmp.Or(cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.Seq, b.Seq)) })
	for _, s := range ordered {
		switch {
		case s.What == StepCalled || s.What == StepPicked:
			if calls[s.Ticket]++; calls[s.Ticket] == 1 {
				first[s.Ticket] = s.At
			}
		case s.What == StepUndone && (s.Reason == string(StepCalled) || s.Reason == string(StepPicked)):
			if calls[s.Ticket]--; calls[s.Ticket] == 0 {
				delete(first, s.Ticket)
			}
		}
	}
	return first
}

// FiguresOf counts tickets, with what happened to them. The hours are those of arrival in the office's zone. Numbers that were given by hand while the system was
// down count as what they are: who came, when.
func FiguresOf(tickets []Ticket, steps []Step, zone *time.Location) Figures {
	called := firstCalls(steps)
	all := &FigureRow{}
	hours, services, counters := map[string]*FigureRow{}, map[string]*FigureRow{}, map[string]*FigureRow{}
	row := func(of map[string]*FigureRow, key string) *FigureRow {
		if of[key] == nil {
			of[key] = &FigureRow{Key: key}
		}
		return of[key]
	}
	for _, t := range tickets {
		rows := []*FigureRow{all, row(hours, time.Unix(t.ArrivedAt, 0).In(zone).Format("15")), row(services, string(t.Service))}
		if t.Counter != "" {
			rows = append(rows, row(counters, string(t.Counter)))
		}
		at, ok := called[t.ID]
		for _, r := range rows {
			r.count(t, at, ok)
		}
	}
	all.sum()
	return Figures{All: *all, Hours: summed(hours), Services: summed(services), Counters: summed(counters)}
}

func (r *FigureRow) count(t Ticket, called int64, wasCalled bool) {
	r.Came++
	if t.Kind == Booked {
		r.Booked++
	}
	switch t.State {
	case Done:
		r.Served++
	case Missed:
		r.Missed++
	case Left:
		r.Left++
	}
	if wasCalled {
		wait := max(called-t.ArrivedAt, 0)
		r.waits = append(r.waits, wait)
		if t.Estimate >= 0 {
			off := wait - t.Estimate
			r.offs = append(r.offs, max(off, -off))
		}
	}
	if t.State == Done && t.BegunAt > 0 {
		r.services = append(r.services, max(t.EndAt-t.BegunAt, 0))
	}
}

func (r *FigureRow) sum() {
	r.Wait, r.Service, r.Off = SpreadOf(r.waits), SpreadOf(r.services), SpreadOf(r.offs)
	r.waits, r.services, r.offs = nil, nil, nil
}

func summed(of map[string]*FigureRow) []FigureRow {
	out := make([]FigureRow, 0, len(of))
	for _, r := range of {
		r.sum()
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b FigureRow) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// MostFigureDays is over how many days figures are counted at once.
const MostFigureDays = 92

// Figures are the figures of an office from a day to a day, both included. A span that is too long or turned round is Invalid at "until".
func (s *Service) Figures(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, from, until org.Date) (Figures, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return Figures{}, err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return Figures{}, err
	}
	if until.Before(from) || from.Add(MostFigureDays-1).Before(until) {
		return Figures{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "figures.span", Args: fault.Args{"n": strconv.Itoa(MostFigureDays)}})
	}
	tickets, err := s.Store.Days(ctx, o, office, from.String(), until.String())
	if err != nil {
		return Figures{}, err
	}
	var steps []Step
	days := map[string]bool{}
	for _, t := range tickets {
		if days[t.Day] {
			continue
		}
		days[t.Day] = true
		list, err := s.Store.StepsOn(ctx, o, office, t.Day)
		if err != nil {
			return Figures{}, err
		}
		steps = append(steps, list...)
	}
	return FiguresOf(tickets, steps, a.Zone()), nil
}
