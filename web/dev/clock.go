package dev

import (
	"net/http"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/web"
	"luukku/web/ui"
)

// step is one move of the clock.
type step struct {
	value string
	by    time.Duration
	key   string
}

// steps are by how much the clock can be moved at once.
var steps = []step{
	{"1m", time.Minute, "dev.forward.minute"}, {"16m", 16 * time.Minute, "dev.forward.hold"}, {"1h", time.Hour, "dev.forward.hour"},
	{"1d", 24 * time.Hour, "dev.forward.day"}, {"1w", 7 * 24 * time.Hour, "dev.forward.week"},
}

// ClockPage shows the demo's time and moves it.
type ClockPage struct {
	web.Base
	Now     string
	Moved   bool
	Buttons []ui.Button
}

func (d *Door) clock(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowClock(newClock(v.Base(""), v.Now.In(v.Zone()), v.Query("done") != "")))
}

func newClock(b web.Base, now time.Time, moved bool) ClockPage {
	b.Title, b.NoIndex = b.T("dev.clock"), true
	p := ClockPage{Base: b, Now: b.T("dev.now", "day", b.Printer.LongDate(now), "time", b.Printer.Clock(now)), Moved: moved}
	for _, s := range steps {
		p.Buttons = append(p.Buttons, ui.Button{Text: b.T(s.key), Name: "by", Value: s.value, Look: ui.Secondary})
	}
	return p
}

func (d *Door) clockPost(v *web.Visit) error {
	i := slices.IndexFunc(steps, func(s step) bool { return s.value == v.Form("by") })
	if i < 0 {
		return fault.Invalid("error.bad_request", nil)
	}
	if err := d.forward(v.Ctx(), steps[i].by); err != nil {
		return err
	}
	d.kick()
	return v.SeeOther(web.Path(v.Lang, "", "dev", "clock") + "?done=moved")
}
