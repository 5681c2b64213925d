// Package formview shows forms: a step to be answered, and what was answered, for whoever fills one in, tries one out or handles what was sent.
//
// It promises that each field has a label, that help and what is wrong are tied to it, that what was typed is shown as it was typed, that a text in another language than the page says so,
// and that everything can be answered without JavaScript. It has no looks of its own (web/ui) and decides nothing: what is shown and what is wrong says domain/form.
package formview

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// View is a form with its answers, as it is shown.
type View struct {
	Def *form.Definition
	Out *form.Outcome
	// Wrong is what has to be mended, as domain/form says it; FileTrouble what is wrong with files that were not taken, in words, by the question's place.
	Wrong       []form.Wrong
	FileTrouble map[string]string
	// Sources say of places where an answer comes from: a word of the texts eform.source.
	Sources map[string]string
	// Files are what is attached, Limits how much may be.
	Files  map[ids.File]file.Attached
	Limits file.Limits
	// FileURL leads to an attachment; nil to none.
	FileURL func(ids.File) string
	// Only narrows what is asked to some questions, with what is asked in their rows, and leaves texts out; nil asks all.
	Only func(*form.Field) bool
}

// What the buttons of a step do, as the value of "do"; Add, Drop and Remove are followed by a point and a place, Remove by one more and the file.
const (
	DoNext   = "next"
	DoSave   = "save"
	DoAgain  = "again" // shows the step again, after an answer on which others hang
	DoAttach = "attach"
	DoAdd    = "add"    // a row
	DoDrop   = "drop"   // a row: the place is the row's, "/children/0"
	DoRemove = "remove" // an attachment
)

// ID is the id of the control for an answer.
func ID(at string) string { return "f" + strings.ReplaceAll(at, "/", "-") }

// word is a text of the form, with the language it is in when that is not the page's.
func (v View) word(b web.Base, key, standIn string) (text, lang string) {
	text, in := v.Def.Word(b.Lang, key, standIn)
	if in != b.Lang && text != "" {
		return text, string(in)
	}
	return text, ""
}

// Label is what a field is called, with what it is counted in.
func (v View) Label(b web.Base, f *form.Field) (text, lang string) {
	standIn := f.Label
	if standIn == "" {
		standIn = f.Name
	}
	text, lang = v.word(b, f.Key+".label", standIn)
	if f.Unit != "" {
		text += " (" + f.Unit + ")"
	}
	return text, lang
}

// Name is what a field is called where it stands alone, in a row with the row's.
func (v View) Name(b web.Base, f *form.Field, row int) string {
	label, _ := v.Label(b, f)
	if f.Rows == nil || row < 0 {
		return label
	}
	in, _ := v.row(b, f.Rows, row)
	return in + ", " + label
}

// row is what a row of a repeated group is called: "Child 2".
func (v View) row(b web.Base, f *form.Field, row int) (text, lang string) {
	name, in := v.Def.RowName(b.Lang, f)
	if in != b.Lang {
		lang = string(in)
	}
	return b.T("eform.row", "name", name, "n", row+1), lang
}

// StepTitle is what a step is called; the title that stands in for one without a name.
func (v View) StepTitle(b web.Base, s *form.Step, standIn string) (text, lang string) {
	key := s.Key
	if key != "" {
		key += ".label"
	}
	if s.Text != "" {
		standIn = s.Text
	}
	return v.word(b, key, standIn)
}

// Items are the lines of the error summary: what is wrong, with a link to where it is mended.
func (v View) Items(b web.Base) []ui.ErrorItem {
	var out []ui.ErrorItem
	for _, w := range v.Wrong {
		out = append(out, ui.ErrorItem{Href: "#" + ID(w.At), Text: lead(v.Name(b, w.Field, w.Row), v.Says(b, w))})
	}
	for _, f := range v.Def.Fields {
		if f.Kind != form.Files {
			continue
		}
		for _, row := range v.rowsOf(f) {
			if text := v.FileTrouble[f.In(row)]; text != "" {
				out = append(out, ui.ErrorItem{Href: "#" + ID(f.In(row)), Text: lead(v.Name(b, f, row), text)})
			}
		}
	}
	return out
}

// lead puts what a question is called before what is said of its answer.
func lead(name, says string) string {
	if strings.HasSuffix(name, "?") || strings.HasSuffix(name, ":") {
		return name + " " + says
	}
	return name + ": " + says
}

// rowsOf are the rows that a field is asked in; -1 for one in none.
func (v View) rowsOf(f *form.Field) []int {
	if f.Rows == nil {
		return []int{-1}
	}
	out := make([]int, v.Out.Rows(f.Rows))
	for i := range out {
		out[i] = i
	}
	return out
}

