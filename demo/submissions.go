package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"luukku/app"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/org"
)

// applicants are specimens who have sent forms. The first one is whom most visitors of the demo sign in as: they have no mailbox yet, so what goes to them goes on paper, too.
var applicants = []struct {
	name  string
	kind  natid.Kind
	code  natid.Secret
	lang  i18n.Lang
	post  []string
	sends []sent
}{
	{"Maija Meikäläinen", natid.FinnishCode, "140385-902F", "fi", []string{"Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"}, []sent{
		{org: town, form: "day-care", answers: dayCare("Maija Meikäläinen", "Liisa Meikäläinen", "2024-02-01", 90, "Palaan töihin keväällä."), became: []step{{do: eservice.TakenUp}}},
		{org: city, form: "feedback", answers: `{"kind": "fault", "about": "streets", "text": "Katuvalo on ollut pimeänä viikon.", "place": "Mallikatu 1", "danger": false, "answer": false, "public": true}`},
		{
			org: city, form: "allotment",
			answers: `{"name": "Maija Meikäläinen", "phone": "+358401234567", "street": "Mallikatu 1 A 2", "postcode": "00100", "household": 3, "asks": "new", "areas": ["ranta", "puisto"], "size": "50", "accessible": false, "with": false, "rules": true, "declare": true}`,
			became:  []step{{do: eservice.TakenUp}, {do: eservice.Asked, days: 14, text: "Rannan alueella on jonoa kaksi vuotta, metsän alueella on palstoja vapaana heti. Käykö teille palsta metsän alueelta?"}},
		},
		{
			org: city, form: "resident-parking",
			answers: `{"name": "Maija Meikäläinen", "phone": "+358401234567", "street": "Mallikatu 1 A 2", "postcode": "00100", "zone": "a", "moved": false, "cars": [{"plate": "ABC-123", "keeper": "self"}], "from": "{{day 7}}", "months": 12, "declare": true}`,
			became: []step{{do: eservice.TakenUp}, {
				do: eservice.Answered, outcome: "granted", subject: "Päätös asukaspysäköintitunnuksesta",
				text: "Teille myönnetään asukaspysäköintitunnus vyöhykkeelle A ajoneuvoon ABC-123 kahdeksitoista kuukaudeksi.",
			}},
		},
		{org: town, form: "day-care", answers: dayCare("Maija Meikäläinen", "Ville Meikäläinen", "2025-05-20", 150, ""), became: []step{{do: eservice.TakenBack}}},
	}},
	{"Veikko Mallikas", natid.FinnishCode, "300144-9217", "fi", nil, []sent{
		{
			org: city, form: "allotment",
			answers: `{"name": "Veikko Mallikas", "phone": "+358501234567", "street": "Rantatie 4", "postcode": "00100", "household": 1, "asks": "keep", "number": 118, "rules": true, "declare": true}`,
			became:  []step{{do: eservice.Answered, outcome: "granted", subject: "Päätös viljelypalstasta", text: "Voitte pitää palstan 118 myös ensi kesän."}},
		},
		{org: city, form: "feedback", answers: `{"kind": "thanks", "about": "culture", "text": "Kirjaston lukupiiri on viikon paras hetki.", "answer": false, "public": false}`},
	}},
	{"Erika Exempel", natid.SwedishNumber, "199001012385", "sv", nil, []sent{
		{
			org: town, form: "day-care", answers: dayCare("Erika Exempel", "Elin Exempel", "2023-11-03", 60, "Arbetet börjar i januari."),
			became: []step{{do: eservice.TakenUp}, {do: eservice.Asked, days: 10, text: "Vi behöver veta om Elin har gått i dagvård på en annan ort. Skriv var och hur länge."}},
		},
		{
			org: city, form: "feedback", answers: `{"kind": "question", "about": "online", "text": "Finns blanketten för stadsodling också på svenska?", "answer": false, "public": true}`,
			became: []step{{do: eservice.Ended, text: "Ja, den finns: byt språk högst upp på sidan."}},
		},
	}},
	{"Tuuli Mallikas", natid.FinnishCode, paperCode, "fi", nil, []sent{
		{org: town, form: "day-care", answers: dayCare("Tuuli Mallikas", "Onni Mallikas", "2024-08-15", 120, "")},
	}},
}

// unsigned are forms that were sent without signing in: nobody has proven who it was.
var unsigned = []sent{{
	org: city, form: "feedback", lang: "fi", reach: &eservice.Contact{Email: "asukas@example.org"},
	answers: `{"kind": "fault", "about": "parks", "text": "Rantapuiston keinusta on toinen ketju poikki.", "place": "Rantapuiston leikkipaikka", "danger": false, "answer": false, "public": true}`,
}}

// sent is a form that somebody has sent, and what became of it since.
type sent struct {
	org     ids.Org
	form    ids.Form
	answers string // JSON; {{day N}} is the day in so many days
	became  []step
	// lang and reach are of what was sent without signing in: the language of the page, and what was typed for the answer.
	lang  i18n.Lang
	reach *eservice.Contact
}

// step is something that happened to it.
type step struct {
	do            eservice.What
	subject, text string
	outcome       string
	days          int // until when what is asked for is to be answered
}

