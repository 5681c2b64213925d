package browser

import (
	_ "embed"
	"fmt"
)

//go:embed layout.js
var layoutScript string

// Overflow returns what does not fit the width of the window: a page that scrolls sideways, elements that stick out of it (except inside a part that
// scrolls on its own), and text that is cut off by the box around it. None on a good page.
func Overflow(t *Tab) []string {
	t.tb.Helper()
	return ask[[]string](t, layoutScript+".overflow()")
}

// Targets returns the controls that are smaller than 24 by 24 CSS pixels (WCAG 2.5.8 without its exception for distance), except links in a line of text.
// The label of a check box or radio button counts as a part of it.
func Targets(t *Tab) []string {
	t.tb.Helper()
	return ask[[]string](t, layoutScript+".targets()")
}

// TextSpacing returns what Overflow finds under the text spacing of WCAG 1.4.12 and with 200 % text, both of which it takes back afterwards. It measures when
// every text of the page has that spacing; a page on which that does not come to be is faulty by that alone.
func TextSpacing(t *Tab) []string {
	t.tb.Helper()
	zoom := t.opts.TextZoom
	if zoom == 0 {
		zoom = 1
	}
	if err := t.textZoom(2); err != nil {
		t.fatalf("text size: %v", err)
	}
	ask[int](t, layoutScript+".space(true)")
	var found []string
	if t.patiently(func() bool {
		found = ask[[]string](t, layoutScript+".unspaced(32)")
		return len(found) == 0
	}) {
		found = Overflow(t)
	}
	ask[int](t, layoutScript+".space(false)")
	if err := t.textZoom(zoom); err != nil {
		t.fatalf("text size: %v", err)
	}
	for i, s := range found {
		found[i] = fmt.Sprintf("with spaced text of 200 %%: %s", s)
	}
	return found
}