// Says is what is wrong with an answer, in words.
func (v View) Says(b web.Base, w form.Wrong) string {
	args := fault.Args{}
	for k, x := range w.Args {
		switch t := x.(type) {
		case time.Time:
			x = b.Printer.ShortDate(t)
		case string:
			if f := v.Def.Field(t); f != nil && k == "other" {
				x, _ = v.Label(b, f)
			} else {
				x = form.Numeral(b.Lang, t)
			}
		}
		args[k] = x
	}
	return b.Printer.TA(w.Key, args)
}

func (v View) wrongAt(b web.Base, at string) string {
	if text := v.FileTrouble[at]; text != "" {
		return text
	}
	for _, w := range v.Wrong {
		if w.At == at {
			return v.Says(b, w)
		}
	}
	return ""
}

// typed is an answer as it stands in its control.
func typed(l i18n.Lang, f *form.Field, a any) string {
	switch t := a.(type) {
	case nil:
		return ""
	case string:
		if day, err := time.Parse(time.DateOnly, t); err == nil && f.Kind == form.Date {
			return day.Format("2.1.2006")
		}
		return t
	case json.Number:
		return form.Numeral(l, string(t))
	case bool:
		return strconv.FormatBool(t)
	}
	return ""
}

// Fields are the controls of a step, in its order.
func (v View) Fields(b web.Base, s *form.Step) []web.Component { return v.elements(b, s.Elements, -1) }

// Changes reports whether it hangs on an answer of a step what else is asked: such a form can be asked to look again.
func (v View) Changes(s *form.Step) bool {
	for _, f := range v.Def.Fields {
		if f.Step == s.Index && f.Decides() && !v.Out.Hidden(f, 0) {
			return true
		}
	}
	return false
}

// Attaches reports whether something may be attached in a step.
func (v View) Attaches(s *form.Step) bool {
	for _, f := range v.Def.Fields {
		if f.Step == s.Index && f.Kind == form.Files {
			return true
		}
	}
	return false
}

func (v View) elements(b web.Base, list []*form.Element, row int) (out []web.Component) {
	for _, e := range list {
		if !v.Out.Shows(e, row) {
			continue
		}
		switch e.Kind {
		case form.Control:
			if v.Only != nil && !v.Only(e.Field) {
				continue
			}
			if e.Field.Kind == form.Repeated {
				out = append(out, v.repeated(b, e)...)
			} else {
				out = append(out, v.control(b, e, row))
			}
		case form.Group:
			inside := v.elements(b, e.Elements, row)
			title, lang := v.word(b, e.Key+".label", e.Text)
			switch {
			case len(inside) == 0:
			case title == "":
				out = append(out, inside...)
			default:
				hint, hintLang := v.word(b, e.Key+".description", "")
				out = append(out, grouped(b.Printer, ui.GroupField{Title: title, Lang: lang, Hint: hint, HintLang: hintLang}, inside...))
			}
		case form.Label:
			if v.Only != nil {
				continue
			}
			if text, lang := v.word(b, e.Key+".text", e.Text); text != "" {
				in := b.Lang
				if lang != "" {
					in = i18n.Lang(lang)
				}
				out = append(out, ui.ProseText(b.Printer, i18n.Text{in: text}))
			}
		}
	}
	return out
}

