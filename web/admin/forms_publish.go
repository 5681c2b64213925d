package admin

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	eform "luukku/domain/form"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
)

// formTry shows a form as people see it, to be tried out: it is judged, and nothing of it is kept or sent.
func (d *Door) formTry(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	return d.showTry(v, f, trial{answers: eform.Answers{}})
}

// trial is a form that is tried out.
type trial struct {
	answers eform.Answers
	step    int
	judge   bool // what is wrong with the step is shown
	end     bool // all steps were answered
}

func (d *Door) showTry(v *web.Visit, f building, t trial) error {
	def, mistakes := eform.Parse(f.Document)
	b := page(v, "")
	if len(mistakes) > 0 {
		b.Title = b.T("forms.build.try")
		p := DeskPage{Base: b, Back: f.at(b), Parts: f.wrongs(b)}
		return show(v, p)
	}
	return show(v, newTryPage(b, f, def, t, v.Site.Now()))
}

func newTryPage(b web.Base, f building, def *eform.Definition, t trial, now time.Time) DeskPage {
	out := def.Evaluate(t.answers, now.In(f.config.Zone()))
	view := formview.View{Def: def, Out: out}
	steps := out.Steps()
	t.step = max(0, min(t.step, len(steps)-1))
	b.Title = b.T("forms.build.try")
	p := DeskPage{Base: b, Back: f.at(b), Lead: b.T("forms.build.try_lead")}
	kept, _ := json.Marshal(t.answers) // answers are JSON
	hidden := []ui.Hidden{{Name: "kept", Value: string(kept)}, {Name: "step", Value: strconv.Itoa(t.step)}}
	if t.end {
		view.Wrong = out.Check()
		p.Trouble = view.Items(b)
		if len(p.Trouble) == 0 {
			p.Done = b.T("forms.build.try_good")
		}
		for i := range p.Trouble {
			p.Trouble[i].Href = ""
		}
		p.Parts = append(p.Parts, view.AnswerList(b, f.name(b))...)
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: f.at(b, "try"), Text: b.T("forms.build.try_again")}, {Href: f.at(b), Text: b.T("forms.build.back_to_form")}}))
		b.HasError = len(p.Trouble) > 0
		p.Base = b
		return p
	}
	s := steps[t.step]
	if t.judge {
		view.Wrong = out.CheckStep(s)
		p.Trouble = view.Items(b)
		b.HasError = len(p.Trouble) > 0
		p.Base = b
	}
	title, lang := view.StepTitle(b, s, f.name(b))
	fields := append([]web.Component{ui.HeadingIn(2, "", title, lang), ui.Steps(b.Printer, t.step+1, len(steps))}, view.Fields(b, s)...)
	list := []ui.Button{{Text: b.T("common.continue"), Name: "do", Value: formview.DoNext}}
	if view.Changes(s) {
		list = append(list, ui.Button{Text: b.T("eform.again"), Look: ui.Secondary, Name: "do", Value: formview.DoAgain})
	}
	if t.step > 0 {
		list = append(list, ui.Button{Text: b.T("forms.build.try_back"), Look: ui.Tertiary, Name: "do", Value: "back"})
	}
	p.Parts = append(p.Parts, rulesForm(ui.FormData{Action: f.at(b, "try"), Hidden: hidden, Again: view.Changes(s), Upload: view.Attaches(s)}, list, ui.Link{Href: f.at(b), Text: b.T("forms.build.back_to_form")}, fields))
	return p
}

