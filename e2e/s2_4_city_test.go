package e2e

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/e2e/client"
	"luukku/web/formview"
)

// Every form of the city is filled in over its pages, as often as it takes until each of its questions was asked: with answers that its definition says are right, there is nothing to mend in the end,
// and it can be sent. Of an association it is its members who fill in, and where another has to sign, it waits for them.
func TestS2_4_EveryFormOfTheCityCanBeFilledIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		forms := h.config(t, city).OpenForms()
		if len(forms) < 12 {
			t.Errorf("the city has %d forms, want at least a dozen", len(forms))
		}
		const me = i18n.Lang("en")
		person, member := h.person(t), h.person(t)
		h.settle(t, person, me, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, member, me, "bank", "Veikko Mallikas", "veikko@example.org", true)
		p := actFor(t, member, me, village).Click(say(me, "my.company_register"))
		p.Form(say(me, "account.save")).Set(say(me, "common.email"), "village@example.org").Submit(say(me, "account.save")).MustText(say(me, "account.saved"))
		for i, f := range forms {
			c, l := person, languages()[i%len(languages())]
			if !f.For(catalog.ForPersons) {
				c = member
			}
			fillInEveryWay(t, h, c, l, f)
		}
	})
}

// filling fills in one form of the city.
type filling struct {
	t    *testing.T
	h    *house
	c    *client.Client
	l    i18n.Lang
	form *catalog.Form
	def  *form.Definition
	// turn is which of the ways to answer it is; asked are the questions that were asked, in all of them.
	turn  int
	asked map[*form.Field]bool
	// attached are the places at which something was attached in this turn.
	attached map[string]bool
}

