package desk

import (
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// undelivered lists the messages that could not be delivered.
func (d *Door) undelivered(v *web.Visit) error {
	list, err := d.Booking.Undelivered(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return d.show(v, newUndeliveredPage(d.page(v, ""), v.Org, list, v.Query("done")))
}

// undeliveredPost sends one again, or takes it off the list.
func (d *Door) undeliveredPost(v *web.Visit) error {
	do, done := d.Booking.DropNotice, "dropped"
	if v.Form("do") == "resend" {
		do, done = d.Booking.ResendNotice, "resent"
	}
	err := do(v.Ctx(), v.Actor(), v.OrgID(), ids.Notice(v.Form("notice")))
	if mendable(err) { // somebody else was there first
		done = "gone"
	} else if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), "undelivered") + "?done=" + done)
}

func newUndeliveredPage(b web.Base, c *catalog.Config, list []notify.Letter, done string) Page {
	b.Title = b.T("undelivered.title")
	p := Page{Base: b, Lead: b.T("undelivered.lead"), Back: at(b)}
	if slices.Contains([]string{"dropped", "resent", "gone"}, done) {
		p.Done = b.T("undelivered.done_" + done)
	}
	if len(list) == 0 {
		p.Parts = []web.Component{ui.Muted(b.T("undelivered.none"))}
		return p
	}
	t := ui.TableData{Caption: b.N("undelivered.n", len(list)), Head: []string{
		b.T("undelivered.when"), b.T("undelivered.event"), b.T("undelivered.channel"), b.T("undelivered.about"), b.T("undelivered.why"), b.T("undelivered.act"),
	}}
	for _, l := range list {
		when := b.Printer.At(time.Unix(l.SettledAt, 0).In(c.Zone()))
		about := ui.Cell{Text: b.T("undelivered.waiting")}
		if l.Appointment != "" {
			about = ui.Cell{Content: ui.A(ui.Link{Href: at(b, string(l.Appointment)), Text: b.Printer.At(time.Unix(l.Start, 0).In(c.Zone()))})}
		}
		hidden := []ui.Hidden{{Name: "notice", Value: string(l.ID)}}
		act := func(do, key string) web.Component {
			return form(ui.FormData{Action: at(b, "undelivered"), Hidden: hidden},
				ui.SubmitButton(ui.Button{Text: b.T(key), Hidden: eventWords(b, l.Event), Look: ui.Tertiary, Name: "do", Value: do}))
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: when}, {Text: eventWords(b, l.Event)}, {Text: b.T("undelivered.channel_" + string(l.Channel))}, about, {Text: whyWords(b, l)},
			{Content: buttons(act("resend", "undelivered.resend"), act("drop", "undelivered.drop"))},
		})
	}
	p.Parts = []web.Component{ui.Table(t)}
	return p
}

func eventWords(b web.Base, e notify.Event) string {
	return b.T("undelivered.events." + strings.ReplaceAll(string(e), ".", "_"))
}

// whyWords says why a message was not delivered.
func whyWords(b web.Base, l notify.Letter) string {
	if l.State == notify.StateUnknown {
		return b.T("undelivered.why_unknown")
	}
	switch notify.Stage(l.Why) {
	case notify.StageReceive:
		return b.T("undelivered.why_address")
	case notify.Stage(notify.WhyTries), notify.StageConnect:
		return b.T("undelivered.why_tries")
	}
	return b.T("undelivered.why_refused")
}

// toldList is what somebody was told of an appointment, and by which channel.
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
			{Text: b.T("undelivered.state_" + string(l.State))},
		})
	}
	return ui.Table(t)
}
