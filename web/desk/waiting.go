package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// listed are the services that have a waiting list.
func listed(b web.Base, c *catalog.Config, places []*org.Office) []*catalog.Service {
	return slices.DeleteFunc(sortedServices(b, c, places), func(s *catalog.Service) bool { return !booking.HasWaitingList(c, s.ID, "") })
}

// waitFacts is what the page of the waiting list is made of.
type waitFacts struct {
	Config   *catalog.Config
	Services []*catalog.Service
	Offices  []*org.Office
	Service  ids.Service
	Line     []booking.Waiter
	Typed    waitTyped
	Key      ids.FormKey
	Why      error
	// NotInCare are those on the list who are offered nothing now: they are not in care, or do not need the service.
	NotInCare map[ids.Waiting]bool
}

// waitTyped is what was typed to put somebody on the list.
type waitTyped struct {
	Details     booking.Details
	Office      ids.Office
	From, Until string
	Days        []string
	Part        string
	Notice      string
	Texts       bool   // the caller agreed to offers by text message
	Identifier  string // where the service is offered only to those in care
}

// waiting shows who waits for a service.
func (d *Door) waiting(v *web.Visit) error {
	return d.showWaiting(v, ids.Service(v.Query("service")), waitTyped{Details: booking.Details{Lang: v.Org.Org.Languages[0]}}, nil)
}

func (d *Door) showWaiting(v *web.Visit, service ids.Service, typed waitTyped, why error) error {
	b := d.page(v, "")
	f := waitFacts{Config: v.Org, Offices: offices(v.Org, v.Actor()), Typed: typed, Key: v.Site.Gen.FormKey(), Why: why}
	f.Services = listed(b, v.Org, f.Offices)
	if i := slices.IndexFunc(f.Services, func(s *catalog.Service) bool { return s.ID == service }); i >= 0 {
		f.Service = service
	} else if len(f.Services) > 0 {
		f.Service = f.Services[0].ID
	}
	if f.Service != "" {
		line, err := d.Booking.WaitingFor(v.Ctx(), v.Actor(), v.OrgID(), f.Service)
		if err != nil {
			return err
		}
		f.Line = line
		if f.NotInCare, err = d.notInCare(v, f.Service, line); err != nil {
			return err
		}
	}
	p := newWaitingPage(b, f)
	if done := v.Query("done"); why == nil && slices.Contains([]string{"joined", "left"}, done) {
		p.Done = b.T("desk.waiting_" + done)
	}
	return d.show(v, p)
}

func newWaitingPage(b web.Base, f waitFacts) Page {
	b.Title = b.T("desk.waiting_title")
	p := Page{Base: b, Back: at(b)}
	if len(f.Services) == 0 {
		return p.with(ui.P(b.T("waiting.none")))
	}
	t := troubleOf(b, f.Why)
	p.blame(t)
	service := ui.SelectField{Name: "service", Label: b.T("common.service"), Value: string(f.Service)}
	for _, s := range f.Services {
		service.Options = append(service.Options, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
	}
	p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "waiting"), Get: true}, ui.FieldRow(
		ui.Select(b.Printer, service), ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
	)))
	if len(f.Line) == 0 {
		p.Parts = append(p.Parts, ui.P(b.T("desk.nobody_waits")))
	} else {
		p.Parts = append(p.Parts, ui.Table(f.table(b)))
	}
	p.Parts = append(p.Parts, parts.Section(b.T("desk.put_on_list"), f.form(b, t)))
	if usesCare(f.Config) {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: at(b, "care"), Text: b.T("care.title")}}))
	}
	return p
}

// notInCare are those on a list who would be offered nothing, because they are not in care.
func (d *Door) notInCare(v *web.Visit, service ids.Service, line []booking.Waiter) (map[ids.Waiting]bool, error) {
	out := map[ids.Waiting]bool{}
	if !booking.AsksCare(v.Org, service) {
		return out, nil
	}
	for _, w := range line {
		err := d.Booking.CheckCare(v.Ctx(), v.Actor(), v.Org, w)
		if err != nil && !fault.Is(err, fault.KindInvalid) {
			return nil, err
		}
		out[w.ID] = err != nil
	}
	return out, nil
}

