package theme

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"

	"luukku/base/fault"
)

// cubeOfColours is every colour whose parts are among the steps, with the corners.
func cubeOfColours(steps ...uint8) []colour {
	var all []colour
	for _, r := range steps {
		for _, g := range steps {
			for _, b := range steps {
				all = append(all, colour{r, g, b})
			}
		}
	}
	return all
}

func TestEveryColourGivesPagesThatCanBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range cubeOfColours(0, 37, 74, 111, 128, 148, 185, 222, 255) {
		for _, m := range build(c, c).Measures() {
			if m.Ratio < m.Need {
				t.Errorf("%s, %s: %s is %.2f:1, want at least %.1f:1", c, m.Scheme, m.What, m.Ratio, m.Need)
			}
		}
	}
}

func TestEveryScaleKeepsItsPromises(t *testing.T) {
	t.Parallel()
	need := map[Scheme]float64{Light: 4.5, Dark: 4.5, Contrast: 7}
	seeds := cubeOfColours(0, 64, 128, 191, 255)
	for _, f := range fixed {
		seeds = append(seeds, f.seed)
	}
	for _, seed := range seeds {
		for s, text := range need {
			sc := newScale(s, seed)
			for what, pair := range map[string][2]colour{
				"subtle text on the page":          {sc.textSubtle, sc.background},
				"subtle text on a tinted page":     {sc.textSubtle, sc.backgroundTinted},
				"subtle text on a surface":         {sc.textSubtle, sc.surface},
				"subtle text on a tinted surface":  {sc.textSubtle, sc.surfaceTinted},
				"subtle text on a hovered surface": {sc.textSubtle, sc.surfaceHover},
				"subtle text on a pressed surface": {sc.textSubtle, sc.surfaceActive},
				"text on a pressed surface":        {sc.textDefault, sc.surfaceActive},
				"words on a button":                {sc.onBase, sc.base},
				"subtle words on a button":         {sc.onBaseSubtle, sc.base},
				"words on a hovered button":        {sc.onBase, sc.baseHover},
				"words on a pressed button":        {sc.onBase, sc.baseActive},
			} {
				least := text
				if strings.HasPrefix(what, "subtle words") {
					least = 4.5
				}
				if got := contrast(pair[0], pair[1]); got < least {
					t.Errorf("%s, %s: %s is %.2f:1, want at least %.1f:1", seed, s, what, got, least)
				}
			}
			for what, c := range map[string]colour{"border of a field": sc.borderDefault, "strong border": sc.borderStrong} {
				if got := contrast(c, sc.background); got < 3 {
					t.Errorf("%s, %s: %s is %.2f:1 against the page, want at least 3:1", seed, s, what, got)
				}
			}
			if s != Light {
				for what, c := range map[string]colour{"button": sc.base, "hovered button": sc.baseHover, "pressed button": sc.baseActive} {
					if got := contrast(c, sc.surfaceTinted); got < 3 {
						t.Errorf("%s, %s: %s is %.2f:1 against a tinted surface, want at least 3:1", seed, s, what, got)
					}
				}
			}
		}
	}
}

func TestAPaleColourGetsABorderAndAStrongOneIsKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		colour string
		pale   bool
	}{
		{"#ffee99", true}, {"#fff", true}, {"8a1538", false}, {"#0062ba", false}, {"#000", false},
	} {
		th, err := New(tc.colour, "")
		if err != nil {
			t.Fatalf("New(%q): %v", tc.colour, err)
		}
		if got := th.Pale(); got != tc.pale {
			t.Errorf("%s: pale is %v, want %v", tc.colour, got, tc.pale)
		}
		c, _ := parse(tc.colour)
		if want := "--ds-color-accent-base-default:" + c.String() + ";"; !strings.Contains(string(th.CSS()), want) {
			t.Errorf("%s: the light button is not the organisation's own colour", tc.colour)
		}
		edge := !strings.Contains(string(th.CSS()), ":root{"+before(th, "--lk-edge:")+"--lk-edge:transparent")
		if edge != tc.pale {
			t.Errorf("%s: border on light buttons is %v, want %v", tc.colour, edge, tc.pale)
		}
	}
}

