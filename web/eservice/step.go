package eservice

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/parts"
	"luukku/web/ui"
)

// viewOf is a draft as its form is shown.
func viewOf(b web.Base, f eservice.Filling) formview.View {
	v := formview.View{
		Def: f.Def, Out: f.Out, Sources: f.Sources, Files: map[ids.File]file.Attached{}, Limits: mailbox.LimitsOf(f.Config),
		FileURL: func(id ids.File) string { return at(b, "draft", string(f.ID), "file", string(id)) },
	}
	for _, a := range f.Files {
		v.Files[a.ID] = a
	}
	return v
}

// stepOf is the step of an address, from 1.
func stepOf(v *web.Visit, f eservice.Filling) (*form.Step, error) {
	n, err := strconv.Atoi(v.R.PathValue("step"))
	if err != nil || n < 1 || n > len(f.Def.Steps) {
		return nil, fault.NotFound("error.not_found")
	}
	return f.Def.Steps[n-1], nil
}

// stepFacts is what the page of a step shows beside its questions.
type stepFacts struct {
	Done, Wrong string
	// Conflicts are what was answered otherwise meanwhile.
	Conflicts []eservice.Difference
	// FileTrouble is what is wrong with files that were not taken, by their question's place.
	FileTrouble map[string]string
	// Judge says what is wrong with the answers.
	Judge bool
	// Mark is what is seen of the step.
	Mark  string
	Clock clock
}

func (d *Door) step(v *web.Visit) error {
	if kept := v.Query("kept"); kept != "" && d.Desk == nil && d.Open == nil {
		return d.takeKept(v, kept)
	}
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	s, err := stepOf(v, f)
	if err != nil {
		return err
	}
	if !f.Asks() || !f.Out.ShowsStep(s) {
		return v.SeeOther(d.at(v, "draft", string(f.ID)))
	}
	facts := stepFacts{Judge: slices.Contains(f.Draft.Done, s.Index), Mark: eservice.StepMark(f.Def, s, f.Answers), Clock: clockOf(v)}
	b := d.base(v)
	switch v.Query("done") {
	case "shown":
		facts.Done, facts.Judge = b.T("eform.step.shown"), false
	case "kept":
		facts.Done = b.T("eform.step.kept")
	case "changed": // a row or an attachment more or less: what is not answered yet is not missed before one goes on
		facts.Judge = false
	}
	return show(v, newStepPage(b, f, s, facts))
}

// newStepPage asks one step.
func newStepPage(b web.Base, f eservice.Filling, s *form.Step, facts stepFacts) Page {
	view := viewOf(b, f)
	view.FileTrouble = facts.FileTrouble
	if facts.Judge {
		view.Wrong = f.Out.CheckStep(s)
	}
	title, lang := view.StepTitle(b, s, formName(b, f))
	p := newPage(b, title)
	p.TitleLang, p.Service = lang, formName(b, f)
	steps := f.Out.Steps()
	p.N, p.Of = slices.Index(steps, s)+1, len(steps)
	p.Back = at(b, "draft", string(f.ID))
	if p.N > 1 {
		p.Back = at(b, "draft", string(f.ID), "step", strconv.Itoa(steps[p.N-2].Index+1))
	}
	p.Done, p.Wrong = facts.Done, facts.Wrong
	p.add(forWhom(b, f)...)
	p.add(signedMeanwhile(b, f)...)
	p.Trouble = view.Items(b)
	p.HasError = len(p.Trouble) > 0
	if len(facts.Conflicts) > 0 {
		p.Wrong = b.T("eform.step.conflict")
		var rows []ui.DefinitionRow
		for _, c := range facts.Conflicts {
			rows = append(rows, ui.DefinitionRow{Key: view.Name(b, c.Field, c.Row), Value: view.Text(b, c.Field, c.Theirs)})
		}
		p.add(parts.Section(b.T("eform.step.theirs"), ui.DefinitionList(rows),
			ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "draft", string(f.ID), "step", strconv.Itoa(s.Index+1)), Text: b.T("eform.step.take_theirs")})),
			ui.H2("", b.T("eform.step.mine")))
	}
	hidden := []ui.Hidden{{Name: "mark", Value: facts.Mark}, {Name: "of", Value: string(f.Org)}}
	next := b.T("common.continue")
	if len(facts.Conflicts) > 0 {
		next = b.T("eform.step.keep_mine")
	}
	p.add(view.Step(b, s, at(b, "draft", string(f.ID), "step", strconv.Itoa(s.Index+1)), hidden,
		ui.SubmitButton(ui.Button{Text: next, Name: "do", Value: formview.DoNext}),
		ui.SubmitButton(ui.Button{Text: b.T("eform.step.save"), Name: "do", Value: formview.DoSave, Look: ui.Secondary})))
	p.add(keptUntil(b, facts.Clock, f))
	return p
}

