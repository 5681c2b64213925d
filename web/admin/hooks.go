package admin

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Letters is what this door needs of the room of letters.
type Letters interface {
	HooksOf(ctx context.Context, who actor.Actor, o ids.Org) ([]mailbox.Hook, error)
	MakeHook(ctx context.Context, who actor.Actor, o ids.Org, r mailbox.NewHook) (mailbox.Hook, string, error)
	RemoveHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) error
	EnableHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) error
	TestHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) (status int, trouble string, err error)

	UnitConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (mailbox.UnitConsent, error)
	RecordConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, how mailbox.How, from org.Date) error
	EndConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, how mailbox.How, from org.Date) error

	LatePrint(ctx context.Context, o ids.Org) ([]mailbox.PrintRun, error)
	PrintRoom(ctx context.Context, who actor.Actor, o ids.Org) (mailbox.PrintRoom, error)
	TakeBatch(ctx context.Context, who actor.Actor, o ids.Org, most int, key ids.FormKey) (mailbox.Batch, bool, error)
	PrintList(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (mailbox.PrintRun, []mailbox.PrintLine, error)
	BatchArchive(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (*mailbox.PaperArchive, error)
	LetterArchive(ctx context.Context, who actor.Actor, o ids.Org, batch ids.PrintBatch, id ids.Letter) (*mailbox.PaperArchive, error)
	BatchLetterPDF(ctx context.Context, who actor.Actor, o ids.Org, batch ids.PrintBatch, id ids.Letter) (pdf.File, error)
	Paper(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch, what mailbox.What, letters []ids.Letter) (map[ids.Letter]error, error)
	Release(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (int, error)
	// Holds, HoldLetter and ReleaseHold keep letters from being deleted.
	Holds(ctx context.Context, who actor.Actor, o ids.Org) ([]mailbox.HeldLetter, error)
	HoldLetter(ctx context.Context, who actor.Actor, h mailbox.Hold) error
	ReleaseHold(ctx context.Context, who actor.Actor, o ids.Org, id ids.Letter) error
}

// programNames are what an organisation's programs are called.
func (d *Door) programNames(v *web.Visit) (map[ids.Client]string, error) {
	list, err := d.Staff.Clients(v.Ctx(), v.Actor(), v.OrgID())
	out := map[ids.Client]string{}
	for _, c := range list {
		out[c.ID] = c.Name
	}
	return out, err
}

// hooksPage is the list of addresses that are told what happens.
func (d *Door) hooksPage(v *web.Visit) (DeskPage, error) {
	list, err := d.Letters.HooksOf(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return DeskPage{}, err
	}
	names, err := d.programNames(v)
	return newHooksPage(page(v, ""), list, names, whereOf(v)), err
}

// hooks lists the addresses that are told what happens to letters and forms.
func (d *Door) hooks(v *web.Visit) error {
	p, err := d.hooksPage(v)
	if err != nil {
		return err
	}
	switch v.Query("done") {
	case "removed", "enabled", "tested":
		p.Done = p.T(map[string]string{"removed": "hooks.done_removed", "enabled": "hooks.done_enabled", "tested": "hooks.done_tested"}[v.Query("done")])
	}
	return show(v, p)
}

// hookTrouble puts what was wrong at the last try into words.
func hookTrouble(b web.Base, trouble string) string {
	if code, ok := strings.CutPrefix(trouble, "status "); ok {
		return b.T("hooks.trouble_status", "status", code)
	}
	if slices.Contains(mailbox.HookTroubles, trouble) {
		return b.T("hooks.trouble_" + trouble)
	}
	return ""
}

func newHooksPage(b web.Base, list []mailbox.Hook, programs map[ids.Client]string, w where) DeskPage {
	b.Title = b.T("hooks.title")
	p := DeskPage{Base: b, Lead: b.T("hooks.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("hooks.url"), b.T("hooks.tells"), b.T("people.state"), b.T("hooks.delivered"), b.T("invitations.act_head")}}
	for _, h := range list {
		state := b.T("hooks.state_good")
		switch {
		case h.DisabledAt > 0:
			state = b.T("hooks.state_disabled", "at", w.time(b, h.DisabledAt), "why", hookTrouble(b, h.Trouble))
			p.Wrong = b.T("hooks.disabled")
		case h.FailingSince > 0:
			state = b.T("hooks.state_failing", "at", w.time(b, h.FailingSince), "why", hookTrouble(b, h.Trouble))
		}
		delivered := w.time(b, h.DeliveredAt)
		if delivered == "" {
			delivered = b.T("members.never")
		}
		acts := []web.Component{rowAct(ui.FormData{Action: adminAt(b, "hooks", string(h.ID), "test")}, ui.Button{Text: b.T("hooks.test"), Hidden: h.URL, Look: ui.Tertiary})}
		if h.FailingSince > 0 || h.DisabledAt > 0 {
			acts = append(acts, rowAct(ui.FormData{Action: adminAt(b, "hooks", string(h.ID), "enable")}, ui.Button{Text: b.T("hooks.enable"), Hidden: h.URL, Look: ui.Tertiary}))
		}
		acts = append(acts, ui.A(ui.Link{Href: adminAt(b, "hooks", string(h.ID), "remove"), Text: b.T("hooks.remove"), Hidden: h.URL}))
		tells := b.T("hooks.tells_letters")
		if h.Tells == mailbox.HookForms {
			tells = b.T("hooks.tells_forms", "name", programs[h.Client])
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: h.URL}, {Text: tells}, {Text: state}, {Text: delivered}, {Content: ui.RowActions(acts)}})
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "hooks", "new"), Text: b.T("hooks.new_title")}),
		listOf(b.T("hooks.list"), t, b.T("hooks.none")),
	}
	return p
}

