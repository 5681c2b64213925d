package org

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/i18n"
)

// Retention is a class of letters: how long they are kept in people's mailboxes, and what is attached to them. The authority's own record is in its case system, and none of this.
type Retention struct {
	ID   string    `json:"id" toml:"id"`
	Name i18n.Text `json:"name" toml:"name"`
	// Kinds are the kinds of letters that are of it where their sender names no class.
	Kinds []string `json:"kinds,omitzero" toml:"kinds,omitempty"`
	// Letters and Attachments are how long they are kept; empty is without an end. Attachments go with their letter at the latest.
	Letters     Keep `json:"letters,omitzero" toml:"letters,omitempty"`
	Attachments Keep `json:"attachments,omitzero" toml:"attachments,omitempty"`
	// Source is the law or the plan that says so, as a lawyer would look it up.
	Source string `json:"source,omitzero" toml:"source,omitempty"`
}

// RetainedKinds are the kinds of letters that a class can be for.
var RetainedKinds = append([]string{"decision", "welcome", "receipt"}, LetterKinds...)

// Keep is a time for which something is kept, in whole days or years: "90d", "5y". Empty is without an end.
type Keep string

// Bounds of a Keep, in days: a letter is in the bin for sixty, and told of thirty before it is deleted.
const (
	LeastKeep = 60
	mostKeep  = 100 * 366
)

// parse returns the days or years; both are 0 for no end.
func (k Keep) parse() (days, years int, err error) {
	if k == "" {
		return 0, 0, nil
	}
	n, err := strconv.Atoi(string(k[:len(k)-1]))
	switch {
	case err != nil || n <= 0 || strings.HasPrefix(string(k), "+"):
	case k[len(k)-1] == 'd' && n >= LeastKeep && n <= mostKeep:
		return n, 0, nil
	case k[len(k)-1] == 'y' && n <= mostKeep/366:
		return 0, n, nil
	}
	return 0, 0, fmt.Errorf("keep %.20q: want 60d to %dd, 1y to %dy, or nothing", string(k), mostKeep, mostKeep/366)
}

// Check says what is wrong with it.
func (k Keep) Check() error {
	_, _, err := k.parse()
	return err
}

// Last is the last day on which something is kept that came on a day; ok is false for no end. What came on 29 February is kept until 1 March of a year without that day.
func (k Keep) Last(from Date) (last Date, ok bool) {
	days, years, err := k.parse()
	switch {
	case err != nil || days == 0 && years == 0:
		return Date{}, false
	case years > 0:
		return DateOf(from.At(720, time.UTC).AddDate(years, 0, 0)), true
	}
	return from.Add(days), true
}

// RetentionOf is the class of a letter: the one that its sender named, or the first that is for its kind. ok is false where there is none.
func (o Organisation) RetentionOf(kind, named string) (r Retention, ok bool) {
	i := slices.IndexFunc(o.Retention, func(r Retention) bool {
		if named != "" {
			return r.ID == named
		}
		return slices.Contains(r.Kinds, kind)
	})
	if i < 0 {
		return Retention{}, false
	}
	return o.Retention[i], true
}
