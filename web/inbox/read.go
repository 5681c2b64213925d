package inbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// readFacts is what the page of an item of work is made of.
type readFacts struct {
	Config *catalog.Config
	// Whole is the conversation; of letters it has the item and its history alone, and Letter has the rest.
	Whole  conversation.Whole
	Letter mailbox.AtDesk
	// Sent is a form that was sent.
	Sent eservice.AtDesk
	// Orgs are the organisations to which letters can be handed over.
	Orgs  []org.Organisation
	Me    ids.Staff
	Staff map[ids.Staff]string
	// Codes says that the codes are shown.
	Codes bool
	Typed typed
	// Put says into which text a ready one is put, a use of catalog.FormText; empty for none.
	Put string
	// MayBook says that the reader may book at the desk.
	MayBook bool
	// Takers are those to whom it can be given.
	Takers []worklist.Colleague
	Key    ids.FormKey
	Done   string
	Now    time.Time
	Why    error
}

// typed is what was typed on the page of an item.
type typed struct {
	Text, Note, Code, Due, Staff string
	// The rest is of letters.
	Subject, Kind, Service, Post, NoReply, Booking, To string
	Enclosed                                           enclosed
	// These are of forms that were sent.
	Ask, Until, Why, Outcome, Appeal string
	// Ready and ReadyAsk are the texts that were chosen to be put into a decision and into what is asked for.
	Ready, ReadyAsk string
	// Anew are the questions that are to be answered anew, by their places.
	Anew []string
}

func itemOf(v *web.Visit) ids.Work { return ids.Work(v.R.PathValue("id")) }

func seenIn(v *web.Visit) int64 {
	n, _ := strconv.ParseInt(v.Form("seen"), 10, 64)
	return n
}

// read shows an item.
func (d *Door) read(v *web.Visit) error {
	return d.again(v, readFacts{Done: v.Query("done")})
}

// isLetter reports whether the item of the address is an exchange of letters. Who may not see it learns nothing.
func (d *Door) isLetter(v *web.Visit) (bool, error) {
	i, err := d.Work.Item(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v))
	return i.Kind == worklist.Letter, err
}

// again shows an item with what was typed.
func (d *Door) again(v *web.Visit, f readFacts) error {
	if sent, err := d.isSubmission(v); err != nil || sent {
		if err != nil {
			return err
		}
		return d.wholeSubmission(v, f)
	}
	letter, err := d.isLetter(v)
	switch {
	case err != nil:
		return err
	case letter:
		return d.wholeLetter(v, f)
	}
	return d.whole(v, f)
}

// codes shows a conversation with the codes in it.
func (d *Door) codes(v *web.Visit) error { return d.whole(v, readFacts{Codes: true}) }

func (d *Door) whole(v *web.Visit, f readFacts) error {
	var err error
	if f.Whole, err = d.Talks.Read(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), f.Codes); err != nil {
		return err
	}
	if err := d.around(v, &f); err != nil {
		return err
	}
	for _, l := range f.Whole.Earlier {
		d.nameStaff(v, f.Staff, l.Item.Assignee)
	}
	return d.show(v, newReadPage(d.page(v), f))
}

// around adds what the page of every item has.
func (d *Door) around(v *web.Visit, f *readFacts) error {
	var err error
	f.MayBook = v.May(actor.BookingDesk, actor.Object{}) == nil
	f.Config, f.Me, f.Now, f.Staff = v.Org, v.Actor().Staff, v.Now, map[ids.Staff]string{}
	if f.Key == "" {
		f.Key = v.Site.Gen.FormKey()
	}
	if f.Takers, err = d.Work.Takers(v.Ctx(), v.OrgID(), v.Org.Inbox(f.Whole.Item.Inbox)); err != nil {
		return err
	}
	for _, c := range f.Takers {
		f.Staff[c.ID] = c.Name
	}
	d.nameStaff(v, f.Staff, f.Whole.Item.Assignee)
	for _, e := range f.Whole.History {
		d.nameStaff(v, f.Staff, ids.Staff(e.Actor))
		if e.What == worklist.Assigned {
			d.nameStaff(v, f.Staff, ids.Staff(e.Detail))
		}
	}
	return nil
}

// answer sends what was typed.
func (d *Door) answer(v *web.Visit) error {
	if letter, err := d.isLetter(v); err != nil || letter { // letters are answered where files are taken
		return orNotFound(err)
	}
	if do := v.Form("do"); slices.Contains(puts, do) {
		return d.fill(v, do)
	}
	key := ids.FormKey(v.Form("key"))
	err := d.Talks.Answer(v.Ctx(), v.Actor(), conversation.Answer{
		Org: v.OrgID(), ID: itemOf(v), Seen: seenIn(v), Key: key, Body: v.Form("text"), Close: v.Form("do") == "close",
	})
	if web.Mendable(err) {
		return d.whole(v, readFacts{Typed: typed{Text: v.Form("text")}, Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))) + "?done=sent")
}

