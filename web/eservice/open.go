package eservice

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// OpenRoom is what the door needs more where forms are filled in without signing in.
type OpenRoom interface {
	OpenFillings(ctx context.Context, who actor.Actor, o ids.Org) ([]eservice.Draft, error)
	SentInBrowser(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) (eservice.Submission, error)
	Own(ctx context.Context, who, browser actor.Actor, id ids.Submission) error
}

// Open is the room with who is slowed, by network: nobody knows who they are.
type Open struct {
	Room                OpenRoom
	fills, files, sends *limit.Limiter[netip.Addr]
}

// NewOpen returns the door of those who have not signed in: the same pages, for the browser that began the form, below the address of the organisation.
func NewOpen(site *web.Site, forms Forms, room OpenRoom) *Door {
	d := &Door{Site: site, Forms: forms, Open: &Open{
		Room: room, fills: limit.New[netip.Addr](trap.Filling, site.Now), files: limit.New[netip.Addr](trap.Files, site.Now), sends: limit.New[netip.Addr](trap.Sending, site.Now),
	}}
	const all = "/{lang}/{org}/fill"
	const one = all + "/draft/{id}"
	d.Mux = web.NewMux(site, []web.Route{
		web.GET(all, actor.Public, d.openDrafts),
		web.GET(all+"/{form}", actor.Public, d.openStart),
		web.POST(all+"/{form}", actor.Public, d.openStartPost),
		web.GET(one, actor.FormOpen, d.open(d.tasks)),
		web.GET(one+"/step/{step}", actor.FormOpen, d.open(d.step)),
		web.POST(one+"/step/{step}", actor.FormOpen, d.open(d.stepPost)),
		web.GET(one+"/check", actor.FormOpen, d.open(d.check)),
		web.POST(one+"/send", actor.FormOpen, d.open(d.openSend)),
		web.POST(one+"/move", actor.FormOpen, d.open(d.movePost)),
		web.GET(one+"/drop", actor.FormOpen, d.open(d.dropPage)),
		web.POST(one+"/drop", actor.FormOpen, d.open(d.dropPost)),
		web.GET(one+"/file/{file}", actor.FormOpen, d.open(d.file)),
		web.GET(one+"/filled.json", actor.FormOpen, d.open(d.answersJSON)),
		web.POST(one+"/own", actor.FormFill, d.ownPost),
	})
	return d
}

// ServesOpen reports whether an address is this door's: /{lang}/{org}/fill and what is below it.
func ServesOpen(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 3 && parts[2] == "fill" && !ids.ReservedOrg(parts[1])
}

// who fills in a form by this door.
func (d *Door) who(v *web.Visit) actor.Actor {
	if d.Open != nil {
		return v.Unsigned()
	}
	return v.Actor()
}

// slow holds off whoever does something too often.
func slow(v *web.Visit, l *limit.Limiter[netip.Addr]) error {
	if wait, ok := l.Allow(limit.Network(web.SenderOf(v.R, v.Site.Trusted))); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	return nil
}

// open is a page of a draft that was begun in this browser. What was sent from it meanwhile is shown instead; what is not there, or opens here no more, says why that may be.
func (d *Door) open(h web.Handler) web.Handler {
	return func(v *web.Visit) error {
		who := d.who(v)
		if v.R.Method == http.MethodPost {
			if err := slow(v, d.Open.fills); err != nil {
				return err
			}
			if len(who.Session) > 0 {
				v.UnsignedWithSecret() // kept for as long as the draft is from now on
			}
		}
		err := error(fault.NotFound("error.not_found"))
		if len(who.Session) > 0 {
			err = h(v)
		}
		if !fault.Is(err, fault.KindNotFound) {
			return err
		}
		x, sent := d.Open.Room.SentInBrowser(v.Ctx(), who, v.OrgID(), idOf(v))
		if sent == nil {
			v.ProveSent(x.Org, x.ID)
			return v.SeeOther(d.sent(v, x))
		}
		if !fault.Is(sent, fault.KindNotFound) {
			return sent
		}
		return show(v, newGonePage(d.base(v)))
	}
}

