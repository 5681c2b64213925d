package lobby

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// figuresFacts is what the page of figures is made of.
type figuresFacts struct {
	Config      *catalog.Config
	Office      *org.Office
	From, Until org.Date
	Today       org.Date
	Figures     queue.Figures
	// Typed are the dates as they were typed, Why what was wrong with them.
	TypedFrom, TypedUntil string
	Why                   error
}

// figures shows the figures of a day, or of several.
func (d *Door) figures(v *web.Visit) error {
	f, err := d.figuresOf(v)
	if err != nil {
		return err
	}
	return d.show(v, newFiguresPage(d.page(v), f))
}

func (d *Door) figuresOf(v *web.Visit) (figuresFacts, error) {
	o, err := d.office(v)
	if err != nil {
		return figuresFacts{}, err
	}
	today := v.Org.Today(v.Now)
	f := figuresFacts{Config: v.Org, Office: o, Today: today, From: today, Until: today, TypedFrom: v.Query("day"), TypedUntil: v.Query("until")}
	var wrong []fault.Field
	if f.TypedFrom != "" {
		if day, ok := dayOf(f.TypedFrom, today); ok {
			f.From, f.Until = day, day
		} else {
			wrong = append(wrong, fault.Field{Name: "day", Key: "field.date"})
		}
	}
	if f.TypedUntil != "" {
		if day, ok := dayOf(f.TypedUntil, today); ok {
			f.Until = day
		} else {
			wrong = append(wrong, fault.Field{Name: "until", Key: "field.date"})
		}
	}
	if len(wrong) > 0 {
		f.Why = fault.Invalid("form.invalid", nil, wrong...)
		return f, nil
	}
	f.Figures, err = d.Queue.Figures(v.Ctx(), v.Actor(), v.OrgID(), o.ID, f.From, f.Until)
	if web.Mendable(err) {
		f.Why, err = err, nil
	}
	return f, err
}

// dayOf reads a date as addresses have it (2026-11-20) or as people write it (20.11.2026, 20.11.).
func dayOf(s string, today org.Date) (org.Date, bool) {
	if d, err := org.ParseDate(s); err == nil {
		return d, true
	}
	for _, layout := range []string{"2.1.2006", "2.1.", "2.1"} {
		t, err := time.Parse(layout, strings.ReplaceAll(s, " ", ""))
		if err != nil {
			continue
		}
		if layout != "2.1.2006" {
			t = t.AddDate(today.At(12*60, time.UTC).Year()-t.Year(), 0, 0)
		}
		return org.DateOf(t), true
	}
	return org.Date{}, false
}

func (f figuresFacts) day(d org.Date) time.Time { return d.At(12*60, f.Config.Zone()) }

func newFiguresPage(b web.Base, f figuresFacts) Page {
	days := b.Printer.LongDate(f.day(f.From))
	if !f.From.Equal(f.Until) {
		days = b.Printer.DayRange(f.day(f.From), f.day(f.Until))
	}
	b.Title = b.T("figures.title", "place", f.Office.Name.In(b.Lang))
	p := Page{Base: b, Back: at(b, string(f.Office.ID)), Lead: days}
	tr := web.TroubleOf(b, f.Why)
	p.blame(tr)
	shown := func(typed string, d org.Date) string {
		if typed != "" && f.Why != nil {
			return typed
		}
		return f.day(d).Format("2.1.2006")
	}
	action := at(b, string(f.Office.ID), "figures")
	p = p.with(parts.Form(ui.FormData{Action: action, Get: true}, ui.FieldRow(
		ui.TextField(b.Printer, ui.Field{Name: "day", Label: b.T("figures.from"), Value: shown(f.TypedFrom, f.From), Error: tr.At("day"), Short: true, NoSpelling: true, Autocomplete: "off"}),
		ui.TextField(b.Printer, ui.Field{Name: "until", Label: b.T("figures.until"), Value: shown(f.TypedUntil, f.Until), Error: tr.At("until"), Short: true, NoSpelling: true, Autocomplete: "off"}),
		ui.SubmitButton(ui.Button{Text: b.T("figures.show")}))))
	if f.Why != nil {
		return p
	}
	all := f.Figures.All
	if all.Came == 0 {
		return p.with(ui.P(b.T("figures.none")))
	}
	p = p.with(ui.DefinitionList([]ui.DefinitionRow{
		{Key: b.T("figures.came"), Value: b.T("figures.came_of", "n", all.Came, "booked", all.Booked)},
		{Key: b.T("figures.served"), Value: strconv.Itoa(all.Served)},
		{Key: b.T("figures.missed"), Value: strconv.Itoa(all.Missed)},
		{Key: b.T("figures.left"), Value: strconv.Itoa(all.Left)},
		{Key: b.T("figures.wait"), Value: spread(b, all.Wait)},
		{Key: b.T("figures.service"), Value: spread(b, all.Service)},
		{Key: b.T("figures.off"), Value: spread(b, all.Off)},
	}))
	p = p.with(
		f.table(b, "figures.by_hour", f.Figures.Hours, func(key string) string { return b.T("figures.hour", "hour", strings.TrimPrefix(key, "0")) }),
		f.table(b, "figures.by_service", f.Figures.Services, func(key string) string { return serviceName(b, f.Config, ids.Service(key)) }),
		f.table(b, "figures.by_counter", f.Figures.Counters, func(key string) string { return unitName(b, f.Config, f.Office.ID, ids.Unit(key)) }),
	)
	query := "?day=" + f.From.String() + "&until=" + f.Until.String()
	return p.with(ui.LinkList([]ui.Link{{Href: at(b, string(f.Office.ID), "figures.csv") + query, Text: b.T("figures.csv"), Download: true}}))
}

