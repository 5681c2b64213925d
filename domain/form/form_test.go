package form

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
)

// daycare is a form with what forms have: steps, a repeated group with rules within, sums, an age, attachments, a declaration.
func daycare(t testing.TB) *Definition {
	t.Helper()
	b, err := os.ReadFile("testdata/daycare.json")
	if err != nil {
		t.Fatal(err)
	}
	d, wrong := Read(b)
	if len(wrong) > 0 {
		t.Fatalf("the form is refused: %+v", wrong)
	}
	return d
}

var today_ = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

func answers(t testing.TB, s string) Answers {
	t.Helper()
	in := json.NewDecoder(strings.NewReader(s))
	in.UseNumber()
	var a Answers
	if err := in.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

func wrongs(o *Outcome) []string {
	out := []string{}
	for _, w := range o.Check() {
		out = append(out, w.At+" "+strings.TrimPrefix(w.Key, "answers."))
	}
	return out
}

func TestAFormIsJudged(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	const whole = `{"applicant": {"name": "Maija Meikäläinen", "email": "maija@example.org"}, "partner": false, "start": "2027-08-10", "care": "full",
		"children": [{"name": "Liisa", "born": "2022-11-22", "hours": 35.5, "diet": false}, {"name": "Matti", "born": "2024-02-29", "hours": 20, "diet": true, "diet_what": "no milk"}],
		"true": 1, "declare": true}`
	for name, tc := range map[string]struct {
		change func(a Answers)
		want   []string
	}{
		"whole":                       {func(Answers) {}, nil},
		"nothing":                     {func(a Answers) { clear(a) }, []string{"/applicant/name required", "/partner required", "/start required", "/care required", "/children min_items", "/declare required"}},
		"not declared":                {func(a Answers) { a["declare"] = false }, []string{"/declare accept"}},
		"a tick is text":              {func(a Answers) { a["declare"] = "yes" }, []string{"/declare type_tick"}},
		"partner shown":               {func(a Answers) { a["partner"] = true }, []string{"/partner_name required"}},
		"of none of the choices":      {func(a Answers) { a["care"] = "night" }, []string{"/care choice"}},
		"a number is text":            {func(a Answers) { row(a, 1)["hours"] = "many" }, []string{"/children/1/hours type_number"}},
		"a huge number":               {func(a Answers) { row(a, 1)["hours"] = json.Number("1e999999999") }, []string{"/children/1/hours type_number"}},
		"too many hours":              {func(a Answers) { row(a, 0)["hours"] = json.Number("60.5") }, []string{"/children/0/hours maximum"}},
		"not of the step":             {func(a Answers) { row(a, 0)["hours"] = json.Number("1.25") }, []string{"/children/0/hours multiple"}},
		"a row's rule sees its row":   {func(a Answers) { delete(row(a, 1), "diet_what") }, []string{"/children/1/diet_what required"}},
		"and no other row":            {func(a Answers) { row(a, 0)["diet_what"] = "x" }, nil},
		"a row is no row":             {func(a Answers) { a["children"].([]any)[0] = "Liisa" }, []string{"/children type_rows"}},
		"rows are no rows":            {func(a Answers) { a["children"] = "two" }, []string{"/children type_rows"}},
		"no day":                      {func(a Answers) { a["start"] = "2026-02-30" }, []string{"/start format_date"}},
		"too early":                   {func(a Answers) { a["start"] = "2026-12-21" }, []string{"/start day_early"}},
		"on the first day":            {func(a Answers) { a["start"] = "2026-12-22" }, nil},
		"an end before the start":     {func(a Answers) { a["end"] = "2027-08-09" }, []string{"/end before"}},
		"an end on the start":         {func(a Answers) { a["end"] = "2027-08-10" }, nil},
		"required by something else":  {func(a Answers) { a["care"] = "part" }, []string{"/part_reason required"}},
		"what is hidden is not asked": {func(a Answers) { a["partner_name"] = strings.Repeat("x", 2000) }, nil},
		"a wrong address":             {func(a Answers) { a["applicant"].(map[string]any)["email"] = "maija at example" }, []string{"/applicant/email format_email"}},
		"text without end":            {func(a Answers) { a["applicant"].(map[string]any)["name"] = strings.Repeat("x", MaxLine+1) }, []string{"/applicant/name max_length"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := answers(t, whole)
			tc.change(a)
			got := wrongs(d.Evaluate(a, today_))
			if tc.want == nil {
				tc.want = []string{}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func row(a Answers, i int) map[string]any { return a["children"].([]any)[i].(map[string]any) }

func TestWhatIsHiddenComesBack(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	a := answers(t, `{"partner": true, "partner_name": "Matti", "children": [{"name": "Liisa", "hours": 10}]}`)
	if o := d.Evaluate(a, today_); o.Answers["partner_name"] != "Matti" {
		t.Errorf("got %v, want the name while it is shown", o.Answers)
	}
	a["partner"] = false
	if o := d.Evaluate(a, today_); o.Answers["partner_name"] != nil || !o.Hidden(d.Field("/partner_name"), -1) {
		t.Errorf("got %v, want no name while it is hidden", o.Answers)
	}
	if a["partner_name"] != "Matti" {
		t.Error("what is hidden was forgotten")
	}
	a["no_children"] = true
	if o := d.Evaluate(a, today_); o.Answers["children"] != nil {
		t.Errorf("got %v, want no rows while they are hidden", o.Answers["children"])
	}
	a["no_children"] = false
	if o := d.Evaluate(a, today_); o.Rows(d.Field("/children")) != 1 || o.Answers.Value("/children/0/name") != "Liisa" {
		t.Errorf("got %v, want the row again", o.Answers)
	}
}

func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	for _, tc := range []struct{ in, hours, fee, oldest string }{
		{`{"children": [{"hours": 0.1}, {"hours": 0.2}]}`, "0.3", "1.5", ""},
		{`{"children": [{"hours": 35.5, "born": "2020-11-22"}, {"hours": "many"}]}`, "35.5", "177.5", "6"},
		{`{"children": [{"hours": 35.5, "born": "2020-11-23"}]}`, "35.5", "177.5", "5"},
		{`{"children": []}`, "0", "0", ""},
		{`{}`, "0", "0", ""},
	} {
		o := d.Evaluate(answers(t, tc.in), today_)
		text := func(v any) string {
			n, _ := v.(json.Number)
			return string(n)
		}
		if got := text(o.Answers["hours"]); got != tc.hours {
			t.Errorf("%s: got %s hours, want %s", tc.in, got, tc.hours)
		}
		if got := text(o.Answers["fee"]); got != tc.fee {
			t.Errorf("%s: got a fee of %s, want %s", tc.in, got, tc.fee)
		}
		if got := text(o.Answers.Value("/children/0/age")); got != tc.oldest {
			t.Errorf("%s: got an age of %s, want %s", tc.in, got, tc.oldest)
		}
	}
}

func TestWhatIsTypedIsRead(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	a := answers(t, `{"children": [{}, {"name": "Matti", "hours": 20}], "partner_name": "kept"}`)
	o := d.Evaluate(a, today_)
	got := o.Fill(a, d.Steps[1], Typed{
		"/children/0/name": {" Liisa\u00a0 Kaarina "}, "/children/0/hours": {"1 035,50"}, "/children/0/born": {"5. 1. 2022"}, "/children/0/diet": {"true"},
		"/children/1/name": {""}, "/children/1/hours": {"many"}, "/children/7/name": {"nobody"}, "/partner_name": {"of another step"},
	}, "FI")
	want := answers(t, `{"children": [{"name": "Liisa Kaarina", "hours": 1035.50, "born": "2022-01-05", "diet": true}, {"hours": "many", "diet": false}], "partner_name": "kept", "no_children": false}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	first := o.Fill(Answers{}, d.Steps[0], Typed{"/applicant/phone": {"040 123 4567"}, "/partner": {"true"}, "/partner_name": {"hidden"}, "/care": {"full"}}, "FI")
	if diff := cmp.Diff(answers(t, `{"applicant": {"phone": "+358401234567"}, "partner": true, "care": "full"}`), first); diff != "" {
		t.Error(diff)
	}
	rows := d.Field("/children")
	if more := d.AddRow(got, rows); len(more["children"].([]any)) != 3 || len(got["children"].([]any)) != 2 {
		t.Errorf("got %v, want a third row and the answers as they were", more)
	}
	if less := d.DropRow(got, rows, 0); less.Value("/children/0/hours") != "many" || d.DropRow(got, rows, 9)["children"] == nil {
		t.Errorf("got %v, want the first row gone", less)
	}
}

func TestAnswersOfAnotherVersionAreTold(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	got := d.Unknown(answers(t, `{"partner": true, "pet": "dog", "children": [{"name": "Liisa", "shoes": 3}], "applicant": {"fax": "1"}, "care": {"x": 1}}`))
	if diff := cmp.Diff([]string{"/applicant/fax", "/children/0/shoes", "/pet"}, got); diff != "" {
		t.Error(diff)
	}
	if o := d.Evaluate(answers(t, `{"pet": "dog"}`), today_); o.Answers["pet"] != nil {
		t.Error("what the form does not ask is sent")
	}
}

// plainForm is a document of one step with a schema's properties and elements.
func plainForm(properties, elements string) Document {
	return Document{
		Schema: json.RawMessage(`{"type": "object", "properties": {` + properties + `}}`),
		UI:     json.RawMessage(`{"type": "VerticalLayout", "elements": [` + elements + `]}`),
	}
}

const (
	ab     = `"a": {"type": "boolean"}, "b": {"type": "string"}`
	whenB  = `"rule": {"effect": "SHOW", "condition": {"scope": "#/properties/b", "schema": {"const": "x"}}}`
	whenA  = `"rule": {"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"const": true}}}`
	askA   = `{"type": "Control", "scope": "#/properties/a"}`
	askB   = `{"type": "Control", "scope": "#/properties/b"}`
	colour = `"c": {"type": "string", "enum": ["red", "green"]}, "d": {"type": "integer", "minimum": 3, "maximum": 5}, "e": {"type": "string"}`
	askAll = `{"type": "Control", "scope": "#/properties/c"}, {"type": "Control", "scope": "#/properties/d"}`
)

func when(scope, schema string) string {
	return askAll + `, {"type": "Control", "scope": "#/properties/e", "rule": {"effect": "SHOW", "condition": {"scope": "` + scope + `", "schema": ` + schema + `}}}`
}

func TestADocumentThatCannotBeAskedIsRefused(t *testing.T) {
	t.Parallel()
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf(`"f%d": {"type": "string"}`, i)
	}
	for name, tc := range map[string]struct {
		doc  Document
		want string // where and key
	}{
		"a loop of rules":              {plainForm(ab, `{"type": "Control", "scope": "#/properties/a", `+whenB+`}, {"type": "Control", "scope": "#/properties/b", `+whenA+`}`), "ui/elements/0/rule loop"},
		"what shows itself":            {plainForm(ab, askB+`, {"type": "Control", "scope": "#/properties/a", `+whenA+`}`), "ui/elements/1/rule loop"},
		"a loop of sums":               {plainForm(`"a": {"type": "number", "x-calculate": {"sum": [{"scope": "#/properties/b"}]}}, "b": {"type": "number", "x-calculate": {"sum": [{"scope": "#/properties/a"}]}}`, askA+`,`+askB), "schema/a loop"},
		"a loop of references":         {Document{Schema: json.RawMessage(`{"type": "object", "$defs": {"x": {"type": "object", "properties": {"y": {"$ref": "#/$defs/x"}}}}, "properties": {"a": {"$ref": "#/$defs/x"}}}`), UI: json.RawMessage(askA)}, "schema/$defs/x/properties/y/$ref loop"},
		"a reference to a file":        {plainForm(`"a": {"$ref": "file:///etc/passwd"}`, askA), "schema/properties/a/$ref reference"},
		"a reference to elsewhere":     {plainForm(`"a": {"$ref": "https://example.org/x.json"}`, askA), "schema/properties/a/$ref reference"},
		"a reference within a rule":    {plainForm(ab, askB+`, {"type": "Control", "scope": "#/properties/a", "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/b", "schema": {"$ref": "file:///etc/passwd"}}}}`), "ui/elements/1/rule/condition/schema keyword"},
		"ten thousand fields":          {plainForm(strings.Join(many, ","), askA), "schema/properties/f1448 fields"},
		"a choice that is not there":   {plainForm(colour, when("#/properties/c", `{"const": "blue"}`)), "ui/elements/2/rule/condition/schema impossible"},
		"none of them there":           {plainForm(colour, when("#/properties/c", `{"enum": ["blue", 3]}`)), "ui/elements/2/rule/condition/schema impossible"},
		"a number out of its limits":   {plainForm(colour, when("#/properties/d", `{"minimum": 6}`)), "ui/elements/2/rule/condition/schema impossible"},
		"of another type":              {plainForm(colour, when("#/properties/d", `{"type": "string"}`)), "ui/elements/2/rule/condition/schema impossible"},
		"never":                        {plainForm(colour, when("#/properties/d", `false`)), "ui/elements/2/rule/condition/schema impossible"},
		"a rule on what is not there":  {plainForm(colour, when("#/properties/z", `true`)), "ui/elements/2/rule/condition/scope scope"},
		"a control of nothing":         {plainForm(ab, askA+`,`+askB+`, {"type": "Control", "scope": "#/properties/z"}`), "ui/elements/2/scope scope"},
		"asked twice":                  {plainForm(ab, askA+`,`+askB+`,`+askA), "ui/elements/2/scope twice"},
		"never asked":                  {plainForm(ab, askA), "schema/b unasked"},
		"an unknown keyword":           {plainForm(`"a": {"type": "string", "x-run": "rm"}`, askA), "schema/properties/a keyword"},
		"a name that breaks addresses": {plainForm(`"a/b": {"type": "string"}`, askA), "schema/properties/a/b name"},
		"limits the wrong way round":   {plainForm(`"a": {"type": "integer", "minimum": 3, "maximum": 2}`, askA), "schema/properties/a contrary"},
		"a number without end":         {plainForm(`"a": {"type": "integer", "minimum": 1e999999999}`, askA), "schema/properties/a/minimum number"},
		"a pattern that is none":       {plainForm(`"a": {"type": "string", "pattern": "("}`, askA), "schema/properties/a/pattern pattern"},
		"rows in rows": {plainForm(`"a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "string"}}}}}}}`, askA),
			"schema/properties/a/items/properties/b rows_in_rows"},
		"two types":        {plainForm(`"a": {"type": ["string", "null"]}`, askA), "schema/properties/a/type type"},
		"an old draft":     {Document{Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}`), UI: json.RawMessage(`{}`)}, "schema/$schema draft"},
		"no JSON":          {Document{Schema: json.RawMessage(`{`), UI: json.RawMessage(`{}`)}, " json"},
		"no form at all":   {Document{Schema: json.RawMessage(`[]`), UI: json.RawMessage(`{}`)}, "schema object"},
		"not asked at all": {Document{Schema: json.RawMessage(`{"type": "object", "properties": {"a": {"type": "string"}}}`), UI: json.RawMessage(`{"type": "Table"}`)}, "ui/type element"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, wrong := Parse(tc.doc)
			if len(wrong) == 0 {
				t.Fatal("it is taken")
			}
			if got := wrong[0].Where + " " + strings.TrimPrefix(wrong[0].Key, "form_definition."); got != tc.want {
				t.Errorf("got %q (%+v), want %q", got, wrong, tc.want)
			}
		})
	}
}

func TestReferencesWithinAreWrittenOut(t *testing.T) {
	t.Parallel()
	d, wrong := Parse(Document{
		Schema: json.RawMessage(`{"type": "object", "$defs": {"who": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 20}}}},
			"properties": {"a": {"$ref": "#/$defs/who"}, "b": {"$ref": "#/$defs/who", "title": "the other"}}}`),
		UI: json.RawMessage(`{"type": "Group", "elements": [{"type": "Control", "scope": "#/properties/a/properties/name"}, {"type": "Control", "scope": "#/properties/b/properties/name"}]}`),
	})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if diff := cmp.Diff([]string{"/a/name required", "/b/name required"}, wrongs(d.Evaluate(Answers{}, today_))); diff != "" {
		t.Error(diff)
	}
}

func TestConditionsAreJoined(t *testing.T) {
	t.Parallel()
	const rule = `"rule": {"effect": "HIDE", "condition": {"type": "OR", "conditions": [
		{"scope": "#/properties/b", "schema": {"const": "x"}},
		{"type": "AND", "conditions": [{"scope": "#/properties/b", "schema": {"minLength": 3}, "failWhenUndefined": true}, {"scope": "#", "schema": {"required": ["c"]}}]}]}}`
	d, wrong := Parse(plainForm(`"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}`,
		askB+`, {"type": "Control", "scope": "#/properties/c"}, {"type": "Control", "scope": "#/properties/a", `+strings.ReplaceAll(rule, `"#"`, `"#/properties/c"`)+`}`))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for in, want := range map[string]bool{`{}`: false, `{"b": "x"}`: true, `{"b": "xyz"}`: true, `{"b": "xy", "c": "1"}`: false, `{"b": "xyz", "c": "1"}`: true} {
		if got := d.Evaluate(answers(t, in), today_).Hidden(d.Field("/a"), -1); got != want {
			t.Errorf("%s: got hidden %v, want %v", in, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for format, tc := range map[string]struct{ good, bad []string }{
		"clock":       {[]string{"00:00", "23:59"}, []string{"24:00", "9:00", "12:60"}},
		"y-tunnus":    {[]string{"0737546-2", "1572860-0"}, []string{"0737546-3", "07375462", "1572860-1"}},
		"iban":        {[]string{"FI2112345600000785", "CZ6508000000192000145399"}, []string{"FI2112345600000786", "fi2112345600000785", "FI21"}},
		"hetu":        {[]string{"010190-901R"}, []string{"010190-901A", "010190-901r"}},
		"postal-code": {[]string{"00100"}, []string{"0100", "001000", "A0100"}},
		"tel":         {[]string{"+358401234567"}, []string{"040 123 4567", "+35840"}},
		"email":       {[]string{"maija@example.org"}, []string{"maija", "Maija <maija@example.org>"}},
	} {
		f := formats[format]
		for _, s := range tc.good {
			if err := f.Validate(s); err != nil {
				t.Errorf("%s %s: %v", format, s, err)
			}
		}
		for _, s := range tc.bad {
			if f.Validate(s) == nil {
				t.Errorf("%s %s passes", format, s)
			}
		}
	}
}

func TestTextsThatAreMissingAreTold(t *testing.T) {
	t.Parallel()
	d := daycare(t)
	for _, l := range d.Languages {
		if got := d.Untold(l); len(got) > 0 {
			t.Errorf("%s: %v", l, got)
		}
	}
	if got := d.Untold("sv"); len(got) < 20 {
		t.Errorf("got %v, want all that a language without texts lacks", got)
	}
	if s, in := d.Word("cs", "applicant.name.label", ""); s != "Name" || in != i18n.Lang("en") {
		t.Errorf("got %q in %s, want the English one in its place", s, in)
	}
}

// Whatever can be said of a form or an answer has its words.
func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	p := i18n.MustLoad().Printer("en")
	var keys []string
	for _, k := range []Kind{Line, Lines, Number, Integer, Tick, Choice, Choices, Date, TimeOf, Files, Repeated} {
		keys = append(keys, ofKind+string(k))
	}
	for f := range formats {
		keys = append(keys, "answers.format_"+f)
	}
	for _, f := range append(standard, "date") {
		keys = append(keys, "answers.format_"+f)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"((?:answers|form_definition)\.[a-z_]+[a-z])"`).FindAllStringSubmatch(string(b), -1) {
			keys = append(keys, m[1])
		}
	}
	for _, k := range keys {
		if !p.Has(k) {
			t.Errorf("%s has no words", k)
		}
	}
	if len(keys) < 60 {
		t.Errorf("got %d keys, want all of them", len(keys))
	}
}

// The example in docs/forms.md is a form without mistakes.
func TestTheExampleOfTheDocumentation(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(b), "```json\n")
	example, _, found := strings.Cut(after, "```")
	d, mistakes := Read([]byte(example))
	if !found || len(mistakes) > 0 {
		t.Fatalf("got %+v, want none", mistakes)
	}
	if got := d.Untold("en"); len(got) > 0 {
		t.Errorf("texts are missing: %v", got)
	}
}

// large is a form of 200 fields with rules and a sum.
func large(t testing.TB) (*Definition, Answers) {
	t.Helper()
	var properties, elements, sum []string
	a := Answers{"on": true}
	for i := range 200 {
		n := fmt.Sprintf("f%d", i)
		switch i % 4 {
		case 0:
			properties = append(properties, `"`+n+`": {"type": "string", "maxLength": 50}`)
			a[n] = "an answer"
		case 1:
			properties = append(properties, `"`+n+`": {"type": "number", "minimum": 0}`)
			sum = append(sum, `{"scope": "#/properties/`+n+`"}`)
			a[n] = json.Number("12.5")
		case 2:
			properties = append(properties, `"`+n+`": {"type": "string", "enum": ["a", "b", "c"]}`)
			a[n] = "b"
		case 3:
			properties = append(properties, `"`+n+`": {"type": "string", "format": "date"}`)
			a[n] = "2026-11-22"
		}
		elements = append(elements, `{"type": "Control", "scope": "#/properties/`+n+`", "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/on", "schema": {"const": true}}}}`)
	}
	properties = append(properties, `"on": {"type": "boolean"}, "all": {"type": "number", "x-calculate": {"sum": [`+strings.Join(sum, ",")+`]}}`)
	elements = append(elements, `{"type": "Control", "scope": "#/properties/on"}`)
	d, wrong := Parse(plainForm(strings.Join(properties, ","), strings.Join(elements, ",")))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return d, a
}

func TestALargeForm(t *testing.T) {
	t.Parallel()
	d, a := large(t)
	o := d.Evaluate(a, today_)
	if got := wrongs(o); len(got) > 0 || o.Answers["all"] != json.Number("625") {
		t.Errorf("got %v and a sum of %v, want none wrong and 625", got, o.Answers["all"])
	}
	a["on"] = false
	if o := d.Evaluate(a, today_); len(o.Answers) != 2 || o.Answers["all"] != json.Number("0") {
		t.Errorf("got %v, want nothing but the sum of nothing", o.Answers)
	}
}

func BenchmarkLargeForm(b *testing.B) {
	d, a := large(b)
	for b.Loop() {
		if len(d.Evaluate(a, today_).Check()) > 0 {
			b.Fatal("it is wrong")
		}
	}
}

// Whatever the document and the answers are: it is refused, or it can be asked, judged and filled in.
func FuzzForm(f *testing.F) {
	b, err := os.ReadFile("testdata/daycare.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, `{"children": [{"name": 1}, 2], "partner": "x"}`)
	f.Add([]byte(`{"schema": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "number"}}}}}}, "ui": {"type": "Control", "scope": "#/properties/a", "options": {"detail": {"type": "Control", "scope": "#/properties/b"}}}}`), `{"a": [{}, {"b": 1e9}]}`)
	f.Fuzz(func(t *testing.T, document []byte, given string) {
		d, wrong := Read(document)
		if (d == nil) == (len(wrong) == 0) {
			t.Fatalf("neither refused nor read: %v", wrong)
		}
		var a Answers
		in := json.NewDecoder(strings.NewReader(given))
		in.UseNumber()
		if d == nil || in.Decode(&a) != nil {
			return
		}
		o := d.Evaluate(a, today_)
		for _, w := range o.Check() {
			if o.Hidden(w.Field, w.Row) {
				t.Errorf("%s is wrong and hidden", w.At)
			}
		}
		for _, s := range d.Steps {
			a = o.Fill(a, s, Typed{}, "FI")
			o.CheckStep(s)
		}
		twice := d.Evaluate(o.Answers, today_)
		if diff := cmp.Diff(o.Answers, twice.Answers); diff != "" {
			t.Errorf("what counts is not the same when it is evaluated again: %s", diff)
		}
	})
}
