// Package org holds the nouns of an installation and its calendar: organisations, offices, units, opening hours, closures and public holidays.
//
// It promises that the calendar is pure: the same organisation, office, unit and date give the same open spans, in any time zone, over every
// daylight-saving change, and with a stated answer for local times that a clock change skips or repeats (see Instant). It says why a day is closed,
// so that a page can. What is free within the open spans is left to the booking room; how hours and dates look is left to the doors.
//
// Wall-clock things are Date, Week, Minute and Weekly; absolute things are Unix seconds. The two meet only in Instant.
package org

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Installation is what all organisations of one running system share.
type Installation struct {
	Name      i18n.Text   `json:"name" toml:"name"`
	Languages []i18n.Lang `json:"languages" toml:"languages"`
	// Default is the language of a visitor who asks for none of Languages.
	Default i18n.Lang `json:"default" toml:"default"`
	Brand   Brand     `json:"brand,omitzero" toml:"brand,omitzero"`
	// PhoneCountries are the countries whose phone numbers are taken, as ISO 3166 codes; the first is assumed when a number has no prefix.
	PhoneCountries []string `json:"phone_countries" toml:"phone_countries"`
	// ContactOptional lets an account have neither an email address nor a mobile number (S4.3).
	ContactOptional bool `json:"contact_optional,omitzero" toml:"contact_optional,omitempty"`
	// ErasureDays is for how many days who asked to be erased can change their mind; 0 is the product's own.
	ErasureDays int `json:"erasure_days,omitzero" toml:"erasure_days,omitempty"`
	// Mailbox lets people have a secure mailbox, which all organisations share.
	Mailbox Mailbox `json:"mailbox,omitzero" toml:"mailbox,omitempty"`
	// Pages, Forms, Guides and Questions are what is said of it to everybody (S4.10); Topics and Matters name what is sent through it.
	Pages     Pages       `json:"pages,omitzero" toml:"pages,omitempty"`
	Forms     []PrintForm `json:"forms,omitzero" toml:"forms,omitempty"`
	Guides    []Guide     `json:"guides,omitzero" toml:"guides,omitempty"`
	Questions []Question  `json:"questions,omitzero" toml:"questions,omitempty"`
	Topics    []Topic     `json:"topics,omitzero" toml:"topics,omitempty"`
	Matters   []Matter    `json:"matters,omitzero" toml:"matters,omitempty"`
}

// Mailbox is what the installation's mailboxes have in common. Its zero value is that there are none.
type Mailbox struct {
	// Keeper is the organisation that keeps them: welcome letters come from it.
	Keeper ids.Org `json:"keeper,omitzero" toml:"keeper,omitempty"`
	// Terms are the terms of use, the oldest first; each holds from its day on until the next one does.
	Terms []Terms `json:"terms,omitzero" toml:"terms,omitempty"`
	// Register are the register descriptions: what is kept of people, why and for how long. Versions as those of Terms.
	Register []Terms `json:"register,omitzero" toml:"register,omitempty"`
	// AgeFrom is from which age on, in years, people may have a mailbox; 0 is any age at which somebody can sign in.
	AgeFrom int `json:"age_from,omitzero" toml:"age_from,omitempty"`
	// InCare lets people have a mailbox for those in their care, who cannot sign in themselves. Off, a mailbox is for oneself alone, or for a company by its mandate.
	InCare bool `json:"in_care,omitzero" toml:"in_care,omitempty"`
	// RemindDays is after how many days somebody is told again of a letter that they have not read; 0 is the product's own.
	RemindDays int `json:"remind_days,omitzero" toml:"remind_days,omitempty"`
	// Grounds are the rules by which letters go without paper though nobody agreed, the oldest first. Without any, consent alone counts.
	Grounds []Ground `json:"grounds,omitzero" toml:"grounds,omitempty"`
}

