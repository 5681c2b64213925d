package display

import (
	"net/http"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/ui"
)

// asks says whether somebody who waits can be told by text message at a number, or is; number is in E.164.
func (p *TicketPage) asks(can bool, number string) {
	if p.Texts = can && !p.Leave && (p.State.State == queue.Waiting || p.State.State == queue.Parked); !p.Texts {
		return
	}
	if number != "" {
		p.Texted = notify.MaskPhone(number, p.home)
	}
	p.Phone.Name, p.Phone.Type, p.Phone.Autocomplete, p.Phone.NoSpelling = "phone", "tel", "tel", true
	p.Phone.Label, p.Phone.Hint = p.T("my_ticket.phone"), p.T("my_ticket.phone_hint")
}

// textPost has somebody told by text message, or no more.
func (d *Door) textPost(v *web.Visit, t queue.Ticket, f facts) error {
	done, err := "texted", error(nil)
	if v.Form("do") == "no_text" {
		done, err = "untexted", d.Queue.EndText(v.Ctx(), t)
	} else {
		err = d.Queue.AskText(v.Ctx(), t, v.Form("phone"))
	}
	p := d.newTicketPage(v, t, f)
	switch {
	case fault.Is(err, fault.KindConflict):
		p.Wrong = p.T("my_ticket.not_now")
		return d.show(v, http.StatusConflict, t, p)
	case fault.Is(err, fault.KindInvalid) && len(fault.Of(err).Fields) > 0:
		p.mistyped(v.Form("phone"), fault.Of(err).Fields[0])
		return d.show(v, http.StatusUnprocessableEntity, t, p)
	case err != nil:
		return err
	}
	return v.SeeOther(v.URL("ticket", v.R.PathValue("token")) + "?done=" + done)
}

// mistyped keeps what was typed, and says what is wrong with it.
func (p *TicketPage) mistyped(typed string, wrong fault.Field) {
	p.Phone.Value, p.Phone.Error = typed, p.Printer.TA(wrong.Key, wrong.Args)
	p.Trouble = []ui.ErrorItem{{Href: "#phone", Text: p.T("details.wrong", "field", i18n.Key("my_ticket.phone"), "what", p.Phone.Error)}}
}
