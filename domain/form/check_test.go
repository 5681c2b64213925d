package form

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an if asks of a field that has no limit of its own is told like any other limit.
func TestALengthThatAnAnswerAsksForIsTold(t *testing.T) {
	t.Parallel()
	d, mistakes := Read([]byte(`{"schema": {"type": "object", "properties": {"on": {"type": "boolean"}, "why": {"type": "string"}},
		"if": {"properties": {"on": {"const": true}}, "required": ["on"]}, "then": {"properties": {"why": {"minLength": 10}}}},
		"ui": {"type": "VerticalLayout", "elements": [{"type": "Control", "scope": "#/properties/on"}, {"type": "Control", "scope": "#/properties/why"}]}, "texts": {}}`))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	got := d.Evaluate(Answers{"on": true, "why": "short"}, today_).Check()
	if len(got) != 1 || got[0].At != "/why" || got[0].Key != "answers.min_length" || got[0].Args["n"] != 10 {
		t.Errorf("got %+v, want the length of /why", got)
	}
	if got := d.Evaluate(Answers{"on": false, "why": "short"}, today_).Check(); len(got) != 0 {
		t.Errorf("without it: got %+v, want nothing", got)
	}
}

// The answers of a step are judged as they are among all, and nothing else is told of them.
func TestAStepIsJudgedAsItIsAmongAll(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	r := rand.New(rand.NewPCG(3, 5))
	told := 0
	for range 300 {
		_, o := filledBy(d, byChance(r, d), r.IntN(4))
		all := o.Check()
		for _, s := range d.Steps {
			want := slices.DeleteFunc(slices.Clone(all), func(w Wrong) bool { return w.Field.Step != s.Index })
			got := o.CheckStep(s)
			if diff := cmp.Diff(asLines(want), asLines(got)); diff != "" {
				t.Fatalf("step %d (-among all +alone):\n%s", s.Index, diff)
			}
			told += len(got)
		}
	}
	if told == 0 {
		t.Error("nothing was wrong in any step: what is tested is not what was meant")
	}
}

func asLines(list []Wrong) (out []string) {
	for _, w := range list {
		out = append(out, fmt.Sprint(w.At, " ", w.Field.At, " ", w.Row, " ", w.Key, " ", w.Args))
	}
	return out
}
