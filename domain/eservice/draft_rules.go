package eservice

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/identity"
)

// DraftDays is how long a draft is kept after it was last changed, where its form says nothing else.
const DraftDays = 90

// mostDrafts is how many drafts somebody may have.
const mostDrafts = 100

func draftDays(f *catalog.Form) int64 {
	if f != nil && f.DraftDays > 0 {
		return int64(f.DraftDays)
	}
	return DraftDays
}

// DraftExpiry is the first second in which a draft of a form is deleted that was changed at a moment.
func DraftExpiry(f *catalog.Form, changed int64) int64 { return changed + draftDays(f)*24*60*60 + 1 }

// warnDays is how many days before it is deleted people are told of a draft; of one that is kept for less than twice as long, after half of its time.
const warnDays = 7

// WarnAt is the second from which on people are told that a draft is deleted before long.
func WarnAt(d Draft) int64 {
	return d.ExpiresAt - min(warnDays*24*60*60, (d.ExpiresAt-d.ChangedAt)/2)
}

// keepable is whether answers are not too large to be kept. Invalid "eform.too_large".
func keepable(f Filled) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	if len(b) > form.MaxAnswers {
		return nil, fault.Invalid("eform.too_large", nil)
	}
	return b, nil
}

// StepMark is a digest of the answers of one step: who sends a page of it says by it what they saw. Attachments are no part of it, nor what is calculated.
func StepMark(def *form.Definition, s *form.Step, a form.Answers) string {
	seen := map[string]any{}
	for _, f := range def.Fields {
		if f.Step != s.Index || f.Calculated() || f.Kind == form.Files {
			continue
		}
		if f.Rows == nil {
			if v := a.Value(f.At); v != nil {
				if rows, isList := v.([]any); isList && f.Kind == form.Repeated {
					v = len(rows)
				}
				seen[f.At] = v
			}
			continue
		}
		rows, _ := a.Value(f.Rows.At).([]any)
		for i := range rows {
			if v := a.Value(f.In(i)); v != nil {
				seen[f.In(i)] = v
			}
		}
	}
	b, err := json.Marshal(seen)
	if err != nil { // answers come from JSON
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Difference is an answer that two people, or one in two windows, have given differently.
type Difference struct {
	Field *form.Field
	Row   int
	// Mine is what was typed, Theirs what was saved meanwhile.
	Mine, Theirs any
}

// differences are the answers of a step that differ.
func differences(def *form.Definition, s *form.Step, mine, theirs form.Answers) (out []Difference) {
	for _, f := range def.Fields {
		if f.Step != s.Index || f.Calculated() || f.Kind == form.Files || f.Kind == form.Repeated {
			continue
		}
		rows := []int{-1}
		if f.Rows != nil {
			a, _ := mine.Value(f.Rows.At).([]any)
			b, _ := theirs.Value(f.Rows.At).([]any)
			rows = nil
			for i := range max(len(a), len(b)) {
				rows = append(rows, i)
			}
		}
		for _, row := range rows {
			a, b := mine.Value(f.In(row)), theirs.Value(f.In(row))
			if !same(a, b) {
				out = append(out, Difference{f, row, a, b})
			}
		}
	}
	return out
}

// same reports whether two answers are; nothing, an empty list and a box without its tick are.
func same(a, b any) bool {
	plain := func(v any) string {
		if v == false {
			return ""
		}
		b, err := json.Marshal(v)
		if s := string(b); err == nil && s != "null" && s != "[]" {
			return s
		}
		return ""
	}
	return plain(a) == plain(b)
}

// withRows has a step's repeated groups have as many rows as somebody typed into: rows that were taken away meanwhile are there again, so that nothing typed is lost.
func withRows(def *form.Definition, s *form.Step, a form.Answers, t form.Typed) form.Answers {
	for _, f := range def.Fields {
		if f.Kind != form.Repeated || f.Step != s.Index {
			continue
		}
		most := -1
		for at, values := range t {
			rest, inside := strings.CutPrefix(at, f.At+"/")
			if !inside || !slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" }) {
				continue
			}
			n, _, _ := strings.Cut(rest, "/")
			if i, err := strconv.Atoi(n); err == nil && i < form.MaxRows {
				most = max(most, i)
			}
		}
		rows, _ := a.Value(f.At).([]any)
		for range most + 1 - len(rows) {
			a = def.AddRow(a, f)
		}
	}
	return a
}

// begun are a form's first answers: what is known beforehand, and as many rows as there must be.
func begun(def *form.Definition, facts map[string]identity.Fact) Filled {
	out := Filled{Answers: form.Answers{}, Sources: map[string]string{}}
	for _, f := range def.Fields {
		if f.Kind == form.Repeated && f.MinItems != nil {
			for range min(*f.MinItems, 10) {
				out.Answers = def.AddRow(out.Answers, f)
			}
		}
	}
	return known(def, out, facts, false)
}

// known fills in what is known: of what people may change only what they have not answered, of what they may not what is known now. Nobody's answer is overwritten.
func known(def *form.Definition, in Filled, facts map[string]identity.Fact, again bool) Filled {
	out := Filled{Answers: in.Answers, Sources: map[string]string{}, Done: in.Done, For: in.For}
	for at, source := range in.Sources {
		out.Sources[at] = source
	}
	for _, f := range def.Fields {
		if f.Prefill == "" || f.Rows != nil {
			continue
		}
		fact := facts[f.Prefill]
		if !f.Takes(fact.Value) {
			fact.Value = ""
		}
		if again && !f.ReadOnly {
			continue
		}
		switch {
		case fact.Value != "":
			out.Answers = def.Put(out.Answers, f, -1, fact.Value)
			out.Sources[f.At] = fact.Source
		case f.ReadOnly && again && out.Sources[f.At] != "":
			out.Answers = def.Put(out.Answers, f, -1, nil)
			delete(out.Sources, f.At)
		}
	}
	return out
}

// kept are the sources of those answers that are still as they were filled in.
func keptSources(def *form.Definition, sources map[string]string, before, after form.Answers) map[string]string {
	out := map[string]string{}
	for at, source := range sources {
		if def.Field(at) != nil && same(before.Value(at), after.Value(at)) {
			out[at] = source
		}
	}
	return out
}

// marked is a list of steps with one more.
func marked(done []int, step int) []int {
	if slices.Contains(done, step) {
		return done
	}
	return append(slices.Clone(done), step)
}

// readNumbers reads JSON with its numbers as they were written.
func readNumbers(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}

// without is answers without the one at a place.
func without(a form.Answers, at string) form.Answers {
	b, err := json.Marshal(a)
	if err != nil { // answers come from JSON
		return a
	}
	out := form.Answers{}
	if err := readNumbers(b, &out); err != nil {
		return a
	}
	parts := strings.Split(strings.TrimPrefix(at, "/"), "/")
	var v any = map[string]any(out)
	for _, name := range parts[:len(parts)-1] {
		switch t := v.(type) {
		case map[string]any:
			v = t[name]
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(t) {
				v = t[i]
			} else {
				return out
			}
		default:
			return out
		}
	}
	if m, isObject := v.(map[string]any); isObject {
		delete(m, parts[len(parts)-1])
	}
	return out
}
