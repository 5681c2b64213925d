package admin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// openCookie keeps, sealed, which person is open in a browser, for whom, and until when: so no address says who it is.
const openCookie = "person"

func (d *Door) keepOpen(v *web.Visit, p ids.Person) {
	until := v.Now.Add(openLife).Unix()
	v.KeepSealed(openCookie, strings.Join([]string{string(v.Actor().Staff), string(v.OrgID()), string(p), strconv.FormatInt(until, 10)}, "/"))
}

// opened is the person who is open in the reader's browser.
func (d *Door) opened(v *web.Visit) (ids.Person, bool) {
	kept, ok := v.Sealed(openCookie)
	parts := strings.Split(kept, "/")
	if !ok || len(parts) != 4 || ids.Staff(parts[0]) != v.Actor().Staff || ids.Org(parts[1]) != v.OrgID() {
		return "", false
	}
	until, err := strconv.ParseInt(parts[3], 10, 64)
	return ids.Person(parts[2]), err == nil && v.Now.Unix() <= until
}

// withPerson hands the open person to a page. Without one, the reader looks for somebody first.
func (d *Door) withPerson(v *web.Visit, do func(p ids.Person, seen identity.View) error) error {
	p, ok := d.opened(v)
	if !ok {
		return leadTo(v, "", "people")
	}
	seen, err := d.Identity.ReadAgain(v.Ctx(), v.Actor(), v.OrgID(), p)
	if fault.IsKey(err, "form.invalid") { // whose data has been protected since, or the glass has closed
		return leadTo(v, "", "people")
	}
	if err != nil {
		return err
	}
	return do(p, seen)
}

// person shows the person who is open.
func (d *Door) person(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		b := page(v, seen.Account.ShortName())
		p := newPersonPage(b, seen, personMay{may(v, actor.GuardianshipRecord), may(v, actor.MandateRecord), may(v, actor.BookingDesk), may(v, actor.DeathRecord), may(v, actor.LetterConsent)}, momentOf(v))
		if done := v.Query("done"); slices.Contains([]string{"ended", "recorded", "died", "undied"}, done) {
			p.Done = b.T("people.done_" + done)
		}
		return show(v, p)
	})
}

// personClose closes the person before the time is over.
func (d *Door) personClose(v *web.Visit) error {
	v.KeepSealed(openCookie, "")
	return leadTo(v, "?closed=yes", "people")
}

// personMay is what the reader may change of a person.
type personMay struct{ guardianship, mandate, text, death, letters bool }

func newPersonPage(b web.Base, seen identity.View, can personMay, m moment) DeskPage {
	p := DeskPage{Base: b, Lead: b.T("people.open_lead")}
	p.Parts = []web.Component{
		ui.DefinitionList(append(personRows(b, seen.Account, m.zone), diedRow(b, seen.Died)...)),
		listOf(b.T("people.dependants"), actingTable(b, b.T("people.dependants"), seen.Dependants, can.guardianship, m), b.T("people.no_dependants")),
		listOf(b.T("people.guardians"), actingTable(b, b.T("people.guardians"), seen.Guardians, can.guardianship, m), b.T("people.no_guardians")),
		listOf(b.T("people.mandates"), mandateTable(b, seen.Mandates, can.mandate, m), b.T("people.no_mandates")),
	}
	var links []ui.Link
	if can.guardianship {
		links = append(links, ui.Link{Href: at(b, "person", "guardianship"), Text: b.T("people.record_guardianship")})
	}
	if can.mandate {
		links = append(links, ui.Link{Href: at(b, "person", "mandate"), Text: b.T("people.record_mandate")})
	}
	if can.letters {
		links = append(links, ui.Link{Href: at(b, "person", "letters"), Text: b.T("paper.consent.title")})
	}
	if can.text && notify.IsMobile(seen.Account.Phone) {
		links = append(links, ui.Link{Href: at(b, "desk", "text"), Text: b.T("inbox.write_title")})
	}
	if can.death {
		text := "people.record_death"
		if seen.Died != "" {
			text = "people.death_taken_back"
		}
		links = append(links, ui.Link{Href: at(b, "person", "death"), Text: b.T(text)})
	}
	if len(links) > 0 {
		p.Parts = append(p.Parts, ui.LinkList(links))
	}
	p.Parts = append(p.Parts, act(ui.FormData{Action: at(b, "person", "close")}, ui.Button{Text: b.T("people.close")}))
	return p
}

