package dev

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/domain/texting"
	"luukku/web"
	"luukku/web/ui"
)

// Phones is the room of text messages, as a phone sees it.
type Phones interface {
	texting.Receiver
	// From returns what came in from a number, newest first.
	From(ctx context.Context, o ids.Org, number string, most int) ([]texting.In, error)
}

// firstNumber is what the form begins with, and shortNumber where messages go: numbers that nobody has.
const (
	firstNumber = "+358401234567"
	shortNumber = "16160"
)

// mostTexts is how many messages a phone shows.
const mostTexts = 100

// A phone waits so long for its answer before its page is shown.
const (
	answerPauses = 40
	answerPause  = 25 * time.Millisecond
)

// PhonePage is a phone: what it has sent and got, and the next message.
type PhonePage struct {
	web.Base
	Org     ui.SelectField
	Number  ui.Field
	To      ui.Field
	Text    ui.Field
	Hidden  []ui.Hidden
	Texts   ui.TableData
	Trouble []ui.ErrorItem
}

// phoneInput is what the page is made of.
type phoneInput struct {
	orgs             []org.Organisation
	org              ids.Org
	number, to, text string
	key              string
	texts            []phoneText
	why              error
}

// phoneText is one message that a phone has sent or got.
type phoneText struct {
	At   time.Time `json:"at"`
	Sent bool      `json:"sent"` // by the phone
	Text string    `json:"text"`
}

func (d *Door) phone(v *web.Visit) error {
	in := phoneInput{org: ids.Org(v.Query("org")), number: cmp.Or(v.Query("number"), firstNumber), to: cmp.Or(v.Query("to"), shortNumber)}
	return d.showPhone(v, http.StatusOK, in)
}

func (d *Door) showPhone(v *web.Visit, status int, in phoneInput) (err error) {
	if in.orgs, err = d.site.Directory.Organisations(v.Ctx()); err != nil {
		return err
	}
	if in.org == "" && len(in.orgs) > 0 {
		in.org = in.orgs[0].ID
	}
	if in.texts, err = d.textsOf(v, in.org, in.number); err != nil {
		return err
	}
	in.key = d.site.Gen.New()
	return v.Render(status, ShowPhone(newPhone(v.Base(""), in, v.Zone())))
}

// phonePost sends a message as the phone would. The form's key is the gateway's number of it: sent twice, it is one message.
func (d *Door) phonePost(v *web.Visit) error {
	in := phoneInput{org: ids.Org(v.Form("org")), number: strings.TrimSpace(v.Form("number")), to: strings.TrimSpace(v.Form("to")), text: v.Form("text")}
	err := d.phones.Receive(v.Ctx(), texting.Inbound{Org: in.org, Gateway: "demo", Ref: v.Form("key"), From: in.number, To: in.to, Body: in.text})
	switch {
	case fault.Is(err, fault.KindInvalid):
		in.why = err
		return d.showPhone(v, http.StatusUnprocessableEntity, in)
	case err != nil:
		return err
	}
	for range answerPauses {
		list, err := d.phones.From(v.Ctx(), in.org, in.number, 1)
		if err != nil {
			return err
		}
		time.Sleep(answerPause)
		if len(list) > 0 && list[0].State != texting.New {
			break
		}
	}
	return v.SeeOther(web.Path(v.Lang, "", "dev", "phone") + "?" + url.Values{"org": {string(in.org)}, "number": {in.number}, "to": {in.to}}.Encode())
}

// textsOf are the messages of a phone and an organisation, oldest first: what the phone sent, and what would have reached it.
func (d *Door) textsOf(v *web.Visit, o ids.Org, number string) ([]phoneText, error) {
	out := []phoneText{}
	came, err := d.phones.From(v.Ctx(), o, number, mostTexts)
	if err != nil {
		return nil, err
	}
	for _, m := range came {
		out = append(out, phoneText{At: time.Unix(m.At, 0), Sent: true, Text: m.Body})
	}
	went, err := d.mails.KeptMails(v.Ctx(), mostMails)
	if err != nil {
		return nil, err
	}
	for _, m := range went {
		if m.SMS == number && m.Message.Org == o && m.Failure == "" {
			out = append(out, phoneText{At: m.At, Text: m.Message.Text})
		}
	}
	slices.SortStableFunc(out, func(a, b phoneText) int { return a.At.Compare(b.At) })
	return out[max(0, len(out)-mostTexts):], nil
}

func newPhone(b web.Base, in phoneInput, zone *time.Location) PhonePage {
	b.Title, b.NoIndex = b.T("dev.phone"), true
	p := PhonePage{
		Base:   b,
		Org:    ui.SelectField{Name: "org", Label: b.T("dev.phone_org"), Value: string(in.org)},
		Number: ui.Field{Name: "number", Label: b.T("dev.phone_number"), Value: in.number, Type: "tel", Short: true},
		To:     ui.Field{Name: "to", Label: b.T("dev.phone_to"), Value: in.to, Type: "tel", Short: true},
		Text:   ui.Field{Name: "text", Label: b.T("dev.phone_text"), Hint: b.T("dev.phone_hint"), Value: in.text, Rows: 3},
		Hidden: []ui.Hidden{{Name: "key", Value: in.key}},
		Texts:  ui.TableData{Caption: b.T("dev.phone_texts"), HideCaption: true, Head: []string{b.T("dev.time"), b.T("dev.phone_who"), b.T("dev.phone_text")}},
	}
	for _, o := range in.orgs {
		p.Org.Options = append(p.Org.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	for _, t := range in.texts {
		who := b.T("dev.phone_got")
		if t.Sent {
			who = b.T("dev.phone_sent")
		}
		p.Texts.Rows = append(p.Texts.Rows, []ui.Cell{{Text: stamp(b, t.At.In(zone))}, {Text: who}, {Content: ui.Prose(t.Text)}})
	}
	if in.why != nil {
		p.HasError = true
		p.Number.Error = b.Printer.TA(fault.Of(in.why).Key, nil)
		p.Trouble = []ui.ErrorItem{{Href: "#number", Text: p.Number.Error}}
	}
	return p
}

// phoneJSON is the phone for tests, oldest first.
func (d *Door) phoneJSON(v *web.Visit) error {
	list, err := d.textsOf(v, ids.Org(v.Query("org")), v.Query("number"))
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("write texts: %w", err)
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, body)
}
