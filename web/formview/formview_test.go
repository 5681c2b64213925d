package formview_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"luukku/base/i18n"
	"luukku/domain/form"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
	"luukku/web/webtest"
)

var texts = i18n.MustLoad()

func base(l i18n.Lang) web.Base {
	return web.Base{Lang: l, Page: ui.Page{Printer: texts.Printer(l)}}
}

func step(t *testing.T, l i18n.Lang, v formview.View, n int) string {
	t.Helper()
	var out strings.Builder
	b := base(l)
	if err := v.Step(b, v.Def.Steps[n], "/here", nil, ui.SubmitButton(ui.Button{Text: "Go on"})).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// controls are what a browser would send of a page without touching it, by their names.
func controls(t *testing.T, page string) map[string][]string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	add := func(name, value string) {
		if name != "" {
			out[name] = append(out[name], value)
		}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		has := func(key string) bool {
			for _, a := range n.Attr {
				if a.Key == key {
					return true
				}
			}
			return false
		}
		name := webtest.Attr(n, "name")
		switch n.Data {
		case "input":
			switch kind := webtest.Attr(n, "type"); kind {
			case "radio", "checkbox":
				if has("checked") {
					add(name, webtest.Attr(n, "value"))
				}
			case "file":
			default:
				add(name, webtest.Attr(n, "value"))
			}
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			add(name, text)
		case "option":
			if has("selected") {
				add(webtest.Attr(n.Parent, "name"), webtest.Attr(n, "value"))
			}
		}
	}
	return out
}

// A page that is sent as it was shown changes nothing, in any language, whatever was answered: right, wrong or nothing.
func TestAPageThatIsSentAsItIsChangesNothing(t *testing.T) {
	t.Parallel()
	for _, answers := range []string{formview.SampleWhole, formview.SampleWrong, formview.SampleNone} {
		for _, l := range i18n.Languages() {
			v := formview.Sample(answers)
			given := v.Out.Answers
			for i, s := range v.Def.Steps {
				got := v.Out.Fill(given, s, controls(t, step(t, l.Code, v, i)), "FI")
				// A box that was not there yet is not ticked once it was shown, and what is shown as nothing is nothing.
				want := v.Def.Evaluate(v.Out.Fill(given, s, controlsOf(v, s), "FI"), formview.SampleNow()).Answers
				if diff := cmp.Diff(want, v.Def.Evaluate(got, formview.SampleNow()).Answers); diff != "" {
					t.Errorf("%s, step %d: (-want +got)\n%s", l.Code, i, diff)
				}
			}
		}
	}
}

// controlsOf are the answers of a step as somebody would type them.
func controlsOf(v formview.View, s *form.Step) form.Typed {
	out := form.Typed{}
	for _, f := range v.Def.Fields {
		if f.Step != s.Index || f.Kind == form.Repeated || f.Kind == form.Files {
			continue
		}
		rows := []int{-1}
		if f.Rows != nil {
			rows = nil
			for i := range v.Out.Rows(f.Rows) {
				rows = append(rows, i)
			}
		}
		for _, row := range rows {
			switch a := v.Out.Value(f, row).(type) {
			case string:
				out[f.In(row)] = []string{a}
			case []any:
				for _, x := range a {
					out[f.In(row)] = append(out[f.In(row)], x.(string))
				}
			case bool:
				if a {
					out[f.In(row)] = []string{"true"}
				} else {
					out[f.In(row)] = []string{"false"}
				}
			case interface{ String() string }:
				out[f.In(row)] = []string{a.String()}
			}
		}
	}
	return out
}

func TestWhatIsWrongLeadsToItsField(t *testing.T) {
	t.Parallel()
	v := formview.Sample(formview.SampleWrong)
	for i, s := range v.Def.Steps {
		v := v.Checked(s)
		page := step(t, "en", v, i)
		for _, item := range v.Items(base("en")) {
			if !strings.Contains(page, ` id="`+strings.TrimPrefix(item.Href, "#")+`"`) {
				t.Errorf("step %d: %q leads to %s, which is not there", i, item.Text, item.Href)
			}
		}
	}
	var said []string
	for _, item := range v.Checked(v.Def.Steps[2]).Items(base("en")) {
		said = append(said, item.Text)
	}
	want := []string{"Stall 1, Seller: Answer this", "Stall 1, Width (m): The number must be at least 0.5"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatIsShownSaysWhereItIsFromAndInWhichLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step int
		lang i18n.Lang
		want []string
	}{
		{0, "en", []string{"From the population register", "From your own details", `autocomplete="tel"`, "Maija Meik"}},
		{2, "fi", []string{"5,5\u00a0m", `value="3,5"`, "Lasketaan muista vastauksista"}},
		{3, "sv", []string{`lang="fi">Suunnitelma`, "kartta.pdf"}},
		{1, "cs", []string{`value="8.5.2027"`, `data-again`}},
	} {
		page := step(t, c.lang, formview.Sample(formview.SampleWhole), c.step)
		for _, w := range c.want {
			if !strings.Contains(page, w) {
				t.Errorf("step %d in %s lacks %s", c.step, c.lang, w)
			}
		}
	}
	if page := step(t, "en", formview.Sample(formview.SampleWhole), 0); strings.Contains(page, `name="/name"`) {
		t.Error("what comes from the register can be typed over")
	}
	if page := step(t, "en", formview.Sample(formview.SampleNone), 1); strings.Contains(page, "When does the music end") {
		t.Error("what is hidden is shown")
	}
}