func fillInEveryWay(t *testing.T, h *house, c *client.Client, l i18n.Lang, f *catalog.Form) {
	t.Helper()
	_, _, def, err := h.app.Eservices.Form(t.Context(), city, f.ID, h.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	w := &filling{t: t, h: h, c: c, l: l, form: f, def: def, asked: map[*form.Field]bool{}}
	turns := w.turns()
	for i, turn := range turns {
		w.turn = turn
		w.walk(i == len(turns)-1)
	}
	for _, q := range def.Fields {
		if !w.asked[q] && !q.Calculated() {
			t.Errorf("%s: %s was never asked", f.ID, q.At)
		}
	}
}

// turns are as few ways to answer as are needed for each question to be asked in one of them.
func (w *filling) turns() (out []int) {
	w.t.Helper()
	seen := map[*form.Field]bool{}
	for turn := range 300 {
		w.turn = turn
		before := len(seen)
		w.answered(seen)
		if len(seen) > before {
			out = append(out, turn)
		}
	}
	if len(out) > 12 {
		w.t.Errorf("%s takes %d ways to answer until each question was asked", w.form.ID, len(out))
	}
	return out
}

// answered answers the whole form without its pages, and notes what is asked.
func (w *filling) answered(seen map[*form.Field]bool) {
	a := form.Answers{}
	for range len(w.def.Fields) + 1 { // what an answer shows is answered after it
		out := w.def.Evaluate(a, w.today())
		more := false
		for _, f := range w.def.Fields {
			rows := []int{-1}
			switch {
			case f.Calculated() || f.ReadOnly:
				continue
			case f.Rows != nil:
				rows = rows[:0]
				for i := range out.Rows(f.Rows) {
					rows = append(rows, i)
				}
			}
			for _, row := range rows {
				if out.Hidden(f, row) {
					continue
				}
				seen[f] = true
				if f.Kind == form.Repeated {
					for n := out.Rows(f); n < w.rows(f); n++ {
						a, more = w.def.AddRow(a, f), true
					}
					continue
				}
				if out.Value(f, row) == nil {
					a, more = w.def.Put(a, f, row, w.value(f, row)), true
				}
			}
		}
		if !more {
			return
		}
	}
}

// value is the answer as it is kept.
func (w *filling) value(f *form.Field, row int) any {
	said := w.says(f, row)
	switch f.Kind {
	case form.Number, form.Integer:
		return json.Number(said[0])
	case form.Tick:
		return said[0] == "true"
	case form.Choices:
		list := []any{}
		for _, s := range said {
			list = append(list, s)
		}
		return list
	case form.Files:
		return []any{"01h455vb4pex5vsknk084sn02q"}
	}
	return said[0]
}

func (w *filling) today() time.Time { return w.h.app.Now().In(w.h.config(w.t, city).Zone()) }

// chance is a number below another that is the same every time.
func (w *filling) chance(f *form.Field, row, below int) int {
	h := fnv.New32a()
	fmt.Fprint(h, w.turn, "|", f.In(row))
	return int(h.Sum32()>>8) % below
}

// rows are how many of a repeated group are answered.
func (w *filling) rows(f *form.Field) int {
	least := 1
	if f.MinItems != nil {
		least = max(least, *f.MinItems)
	}
	return min(least+1, *f.MaxItems)
}

// formal are lines of a form that is checked. The codes and numbers are those kept for tests.
var formal = map[string]string{
	"email": "maija@example.org", "tel": "040 123 4567", "postal-code": "00990", "y-tunnus": villageNumber, "hetu": "300144-9217", "iban": "FI2112345600000785",
}

// says is what is typed or chosen: an answer that the definition says is right.
func (w *filling) says(f *form.Field, row int) []string {
	switch f.Kind {
	case form.Number, form.Integer:
		low, high := f.Minimum, f.Maximum
		if low == "" {
			low = "1"
		}
		if high == "" || w.chance(f, row, 2) == 0 {
			return []string{low}
		}
		return []string{high}
	case form.Tick:
		return []string{strconv.FormatBool(f.Must() || w.chance(f, row, 2) == 0)}
	case form.Choice:
		return []string{f.Choices[w.chance(f, row, len(f.Choices))]}
	case form.Choices:
		most := min(*f.MaxItems, len(f.Choices))
		return f.Choices[:1+w.chance(f, row, most)]
	case form.Date:
		days := 0
		if f.DaysFrom != nil {
			days = *f.DaysFrom
		}
		if f.NotBefore != "" && f.DaysTo != nil {
			days = *f.DaysTo
		}
		return []string{w.today().AddDate(0, 0, days).Format(time.DateOnly)}
	case form.TimeOf:
		if f.NotBefore != "" {
			return []string{"23:15"}
		}
		return []string{"09:05"}
	}
	if s := formal[f.Format]; s != "" {
		return []string{s}
	}
	if f.Pattern != "" {
		return []string{"ABC-123"}
	}
	return []string{"Mallikas " + strconv.Itoa(w.turn)}
}

// walk begins the form, answers each step that it leads to, and comes to the page on which the answers are checked; there it sends it, or waits for who signs it, too.
func (w *filling) walk(send bool) {
	w.t.Helper()
	p := w.c.Get(my(w.l, "forms", "new", string(city), string(w.form.ID))).MustStatus(http.StatusOK)
	p = p.Form(say(w.l, "eform.start.begin")).Submit(say(w.l, "eform.start.begin")).MustStatus(http.StatusOK)
	draft := p.Path()
	w.attached = map[string]bool{}
	p = p.Click(say(w.l, "eform.tasks.go_on"))
	for n := 0; !strings.HasSuffix(place(p), "/check"); n++ {
		p.MustStatus(http.StatusOK)
		if n > 8*len(w.def.Steps) {
			w.t.Fatalf("%s: no end of steps: %s", w.form.ID, p)
		}
		p = w.step(p)
		if found := p.Errors(); len(found) > 0 {
			w.t.Fatalf("%s, way %d: at %s there is to be mended: %q", w.form.ID, w.turn, p.Path(), found)
		}
	}
	p.MustStatus(http.StatusOK).MustText(say(w.l, "eform.check.title"))
	button := say(w.l, "eform.check.send")
	switch {
	case w.form.Signers == catalog.SignedByColleague:
		p.MustText(say(w.l, "eform.unsigned")).Click(say(w.l, "eform.together.title")).MustStatus(http.StatusOK)
	case send:
		p = p.Form(button).Submit(button).MustStatus(http.StatusOK).MustText(w.form.Follows.In(w.l))
		if strings.Contains(p.Path(), draft) {
			w.t.Errorf("%s: sent, it is at %s", w.form.ID, p.Path())
		}
	}
	if !send {
		p = w.c.Get(draft + "/drop")
		p.Form(say(w.l, "eform.drop.button")).Submit(say(w.l, "eform.drop.button")).MustStatus(http.StatusOK)
	}
}

// step answers what a page asks, and goes on.
func (w *filling) step(p *client.Page) *client.Page {
	w.t.Helper()
	next := say(w.l, "common.continue")
	n, err := strconv.Atoi(place(p)[strings.LastIndex(place(p), "/")+1:])
	if err != nil {
		w.t.Fatalf("%s: no step: %s", w.form.ID, p)
	}
	here := slices.DeleteFunc(slices.Clone(w.def.Fields), func(f *form.Field) bool { return f.Step != n-1 || f.Calculated() })
	for _, f := range here {
		name, _ := w.def.Word(w.l, f.Key+".label", "")
		for f.Kind == form.Repeated && len(p.All("#"+formview.ID(f.At))) > 0 && rowsOn(p, f) < w.rows(f) {
			w.asked[f] = true
			add := w.def.AddWords(w.l, f)
			if add == "" {
				add = say(w.l, "eform.add_row") + " " + name
			}
			p = p.Form(next).Submit(add).MustStatus(http.StatusOK)
		}
	}
	in := p.Form(next)
	for _, f := range here {
		switch {
		case f.Kind == form.Repeated:
		case f.Rows == nil:
			w.answer(p, in, f, -1)
		default:
			for row := range rowsOn(p, f.Rows) {
				w.answer(p, in, f, row)
			}
		}
	}
	return in.Submit(next)
}

// place is a page's address without what is asked of it.
func place(p *client.Page) string {
	at, _, _ := strings.Cut(p.Path(), "?")
	return at
}

// rowsOn is how many rows of a repeated group stand on a page.
func rowsOn(p *client.Page, f *form.Field) (n int) {
	for len(p.All("#"+formview.ID(f.At+"/"+strconv.Itoa(n)))) > 0 {
		n++
	}
	return n
}

// answer types or chooses the answer to a question, where the page asks it.
func (w *filling) answer(p *client.Page, in *client.Form, f *form.Field, row int) {
	w.t.Helper()
	at := f.In(row)
	if !slices.ContainsFunc(p.All("main input, main select, main textarea"), func(e *client.Element) bool { return e.Attr("name") == at }) {
		return
	}
	w.asked[f] = true
	said := w.says(f, row)
	switch f.Kind {
	case form.Files:
		if w.attached[at] {
			return
		}
		w.attached[at] = true
		if slices.Contains(f.FileTypes, "pdf") {
			in.Attach(at, "specimen.pdf", "application/pdf", onePage)
		} else {
			in.Attach(at, "specimen.png", "image/png", picture)
		}
	case form.Choices:
		for _, choice := range f.Choices {
			if box := p.Find(`main input[name="` + at + `"][value="` + choice + `"]`); slices.Contains(said, choice) {
				in.Check(box.Attr("id"))
			} else {
				in.Uncheck(box.Attr("id"))
			}
		}
	case form.Tick:
		if f.Must() || p.All("#" + formview.ID(at))[0].Attr("type") == "checkbox" {
			in.Check(at)
		} else {
			in.Set(at, said[0])
		}
	default:
		in.Set(at, said[0])
	}
}