// Ground is a rule by which letters go into the mailboxes that there are without anybody's consent, from a local day on: a law that comes into force is a row more.
type Ground struct {
	From Date `json:"from" toml:"from"`
	// For whom it is: GroundPeople, GroundCompanies, or GroundAll.
	For string `json:"for" toml:"for"`
	// Source names the law, as a lawyer would look it up.
	Source string `json:"source" toml:"source"`
	// Choice lets people choose paper all the same.
	Choice bool `json:"choice,omitzero" toml:"choice,omitempty"`
}

// For whom a Ground can be.
const (
	GroundAll       = "all"
	GroundPeople    = "people"
	GroundCompanies = "companies"
)

// Terms are one version of the terms of use, named by the local day from which it holds (YYYY-MM-DD).
type Terms struct {
	Version string    `json:"version" toml:"version"`
	Text    i18n.Text `json:"text" toml:"text"`
}

// TermsOn are the terms that hold on a day; ok is false where there are none.
func (m Mailbox) TermsOn(day Date) (t Terms, ok bool) {
	for _, x := range m.Terms {
		if from, err := ParseDate(x.Version); err == nil && !day.Before(from) {
			t, ok = x, true
		}
	}
	return t, ok && m.Keeper != ""
}

// Brand is how an organisation's pages look. The theme derives every other colour and sees to the contrast.
type Brand struct {
	// Primary and Accent are colours as "#rrggbb"; empty is the product's own.
	Primary string `json:"primary,omitzero" toml:"primary,omitempty"`
	Accent  string `json:"accent,omitzero" toml:"accent,omitempty"`
	// Logo is a picture as Logo.Address writes it; empty shows the name alone.
	Logo string `json:"logo,omitzero" toml:"logo,omitempty"`
	// LogoAlt says what the logo shows.
	LogoAlt i18n.Text `json:"logo_alt,omitzero" toml:"logo_alt,omitempty"`
}

// Organisation is a municipality, an authority or a department that serves people under its own name.
type Organisation struct {
	ID   ids.Org   `json:"id" toml:"id"`
	Name i18n.Text `json:"name" toml:"name"`
	// Short is the name where there is little room; empty means Name.
	Short i18n.Text `json:"short,omitzero" toml:"short,omitempty"`
	// Country is the ISO 3166 code that decides the public holidays, such as "FI".
	Country string `json:"country" toml:"country"`
	// Zone is the IANA time zone of all its offices, such as "Europe/Helsinki".
	Zone      string      `json:"zone" toml:"zone"`
	Languages []i18n.Lang `json:"languages" toml:"languages"`
	Brand     Brand       `json:"brand,omitzero" toml:"brand,omitzero"`
	Phone     string      `json:"phone,omitzero" toml:"phone,omitempty"`
	// OfferNumbers are numbers from which offers of freed times go by text message, and nothing else: while one of them has told somebody of one offer, a plain
	// YES to it is an answer.
	OfferNumbers []string  `json:"offer_numbers,omitzero" toml:"offer_numbers,omitempty"`
	PhoneHours   i18n.Text `json:"phone_hours,omitzero" toml:"phone_hours,omitempty"`
	Email        string    `json:"email,omitzero" toml:"email,omitempty"`
	// HelpDesk is the office whose opening hours are those of the help desk; empty for none, or for the only one.
	HelpDesk ids.Office `json:"help_desk,omitzero" toml:"help_desk,omitempty"`
	// Front is the lead on the front page.
	Front         i18n.Text `json:"front,omitzero" toml:"front,omitempty"`
	Notices       []Notice  `json:"notices,omitzero" toml:"notices,omitempty"`
	About         i18n.Text `json:"about,omitzero" toml:"about,omitempty"`
	Privacy       i18n.Text `json:"privacy,omitzero" toml:"privacy,omitempty"`
	Accessibility i18n.Text `json:"accessibility,omitzero" toml:"accessibility,omitempty"`
	// ReceivesLetters lets people write to the organisation from their mailbox (S4.6).
	ReceivesLetters bool `json:"receives_letters,omitzero" toml:"receives_letters,omitempty"`
	// AttachmentsMost is how many files one letter may have, and AttachmentMB how large each may be; 0 leaves it to the product.
	AttachmentsMost int `json:"attachments_most,omitzero" toml:"attachments_most,omitempty"`
	AttachmentMB    int `json:"attachment_mb,omitzero" toml:"attachment_mb,omitempty"`
	// Retention are the classes by how long letters are kept; letters of none are kept as the product does where the organisation is.
	Retention []Retention `json:"retention,omitzero" toml:"retention,omitempty"`
	// Sends are the matters (see Matter) that it sends letters about; Unit is who sends and answers them.
	Sends []string  `json:"sends,omitzero" toml:"sends,omitempty"`
	Unit  i18n.Text `json:"unit,omitzero" toml:"unit,omitempty"`
	// MailboxOnly says that there is nothing else of it here: no services and no offices, only its letters.
	MailboxOnly bool `json:"mailbox_only,omitzero" toml:"mailbox_only,omitempty"`
	// ClosedOnHolidays closes every office on the days that Holidays lists for Country, eves included.
	ClosedOnHolidays bool `json:"closed_on_holidays" toml:"closed_on_holidays"`
	// Demo marks invented data: pages say so.
	Demo bool `json:"demo,omitzero" toml:"demo,omitempty"`
}

