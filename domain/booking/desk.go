package booking

import (
	"context"
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// DeskStore is what the desk needs of storage.
type DeskStore interface {
	// Writes is a number that stays as it is while nothing that is stored changes; ok is false where that cannot be told.
	Writes() (n uint64, ok bool)
	// DeskDay returns the appointments of an office that begin in [from, until), in the order of their time, at most so many; DeskRows those of a list.
	DeskDay(ctx context.Context, o ids.Org, office ids.Office, from, until int64, most int) ([]DeskRow, error)
	DeskRows(ctx context.Context, o ids.Org, list []ids.Appointment) ([]DeskRow, error)
	// The appointments from a moment on, in the order of their time: of those whose folded name has a word at its ends that begins so, of a contact, of those
	// born on a day (both as keyed hashes), and of an account.
	AppointmentsNamed(ctx context.Context, o ids.Org, begins string, since int64, most int) ([]ids.Appointment, error)
	AppointmentsOfContact(ctx context.Context, o ids.Org, contact []byte, since int64, most int) ([]ids.Appointment, error)
	AppointmentsBorn(ctx context.Context, o ids.Org, birth []byte, since int64, most int) ([]ids.Appointment, error)
	AppointmentsOfPerson(ctx context.Context, o ids.Org, p ids.Person, since int64, most int) ([]ids.Appointment, error)
	// PlainParts returns parts of visits whose names are not sealed, at most so many; SealParts writes sealed names in their place.
	PlainParts(ctx context.Context, most int) ([]PlainPart, error)
	SealParts(ctx context.Context, list []PlainPart) error
	// ProtectedAccount reports whether somebody's data is protected.
	ProtectedAccount(ctx context.Context, p ids.Person) (bool, error)
}

// DeskRow is an appointment as the desk's lists show it.
type DeskRow struct {
	Listed
	ExpiresAt   int64
	Sequence    int64
	Outcome     VisitOutcome
	CancelledBy string
	Name        string
	Email       string
	Phone       string // E.164
	Note        string
	Code        string
	Account     ids.Person
	// Parts are what a visit of several people, or of several services, is made of; none for one person and one service.
	Parts []Part
	// Protected is whether the person's data is protected. Who may not see it gets the row with its time and unit alone, and Hidden set.
	Protected, Hidden bool

	person     ids.Person
	sealedNote []byte
	wrapped    []byte
}

// WithSealed returns the row with what is sealed, as the store read it.
func (r DeskRow) WithSealed(person ids.Person, note, wrapped []byte) DeskRow {
	r.person, r.sealedNote, r.wrapped = person, note, wrapped
	return r
}

// Also are the services of the visit beside the row's own.
func (r DeskRow) Also() []ids.Service { return r.visiting().Visit().Also }

// Others are the names of those who come along.
func (r DeskRow) Others() []string { return r.visiting().Details.others() }

func (r DeskRow) visiting() Appointment {
	a := Appointment{Service: r.Service, Details: Details{Name: r.Name}}
	if len(r.Parts) > 0 {
		a = a.WithParts(r.Parts)
	}
	return a
}

// StatusAt is the status at a moment.
func (r DeskRow) StatusAt(now int64) Status {
	return Appointment{Status: r.Status, ExpiresAt: r.ExpiresAt}.StatusAt(now)
}

// meets reports whether an actor may see whose an appointment is: those whose data is protected are seen by who has broken the glass for them.
func meets(who actor.Actor, account ids.Person, protected bool) bool {
	return !protected || !serves(who) || slices.Contains(who.Glass, account)
}

// mayMeet is nil when staff may see whose an appointment is; else Forbidden "person.protected".
func (s *Service) mayMeet(ctx context.Context, who actor.Actor, a Appointment) error {
	if a.Owner.Person == "" || !serves(who) {
		return nil
	}
	protected, err := s.Store.ProtectedAccount(ctx, a.Owner.Person)
	if err == nil && !meets(who, a.Owner.Person, protected) {
		err = fault.Forbidden("person.protected")
	}
	return err
}

// Day returns the appointments of an office on a local date as the desk's list of the day, cancelled ones too. That somebody reads the list is written down.
// NotFound for who may not, and for an office that is not there.
func (s *Service) Day(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, date org.Date) ([]DeskRow, error) {
	if err := s.NoteDay(ctx, who, o, office, date); err != nil {
		return nil, err
	}
	return s.DayNoted(ctx, who, o, office, date)
}

// NoteDay writes down that somebody reads the list of a day. Its faults are those of Day.
func (s *Service) NoteDay(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, date org.Date) error {
	if _, err := s.deskOffice(ctx, who, o, office); err != nil {
		return err
	}
	return s.Store.PutAudit(ctx, s.entry(o, who, audit.AppointmentsListed, "office", string(office), map[string]string{"date": date.String()}))
}

// DayNoted is Day for a caller who has written down that the list is read (NoteDay).
func (s *Service) DayNoted(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, date org.Date) ([]DeskRow, error) {
	c, err := s.deskOffice(ctx, who, o, office)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.DeskDay(ctx, o, office, date.At(0, c.Zone()).Unix(), date.Add(1).At(0, c.Zone()).Unix(), mostListed)
	if err != nil {
		return nil, err
	}
	return list, s.openRows(who, list)
}

// deskOffice is the configuration of an office at which somebody may work.
func (s *Service) deskOffice(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) (*catalog.Config, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o, Office: office}); err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err == nil {
		_, err = c.Office(office)
	}
	return c, err
}

