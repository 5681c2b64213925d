package notify

import (
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// Limits are what an organisation may send by text message. Zero fields of an organisation's own take the installation's.
type Limits struct {
	// Prefixes are the beginnings of numbers that are written to, such as "+358".
	Prefixes []string
	// PerNumber is how many messages one number may get in an hour.
	PerNumber int
	// Burst is how many messages an hour are never too many; beyond it, an hour may have five times as many as the busiest of the last four weeks.
	Burst int
	// Budget is how many parts a month may cost; 0 leaves it open.
	Budget int
}

// Or fills what is not set from others.
func (l Limits) Or(o Limits) Limits {
	if len(l.Prefixes) == 0 {
		l.Prefixes = o.Prefixes
	}
	if l.PerNumber == 0 {
		l.PerNumber = o.PerNumber
	}
	if l.Burst == 0 {
		l.Burst = o.Burst
	}
	if l.Budget == 0 {
		l.Budget = o.Budget
	}
	return l
}

// UsualLimits are those of an installation that says nothing.
var UsualLimits = Limits{PerNumber: 20, Burst: 2000}

// What opens the breaker of an organisation: so many neighbouring numbers, or so many numbers that are not written to, within a minute; and how far above the
// busiest hour an hour may be.
const (
	MostNeighbours = 25
	MostRefused    = 20
	burstFactor    = 5
)

// neighbourDigits are the last digits by which neighbouring numbers differ.
const neighbourDigits = 3

// Block is what neighbouring numbers have in common.
func Block(number string) string {
	return number[:max(0, len(number)-neighbourDigits)]
}

// Why says what keeps a message from leaving.
type Why string

// The reasons. Country and Premium are for good; the others wait.
const (
	WhyCountry    Why = "country"
	WhyPremium    Why = "premium"
	WhyNumber     Why = "number"
	WhyNeighbours Why = "neighbours"
	WhyRefused    Why = "refused"
	WhyBurst      Why = "burst"
	WhyBudget     Why = "budget"
	WhyStopped    Why = "stopped"
)

// dear are kinds of numbers that cost whoever writes to them, or that nobody reads messages at.
var dear = []phonenumbers.PhoneNumberType{
	phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.UAN, phonenumbers.VOICEMAIL, phonenumbers.PAGER, phonenumbers.TOLL_FREE,
}

// Refuses says why a number is never written to; empty when it is.
func (l Limits) Refuses(number string) Why {
	if !slices.ContainsFunc(l.Prefixes, func(p string) bool { return strings.HasPrefix(number, p) }) {
		return WhyCountry
	}
	n, err := phonenumbers.Parse(number, "")
	if err != nil || slices.Contains(dear, phonenumbers.GetNumberType(n)) {
		return WhyPremium
	}
	return ""
}

// Past is what an organisation has sent: since it was last let go on, when that is later.
type Past struct {
	ToNumber   int // to this number, in the last hour
	Neighbours int // different other numbers of its block, in the last minute
	Refused    int // messages to numbers that are not written to, in the last minute
	Hour       int // messages in the last hour
	Busiest    int // messages of the busiest hour of the last four weeks, this one left out
	Month      int // parts in this month, whenever it was let go on
}

// Verdict is what becomes of a message that is to leave.
type Verdict struct {
	// Why it does not leave; empty when it does.
	Why Why
	// Stop opens the organisation's breaker: nothing leaves until somebody has looked.
	Stop bool
	// Final means that trying again is useless.
	Final bool
	// Wait is how long to wait before it is tried again.
	Wait time.Duration
}

// stoppedWait is how long what is stopped waits before it asks again.
const stoppedWait = 5 * time.Minute

// Judge decides about a message of so many parts to a number.
func Judge(l Limits, p Past, number string, parts int) Verdict {
	if why := l.Refuses(number); why != "" {
		return Verdict{Why: why, Final: true, Stop: p.Refused+1 >= MostRefused}
	}
	switch {
	case l.Budget > 0 && p.Month+parts > l.Budget:
		return Verdict{Why: WhyBudget, Stop: true, Wait: stoppedWait}
	case p.Neighbours >= MostNeighbours:
		return Verdict{Why: WhyNeighbours, Stop: true, Wait: stoppedWait}
	case p.Hour >= max(l.Burst, burstFactor*p.Busiest):
		return Verdict{Why: WhyBurst, Stop: true, Wait: stoppedWait}
	case p.ToNumber >= l.PerNumber:
		return Verdict{Why: WhyNumber, Wait: 10 * time.Minute}
	}
	return Verdict{}
}
