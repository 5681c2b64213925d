package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGoodPageHasNoFault(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": good})
	for name, tt := range map[string]struct {
		visitor Options
		widths  []int
	}{"light": {Options{}, []int{1280, 390, 320}}, "dark": {Options{Dark: true}, []int{390}}, "without scripts": {Options{NoScript: true, ForcedColours: true}, []int{320}}} {
		tab := Start(t).Tab(t, tt.visitor)
		tab.Go(base + "/")
		for _, width := range tt.widths {
			tab.Resize(width, 800)
			for _, v := range Axe(tab, AxeOptions{}) {
				t.Errorf("%s, %d px: axe: %s", name, width, v)
			}
			for _, s := range slices.Concat(Overflow(tab), Targets(tab), TextSpacing(tab)) {
				t.Errorf("%s, %d px: %s", name, width, s)
			}
		}
		tab.MustBeClean()
	}
}

func TestAxeSeesPlantedFaults(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"image-alt":      with(`<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="50" height="50">`),
		"label":          with(`<p><input type="text" name="x"></p>`),
		"color-contrast": with(`<p class="pale">Pale on white</p>`),
		"heading-order":  with(`<h4>Too deep</h4>`),
		"html-has-lang":  strings.Replace(good, ` lang="en"`, "", 1),
		"document-title": strings.Replace(good, "<title>Your details - Vuorela</title>", "", 1),
		"target-size":    with(`<p><button class="tiny" aria-label="a"></button><button class="tiny" aria-label="b"></button></p>`),
		"button-name":    with(`<p><button type="button"></button></p>`),
		"region":         strings.Replace(good, "</main>", "</main><p>Outside of all landmarks</p>", 1),
	}
	routes := map[string]string{}
	for rule, body := range pages {
		routes["/"+rule] = body
	}
	base := site(t, routes)
	for _, o := range []Options{{}, {NoScript: true}} {
		t.Run(fmt.Sprintf("without scripts %v", o.NoScript), func(t *testing.T) {
			t.Parallel()
			tab := Start(t).Tab(t, o)
			for rule := range pages {
				if o.NoScript && rule != "color-contrast" && rule != "label" {
					continue // the rules are the same; that they run at all is the question
				}
				tab.Go(base + "/" + rule)
				// By the object model, which the policy does not bind.
				tab.Eval(`document.querySelectorAll('.pale').forEach((e) => { e.style.color = '#bbb' });
document.querySelectorAll('.tiny').forEach((e) => { e.style.width = e.style.height = e.style.minHeight = '12px'; e.style.padding = e.style.border = '0' })`, nil)
				got := Axe(tab, AxeOptions{})
				if len(got) != 1 || got[0].Rule != rule {
					t.Errorf("%s: got %v", rule, got)
				}
				if got := Axe(tab, AxeOptions{Without: []string{rule}}); len(got) != 0 {
					t.Errorf("without %s: got %v, want none", rule, got)
				}
			}
		})
	}
}

// What the rules take for enough is not enough for who asks for more; large letters and single signs are no exception.
func TestAxeSeesTooLittleContrast(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/enough": good, "/pale": with(`<p class="pale">Grey on white</p>`), "/sign": with(`<p class="pale">→</p>`), "/large": with(`<h2 class="pale">Grey on white</h2>`)})
	tab := Start(t).Tab(t, Options{})
	for path, want := range map[string]int{"/enough": 0, "/pale": 1, "/sign": 1, "/large": 1} {
		tab.Go(base + path)
		tab.Eval(`document.querySelectorAll('.pale').forEach((e) => { e.style.color = '#666' })`, nil) // 5.7:1
		if got := Axe(tab, AxeOptions{Contrast: 7}); len(got) != want {
			t.Errorf("%s: got %v, want %d", path, got, want)
		}
	}
}