// spread is "median 8 minutes, nine of ten within 15 minutes".
func spread(b web.Base, s queue.Spread) string {
	if s.N == 0 {
		return b.T("figures.unknown")
	}
	return b.T("figures.spread", "median", b.Printer.Duration(time.Duration(s.Median)*time.Second), "p90", b.Printer.Duration(time.Duration(s.P90)*time.Second))
}

func (f figuresFacts) table(b web.Base, title string, rows []queue.FigureRow, name func(string) string) web.Component {
	if len(rows) == 0 {
		return tags(nil)
	}
	t := ui.TableData{Caption: b.T(title), HideCaption: true, Head: []string{
		b.T("figures.of"), b.T("figures.came"), b.T("figures.served"), b.T("figures.missed"), b.T("figures.left"), b.T("figures.wait_half"), b.T("figures.wait_most"), b.T("figures.service_half"), b.T("figures.service_most"),
	}}
	for _, r := range rows {
		count := func(n int) ui.Cell { return ui.Cell{Text: strconv.Itoa(n), Number: true} }
		minutes := func(s queue.Spread, seconds int64) ui.Cell {
			if s.N == 0 {
				return ui.Cell{Text: b.T("figures.unknown"), Number: true}
			}
			return count(int((seconds + 59) / 60))
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: name(r.Key)}, count(r.Came), count(r.Served), count(r.Missed), count(r.Left),
			minutes(r.Wait, r.Wait.Median), minutes(r.Wait, r.Wait.P90), minutes(r.Service, r.Service.Median), minutes(r.Service, r.Service.P90),
		})
	}
	return parts.Section(b.T(title), ui.Table(t))
}

// figuresCSV is the figures as a file: seconds, and identifiers rather than names.
func (d *Door) figuresCSV(v *web.Visit) error {
	f, err := d.figuresOf(v)
	if err == nil {
		err = f.Why
	}
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+string(f.Office.ID)+"-"+f.From.String()+"-"+f.Until.String()+`.csv"`)
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(f.csv()) // the reader has gone: nobody is left to tell
	return nil
}

func (f figuresFacts) csv() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{ // a Buffer takes everything
		"by", "key", "came", "booked", "served", "missed", "left", "waits", "wait_median_s", "wait_p90_s", "services", "service_median_s", "service_p90_s", "estimates", "estimate_off_median_s", "estimate_off_p90_s",
	})
	put := func(by string, rows ...queue.FigureRow) {
		for _, r := range rows {
			line := []string{by, r.Key}
			for _, n := range []int{r.Came, r.Booked, r.Served, r.Missed, r.Left} {
				line = append(line, strconv.Itoa(n))
			}
			for _, s := range []queue.Spread{r.Wait, r.Service, r.Off} {
				line = append(line, strconv.Itoa(s.N), strconv.FormatInt(s.Median, 10), strconv.FormatInt(s.P90, 10))
			}
			_ = w.Write(line)
		}
	}
	put("all", f.Figures.All)
	put("hour", f.Figures.Hours...)
	put("service", f.Figures.Services...)
	put("counter", f.Figures.Counters...)
	w.Flush()
	return out.Bytes()
}
