package eservice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
)

// FewestTimes is from how many decisions on their times are shown: of fewer they would say how long one person's took.
const FewestTimes = 5

// MostMonths is how many months figures are shown of at once.
const MostMonths = 24

// mostCounted is how many forms figures are made of at most.
const mostCounted = 200_000

// FigureRow is what became of the forms that were sent in a period: of a form, an inbox, a month, or all.
type FigureRow struct {
	Key string // the form, the inbox, or the month ("2026-11"); empty for all
	// Received is how many came. Of them Open have not ended; the others were decided, withdrawn or closed. Late are those whose day had passed when they ended, or has passed now.
	Received, Open, Decided, Withdrawn, Closed, Late int
	// Median and P90 are within how many seconds half, and nine of ten, were decided; 0 where Decided is less than FewestTimes.
	Median, P90 int64

	times []int64
}

// Counted is one form that was sent, as it counts.
type Counted struct {
	Form        ids.Form
	Inbox       ids.Inbox
	State       State
	Sent, Ended int64
	Due         int64
}

// late reports whether its day had passed before it ended: in the last second it had not.
func (c Counted) late(now int64) bool {
	if c.Due == 0 {
		return false
	}
	if c.State.Ended() {
		return c.Ended > c.Due
	}
	return now > c.Due
}

func (r *FigureRow) add(c Counted, now int64) {
	r.Received++
	switch c.State {
	case Decided:
		r.Decided++
		r.times = append(r.times, c.Ended-c.Sent)
	case Withdrawn:
		r.Withdrawn++
	case Closed:
		r.Closed++
	default:
		r.Open++
	}
	if c.late(now) {
		r.Late++
	}
}

func (r *FigureRow) settle() {
	n := len(r.times)
	if n < FewestTimes {
		return
	}
	slices.Sort(r.times)
	r.Median, r.P90 = r.times[n/2], r.times[(9*n+9)/10-1]
	if n%2 == 0 {
		r.Median = (r.times[n/2-1] + r.times[n/2]) / 2
	}
}

// Figures are those of a period.
type Figures struct {
	All                    FigureRow
	Forms, Inboxes, Months []FigureRow
	// Cut says that there were more than are counted.
	Cut bool
}

// FiguresOf counts.
func FiguresOf(list []Counted, zone *time.Location, now int64) Figures {
	var f Figures
	forms, boxes, months := map[string]*FigureRow{}, map[string]*FigureRow{}, map[string]*FigureRow{}
	of := func(m map[string]*FigureRow, key string) *FigureRow {
		if m[key] == nil {
			m[key] = &FigureRow{Key: key}
		}
		return m[key]
	}
	for _, c := range list {
		month := time.Unix(c.Sent, 0).In(zone).Format("2006-01")
		for _, r := range []*FigureRow{&f.All, of(forms, string(c.Form)), of(boxes, string(c.Inbox)), of(months, month)} {
			r.add(c, now)
		}
	}
	f.All.settle()
	rows := func(m map[string]*FigureRow) []FigureRow {
		var out []FigureRow
		for _, r := range m {
			r.settle()
			out = append(out, *r)
		}
		slices.SortFunc(out, func(a, b FigureRow) int { return cmp.Compare(a.Key, b.Key) })
		return out
	}
	f.Forms, f.Inboxes, f.Months = rows(forms), rows(boxes), rows(months)
	return f
}

// Figures are what became of the forms that were sent from one local day to another and lie in inboxes that the actor may see. Faults: NotFound; Invalid at "until" for a period that is none, or too long.
func (s *Service) Figures(ctx context.Context, who actor.Actor, o ids.Org, from, until org.Date) (Figures, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Figures{}, err
	}
	boxes, err := boxesOf(who, c, Sought{})
	if err != nil {
		return Figures{}, err
	}
	first, end := from.At(0, c.Zone()), until.Add(1).At(0, c.Zone())
	if !first.Before(end) || end.After(first.AddDate(0, MostMonths, 1)) {
		return Figures{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "inbox.figures.span", Args: fault.Args{"n": MostMonths}})
	}
	list, err := s.Store.SubmissionTimes(ctx, o, first.Unix(), end.Unix(), mostCounted+1)
	if err != nil {
		return Figures{}, err
	}
	cut := len(list) > mostCounted
	if cut {
		list = list[:mostCounted]
	}
	for i := range list {
		list[i].Inbox = c.Inbox(list[i].Inbox).ID
	}
	list = slices.DeleteFunc(list, func(x Counted) bool { return !slices.Contains(boxes, x.Inbox) })
	f := FiguresOf(list, c.Zone(), s.Now().Unix())
	f.Cut = cut
	return f, nil
}
