package eservice

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/org"
)

const anewForm = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["plate","ev"],"properties":{
"plate":{"type":"string","maxLength":10},"ev":{"type":"boolean"},"charger":{"type":"string","maxLength":20},"first":{"type":"string","format":"date"},"last":{"type":"string","format":"date","x-not-before":{"scope":"#/properties/first"}},
"cars":{"type":"array","maxItems":3,"items":{"type":"object","required":["weight"],"properties":{"name":{"type":"string"},"weight":{"type":"number","minimum":1}}}},
"sum":{"type":"number","x-calculate":{"sum":[{"scope":"#/properties/cars/items/properties/weight"}]}},
"proof":{"type":"array","items":{"type":"string"},"maxItems":2,"x-attachment":{"types":["pdf"]}}}},
"ui":{"type":"Categorization","elements":[{"type":"Category","label":"Car","elements":[{"type":"Control","scope":"#/properties/plate"},{"type":"Control","scope":"#/properties/ev","options":{"format":"radio"}},
{"type":"Control","scope":"#/properties/charger","rule":{"effect":"SHOW","condition":{"scope":"#/properties/ev","schema":{"const":true}}}},{"type":"Control","scope":"#/properties/first"},{"type":"Control","scope":"#/properties/last"}]},
{"type":"Category","label":"More","elements":[{"type":"Control","scope":"#/properties/cars","options":{"detail":{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/name"},{"type":"Control","scope":"#/properties/weight"}]}}},
{"type":"Control","scope":"#/properties/sum"},{"type":"Control","scope":"#/properties/proof"}]}]},"texts":{"en":{"plate.label":"Plate","cars.label":"Car","cars.weight.label":"Weight","charger.label":"Charger"}}}`

func answersOf(t *testing.T, s string) form.Answers {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var a form.Answers
	if err := d.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// askedWhole is what was sent, and asked anew.
func askedWhole(t *testing.T, asked ...string) Whole {
	t.Helper()
	def, wrong := form.Read([]byte(anewForm))
	if len(wrong) > 0 {
		t.Fatalf("the form is refused: %+v", wrong)
	}
	c := &catalog.Config{Org: org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki"}}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return Whole{
		Submission: Submission{State: MoreAsked, SentAt: 1_795_000_000, Filled: Filled{Answers: answersOf(t, `{"plate":"ABC-1","ev":false,"first":"2026-12-01","last":"2026-12-05","cars":[{"name":"A","weight":10},{"name":"B","weight":20}],"sum":30,"proof":["f1"]}`)}},
		Config:     c, Def: def,
		Events: []Event{{Seq: 1, What: Arrived}, {Seq: 2, What: Asked, Note: Note{Text: "Again.", Fields: asked}}},
	}
}

var anewDay = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func placesOf(list []*form.Field) (out []string) {
	for _, f := range list {
		out = append(out, f.At)
	}
	return out
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatCanBeAskedAnew(t *testing.T) {
	w := askedWhole(t)
	if got := placesOf(w.MayAskAnew()); !slices.Equal(got, []string{"/plate", "/ev", "/first", "/last", "/cars", "/proof"}) {
		t.Errorf("got %v, want what people answer and see", got)
	}
	if at, err := w.askedAnew([]string{"/proof", "/plate"}); err != nil || !slices.Equal(at, []string{"/plate", "/proof"}) {
		t.Errorf("got %v, %v, want them in the order of the form", at, err)
	}
	for _, bad := range []string{"/sum", "/charger", "/cars/0/name", "/nothing", ""} {
		if _, err := w.askedAnew([]string{"/plate", bad}); err == nil {
			t.Errorf("%q is asked anew", bad)
		}
	}
}

func TestOnlyWhatIsAskedChanges(t *testing.T) {
	w := askedWhole(t, "/plate")
	if n := w.Anew(nil, anewDay); !slices.Equal(placesOf(n.Asked), []string{"/plate"}) || len(n.Wrong) > 0 {
		t.Errorf("before anything was typed: %+v", n)
	}
	n := w.Anew(&Retyped{On: []string{"/plate"}, Typed: form.Typed{"/plate": {"XYZ-9"}, "/ev": {"true"}, "/first": {"1.1.2030"}}}, anewDay)
	a, at := n.given(w.Def)
	if got := jsonOf(t, a); got != `{"plate":"XYZ-9"}` || !slices.Equal(at, []string{"/plate"}) || len(n.Wrong) > 0 {
		t.Errorf("got %s at %v, wrong %+v", got, at, n.Wrong)
	}
	if n := w.Anew(&Retyped{On: []string{"/plate"}, Typed: form.Typed{"/plate": {""}}}, anewDay); len(n.Wrong) != 1 || n.Wrong[0].At != "/plate" {
		t.Errorf("without an answer: %+v", n.Wrong)
	}
}

func TestWhatAnAnswerShowsIsAskedToo(t *testing.T) {
	w := askedWhole(t, "/ev")
	n := w.Anew(&Retyped{On: []string{"/ev"}, Typed: form.Typed{"/ev": {"true"}}}, anewDay)
	if got := placesOf(n.Asked); !slices.Equal(got, []string{"/ev", "/charger"}) {
		t.Errorf("asked is %v", got)
	}
	n = w.Anew(&Retyped{On: []string{"/ev", "/charger"}, Typed: form.Typed{"/ev": {"true"}, "/charger": {"Wall"}}}, anewDay)
	if a, _ := n.given(w.Def); jsonOf(t, a) != `{"charger":"Wall","ev":true}` {
		t.Errorf("got %s", jsonOf(t, a))
	}
	// What was right and is so no longer can be mended, and stands there as it was.
	w = askedWhole(t, "/first")
	n = w.Anew(&Retyped{On: []string{"/first"}, Typed: form.Typed{"/first": {"6.12.2026"}}}, anewDay)
	if got := placesOf(n.Asked); !slices.Equal(got, []string{"/first", "/last"}) || n.Answers.Value("/last") != "2026-12-05" || len(n.Wrong) != 1 {
		t.Errorf("asked is %v, the last day %v, wrong %+v", got, n.Answers.Value("/last"), n.Wrong)
	}
	n = w.Anew(&Retyped{On: []string{"/first"}, Typed: form.Typed{"/first": {"5.12.2026"}}}, anewDay)
	if len(n.Asked) != 1 || len(n.Wrong) > 0 {
		t.Errorf("the same day is right: asked %v, wrong %+v", placesOf(n.Asked), n.Wrong)
	}
}

func TestRowsAndAttachmentsAreAnsweredAnew(t *testing.T) {
	w := askedWhole(t, "/cars", "/proof")
	r := Retyped{
		On: []string{"/cars", "/proof"}, Rows: map[string]int{"/cars": 1}, Files: map[string][]ids.File{"/proof": {"f1", "f2"}},
		Typed: form.Typed{"/cars/0/name": {"C"}, "/cars/0/weight": {"5"}, "/cars/1/weight": {"7"}, "/proof": {"f9"}},
	}
	n := w.Anew(&r, anewDay)
	a, _ := n.given(w.Def)
	if got := jsonOf(t, a); got != `{"cars":[{"name":"C","weight":5}],"proof":["f1","f2"]}` || len(n.Wrong) > 0 {
		t.Errorf("got %s, wrong %+v", got, n.Wrong)
	}
	r.Rows["/cars"] = 1 << 30
	if n := w.Anew(&r, anewDay); n.Out.Rows(w.Def.Field("/cars")) != 3 {
		t.Errorf("%d rows, want as many as there may be", n.Out.Rows(w.Def.Field("/cars")))
	}
	r.Rows["/cars"], r.Typed = 2, form.Typed{"/cars/0/weight": {"0"}, "/cars/1/weight": {"7"}}
	if n := w.Anew(&r, anewDay); len(n.Wrong) != 1 || n.Wrong[0].At != "/cars/0/weight" {
		t.Errorf("wrong is %+v", n.Wrong)
	}
	r.Files = nil
	if a, _ := w.Anew(&r, anewDay).given(w.Def); strings.Contains(jsonOf(t, a), "proof") {
		t.Errorf("what was taken away is still there: %s", jsonOf(t, a))
	}
}

func TestWhatHoldsNowAndWhatChanged(t *testing.T) {
	w := askedWhole(t, "/plate", "/cars")
	if f, seq := w.Asking(); len(f) != 2 || seq != 2 {
		t.Errorf("asked are %v by %d", placesOf(f), seq)
	}
	e := Event{Seq: 3, What: Added, Note: Note{Fields: []string{"/plate", "/cars"}, Answers: answersOf(t, `{"plate":"ABC-1","cars":[{"name":"A","weight":11}]}`)}}
	words := w
	words.Events = append(slices.Clone(w.Events), Event{Seq: 3, What: Added, Note: Note{Text: "Wait."}})
	if f, _ := words.Asking(); len(f) != 2 {
		t.Error("words alone answer no question")
	}
	w.Events = append(w.Events, e)
	if f, _ := w.Asking(); len(f) != 0 {
		t.Errorf("asked still are %v", placesOf(f))
	}
	if got := jsonOf(t, w.Present()); !strings.Contains(got, `"cars":[{"name":"A","weight":11}]`) || !strings.Contains(got, `"ev":false`) || !strings.Contains(jsonOf(t, w.Answers), `"weight":20`) {
		t.Errorf("now it is %s, and was sent as %s", got, jsonOf(t, w.Answers))
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := texts.Printer("en")
	var said []string
	for _, c := range w.Changes(p, e) {
		said = append(said, c.At+" "+c.Was+" > "+c.Now)
	}
	none := p.T("submission.no_answer")
	want := []string{"/plate ABC-1 > ABC-1", "/cars/0/name A > A", "/cars/0/weight 10 > 11", "/sum 30 > 11", "/cars/1/name B > " + none, "/cars/1/weight 20 > " + none}
	if !slices.Equal(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	if n := len(w.ChangesSinceSent(p)); n != 4 {
		t.Errorf("%d answers are not as they were sent, want 4", n)
	}
	for _, s := range []State{Decided, Withdrawn, Closed} {
		x := askedWhole(t, "/plate")
		x.State = s
		if f, _ := x.Asking(); len(f) != 0 {
			t.Errorf("%s is still asked", s)
		}
	}
}
