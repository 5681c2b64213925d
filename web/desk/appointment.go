package desk

import (
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// withAppointment opens the appointment of the address.
func (d *Door) withAppointment(h func(v *web.Visit, a booking.Appointment) error) web.Handler {
	return func(v *web.Visit) error {
		a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), ids.Appointment(v.R.PathValue("appointment")))
		if err != nil {
			return err
		}
		return h(v, a)
	}
}

// openFacts is what the page of an appointment is made of.
type openFacts struct {
	Config   *catalog.Config
	A        booking.Appointment
	Standing booking.Standing
	Code     string
	Missed   int
	Limit    int
	Done     string
	Now      time.Time
	Key      ids.FormKey
	// Letters are the exchanges of letters that are linked to it.
	Letters []worklist.Item
	agreedFacts
}

// appointment shows an appointment and what can be done with it.
func (d *Door) appointment(v *web.Visit, a booking.Appointment) error {
	p, err := d.openPage(v, a, v.Query("done"))
	if err != nil {
		return err
	}
	d.undoOn(v, &p)
	return d.show(v, p)
}

// openPage is the page of an appointment.
func (d *Door) openPage(v *web.Visit, a booking.Appointment, done string) (Page, error) {
	f := openFacts{Config: v.Org, A: a, Done: done, Now: v.Now, Key: v.Site.Gen.FormKey()}
	var err error
	if f.Standing, err = d.Booking.StandingFor(v.Ctx(), v.Actor(), a); err != nil {
		return Page{}, err
	}
	if f.Code, err = d.Booking.Code(a.ID); err != nil {
		return Page{}, err
	}
	if f.Missed, f.Limit, err = d.Booking.NoShowsOf(v.Ctx(), a); err != nil {
		return Page{}, err
	}
	if f.agreedFacts, err = d.agreed(v, a); err != nil {
		return Page{}, err
	}
	if d.Letters != nil {
		if f.Letters, err = d.Letters.MattersAbout(v.Ctx(), v.Actor(), v.OrgID(), a.ID); err != nil {
			return Page{}, err
		}
	}
	return newOpenPage(d.page(v, ""), f), nil
}

// refused shows an appointment as it is now, with the reason why what was asked for was not done.
func (d *Door) refused(v *web.Visit, id ids.Appointment, why error) error {
	a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), id)
	if err != nil {
		return err
	}
	p, err := d.openPage(v, a, "")
	if err != nil {
		return err
	}
	p.Wrong = meanwhile(p.Base, v, a, why)
	p.HasError = true
	return d.show(v, p)
}

// meanwhile says what somebody else did since the page that was sent was made, as far as it can be seen; else why it was refused.
func meanwhile(b web.Base, v *web.Visit, a booking.Appointment, why error) string {
	if !fault.IsKey(why, "manage.stale") && !fault.IsKey(why, "manage.cancelled_already") {
		f := fault.Of(why)
		return b.Printer.TA(f.Key, deadlines(b.Printer, f.Args))
	}
	was, err := strconv.ParseInt(v.Form("was"), 10, 64)
	switch at := time.Unix(a.Start, 0).In(v.Org.Zone()); {
	case a.Status == booking.Cancelled:
		return b.T("desk.meanwhile_cancelled", "time", time.Unix(a.CancelledAt, 0).In(v.Org.Zone()))
	case err == nil && was != a.Start:
		return b.T("desk.meanwhile_moved", "from", time.Unix(was, 0).In(v.Org.Zone()), "to", at, "place", officeName(b, v.Org, a.Office))
	case a.Outcome != booking.OutcomeNone:
		return b.T("desk.meanwhile_outcome", "outcome", b.T("desk.outcome."+string(a.Outcome)))
	}
	return b.T("desk.meanwhile_changed")
}

// seenFields go with each form about an appointment: what the clerk saw.
func seenFields(a booking.Appointment, key ids.FormKey) []ui.Hidden {
	return []ui.Hidden{
		{Name: "seen", Value: strconv.FormatInt(a.Sequence, 10)}, {Name: "was", Value: strconv.FormatInt(a.Start, 10)}, {Name: "key", Value: string(key)},
	}
}