// Location returns the organisation's time zone. It fails when Zone is empty or not in the time zone database; "Local" is refused, because the
// answer must not depend on the machine.
func (o Organisation) Location() (*time.Location, error) {
	if o.Zone == "" || o.Zone == "Local" {
		return nil, fmt.Errorf("time zone %q of organisation %s: not an IANA name", o.Zone, o.ID)
	}
	if loc, ok := zones.Load(o.Zone); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, fmt.Errorf("time zone of organisation %s: %w", o.ID, err)
	}
	zones.Store(o.Zone, loc)
	return loc, nil
}

// zones are the time zones that were read, by their names: each page tells times, and reading one means reading a file.
var zones sync.Map

// Desk is the office whose hours are the help desk's: the one that is named, or the only one there is; nil where there is none.
func (o Organisation) Desk(offices []Office) *Office {
	for i := range offices {
		if offices[i].ID == o.HelpDesk || o.HelpDesk == "" && len(offices) == 1 {
			return &offices[i]
		}
	}
	return nil
}

// ShortName returns Short, or Name where there is none.
func (o Organisation) ShortName() i18n.Text {
	if len(o.Short) == 0 {
		return o.Name
	}
	return o.Short
}

// NoticesOn returns the notices that are shown on the date, in their order.
func (o Organisation) NoticesOn(d Date) []Notice {
	var out []Notice
	for _, n := range o.Notices {
		if within(d, n.From, n.Until) {
			out = append(out, n)
		}
	}
	return out
}

// Notice is a message on the organisation's pages, shown from From to Until, both included; a zero date is open.
type Notice struct {
	Text  i18n.Text `json:"text" toml:"text"`
	From  Date      `json:"from,omitzero" toml:"from,omitzero"`
	Until Date      `json:"until,omitzero" toml:"until,omitzero"`
}

// Group is an office in the administrative sense that has several service points, such as a local register office.
type Group struct {
	ID   string    `json:"id" toml:"id"`
	Name i18n.Text `json:"name" toml:"name"`
}

