package eservice

import (
	"context"
	"io"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// mostAnewTries bounds how often answers are read again because of what they show; each time shows one more question at least, and few forms hang questions on questions deeper than this.
const mostAnewTries = 20

// wholeOf is a field as it is asked anew: itself, or the group that it stands in, which is asked with all its rows.
func wholeOf(f *form.Field) *form.Field {
	if f.Rows != nil {
		return f.Rows
	}
	return f
}

// mayAnew reports whether people can be asked a field anew: what they answer themselves.
func mayAnew(f *form.Field) bool {
	return f.Rows == nil && f.Step >= 0 && !f.ReadOnly && !f.Calculated()
}

// MayAskAnew are the questions that can be asked anew, as the answers stand, in the order of the form.
func (w Whole) MayAskAnew() []*form.Field {
	out := w.Def.Evaluate(w.Present(), w.sentOn())
	return slices.DeleteFunc(slices.Clone(w.Def.Fields), func(f *form.Field) bool { return !mayAnew(f) || out.Hidden(f, -1) || out.Closed(f, -1) })
}

// Asking are the questions that are to be answered anew now; none where nothing was asked but in words, and when they were answered or it has ended. seq is the number of the event that asks them.
func (w Whole) Asking() (list []*form.Field, seq int64) {
	if w.State.May(Added) != nil {
		return nil, 0
	}
	for _, e := range slices.Backward(w.Events) {
		switch {
		case e.What == Added && len(e.Fields) > 0:
			return nil, 0
		case e.What == Asked:
			for _, at := range e.Fields {
				if f := w.Def.Field(at); f != nil {
					list = append(list, f)
				}
			}
			return list, e.Seq
		}
	}
	return nil, 0
}

// Present are the answers that hold now: those that were sent, with what was answered anew in their places.
func (w Whole) Present() form.Answers { return w.presentBefore(1 << 62) }

// presentBefore are those that held before an event.
func (w Whole) presentBefore(seq int64) form.Answers {
	a := w.Answers
	for _, e := range w.Events {
		if e.Seq >= seq && !planted.Bug("anew-forgets-before") || e.What != Added {
			continue
		}
		for _, at := range e.Fields {
			if f := w.Def.Field(at); f != nil {
				a = w.Def.Put(a, f, -1, e.Answers.Value(at))
			}
		}
	}
	return a
}

// AnsweredAnew reports whether something was answered anew.
func (w Whole) AnsweredAnew() bool {
	return slices.ContainsFunc(w.Events, func(e Event) bool { return e.What == Added && len(e.Fields) > 0 })
}

// allFiles are what was attached at any time.
func (w Whole) allFiles() []mailbox.Attachment {
	list := slices.Clone(w.Files)
	for _, e := range w.Events {
		list = append(list, e.Files...)
	}
	return list
}

// Change is an answer that was given anew, in words: as it was and as it is.
type Change struct{ At, Label, Was, Now string }

// Changes are what an event answered anew, question by question: also what stayed as it was.
func (w Whole) Changes(p *i18n.Printer, e Event) []Change {
	if e.What != Added || len(e.Fields) == 0 {
		return nil
	}
	return w.changes(p, w.presentBefore(e.Seq), w.presentBefore(e.Seq+1), e.Fields)
}

// ChangesSinceSent are the answers that hold now and were sent otherwise.
func (w Whole) ChangesSinceSent(p *i18n.Printer) []Change {
	return slices.DeleteFunc(w.changes(p, w.Answers, w.Present(), nil), func(c Change) bool { return c.Was == c.Now })
}

// changes are answers before and after, of the fields that were asked and of what follows from them otherwise.
func (w Whole) changes(p *i18n.Printer, before, after form.Answers, asked []string) []Change {
	was, now := w.wordsAt(p, before), w.wordsAt(p, after)
	none := p.T("submission.no_answer")
	var out []Change
	seen := map[string]bool{}
	add := func(lines []placed) {
		for _, l := range lines {
			if seen[l.At] {
				continue
			}
			seen[l.At] = true
			c := Change{At: l.At, Label: l.name, Was: none, Now: none}
			if i := slices.IndexFunc(was, func(x placed) bool { return x.At == l.At }); i >= 0 {
				c.Was = was[i].Value
			}
			if i := slices.IndexFunc(now, func(x placed) bool { return x.At == l.At }); i >= 0 {
				c.Now = now[i].Value
			}
			f := w.Def.Field(l.At)
			if c.Was != c.Now || f != nil && slices.Contains(asked, wholeOf(f).At) {
				out = append(out, c)
			}
		}
	}
	add(now)
	add(was)
	return out
}

// placed is a line with the name that it has where it stands alone.
type placed struct {
	Line
	name string
}

func (w Whole) wordsAt(p *i18n.Printer, a form.Answers) (out []placed) {
	for _, s := range Words(p, w.Def, a, w.allFiles(), w.sentOn()) {
		for _, l := range s.Lines {
			name := l.Label
			if f := w.Def.Field(l.At); f != nil && f.Rows != nil {
				name = s.Title + ", " + l.Label
			}
			out = append(out, placed{l, name})
		}
	}
	return out
}

// Retyped is what was typed to answer anew, as the page has it: nothing of it is kept before it is sent.
type Retyped struct {
	form.Typed
	// On are the places of the questions that were on the page: what was not there was not typed.
	On []string
	// Rows is how many rows a group has, by its place; Files what is attached to a question, by its place with the number of its row.
	Rows  map[string]int
	Files map[string][]ids.File
	// Then changes the answers as they were typed: a row more or less. May be nil.
	Then func(def *form.Definition, a form.Answers) form.Answers
}

// Anew is what is answered anew, as it stands now.
type Anew struct {
	// Asked are the questions that were asked, and those that hang on their answers and were not shown, or were right, before.
	Asked []*form.Field
	// Answers are all answers, and Out how the form stands with them; Wrong is what has to be mended in what is asked.
	Answers form.Answers
	Out     *form.Outcome
	Wrong   []form.Wrong
}

// Asks reports whether a field is asked.
func (n Anew) Asks(f *form.Field) bool { return slices.Contains(n.Asked, wholeOf(f)) }

// given are the answers to what is asked, and the places of what is.
func (n Anew) given(def *form.Definition) (a form.Answers, at []string) {
	a = form.Answers{}
	for _, f := range n.Asked {
		at = append(at, f.At)
		if v := n.Out.Answers.Value(f.At); v != nil {
			a = def.Put(a, f, -1, v)
		}
	}
	return a, at
}

// Anew is what is asked anew with what was typed, nil for the answers as they stand. A question that is shown by what was answered is asked, too, and so is one whose answer is right no longer.
func (w Whole) Anew(r *Retyped, on time.Time) Anew {
	n := Anew{Answers: w.Present()}
	if n.Asked, _ = w.Asking(); planted.Bug("anew-unasked") {
		n.Asked = w.MayAskAnew()
	}
	n.Out = w.Def.Evaluate(n.Answers, on)
	if r == nil {
		return n
	}
	before, was := n.Out, map[string]bool{}
	for _, x := range before.Check() {
		was[x.At] = true
	}
	present := n.Answers
	for range mostAnewTries {
		n.Answers = w.retyped(present, n, r)
		n.Out = w.Def.Evaluate(n.Answers, on)
		asked := len(n.Asked)
		for _, f := range w.Def.Fields {
			if mayAnew(f) && !n.Asks(f) && before.Hidden(f, -1) && !n.Out.Hidden(f, -1) {
				n.Asked = append(n.Asked, f)
			}
		}
		n.Wrong = nil
		for _, x := range n.Out.Check() {
			if f := wholeOf(x.Field); !n.Asks(f) && !was[x.At] && mayAnew(f) {
				n.Asked = append(n.Asked, f)
			}
			if n.Asks(x.Field) {
				n.Wrong = append(n.Wrong, x)
			}
		}
		if len(n.Asked) == asked {
			break
		}
	}
	if r.Then != nil {
		n.Answers = r.Then(w.Def, n.Answers)
		n.Out = w.Def.Evaluate(n.Answers, on)
	}
	return n
}

// retyped are the present answers with what was typed in the places of what is asked.
func (w Whole) retyped(present form.Answers, n Anew, r *Retyped) form.Answers {
	base := present
	for _, f := range n.Asked {
		if rows, ok := r.Rows[f.At]; ok && f.Kind == form.Repeated && slices.Contains(r.On, f.At) {
			base = w.Def.Put(base, f, -1, nil)
			for range min(rows, *f.MaxItems) {
				base = w.Def.AddRow(base, f)
			}
		}
	}
	filled := base
	for _, s := range w.Def.Steps {
		filled = n.Out.Fill(filled, s, r.Typed, w.Config.Org.Country)
	}
	for _, f := range w.Def.Fields {
		if f.Kind != form.Files || !slices.Contains(r.On, wholeOf(f).At) {
			continue
		}
		rows := 1
		if f.Rows != nil {
			list, _ := filled.Value(f.Rows.At).([]any)
			rows = len(list)
		}
		for i := range rows {
			var list any
			if files := r.Files[f.In(i)]; len(files) > 0 {
				var all []any
				for _, id := range files {
					all = append(all, string(id))
				}
				list = all
			}
			filled = w.Def.Put(filled, f, i, list)
		}
	}
	out := base
	for _, f := range n.Asked {
		if slices.Contains(r.On, f.At) {
			out = w.Def.Put(out, f, -1, filled.Value(f.At))
		}
	}
	return out
}

// today is the day by which answers are judged that are given now.
func (s *Service) today(c *catalog.Config) time.Time { return s.Now().In(c.Zone()) }

// Anew is what the actor is asked to answer anew, with what they have typed; nil for the answers as they stand. Nothing is kept. Faults: NotFound; Conflict "submission.not_now" when nothing is asked.
func (s *Service) Anew(ctx context.Context, who actor.Actor, id ids.Submission, r *Retyped) (Whole, Anew, error) {
	w, err := s.Submission(ctx, who, id)
	if err != nil {
		return w, Anew{}, err
	}
	n := w.Anew(r, s.today(w.Config))
	if len(n.Asked) == 0 {
		return w, n, fault.Conflict("submission.not_now", nil)
	}
	return w, n, nil
}

// AnswerAnew sends what the actor answers anew, once for its key. What was sent stays as it was: the answers stand beside it. Faults: NotFound; Conflict "submission.not_now"; Invalid with what is wrong, as
// the Anew has it, or at file.Field.
func (s *Service) AnswerAnew(ctx context.Context, who actor.Actor, id ids.Submission, key ids.FormKey, r Retyped) (Whole, Anew, error) {
	r.Then = nil
	w, n, err := s.Anew(ctx, who, id, &r)
	if err != nil {
		return w, n, err
	}
	if len(n.Wrong) > 0 {
		var fields []fault.Field
		for _, x := range n.Wrong {
			fields = append(fields, fault.Field{Name: x.At, Key: x.Key, Args: x.Args})
		}
		return w, n, fault.Invalid("form.invalid", nil, fields...)
	}
	add := Addition{ID: id, Key: key}
	_, add.asked = w.Asking()
	add.Answers, add.Fields = n.given(w.Def)
	for _, f := range w.Def.Fields {
		if f.Kind != form.Files || !n.Asks(f) {
			continue
		}
		rows := 1
		if f.Rows != nil {
			rows = n.Out.Rows(f.Rows)
		}
		for i := range rows {
			for _, id := range fileIDs(n.Out.Value(f, i)) {
				if !slices.ContainsFunc(w.Attached, func(a file.Attached) bool { return a.ID == id }) && !slices.Contains(add.Files, id) {
					add.Files = append(add.Files, id)
				}
			}
		}
	}
	return w, n, s.add(ctx, who, w.Submission, w.Config, add)
}

// KeepAnswer keeps a file that the actor is going to attach to a question that they answer anew, beside so many others there. Faults: NotFound; Conflict "submission.not_now"; Invalid at file.Field.
func (s *Service) KeepAnswer(ctx context.Context, who actor.Actor, id ids.Submission, at, name string, has int, r io.Reader) (file.Attached, error) {
	w, err := s.Submission(ctx, who, id)
	if err != nil {
		return file.Attached{}, err
	}
	f := w.Def.Field(at)
	if f == nil || f.Kind != form.Files {
		return file.Attached{}, fault.NotFound("error.not_found")
	}
	if list, _ := w.Asking(); len(list) == 0 {
		return file.Attached{}, fault.Conflict("submission.not_now", nil)
	}
	limits := w.Limits(w.Config)
	limits.Files = min(limits.Files, mostFiles(f))
	if err := limits.MayAdd(has); err != nil {
		return file.Attached{}, err
	}
	a, _, err := s.Files.Hold(ctx, who, file.Incoming{Org: w.Org, Name: name, Most: limits.Size}, s.Gen.FormKey(), r)
	if err == nil && !slices.Contains(file.Named(f.FileTypes), a.Type) { // it is not named in any answer, and is gone when its time is over
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "eform.file_type", Args: fault.Args{"name": name, "type": a.Type.Slug()}})
	}
	return a, err
}

