package citizen

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// Acting knows for whom somebody may act.
type Acting interface {
	Choices(ctx context.Context, who actor.Actor) ([]identity.Choice, error)
	ActFor(ctx context.Context, who actor.Actor, sess identity.Session, owner actor.Owner) error
}

// VisitPage asks, before the time, who comes and for what else: how long the visit takes follows from it.
type VisitPage struct {
	web.Base
	Back    string
	Trouble *Trouble
	Rows    []ui.SummaryRow
	Action  string
	Hidden  []ui.Hidden
	// For, People and Also are the questions; without options they are not asked.
	For, People, Also ui.Choices
}

// visitInput is what the page is made of.
type visitInput struct {
	Config  *catalog.Config
	Service *catalog.Service
	// Name is who has signed in, Now for whom they act, Choices for whom they may.
	Name    string
	Now     actor.Owner
	Other   bool // somebody else was chosen
	Choices []identity.Choice
	Visit   booking.Visit
	Draft   ids.Draft
	Why     error
}

// The values of the question who it is for, beside those of people and companies.
const (
	forMe    = "me"
	forOther = "other"
)

// forCookie remembers in the browser that the booking is for somebody else than who has signed in: then the form does not begin with their name.
const forCookie = "for"

// visit asks who comes and for what else.
func (d *Door) visit(v *web.Visit) error {
	in, err := d.visitOf(v, draftParam(v.Query("draft")), visitParam(v.Query("visit")))
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowVisit(newVisitPage(v.Base(""), in)))
}

func (d *Door) visitOf(v *web.Visit, draft ids.Draft, visit booking.Visit) (in visitInput, err error) {
	in = visitInput{Config: v.Org, Visit: visit, Draft: draft}
	if in.Service, err = v.Org.Service(ids.Service(v.R.PathValue("service"))); err != nil {
		return in, err
	}
	if signed := v.Signed(); signed != nil && d.Acting != nil && v.Actor().Kind == actor.KindCitizen {
		in.Name, in.Now = signed.Name, signed.Actor.For
		of, _ := v.Sealed(forCookie)
		in.Other = of == forOther
		if in.Choices, err = d.Acting.Choices(v.Ctx(), v.Actor()); err != nil {
			return in, err
		}
	}
	return in, nil
}

// visitPost goes on to the places, or the times, of a visit that takes as long as what was chosen.
func (d *Door) visitPost(v *web.Visit) error {
	visit := booking.Visit{}
	visit.People, _ = strconv.Atoi(v.Form("people"))
	for _, also := range v.R.PostForm["also"] {
		visit.Also = append(visit.Also, ids.Service(also))
	}
	in, err := d.visitOf(v, draftParam(v.Form("draft")), visit)
	if err != nil {
		return err
	}
	if err := checkVisit(in); err != nil {
		in.Why = err
		return v.Render(http.StatusUnprocessableEntity, ShowVisit(newVisitPage(v.Base(""), in)))
	}
	if len(in.Choices) > 0 {
		if err := d.actFor(v, in, v.Form("for")); err != nil {
			if !fault.Is(err, fault.KindNotFound) {
				return err
			}
			in.Why = fault.Invalid("acting.not_found", nil)
			return v.Render(http.StatusUnprocessableEntity, ShowVisit(newVisitPage(v.Base(""), in)))
		}
	}
	return v.SeeOther(withVisit(placesURL(v.Base(""), v.Org, in.Service.ID, in.Draft), visit))
}

// checkVisit says whether a visit is possible at some office.
func checkVisit(in visitInput) (err error) {
	for _, o := range in.Config.OfficesOf(in.Service.ID) {
		sch, failed := booking.NewSchedule(in.Config, in.Service.ID, o.ID, time.Time{})
		if failed != nil {
			return failed
		}
		if _, err = sch.For(in.Visit); err == nil {
			return nil
		}
	}
	return err
}

// actFor acts for whom was chosen from now on: the top of every page says so.
func (d *Door) actFor(v *web.Visit, in visitInput, chosen string) error {
	other := ""
	owner := in.Now
	switch chosen {
	case forMe:
		owner = actor.Owner{}
	case forOther:
		owner, other = actor.Owner{}, forOther
	default:
		for _, c := range in.Choices {
			if c.Owner.ID() == chosen {
				owner = c.Owner
			}
		}
		if owner.ID() != chosen {
			return fault.NotFound("acting.not_found")
		}
	}
	v.KeepSealed(forCookie, other)
	if owner == in.Now {
		return nil
	}
	return d.Acting.ActFor(v.Ctx(), v.Actor(), v.Signed().Session, owner)
}

