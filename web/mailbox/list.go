package mailbox

import (
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// mostShown is how many letters one page shows.
const mostShown = 25

// mostChosen is how many letters are done something with at once.
const mostChosen = 100

// sought is what somebody looks for, as they typed it.
type sought struct{ Text, Org, From, Until, Unread string }

func (s sought) any() bool { return s != sought{} }

// listFacts is what a list is made of.
type listFacts struct {
	clock
	Mine    mailbox.Mine
	Folder  mailbox.Folder
	Letters []mailbox.Listed
	Orgs    []org.Organisation
	Names   names
	New     int
	Lapse   mailbox.Lapse
	More    bool
	Before  bool // not the first page
	Sought  sought
	Done    string
	Why     error
	Wrong   string
}

// folder shows the letters of a folder.
func (d *Door) folder(folder mailbox.Folder) boxHandler {
	return func(v *web.Visit, m mailbox.Mine) error {
		f, err := d.listOf(v, m, mailbox.Wanted{Folder: folder}, ids.Letter(v.Query("before")))
		if err != nil {
			return err
		}
		f.Before, f.Done = v.Query("before") != "", v.Query("done")
		until, err := d.Boxes.Lasts(v.Ctx(), v.Actor(), m)
		if err != nil {
			return err
		}
		v.KeepUntil(until)
		return show(v, newListPage(v.Base(""), f))
	}
}

func (d *Door) listOf(v *web.Visit, m mailbox.Mine, w mailbox.Wanted, before ids.Letter) (f listFacts, err error) {
	f = listFacts{clock: clockOf(v), Mine: m, Folder: w.Folder}
	if f.Orgs, f.Names, err = d.orgs(v.Ctx()); err != nil {
		return f, err
	}
	if f.New, err = d.Boxes.News(v.Ctx(), v.Actor()); err != nil {
		return f, err
	}
	if f.Lapse, err = d.Boxes.Lapse(v.Ctx(), v.Actor()); err != nil {
		return f, err
	}
	f.Letters, f.More, err = d.Boxes.List(v.Ctx(), v.Actor(), w, before, mostShown)
	return f, err
}

// folderSent is the folder that a form names; the inbox when it names none.
func folderSent(v *web.Visit) mailbox.Folder {
	if f := mailbox.Folder(v.Form("folder")); slices.Contains(mailbox.Folders, f) {
		return f
	}
	return mailbox.Inbox
}

// search shows the letters that somebody looks for. What they type is in no address.
func (d *Door) search(v *web.Visit, m mailbox.Mine) error {
	s := sought{Text: strings.TrimSpace(v.Form("text")), Org: v.Form("org"), From: v.Form("from"), Until: v.Form("until"), Unread: v.Form("unread")}
	w, why := s.wanted(folderSent(v), clockOf(v))
	f, err := d.listOf(v, m, w, ids.Letter(v.Form("before")))
	if err != nil {
		return err
	}
	f.Sought, f.Before, f.Why = s, v.Form("before") != "", why
	return show(v, newListPage(v.Base(""), f))
}

// wanted is what is looked for; what was not understood is left out, and said.
func (s sought) wanted(folder mailbox.Folder, c clock) (w mailbox.Wanted, err error) {
	w = mailbox.Wanted{Folder: folder, Org: ids.Org(s.Org), Text: s.Text, Unread: s.Unread != ""}
	var wrong []fault.Field
	from, ok := dayTyped(s.From)
	if !ok {
		wrong = append(wrong, fault.Field{Name: "from", Key: "field.date"})
	}
	until, ok := dayTyped(s.Until)
	switch {
	case !ok:
		wrong = append(wrong, fault.Field{Name: "until", Key: "field.date"})
	case !from.IsZero() && !until.IsZero() && until.Before(from):
		wrong = append(wrong, fault.Field{Name: "until", Key: "mailbox.find.backwards"})
	}
	if len(wrong) > 0 {
		return w, fault.Invalid("form.invalid", nil, wrong...)
	}
	if !from.IsZero() {
		w.From = c.firstSecond(from)
	}
	if !until.IsZero() {
		w.Until = c.lastSecond(until)
	}
	return w, nil
}

// acts are what can be done with letters of a folder.
var acts = map[mailbox.Folder][]mailbox.What{
	mailbox.Inbox:   {mailbox.Archived, mailbox.Deleted, mailbox.Marked},
	mailbox.Outbox:  {mailbox.Archived, mailbox.Deleted},
	mailbox.Archive: {mailbox.Taken, mailbox.Deleted, mailbox.Marked},
	mailbox.Bin:     {mailbox.Restored},
}

// tidy archives, deletes or restores letters, or marks them as not read.
func (d *Door) tidy(v *web.Visit, m mailbox.Mine) error {
	folder, what := folderSent(v), mailbox.What(v.Form("what"))
	var chosen []ids.Letter
	for _, id := range v.R.PostForm["letter"] {
		if len(chosen) < mostChosen {
			chosen = append(chosen, ids.Letter(id))
		}
	}
	var err error
	done := 0
	switch {
	case len(chosen) == 0:
		err = fault.Invalid("mailbox.list.none_chosen", nil)
	case !slices.Contains(acts[folder], what):
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "what", Key: "error.field.choose"})
	default:
		done, err = d.Boxes.Tidy(v.Ctx(), v.Actor(), what, chosen)
	}
	if err != nil && !web.Mendable(err) {
		return err
	}
	if err == nil {
		did := string(what)
		if done == 0 {
			did = "nothing"
		}
		return v.SeeOther(folderURL(web.Base{Lang: v.Lang}, folder) + "?done=" + did)
	}
	f, listErr := d.listOf(v, m, mailbox.Wanted{Folder: folder}, "")
	if listErr != nil {
		return listErr
	}
	if fault.Is(err, fault.KindConflict) {
		f.Wrong = v.P.TA(fault.Of(err).Key, fault.Of(err).Args)
	} else {
		f.Why = err
	}
	return show(v, newListPage(v.Base(""), f))
}

