package notify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/domain/org"
)

// Occasion is an event as wordings tell it apart: what the office does is told in other words than what the person does. It is the name of a wording in
// blueprints and addresses.
type Occasion string

// officeSuffix ends the name of what the office did.
const officeSuffix = "-office"

// Occasions are all of them, in the order in which they happen.
var Occasions = func() []Occasion {
	var out []Occasion
	for _, e := range Events {
		out = append(out, OccasionOf(e, false))
		if e == AppointmentMoved || e == AppointmentCancelled {
			out = append(out, OccasionOf(e, true))
		}
	}
	return out
}()

// OccasionOf is the occasion of an event. What only the office does is the same occasion, whoever did it.
func OccasionOf(e Event, byOffice bool) Occasion {
	o := Occasion(strings.ReplaceAll(e.Key(), "_", "-"))
	if byOffice && (e == AppointmentMoved || e == AppointmentCancelled) {
		o += officeSuffix
	}
	return o
}

// Known reports whether it is one of Occasions.
func (o Occasion) Known() bool { return slices.Contains(Occasions, o) }

// Event is what happened.
func (o Occasion) Event() Event {
	name := strings.TrimSuffix(string(o), officeSuffix)
	for _, e := range Events {
		if string(OccasionOf(e, false)) == name {
			return e
		}
	}
	return ""
}

// Key is the occasion in the names of texts.
func (o Occasion) Key() string { return strings.ReplaceAll(string(o), "-", "_") }

// Part is a part of a notice that an organisation may word itself.
type Part string

// The parts.
const (
	PartSubject Part = "subject"
	PartOpening Part = "opening"
	PartSMS     Part = "sms"
)

// Parts are all of them.
var Parts = []Part{PartSubject, PartOpening, PartSMS}

// Of is the part of a wording, in all languages.
func (p Part) Of(w org.Wording) i18n.Text {
	switch p {
	case PartSubject:
		return w.Subject
	case PartOpening:
		return w.Opening
	}
	return w.SMS
}

// Most is how many characters a part may have before its places are filled.
func (p Part) Most() int {
	switch p {
	case PartSubject:
		return 150
	case PartOpening:
		return 2000
	}
	return 600
}

// belowOpening are facts that every mail shows below its opening, with care: in the opening they would be there twice, and in the subject anybody could read
// them on a locked screen.
var belowOpening = []string{"code", "pin", "link"}

// discreetPlaces are facts that tell what a visit is about.
var discreetPlaces = []string{"service", "place"}

// Places are the facts that the part may name for an occasion.
func (p Part) Places(o Occasion) []string {
	list := Places(o.Event())
	if p != PartSMS {
		list = slices.DeleteFunc(list, func(n string) bool { return slices.Contains(belowOpening, n) })
	}
	return list
}

// Needed are the facts that the part has to name. A mail has all of them below its opening.
func (p Part) Needed(o Occasion) []string {
	if p != PartSMS {
		return nil
	}
	return Needed(o.Event())
}

// Fault is what is wrong with a wording.
type Fault string

// The faults. Place says which place it is about.
const (
	FaultUnknown  Fault = "unknown"  // there is no such place
	FaultOpen     Fault = "open"     // a brace is never closed
	FaultMissing  Fault = "missing"  // a place that has to be there
	FaultDiscreet Fault = "discreet" // a place that tells what a visit is about, where messages do not
	FaultBelow    Fault = "below"    // a place that a mail has below its opening
	FaultLong     Fault = "long"     // too many characters
)

// Wrong is one thing that is wrong with a wording.
type Wrong struct {
	Fault Fault
	Place string // without braces
	// Has is how many characters there are, of Most.
	Has, Most int
}

// CheckPart returns what is wrong with what an organisation worded itself. Discreet says that messages name neither the service nor the office. Nothing at
// all is wrong with no words: they leave the notice to the product.
func CheckPart(o Occasion, p Part, wording string, discreet bool) []Wrong {
	if wording == "" {
		return nil
	}
	var out []Wrong
	if n := utf8.RuneCountInString(wording); n > p.Most() {
		out = append(out, Wrong{Fault: FaultLong, Has: n, Most: p.Most()})
	}
	unknown, missing := CheckWording(o.Event(), wording)
	open := openBrace(wording)
	for _, place := range unknown {
		if open == "" || place != strings.TrimPrefix(open, "{") {
			out = append(out, Wrong{Fault: FaultUnknown, Place: place})
		}
	}
	if open != "" {
		out = append(out, Wrong{Fault: FaultOpen, Place: strings.TrimPrefix(open, "{")})
	}
	named := namedIn(wording)
	for _, place := range belowOpening {
		if p != PartSMS && slices.Contains(named, place) && slices.Contains(placesOf[o.Event()], place) {
			out = append(out, Wrong{Fault: FaultBelow, Place: place})
		}
	}
	for _, place := range missing {
		if p == PartSMS {
			out = append(out, Wrong{Fault: FaultMissing, Place: place})
		}
	}
	if discreet {
		for _, place := range Telling(wording) {
			out = append(out, Wrong{Fault: FaultDiscreet, Place: place})
		}
	}
	return out
}

// Telling are the places of a wording that tell what a visit is about.
func Telling(wording string) []string {
	named := namedIn(wording)
	return slices.DeleteFunc(slices.Clone(discreetPlaces), func(n string) bool { return !slices.Contains(named, n) })
}

// openBrace is what follows a brace that is never closed, with it; empty when all are.
func openBrace(wording string) string {
	i := strings.LastIndexByte(wording, '{')
	if i < 0 || strings.Contains(wording[i:], "}") {
		return ""
	}
	return wording[i:]
}

// Own is what an organisation words itself of a notice, in one language. ok is false when the product's own words are sent: there are none of its own in that
// language, or they do not hold any more for what is sent.
func Own(list []org.Wording, o Occasion, p Part, l i18n.Lang, discreet bool) (wording string, ok bool) {
	i := slices.IndexFunc(list, func(w org.Wording) bool { return w.ID == string(o) })
	if i < 0 {
		return "", false
	}
	wording = p.Of(list[i])[l]
	return wording, wording != "" && len(CheckPart(o, p, wording, discreet)) == 0
}