func personRows(b web.Base, a identity.Account, zone *time.Location) []ui.DefinitionRow {
	rows := []ui.DefinitionRow{{Key: b.T("common.name"), Value: a.ShortName()}}
	if a.Name != "" && a.Name != a.ShortName() {
		rows = append(rows, ui.DefinitionRow{Key: b.T("people.register_name"), Value: a.Name})
	}
	fact := func(key, value string) {
		if value == "" {
			value = b.T("common.not_given")
		}
		rows = append(rows, ui.DefinitionRow{Key: b.T(key), Value: value})
	}
	fact("people.birth", dateText(b, a.Birth))
	fact("common.email", proven(b, a.Email, a.EmailVerified))
	fact("common.phone", proven(b, a.Phone, a.PhoneVerified))
	if l, ok := i18n.Lookup(string(a.Lang)); ok {
		fact("people.lang", b.T("common.languages."+string(l.Code)))
	}
	if a.Protected {
		fact("people.protected", b.T("people.protected_text"))
	}
	fact("people.since", b.Printer.ShortDate(time.Unix(a.CreatedAt, 0).In(zone)))
	return rows
}

func proven(b web.Base, value string, yes bool) string {
	if value == "" || !yes {
		return value
	}
	return b.T("people.proven", "value", value)
}

// dateText writes a local date, YYYY-MM-DD, as people do; what is none stays empty.
func dateText(b web.Base, date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return b.Printer.ShortDate(t)
}

// recordState says whether a record is good today, and if not, why.
func recordState(b web.Base, good bool, revoked int64, from, today string) string {
	switch {
	case good:
		return b.T("people.good")
	case revoked != 0:
		return b.T("people.ended")
	case from > today:
		return b.T("people.not_yet")
	}
	return b.T("people.over")
}

func sourceText(b web.Base, s identity.Source) string { return b.T("people.from_" + string(s)) }

func recordHead(b web.Base, first string, can bool) []string {
	head := []string{first, b.T("people.from"), b.T("people.until"), b.T("people.source"), b.T("people.state")}
	if can {
		head = append(head, b.T("people.end_head"))
	}
	return head
}