func folderURL(b web.Base, f mailbox.Folder) string {
	if f == mailbox.Inbox {
		return at(b)
	}
	return at(b, string(f))
}

func newListPage(b web.Base, f listFacts) Page {
	title := b.T("mailbox.list." + string(f.Folder))
	if f.Folder == mailbox.Inbox {
		title = b.T("mailbox.page.title")
	}
	p := newPage(b, title)
	p.Back, p.Wrong, p.Done = web.Path(b.Lang, "", "my")+"/", f.Wrong, f.done(b)
	t := web.TroubleOf(b, f.Why)
	p.blame(t)
	if name := owner(b); name != "" {
		p.add(ui.Muted(b.T("mailbox.shared.list", "name", name)))
	}
	p.add(f.states(b)...)
	if f.Lapse.First > 0 {
		p.add(notice(ui.Warning, b.T("mailbox.list.lapse_title"),
			ui.P(b.T("mailbox.list.lapse", "date", f.onDay(b, mailbox.LastDayKept(f.Lapse.First, f.zone)), "letters", f.Lapse.Letters, "files", f.Lapse.Files)),
			ui.LinkList([]ui.Link{{Href: at(b, "export"), Text: b.T("mailbox.list.lapse_save")}})))
	}
	var folders []ui.Link
	for _, x := range mailbox.Folders {
		text := b.T("mailbox.list." + string(x))
		if x == mailbox.Inbox && f.New > 0 {
			text += " (" + strconv.Itoa(f.New) + ")"
		}
		folders = append(folders, ui.Link{Href: folderURL(b, x), Text: text, Current: x == f.Folder && !f.Sought.any()})
	}
	p.add(ui.LinkRow(b.T("mailbox.list.folders"), folders))
	if f.Sought.any() {
		p.add(f.find(b, t), ui.H2("results", b.T("mailbox.list.results")))
	}
	p.add(f.letters(b)...)
	if !f.Sought.any() {
		p.add(ui.Spacer(), parts.More(b.T("mailbox.find.title"), f.find(b, t)))
	}
	p.add(ui.LinkList(f.links(b)))
	return p
}

