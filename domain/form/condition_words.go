package form

import (
	"encoding/json"
	"strings"

	"luukku/base/i18n"
)

// When says in words when an element is asked, where that follows from answers; empty for what is always asked. It is for those who read a form as a whole, on paper.
func (d *Definition) When(p *i18n.Printer, e *Element) string { return d.when(p, e.rule) }

// StepWhen is When for a step.
func (d *Definition) StepWhen(p *i18n.Printer, s *Step) string { return d.when(p, s.rule) }

func (d *Definition) when(p *i18n.Printer, r *rule) string {
	if r == nil {
		return ""
	}
	key := "on_paper.if"
	if r.effect == hide || r.effect == disable {
		key = "on_paper.unless"
	}
	return p.T(key, "condition", d.conditionWords(p, r.condition))
}

// conditionWords are a condition as people read it: what was answered to what.
func (d *Definition) conditionWords(p *i18n.Printer, c condition) string {
	if c.join != "" {
		var list []string
		for _, sub := range c.all {
			list = append(list, d.conditionWords(p, sub))
		}
		return strings.Join(list, " "+p.T(map[string]string{"AND": "on_paper.and", "OR": "on_paper.or"}[c.join])+" ")
	}
	f := d.byAt[c.at]
	if f == nil {
		return p.T("on_paper.is_answered", "question", "")
	}
	m, _ := c.written.(map[string]any)
	return d.schemaWords(p, f, m)
}

func (d *Definition) schemaWords(p *i18n.Printer, f *Field, m map[string]any) string {
	standIn := f.Label
	if standIn == "" {
		standIn = f.Name
	}
	question, _ := d.Word(p.Lang(), f.Key+".label", standIn)
	question = p.T("on_paper.quoted", "text", question)
	said := func(v any) string {
		if s, isText := v.(string); isText && f.Kind == Choices {
			return d.choice(p.Lang(), f, s)
		}
		return d.Said(p, f, v)
	}
	is := func(key string, values ...any) string {
		var list []string
		for _, v := range values {
			if s := said(v); s != "" {
				list = append(list, p.T("on_paper.quoted", "text", s))
			}
		}
		if len(list) == 0 {
			return p.T("on_paper.is_answered", "question", question)
		}
		return p.T(key, "question", question, "answer", strings.Join(list, " "+p.T("on_paper.or")+" "))
	}
	if inner, has := m["not"].(map[string]any); has {
		if v, has := inner["const"]; has {
			return is("on_paper.is_not", v)
		}
		if list, has := inner["enum"].([]any); has {
			return is("on_paper.is_not", list...)
		}
	}
	if inner, has := m["contains"].(map[string]any); has {
		m = inner
	}
	if v, has := m["const"]; has {
		return is("on_paper.is", v)
	}
	if list, has := m["enum"].([]any); has {
		return is("on_paper.is", list...)
	}
	low, hasLow := m["minimum"].(json.Number)
	high, hasHigh := m["maximum"].(json.Number)
	switch {
	case hasLow && hasHigh:
		return p.T("on_paper.between", "question", question, "from", said(low), "to", said(high))
	case hasLow:
		return p.T("on_paper.least", "question", question, "from", said(low))
	case hasHigh:
		return p.T("on_paper.most", "question", question, "to", said(high))
	}
	return p.T("on_paper.is_answered", "question", question)
}
