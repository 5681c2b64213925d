package mailbox

import (
	"time"

	"luukku/domain/org"
)

// ServiceRule says when a letter counts as served, in one country, for one mode, from a day on. The rules are configuration that goes by the calendar: a law that changes
// is a row more, and a letter is judged by the rule of the day on which it was published.
type ServiceRule struct {
	Country string // ISO 3166-1
	Mode    Mode
	// From is the first local day on which the rule holds; it holds until another one of its country and mode does.
	From string
	// Days is the day of the sending's count on which the letter counts as served by itself; 0 when it never does.
	Days int
	// WorkingDay moves that day on to the next working day.
	WorkingDay bool
	// ByConfirming says that it is served when the recipient confirms; BySignIn when somebody entitled signs in to the mailbox, whether they open it or not.
	ByConfirming, BySignIn bool
	// ConfirmDays is in how many days it must be confirmed before it is to be served otherwise; 0 is no such end.
	ConfirmDays int
	// Source names the law, as a lawyer would look it up.
	Source string
}

// ServiceRules are the rules that are known, the oldest of each first. Not legal advice: an installation can put its own in their place.
var ServiceRules = []ServiceRule{
	{Country: "FI", Mode: Ordinary, From: "2003-02-01", Days: 3, Source: "FI 13/2003, 19 §"},
	{Country: "FI", Mode: Verifiable, From: "2003-02-01", ByConfirming: true, ConfirmDays: 7, Source: "FI 13/2003, 18 §"},
	{Country: "CZ", Mode: Ordinary, From: "2009-07-01", Days: 10, WorkingDay: true, BySignIn: true, Source: "CZ 300/2008 Sb., § 17(3)-(4)"},
	{Country: "CZ", Mode: Verifiable, From: "2009-07-01", Days: 10, WorkingDay: true, BySignIn: true, Source: "CZ 300/2008 Sb., § 17(3)-(4)"},
}

// RuleOn is the rule of a country and mode on a local day; ok is false where none is known: then nothing is said about the date of service.
func RuleOn(rules []ServiceRule, country string, m Mode, day org.Date) (rule ServiceRule, ok bool) {
	for _, r := range rules {
		if from, err := org.ParseDate(r.From); err == nil && r.Country == country && r.Mode == m && !day.Before(from) {
			rule, ok = r, true
		}
	}
	return rule, ok
}

// Served is when a letter counts as served.
type Served struct {
	// On is the local day; the zero day when it is not served yet and no day is certain.
	On org.Date
	// Certain is false while the day lies ahead, and something may still come before it.
	Certain bool
	// Presumed says that it counts as served unless the recipient shows otherwise; false when they confirmed it, or signed in where that is what counts.
	Presumed bool
	Rule     ServiceRule
}

// DateOfService says when a letter counts as served: published at a moment, confirmed and first signed in after it at moments (Unix seconds, 0 for not yet), seen now.
func DateOfService(r ServiceRule, published, confirmed, signedIn, now int64, zone *time.Location) Served {
	day := func(at int64) org.Date { return org.DateOf(time.Unix(at, 0).In(zone)) }
	out := Served{Rule: r}
	fiction := org.Date{}
	if r.Days > 0 {
		fiction = day(published).Add(r.Days)
		for r.WorkingDay && !working(r.Country, fiction) {
			fiction = fiction.Add(1)
		}
	}
	act := int64(0)
	switch {
	case r.ByConfirming && confirmed > 0:
		act = confirmed
	case r.BySignIn && signedIn > 0:
		act = signedIn
	}
	switch {
	case act > 0 && (fiction.IsZero() || !day(act).After(fiction)):
		out.On, out.Certain = day(act), true
	case !fiction.IsZero():
		out.On, out.Presumed, out.Certain = fiction, true, !day(now).Before(fiction)
	}
	return out
}

func working(country string, d org.Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := org.HolidayOn(country, d)
	return !holiday
}

// ConfirmBy is the last second in which a letter can be confirmed in time: the end of the rule's last day. 0 when there is no such end.
func ConfirmBy(r ServiceRule, published int64, zone *time.Location) int64 {
	if r.ConfirmDays == 0 {
		return 0
	}
	day := org.DateOf(time.Unix(published, 0).In(zone)).Add(r.ConfirmDays + 1)
	return day.At(0, zone).Unix() - 1
}
