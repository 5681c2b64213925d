package form

import (
	"encoding/json"
	"strings"
	"time"

	"luukku/base/i18n"
)

// Said is an answer as people read it, in one language: a choice by its words, a day and a time of day as they are written there, a number with what it is counted in. It is empty for no answer,
// and for rows and attachments, which are more than a line. Several choices are several lines.
func (d *Definition) Said(p *i18n.Printer, f *Field, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return p.T("eform.yes")
		}
		return p.T("eform.no")
	case []any:
		if f.Kind != Choices {
			return ""
		}
		var list []string
		for _, e := range v {
			if s, isText := e.(string); isText {
				list = append(list, d.choice(p.Lang(), f, s))
			}
		}
		return strings.Join(list, "\n")
	case json.Number:
		s := Numeral(p.Lang(), string(v))
		if f.Unit != "" {
			s += "\u00a0" + f.Unit
		}
		return s
	case string:
		if f.Kind == Choice {
			return d.choice(p.Lang(), f, v)
		}
		return asRead(p, f, v)
	}
	return ""
}

// Beside its label, a repeated group may say what one of its rows is called, "Child" of "The children", and what adds one, "Add a child": two texts, since a language bends the one word as another does not.
const (
	rowText = ".row"
	addText = ".add"
)

// RowName is what one row of a repeated group is called, before its number; where the form does not say it in the language, what the group is called.
func (d *Definition) RowName(l i18n.Lang, f *Field) (text string, in i18n.Lang) {
	if s := d.Document.Texts[l][f.Key+rowText]; s != "" {
		return s, l
	}
	standIn := f.Label
	if standIn == "" {
		standIn = f.Name
	}
	return d.Word(l, f.Key+".label", standIn)
}

// AddWords are what adds a row to a repeated group; empty where the form does not say it in the language.
func (d *Definition) AddWords(l i18n.Lang, f *Field) string {
	return d.Document.Texts[l][f.Key+addText]
}

// asRead is a text as it reads: a day and a time of day as the language writes them.
func asRead(p *i18n.Printer, f *Field, s string) string {
	if f.Kind == Date {
		if t, err := time.Parse(time.DateOnly, s); err == nil {
			return p.ShortDate(t)
		}
	}
	if f.Kind == TimeOf {
		if t, err := time.Parse("15:04", s); err == nil {
			return p.Clock(t)
		}
	}
	return s
}

func (d *Definition) choice(l i18n.Lang, f *Field, v string) string {
	if v == "" {
		return ""
	}
	s, _ := d.Word(l, f.Key+"."+v, v)
	return s
}

// Numeral is a number as people of a language write it: but for its spaces, so that it can be typed over.
func Numeral(l i18n.Lang, s string) string {
	if l == "en" || strings.Trim(s, "-0123456789.") != "" {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}
