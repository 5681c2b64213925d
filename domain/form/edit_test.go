package form

import (
	"os"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
)

// A form is built item by item, and what comes of it can be asked.
func TestAFormIsBuiltWithoutWritingJSON(t *testing.T) {
	t.Parallel()
	s := Sketched(New())
	must := func(path string, ok bool) string {
		t.Helper()
		if !ok {
			t.Fatalf("%s: not done", path)
		}
		return path
	}
	for _, k := range Kinds {
		path := must(s.Add("0", k, "Question of "+string(k)))
		if it, ok := s.Item(path); !ok || it.Kind != k || it.Key != "question_of_"+string(k) {
			t.Fatalf("added %s: got %+v, %v", k, it, ok)
		}
	}
	rows := must(s.Add("0", Repeated, "Children"))
	must(s.Add(rows, Number, "Hours"))
	child := must(s.Add(rows, Line, "Which?"))
	if _, ok := s.Add(rows, Repeated, "Toys"); ok {
		t.Error("rows were put in rows")
	}
	other, _ := s.find(t, "question_of_rows")
	must(s.Add(other, Line, "Of each"))
	step := s.AddStep()
	sum := must(s.Add(step, Number, "Together"))
	declare := must(s.Add(step, Tick, "I declare"))
	note := must(s.Add(step, TextItem, ""))
	it, _ := s.Item(note)
	s.Say("en", it.Key+it.Suffix, "Read this.")
	s.Ask(sum, Traits{Sum: Sum{Op: "sum", Scopes: []string{"#/properties/children/items/properties/hours"}}})
	s.Ask(declare, Traits{Declared: true, Required: true})
	choice, _ := s.find(t, "question_of_choice")
	if !s.SetChoices(choice, "en", []string{"Red", "Blue"}) {
		t.Fatal("no choices")
	}
	s.Show(child, Rule{Scope: "#/properties/hours", Test: TestLeast, Value: "10"}, Number)
	s.Show(sum, Rule{Scope: "#/properties/question_of_choice", Test: TestIs, Value: "red"}, Choice)
	def, mistakes := Parse(s.Document())
	if len(mistakes) > 0 {
		t.Fatalf("got %+v", mistakes)
	}
	if f := def.Field("/question_of_choice"); !slices.Equal(f.Choices, []string{"red", "blue"}) {
		t.Errorf("got choices %q", f.Choices)
	}
	if !def.Field("/together").Calculated() || !def.Field("/i_declare").Must() {
		t.Error("the sum or the declaration is none")
	}
	if got, _ := s.Item(sum); got.Rule != (Rule{Scope: "#/properties/question_of_choice", Test: TestIs, Value: "red"}) || got.Sum.Op != "sum" {
		t.Errorf("read back: %+v", got)
	}
	// Words of a choice are mended, and its value stays; the other one goes with its words.
	s.SetChoices(choice, "en", []string{"Dark red"})
	s.SetChoices(choice, "en", []string{"Dark red", "Green"})
	s.SetChoices(choice, "en", []string{"Crimson", "Green"})
	got, _ := s.Item(choice)
	if got.Choices[1] != "green" || s.Text("en", got.Key+"."+got.Choices[0]) != "Crimson" || s.Text("en", got.Key+".blue") != "" {
		t.Errorf("got %q", got.Choices)
	}
}

func (s *Sketch) find(t *testing.T, key string) (string, bool) {
	t.Helper()
	var look func(items []Item) string
	look = func(items []Item) string {
		for _, it := range items {
			if it.Key == key {
				return it.Path
			}
			if p := look(it.Items); p != "" {
				return p
			}
		}
		return ""
	}
	p := look(s.Items())
	if p == "" {
		t.Fatalf("no %s", key)
	}
	return p, true
}

func TestThingsAreMovedAndDeleted(t *testing.T) {
	t.Parallel()
	s := Sketched(New())
	a, _ := s.Add("0", Line, "A")
	b, _ := s.Add("0", Line, "B")
	s.AddStep()
	if to, ok := s.Move(b, -1); !ok || to != a {
		t.Errorf("up: got %s, %v", to, ok)
	}
	if to, ok := s.Move("0/1", 1); !ok || to != "1/0" { // A goes on to the next step
		t.Errorf("over the edge: got %s, %v", to, ok)
	}
	if _, ok := s.Move("1/0", 1); ok {
		t.Error("moved beyond the end")
	}
	if _, mistakes := Parse(s.Document()); len(mistakes) > 0 {
		t.Errorf("got %+v", mistakes)
	}
	s.Say("en", "b.label", "B")
	if !s.Delete("0/0") || s.Text("en", "b.label") != "" {
		t.Error("not deleted with its texts")
	}
	if _, mistakes := Parse(s.Document()); len(mistakes) != 1 || mistakes[0].Key != "form_definition.empty" {
		t.Errorf("an empty step: got %+v", mistakes)
	}
	for _, path := range []string{"", "7", "1/9", "x", "1/0/0", "-1"} {
		if s.Delete(path) {
			t.Errorf("deleted %q", path)
		}
	}
}

// What the sketch has no word for stays: a form that is opened and written again is the same form.
func TestOpeningAFormChangesNothing(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/daycare.json")
	if err != nil {
		t.Fatal(err)
	}
	d, mistake := Open(b)
	if mistake != nil {
		t.Fatal(mistake)
	}
	s := Sketched(d)
	for _, it := range s.Items() {
		for _, x := range it.Items {
			s.Ask(x.Path, x.Traits)
			s.Show(x.Path, x.Rule, "")
		}
	}
	again := Sketched(d).Document()
	if string(again.JSON()) != string(d.JSON()) {
		t.Errorf("got\n%s\nwant\n%s", again.Layout(), d.Layout())
	}
	if l := d.Layout(); l != again.Normal().Layout() || !strings.HasPrefix(l, "{\n  \"schema\": {") {
		t.Error("laid out twice it is not the same")
	}
	if c := Changes(d, again, i18n.Lang("en")); len(c) != 0 {
		t.Errorf("got changes %+v", c)
	}
}