// repeated is a group that is answered several times: each row with its own questions, and buttons to add one and to take one away.
func (v View) repeated(b web.Base, e *form.Element) (out []web.Component) {
	f := e.Field
	name, lang := v.Label(b, f)
	hint, hintLang := v.word(b, f.Key+".description", f.Description)
	n := v.Out.Rows(f)
	closed := v.Out.Closed(f, -1)
	var inside []web.Component
	if n == 0 {
		inside = append(inside, ui.Muted(b.T("eform.no_rows")))
	}
	for i := range n {
		at := f.At + "/" + strconv.Itoa(i)
		title, titleLang := v.row(b, f, i)
		row := v.elements(b, e.Elements, i)
		if !closed {
			row = append(row, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.drop_row"), Hidden: title, Look: ui.Tertiary, Name: "do", Value: DoDrop + "." + at})))
		}
		inside = append(inside, grouped(b.Printer, ui.GroupField{ID: ID(at), Title: title, Lang: titleLang, Error: v.wrongAt(b, at)}, row...))
	}
	if !closed && n < *f.MaxItems {
		add := ui.Button{Text: v.Def.AddWords(b.Lang, f), Look: ui.Secondary, Name: "do", Value: DoAdd + "." + f.At}
		if add.Text == "" {
			add.Text, add.Hidden = b.T("eform.add_row"), name
		}
		inside = append(inside, parts.Buttons(ui.SubmitButton(add)))
	}
	return append(out, grouped(b.Printer, ui.GroupField{ID: ID(f.At), Title: name, Lang: lang, Hint: hint, HintLang: hintLang, Error: v.wrongAt(b, f.At)}, inside...))
}

// fewChoices is up to how many choices are shown at once, where one of them has to be chosen.
const fewChoices = 5

// RowChange is what the buttons of repeated groups do: what is DoAdd or DoDrop, place what stands behind it. Nil for others.
func RowChange(what, place string) func(def *form.Definition, a form.Answers) form.Answers {
	switch what {
	case DoAdd:
		return func(def *form.Definition, a form.Answers) form.Answers {
			if f := def.Field(place); f != nil && f.Kind == form.Repeated {
				return def.AddRow(a, f)
			}
			return a
		}
	case DoDrop:
		i := strings.LastIndex(place, "/")
		if i < 0 {
			return nil
		}
		row, err := strconv.Atoi(place[i+1:])
		return func(def *form.Definition, a form.Answers) form.Answers {
			if f := def.Field(place[:i]); err == nil && f != nil && f.Kind == form.Repeated {
				return def.DropRow(a, f, row)
			}
			return a
		}
	}
	return nil
}

// control asks one field.
func (v View) control(b web.Base, e *form.Element, row int) web.Component {
	f := e.Field
	at := f.In(row)
	a := v.Out.Value(f, row)
	label, lang := v.Label(b, f)
	hint, hintLang := v.word(b, f.Key+".description", f.Description)
	note, wrong := v.source(b, at), v.wrongAt(b, at)
	optional := !f.Required && !f.Must()
	if v.Out.Closed(f, row) {
		switch {
		case note != "":
		case f.Calculated():
			note = b.T("eform.calculated")
		default:
			note = b.T("eform.closed")
		}
		return ui.Fixed(b.Printer, ui.FixedField{ID: ID(at), Label: label, Lang: lang, Hint: hint, HintLang: hintLang, Note: note, Error: wrong, Value: v.Text(b, f, a)})
	}
	line := ui.Field{
		Name: at, ID: ID(at), Label: label, Lang: lang, Hint: hint, HintLang: hintLang, Note: note, Error: wrong, Optional: optional, Value: typed(b.Lang, f, a), Autocomplete: f.Autocomplete,
		NoSpelling: f.Format != "",
	}
	also := func(key string) string { return strings.TrimSpace(note + " " + b.T(key)) }
	switch f.Kind {
	case form.Line:
		line.Type = map[string]string{"email": "email", "tel": "tel", "uri": "url"}[f.Format]
		line.Short = f.MaxLength != nil && *f.MaxLength <= 20 || f.Format == "postal-code" || f.Format == "hetu" || f.Format == "y-tunnus" || f.Format == "rodne-cislo"
	case form.Lines:
		if f.MaxLength != nil && *f.MaxLength < form.MaxText {
			line.MaxLen = *f.MaxLength
		}
		line.Rows = 6
		return ui.TextArea(b.Printer, line)
	case form.Number:
		line.InputMode, line.Short = "decimal", true
	case form.Integer:
		line.InputMode, line.Short = "numeric", true
	case form.Date:
		line.Short, line.Note = true, also("eform.date_example")
	case form.TimeOf:
		line.Short, line.Note = true, also("eform.time_example")
	case form.Tick:
		if !e.Radio {
			return ui.Checkbox(b.Printer, ui.CheckField{Name: at, ID: ID(at), Value: "true", Label: label, Lang: lang, Hint: strings.TrimSpace(hint + " " + note), Error: wrong, Checked: a == true, Again: f.Decides()})
		}
		return ui.Radios(b.Printer, ui.Choices{
			Name: at, ID: ID(at), Legend: label, Lang: lang, Hint: hint, HintLang: hintLang, Note: note, Error: wrong, Optional: optional, Again: f.Decides(),
			Options: []ui.Choice{{Value: "true", Label: b.T("eform.yes"), Checked: a == true}, {Value: "false", Label: b.T("eform.no"), Checked: a == false}},
		})
	case form.Choice:
		if !e.Radio && (optional || len(f.Choices) > fewChoices) {
			return v.dropdown(b, f, line, a)
		}
		fallthrough
	case form.Choices:
		c := ui.Choices{Name: at, ID: ID(at), Legend: label, Lang: lang, Hint: hint, HintLang: hintLang, Note: note, Error: wrong, Optional: optional, Again: f.Decides()}
		for _, one := range f.Choices {
			text, in := v.word(b, f.Key+"."+one, one)
			c.Options = append(c.Options, ui.Choice{Value: one, Label: text, Lang: in, Checked: chosen(a, one)})
		}
		if f.Kind == form.Choices {
			return ui.Checkboxes(b.Printer, c)
		}
		return ui.Radios(b.Printer, c)
	case form.Files:
		return v.attachments(b, f, row, line)
	}
	return ui.TextField(b.Printer, line)
}

func chosen(a any, one string) bool {
	if list, isList := a.([]any); isList {
		for _, x := range list {
			if x == one {
				return true
			}
		}
	}
	return a == one
}

func (v View) dropdown(b web.Base, f *form.Field, line ui.Field, a any) web.Component {
	value, _ := a.(string)
	s := ui.SelectField{
		Name: line.Name, ID: line.ID, Label: line.Label, Lang: line.Lang, Hint: line.Hint, HintLang: line.HintLang, Note: line.Note, Error: line.Error, Optional: line.Optional, Value: value,
		Options: []ui.Option{{Text: b.T("eform.choose")}}, Again: f.Decides(), Autocomplete: f.Autocomplete,
	}
	for _, one := range f.Choices {
		text, in := v.word(b, f.Key+"."+one, one)
		s.Options = append(s.Options, ui.Option{Value: one, Text: text, Lang: in})
	}
	return ui.Select(b.Printer, s)
}

// attachments are what is attached to one question, each with a button to take it away, and the field for more.
func (v View) attachments(b web.Base, f *form.Field, row int, line ui.Field) web.Component {
	at := f.In(row)
	list := v.Attached(f, row)
	most := min(*f.MaxItems, form.MaxFiles)
	var out []web.Component
	for _, a := range list {
		out = append(out, parts.Buttons(
			ui.P(a.Name+" "+parts.FileNote(b, a)),
			ui.SubmitButton(ui.Button{Text: b.T("eform.remove"), Hidden: a.Name, Look: ui.Tertiary, Name: "do", Value: DoRemove + "." + at + "." + string(a.ID)}),
		))
	}
	if len(list) < most {
		line.Note = strings.TrimSpace(line.Note + " " + b.T("eform.files_hint", "most", most, "size", mailbox.SizeText(b.Printer, v.Limits.Size)))
		line.Note += " " + b.T("eform.files_types", "types", slugs(f.FileTypes))
		out = append(out, ui.FilesField(b.Printer, line, file.AcceptOf(file.Named(f.FileTypes))),
			parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.attach"), Hidden: line.Label, Look: ui.Secondary, Name: "do", Value: DoAttach})))
		return parts.All(out)
	}
	return grouped(b.Printer, ui.GroupField{ID: ID(at), Title: line.Label, Lang: line.Lang, Hint: line.Hint, HintLang: line.HintLang, Error: line.Error}, append(out, ui.Muted(b.T("eform.files_full")))...)
}

// slugs are the types that may be attached, as people call them.
func slugs(words []string) string {
	var out []string
	for _, t := range file.Named(words) {
		out = append(out, t.Slug())
	}
	return strings.Join(out, ", ")
}

// Attached are the attachments of a question, as far as they are there.
func (v View) Attached(f *form.Field, row int) (out []file.Attached) {
	list, _ := v.Out.Value(f, row).([]any)
	for _, x := range list {
		id, _ := x.(string)
		if a, there := v.Files[ids.File(id)]; there {
			out = append(out, a)
		}
	}
	return out
}

// source says where an answer comes from; empty for one's own.
func (v View) source(b web.Base, at string) string {
	s := v.Sources[at]
	if s == "" || !b.Printer.Has("eform.source."+s) {
		return ""
	}
	return b.T("eform.source." + s)
}

// Text is an answer in words; "no answer" for none.
func (v View) Text(b web.Base, f *form.Field, a any) string {
	s := v.Def.Said(b.Printer, f, a)
	if list, ok := a.([]any); ok && f.Kind == form.Files {
		var names []string
		for _, x := range list {
			id, _ := x.(string)
			if file, there := v.Files[ids.File(id)]; there {
				names = append(names, file.Name)
			}
		}
		s = strings.Join(names, "\n")
	}
	switch {
	case s == "" && f.Calculated():
		return "–"
	case s == "":
		return b.T("eform.no_answer")
	}
	return s
}

// Step is a step as a form that is sent to an address, with buttons of the page's own. Enter in a field does what nothing but "do" would: the next step.
func (v View) Step(b web.Base, s *form.Step, action string, hidden []ui.Hidden, buttons ...web.Component) web.Component {
	const id = "step"
	f := ui.FormData{ID: id, Action: action, Hidden: hidden, Again: v.Changes(s), Upload: v.Attaches(s)}
	fields := append([]web.Component{ui.EnterButton(b.Printer, id)}, v.Fields(b, s)...)
	if f.Again {
		fields = append(fields, ui.NoScript(parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.again"), Look: ui.Tertiary, Name: "do", Value: DoAgain}))))
	}
	return parts.Form(f, append(fields, parts.Buttons(buttons...))...)
}
