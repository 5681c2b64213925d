package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/web"
	"luukku/web/ui"
)

// wordedLine is a difference in words.
type wordedLine struct{ what, old, now string }

// wordedLines puts differences into words. Numbers of order are said once for their list.
func wordedLines(b web.Base, w blueprint.Work, list []blueprint.Line) []wordedLine {
	var out []wordedLine
	orders := map[string]bool{}
	for _, l := range list {
		if l.Op != blueprint.Changed && strings.HasPrefix(l.What, "wording ") {
			out = append(out, wordingLines(b, w, l)...)
			continue
		}
		if l.Op != blueprint.Changed {
			out = append(out, comesOrGoes(b, w, l))
			continue
		}
		path, isOrder := strings.CutSuffix(l.What, " (order)")
		ref, field, rest := splitPath(path)
		if field == "order" {
			path, isOrder = ref.Section, true
		}
		if isOrder {
			if section := path[strings.LastIndexByte(path, '.')+1:]; !orders[section] {
				orders[section] = true
				out = append(out, wordedLine{what: b.T("publish.order_" + section)})
			}
			continue
		}
		o := &w.Draft
		if !o.Has(ref) {
			o = &w.Published
		}
		what, _ := placeOf(b, o, path)
		line := wordedLine{what, valueWords(b, field, rest, l.Old), valueWords(b, field, rest, l.New)}
		if ref.Section == blueprint.Wordings {
			line = readyWords(b, line, l.Old, l.New)
		}
		out = append(out, line)
	}
	return out
}

// sectionsByNoun are the sections by what comparisons call one of their things.
var sectionsByNoun = map[string]string{"category": "categories", "service": "services", "group": "groups", "office": "offices", "unit": blueprint.Units, "inbox": "inboxes", "wording": blueprint.Wordings, "form text": blueprint.FormTexts}

// comesOrGoes says that a thing is added or removed.
func comesOrGoes(b web.Base, w blueprint.Work, l blueprint.Line) wordedLine {
	noun, id, _ := strings.Cut(l.What, " ")
	ref := blueprint.Ref{Section: sectionsByNoun[noun], ID: id}
	if noun == "unit" {
		office, unit, _ := strings.Cut(id, ".")
		ref.Office, ref.ID = ids.Office(office), unit
	}
	o, key, said := &w.Draft, "publish.added", "publish.will_be"
	if l.Op == blueprint.Removed {
		o, key, said = &w.Published, "publish.removed", "publish.will_go"
	}
	if ref.Section == "" {
		return wordedLine{what: b.T(key, "thing", l.What), now: b.T(said)}
	}
	out := wordedLine{what: b.T(key, "thing", titleOfRef(b, o, ref)), old: b.T("publish.nothing"), now: b.T(said)}
	if l.Op == blueprint.Removed {
		out.old = b.T("publish.there")
	}
	return out
}

// diffTable shows differences.
func diffTable(b web.Base, caption string, list []wordedLine) ui.TableData {
	t := ui.TableData{Caption: caption, HideCaption: true, Head: []string{b.T("publish.what"), b.T("publish.now"), b.T("publish.then")}}
	for _, l := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.what}, {Text: l.old}, {Text: l.now}})
	}
	return t
}

// publishView is what the page of publishing is made from.
type publishView struct {
	configView
	lines    []blueprint.Line
	problems []blueprint.Problem
	seen     string
	// rules says that rules of booking change, so that it is asked whether they hold for what is booked.
	rules bool
	// wrong is what was not answered; outdated says that the draft is not what was shown before.
	wrong    bool
	outdated bool
	touches  string
	// affected is where booked appointments would lose their place, hours where hours are changed with care for them.
	affected []AffectedAt
	hours    func(web.Base, ids.Office) string
}

// publish shows what publishing the draft would change, before it is done.
func (d *Door) publish(v *web.Visit) error { return d.showPublish(v, publishView{}) }

