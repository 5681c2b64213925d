package display

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// What a display shows at most.
const (
	mostCalls = 3
	mostNext  = 3
	mostLines = 3
	// announced is for how many seconds a call is announced by a display that has not done so yet.
	announced = 30
	// lastSoon is how long before it the last number is told of.
	lastSoon = time.Hour
)

// NonePage is what a browser is told that is no display.
type NonePage struct {
	web.Base
	Enrol string
}

// which is the display that the visitor's browser is.
func (d *Door) which(v *web.Visit) (staff.Device, error) {
	token := v.DeviceToken(string(staff.Display))
	if token == "" {
		return staff.Device{}, fault.SignInRequired("staff.device_required")
	}
	_, dev, err := d.Devices.Device(v.Ctx(), token)
	if err == nil && dev.Kind != staff.Display {
		err = fault.SignInRequired("staff.device_required")
	}
	return dev, err
}

// display shows the display that the browser is.
func (d *Door) display(v *web.Visit) error {
	dev, err := d.which(v)
	if fault.Is(err, fault.KindSignInRequired) {
		return v.Render(http.StatusUnauthorized, ShowNone(newNonePage(v.Base(""))))
	}
	if err != nil {
		return err
	}
	f, err := d.facts(v.Ctx(), dev.Org, dev.Office)
	if err != nil {
		return err
	}
	s := screen{texts: d.Site.Texts, settings: dev.Display(), facts: f}
	return v.Render(http.StatusOK, ShowDisplay(s.page(v.Base("")), s.board()))
}

func newNonePage(b web.Base) NonePage {
	b.Title, b.NoIndex = b.T("board.none_title"), true
	return NonePage{Base: b, Enrol: web.Path(b.Lang, "", "staff", "device")}
}

// displayStream tells of its changes, as long as the browser is a display: taking its code away ends it within a minute.
func (d *Door) displayStream(v *web.Visit) error {
	dev, err := d.which(v)
	if fault.Is(err, fault.KindSignInRequired) {
		err = fault.NotFound("staff.device_required") // nobody signs in here: the page is loaded anew, and says what to do
	}
	if err != nil {
		return err
	}
	c, err := d.Site.Directory.Config(v.Ctx(), dev.Org)
	if err != nil {
		return err
	}
	token, settings := v.DeviceToken(string(staff.Display)), dev.Settings
	p, zone, now := v.P, c.Zone(), d.Site.Now
	return v.Stream(web.View{
		// Displays of the same office with the same settings show the same.
		Key: "display/" + string(v.Lang) + "/" + string(dev.Org) + "/" + string(dev.Office) + "/" + settings, Topics: []string{queue.Topic(dev.Org, dev.Office)},
		Clock: func() string { return p.Clock(now().In(zone)) },
		Allowed: func(ctx context.Context) error {
			_, now, err := d.Devices.Device(ctx, token)
			if err == nil && (now.Settings != settings || now.Office != dev.Office) {
				return fault.NotFound("error.not_found") // it comes back with what is set now
			}
			return err
		},
		Make: func(ctx context.Context) ([]byte, error) {
			f, err := d.facts(ctx, dev.Org, dev.Office)
			if err != nil {
				return nil, err
			}
			return rendered(ctx, ui.Board(screen{texts: d.Site.Texts, settings: dev.Display(), facts: f}.board()))
		},
	})
}

// screen is what one display shows.
type screen struct {
	facts
	texts    *i18n.Catalog
	settings staff.DisplaySettings
}

// languages are those that it shows.
func (s screen) languages() []i18n.Lang { return s.settings.In(s.Org.Languages) }

// words is something said in its languages. What reads the same in two of them is said once.
func (s screen) words(say func(p *i18n.Printer) string) ui.DisplayWords {
	var out ui.DisplayWords
	for _, l := range s.languages() {
		text := say(s.texts.Printer(l))
		if text != "" && !slices.ContainsFunc(out, func(w ui.DisplayText) bool { return w.Text == text }) {
			out = append(out, ui.DisplayText{Lang: l, Text: text})
		}
	}
	return out
}

func (s screen) text(t i18n.Text) ui.DisplayWords {
	return s.words(func(p *i18n.Printer) string { return t.In(p.Lang()) })
}

func (s screen) shows(t queue.Ticket) bool { return s.settings.Shows(t.Service, t.Counter) }

