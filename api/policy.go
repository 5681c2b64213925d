package api

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/i18n"
	"luukku/domain/catalog"
)

// Policy is the rules of booking of a service, made from the table of policy fields: a new field is here by itself.
type Policy struct{ catalog.Policy }

// MarshalJSON writes every field of the table: periods in seconds.
func (p Policy) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, f := range catalog.Fields {
		var v any = f.Value(p.Policy)
		switch f.Kind {
		case catalog.KindSwitch:
			v = f.Value(p.Policy) == 1
		case catalog.KindLevel, catalog.KindChoice, catalog.KindOpening, catalog.KindTimes, catalog.KindQuiet:
			v = f.Format(f.Value(p.Policy))
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		between := byte(',')
		if i == 0 {
			between = '{'
		}
		b.WriteByte(between)
		fmt.Fprintf(&b, "%q:%s", f.Name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Schema describes every field of the table with its limits.
func (Policy) Schema(r huma.Registry) *huma.Schema {
	s := &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{},
		Description: "The rules of booking. Periods are whole seconds; deadlines are inclusive to the second.",
	}
	for _, f := range catalog.Fields {
		s.Properties[f.Name] = fieldSchema(f)
		s.Required = append(s.Required, f.Name)
	}
	return s
}

func fieldSchema(f catalog.Field) *huma.Schema {
	if f.Kind == catalog.KindSwitch {
		return &huma.Schema{Type: huma.TypeBoolean, Examples: []any{f.Value(catalog.Product) == 1}}
	}
	if f.Kind == catalog.KindOpening {
		return &huma.Schema{Type: huma.TypeString, Examples: []any{"mon 08:00"}}
	}
	if f.Kind == catalog.KindTimes || f.Kind == catalog.KindQuiet {
		return &huma.Schema{Type: huma.TypeString, Examples: []any{f.Format(f.Value(catalog.Product))}}
	}
	if f.Kind == catalog.KindLevel || f.Kind == catalog.KindChoice {
		s := &huma.Schema{Type: huma.TypeString, Examples: []any{f.Format(f.Value(catalog.Product))}}
		for v := f.Min; v <= f.Max; v++ {
			s.Enum = append(s.Enum, f.Format(v))
		}
		return s
	}
	low, high, step := float64(f.Min), float64(f.Max), float64(f.Step)
	return &huma.Schema{
		Type: huma.TypeInteger, Format: "int64", Minimum: &low, Maximum: &high, MultipleOf: &step,
		Examples: []any{f.Value(catalog.Product)},
	}
}

// explain gives each policy field of the description the words that administrators read.
func explain(s *huma.Schema, p *i18n.Printer) {
	for _, f := range catalog.Fields {
		words := p.T("policy."+f.Name+".label") + ". " + p.T("policy."+f.Name+".help")
		if f.Kind == catalog.KindMinutes || f.Kind == catalog.KindDays {
			words += " In seconds."
		}
		s.Properties[f.Name].Description = words
	}
}
