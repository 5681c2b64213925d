// Package sent is the door of what a person or company has sent: the receipt, how it stands, what was asked of them, adding to it, and taking it back.
//
// It promises that nothing of what was sent is in an address, that nobody sees another's, that what is shown as sent is word for word what was sent, and that nothing typed is lost. What may happen is left to
// domain/eservice, filling in to web/formview, class names to web/ui.
package sent

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Submissions is what the door needs of the room.
type Submissions interface {
	Submission(ctx context.Context, who actor.Actor, id ids.Submission) (eservice.Whole, error)
	Submissions(ctx context.Context, who actor.Actor, before ids.Submission, most int) ([]eservice.Submission, error)
	SentBy(ctx context.Context, x eservice.Submission) (string, error)
	SubmissionPDF(ctx context.Context, who actor.Actor, id ids.Submission, lang i18n.Lang) (eservice.Whole, pdf.File, error)
	OpenFile(ctx context.Context, who actor.Actor, id ids.Submission, f ids.File) (file.Attached, *file.Content, error)
	KeepFile(ctx context.Context, who actor.Actor, id ids.Submission, name string, has int, r io.Reader) (file.Attached, error)
	KeptFiles(ctx context.Context, o ids.Org, list []ids.File) ([]file.Attached, error)
	Add(ctx context.Context, who actor.Actor, r eservice.Addition) error
	Withdraw(ctx context.Context, who actor.Actor, id ids.Submission) error
	// Anew, AnswerAnew and KeepAnswer are what is asked to be answered anew.
	Anew(ctx context.Context, who actor.Actor, id ids.Submission, r *eservice.Retyped) (eservice.Whole, eservice.Anew, error)
	AnswerAnew(ctx context.Context, who actor.Actor, id ids.Submission, key ids.FormKey, r eservice.Retyped) (eservice.Whole, eservice.Anew, error)
	KeepAnswer(ctx context.Context, who actor.Actor, id ids.Submission, at, name string, has int, r io.Reader) (file.Attached, error)
}

// Door is the door.
type Door struct {
	Site *web.Site
	Room Submissions
	// open is set where what was sent is opened without signing in.
	open *open
	*web.Mux
}

// New returns the door.
func New(site *web.Site, room Submissions) *Door {
	d := &Door{Site: site, Room: room}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const all = "/{lang}/my/sent"
	const one = all + "/{id}"
	return []web.Route{
		web.GET(all, actor.FolderRead, d.list),
		web.GET(one, actor.FolderRead, d.one),
		web.GET(one+"/document.pdf", actor.FolderRead, d.document),
		web.GET(one+"/sent.json", actor.FolderRead, d.words),
		web.GET(one+"/file/{file}", actor.FolderRead, d.file),
		web.POST(one+"/add/files", actor.FolderRead, d.add),
		web.GET(one+"/anew", actor.FolderRead, d.anew),
		web.POST(one+"/anew/files", actor.FolderRead, d.anewPost),
		web.GET(one+"/withdraw", actor.FolderRead, d.withdraw),
		web.POST(one+"/withdraw", actor.FolderRead, d.withdrawPost),
	}
}

// Serves reports whether an address is this door's: /{lang}/my/sent and what is below it.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 3 && parts[1] == "my" && parts[2] == "sent"
}

// At is the address of what somebody has sent.
func At(l i18n.Lang, id ids.Submission) string { return web.Path(l, "", "my", "sent", string(id)) }

func at(b web.Base, parts ...string) string {
	if b.Unsigned {
		return b.URL(append([]string{"sent", "form"}, parts...)...)
	}
	return web.Path(b.Lang, "", append([]string{"my", "sent"}, parts...)...)
}

func idOf(v *web.Visit) ids.Submission { return ids.Submission(v.R.PathValue("id")) }

// Page is a page of this door: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done, Wrong what happened meanwhile.
	Done, Wrong string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	Lead    string
	Parts   []web.Component
}

func newPage(b web.Base, title string) Page {
	b.Title, b.NoIndex = title, true
	return Page{Base: b}
}

func (p *Page) add(list ...web.Component) { p.Parts = append(p.Parts, list...) }

func show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowSent(p))
}

