package eservice

import (
	"cmp"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// together shows who fills a draft in with whom, and asks others.
func (d *Door) together(v *web.Visit) error {
	f, others, err := d.shared(v)
	if err != nil {
		return err
	}
	return show(v, newTogetherPage(d.base(v), clockOf(v), f, others, "", nil, v.Query("done")))
}

func (d *Door) shared(v *web.Visit) (eservice.Filling, []identity.Signer, error) {
	f, err := d.Forms.Filling(v.Ctx(), v.Actor(), idOf(v))
	if err == nil && f.Mine == nil && !eservice.MayAsk(f.Form.Signers) {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return f, nil, err
	}
	others, err := d.Forms.Others(v.Ctx(), v.Actor(), f)
	return f, others, err
}

// What the forms of the page ask to be done; those about a part are followed by a point and its id.
const (
	doAskPerson  = "ask_person"
	doAskAddress = "ask_address"
)

func (d *Door) togetherPost(v *web.Visit) error {
	f, others, err := d.shared(v)
	if err != nil {
		return err
	}
	here := d.at(v, "draft", string(f.ID), "together")
	address := ""
	switch do := v.Form("do"); do {
	case doAskPerson:
		err = d.Forms.Ask(v.Ctx(), v.Actor(), eservice.AskRequest{Draft: f.ID, Person: ids.Person(v.Form("person"))})
		if v.Form("person") == "" {
			err = fault.Invalid("form.invalid", nil, fault.Field{Name: "person", Key: "eform.choose_signer"})
		}
	case doAskAddress:
		address = v.Form("address")
		err = d.Forms.Ask(v.Ctx(), v.Actor(), eservice.AskRequest{Draft: f.ID, Address: address})
	case string(eservice.Sign), string(eservice.Decline), string(eservice.Withdraw):
		err = d.Forms.Answer(v.Ctx(), v.Actor(), f.ID, v.Form("part"), eservice.Answer(do), v.Form("digest"))
		if err == nil && do == string(eservice.Decline) && f.Mine != nil {
			return v.SeeOther(d.at(v) + "?done=declined")
		}
	default:
		err = fault.Invalid("error.bad_request", nil)
	}
	if err == nil {
		return v.SeeOther(here + "?done=" + map[bool]string{true: "asked", false: "answered"}[v.Form("part") == ""])
	}
	if !web.Mendable(err) {
		return err
	}
	if f, others, again := d.shared(v); again == nil {
		return show(v, newTogetherPage(d.base(v), clockOf(v), f, others, address, err, ""))
	}
	return show(v, newTogetherPage(d.base(v), clockOf(v), f, others, address, err, ""))
}

func newTogetherPage(b web.Base, c clock, f eservice.Filling, others []identity.Signer, address string, why error, done string) Page {
	p := newPage(b, b.T("eform.together.title"))
	id := string(f.ID)
	p.Service, p.Back = formName(b, f), at(b, "draft", id)
	p.Lead = b.T("eform.together.lead")
	switch done {
	case "asked":
		p.Done = b.T("eform.together.asked_done")
	case "answered":
		p.Done = b.T("eform.together.answered_done")
	}
	wrong := map[string]string{}
	if why != nil {
		for _, x := range fault.Of(why).Fields {
			wrong[x.Name] = b.Printer.TA(x.Key, x.Args)
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: wrong[x.Name]})
		}
		if len(p.Trouble) == 0 {
			p.Trouble = []ui.ErrorItem{{Text: words(b, why)}}
		}
		p.HasError = true
	}
	action := at(b, "draft", id, "together")
	if len(f.Parts) > 0 {
		var list []web.Component
		for _, x := range f.Parts {
			st := x.Standing(f.Now, f.Digest)
			name := x.Name
			if name == "" {
				name = cmp.Or(x.Address, b.T("eform.together.nobody"))
			}
			rows := []ui.DefinitionRow{
				{Key: b.T("eform.together.who"), Value: name},
				{Key: b.T("eform.together.stands"), Value: b.T("eform.part." + string(st))},
				{Key: b.T("eform.together.since"), Value: c.at(b, x.StateAt)},
			}
			if st == eservice.PartAsked {
				rows = append(rows, ui.DefinitionRow{Key: b.T("eform.together.until"), Value: c.day(b, x.ExpiresAt-1)})
			}
			list = append(list, ui.DefinitionList(rows))
			if f.Mine == nil && (st == eservice.PartAsked || st == eservice.PartSigned || st == eservice.PartVoid) && f.Asks() {
				list = append(list, parts.Form(ui.FormData{Action: action, Hidden: []ui.Hidden{{Name: "part", Value: x.ID}}},
					parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.together.withdraw"), Hidden: name, Look: ui.Tertiary, Name: "do", Value: string(eservice.Withdraw)}))))
			}
		}
		p.add(parts.Section(b.T("eform.together.list"), list...))
	}
	switch {
	case !f.Asks():
		p.Wrong = b.T("eform.closed_draft")
	case f.Mine != nil:
		p.add(signForm(b, f, *f.Mine)...)
	default:
		if len(others) > 0 {
			ask := ui.Choices{Name: "person", Legend: b.T("eform.together.known"), Error: wrong["person"]}
			for _, o := range others {
				ask.Options = append(ask.Options, ui.Choice{Value: string(o.Person), Label: o.Name})
			}
			p.add(parts.Form(ui.FormData{Action: action}, ui.Radios(b.Printer, ask), parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.together.ask"), Hidden: b.T("eform.together.known"), Name: "do", Value: doAskPerson}))))
		}
		p.add(parts.Form(ui.FormData{Action: action},
			ui.TextField(b.Printer, ui.Field{Name: "address", Label: b.T("eform.together.address"), Hint: b.T("eform.together.address_hint"), Error: wrong["address"], Value: address, Type: "email", Autocomplete: "off"}),
			parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.together.send_link"), Look: ui.Secondary, Name: "do", Value: doAskAddress}))))
	}
	return p
}

// signForm is what somebody who was asked can do: read what they sign, sign, or decline.
func signForm(b web.Base, f eservice.Filling, mine eservice.Part) []web.Component {
	var out []web.Component
	st := mine.Standing(f.Now, f.Digest)
	action := at(b, "draft", string(f.ID), "together")
	buttons := []web.Component{}
	switch {
	case st == eservice.PartSigned:
		out = append(out, ui.P(b.T("eform.sign.signed")))
	case !f.Ready():
		out = append(out, ui.P(b.T("eform.incomplete")))
	default:
		if st == eservice.PartVoid {
			out = append(out, notice(ui.Warning, b.T("eform.sign.void")))
		}
		out = append(out, ui.P(b.T("eform.sign.declare")), ui.A(ui.Link{Href: at(b, "draft", string(f.ID), "check"), Text: b.T("eform.sign.read")}))
		buttons = append(buttons, ui.SubmitButton(ui.Button{Text: b.T("eform.sign.button"), Name: "do", Value: string(eservice.Sign)}))
	}
	buttons = append(buttons, ui.SubmitButton(ui.Button{Text: b.T("eform.sign.decline"), Look: ui.Tertiary, Name: "do", Value: string(eservice.Decline)}))
	return append(out, parts.Form(ui.FormData{Action: action, Hidden: []ui.Hidden{{Name: "part", Value: mine.ID}, {Name: "digest", Value: f.Digest}}}, parts.Buttons(buttons...)))
}

// invitation is where the link of an invitation leads who has signed in: looking at it changes nothing.
func (d *Door) invitation(v *web.Visit) error {
	return show(v, newInvitationPage(d.base(v), v.R.PathValue("token")))
}

func newInvitationPage(b web.Base, token string) Page {
	p := newPage(b, b.T("eform.invitation.title"))
	p.Lead = b.T("eform.invitation.lead")
	p.add(parts.Form(ui.FormData{Action: at(b, "invitation", token)}, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.invitation.button")}))))
	return p
}

func (d *Door) invitationPost(v *web.Visit) error {
	id, err := d.Forms.Come(v.Ctx(), v.Actor(), v.R.PathValue("token"))
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "draft", string(id)))
}
