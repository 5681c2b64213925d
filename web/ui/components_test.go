package ui

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"luukku/base/i18n"
)

var texts = i18n.MustLoad()

// with puts components into another.
func with(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// zero is every component with nothing to say.
func zero(p *i18n.Printer) map[string]templ.Component {
	return map[string]templ.Component{
		"Shell": with(Shell(Page{Printer: p})), "A": A(Link{}), "Phone": Phone(""), "Mail": Mail(""), "H1": H1("", ""), "H2": H2("", ""), "H3": H3("", ""),
		"Lead": Lead(""), "P": P(""), "Para": with(Para()), "Muted": Muted(""), "Words": Words(p, nil), "Prose": Prose(""), "ProseText": ProseText(p, nil),
		"Tag": Tag("", ""), "Tags": with(Tags()), "Spacer": Spacer(), "Section": with(Section("")), "Columns": with(Columns()), "Icon": Icon(""),
		"Steps": Steps(p, 0, 0), "BackLink": BackLink(p, ""), "Details": with(Details("")), "SubmitButton": SubmitButton(Button{}),
		"LinkButton": LinkButton("", Link{}), "Buttons": with(Buttons()), "Form": with(Form(FormData{})), "HiddenFields": HiddenFields(nil),
		"PrintButton": PrintButton(p), "PrintHint": PrintHint(p), "TextField": TextField(p, Field{}), "TextArea": TextArea(p, Field{}),
		"Select": Select(p, SelectField{}), "Radios": Radios(p, Choices{}), "Checkboxes": Checkboxes(p, Choices{}), "Checkbox": Checkbox(p, CheckField{}),
		"Fieldset": with(Fieldset(p, "", "")), "SearchForm": SearchForm(p, Search{}), "Alert": with(Alert(AlertBox{})), "ErrorSummary": ErrorSummary("", nil),
		"Panel": with(Panel("", "")), "CodePanel": CodePanel("", "", ""), "CardList": with(CardList(), Card(CardData{})), "CardGrid": with(CardGrid(), Card(CardData{})), "CardSide": with(CardSide()),
		"Pair": with(Pair()), "Blocks": with(Blocks(), Block("", "", nil)), "GreyBox": with(GreyBox("")),
		"NoSuitable": NoSuitable(p, nil, "", ""), "Hold": with(Hold(p, HoldData{})), "SummaryList": SummaryList(p, nil), "SummaryRow": SummaryList(p, make([]SummaryRow, 1)),
		"DefinitionList": DefinitionList(nil), "DefinitionRow": DefinitionList(make([]DefinitionRow, 1)), "LinkList": LinkList(nil), "LinkRow": LinkRow("", nil),
		"BulletList": BulletList(nil), "AZNav": AZNav(p, nil), "Table": Table(TableData{}), "TableRow": Table(TableData{Rows: [][]Cell{nil, {{}, {}}}}),
		"SlotList": SlotList("", "", nil), "SlotItem": SlotList("", "", make([]SlotItem, 1)), "WeekGrid": WeekGrid(p, "", "", nil), "Day": WeekGrid(p, "", "", make([]Day, 2)),
		"DayPart": WeekGrid(p, "", "", []Day{{Parts: make([]DayPart, 2)}}), "WeekPicker": WeekPicker(p, WeekPickerData{}),
	}
}

// full is a page with every component that has something to say.
func full(p *i18n.Printer) templ.Component {
	slots := []SlotTime{{Value: "a", Time: "9:20"}, {Value: "b", Time: "10:40"}}
	return with(Shell(Page{
		Printer: p, Title: "Title", Service: "Service", Brand: Brand{Name: i18n.Text{"fi": "Kaupunki"}, LogoURL: "/logo.svg", FrontURL: "/fi/"}, ThemeURL: "/t.css",
		LangLinks: []LangLink{{"fi", "/fi/", true}, {"cs", "/cs/", false}}, Nav: []Link{{Href: "/m", Text: "Change"}}, Help: Help{"09 000 0000", "9–15"},
		FooterLinks: []Link{{Href: "/p", Text: "Privacy"}}, HasError: true, Demo: &DemoBar{"/o", "/c", "now"}, Canonical: "https://example.org/", NoIndex: true, Compact: true, Wide: true,
	}),
		BackLink(p, "/"), ErrorSummary("Problem", []ErrorItem{{"#name", "Name"}, {"#who", "Who"}, {"#agree", "Agree"}, {"", "Other"}}), Steps(p, 1, 2), H1("top", "Title"),
		Words(p, i18n.Text{"fi": "Sana"}), ProseText(p, i18n.Text{"fi": "Eka\n\n- yksi https://example.org"}),
		with(Alert(AlertBox{Kind: Warning, Title: "Title", Text: "Text", ID: "notice"}), P("more")),
		with(Hold(p, HoldData{Until: "2026-11-23T09:35:00Z", Now: "2026-11-23T09:20:00Z", Text: "Until", FormID: "form", Action: "/hold", Button: "More"})),
		with(Form(FormData{ID: "form", Action: "/", Upload: true, Hidden: []Hidden{{"k", "v"}}}),
			TextField(p, Field{Name: "name", Label: "Name", Hint: "Hint", Error: "Wrong", Value: `"<x>`, Optional: true, Autocomplete: "name", InputMode: "text", MaxLen: 5, Short: true, Heading: false}),
			TextArea(p, Field{Name: "note", Label: "Note", MaxLen: 50, Rows: 2}),
			Select(p, SelectField{Name: "lang", Label: "Lang", Hint: "Hint", Error: "Wrong", Options: []Option{{Value: "1", Text: "One"}, {Value: "2", Text: "Two", Lang: "cs"}}, Value: "2"}),
			Radios(p, Choices{Name: "who", Legend: "Who", Hint: "Hint", Error: "Wrong", Options: []Choice{{Value: "1", Label: "One", Hint: "About"}, {Value: "2", Label: "Two", Checked: true}}}),
			Checkboxes(p, Choices{Name: "help", Legend: "Help", Options: []Choice{{Value: "1", Label: "One"}, {Value: "2", Label: "Two", Lang: "cs"}}}),
			Checkbox(p, CheckField{Name: "agree", Label: "Agree", Hint: "About", Error: "Wrong", Checked: true}),
			with(Fieldset(p, "Date", "Hint"), TextField(p, Field{Name: "day", Label: "Day"})),
			SubmitButton(Button{Text: "Go", Hidden: "on", Name: "n", Value: "v", FormAction: "/x", FormMethod: "get", Icon: "print"})),
		with(Panel("Done", "Text")), CodePanel("Code", "K7PQ-3M9X-TR", "Hint"), SearchForm(p, Search{Action: "/s", Label: "Search", Hint: "Hint"}),
		SummaryList(p, []SummaryRow{{Key: "K", Value: "a\nb", ChangeHref: "/c"}, {Key: "L", Content: P("x")}}), DefinitionList([]DefinitionRow{{Key: "K", Value: "V"}}),
		LinkRow("Sort", []Link{{Href: "/1", Text: "One", Current: true}}), AZNav(p, []Letter{{"A", "/a"}, {"B", ""}}),
		with(CardList(), Card(CardData{Title: "T", Href: "/t", Lang: "sv", Text: "x", Meta: "y"}), Card(CardData{Title: "T", Level: 3})),
		Table(TableData{Caption: "C", Head: []string{"A", "B"}, Rows: [][]Cell{{{Text: "a"}, {Text: "1", Number: true}}}}),
		SlotList("slot", "Book a time", []SlotItem{{"v", "Monday", "23 November", "9:20", "Kallio"}}),
		WeekPicker(p, WeekPickerData{Action: "/", Options: []Option{{Value: "1", Text: "One"}}, Value: "1", Prev: &Link{Href: "/p", Text: "P"}, Next: &Link{Href: "/n", Text: "N"}}),
		WeekGrid(p, "slot", "Book a time", []Day{
			{ID: "d-1", Weekday: "Monday", Date: "1 December", Parts: []DayPart{{"Morning", slots}, {"Afternoon", nil}}}, {Weekday: "Tuesday", Date: "2 December", State: DayFull},
			{State: DayNone}, {State: DayClosed}, {State: DayClosed, Note: "Independence Day"}, {State: DayNotYet, Note: "Opens tomorrow"}, {State: DayPast},
		}),
		NoSuitable(p, []Link{{Href: "/o", Text: "Other", Note: ": here"}}, "09 000 0000", "9–15"), with(Details("More"), P("x")), PrintButton(p), PrintHint(p), Tag(Info, "t"),
	)
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// document is a parsed page, with what the checks look for.
type document struct {
	all []*html.Node
	ids map[string]int
}

func parsePage(t *testing.T, source string) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	d := document{ids: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.all = append(d.all, n)
			if id, ok := attr(n, "id"); ok {
				d.ids[id]++
			}
		}
	}
	return d
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// faults are what no page may have.
func (d document) faults() []string {
	var out []string
	for id, n := range d.ids {
		if n > 1 || id == "" {
			out = append(out, "the id \""+id+"\" is empty or not unique")
		}
	}
	labelled := map[string]bool{}
	for _, n := range d.all {
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				out = append(out, n.Data+" has an inline "+a.Key)
			case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby" || a.Key == "form":
				for id := range strings.FieldsSeq(a.Val) {
					if d.ids[id] == 0 {
						out = append(out, a.Key+" names "+id+", which is not there")
					}
					if a.Key == "for" {
						labelled[id] = true
					}
				}
			}
		}
		if src, ok := attr(n, "src"); n.Data == "style" || n.Data == "script" && (!ok || src == "") {
			out = append(out, "inline "+n.Data)
		}
		if _, ok := attr(n, "type"); n.Data == "button" && !ok {
			out = append(out, "a button without a type")
		}
	}
	for _, n := range d.all {
		if kind, _ := attr(n, "type"); slices.Contains([]string{"input", "select", "textarea"}, n.Data) && kind != "hidden" {
			if id, _ := attr(n, "id"); !labelled[id] {
				out = append(out, n.Data+" without a label")
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestComponentsWithoutValuesAreStillRight(t *testing.T) {
	t.Parallel()
	for _, p := range []*i18n.Printer{nil, texts.Printer("en")} {
		for name, c := range zero(p) {
			source := render(t, c)
			if faults := parsePage(t, source).faults(); len(faults) > 0 {
				t.Errorf("%s: %s", name, strings.Join(faults, "; "))
			}
			if strings.Contains(source, "⟦") {
				t.Errorf("%s: a text is missing in %s", name, source)
			}
		}
	}
}

func TestAPageOfEverythingIsRightInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Languages() {
		source := render(t, full(texts.Printer(l.Code)))
		d := parsePage(t, source)
		if faults := d.faults(); len(faults) > 0 {
			t.Errorf("%s: %s", l.Code, strings.Join(faults, "\n"))
		}
		if strings.Contains(source, "⟦") || strings.Contains(source, mark) {
			t.Errorf("%s: a text is missing or its mark was left", l.Code)
		}
		count := map[string]int{}
		for _, n := range d.all {
			count[n.Data]++
			if role, ok := attr(n, "role"); ok {
				count[role]++
			}
		}
		for _, landmark := range []string{"header", "main", "footer", "title"} {
			if count[landmark] != 1 {
				t.Errorf("%s: got %d %s, want 1", l.Code, count[landmark], landmark)
			}
		}
		for _, role := range []string{"alert", "status", "search", "alertdialog"} {
			if count[role] == 0 {
				t.Errorf("%s: nothing has the role %s", l.Code, role)
			}
		}
	}
}

func TestTheTitleSaysPageServiceAndOrganisation(t *testing.T) {
	t.Parallel()
	brand := Brand{Name: i18n.Text{"en": "Vuorela", "fi": "Vuorela"}}
	for _, tc := range []struct {
		page Page
		want string
	}{
		{Page{Title: "Choose a time", Service: "Passport", Brand: brand, Printer: texts.Printer("en")}, "Choose a time – Passport – Vuorela"},
		{Page{Title: "Passport", Service: "Passport", Brand: brand, Printer: texts.Printer("en")}, "Passport – Vuorela"},
		{Page{Title: "Tiedot", Brand: brand, HasError: true, Printer: texts.Printer("fi")}, "Virhe: Tiedot – Vuorela"},
		{Page{}, ""},
	} {
		if got := tc.page.title(); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestWordsOfAnotherLanguageAreMarked(t *testing.T) {
	t.Parallel()
	if got, want := render(t, Words(texts.Printer("cs"), i18n.Text{"fi": "Nimi"})), `<span lang="fi-FI">Nimi</span>`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := strings.TrimSpace(render(t, Words(texts.Printer("fi"), i18n.Text{"fi": "Nimi"}))), "Nimi"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATimeSaysItsDayToScreenReaders(t *testing.T) {
	t.Parallel()
	d := parsePage(t, render(t, WeekGrid(texts.Printer("en"), "slot", "", []Day{
		{Weekday: "Monday", Date: "23 November", Parts: []DayPart{{"Morning", []SlotTime{{"v", "9:20"}}}}}, {Weekday: "Tuesday", State: DayClosed, Note: "Holiday"},
	})))
	var got []string
	for _, n := range d.all {
		if n.Data == "button" || n.Data == "p" {
			got = append(got, text(n))
		}
	}
	if want := []string{"9:20 Monday 23 November", "Closed: Holiday"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheHelpLineIsASentenceInEveryLanguage(t *testing.T) {
	t.Parallel()
	for lang, want := range map[i18n.Lang]string{
		"en": "Need help? Call 09 000 0000, weekdays.", "fi": "Tarvitsetteko apua? Soittakaa 09 000 0000, weekdays.",
		"sv": "Behöver du hjälp? Ring 09 000 0000, weekdays.", "cs": "Potřebujete pomoc? Zavolejte na 09 000 0000, weekdays.",
	} {
		d := parsePage(t, render(t, with(Shell(Page{Printer: texts.Printer(lang), Help: Help{"09 000 0000", "weekdays"}}))))
		for _, n := range d.all {
			if n.Data == "footer" && text(n) != want {
				t.Errorf("%s: got %q, want %q", lang, text(n), want)
			}
		}
	}
}

// Class names live in this package, and each of ours has a rule and each rule a use.
func TestOurClassesAreThoseOfTheStyleSheet(t *testing.T) {
	t.Parallel()
	find := func(pattern string, re *regexp.Regexp) map[string]bool {
		found := map[string]bool{}
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (error %v)", pattern, err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(data), -1) {
				found[m[1]] = true
			}
		}
		return found
	}
	classes := regexp.MustCompile(`[ "](lk-[a-z0-9-]+)`)
	used := find("*.templ", classes)
	used["lk-shield"] = true // in page.go
	ruled := find("css/*.css", regexp.MustCompile(`\.(lk-[a-z0-9-]+)`))
	for c := range used {
		if !ruled[c] {
			t.Errorf("class %s has no rule", c)
		}
	}
	for c := range ruled {
		if !used[c] {
			t.Errorf("class %s has a rule but no use", c)
		}
	}
}