// do does something with a conversation.
func (d *Door) do(v *web.Visit) error {
	if sent, err := d.isSubmission(v); err != nil || sent {
		if err != nil {
			return err
		}
		return d.doSubmission(v)
	}
	deed := worklist.Deed{Org: v.OrgID(), ID: itemOf(v), Seen: seenIn(v), Note: v.Form("note"), Inbox: ids.Inbox(v.Form("inbox"))}
	was := typed{Note: v.Form("note"), Code: v.Form("code"), Due: v.Form("due"), Staff: v.Form("staff")}
	var err error
	switch do := v.Form("do"); do {
	case "book":
		return d.book(v)
	case "link":
		was.Booking = strings.TrimSpace(v.Form("booking"))
		err = d.Letters.Link(v.Ctx(), v.Actor(), mailbox.Link{Org: v.OrgID(), Item: itemOf(v), Seen: deed.Seen, Code: was.Booking})
	case "handon":
		was.To, was.Post = v.Form("to"), v.Form("handed_post")
		err = d.Letters.HandOn(v.Ctx(), v.Actor(), mailbox.HandOn{Org: v.OrgID(), Item: itemOf(v), Seen: deed.Seen, To: ids.Org(was.To), Post: linesOf(was.Post)})
	case "confirm":
		err = d.Talks.Confirm(v.Ctx(), v.Actor(), conversation.Confirm{Org: v.OrgID(), ID: itemOf(v), Seen: deed.Seen})
	case "code":
		if err = codeGiven(was.Code); err == nil {
			err = d.Talks.Confirm(v.Ctx(), v.Actor(), conversation.Confirm{Org: v.OrgID(), ID: itemOf(v), Seen: deed.Seen, Code: was.Code})
		}
	default:
		switch deed.Do = worklist.What(do); {
		case do == "give":
			deed.Do, deed.Staff = worklist.Assigned, ids.Staff(was.Staff)
		case deed.Do == worklist.Assigned:
			deed.Staff = v.Actor().Staff
		case deed.Do == worklist.Dated:
			deed.Due, err = dueIn(v, was.Due)
		}
		if err == nil {
			_, err = d.Work.Do(v.Ctx(), v.Actor(), deed)
		}
	}
	if web.Mendable(err) {
		return d.again(v, readFacts{Typed: was, Why: err})
	}
	if err != nil {
		return err
	}
	if deed.Do == worklist.Handed {
		return v.SeeOther(at(baseOf(v)))
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))))
}

func newReadPage(b web.Base, f readFacts) Page {
	w := f.Whole
	b.Title = b.T("inbox.talk_title")
	p := Page{Base: b, Back: at(b)}
	if w.Hidden {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.protected_help")}))
		return p
	}
	if f.Done == "sent" {
		p.Done = b.T("inbox.done_sent")
	}
	t := troubleOf(b, f.Why)
	if fault.Is(f.Why, fault.KindConflict) {
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, nil), true
	} else {
		p.blame(t)
	}
	wide := []web.Component{ui.Thread(b.T("inbox.thread"), f.thread(b))}
	switch {
	case w.Item.State == worklist.Closed:
	case w.RefusedAt > 0:
		wide = append(wide, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.refused_since", "at", when(b, w.RefusedAt, f.Config.Zone()))}))
	default:
		wide = append(wide, f.answerForm(b, t))
	}
	fresh := ui.FreshNote(ui.Fresh{Ask: at(b, "fresh") + "?id=" + string(w.Item.ID), Mark: markOf(w.Item), Href: at(b, string(w.Item.ID)), Text: b.T("inbox.came"), Link: b.T("inbox.came_show")})
	p.Parts = append(p.Parts, fresh, parts.Columns(wide, f.beside(b, t)))
	return p
}

func (f readFacts) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "seen", Value: strconv.FormatInt(f.Whole.Item.Version, 10)}, {Name: "key", Value: string(f.Key)}}
}

func (f readFacts) answerForm(b web.Base, t web.Trouble) web.Component {
	var fill, put []web.Component
	if list := f.Config.Inbox(f.Whole.Item.Inbox).Answers; len(list) > 0 {
		s := ui.SelectField{Name: "canned", Label: b.T("inbox.canned")}
		for i, a := range list {
			s.Options = append(s.Options, ui.Option{Value: strconv.Itoa(i), Text: a.Title.In(b.Lang)})
		}
		fill = append(fill, ui.FieldRow(ui.Select(b.Printer, s), ui.SubmitButton(ui.Button{Text: b.T("inbox.canned_put"), Look: ui.Secondary, Name: "do", Value: "canned"})))
	}
	if f.Whole.Talk.Person != "" {
		put = append(put, ui.SubmitButton(ui.Button{Text: b.T("inbox.appointments_put"), Look: ui.Secondary, Name: "do", Value: "appointments"}))
	}
	put = append(put, ui.SubmitButton(ui.Button{Text: b.T("inbox.link_put"), Look: ui.Secondary, Name: "do", Value: "link"}))
	fill = append([]web.Component{ui.EnterButton(b.Printer, "answer")}, append(fill, parts.Buttons(put...))...)
	return parts.Section(b.T("inbox.answer"), parts.Form(ui.FormData{ID: "answer", Action: at(b, string(f.Whole.Item.ID)), Hidden: f.hidden()}, append(fill,
		ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("inbox.text"), Hint: b.T("inbox.text_hint"), Value: f.Typed.Text, Error: t.At("text"), Rows: 5}),
		ui.Counter(b.Printer, web.CountParts(f.Typed.Text, ui.PartCount{Field: "text"})),
		parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("inbox.send_key"), Key: b.Keys.Of(staff.DeskMain)}),
			ui.SubmitButton(ui.Button{Text: b.T("inbox.send_close"), Look: ui.Secondary, Name: "do", Value: "close"}),
		))...))
}
