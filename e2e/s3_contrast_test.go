package e2e

import (
	"fmt"
	"strings"
	"testing"

	"luukku/e2e/browser"
)

// leastContrast is what all text of a kiosk and of a display has against its ground, however large it is.
const leastContrast = 7

// TestS3_5_ContrastOfKiosksAndDisplays looks at every sample of a kiosk and a display, by its computed colours, in every look that it can have: as it is, in the
// dark, and with the contrast that somebody asks for at a kiosk. The queue's and the ticket's pages, which are on people's own machines, are like all other
// pages otherwise, and promise as much to who chose contrast.
func TestS3_5_ContrastOfKiosksAndDisplays(t *testing.T) {
	t.Parallel()
	base := openGallery(t)
	tab := browser.Start(t).Tab(t, browser.Options{Width: 1280, Height: 900})
	kiosks, displays := 0, 0
	for i, s := range samples(t) {
		name := s.Name()
		looks := []string{"", "light", "dark", "contrast"}
		switch {
		case strings.HasPrefix(name, "kiosk-"):
			kiosks++
		case strings.HasPrefix(name, "display-board"):
			displays++
		case strings.HasPrefix(name, "display-"):
			looks = looks[3:]
		default:
			continue
		}
		l := look{t: t, tab: tab, base: base, name: name}
		l.open("en", "scheme=light&org="+string(galleryTowns()[i%3].ID), 1280)
		for _, scheme := range looks {
			if scheme != "" {
				tab.Eval(fmt.Sprintf(`document.documentElement.setAttribute("data-color-scheme", %q)`, scheme), nil)
				tab.WaitFor("document.getAnimations().filter((a) => a instanceof CSSTransition).length === 0")
			}
			l.axe("looks "+scheme, browser.AxeOptions{Contrast: leastContrast})
		}
	}
	if kiosks < 20 || displays < 4 {
		t.Errorf("looked at %d samples of kiosks and %d of displays", kiosks, displays)
	}
}
