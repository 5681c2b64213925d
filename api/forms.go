package api

import (
	"context"
	"encoding/json"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/web"
)

// Forms knows what the forms of an organisation ask.
type Forms interface {
	// Asked returns a form with the version that holds at a moment, also one that takes nothing new.
	Asked(ctx context.Context, o ids.Org, id ids.Form, at time.Time) (*catalog.Form, eservice.Version, *form.Definition, error)
}

// Form is what an organisation has settled about one of its forms, with the version that holds now.
type Form struct {
	ID       ids.Form           `json:"id" example:"day-care"`
	Name     string             `json:"name" example:"Application for day care"`
	Summary  string             `json:"summary,omitempty"`
	Follows  string             `json:"follows,omitempty" doc:"What follows after it was sent."`
	Services []ids.Service      `json:"services,omitempty" nullable:"false" doc:"The services that it leads to."`
	Audience []catalog.Audience `json:"audience,omitempty" nullable:"false" enum:"person,company" doc:"Who may send it. Left out where it is for everybody."`
	Level    string             `json:"level" enum:"none,low,substantial,high" doc:"How surely it must be known who sends it; none takes it without signing in."`
	Signers  string             `json:"signers" enum:"none,guardian,colleague,any" doc:"Who else signs it."`
	Days     int                `json:"draft_days" example:"90" doc:"For how many days a draft is kept after it was last changed, of who has signed in."`
	Closed   bool               `json:"closed" doc:"It takes nothing new."`
	Version  int64              `json:"version" example:"3" doc:"Of the document: what is sent keeps the version that it was made with."`
	Digest   string             `json:"digest" doc:"The SHA-256 of the document, in hexadecimal."`
	From     string             `json:"from" format:"date-time" example:"2026-11-01T08:00:00+02:00" doc:"The first second in which the version holds."`
	Links    FormLinks          `json:"links"`
}

// FormLinks are where a form is for people.
type FormLinks struct {
	Page  string `json:"page" format:"uri" doc:"Where people begin it."`
	Blank string `json:"blank" format:"uri" doc:"To be filled in by hand, as a PDF."`
}

// FormWithDocument is a form with what it asks.
type FormWithDocument struct {
	Form
	Document FormDocument `json:"document"`
}

// FormDocument is a form as it is written: the answers that it takes, how they are asked, and in which words.
type FormDocument struct {
	Schema json.RawMessage                 `json:"schema" doc:"JSON Schema 2020-12 of the answers."`
	UI     json.RawMessage                 `json:"ui" doc:"UI schema of JSON Forms, of which docs/forms.md says what is used."`
	Texts  map[i18n.Lang]map[string]string `json:"texts" doc:"The words, by language and key."`
}

// FormList are the forms of an organisation that take new ones.
type FormList struct {
	Forms []Form `json:"forms" nullable:"false"`
}

func (d *Door) formOf(c *catalog.Config, f *catalog.Form, v eservice.Version, lang i18n.Lang) Form {
	out := Form{
		ID: f.ID, Name: f.Name.In(lang), Summary: f.Summary.In(lang), Follows: f.Follows.In(lang), Services: f.Services, Audience: f.Audience, Level: f.Level, Signers: f.Signers, Days: f.KeptDays(),
		Closed: f.Closed, Version: v.Number, Digest: v.Digest, From: moment(v.From, c.Zone()),
		Links: FormLinks{Page: d.site.BaseURL + web.Path(lang, c.Org.ID, "forms", string(f.ID)), Blank: d.site.BaseURL + web.Path(lang, c.Org.ID, "forms", string(f.ID), "blank.pdf")},
	}
	if out.Level == "" {
		out.Level = "substantial"
	}
	if out.Signers == "" {
		out.Signers = catalog.SignedByNobody
	}
	return out
}

func (d *Door) listForms(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org     ids.Org     `path:"org" example:"town"`
	Service ids.Service `query:"service" example:"day-care-guidance" doc:"Only those that lead to a service."`
},
) (*Listed[FormList], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	list := c.OpenForms()
	if in.Service != "" {
		if _, err := c.Service(in.Service); err != nil {
			return nil, err
		}
		list = c.FormsFor(in.Service)
	}
	out := FormList{Forms: make([]Form, 0, len(list))}
	for _, f := range list {
		if d.Forms == nil {
			break
		}
		f, v, _, err := d.Forms.Asked(ctx, in.Org, f.ID, d.site.Now())
		if fault.IsKey(err, "forms.no_version") { // it holds from a second that is to come
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Forms = append(out.Forms, d.formOf(c, f, v, language(in.r)))
	}
	return listed(out, cacheCatalogue), nil
}

func (d *Door) getForm(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org  ids.Org  `path:"org" example:"town"`
	Form ids.Form `path:"form" example:"day-care"`
},
) (*Listed[FormWithDocument], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	if d.Forms == nil {
		return nil, fault.NotFound("forms.unknown")
	}
	f, v, def, err := d.Forms.Asked(ctx, in.Org, in.Form, d.site.Now())
	if err != nil {
		return nil, err
	}
	doc := def.Document
	return listed(FormWithDocument{d.formOf(c, f, v, language(in.r)), FormDocument{doc.Schema, doc.UI, doc.Texts}}, cacheCatalogue), nil
}
