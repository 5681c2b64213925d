package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	"luukku/domain/form"
)

// formRows are about filling in forms.
var formRows = []Row{
	{
		Name: "form/step", About: "a step of a form that is filled in, ten questions of sixty with their answers: session, draft, what is shown, page", Peer: "a net/http hello",
		Target: atLeast(0.30), Run: formSteps,
	},
	{
		Name: "form/validate", About: "CPU time of working out and judging a form of 200 questions with all its answers: rules, sums, limits",
		Target: Target{AtMost: true, Value: 1, Unit: "ms"}, Run: judgeForm,
	},
}

const benchForm ids.Form = "large"

// largeForm is a form of so many questions, ten to a step, of each kind in turn; of each ten one is shown by the answer of another, and the numbers are summed up.
func largeForm(n int) form.Document {
	var properties, required, steps, sum []string
	var controls []string
	for i := range n {
		name, more := fmt.Sprintf("q%d", i), ""
		schema := `{"type":"string","maxLength":100}`
		switch i % 10 {
		case 1:
			schema = `{"type":"string","maxLength":5000}`
			more = `,"options":{"multi":true}`
		case 2:
			schema = `{"type":"number","minimum":0,"maximum":100000,"multipleOf":0.01,"x-unit":"EUR"}`
			sum = append(sum, fmt.Sprintf(`{"scope":"#/properties/%s"}`, name))
		case 3:
			schema = `{"type":"integer","minimum":0,"maximum":99}`
		case 4:
			schema = `{"type":"string","enum":["one","two","three","four"]}`
		case 5:
			schema, more = `{"type":"boolean"}`, `,"options":{"format":"radio"}`
		case 6:
			more = fmt.Sprintf(`,"rule":{"effect":"SHOW","condition":{"scope":"#/properties/q%d","schema":{"const":true}}}`, i-1)
		case 7:
			schema = `{"type":"string","format":"date","x-days":{"from":-40000,"to":40000}}`
		case 8:
			schema = `{"type":"array","items":{"type":"string","enum":["red","green","blue"]},"minItems":1}`
		case 9:
			schema = `{"type":"string","format":"email"}`
			if i == n-1 {
				schema = `{"type":"number","x-calculate":{"sum":[` + strings.Join(sum, ",") + `]}}`
			}
		}
		properties = append(properties, fmt.Sprintf("%q:%s", name, schema))
		if i != n-1 {
			required = append(required, fmt.Sprintf("%q", name))
		}
		controls = append(controls, fmt.Sprintf(`{"type":"Control","scope":"#/properties/%s"%s}`, name, more))
		if len(controls) == 10 || i == n-1 {
			steps = append(steps, `{"type":"Category","elements":[`+strings.Join(controls, ",")+`]}`)
			controls = nil
		}
	}
	return form.Document{
		Schema: json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":[` + strings.Join(required, ",") + `],"properties":{` + strings.Join(properties, ",") + `}}`),
		UI:     json.RawMessage(`{"type":"Categorization","elements":[` + strings.Join(steps, ",") + `]}`),
	}
}

// typedInto are right answers to the questions of one step of it.
func typedInto(def *form.Definition, step int) form.Typed {
	t := form.Typed{}
	for _, f := range def.Fields {
		if f.Step != step || f.Calculated() {
			continue
		}
		t[f.At] = []string{map[form.Kind]string{
			form.Line: "Maija Meikäläinen", form.Lines: "We ask for it\nbecause of the weather.", form.Number: "1234,50", form.Integer: "7", form.Choice: "two", form.Choices: "red", form.Tick: "true", form.Date: "24.12.2026",
		}[f.Kind]}
		if f.Format == "email" {
			t[f.At] = []string{"maija@example.org"}
		}
	}
	return t
}

