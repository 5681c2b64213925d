package notify

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"luukku/base/i18n"
)

// Events are all that people are told of about their bookings, in the order in which they happen.
var Events = []Event{
	AppointmentBooked, AppointmentPending, AppointmentProposed, AppointmentReminder, AppointmentChanged, AppointmentMoved, AppointmentCancelled,
	AppointmentLapsed, WaitingJoined, TimeOffered, OfferGone,
}

// Key is the event in the names of texts.
func (e Event) Key() string {
	return strings.ReplaceAll(strings.TrimPrefix(string(e), "appointment."), ".", "_")
}

// placesOf are the facts that the wording of an event may name, each in braces.
var placesOf = map[Event][]string{
	AppointmentBooked:    {"organisation", "service", "time", "place", "code", "pin", "link", "phone"},
	AppointmentPending:   {"organisation", "service", "time", "place", "until", "code", "link", "phone"},
	AppointmentProposed:  {"organisation", "service", "time", "place", "until", "code", "link", "phone"},
	AppointmentReminder:  {"organisation", "service", "time", "place", "code", "pin", "link", "phone"},
	AppointmentChanged:   {"organisation", "service", "time", "place", "code", "pin", "link", "phone"},
	AppointmentMoved:     {"organisation", "service", "time", "old_time", "place", "code", "pin", "link", "phone"},
	AppointmentCancelled: {"organisation", "service", "time", "place", "phone"},
	AppointmentLapsed:    {"organisation", "service", "time", "place", "phone"},
	WaitingJoined:        {"organisation", "service", "code", "link", "phone"},
	TimeOffered:          {"organisation", "service", "time", "place", "until", "code", "link", "phone"},
	OfferGone:            {"organisation", "service", "time", "place", "phone"},
}

// neededIn are those of them without which a message of the event is of no use.
var neededIn = map[Event][]string{
	AppointmentBooked: {"time", "code"}, AppointmentPending: {"time", "until", "link"}, AppointmentProposed: {"time", "until", "link"},
	AppointmentReminder: {"time"}, AppointmentMoved: {"time"}, AppointmentCancelled: {"time"}, AppointmentLapsed: {"time"},
	TimeOffered: {"time", "until", "link"}, OfferGone: {"time"},
}

// Places are the facts that the wording of an event may name; Needed those that it has to.
func Places(e Event) []string { return slices.Clone(placesOf[e]) }

// Needed are the facts that the wording of an event has to name.
func Needed(e Event) []string { return slices.Clone(neededIn[e]) }

// CheckWording returns the places of a wording that its event does not know, and those that it needs and has not.
func CheckWording(e Event, wording string) (unknown, missing []string) {
	named := namedIn(wording)
	for _, n := range named {
		if !slices.Contains(placesOf[e], n) && !slices.Contains(unknown, n) {
			unknown = append(unknown, n)
		}
	}
	for _, n := range neededIn[e] {
		if !slices.Contains(named, n) {
			missing = append(missing, n)
		}
	}
	return unknown, missing
}

// namedIn are the names in braces, and what stands behind a brace that is never closed.
func namedIn(wording string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(wording, "{")
		if !ok {
			return out
		}
		name, after, closed := strings.Cut(rest, "}")
		out = append(out, name)
		if !closed {
			return out
		}
		wording = after
	}
}

// ProductText is the product's own wording of a text message, with its places in braces.
func ProductText(p *i18n.Printer, e Event, variant string) string {
	key := "sms_notice." + e.Key()
	if variant != "" && p.Has(key+"_"+variant) {
		key += "_" + variant
	}
	var args []any
	for _, name := range placesOf[e] {
		args = append(args, name, "{"+name+"}")
	}
	return p.T(key, args...)
}

// ProductWording is the product's own wording of a part of a notice, with its places in braces.
func ProductWording(p *i18n.Printer, o Occasion, part Part) string {
	e := o.Event()
	byOffice := strings.HasSuffix(string(o), officeSuffix)
	key := "mail." + e.Key()
	switch {
	case part == PartSMS && byOffice:
		return ProductText(p, e, "office")
	case part == PartSMS:
		return ProductText(p, e, "")
	case part == PartSubject:
		return p.T(key+".subject", "when", "{time}")
	case byOffice:
		return p.T(key + ".lead_office")
	case e == AppointmentCancelled:
		return p.T(key + ".lead_client")
	}
	return p.T(key + ".lead")
}

// Specimen is a notice as somebody would get it, written from an invented booking.
type Specimen struct {
	// Subject and Mail are a mail's, Mail as plain text; SMS is a text message.
	Subject, Mail, SMS string
	// Facts stand in the places of a text message, MailFacts in those of a mail.
	Facts, MailFacts map[string]string
}

// FillText puts facts into a text message's places, in the alphabet of text messages where that costs nothing.
func FillText(wording string, facts map[string]string) string { return Plain(FillLine(wording, facts)) }

// FillLine puts facts into a wording's places, on one line. What there is no fact for is left out, with the blank before it.
func FillLine(wording string, facts map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(wording, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(facts[name])
		wording = after
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	for _, mark := range []string{".", ",", ":", "!", "?"} {
		s = strings.ReplaceAll(s, " "+mark, mark)
	}
	return s
}

// FillLines does so for each line of a longer text; lines that come out empty are left out.
func FillLines(wording string, facts map[string]string) []string {
	var out []string
	for line := range strings.Lines(wording) {
		if line = FillLine(line, facts); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// gsmLetters are what the alphabet of text messages has beside ASCII.
const gsmLetters = "£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡€ΔΦΓΛΩΠΨΣΘΞ¤"

// Plain writes a text in the alphabet of text messages where that takes no more than leaving marks out: "Málaga" as "Malaga". A text with letters that it
// has no way to write stays as it is, marks and all. It needs less than half of the parts then.
func Plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case r < unicode.MaxASCII && r != '`' || strings.ContainsRune(gsmLetters, r):
			b.WriteRune(r)
			continue
		case r == '–' || r == '—' || r == '‑' || r == '−':
			b.WriteByte('-')
			continue
		case r == '’' || r == '‘' || r == '`':
			b.WriteByte('\'')
			continue
		case r == '”' || r == '“' || r == '„':
			b.WriteByte('"')
			continue
		case r == '…':
			b.WriteString("...")
			continue
		case unicode.IsSpace(r) || r == '\u200b':
			b.WriteByte(' ')
			continue
		}
		base := []rune(norm.NFD.String(string(r)))[0]
		if base >= unicode.MaxASCII {
			return s
		}
		b.WriteRune(base)
	}
	return b.String()
}
