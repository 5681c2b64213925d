package form

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// typedIn are the fields of a query, as a page sends them.
func typedIn(query string) (Typed, bool) {
	v, err := url.ParseQuery(query)
	return Typed(v), err == nil
}

// filledBy fills a form in, step by step, with as many rows as somebody asks for.
func filledBy(d *Definition, t Typed, rows int) (Answers, *Outcome) {
	a := Answers{}
	for _, f := range d.Fields {
		if f.Kind == Repeated {
			for range min(rows, MaxRows) {
				a = d.AddRow(a, f)
			}
		}
	}
	for _, s := range d.Steps {
		for range 2 { // what an answer shows is answered the second time
			a = d.Evaluate(a, today_).Fill(a, s, t, "FI")
		}
	}
	return a, d.Evaluate(a, today_)
}

// soundAnswers fails the test when a form does with answers what it must not, whatever they are.
func soundAnswers(t *testing.T, d *Definition, a Answers, o *Outcome) {
	t.Helper()
	// What is kept is read again as it was.
	kept, err := json.Marshal(a)
	if err != nil {
		t.Fatalf("answers that cannot be kept: %v", err)
	}
	in := json.NewDecoder(bytes.NewReader(kept))
	in.UseNumber()
	var again Answers
	if err := in.Decode(&again); err != nil {
		t.Fatalf("answers that cannot be read again: %v: %s", err, kept)
	}
	o2 := d.Evaluate(again, today_)
	if diff := cmp.Diff(o.Answers, o2.Answers); diff != "" {
		t.Fatalf("read again they are others: %s", diff)
	}
	// Working out what was worked out changes nothing: who is shown the check page and who sends get the same.
	if diff := cmp.Diff(o.Answers, d.Evaluate(o.Answers, today_).Answers); diff != "" && len(o.Check()) == 0 {
		t.Fatalf("worked out twice they are others: %s", diff)
	}
	if unknown := d.Unknown(o.Answers); len(unknown) > 0 && len(o.Check()) == 0 {
		t.Fatalf("what is not asked would be sent: %v", unknown)
	}
	for _, f := range d.Fields {
		rows := []int{-1}
		if f.Rows != nil {
			rows = nil
			for i := range o.Rows(f.Rows) {
				rows = append(rows, i)
			}
		}
		for _, row := range rows {
			if o.Hidden(f, row) && o.Answers.Value(f.In(row)) != nil {
				t.Fatalf("%s is hidden and would be sent", f.In(row))
			}
		}
	}
	seen := map[string]bool{}
	for _, w := range o.Check() {
		if seen[w.At] || d.Field(w.At) == nil || w.Key == "" {
			t.Fatalf("%s is told twice, or in no words: %+v", w.At, w)
		}
		seen[w.At] = true
	}
}

const wholeQuery = "/applicant/name=Maija&/applicant/email=maija@example.org&/partner=false&/start=10.8.2027&/care=full&/children/0/name=Liisa&/children/0/born=22.11.2022&/children/0/hours=35,5&/children/0/diet=false&/declare=true"

// Whatever is typed, nothing panics, what is hidden is not sent, and what is kept is read again as it was.
func FuzzTypedAnswers(f *testing.F) {
	d := daycare(f)
	for _, q := range []string{
		"", wholeQuery, wholeQuery + "&/partner=true&/partner_name=%C3%84", "/children/0/hours=1e999999999", "/children/0/hours=-0", "/children/0/hours=%E2%88%9212%2C5", "/start=31.2.2027&/care=night",
		"/children/199/name=x&/children/200/name=x&/children/-1/name=x", "/declare=perhaps&/partner=1", "/applicant/phone=%2B358%20(0)40%20123", "/children=text&/applicant=text&/children/0=text",
		"/applicant/name=%ff%fe%00&/applicant/email=%0d%0a", "/children/0/born=0000-00-00&/start=9999-12-31", "/no_children=true&" + wholeQuery,
	} {
		f.Add(q, 1)
		f.Add(q, 3)
	}
	f.Fuzz(func(t *testing.T, query string, rows int) {
		typed, ok := typedIn(query)
		if !ok || len(query) > 1<<16 {
			return
		}
		a, o := filledBy(d, typed, rows)
		soundAnswers(t, d, a, o)
	})
}

// Whatever answers come as JSON, by a program or from another version, nothing panics and nothing is sent that is not asked.
func FuzzAnswers(f *testing.F) {
	d := daycare(f)
	for _, s := range []string{
		"{}", `{"children":[{"name":"Liisa","hours":1}],"partner":true,"partner_name":"x"}`, `{"children":[1,null,[],{"hours":{"x":1}}],"applicant":[],"care":["full"]}`, `{"children":{"0":{}}}`,
		`{"hours":12,"fee":"free","children":[{"hours":1e400,"age":3}]}`, `{"applicant":{"name":{"deep":{"deeper":[[[[]]]]}}},"start":20270810}`, `{"declare":"true","partner":null}`, `{"children":[{},{},{"diet":true}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := json.NewDecoder(strings.NewReader(s))
		in.UseNumber()
		var a Answers
		if in.Decode(&a) != nil || len(s) > 1<<16 {
			return
		}
		soundAnswers(t, d, a, d.Evaluate(a, today_))
	})
}

// Whatever document comes, it is read or refused with its mistakes; what was read can be filled in, and written down it is the same form.
func FuzzDocument(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no documents: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{
		`{"schema":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/a"}}},"ui":{},"texts":{}}`,
		`{"schema":{"type":"object","properties":{"a":{"$ref":"file:///etc/passwd"}}},"ui":{"type":"Control","scope":"#/properties/a"},"texts":{}}`,
		`{"schema":{"type":"object","properties":{"a":{"type":"number","x-calculate":{"sum":[{"scope":"#/properties/a"}]}}}},"ui":{"type":"VerticalLayout","elements":[]},"texts":{}}`,
		`{"schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"boolean"}}},"maxItems":3}}},"ui":{"type":"Control","scope":"#/properties/a"},"texts":{"en":{"a.label":"A"}}}`,
		`{"schema":{"type":"object","properties":{"a":{"type":"string","pattern":"^(a+)+$"}}},"ui":{"type":"Control","scope":"#/properties/a","rule":{"effect":"HIDE","condition":{"type":"OR","conditions":[]}}}}`,
		`{"schema":{"type":"object","properties":{"a":{"type":"number","x-calculate":{"difference":[1,{"product":[]}]}}}},"ui":{"type":"Control","scope":"#/properties/a"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, wrong := Read(b)
		if (d == nil) == (len(wrong) == 0) {
			t.Fatalf("read and refused: %v", wrong)
		}
		sketch := Document{}
		if json.Unmarshal(b, &sketch) == nil { // what is half done is built on
			_ = Sketched(sketch).Document()
		}
		if d == nil {
			return
		}
		again, wrong := Read(d.Document.JSON())
		if len(wrong) > 0 || !bytes.Equal(again.Document.JSON(), d.Document.JSON()) {
			t.Fatalf("written down it is another form: %v", wrong)
		}
		typed := Typed{}
		for _, x := range d.Fields {
			typed[x.In(0)] = []string{"1"}
		}
		a, o := filledBy(d, typed, 2)
		soundAnswers(t, d, a, o)
		soundAnswers(t, d, Answers{}, d.Evaluate(Answers{}, today_))
	})
}
