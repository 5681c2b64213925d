package inbox

import (
	"cmp"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// doPut puts a ready text behind what is typed; nothing is sent.
const doPut = "put"

// put puts the ready text that was chosen behind what is typed; p speaks the language of whose form it is.
func (f *readFacts) put(p *i18n.Printer) {
	switch f.Put {
	case catalog.UseAsk:
		until, err := org.ParseDate(f.Typed.Until)
		if err != nil {
			until = org.Date{}
		}
		f.Typed.Ask, f.Done = f.Sent.Put(p, f.Put, f.Typed.ReadyAsk, f.Typed.Ask, until), doPut
	case catalog.UseDecision:
		var err error
		if f.Typed.Text, f.Typed.Outcome, err = f.Sent.PutDecision(p, f.Typed.Ready, f.Typed.Text, f.Typed.Outcome); err == nil {
			f.Done = doPut
		} else if f.Why == nil {
			f.Why = err
		}
	}
}

// readySelect offers the texts that the organisation has ready; nothing where it has none.
func (f readFacts) readySelect(b web.Base, t web.Trouble, use, name, value string) []web.Component {
	list := f.Sent.Texts(use)
	if len(list) == 0 {
		return nil
	}
	s := ui.SelectField{Name: name, Label: b.T("inbox.form.ready"), Value: value, Error: t.At(name)}
	if use == catalog.UseDecision {
		s.Options = byOutcome(b, list, f.Typed.Outcome, value)
	} else {
		for _, x := range list {
			s.Options = append(s.Options, ui.Option{Value: x.ID, Text: x.Name.In(b.Lang)})
		}
	}
	return []web.Component{ui.FieldRow(ui.Select(b.Printer, s), ui.SubmitButton(ui.Button{Text: b.T("inbox.form.ready_put"), Look: ui.Secondary, Name: "do", Value: doPut}))}
}

// byOutcome are texts to decide under what they come to, in the order of outcomes, and those for any last. Where one was chosen there are only those that go with it, and the text that was chosen.
func byOutcome(b web.Base, list []catalog.FormText, outcome, chosen string) []ui.Option {
	rank := func(t catalog.FormText) int {
		if i := slices.IndexFunc(catalog.Outcomes, func(o string) bool { return slices.Contains(t.Outcomes, o) }); i >= 0 {
			return i
		}
		return len(catalog.Outcomes)
	}
	list = slices.DeleteFunc(slices.Clone(list), func(t catalog.FormText) bool { return outcome != "" && !t.With(outcome) && t.ID != chosen })
	slices.SortStableFunc(list, func(a, b catalog.FormText) int {
		return cmp.Or(rank(a)-rank(b), slices.Compare(a.Outcomes, b.Outcomes))
	})
	var out []ui.Option
	for _, x := range list {
		group := b.T("inbox.form.ready_any")
		if len(x.Outcomes) > 0 {
			var names []string
			for _, o := range catalog.Outcomes {
				if slices.Contains(x.Outcomes, o) {
					names = append(names, b.T("submission.outcome."+o))
				}
			}
			group = strings.Join(names, ", ")
		}
		out = append(out, ui.Option{Value: x.ID, Text: x.Name.In(b.Lang), Group: group})
	}
	return out
}

// outcomeFields ask what a decision comes to, and which instructions for an appeal go with it.
func (f readFacts) outcomeFields(b web.Base, t web.Trouble) []web.Component {
	was, none := f.Typed, "inbox.form.outcome_none"
	if form, err := f.Config.Form(f.Sent.Submission.Form); err == nil && len(form.AppealFor) > 0 {
		none = "inbox.form.outcome_choose"
	}
	outcome := ui.SelectField{Name: "outcome", Label: b.T("inbox.form.outcome"), Value: was.Outcome, Error: t.At("outcome"), Options: []ui.Option{{Text: b.T(none)}}}
	for _, x := range catalog.Outcomes {
		outcome.Options = append(outcome.Options, ui.Option{Value: x, Text: b.T("submission.outcome." + x)})
	}
	list := f.Sent.Texts(catalog.UseAppeal)
	if len(list) == 0 && t.At("appeal") == "" {
		return []web.Component{ui.Select(b.Printer, outcome)}
	}
	appeal := ui.SelectField{
		Name: "appeal", Label: b.T("inbox.form.appeal"), Hint: b.T("inbox.form.appeal_hint"), Value: was.Appeal, Error: t.At("appeal"),
		Options: []ui.Option{{Text: b.T("inbox.form.appeal_outcome")}},
	}
	out := []web.Component{ui.Select(b.Printer, outcome)}
	var texts []web.Component
	for _, x := range list {
		appeal.Options = append(appeal.Options, ui.Option{Value: x.ID, Text: x.Name.In(b.Lang)})
		text, lang := x.Text.InOK(f.Sent.Lang)
		texts = append(texts, parts.More(x.Name.In(b.Lang), ui.LetterText(string(lang), text)))
	}
	appeal.Options = append(appeal.Options, ui.Option{Value: eservice.NoAppeal, Text: b.T("inbox.form.appeal_none")})
	return append(append(out, ui.Select(b.Printer, appeal)), texts...)
}
