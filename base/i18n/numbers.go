package i18n

import (
	"strconv"
	"strings"
	"time"
)

const (
	day     = 24 * time.Hour
	longest = 100 * 365 * day // beyond it a length is not told apart
)

// Number returns n with the language's separator between thousands: "12,500", "12 500" with a space that does not break.
func (p *Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = p.locale.Minus, rest
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(p.locale.Group)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// List returns "a, b and c".
func (p *Printer) List(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], p.locale.ListBetween) + p.locale.ListLast + items[n-1]
	}
}

// Minutes returns a length in words: "20 minutes", "1 hour 30 minutes". Less than nothing reads as nothing.
func (p *Printer) Minutes(n int) string {
	return p.Duration(time.Duration(min(n, int(longest/time.Minute))) * time.Minute)
}

// Duration returns a length as it stands alone, after a label: "20 minutes", "1 hour 30 minutes", "24 hours", "3 days", "2 days 5 hours". From two
// days on it counts days, and a length under a minute in seconds. What is smaller than that is rounded up.
func (p *Printer) Duration(d time.Duration) string { return p.duration("common.", d) }

// Deadline returns a length as it stands in a sentence that says how long before: "24 hours", "1 tuntia", "1 hodinu".
func (p *Printer) Deadline(d time.Duration) string { return p.duration("common.within.", d) }

func (p *Printer) duration(prefix string, d time.Duration) string {
	d = min(max(d, 0), longest)
	if d > 0 && d < time.Minute {
		if n := up(d, time.Second); n < 60 {
			return p.N(prefix+"seconds", n)
		}
	}
	minutes := time.Duration(up(d, time.Minute)) * time.Minute
	var parts []string
	add := func(key string, n int) {
		if n > 0 {
			parts = append(parts, p.N(prefix+key, n))
		}
	}
	if minutes >= 2*day {
		add("days", int(minutes/day))
		minutes %= day
	}
	add("hours", int(minutes/time.Hour))
	add("minutes", int(minutes%time.Hour/time.Minute))
	if parts == nil {
		return p.N(prefix+"minutes", 0)
	}
	return strings.Join(parts, " ")
}

// up counts the units in d, and a begun one as whole.
func up(d, unit time.Duration) int {
	n := int(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}
