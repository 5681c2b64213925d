// Package mailbox is the door of a person's own mailbox: opening and closing it, its lists, one letter, and writing to authorities.
//
// It promises that nothing of a letter is in an address, that a letter which must be confirmed shows nothing of itself before it is, that a mailbox is opened for
// nobody but the reader and the companies that they hold a mandate for, and that nothing typed is lost. What may be done with a letter is left to domain/mailbox, who somebody is to domain/identity, class names to web/ui.
package mailbox

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Mailboxes is what the door needs of the room of letters.
type Mailboxes interface {
	Mine(ctx context.Context, who actor.Actor) (mailbox.Mine, error)
	Open(ctx context.Context, who actor.Actor, r mailbox.OpenRequest) error
	Set(ctx context.Context, who actor.Actor, r mailbox.SetRequest) error
	Close(ctx context.Context, who actor.Actor) error
	PaperUntil(ctx context.Context, who actor.Actor, until int64) error
	Paperless(ctx context.Context, who actor.Actor) error
	Arrive(ctx context.Context, who actor.Actor) error
	Turns(who actor.Actor) (n uint64, ok bool)
	Lasts(ctx context.Context, who actor.Actor, m mailbox.Mine) (int64, error)
	List(ctx context.Context, who actor.Actor, w mailbox.Wanted, before ids.Letter, most int) ([]mailbox.Listed, bool, error)
	News(ctx context.Context, who actor.Actor) (int, error)
	Letter(ctx context.Context, who actor.Actor, id ids.Letter) (mailbox.Shown, error)
	FilesOf(ctx context.Context, who actor.Actor, id ids.Letter) ([]file.Attached, error)
	OpenFile(ctx context.Context, who actor.Actor, id ids.Letter, f ids.File) (file.Attached, *file.Content, error)
	LetterPDF(ctx context.Context, who actor.Actor, id ids.Letter) (pdf.File, error)
	ReceiptPDF(ctx context.Context, who actor.Actor, id ids.Letter, lang i18n.Lang) (pdf.File, error)
	Confirm(ctx context.Context, who actor.Actor, id ids.Letter) error
	Tidy(ctx context.Context, who actor.Actor, what mailbox.What, list []ids.Letter) (int, error)
	Write(ctx context.Context, who actor.Actor, r mailbox.WriteRequest) (ids.Letter, error)
	Drafts(ctx context.Context, who actor.Actor) ([]mailbox.Draft, error)
	Draft(ctx context.Context, who actor.Actor, id ids.Letter) (mailbox.Draft, []file.Attached, error)
	SaveDraft(ctx context.Context, who actor.Actor, r mailbox.WriteRequest) (ids.Letter, error)
	SendDraft(ctx context.Context, who actor.Actor, r mailbox.WriteRequest) (ids.Letter, error)
	DropDraft(ctx context.Context, who actor.Actor, id ids.Letter) error
	AddFile(ctx context.Context, who actor.Actor, id ids.Letter, name string, r io.Reader) (file.Attached, error)
	RemoveFile(ctx context.Context, who actor.Actor, id ids.Letter, f ids.File) error
	Export(ctx context.Context, who actor.Actor, shownAt int64, each func(mailbox.Exported) error) error
	// Lapse is what is deleted before long, KeptOf how long a letter is there.
	Lapse(ctx context.Context, who actor.Actor) (mailbox.Lapse, error)
	KeptOf(ctx context.Context, l mailbox.Letter) (mailbox.Kept, error)
}

// People knows the account of who has signed in.
type People interface {
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
}

// Door is the door.
type Door struct {
	Site   *web.Site
	Boxes  Mailboxes
	People People
	// Config is the newest version of anything that is configured; nil keeps no pages.
	Config func(context.Context) (int64, error)
	*web.Mux
	exports *limit.Limiter[actor.Owner]
}

