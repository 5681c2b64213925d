package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"luukku/domain/actor"
	"luukku/domain/org"
)

// Policy is every rule of booking that an organisation may set, resolved for one service at one office. Periods are whole seconds; deadlines are
// inclusive to the second.
type Policy struct {
	Length       time.Duration // of an appointment
	Gap          time.Duration // kept free after it
	Hold         time.Duration // how long a picked time is kept while the form is filled in; 0 holds nothing (S1.5)
	Horizon      time.Duration // how far ahead times can be booked, in whole days
	Notice       time.Duration // how long before its start a time can still be booked
	ChangeCutoff time.Duration // how long before its start an appointment can still be moved or its details changed online
	CancelCutoff time.Duration // how long before its start it can still be cancelled online
	OnlineChange bool          // whether it can be moved online at all
	OnlineCancel bool          // whether it can be cancelled online at all: two limits, each its own (S5.5)
	SignIn       actor.Level   // how surely it must be known who books; LevelNone asks nobody to sign in
	NeedsAccess  bool          // whether the office must have opened it to whoever uses it: a contact comes first (S2.7)
	ForCompany   bool          // whether only those use it who act for a company or an association (S2.6)
	MaxLive      int           // live bookings per email address or phone number; 0 is no limit

	Opens        Opening       // when days at the end of the horizon open for booking
	StaffShare   int           // units at each time that only staff may book
	StaffRelease time.Duration // how long before its start the staff's share opens for everybody; 0 never
	MaxPeople    int           // how many people one visit may be booked for; its length grows with them
	MaxMoves     int           // how often one appointment can be moved online; 0 is no limit
	SameUnit     bool          // whether a move stays with the same professional (S5.3)

	ConfirmWindow time.Duration // within which, from Save, a booking must be confirmed by the mailed link; 0 asks for none (S3.2)
	PIN           bool          // whether a booked client gets a PIN for the kiosk (S3.3)
	CheckinBefore time.Duration // how long before its start the PIN is good (S3.5)
	CheckinAfter  time.Duration // and how long after it

	WalkIn      bool          // whether somebody without an appointment gets a ticket (S3.5)
	WalkInBound time.Duration // after so long a walk-in is called before booked clients; 0 never (S3.6)
	WalkInLast  time.Duration // how long before closing the last walk-in ticket is given

	PreLapse    time.Duration // how long before its time a pre-reservation lapses that nobody confirmed (S5.4)
	Waiting     Waiting       // what becomes of a freed time that somebody waits for
	WaitingCare Care          // who a freed time is offered to: anyone who waits, or only those in care
	OfferWindow time.Duration // how long an offer from the waiting list is good
	SMSBooking  bool          // whether it can be booked by text message (S3.9)
	OffersADay  int           // how many freed times one person is told of within a day
	OfferMost   int           // to how many a freed time is offered at once, where the first answer gets it

	Texts     Texts     // whether what people are told goes as a text message, too (S3.3)
	Reminders Reminders // how long before its time somebody is reminded (S5.6)
	RemindBy  RemindBy  // and how
	Quiet     Quiet     // when nobody is reminded, or offered a time
	Marks     bool      // whether text messages keep their accents, which may take twice the parts
	Discreet  bool      // whether messages name neither the service nor the office

	NoShowLimit int           // after so many missed appointments only staff book; 0 is no limit
	NoShowDays  time.Duration // within how many days they count
}

// Waiting is what becomes of a freed time.
type Waiting int

// The ways.
const (
	WaitingOff   Waiting = iota // there is no waiting list
	WaitingTurn                 // the time is held for the one who has waited longest, then for the next
	WaitingFirst                // the time is offered to several, and the first to answer gets it (S5.9)
)

// Care says what those must have to whom a freed time is offered.
type Care int

// The demands, each with the one before it.
const (
	CareAnyone Care = iota // nothing: whoever waits
	CareIn                 // they are in care under the service's agenda
	CareNeed               // and the service is one that they need
)

// Opening says when the days at the end of the horizon open for booking: minutes after midnight, and 1440 for each day of the week, Monday being 1; 0 stands
// for every day.
type Opening int

// Weekly returns the day of the week on which a whole week opens; ok is false when a day opens each day.
func (o Opening) Weekly() (d time.Weekday, ok bool) {
	n := int(o) / (24 * 60)
	return time.Weekday(n % 7), n > 0
}

