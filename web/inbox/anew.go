package inbox

import (
	"slices"
	"strconv"
	"strings"

	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
)

// anewField begins the names of the boxes by which questions are chosen that are asked anew; the number of their step follows.
const anewField = "anew"

// anewIn are the questions that were chosen.
func anewIn(v *web.Visit) []string {
	var out []string
	for name, values := range v.R.PostForm {
		if strings.HasPrefix(name, anewField) {
			out = append(out, values...)
		}
	}
	slices.Sort(out)
	return out
}

// anewFields let one choose which questions are answered anew, step by step.
func (f readFacts) anewFields(b web.Base, t web.Trouble) []web.Component {
	a := f.Sent
	if a.Def == nil {
		return nil
	}
	view := formview.View{Def: a.Def, Out: a.Def.Evaluate(a.Present(), f.Now)}
	may := a.MayAskAnew()
	var boxes []web.Component
	for _, s := range a.Def.Steps {
		title, _ := view.StepTitle(b, s, strconv.Itoa(s.Index+1))
		c := ui.Choices{Name: anewField + strconv.Itoa(s.Index+1), Legend: b.T("inbox.form.anew", "step", title), Optional: true, Error: t.At(anewField)}
		for _, x := range may {
			if x.Step != s.Index {
				continue
			}
			label, in := view.Label(b, x)
			c.Options = append(c.Options, ui.Choice{Value: x.At, Label: label, Lang: in, Checked: slices.Contains(f.Typed.Anew, x.At)})
		}
		if len(c.Options) > 0 {
			boxes = append(boxes, ui.Checkboxes(b.Printer, c))
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	return append([]web.Component{ui.Muted(b.T("inbox.form.anew_hint"))}, boxes...)
}
