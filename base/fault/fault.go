// Package fault holds the kinds of error that a person can meet.
//
// A Fault says three things: its kind, which a door turns into a status; the key of the text a person reads, with its arguments; and for a form
// the fields that are wrong. It promises that the kinds are a closed list. Everything that is not a Fault reads as Internal at the door: it is
// logged with its cause and shown as an incident code. How a fault looks is left to the doors.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what sort of trouble a fault is. The list is closed: a door has one answer for each.
type Kind int

// The kinds. A zero Kind is Internal, so that a forgotten kind never looks harmless.
const (
	KindInternal Kind = iota
	KindInvalid
	KindNotFound
	KindForbidden
	KindSignInRequired
	KindConflict
	KindTooMany
	KindUnavailable
)

var kindNames = [...]string{"internal", "invalid", "not_found", "forbidden", "sign_in_required", "conflict", "too_many", "unavailable"}

// String returns the kind's name as logs and the JSON API write it.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return kindNames[KindInternal]
	}
	return kindNames[k]
}

// Args are the arguments of a text, by the names the text uses.
type Args = map[string]any

// Field is one wrong field of a form: its name in the form, and the text that says what to mend.
type Field struct {
	Name string
	Key  string
	Args Args
}

// Fault is an error that a person can be told about.
type Fault struct {
	Kind   Kind
	Key    string // text key, such as "booking.too_late"
	Args   Args
	Fields []Field
	// RetryAfter is how long to wait, for TooMany and Unavailable; zero when unknown.
	RetryAfter time.Duration
	cause      error
}

// Error returns the kind, the key and the cause, for logs. It never holds the arguments, which may be personal.
func (f *Fault) Error() string {
	s := f.Kind.String() + " " + f.Key
	for _, fl := range f.Fields {
		s += " " + fl.Name + "=" + fl.Key
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap returns the cause, or nil.
func (f *Fault) Unwrap() error { return f.cause }

// Because returns a copy of the fault with a cause for the log.
func (f *Fault) Because(cause error) *Fault {
	c := *f
	c.cause = cause
	return &c
}

// Invalid says that a person can mend what was sent.
func Invalid(key string, args Args, fields ...Field) *Fault {
	return &Fault{Kind: KindInvalid, Key: key, Args: args, Fields: fields}
}

// NotFound says that the thing is not there, or not for this person to know of.
func NotFound(key string) *Fault { return &Fault{Kind: KindNotFound, Key: key} }

// Forbidden says that the thing is there and the actor may not. A stranger sees it as NotFound.
func Forbidden(key string) *Fault { return &Fault{Kind: KindForbidden, Key: key} }

// SignInRequired says that the actor must sign in first.
func SignInRequired(key string) *Fault { return &Fault{Kind: KindSignInRequired, Key: key} }

// Conflict says that somebody else was faster, or that the state has moved on.
func Conflict(key string, args Args) *Fault { return &Fault{Kind: KindConflict, Key: key, Args: args} }

// TooMany says that the actor must slow down, and for how long.
func TooMany(key string, wait time.Duration) *Fault {
	return &Fault{Kind: KindTooMany, Key: key, RetryAfter: wait}
}

// Unavailable says that something Luukku needs is down or full, and when to try again.
func Unavailable(key string, wait time.Duration) *Fault {
	return &Fault{Kind: KindUnavailable, Key: key, RetryAfter: wait}
}

// Of returns err as a fault. What is not one becomes an Internal fault that wraps it.
func Of(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Kind: KindInternal, Key: "error.internal", cause: err}
}

// Is reports whether err is a fault of the kind.
func Is(err error, k Kind) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Kind == k
}

// IsKey reports whether err is a fault with the text key.
func IsKey(err error, key string) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Key == key
}

// Renamed returns an error whose wrong fields have the names that a form has for them: names has a new name for an old one, and the others keep theirs. An error
// that is no fault, or names no field, comes back as it is.
func Renamed(err error, names map[string]string) error {
	f, ok := errors.AsType[*Fault](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	c := *f
	c.Fields = slices.Clone(f.Fields)
	for i, field := range c.Fields {
		if to, ok := names[field.Name]; ok {
			c.Fields[i].Name = to
		}
	}
	return &c
}

var _ fmt.Stringer = KindInvalid
