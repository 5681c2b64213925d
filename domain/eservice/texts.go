package eservice

import (
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// NoAppeal says that a decision goes without instructions for an appeal, whatever its outcome.
const NoAppeal = "-"

// Texts are the texts that the organisation has ready for a use with what was sent, where it lies.
func (a AtDesk) Texts(use string) []catalog.FormText {
	return a.Config.TextsFor(use, a.Submission.Form, a.Config.Inbox(a.Item.Inbox).ID)
}

// text finds one of them.
func (a AtDesk) text(use, id string) (catalog.FormText, bool) {
	list := a.Texts(use)
	i := slices.IndexFunc(list, func(t catalog.FormText) bool { return t.ID == id })
	if i < 0 {
		return catalog.FormText{}, false
	}
	return list[i], true
}

// Put is what somebody has written with a ready text behind it, in the language of whose form it is: its places are filled, that of the day only where one is chosen. What is not there changes nothing.
func (a AtDesk) Put(p *i18n.Printer, use, id, written string, until org.Date) string {
	t, ok := a.text(use, id)
	if !ok || a.Hidden {
		return written
	}
	return strings.TrimSpace(strings.TrimRight(written, " \n\t") + "\n\n" + a.filled(p, t, until))
}

// PutDecision is Put of a text to decide, and what the decision comes to by then: the text's outcome where it has one alone and none was chosen. Invalid at "ready" for a text of another outcome than was
// chosen, which is not put.
func (a AtDesk) PutDecision(p *i18n.Printer, id, written, outcome string) (text, becomes string, err error) {
	t, ok := a.text(catalog.UseDecision, id)
	switch {
	case !ok:
		return written, outcome, nil
	case outcome != "" && !t.With(outcome):
		return written, outcome, fault.Invalid("form.invalid", nil, fault.Field{Name: "ready", Key: "submission.text_other_outcome"})
	case outcome == "" && len(t.Outcomes) == 1:
		outcome = t.Outcomes[0]
	}
	return a.Put(p, catalog.UseDecision, id, written, org.Date{}), outcome, nil
}

// filled is a text with its places filled.
func (a AtDesk) filled(p *i18n.Printer, t catalog.FormText, until org.Date) string {
	zone := a.Config.Zone()
	f, _ := a.Config.Form(a.Submission.Form)
	values := map[string]string{
		catalog.PlaceNumber: a.Number, catalog.PlaceForm: FormName(f, a.Submission), catalog.PlaceOrganisation: a.Config.Org.Name.In(a.Lang),
		catalog.PlaceSent: p.ShortDate(time.Unix(a.SentAt, 0).In(zone)),
	}
	if !until.IsZero() {
		values[catalog.PlaceDue] = p.ShortDate(until.At(12*60, zone))
	}
	return catalog.Fill(strings.TrimSpace(t.Text.In(a.Lang)), values)
}

// dated puts the day until when something is asked into what is asked: Invalid at "until" for a text that names it and a day that was not chosen.
func (a AtDesk) dated(p *i18n.Printer, text string, until org.Date) (string, error) {
	if !catalog.HasPlace(text, catalog.PlaceDue) {
		return text, nil
	}
	if until.IsZero() {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "submission.text_needs_day"})
	}
	return catalog.Fill(text, map[string]string{catalog.PlaceDue: p.ShortDate(until.At(12*60, a.Config.Zone()))}), nil
}

// appealOf are the instructions for an appeal that go with a decision; ok is false for none. Invalid at "outcome" where the form's decisions say theirs and this one does not, and at "appeal" for instructions
// that are not there, or are needed and were left away.
func (a AtDesk) appealOf(f *catalog.Form, outcome, chosen string) (t catalog.FormText, ok bool, err error) {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	if outcome != "" && !slices.Contains(catalog.Outcomes, outcome) || outcome == "" && f != nil && len(f.AppealFor) > 0 {
		return t, false, wrong("outcome", "error.field.choose")
	}
	switch chosen {
	case NoAppeal:
	case "":
		if outcome != "" {
			t, ok = a.Config.AppealFor(outcome, a.Submission.Form, a.Config.Inbox(a.Item.Inbox).ID)
		}
	default:
		if t, ok = a.text(catalog.UseAppeal, chosen); !ok {
			return t, false, wrong("appeal", "error.field.choose")
		}
	}
	if !ok && f != nil && f.NeedsAppeal(outcome) {
		return t, false, wrong("appeal", "submission.appeal_needed")
	}
	return t, ok, nil
}

// withAppeal is a decision with the instructions below it. What says nothing stays so: instructions alone decide nothing.
func (a AtDesk) withAppeal(p *i18n.Printer, body string, t catalog.FormText) string {
	if strings.TrimSpace(body) == "" {
		return ""
	}
	return strings.TrimRight(body, " \n\t") + "\n\n" + t.Name.In(a.Lang) + "\n\n" + a.filled(p, t, org.Date{})
}
