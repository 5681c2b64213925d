package form

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// calculation is how the answer of a field follows from others: {"sum": [...]}, {"product": [...]}, {"difference": [a, b]}, {"count": rows}, {"least": [...]},
// {"most": [...]}, {"age": {"of": day, "on": day}}. Operands are numbers, {"scope": "#/properties/..."} and calculations. It counts exactly, with no error of binary fractions.
type calculation struct {
	op       string
	operands []operand
}

// operand is a number, a place of answers, or a calculation.
type operand struct {
	number *big.Rat
	at     string // as Field.At; "today" for the day on which it is counted
	field  *Field
	sub    *calculation
}

// reads calls a function with the places that a calculation reads.
func (c *calculation) reads(each func(at string)) {
	for _, o := range c.operands {
		if o.sub != nil {
			o.sub.reads(each)
		}
		if o.at != "" && o.at != today {
			each(o.at)
		}
	}
}

const today = "today"

// maxDigits are the digits after the point of what is calculated, where the field's own step does not say fewer.
const maxDigits = 6

// result is what a calculation gives, nil when what it needs is not answered.
func (c *calculation) result(e *evaluation, row int) *big.Rat {
	if c.op == "count" {
		rows, _ := e.value(c.operands[0].at, row).([]any)
		return big.NewRat(int64(len(rows)), 1)
	}
	if c.op == "age" {
		return age(e.day(c.operands[0], row), e.day(c.operands[1], row))
	}
	var all []*big.Rat
	for _, o := range c.operands {
		found := o.numbers(e, row)
		if len(found) == 0 && (c.op == "difference" || c.op == "product") {
			return nil
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		if c.op == "sum" {
			return new(big.Rat)
		}
		return nil
	}
	out := new(big.Rat).Set(all[0])
	for _, n := range all[1:] {
		switch {
		case c.op == "sum":
			out.Add(out, n)
		case c.op == "product":
			out.Mul(out, n)
		case c.op == "difference":
			out.Sub(out, n)
		case (c.op == "least" && n.Cmp(out) < 0) || (c.op == "most" && n.Cmp(out) > 0):
			out.Set(n)
		}
	}
	return out
}

// numbers are the operand's: of a place in rows one for each row that has it, when it is read from outside of them.
func (o operand) numbers(e *evaluation, row int) []*big.Rat {
	switch {
	case o.number != nil:
		return []*big.Rat{o.number}
	case o.sub != nil:
		if n := o.sub.result(e, row); n != nil {
			return []*big.Rat{n}
		}
		return nil
	}
	var out []*big.Rat
	for _, v := range e.values(o.at, row) {
		if n, ok := v.(json.Number); ok {
			if r, ok := rational(n); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// maxNumber is the length of a number in characters. A number that is short to write and long to hold, as 1e999999999, is none.
const maxNumber = 30

func rational(n json.Number) (*big.Rat, bool) {
	if len(n) > maxNumber || strings.ContainsAny(string(n), "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(string(n))
}

// day is the day an operand stands for; zero for none.
func (e *evaluation) day(o operand, row int) time.Time {
	if o.at == today {
		return e.today
	}
	s, _ := e.value(o.at, row).(string)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// age is how many whole years lie between two days. Who was born on the 29th of February is a year older on the 1st of March of a year without one.
func age(born, on time.Time) *big.Rat {
	if born.IsZero() || on.IsZero() || on.Before(born) {
		return nil
	}
	years := on.Year() - born.Year()
	if on.Month() < born.Month() || (on.Month() == born.Month() && on.Day() < born.Day()) {
		years--
	}
	return big.NewRat(int64(years), 1)
}

// written is a number as an answer: rounded, half away from zero, to the step of its field, else to maxDigits; without zeros at its end.
func written(r *big.Rat, f *Field) json.Number {
	if f.Kind == Integer {
		return json.Number(r.FloatString(0))
	}
	digits := maxDigits
	if step, ok := f.schema["multipleOf"].(json.Number); ok {
		if _, after, found := strings.Cut(string(step), "."); found {
			digits = min(digits, len(after))
		} else {
			digits = 0
		}
	}
	s := r.FloatString(digits)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return json.Number(s)
}
