package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanLine returns what a person typed into a field of one line as it is to be kept: in Unicode's normal form C, trimmed, with single spaces, and
// without the invisible characters that come along when pasting or that turn the direction of what follows. Letters of every script stay, with the
// marks that right-to-left writing needs. It reports false for what cannot come from typing: bad UTF-8, control characters, line breaks. How long a
// line may be is left to the caller.
func CleanLine(s string) (string, bool) {
	s, ok := clean(s, false)
	if !ok {
		return "", false
	}
	return strings.Join(strings.Fields(s), " "), true
}

// CleanText is CleanLine for a field of several lines. Line breaks become "\n", and more than one blank line in a row becomes one.
func CleanText(s string) (string, bool) {
	s, ok := clean(strings.ReplaceAll(s, "\r\n", "\n"), true)
	if !ok {
		return "", false
	}
	var lines []string
	blank := false
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			blank = len(lines) > 0
			continue
		}
		if blank {
			lines = append(lines, "")
			blank = false
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), true
}

// clean does what both have in common. White space comes out as " " or, in a text, "\n".
func clean(s string, breaks bool) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case isBreak(r):
			if !breaks {
				return "", false
			}
			b.WriteByte('\n')
		case r == '\t' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case unicode.IsControl(r) || isNonCharacter(r):
			return "", false
		case isInvisible(r):
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String()), true
}

func isBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// isInvisible reports the characters that are dropped: what overrides, embeds or isolates direction, and what only came along when pasting. The
// joiners and the plain direction marks stay; Persian and Hebrew need them.
func isInvisible(r rune) bool {
	switch {
	case '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069':
		return true
	case r == '\u00AD', r == '\u200B', r == '\u2060', r == '\uFEFF':
		return true
	}
	return false
}

// isNonCharacter reports the code points that Unicode says are never a character.
func isNonCharacter(r rune) bool { return r&0xFFFE == 0xFFFE || '\uFDD0' <= r && r <= '\uFDEF' }