func (f listFacts) done(b web.Base) string {
	switch f.Done {
	case "open":
		return b.T("mailbox.open.done")
	case "close":
		return b.T("mailbox.close.done")
	case "nothing", string(mailbox.Archived), string(mailbox.Taken), string(mailbox.Deleted), string(mailbox.Restored), string(mailbox.Marked):
		return b.T("mailbox.did." + f.Done)
	}
	return ""
}

// states are what is to be known of the mailbox: that it is closed, or letters come on paper, or other terms hold.
func (f listFacts) states(b web.Base) []web.Component {
	m := f.Mine
	switch {
	case !m.Open():
		return []web.Component{notice(ui.Warning, b.T("mailbox.page.closed"), ui.A(ui.Link{Href: at(b, "open"), Text: b.T("mailbox.page.reopen")}))}
	case m.Preference.Channel == mailbox.Paper && m.Preference.Until > 0:
		return []web.Component{notice(ui.Info, b.T("mailbox.page.on_paper", "date", f.date(b, m.Preference.Until)))}
	case m.TermsNew:
		return []web.Component{notice(ui.Warning, b.T("mailbox.page.terms_new"), ui.A(ui.Link{Href: at(b, "settings"), Text: b.T("mailbox.page.settings")}))}
	}
	return nil
}

func (f listFacts) links(b web.Base) []ui.Link {
	var links []ui.Link
	if f.Sought.any() {
		links = append(links, ui.Link{Href: folderURL(b, f.Folder), Text: b.T("mailbox.find.all")})
	}
	if f.Mine.Open() {
		links = append(links, ui.Link{Href: at(b, "write"), Text: b.T("mailbox.page.write")}, ui.Link{Href: at(b, "drafts"), Text: b.T("mailbox.draft.title")})
	}
	return append(links, ui.Link{Href: at(b, "settings"), Text: b.T("mailbox.page.settings")})
}

// letters are the rows, and what can be done with them.
func (f listFacts) letters(b web.Base) []web.Component {
	if len(f.Letters) == 0 {
		text := b.T("mailbox.list.empty_" + string(f.Folder))
		if f.Sought.any() {
			text = b.T("mailbox.list.none_found")
		}
		return []web.Component{ui.Muted(text)}
	}
	var rows []ui.LetterRow
	for _, l := range f.Letters {
		rows = append(rows, f.row(b, l))
	}
	what := ui.SelectField{Name: "what", Label: b.T("mailbox.list.what")}
	for _, w := range acts[f.Folder] {
		what.Options = append(what.Options, ui.Option{Value: string(w), Text: b.T("mailbox.act." + string(w))})
	}
	var out []web.Component
	if f.Folder == mailbox.Bin {
		out = append(out, ui.Muted(b.T("mailbox.list.bin_days", "days", mailbox.BinDays)))
	}
	out = append(out, parts.Form(ui.FormData{Action: at(b, "tidy"), Hidden: []ui.Hidden{{Name: "folder", Value: string(f.Folder)}}},
		ui.LetterList("letter", rows), ui.Select(b.Printer, what), ui.SubmitButton(ui.Button{Text: b.T("mailbox.list.do"), Look: ui.Secondary})))
	if f.More {
		out = append(out, f.next(b))
	}
	if f.Before && !f.Sought.any() {
		out = append(out, ui.LinkList([]ui.Link{{Href: folderURL(b, f.Folder), Text: b.T("mailbox.list.newest")}}))
	}
	return out
}

