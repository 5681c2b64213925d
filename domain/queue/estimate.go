package queue

import (
	"time"

	"luukku/base/ids"
)

// estimateFor is how long a ticket waits, in seconds, as far as anybody can say now; -1 when no counter is open that could serve it.
func estimateFor(a at, tickets []Ticket, counters []Counter, id ids.Ticket) int64 {
	var mine Ticket
	for _, t := range tickets {
		if t.ID == id {
			mine = t
		}
	}
	var desks []Desk
	for _, k := range counters {
		if d := DeskAt(a.Config, k); k.Open() && d.Takes(mine) {
			desks = append(desks, d)
		}
	}
	ahead := Ahead(tickets, id, desks, a.now, a.bound)
	if ahead < 0 || len(desks) == 0 {
		return -1
	}
	mean := int64(a.Policy(mine.Service, a.office.ID).Length / time.Second)
	return int64(ahead) * mean / int64(len(desks))
}