func actingTable(b web.Base, caption string, list []identity.GuardianshipView, can bool, m moment) ui.TableData {
	t := ui.TableData{Caption: caption, HideCaption: true, Head: recordHead(b, b.T("common.name"), can)}
	for _, g := range list {
		row := []ui.Cell{
			{Text: g.Name}, {Text: dateText(b, g.From)}, {Text: dateText(b, g.Until)}, {Text: sourceText(b, g.Source)},
			{Text: recordState(b, g.Good, g.RevokedAt, g.From, m.today)},
		}
		if can {
			row = append(row, endCell(b, g.RevokedAt == 0 && (g.Until == "" || g.Until >= m.today), g.Name, "guardianship", string(g.ID)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func mandateTable(b web.Base, list []identity.MandateView, can bool, now moment) ui.TableData {
	t := ui.TableData{Caption: b.T("people.mandates"), HideCaption: true, Head: recordHead(b, b.T("people.company"), can)}
	for _, m := range list {
		name := b.T("people.company_as", "name", m.Name, "number", m.BusinessID, "role", b.T("mandate.role."+roleKey(b, m.Role)))
		row := []ui.Cell{
			{Text: name}, {Text: dateText(b, m.From)}, {Text: dateText(b, m.Until)}, {Text: sourceText(b, m.Source)},
			{Text: recordState(b, m.Good, m.RevokedAt, m.From, now.today)},
		}
		if can {
			row = append(row, endCell(b, m.RevokedAt == 0 && (m.Until == "" || m.Until >= now.today), m.Name, "mandate", string(m.ID)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// roleKey is the text of a role in a company where there is one: registers have roles that nobody here knows.
func roleKey(b web.Base, role string) string {
	if role != "" && b.Printer.Has("mandate.role."+role) {
		return role
	}
	return "other"
}

// endCell leads to where a record is ended. The address has the record's id, which is chance, and nothing of the person's.
func endCell(b web.Base, open bool, name, kind, id string) ui.Cell {
	if !open {
		return ui.Cell{}
	}
	return ui.Cell{Content: ui.A(ui.Link{Href: at(b, "person", kind, id), Text: b.T("people.end"), Hidden: name})}
}

// endGuardianship asks once more before a guardianship ends.
func (d *Door) endGuardianship(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		g, guardian, ok := guardianshipIn(seen, ids.Guardianship(v.R.PathValue("id")))
		if !ok {
			return fault.NotFound("record.not_found")
		}
		b := page(v, "")
		who, dependant := seen.Account.ShortName(), g.Name
		if !guardian {
			who, dependant = dependant, who
		}
		return show(v, newEndPage(b, b.T("people.end_guardianship", "guardian", who, "dependant", dependant), "guardianship", string(g.ID)))
	})
}

// guardianshipIn finds a record that has not ended in what is seen of a person; guardian says that the person is the one who acts.
func guardianshipIn(seen identity.View, id ids.Guardianship) (g identity.GuardianshipView, guardian, ok bool) {
	for _, g := range seen.Dependants {
		if g.ID == id && g.RevokedAt == 0 {
			return g, true, true
		}
	}
	for _, g := range seen.Guardians {
		if g.ID == id && g.RevokedAt == 0 {
			return g, false, true
		}
	}
	return identity.GuardianshipView{}, false, false
}

func newEndPage(b web.Base, question, kind, id string) DeskPage {
	b.Title = b.T("people.end_title")
	return DeskPage{Base: b, Back: at(b, "person"), Lead: question, Parts: []web.Component{
		ui.P(b.T("people.end_what")),
		form(ui.FormData{Action: at(b, "person", kind, id)}, ui.Button{Text: b.T("people.end_yes"), Look: ui.Destructive},
			ui.Link{Href: at(b, "person"), Text: b.T("people.end_no")}),
	}}
}

// endGuardianshipPost ends a guardianship: the guardian's next click for the dependant is refused.
func (d *Door) endGuardianshipPost(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		g, _, ok := guardianshipIn(seen, ids.Guardianship(v.R.PathValue("id")))
		if !ok {
			return fault.NotFound("record.not_found")
		}
		if err := d.Identity.RevokeGuardianship(v.Ctx(), v.Actor(), v.OrgID(), g.Guardian, g.ID); err != nil {
			return err
		}
		return leadTo(v, "?done=ended", "person")
	})
}

func mandateIn(seen identity.View, id ids.Mandate) (identity.MandateView, bool) {
	for _, m := range seen.Mandates {
		if m.ID == id && m.RevokedAt == 0 {
			return m, true
		}
	}
	return identity.MandateView{}, false
}

// endMandate asks once more before a mandate ends.
func (d *Door) endMandate(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		m, ok := mandateIn(seen, ids.Mandate(v.R.PathValue("id")))
		if !ok {
			return fault.NotFound("record.not_found")
		}
		b := page(v, "")
		return show(v, newEndPage(b, b.T("people.end_mandate", "name", seen.Account.ShortName(), "company", m.Name), "mandate", string(m.ID)))
	})
}

// endMandatePost ends a mandate at once.
func (d *Door) endMandatePost(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		m, ok := mandateIn(seen, ids.Mandate(v.R.PathValue("id")))
		if !ok {
			return fault.NotFound("record.not_found")
		}
		if err := d.Identity.RevokeMandate(v.Ctx(), v.Actor(), v.OrgID(), p, m.ID); err != nil {
			return err
		}
		return leadTo(v, "?done=ended", "person")
	})
}

// moment is where and when a page is shown: its zone, and the local date there.
type moment struct {
	zone  *time.Location
	today string
}

func momentOf(v *web.Visit) moment {
	zone := v.Zone()
	return moment{zone, org.DateOf(v.Now.In(zone)).String()}
}
