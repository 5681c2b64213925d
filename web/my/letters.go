package my

import (
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// latest is how many letters of each direction the folder shows; all are in the mailbox.
const latest = 3

// letters are the newest that came and that were written, of a mailbox that was opened once.
func (d *Door) letters(v *web.Visit, f *folderOf) (err error) {
	if f.Came, f.MoreCame, err = d.Mail.List(v.Ctx(), v.Actor(), mailbox.Wanted{Folder: mailbox.Inbox}, "", latest); err != nil {
		return err
	}
	f.Wrote, f.MoreWrote, err = d.Mail.List(v.Ctx(), v.Actor(), mailbox.Wanted{Folder: mailbox.Outbox}, "", latest)
	return err
}

// addLetters puts the newest letters into their part of the folder, with the way to all of them.
func (p *FolderPart) addLetters(b web.Base, f folderOf, find func(ids.Org) *catalog.Config) {
	list, more, rest := f.Came, f.MoreCame, at(b, "my", "mailbox")
	switch folder.Part(p.ID) {
	case folder.Received:
	case folder.Sent:
		list, more, rest = f.Wrote, f.MoreWrote, at(b, "my", "mailbox", string(mailbox.Outbox))
	default:
		return
	}
	for _, l := range list {
		p.Items = append(p.Items, letter(b, l, find(l.Org)))
	}
	if more {
		p.All = &ui.Link{Href: rest, Text: b.T("folder.all_letters"), Hidden: p.Title}
	}
}

// letter is one letter: what it is about, unless it waits to be confirmed, with whom, and since when.
func letter(b web.Base, l mailbox.Listed, c *catalog.Config) FolderItem {
	org, zone := i18n.Text{b.Lang: string(l.Org)}, time.UTC
	if c != nil {
		org, zone = c.Org.Name, c.Zone()
	}
	it := FolderItem{
		Card:  ui.CardData{Title: l.Subject, Level: 3, Href: at(b, "my", "mailbox", "letter", string(l.ID)), Text: org.In(b.Lang), Meta: b.Printer.ShortDate(time.Unix(l.PublishAt, 0).In(zone)) + " · " + b.T("mailbox.kind."+string(l.Kind))},
		State: b.T("folder.state.read"), Kind: ui.Neutral,
	}
	if l.Waits || l.Subject == "" {
		it.Card.Title = b.T("mailbox.list.sealed", "sender", org.In(b.Lang))
	}
	switch {
	case l.Inward:
		it.State = b.T("folder.state.sent")
	case l.Confirm:
		it.State, it.Kind = b.T("mailbox.list.waits"), ui.Warning
	case l.Fresh:
		it.State, it.Kind = b.T("mailbox.list.new"), ui.Info
	}
	return it
}
