package form

import (
	"fmt"
	"strings"
)

// pages reads how the form is asked: a Categorization of Categories is a form of several steps, anything else one step.
func (p *parser) pages(ui map[string]any) {
	if ui["type"] != "Categorization" {
		s := &Step{}
		p.def.Steps = []*Step{s}
		if e := p.element(ui, "ui", s, nil, nil, 0); e != nil {
			s.Elements = []*Element{e}
		}
		return
	}
	if !p.only(ui, "ui", "type", "elements", "options", "label", "i18n") {
		return
	}
	list, _ := ui["elements"].([]any)
	if len(list) == 0 || len(list) > MaxSteps {
		p.fault("ui/elements", "form_definition.steps", "most", fmt.Sprint(MaxSteps))
		return
	}
	for i, e := range list {
		where := fmt.Sprintf("ui/elements/%d", i)
		m, _ := e.(map[string]any)
		if m["type"] != "Category" {
			p.fault(where+"/type", "form_definition.element", "name", fmt.Sprint(m["type"]))
			continue
		}
		if !p.only(m, where, "type", "elements", "label", "i18n", "rule") {
			continue
		}
		s := &Step{Index: i}
		s.Key, s.Text = wording(m)
		p.def.Steps = append(p.def.Steps, s)
		s.Elements = p.elements(m, where, s, nil, nil, 0)
		if len(s.Elements) == 0 {
			p.fault(where, "form_definition.empty")
		}
		s.rule = p.rule(m, where, nil)
	}
}

// wording is the key of an element's text, and the text that stands in.
func wording(m map[string]any) (key, text string) {
	key, _ = m["i18n"].(string)
	text, _ = m["label"].(string)
	return key, text
}

func (p *parser) elements(m map[string]any, where string, s *Step, parent *Element, rows *Field, depth int) (out []*Element) {
	list, _ := m["elements"].([]any)
	for i, sub := range list {
		child, _ := sub.(map[string]any)
		if e := p.element(child, fmt.Sprintf("%s/elements/%d", where, i), s, parent, rows, depth); e != nil {
			out = append(out, e)
		}
	}
	return out
}

// element reads one thing of a page; nil when it is wrong. Rows are those that it is asked in.
func (p *parser) element(m map[string]any, where string, s *Step, parent *Element, rows *Field, depth int) *Element {
	if depth > MaxDepth {
		p.fault(where, "form_definition.depth", "most", fmt.Sprint(MaxDepth))
		return nil
	}
	e := &Element{parent: parent, step: s}
	e.Key, e.Text = wording(m)
	ok := true
	switch m["type"] {
	case "VerticalLayout", "Group":
		e.Kind = Group
		if ok = p.only(m, where, "type", "elements", "label", "i18n", "rule"); ok {
			e.Elements = p.elements(m, where, s, e, rows, depth+1)
		}
	case "Label":
		e.Kind = Label
		if text, isText := m["text"].(string); isText {
			e.Text = text
		}
		ok = p.only(m, where, "type", "text", "i18n", "rule")
	case "Control":
		e.Kind = Control
		ok = p.only(m, where, "type", "scope", "label", "i18n", "options", "rule") && p.control(e, m, where, s, rows, depth)
	default:
		ok = p.fault(where+"/type", "form_definition.element", "name", fmt.Sprint(m["type"]))
	}
	if !ok {
		return nil
	}
	e.rule = p.rule(m, where, rows)
	return e
}

// control reads what asks one field.
func (p *parser) control(e *Element, m map[string]any, where string, s *Step, rows *Field, depth int) bool {
	scope, _ := m["scope"].(string)
	_, f, ok := p.scope(scope, true, rows)
	if !ok || f == nil || f.Rows != rows {
		return p.fault(where+"/scope", "form_definition.scope", "scope", scope)
	}
	if f.control != nil {
		return p.fault(where+"/scope", "form_definition.twice", "field", f.At)
	}
	f.control, f.Step, e.Field = e, s.Index, f
	if e.Key != "" {
		f.Key = e.Key
	}
	if e.Text != "" {
		f.Label = e.Text
	}
	options, _ := m["options"].(map[string]any)
	if !p.only(options, where+"/options", "multi", "format", "detail", "readonly") {
		return false
	}
	if options["readonly"] == true {
		f.ReadOnly = true
	}
	if options["multi"] == true && f.Kind == Line {
		f.Kind = Lines
	}
	e.Radio = options["format"] == "radio"
	if f.Kind != Repeated {
		return true
	}
	detail, _ := options["detail"].(map[string]any)
	if detail == nil {
		return p.fault(where+"/options/detail", "form_definition.detail")
	}
	if sub := p.element(detail, where+"/options/detail", s, e, f, depth+1); sub != nil {
		e.Elements = []*Element{sub}
	}
	return true
}

// rule reads the rule of an element; nil for none, or a wrong one.
func (p *parser) rule(m map[string]any, where string, rows *Field) *rule {
	v, has := m["rule"]
	if !has {
		return nil
	}
	where += "/rule"
	if p.rules++; p.rules > MaxRules {
		if p.rules == MaxRules+1 {
			p.fault(where, "form_definition.rules", "most", fmt.Sprint(MaxRules))
		}
		return nil
	}
	in, _ := v.(map[string]any)
	effects, _ := in["effect"].(string)
	r := &rule{effect: effect(strings.ToUpper(effects)), where: where}
	switch r.effect {
	case show, hide, enable, disable:
	default:
		p.fault(where+"/effect", "form_definition.effect")
		return nil
	}
	if !p.only(in, where, "effect", "condition") {
		return nil
	}
	c, ok := p.condition(in["condition"], where+"/condition", rows, 0)
	if !ok {
		return nil
	}
	r.condition = c
	return r
}
