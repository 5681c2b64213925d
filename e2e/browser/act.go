package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed page.js
var pageScript string

const (
	// pause is between two looks at a condition that the browser does not report.
	pause = 20 * time.Millisecond
	// mayNavigate is how long a pressed link or button may take to say that it navigates, when a script could also have taken the press.
	mayNavigate = 300 * time.Millisecond
)

// found is what page.js tells of an element.
type found struct {
	Error     string
	X, Y      float64
	Navigates bool   // a link or a button that sends a form, unless a script takes it
	Value     string // of a field
	On        bool   // of a check box or a radio button
}

// Click presses the link, button or other control with this text or accessible name, or the first one that a CSS selector (beginning with #, . or [) fits,
// and waits until the page it leads to has loaded. The test ends when a person could not press it.
func (t *Tab) Click(what string) {
	t.tb.Helper()
	t.press(t.seek("luukku.clickable(%s)", what))
}

// Fill types a value over what stands in the text field with this label. Where fields of one label stand in several groups, write "Legend > Label".
func (t *Tab) Fill(label, value string) {
	t.tb.Helper()
	t.press(t.seek("luukku.textField(%s)", label))
	ask[bool](t, "luukku.mark()")
	if value == "" {
		t.Press("Delete")
	} else if _, err := call(t, input.InsertText, input.InsertTextParams{Text: value}); err != nil {
		t.fatalf("type into %q: %v", label, err)
	}
	if got := ask[found](t, "luukku.state()"); strings.ReplaceAll(got.Value, "\r\n", "\n") != value {
		t.fatalf("typing %q into %q left %q there", value, label, got.Value)
	}
}

// Check ticks the check box, or chooses the radio button, with this label; nothing happens when it is on already.
func (t *Tab) Check(label string) { t.tb.Helper(); t.tick(label, true) }

// Uncheck clears the check box with this label; nothing happens when it is off already.
func (t *Tab) Uncheck(label string) { t.tb.Helper(); t.tick(label, false) }

func (t *Tab) tick(label string, on bool) {
	t.tb.Helper()
	at := t.seek("luukku.tick(%s)", label)
	if at.On == on {
		return
	}
	t.press(at)
	if got := ask[found](t, "luukku.state()"); got.On != on {
		t.fatalf("pressing %q left it as it was", label)
	}
}

// Select chooses an option, by its text, of the list with this label, or presses the radio button of that text in the group with this legend.
func (t *Tab) Select(label, option string) {
	t.tb.Helper()
	at := t.seek("luukku.select(%s, "+quote(option)+")", label)
	if at.X != 0 || at.Y != 0 {
		t.press(at)
	}
}

// Value returns what stands in the field with this label; of a list, the chosen option's text.
func (t *Tab) Value(label string) string {
	t.tb.Helper()
	return t.seek("luukku.value(%s)", label).Value
}

// Focused describes the element that has the keyboard: its name, or its tag when it has none.
func (t *Tab) Focused() string {
	t.tb.Helper()
	return ask[string](t, "luukku.focused()")
}

var keys = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageDown": kb.PageDown, "PageUp": kb.PageUp,
	"F1": kb.F1, "F2": kb.F2, "F3": kb.F3, "F4": kb.F4, "F5": kb.F5, "F6": kb.F6,
	"F7": kb.F7, "F8": kb.F8, "F9": kb.F9, "F10": kb.F10, "F11": kb.F11, "F12": kb.F12,
}

// Press presses a key by its name ("Enter", "Tab", "Shift+Tab", "Escape", "Space", "ArrowDown", "F2", ...) or types a single character, and waits for a page
// that it leads to.
func (t *Tab) Press(key string) {
	t.tb.Helper()
	name, shifted := strings.CutPrefix(key, "Shift+")
	code, ok := keys[name]
	if !ok {
		if len([]rune(name)) != 1 {
			t.tb.Fatalf("browser: no key %q", key)
		}
		code = name
	}
	var opts []chromedp.KeyOption
	if shifted {
		opts = append(opts, chromedp.KeyModifiers(kb.ModifierShift))
	}
	navigates := name == "Enter" && ask[bool](t, "luukku.enterNavigates()")
	_, before, _ := t.watch.since(0)
	ctx, cancel := context.WithTimeout(t.ctx, Wait)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(code, opts...)); err != nil {
		t.fatalf("press %s: %v", key, err)
	}
	t.settleAfter(navigates, before)
}

