package parts

import (
	"encoding/json"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/org"
)

// sampleNow is when the samples are: Friday 20 November 2026 at 14:02 in Helsinki.
var sampleNow = time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC)

// SampleTown is the town of made-up forms.
func SampleTown() *catalog.Config {
	c := &catalog.Config{
		Version: 1, Installation: org.Installation{PhoneCountries: []string{"FI"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"},
		Org: org.Organisation{ID: "vuorela", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}},
		Forms: []catalog.Form{{
			ID: "parking", Name: i18n.Text{"fi": "Asukaspysäköintihakemus", "sv": "Ansökan om boendeparkering", "en": "Application for resident parking", "cs": "Žádost o rezidentní parkování"},
			Follows: i18n.Text{"fi": "Käsittelemme hakemuksen kahdessa viikossa.", "sv": "Vi behandlar ansökan inom två veckor.", "en": "We handle the application within two weeks.", "cs": "Žádost vyřídíme do dvou týdnů."},
		}},
	}
	c.Org.Country, c.Org.Zone = "FI", "Europe/Helsinki"
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error()) // made-up facts that the tests read
	}
	return c
}

// SampleSubmission is a made-up form that was sent, in a state.
func SampleSubmission(l i18n.Lang, s eservice.State) eservice.Whole {
	def, mistakes := form.Read([]byte(sampleForm))
	if len(mistakes) > 0 {
		panic(mistakes[0].Where + ": " + mistakes[0].Key) // a sample of ours
	}
	var a form.Answers
	d := json.NewDecoder(strings.NewReader(`{"plate":"ABC-123","from":"2026-12-01","ev":true,"files":["06F1"]}`))
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		panic(err)
	}
	c := SampleTown()
	at := sampleNow.AddDate(0, 0, -3).Unix()
	files := []mailbox.Attachment{{ID: "06F1", Name: "rekisteriote.pdf", Type: file.PDF, Size: 48_000, Digest: strings.Repeat("9f86d081", 8)}}
	w := eservice.Whole{
		Submission: eservice.Submission{
			Org: "vuorela", ID: ids.Submission("06A1B2C3S" + string(s[0])), Number: "2026-000123", Form: "parking", Version: 1, Lang: l, State: s, SentAt: at, Files: files,
			AnswersDigest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Filled: eservice.Filled{Answers: a},
		},
		Config: c, Form: &c.Forms[0], Def: def,
		Attached: []file.Attached{{File: file.File{ID: "06F1", Type: file.PDF, Size: 48_000, State: file.Clean}, Name: "rekisteriote.pdf"}},
		Events:   []eservice.Event{{Seq: 1, At: at, What: eservice.Arrived}},
	}
	happened := map[eservice.State][]eservice.What{
		eservice.InProgress: {eservice.TakenUp, eservice.Asked, eservice.Added}, eservice.MoreAsked: {eservice.TakenUp, eservice.Asked}, eservice.Decided: {eservice.TakenUp, eservice.Answered},
		eservice.Withdrawn: {eservice.TakenBack}, eservice.Closed: {eservice.Ended},
	}
	ask := map[i18n.Lang]string{
		"fi": "Liittäkää työnantajan todistus ajoneuvosta.", "sv": "Bifoga arbetsgivarens intyg om fordonet.", "en": "Please attach your employer's certificate of the vehicle.",
		"cs": "Přiložte potvrzení zaměstnavatele o vozidle.",
	}
	for i, what := range happened[s] {
		e := eservice.Event{Seq: int64(i + 2), At: at + int64(i+1)*3600, What: what}
		switch what {
		case eservice.Asked:
			e.Text, e.Until, e.Fields = ask[l], sampleNow.AddDate(0, 0, 7).Unix(), []string{"/plate", "/ev", "/files"}
		case eservice.Added:
			e.Files, e.Fields, e.Answers = files, []string{"/plate", "/ev", "/files"}, form.Answers{"plate": "XYZ-987", "ev": true, "files": []any{"06F1"}}
		}
		w.Events = append(w.Events, e)
	}
	return w
}

const sampleForm = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["plate"],"properties":{
"plate":{"type":"string","maxLength":10},"from":{"type":"string","format":"date"},"ev":{"type":"boolean"},"wish":{"type":"string","maxLength":500},
"files":{"type":"array","items":{"type":"string"},"x-attachment":{"types":["pdf"]}}}},
"ui":{"type":"Categorization","elements":[{"type":"Category","i18n":"step.car","elements":[{"type":"Control","scope":"#/properties/plate"},{"type":"Control","scope":"#/properties/from"},
{"type":"Control","scope":"#/properties/ev","options":{"format":"radio"}}]},{"type":"Category","i18n":"step.more","elements":[{"type":"Control","scope":"#/properties/wish","options":{"multi":true}},
{"type":"Control","scope":"#/properties/files"}]}]},
"texts":{"fi":{"step.car.label":"Ajoneuvo","step.more.label":"Lisätiedot","plate.label":"Rekisteritunnus","from.label":"Alkaen","ev.label":"Onko se sähköauto?","wish.label":"Toivomus","files.label":"Rekisteriote"},
"sv":{"step.car.label":"Fordonet","step.more.label":"Tilläggsuppgifter","plate.label":"Registernummer","from.label":"Från och med","ev.label":"Är det en elbil?","wish.label":"Önskemål","files.label":"Registerutdrag"},
"en":{"step.car.label":"The vehicle","step.more.label":"More","plate.label":"Registration number","from.label":"From","ev.label":"Is it electric?","wish.label":"Wish","files.label":"Registration extract"},
"cs":{"step.car.label":"Vozidlo","step.more.label":"Další údaje","plate.label":"Registrační značka","from.label":"Od","ev.label":"Je elektrické?","wish.label":"Přání","files.label":"Výpis z registru"}}}`