// Minute is the time of day of the opening.
func (o Opening) Minute() org.Minute { return org.Minute(int(o) % (24 * 60)) }

// String writes "daily 00:00" or "mon 08:00".
func (o Opening) String() string {
	name := "daily"
	if d, ok := o.Weekly(); ok {
		name = org.OnDays(d).String()
	}
	return name + " " + o.Minute().String()
}

// ParseOpening reads what String writes.
func ParseOpening(s string) (Opening, error) {
	name, clock, _ := strings.Cut(strings.TrimSpace(s), " ")
	minute, err := org.ParseMinute(strings.TrimSpace(clock))
	if err != nil || minute == org.EndOfDay {
		return 0, fmt.Errorf("%q is not of the form daily 00:00 or mon 08:00", s)
	}
	if name == "daily" {
		return Opening(minute), nil
	}
	days, err := org.ParseWeekdays(name)
	if list := days.Days(); err == nil && len(list) == 1 {
		return Opening((int(list[0])+6)%7+1)*24*60 + Opening(minute), nil
	}
	return 0, fmt.Errorf("%q is not of the form daily 00:00 or mon 08:00", s)
}

// Product is the policy before anybody has set anything.
var Product = Policy{
	Length:       30 * time.Minute,
	Hold:         15 * time.Minute,
	Horizon:      60 * day,
	Notice:       time.Hour,
	ChangeCutoff: 2 * time.Hour,
	CancelCutoff: time.Hour,
	OnlineChange: true,
	OnlineCancel: true,
	MaxLive:      5,

	StaffRelease:  24 * time.Hour,
	MaxPeople:     1,
	CheckinBefore: 15 * time.Minute,
	CheckinAfter:  15 * time.Minute,
	WalkIn:        true,
	PreLapse:      14 * day,
	OfferWindow:   2 * time.Hour,
	OfferMost:     5,
	OffersADay:    3,
	NoShowDays:    180 * day,
	Quiet:         QuietOf(21*60, 7*60),
}

const day = 24 * time.Hour

// Settings are the fields that somebody set at one level, by name; what is absent comes from the level above.
type Settings map[string]int64

// ParseSettings reads settings as a blueprint writes them. It names every fault: unknown fields, wrong kinds, values outside their limits.
func ParseSettings(raw map[string]any) (Settings, []string) {
	var faults []string
	out := Settings{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		f, ok := FieldByName(name)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: there is no such policy field", name))
			continue
		}
		v, err := f.Parse(fmt.Sprint(raw[name]))
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		if wrong := f.Check(v); wrong != "" {
			faults = append(faults, wrong)
			continue
		}
		out[name] = v
	}
	return out, faults
}

// Raw writes the settings as a blueprint has them: text for periods, numbers and booleans as such.
func (s Settings) Raw() map[string]any {
	out := make(map[string]any, len(s))
	for name, v := range s {
		f, ok := FieldByName(name)
		switch {
		case !ok:
			continue
		case f.Kind == KindSwitch:
			out[name] = v == 1
		case f.Kind == KindCount:
			out[name] = v
		default:
			out[name] = f.Format(v)
		}
	}
	return out
}

// MarshalJSON writes a JSON object of what was set.
func (s Settings) MarshalJSON() ([]byte, error) { return json.Marshal(s.Raw()) }

// UnmarshalJSON reads what MarshalJSON wrote. A field that no longer exists is left out, so that new code runs with old documents.
func (s *Settings) UnmarshalJSON(b []byte) error {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*s = Settings{}
	for name, v := range raw {
		f, ok := FieldByName(name)
		if !ok {
			continue
		}
		n, err := f.Parse(fmt.Sprint(v))
		if err != nil {
			return err
		}
		(*s)[name] = n
	}
	return nil
}

// Resolve reads levels of settings over the product's defaults: the later level wins.
func Resolve(levels ...Settings) Policy {
	p := Product
	for _, level := range levels {
		for i := range Fields {
			if v, ok := level[Fields[i].Name]; ok {
				Fields[i].set(&p, v)
			}
		}
	}
	return p
}

// CheckinFrom and CheckinUntil are the first and the last second in which somebody can check in for an appointment with a start (Unix seconds): both are good
// (S3.5).
func (p Policy) CheckinFrom(start int64) int64  { return start - int64(p.CheckinBefore/time.Second) }
func (p Policy) CheckinUntil(start int64) int64 { return start + int64(p.CheckinAfter/time.Second) }