// newGonePage tells why a draft may not be there.
func newGonePage(b web.Base) Page {
	p := newPage(b, b.T("eform.open.gone_title"))
	p.Status, p.Lead = http.StatusNotFound, b.T("eform.open.gone")
	p.add(ui.BulletList([]string{b.T("eform.open.gone_browser"), b.T("eform.open.gone_time"), b.T("eform.open.gone_cookie")}),
		ui.LinkButton(ui.Primary, ui.Link{Href: b.URL("forms"), Text: b.T("forms.page.all")}), ui.P(""), ui.A(ui.Link{Href: b.URL("sent"), Text: b.T("sent_open.title")}))
	return p
}

// openDrafts shows what was begun in this browser.
func (d *Door) openDrafts(v *web.Visit) error {
	list, err := d.Open.Room.OpenFillings(v.Ctx(), d.who(v), v.OrgID())
	if err != nil {
		return err
	}
	own, err := d.named(v.Ctx(), v.Lang, list)
	if err != nil {
		return err
	}
	return show(v, newOpenDraftsPage(d.base(v), clockOf(v), own, v.Query("done")))
}

func newOpenDraftsPage(b web.Base, c clock, own []named, done string) Page {
	p := newDraftsPage(b, c, own, nil, done)
	p.Back = b.URL("forms")
	if done == "saved" {
		p.Done = b.T("eform.open.saved")
	}
	p.add(ui.P(b.T("eform.open.here")))
	return p
}

// openStart asks whether to begin a form without signing in.
func (d *Door) openStart(v *web.Visit) error {
	return d.askOpen(v, v.Site.Gen.Submission(), nil)
}

func (d *Door) askOpen(v *web.Visit, key ids.Submission, why error) error {
	o, id := v.OrgID(), ids.Form(v.R.PathValue("form"))
	f, had, err := d.Forms.MayBegin(v.Ctx(), d.who(v), o, id)
	if f != nil && fault.Is(err, fault.KindSignInRequired) {
		return v.SeeOther(web.Path(v.Lang, "", "my", "forms", "new", string(o), string(id)))
	}
	if f != nil && refused(err) {
		return d.refuse(v, o, f, err)
	}
	if err != nil {
		return err
	}
	return show(v, newOpenStartPage(d.base(v), clockOf(v), f, had, key, why))
}

// openStartPost begins a draft that this browser alone opens.
func (d *Door) openStartPost(v *web.Visit) error {
	if err := slow(v, d.Open.fills); err != nil {
		return err
	}
	draft, err := d.Forms.BeginFilling(v.Ctx(), v.UnsignedWithSecret(), v.OrgID(), ids.Form(v.R.PathValue("form")), ids.Submission(v.Form("key")), v.Lang)
	if err == nil {
		return v.SeeOther(d.at(v, "draft", string(draft)))
	}
	if !web.Mendable(err) && !fault.Is(err, fault.KindSignInRequired) {
		return err
	}
	return d.askOpen(v, ids.Submission(v.Form("key")), err)
}