func TestLayoutChecksSeePlantedFaults(t *testing.T) {
	t.Parallel()
	tab := Start(t).Tab(t, Options{Width: 320})
	base := site(t, map[string]string{"/{$}": with(`
<p id="wide">Wide</p><p id="far">Far</p><div id="cut"><p>Words that will not fit in the box</p></div><div id="roll"><p id="inside">Inside</p></div>
<button id="small" aria-label="Small"></button><p id="line"><a href="/x">a link in a line</a> of text</p><p id="alone"><a href="/y">alone</a></p><div id="tight"><p>Fits as it is</p></div>`)})
	const always = `const s = (id, css) => Object.assign(document.getElementById(id).style, css);
for (const id of ['wide', 'far', 'cut', 'roll', 'small', 'line', 'alone', 'tight']) document.getElementById(id).hidden = !on.includes(id);`
	for name, tt := range map[string]struct {
		on, css string
		check   func(*Tab) []string
		want    []string // parts of the findings, in order
	}{
		"wide element":       {"wide", `s('wide', {width: '400px'})`, Overflow, []string{"scrolls sideways: ", "<p#wide>"}},
		"hidden overflow":    {"wide", `s('wide', {width: '400px'}); document.body.style.overflowX = 'hidden'`, Overflow, []string{"<p#wide>"}},
		"to the left":        {"far", `s('far', {marginLeft: '-40px'})`, Overflow, []string{"<p#far>"}},
		"scrolls on its own": {"roll", `s('roll', {overflowX: 'auto'}); s('inside', {width: '900px'})`, Overflow, nil},
		"text cut off":       {"cut", `s('cut', {height: '20px', overflow: 'hidden'})`, Overflow, []string{"<div#cut>"}},
		"small button":       {"small", `s('small', {width: '20px', height: '30px', minHeight: '0', padding: '0'})`, Targets, []string{`<button#small> "Small" is 20x30 px`}},
		"link in a line":     {"line", ``, Targets, nil},
		"link alone":         {"alone", `s('alone', {fontSize: '12px'})`, Targets, []string{"alone"}},
		"fits until spaced":  {"tight", `s('tight', {height: '60px', overflow: 'hidden'})`, TextSpacing, []string{"with spaced text of 200 %: <div#tight>"}},
		"fits as it is":      {"tight", `s('tight', {height: '60px', overflow: 'hidden'})`, Overflow, nil},
	} {
		tab.Go(base + "/")
		tab.Eval(fmt.Sprintf("(() => { const on = %s; %s %s })()", quote(tt.on), always, tt.css), nil)
		got := tt.check(tab)
		ok := len(got) == len(tt.want)
		for i := range got {
			ok = ok && strings.Contains(got[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	var size string
	if tab.Eval("getComputedStyle(document.documentElement).fontSize", &size); size != "16px" {
		t.Errorf("after TextSpacing the text size is %s, want 16px", size)
	}
}

// The check must not measure before the spacing is there: a page may let it come slowly, with a transition, or not let it come at all.
func TestTextSpacingIsMeasuredWhenItIsThere(t *testing.T) {
	t.Parallel()
	tab := Start(t).Tab(t, Options{Width: 320})
	base := site(t, map[string]string{"/{$}": with(`<div id="tight"><p id="words">Fits as it is</p></div>`)})
	const tight = "#tight { height: 60px; overflow: hidden } "
	const cut = "with spaced text of 200 %: <div#tight>"
	const late, never = "* { transition: all 1ms !important } ", "* { transition: all 100s !important } "
	for name, tt := range map[string]struct {
		css  string
		want string // the beginning of each finding
	}{
		"fits":                {late, ""},
		"at once":             {tight, cut},
		"late":                {tight + late, cut},
		"later":               {tight + "* { transition: all 200ms 100ms !important }", cut},
		"never":               {tight + never, `with spaced text of 200 %: <a.home> "Vuorela" does not take the spacing: `},
		"letters insist":      {tight + "#words { letter-spacing: 0 !important }", `with spaced text of 200 %: <p#words> "Fits as it is" does not take the spacing: letterSpacing normal with letters of 32px`},
		"lines insist":        {tight + "#words { line-height: 1 !important }", `with spaced text of 200 %: <p#words> "Fits as it is" does not take the spacing: lineHeight 32px with letters of 32px`},
		"words never":         {tight + "#words { transition: word-spacing 100s 100s }", `with spaced text of 200 %: <p#words> "Fits as it is" does not take the spacing: wordSpacing 0px with letters of 32px`},
		"no text to look at":  {"body { visibility: hidden }", "with spaced text of 200 %: there is no text to space"},
		"the text's own size": {tight + "#words { font-size: 10px }", ""},
	} {
		tab.Go(base + "/")
		tab.Eval(fmt.Sprintf("(() => { const s = new CSSStyleSheet(); s.replaceSync(%s); document.adoptedStyleSheets = [s]; return document.body.offsetWidth })()", quote(tt.css)), nil)
		if strings.Contains(tt.css, "100s") || strings.Contains(name, "insist") || strings.Contains(name, "no text") {
			tab.hasty = 300 * time.Millisecond
		}
		got := TextSpacing(tab)
		tab.hasty = 0
		if (len(got) == 0) != (tt.want == "") || len(got) > 0 && !strings.HasPrefix(got[0], tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestTroubleSeesPlantedFaults(t *testing.T) {
	t.Parallel()
	other := site(t, map[string]string{"/pixel": "x"})
	base := site(t, map[string]string{
		"/good":    good,
		"/style":   strings.Replace(good, "<h1>", `<h1 style="color: red">`, 1),
		"/inline":  with(`<script>document.title = 'x'</script>`),
		"/foreign": with(`<img src="` + other + `/pixel" alt="">`),
		"/world":   strings.Replace(good, "</head>", `<link rel="preconnect" href="https://elsewhere.example"><link rel="stylesheet" href="https://elsewhere.example/x.css"></head>`, 1),
		"/missing": with(`<img src="/nowhere.png" alt="">`),
		"/console": with(`<script src="/fail.js"></script>`),
	})
	tab := Start(t).Tab(t, Options{})
	for path, want := range map[string][]string{
		"/good":    nil,
		"/style":   {"security: "},
		"/inline":  {"security: "},
		"/foreign": {"another origin: Image " + other + "/pixel", "security: ", "blocked, csp"},
		"/world":   {"another origin: Stylesheet https://elsewhere.example/x.css", "blocked, csp"},
		"/missing": {"status 404"},
		"/console": {"console: it hurts 7", "exception: Uncaught Error: thrown late"},
	} {
		tab.Forget()
		tab.Go(base + path)
		if path == "/console" {
			tab.until("the late error", func() bool { return len(tab.Trouble()) == 2 })
		}
		got := strings.Join(tab.Trouble(), "\n")
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: got\n%s\nwant %q in it", path, got, part)
			}
		}
		if want == nil && got != "" {
			t.Errorf("%s: got %q, want no trouble", path, got)
		}
	}
	allowed := Start(t).Tab(t, Options{Allow: []string{other}})
	allowed.Go(base + "/foreign")
	if got := strings.Join(allowed.Trouble(), "\n"); strings.Contains(got, "another origin") {
		t.Errorf("got %q, want the allowed origin left alone", got)
	}
}

func TestWeightCountsAColdVisit(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": good})
	tab := Start(t).Tab(t, Options{})
	tab.Go(base + "/")
	first, second := Weight(tab), Weight(tab)
	if first.Requests != 2 || first.ByType["Document"] < int64(len(good)) || first.ByType["Stylesheet"] < int64(len(style)) || first.Total > int64(len(good)+len(style))+2000 {
		t.Errorf("got %s, want page (%d) and style sheet (%d) and their head lines", first, len(good), len(style))
	}
	if first.Total != second.Total {
		t.Errorf("got %s, then %s, want the same", first, second)
	}
}

func TestHTMLValidateSeesPlantedFaults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs Node")
	}
	got := HTMLValidate(t, map[string]string{
		"good":            good,
		"same id twice":   with(`<p id="main">x</p>`),
		"div in a p":      with(`<p><span><div>x</div></span></p>`),
		"no label":        with(`<p><input type="text" name="x"></p>`),
		"inline style":    with(`<p style="color: red">x</p>`),
		"unclosed":        with(`<section><h2>x</h2>`),
		"names/ä and <b>": with(`<p aria-labelledby="nowhere">x</p>`),
	})
	for name, rule := range map[string]string{
		"same id twice": "no-dup-id", "div in a p": "element-permitted-content", "no label": "input-missing-label", "inline style": "no-inline-style",
		"unclosed": "close-order", "names/ä and <b>": "no-missing-references",
	} {
		if !slices.ContainsFunc(got[name], func(f Finding) bool { return f.Rule == rule && f.Line > 0 && f.Message != "" }) {
			t.Errorf("%s: got %v, want %s", name, got[name], rule)
		}
	}
	if len(got["good"]) != 0 {
		t.Errorf("good page: got %v, want no finding", got["good"])
	}
	if got := HTMLValidate(t, nil); len(got) != 0 {
		t.Errorf("no pages: got %v, want none", got)
	}
}