// Office is one service point: a place with a door (FHIR: Location).
type Office struct {
	ID ids.Office `json:"id" toml:"id"`
	// Group is the ID of the Group it belongs to; empty for none.
	Group string    `json:"group,omitzero" toml:"group,omitempty"`
	Name  i18n.Text `json:"name" toml:"name"`
	// Department, Building, Floor and Door lead to it once in the house (S3.10); each may be empty.
	Department i18n.Text `json:"department,omitzero" toml:"department,omitempty"`
	Building   i18n.Text `json:"building,omitzero" toml:"building,omitempty"`
	Floor      i18n.Text `json:"floor,omitzero" toml:"floor,omitempty"`
	Door       i18n.Text `json:"door,omitzero" toml:"door,omitempty"`
	Street     i18n.Text `json:"street,omitzero" toml:"street,omitempty"`
	Postcode   string    `json:"postcode,omitzero" toml:"postcode,omitempty"`
	Town       i18n.Text `json:"town,omitzero" toml:"town,omitempty"`
	Phone      string    `json:"phone,omitzero" toml:"phone,omitempty"`
	PhoneHours i18n.Text `json:"phone_hours,omitzero" toml:"phone_hours,omitempty"`
	Email      string    `json:"email,omitzero" toml:"email,omitempty"`
	// ListAt is when the list of who comes that day is mailed to Email each morning ("06:30", in the office's zone); empty mails none.
	ListAt string `json:"list_at,omitzero" toml:"list_at,omitempty"`
	// Access tells how to get in: step-free access, hearing loop.
	Access i18n.Text `json:"access,omitzero" toml:"access,omitempty"`
	// Lat and Lon are degrees north and east (WGS 84); both zero means unknown.
	Lat float64 `json:"lat,omitzero" toml:"lat,omitempty"`
	Lon float64 `json:"lon,omitzero" toml:"lon,omitempty"`

	Hours []Weekly `json:"hours,omitzero" toml:"hours,omitempty"`
	// Exceptions are the hours of single dates, instead of Hours.
	Exceptions []Exception `json:"exceptions,omitzero" toml:"exceptions,omitempty"`
	Closures   []Closure   `json:"closures,omitzero" toml:"closures,omitempty"`
	Units      []Unit      `json:"units,omitzero" toml:"units,omitempty"`
}

// HasPlace reports whether the office's coordinates are known.
func (o Office) HasPlace() bool { return o.Lat != 0 || o.Lon != 0 }

// Unit is one bookable unit of an office: a counter lane or a professional. It serves one person at a time.
type Unit struct {
	ID   ids.Unit  `json:"id" toml:"id"`
	Name i18n.Text `json:"name" toml:"name"`
	Kind UnitKind  `json:"kind,omitzero" toml:"kind,omitempty"`
	// Languages are those in which people can be served here; empty means all of the organisation's.
	Languages []i18n.Lang `json:"languages,omitzero" toml:"languages,omitempty"`
	// Skills are what the unit can do. A service that needs one is not to be had at a unit without it.
	Skills []Skill `json:"skills,omitzero" toml:"skills,omitempty"`
	// From and Until are the first and the last date on which the unit serves; a zero date is open.
	From  Date `json:"from,omitzero" toml:"from,omitzero"`
	Until Date `json:"until,omitzero" toml:"until,omitzero"`
	// Services are those the unit serves; empty means all that the office offers.
	Services []ids.Service `json:"services,omitzero" toml:"services,omitempty"`
	// Hours are the unit's own; empty means the office's.
	Hours []Weekly `json:"hours,omitzero" toml:"hours,omitempty"`
	// Exceptions are the unit's hours of single dates, instead of its own or the office's.
	Exceptions []Exception `json:"exceptions,omitzero" toml:"exceptions,omitempty"`
}

// UnitKind is what a unit is to those who come.
type UnitKind string

// The kinds of units. The zero UnitKind is CounterLane.
const (
	CounterLane UnitKind = ""
	// Professional is a person whose name is shown, and who can be asked for.
	Professional UnitKind = "professional"
)

// Valid reports whether the kind is one of the list.
func (k UnitKind) Valid() bool { return k == CounterLane || k == Professional }

// Skill is something that not every unit can do, such as taking fingerprints: a slug.
type Skill string

// Speaks reports whether people can be served in a language at the unit.
func (u Unit) Speaks(l i18n.Lang) bool {
	return len(u.Languages) == 0 || slices.Contains(u.Languages, l)
}