func newVisitPage(b web.Base, in visitInput) VisitPage {
	s, c := in.Service, in.Config
	p := VisitPage{
		Base: b, Back: serviceURL(b, s.ID, in.Draft), Action: b.URL("services", string(s.ID), "visit"),
		Rows: []ui.SummaryRow{{Key: b.T("common.service"), Value: b.T("service.with_length", "service", s.Name, "length", c.Policy(s.ID, "").Length), ChangeHref: withDraft(b.URL("services"), in.Draft)}},
	}
	p.Title, p.Service, p.NoIndex = b.T("visit.title"), s.Name.In(b.Lang), true
	if in.Draft != "" {
		p.Hidden = []ui.Hidden{{Name: "draft", Value: string(in.Draft)}}
	}
	if len(in.Choices) > 0 {
		p.For = ui.Choices{Name: "for", Legend: b.T("visit.for"), Options: []ui.Choice{
			{Value: forMe, Label: b.T("visit.for_me", "name", in.Name), Checked: in.Now.IsZero() && !in.Other},
		}}
		for _, x := range in.Choices {
			p.For.Options = append(p.For.Options, ui.Choice{Value: x.Owner.ID(), Label: x.Name, Checked: x.Owner == in.Now})
		}
		p.For.Options = append(p.For.Options, ui.Choice{Value: forOther, Label: b.T("visit.for_other"), Hint: b.T("visit.for_other_hint"), Checked: in.Other && in.Now.IsZero()})
	}
	if most := mostPeople(c, s.ID); most > 1 {
		p.People = ui.Choices{Name: "people", Legend: b.T("visit.people"), Hint: b.T("visit.people_hint")}
		for n := 1; n <= most; n++ {
			p.People.Options = append(p.People.Options, ui.Choice{Value: strconv.Itoa(n), Label: b.N("visit.n_people", n), Checked: n == max(in.Visit.People, 1)})
		}
	}
	if also := booking.Combinable(c, s.ID, ""); len(also) > 0 {
		p.Also = ui.Choices{Name: "also", Legend: b.T("visit.also"), Hint: b.T("visit.also_hint"), Optional: true}
		for _, x := range also {
			label := b.T("service.with_length", "service", x.Name, "length", c.Policy(x.ID, "").Length)
			p.Also.Options = append(p.Also.Options, ui.Choice{Value: string(x.ID), Label: label, Checked: slices.Contains(in.Visit.Also, x.ID)})
		}
	}
	if in.Why != nil {
		f := fault.Of(in.Why)
		p.HasError = true
		p.Trouble = &Trouble{Title: b.T("error.summary_title"), Items: []ui.ErrorItem{{Text: b.Printer.TA(f.Key, sentenceArgs(b.Printer, f.Args))}}}
	}
	return p
}

// mostPeople is how many can come in one visit, at the office that takes the most.
func mostPeople(c *catalog.Config, service ids.Service) int {
	most := 1
	for _, o := range c.OfficesOf(service) {
		most = max(most, c.Policy(service, o.ID).MaxPeople)
	}
	return most
}

// asksVisit reports whether there is something to ask before the time: for whom, how many, what else.
func asksVisit(c *catalog.Config, service ids.Service) bool {
	return mostPeople(c, service) > 1 || len(booking.Combinable(c, service, "")) > 0
}

// visitParam reads a visit of an address: how many people, and what else, with points between. What cannot be one is a plain visit.
func visitParam(s string) (v booking.Visit) {
	people, also, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(people)
	if err != nil || n < 1 || n > 99 || len(s) > 400 {
		return v
	}
	v.People = n
	if also != "" {
		for id := range strings.SplitSeq(also, ".") {
			v.Also = append(v.Also, ids.Service(id))
		}
	}
	return v
}

// withVisit adds a visit to an address, unless it is a plain one.
func withVisit(address string, v booking.Visit) string {
	if v.Plain() {
		return address
	}
	parts := []string{strconv.Itoa(max(v.People, 1))}
	for _, id := range v.Also {
		parts = append(parts, string(id))
	}
	return withQuery(address, "visit", strings.Join(parts, "."))
}

// visitRows say what a visit is made of; none for a plain one. Names are those who come, where they are known.
func visitRows(b web.Base, c *catalog.Config, v booking.Visit, names []string) (rows []ui.SummaryRow) {
	if len(v.Also) > 0 {
		var also []string
		for _, id := range v.Also {
			also = append(also, serviceName(c, id).In(b.Lang))
		}
		rows = append(rows, ui.SummaryRow{Key: b.T("visit.also_row"), Value: b.Printer.List(also)})
	}
	if v.People > 1 {
		row := ui.SummaryRow{Key: b.T("visit.people_row"), Value: b.N("visit.n_people", v.People)}
		if len(names) == v.People {
			row.Value = b.Printer.List(names)
		}
		rows = append(rows, row)
	}
	return rows
}
