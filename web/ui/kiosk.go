package ui

import (
	"strconv"
	"strings"

	"luukku/base/i18n"
)

// Kiosk is the document around one screen of a kiosk.
type Kiosk struct {
	Page
	// Size is how many pixels 20 mm are on the screen: no key is smaller.
	Size int
	// HomeURL is the first screen, BeatURL what says that the server is there, ScanURL where what a reader reads is sent, HelpURL where staff are called.
	HomeURL, BeatURL, ScanURL, HelpURL string
	// Back leads one screen back; its zero value nowhere.
	Back Link
	// Say is what is read aloud, Speaks whether it is without being asked.
	Say    string
	Speaks bool
	// Idle says that the screen goes back to the first one when nobody touches it; Rest in how many seconds it does so in any case, 0 for never.
	Idle bool
	Rest int
	// Called says that staff have been called from this screen already.
	Called bool
}

// KioskKey is one large button: a link, or with Action a form.
type KioskKey struct {
	Text string
	Note string // small words below
	Href string
	// Action is where a form with the hidden fields is sent.
	Action string
	Hidden []Hidden
	// Print has the browser print, with JavaScript.
	Print bool
	// Digit is the key of a number pad that does the same; 0 for none. Main is done by its Enter key.
	Digit int
	Main  bool
}

// KioskPIN is the pad on which a PIN is keyed in.
type KioskPIN struct {
	Action string
	Label  string
	Value  string
	Length int
	Clear  string
	OK     string
	Keys   []KioskKey // beside the pad
}

func (k KioskPIN) rows() []string { return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} }

func (k KioskPIN) blank() string { return strings.Repeat("_", k.Length) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func digits(n int) string { return strconv.Itoa(n) }

// offWord is the sentence of a screen that does not work, in one language.
type offWord struct{ Tag, Text string }

// offWords are in all languages: who reads them chose none.
func offWords(p *i18n.Printer) []offWord {
	if p == nil {
		return nil
	}
	var out []offWord
	for _, l := range i18n.Languages() {
		out = append(out, offWord{l.BCP47, p.In(l.Code).T("ui.kiosk.off")})
	}
	return out
}
