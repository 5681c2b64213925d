package eservice

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/parts"
	"luukku/web/ui"
)

// tasks is the page of a draft: its steps with how each of them stands, what has changed since, and what else can be done with it.
func (d *Door) tasks(v *web.Visit) error {
	id := idOf(v)
	if err := d.Forms.Refresh(v.Ctx(), d.who(v), id); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), id)
	if err != nil {
		return err
	}
	return show(v, newTasksPage(d.base(v), clockOf(v), f, v.Query("done")))
}

// standing is how a step stands, a key below eform.task.
func standing(f eservice.Filling, s *form.Step, wrong []form.Wrong) (key string, kind ui.Kind) {
	tried := slices.Contains(f.Draft.Done, s.Index)
	bad := slices.ContainsFunc(wrong, func(w form.Wrong) bool { return w.Field.Step == s.Index })
	switch {
	case tried && bad:
		return "mend", ui.Danger
	case tried:
		return "done", ui.Success
	}
	return "open", ui.Info
}

func newTasksPage(b web.Base, c clock, f eservice.Filling, done string) Page {
	p := newPage(b, formName(b, f))
	p.Back = at(b)
	switch done {
	case "moved":
		p.Done = b.T("eform.tasks.moved")
	case "own":
		p.Done = b.T("eform.open.owned")
	}
	view := viewOf(b, f)
	id := string(f.ID)
	if !f.Asks() {
		p.Wrong = b.T("eform.closed_draft")
		p.add(view.AnswerList(b, p.Title)...)
		p.add(parts.Buttons(ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "draft", id, "filled.json"), Text: b.T("eform.tasks.download")}), ui.PrintButton(b.Printer)))
		if f.Mine == nil {
			p.add(ui.A(ui.Link{Href: at(b, "draft", id, "drop"), Text: b.T("eform.tasks.drop")}))
		}
		return p
	}
	p.Lead = f.Form.Summary.In(b.Lang)
	p.add(forWhom(b, f)...)
	p.add(signedMeanwhile(b, f)...)
	if f.Newer != 0 {
		text := b.T("eform.tasks.newer")
		if n := len(f.Lost); n > 0 {
			text += " " + b.N("eform.tasks.newer_lost", n)
		}
		p.add(notice(ui.Warning, text, parts.Form(ui.FormData{Action: at(b, "draft", id, "move")}, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.tasks.move"), Look: ui.Secondary})))))
	}
	if f.Mine != nil {
		p.add(ui.P(b.T("eform.tasks.asked")))
	}
	wrong := f.Out.Check()
	var rows []ui.SummaryRow
	for _, s := range f.Out.Steps() {
		title, lang := view.StepTitle(b, s, p.Title)
		key, kind := standing(f, s, wrong)
		rows = append(rows, ui.SummaryRow{
			Key: title, KeyLang: lang, Content: ui.Tag(kind, b.T("eform.task."+key)), ChangeHref: at(b, "draft", id, "step", strconv.Itoa(s.Index+1)), ChangeText: b.T("eform.task.go_" + key), ChangeHidden: title,
		})
	}
	p.add(parts.Section(b.T("eform.tasks.steps"), ui.SummaryList(b.Printer, rows)))
	first := f.Out.Steps()[0]
	for _, s := range f.Out.Steps() {
		if key, _ := standing(f, s, wrong); key != "done" {
			first = s
			break
		}
	}
	next := ui.Link{Href: at(b, "draft", id, "step", strconv.Itoa(first.Index+1)), Text: b.T("eform.tasks.go_on")}
	if len(wrong) == 0 {
		next = ui.Link{Href: at(b, "draft", id, "check"), Text: b.T("eform.tasks.check")}
	}
	p.add(parts.Buttons(ui.LinkButton(ui.Primary, next)))
	if f.By == "" && len(f.Secret) == 0 && (eservice.MayAsk(f.Form.Signers) || f.Mine != nil) {
		p.add(ui.P(""), ui.A(ui.Link{Href: at(b, "draft", id, "together"), Text: b.T("eform.together.title")}))
	}
	p.add(keptUntil(b, c, f))
	if f.Mine == nil {
		p.add(ui.A(ui.Link{Href: at(b, "draft", id, "drop"), Text: b.T("eform.tasks.drop")}))
	}
	return p
}

// check shows all answers before they are sent.
func (d *Door) check(v *web.Visit) error {
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	if !f.Asks() {
		return v.SeeOther(d.at(v, "draft", string(f.ID)))
	}
	unsigned, err := d.Forms.Unsigned(v.Ctx(), d.who(v), f)
	if err != nil {
		return err
	}
	return show(v, newCheckPage(d.base(v), clockOf(v), f, unsigned, nil, nil))
}

// newCheckPage shows all answers; reply is what was typed of how to reach who has not signed in, nil where nothing was.
func newCheckPage(b web.Base, c clock, f eservice.Filling, unsigned bool, why error, reply *eservice.Reply) Page {
	p := newPage(b, b.T("eform.check.title"))
	p.Service = formName(b, f)
	id := string(f.ID)
	p.Back = at(b, "draft", id)
	view := viewOf(b, f)
	view.Wrong = f.Out.Check()
	for _, w := range view.Wrong {
		text := view.Name(b, w.Field, w.Row) + ": " + view.Says(b, w)
		p.Trouble = append(p.Trouble, ui.ErrorItem{Href: at(b, "draft", id, "step", strconv.Itoa(w.Field.Step+1)) + "#" + formview.ID(w.At), Text: text})
	}
	said := map[string]string{}
	if why != nil && len(p.Trouble) == 0 {
		if len(f.Secret) > 0 {
			for _, x := range fault.Of(why).Fields {
				said[x.Name] = b.Printer.TA(x.Key, x.Args)
				p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: said[x.Name]})
			}
		}
		if len(p.Trouble) == 0 {
			p.Trouble = []ui.ErrorItem{{Text: words(b, why)}}
		}
		p.refused(f.Config, why)
	}
	p.HasError = len(p.Trouble) > 0
	p.add(forWhom(b, f)...)
	p.add(signedMeanwhile(b, f)...)
	for _, s := range f.Out.Steps() {
		p.add(view.Answers(b, s, formName(b, f), at(b, "draft", id, "step", strconv.Itoa(s.Index+1)))...)
	}
	switch {
	case f.Mine != nil:
		p.add(signForm(b, f, *f.Mine)...)
	case len(view.Wrong) > 0:
		p.add(ui.P(b.T("eform.check.mend")))
	case unsigned:
		p.add(notice(ui.Info, b.T("eform.unsigned"), ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "draft", id, "together"), Text: b.T("eform.together.title")})))
	default:
		if follows := f.Form.Follows.In(b.Lang); follows != "" {
			p.add(parts.Section(b.T("eform.check.follows"), ui.ProseText(b.Printer, f.Form.Follows)))
		}
		p.add(parts.Form(ui.FormData{Action: at(b, "draft", id, "send"), Hidden: []ui.Hidden{{Name: "digest", Value: f.Digest}, {Name: "signed", Value: strconv.Itoa(f.Signatures())}}},
			append(append(replyFields(b, f, reply, said), declared(b, f)...), parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.check.send")})))...))
	}
	p.add(keptUntil(b, c, f))
	return p
}

// keptUntil says how long a draft is kept.
func keptUntil(b web.Base, c clock, f eservice.Filling) web.Component {
	if len(f.Secret) > 0 { // not for a whole day more
		return ui.Muted(b.T("eform.open.kept_until", "at", c.at(b, f.ExpiresAt-1)))
	}
	return ui.Muted(b.T("eform.step.kept_until", "day", c.day(b, f.ExpiresAt-1)))
}

// number is what a page sent along as a number, or 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// sendPost sends a draft. Sent twice it is once: the draft's id is its key.
func (d *Door) sendPost(v *web.Visit) error {
	id := idOf(v)
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), id)
	if fault.Is(err, fault.KindNotFound) { // by another press of the button; whose it is not, does not find it there either
		return v.SeeOther(d.sent(v, eservice.Submission{ID: id}))
	}
	if err == nil && f.Mine != nil {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return err
	}
	var why error
	switch {
	case !f.Asks():
		return v.SeeOther(d.at(v, "draft", string(id)))
	case f.Digest != v.Form("digest"): // changed in another window, or by somebody else: nothing is sent that was not seen
		why = fault.Conflict("eform.changed_since", nil)
	case f.Signatures() < number(v.Form("signed")): // nor as if somebody had signed it who has not
		why = fault.Conflict("eform.changed_since", nil)
	case f.Ready():
		var x eservice.Submission
		x, why = d.Forms.Submit(v.Ctx(), d.who(v), f.Draft, f.Def, f.Of, ids.FormKey(f.ID))
		if why == nil {
			return v.SeeOther(d.sent(v, x))
		}
		if !web.Mendable(why) {
			return why
		}
		if now, err := d.Forms.Filling(v.Ctx(), d.who(v), id); err == nil { // somebody was faster: what they answered is shown
			f = now
		}
	}
	unsigned, err := d.Forms.Unsigned(v.Ctx(), d.who(v), f)
	if err != nil {
		return err
	}
	return show(v, newCheckPage(d.base(v), clockOf(v), f, unsigned, why, nil))
}

// sent is the page of what was sent.
func (d *Door) sent(v *web.Visit, x eservice.Submission) string {
	if d.Open != nil {
		return web.Path(v.Lang, v.OrgID(), "sent", "form", string(x.ID)) + "?done=sent"
	}
	if d.Desk != nil {
		return atWork(v, x)
	}
	return web.Path(v.Lang, "", "my", "sent", string(x.ID)) + "?done=sent"
}

// answersJSON is what was answered so far, to be taken along.
func (d *Door) answersJSON(v *web.Visit) error {
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(struct {
		Form    ids.Form     `json:"form"`
		Version int64        `json:"version"`
		Answers form.Answers `json:"answers"`
	}{f.Draft.Form, f.Version, f.Answers}, "", "  ")
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="filled.json"`)
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, append(b, '\n'))
}