func (d *Door) showPublish(v *web.Visit, p publishView) error {
	var err error
	if p.configView, err = d.openConfig(v); err != nil {
		return err
	}
	if p.lines, p.problems, err = d.Drafts.Plan(v.Ctx(), v.Actor(), p.Work); err != nil {
		return err
	}
	if p.seen, err = p.SeenAll(); err != nil {
		return err
	}
	if p.affected, err = d.affected(v, p.configView); err != nil {
		return err
	}
	p.rules, p.hours = changesRules(p.lines), d.hoursAt
	page := newPublishPage(page(v, ""), p)
	status := http.StatusOK
	if page.HasError {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, ShowDesk(page))
}

// affected returns the offices at which publishing the draft would leave booked appointments without their place.
func (d *Door) affected(v *web.Visit, c configView) ([]AffectedAt, error) {
	if d.Affected == nil || !c.Begun {
		return nil, nil
	}
	after, err := c.Draft.Config(c.Installation, v.Org.Version+1)
	if err != nil { // a fault that the page names
		return nil, nil
	}
	return d.Affected(v.Ctx(), v.Org, after)
}

// changesRules reports whether rules of booking differ for what is there already.
func changesRules(list []blueprint.Line) bool {
	return slices.ContainsFunc(list, func(l blueprint.Line) bool {
		return l.Op == blueprint.Changed && slices.Contains(strings.Split(l.What, "."), "policy")
	})
}

func newPublishPage(b web.Base, c publishView) DeskPage {
	b.Title = b.T("publish.title")
	p := DeskPage{Back: adminAt(b, "config"), Lead: b.T("publish.lead")}
	faults := blueprint.Faults(c.problems)
	lines := wordedLines(b, c.Work, c.lines)
	switch {
	case c.outdated:
		p.Trouble = []ui.ErrorItem{{Text: b.T("publish.outdated")}}
	case c.wrong:
		p.Trouble = []ui.ErrorItem{{Href: "#touches", Text: b.T("publish.choose")}}
	}
	b.HasError = len(p.Trouble) > 0
	p.Base = b
	if len(lines) == 0 {
		p.Lead = ""
		p.Parts = []web.Component{ui.P(b.T("publish.same")), ui.LinkButton(ui.Primary, ui.Link{Href: p.Back, Text: b.T("admin.to_list")})}
		return p
	}
	if len(faults) > 0 {
		p.Parts = append(p.Parts, section(b.T("publish.faults"), b.T("publish.faults_lead"), ui.LinkList(problemLinks(b, &c.Draft, faults))))
	}
	if len(c.Clashes) > 0 {
		p.Parts = append(p.Parts, warningBox(b.T("config.clash"), b.T("publish.clash")), ui.LinkList([]ui.Link{{Href: p.Back, Text: b.T("config.settle")}}))
	}
	if len(c.affected) > 0 {
		p.Parts = append(p.Parts, affectedPart(b, c))
	}
	p.Parts = append(p.Parts, section(b.T("publish.changes"), b.N("publish.count", len(lines)), ui.Table(diffTable(b, b.T("publish.changes"), lines))))
	if warnings := warningsOf(c.problems); len(warnings) > 0 {
		p.Parts = append(p.Parts, section(b.T("publish.warnings"), b.T("publish.warnings_lead"), ui.LinkList(problemLinks(b, &c.Draft, warnings))))
	}
	if len(faults) > 0 || len(c.Clashes) > 0 || len(c.affected) > 0 {
		p.Parts = append(p.Parts, ui.LinkButton(ui.Primary, ui.Link{Href: p.Back, Text: b.T("admin.to_list")}))
		return p
	}
	var fields []web.Component
	if c.rules {
		q := ui.Choices{Name: "touches", Legend: b.T("publish.touches"), Hint: b.T("publish.touches_help"), Options: []ui.Choice{
			{Value: "no", Label: b.T("publish.touches_no"), Checked: c.touches == "no"}, {Value: "yes", Label: b.T("publish.touches_yes"), Checked: c.touches == "yes"},
		}}
		if c.wrong {
			q.Error = b.T("publish.choose")
		}
		fields = append(fields, ui.Radios(b.Printer, q))
	}
	p.Parts = append(p.Parts, form(ui.FormData{Action: adminAt(b, "config", "publish"), Hidden: []ui.Hidden{{Name: "seen", Value: c.seen}}},
		ui.Button{Text: b.T("publish.do")}, ui.Link{Href: adminAt(b, "preview"), Text: b.T("config.preview")}, fields...))
	return p
}

