package desk

import (
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/folder"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// personCookie keeps, sealed, which person is open in the administration, for whom, and until when: so no address says who it is.
const personCookie = "person"

// textTo is to whom a text message is written first, and about what.
type textTo struct {
	Name, Number string
	Lang         i18n.Lang
	Owner        actor.Owner
	Person       ids.Person
	Appointment  ids.Appointment
	Office       ids.Office
	Own          *folder.Entry // the appointment that it is about
	Service      ids.Service
}

// toClient is the client of an appointment, at the number of their booking.
func toClient(a booking.Appointment) textTo {
	return textTo{
		Name: a.Details.Name, Number: a.Details.Phone, Lang: a.Details.Lang, Owner: a.Owner, Person: a.Owner.Person, Appointment: a.ID, Office: a.Office, Service: a.Service,
		Own: &folder.Entry{Part: folder.Booked, Org: a.Org, Service: a.Service, Office: a.Office, At: a.Start, State: string(a.Status)},
	}
}

// textFacts is what the page is made of.
type textFacts struct {
	Config *catalog.Config
	To     textTo
	Inbox  org.Inbox
	Text   string
	Key    ids.FormKey
	// Action is where the form goes, Back where whoever gives up goes, Open where an open conversation with the number is.
	Action, Back, Open string
	// No says why nothing can be written at all, Why what is wrong with what was.
	No, Why error
	Done    bool
}

// text asks what to write to the client of an appointment.
func (d *Door) text(v *web.Visit, a booking.Appointment) error {
	return d.showText(v, clientText(v, a))
}

func clientText(v *web.Visit, a booking.Appointment) textFacts {
	b := baseOf(v)
	return textFacts{To: toClient(a), Action: at(b, string(a.ID), "text"), Back: at(b, string(a.ID))}
}

// textPost writes to the client of an appointment.
func (d *Door) textPost(v *web.Visit, a booking.Appointment) error {
	return d.sendText(v, clientText(v, a), at(baseOf(v), string(a.ID))+"?done=texted")
}

// withPersonText opens the person who is open in the reader's browser, as the administration does.
func (d *Door) withPersonText(h func(v *web.Visit, f textFacts) error) web.Handler {
	return func(v *web.Visit) error {
		kept, ok := v.Sealed(personCookie)
		parts := strings.Split(kept, "/")
		if !ok || len(parts) != 4 || ids.Staff(parts[0]) != v.Actor().Staff || ids.Org(parts[1]) != v.OrgID() {
			return fault.NotFound("error.not_found")
		}
		if until, err := strconv.ParseInt(parts[3], 10, 64); err != nil || v.Now.Unix() > until {
			return fault.NotFound("error.not_found")
		}
		seen, err := d.People.ReadAgain(v.Ctx(), v.Actor(), v.OrgID(), ids.Person(parts[2]))
		if err != nil {
			return err
		}
		a := seen.Account
		return h(v, textFacts{
			To:     textTo{Name: a.ShortName(), Number: a.Phone, Lang: a.Lang, Owner: actor.Owner{Person: a.Person}, Person: a.Person},
			Action: at(baseOf(v), "text"), Back: web.Path(v.Lang, "", "staff", string(v.OrgID()), "person"),
		})
	}
}

func (d *Door) textPerson(v *web.Visit, f textFacts) error {
	f.Done = v.Query("done") == "texted"
	return d.showText(v, f)
}

func (d *Door) textPersonPost(v *web.Visit, f textFacts) error {
	return d.sendText(v, f, f.Action+"?done=texted")
}

func (d *Door) showText(v *web.Visit, f textFacts) error {
	if d.Talks == nil {
		return fault.NotFound("error.not_found")
	}
	f.Config, f.Inbox = v.Org, v.Org.InboxAt(f.To.Office)
	f.To.Lang = conversation.LangOf(v.Org, f.To.Lang)
	if f.Key == "" {
		f.Key = v.Site.Gen.FormKey()
	}
	f.No = d.Talks.CheckNumber(v.Ctx(), v.OrgID(), f.To.Number)
	if f.No != nil && !web.Mendable(f.No) {
		return f.No
	}
	if f.No != nil {
		f.Why = nil
	}
	return d.show(v, newTextPage(d.page(v, ""), f))
}

// sendText sends what was written, or puts something behind it; done is where who may not read the conversation goes.
func (d *Door) sendText(v *web.Visit, f textFacts, done string) error {
	if d.Talks == nil {
		return fault.NotFound("error.not_found")
	}
	f.Text, f.Key = v.Form("text"), ids.FormKey(v.Form("key"))
	if !f.Key.Valid() {
		f.Key = v.Site.Gen.FormKey()
	}
	if do := v.Form("do"); do != "" {
		more, err := d.putText(v, f.To, do)
		if err != nil {
			return err
		}
		f.Text = strings.TrimSpace(f.Text + "\n" + more)
		return d.showText(v, f)
	}
	begun, err := d.Talks.Begin(v.Ctx(), v.Actor(), conversation.Begin{
		Org: v.OrgID(), Key: f.Key, Body: f.Text, Lang: conversation.LangOf(v.Org, f.To.Lang), Number: f.To.Number, Office: f.To.Office, Appointment: f.To.Appointment, Person: f.To.Person,
	})
	talk := web.Path(v.Lang, "", "staff", string(v.OrgID()), "inbox", string(begun.Item))
	switch {
	case fault.IsKey(err, "inbox.open_already"):
		f.Why, f.Open = err, talk
		return d.showText(v, f)
	case web.Mendable(err):
		f.Why = err
		return d.showText(v, f)
	case err != nil:
		return err
	case begun.Readable:
		return v.SeeOther(talk + "?done=sent")
	}
	return v.SeeOther(done)
}

// putText is what is put behind what was typed: nothing is sent.
func (d *Door) putText(v *web.Visit, to textTo, do string) (string, error) {
	lang := conversation.LangOf(v.Org, to.Lang)
	switch do {
	case "canned":
		list := v.Org.InboxAt(to.Office).Answers
		if n, err := strconv.Atoi(v.Form("canned")); err == nil && n >= 0 && n < len(list) {
			return list[n].Text.In(lang), nil
		}
	case "appointments":
		return d.Talks.AppointmentsText(v.Ctx(), v.Org, lang, to.Owner, to.Own)
	case "link":
		path := web.Path(lang, v.OrgID())
		if to.Service != "" {
			path = web.Path(lang, v.OrgID(), "services", string(to.Service))
		}
		return d.Talks.LinkText(v.Org, lang, v.Site.BaseURL+path), nil
	}
	return "", nil
}

func newTextPage(b web.Base, f textFacts) Page {
	b.Title = b.T("inbox.write_title")
	p := Page{Base: b, Back: f.Back}
	if f.Done {
		p.Done = b.T("desk.done.texted")
	}
	if f.No != nil {
		key := fault.Of(f.No).Fields[0].Key
		p.Lead = b.T("inbox.write_to", "name", f.To.Name)
		return p.with(ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T(key)}), ui.LinkButton(ui.Secondary, ui.Link{Href: f.Back, Text: b.T("inbox.write_not")}))
	}
	p.Lead = b.T("inbox.write_lead", "name", f.To.Name, "number", notify.ShowPhone(f.To.Number, f.Config.Org.Country), "lang", b.T("common.languages."+string(f.To.Lang)))
	t := troubleOf(b, f.Why)
	if f.Open != "" {
		p.Wrong, p.HasError = b.T("inbox.open_already"), true
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: f.Open, Text: b.T("inbox.open_talk")}}))
	} else {
		p.blame(t)
	}
	fields := []web.Component{ui.EnterButton(b.Printer, "text-form")}
	if len(f.Inbox.Answers) > 0 {
		s := ui.SelectField{Name: "canned", Label: b.T("inbox.canned")}
		for i, a := range f.Inbox.Answers {
			s.Options = append(s.Options, ui.Option{Value: strconv.Itoa(i), Text: a.Title.In(b.Lang)})
		}
		fields = append(fields, ui.FieldRow(ui.Select(b.Printer, s), putButton(b, "inbox.canned_put", "canned")))
	}
	return p.with(parts.Form(ui.FormData{ID: "text-form", Action: f.Action, Hidden: []ui.Hidden{{Name: "key", Value: string(f.Key)}}}, append(fields,
		parts.Buttons(putButton(b, "inbox.appointments_put", "appointments"), putButton(b, "inbox.link_put", "link")),
		ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("inbox.text"), Hint: b.T("inbox.text_hint"), Value: f.Text, Error: t.At("text"), Rows: 5}),
		ui.Counter(b.Printer, web.CountParts(f.Text, ui.PartCount{Field: "text"})),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("inbox.send_key"), Key: b.Keys.Of(staff.DeskMain)}), ui.LinkButton(ui.Tertiary, ui.Link{Href: f.Back, Text: b.T("inbox.write_not")})),
	)...))
}

func putButton(b web.Base, key, do string) web.Component {
	return ui.SubmitButton(ui.Button{Text: b.T(key), Look: ui.Secondary, Name: "do", Value: do})
}
