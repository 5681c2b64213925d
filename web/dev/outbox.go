package dev

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/notify"
	"luukku/store"
	"luukku/web"
	"luukku/web/ui"
)

// mostMails is how many mails the list shows.
const mostMails = 100

// OutboxPage lists the newest mails.
type OutboxPage struct {
	web.Base
	Mails ui.TableData
	// Failing says what becomes of the next mail; empty when nothing special.
	Failing string
	Done    string
}

func (d *Door) list(v *web.Visit) error {
	mails, err := d.mails.KeptMails(v.Ctx(), mostMails)
	if err != nil {
		return err
	}
	page := newOutbox(v.Base(""), mails, v.Zone())
	page.Failing = failing(page.Base, d.outbox)
	return v.Render(http.StatusOK, ShowOutbox(page))
}

func failing(b web.Base, o Outbox) string {
	n, permanent := o.Failing()
	switch {
	case n == 0:
		return ""
	case permanent:
		return b.T("dev.failing.permanent")
	}
	return b.T("dev.failing.temporary")
}

func newOutbox(b web.Base, mails []store.Kept, zone *time.Location) OutboxPage {
	b.Title, b.NoIndex, b.Wide, b.Compact = b.T("dev.outbox"), true, true, true // the table is for people who try the demo out, at a desk
	t := ui.TableData{Caption: b.T("dev.outbox"), HideCaption: true, Head: []string{
		b.T("dev.subject"), b.T("dev.time"), b.T("dev.kind"), b.T("dev.to"), b.T("dev.event"), b.T("dev.language"),
	}}
	for _, m := range mails {
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: path(b, "outbox", m.ID), Text: m.Message.Subject, Lang: other(b, m.Message.Lang)})},
			{Text: stamp(b, m.At.In(zone))}, {Text: kind(b, m)}, {Text: cmp.Or(m.SMS, m.Message.To.Email)}, {Text: event(b, m)},
			{Text: b.T("common.languages." + string(m.Message.Lang))},
		})
	}
	return OutboxPage{Base: b, Mails: t}
}

// kind is how a message travels.
func kind(b web.Base, m store.Kept) string {
	if m.SMS != "" {
		return b.T("dev.sms")
	}
	return b.T("dev.email")
}

// other is a language for a lang attribute: empty when it is the page's.
func other(b web.Base, l i18n.Lang) string {
	if l == b.Lang {
		return ""
	}
	return string(l)
}

// event is what a mail tells of, and that it failed where it did.
func event(b web.Base, m store.Kept) string {
	what := b.T("dev.events." + strings.ReplaceAll(string(m.Message.Event), ".", "_"))
	if m.Failure == "" {
		return what
	}
	return b.T("dev.event_failed", "event", what, "outcome", outcome(b, m))
}

func outcome(b web.Base, m store.Kept) string {
	if m.Failure == "" {
		return b.T("dev.kept")
	}
	return b.T("dev.failed." + m.Failure)
}

// listPost decides what becomes of the next mail.
func (d *Door) listPost(v *web.Visit) error {
	switch v.Form("fail") {
	case "temporary":
		d.outbox.FailNext(1, false)
	case "permanent":
		d.outbox.FailNext(1, true)
	case "none":
		d.outbox.FailNext(0, false)
	default:
		return fault.Invalid("error.bad_request", nil)
	}
	return v.SeeOther(web.Path(v.Lang, "", "dev", "outbox"))
}

// MailPage shows one mail as it would have arrived.
type MailPage struct {
	web.Base
	Heading   string
	Headers   []ui.DefinitionRow
	Text      string
	TextLang  string
	FrameURL  string // empty for text alone
	FrameName string
	Calendar  *ui.Link
	Action    string
}