// seenIn is the sequence that the clerk saw; nil when the form does not say.
func seenIn(v *web.Visit) *int64 {
	n, err := strconv.ParseInt(v.Form("seen"), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// what may have been done, as the address says it.
var doneKeys = []string{"booked", "proposed", "saved", "undone", "confirmed", "moved", "cancelled", "agreed", "texted"}

func newOpenPage(b web.Base, f openFacts) Page {
	a := f.A
	b.Title, b.Service = a.Details.Name, serviceName(b, f.Config, a.Service)
	p := Page{Base: b, Back: at(b) + dayAsked{Office: a.Office, Date: dateAt(f.Config, a.Start)}.query()}
	if slices.Contains(doneKeys, f.Done) {
		p.Done = b.T("desk.done." + f.Done)
	}
	status := a.StatusAt(f.Now.Unix())
	live := booking.CheckLive(a, f.Now.Unix()) == nil
	p.Parts = append(p.Parts, ui.CodePanel(b.T("manage.code"), ids.FormatCode(f.Code), pinLine(b, a)))
	if f.Done == "booked" {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: readAloud(b, f.Config, a.Service, a.Office, a.Start)}))
	}
	p.Parts = append(p.Parts, ui.DefinitionList(f.rows(b, status)))
	p.Parts = append(p.Parts, f.letters(b)...)
	p.Parts = append(p.Parts, f.deeds(b, status, live)...)
	p.Parts = append(p.Parts, f.messages(b)...)
	return p
}

// letters leads to the letters that are linked to it.
func (f openFacts) letters(b web.Base) []web.Component {
	var links []ui.Link
	for _, i := range f.Letters {
		links = append(links, ui.Link{Href: web.Path(b.Lang, "", "staff", string(b.Org), "inbox", string(i.ID)), Text: b.T("desk.letter_about", "kind", b.T("mailbox.kind."+i.Subject))})
	}
	if len(links) == 0 {
		return nil
	}
	return []web.Component{ui.LinkList(links)}
}

func pinLine(b web.Base, a booking.Appointment) string {
	if a.PIN == "" {
		return ""
	}
	return b.T("desk.pin", "pin", a.PIN)
}

func (f openFacts) rows(b web.Base, status booking.Status) []ui.DefinitionRow {
	a, c := f.A, f.Config
	row := booking.DeskRow{Listed: booking.Listed{Status: a.Status}, ExpiresAt: a.ExpiresAt, Outcome: a.Outcome, CancelledBy: a.CancelledBy}
	state := stateText(b, row, f.Now.Unix())
	if status == booking.Pending || status == booking.Proposed {
		state = b.T("desk.state_until", "state", state, "until", time.Unix(a.ExpiresAt, 0).In(c.Zone()))
	}
	out := []ui.DefinitionRow{
		{Key: b.T("manage.when"), Value: timeLine(b, a.Start, a.End, c.Zone()), Capital: true},
		{Key: b.T("common.place"), Value: b.T("desk.place_unit", "place", officeName(b, c, a.Office), "unit", unitName(b, c, a.Office, a.Unit))},
		{Key: b.T("common.service"), Value: serviceNames(b, c, a.Service, a.Visit().Also)},
		{Key: b.T("desk.head_state"), Value: state},
	}
	if names := a.Names(); len(names) > 1 {
		out = append(out, ui.DefinitionRow{Key: b.T("visit.people_row"), Value: b.Printer.List(names)})
	}
	fact := func(key, value string) {
		if value != "" {
			out = append(out, ui.DefinitionRow{Key: b.T(key), Value: value})
		}
	}
	fact("common.phone", notify.ShowPhone(a.Details.Phone, c.Org.Country))
	fact("common.email", a.Details.Email)
	if t, err := time.Parse(time.DateOnly, a.Details.Birth); err == nil {
		fact("desk.birth", b.Printer.ShortDate(t))
	}
	if l, ok := i18n.Lookup(string(a.Details.Lang)); ok {
		fact("details.lang", b.T("common.languages."+string(l.Code)))
	}
	fact("desk.note", a.Details.Note)
	fact("desk.reason", a.Reason)
	if f.Missed > 0 {
		text := b.N("desk.missed", f.Missed)
		if f.Limit > 0 && f.Missed >= f.Limit {
			text += " " + b.T("desk.missed_limit")
		}
		fact("desk.missed_head", text)
	}
	return out
}

