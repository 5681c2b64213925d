package jobs

import (
	"strconv"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/web"
)

// composeText writes one text message. It names nobody, and where the policy says so neither the service nor the office.
func composeText(p *i18n.Printer, f facts) notify.Text {
	w := writer{p, f}
	return notify.Text{
		Org: f.notice.Org, ID: f.notice.Ref(), Event: f.notice.Event, Lang: p.Lang(), To: f.appointment.Details.Phone, From: f.sender, Text: w.text(),
	}
}

// text is a text message: in the organisation's own words, or else in the product's.
func (w writer) text() string {
	facts, fill := w.textFacts(), notify.FillText
	if w.config.Policy(w.appointment.Service, w.appointment.Office).Marks {
		fill = notify.FillLine
	}
	if own, ok := w.own(notify.PartSMS); ok && w.variant() != asking {
		if text := fill(own, facts); text != "" {
			return text
		}
	}
	return fill(notify.ProductText(w.Printer, w.notice.Event, w.variant()), facts)
}

// own is what the organisation words itself of a notice, in the language of the message.
func (w writer) own(p notify.Part) (wording string, ok bool) {
	return notify.Own(w.config.Wordings, notify.OccasionOf(w.notice.Event, w.variant() == byOffice), p, w.Lang(), w.discreet())
}

// byOffice is the variant of what the office did, asking of what asks a number whether it wants offers: always in the product's words.
const (
	byOffice = "office"
	asking   = "ask"
)

// variant tells apart what the same event says in two ways.
func (w writer) variant() string {
	switch {
	case w.notice.Channel != notify.SMS:
	case w.notice.Event == notify.WaitingJoined && w.notice.Args[booking.AskArg] != "":
		return asking
	case w.notice.Event == notify.TimeOffered && w.sender != "":
		return "own"
	}
	if w.notice.Event == notify.AppointmentCancelled && w.appointment.CancelledBy == byOffice || w.notice.Event == notify.AppointmentMoved && w.notice.Args["by"] == byOffice {
		return byOffice
	}
	return ""
}

// mailFacts are what stands in the places of a mail's own words: as in a text message, with times as they stand in a sentence.
func (w writer) mailFacts() map[string]string {
	out := w.textFacts()
	for name, unix := range w.times() {
		out[name] = w.At(w.in(unix))
	}
	return out
}

// times are the moments that a message may name.
func (w writer) times() map[string]int64 {
	a, out := w.appointment, map[string]int64{}
	if a.Start != 0 {
		out["time"] = a.Start
	}
	if from, err := strconv.ParseInt(w.notice.Args["from"], 10, 64); err == nil {
		out["old_time"] = from
	}
	switch {
	case w.notice.Event == notify.TimeOffered:
		out["until"] = w.offer.ExpiresAt
	case a.ExpiresAt != 0:
		out["until"] = a.ExpiresAt
	}
	return out
}

// textFacts are what stands in the places of a wording.
func (w writer) textFacts() map[string]string {
	a := w.appointment
	out := map[string]string{"organisation": w.config.Org.Name.In(w.Lang())}
	for name, unix := range w.times() {
		out[name] = w.shortTime(unix)
	}
	if !w.discreet() {
		out["service"] = oneLine(w.say(serviceName(w.config, a.Service)).Text)
		if o := w.officeOf(); o != nil {
			out["place"] = oneLine(o.Name.In(w.Lang()))
		}
	}
	if w.notice.Event != notify.AppointmentCancelled && w.code != "" {
		out["code"] = w.code
	}
	if w.pin != "" && w.notice.Event != notify.AppointmentCancelled {
		out["pin"] = w.T("sms_notice.pin", "pin", w.pin)
	}
	if phone, _ := w.phone(); phone != "" {
		out["phone"] = phone
	}
	if w.token != "" {
		out["link"] = strings.TrimSuffix(w.baseURL, "/") + web.ShortPath + w.token
	}
	return out
}

// shortTime is a day and a time in few characters, as in "ma 23.11. klo 9.20".
func (w writer) shortTime(unix int64) string { return shortTime(w.Printer, w.in(unix)) }

func shortTime(p *i18n.Printer, t time.Time) string {
	return p.T("sms_notice.when", "weekday", p.WeekdayShort(t), "day", t.Day(), "month", int(t.Month()), "clock", p.Clock(t))
}

// discreet reports whether a message names neither the service nor the office.
func (f facts) discreet() bool {
	return f.config.Policy(f.appointment.Service, f.appointment.Office).Discreet
}
