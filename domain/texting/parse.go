package texting

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Verb is what a message asks for.
type Verb string

// The verbs. None is no command: whatever somebody wrote.
const (
	None   Verb = ""
	Stop   Verb = "stop"
	Start  Verb = "start"
	Help   Verb = "help"
	Book   Verb = "book"
	Cancel Verb = "cancel"
	Move   Verb = "move"
	Yes    Verb = "yes"
	No     Verb = "no"
	Back   Verb = "back"
)

// Command is a message as it was understood. It is never guessed: what could be two things is Several, and what is none of them has no verb.
type Command struct {
	Verb Verb
	Lang i18n.Lang // of the word; empty where several languages have it
	// Words are the other words, folded, in their order.
	Words []string
	// Code is a booking code, when the other words are one.
	Code string
	// Several is whether it asks for two things at once.
	Several bool
}

type word struct {
	verb Verb
	lang i18n.Lang
}

// vocabulary are the words, folded: without accents, in lower case.
var vocabulary = map[string]word{
	"stop": {Stop, ""}, "seis": {Stop, "fi"}, "lopeta": {Stop, "fi"}, "stopp": {Stop, "sv"}, "avsluta": {Stop, "sv"}, "unsubscribe": {Stop, "en"},
	"odhlasit": {Stop, "cs"},
	"start":    {Start, ""}, "aloita": {Start, "fi"}, "starta": {Start, "sv"}, "zacit": {Start, "cs"}, "prihlasit": {Start, "cs"},
	"help": {Help, "en"}, "apua": {Help, "fi"}, "ohje": {Help, "fi"}, "hjalp": {Help, "sv"}, "pomoc": {Help, "cs"}, "napoveda": {Help, "cs"},
	"book": {Book, "en"}, "varaa": {Book, "fi"}, "varata": {Book, "fi"}, "boka": {Book, "sv"}, "obj": {Book, "cs"}, "objednat": {Book, "cs"},
	"cancel": {Cancel, "en"}, "peru": {Cancel, "fi"}, "peruuta": {Cancel, "fi"}, "avboka": {Cancel, "sv"}, "storno": {Cancel, "cs"}, "zrusit": {Cancel, "cs"},
	"move": {Move, "en"}, "siirra": {Move, "fi"}, "flytta": {Move, "sv"}, "omboka": {Move, "sv"}, "presun": {Move, "cs"}, "presunout": {Move, "cs"},
	"yes": {Yes, "en"}, "kylla": {Yes, "fi"}, "joo": {Yes, "fi"}, "ja": {Yes, "sv"}, "ano": {Yes, "cs"}, "ok": {Yes, ""},
	"no": {No, "en"}, "ei": {No, "fi"}, "nej": {No, "sv"}, "ne": {No, "cs"},
	"back": {Back, "en"}, "takaisin": {Back, "fi"}, "tillbaka": {Back, "sv"}, "zpet": {Back, "cs"},
}

// politeness are words that change nothing.
var politeness = map[string]bool{
	"please": true, "thanks": true, "thank": true, "you": true, "kiitos": true, "tack": true, "prosim": true, "dekuji": true, "diky": true,
}

// Texts of more words than this are no command, whatever they begin with: somebody has written something.
const (
	mostWords    = 6 // with a word such as BOOK and what it is about
	mostAnswered = 3 // with YES, NO, STOP or START
)

// Parse reads a message. It asks nobody and never fails.
func Parse(body string) Command {
	words := Words(body)
	if len(words) == 0 {
		if strings.TrimSpace(body) == "?" {
			return Command{Verb: Help}
		}
		return Command{}
	}
	if len(words) == 1 {
		if w, ok := vocabulary[words[0]]; ok {
			return Command{Verb: w.verb, Lang: w.lang}
		}
	}
	if n := len(words); n >= 2 && n <= mostAnswered && words[0] == "zrusit" && words[1] == "odber" {
		return Command{Verb: Stop, Lang: "cs"}
	}
	first, begins := vocabulary[words[0]]
	last, ends := vocabulary[words[len(words)-1]]
	switch {
	case begins:
		return first.command(words[1:])
	case ends && last.trails(words[:len(words)-1]):
		return last.command(words[:len(words)-1])
	}
	return Command{Words: words, Code: codeOf(words)}
}

