package demo

import (
	"context"
	"fmt"

	"luukku/app"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// correspondents are specimens with an open mailbox, who have written to the town. They can sign in, and find there what they wrote; everybody else begins without a mailbox.
var correspondents = []struct {
	name   string
	kind   natid.Kind
	code   natid.Secret
	lang   i18n.Lang
	writes []written
}{
	{"Veikko Mallikas", natid.FinnishCode, "300144-9217", "fi", []written{
		{mailbox.Claim, "Oikaisuvaatimus pysäköintitunnuspäätökseen",
			"Minulle ei myönnetty asukaspysäköintitunnusta, koska auto on tyttäreni nimissä. Käytän autoa joka päivä ja asun vyöhykkeellä.\n\nPyydän, että päätös muutetaan.", "", false},
		{mailbox.Other, "Milloin uimahalli avataan?", "Uimahallin oveen on kirjoitettu, että se on remontissa. Milloin se avataan?",
			"Hei,\n\nuimahalli avataan maanantaina 7. joulukuuta kello 6.\n\nTervetuloa!", false},
	}},
	{"Erika Exempel", natid.SwedishNumber, "199001012385", "sv", []written{
		{mailbox.Application, "Ansökan om evenemangstillstånd", "Vi ordnar en julmarknad på torget lördagen den 12 december klockan 10–16. Vi väntar omkring 300 besökare.", "", true},
	}},
}

// written is a letter to the town.
type written struct {
	kind          mailbox.Kind
	subject, body string
	answer        string // of the town; empty while it waits
	dated         bool   // whether it has to be answered today
}

// onPaper are letters to somebody without a mailbox: they wait for the printer.
var onPaper = []mailbox.Content{
	{
		Subject: "Päätös asukaspysäköintitunnuksesta", Body: "Teille on myönnetty asukaspysäköintitunnus vyöhykkeelle A. Se on voimassa 30.11.2027 asti.\n\nPäätökseen saa vaatia oikaisua 14 päivän kuluessa sen tiedoksisaannista.",
		Post: []string{"Tuuli Mallikas", "Mallikatu 7 A 3", "00100 HELSINKI"},
	},
	{
		Subject: "Kutsu asukasiltaan", Body: "Tervetuloa keskustelemaan keskustan kaavasta maanantaina 14. joulukuuta kello 18 kaupungintalolle.",
		Post: []string{"Tuuli Mallikas", "Mallikatu 7 A 3", "00100 HELSINKI"},
	},
}

// paperCode is whom they are for.
const paperCode natid.Secret = "170690-928Y"

// town is whose desk has letters.
const town ids.Org = "vuorela"

// fillLetters puts letters on the desk of the town: a claim, an application that has to be answered today, a question that was answered; and two into its print room.
func fillLetters(ctx context.Context, a *app.App, progress func(string)) error {
	system := actor.System("demo")
	terms, err := a.Mailboxes.Terms(ctx)
	if err != nil || terms == "" { // nobody keeps mailboxes here
		return err
	}
	n := 0
	for _, c := range correspondents {
		p, err := a.Identity.MakeKnown(ctx, system, town, c.kind, c.code, c.name)
		if err != nil {
			return fmt.Errorf("make %s known: %w", c.name, err)
		}
		who := actor.Actor{Kind: actor.KindCitizen, Person: p, Level: actor.LevelSubstantial}
		if err := a.Mailboxes.Open(ctx, who, mailbox.OpenRequest{Terms: terms, Lang: c.lang}); err != nil {
			return fmt.Errorf("open the mailbox of %s: %w", c.name, err)
		}
		for _, w := range c.writes {
			n++
			key := ids.FormKey(fmt.Sprintf("demo:letter:%d", n))
			l, err := a.Mailboxes.Write(ctx, who, mailbox.WriteRequest{Org: town, Kind: w.kind, Lang: c.lang, Content: mailbox.Content{Subject: w.subject, Body: w.body}, Key: key})
			if err != nil {
				return fmt.Errorf("write letter %d: %w", n, err)
			}
			if err := handle(ctx, a, w, l); err != nil {
				return fmt.Errorf("handle letter %d: %w", n, err)
			}
		}
	}
	if _, err := a.Identity.MakeKnown(ctx, system, town, natid.FinnishCode, paperCode, "Tuuli Mallikas"); err != nil {
		return fmt.Errorf("make known who gets paper: %w", err)
	}
	for i, content := range onPaper {
		_, err := a.Mailboxes.Send(ctx, system, mailbox.SendRequest{
			Org: town, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: paperCode}, Kind: mailbox.Decision, Mode: mailbox.Ordinary, Lang: "fi", Content: content,
			Key: ids.FormKey(fmt.Sprintf("demo:paper:%d", i)),
		})
		if err != nil {
			return fmt.Errorf("send paper %d: %w", i, err)
		}
	}
	progress(fmt.Sprintf("letters of %s: %d written to it, %d to be printed", town, n, len(onPaper)))
	return nil
}

// handle answers a letter that has just come in, or dates it. One that was closed is done with: filling that was interrupted goes on where it was.
func handle(ctx context.Context, a *app.App, w written, l ids.Letter) error {
	if w.answer == "" && !w.dated {
		return nil
	}
	system := actor.System("demo")
	page, _, err := a.Work.List(ctx, system, town, worklist.Wanted{Kind: worklist.Letter, View: worklist.All, Most: worklist.Most})
	if err != nil {
		return err
	}
	for _, i := range page.Items {
		m, err := a.Mailboxes.Matter(ctx, system, town, i.ID)
		if err != nil {
			return err
		}
		if m.Thread != l {
			continue
		}
		if w.dated {
			_, err := a.Work.Do(ctx, system, worklist.Deed{Org: town, ID: i.ID, Seen: i.Version, Do: worklist.Dated, Due: a.Now().Unix() + 3600})
			return err
		}
		_, err = a.Mailboxes.Answer(ctx, system, mailbox.Answer{
			Org: town, Item: i.ID, Seen: i.Version, Key: a.Mailboxes.Gen.FormKey(), Kind: mailbox.Message, Mode: mailbox.Ordinary,
			Content: mailbox.Content{Subject: w.subject, Body: w.answer}, Reply: true, Close: true,
		})
		return err
	}
	return nil
}