// came is a step as it came in.
type came struct {
	eservice.SaveRequest
	Do    string
	Org   ids.Org
	Wrong map[string]string // what is wrong with files, by their question's place
}

// stepPost takes a step in: what was typed is saved whatever it is, and then what was asked for is done.
func (d *Door) stepPost(v *web.Visit) error {
	r := came{SaveRequest: eservice.SaveRequest{Draft: idOf(v), Typed: form.Typed{}, Lang: v.Lang}, Wrong: map[string]string{}}
	n, err := strconv.Atoi(v.R.PathValue("step"))
	if err != nil {
		return fault.NotFound("error.not_found")
	}
	r.Step = n - 1
	if err := d.read(v, &r); err != nil {
		return err
	}
	if !d.isIn(v) {
		return d.keep(v, r)
	}
	what, place, _ := strings.Cut(r.Do, ".")
	r.Try = what == formview.DoNext || what == "" || what == formview.DoSave
	r.Then = formview.RowChange(what, place)
	saved, err := d.Forms.Save(v.Ctx(), d.who(v), r.SaveRequest)
	b := d.base(v)
	if err != nil {
		if fault.IsKey(err, "forms.closed") {
			return v.SeeOther(d.at(v, "draft", string(r.Draft)))
		}
		return err
	}
	f := saved.Filling
	s := f.Def.Steps[r.Step]
	facts := stepFacts{Mark: eservice.StepMark(f.Def, s, f.Answers), Clock: clockOf(v), FileTrouble: r.Wrong}
	here := d.at(v, "draft", string(f.ID), "step", strconv.Itoa(r.Step+1))
	switch {
	case len(saved.Conflicts) > 0:
		facts.Conflicts = saved.Conflicts
		// What is saved is seen now: sent again, it is replaced.
		if now, err := d.Forms.Filling(v.Ctx(), d.who(v), f.ID); err == nil {
			facts.Mark = eservice.StepMark(now.Def, s, now.Answers)
		}
		return show(v, newStepPage(b, f, s, facts))
	case what == formview.DoRemove:
		at, id, _ := strings.Cut(place, ".")
		if err := d.Forms.RemoveFile(v.Ctx(), d.who(v), f.ID, at, ids.File(id)); err != nil {
			return err
		}
		return v.SeeOther(here + "?done=changed")
	case len(r.Wrong) > 0:
		return show(v, newStepPage(b, f, s, facts))
	case what == formview.DoAgain:
		return show(v, newStepPage(b, f, s, facts))
	case what == formview.DoAdd || what == formview.DoDrop || what == formview.DoAttach:
		return v.SeeOther(here + "?done=changed")
	case what == formview.DoSave:
		return v.SeeOther(d.at(v) + "?done=saved")
	}
	facts.Judge = true
	if saved.Shown { // what need not be answered, and what is filled in beforehand, is seen too before one goes on
		return v.SeeOther(here + "?done=shown")
	}
	if len(f.Out.CheckStep(s)) > 0 {
		return show(v, newStepPage(b, f, s, facts))
	}
	return v.SeeOther(d.after(v, f, s))
}

// after is where somebody goes who is done with a step: to the next one, or to check the answers.
func (d *Door) after(v *web.Visit, f eservice.Filling, s *form.Step) string {
	for _, x := range f.Out.Steps() {
		if x.Index > s.Index {
			return d.at(v, "draft", string(f.ID), "step", strconv.Itoa(x.Index+1))
		}
	}
	return d.at(v, "draft", string(f.ID), "check")
}

// mostTyped is how much of one field is read, in bytes: more than any rule allows to be kept, so that the rule says so.
const mostTyped = 8 * form.MaxText