// openRows opens the notes of a list and fills in the codes. Of those whose data the actor may not see, the time and the unit are left.
func (s *Service) openRows(who actor.Actor, list []DeskRow) error {
	for i := range list {
		r := &list[i]
		if !meets(who, r.Account, r.Protected) {
			l := r.Listed
			*r = DeskRow{Listed: Listed{Office: l.Office, Unit: l.Unit, Start: l.Start, End: l.End, Status: l.Status}, ExpiresAt: r.ExpiresAt, Protected: true, Hidden: true}
			continue
		}
		var err error
		if r.Code, err = s.Code(r.ID); err != nil {
			return err
		}
		if len(r.sealedNote) == 0 && len(r.Parts) == 0 {
			continue
		}
		var key seal.PersonKey
		erased := len(r.wrapped) == 0
		if !erased {
			if key, err = s.Seals.Unwrap(string(r.person), r.wrapped); err != nil {
				return fmt.Errorf("unwrap key of person %s: %w", r.person, err)
			}
		}
		if len(r.Parts) > 0 {
			if r.Parts, err = openParts(r.ID, r.Name, r.Parts, key, erased); err != nil {
				return err
			}
		}
		if erased {
			continue
		}
		if r.Note, err = openText(key, r.sealedNote, notePlace(r.ID)); err != nil {
			return fmt.Errorf("open note of %s: %w", r.ID, err)
		}
	}
	return nil
}

// Sought is what a clerk looks for an appointment by: any of these, the first that is not empty.
type Sought struct {
	Code, Name, Phone, Email string
	Birth                    string // YYYY-MM-DD
	Account                  ids.Person
}

// How far back a search goes, and how many it finds at most.
const (
	soughtBack = 90 * 24 * time.Hour
	mostSought = 50
)

// Seek looks for appointments. Each that is found is written down. A code that is not of the form, or what cannot be read, is Invalid at its field; nothing to
// look for is Invalid "form.invalid" at the field name.
func (s *Service) Seek(ctx context.Context, who actor.Actor, o ids.Org, q Sought) ([]DeskRow, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.seek(ctx, o, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.DeskRows(ctx, o, list)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r DeskRow) bool { return who.May(actor.BookingDesk, actor.Object{Org: o, Office: r.Office}) != nil })
	if q.Name != "" && q.Code == "" {
		rows = slices.DeleteFunc(rows, func(r DeskRow) bool { return !named(r.Name, q.Name) })
	}
	if q.Code == "" { // no search by name or number leads to those whose data is protected
		rows = slices.DeleteFunc(rows, func(r DeskRow) bool { return !meets(who, r.Account, r.Protected) })
	}
	if err := s.openRows(who, rows); err != nil {
		return nil, err
	}
	var found []audit.Entry
	for _, r := range rows {
		if !r.Hidden {
			found = append(found, s.entry(o, who, audit.AppointmentFound, "appointment", string(r.ID), nil))
		}
	}
	if len(found) > 0 {
		err = s.Store.PutAudit(ctx, found...)
	}
	return rows, err
}

