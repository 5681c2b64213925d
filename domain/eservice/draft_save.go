package eservice

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/form"
)

// SaveRequest is a step as it was sent.
type SaveRequest struct {
	Draft ids.Submission
	Step  int
	Typed form.Typed
	// Mark is what was seen of the step (StepMark).
	Mark string
	// Try marks the step as answered; whoever only looks again does not.
	Try  bool
	Lang i18n.Lang
	// Then changes the answers after what was typed: a row more or less.
	Then func(d *form.Definition, a form.Answers) form.Answers
}

// Saved is what became of a step that was sent.
type Saved struct {
	Filling
	// Conflicts are what was answered differently by somebody else, or in another window, since the page was made: then nothing was saved, and Answers are those that were typed. Theirs are what is
	// saved.
	Conflicts []Difference
	// Shown says that questions of the step are asked now that were not before.
	Shown bool
}

// Save keeps what was typed in a step, whatever it is. Faults: NotFound, Conflict "forms.closed", Invalid "eform.too_large".
func (s *Service) Save(ctx context.Context, who actor.Actor, r SaveRequest) (out Saved, err error) {
	looked, err := s.Filling(ctx, who, r.Draft)
	if err != nil {
		return out, err
	}
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		out = Saved{}
		f, err := s.again(ctx, tx, who, looked)
		if err != nil {
			return err
		}
		if r.Step < 0 || r.Step >= len(f.Def.Steps) {
			return fault.NotFound("error.not_found")
		}
		if !f.Asks() {
			return fault.Conflict("forms.closed", nil)
		}
		step := f.Def.Steps[r.Step]
		was := f.Answers
		base := withRows(f.Def, step, was, r.Typed)
		on := time.Unix(f.Now, 0).In(f.Config.Zone())
		before := f.Out
		if len(base) > 0 {
			before = f.Def.Evaluate(base, on)
		}
		typed := before.Fill(base, step, r.Typed, f.Config.Org.Country)
		out.Filling = f
		if r.Mark != "" && r.Mark != StepMark(f.Def, step, was) {
			if list := differences(f.Def, step, typed, was); len(list) > 0 {
				out.Conflicts, out.Answers = list, typed
				out.Out = f.Def.Evaluate(typed, on)
				return nil
			}
		}
		shown := f.shown(step)
		d := f.Draft
		d.Answers = typed
		if r.Then != nil {
			d.Answers = r.Then(f.Def, typed)
		}
		d.Sources = keptSources(f.Def, d.Sources, was, d.Answers)
		if r.Try {
			d.Done = marked(d.Done, r.Step)
		}
		if r.Lang != "" {
			d.Lang = r.Lang
		}
		if err := s.put(ctx, tx, &d, f.Form, f.Now); err != nil {
			return err
		}
		out.Draft = d
		if err := s.complete(ctx, tx, tx, &out.Filling); err != nil {
			return err
		}
		for at := range out.shown(step) {
			out.Shown = out.Shown || !shown[at]
		}
		return nil
	})
	return out, err
}

// put writes a draft that was changed: from then on it is kept for its whole time again.
func (s *Service) put(ctx context.Context, tx DraftTx, d *Draft, f *catalog.Form, now int64) error {
	d.ChangedAt, d.ExpiresAt, d.ToldAt = now, d.expiry(f, now), 0
	if err := s.sealDraft(ctx, tx, d); err != nil {
		return err
	}
	if ok, err := tx.PutFormDraft(ctx, *d); err != nil || !ok {
		return orDraftAgain(ok, err)
	}
	d.Seen++
	return nil
}

// shown are the questions of a step that are asked now, by their places; what is calculated is none.
func (f Filling) shown(step *form.Step) map[string]bool {
	out := map[string]bool{}
	for _, x := range f.Def.Fields {
		if x.Step != step.Index || x.Calculated() {
			continue
		}
		rows := 1
		if x.Rows != nil {
			rows = f.Out.Rows(x.Rows)
		}
		for i := range rows {
			if !f.Out.Hidden(x, i) {
				out[x.In(i)] = true
			}
		}
	}
	return out
}
