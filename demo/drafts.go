package demo

import (
	"context"
	"fmt"
	"strings"

	"luukku/app"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/form"
)

// city is whose forms people have begun.
const city ids.Org = "kaupunki"

// filler is a specimen who has begun a form. They can sign in, and find it there.
type filler struct {
	name  string
	kind  natid.Kind
	code  natid.Secret
	lang  i18n.Lang
	email string
}

var (
	maija  = filler{"Maija Meikäläinen", natid.FinnishCode, "140385-902F", "fi", "maija.meikalainen@luukku.example"}
	veikko = filler{"Veikko Mallikas", natid.FinnishCode, "300144-9217", "fi", ""}
	erika  = filler{"Erika Exempel", natid.SwedishNumber, "199001012385", "sv", ""}
)

// drafts are forms of the city that were begun: one in the middle, one that waits for somebody else's signature, one that is complete but for its declaration.
var drafts = []struct {
	id   ids.Submission
	by   filler
	form ids.Form
	// steps are what was typed, each step's places without the first slash.
	steps []map[string]string
	// asks is who shall sign it, too; nil for nobody.
	asks *filler
}{
	{"01m83demb0000000000000000a", maija, "resident-parking", []map[string]string{
		{"phone": "+358401234567", "street": "Mallikatu 1 A 2", "postcode": "00990", "zone": "a", "moved": "false"},
		{"cars/0/plate": "ABC-123", "cars/0/keeper": "self", "months": "6"},
	}, nil},
	{"01m83demb0000000000000000b", veikko, "initiative", []map[string]string{
		{
			"title": "Penkkejä joenvarren polulle", "what": "Joenvarren polulle tarvitaan penkkejä noin kahdensadan metrin välein, ja ainakin joka toiseen käsinojat.",
			"why": "Moni ikäihminen kävelisi polulla, jos matkalla voisi levätä.", "area_only": "true", "area": "Puistokylä",
		},
		{"acts": "self", "name": "Veikko Mallikas", "street": "Mallikatu 7 A 3", "postcode": "00990", "public": "true"},
	}, &maija},
	{"01m83demb0000000000000000c", erika, "premises", []map[string]string{
		{"acts": "self", "name": "Erika Exempel", "phone": "+358401234568", "email": "erika.exempel@luukku.example", "keys": "Erika Exempel"},
		{"what": "hall", "often": "weekly", "turns/0/weekday": "tue", "turns/0/begin": "18:00", "turns/0/end": "19:30", "turns/0/hours": "1.5"},
	}, nil},
}

// fillDrafts begins them. Interrupted, it goes on where it was.
func fillDrafts(ctx context.Context, a *app.App, progress func(string)) error {
	for _, d := range drafts {
		who, err := asPerson(ctx, a, d.by)
		if err != nil {
			return err
		}
		id, err := a.Eservices.BeginFilling(ctx, who, city, d.form, d.id, d.by.lang)
		if err != nil {
			return fmt.Errorf("begin %s: %w", d.form, err)
		}
		for n, step := range d.steps {
			typed := form.Typed{}
			for at, s := range step {
				typed["/"+at] = []string{s}
			}
			for range 2 { // what an answer shows is typed after it
				if _, err := a.Eservices.Save(ctx, who, eservice.SaveRequest{Draft: id, Step: n, Typed: typed, Try: true, Lang: d.by.lang}); err != nil {
					return fmt.Errorf("fill in step %d of %s: %w", n+1, d.form, err)
				}
			}
		}
		if err := askToSign(ctx, a, who, id, d.asks); err != nil {
			return fmt.Errorf("ask for a signature on %s: %w", d.form, err)
		}
	}
	progress(fmt.Sprintf("forms of %s: %d begun", city, len(drafts)))
	return nil
}

// asPerson is a specimen who has signed in.
func asPerson(ctx context.Context, a *app.App, f filler) (actor.Actor, error) {
	p, err := a.Identity.MakeKnown(ctx, actor.System("demo"), city, f.kind, f.code, f.name)
	if err != nil {
		return actor.Actor{}, fmt.Errorf("make %s known: %w", f.name, err)
	}
	return actor.Actor{Kind: actor.KindCitizen, Person: p, Level: actor.LevelSubstantial}, nil
}

// askToSign asks somebody to sign a draft, too, who comes by the link that is mailed to them.
func askToSign(ctx context.Context, a *app.App, who actor.Actor, id ids.Submission, whom *filler) error {
	f, err := a.Eservices.Filling(ctx, who, id)
	if err != nil || whom == nil {
		return err
	}
	if len(f.Parts) == 0 {
		if err := a.Eservices.Ask(ctx, who, eservice.AskRequest{Draft: id, Address: whom.email}); err != nil {
			return err
		}
		if f, err = a.Eservices.Filling(ctx, who, id); err != nil {
			return err
		}
	}
	other, err := asPerson(ctx, a, *whom)
	if err != nil || f.Parts[0].Person != "" {
		return err
	}
	told, err := a.Eservices.Askings(ctx, eservice.TellDraftArgs{Org: city, Draft: id, Part: f.Parts[0].ID})
	for _, t := range told {
		if strings.EqualFold(t.Email, whom.email) {
			_, err := a.Eservices.Come(ctx, other, t.Secret)
			return err
		}
	}
	return err
}