// New returns the door.
func New(site *web.Site, boxes Mailboxes, people People) *Door {
	d := &Door{Site: site, Boxes: boxes, People: people, exports: limit.New[actor.Owner](exportRate, site.Now)}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const box = "/{lang}/my/mailbox"
	const one = box + "/letter/{id}"
	return []web.Route{
		web.GET(box, actor.MailboxUse, d.kept(d.mine(d.folder(mailbox.Inbox)))),
		web.GET(box+"/sent", actor.MailboxUse, d.kept(d.mine(d.folder(mailbox.Outbox)))),
		web.GET(box+"/archive", actor.MailboxUse, d.kept(d.mine(d.folder(mailbox.Archive)))),
		web.GET(box+"/bin", actor.MailboxUse, d.kept(d.mine(d.folder(mailbox.Bin)))),
		web.POST(box+"/search", actor.MailboxUse, d.mine(d.search)),
		web.POST(box+"/tidy", actor.MailboxUse, d.mine(d.tidy)),

		web.GET(one, actor.MailboxUse, d.mine(d.letter)),
		web.GET(one+"/document.pdf", actor.MailboxUse, d.mine(d.letterPDF)),
		web.GET(one+"/file/{file}", actor.MailboxUse, d.mine(d.file)),
		web.GET(one+"/files.zip", actor.MailboxUse, d.mine(d.filesZIP)),
		web.GET(one+"/receipt.pdf", actor.MailboxUse, d.mine(d.receiptPDF)),
		web.GET(one+"/confirm", actor.MailboxUse, d.mine(d.confirm)),
		web.POST(one+"/confirm", actor.MailboxUse, d.mine(d.confirmPost)),
		web.POST(one+"/answer", actor.MailboxUse, d.mine(d.answer)),

		web.GET(box+"/write", actor.MailboxUse, d.mine(d.choose)),
		web.GET(box+"/write/{of}", actor.MailboxUse, d.mine(d.write)),
		web.POST(box+"/write/{of}/files", actor.MailboxUse, d.mine(d.writePost)),
		web.GET(box+"/drafts", actor.MailboxUse, d.mine(d.drafts)),
		web.GET(box+"/draft/{id}", actor.MailboxUse, d.mine(d.draft)),
		web.POST(box+"/draft/{id}/files", actor.MailboxUse, d.mine(d.draftPost)),

		web.GET(box+"/open", actor.MailboxUse, d.own(d.open)),
		web.POST(box+"/open", actor.MailboxUse, d.own(d.openPost)),
		web.GET(box+"/settings", actor.MailboxUse, d.mine(d.settings)),
		web.POST(box+"/settings", actor.MailboxUse, d.mine(d.settingsPost)),
		web.POST(box+"/paper", actor.MailboxUse, d.mine(d.paper)),
		web.POST(box+"/paperless", actor.MailboxUse, d.mine(d.paperless)),
		web.GET(box+"/export", actor.MailboxUse, d.mine(d.export)),
		web.POST(box+"/export", actor.MailboxUse, d.mine(d.exportPost)),
		web.GET(box+"/close", actor.MailboxUse, d.mine(d.closing)),
		web.POST(box+"/close", actor.MailboxUse, d.mine(d.closePost)),
	}
}

// Serves reports whether an address is this door's: /{lang}/my/mailbox and what is below it.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 3 && parts[1] == "my" && parts[2] == "mailbox"
}

// at is an address of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"my", "mailbox"}, parts...)...)
}

func (d *Door) at(v *web.Visit, parts ...string) string { return at(web.Base{Lang: v.Lang}, parts...) }

// boxHandler answers for somebody whose mailbox is known.
type boxHandler func(v *web.Visit, m mailbox.Mine) error

// own leads to a page those who may have a mailbox: signed in, welcomed, and acting for themselves or for a company (for somebody in their care where the installation lets them).
func (d *Door) own(h boxHandler) web.Handler {
	return func(v *web.Visit) error {
		if s := v.Signed(); s != nil && !s.Welcomed {
			return v.SeeOther(web.Path(v.Lang, "", "my", "welcome"))
		}
		who := v.Actor()
		m, err := d.Boxes.Mine(v.Ctx(), who)
		if fault.Is(err, fault.KindNotFound) && !who.For.IsZero() {
			return v.Render(http.StatusForbidden, ShowMailbox(newActingPage(v.Base(""), v.Signed().ForName)))
		}
		if err != nil {
			return err
		}
		if m.TermsNow == "" {
			return fault.NotFound("error.not_found")
		}
		if m.TooYoung && m.Version == 0 {
			return v.Render(http.StatusForbidden, ShowMailbox(newTooYoungPage(v.Base(""))))
		}
		return h(v, m)
	}
}