// mostListed is how many a page of the list has.
const mostListed = 50

// listFacts is what the list is made of.
type listFacts struct {
	List []eservice.Submission
	More bool
	Find func(o ids.Org) *catalog.Config
	Zone *time.Location
}

// list shows what was sent, the newest first.
func (d *Door) list(v *web.Visit) error {
	f := listFacts{Zone: v.Zone(), Find: func(o ids.Org) *catalog.Config {
		c, err := v.Site.Directory.Config(v.Ctx(), o)
		if err != nil {
			return nil
		}
		return c
	}}
	var err error
	if f.List, err = d.Room.Submissions(v.Ctx(), d.who(v), ids.Submission(v.Query("before")), mostListed+1); err != nil {
		return err
	}
	if f.More = len(f.List) > mostListed; f.More {
		f.List = f.List[:mostListed]
	}
	return show(v, newListPage(d.base(v), f))
}

func newListPage(b web.Base, f listFacts) Page {
	p := newPage(b, b.T("submission.list_title"))
	p.Back = web.Path(b.Lang, "", "my") + "/"
	if len(f.List) == 0 {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("submission.list_empty")}))
		return p
	}
	t := ui.TableData{Caption: p.Title, HideCaption: true, Head: []string{
		b.T("submission.fact.form"), b.T("submission.fact.to"), b.T("submission.fact.number"), b.T("submission.fact.sent"), b.T("submission.fact.state"),
	}}
	for _, x := range f.List {
		name, org := string(x.Form), string(x.Org)
		if c := f.Find(x.Org); c != nil {
			org = c.Org.Name.In(b.Lang)
			if form, err := c.Form(x.Form); err == nil && form.Name.In(b.Lang) != "" {
				name = form.Name.In(b.Lang)
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: at(b, string(x.ID)), Text: name})}, {Text: org}, {Text: x.Number}, {Text: b.Printer.ShortDate(time.Unix(x.SentAt, 0).In(f.Zone))},
			{Content: ui.Tag(parts.StateKinds[x.State], b.T("submission.state."+string(x.State)))},
		})
	}
	p.add(ui.Table(t))
	if f.More {
		p.add(ui.LinkButton(ui.Secondary, ui.Link{Href: at(b) + "?before=" + string(f.List[len(f.List)-1].ID), Text: b.T("submission.list_more")}))
	}
	return p
}

// document gives out what was sent as a document, in the language of the page.
func (d *Door) document(v *web.Visit) error {
	w, f, err := d.Room.SubmissionPDF(v.Ctx(), d.who(v), idOf(v), v.Lang)
	if err != nil {
		return err
	}
	return give(v, "application/pdf", w.Number+".pdf", f.Bytes)
}

// words gives out what was sent, byte for byte: its SHA-256 is that of the receipt.
func (d *Door) words(v *web.Visit) error {
	w, err := d.Room.Submission(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	b, err := w.Sent()
	if err != nil {
		return err
	}
	return give(v, "application/json", w.Number+".json", b)
}

// give sends a file to be kept.
func give(v *web.Visit, kind, name string, b []byte) error {
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(b) // whoever went away gets nothing
	return nil
}

// file gives out an attachment.
func (d *Door) file(v *web.Visit) error {
	a, in, err := d.Room.OpenFile(v.Ctx(), d.who(v), idOf(v), ids.File(v.R.PathValue("file")))
	if err != nil {
		return err
	}
	defer in.Close()
	return v.Attachment(a, in)
}

// withdraw asks whether what was sent is to be taken back.
func (d *Door) withdraw(v *web.Visit) error {
	w, err := d.Room.Submission(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	if w.State.May(eservice.TakenBack) != nil {
		return v.SeeOther(at(d.base(v), string(w.ID)))
	}
	return show(v, newWithdrawPage(d.base(v), w))
}

func (d *Door) withdrawPost(v *web.Visit) error {
	err := d.Room.Withdraw(v.Ctx(), d.who(v), idOf(v))
	if fault.IsKey(err, "submission.not_now") { // it was decided meanwhile, and the page says so
		return d.show(v, facts{Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(d.base(v), string(idOf(v))) + "?done=withdrawn")
}