func (d *Door) mail(v *web.Visit) error {
	m, err := d.mails.KeptMail(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
	return v.Render(http.StatusOK, ShowMail(newMail(v.Base(""), m, v.Zone())))
}

func newMail(b web.Base, k store.Kept, zone *time.Location) MailPage {
	m := k.Message
	b.Title, b.NoIndex = b.T("dev.mail_title", "subject", m.Subject), true
	p := MailPage{Base: b, Heading: m.Subject, Text: m.Text, TextLang: string(m.Lang), Action: path(b, "outbox", k.ID), Headers: []ui.DefinitionRow{
		{Key: "Date", Value: k.At.In(zone).Format(time.RFC1123Z)}, {Key: "From", Value: address(m.From)}, {Key: "To", Value: address(m.To)},
		{Key: "Subject", Value: m.Subject}, {Key: "Message-ID", Value: "<" + m.MessageID() + ">"},
	}}
	if k.SMS != "" {
		p.Headers = []ui.DefinitionRow{{Key: "Date", Value: k.At.In(zone).Format(time.RFC1123Z)}, {Key: "To", Value: k.SMS}}
	}
	if !m.ReplyTo.IsZero() {
		p.Headers = append(p.Headers, ui.DefinitionRow{Key: "Reply-To", Value: address(m.ReplyTo)})
	}
	for _, h := range m.Headers() {
		p.Headers = append(p.Headers, ui.DefinitionRow{Key: h.Name, Value: h.Value})
	}
	p.Headers = append(p.Headers, ui.DefinitionRow{Key: b.T("dev.outcome"), Value: outcome(b, k)})
	if m.HTML != "" {
		p.FrameURL, p.FrameName = path(b, "outbox", k.ID, "html"), b.T("dev.html_title", "subject", m.Subject)
	}
	if len(m.Calendar) > 0 {
		p.Calendar = &ui.Link{
			Href: path(b, "outbox", k.ID, "calendar.ics"), Text: b.T("dev.calendar", "method", m.CalendarMethod), Icon: "calendar", Download: true,
		}
	}
	return p
}

func address(a notify.Address) string {
	if a.Name == "" {
		return a.Email
	}
	return fmt.Sprintf("%s <%s>", a.Name, a.Email)
}

// mailPost sends the same message again, with the same Message-ID. It may fail, when that was asked for.
func (d *Door) mailPost(v *web.Visit) error {
	m, err := d.mails.KeptMail(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := d.outbox.Send(v.Ctx(), m.Message); err != nil && v.Ctx().Err() != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "dev", "outbox"))
}

// htmlPolicy shows a mail and nothing else: nothing is loaded, nothing runs, and a link leads out of the frame when it is pressed.
const htmlPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
	"sandbox allow-popups allow-top-navigation-by-user-activation"

// html is the HTML part alone, for the frame.
func (d *Door) html(v *web.Visit) error {
	m, err := d.mails.KeptMail(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if m.Message.HTML == "" {
		return fault.NotFound("error.not_found")
	}
	body, err := leadOut(m.Message.HTML)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Security-Policy", htmlPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, []byte(body))
}

// leadOut has the links of a mail open in the window around the frame.
func leadOut(mail string) (string, error) {
	doc, err := html.Parse(strings.NewReader(mail))
	if err != nil {
		return "", fmt.Errorf("read mail: %w", err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			n.Attr = append(slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "target" }), html.Attribute{Key: "target", Val: "_top"})
		}
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil {
		return "", fmt.Errorf("write mail: %w", err)
	}
	return b.String(), nil
}

// calendar is the calendar part as a file.
func (d *Door) calendar(v *web.Visit) error {
	m, err := d.mails.KeptMail(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if len(m.Message.Calendar) == 0 {
		return fault.NotFound("error.not_found")
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8; method="+m.Message.CalendarMethod)
	h.Set("Content-Disposition", `attachment; filename="appointment.ics"`)
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, m.Message.Calendar)
}

// jsonMail is a mail for tests.
type jsonMail struct {
	ID             string       `json:"id"`
	At             time.Time    `json:"at"`
	Org            string       `json:"org"`
	To             string       `json:"to"`
	Event          notify.Event `json:"event"`
	Lang           i18n.Lang    `json:"lang"`
	MessageID      string       `json:"message_id"`
	Subject        string       `json:"subject"`
	Text           string       `json:"text"`
	HTML           string       `json:"html"`
	Links          []string     `json:"links"`
	Calendar       string       `json:"calendar"`
	CalendarMethod string       `json:"calendar_method"`
	Failure        string       `json:"failure"`
	Unsubscribe    string       `json:"unsubscribe"`
}

// json is the list for tests, newest first.
func (d *Door) json(v *web.Visit) error {
	mails, err := d.mails.KeptMails(v.Ctx(), mostMails)
	if err != nil {
		return err
	}
	out := make([]jsonMail, len(mails))
	for i, k := range mails {
		m := k.Message
		out[i] = jsonMail{
			ID: k.ID, At: k.At.UTC(), Org: string(m.Org), To: cmp.Or(k.SMS, m.To.Email), Event: m.Event, Lang: m.Lang, Unsubscribe: m.Unsubscribe, MessageID: m.MessageID(), Subject: m.Subject,
			Text: m.Text, HTML: m.HTML, Links: linksOf(m.HTML), Calendar: string(m.Calendar), CalendarMethod: m.CalendarMethod, Failure: k.Failure,
		}
	}
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, body)
}

// linksOf are the addresses that a mail's HTML leads to, in their order.
func linksOf(mail string) []string {
	out := []string{}
	doc, err := html.Parse(strings.NewReader(mail))
	if err != nil {
		return out
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" {
				out = append(out, a.Val)
			}
		}
	}
	return out
}
