package admin

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// holdFormRoutes are the pages of forms that were sent and are held, so that they are not deleted.
func (d *Door) holdFormRoutes(at string) []web.Route {
	const right = actor.LetterHold
	return []web.Route{
		web.GET(at+"holds/forms", right, d.heldForms),
		web.POST(at+"holds/forms", right, d.heldFormsPost),
		web.GET(at+"holds/forms/{submission}/release", right, d.heldFormRelease),
		web.POST(at+"holds/forms/{submission}/release", right, d.heldFormReleasePost),
	}
}

// heldFacts is what the page of forms that are held is made of.
type heldFacts struct {
	List  []eservice.Held
	Names map[ids.Form]i18n.Text
	Now   int64
	Zone  *time.Location
	// Typed is what is to be held, Until as it was typed.
	Typed eservice.Holding
	Until string
	Why   error
}

func (d *Door) heldOf(v *web.Visit) (f heldFacts, err error) {
	f.Now, f.Zone, f.Names = v.Now.Unix(), v.Org.Zone(), map[ids.Form]i18n.Text{}
	for _, x := range v.Org.Forms {
		f.Names[x.ID] = x.Name
	}
	f.List, err = d.Forms.Holds(v.Ctx(), v.Actor(), v.OrgID())
	return f, err
}

// heldForms lists the forms that are held, and asks for another.
func (d *Door) heldForms(v *web.Visit) error {
	f, err := d.heldOf(v)
	if err != nil {
		return err
	}
	f.Typed.Number = strings.TrimSpace(v.Query("number"))
	p := newHeldFormsPage(page(v, ""), f)
	if done := v.Query("done"); done == "held" || done == "released" {
		p.Done = p.T("hold.forms.done_" + done)
	}
	return show(v, p)
}

// heldFormsPost holds a form. What was typed stays.
func (d *Door) heldFormsPost(v *web.Visit) error {
	r := eservice.Holding{Org: v.OrgID(), Number: strings.TrimSpace(v.Form("number")), Why: mailbox.HoldWhy(v.Form("why")), Ref: strings.TrimSpace(v.Form("ref"))}
	until := strings.TrimSpace(v.Form("until"))
	var err error
	if day, ok := readDay(strings.ReplaceAll(until, " ", "")); ok {
		r.Until = day
	} else if until != "" {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "field.date"})
	}
	if err == nil {
		err = d.Forms.HoldSent(v.Ctx(), v.Actor(), r)
	}
	if err == nil {
		return leadTo(v, "?done=held", "holds", "forms")
	}
	if !fault.Is(err, fault.KindInvalid) {
		return err
	}
	f, readErr := d.heldOf(v)
	if readErr != nil {
		return readErr
	}
	f.Typed, f.Until, f.Why = r, until, err
	return show(v, newHeldFormsPage(page(v, ""), f))
}

func newHeldFormsPage(b web.Base, f heldFacts) DeskPage {
	b.Title = b.T("hold.forms.title")
	p := DeskPage{Base: b, Back: at(b, "holds"), Lead: b.T("hold.forms.lead")}
	t := web.TroubleOf(b, f.Why)
	p.blame(t)
	table := ui.TableData{Caption: b.T("hold.forms.list"), HideCaption: true, Head: []string{
		b.T("submission.fact.number"), b.T("inbox.forms.form"), b.T("submission.fact.state"), b.T("hold.why"), b.T("hold.ref"), b.T("hold.since"), b.T("hold.forms.until"), b.T("hold.actions"),
	}}
	day := func(at int64) string { return b.Printer.Day(time.Unix(at, 0).In(f.Zone)) }
	for _, h := range f.List {
		until := b.T("hold.forms.no_end")
		if h.Until > 0 {
			if until = day(h.Until); h.Over(f.Now) {
				until = b.T("hold.forms.over", "day", until)
			}
		}
		table.Rows = append(table.Rows, []ui.Cell{
			{Text: h.Number}, {Text: cmp.Or(f.Names[h.Form].In(b.Lang), string(h.Form))}, {Text: b.T("submission.state." + string(h.State))}, {Text: b.T("hold.why_" + string(h.Why))}, {Text: cmp.Or(h.Ref, "–")},
			{Text: day(h.At)}, {Text: until}, {Content: ui.A(ui.Link{Href: at(b, "holds", "forms", string(h.Submission), "release"), Text: b.T("hold.release"), Hidden: h.Number})},
		})
	}
	whys := ui.Choices{Name: "why", Legend: b.T("hold.why"), Error: t.At("why")}
	for _, x := range mailbox.HoldWhys {
		whys.Options = append(whys.Options, ui.Choice{Value: string(x), Label: b.T("hold.why_" + string(x)), Checked: f.Typed.Why == x})
	}
	line := func(name, label, hint, value string, optional bool) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: t.At(name), NoSpelling: true, Autocomplete: "off", Optional: optional})
	}
	p.Parts = []web.Component{
		listOf(b.T("hold.forms.list"), table, b.T("hold.forms.none")), ui.H2("hold", b.T("hold.forms.new")),
		form(ui.FormData{Action: at(b, "holds", "forms")}, ui.Button{Text: b.T("hold.button")}, ui.Link{},
			line("number", b.T("submission.fact.number"), "", f.Typed.Number, false), ui.Radios(b.Printer, whys), line("ref", b.T("hold.ref"), b.T("hold.ref_hint"), f.Typed.Ref, true),
			line("until", b.T("hold.forms.until"), b.T("hold.forms.until_hint"), f.Until, true)),
	}
	return p
}

