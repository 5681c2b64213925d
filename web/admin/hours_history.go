package admin

import (
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// historyPage is how many changes are on a page.
const historyPage = 50

const staffKind = actor.KindStaff

func newHistoryPage(w hourWords, list []blueprint.HistoryRow, names map[string]string, before ids.Audit) DeskPage {
	b := w.b
	b.Title = b.T("hours.history_of", "office", w.office.Name)
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.history_lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("audit_log.when"), b.T("audit_log.who"), b.T("hours.for_whom"), b.T("hours.gone"), b.T("hours.new"),
	}}
	shown := list[:min(len(list), historyPage)]
	for _, r := range shown {
		who := b.T("audit_log.kind_" + string(r.Kind))
		if name := names[r.Actor]; name != "" {
			who = name
		}
		gone, come := w.historyLines(r)
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: stamp(b, time.UnixMicro(r.AtMicros).In(w.config.Zone()))}, {Text: who}, {Text: w.unit(unitOfPath(r.What, w.office.ID))},
			{Content: cellLines(texts(gone))}, {Content: cellLines(texts(come))},
		})
	}
	p.Parts = []web.Component{listOf(b.T("hours.history_title"), t, b.T("hours.history_none"))}
	var links []ui.Link
	if len(list) > historyPage {
		links = append(links, ui.Link{Href: withValues(hoursAt(b, w.office.ID, "history"), "before", string(shown[len(shown)-1].ID)), Text: b.T("audit_log.older")})
	}
	if before != "" {
		links = append(links, ui.Link{Href: hoursAt(b, w.office.ID, "history"), Text: b.T("audit_log.newest")})
	}
	if len(links) > 0 {
		p.Parts = append(p.Parts, ui.LinkList(links))
	}
	return p
}

func texts(lines []string) []web.Component {
	out := make([]web.Component, len(lines))
	for i, l := range lines {
		out[i] = word(l)
	}
	return out
}

// unitOfPath is the unit that a path of a change is about: "offices.hall.units.desk-1.hours"; none for the office's own.
func unitOfPath(path string, office ids.Office) ids.Unit {
	seg := strings.Split(path, ".")
	if len(seg) == 5 && seg[2] == "units" {
		return ids.Unit(string(office) + "-" + seg[3])
	}
	return ""
}

// historyLines are the lines of a change that went and that came.
func (w hourWords) historyLines(r blueprint.HistoryRow) (gone, come []string) {
	key := r.What[strings.LastIndexByte(r.What, '.')+1:]
	was, became := split(r.Was), split(r.Became)
	words := func(l string) string {
		d, err := org.ParseDate(l)
		if c, ok := org.ParseClosure(l); ok && key == "closures" {
			return w.b.T("hours.closed_on", "date", w.closure(c))
		}
		switch {
		case err != nil:
		case key == "from":
			return w.b.T("hours.first_day_is", "date", w.day(d))
		case key == "until":
			return w.b.T("hours.last_day_is", "date", w.day(d))
		}
		return w.line(l)
	}
	for _, l := range was {
		if !slices.Contains(became, l) {
			gone = append(gone, words(l))
		}
	}
	for _, l := range became {
		if !slices.Contains(was, l) {
			come = append(come, words(l))
		}
	}
	return gone, come
}

func split(lines string) []string {
	if lines == "" {
		return nil
	}
	return strings.Split(lines, "\n")
}