func judgeForm(_ context.Context, e *Env) (Result, error) {
	const questions = 200
	def, mistakes := form.Parse(largeForm(questions))
	if len(mistakes) > 0 {
		return Result{}, fmt.Errorf("the form: %v", mistakes[0])
	}
	day := time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)
	answers := form.Answers{}
	for _, s := range def.Steps {
		for range 2 { // what is shown by an answer is answered the second time
			answers = def.Evaluate(answers, day).Fill(answers, s, typedInto(def, s.Index), "FI")
		}
	}
	res := Result{Figures: map[string]float64{"questions": float64(len(def.Fields))}}
	if wrong := def.Evaluate(answers, day).Check(); len(wrong) > 0 || len(def.Fields) != questions {
		res.Wrong = append(res.Wrong, fmt.Sprintf("of %d questions %d are answered wrongly", len(def.Fields), len(wrong)))
	}
	n := 2000
	if e.Quick || e.tiny {
		n = 100
	}
	var rounds []float64
	for range e.Rounds() {
		began := cpuTime()
		for range n {
			def.Evaluate(answers, day).Check()
		}
		res.N += int64(n)
		rounds = append(rounds, (cpuTime()-began).Seconds()*1e3/float64(n))
	}
	res.Ratio, res.IQR, res.CPU = median(rounds), iqr(rounds), median(rounds)*1e3
	return res, nil
}

// openFilling is the product with people who have signed in and fill in a form. It tells the cookie and the address of each.
func openFilling(ctx context.Context, spec json.RawMessage) (part, error) {
	f := &filling{}
	var in signedSpec
	if err := json.Unmarshal(spec, &in); err != nil {
		return nil, err
	}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) { f.paths, bad = fillIn(ctx, a, in.People) })
	if err != nil {
		return nil, err
	}
	f.product = p
	if bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return f, nil
}

type filling struct {
	*product
	paths []string
}

// Call tells where the drafts are, beside what the product does.
func (f *filling) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do == "paths" {
		return f.paths, nil
	}
	return f.product.Call(ctx, do, args)
}

// fillIn gives the organisation the form, and so many people a draft of it with its first step answered.
func fillIn(ctx context.Context, a *app.App, people int) ([]string, error) {
	document := largeForm(60)
	def, _ := form.Parse(document)
	doc, problems := blueprint.Parse(fmt.Appendf(nil, "format = 1\n[organisations.%s.forms.%s]\nname = { en = \"A large form\", fi = \"Laaja lomake\" }\nlevel = \"substantial\"\ndocument = '''%s'''\n", fixtureOrg, benchForm, document.JSON()))
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		return nil, errors.New("the form: " + faults[0].String())
	}
	if _, err := a.Blueprints.Apply(ctx, actor.System("bench"), doc, blueprint.Options{}); err != nil {
		return nil, err
	}
	var paths []string
	for range people {
		p, token, err := signOneIn(ctx, a)
		if err != nil {
			return nil, err
		}
		who := actor.Actor{Kind: actor.KindCitizen, Person: p, Level: actor.LevelSubstantial}
		id, err := a.Eservices.BeginFilling(ctx, who, fixtureOrg, benchForm, a.Site.Gen.Submission(), "fi")
		for range 2 {
			if err == nil {
				_, err = a.Eservices.Save(ctx, who, eservice.SaveRequest{Draft: id, Typed: typedInto(def, 0), Try: true})
			}
		}
		if err != nil {
			return nil, fmt.Errorf("fill in a form: %w", err)
		}
		paths = append(paths, fmt.Sprintf("/fi/my/forms/draft/%s/step/1\t\tCookie: luukku-citizen=%s", id, token))
	}
	return paths, nil
}

// formSteps measures the page of a step.
func formSteps(ctx context.Context, e *Env) (Result, error) {
	in, err := e.Copied(ctx, emptyFixture())
	if err != nil {
		return Result{}, err
	}
	p := &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return Result{}, err
	}
	if p.s, err = e.Serve(ctx, "filling", signedSpec{Installation: in, People: signedPeople}); err != nil {
		return Result{}, err
	}
	if err := p.s.filled(ctx); err != nil {
		return Result{}, err
	}
	if p.hello, err = e.Serve(ctx, "hello", nil); err != nil {
		return Result{}, err
	}
	var paths []string
	if err := p.s.Call(ctx, "paths", nil, &paths); err != nil {
		return Result{}, err
	}
	path, cookie, _ := strings.Cut(paths[0], "\t\t")
	page, err := p.look(path, cookie)
	if err != nil {
		return Result{}, err
	}
	if countOf(page.Body, "maija@example.org") != 1 || countOf(page.Body, "1234,50") != 1 {
		return Result{}, errors.New("the page of the step has no answers: what is measured is not what was meant")
	}
	res, err := p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: paths}, http.StatusOK)
	if err == nil {
		res.Figures["page_bytes"] = float64(page.Bytes)
	}
	return res, err
}