// before is what stands in the light block before the word.
func before(th Theme, word string) string {
	_, block, _ := strings.Cut(string(th.CSS()), ":root{")
	head, _, _ := strings.Cut(block, word)
	return head
}

func TestEverySchemeHasEveryVariable(t *testing.T) {
	t.Parallel()
	th, err := New("#8a1538", "#f5a800")
	if err != nil {
		t.Fatal(err)
	}
	css := string(th.CSS())
	if got := strings.Count(css, "{") - strings.Count(css, "}"); got != 0 {
		t.Errorf("braces do not match: %+d", got)
	}
	blocks := regexp.MustCompile(`\{(--[^{}]*)\}`).FindAllStringSubmatch(css, -1)
	if got, want := len(blocks), 5; got != want {
		t.Fatalf("got %d blocks of variables, want %d (light, dark and contrast; dark and contrast by the device)", got, want)
	}
	names := []string{"accent", "brand1", "neutral", "info", "success", "warning", "danger"}
	steps := []string{
		"background-default", "background-tinted", "surface-default", "surface-tinted", "surface-hover", "surface-active", "border-subtle",
		"border-default", "border-strong", "text-subtle", "text-default", "base-default", "base-hover", "base-active", "base-contrast-subtle",
		"base-contrast-default",
	}
	for i, b := range blocks {
		for _, n := range names {
			for _, s := range steps {
				if !regexp.MustCompile("--ds-color-" + n + "-" + s + ":#[0-9a-f]{6};").MatchString(b[1]) {
					t.Errorf("block %d lacks --ds-color-%s-%s", i, n, s)
				}
			}
		}
	}
	if !strings.Contains(css, "--ds-color-brand1-base-default:#f5a800;") {
		t.Error("the second colour is not the brand's")
	}
}

func TestTheSheetIsSmallAndItsHashFollowsIt(t *testing.T) {
	t.Parallel()
	a, errA := New("#8a1538", "")
	b, errB := New("#8A1538", "#8a1538")
	c, errC := New("#8a1539", "")
	if errA != nil || errB != nil || errC != nil {
		t.Fatal(errA, errB, errC)
	}
	if a.Hash() != b.Hash() || a.Hash() == c.Hash() || len(a.Hash()) != 16 {
		t.Errorf("hashes: got %s and %s for one colour, %s for another", a.Hash(), b.Hash(), c.Hash())
	}
	if got, want := len(a.Gzip()), 6000; got > want {
		t.Errorf("compressed sheet has %d bytes, want at most %d", got, want)
	}
	r, err := gzip.NewReader(bytes.NewReader(a.Gzip()))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(plain, a.CSS()) {
		t.Errorf("the compressed sheet is not the sheet (error %v)", err)
	}
}

func TestWhatIsNoColourIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ primary, accent, field string }{
		{"red", "", "primary"}, {"#12345", "", "primary"}, {"#12345g", "", "primary"}, {"#+12345", "", "primary"}, {"#1234567", "", "primary"},
		{"", "}body{", "accent"}, {"#000", "url(x)", "accent"}, {"é", "", "primary"}, {"#é1", "", "primary"},
	} {
		_, err := New(tc.primary, tc.accent)
		f := fault.Of(err)
		if err == nil || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != tc.field {
			t.Errorf("New(%q, %q): got %v, want a fault on %s", tc.primary, tc.accent, err, tc.field)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want float64
	}{{"#000", "#fff", 21}, {"#767676", "#fff", 4.54}, {"#ff0000", "#fff", 4.0}, {"#0000ff", "#ffffff", 8.59}} {
		a, _ := parse(tc.a)
		b, _ := parse(tc.b)
		if got := contrast(a, b); got < tc.want-0.01 || got > tc.want+0.01 {
			t.Errorf("contrast of %s and %s: got %.3f, want %.2f", tc.a, tc.b, got, tc.want)
		}
	}
}
