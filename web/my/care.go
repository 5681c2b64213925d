package my

import (
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// cares adds to a folder who is in care, and for which waits nothing is offered because of it.
func (d *Door) cares(v *web.Visit, f *folderOf) error {
	list, err := d.Care.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	f.Care, f.InVain = list, map[ids.Waiting]bool{}
	for _, w := range f.Waits {
		c := d.config(v.Ctx(), w.Org)
		if c == nil {
			continue
		}
		err := d.Waiting.CheckCare(v.Ctx(), v.Actor(), c, w)
		if err != nil && !fault.Is(err, fault.KindInvalid) {
			return err
		}
		f.InVain[w.ID] = err != nil
	}
	return nil
}

// careCards are the care relationships that are not over.
func careCards(b web.Base, list []care.Record, now int64, find func(ids.Org) *catalog.Config) []ui.CardData {
	var out []ui.CardData
	for _, r := range list {
		c := find(r.Org)
		if c == nil || r.Over(c.Today(time.Unix(now, 0))) {
			continue
		}
		card := ui.CardData{Title: string(r.Agenda), Level: 3, Meta: c.Org.Name.In(b.Lang)}
		for _, a := range c.Categories {
			if a.ID == r.Agenda {
				card.Title = a.Name.In(b.Lang)
			}
		}
		day := func(d org.Date) string { return b.Printer.ShortDate(d.At(12*60, c.Zone())) }
		card.Text = b.T("folder.care_from", "from", day(r.From))
		if !r.Until.IsZero() {
			card.Text = b.T("folder.care_until", "from", day(r.From), "until", day(r.Until))
		}
		var needs []string
		for _, id := range r.Needs {
			if s, err := c.Service(id); err == nil {
				needs = append(needs, s.Name.In(b.Lang))
			}
		}
		if len(needs) > 0 {
			card.Text += " " + b.T("folder.care_needs", "needs", b.Printer.List(needs))
		}
		out = append(out, card)
	}
	return out
}
