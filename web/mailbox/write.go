package mailbox

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// receivers are the organisations that receive letters.
func receivers(list []org.Organisation) []org.Organisation {
	var out []org.Organisation
	for _, o := range list {
		if o.ReceivesLetters {
			out = append(out, o)
		}
	}
	return out
}

// choose asks to whom to write.
func (d *Door) choose(v *web.Visit, m mailbox.Mine) error {
	if !m.Open() {
		return v.SeeOther(d.at(v, "open"))
	}
	list, _, err := d.orgs(v.Ctx())
	if err != nil {
		return err
	}
	return show(v, newChoosePage(v.Base(""), receivers(list)))
}

func newChoosePage(b web.Base, list []org.Organisation) Page {
	p := newPage(b, b.T("mailbox.write.title"))
	p.Back = at(b)
	if len(list) == 0 {
		p.Lead = b.T("mailbox.write.nobody")
		return p
	}
	p.Lead = b.T("mailbox.write.choose")
	var links []ui.Link
	for _, o := range sorted(b, list) {
		links = append(links, ui.Link{Href: at(b, "write", string(o.ID)), Text: o.Name.In(b.Lang)})
	}
	p.add(ui.LinkList(links))
	return p
}

// written is a letter that somebody writes.
type written struct {
	Org     org.Organisation
	Kind    mailbox.Kind
	Subject string
	Body    string
	Key     ids.FormKey
	Why     error
}

// receiver is the organisation of the address, if it receives letters.
func (d *Door) receiver(v *web.Visit) (org.Organisation, error) {
	list, _, err := d.orgs(v.Ctx())
	if err != nil {
		return org.Organisation{}, err
	}
	for _, o := range receivers(list) {
		if string(o.ID) == v.R.PathValue("of") {
			return o, nil
		}
	}
	return org.Organisation{}, fault.NotFound("error.not_found")
}

func (d *Door) write(v *web.Visit, m mailbox.Mine) error {
	o, err := d.receiver(v)
	if err != nil {
		return err
	}
	if !m.Open() {
		return v.SeeOther(d.at(v, "open"))
	}
	return show(v, newWritePage(v.Base(""), written{Org: o, Key: v.Site.Gen.FormKey()}))
}

func (d *Door) writePost(v *web.Visit, _ mailbox.Mine) error {
	o, err := d.receiver(v)
	if err != nil {
		return err
	}
	w := written{Org: o, Kind: mailbox.Kind(v.Form("kind")), Subject: v.Form("subject"), Body: v.Form("body"), Key: ids.FormKey(v.Form("key"))}
	if w.Key == "" {
		w.Key = v.Site.Gen.FormKey()
	}
	id, err := d.Boxes.Write(v.Ctx(), v.Actor(), mailbox.WriteRequest{
		Org: o.ID, Kind: w.Kind, Lang: v.Lang, Key: w.Key, Content: mailbox.Content{Subject: w.Subject, Body: w.Body},
	})
	if err != nil && mendable(err) {
		w.Why = err
		return show(v, newWritePage(v.Base(""), w))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "letter", string(id)) + "?done=sent")
}

func newWritePage(b web.Base, w written) Page {
	p := newPage(b, b.T("mailbox.write.to", "org", w.Org.Name.In(b.Lang)))
	p.Back = at(b, "write")
	t := troubleOf(b, w.Why)
	t.on(&p)
	kinds := ui.Choices{Name: "kind", Legend: b.T("mailbox.write.kind"), Error: t.at("kind")}
	for _, k := range mailbox.Written {
		kinds.Options = append(kinds.Options, ui.Choice{Value: string(k), Label: b.T("mailbox.kind." + string(k)), Checked: k == w.Kind})
	}
	p.add(parts.Form(ui.FormData{Action: at(b, "write", string(w.Org.ID)), Hidden: []ui.Hidden{{Name: "key", Value: string(w.Key)}}},
		ui.Radios(b.Printer, kinds),
		ui.TextField(b.Printer, ui.Field{Name: "subject", Label: b.T("mailbox.write.subject"), Value: w.Subject, Error: t.at("subject"), MaxLen: mailbox.MostSubject, Autocomplete: "off"}),
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("mailbox.write.body"), Value: w.Body, Error: t.at("body"), Rows: 12}),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("mailbox.write.button")}), ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b), Text: b.T("mailbox.write.cancel")})),
	))
	return p
}
