package admin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/org"
)

// The usual week of an office: from when until when it is open on each day of the week. Whatever is more than that has pages of its own.

// isUsual reports whether rules of opening hours are no more than a usual week: one span a day, for appointments, always.
func isUsual(rules []org.Weekly) bool {
	seen := map[time.Weekday]bool{}
	for _, w := range rules {
		plain, err := org.ParseWeekly(w.Days.String() + " " + w.From.String() + "-" + w.To.String())
		if err != nil || plain.String() != w.String() {
			return false
		}
		for _, d := range w.Days.Days() {
			if seen[d] {
				return false
			}
			seen[d] = true
		}
	}
	return true
}

// week are the days of the week, Monday first.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// usualTyped is a usual week as its form begins.
func usualTyped(rules []org.Weekly) url.Values {
	out := url.Values{}
	for _, w := range rules {
		for i, d := range week {
			if w.Days.Has(d) {
				out.Set(usualName(i, "from"), w.From.String())
				out.Set(usualName(i, "to"), w.To.String())
			}
		}
	}
	return out
}

func usualName(day int, end string) string { return "usual" + inner + strconv.Itoa(day) + inner + end }

// usualIn reads a usual week. Days with the same hours become one rule, in the order of their first day.
func usualIn(form url.Values) (rules []string, wrong []fault.Field) {
	type span struct{ from, to org.Minute }
	days := map[span]org.Weekdays{}
	var order []span
	for i, d := range week {
		from, to := strings.TrimSpace(form.Get(usualName(i, "from"))), strings.TrimSpace(form.Get(usualName(i, "to")))
		if from == "" && to == "" {
			continue
		}
		a, okA := readClock(from)
		b, okB := readClock(to)
		switch {
		case !okA:
			wrong = append(wrong, fault.Field{Name: usualName(i, "from"), Key: "thing.clock_wrong"})
		case !okB:
			wrong = append(wrong, fault.Field{Name: usualName(i, "to"), Key: "thing.clock_wrong"})
		case a >= b:
			wrong = append(wrong, fault.Field{Name: usualName(i, "to"), Key: "thing.clock_order"})
		default:
			s := span{a, b}
			if days[s] == 0 {
				order = append(order, s)
			}
			days[s] |= org.OnDays(d)
		}
	}
	for _, s := range order {
		rules = append(rules, days[s].String()+" "+s.from.String()+"-"+s.to.String())
	}
	return rules, wrong
}

// readClock reads a time of day as people write it: 8, 8.30, 8:30, 08:30.
func readClock(s string) (org.Minute, bool) {
	s = strings.ReplaceAll(s, ".", ":")
	if !strings.Contains(s, ":") {
		s += ":00"
	}
	if len(s) == 4 {
		s = "0" + s
	}
	m, err := org.ParseMinute(s)
	return m, err == nil
}
