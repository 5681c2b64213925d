package inbox

import (
	"context"
	"io"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// figuresFacts is what the page of figures is made of.
type figuresFacts struct {
	Config                *catalog.Config
	From, Until           org.Date
	TypedFrom, TypedUntil string
	Figures               eservice.Figures
	Why                   error
}

// figuresOf counts the period that was asked for: without one, the last twelve months.
func (d *Door) figuresOf(v *web.Visit) (figuresFacts, error) {
	f := figuresFacts{Config: v.Org, Until: v.Org.Today(v.Now), TypedFrom: v.Query("from"), TypedUntil: v.Query("until")}
	if d.Forms == nil {
		return f, fault.NotFound("error.not_found")
	}
	begin := f.Until.At(12*60, time.UTC)
	f.From = org.DateOf(time.Date(begin.Year(), begin.Month()-11, 1, 12, 0, 0, 0, time.UTC))
	var wrong []fault.Field
	for _, x := range []struct {
		name, typed string
		to          *org.Date
	}{{"from", f.TypedFrom, &f.From}, {"until", f.TypedUntil, &f.Until}} {
		if x.typed == "" {
			continue
		}
		if day, ok := dateTyped(x.typed); ok {
			*x.to = day
		} else {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "field.date"})
		}
	}
	if len(wrong) > 0 {
		f.Why = fault.Invalid("form.invalid", nil, wrong...)
		return f, nil
	}
	var err error
	f.Figures, err = d.Forms.Figures(v.Ctx(), v.Actor(), v.OrgID(), f.From, f.Until)
	if web.Mendable(err) {
		f.Why, err = err, nil
	}
	return f, err
}

// figures shows what became of the forms that were sent.
func (d *Door) figures(v *web.Visit) error {
	f, err := d.figuresOf(v)
	if err != nil {
		return err
	}
	return d.show(v, newFiguresPage(d.page(v), f))
}

func (f figuresFacts) day(d org.Date) string { return d.At(12*60, f.Config.Zone()).Format("2.1.2006") }

func newFiguresPage(b web.Base, f figuresFacts) Page {
	b.Title = b.T("inbox.figures.title")
	p := Page{Base: b, Back: formsAt(b), Lead: b.T("inbox.figures.lead")}
	t := troubleOf(b, f.Why)
	p.blame(t)
	shown := func(typed string, d org.Date) string {
		if f.Why != nil && typed != "" {
			return typed
		}
		return f.day(d)
	}
	field := func(name, key, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: b.T(key), Value: value, Error: t.At(name), Short: true, NoSpelling: true, Autocomplete: "off"})
	}
	p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: formsAt(b, "figures"), Get: true}, ui.FieldRow(
		field("from", "inbox.forms.from", shown(f.TypedFrom, f.From)), field("until", "inbox.forms.until", shown(f.TypedUntil, f.Until)), ui.SubmitButton(ui.Button{Text: b.T("inbox.forms.show")}))))
	if f.Why != nil {
		return p
	}
	if f.Figures.All.Received == 0 {
		p.Parts = append(p.Parts, ui.P(b.T("inbox.forms.none")))
		return p
	}
	if f.Figures.Cut {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.figures.cut")}))
	}
	all := f.Figures.All
	all.Key = b.T("inbox.figures.all")
	same := func(key string) string { return key }
	p.Parts = append(p.Parts,
		f.table(b, "inbox.figures.all", []eservice.FigureRow{all}, same),
		f.table(b, "inbox.figures.by_form", f.Figures.Forms, func(key string) string { return formName(b, f.Config, ids.Form(key)) }),
		f.table(b, "inbox.figures.by_inbox", f.Figures.Inboxes, func(key string) string { return inboxName(b, f.Config.Inbox(ids.Inbox(key))) }),
		f.table(b, "inbox.figures.by_month", f.Figures.Months, func(key string) string {
			m, err := time.Parse("2006-01", key)
			if err != nil {
				return key
			}
			return m.Format("1/2006")
		}),
		ui.Muted(b.T("inbox.figures.few", "n", eservice.FewestTimes)),
		ui.LinkList([]ui.Link{{Href: at(b, "forms", "figures.csv") + "?from=" + f.From.String() + "&until=" + f.Until.String(), Text: b.T("inbox.figures.csv"), Download: true}}))
	return p
}

func (f figuresFacts) table(b web.Base, title string, rows []eservice.FigureRow, name func(string) string) web.Component {
	t := ui.TableData{Caption: b.T(title), HideCaption: true, Head: []string{
		b.T("inbox.figures.of"), b.T("submission.state.received"), b.T("inbox.figures.open"), b.T("submission.state.decided"), b.T("submission.state.withdrawn"), b.T("submission.state.closed"), b.T("inbox.figures.late"),
		b.T("inbox.figures.half"), b.T("inbox.figures.most"),
	}}
	for _, r := range rows {
		count := func(n int) ui.Cell { return ui.Cell{Text: strconv.Itoa(n), Number: true} }
		took := func(seconds int64) ui.Cell {
			if r.Decided < eservice.FewestTimes {
				return ui.Cell{Text: "–", Number: true}
			}
			return ui.Cell{Text: b.Printer.Duration(time.Duration(seconds) * time.Second), Number: true}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: name(r.Key)}, count(r.Received), count(r.Open), count(r.Decided), count(r.Withdrawn), count(r.Closed), count(r.Late), took(r.Median), took(r.P90)})
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
	rows := [][]string{{"by", "key", "received", "open", "decided", "withdrawn", "closed", "late", "median_s", "p90_s"}}
	put := func(by string, list ...eservice.FigureRow) {
		for _, r := range list {
			row := []string{by, r.Key}
			for _, n := range []int{r.Received, r.Open, r.Decided, r.Withdrawn, r.Closed, r.Late} {
				row = append(row, strconv.Itoa(n))
			}
			median, most := "", ""
			if r.Decided >= eservice.FewestTimes {
				median, most = strconv.FormatInt(r.Median, 10), strconv.FormatInt(r.P90, 10)
			}
			rows = append(rows, append(row, median, most))
		}
	}
	put("all", f.Figures.All)
	put("form", f.Figures.Forms...)
	put("inbox", f.Figures.Inboxes...)
	put("month", f.Figures.Months...)
	return v.Download("text/csv; charset=utf-8", "forms-"+f.From.String()+"-"+f.Until.String()+".csv", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(table(rows))
		return err
	})
}
