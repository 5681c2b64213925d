package blueprint

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Installed returns what all organisations share, and what a form of it is to send back (see Work.Seen). It is for whoever runs the installation.
func (d Drafts) Installed(ctx context.Context, who actor.Actor) (in Installation, seen string, err error) {
	if err := mayEdit(who, ""); err != nil {
		return Installation{}, "", err
	}
	err = d.Store.View(ctx, func(ctx context.Context, v View) error {
		in, seen, err = installed(ctx, v)
		return err
	})
	return in, seen, err
}

func installed(ctx context.Context, v View) (Installation, string, error) {
	stored, err := v.Stored(ctx, []ids.Org{})
	if err != nil {
		return Installation{}, "", err
	}
	if stored.Installation == nil {
		return Installation{}, "", fault.NotFound("error.not_found")
	}
	in := *stored.Installation
	return in, digest(render(say(installationFields, &in))), nil
}

// RecordOfInstallation is the installation as a form has it.
func RecordOfInstallation(in Installation) Record { return recordOf(say(installationFields, &in)) }

// SaveInstallation writes values into what all organisations share, at once: there is no draft of it. The problems say what is wrong with them; then nothing was
// saved.
func (d Drafts) SaveInstallation(ctx context.Context, who actor.Actor, seen string, values Record) (problems []Problem, err error) {
	if err := mayEdit(who, ""); err != nil {
		return nil, err
	}
	err = d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		problems = nil
		in, now, err := installed(ctx, v)
		if err != nil {
			return nil, err
		}
		if now != seen {
			return nil, Outdated()
		}
		texts, err := loadTexts()
		if err != nil {
			return nil, err
		}
		r := &reader{texts: texts}
		setFields(r, installationFields, &in, values)
		c := &checker{}
		c.installation(in)
		problems = append(r.problems, Faults(c.problems)...)
		for i := range problems {
			problems[i].Path = strings.TrimPrefix(problems[i].Path, "installation.")
		}
		if len(problems) > 0 {
			return nil, &Refused{problems}
		}
		change, _, err := d.published(ctx, v, who, Document{Installation: &in}, Options{})
		return change, err
	})
	if len(problems) > 0 {
		return problems, nil
	}
	return nil, err
}

// Found makes a new organisation, at once and with nothing in it. Invalid with the field "slug" says that its name in addresses is taken.
func (d Drafts) Found(ctx context.Context, who actor.Actor, o Organisation) (problems []Problem, err error) {
	if err := mayEdit(who, ""); err != nil {
		return nil, err
	}
	err = d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		problems = nil
		stored, err := v.Stored(ctx, []ids.Org{})
		if err != nil {
			return nil, err
		}
		if slices.Contains(stored.Orgs, o.ID) {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "slug", Key: "setup.slug_taken"})
		}
		if problems = Faults(Check(o)); len(problems) > 0 {
			return nil, &Refused{problems}
		}
		c, _, err := d.published(ctx, v, who, Document{Organisations: []Organisation{o}}, Options{})
		return c, err
	})
	if len(problems) > 0 {
		return problems, nil
	}
	return nil, err
}

// published is the change that applying a document makes, as one of an administrator's.
func (d Drafts) published(ctx context.Context, v View, who actor.Actor, doc Document, opts Options) (*Change, Result, error) {
	c, result, err := Service(d).change(ctx, v, who, doc, opts)
	if err != nil || c == nil {
		return nil, result, err
	}
	for i := range c.Audit {
		c.Audit[i].Action = audit.ConfigPublished
		c.Audit[i].Detail["what"] = summary(result.Lines)
	}
	return c, result, nil
}