// next leads to older letters: by address in a folder, by a form in a search.
func (f listFacts) next(b web.Base) web.Component {
	last := string(f.Letters[len(f.Letters)-1].ID)
	if !f.Sought.any() {
		return ui.LinkList([]ui.Link{{Href: folderURL(b, f.Folder) + "?before=" + last, Text: b.T("mailbox.list.next"), Rel: "next"}})
	}
	s := f.Sought
	return parts.Form(ui.FormData{Action: at(b, "search"), Hidden: []ui.Hidden{
		{Name: "folder", Value: string(f.Folder)}, {Name: "before", Value: last}, {Name: "text", Value: s.Text}, {Name: "org", Value: s.Org},
		{Name: "from", Value: s.From}, {Name: "until", Value: s.Until}, {Name: "unread", Value: s.Unread},
	}}, ui.SubmitButton(ui.Button{Text: b.T("mailbox.list.next"), Look: ui.Secondary}))
}

func (f listFacts) row(b web.Base, l mailbox.Listed) ui.LetterRow {
	name := f.Names.in(b.Lang, l.Org)
	r := ui.LetterRow{
		ID: string(l.ID), Who: name, Href: at(b, "letter", string(l.ID)), Subject: called(b, l.Subject, l.Waits, name), Meta: f.date(b, l.PublishAt) + " · " + b.T("mailbox.kind."+string(l.Kind)),
	}
	if l.Inward {
		r.Who = b.T("mailbox.list.to", "org", name)
	} else if l.Fresh {
		r.Fresh = b.T("mailbox.list.new")
	}
	if l.Confirm {
		r.Waits = b.T("mailbox.list.waits")
	}
	r.Choose = b.T("mailbox.list.choose") + " " + r.Subject
	return r
}

// subject is what a letter is called.
func subject(b web.Base, l mailbox.Stored, sender string) string {
	return called(b, l.Subject, l.Stand().Sealed(l.Letter), sender)
}

// called is what a letter of a subject is called: what waits to be confirmed says nothing of itself but its sender.
func called(b web.Base, subject string, waits bool, sender string) string {
	if waits || subject == "" {
		return b.T("mailbox.list.sealed", "sender", sender)
	}
	return subject
}

// find is the form that looks for letters.
func (f listFacts) find(b web.Base, t web.Trouble) web.Component {
	s := f.Sought
	orgs := ui.SelectField{Name: "org", Label: b.T("mailbox.find.org"), Value: s.Org, Options: []ui.Option{{Text: b.T("mailbox.find.every")}}}
	for _, o := range sorted(b, f.Orgs) {
		orgs.Options = append(orgs.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	hint := b.T("mailbox.find.day_hint")
	return parts.Form(ui.FormData{Action: at(b, "search"), Hidden: []ui.Hidden{{Name: "folder", Value: string(f.Folder)}}},
		ui.TextField(b.Printer, ui.Field{Name: "text", Label: b.T("mailbox.find.text"), Hint: b.T("mailbox.find.text_hint"), Value: s.Text, Optional: true, Autocomplete: "off"}),
		ui.Select(b.Printer, orgs),
		ui.FieldRow(
			ui.TextField(b.Printer, ui.Field{Name: "from", Label: b.T("mailbox.find.from"), Hint: hint, Value: s.From, Error: t.At("from"), Optional: true, Autocomplete: "off", Short: true}),
			ui.TextField(b.Printer, ui.Field{Name: "until", Label: b.T("mailbox.find.until"), Hint: hint, Value: s.Until, Error: t.At("until"), Optional: true, Autocomplete: "off", Short: true}),
		),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "unread", Label: b.T("mailbox.find.unread"), Checked: s.Unread != ""}),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.find.button")}),
	)
}

// sorted are organisations from A to Z in the page's language.
func sorted(b web.Base, list []org.Organisation) []org.Organisation {
	list = slices.Clone(list)
	order := i18n.Collator(b.Lang)
	slices.SortStableFunc(list, func(x, y org.Organisation) int {
		return order.CompareString(x.Name.In(b.Lang), y.Name.In(b.Lang))
	})
	return list
}