// askedAnew checks which questions are asked anew, in the order of the form. Invalid at "anew" for what cannot be.
func (w Whole) askedAnew(list []string) (at []string, err error) {
	for _, f := range w.MayAskAnew() {
		if slices.Contains(list, f.At) {
			at = append(at, f.At)
		}
	}
	for _, x := range list {
		if !slices.Contains(at, x) {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "anew", Key: "error.field.choose"})
		}
	}
	return at, nil
}

// asksAnew are the places of the questions that are asked anew, and what the letter says of them. Invalid at "anew".
func (s *Service) asksAnew(ctx context.Context, a AtDesk, p *i18n.Printer, list []string) (at []string, said string, err error) {
	if len(list) == 0 {
		return nil, "", nil
	}
	w, err := s.whole(ctx, a.Submission)
	if err == nil {
		at, err = w.askedAnew(list)
	}
	if err != nil {
		return nil, "", err
	}
	said = "\n\n" + p.T("submission.anew_letter")
	for _, x := range at {
		said += "\n- " + w.QuestionName(p, w.Def.Field(x))
	}
	return at, said, nil
}

// QuestionName is what a question is called.
func (w Whole) QuestionName(p *i18n.Printer, f *form.Field) string {
	return (&worder{p: p, def: w.Def}).label(f)
}