func (s *Service) seek(ctx context.Context, o ids.Org, q Sought) ([]ids.Appointment, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	since := s.Now().Add(-soughtBack).Unix()
	switch {
	case q.Code != "":
		code, err := ids.ParseCode(q.Code)
		if err != nil {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: fault.Of(err).Key, Args: fault.Of(err).Args})
		}
		return s.Codes.Candidates(code), nil
	case q.Account != "":
		return s.Store.AppointmentsOfPerson(ctx, o, q.Account, since, mostSought)
	case q.Phone != "", q.Email != "":
		clean, err := CleanDetails(c, Details{Name: "-", Phone: q.Phone, Email: q.Email, Lang: c.Org.Languages[0]})
		if err != nil {
			return nil, err
		}
		var out []ids.Appointment
		for _, hash := range s.contacts(clean) {
			more, err := s.Store.AppointmentsOfContact(ctx, o, hash, since, mostSought)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return unique(out), nil
	case q.Birth != "":
		if _, err := org.ParseDate(q.Birth); err != nil {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "birth", Key: "field.date"})
		}
		return s.Store.AppointmentsBorn(ctx, o, s.birthKey(q.Birth), since, mostSought)
	}
	words := NameWords(q.Name)
	if len(words) == 0 {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "desk.nothing_sought"})
	}
	var out []ids.Appointment
	for _, w := range words {
		more, err := s.Store.AppointmentsNamed(ctx, o, w, since, mostSought)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return unique(out), nil
}

func unique(list []ids.Appointment) []ids.Appointment {
	slices.Sort(list)
	return slices.Compact(list)
}

// NameWords are the words of a name as they are searched for: folded, at most six.
func NameWords(name string) []string {
	words := i18n.Words(name)
	return words[:min(len(words), 6)]
}

// named reports whether each word that was typed begins a word of a name.
func named(name, typed string) bool {
	have := i18n.Words(name)
	for _, w := range NameWords(typed) {
		if !slices.ContainsFunc(have, func(h string) bool { return len(h) >= len(w) && h[:len(w)] == w }) {
			return false
		}
	}
	return true
}

// NameKeys are the name of an appointment as it is found by: folded, from its first word on, and from its last.
func NameKeys(name string) (first, last string) {
	words := i18n.Words(name)
	if len(words) == 0 {
		return "", ""
	}
	for i, w := range words {
		if i > 0 {
			first += " "
		}
		first += w
	}
	last = words[len(words)-1]
	for _, w := range words[:len(words)-1] {
		last += " " + w
	}
	return first, last
}

// birthKey is what is kept of a date of birth to find it by: a keyed hash.
func (s *Service) birthKey(birth string) []byte {
	return s.Seals.LookupHash("appointment.birth", birth)
}

// NoShowsOf counts the visits that the person of an appointment missed, within the days of the policy, and says after how many only staff book; 0 is no limit.
func (s *Service) NoShowsOf(ctx context.Context, a Appointment) (missed, limit int, err error) {
	p, err := s.policyOf(ctx, a)
	if err != nil {
		return 0, 0, err
	}
	since := s.Now().Add(-max(p.NoShowDays, 365*24*time.Hour)).Unix()
	if p.NoShowLimit > 0 {
		since = s.Now().Add(-p.NoShowDays).Unix()
	}
	missed, err = s.Store.CountNoShows(ctx, a.Org, s.contacts(a.Details), a.Owner.Person, since)
	return missed, p.NoShowLimit, err
}

// WaitingFor returns who waits for a service, those who have waited longest first, for who works at the desk; without those whose data the actor may not see.
// That somebody reads the list is written down.
func (s *Service) WaitingFor(ctx context.Context, who actor.Actor, o ids.Org, service ids.Service) ([]Waiter, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	if err := s.Store.PutAudit(ctx, s.entry(o, who, audit.WaitingListed, "service", string(service), nil)); err != nil {
		return nil, err
	}
	line, err := s.Store.WaitingLine(ctx, o, service)
	if err != nil {
		return nil, err
	}
	out := line[:0]
	for _, w := range line {
		if w.Account != "" {
			protected, err := s.Store.ProtectedAccount(ctx, w.Account)
			if err != nil {
				return nil, err
			}
			if !meets(who, w.Account, protected) {
				continue
			}
		}
		out = append(out, w)
	}
	return out, nil
}
