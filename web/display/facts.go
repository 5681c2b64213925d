package display

import (
	"context"
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/queue"
)

// facts are what the pages are made from: an office's lobby and waits as of a moment.
type facts struct {
	*catalog.Config
	office ids.Office
	waits  *queue.Waits
	now    time.Time
}

func (d *Door) facts(ctx context.Context, o ids.Org, office ids.Office) (facts, error) {
	c, err := d.Site.Directory.Config(ctx, o)
	if err != nil {
		return facts{}, err
	}
	w, err := d.Queue.Waits(ctx, o, office)
	if err != nil {
		return facts{}, err
	}
	return facts{Config: c, office: office, waits: w, now: d.Site.Now().In(c.Zone())}, nil
}

// at is a moment at the office.
func (f facts) at(unix int64) time.Time { return time.Unix(unix, 0).In(f.Zone()) }

// place is the name of a counter.
func (f facts) place(u ids.Unit) i18n.Text {
	if unit, ok := f.UnitOf(f.office, u); ok {
		return unit.Name
	}
	return nil
}

// calls are those who were called and not dealt with, the newest first.
func (f facts) calls(shown func(queue.Ticket) bool) []queue.Ticket {
	return slices.DeleteFunc(f.waits.Hall.Calls(), func(t queue.Ticket) bool { return !shown(t) })
}

// order is the line, in the order in which it is called.
func (f facts) order() []queue.Ticket {
	return queue.Order(f.waits.Hall.Tickets, f.now.Unix(), func(s ids.Service) int64 {
		return int64(f.Policy(s, f.office).WalkInBound / time.Second)
	})
}

// lines are the services for which anybody waits, or numbers are given.
func (f facts) lines() []queue.Line { return queue.Lines(f.Config, f.waits, f.now) }

// minutes says about how long a wait is, as one would say it: to the minute up to ten, then to five.
func minutes(p *i18n.Printer, w queue.Wait) string {
	if !w.Known() {
		return ""
	}
	n := int(w.Seconds+59) / 60
	if n > 10 {
		n = (n + 4) / 5 * 5
	}
	return p.Minutes(max(n, 1))
}
