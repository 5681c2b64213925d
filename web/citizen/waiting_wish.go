package citizen

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/ui"
)

// typedWish are the answers to which times would do, as they were typed.
type typedWish struct {
	Offices     []ids.Office
	From, Until string
	Days        []string
	Part        string
	Notice      string // seconds
	Texts       bool   // wants offers by text message
}

// WishFields are the questions which times would do.
type WishFields struct {
	Offices     ui.Choices // no options where there is one office
	From, Until ui.Field
	Days, Part  ui.Choices
	Notice      ui.SelectField
	// Texts asks whether they want offers by text message; without a name it is not asked.
	Texts ui.CheckField
}

const noon org.Minute = 12 * 60

func typeWish(v *web.Visit) typedWish {
	form := v.R.PostForm
	w := typedWish{From: v.Form("from"), Until: v.Form("until"), Days: form["days"], Part: v.Form("part"), Notice: v.Form("notice"), Texts: v.Form("texts") == "1"}
	for _, o := range form["offices"] {
		w.Offices = append(w.Offices, ids.Office(o))
	}
	return w
}

// read makes a wish of what was typed, or says which fields are wrong.
func (t typedWish) read(v *web.Visit) (w waiting.Wish, wrong []fault.Field) {
	today := v.Org.Today(v.Now)
	w.Offices = t.Offices
	var err error
	if w.From, err = typedDate(t.From, today); err != nil {
		wrong = append(wrong, fault.Field{Name: "from", Key: "waiting.bad_date"})
	}
	if w.Until, err = typedDate(t.Until, today); err != nil {
		wrong = append(wrong, fault.Field{Name: "until", Key: "waiting.bad_date"})
	}
	if len(t.Days) > 0 {
		if w.Days, err = org.ParseWeekdays(strings.Join(t.Days, ",")); err != nil {
			wrong = append(wrong, fault.Field{Name: "days", Key: "field.required"})
		}
	}
	if w.Days == org.EveryDay {
		w.Days = 0
	}
	w.After, w.Before = waiting.Part(t.Part).Times()
	w.Notice = waiting.NoticeOf(t.Notice)
	if len(wrong) == 0 {
		if err := w.Check(today); err != nil {
			wrong = fault.Of(err).Fields
		}
	}
	return w, wrong
}

// typedDate reads a date as people write it: day, month and year with points, strokes or spaces between, or as computers do. Without a year it is the next
// such day. Nothing typed is no date.
func typedDate(s string, today org.Date) (org.Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return org.Date{}, nil
	}
	if d, err := org.ParseDate(s); err == nil {
		return d, nil
	}
	var n []int
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("./- \u00a0", r) }) {
		v := 0
		for _, c := range part {
			if c < '0' || c > '9' || len(part) > 4 {
				return org.Date{}, fault.Invalid("waiting.bad_date", nil)
			}
			v = v*10 + int(c-'0')
		}
		n = append(n, v)
	}
	switch len(n) {
	case 2:
		year, _, _ := today.YMD()
		d, err := org.MakeDate(year, time.Month(n[1]), n[0])
		if err != nil || d.Before(today) {
			d, err = org.MakeDate(year+1, time.Month(n[1]), n[0])
		}
		return d, err
	case 3:
		if n[2] < 100 {
			n[2] += 2000
		}
		return org.MakeDate(n[2], time.Month(n[1]), n[0])
	}
	return org.Date{}, fault.Invalid("waiting.bad_date", nil)
}

// wishFields puts the questions into words.
func wishFields(b web.Base, in waitInput, wrong []fault.Field) WishFields {
	said := map[string]string{}
	for _, f := range wrong {
		said[f.Name] = b.Printer.TA(f.Key, f.Args)
	}
	t := in.Typed
	w := WishFields{
		Offices: ui.Choices{Name: "offices", Legend: b.T("waiting.offices"), Hint: b.T("waiting.any_hint"), Optional: true, Error: said["offices"]},
		From:    ui.Field{Name: "from", Label: b.T("waiting.from"), Hint: b.T("waiting.date_hint"), Value: t.From, Optional: true, Short: true, NoSpelling: true, Error: said["from"]},
		Until:   ui.Field{Name: "until", Label: b.T("waiting.until"), Value: t.Until, Optional: true, Short: true, NoSpelling: true, Error: said["until"]},
		Days:    ui.Choices{Name: "days", Legend: b.T("waiting.days"), Hint: b.T("waiting.any_hint"), Optional: true, Error: said["days"]},
		Part:    ui.Choices{Name: "part", Legend: b.T("waiting.part"), Error: said["before"]},
	}
	w.Notice = ui.SelectField{Name: "notice", Label: b.T("waiting.notice"), Hint: b.T("waiting.notice_hint"), Value: t.Notice, Options: noticeOptions(b)}
	if booking.MayText(in.Config, in.Service.ID) {
		w.Texts = ui.CheckField{
			ID: "texts", Name: "texts", Label: b.T("waiting.texts"), Hint: b.T("waiting.texts_hint"), Checked: t.Texts, Error: said["texts"],
		}
		if in.Moves != nil && !notify.IsMobile(in.Moves.Phone) {
			w.Texts = ui.CheckField{}
		}
	}
	if offices := waitingOffices(in.Config, in.Service.ID); len(offices) > 1 {
		for _, o := range offices {
			w.Offices.Options = append(w.Offices.Options, ui.Choice{Value: string(o.ID), Label: o.Name.In(b.Lang), Checked: slices.Contains(t.Offices, o.ID)})
		}
	}
	for _, d := range booking.WaitingDays(in.Config, in.Service.ID).Days() {
		name := org.OnDays(d).String()
		w.Days.Options = append(w.Days.Options, ui.Choice{Value: name, Label: weekdayName(b, d), Checked: slices.Contains(t.Days, name)})
	}
	for _, part := range waiting.Parts {
		p := string(part)
		w.Part.Options = append(w.Part.Options, ui.Choice{Value: p, Label: b.T("waiting.part_" + p), Checked: p == t.Part || part == waiting.AnyPart && t.Part == ""})
	}
	return w
}

