package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// AxeOptions narrow what Axe looks at. The zero value looks at the whole page with all rules of WCAG 2.0, 2.1 and 2.2, levels A and AA, and best practice.
type AxeOptions struct {
	Without []string // ids of rules left out; say why where you name one
	Only    []string // ids of rules, in place of all
	Inside  string   // a CSS selector, in place of the whole page
	// Contrast is what all text must have against its ground, large or not, in place of all rules; 0 asks the rules. What cannot be judged is found, too.
	Contrast float64
}

// Violation is one rule that a page breaks.
type Violation struct {
	Rule   string `json:"id"`
	Impact string `json:"impact"` // minor, moderate, serious, critical
	Help   string `json:"help"`
	Nodes  []struct {
		HTML   string `json:"html"`
		Target string `json:"target"`
		Why    string `json:"why"`
	} `json:"nodes"`
}

// String tells the rule and the places.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.Rule, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s  %s\n    %s", n.Target, n.HTML, strings.ReplaceAll(n.Why, "\n", "\n    "))
	}
	return b.String()
}

const axeRun = `(async () => {
	const o = %s;
	const run = { resultTypes: ['violations'], iframes: false, elementRef: false, rules: {} };
	if (o.only.length) run.runOnly = { type: 'rule', values: o.only };
	else {
		run.runOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
		run.rules['target-size'] = { enabled: true };
	}
	for (const id of o.without) run.rules[id] = { enabled: false };
	if (o.contrast) {
		const want = { expected: o.contrast };
		const usual = { ignoreUnicode: false, ignoreLength: true, ignorePseudo: false, boldValue: 700, boldTextPt: 14, largeTextPt: 18, pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.1, textStrokeEmMin: 0.03 };
		run.runOnly = { type: 'rule', values: ['color-contrast-enhanced'] };
		run.checks = { 'color-contrast-enhanced': { options: { ...usual, contrastRatio: { normal: want, large: want } } } };
		run.resultTypes = ['violations', 'incomplete'];
	}
	const got = await axe.run(o.inside || document, run);
	return got.violations.concat(o.contrast ? got.incomplete : []).map((v) => ({ id: v.id, impact: v.impact ?? '', help: v.help, nodes: v.nodes.map((n) => ({
		html: n.html.slice(0, 300), target: n.target.flat().join(' '), why: n.failureSummary ?? '' })) }));
})()`

// Axe returns the accessibility rules that the shown page breaks, by axe-core. It looks at the page from a world of its own, so that the page's policy and
// scripts neither hinder nor notice it. Frames within the page are not looked into.
func Axe(t *Tab, o AxeOptions) []Violation {
	t.tb.Helper()
	source := fromModules(t.tb, "axe-core/axe.min.js")
	options, err := json.Marshal(map[string]any{"only": list(o.Only), "without": list(o.Without), "inside": o.Inside, "contrast": o.Contrast})
	if err != nil {
		t.tb.Fatalf("browser: %v", err)
	}
	ask[int](t, "1") // so that our world exists
	world, _ := t.watch.worldID()
	if t.opts.NoScript {
		// axe waits for timers, which such a tab does not run. The page's own scripts were never read, so they stay as silent as before.
		t.scripts(true)
		defer t.scripts(false)
	}
	if t.axeIn != world {
		if err := t.evaluate(string(source)+";0", world, nil); err != nil {
			t.fatalf("load axe-core: %v", err)
		}
		t.axeIn = world
	}
	var found []Violation
	if err := t.evaluate(fmt.Sprintf(axeRun, options), world, &found); err != nil {
		t.fatalf("run axe-core: %v", err)
	}
	return found
}

func (t *Tab) scripts(on bool) {
	t.tb.Helper()
	if err := step(t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})(); err != nil {
		t.fatalf("%v", err)
	}
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// modules returns e2e/node_modules of the checkout that the test runs in.
func modules(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatalf("browser: where are we: %v", err)
	}
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			return filepath.Join(up, "e2e", "node_modules")
		}
		if up == filepath.Dir(up) {
			tb.Fatalf("browser: no go.mod above %s", dir)
		}
	}
}

// fromModules reads a file of an npm package.
func fromModules(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(modules(tb), filepath.FromSlash(path)))
	if err != nil {
		tb.Fatalf("browser: the page checkers are not installed, run make e2e-deps: %v", err)
	}
	return data
}
