package eservice

import (
	"encoding/json"
	"testing"
	"time"

	"luukku/domain/form"
)

// A repeated group that must have rows begins with as many, and they are still there when the form is worked out.
func TestRowsThatMustBeAreThereFromTheBeginning(t *testing.T) {
	t.Parallel()
	s := form.Sketched(form.New())
	var step string
	for _, it := range s.Items() {
		step = it.Path
	}
	group, ok := s.Add(step, form.Repeated, "Children")
	if !ok || !s.Ask(group, form.Traits{Required: true, Max: "5"}) {
		t.Fatal("the group was not added")
	}
	if _, ok := s.Add(group, form.Line, "Name"); !ok {
		t.Fatal("no question in the group")
	}
	d := s.Document()
	def, mistakes := form.Parse(d)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	b, err := json.Marshal(begun(def, nil).Answers)
	if err != nil || string(b) != `{"children":[{}]}` {
		t.Errorf("it begins with %s, %v", b, err)
	}
	full := form.Answers{}
	for range 7 {
		full = def.AddRow(full, def.Fields[0])
	}
	if rows, _ := full.Value("/children").([]any); len(rows) != 5 {
		t.Errorf("of five rows at most there are %d", len(rows))
	}
	out := def.Evaluate(begun(def, nil).Answers, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if rows, _ := out.Answers.Value("/children").([]any); len(rows) != 1 {
		t.Errorf("worked out it has %v", out.Answers)
	}
}