// hookForm is what was typed to make a hook: an address, and of what it is told. Of is letters, or forms with the program behind it.
type hookForm struct{ URL, Of string }

const ofForms = string(mailbox.HookForms) + ":"

// hook is what is asked for.
func (f hookForm) hook() mailbox.NewHook {
	if id, ok := strings.CutPrefix(f.Of, ofForms); ok {
		return mailbox.NewHook{URL: f.URL, Tells: mailbox.HookForms, Client: ids.Client(id)}
	}
	return mailbox.NewHook{URL: f.URL, Tells: mailbox.HookTells(f.Of)}
}

// formPrograms are the programs that may be told of forms.
func (d *Door) formPrograms(v *web.Visit) ([]staff.Client, error) {
	list, err := d.Staff.Clients(v.Ctx(), v.Actor(), v.OrgID())
	return slices.DeleteFunc(list, func(c staff.Client) bool {
		return !c.Good(v.Now.Unix()) || !slices.Contains(c.Scopes, actor.SubmissionWork)
	}), err
}

// hookNew asks for an address.
func (d *Door) hookNew(v *web.Visit) error {
	list, err := d.formPrograms(v)
	if err != nil {
		return err
	}
	return show(v, newHookPage(page(v, ""), hookForm{Of: string(mailbox.HookLetters)}, list, nil))
}

// hookNewPost makes a hook, and leads to the page that shows its secret once.
func (d *Door) hookNewPost(v *web.Visit) error {
	typed := hookForm{v.Form("url"), v.Form("tells")}
	h, secret, err := d.Letters.MakeHook(v.Ctx(), v.Actor(), v.OrgID(), typed.hook())
	if fault.Is(err, fault.KindInvalid) {
		list, e := d.formPrograms(v)
		if e != nil {
			return e
		}
		return show(v, newHookPage(page(v, ""), typed, list, err))
	}
	if err != nil {
		return err
	}
	return showOnce(v, "hooks", h.URL, secret)
}

func newHookPage(b web.Base, typed hookForm, programs []staff.Client, why error) DeskPage {
	b.Title = b.T("hooks.new_title")
	p := DeskPage{Base: b, Back: adminAt(b, "hooks"), Lead: b.T("hooks.new_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	tells := ui.Choices{Name: "tells", Legend: b.T("hooks.tells"), Hint: b.T("hooks.tells_hint"), Error: t.At("tells"), Options: []ui.Choice{
		{Value: string(mailbox.HookLetters), Label: b.T("hooks.tells_letters"), Checked: typed.Of == string(mailbox.HookLetters)},
	}}
	for _, c := range programs {
		of := ofForms + string(c.ID)
		tells.Options = append(tells.Options, ui.Choice{Value: of, Label: b.T("hooks.tells_forms", "name", c.Name), Checked: typed.Of == of})
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "hooks", "new")}, ui.Button{Text: b.T("hooks.make")}, ui.Link{Href: adminAt(b, "hooks"), Text: b.T("people.cancel")},
		ui.TextField(b.Printer, ui.Field{Name: "url", Label: b.T("hooks.url"), Hint: b.T("hooks.url_hint"), Value: typed.URL, Error: t.At("url"), NoSpelling: true, Autocomplete: "off", InputMode: "url"}),
		ui.Radios(b.Printer, tells),
	)}
	return p
}

// hookTest sends a message without events, and says what was answered.
func (d *Door) hookTest(v *web.Visit) error {
	status, trouble, err := d.Letters.TestHook(v.Ctx(), v.Actor(), v.OrgID(), ids.Hook(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	if trouble == "" && status >= 200 && status < 300 {
		return v.SeeOther(adminAt(baseOf(v), "hooks") + "?done=tested")
	}
	p, err := d.hooksPage(v)
	if err != nil {
		return err
	}
	if trouble == "" {
		trouble = "status " + number(status)
	}
	p.Wrong = p.T("hooks.test_failed", "why", hookTrouble(p.Base, trouble))
	return show(v, p)
}

// hookEnable tells a hook at once what it has missed.
func (d *Door) hookEnable(v *web.Visit) error {
	if err := d.Letters.EnableHook(v.Ctx(), v.Actor(), v.OrgID(), ids.Hook(v.R.PathValue("id"))); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "hooks") + "?done=enabled")
}

// hookRemove asks once more before a hook is taken away.
func (d *Door) hookRemove(v *web.Visit) error {
	list, err := d.Letters.HooksOf(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(h mailbox.Hook) bool { return string(h.ID) == v.R.PathValue("id") })
	if i < 0 {
		return fault.NotFound("error.not_found")
	}
	return show(v, newHookRemovePage(page(v, ""), list[i]))
}

func newHookRemovePage(b web.Base, h mailbox.Hook) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("hooks.remove_title"), What: b.T("hooks.remove_what", "url", h.URL), Yes: b.T("hooks.remove"), Back: adminAt(b, "hooks"),
		Action: adminAt(b, "hooks", string(h.ID), "remove"),
	})
}

// hookRemovePost takes a hook away.
func (d *Door) hookRemovePost(v *web.Visit) error {
	if err := d.Letters.RemoveHook(v.Ctx(), v.Actor(), v.OrgID(), ids.Hook(v.R.PathValue("id"))); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "hooks") + "?done=removed")
}