func newOpenStartPage(b web.Base, c clock, f *catalog.Form, had []eservice.Draft, key ids.Submission, why error) Page {
	p := newPage(b, f.Name.In(b.Lang))
	p.Back = b.URL("forms", string(f.ID))
	if why != nil {
		p.Trouble, p.HasError = []ui.ErrorItem{{Text: words(b, why)}}, true
	}
	if len(had) > 0 {
		var list []ui.Link
		for _, x := range had {
			list = append(list, ui.Link{Href: at(b, "draft", string(x.ID)), Text: b.T("eform.start.go_on", "at", c.at(b, x.ChangedAt))})
		}
		p.add(parts.Section(b.T("eform.start.had"), ui.LinkList(list)))
	}
	p.add(ui.P(b.T("eform.open.start")), ui.BulletList([]string{b.T("eform.open.start_kept"), b.T("eform.open.start_shared"), b.T("eform.open.start_after")}))
	p.add(parts.Form(ui.FormData{Action: at(b, string(f.ID)), Hidden: []ui.Hidden{{Name: "key", Value: string(key)}}},
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.start.begin")}))))
	p.add(ui.P(b.T("eform.open.or_sign_in")), ui.A(ui.Link{Href: web.Path(b.Lang, "", "my", "forms", "new", string(b.Org), string(f.ID)), Text: b.T("forms.page.begin_signed")}))
	return p
}

// signedMeanwhile says to who has signed in that the form would be sent without their name, and offers to make it theirs.
func signedMeanwhile(b web.Base, f eservice.Filling) []web.Component {
	if !b.Unsigned || b.Signed == nil {
		return nil
	}
	return []web.Component{notice(ui.Warning, b.T("eform.open.signed"), parts.Form(ui.FormData{Action: at(b, "draft", string(f.ID), "own")},
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.open.own"), Look: ui.Secondary}))))}
}

// ownPost has a draft that was begun without signing in be the person's own.
func (d *Door) ownPost(v *web.Visit) error {
	err := d.Open.Room.Own(v.Ctx(), v.Actor(), v.Unsigned(), idOf(v))
	if fault.Is(err, fault.KindNotFound) {
		return show(v, newGonePage(d.base(v)))
	}
	if web.Mendable(err) {
		p := newPage(d.base(v), d.base(v).T("eform.open.own"))
		p.Back, p.Wrong = d.at(v, "draft", string(idOf(v))), words(p.Base, err)
		return show(v, p)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "forms", "draft", string(idOf(v))) + "?done=own")
}

// openSend sends a draft that was filled in without signing in. Sent twice it is once: the draft's id is its key, and whose browser it was sees what became of it. What only a program would send comes
// back, too: nobody is told that something came which did not.
func (d *Door) openSend(v *web.Visit) error {
	who := d.who(v)
	f, err := d.Forms.Filling(v.Ctx(), who, idOf(v))
	if err != nil {
		return err
	}
	if !f.Asks() {
		return v.SeeOther(d.at(v, "draft", string(f.ID)))
	}
	typed := eservice.Reply{Email: v.Form("email"), Phone: v.Form("phone")}
	silent, why := trap.Judge(time.Unix(f.ChangedAt, 0), v.Now, v.Form("website"))
	contact, wrong := f.Contact(typed)
	switch {
	case silent:
		why = fault.Invalid("eform.open.bait", nil)
	case why != nil:
	case f.Digest != v.Form("digest"):
		why = fault.Conflict("eform.changed_since", nil)
	case wrong != nil:
		why = wrong
	case f.Ready():
		if err := slow(v, d.Open.sends); err != nil {
			return err
		}
		f.Draft.For = contact
		var x eservice.Submission
		if x, why = d.Forms.Submit(v.Ctx(), who, f.Draft, f.Def, f.Of, ids.FormKey(f.ID)); why == nil {
			v.ProveSent(x.Org, x.ID)
			return v.SeeOther(d.sent(v, x))
		}
		if !web.Mendable(why) {
			return why
		}
		if now, err := d.Forms.Filling(v.Ctx(), who, f.ID); err == nil { // another window was faster
			f = now
		}
	}
	return show(v, newCheckPage(d.base(v), clockOf(v), f, false, why, &typed))
}

// replyFields ask, below the answers, how somebody is reached of whom nothing else is known, and have the field that nobody sees.
func replyFields(b web.Base, f eservice.Filling, typed *eservice.Reply, said map[string]string) []web.Component {
	if len(f.Secret) == 0 {
		return nil
	}
	bait := ui.Bait("website", b.T("eform.open.bait_label"))
	if f.Form.Reply == catalog.ReplyNone {
		return []web.Component{ui.P(b.T("eform.open.no_reply")), bait}
	}
	if typed == nil {
		_, r := f.Suggested()
		typed = &r
	}
	lead := "eform.open.reply_lead"
	must := f.Form.Reply == catalog.ReplyRequired
	if must {
		lead = "eform.open.reply_must"
	}
	return []web.Component{parts.Section(b.T("eform.open.reply"), ui.P(b.T(lead)),
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Hint: b.T("eform.open.email_hint"), Value: typed.Email, Error: said["email"], Type: "email", Autocomplete: "email", NoSpelling: true, Optional: true}),
		ui.TextField(b.Printer, ui.Field{Name: "phone", Label: b.T("common.phone"), Hint: b.T("eform.open.phone_hint"), Value: typed.Phone, Error: said["phone"], Type: "tel", Autocomplete: "tel", NoSpelling: true, Optional: true})), bait}
}