// command is what a word asks for together with the others.
func (w word) command(rest []string) Command {
	all := rest
	rest = slices.DeleteFunc(slices.Clone(rest), func(s string) bool { return politeness[s] })
	c := Command{Verb: w.verb, Lang: w.lang, Words: rest, Code: codeOf(rest)}
	most := mostWords
	if w.verb == Yes || w.verb == No || w.verb == Stop || w.verb == Start || w.verb == Back || w.verb == Help {
		most = mostAnswered - 1
	}
	if len(rest) > most {
		return Command{Words: append([]string{}, all...)}
	}
	for _, s := range rest {
		if other, ok := vocabulary[s]; ok && other.verb != w.verb && c.Code == "" {
			c.Several = true
		}
	}
	return c
}

// trails reports whether a word that comes last is a command: after a code, and nothing else.
func (w word) trails(before []string) bool {
	switch w.verb {
	case Cancel, Move:
		return codeOf(before) != ""
	case Yes, No:
		return len(before) == 1 && OfferCode(before[0]) != ""
	}
	return false
}

// Words are the words of a message as they are compared: folded, letters and digits alone, digits of every script as ours.
func Words(body string) []string {
	var out []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range i18n.Fold(body) {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte('0' + digit(r))
		case unicode.IsLetter(r):
			b.WriteRune(r)
		case unicode.IsMark(r):
		default:
			end()
		}
	}
	end()
	return out
}

// digit is the value of a decimal digit: each script has its ten in a row.
func digit(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	return 0
}

// codeOf is the booking code that words are, written in one or in parts; empty when they are none.
func codeOf(words []string) string {
	joined := strings.Join(words, "")
	if len(joined) != 10 {
		return ""
	}
	code, err := ids.ParseCode(joined)
	if err != nil {
		return ""
	}
	return code
}

// The alphabet of codes of offers: no letter that could be a digit or be misheard, and no word.
const (
	offerLetters = "ACEFHJKMNPRTWX"
	offerDigits  = "23456789"
	offerLength  = 4
)

// OfferCode is the code of an offer that a word is: a letter and a digit in turn, such as K7P4; empty when it is none.
func OfferCode(typed string) string {
	code := strings.ToUpper(typed)
	if len(code) != offerLength {
		return ""
	}
	for i := range offerLength {
		if !strings.ContainsRune([]string{offerLetters, offerDigits}[i%2], rune(code[i])) {
			return ""
		}
	}
	return code
}

// offerCode makes a code of an offer from two bytes by chance.
func offerCode(chance [4]byte) string {
	var b [offerLength]byte
	for i := range b {
		from := []string{offerLetters, offerDigits}[i%2]
		b[i] = from[int(chance[i])%len(from)]
	}
	return string(b[:])
}

// number is the number of a line in a list that words are; ok is false when they are none.
func number(words []string) (n int, ok bool) {
	if len(words) == 2 && (words[0] == "nro" || words[0] == "nr" || words[0] == "c") {
		words = words[1:]
	}
	if len(words) != 1 || len(words[0]) > 2 {
		return 0, false
	}
	n, err := strconv.Atoi(words[0])
	return n, err == nil && n >= 0
}

// choose is the line of a list that words name: by its number, or by words that it alone has. -1 is none, or more than one.
func choose(words []string, lines []string) int {
	if len(words) == 0 {
		return -1
	}
	if n, ok := number(words); ok && n >= 1 && n <= len(lines) {
		return n - 1
	}
	found := -1
	for i, line := range lines {
		has := Words(line)
		fits := func(w string) bool { return slices.Contains(has, w) || len(w) >= 4 && anyBegins(has, w) }
		if !slices.ContainsFunc(words, func(w string) bool { return !fits(w) }) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

func anyBegins(words []string, with string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, with) })
}
