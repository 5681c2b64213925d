package queue

import (
	"cmp"
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Past is what the days before say of an office, and who is expected today. A nil Past knows nothing. It is shared: nobody changes it.
type Past struct {
	// Day is the day before which it was learned.
	Day    string
	served map[ids.Service][]int64
	called map[ids.Service]share
	gaps   []int64
	early  []int64
	// expected are today's appointments.
	expected []Appointment
}

// share is how many of all something is true of.
type share struct{ of, all int64 }

// Samples that are kept: the latest.
const (
	mostSamples = 100
	mostGap     = 10 * 60 // a longer one was a break
)

// Learn learns from all the tickets of the days before a day.
func Learn(day string, tickets []Ticket) *Past {
	p := &Past{Day: day, served: map[ids.Service][]int64{}, called: map[ids.Service]share{}}
	p.add(tickets)
	return p
}

// Expecting is the same past with other appointments to come.
func (p *Past) Expecting(list []Appointment) *Past {
	out := *p
	out.expected = list
	return &out
}

// add learns from tickets, by the order of their ends.
func (p *Past) add(tickets []Ticket) {
	var ended []*Ticket
	for i := range tickets {
		t := &tickets[i]
		if !t.State.Live() {
			ended = append(ended, t)
		}
		if t.Kind == Booked && t.BookedAt > 0 && t.ArrivedAt > 0 {
			p.early = append(p.early, t.BookedAt-t.ArrivedAt)
		}
	}
	slices.SortFunc(ended, func(a, b *Ticket) int { return cmp.Compare(a.EndAt, b.EndAt) })
	last := map[ids.Unit]int64{}
	for _, t := range ended {
		n := p.called[t.Service]
		n.all++
		if (t.State == Done || t.State == Missed) && t.CalledAt > 0 && t.EndAt >= t.CalledAt {
			n.of++
			p.served[t.Service] = append(p.served[t.Service], t.EndAt-t.CalledAt)
			if end := last[t.Counter]; end > 0 && t.ArrivedAt < end && t.CalledAt >= end && t.CalledAt-end <= mostGap {
				p.gaps = append(p.gaps, t.CalledAt-end)
			}
			last[t.Counter] = t.EndAt
		}
		p.called[t.Service] = n
	}
	for s, list := range p.served {
		p.served[s] = list[max(0, len(list)-mostSamples):]
	}
	p.gaps, p.early = p.gaps[max(0, len(p.gaps)-mostSamples):], p.early[max(0, len(p.early)-mostSamples):]
}

// habit is how a service keeps a counter busy.
type habit struct {
	// lengths are as many equally likely times at the counter, the shortest first, with the pause after each.
	lengths [quantiles]int64
	// called is the share of those who are still there when they are called.
	called float64
}

// habits are an office's, of each service.
type habits struct {
	of   map[ids.Service]*habit
	gap  int64
	lead int64
}

const (
	quantiles  = 64
	priorCount = 5  // what the policy's length counts against the days before, in tickets
	todayCount = 10 // what the days before count against today
	lastlyMost = 4  // a time beyond so many medians counts as so many
)

// with learns from today, too.
func (p *Past) with(h *Hall, c *catalog.Config) *habits {
	if p == nil {
		p = Learn(h.Day, nil)
	}
	today := Learn(h.Day, h.Gone)
	out := &habits{of: map[ids.Service]*habit{}, gap: meanOf(append(slices.Clip(p.gaps), today.gaps...), 0), lead: 5 * 60}
	if len(p.early) > 0 {
		out.lead = medianOf(p.early)
	}
	for _, s := range c.ServicesAt(h.Office) {
		length := int64(c.Policy(s.ID, h.Office).Length / time.Second)
		out.of[s.ID] = habitOf(length, p.served[s.ID], today.served[s.ID], out.gap)
		n, t := p.called[s.ID], today.called[s.ID]
		out.of[s.ID].called = float64(n.of+t.of+20) / float64(n.all+t.all+20)
	}
	return out
}

func (h *habits) service(s ids.Service) *habit {
	if k := h.of[s]; k != nil {
		return k
	}
	k := habitOf(int64(catalog.Product.Length/time.Second), nil, nil, h.gap)
	k.called = 1
	h.of[s] = k
	return k
}

// habitOf draws a service's table of times: of the shape of what was seen, and with a mean that shrinks towards the policy's length while little was.
func habitOf(length int64, past, today []int64, gap int64) *habit {
	all := append(slices.Clip(past), today...)
	slices.Sort(all)
	roof := lastlyMost * length
	if len(all) >= priorCount {
		roof = lastlyMost * max(all[len(all)/2], 30)
	}
	mean := shrink(float64(length), priorCount, past, roof)
	mean = shrink(mean, todayCount, today, roof)
	w := float64(len(all)) / float64(len(all)+todayCount)
	var shape [quantiles]float64
	sum := 0.0
	for i := range shape {
		q := (float64(i) + 0.5) / quantiles
		shape[i] = (1 - w) * (0.35 + 1.3*q) * float64(length)
		if len(all) > 0 {
			shape[i] += w * float64(min(all[int(q*float64(len(all)))], roof))
		}
		sum += shape[i]
	}
	k := &habit{}
	for i, x := range shape {
		k.lengths[i] = int64(x*mean*quantiles/max(sum, 1)) + gap
	}
	return k
}

// shrink is the mean of a list in which what was thought before counts as so many more.
func shrink(before float64, count float64, list []int64, roof int64) float64 {
	sum := before * count
	for _, x := range list {
		sum += float64(min(x, roof))
	}
	return sum / (count + float64(len(list)))
}

func meanOf(list []int64, none int64) int64 {
	if len(list) == 0 {
		return none
	}
	sum := int64(0)
	for _, x := range list {
		sum += x
	}
	return sum / int64(len(list))
}

func medianOf(list []int64) int64 {
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2]
}

// How far ahead the simulation looks for who is still to come, and how long after their time they may come.
const (
	simulated  = 4 * 60 * 60
	pastWindow = 2 * 60 * 60
)

// cameShare is the share of those with an appointment who come.
const cameShare = 0.9

// arrivalOf is somebody who is expected: the ticket they would have, when they would come, and how likely that is.
type arrivalOf struct {
	ticket Ticket
	odds   float64
}

// coming are today's appointments without a ticket whose clients may still come.
func (p *Past) coming(h *Hall, c *catalog.Config, now int64) []arrivalOf {
	if p == nil || len(p.expected) == 0 {
		return nil
	}
	in := map[ids.Appointment]bool{}
	for _, list := range [][]Ticket{h.Tickets, h.Gone} {
		for _, t := range list {
			in[t.Appointment] = true
		}
	}
	var out []arrivalOf
	for _, x := range p.expected {
		until := c.Policy(x.Service, h.Office).CheckinUntil(x.Start)
		if in[x.ID] || !x.Good || now > until || x.Start > now+simulated {
			continue
		}
		odds := cameShare
		if now > x.Start {
			odds *= float64(until-now) / float64(until-x.Start+1) / 2
		}
		t := Ticket{Service: x.Service, Kind: Booked, BookedAt: x.Start, Lang: x.Lang}
		if u, ok := c.UnitOf(h.Office, x.Unit); ok && u.Kind == org.Professional {
			t.Unit = x.Unit
		}
		out = append(out, arrivalOf{t, odds})
	}
	return out
}
