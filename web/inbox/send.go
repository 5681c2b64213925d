package inbox

import (
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/catalog"
	"luukku/domain/mailbox"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// lettersAt is an address of the pages from which letters are sent.
func lettersAt(b web.Base, path ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "letters"}, path...)...)
}

// outgoing is a letter that is being written: to one, or to many.
type outgoing struct {
	Code, Kind, Service, Lang, Subject, Body, Post, NoReply, CSV string
	Key                                                          ids.FormKey
	Enclosed                                                     enclosed
}

func outgoingIn(v *web.Visit) outgoing {
	o := outgoing{
		Code: v.Form("code"), Kind: v.Form("kind"), Service: v.Form("service"), Lang: v.Form("letter_lang"), Subject: strings.TrimSpace(v.Form("subject")), Body: v.Form("body"),
		Post: v.Form("post"), NoReply: v.Form("no_reply"), CSV: v.Form("csv"), Key: ids.FormKey(v.Form("key")),
	}
	if !o.Key.Valid() {
		o.Key = v.Site.Gen.FormKey()
	}
	return o
}

func (d *Door) newOutgoing(v *web.Visit) outgoing {
	return outgoing{
		Kind: string(mailbox.Message), Service: string(mailbox.Ordinary), Lang: string(v.Org.Org.Languages[0]), Key: v.Site.Gen.FormKey(), Enclosed: enclosed{Limits: mailbox.LimitsOf(v.Org)},
	}
}

// sendFacts is what the pages of sending are made of.
type sendFacts struct {
	Config   *catalog.Config
	Typed    outgoing
	Reach    mailbox.Reach // what was asked; empty for nothing
	Done     bool
	Why      error
	Mailings []mailbox.Mailing
	Mailing  mailbox.Mailing
	Wrong    []mailbox.MailingRow
}

// letters is the front page of sending.
func (d *Door) letters(v *web.Visit) error {
	list, err := d.Letters.Mailings(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return d.show(v, newLettersPage(d.page(v), sendFacts{Config: v.Org, Mailings: list, Done: v.Query("done") == "sent"}))
}

func newLettersPage(b web.Base, f sendFacts) Page {
	b.Title = b.T("mailing.title")
	p := Page{Base: b, Lead: b.T("mailing.lead")}
	if f.Done {
		p.Done = b.T("mailing.sent_one")
	}
	p.Parts = append(p.Parts, parts.Buttons(
		ui.LinkButton(ui.Primary, ui.Link{Href: lettersAt(b, "write"), Text: b.T("mailing.write")}), ui.LinkButton(ui.Secondary, ui.Link{Href: lettersAt(b, "many"), Text: b.T("mailing.many")})))
	if len(f.Mailings) == 0 {
		return p
	}
	t := ui.TableData{Caption: b.T("mailing.list"), Head: []string{b.T("mailing.made"), b.T("inbox.letter.kind"), b.T("mailing.state_head"), b.T("mailing.sent"), b.T("mailing.waits"), b.T("mailing.wrong")}}
	for _, m := range f.Mailings {
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: lettersAt(b, "many", string(m.ID)), Text: when(b, m.MadeAt, f.Config.Zone())})}, {Text: b.T("mailbox.kind." + string(m.Kind))},
			{Text: b.T("mailing.state." + string(m.State))}, {Text: strconv.Itoa(m.Count(mailbox.RowSent))}, {Text: strconv.Itoa(m.Count(mailbox.RowWaits))},
			{Text: strconv.Itoa(m.Count(mailbox.RowWrong))},
		})
	}
	p.Parts = append(p.Parts, ui.Table(t))
	return p
}

// write asks for a letter to one.
func (d *Door) write(v *web.Visit) error {
	return d.show(v, newWriteOnePage(d.page(v), sendFacts{Config: v.Org, Typed: d.newOutgoing(v)}))
}