func (f waitFacts) table(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("desk.waiting_title"), HideCaption: true, Head: []string{
		b.T("common.name"), b.T("desk.since"), b.T("desk.wish"), b.T("common.phone"), b.T("desk.offers"), b.T("desk.take_off"),
	}}
	for _, w := range f.Line {
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: w.Name}, {Text: b.Printer.ShortDate(time.Unix(w.CreatedAt, 0).In(f.Config.Zone()))}, {Text: f.wish(b, w)},
			{Text: notify.ShowPhone(w.Phone, f.Config.Org.Country)}, {Text: b.T("desk.offers_n", "n", int(w.Offers))},
			{Content: ui.RowForm1(ui.FormData{Action: at(b, "waiting", "leave"), Hidden: []ui.Hidden{{Name: "id", Value: string(w.ID)}, {Name: "service", Value: string(f.Service)}}},
				ui.Button{Text: b.T("desk.take_off"), Hidden: w.Name, Look: ui.Tertiary})},
		})
	}
	return t
}

// wish is what somebody waits for, in a few words.
func (f waitFacts) wish(b web.Base, e booking.Waiter) string {
	w := e.Wish
	var out []string
	if f.NotInCare[e.ID] {
		out = append(out, b.T("care.not_offered"))
	}
	for _, o := range w.Offices {
		out = append(out, officeName(b, f.Config, o))
	}
	zone := f.Config.Zone()
	if !w.From.IsZero() {
		out = append(out, b.T("desk.wish_from", "day", b.Printer.ShortDate(w.From.At(12*60, zone))))
	}
	if !w.Until.IsZero() {
		out = append(out, b.T("desk.wish_until", "day", b.Printer.ShortDate(w.Until.At(12*60, zone))))
	}
	if w.Earlier != 0 {
		out = append(out, b.T("desk.wish_earlier", "time", time.Unix(w.Earlier, 0).In(zone)))
	}
	if w.Notice > 0 {
		out = append(out, b.T("desk.wish_notice", "time", b.Printer.Duration(time.Duration(w.Notice)*time.Second)))
	}
	for _, day := range w.Days.Days() {
		out = append(out, weekday(b, day))
	}
	if part := w.Part(); part != waiting.AnyPart {
		out = append(out, b.T("waiting.part_"+string(part)))
	}
	if len(out) == 0 {
		return b.T("desk.wish_any")
	}
	return strings.Join(out, "; ")
}

func (f waitFacts) form(b web.Base, t web.Trouble) web.Component {
	place := ui.SelectField{Name: "office", Label: b.T("common.place"), Value: string(f.Typed.Office), Error: t.At("offices"), Options: []ui.Option{{Text: b.T("desk.any_place")}}}
	for _, o := range f.Offices {
		if booking.HasWaitingList(f.Config, f.Service, o.ID) {
			place.Options = append(place.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
		}
	}
	day := func(name, label, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: b.T(label), Value: value, Error: t.At(name), Short: true, Optional: true, Autocomplete: "off"})
	}
	person := contactFields(b, f.Config, f.Typed.Details, t)
	if booking.MayText(f.Config, f.Service) {
		person = append(person, ui.Checkbox(b.Printer, ui.CheckField{
			ID: "texts", Name: "texts", Label: b.T("desk.texts"), Hint: b.T("desk.texts_hint"), Checked: f.Typed.Texts, Error: t.At("texts"),
		}))
	}
	wish := []web.Component{ui.Select(b.Printer, place), ui.FieldRow(day("first", "desk.wish_first", f.Typed.From), day("until", "desk.wish_last", f.Typed.Until))}
	wish = append(wish, f.when(b, t)...)
	if booking.AsksCare(f.Config, f.Service) {
		person = slices.Insert(person, 0, web.Component(ui.TextField(b.Printer, ui.Field{
			Name: "identifier", Label: b.T("care.identifier"), Hint: b.T("care.identifier_hint"), Value: f.Typed.Identifier, Error: t.At("identifier"),
			Autocomplete: "off", NoSpelling: true,
		})))
	}
	fields := []web.Component{
		beside(person, wish),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("desk.put_on_list_key"), Key: b.Keys.Of(staff.DeskMain)})),
	}
	return parts.Form(ui.FormData{Action: at(b, "waiting"), Hidden: []ui.Hidden{{Name: "service", Value: string(f.Service)}, {Name: "key", Value: string(f.Key)}}}, fields...)
}

// when asks which days of the week and which part of the day would do.
func (f waitFacts) when(b web.Base, t web.Trouble) []web.Component {
	days := ui.Choices{Name: "days", Legend: b.T("waiting.days"), Hint: b.T("waiting.any_hint"), Optional: true, Error: t.At("days")}
	for _, d := range booking.WaitingDays(f.Config, f.Service).Days() {
		name := org.OnDays(d).String()
		days.Options = append(days.Options, ui.Choice{Value: name, Label: weekday(b, d), Checked: slices.Contains(f.Typed.Days, name)})
	}
	part := ui.SelectField{Name: "part", Label: b.T("waiting.part"), Value: f.Typed.Part, Error: t.At("before")}
	for _, p := range waiting.Parts {
		part.Options = append(part.Options, ui.Option{Value: string(p), Text: b.T("waiting.part_" + string(p))})
	}
	notice := ui.SelectField{Name: "notice", Label: b.T("waiting.notice"), Value: f.Typed.Notice}
	for _, n := range waiting.Notices {
		text := b.T("waiting.notice_any")
		if n > 0 {
			text = b.T("waiting.notice_before", "time", b.Printer.Duration(time.Duration(n)*time.Second))
		}
		notice.Options = append(notice.Options, ui.Option{Value: strconv.FormatInt(n, 10), Text: text})
	}
	return []web.Component{ui.Checkboxes(b.Printer, days), ui.FieldRow(ui.Select(b.Printer, part), ui.Select(b.Printer, notice))}
}