// heldFormRelease asks once more before a form is let go.
func (d *Door) heldFormRelease(v *web.Visit) error {
	f, err := d.heldOf(v)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(f.List, func(h eservice.Held) bool { return string(h.Submission) == v.R.PathValue("submission") })
	if i < 0 {
		return fault.NotFound("error.not_found")
	}
	return show(v, newHeldFormReleasePage(page(v, ""), f.List[i]))
}

func newHeldFormReleasePage(b web.Base, h eservice.Held) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("hold.forms.release_title"), What: b.T("hold.forms.release_what", "number", h.Number), Yes: b.T("hold.release"), Back: at(b, "holds", "forms"),
		Action: at(b, "holds", "forms", string(h.Submission), "release"),
	})
}

// heldFormReleasePost lets a form go.
func (d *Door) heldFormReleasePost(v *web.Visit) error {
	if err := d.Forms.ReleaseSent(v.Ctx(), v.Actor(), v.OrgID(), ids.Submission(v.R.PathValue("submission"))); err != nil {
		return err
	}
	return leadTo(v, "?done=released", "holds", "forms")
}

// heldSamples are the pages of forms that are held.
func heldSamples() []web.Sample {
	now := time.Date(2026, time.November, 20, 9, 2, 0, 0, time.UTC)
	facts := func(change func(f *heldFacts)) heldFacts {
		hold := func(id, number string, until int64) eservice.Held {
			return eservice.Held{
				Hold:   eservice.Hold{Org: "vuorela", Submission: ids.Submission(id), Why: mailbox.HoldAppeal, Ref: "KHO/17/2026", At: now.Unix() - 9*86400, Until: until},
				Number: number, Form: "parking", State: eservice.Decided,
			}
		}
		f := heldFacts{
			List: []eservice.Held{hold("1", "2026-000123", 0), hold("2", "2026-000124", now.Unix()+30*86400), hold("3", "2026-000125", now.Unix()-86400)}, Now: now.Unix(), Zone: time.UTC,
			Names: map[ids.Form]i18n.Text{"parking": {"fi": "Asukaspysäköintihakemus", "sv": "Ansökan om boendeparkering", "en": "Application for resident parking", "cs": "Žádost o rezidentní parkování"}},
		}
		if change != nil {
			change(&f)
		}
		return f
	}
	return []web.Sample{
		desked("held-forms", "", func(b web.Base) DeskPage { return newHeldFormsPage(b, facts(nil)) }),
		desked("held-forms", "none", func(b web.Base) DeskPage { return newHeldFormsPage(b, facts(func(f *heldFacts) { f.List = nil })) }),
		desked("held-forms", "errors", func(b web.Base) DeskPage {
			return newHeldFormsPage(b, facts(func(f *heldFacts) {
				f.Typed, f.Until = eservice.Holding{Number: "2026-999999", Ref: "?", Until: org.Date{}}, "31.2.2026"
				f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "submission.no_number"}, fault.Field{Name: "why", Key: "error.field.choose"}, fault.Field{Name: "ref", Key: "hold.bad_ref"}, fault.Field{Name: "until", Key: "field.date"})
			}))
		}),
		desked("held-forms", "release", func(b web.Base) DeskPage { return newHeldFormReleasePage(b, facts(nil).List[0]) }),
	}
}