func wishErrors(p *i18n.Printer, wrong []fault.Field) (out []ui.ErrorItem) {
	for _, row := range [][3]string{
		{"offices", "waiting.offices", "offices"}, {"from", "waiting.from", "from"}, {"until", "waiting.until", "until"}, {"days", "waiting.days", "days"},
		{"before", "waiting.part", "part"}, {"texts", "waiting.texts", "texts"},
	} {
		for _, f := range wrong {
			if f.Name == row[0] {
				out = append(out, ui.ErrorItem{Href: "#" + row[2], Text: p.T("details.wrong", "field", i18n.Key(row[1]), "what", p.TA(f.Key, f.Args))})
			}
		}
	}
	return out
}

// noticeOptions are how long before a time somebody wants to hear of it.
func noticeOptions(b web.Base) []ui.Option {
	var out []ui.Option
	for _, n := range waiting.Notices {
		text := b.T("waiting.notice_any")
		if n > 0 {
			text = b.T("waiting.notice_before", "time", b.Printer.Duration(time.Duration(n)*time.Second))
		}
		out = append(out, ui.Option{Value: strconv.FormatInt(n, 10), Text: text})
	}
	return out
}

// waitingOffices are those of a service that have a waiting list.
func waitingOffices(c *catalog.Config, service ids.Service) []*org.Office {
	return slices.DeleteFunc(slices.Clone(c.OfficesOf(service)), func(o *org.Office) bool { return !booking.HasWaitingList(c, service, o.ID) })
}

// aMonday is any Monday: days of the week are named by dates.
var aMonday = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func weekdayName(b web.Base, d time.Weekday) string {
	return b.Printer.Weekday(aMonday.AddDate(0, 0, (int(d)+6)%7))
}

// wishRows says in words which times somebody waits for.
func wishRows(b web.Base, c *catalog.Config, e booking.Waiter) []ui.SummaryRow {
	w, zone := e.Wish, c.Zone()
	rows := []ui.SummaryRow{{Key: b.T("common.service"), Content: ui.Words(b.Printer, serviceName(c, e.Service))}}
	var offices []string
	for _, id := range w.Offices {
		if o, err := c.Office(id); err == nil {
			offices = append(offices, o.Name.In(b.Lang))
		}
	}
	if len(offices) == 0 {
		offices = []string{b.T("waiting.any_office")}
	}
	rows = append(rows, ui.SummaryRow{Key: b.T("common.place"), Value: b.Printer.List(offices)})
	if w.Earlier != 0 {
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.earlier"), Value: b.Printer.At(time.Unix(w.Earlier, 0).In(zone)), Capital: true})
	}
	if !w.From.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.from"), Value: b.Printer.LongDate(w.From.At(noon, zone)), Capital: true})
	}
	if !w.Until.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.until"), Value: b.Printer.LongDate(w.Until.At(noon, zone)), Capital: true})
	}
	if w.Days != 0 {
		var days []string
		for _, d := range w.Days.Days() {
			days = append(days, weekdayName(b, d))
		}
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.days"), Value: b.Printer.List(days), Capital: true})
	}
	if w.Notice > 0 {
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.notice"), Value: b.T("waiting.notice_before", "time", b.Printer.Duration(time.Duration(w.Notice)*time.Second))})
	}
	if part := w.Part(); part != waiting.AnyPart {
		rows = append(rows, ui.SummaryRow{Key: b.T("waiting.part"), Value: b.T("waiting.part_" + string(part))})
	}
	return rows
}
