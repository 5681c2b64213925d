package booking

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// The longest values a person may type, in characters.
const (
	MaxName = 120
	MaxNote = 500
)

// CleanDetails checks and normalises what a person typed. The fault names every wrong field: name, email, phone, note, birth, lang.
func CleanDetails(c *catalog.Config, typed Details) (Details, error) {
	var fields []fault.Field
	wrong := func(name string, err error) {
		f := fault.Of(err)
		fields = append(fields, fault.Field{Name: name, Key: f.Key, Args: f.Args})
	}
	out := Details{Lang: typed.Lang}
	name, ok := i18n.CleanLine(typed.Name)
	switch {
	case !ok:
		wrong("name", fault.Invalid("field.bad_characters", nil))
	case name == "":
		wrong("name", fault.Invalid("field.name_required", nil))
	case utf8.RuneCountInString(name) > MaxName:
		wrong("name", fault.Invalid("field.name_too_long", fault.Args{"max": MaxName}))
	}
	out.Name = name
	if strings.TrimSpace(typed.Email) != "" {
		email, err := notify.ParseEmail(typed.Email)
		if err != nil {
			wrong("email", err)
		}
		out.Email = email
	}
	if strings.TrimSpace(typed.Phone) != "" {
		phone, err := notify.ParsePhone(typed.Phone, c.Org.Country, c.Installation.PhoneCountries)
		if err != nil {
			wrong("phone", err)
		}
		out.Phone = phone
	}
	out.Others = cleanOthers(typed.Others, wrong)
	note, ok := i18n.CleanText(typed.Note)
	switch {
	case !ok:
		wrong("note", fault.Invalid("field.bad_characters", nil))
	case utf8.RuneCountInString(note) > MaxNote:
		wrong("note", fault.Invalid("field.too_long", fault.Args{"max": MaxNote}))
	}
	out.Note = note
	if out.Birth = typed.Birth; typed.Birth != "" {
		if _, err := org.ParseDate(typed.Birth); err != nil {
			wrong("birth", fault.Invalid("field.date", nil))
		}
	}
	if !slices.Contains(c.Org.Languages, out.Lang) {
		wrong("lang", fault.Invalid("field.required", nil))
	}
	if len(fields) > 0 {
		return typed, fault.Invalid("form.invalid", nil, fields...)
	}
	return out, nil
}

