// Package ical writes one appointment as an iCalendar object (RFC 5545, RFC 5546).
//
// It promises that whatever a person or an office typed stays inside its own property: lines end in CRLF, are folded at 75 octets between
// characters, control characters are gone, and a name cannot add a parameter, a property or a component. Times are written in UTC, so that no
// time zone table has to travel along. It is safe for use by several goroutines. Which words stand in the summary, when a sequence number grows
// and how the file is sent are left to others.
package ical

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// ProductID names the program that wrote the file.
const ProductID = "-//Luukku//Luukku//EN"

// Method says what the receiver does with the event (RFC 5546).
type Method string

// The methods. Publish is for a file that a person downloads; Request and Cancel are mailed to somebody who attends.
const (
	Publish Method = "PUBLISH"
	Request Method = "REQUEST"
	Cancel  Method = "CANCEL"
)

// Status says whether the appointment stands.
type Status string

// The statuses.
const (
	Confirmed Status = "CONFIRMED"
	Cancelled Status = "CANCELLED"
)

// Party is somebody by name and email address. A zero Party is nobody.
type Party struct{ Name, Email string }

// Point is a place in degrees, WGS 84.
type Point struct{ Lat, Lon float64 }

// Event is one appointment. UID, Summary, Start, End and Stamp are required.
type Event struct {
	UID         string // the same for all versions of one appointment
	Sequence    int    // grows with every change the attendee must see
	Method      Method // empty means Publish
	Status      Status // empty means Confirmed, or Cancelled under Cancel
	Summary     string
	Location    string
	Description string // may have several lines
	URL         string // absolute, http or https
	Start, End  time.Time
	Stamp       time.Time // when this version was made
	Organizer   Party     // required by Request and Cancel; its Email is an address that notify.ParseEmail returned, or the like
	Attendee    Party     // written under Request and Cancel only: a published event has none (RFC 5546, 3.2.1)
	Geo         *Point
	Alarm       bool // reminds one day before
}

// Bytes returns the event as a complete text/calendar file in UTF-8. An error says which field makes no sense; it never holds the field's value.
func Bytes(e Event) ([]byte, error) { return All([]Event{e}) }

// All returns several events of one method as one file, such as the meetings of a course. There must be one at least.
func All(list []Event) ([]byte, error) {
	if len(list) == 0 {
		return nil, errors.New("ical: no event")
	}
	cal := ics.NewCalendar()
	cal.SetProductId(ProductID)
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.Method(list[0].withDefaults().Method))
	for _, e := range list {
		if err := add(cal, e.withDefaults()); err != nil {
			return nil, fmt.Errorf("ical: %w", err)
		}
	}
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLine("\r\n"), ics.WithLineLength(75)); err != nil {
		return nil, fmt.Errorf("ical: write: %w", err)
	}
	return b.Bytes(), nil
}

