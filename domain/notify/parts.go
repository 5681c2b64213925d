package notify

import "strings"

// Alphabet is how a text message is written over the air.
type Alphabet string

// The alphabets. One character that is not in GSM7 makes the whole message UCS2, which holds less than half as much.
const (
	GSM7 Alphabet = "gsm7"
	UCS2 Alphabet = "ucs2"
)

// What one message holds, and what each part of a longer one does: septets of GSM7, 16-bit units of UCS2 (3GPP TS 23.040).
const (
	gsmAlone, gsmPart   = 160, 153
	ucs2Alone, ucs2Part = 70, 67
)

// gsmBasic is the default alphabet of 3GPP TS 23.038: one septet each. gsmExtended is its extension table: two.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// septets is what a character costs in GSM7; what is not in it is not here.
var septets = func() map[rune]int {
	m := map[rune]int{}
	for _, r := range gsmBasic {
		m[r] = 1
	}
	for _, r := range gsmExtended {
		m[r] = 2
	}
	return m
}()

// Size is how long a text is as a text message.
type Size struct {
	Alphabet Alphabet
	// Units of the alphabet: septets, or 16-bit units. Left is how many more the last part holds.
	Units, Left int
	Parts       int
	// Odd are the characters that are not in GSM7, each once, in the order of the text: without them the message would be shorter. Empty with GSM7.
	Odd string
}

// SizeOf counts a text as networks do: a character of two units is never split between parts. An empty text is one part.
func SizeOf(text string) Size {
	s := Size{Alphabet: GSM7, Odd: odd(text)}
	cost, alone, part := func(r rune) int { return septets[r] }, gsmAlone, gsmPart
	if s.Odd != "" {
		s.Alphabet = UCS2
		cost, alone, part = units, ucs2Alone, ucs2Part
	}
	for _, r := range text {
		s.Units += cost(r)
	}
	if s.Parts = 1; s.Units <= alone {
		s.Left = alone - s.Units
		return s
	}
	filled := 0
	for _, r := range text {
		if filled+cost(r) > part {
			s.Parts, filled = s.Parts+1, 0
		}
		filled += cost(r)
	}
	s.Left = part - filled
	return s
}

// units is how many 16-bit units a character takes.
func units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// odd returns the characters that are not in GSM7, each once.
func odd(text string) string {
	var b strings.Builder
	for _, r := range text {
		if septets[r] == 0 && !strings.ContainsRune(b.String(), r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