// contacts are the keyed hashes of the ways to reach somebody, in ascending order, so that two changes lock them in the same order.
func (s *Service) contacts(d Details) [][]byte {
	var out [][]byte
	if d.Email != "" {
		out = append(out, s.Seals.LookupHash("contact.email", strings.ToLower(d.Email)))
	}
	if d.Phone != "" {
		out = append(out, s.Seals.LookupHash("contact.phone", d.Phone))
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// digest tells one request under a form key from another. What it is made of are texts, numbers and plain structs, which JSON writes unmistakably.
func digest(parts ...any) []byte {
	b, err := json.Marshal(parts)
	if err != nil {
		panic("booking: a request that JSON cannot write: " + err.Error()) // only a mistake in this package makes one
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

func notePlace(id ids.Appointment) seal.Place {
	return seal.Place{Table: "appointment", Column: "note", Row: string(id)}
}

func pinPlace(id ids.Appointment) seal.Place {
	return seal.Place{Table: "appointment", Column: "pin", Row: string(id)}
}

func birthPlace(id ids.Appointment) seal.Place {
	return seal.Place{Table: "appointment", Column: "birth", Row: string(id)}
}

func reasonPlace(id ids.Appointment) seal.Place {
	return seal.Place{Table: "appointment", Column: "cancel_reason", Row: string(id)}
}

// sealText seals a text under a person's key; an empty text stays nil.
func sealText(key seal.PersonKey, text string, where seal.Place) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return key.Seal([]byte(text), where)
}

// load reads an appointment and opens what is sealed in it. After erasure the sealed parts are empty.
func (s *Service) load(ctx context.Context, o ids.Org, id ids.Appointment) (Appointment, error) {
	a, err := s.Store.Appointment(ctx, o, id)
	if err != nil {
		return Appointment{}, err
	}
	if len(a.sealedNote) == 0 && len(a.sealedReason) == 0 && len(a.sealedPIN) == 0 && len(a.sealedBirth) == 0 && len(a.Parts) == 0 {
		return a, nil
	}
	key, erased, err := s.personKey(ctx, a.Person)
	if err != nil {
		return Appointment{}, err
	}
	if len(a.Parts) > 0 {
		parts, err := openParts(id, a.Details.Name, a.Parts, key, erased)
		if err != nil {
			return Appointment{}, err
		}
		a = a.WithParts(parts)
	}
	if erased {
		return a, nil
	}
	if a.Details.Note, err = openText(key, a.sealedNote, notePlace(id)); err != nil {
		return Appointment{}, fmt.Errorf("open note of %s: %w", id, err)
	}
	if a.Reason, err = openText(key, a.sealedReason, reasonPlace(id)); err != nil {
		return Appointment{}, fmt.Errorf("open reason of %s: %w", id, err)
	}
	if a.Details.Birth, err = openText(key, a.sealedBirth, birthPlace(id)); err != nil {
		return Appointment{}, fmt.Errorf("open birth of %s: %w", id, err)
	}
	if a.PIN, err = openText(key, a.sealedPIN, pinPlace(id)); err != nil {
		return Appointment{}, fmt.Errorf("open PIN of %s: %w", id, err)
	}
	return a, nil
}

func openText(key seal.PersonKey, sealed []byte, where seal.Place) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := key.Open(sealed, where)
	return string(b), err
}

// personKey returns a person's own key; erased is true when there is none any more.
func (s *Service) personKey(ctx context.Context, p ids.Person) (key seal.PersonKey, erased bool, err error) {
	wrapped, err := s.Store.PersonKey(ctx, p)
	if err != nil {
		return seal.PersonKey{}, false, fmt.Errorf("key of person %s: %w", p, err)
	}
	if len(wrapped) == 0 {
		return seal.PersonKey{}, true, nil
	}
	if key, err = s.Seals.Unwrap(string(p), wrapped); err != nil {
		return seal.PersonKey{}, false, fmt.Errorf("unwrap key of person %s: %w", p, err)
	}
	return key, false, nil
}

// Sealed returns the sealed note and reason, for the store to write.
func (a Appointment) Sealed() (note, reason []byte) { return a.sealedNote, a.sealedReason }

// SealedBirth returns the sealed date of birth and the hash that it is found by, for the store to write.
func (a Appointment) SealedBirth() (sealed, key []byte) { return a.sealedBirth, a.birthKey }

// WithBirth returns the appointment with its sealed date of birth, as the store read it.
func (a Appointment) WithBirth(sealed, key []byte) Appointment {
	a.sealedBirth, a.birthKey = sealed, key
	return a
}

// sealDetails seals what of the details is kept under the person's key.
func (s *Service) sealDetails(a *Appointment, key seal.PersonKey) error {
	var err error
	if a.sealedNote, err = sealText(key, a.Details.Note, notePlace(a.ID)); err != nil {
		return fmt.Errorf("seal note: %w", err)
	}
	if err = sealParts(a, key); err != nil {
		return err
	}
	a.sealedBirth, a.birthKey = nil, nil
	if a.Details.Birth == "" {
		return nil
	}
	a.birthKey = s.birthKey(a.Details.Birth)
	if a.sealedBirth, err = sealText(key, a.Details.Birth, birthPlace(a.ID)); err != nil {
		return fmt.Errorf("seal birth: %w", err)
	}
	return nil
}

// WithSealed returns the appointment with its sealed note, reason and PIN, as the store read them.
func (a Appointment) WithSealed(note, reason, pin []byte) Appointment {
	a.sealedNote, a.sealedReason, a.sealedPIN = note, reason, pin
	return a
}