// formTryPost goes on with a form that is tried out.
func (d *Door) formTryPost(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	if err := v.R.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return fault.Invalid("error.bad_request", nil).Because(err)
	}
	t := trial{answers: eform.Answers{}}
	in := json.NewDecoder(strings.NewReader(v.Form("kept")))
	in.UseNumber()
	if in.Decode(&t.answers) != nil {
		t.answers = eform.Answers{}
	}
	t.step, _ = strconv.Atoi(v.Form("step")) // none is the first
	def, mistakes := eform.Parse(f.Document)
	if len(mistakes) > 0 {
		return d.showTry(v, f, t)
	}
	now := v.Site.Now().In(v.Zone())
	out := def.Evaluate(t.answers, now)
	steps := out.Steps()
	t.step = max(0, min(t.step, len(steps)-1))
	s := steps[t.step]
	t.answers = out.Fill(t.answers, s, eform.Typed(v.R.PostForm), v.Org.Org.Country)
	do, at, _ := strings.Cut(v.Form("do"), ".")
	switch do {
	case formview.DoAdd:
		if field := def.Field(at); field != nil {
			t.answers = def.AddRow(t.answers, field)
		}
	case formview.DoDrop:
		i := strings.LastIndex(at, "/")
		if field := def.Field(at[:max(0, i)]); field != nil {
			row, err := strconv.Atoi(at[i+1:])
			if err == nil {
				t.answers = def.DropRow(t.answers, field, row)
			}
		}
	case "back":
		t.step--
	case formview.DoNext:
		out = def.Evaluate(t.answers, now)
		wrong := out.CheckStep(s)
		for _, w := range wrong {
			if w.Field.Kind != eform.Files { // nothing is attached while trying
				t.judge = true
			}
		}
		if !t.judge {
			t.step++
			t.end = t.step >= len(out.Steps())
		}
	}
	return d.showTry(v, f, t)
}

// formDocument shows the document, to be changed, replaced or taken along.
func (d *Door) formDocument(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	return show(v, newDocumentPage(page(v, ""), f, f.Document.Layout(), nil, false))
}

func newDocumentPage(b web.Base, f building, text string, mistakes []eform.Mistake, outdated bool) DeskPage {
	b.Title = b.T("forms.build.document")
	p := DeskPage{Base: b, Back: f.at(b), Lead: b.T("forms.build.document_lead")}
	for _, m := range mistakes {
		args := []any{}
		for k, x := range m.Args {
			args = append(args, k, x)
		}
		words := b.T(m.Key, args...)
		if m.Where != "" {
			words = m.Where + ": " + words
		}
		p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#text", Text: words})
	}
	if outdated {
		p.Wrong = b.T("forms.edited_kept")
	}
	b.HasError = len(p.Trouble) > 0
	p.Base = b
	p.Parts = append(p.Parts,
		ui.LinkList([]ui.Link{{Href: f.at(b, "document.json"), Text: b.T("forms.build.download")}}),
		form2link(b, ui.FormData{Action: f.at(b, "document"), Hidden: f.hidden(), Upload: true}, f.at(b), []web.Component{
			ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("forms.build.upload"), Hint: b.T("forms.build.upload_hint"), Optional: true}),
			ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("forms.build.text"), Value: text, Rows: 24, NoSpelling: true, Autocomplete: "off"}),
		}),
	)
	return p
}

// formDocumentPost takes over a document as it was typed or uploaded. What cannot be asked is refused with words, and what was typed stays.
func (d *Door) formDocumentPost(v *web.Visit) error {
	if err := v.R.ParseMultipartForm(2 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return err
		}
		return fault.Invalid("error.bad_request", nil).Because(err)
	}
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	text := oneBreak(v.Form("text"))
	if b, wrong, err := fileOf(v, "file"); err == nil && wrong == "" && len(b) > 0 {
		text = oneBreak(strings.ToValidUTF8(string(b), "�"))
	}
	if v.Form("seen") != f.seen() {
		return v.Render(http.StatusConflict, ShowDesk(newDocumentPage(page(v, ""), f, text, nil, true)))
	}
	def, mistakes := eform.Read([]byte(text))
	if len(mistakes) > 0 {
		shown := text
		if len(shown) > eform.MaxDocument {
			shown = f.Document.Layout()
		}
		return show(v, newDocumentPage(page(v, ""), f, shown, mistakes, false))
	}
	f.Document = def.Document
	if err := d.Forms.Keep(v.Ctx(), v.Actor(), f.Edit); err != nil {
		return err
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=kept")
}

// formDownload answers with the document.
func (d *Door) formDownload(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(f.Form)+`.json"`)
	return web.Send(v.W, v.R, http.StatusOK, []byte(f.Document.Layout()+"\n"))
}

