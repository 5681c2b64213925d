package inbox

import (
	"slices"
	"strconv"
	"time"

	"luukku/base/ids"
	"luukku/domain/conversation"
	"luukku/domain/notify"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// thread is everything that was written and done, in its order.
func (f readFacts) thread(b web.Base) []ui.ThreadLine {
	texts := map[string]conversation.Message{}
	for _, m := range f.Whole.Messages {
		texts[string(m.ID)] = m
	}
	var out []ui.ThreadLine
	for _, e := range f.Whole.History {
		l := ui.ThreadLine{When: when(b, e.At, f.Config.Zone())}
		m, isText := texts[e.ID]
		switch {
		case isText && e.What == conversation.Received:
			l.Kind, l.Who, l.Text = ui.ThreadIn, b.T("inbox.who_person"), m.Body
		case isText:
			l.Kind, l.Who, l.Text = ui.ThreadOut, f.nameOf(b, e), m.Body
			if e.What == conversation.ByItself {
				l.Who = b.T("inbox.who_itself")
			}
			l.State, l.StateKind = delivery(b, m, f.Config.Zone())
		case e.What == worklist.Noted:
			l.Kind, l.Who, l.Text = ui.ThreadNote, b.T("inbox.who_note", "name", f.nameOf(b, e)), e.Text
		default:
			l.Kind, l.Text = ui.ThreadEvent, f.event(b, e)
		}
		out = append(out, l)
	}
	return out
}

func (f readFacts) nameOf(b web.Base, e worklist.Entry) string {
	if name := f.Staff[ids.Staff(e.Actor)]; name != "" {
		return name
	}
	return b.T("inbox.who_office")
}

// event says what was done.
func (f readFacts) event(b web.Base, e worklist.Entry) string {
	to := e.Detail
	switch e.What {
	case worklist.Assigned:
		if to == e.Actor {
			return b.T("inbox.event.taken", "name", f.nameOf(b, e))
		}
		to = f.Staff[ids.Staff(e.Detail)]
	case worklist.Dated:
		if e.Detail == "" {
			return b.T("inbox.event.due_none", "name", f.nameOf(b, e))
		}
		until, _ := strconv.ParseInt(e.Detail, 10, 64)
		to = b.Printer.Day(time.Unix(until, 0).In(f.Config.Zone()))
	case conversation.Confirmed:
		if e.Detail == "code" {
			return b.T("inbox.event.confirmed_code", "name", f.nameOf(b, e))
		}
	case worklist.Handed:
		to = inboxName(b, f.Config.Inbox(ids.Inbox(e.Detail)))
	}
	return b.T("inbox.event."+string(e.What), "name", f.nameOf(b, e), "to", to)
}

// delivery says what became of a message that went out.
func delivery(b web.Base, m conversation.Message, zone *time.Location) (string, ui.Kind) {
	s := m.State
	known := []notify.State{notify.StateWaiting, notify.OutcomeBegun, notify.StateSent, notify.StateFailed, notify.StateUnknown, notify.StateDropped}
	if !slices.Contains(known, s) {
		return b.T("inbox.delivery.sent"), ui.Neutral
	}
	switch {
	case s == notify.StateSent && m.Fate == notify.Delivered:
		return b.T("inbox.delivery.delivered", "at", when(b, m.FateAt, zone)), ui.Success
	case s == notify.StateSent && m.Fate == notify.Buffered:
		return b.T("inbox.delivery.buffered"), ui.Neutral
	}
	kind := ui.Neutral
	switch s {
	case notify.StateFailed, notify.StateDropped:
		kind = ui.Danger
	case notify.StateUnknown:
		kind = ui.Warning
	case notify.StateSent:
		kind = ui.Success
	}
	return b.T("inbox.delivery." + string(s)), kind
}
