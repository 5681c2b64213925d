package mailbox

import (
	"archive/zip"
	"context"
	"io"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// exportRate is how often somebody takes their mailbox with them.
var exportRate = limit.Rate{N: 5, Per: time.Hour, Burst: 5}

// export says what the file has in it that takes a mailbox along.
func (d *Door) export(v *web.Visit, _ mailbox.Mine) error {
	fresh := mailbox.MayExport(v.Signed().Session.AuthAt, v.Now.Unix()) == nil
	return show(v, newExportPage(v.Base(""), fresh, v.SignInURL(d.at(v, "export"), actor.LevelSubstantial)))
}

func newExportPage(b web.Base, fresh bool, signIn string) Page {
	p := newPage(b, b.T("mailbox.export.title"))
	p.Back, p.Lead = at(b, "settings"), b.T("mailbox.export.lead")
	p.add(ui.BulletList([]string{b.T("mailbox.export.has"), b.T("mailbox.export.has_not"), b.T("mailbox.export.same"), b.T("mailbox.export.keep")}))
	if !fresh {
		p.add(notice(ui.Info, b.T("mailbox.export.again"), ui.LinkButton(ui.Primary, ui.Link{Href: signIn, Text: b.T("mailbox.export.again_button")})))
		return p
	}
	p.add(parts.Form(ui.FormData{Action: at(b, "export")}, ui.SubmitButton(ui.Button{Text: b.T("mailbox.export.button")})))
	return p
}

// exportPost sends the file, made while it is sent.
func (d *Door) exportPost(v *web.Visit, m mailbox.Mine) error {
	shown := v.Signed().Session.AuthAt
	if mailbox.MayExport(shown, v.Now.Unix()) != nil {
		return v.SeeOther(d.at(v, "export")) // which asks to sign in again
	}
	if wait, ok := d.exports.Allow(v.Actor().Owner()); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	_, names, err := d.orgs(v.Ctx())
	if err != nil {
		return err
	}
	a := &archive{of: map[ids.Letter]int{}, clock: clockOf(v), b: v.Base(""), mine: m, names: names, whose: v.Signed().Name}
	if f := v.Signed().ForName; f != "" {
		a.whose = f
	}
	return v.Download("application/zip", "mailbox-"+a.day(a.now).String()+".zip", func(ctx context.Context, w io.Writer) error {
		a.ctx, a.zip = ctx, zip.NewWriter(w)
		if err := d.Boxes.Export(ctx, v.Actor(), shown, a.letter); err != nil {
			return err
		}
		return a.end()
	})
}
