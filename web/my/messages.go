package my

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// MessagesPage is what somebody wants to be told by an organisation, and how.
type MessagesPage struct {
	web.Base
	Action, Back, Done string
	Lead               string
	// Choices are the checkboxes by channel; a channel without an address has none, and says so.
	Channels []MessagesBy
	History  ui.TableData
	// Orgs are the organisations to choose from, before one is chosen.
	Orgs []ui.Link
}

// MessagesBy are the choices of one channel.
type MessagesBy struct {
	Title, Address, Empty string
	Fields                []ui.CheckField
}

// messages shows the organisations, or what one of them may send.
func (d *Door) messages(v *web.Visit) error {
	list, err := d.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	p := MessagesPage{Base: v.Base(v.P.T("consent.title")), Lead: v.P.T("consent.choose")}
	for _, o := range list {
		p.Orgs = append(p.Orgs, ui.Link{Href: at(p.Base, "my", "messages", string(o.ID)), Text: o.Name.In(v.Lang)})
	}
	if len(list) == 1 {
		return v.SeeOther(p.Orgs[0].Href)
	}
	return v.Render(http.StatusOK, ShowMessages(p))
}

// messagesFacts are what the page of one organisation is made of.
type messagesFacts struct {
	Config  *catalog.Config
	Account identity.Account
	History map[notify.Channel][]consent.Row
	Done    string
}

func addressBy(a identity.Account, ch notify.Channel) string {
	if ch == notify.SMS {
		return a.Phone
	}
	return a.Email
}

// messagesOf reads what somebody has said to an organisation.
func (d *Door) messagesOf(v *web.Visit) (f messagesFacts, err error) {
	if f.Config = d.config(v.Ctx(), ids.Org(v.R.PathValue("of"))); f.Config == nil {
		return f, fault.NotFound("error.not_found")
	}
	if f.Account, err = d.Identity.Mine(v.Ctx(), v.Actor()); err != nil {
		return f, err
	}
	f.History = map[notify.Channel][]consent.Row{}
	for _, ch := range notify.Channels {
		if f.History[ch], err = d.Consent.History(v.Ctx(), f.Config.Org.ID, ch, addressBy(f.Account, ch)); err != nil {
			return f, err
		}
	}
	f.Done = v.Query("done")
	return f, nil
}

func (d *Door) messagesAt(v *web.Visit) error {
	f, err := d.messagesOf(v)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowMessages(newMessagesPage(v.Base(""), f)))
}

// messagesPost writes down what somebody chose. It takes effect for what is queued already.
func (d *Door) messagesPost(v *web.Visit) error {
	f, err := d.messagesOf(v)
	if err != nil {
		return err
	}
	for _, ch := range notify.Channels {
		address := addressBy(f.Account, ch)
		if address == "" {
			continue
		}
		said := map[consent.Scope]bool{}
		for _, s := range consent.Scopes {
			said[s] = v.Form(string(ch)+"-"+string(s)) == "1"
		}
		if err := d.Consent.Say(v.Ctx(), v.Actor(), f.Config.Org.ID, ch, address, said, consent.OnPage); err != nil {
			return err
		}
	}
	return v.SeeOther(at(v.Base(""), "my", "messages", string(f.Config.Org.ID)) + "?done=yes")
}

func newMessagesPage(b web.Base, f messagesFacts) MessagesPage {
	name := f.Config.Org.Name.In(b.Lang)
	b.Title = b.T("consent.of", "organisation", name)
	p := MessagesPage{Base: b, Action: at(b, "my", "messages", string(f.Config.Org.ID)), Back: at(b, "my") + "/", Lead: b.T("consent.lead")}
	if f.Done != "" {
		p.Done = b.T("consent.saved")
	}
	p.History = ui.TableData{Caption: b.T("consent.history"), Head: []string{b.T("consent.when"), b.T("consent.what"), b.T("consent.answer"), b.T("consent.how")}}
	for _, ch := range notify.Channels {
		by := MessagesBy{Title: b.T("consent.by_" + string(ch)), Address: addressBy(f.Account, ch)}
		if by.Address == "" {
			by.Empty = b.T("consent.none_" + string(ch))
		} else {
			for _, s := range consent.Scopes {
				if consent.Choosable(ch, s) {
					by.Fields = append(by.Fields, ui.CheckField{
						ID: string(ch) + "-" + string(s), Name: string(ch) + "-" + string(s), Label: b.T("consent.scope_" + string(s)), Hint: b.T("consent.hint_" + string(s)),
						Checked: consent.Allowed(f.History[ch], ch, s),
					})
				}
			}
			if ch == notify.SMS {
				by.Address = notify.ShowPhone(by.Address, f.Config.Org.Country)
			}
			by.Address = b.T("consent.on_record", "address", by.Address)
		}
		p.Channels = append(p.Channels, by)
		for i := len(f.History[ch]) - 1; i >= 0; i-- {
			p.History.Rows = append(p.History.Rows, historyRow(b, f.Config.Zone(), f.History[ch][i]))
		}
	}
	return p
}

func historyRow(b web.Base, zone *time.Location, r consent.Row) []ui.Cell {
	answer := b.T("consent.no")
	if r.Given {
		answer = b.T("consent.yes")
	}
	return []ui.Cell{
		{Text: b.Printer.At(time.Unix(r.At, 0).In(zone))}, {Text: b.T("consent.scope_channel", "scope", b.T("consent.scope_"+string(r.Scope)), "channel", b.T("undelivered.channel_"+string(r.Channel)))},
		{Text: answer}, {Text: b.T("consent.basis_" + string(r.Basis))},
	}
}