// formVersions lists the versions of a form.
func (d *Door) formVersions(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	all, err := d.Forms.Versions(v.Ctx(), v.Actor(), v.OrgID(), f.Form)
	if err != nil {
		return err
	}
	b := page(v, "")
	differ := map[int64][]eform.Change{}
	for i, x := range all {
		if i+1 >= len(all) || i >= 10 {
			break
		}
		_, _, now, err := d.Forms.FormAt(v.Ctx(), v.OrgID(), f.Form, x.Number)
		if err != nil {
			return err
		}
		_, _, before, err := d.Forms.FormAt(v.Ctx(), v.OrgID(), f.Form, all[i+1].Number)
		if err != nil {
			return err
		}
		differ[x.Number] = eform.Changes(before.Document, now.Document, f.lang(b))
	}
	return show(v, newVersionsPage(b, f, all, differ, v.Site.Now()))
}

func newVersionsPage(b web.Base, f building, all []eservice.Version, differ map[int64][]eform.Change, now time.Time) DeskPage {
	b.Title = b.T("forms.build.versions")
	p := DeskPage{Base: b, Back: f.at(b), Lead: b.T("forms.build.versions_lead")}
	in, _ := eservice.InForce(all, now.Unix())
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("forms.build.version"), b.T("forms.build.from_when"), b.T("forms.build.what_changed"), b.T("invitations.act_head")}}
	for _, v := range all {
		when := b.Printer.LongDate(time.Unix(v.From, 0).In(f.zone)) + " " + time.Unix(v.From, 0).In(f.zone).Format("15:04:05")
		state := ""
		switch {
		case v.Number == in.Number:
			state = " (" + b.T("forms.build.in_force") + ")"
		case v.From > now.Unix():
			state = " (" + b.T("forms.build.to_come") + ")"
		}
		words := changeWords(b, differ[v.Number])
		if v.Note != "" {
			words = strings.TrimSpace(v.Note + ". " + words)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: strconv.FormatInt(v.Number, 10) + state}, {Text: when}, {Text: words},
			{Content: rowAct(ui.FormData{Action: f.at(b, "versions"), Hidden: f.hidden(ui.Hidden{Name: "number", Value: strconv.FormatInt(v.Number, 10)})}, ui.Button{Text: b.T("forms.build.back_to"), Hidden: strconv.FormatInt(v.Number, 10), Look: ui.Tertiary})},
		})
	}
	p.Parts = append(p.Parts, listOf(b.T("forms.build.versions"), t, b.T("forms.build.no_versions")))
	return p
}

// changeWords are differences in words.
func changeWords(b web.Base, list []eform.Change) string {
	var out []string
	for i, c := range list {
		if i == 12 {
			out = append(out, "…")
			break
		}
		out = append(out, b.T("forms.change."+c.Op, "name", c.Label))
	}
	return strings.Join(out, "; ")
}