// add puts an event into a calendar.
func add(cal *ics.Calendar, e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	ev := cal.AddEvent(line(e.UID))
	ev.SetDtStampTime(e.Stamp)
	ev.SetStartAt(e.Start)
	ev.SetEndAt(e.End)
	ev.SetSequence(e.Sequence)
	ev.SetStatus(ics.ObjectStatus(e.Status))
	ev.SetSummary(line(e.Summary))
	setText(ev, ics.ComponentPropertyLocation, line(e.Location))
	setText(ev, ics.ComponentPropertyDescription, text(e.Description))
	if e.URL != "" {
		u, err := cleanURL(e.URL)
		if err != nil {
			return err
		}
		ev.SetURL(u)
	}
	if e.Geo != nil {
		ics.SetGeo(ev, degrees(e.Geo.Lat), degrees(e.Geo.Lon))
	}
	addParty(ev, ics.ComponentPropertyOrganizer, e.Organizer, "")
	if e.Method != Publish {
		addParty(ev, ics.ComponentPropertyAttendee, e.Attendee, ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE")
	}
	if e.Alarm && e.Method != Cancel {
		alarm := ev.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger("-P1D")
		alarm.SetDescription(line(e.Summary))
	}
	return nil
}

func (e Event) withDefaults() Event {
	if e.Method == "" {
		e.Method = Publish
	}
	if e.Status == "" {
		e.Status = Confirmed
		if e.Method == Cancel {
			e.Status = Cancelled
		}
	}
	return e
}

func (e Event) check() error {
	switch e.Method {
	case Publish, Request, Cancel:
	default:
		return errors.New("unknown method")
	}
	if e.Status != Confirmed && e.Status != Cancelled || e.Method == Cancel && e.Status != Cancelled {
		return errors.New("status does not fit the method")
	}
	if line(e.UID) == "" || line(e.Summary) == "" {
		return errors.New("a uid and a summary are needed")
	}
	if e.Sequence < 0 {
		return errors.New("negative sequence")
	}
	for _, t := range []time.Time{e.Start, e.End, e.Stamp} {
		if y := t.UTC().Year(); t.IsZero() || y < 1 || y > 9999 {
			return errors.New("a start, an end and a stamp within the years 1 to 9999 are needed")
		}
	}
	if !e.End.Truncate(time.Second).After(e.Start.Truncate(time.Second)) {
		return errors.New("ends before it starts")
	}
	if e.Geo != nil && !(math.Abs(e.Geo.Lat) <= 90 && math.Abs(e.Geo.Lon) <= 180) {
		return errors.New("no such place")
	}
	if e.Method != Publish && e.Organizer.Email == "" {
		return errors.New("a request or cancellation needs an organizer")
	}
	if e.Method == Request && e.Attendee.Email == "" {
		return errors.New("a request needs an attendee")
	}
	for _, p := range []Party{e.Organizer, e.Attendee} {
		if p.Email != "" && !plausible(p.Email) {
			return errors.New("not an email address")
		}
	}
	return nil
}

func setText(ev *ics.VEvent, p ics.ComponentProperty, s string) {
	if s != "" {
		ev.SetProperty(p, s)
	}
}

// addParty writes an organizer or attendee. The library would write CN=Doe\, Ltd, an escape that parameters do not have (RFC 5545, 3.2), so the
// parameters go in as part of the property's name, with the value quoted and DQUOTE, which a parameter cannot carry, replaced.
func addParty(ev *ics.VEvent, p ics.ComponentProperty, who Party, params string) {
	if who.Email == "" {
		return
	}
	name := string(p)
	if cn := param(who.Name); cn != "" {
		name += `;CN="` + cn + `"`
	}
	ev.AddProperty(ics.ComponentProperty(name+params), "mailto:"+mailto(who.Email))
}

// param makes s fit between the double quotes of a parameter; a caret is doubled (RFC 6868).
func param(s string) string {
	return strings.NewReplacer(`"`, "'", "^", "^^").Replace(line(s))
}

// mailto percent-encodes what may not stand in the path of a mailto address (RFC 6068), and what the writer would escape as text.
func mailto(email string) string {
	var b strings.Builder
	for i := range len(email) {
		c := email[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~!$'*+@=", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func plausible(email string) bool {
	at := strings.LastIndexByte(email, '@')
	return at > 0 && at < len(email)-1 && strings.IndexFunc(email, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	}) < 0
}

func cleanURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("not a web address")
	}
	u.RawQuery = ascii(u.RawQuery)
	out := u.String()
	if strings.IndexFunc(out, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }) >= 0 {
		return "", errors.New("not a web address")
	}
	return out, nil
}

// ascii percent-encodes what is not printable ASCII.
func ascii(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n")

// text keeps lines, as \n alone, and drops all other control characters and bytes that are not UTF-8. Some readers break lines at U+0085 or
// U+2028, so these become \n too, which the writer escapes.
func text(s string) string {
	s = breaks.Replace(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, "\n\t ")
}

// line is text in one line.
func line(s string) string { return strings.Join(strings.Fields(text(s)), " ") }
