// Package inbox is the door of those who answer what people write: the list of what lies there, a conversation by text message, and an exchange of letters. Letters to one and to
// many are sent from here, too; writing a text message to somebody first begins at the desk.
//
// It promises that who may not see an inbox sees nothing of it, that no address says anything about a person, that nothing typed is lost, and that who answers has
// seen everything that is there. Whose turn it is is left to domain/worklist, what a conversation is to domain/conversation, and what letters are to domain/mailbox.
package inbox

import (
	"context"
	"net/http"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/conversation"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// Door is the door of those who answer what people write.
type Door struct {
	Site  *web.Site
	Talks *conversation.Service
	Work  *worklist.Service
	// Letters is the room of letters.
	Letters *mailbox.Service
	// Forms is the room of forms that were sent. May be nil.
	Forms *eservice.Service
	// Booking knows the appointments of whom a conversation is with.
	Booking *booking.Service
	// StaffName is what one of the staff is called. May be nil.
	StaffName func(ctx context.Context, id ids.Staff) string
	// ProgramName is what a program of an organisation is called: a case system works on letters, too. May be nil.
	ProgramName func(ctx context.Context, o ids.Org, id ids.Client) string
	// Keys are the function keys of one of the staff. May be nil.
	Keys func(ctx context.Context, id ids.Staff) staff.Keys
	// Pages are the pages of those who work here that one may see, for the top of each page. May be nil.
	Pages func(b web.Base, who actor.Actor) []ui.Link

	*web.Mux
}

// New returns the door. Pages is set before it is used.
func New(site *web.Site, talks *conversation.Service, letters *mailbox.Service, b *booking.Service) *Door {
	d := &Door{Site: site, Talks: talks, Work: talks.Work, Letters: letters, Booking: b}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/staff/{org}/inbox"
	const one = at + "/{id}"
	const letters = "/{lang}/staff/{org}/letters"
	return []web.Route{
		web.GET(at, actor.InboxWork, d.list),
		web.GET(at+"/fresh", actor.InboxWork, d.fresh),
		web.GET(at+"/notices", actor.InboxWork, d.notices),
		web.POST(at+"/notices", actor.InboxWork, d.noticesPost),
		web.POST(at+"/next", actor.InboxWork, d.next),
		web.POST(at+"/number", actor.InboxWork, d.byNumber),
		web.GET(at+"/forms", actor.InboxWork, d.forms),
		web.POST(at+"/forms", actor.InboxWork, d.formsPost),
		web.GET(at+"/forms/figures", actor.InboxWork, d.figures),
		web.GET(at+"/forms/figures.csv", actor.InboxWork, d.figuresCSV),
		web.GET(at+"/forms.csv", actor.SubmissionExport, d.formsCSV),
		web.GET(at+"/forms.json", actor.SubmissionExport, d.formsJSON),
		web.GET(one, actor.InboxWork, d.read),
		web.POST(one, actor.InboxWork, d.answer),
		web.POST(one+"/files", actor.InboxWork, d.answerLetter),
		web.GET(one+"/file/{letter}/{file}", actor.InboxWork, d.file),
		web.GET(one+"/document.pdf", actor.InboxWork, d.sentPDF),
		web.POST(one+"/codes", actor.InboxWork, d.codes),
		web.POST(one+"/do", actor.InboxWork, d.do),

		web.GET(letters, actor.LetterSend, d.letters),
		web.GET(letters+"/write", actor.LetterSend, d.write),
		web.POST(letters+"/write/files", actor.LetterSend, d.writePost),
		web.GET(letters+"/many", actor.LetterSend, d.many),
		web.POST(letters+"/many/files", actor.LetterSend, d.manyPost),
		web.GET(letters+"/many/{mailing}", actor.LetterSend, d.mailing),
		web.POST(letters+"/many/{mailing}", actor.LetterSend, d.mailingPost),
	}
}

// Serves reports whether an address is this door's: /{lang}/staff/{org}/inbox and /letters, and what is below them.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 4 && parts[1] == "staff" && (parts[3] == "inbox" || parts[3] == "letters")
}

// at is an address of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "inbox"}, parts...)...)
}

// baseOf is as much of a page as addresses need.
func baseOf(v *web.Visit) web.Base { return web.Base{Lang: v.Lang, Org: v.OrgID()} }

// page begins a page of this door.
func (d *Door) page(v *web.Visit) web.Base {
	b := dress(v.Base(""))
	b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}
	if d.Pages != nil {
		b.Nav = append(b.Nav, d.Pages(b, v.Actor())...)
	}
	if d.Keys != nil {
		b.Keys = d.Keys(v.Ctx(), v.Actor().Staff)
	}
	return b
}

func dress(b web.Base) web.Base {
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	return b
}

// Page is a page of the inbox: a heading, what was just done or is wrong, and its parts in their order.
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

func (d *Door) show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowInbox(p))
}

// troubleOf puts a fault of a form into words. What was attached is wrong where files are chosen.
func troubleOf(b web.Base, err error) web.Trouble {
	return web.TroubleOf(b, fault.Renamed(err, map[string]string{"attachments": file.Field}))
}

// blame puts what is wrong with a form on the page.
func (p *Page) blame(t web.Trouble) { p.Trouble, p.HasError = t.Items, len(t.Items) > 0 }

// inboxName is what an inbox is called.
func inboxName(b web.Base, box org.Inbox) string {
	if name := box.Name.In(b.Lang); name != "" {
		return name
	}
	return b.T("inbox.first_name")
}

// when is a moment as it stands in lists.
func when(b web.Base, unix int64, zone *time.Location) string {
	return b.Printer.At(time.Unix(unix, 0).In(zone))
}
