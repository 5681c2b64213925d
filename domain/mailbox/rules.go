package mailbox

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/fault"
)

// Limits of what is written, in characters.
const (
	MostSubject = 255
	MostBody    = 100_000
	MostRef     = 100
	// An address for paper has a name and some lines.
	LeastPost, MostPost = 2, 7
	MostPostLine        = 100
)

// BinDays is how long a letter lies in the bin before it is purged.
const BinDays = 60

// check says what is wrong with what somebody wrote: Invalid with the fields subject and body.
func (c Content) check() error {
	var bad []fault.Field
	switch n := utf8.RuneCountInString(c.Subject); {
	case strings.TrimSpace(c.Subject) == "":
		bad = append(bad, fault.Field{Name: "subject", Key: "field.required"})
	case n > MostSubject:
		bad = append(bad, fault.Field{Name: "subject", Key: "field.too_long", Args: fault.Args{"max": MostSubject}})
	case strings.ContainsAny(c.Subject, "\r\n"):
		bad = append(bad, fault.Field{Name: "subject", Key: "field.bad_characters"})
	}
	switch n := utf8.RuneCountInString(c.Body); {
	case strings.TrimSpace(c.Body) == "":
		bad = append(bad, fault.Field{Name: "body", Key: "field.required"})
	case n > MostBody:
		bad = append(bad, fault.Field{Name: "body", Key: "field.too_long", Args: fault.Args{"max": MostBody}})
	}
	if err := CheckPost(c.Post); err != nil {
		bad = append(bad, fault.Of(err).Fields...)
	}
	if !utf8.ValidString(c.Subject+c.Body) || strings.ContainsRune(c.Subject+c.Body, 0) {
		bad = append(bad, fault.Field{Name: "body", Key: "field.bad_characters"})
	}
	if len(bad) > 0 {
		return fault.Invalid("form.invalid", nil, bad...)
	}
	return nil
}

// CheckPost says whether the lines of an address can stand on an envelope; none is no fault. Invalid at "post".
func CheckPost(lines []string) error {
	if len(lines) > 0 && (len(lines) < LeastPost || len(lines) > MostPost || slices.ContainsFunc(lines, badLine)) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "post", Key: "letter.post_lines", Args: fault.Args{"least": LeastPost, "most": MostPost, "max": MostPostLine}})
	}
	return nil
}

// keepable says what keeps something from being kept as a draft: nothing but that it can never be sent.
func (c Content) keepable() error {
	switch {
	case utf8.RuneCountInString(c.Subject) > MostSubject:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "subject", Key: "field.too_long", Args: fault.Args{"max": MostSubject}})
	case utf8.RuneCountInString(c.Body) > MostBody:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "body", Key: "field.too_long", Args: fault.Args{"max": MostBody}})
	case !utf8.ValidString(c.Subject + c.Body):
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "body", Key: "field.bad_characters"})
	}
	return nil
}

// badLine reports whether a line cannot stand on an envelope.
func badLine(line string) bool {
	return strings.TrimSpace(line) == "" || !utf8.ValidString(line) || utf8.RuneCountInString(line) > MostPostLine || strings.ContainsFunc(line, unicode.IsControl)
}

// Visible reports whether a letter is there for its reader: published, neither recalled nor expired nor purged. For the reader what is not visible does not exist.
func Visible(l Letter, s Standing, now int64) bool {
	return l.Channel == Electronic && (l.Inward || s.Published > 0 && l.PublishAt <= now) && s.Recalled == 0 && s.Purged == 0 && s.Expired == 0 && (l.ExpiresAt == 0 || now <= l.ExpiresAt)
}

// Sealed reports whether a letter's content waits for the reader to confirm that it arrived.
func (s Standing) Sealed(l Letter) bool { return l.Mode == Verifiable && !l.Inward && s.Confirmed == 0 }

// MayConfirm says whether a reader may confirm that a letter arrived: once, and only one that asks for it. Conflict "letter.confirmed", "letter.served_otherwise".
func MayConfirm(l Letter, s Standing) error {
	switch {
	case l.Mode != Verifiable || l.Inward:
		return fault.NotFound("error.not_found")
	case s.Confirmed > 0:
		return fault.Conflict("letter.confirmed", nil)
	case s.Unserved > 0:
		return fault.Conflict("letter.served_otherwise", nil)
	}
	return nil
}

// Overdue reports whether a letter was to be confirmed by now and was not: it is served otherwise then. The last second in which it can be confirmed is not overdue.
func Overdue(l Letter, s Standing, now int64) bool {
	return l.Channel == Electronic && s.Sealed(l) && l.ConfirmBy > 0 && now > l.ConfirmBy && s.Recalled == 0
}

// HasExpired reports whether the last second is over in which a letter can be read.
func HasExpired(l Letter, now int64) bool { return l.ExpiresAt > 0 && now > l.ExpiresAt }

// PurgeAt is the first second in which a letter that was put into the bin at a moment is purged.
func PurgeAt(binned int64) int64 { return binned + BinDays*24*60*60 + 1 }

// MayPutAway says whether a reader may archive or delete a letter: not before they have confirmed one that asks for it.
func MayPutAway(l Letter, s Standing) error {
	if s.Sealed(l) {
		return fault.Conflict("letter.unconfirmed", nil)
	}
	return nil
}

// MayRecall says whether a sender may take a letter back: until somebody has read or confirmed it, or it was printed. Conflict "letter.read", "letter.printed",
// "letter.recalled_already".
func MayRecall(l Letter, s Standing) error {
	switch {
	case s.Recalled > 0:
		return fault.Conflict("letter.recalled_already", nil)
	case l.Inward:
		return fault.NotFound("error.not_found")
	case s.Read > 0 || s.Confirmed > 0 || s.SignedIn > 0:
		return fault.Conflict("letter.read", nil)
	case s.Printed > 0 || s.Posted > 0:
		return fault.Conflict("letter.printed", nil)
	}
	return nil
}

// MayAnswer says whether a reader may answer a letter.
func MayAnswer(l Letter, s Standing) error {
	if !l.Reply || l.Inward || s.Sealed(l) {
		return fault.NotFound("error.not_found")
	}
	return nil
}
