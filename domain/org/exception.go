package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"luukku/base/ids"
)

// AnyKind is the kind of an exception that closes for everything.
const AnyKind Kind = "any"

// Exception is what holds on one date instead of the weekly rules of its kind: other hours, or none. Several of a date and kind are open together. As text,
// in JSON and in TOML it is one line, such as
//
//	2026-12-23 09:00-12:00
//	2026-12-23 12:00-14:00 walk-in for passport
//	2026-12-24 closed
//	2026-12-31 closed phone
//
// A date that is closed without a kind is closed for all of them. Hours of an exception hold on a public holiday, too. A closure goes before them.
type Exception struct {
	Date   Date
	Closed bool
	// From and To are as those of Weekly; both are 0 when Closed.
	From, To Minute
	// Kind may be AnyKind when Closed.
	Kind Kind
	// Services are those served in these hours; empty means all.
	Services []ids.Service
}

// Replaces reports whether the weekly rules of a kind do not hold on a date because of the exception.
func (e Exception) Replaces(d Date, k Kind) bool {
	return !d.IsZero() && e.Date == d && (e.Kind == k || e.Kind == AnyKind)
}

// closedWord is how an exception says that there are no hours.
const closedWord = "closed"

// String returns the exception as one line. ParseException reads it back for every one that Check passes.
func (e Exception) String() string {
	var b strings.Builder
	b.WriteString(e.Date.String() + " ")
	switch {
	case !e.Closed:
		fmt.Fprintf(&b, "%s-%s", e.From, e.To)
		if e.Kind != Appointments {
			b.WriteString(" " + e.Kind.String())
		}
	case e.Kind == AnyKind:
		b.WriteString(closedWord)
	default:
		b.WriteString(closedWord + " " + e.Kind.String())
	}
	for i, s := range e.Services {
		b.WriteString([]string{" for ", ","}[min(i, 1)] + string(s))
	}
	return b.String()
}

// Check says what is wrong with the exception by itself.
func (e Exception) Check() error {
	switch {
	case e.Date.IsZero():
		return errors.New("exception: want a date first, such as 2026-12-23 09:00-12:00")
	case e.Closed && (e.From != 0 || e.To != 0 || len(e.Services) > 0):
		return fmt.Errorf("exception %s: closed has neither hours nor services", e.Date)
	case e.Closed && e.Kind == AnyKind:
		return nil
	case !e.Kind.Valid():
		return fmt.Errorf("exception %s: unknown kind %.40q", e.Date, string(e.Kind))
	case e.Closed:
		return nil
	case !e.From.Valid() || !e.To.Valid() || e.From >= e.To:
		return fmt.Errorf("exception %s %s-%s: the hours must end after they begin, and by 24:00", e.Date, e.From, e.To)
	}
	return checkServices(e.Services)
}

// ParseException reads an exception from its line. The date and the hours, or closed, come first; a kind and "for ..." may follow, each once.
func ParseException(s string) (Exception, error) {
	fail := func(err error) (Exception, error) { return Exception{}, fmt.Errorf("exception %.80q: %w", s, err) }
	words := strings.Fields(s)
	if len(words) < 2 {
		return fail(errors.New("want the form 2026-12-23 09:00-12:00 or 2026-12-24 closed"))
	}
	var e Exception
	var err error
	if e.Date, err = ParseDate(words[0]); err != nil {
		return fail(err)
	}
	if e.Closed = words[1] == closedWord; e.Closed {
		e.Kind = AnyKind
	} else {
		from, to, _ := strings.Cut(words[1], "-")
		if e.From, err = ParseMinute(from); err != nil {
			return fail(err)
		}
		if e.To, err = ParseMinute(to); err != nil {
			return fail(err)
		}
	}
	if err := e.clauses(words[2:]); err != nil {
		return fail(err)
	}
	if err := e.Check(); err != nil {
		return Exception{}, err
	}
	return e, nil
}

// clauses reads what follows date and hours.
func (e *Exception) clauses(words []string) error {
	kind, services := false, false
	for ; len(words) > 0; words = words[1:] {
		switch name := words[0]; {
		case name == string(WalkIn), name == string(Phone), name == appointmentsWord:
			if kind {
				return errors.New("the kind is said twice")
			}
			kind, e.Kind = true, Kind(strings.TrimPrefix(name, appointmentsWord))
		case name == "for" && len(words) > 1 && !services:
			for service := range strings.SplitSeq(words[1], ",") {
				e.Services = append(e.Services, ids.Service(service))
			}
			services, words = true, words[1:]
		default:
			return fmt.Errorf("%.40q is not understood", name)
		}
	}
	return nil
}

// MarshalText writes the exception as its line; it fails on one that ParseException would not read back.
func (e Exception) MarshalText() ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	return []byte(e.String()), nil
}

// UnmarshalText reads the exception from its line.
func (e *Exception) UnmarshalText(b []byte) error {
	v, err := ParseException(string(b))
	if err != nil {
		return err
	}
	*e = v
	return nil
}

// replaced reports whether some exception replaces the weekly rules of a kind on a date.
func replaced(list []Exception, d Date, k Kind) bool {
	return slices.ContainsFunc(list, func(e Exception) bool { return e.Replaces(d, k) })
}
