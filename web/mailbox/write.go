package mailbox

import (
	"luukku/base/fault"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
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
	return show(v, newWritePage(v.Base(""), written{Org: o, Key: v.Site.Gen.FormKey(), Limits: d.limits(v, o.ID)}))
}