// formVersionsPost builds on an older version.
func (d *Door) formVersionsPost(v *web.Visit) error {
	f, err := d.openSeen(v)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(v.Form("number"), 10, 64)
	if err != nil {
		return fault.NotFound("error.not_found")
	}
	if err := d.Forms.BackTo(v.Ctx(), v.Actor(), f.Edit, n); err != nil {
		return err
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=back")
}

// publishing is what was typed about when a form is to hold.
type publishing struct{ date, clock, note string }

// formPublish shows what publishing changes, and asks from when on it holds.
func (d *Door) formPublish(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	return d.showFormPublish(v, f, publishing{}, nil, nil)
}

func (d *Door) showFormPublish(v *web.Visit, f building, typed publishing, why error, problems []blueprint.Problem) error {
	b := page(v, "")
	var list []eform.Change
	if f.Base > 0 {
		_, _, def, err := d.Forms.FormAt(v.Ctx(), v.OrgID(), f.Form, f.Base)
		if err != nil {
			return err
		}
		list = eform.Changes(def.Document, f.Document, f.lang(b))
	}
	return show(v, newFormPublishPage(b, f, list, typed, why, problems))
}

func newFormPublishPage(b web.Base, f building, list []eform.Change, typed publishing, why error, problems []blueprint.Problem) DeskPage {
	b.Title = b.T("forms.build.publish_title", "name", f.name(b))
	t := web.TroubleOf(b, why)
	for _, x := range problems {
		t.Items = append(t.Items, ui.ErrorItem{Href: f.at(b, "settings"), Text: fieldLabel(b, "forms", lastPart(x.Path)) + ": " + problemWords(b, x)})
	}
	b.HasError = len(t.Items) > 0
	p := DeskPage{Base: b, Back: f.at(b)}
	p.blame(t)
	if _, mistakes := eform.Parse(f.Document); len(mistakes) > 0 {
		p.Parts = f.wrongs(b)
		return p
	}
	if len(list) > 0 {
		var words []string
		for _, c := range list {
			words = append(words, b.T("forms.change."+c.Op, "name", c.Label))
		}
		p.Parts = append(p.Parts, section(b.T("forms.build.what_changed"), "", ui.BulletList(words)))
	} else if f.Base > 0 {
		p.Parts = append(p.Parts, ui.Muted(b.T("forms.build.same_questions")))
	}
	if w := f.wrongs(b); len(w) > 0 {
		p.Parts = append(p.Parts, w...)
	}
	p.Parts = append(p.Parts, infoBox("", b.T("forms.build.publish_means")),
		form(ui.FormData{Action: f.at(b, "publish"), Hidden: f.hidden()}, ui.Button{Text: b.T("forms.build.publish")}, ui.Link{Href: f.at(b), Text: b.T("people.cancel")},
			group(b.Printer, b.T("forms.build.from_when"), b.T("forms.build.from_hint", "zone", f.config.Org.Zone), []web.Component{
				ui.TextField(b.Printer, ui.Field{Name: "date", Label: b.T("forms.build.date"), Value: typed.date, Error: t.At("date"), Optional: true, Short: true, Autocomplete: "off"}),
				ui.TextField(b.Printer, ui.Field{Name: "clock", Label: b.T("forms.build.clock"), Value: typed.clock, Error: t.At("clock"), Optional: true, Short: true, Autocomplete: "off"}),
			}),
			ui.TextField(b.Printer, ui.Field{Name: "note", Label: b.T("forms.build.note"), Hint: b.T("forms.build.note_hint"), Value: typed.note, Optional: true, Autocomplete: "off", MaxLen: 500}),
		))
	return p
}

func lastPart(path string) string {
	parts := strings.Split(path, ".")
	return strings.TrimRight(parts[min(2, len(parts)-1)], "[]0123456789")
}

// fromOf reads from when on a form is to hold, to the second in a zone; 0 for at once.
func fromOf(typed publishing, zone *time.Location) (int64, []fault.Field) {
	if typed.date == "" && typed.clock == "" {
		return 0, nil
	}
	day, ok := readDay(typed.date)
	if !ok || typed.date == "" {
		return 0, []fault.Field{{Name: "date", Key: "forms.needs_date"}}
	}
	at := typed.clock
	switch strings.Count(at, ":") {
	case 0:
		if at == "" {
			at = "00:00:00"
		}
	case 1:
		at += ":00"
	}
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", day.String()+" "+at, zone)
	if err != nil {
		return 0, []fault.Field{{Name: "clock", Key: "forms.needs_time"}}
	}
	return moment.Unix(), nil
}

// formPublishPost publishes what was built.
func (d *Door) formPublishPost(v *web.Visit) error {
	f, err := d.openSeen(v)
	if err != nil {
		return err
	}
	typed := publishing{date: strings.TrimSpace(v.Form("date")), clock: strings.ReplaceAll(strings.TrimSpace(v.Form("clock")), ".", ":"), note: oneLine(v.Form("note"))}
	from, wrong := fromOf(typed, v.Zone())
	if from != 0 && from <= v.Site.Now().Unix() {
		wrong = []fault.Field{{Name: "date", Key: "forms.needs_future"}}
	}
	if len(wrong) > 0 {
		return d.showFormPublish(v, f, typed, fault.Invalid("form.invalid", nil, wrong...), nil)
	}
	err = d.Forms.Publish(v.Ctx(), v.Actor(), f.Edit, from, typed.note)
	if refused := (&blueprint.Refused{}); errors.As(err, &refused) {
		return d.showFormPublish(v, f, typed, nil, refused.Problems)
	}
	if fault.IsKey(err, "forms.unsound") {
		return d.showFormPublish(v, f, typed, nil, nil)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=published")
}
