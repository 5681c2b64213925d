package file

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a name: characters that people see, and bytes that every file system takes.
const (
	MostName      = 120
	mostNameBytes = 200
	mostExtension = 10
)

// forbidden are the characters that some file system does not take, or takes for more than a letter.
const forbidden = `<>:"|?*`

// reserved are the names that Windows keeps for devices, with any extension.
var reserved = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}

// CleanName makes a name that every system can store and nobody is deceived by: without folders, without characters that are not seen or turn the direction of writing, without
// those and the names that Windows keeps for itself, in normal form C, and not too long. Empty when nothing is left. A clean name stays as it is.
func CleanName(name string) string {
	for range 4 { // cutting off can bring to the end what must not be there
		next := cleanOnce(name)
		if next == name {
			return name
		}
		name = next
	}
	return name
}

func cleanOnce(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp) || r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case unicode.Is(unicode.C, r) || r == utf8.RuneError: // controls, what is not seen, and what nobody has assigned
		case strings.ContainsRune(forbidden, r):
			b.WriteByte('_')
		default:
			b.WriteRune(r)
		}
	}
	name = strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
	name = strings.TrimLeft(strings.TrimRight(name, ". "), ". ")
	stem, ext := Split(name)
	stem = strings.TrimRight(stem, ". ")
	if slices.Contains(reserved, strings.ToLower(stem)) || slices.Contains(reserved, strings.ToLower(first(stem))) {
		stem = "_" + stem
	}
	return cut(stem, MostName-utf8.RuneCountInString(ext), mostNameBytes-len(ext)) + ext
}

// first is a name up to its first point: what comes after it does not count for Windows.
func first(stem string) string {
	before, _, _ := strings.Cut(stem, ".")
	return strings.TrimRight(before, " ")
}

// Split parts a name from its extension, which has its point. What is too long to be one is part of the name.
func Split(name string) (stem, ext string) {
	ext = path.Ext(name)
	if len(ext) < 2 || len(ext) > mostExtension+1 || len(ext) == len(name) || strings.ContainsFunc(ext[1:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return name, ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// cut shortens a name to so many characters and bytes, and never within a character.
func cut(s string, most, bytes int) string {
	n := 0
	for i, r := range s {
		if n == most || i+utf8.RuneLen(r) > bytes {
			return strings.TrimRight(s[:i], ". ")
		}
		n++
	}
	return s
}

// UniqueName changes a name that is taken, without regard to capitals, by a number: phones overwrite what is called the same.
func UniqueName(name string, taken []string) string {
	used := func(name string) bool {
		return slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, name) })
	}
	stem, ext := Split(name)
	for n := 2; used(name); n++ {
		end := fmt.Sprintf(" (%d)%s", n, ext)
		name = cut(stem, MostName-utf8.RuneCountInString(end), mostNameBytes-len(end)) + end
	}
	return name
}