// writePost asks whether somebody can be reached, or sends a letter to them.
func (d *Door) writePost(v *web.Visit) error {
	e, asked, why, err := d.takeForm(v, "")
	if err != nil {
		return err
	}
	f := sendFacts{Config: v.Org, Typed: outgoingIn(v), Why: why}
	if f.Typed.Enclosed = e; asked {
		return d.show(v, newWriteOnePage(d.page(v), f))
	}
	to, err := d.recipient(v, f.Typed.Code)
	if err == nil && v.Form("do") == "reach" {
		f.Reach, err = d.Letters.Reachable(v.Ctx(), v.Actor(), v.OrgID(), to)
	} else if err == nil {
		_, err = d.Letters.Send(v.Ctx(), v.Actor(), f.Typed.request(v.OrgID(), to))
	}
	if f.Why = err; web.Mendable(err) || err == nil && f.Reach != "" {
		return d.show(v, newWriteOnePage(d.page(v), f))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(lettersAt(baseOf(v)) + "?done=sent")
}

// request is what is handed over. An address is asked for always: nobody can know beforehand whether it is needed.
func (o outgoing) request(org ids.Org, to mailbox.Recipient) mailbox.SendRequest {
	post := linesOf(o.Post)
	if len(post) == 0 {
		post = []string{""} // which is no address
	}
	return mailbox.SendRequest{
		Org: org, Recipient: to, Kind: mailbox.Kind(o.Kind), Mode: mailbox.Mode(o.Service), Lang: i18n.Lang(o.Lang), Reply: o.NoReply == "", Key: o.Key, Attachments: o.Enclosed.ids(),
		Content: mailbox.Content{Subject: o.Subject, Body: o.Body, Post: post},
	}
}

// recipient is whom an identifier names that was typed.
func (d *Door) recipient(v *web.Visit, typed string) (mailbox.Recipient, error) {
	kind := mailbox.IdentifierKind(v.Org.Org.Country)
	code, err := natid.Parse(kind, strings.Join(strings.Fields(typed), ""), natid.Options{Test: d.Letters.TestCodes, Year: v.Now.Year()})
	if err != nil {
		return mailbox.Recipient{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: fault.Of(err).Key})
	}
	return mailbox.Recipient{Kind: natid.Sort(kind, code), Code: code}, nil
}

func newWriteOnePage(b web.Base, f sendFacts) Page {
	b.Title = b.T("mailing.write")
	p := Page{Base: b, Back: lettersAt(b)}
	t := troubleOf(b, f.Why)
	p.blame(t)
	if f.Reach != "" {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.T("mailing.reach_" + string(f.Reach))}))
	}
	fields := append([]web.Component{
		ui.EnterButton(b.Printer, "write"),
		ui.FieldRow(ui.TextField(b.Printer, ui.Field{Name: "code", Label: b.T("mailing.code"), Value: f.Typed.Code, Error: t.At("code"), Short: true, NoSpelling: true, Autocomplete: "off"}),
			ui.SubmitButton(ui.Button{Text: b.T("mailing.reach"), Look: ui.Secondary, Name: "do", Value: "reach"})),
	}, f.words(b, t)...)
	fields = append(fields,
		ui.TextArea(b.Printer, ui.Field{Name: "post", Label: b.T("inbox.letter.post"), Hint: b.T("mailing.post_hint"), Value: f.Typed.Post, Error: t.At("post"), Rows: 4, NoSpelling: true}),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "no_reply", Label: b.T("inbox.letter.no_reply"), Checked: f.Typed.NoReply != ""}))
	fields = append(fields, f.Typed.Enclosed.fields(b, t)...)
	fields = append(fields, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("inbox.letter.send"), Key: b.Keys.Of(staff.DeskMain)})))
	p.Parts = append(p.Parts, parts.Form(ui.FormData{ID: "write", Action: lettersAt(b, "write", "files"), Upload: true, Hidden: f.hidden()}, fields...))
	return p
}

func (f sendFacts) hidden() []ui.Hidden {
	return append([]ui.Hidden{{Name: "key", Value: string(f.Typed.Key)}}, f.Typed.Enclosed.hidden()...)
}

