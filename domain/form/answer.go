package form

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"luukku/base/i18n"
	"luukku/base/natid"
	"luukku/domain/notify"
)

// Typed are the fields of a page as they were sent: the name of each is where its answer lies.
type Typed map[string][]string

// first is what was typed into a field.
func (t Typed) first(at string) string {
	if v := t[at]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Fill returns answers with those of one step as they were typed. What is hidden or closed stays as it was, and so does the number of rows; attachments are not typed.
// Country is where a telephone number without one is.
func (o *Outcome) Fill(a Answers, s *Step, t Typed, country string) Answers {
	out := copied(map[string]any(a)).(map[string]any)
	walk(s.Elements, func(e *Element) {
		f := e.Field
		if f == nil || f.Kind == Repeated || f.Kind == Files || o.closedAlways(f) {
			return
		}
		if f.Rows == nil {
			if !o.Hidden(f, -1) && !o.Closed(f, -1) {
				put(out, f.At, read(f, t, f.At, country))
			}
			return
		}
		rows, _ := get(out, f.Rows.At).([]any)
		for i := range rows {
			row, isObject := rows[i].(map[string]any)
			if !isObject {
				row = map[string]any{}
				rows[i] = row
			}
			if !o.Hidden(f, i) && !o.Closed(f, i) {
				put(row, strings.TrimPrefix(f.At, f.Rows.At+"/*"), read(f, t, f.In(i), country))
			}
		}
	})
	return out
}

func (o *Outcome) closedAlways(f *Field) bool { return f.ReadOnly || f.calculation != nil }

// read is a field's answer as it was typed; nil for none.
func read(f *Field, t Typed, at, country string) any {
	s := strings.TrimSpace(legible(t.first(at)))
	switch f.Kind {
	case Tick:
		return ticked(f, s)
	case Choices:
		out := []any{}
		for _, v := range t[at] {
			if v != "" {
				out = append(out, legible(v))
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case Lines:
		if clean, ok := i18n.CleanText(s); ok {
			s = clean
		}
	default:
		if clean, ok := i18n.CleanLine(s); ok {
			s = clean
		}
	}
	if s == "" {
		return nil
	}
	switch f.Kind {
	case Number, Integer:
		return numeral(s)
	case Date:
		return day(s)
	case TimeOf:
		return timeOfDay(s)
	case Line:
		return formal(f.Format, s, country)
	}
	return s
}

// legible is text that can be kept and read again as it is: bytes that are none are marked, and what no keyboard types is left out.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// ticked is the answer to a tick: a box that is not ticked is false, a question with neither answer has none.
func ticked(f *Field, s string) any {
	switch {
	case s == "true":
		return true
	case s == "false" || !f.control.Radio:
		return false
	}
	return nil
}

var digits = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// numeral reads a number with a comma or a point, and with spaces between its digits; what is none stays text.
func numeral(s string) any {
	plain := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\'':
			return -1
		case ',':
			return '.'
		case '−', '–':
			return '-'
		}
		return r
	}, s)
	if !digits.MatchString(plain) || len(plain) > maxNumber {
		return s
	}
	minus := strings.HasPrefix(plain, "-")
	plain = strings.TrimLeft(strings.TrimPrefix(plain, "-"), "0")
	if plain == "" || plain[0] == '.' {
		plain = "0" + plain
	}
	if minus && strings.Trim(plain, "0.") != "" {
		plain = "-" + plain
	}
	return json.Number(plain)
}

// day reads a day as 2026-11-22, 22.11.2026 or 22. 11. 2026; what is none stays text.
func day(s string) any {
	for _, layout := range []string{time.DateOnly, "2.1.2006"} {
		if t, err := time.Parse(layout, strings.ReplaceAll(s, " ", "")); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return s
}

var hour = regexp.MustCompile(`^([0-9]{1,2})[:.]([0-9]{2})(:00)?$`)

// timeOfDay reads a time as 9:05, 09.05; what is none stays text.
func timeOfDay(s string) any {
	m := hour.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return strings.Repeat("0", 2-len(m[1])) + m[1] + ":" + m[2]
}

// formal writes what people write in many ways in the one that its format has.
func formal(format, s, country string) any {
	packed := strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	switch format {
	case "tel":
		if n, err := notify.ParsePhone(s, country, nil); err == nil {
			return n
		}
	case "email":
		if e, err := notify.ParseEmail(s); err == nil {
			return e
		}
	case "hetu", "rodne-cislo":
		kind := map[string]natid.Kind{"hetu": natid.FinnishCode, "rodne-cislo": natid.CzechNumber}[format]
		if c, err := natid.Parse(kind, s, natid.Options{Test: true}); err == nil {
			return c.Reveal()
		}
	case "iban", "y-tunnus", "postal-code":
		return packed
	}
	return s
}

// AddRow returns answers with one more row of a repeated group; as they are when it has all it may have.
func (d *Definition) AddRow(a Answers, f *Field) Answers {
	out := copied(map[string]any(a)).(map[string]any)
	rows, _ := get(out, f.At).([]any)
	if len(rows) < *f.MaxItems {
		put(out, f.At, append(rows, map[string]any{}))
	}
	return out
}

// DropRow returns answers without a row of a repeated group; as they are when there is none such.
func (d *Definition) DropRow(a Answers, f *Field, row int) Answers {
	out := copied(map[string]any(a)).(map[string]any)
	rows, _ := get(out, f.At).([]any)
	if row >= 0 && row < len(rows) {
		put(out, f.At, slices.Delete(rows, row, row+1))
	}
	return out
}

// Put returns answers with one set, at its place with the number of its row: attachments, and what a register says.
func (d *Definition) Put(a Answers, f *Field, row int, v any) Answers {
	out := copied(map[string]any(a)).(map[string]any)
	if f.Rows == nil {
		put(out, f.At, v)
		return out
	}
	rows, _ := get(out, f.Rows.At).([]any)
	if row >= 0 && row < len(rows) {
		if m, isObject := rows[row].(map[string]any); isObject {
			put(m, strings.TrimPrefix(f.At, f.Rows.At+"/*"), v)
		}
	}
	return out
}

// copied is a copy of answers that shares nothing with them.
func copied(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := maps.Clone(t)
		if out == nil {
			out = map[string]any{}
		}
		for k, sub := range out {
			out[k] = copied(sub)
		}
		return out
	case []any:
		out := slices.Clone(t)
		for i, sub := range out {
			out[i] = copied(sub)
		}
		return out
	}
	return v
}

// tame is an answer that can be judged in the time that its length allows: a number that is short to write and long to hold becomes text.
func tame(v any) any {
	switch t := v.(type) {
	case json.Number:
		if _, ok := rational(t); !ok {
			return string(t)
		}
	case float64:
		return json.Number(strconv.FormatFloat(t, 'f', -1, 64))
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, sub := range t {
			out[k] = tame(sub)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, sub := range t {
			out[i] = tame(sub)
		}
		return out
	}
	return v
}
