package kiosk

import (
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// place is what all screens of a kiosk have in common.
type place struct {
	web.Base
	office org.Office
	set    staff.KioskSettings
	zone   *time.Location
	now    time.Time
}

func (p place) path(parts ...string) string { return path(p.Lang, parts...) }

// Screen is one screen: what it says, and its keys.
type Screen struct {
	web.Base
	Frame   ui.Kiosk
	Icon    string
	Heading string
	Lines   []string
	// Number is a ticket's, Label what stands above it. Code is the picture of the QR code to its page.
	Number, Label       string
	Code, CodeAlt, Hint string
	Pad                 *ui.KioskPIN
	Keys                []ui.KioskKey
	// Ruler is the label of a line to be measured; empty for none.
	Ruler string
	// PadSay is how a pad is used without seeing it.
	PadSay string
	// Where is the office's name, for paper.
	Where string
}

// screen begins one with a heading.
func (p place) screen(heading string, lines ...string) Screen {
	b := p.Base
	b.Title, b.NoIndex = heading, true
	return Screen{
		Base: b, Heading: heading, Lines: lines, Where: p.office.Name.In(p.Lang),
		Frame: ui.Kiosk{
			Size: p.set.Key(), HomeURL: p.path(), BeatURL: p.path("beat"), ScanURL: p.path("check-in"), HelpURL: p.path("help"), Idle: true, Speaks: p.set.Speaks,
			Back: ui.Link{Href: p.path(), Text: p.T("kiosk.back")},
		},
	}
}

// heard is the key of a number pad by which a screen is heard, unless the screen takes digits.
const heard = 5

// digits are the keys of a number pad that press a screen's keys, one after the other.
var digits = []int{1, 2, 3, 4, 6, 7, 8, 9}

// finish gives the keys their digits and puts together what is read aloud.
func (s Screen) finish() Screen {
	said := []string{s.Heading}
	said = append(said, s.Lines...)
	if s.Number != "" {
		said = append(said, s.Label+": "+s.Number)
	}
	keys := s.Keys
	if s.Pad != nil {
		said = append(said, s.PadSay)
		keys = nil // its digits are the PIN's
	}
	for i := range keys {
		if i < len(digits) {
			keys[i].Digit = digits[i]
			text := keys[i].Text
			if keys[i].Note != "" {
				text += ", " + keys[i].Note
			}
			said = append(said, s.T("kiosk.press", "digit", digits[i], "text", text))
		}
	}
	if s.Pad == nil {
		said = append(said, s.T("kiosk.press_hear"))
	}
	for i, line := range said {
		if line = strings.TrimSpace(line); line != "" && !strings.ContainsAny(line[len(line)-1:], ".?!") {
			line += "."
		}
		said[i] = line
	}
	s.Frame.Page, s.Frame.Say = s.Base.Page, strings.Join(said, " ")
	s.Frame.LangLinks = s.LangLinks
	return s
}

// start is the first screen. A new visit begins with it, so nobody is asked whether they are there.
func newWelcome(p place) Screen {
	s := p.screen(p.T("kiosk.welcome", "office", p.office.Name.In(p.Lang)))
	s.Frame.Idle, s.Frame.Back, s.Frame.HelpURL = false, ui.Link{}, ""
	s.Keys = []ui.KioskKey{
		{Text: p.T("kiosk.booked"), Note: p.T("kiosk.booked_note"), Href: p.path("pin"), Main: true},
		{Text: p.T("kiosk.walk_in"), Note: p.T("kiosk.walk_in_note"), Href: p.path("services")},
		{Text: p.T("kiosk.call"), Action: p.path("help")},
	}
	return s
}

// pinLength is how many digits a PIN has.
const pinLength = 6

// newPIN asks for the PIN. What was typed before is kept.
func newPIN(p place, typed string, short bool) Screen {
	line := p.T("kiosk.pin_lead")
	if short {
		line = p.T("kiosk.pin_short", "n", pinLength)
	}
	s := p.screen(p.T("kiosk.pin_title"), line)
	s.PadSay = p.T("kiosk.pin_say")
	s.Pad = &ui.KioskPIN{
		Action: p.path("check-in"), Label: p.T("kiosk.pin_label"), Value: typed, Length: pinLength, Clear: p.T("kiosk.clear"), OK: p.T("kiosk.ok"),
		Keys: []ui.KioskKey{{Text: p.T("kiosk.no_code"), Action: p.path("help")}},
	}
	return s
}

// newHelp says that the staff have been told.
func newHelp(p place) Screen {
	s := p.screen(p.T("kiosk.help_title"), p.T("kiosk.help"))
	s.Icon, s.Frame.Called, s.Frame.Rest, s.Frame.Back = "check-circle", true, 30, ui.Link{}
	s.Keys = []ui.KioskKey{{Text: p.T("kiosk.done"), Href: p.path(), Main: true}}
	return s
}

// newTrouble says what could not be done.
func newTrouble(p place, f *fault.Fault) Screen {
	s := p.screen(p.T("kiosk.trouble_title"), p.Printer.TA(f.Key, f.Args))
	if len(f.Fields) > 0 {
		s.Lines = []string{p.Printer.TA(f.Fields[0].Key, f.Fields[0].Args)}
	}
	s.Icon = "clock"
	s.Keys = []ui.KioskKey{{Text: p.T("kiosk.again"), Href: p.path(), Main: true}}
	return s
}

// newTest is for who sets a kiosk up: a line to be measured, and how the printer is.
func newTest(p place, said string) Screen {
	s := p.screen(p.T("kiosk.test_title"), p.T("kiosk.test_lead"), p.T("kiosk.test_keys", "n", p.set.Key()))
	if said != "" {
		s.Lines = append(s.Lines, said)
	}
	s.Ruler = p.T("kiosk.test_line")
	switch p.set.PrintBy {
	case staff.PrintPrinter:
		s.Keys = append(s.Keys, ui.KioskKey{Text: p.T("kiosk.test_print"), Action: p.path("test")})
	case staff.PrintBrowser:
		s.Keys = append(s.Keys, ui.KioskKey{Text: p.T("kiosk.test_print"), Print: true})
	}
	s.Keys = append(s.Keys, ui.KioskKey{Text: p.T("kiosk.done"), Href: p.path(), Main: true})
	return s
}