// read takes in a step: fields first, and each file as soon as it is there, after what was typed before it was saved.
func (d *Door) read(v *web.Visit, r *came) error {
	in, err := v.R.MultipartReader()
	if err != nil {
		for name, values := range v.R.PostForm {
			for _, value := range values {
				r.set(name, value)
			}
		}
		return nil
	}
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		name := part.FormName()
		if part.FileName() == "" && part.Header.Get("Content-Type") == "" {
			b, err := io.ReadAll(io.LimitReader(part, mostTyped))
			if err != nil {
				return broken(err)
			}
			if _, err := web.PassOver(part); err != nil {
				return broken(err)
			}
			r.set(name, string(b))
			continue
		}
		if part.FileName() == "" || !d.isIn(v) { // nothing was chosen, or nobody to keep it for
			if _, err := web.PassOver(part); err != nil {
				return broken(err)
			}
			continue
		}
		if d.Open != nil {
			if err := slow(v, d.Open.files); err != nil {
				return err
			}
		}
		_, err = d.Forms.AddFile(v.Ctx(), d.who(v), r.Draft, name, part.FileName(), part)
		if err != nil && !web.Mendable(err) {
			return err
		}
		if err != nil {
			r.Wrong[name] = words(d.base(v), err)
		}
		heard, err := web.PassOver(part)
		if err != nil {
			return broken(err)
		}
		if !heard { // far too large: nothing more is heard, and nothing is asked to be done
			if r.Wrong[name] == "" {
				r.Wrong[name] = v.P.T("error.too_large")
			}
			r.Do = formview.DoAttach
			return nil
		}
	}
}

// broken is a form that did not come in whole.
func broken(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

// set keeps a field of a step.
func (r *came) set(name, value string) {
	switch name {
	case "do":
		r.Do = value
	case "mark":
		r.Mark = value
	case "of":
		r.Org = ids.Org(value)
	default:
		if strings.HasPrefix(name, "/") {
			r.Typed[name] = append(r.Typed[name], value)
		}
	}
}

// keep keeps what was typed by somebody whose session had ended, and tells them to sign in again.
func (d *Door) keep(v *web.Visit, r came) error {
	if !v.SessionEnded() {
		return v.Actor().May(actor.FormFill, actor.Object{})
	}
	id, err := d.Forms.KeepTyped(v.Ctx(), r.Org, v.ActorWithSession().Session, r.SaveRequest)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	next := d.at(v, "draft", string(r.Draft), "step", strconv.Itoa(r.Step+1))
	if id != "" {
		next += "?of=" + string(r.Org) + "&kept=" + id
	}
	return v.Render(http.StatusUnauthorized, ShowPage(newEndedPage(d.base(v), v.SignInURL(next, 0), id != "")))
}

// newEndedPage tells somebody that their session had ended, and that what they typed is kept.
func newEndedPage(b web.Base, signIn string, kept bool) Page {
	p := newPage(b, b.T("eform.ended.title"))
	p.Lead = b.T("eform.ended.lead")
	if !kept {
		p.Lead = b.T("eform.ended.lost")
	}
	p.add(ui.P(b.T("eform.ended.acting")), ui.LinkButton(ui.Primary, ui.Link{Href: signIn, Text: b.T("eform.ended.button")}))
	return p
}

// takeKept puts what was kept into the draft, for the person whose it is.
func (d *Door) takeKept(v *web.Visit, kept string) error {
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	here := d.at(v, "draft", string(f.ID), "step", v.R.PathValue("step"))
	r, err := d.Forms.TakeKept(v.Ctx(), ids.Org(v.Query("of")), kept, v.ActorWithSession().Session)
	if fault.Is(err, fault.KindNotFound) || err == nil && r.Draft != f.ID {
		return v.SeeOther(here)
	}
	if err != nil {
		return err
	}
	saved, err := d.Forms.Save(v.Ctx(), d.who(v), r)
	if err != nil {
		return err
	}
	if len(saved.Conflicts) > 0 {
		s := f.Def.Steps[r.Step]
		return show(v, newStepPage(d.base(v), saved.Filling, s, stepFacts{Mark: eservice.StepMark(f.Def, s, f.Answers), Conflicts: saved.Conflicts, Clock: clockOf(v)}))
	}
	return v.SeeOther(here + "?done=kept")
}

func (d *Door) file(v *web.Visit) error {
	a, in, err := d.Forms.OpenDraftFile(v.Ctx(), d.who(v), idOf(v), ids.File(v.R.PathValue("file")))
	if err != nil {
		return err
	}
	defer in.Close()
	return v.Attachment(a, in)
}