// words are the fields of what a letter is and says.
func (f sendFacts) words(b web.Base, t web.Trouble) []web.Component {
	lang := ui.SelectField{Name: "letter_lang", Label: b.T("mailing.lang"), Value: f.Typed.Lang, Error: t.At("lang")}
	for _, l := range f.Config.Org.Languages {
		lang.Options = append(lang.Options, ui.Option{Value: string(l), Text: b.T("common.languages." + string(l))})
	}
	kind, service := letterSelects(b, t, f.Typed.Kind, f.Typed.Service)
	return []web.Component{
		ui.FieldRow(ui.Select(b.Printer, kind), ui.Select(b.Printer, service), ui.Select(b.Printer, lang)),
		ui.TextField(b.Printer, ui.Field{Name: "subject", Label: b.T("inbox.letter.subject"), Value: f.Typed.Subject, Error: t.At("subject"), MaxLen: mailbox.MostSubject, Autocomplete: "off"}),
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("inbox.letter.body"), Value: f.Typed.Body, Error: t.At("body"), Rows: 10}),
	}
}

// letterSelects ask what a letter is and how it is served.
func letterSelects(b web.Base, t web.Trouble, k, m string) (kind, service ui.SelectField) {
	kind = ui.SelectField{Name: "kind", Label: b.T("inbox.letter.kind"), Value: k, Error: t.At("kind")}
	for _, k := range slices.Backward(mailbox.Sent) {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Text: b.T("mailbox.kind." + string(k))})
	}
	service = ui.SelectField{Name: "service", Label: b.T("inbox.letter.service"), Value: m, Error: t.At("service")}
	for _, m := range []mailbox.Mode{mailbox.Ordinary, mailbox.Verifiable} {
		service.Options = append(service.Options, ui.Option{Value: string(m), Text: b.T("inbox.letter.service_" + string(m))})
	}
	return kind, service
}

// many asks for a letter to many.
func (d *Door) many(v *web.Visit) error {
	return d.show(v, newManyPage(d.page(v), sendFacts{Config: v.Org, Typed: d.newOutgoing(v)}))
}

// manyPost looks a list through; nothing is sent.
func (d *Door) manyPost(v *web.Visit) error {
	e, asked, why, err := d.takeForm(v, "")
	if err != nil {
		return err
	}
	f := sendFacts{Config: v.Org, Typed: outgoingIn(v), Why: why}
	if f.Typed.Enclosed = e; asked {
		return d.show(v, newManyPage(d.page(v), f))
	}
	o := f.Typed
	id, err := d.Letters.Check(v.Ctx(), v.Actor(), mailbox.MailingRequest{
		Org: v.OrgID(), Kind: mailbox.Kind(o.Kind), Mode: mailbox.Mode(o.Service), Lang: i18n.Lang(o.Lang), Content: mailbox.Content{Subject: o.Subject, Body: o.Body},
		Reply: o.NoReply == "", List: o.CSV, Key: o.Key, Attachments: e.ids(),
	})
	if f.Why = err; web.Mendable(err) {
		return d.show(v, newManyPage(d.page(v), f))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(lettersAt(baseOf(v), "many", string(id)))
}

func newManyPage(b web.Base, f sendFacts) Page {
	b.Title = b.T("mailing.many")
	p := Page{Base: b, Back: lettersAt(b), Lead: b.T("mailing.many_lead")}
	t := troubleOf(b, f.Why)
	p.blame(t)
	fields := append([]web.Component{ui.EnterButton(b.Printer, "many")}, f.words(b, t)...)
	fields = append(fields,
		ui.Muted(b.T("mailing.places")),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "no_reply", Label: b.T("inbox.letter.no_reply"), Checked: f.Typed.NoReply != ""}),
		ui.Muted(b.T("mailing.kept", "days", mailbox.MailingDays)),
		ui.P(b.T("mailing.columns", "columns", strings.Join(mailbox.MailingColumns, ","))),
		ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("import.file"), Hint: b.T("import.file_hint", "max", mailbox.MostMailing), Optional: true}),
		ui.TextArea(b.Printer, ui.Field{Name: "csv", Label: b.T("import.paste"), Value: f.Typed.CSV, Error: t.At("csv"), Rows: 8, Optional: true, NoSpelling: true}))
	fields = append(fields, f.Typed.Enclosed.fields(b, t)...)
	fields = append(fields, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("mailing.check"), Key: b.Keys.Of(staff.DeskMain)})))
	p.Parts = append(p.Parts, parts.Form(ui.FormData{ID: "many", Action: lettersAt(b, "many", "files"), Hidden: f.hidden(), Upload: true}, fields...))
	return p
}

