package my

import (
	"context"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/erasure"
	"luukku/web"
	"luukku/web/ui"
)

// Erasures let people ask to be erased.
type Erasures interface {
	Of(ctx context.Context, who actor.Actor) (erasure.Mine, error)
	Ask(ctx context.Context, who actor.Actor, shownAt int64, lang i18n.Lang) error
	TakeBack(ctx context.Context, who actor.Actor) error
}

// ErasePage is where the reader asks to be erased, and sees where that stands.
type ErasePage struct {
	web.Base
	Action string
	// Box says where it stands; empty where nobody asked.
	Box ui.AlertBox
	// Hinders are what is to be settled first, each with where.
	Hinders []ui.Link
	Goes    []string
	Stays   []string
	After   string
	// Again is where the reader shows who they are once more; empty where they just did. Ask and Back say whether they may ask, and take it back.
	Again     string
	Ask, Back bool
	Offices   []EraseOffice
}

// EraseOffice is an authority that has something of the reader, with what it says.
type EraseOffice struct {
	ID, Name, Says string
	// Facts are the ground, the reason and how one appeals, of one that refused.
	Facts []ui.DefinitionRow
}

// erase says what would be erased, and where a request stands.
func (d *Door) erase(v *web.Visit) error { return d.showErase(v, nil) }

func (d *Door) showErase(v *web.Visit, why error) error {
	m, err := d.Erasures.Of(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	again := ""
	if erasure.MayAsk(v.Signed().Session.AuthAt, v.Now.Unix()) != nil {
		again = v.SignInURL(web.Path(v.Lang, "", "my", "data", "erase"), actor.LevelLow)
	}
	status := http.StatusOK
	if why != nil {
		status = http.StatusConflict
	}
	return v.Render(status, ShowErase(newErasePage(v.Base(""), m, again, d.finder(v.Ctx()), v.Zone(), v.Query("done"))))
}

// erasePost asks, or takes it back. What cannot be done now is said on the page.
func (d *Door) erasePost(v *web.Visit) error {
	done := "asked"
	var err error
	if v.Form("do") == "back" {
		done, err = "back", d.Erasures.TakeBack(v.Ctx(), v.Actor())
	} else {
		err = d.Erasures.Ask(v.Ctx(), v.Actor(), v.Signed().Session.AuthAt, v.Lang)
	}
	switch {
	case fault.Is(err, fault.KindSignInRequired):
		return v.SeeOther(web.Path(v.Lang, "", "my", "data", "erase")) // which asks to sign in again
	case fault.Is(err, fault.KindConflict):
		return d.showErase(v, err)
	case err != nil:
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "data", "erase") + "?done=" + done)
}

// hinderedAt is where what hinders is settled.
var hinderedAt = map[erasure.Hindrance][]string{
	erasure.HasBookings: {"my", ""}, erasure.HasWaiting: {"my", ""}, erasure.HasCourses: {"my", ""}, erasure.HasForms: {"my", "forms"}, erasure.HasLetters: {"my", "mailbox"},
}

func newErasePage(b web.Base, m erasure.Mine, again string, find func(ids.Org) *catalog.Config, zone *time.Location, done string) ErasePage {
	b.Title, b.NoIndex = b.T("erasing.title"), true
	p := ErasePage{Base: b, Action: at(b, "my", "data", "erase"), Again: again, After: b.Printer.N("erasing.after", m.Days)}
	for _, x := range []string{"account", "bookings", "courses", "letters", "drafts", "signatures", "messages", "feedback", "care"} {
		p.Goes = append(p.Goes, b.T("erasing.goes_"+x))
	}
	for _, x := range []string{"decisions", "record", "others", "log", "consents", "own"} {
		p.Stays = append(p.Stays, b.T("erasing.stays_"+x))
	}
	for _, h := range m.Hinders {
		to := hinderedAt[h]
		l := ui.Link{Text: b.T("erasing.hinders_" + string(h)), Href: at(b, to...)}
		if to[len(to)-1] == "" {
			l.Href = at(b, "my") + "/"
		}
		p.Hinders = append(p.Hinders, l)
	}
	until := b.Printer.At(time.Unix(m.DueAt, 0).In(zone))
	switch m.State {
	case erasure.Asked:
		p.Back = true
		p.Box = ui.AlertBox{Kind: ui.Warning, Title: b.T("erasing.asked_title"), Text: b.T("erasing.asked_text", "until", until), Quiet: done == ""}
		if m.LookAt > m.DueAt+1 {
			p.Box.Text = b.T("erasing.waits_text")
		}
	case erasure.Erasing:
		p.Box = ui.AlertBox{Kind: ui.Info, Text: b.T("erasing.erasing_text"), Quiet: true}
	case erasure.Partly:
		p.Ask = true
		p.Box = ui.AlertBox{Kind: ui.Info, Title: b.T("erasing.partly_title"), Text: b.T("erasing.partly_text"), Quiet: true}
	case erasure.TakenBack:
		p.Ask = true
		if done == "back" {
			p.Box = ui.AlertBox{Kind: ui.Success, Text: b.T("erasing.back_text")}
		}
	default:
		p.Ask = true
	}
	if m.State != "" && m.State != erasure.TakenBack {
		p.offices(m, find)
	}
	return p
}

// offices are the authorities that have something, with what they say.
func (p *ErasePage) offices(m erasure.Mine, find func(ids.Org) *catalog.Config) {
	for _, o := range m.Offices {
		x := EraseOffice{ID: "office-" + string(o.Org), Name: string(o.Org), Says: p.T("erasing.word_" + string(o.Word))}
		if c := find(o.Org); c != nil {
			x.Name = c.Org.Name.In(p.Lang)
		}
		if o.Word == erasure.Refused {
			x.Facts = []ui.DefinitionRow{
				{Key: p.T("erasing.ground"), Value: p.T("erasing.ground_" + string(o.Ground))}, {Key: p.T("erasing.why"), Value: o.Why}, {Key: p.T("erasing.appeal"), Value: o.Appeal},
			}
		}
		p.Offices = append(p.Offices, x)
	}
}