// affectedPart lists the offices whose booked appointments stand against publishing, with the way to change hours that looks after them.
func affectedPart(b web.Base, c publishView) web.Component {
	var links []ui.Link
	for _, a := range c.affected {
		ref := blueprint.Ref{Section: "offices", ID: string(a.Office)}
		o := &c.Draft
		if !o.Has(ref) {
			o = &c.Published
		}
		l := ui.Link{Href: editAt(b, ref, ""), Text: titleOfRef(b, o, ref), Note: ": " + b.N("publish.affected_count", a.N)}
		if c.hours != nil {
			if to := c.hours(b, a.Office); to != "" {
				l.Href = to
			}
		}
		links = append(links, l)
	}
	return section(b.T("publish.affected"), b.T("publish.affected_lead"), ui.LinkList(links))
}

// warningsOf are the problems that do not stand against publishing: first what leads nowhere, then what is not translated.
func warningsOf(problems []blueprint.Problem) []blueprint.Problem {
	out := slices.DeleteFunc(slices.Clone(problems), func(p blueprint.Problem) bool { return !p.Warning })
	slices.SortStableFunc(out, func(a, b blueprint.Problem) int {
		switch {
		case untranslated(a) == untranslated(b):
			return 0
		case untranslated(b):
			return -1
		}
		return 1
	})
	return out
}

// publishPost publishes the draft.
func (d *Door) publishPost(v *web.Visit) error {
	touches := v.Form("touches")
	p := publishView{touches: touches}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	lines := c.Lines()
	if len(lines) == 0 { // somebody has published it, or the form was sent twice
		return v.SeeOther(adminAt(baseOf(v), "config"))
	}
	if changesRules(lines) && touches != "yes" && touches != "no" {
		p.wrong = true
		return d.showPublish(v, p)
	}
	if hit, err := d.affected(v, c); err != nil || len(hit) > 0 {
		if err != nil {
			return err
		}
		return d.showPublish(v, p)
	}
	_, err = d.Drafts.Publish(v.Ctx(), v.Actor(), orgOf(v), v.Form("seen"), blueprint.Options{TouchesExisting: touches == "yes"})
	refused := &blueprint.Refused{}
	switch {
	case errors.As(err, &refused):
		return d.showPublish(v, p)
	case fault.IsKey(err, "draft_config.changed"):
		p.outdated = true
		return d.showPublish(v, p)
	case err != nil:
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "config") + "?done=published")
}

// discard asks before the draft is dropped.
func (d *Door) discard(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	if !c.Begun {
		return v.SeeOther(adminAt(baseOf(v), "config"))
	}
	return show(v, newDiscardPage(page(v, ""), c))
}

func newDiscardPage(b web.Base, c configView) DeskPage {
	b.Title = b.T("config.discard_title")
	p := DeskPage{Base: b, Back: adminAt(b, "config"), Lead: b.T("config.discard_lead", "who", c.who, "when", stamp(b, time.Unix(c.ChangedAt, 0).In(c.zone)))}
	p.Parts = []web.Component{
		ui.Table(diffTable(b, b.T("publish.changes"), wordedLines(b, c.Work, c.Lines()))),
		form(ui.FormData{Action: adminAt(b, "config", "discard"), Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(c.Version, 10)}}},
			ui.Button{Text: b.T("config.discard_yes"), Look: ui.Destructive}, ui.Link{Href: p.Back, Text: b.T("people.cancel")}),
	}
	return p
}

// discardPost drops the draft.
func (d *Door) discardPost(v *web.Visit) error {
	version, err := strconv.ParseInt(v.Form("version"), 10, 64)
	if err != nil {
		return blueprint.Outdated()
	}
	if err := d.Drafts.Discard(v.Ctx(), v.Actor(), orgOf(v), version); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "config") + "?done=discarded")
}