func mailingOf(v *web.Visit) ids.Mailing { return ids.Mailing(v.R.PathValue("mailing")) }

// mailing shows what a list would do, and how far the sending has come.
func (d *Door) mailing(v *web.Visit) error {
	f := sendFacts{Config: v.Org}
	var err error
	if f.Mailing, f.Wrong, err = d.Letters.Mailing(v.Ctx(), v.Actor(), v.OrgID(), mailingOf(v)); err != nil {
		return err
	}
	return d.show(v, newMailingPage(d.page(v), f))
}

// mailingPost has it sent.
func (d *Door) mailingPost(v *web.Visit) error {
	err := d.Letters.Start(v.Ctx(), v.Actor(), v.OrgID(), mailingOf(v))
	if fault.Is(err, fault.KindConflict) {
		f := sendFacts{Config: v.Org, Why: err}
		if f.Mailing, f.Wrong, err = d.Letters.Mailing(v.Ctx(), v.Actor(), v.OrgID(), mailingOf(v)); err != nil {
			return err
		}
		return d.show(v, newMailingPage(d.page(v), f))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(lettersAt(baseOf(v), "many", string(mailingOf(v))))
}

func newMailingPage(b web.Base, f sendFacts) Page {
	m := f.Mailing
	b.Title = b.T("mailing.page." + string(m.State))
	p := Page{Base: b, Back: lettersAt(b)}
	if f.Why != nil {
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, nil), true
	}
	row := func(key string, n int) ui.DefinitionRow {
		return ui.DefinitionRow{Key: b.T(key), Value: strconv.Itoa(n)}
	}
	var rows []ui.DefinitionRow
	state := mailbox.RowSent
	if m.State == mailbox.MailingChecked {
		state = mailbox.RowWaits
	} else {
		rows = append(rows, row("mailing.sent", m.Count(mailbox.RowSent)), row("mailing.waits", m.Count(mailbox.RowWaits)))
	}
	rows = append(rows, row("mailing.electronically", m.Counts[state][mailbox.Reachable]), row("mailing.on_paper", m.Counts[state][mailbox.OnPaper]), row("mailing.wrong", m.Count(mailbox.RowWrong)))
	p.Parts = append(p.Parts, ui.DefinitionList(rows))
	here := lettersAt(b, "many", string(m.ID))
	switch n := m.Count(mailbox.RowWaits); {
	case m.State == mailbox.MailingChecked && n > 0:
		p.Lead = b.T("mailing.checked_lead")
		p.Parts = append(p.Parts, ui.Muted(b.T("mailing.gone_at", "at", when(b, mailbox.MailingGoneAt(m.MadeAt), f.Config.Zone()))))
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: here}, parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.N("mailing.send", n), Key: b.Keys.Of(staff.DeskMain)}), ui.LinkButton(ui.Secondary, ui.Link{Href: lettersAt(b), Text: b.T("mailing.send_not")}))))
	case m.State == mailbox.MailingSending:
		p.Lead = b.T("mailing.sending_lead")
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: here, Text: b.T("mailing.look_again")}}))
	}
	if len(f.Wrong) > 0 {
		t := ui.TableData{Caption: b.T("mailing.wrong_rows"), Head: []string{b.T("import.line"), b.T("import.fault")}}
		for _, r := range f.Wrong {
			t.Rows = append(t.Rows, []ui.Cell{{Text: strconv.Itoa(r.Line)}, {Text: b.T(r.Why)}})
		}
		p.Parts = append(p.Parts, ui.Table(t))
	}
	p.Parts = append(p.Parts, parts.Section(m.Subject, ui.LetterText(string(m.Lang), m.Body)))
	if len(m.Files) > 0 {
		var names []string
		for _, a := range m.Files {
			names = append(names, a.Name+" "+b.T("mailbox.files.size", "type", a.Type.Slug(), "size", mailbox.SizeText(b.Printer, a.Size)))
		}
		p.Parts = append(p.Parts, parts.Section(b.T("mailbox.files.title"), ui.BulletList(names)))
	}
	return p
}
