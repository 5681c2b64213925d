package admin

import (
	"cmp"
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/erasure"
	"luukku/web"
	"luukku/web/ui"
)

// Erasures are the requests of people who want to be erased.
type Erasures interface {
	List(ctx context.Context, who actor.Actor, o ids.Org) ([]erasure.Listed, error)
	Refuse(ctx context.Context, who actor.Actor, said erasure.Office) error
}

// erasureRoutes are the pages of who asked to be erased.
func (d *Door) erasureRoutes(at string) []web.Route {
	const right = actor.ErasureDecide
	return []web.Route{
		web.GET(at+"erasures", right, d.erasures),
		web.GET(at+"erasures/{erasure}", right, d.erasureRefuse),
		web.POST(at+"erasures/{erasure}", right, d.erasureRefusePost),
	}
}

// erasures lists who asked to be erased of whom the organisation has something.
func (d *Door) erasures(v *web.Visit) error {
	list, err := d.Erasures.List(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	p := newErasuresPage(page(v, ""), list, whereOf(v))
	if v.Query("done") != "" {
		p.Done = p.T("erasing.desk_done")
	}
	return show(v, p)
}

func newErasuresPage(b web.Base, list []erasure.Listed, w where) DeskPage {
	b.Title = b.T("erasing.desk_title")
	p := DeskPage{Base: b, Lead: b.T("erasing.desk_lead")}
	table := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("erasing.desk_who"), b.T("erasing.desk_asked"), b.T("erasing.desk_until"), b.T("erasing.desk_state"), b.T("erasing.desk_word"), b.T("erasing.desk_do"),
	}}
	for _, x := range list {
		name := cmp.Or(x.Name, b.T("erasing.desk_nobody"))
		row := []ui.Cell{
			{Text: name}, {Text: w.time(b, x.AskedAt)}, {Text: w.time(b, x.DueAt)}, {Text: b.T("erasing.state_" + string(x.State))}, {Text: b.T("erasing.word_" + string(x.Word))},
		}
		if x.State == erasure.Asked && x.Word == erasure.Open {
			row = append(row, ui.Cell{Content: ui.A(ui.Link{Href: at(b, "erasures", string(x.ID)), Text: b.T("erasing.desk_refuse"), Hidden: name})})
		} else {
			row = append(row, ui.Cell{Text: "–"})
		}
		table.Rows = append(table.Rows, row)
	}
	p.Parts = []web.Component{listOf(b.Title, table, b.T("erasing.desk_none"))}
	return p
}

// found returns one of the requests.
func (d *Door) erasureAt(v *web.Visit) (erasure.Listed, error) {
	list, err := d.Erasures.List(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return erasure.Listed{}, err
	}
	i := slices.IndexFunc(list, func(x erasure.Listed) bool { return string(x.ID) == v.R.PathValue("erasure") })
	if i < 0 {
		return erasure.Listed{}, fault.NotFound("error.not_found")
	}
	return list[i], nil
}

// erasureRefuse asks by which ground, and why, what the organisation has stays.
func (d *Door) erasureRefuse(v *web.Visit) error {
	x, err := d.erasureAt(v)
	if err != nil {
		return err
	}
	b := page(v, "")
	return show(v, newErasureRefusePage(b, x, erasure.Office{Appeal: b.T("erasing.appeal_usual")}, nil, whereOf(v)))
}

// erasureRefusePost says so. What was typed stays.
func (d *Door) erasureRefusePost(v *web.Visit) error {
	x, err := d.erasureAt(v)
	if err != nil {
		return err
	}
	typed := erasure.Office{
		Org: v.OrgID(), Person: x.Request.Person, Request: x.ID, Ground: erasure.Ground(v.Form("ground")), Why: v.Form("why"), Appeal: v.Form("appeal"),
	}
	err = d.Erasures.Refuse(v.Ctx(), v.Actor(), typed)
	if err == nil {
		return leadTo(v, "?done=refused", "erasures")
	}
	if !fault.Is(err, fault.KindInvalid) && !fault.Is(err, fault.KindConflict) {
		return err
	}
	return show(v, newErasureRefusePage(page(v, ""), x, typed, err, whereOf(v)))
}