func (s screen) page(b web.Base) ui.DisplayPage {
	name := i18n.Text{}
	if o, err := s.Office(s.office); err == nil {
		name = o.Name
	}
	p := s.texts.Printer(s.languages()[0])
	return ui.DisplayPage{
		Printer: p, Assets: b.Assets, Title: p.T("board.title"), Src: web.Path(b.Lang, "", "display") + "/stream", Clock: p.Clock(s.now),
		Place: s.Org.ShortName().In(p.Lang()) + ", " + name.In(p.Lang()), Date: ui.DisplayWords{{Lang: p.Lang(), Text: p.Day(s.now)}},
		Stale: stale(s.texts, s.languages()), Sound: p.T("board.sound"), SoundButton: p.T("board.sound_on"),
		Chime: !s.settings.NoChime, Speech: !s.settings.NoSpeech,
	}
}

// stale is what is said when nothing is heard, in every language of the display.
func stale(texts *i18n.Catalog, langs []i18n.Lang) string {
	var all []string
	for _, l := range langs {
		all = append(all, texts.Printer(l).T("line.stale", "time", "{time}"))
	}
	return strings.Join(all, " ")
}

func (s screen) board() ui.DisplayBoard {
	b := ui.DisplayBoard{Nobody: s.words(func(p *i18n.Printer) string { return p.T("board.nobody") })}
	for i, t := range s.calls(s.shows) {
		if i > mostCalls {
			break
		}
		c := s.call(t)
		if i == 0 {
			b.Newest = &c
		} else {
			b.Calls = append(b.Calls, c)
		}
	}
	for _, t := range s.order() {
		if s.shows(t) && len(b.NextNumbers) < mostNext {
			b.NextNumbers = append(b.NextNumbers, t.Name())
		}
	}
	b.Next = s.words(func(p *i18n.Printer) string { return p.T("board.next") })
	var last time.Time
	for _, l := range s.lines() {
		if !s.settings.Shows(l.Service.ID, "") {
			continue
		}
		if l.Until.After(last) {
			last = l.Until
		}
		if l.Waiting > 0 && len(b.Lines) < mostLines {
			b.Lines = append(b.Lines, s.line(l))
		}
	}
	switch {
	case last.IsZero() || s.now.Add(lastSoon).Before(last):
	case s.now.After(last):
		b.Notices = append(b.Notices, s.words(func(p *i18n.Printer) string { return p.T("board.over") }))
	default:
		b.Notices = append(b.Notices, s.words(func(p *i18n.Printer) string { return p.T("board.last", "time", p.Clock(last.In(s.Zone()))) }))
	}
	for _, m := range s.waits.Hall.Messages {
		b.Notices = append(b.Notices, s.text(m.Text))
	}
	return b
}

func (s screen) line(l queue.Line) ui.DisplayLine {
	s.settings.Languages = s.languages()[:1] // one line for each service: its name in two languages is two
	out := ui.DisplayLine{Name: s.text(l.Service.Name), Waiting: s.words(func(p *i18n.Printer) string { return p.N("board.waiting", l.Waiting) })}
	if l.Wait.Known() {
		out.Wait = s.words(func(p *i18n.Printer) string { return p.T("board.about", "wait", minutes(p, l.Wait)) })
	}
	return out
}

// said is something spoken in one language.
type said struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

// call is a call as it is shown and spoken: in the ticket's language, and then in the display's first.
func (s screen) call(t queue.Ticket) ui.DisplayCall {
	place := s.place(t.Counter)
	c := ui.DisplayCall{Key: fmt.Sprintf("%s:%d", t.ID, t.Calls), Number: t.Name(), Place: s.text(place)}
	if t.State != queue.Called || s.now.Unix()-t.CalledAt > announced {
		return c
	}
	var say []said
	for _, l := range []i18n.Lang{t.Lang, s.languages()[0]} {
		if _, ok := i18n.Lookup(string(l)); !ok || len(say) > 0 && say[0].Lang == string(l) {
			continue
		}
		say = append(say, said{string(l), s.texts.Printer(l).T("board.say", "number", spoken(t), "counter", place.In(l))})
	}
	words, err := json.Marshal(say)
	if err == nil {
		c.Say = string(words)
	}
	return c
}

// spoken is a number as it is read out: the letter, and the digits one by one where there are noughts before them.
func spoken(t queue.Ticket) string {
	digits := fmt.Sprintf("%03d", t.Number)
	if t.Number < 100 {
		digits = strings.Join(strings.Split(digits, ""), " ")
	}
	return strings.TrimSpace(t.Prefix + " " + digits)
}