// dayCare are the answers of an application for a place from so many days on, at a club, with the highest fee: nothing has to be attached.
func dayCare(name, child, born string, in int, why string) string {
	a := map[string]any{
		"name": name, "phone": "+358401234567", "street": "Mallikatu 1 A 2", "postcode": "00100", "partner": false, "kind": "club", "fee": "highest", "share": true, "declare": true,
		"children": []any{map[string]any{
			"child_name": child, "born": born, "start": fmt.Sprintf("{{day %d}}", in), "hours": 20, "evening": false, "allergy": false, "support": false,
		}},
	}
	if why != "" {
		a["reason"] = why
	}
	b, err := json.Marshal(a)
	if err != nil {
		panic("demo: the answers do not marshal: " + err.Error()) // decided by the code alone, so every test would see it
	}
	return string(b)
}

// fillSubmissions has people send forms, and those who handle them do something with most.
func fillSubmissions(ctx context.Context, a *app.App, progress func(string)) error {
	n := 0
	for _, p := range applicants {
		id, err := a.Identity.MakeKnown(ctx, actor.System("demo"), town, p.kind, p.code, p.name)
		if err != nil {
			return fmt.Errorf("make %s known: %w", p.name, err)
		}
		who := actor.Actor{Kind: actor.KindCitizen, Person: id, Level: actor.LevelSubstantial}
		had, err := a.Eservices.Submissions(ctx, who, "", len(p.sends))
		if err != nil {
			return err
		}
		for i, s := range p.sends {
			if i < len(had) { // filling that was interrupted goes on where it was
				continue
			}
			done, err := s.send(ctx, a, who, p.lang, p.post)
			if err != nil {
				return fmt.Errorf("form %s of %s: %w", s.form, p.name, err)
			}
			n += done
		}
	}
	done, err := sendUnsigned(ctx, a)
	if err != nil {
		return err
	}
	if n += done; n > 0 {
		progress(fmt.Sprintf("forms: %d sent", n))
	}
	return nil
}

// sendUnsigned has forms be sent by whom nobody knows, each organisation's unless it has one already.
func sendUnsigned(ctx context.Context, a *app.App) (n int, err error) {
	for _, s := range unsigned {
		had, err := a.Store.SubmissionsSent(ctx, s.org, s.form, 0, math.MaxInt64, eservice.Submission{}, mostLooked)
		if err != nil {
			return n, err
		}
		if slices.ContainsFunc(had, func(x eservice.Listed) bool { return x.Unsigned() }) {
			continue
		}
		who := actor.Visitor(ids.HashToken(a.Eservices.Gen.SessionToken()), "") // a browser of its own, which nobody has
		done, err := s.send(ctx, a, who, s.lang, nil)
		if err != nil {
			return n, fmt.Errorf("form %s without signing in: %w", s.form, err)
		}
		n += done
	}
	return n, nil
}

// mostLooked is among how many of the newest forms one is looked for that was sent without signing in.
const mostLooked = 1000

// send sends it, and counts it; where there is no such form here, nothing is sent.
func (s sent) send(ctx context.Context, a *app.App, who actor.Actor, lang i18n.Lang, post []string) (int, error) {
	f, v, def, err := a.Eservices.Form(ctx, s.org, s.form, a.Now())
	if fault.Is(err, fault.KindNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	c, err := a.Store.Config(ctx, s.org)
	if err != nil {
		return 0, err
	}
	today := org.DateOf(a.Now().In(c.Zone()))
	answers, err := filledIn(s.answers, today)
	if err != nil {
		return 0, err
	}
	x, err := a.Eservices.Submit(ctx, who, eservice.Draft{
		Org: s.org, ID: a.Eservices.Gen.Submission(), Form: f.ID, Version: v.Number, Owner: actor.Owner{Person: who.Person}, MadeBy: who.Person, Lang: lang, Secret: who.Session,
		Filled: eservice.Filled{Answers: answers, For: s.reach},
	}, def, v, a.Eservices.Gen.FormKey())
	if err != nil {
		return 0, wrong(err)
	}
	for _, st := range s.became {
		if err := st.happen(ctx, a, who, x, today, post); err != nil {
			return 1, fmt.Errorf("%s: %w", st.do, wrong(err))
		}
	}
	return 1, nil
}

// happen does what became of it next.
func (st step) happen(ctx context.Context, a *app.App, who actor.Actor, x eservice.Submission, today org.Date, post []string) error {
	if st.do == eservice.TakenBack {
		return a.Eservices.Withdraw(ctx, who, x.ID)
	}
	system := actor.System("demo")
	i, err := a.Work.Item(ctx, system, x.Org, x.Item)
	if err != nil {
		return err
	}
	r := eservice.Deed{Org: x.Org, Item: x.Item, Seen: i.Version, Key: a.Eservices.Gen.FormKey(), Do: st.do, Text: st.text, Subject: st.subject, Mode: mailbox.Ordinary, Outcome: st.outcome}
	if st.days > 0 {
		r.Until = today.Add(st.days)
	}
	if st.do == eservice.Asked || st.do == eservice.Answered {
		r.Post = post
	}
	_, err = a.Eservices.Do(ctx, system, r)
	return err
}

// filledIn are answers, with their days.
func filledIn(text string, today org.Date) (form.Answers, error) {
	for i := range 400 {
		text = strings.ReplaceAll(text, fmt.Sprintf("{{day %d}}", i), today.Add(i).String())
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var out form.Answers
	err := d.Decode(&out)
	return out, err
}

// wrong names the fields of a fault, so that whoever changes a form sees which answer of the demo it refuses.
func wrong(err error) error {
	var names []string
	for _, f := range fault.Of(err).Fields {
		names = append(names, f.Name+" "+f.Key)
	}
	if len(names) == 0 {
		return err
	}
	return fmt.Errorf("%w (%s)", err, strings.Join(names, ", "))
}