// mine is own for those who have, or had, a mailbox; the others are led to open one.
func (d *Door) mine(h boxHandler) web.Handler {
	return d.own(func(v *web.Visit, m mailbox.Mine) error {
		if m.Version == 0 {
			return v.SeeOther(d.at(v, "open"))
		}
		if err := d.Boxes.Arrive(v.Ctx(), v.Actor()); err != nil {
			return err
		}
		return h(v, m)
	})
}

// kept has a list sent as it was made for the same session, while nothing of its mailbox and nothing configured has changed since (decision 0038). Whoever comes to it again has met what lies
// there: what they have not met yet would have changed it.
func (d *Door) kept(h web.Handler) web.Handler {
	return func(v *web.Visit) error {
		turns, ok := d.Boxes.Turns(v.Actor()) // before anything is read: what changes after that makes a page that is kept an old one
		if !ok || d.Config == nil {
			return h(v)
		}
		config, err := d.Config(v.Ctx())
		if err != nil {
			return err
		}
		return v.Own(turns, config, h)
	}
}

// Page is a page of the mailbox: a heading, what was just done or is wrong, and its parts in their order.
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

func (p *Page) add(parts ...web.Component) { p.Parts = append(p.Parts, parts...) }

func show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowMailbox(p))
}

// owner is what the owner of a shared mailbox is called; empty in one's own.
func owner(b web.Base) string {
	if b.Signed == nil {
		return ""
	}
	return b.Signed.For
}

// newActingPage tells who acts for another that this is for themselves alone.
func newActingPage(b web.Base, name string) Page {
	p := newPage(b, b.T("mailbox.page.acting_title"))
	p.Lead = b.T("mailbox.page.acting", "name", name)
	p.add(ui.LinkButton(ui.Primary, ui.Link{Href: web.Path(b.Lang, "", "my", "acting"), Text: b.T("mailbox.page.acting_change")}))
	return p
}

// newTooYoungPage tells who has not reached the age for a mailbox that letters come on paper.
func newTooYoungPage(b web.Base) Page {
	p := newPage(b, b.T("mailbox.page.title"))
	p.Back, p.Lead = web.Path(b.Lang, "", "my")+"/", b.T("mailbox.too_young")
	return p
}

// blame puts what is wrong with a form on the page.
func (p *Page) blame(t web.Trouble) { p.Trouble, p.HasError = t.Items, len(t.Items) > 0 }

func wrongAt(field, key string) error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: key})
}

// names are what the organisations are called.
type names map[ids.Org]i18n.Text

func (n names) in(l i18n.Lang, o ids.Org) string {
	if name := n[o].In(l); name != "" {
		return name
	}
	return string(o)
}

// orgs are the organisations served here, and their names.
func (d *Door) orgs(ctx context.Context) ([]org.Organisation, names, error) {
	list, err := d.Site.Directory.Organisations(ctx)
	n := names{}
	for _, o := range list {
		n[o.ID] = o.Name
	}
	return list, n, err
}

// clock tells times as a page does: in the zone of the installation.
type clock struct {
	now  int64
	zone *time.Location
}

func clockOf(v *web.Visit) clock { return clock{v.Now.Unix(), v.Zone()} }

func (c clock) day(unix int64) org.Date { return org.DateOf(time.Unix(unix, 0).In(c.zone)) }

// at is a moment with its year: what is served counts for years.
func (c clock) at(b web.Base, unix int64) string {
	return b.T("mailbox.page.moment", "date", c.date(b, unix), "time", b.Printer.Clock(time.Unix(unix, 0).In(c.zone)))
}

func (c clock) date(b web.Base, unix int64) string {
	return b.Printer.ShortDate(time.Unix(unix, 0).In(c.zone))
}

func (c clock) onDay(b web.Base, d org.Date) string { return b.Printer.ShortDate(d.At(720, c.zone)) }

// lastSecond is the last second of a local day, first the first one.
func (c clock) lastSecond(d org.Date) int64  { return d.Add(1).At(0, c.zone).Unix() - 1 }
func (c clock) firstSecond(d org.Date) int64 { return d.At(0, c.zone).Unix() }

// dayTyped reads a date as people write it, with points, or as computers do. Nothing typed is no date.
func dayTyped(s string) (day org.Date, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return org.Date{}, true
	}
	if d, err := org.ParseDate(s); err == nil {
		return d, true
	}
	t, err := time.Parse("2.1.2006", strings.ReplaceAll(s, " ", ""))
	if err != nil {
		return org.Date{}, false
	}
	return org.DateOf(t), true
}
