package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// Texts is what an organisation sends by text message, and may send.
type Texts interface {
	Use(ctx context.Context, o ids.Org, month int64) (notify.Use, error)
	LetGo(ctx context.Context, who actor.Actor, o ids.Org) error
	SetLimits(ctx context.Context, who actor.Actor, o ids.Org, l notify.Limits) error
}

// texts shows whether text messages go, and how many went.
func (d *Door) texts(v *web.Visit) error {
	u, err := d.Texts.Use(v.Ctx(), orgOf(v), monthOf(v.Now))
	if err != nil {
		return err
	}
	p := newTextsPage(page(v, ""), u, whereOf(v))
	switch v.Query("done") {
	case "gone":
		p.Done = p.T("text_stop.done_gone")
	case "limits":
		p.Done = p.T("text_stop.done_limits")
	}
	return show(v, p)
}

func monthOf(now time.Time) int64 {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix()
}

// whyText says why messages stopped.
func whyText(b web.Base, w notify.Why) string {
	switch w {
	case notify.WhyNeighbours:
		return b.T("text_stop.why_neighbours")
	case notify.WhyCountry, notify.WhyPremium:
		return b.T("text_stop.why_dear")
	case notify.WhyBudget:
		return b.T("text_stop.why_budget")
	}
	return b.T("text_stop.why_burst")
}

func newTextsPage(b web.Base, u notify.Use, w where) DeskPage {
	b.Title = b.T("text_stop.title")
	p := DeskPage{Base: b, Lead: b.T("text_stop.lead")}
	budget := b.T("text_stop.no_budget")
	if u.Own.Budget > 0 {
		budget = strconv.Itoa(u.Own.Budget)
	}
	figures := ui.DefinitionList([]ui.DefinitionRow{{Key: b.T("text_stop.month"), Value: strconv.Itoa(u.Month)}, {Key: b.T("text_stop.budget"), Value: budget}})
	change := ui.Link{Href: adminAt(b, "texts", "limits"), Text: b.T("text_stop.change")}
	if !u.Stop.Open {
		p.Parts = []web.Component{ui.Alert(ui.AlertBox{Title: b.T("text_stop.go"), Text: b.T("text_stop.go_text"), Quiet: true}), figures, ui.LinkButton(ui.Primary, change)}
		return p
	}
	p.Parts = []web.Component{
		ui.Alert(ui.AlertBox{Kind: ui.Danger, Title: b.T("text_stop.stopped", "when", w.time(b, u.Stop.At)), Text: whyText(b, u.Stop.Why), Quiet: true}), figures,
		form(ui.FormData{Action: adminAt(b, "texts", "go")}, ui.Button{Text: b.T("text_stop.let_go")}, change),
	}
	return p
}

// textsGo lets messages go again.
func (d *Door) textsGo(v *web.Visit) error {
	if err := d.Texts.LetGo(v.Ctx(), v.Actor(), orgOf(v)); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "texts") + "?done=gone")
}

// limitFields are what is asked of limits: their names, labels and hints.
var limitFields = []struct{ name, label, hint string }{
	{"prefixes", "text_stop.prefixes", "text_stop.prefixes_hint"},
	{"per_number", "text_stop.per_number", "text_stop.usual_hint"},
	{"burst", "text_stop.burst", "text_stop.burst_hint"},
	{"budget", "text_stop.budget", "text_stop.budget_hint"},
}

// textsLimits asks for an organisation's own limits.
func (d *Door) textsLimits(v *web.Visit) error {
	u, err := d.Texts.Use(v.Ctx(), orgOf(v), monthOf(v.Now))
	if err != nil {
		return err
	}
	typed := map[string]string{"prefixes": strings.Join(u.Own.Prefixes, " ")}
	for name, n := range map[string]int{"per_number": u.Own.PerNumber, "burst": u.Own.Burst, "budget": u.Own.Budget} {
		if n > 0 {
			typed[name] = strconv.Itoa(n)
		}
	}
	return show(v, newLimitsPage(page(v, ""), typed, nil))
}

func newLimitsPage(b web.Base, typed map[string]string, why error) DeskPage {
	b.Title = b.T("text_stop.limits_title")
	p := DeskPage{Base: b, Back: adminAt(b, "texts"), Lead: b.T("text_stop.limits_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	var fields []web.Component
	for _, f := range limitFields {
		field := ui.Field{
			Name: f.name, Label: b.T(f.label), Hint: b.T(f.hint), Value: typed[f.name], Error: t.At(f.name), Optional: true, NoSpelling: true, Autocomplete: "off",
		}
		if f.name != "prefixes" {
			field.InputMode, field.Short = "numeric", true
		}
		fields = append(fields, ui.TextField(b.Printer, field))
	}
	p.Parts = []web.Component{form(ui.FormData{Action: adminAt(b, "texts", "limits")}, ui.Button{Text: b.T("text_stop.save")},
		ui.Link{Href: adminAt(b, "texts"), Text: b.T("people.cancel")}, fields...)}
	return p
}

// textsLimitsPost writes them.
func (d *Door) textsLimitsPost(v *web.Visit) error {
	typed := map[string]string{}
	var wrong []fault.Field
	read := func(name string) int {
		s := strings.TrimSpace(typed[name])
		n, err := strconv.Atoi(s)
		if s != "" && (err != nil || n < 0 || n > 100_000_000) {
			wrong = append(wrong, fault.Field{Name: name, Key: "text_stop.number_wrong"})
		}
		return n
	}
	for _, f := range limitFields {
		typed[f.name] = v.Form(f.name)
	}
	l := notify.Limits{
		Prefixes:  strings.FieldsFunc(typed["prefixes"], func(r rune) bool { return r == ' ' || r == ',' || r == ';' }),
		PerNumber: read("per_number"), Burst: read("burst"), Budget: read("budget"),
	}
	var err error
	if len(wrong) > 0 {
		err = fault.Invalid("form.invalid", nil, wrong...)
	} else {
		err = d.Texts.SetLimits(v.Ctx(), v.Actor(), orgOf(v), l)
	}
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newLimitsPage(page(v, ""), typed, err))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "texts") + "?done=limits")
}

// textsSamples are the pages about text messages in their states.
func textsSamples() []web.Sample {
	own := notify.Limits{Budget: 5000, Prefixes: []string{"+358", "+46"}}
	stopped := func(w notify.Why) func(b web.Base) DeskPage {
		return func(b web.Base) DeskPage {
			return newTextsPage(b, notify.Use{Own: own, Month: 1234, Stop: notify.Stop{Open: true, Why: w, At: sampleTime}}, sampleWhere())
		}
	}
	return []web.Sample{
		desked("texts", "", func(b web.Base) DeskPage { return newTextsPage(b, notify.Use{Month: 1234}, sampleWhere()) }),
		desked("texts", "neighbours", stopped(notify.WhyNeighbours)),
		desked("texts", "burst", stopped(notify.WhyBurst)),
		desked("texts", "dear", stopped(notify.WhyPremium)),
		desked("texts", "budget", stopped(notify.WhyBudget)),
		desked("texts", "limits", func(b web.Base) DeskPage { return newLimitsPage(b, map[string]string{"prefixes": "+358 +46"}, nil) }),
		desked("texts", "limits-errors", func(b web.Base) DeskPage {
			return newLimitsPage(b, map[string]string{"prefixes": "358", "budget": "paljon"}, allWrong("prefixes", "text_stop.prefix_wrong", "budget", "text_stop.number_wrong"))
		}),
	}
}
