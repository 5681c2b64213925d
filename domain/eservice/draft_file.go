package eservice

import (
	"context"
	"io"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// AddFile attaches a file to a question of a draft: at is its place. Faults: NotFound, Conflict "forms.closed", Invalid at file.Field.
func (s *Service) AddFile(ctx context.Context, who actor.Actor, id ids.Submission, at, name string, r io.Reader) (file.Attached, error) {
	f, err := s.Filling(ctx, who, id)
	if err != nil {
		return file.Attached{}, err
	}
	field, row, err := f.question(at)
	if err != nil {
		return file.Attached{}, err
	}
	limits := file.Limits{Files: mostFiles(field), Size: mailbox.LimitsOf(f.Config).Size}
	if err := limits.MayAdd(len(fileList(f.Answers, field, row))); err != nil {
		return file.Attached{}, err
	}
	t, err := s.Files.Take(ctx, file.Incoming{Org: f.Org, Name: name, Most: limits.Size}, r)
	if err != nil {
		return file.Attached{}, err
	}
	defer t.Drop()
	if err := f.room(t.Size); err != nil {
		return file.Attached{}, err
	}
	if !slices.Contains(file.Named(field.FileTypes), t.Type) {
		return file.Attached{}, fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "eform.file_type", Args: fault.Args{"name": name, "type": t.Type.Slug()}})
	}
	var a file.Attached
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, f)
		if err != nil {
			return err
		}
		field, row, err := f.question(at)
		if err != nil {
			return err
		}
		has := fileList(f.Answers, field, row)
		if err := limits.MayAdd(len(has)); err != nil {
			return err
		}
		if err := f.room(t.Size); err != nil {
			return err
		}
		if a, err = s.Files.Attach(ctx, tx, t, f.holder(), f.Owner); err != nil {
			return err
		}
		d := f.Draft
		d.Answers = f.Def.Put(d.Answers, field, row, append(slices.Clone(has), string(a.ID)))
		return s.put(ctx, tx, &d, f.Form, f.Now)
	})
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return a, err
}

// RemoveFile takes a file from a question of a draft. One that is not there is no fault.
func (s *Service) RemoveFile(ctx context.Context, who actor.Actor, id ids.Submission, at string, file ids.File) error {
	looked, err := s.Filling(ctx, who, id)
	if err != nil {
		return err
	}
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, looked)
		if err != nil {
			return err
		}
		field, row, err := f.question(at)
		if err != nil {
			return err
		}
		d := f.Draft
		var left any
		if list := slices.DeleteFunc(fileList(f.Answers, field, row), func(x any) bool { return x == string(file) }); len(list) > 0 {
			left = list
		}
		d.Answers = f.Def.Put(d.Answers, field, row, left)
		if _, err := tx.DropLink(ctx, d.holder(), file, f.Now); err != nil {
			return err
		}
		return s.put(ctx, tx, &d, f.Form, f.Now)
	})
}

// OpenDraftFile opens what is attached to a draft; close it. Faults: NotFound, and Conflict "file.closed" for what no scanner has found clean.
func (s *Service) OpenDraftFile(ctx context.Context, who actor.Actor, id ids.Submission, file_ ids.File) (file.Attached, *file.Content, error) {
	f, err := s.Filling(ctx, who, id)
	if err != nil {
		return file.Attached{}, nil, err
	}
	for _, a := range f.Files {
		if a.ID == file_ {
			in, err := s.Files.Open(a)
			return a, in, err
		}
	}
	return file.Attached{}, nil, fault.NotFound("error.not_found")
}

// question is the one of a place that takes files, if it is asked now.
func (f Filling) question(at string) (*form.Field, int, error) {
	field := f.Def.Field(at)
	if field == nil || field.Kind != form.Files {
		return nil, 0, fault.NotFound("error.not_found")
	}
	if !f.Asks() {
		return nil, 0, fault.Conflict("forms.closed", nil)
	}
	rows := 1
	if field.Rows != nil {
		rows = f.Out.Rows(field.Rows)
	}
	for i := range rows {
		if field.In(i) == at && !f.Out.Hidden(field, i) && !f.Out.Closed(field, i) {
			if field.Rows == nil {
				i = -1
			}
			return field, i, nil
		}
	}
	return nil, 0, fault.NotFound("error.not_found")
}

func mostFiles(f *form.Field) int {
	if f.MaxItems != nil {
		return min(*f.MaxItems, form.MaxFiles)
	}
	return form.MaxFiles
}

func fileList(a form.Answers, f *form.Field, row int) []any {
	list, _ := a.Value(f.In(row)).([]any)
	return slices.Clone(list)
}
