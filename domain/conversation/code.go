package conversation

import (
	"strings"

	"luukku/base/fault"
	"luukku/base/natid"
)

// Found is something in a text that is, or was meant as, an identity code.
type Found struct {
	From, To int // where it stands, in octets
	Kind     natid.Kind
	Value    natid.Secret // as we write it; empty when it is none
	Fault    string       // why it is none: the key of a text
}

// KindOf is the kind of identity code that people of a country write; empty where we know none.
func KindOf(country string) natid.Kind {
	switch country {
	case "FI":
		return natid.FinnishCode
	case "SE":
		return natid.SwedishNumber
	case "CZ":
		return natid.CzechNumber
	}
	return ""
}

// shape is how a code of a kind is written: 9 a digit, A a digit or letter, s a sign that divides, which sure codes have and others may do without.
type shape struct {
	pattern string
	sure    bool // whoever writes so means a code, also when a digit of it is wrong
}

var shapes = map[natid.Kind][]shape{
	natid.FinnishCode:   {{"999999sAAAA", true}},
	natid.SwedishNumber: {{"99999999s9999", true}, {"999999s9999", true}, {"999999999999", true}, {"9999999999", false}},
	natid.CzechNumber:   {{"999999s9999", true}, {"999999s999", true}, {"9999999999", false}, {"999999999", false}},
}

// Codes finds the identity codes in a text, in their order. What looks like one and fails its check is told with its fault; what may be any number,
// such as a telephone's, only when it is a good one. own is a number that is no code: the sender's.
func Codes(text string, kind natid.Kind, own string, o natid.Options) []Found {
	var out []Found
	for at := 0; at < len(text); {
		f, ok := codeAt(text, at, kind, own, o)
		if !ok {
			at++
			continue
		}
		out = append(out, f)
		at = f.To
	}
	return out
}

func codeAt(text string, at int, kind natid.Kind, own string, o natid.Options) (Found, bool) {
	if at > 0 && (alnum(text[at-1]) || text[at-1] == '+') {
		return Found{}, false
	}
	for _, s := range shapes[kind] {
		end, ok := s.match(text, at, kind)
		if !ok || end < len(text) && alnum(text[end]) {
			continue
		}
		f := Found{From: at, To: end, Kind: kind}
		typed := strings.Join(strings.Fields(text[at:end]), "")
		if digits := strings.TrimLeft(typed, "0"); own != "" && len(digits) > 5 && strings.HasSuffix(own, digits) {
			continue
		}
		v, err := natid.Parse(kind, typed, o)
		switch {
		case err == nil:
			f.Value, f.Kind = v, natid.Sort(kind, v)
			return f, true
		case s.sure:
			f.Fault = fault.Of(err).Key
			return f, true
		}
	}
	return Found{}, false
}

// match reads a code of the shape at a place of a text; blanks may stand around what divides it.
func (s shape) match(text string, at int, kind natid.Kind) (end int, ok bool) {
	for i := range len(s.pattern) {
		switch s.pattern[i] {
		case 's':
			n := divider(text[at:], kind)
			if n == 0 {
				return 0, false
			}
			at += n
			continue
		case '9':
			ok = at < len(text) && text[at] >= '0' && text[at] <= '9'
		default:
			ok = at < len(text) && alnum(text[at])
		}
		if !ok {
			return 0, false
		}
		at++
	}
	return at, true
}

// divider is how long the sign is that divides a code, with the blanks around it; 0 when there is none.
func divider(text string, kind natid.Kind) int {
	rest := strings.TrimLeft(text, " ")
	for _, sign := range []string{"-", "‐", "‑", "–", "−", "+", "/"} {
		if !strings.HasPrefix(rest, sign) || (sign == "/") != (kind == natid.CzechNumber) {
			continue
		}
		after := strings.TrimLeft(rest[len(sign):], " ")
		return len(text) - len(after)
	}
	if kind == natid.FinnishCode && rest == text && text != "" && strings.IndexByte("ABCDEFYXWVUabcdefyxwvu", text[0]) >= 0 {
		return 1
	}
	return 0
}

func alnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// mask stands for what is hidden.
const mask = "••••••"

// Masked is a text with its codes hidden, all of each.
func Masked(text string, found []Found) string {
	var b strings.Builder
	at := 0
	for _, f := range found {
		b.WriteString(text[at:f.From])
		b.WriteString(mask)
		at = f.To
	}
	b.WriteString(text[at:])
	return b.String()
}