// weekday is a day of the week in words: days are named by dates.
func weekday(b web.Base, d time.Weekday) string {
	return b.Printer.Weekday(time.Date(2026, time.November, 22+int(d), 12, 0, 0, 0, time.UTC))
}

// waitingPost puts a caller on the list.
func (d *Door) waitingPost(v *web.Visit) error {
	c := calledIn(v)
	typed := waitTyped{
		Details: c.Details, Office: c.Office, From: v.Form("first"), Until: v.Form("until"), Days: v.R.PostForm["days"], Part: v.Form("part"),
		Notice: v.Form("notice"), Texts: v.Form("texts") == "1",
		Identifier: strings.TrimSpace(v.Form("identifier")),
	}
	typed.Details.Birth, typed.Details.Note = "", ""
	wish, err := typed.wish(v)
	var account ids.Person
	e := booking.Waiter{}
	if err == nil && typed.Identifier != "" {
		account, err = d.waitingFor(v, typed.Identifier)
	}
	if err == nil {
		e, err = d.Booking.Wait(v.Ctx(), v.Actor(), booking.WaitRequest{
			Org: v.OrgID(), Service: c.Service, Details: typed.Details, Wish: wish, Account: account, Key: c.Key, Texts: typed.Texts,
		})
	}
	if web.Mendable(err) {
		return d.showWaiting(v, c.Service, typed, err)
	}
	if err != nil {
		return err
	}
	if typed.Texts && d.Consent != nil {
		if err := d.Consent.Say(v.Ctx(), v.Actor(), v.OrgID(), notify.SMS, e.Phone, map[consent.Scope]bool{consent.Offers: true}, consent.AtDesk); err != nil {
			return err
		}
	}
	return v.SeeOther(at(baseOf(v), "waiting") + "?service=" + string(c.Service) + "&done=joined")
}

// waitingFor finds whom an identity code names: nobody for who is new here, and so in no care.
func (d *Door) waitingFor(v *web.Visit, identifier string) (ids.Person, error) {
	list, err := d.People.FindPeople(v.Ctx(), v.Actor(), identity.Find{Org: v.OrgID(), Kind: kindIn(v.Org.Org.Country), Identifier: natid.Secret(identifier)})
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: "care.caller_not"})
	}
	return list[0].Person, nil
}

func (w waitTyped) wish(v *web.Visit) (out waiting.Wish, err error) {
	if w.Office != "" {
		out.Offices = []ids.Office{w.Office}
	}
	today := v.Org.Today(v.Now)
	var fields []fault.Field
	for _, x := range []struct {
		name, typed string
		to          *org.Date
	}{{"first", w.From, &out.From}, {"until", w.Until, &out.Until}} {
		if strings.TrimSpace(x.typed) == "" {
			continue
		}
		date, ok := dateOf(x.typed, today)
		if !ok {
			fields = append(fields, fault.Field{Name: x.name, Key: "field.date"})
		}
		*x.to = date
	}
	if len(w.Days) > 0 {
		days, err := org.ParseWeekdays(strings.Join(w.Days, ","))
		if err != nil {
			fields = append(fields, fault.Field{Name: "days", Key: "field.required"})
		}
		if out.Days = days; days == org.EveryDay {
			out.Days = 0
		}
	}
	out.After, out.Before = waiting.Part(w.Part).Times()
	out.Notice = waiting.NoticeOf(w.Notice)
	if len(fields) > 0 {
		return out, fault.Invalid("form.invalid", nil, fields...)
	}
	return out, nil
}

// waitingLeave takes somebody off the list.
func (d *Door) waitingLeave(v *web.Visit) error {
	e, err := d.Booking.Waiter(v.Ctx(), v.Actor(), v.OrgID(), ids.Waiting(v.Form("id")))
	if err != nil {
		return err
	}
	if err := d.Booking.Leave(v.Ctx(), v.Actor(), e); err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), "waiting") + "?service=" + string(e.Service) + "&done=left")
}