// Able reports whether the unit has all of the skills.
func (u Unit) Able(needs []Skill) bool {
	return !slices.ContainsFunc(needs, func(s Skill) bool { return !slices.Contains(u.Skills, s) })
}

// Serves reports whether the unit serves the service on the date, its hours aside. An empty service asks about any.
func (u Unit) Serves(service ids.Service, d Date) bool {
	return within(d, u.From, u.Until) && offers(u.Services, service)
}

// Closure is a time when an office is closed against its weekly hours: on each of the dates From to To, both included.
type Closure struct {
	From Date `json:"from" toml:"from"`
	// To is the last closed date; zero means From alone.
	To Date `json:"to,omitzero" toml:"to,omitzero"`
	// FromMinute and ToMinute narrow the closure to a part of each day; both zero means whole days, and a zero ToMinute alone means to the day's end.
	FromMinute Minute    `json:"from_minute,omitzero" toml:"from_minute,omitempty"`
	ToMinute   Minute    `json:"to_minute,omitzero" toml:"to_minute,omitempty"`
	Reason     i18n.Text `json:"reason,omitzero" toml:"reason,omitempty"`
}

// String returns the closure's dates and hours: "2026-12-24", "2026-12-24 to 2026-12-26", "2026-12-24 12:00-24:00".
func (c Closure) String() string {
	s := c.From.String()
	if c.last() != c.From {
		s += " to " + c.last().String()
	}
	if !c.WholeDay() {
		from, to := c.minutes()
		s += " " + from.String() + "-" + to.String()
	}
	return s
}

// ParseClosure reads what String writes: a closure without its reason.
func ParseClosure(s string) (c Closure, ok bool) {
	words := strings.Fields(s)
	next := func(prefix string) (string, bool) {
		if prefix != "" {
			if len(words) < 2 || words[0] != prefix {
				return "", false
			}
			words = words[1:]
		}
		if len(words) == 0 {
			return "", false
		}
		w := words[0]
		words = words[1:]
		return w, true
	}
	var err error
	from, ok := next("")
	if c.From, err = ParseDate(from); !ok || err != nil {
		return Closure{}, false
	}
	if to, some := next("to"); some {
		if c.To, err = ParseDate(to); err != nil {
			return Closure{}, false
		}
	}
	if span, some := next(""); some {
		a, b, _ := strings.Cut(span, "-")
		var wrong error
		c.FromMinute, err = ParseMinute(a)
		c.ToMinute, wrong = ParseMinute(b)
		if err != nil || wrong != nil {
			return Closure{}, false
		}
	}
	return c, len(words) == 0
}

// Last is the last closed date.
func (c Closure) Last() Date { return c.last() }

// Minutes are the closed minutes of each day, from included, to excluded.
func (c Closure) Minutes() (from, to Minute) { return c.minutes() }

// Covers reports whether the closure touches the date.
func (c Closure) Covers(d Date) bool {
	return !c.From.IsZero() && within(d, c.From, c.last())
}

// WholeDay reports whether the closure takes all of each day.
func (c Closure) WholeDay() bool {
	from, to := c.minutes()
	return from == 0 && to == EndOfDay
}

// last is the last closed date.
func (c Closure) last() Date {
	if c.To.IsZero() {
		return c.From
	}
	return c.To
}

// minutes are the closed minutes of each day, from included, to excluded.
func (c Closure) minutes() (from, to Minute) {
	if c.ToMinute == 0 {
		return c.FromMinute, EndOfDay
	}
	return c.FromMinute, c.ToMinute
}

// within reports whether from <= d <= until, where a zero bound is open.
func within(d, from, until Date) bool {
	return (from.IsZero() || !d.Before(from)) && (until.IsZero() || !d.After(until))
}

// offers reports whether the list has the service; an empty list has all, and an empty service is in every list.
func offers(list []ids.Service, service ids.Service) bool {
	if len(list) == 0 || service == "" {
		return true
	}
	for _, s := range list {
		if s == service {
			return true
		}
	}
	return false
}