func newErasureRefusePage(b web.Base, x erasure.Listed, typed erasure.Office, why error, w where) DeskPage {
	b.Title = b.T("erasing.refuse_title")
	p := DeskPage{Base: b, Lead: b.T("erasing.refuse_lead", "name", x.Name, "until", w.time(b, x.DueAt)), Back: at(b, "erasures")}
	t := web.TroubleOf(b, why)
	inOrder(t, []string{"ground", "why", "appeal"})
	p.blame(t)
	grounds := ui.Choices{Name: "ground", Legend: b.T("erasing.ground"), Error: t.At("ground")}
	for _, g := range erasure.Grounds {
		grounds.Options = append(grounds.Options, ui.Choice{Value: string(g), Label: b.T("erasing.ground_" + string(g)), Checked: typed.Ground == g})
	}
	p.Parts = []web.Component{form(ui.FormData{Action: at(b, "erasures", string(x.ID))}, ui.Button{Text: b.T("erasing.refuse_button")}, ui.Link{Href: at(b, "erasures"), Text: b.T("people.cancel")},
		ui.Radios(b.Printer, grounds),
		ui.TextArea(b.Printer, ui.Field{Name: "why", Label: b.T("erasing.why"), Hint: b.T("erasing.why_hint"), Value: typed.Why, Error: t.At("why"), MaxLen: erasure.MaxWhy}),
		ui.TextArea(b.Printer, ui.Field{Name: "appeal", Label: b.T("erasing.appeal"), Hint: b.T("erasing.appeal_hint"), Value: typed.Appeal, Error: t.At("appeal"), MaxLen: erasure.MaxAppeal}),
	)}
	return p
}

// erasureSamples are the pages in their states.
func erasureSamples() []web.Sample {
	list := func() []erasure.Listed {
		one := func(id, name string, s erasure.State, w erasure.Word) erasure.Listed {
			return erasure.Listed{
				Request: erasure.Request{Person: "p", ID: erasure.ID(id), State: s, AskedAt: sampleTime, DueAt: erasure.DueAt(sampleTime, 0)}, Office: erasure.Office{Org: "vuorela", Word: w}, Name: name,
			}
		}
		return []erasure.Listed{
			one("a", "Maija Meikäläinen", erasure.Asked, erasure.Open), one("b", "Matti Meikäläinen", erasure.Asked, erasure.Refused), one("c", "Anna Andersson", erasure.Erasing, erasure.Open),
			one("d", "Ville Virtanen", erasure.Partly, erasure.Refused), one("e", "", erasure.Rest, erasure.Erased), one("f", "", erasure.Done, erasure.Erased),
		}
	}
	return []web.Sample{
		desked("erasures", "", func(b web.Base) DeskPage { return newErasuresPage(b, list(), sampleWhere()) }),
		desked("erasures", "none", func(b web.Base) DeskPage { return newErasuresPage(b, nil, sampleWhere()) }),
		desked("erasures", "refuse", func(b web.Base) DeskPage {
			return newErasureRefusePage(b, list()[0], erasure.Office{Appeal: b.T("erasing.appeal_usual")}, nil, sampleWhere())
		}),
		desked("erasures", "errors", func(b web.Base) DeskPage {
			_, err := erasure.CheckRefusal(erasure.Office{})
			return newErasureRefusePage(b, list()[0], erasure.Office{}, err, sampleWhere())
		}),
		desked("erasures", "late", func(b web.Base) DeskPage {
			return newErasureRefusePage(b, list()[0], erasure.Office{Ground: erasure.ByLaw, Why: "…", Appeal: "…"}, fault.Conflict("erasing.begun", nil), sampleWhere())
		}),
	}
}