// deeds are what can be done.
func (f openFacts) deeds(b web.Base, status booking.Status, live bool) []web.Component {
	id := string(f.A.ID)
	var out []web.Component
	act := func(do, key string, look ui.Look, fkey string) web.Component {
		return ui.SubmitButton(ui.Button{Text: b.T(key), Look: look, Name: "do", Value: do, Key: fkey})
	}
	hidden := seenFields(f.A, f.Key)
	if status == booking.Pending || status == booking.Proposed {
		out = append(out, parts.Form(ui.FormData{Action: at(b, id), Hidden: hidden}, parts.Buttons(act("confirm", "desk.confirm_now", ui.Primary, b.Keys.Of(staff.DeskMain)))))
	}
	if status == booking.Booked && f.Now.Unix() >= f.A.Start-int64(booking.VisitFrom/time.Second) {
		var list []web.Component
		if f.A.Outcome == booking.OutcomeNone {
			list = []web.Component{
				act("came", "desk.came_key", ui.Primary, b.Keys.Of(staff.DeskMain)), act("noshow", "desk.noshow_key", ui.Secondary, b.Keys.Of(staff.DeskMissed)),
				act("papers", "desk.papers", ui.Secondary, ""), act("service", "desk.wrong_service", ui.Secondary, ""),
			}
		} else {
			list = []web.Component{act("none", "desk.no_outcome", ui.Secondary, "")}
		}
		out = append(out, parts.Section(b.T("desk.visit"), parts.Form(ui.FormData{Action: at(b, id), Hidden: hidden}, parts.Buttons(list...))))
	}
	var links []web.Component
	link := func(look ui.Look, key string, href string) {
		links = append(links, ui.LinkButton(look, ui.Link{Href: href, Text: b.T(key)}))
	}
	if live {
		link(ui.Secondary, "manage.move", at(b, id, "move"))
		link(ui.Secondary, "manage.edit", at(b, id, "details"))
	}
	if notify.IsMobile(f.A.Details.Phone) {
		link(ui.Secondary, "inbox.write_title", at(b, id, "text"))
	}
	link(ui.Secondary, "desk.rebook", at(b, "book")+"?from="+id)
	if live {
		link(ui.Secondary, "manage.cancel", at(b, id, "cancel"))
	}
	out = append(out, parts.Section(b.T("desk.booking"), parts.Buttons(links...)))
	if usesCare(f.Config) {
		out = append(out, careButton(b, f.A))
	}
	return out
}

// appointmentPost does what was pressed on the page of an appointment.
func (d *Door) appointmentPost(v *web.Visit, a booking.Appointment) error {
	if v.Form("do") == "confirm" {
		_, err := d.Booking.Confirm(v.Ctx(), v.Actor(), a.Org, a.ID)
		if web.Mendable(err) {
			return d.refused(v, a.ID, err)
		}
		if err != nil {
			return err
		}
		return v.SeeOther(at(baseOf(v), string(a.ID)) + "?done=confirmed")
	}
	came, ok := map[string]booking.VisitOutcome{
		"came": booking.OutcomeCame, "noshow": booking.OutcomeNoShow, "papers": booking.OutcomePapers, "service": booking.OutcomeService, "none": booking.OutcomeNone,
	}[v.Form("do")]
	if !ok {
		return d.refused(v, a.ID, fault.Invalid("error.bad_request", nil))
	}
	after, err := d.Booking.RecordVisit(v.Ctx(), v.Actor(), a.Org, a.ID, came, seenIn(v))
	if web.Mendable(err) {
		return d.refused(v, a.ID, err)
	}
	if err != nil {
		return err
	}
	d.keepUndo(v, undoable{What: undoOutcome, ID: a.ID, Seq: after.Sequence, Outcome: a.Outcome})
	if came == booking.OutcomePapers || came == booking.OutcomeService { // another time follows
		return v.SeeOther(at(baseOf(v), "book") + "?from=" + string(a.ID))
	}
	return v.SeeOther(at(baseOf(v), string(a.ID)))
}

func dateOfStart(c *catalog.Config, start int64) time.Time { return time.Unix(start, 0).In(c.Zone()) }
