package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// undelivered lists the messages that could not be delivered.
func (d *Door) undelivered(v *web.Visit) error { return d.showUndelivered(v, nil) }

func (d *Door) showUndelivered(v *web.Visit, why error) error {
	list, err := d.Booking.Undelivered(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return d.show(v, newUndeliveredPage(d.page(v, ""), v.Org, list, v.Query("done"), why))
}

// undeliveredPost sends those that were picked again, or takes them off the list.
func (d *Door) undeliveredPost(v *web.Visit) error {
	var list []booking.LetterRef
	_ = v.R.ParseForm() // what cannot be read picks nothing
	for _, s := range v.R.PostForm["pick"] {
		id, isText := strings.CutPrefix(s, textPick)
		list = append(list, booking.LetterRef{ID: ids.Notice(id), Text: isText})
	}
	var err error
	done := "resent"
	switch v.Form("do") {
	case "drop":
		done = "dropped"
		_, err = d.Booking.SetAside(v.Ctx(), v.Actor(), v.OrgID(), list)
	default:
		_, err = d.Booking.SendAgain(v.Ctx(), v.Actor(), v.OrgID(), list, v.Form("do") == "other")
	}
	switch {
	case fault.Is(err, fault.KindInvalid):
		return d.showUndelivered(v, err)
	case web.Mendable(err): // somebody else was there first
		done = "gone"
	case err != nil:
		return err
	}
	return v.SeeOther(at(baseOf(v), "undelivered") + "?done=" + done)
}

// textPick marks what is picked as a text message of its own.
const textPick = "text/"

func newUndeliveredPage(b web.Base, c *catalog.Config, list []notify.Letter, done string, why error) Page {
	b.Title = b.T("undelivered.title")
	p := Page{Base: b, Lead: b.T("undelivered.lead"), Back: at(b)}
	p.blame(troubleOf(b, why))
	if why == nil && slices.Contains([]string{"dropped", "resent", "gone"}, done) {
		p.Done = b.T("undelivered.done_" + done)
	}
	if len(list) == 0 {
		p.Parts = []web.Component{ui.Muted(b.T("undelivered.none"))}
		return p
	}
	t := ui.TableData{Caption: b.N("undelivered.n", len(list)), Head: []string{
		b.T("undelivered.event"), b.T("undelivered.when"), b.T("undelivered.channel"), b.T("undelivered.about"), b.T("undelivered.why"),
	}}
	other := false
	for i, l := range list {
		other = other || l.Other != ""
		value := string(l.ID)
		if l.Text {
			value = textPick + value
		}
		id := "pick"
		if i > 0 {
			id += "-" + strconv.Itoa(i)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.Checkbox(b.Printer, ui.CheckField{Name: "pick", ID: id, Value: value, Label: eventWords(b, l.Event)})},
			{Text: b.Printer.At(time.Unix(l.SettledAt, 0).In(c.Zone()))}, {Text: b.T("undelivered.channel_" + string(l.Channel))}, aboutCell(b, c, l), {Text: whyWords(b, l)},
		})
	}
	deeds := []web.Component{ui.SubmitButton(ui.Button{Text: b.T("undelivered.resend"), Name: "do", Value: "resend"})}
	if other {
		deeds = append(deeds, ui.SubmitButton(ui.Button{Text: b.T("undelivered.other"), Look: ui.Secondary, Name: "do", Value: "other"}))
	}
	deeds = append(deeds, ui.SubmitButton(ui.Button{Text: b.T("undelivered.drop"), Look: ui.Secondary, Name: "do", Value: "drop"}))
	p.Parts = []web.Component{parts.Form(ui.FormData{Action: at(b, "undelivered")}, ui.Table(t), parts.Buttons(deeds...))}
	return p
}

// aboutCell leads to what a message is about, where its address or number can be mended.
func aboutCell(b web.Base, c *catalog.Config, l notify.Letter) ui.Cell {
	switch talk, isTalk := strings.CutPrefix(l.About, "conversation/"); {
	case isTalk:
		return ui.Cell{Content: ui.A(ui.Link{Href: web.Path(b.Lang, "", "staff", string(c.Org.ID), "inbox", talk), Text: b.T("undelivered.talk")})}
	case l.Text:
		return ui.Cell{Text: notify.ShowPhone(l.Number, c.Org.Country)}
	case l.Appointment != "":
		return ui.Cell{Content: ui.A(ui.Link{Href: at(b, string(l.Appointment)), Text: b.Printer.At(time.Unix(l.Start, 0).In(c.Zone()))})}
	}
	return ui.Cell{Content: ui.A(ui.Link{Href: at(b, "waiting"), Text: b.T("undelivered.waiting")})}
}

// events are those that have words of their own; others are answers to what somebody wrote.
var events = []notify.Event{
	notify.AppointmentBooked, notify.AppointmentChanged, notify.AppointmentMoved, notify.AppointmentCancelled, notify.AppointmentPending, notify.AppointmentProposed,
	notify.AppointmentLapsed, notify.AppointmentReminder, notify.WaitingJoined, notify.TimeOffered, notify.OfferGone, "conversation.answer", "conversation.by_itself",
	queue.EventText,
}

func eventWords(b web.Base, e notify.Event) string {
	if !slices.Contains(events, e) {
		e = "text.answer"
	}
	return b.T("undelivered.events." + strings.ReplaceAll(string(e), ".", "_"))
}

// whyWords says why a message was not delivered.
func whyWords(b web.Base, l notify.Letter) string {
	if l.State == notify.StateUnknown {
		return b.T("undelivered.why_unknown")
	}
	switch l.Why {
	case string(notify.StageReceive), notify.WhyNoSuch:
		return b.T("undelivered.why_address")
	case notify.WhyTries, string(notify.StageConnect):
		return b.T("undelivered.why_tries")
	case notify.WhyExpired, notify.WhyFull, notify.WhyReturned:
		return b.T("undelivered.why_" + l.Why)
	}
	return b.T("undelivered.why_refused")
}

// toldList is what somebody was told of an appointment, by which channel, and what became of it.
func toldList(b web.Base, c *catalog.Config, list []notify.Letter) web.Component {
	t := ui.TableData{Caption: b.T("undelivered.told"), HideCaption: true, Head: []string{
		b.T("undelivered.when"), b.T("undelivered.event"), b.T("undelivered.channel"), b.T("desk.head_state"),
	}}
	for _, l := range list {
		at := l.SettledAt
		if at == 0 {
			at = l.CreatedAt
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: b.Printer.At(time.Unix(at, 0).In(c.Zone()))}, {Text: eventWords(b, l.Event)}, {Text: b.T("undelivered.channel_" + string(l.Channel))},
			{Text: fateWords(b, c, l)},
		})
	}
	return ui.Table(t)
}

// fateWords says what became of a message: what was said of it last.
func fateWords(b web.Base, c *catalog.Config, l notify.Letter) string {
	switch {
	case l.State == notify.StateSent && l.Fate == notify.Delivered:
		return b.T("undelivered.state_delivered", "at", b.Printer.At(time.Unix(l.FateAt, 0).In(c.Zone())))
	case l.State == notify.StateSent && l.Fate == notify.Buffered:
		return b.T("undelivered.state_buffered")
	case l.State == notify.StateFailed && l.Fate == notify.Undelivered:
		return b.T("undelivered.state_returned", "why", whyWords(b, l))
	}
	return b.T("undelivered.state_" + string(l.State))
}
