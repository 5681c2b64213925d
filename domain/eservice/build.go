package eservice

import (
	"context"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/form"
)

// Edit is a state of a form that is being built: kept by itself with each change, for all who may build, until it is published or dropped.
type Edit struct {
	Org  ids.Org
	Form ids.Form
	// Seq counts the states, 0 for a form that nobody builds; Before is the one to which undoing leads, 0 for none.
	Seq, Before int64
	// Base is the newest version there was when it was begun.
	Base int64
	Built
	MadeAt int64
	MadeBy ids.Staff
}

// Built is what is settled about a form, and what it asks.
type Built struct {
	Settings catalog.Form  `json:"settings"`
	Document form.Document `json:"document"`
}

func mayBuild(who actor.Actor, o ids.Org) error {
	return who.May(actor.ConfigEdit, actor.Object{Org: o})
}

// Building returns the forms of an organisation that are being built.
func (s *Service) Building(ctx context.Context, who actor.Actor, o ids.Org) ([]Edit, error) {
	if err := mayBuild(who, o); err != nil {
		return nil, err
	}
	return s.Store.FormEdits(ctx, o)
}

// Build returns a form as it is being built; what is in force, with Seq 0, where nobody builds it.
func (s *Service) Build(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) (Edit, error) {
	if err := mayBuild(who, o); err != nil {
		return Edit{}, err
	}
	e, err := s.Store.FormEdit(ctx, o, id, 0)
	if !fault.Is(err, fault.KindNotFound) {
		return e, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Edit{}, err
	}
	f, err := c.Form(id)
	if err != nil {
		return Edit{}, err
	}
	e = Edit{Org: o, Form: id, Built: Built{*f, form.New()}}
	_, _, def, err := s.Asked(ctx, o, id, s.Now())
	if err != nil && !fault.IsKey(err, "forms.no_version") {
		return Edit{}, err
	}
	if err == nil {
		e.Document = def.Document
	}
	all, err := s.Store.FormVersions(ctx, o, id)
	if len(all) > 0 {
		e.Base = all[0].Number
	}
	return e, err
}

// Keep keeps a form as it was changed. Its Seq is the state that whoever changed it saw: Conflict "forms.edited" when there is another by now.
func (s *Service) Keep(ctx context.Context, who actor.Actor, e Edit) error {
	if err := mayBuild(who, e.Org); err != nil {
		return err
	}
	e.Before = e.Seq
	return s.keepState(ctx, who, e)
}

func (s *Service) keepState(ctx context.Context, who actor.Actor, e Edit) error {
	e.Seq++
	now := s.Now()
	e.MadeAt, e.MadeBy, e.Settings.ID = now.Unix(), who.Staff, e.Form
	e.Document = e.Document.Normal()
	if len(e.Document.JSON()) > form.MaxDocument {
		return fault.Invalid("form_definition.large", fault.Args{"bytes": form.MaxDocument})
	}
	return s.Store.PutFormEdit(ctx, e, audit.New(e.Org, s.Gen.Audit(), now.UnixMicro(), who, audit.FormEdited, "form", string(e.Form), nil))
}

// Undo goes back to the state before the one that was seen; before the first one there is what is in force.
func (s *Service) Undo(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, seq int64) error {
	if err := mayBuild(who, o); err != nil {
		return err
	}
	e, err := s.Store.FormEdit(ctx, o, id, seq)
	if err != nil {
		return err
	}
	if e.Before == 0 {
		return s.Discard(ctx, who, o, id, seq)
	}
	before, err := s.Store.FormEdit(ctx, o, id, e.Before)
	if fault.Is(err, fault.KindNotFound) {
		return fault.Conflict("forms.no_more", nil)
	}
	if err != nil {
		return err
	}
	before.Seq = seq
	return s.keepState(ctx, who, before)
}

// Discard drops what is being built.
func (s *Service) Discard(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, seq int64) error {
	if err := mayBuild(who, o); err != nil {
		return err
	}
	return s.Store.DropFormEdits(ctx, o, id, seq, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.FormDiscarded, "form", string(id), nil))
}

// mostAlike are the forms of one organisation that may be called the same.
const mostAlike = 50

// Begin begins a form: empty, or as a copy of what another one asks. Its name in addresses is made of what it is called.
func (s *Service) Begin(ctx context.Context, who actor.Actor, o ids.Org, lang i18n.Lang, called string, of ids.Form) (ids.Form, error) {
	if err := mayBuild(who, o); err != nil {
		return "", err
	}
	if called = strings.TrimSpace(called); called == "" || len([]rune(called)) > 200 {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "forms.needs_name"})
	}
	e := Edit{Org: o, Built: Built{catalog.Form{Level: "substantial"}, form.New()}}
	if of != "" {
		was, err := s.Build(ctx, who, o, of)
		if err != nil {
			return "", err
		}
		e.Built = was.Built
		e.Settings.Closed = false
	}
	e.Settings.Name = i18n.Text{lang: called}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return "", err
	}
	for n := 1; n <= mostAlike; n++ {
		e.Form = slugOf(called, n)
		old, err := s.Store.FormVersions(ctx, o, e.Form)
		if err != nil {
			return "", err
		}
		if _, err := c.Form(e.Form); err == nil || len(old) > 0 {
			continue
		}
		if err := s.keepState(ctx, who, e); !fault.IsKey(err, "forms.edited") {
			return e.Form, err
		}
	}
	return "", fault.Conflict("forms.edited", nil)
}

// slugOf is a name in addresses: the letters of what a thing is called, without their marks.
func slugOf(called string, n int) ids.Form {
	base := strings.Join(strings.FieldsFunc(form.NameOf(called), func(r rune) bool { return r == '_' }), "-")
	if n > 1 {
		base += "-" + strconv.Itoa(n)
	}
	return ids.Form(base)
}

// Publish makes what was built a version of the form, from a second on (Unix; what is past is now). What stands against it is *blueprint.Refused, or Invalid "forms.unsound".
func (s *Service) Publish(ctx context.Context, who actor.Actor, e Edit, from int64, note string) error {
	return s.Drafts.PublishForm(ctx, who, blueprint.FormPublishing{
		FormEntry: blueprint.FormEntry{Form: e.Settings, Document: e.Document.Layout()}, From: from, Note: note,
		Built: blueprint.FormBuilt{Org: e.Org, Form: e.Form, Seq: e.Seq, Base: e.Base},
	})
}

// Versions are those of a form, the newest first, for whoever may build it.
func (s *Service) Versions(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) ([]Version, error) {
	if err := mayBuild(who, o); err != nil {
		return nil, err
	}
	return s.Store.FormVersions(ctx, o, id)
}

// BackTo builds on an older version: what it asks becomes what is being built.
func (s *Service) BackTo(ctx context.Context, who actor.Actor, e Edit, number int64) error {
	if err := mayBuild(who, e.Org); err != nil {
		return err
	}
	_, def, err := s.read(ctx, Version{Org: e.Org, Form: e.Form, Number: number})
	if err != nil {
		return err
	}
	e.Document = def.Document
	return s.Keep(ctx, who, e)
}
