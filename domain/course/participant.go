package course

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/org"
)

func withName(a fault.Args, name string) fault.Args {
	out := fault.Args{"name": name}
	for k, v := range a {
		out[k] = v
	}
	return out
}

// fieldOf is the field that a fault names, numbered, or the person's.
func fieldOf(name, field string, i int) string {
	if name == "" {
		return field
	}
	return fmt.Sprintf("%s-%d", name, i+1)
}

// person is who is meant: somebody known, or somebody named.
func (s *Service) person(who actor.Actor, c Course, known []Known, n Named, lang i18n.Lang) (e Enrolment, w Who, bad fault.Field) {
	code := strings.ToUpper(strings.Join(strings.Fields(n.Code), ""))
	if len(code) > 12 || strings.ContainsFunc(code, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && r != '-' }) {
		return e, w, fault.Field{Name: "code", Key: "course.code_wrong"}
	}
	w.Code, w.Lang = code, lang
	e.Lang = lang
	if who.Kind == actor.KindCitizen {
		e.By, e.Company = who.Person, who.For.Company
	}
	e.Clerk = who.Staff
	if n.Known != "" {
		i := slices.IndexFunc(known, func(k Known) bool { return k.Person == n.Known })
		if i < 0 {
			return e, w, fault.Field{Key: "course.who_not"}
		}
		k := known[i]
		e.Account, e.Name, w.Birth = k.Person, k.Name, k.Birth
		if w.Birth == "" { // no register knows it
			w.Birth = n.Birth
		}
		return e, w, bad
	}
	name, ok := i18n.CleanLine(n.Name)
	switch {
	case !ok || len([]rune(name)) > maxName:
		return e, w, fault.Field{Name: "name", Key: "field.bad_characters"}
	case name == "":
		return e, w, fault.Field{Name: "name", Key: "field.name_required"}
	}
	e.Name = name
	if n.Birth != "" {
		if d, err := org.ParseDate(n.Birth); err != nil || d.After(org.DateOf(s.Now())) {
			return e, w, fault.Field{Name: "birth", Key: "course.birth_wrong"}
		}
	}
	w.Birth = n.Birth
	return e, w, bad
}

// whoKey is the same for the same person: their account, or else the name and the date of birth that were typed, and by whom.
func (s *Service) whoKey(e Enrolment, w Who) []byte {
	if e.Account != "" {
		return s.Seals.LookupHash("enrolled", "account "+string(e.Account))
	}
	key := strings.ToLower(e.Name) + "\n" + w.Birth + "\n" + string(e.Company)
	if w.Birth == "" { // a name alone is many people's
		key += "\n" + string(e.Batch)
	}
	return s.Seals.LookupHash("enrolled", key)
}

// sealNew seals what is private under the person's key. Somebody without an account gets a key of their own.
func (s *Service) sealNew(ctx context.Context, e Enrolment, p Private) (wrapped, sealed []byte, person ids.Person, err error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, nil, "", err
	}
	person = e.Account
	var key seal.PersonKey
	if person == "" {
		person = s.Gen.Person()
		key, wrapped, err = s.Seals.NewPersonKey(string(person))
	} else {
		key, err = s.keyOf(ctx, person)
	}
	if err != nil {
		return nil, nil, "", err
	}
	sealed, err = key.Seal(b, sealedPlace(e))
	return wrapped, sealed, person, err
}

func (s *Service) keyOf(ctx context.Context, p ids.Person) (seal.PersonKey, error) {
	wrapped, err := s.Store.PersonKey(ctx, p)
	if err != nil {
		return seal.PersonKey{}, err
	}
	return s.Seals.Unwrap(string(p), wrapped)
}

// private opens what is sealed of an enrolment; nothing when its person was erased.
func (s *Service) private(ctx context.Context, e Enrolment) (p Private, err error) {
	if len(e.Sealed) == 0 {
		return p, nil
	}
	wrapped, err := s.Store.PersonKey(ctx, e.Person)
	if err != nil || len(wrapped) == 0 {
		return p, err
	}
	key, err := s.Seals.Unwrap(string(e.Person), wrapped)
	if err != nil {
		return p, err
	}
	b, err := key.Open(e.Sealed, sealedPlace(e))
	if err != nil {
		return p, fmt.Errorf("open enrolment %s: %w", e.ID, err)
	}
	return p, json.Unmarshal(b, &p)
}
