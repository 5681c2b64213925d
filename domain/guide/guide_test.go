package guide

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/base/pdf/pdftest"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

func town(t *testing.T, books, forms bool) *catalog.Config {
	t.Helper()
	name := func(s string) i18n.Text { return i18n.Text{"fi": s} }
	c := &catalog.Config{
		Org: org.Organisation{ID: "town", Name: name("Vuorela"), Zone: "Europe/Helsinki", Phone: "09 000 0000", PhoneHours: name("ma–pe klo 8–18")}, HelpAt: 1795000000,
		Offices: []org.Office{{ID: "hall", Name: name("Talo")}}, Services: []catalog.Service{{ID: "permit", Name: name("Lupa")}},
	}
	if books {
		c.Offers = []catalog.Offer{{Service: "permit", Office: "hall"}}
	}
	if forms {
		c.Forms = []catalog.Form{{ID: "permit", Name: name("Lupa"), Services: []ids.Service{"permit"}}}
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOnlyWhatThereIsIsExplained(t *testing.T) {
	p := i18n.MustLoad().Printer("en")
	for _, c := range []struct {
		books, forms bool
		want         string
	}{{false, false, "service"}, {true, false, "service office time change"}, {false, true, "service sign_in form follow"}, {true, true, "service office time change sign_in form follow"}} {
		var got []string
		for i, s := range Steps(p, town(t, c.books, c.forms)) {
			got = append(got, s.Key)
			if !strings.HasPrefix(s.Title, string(rune('1'+i))+". ") || s.Text == "" || !strings.HasPrefix(s.Picture.Alt, "Picture: ") {
				t.Errorf("step %d is %q, %q with %q", i, s.Title, s.Text, s.Picture.Alt)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("books %t, forms %t: got %q, want %q", c.books, c.forms, got, c.want)
		}
	}
	if got := Steps(p, &catalog.Config{}); got != nil {
		t.Errorf("of an organisation without services: %v", got)
	}
}

func TestTheLaterOfBothChangesCounts(t *testing.T) {
	c := town(t, true, true)
	for at, want := range map[int64]time.Time{Revised.Unix() - 1: Revised, Revised.Unix(): Revised, Revised.Unix() + 1: Revised.Add(time.Second), 0: Revised} {
		if c.HelpAt = at; !Changed(c).Equal(want) {
			t.Errorf("changed here at %d: got %s, want %s", at, Changed(c), want)
		}
	}
	c.Services, c.HelpAt = nil, 5
	if got := Changed(c).Unix(); got != 5 {
		t.Errorf("without the guide: got %d", got)
	}
}

// The guide on paper is a tagged document in each language: its headings, what its pictures show, who helps and when; the font has all of it, and it is the same bytes each time.
func TestTheGuideOnPaperIsTagged(t *testing.T) {
	texts, c := i18n.MustLoad(), town(t, true, true)
	for _, l := range i18n.Languages() {
		p := texts.Printer(l.Code)
		d := Document(p, c, pdf.Facts{{Name: "Hours", Value: "Mon–Fri: 8–18"}})
		f, err := d.Write()
		if err != nil {
			t.Fatal(err)
		}
		if f.Missing != "" {
			t.Errorf("%s: the font has not %q", l.Code, f.Missing)
		}
		again, err := d.Write()
		if err != nil || string(again.Bytes) != string(f.Bytes) {
			t.Errorf("%s: written again it is another, %v", l.Code, err)
		}
		if info := pdftest.Info(t, f.Bytes); !strings.Contains(info, "Tagged:          yes") {
			t.Errorf("%s: not tagged: %s", l.Code, info)
		}
		tree := pdftest.Structure(t, f.Bytes)
		if strings.Count(tree, "Figure") != 7 || strings.Count(tree, "H2") != 8 {
			t.Errorf("%s: %d pictures and %d headings in %s", l.Code, strings.Count(tree, "Figure"), strings.Count(tree, "H2"), tree)
		}
		said := strings.Join(strings.Fields(pdftest.Text(t, f.Bytes)), " ")
		for _, want := range []string{"09 000 0000", "Mon–Fri: 8–18", p.T("help.steps.follow.title"), p.T("help.draw.folder"), p.ShortDate(Changed(c))} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not said in %s", l.Code, want, said)
			}
		}
		for _, s := range Steps(p, c) {
			if !slices.ContainsFunc(d.Blocks, func(b pdf.Block) bool { x, is := b.(pdf.Drawn); return is && x.Alt == s.Picture.Alt }) {
				t.Errorf("%s: the picture of %s is not in it", l.Code, s.Key)
			}
		}
	}
}

// said is the digest of what the guide says in all languages, with its pictures, as it was when it was Revised.
const said = "536738bb271c0f32"

// Whoever changes the guide changes the moment that people see as that of its last change, too.
func TestTheGuideIsAsItWasRevised(t *testing.T) {
	texts, c, h := i18n.MustLoad(), town(t, true, true), sha256.New()
	for _, l := range i18n.Languages() {
		for _, s := range Steps(texts.Printer(l.Code), c) {
			h.Write([]byte(s.Title + "\n" + s.Text + "\n" + s.Picture.SVG() + "\n"))
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)[:8]); got != said {
		t.Errorf("the guide says something else than at %s: set Revised to now, and said to %q", Revised.Format(time.RFC3339), got)
	}
}