// seek finds an element by page.js, waiting until it is there.
func (t *Tab) seek(call, what string) found {
	t.tb.Helper()
	var at found
	expression := fmt.Sprintf(call, quote(what))
	if !t.patiently(func() bool { at = ask[found](t, expression); return at.Error == "" }) {
		t.fatalf("%s", at.Error)
	}
	return at
}

func (t *Tab) press(at found) {
	t.tb.Helper()
	_, before, _ := t.watch.since(0)
	for _, kind := range []input.DispatchMouseEventType{
		input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased,
	} {
		p := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y}
		if kind != input.DispatchMouseEventTypeMouseMoved {
			p.Button, p.ClickCount = input.MouseButtonLeft, 1
		}
		if _, err := call(t, input.DispatchMouseEvent, p); err != nil {
			t.fatalf("press the mouse: %v", err)
		}
	}
	t.settleAfter(at.Navigates, before)
}

// settleAfter waits for what an input has set off, since there were before signs of navigations. After an input that may navigate it gives the browser a
// moment to say so.
func (t *Tab) settleAfter(navigates bool, before int) {
	t.tb.Helper()
	_ = t.evaluate("1", 0, nil) // lets the page's own tasks run first; fails harmlessly when the page is leaving
	deadline := time.After(mayNavigate)
	for navigates {
		begun, _, news := t.watch.since(before)
		if begun {
			break
		}
		select {
		case <-news:
		case <-deadline:
			navigates = false
		}
	}
	t.settle()
}

// settle waits until no navigation is under way and the fonts are there.
func (t *Tab) settle() {
	t.tb.Helper()
	deadline := time.After(Wait)
	for {
		busy, news := t.watch.busy()
		if !busy {
			break
		}
		select {
		case <-news:
		case <-deadline:
			t.fatalf("the page did not finish loading in %s", Wait)
		}
	}
	t.until("the fonts are loaded", func() bool { return ask[bool](t, "document.fonts.status === 'loaded'") })
}

// until waits for a condition that the browser does not report.
func (t *Tab) until(what string, ok func() bool) {
	t.tb.Helper()
	if !t.patiently(ok) {
		t.fatalf("waited %s in vain: %s", Wait, what)
	}
}

func (t *Tab) patiently(ok func() bool) bool {
	deadline := time.After(t.patience())
	for !ok() {
		select {
		case <-deadline:
			return false
		case <-time.After(pause):
		}
	}
	return true
}

func (t *Tab) patience() time.Duration {
	if t.hasty > 0 {
		return t.hasty
	}
	return Wait
}

// ask evaluates an expression beside page.js, in a world of our own that pages cannot see and their policy does not bind.
func ask[T any](t *Tab, expression string) T {
	t.tb.Helper()
	var out T
	var err error
	for range 5 { // a page that leaves takes our world along; the next one gets its own
		var world runtime.ExecutionContextID
		if world, err = t.ourWorld(); err == nil {
			if err = t.evaluate(expression, world, &out); err == nil || errors.As(err, new(*thrown)) {
				break
			}
		}
		t.watch.dropWorld()
		time.Sleep(pause)
	}
	if err != nil {
		t.tb.Fatalf("browser: %s: %s: %v", t.watch.address(), expression, err)
	}
	return out
}

func (t *Tab) ourWorld() (runtime.ExecutionContextID, error) {
	id, document := t.watch.worldID()
	if id != 0 {
		return id, nil
	}
	got, err := call(t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: t.watch.main, WorldName: "luukku"})
	if err != nil {
		return 0, fmt.Errorf("our world: %w", err)
	}
	if err := t.evaluate(pageScript, got.ExecutionContextID, nil); err != nil {
		return 0, fmt.Errorf("our script: %w", err)
	}
	t.watch.setWorld(got.ExecutionContextID, document)
	return got.ExecutionContextID, nil
}

// thrown is an error of the evaluated script itself.
type thrown struct{ text string }

func (e *thrown) Error() string { return e.text }

// evaluate runs a script in a world; 0 is the page's own.
func (t *Tab) evaluate(expression string, world runtime.ExecutionContextID, out any) error {
	yes := true
	got, err := call(t, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: world, ReturnByValue: &yes, AwaitPromise: &yes})
	if err != nil {
		return err
	}
	if e := got.ExceptionDetails; e != nil {
		text := e.Text
		if e.Exception != nil {
			text += " " + e.Exception.Description
		}
		return &thrown{text}
	}
	if out == nil || got.Result == nil || len(got.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(got.Result.Value, out)
}

// quote writes a string as JavaScript does.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
