package my

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/base/sheet"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// TimelinePage is everything of somebody's folder, one after the other, with filters.
type TimelinePage struct {
	web.Base
	Lead   string
	Action string
	// What may be asked for, and is.
	Part, Org, When ui.SelectField
	From, Until     ui.Field
	// Narrowed says that something beside the kind is asked for: those fields are open then.
	Narrowed bool
	Words    ui.Field
	// Count says how many there are, and which of them the page shows.
	Count  string
	Groups []TimelineGroup
	Empty  string
	// Earlier and Later are the numbers of the pages beside this one; 0 for none.
	Earlier, Later int
	Links          []ui.Link
}

// TimelineGroup is what is to come, or one month of what is past.
type TimelineGroup struct {
	ID, Title string
	Items     []FolderItem
}

// asked is what somebody wants to see of the timeline, as they typed it.
type asked struct {
	folder.Filter
	FromTyped, UntilTyped string
	// Wrong is the name of a field that is no date; empty for none.
	Wrong string
	Page  int
}

// timeline shows everything, the first page.
func (d *Door) timeline(v *web.Visit) error { return d.showTimeline(v, asked{Page: 1}) }

// timelinePost shows what was asked for, or gives it out as a file. What somebody looks for is in no address.
func (d *Door) timelinePost(v *web.Visit) error {
	a := asked{Filter: folder.Filter{
		Part: folder.Part(v.Form("part")), Org: ids.Org(v.Form("of")), When: folder.When(v.Form("when")), Text: strings.TrimSpace(v.Form("words")),
	}, FromTyped: v.Form("first"), UntilTyped: v.Form("until")}
	if a.Page, _ = strconv.Atoi(v.Form("page")); a.Page == 0 {
		a.Page = 1
	}
	zone := v.Zone()
	for _, x := range []struct {
		name, typed string
		to          *int64
		days        int
	}{{"first", a.FromTyped, &a.From, 0}, {"until", a.UntilTyped, &a.Until, 1}} {
		if strings.TrimSpace(x.typed) == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(x.typed), zone)
		if err != nil {
			a.Wrong = x.name
			continue
		}
		*x.to = day.AddDate(0, 0, x.days).Unix() - int64(x.days) // the last second of the last day
	}
	switch v.Form("do") {
	case "csv", "json":
		if a.Wrong == "" {
			return d.timelineFile(v, a, v.Form("do"))
		}
	}
	return d.showTimeline(v, a)
}

func (d *Door) showTimeline(v *web.Visit, a asked) error {
	list, err := d.everything(v)
	if err != nil {
		return err
	}
	find := d.finder(v.Ctx())
	b := v.Base("")
	now := v.Now.Unix()
	says := func(e folder.Entry) string { return lineOf(b, e, find(e.Org), now).text() }
	t := folder.Arrange(list, a.Filter, says, now, a.Page)
	return render(v, a.Wrong != "", ShowTimeline(newTimelinePage(b, t, a, find, v.Signed().ForName, now, v.Zone())))
}

// finder finds what organisations have configured, each once.
func (d *Door) finder(ctx context.Context) func(ids.Org) *catalog.Config {
	had := map[ids.Org]*catalog.Config{}
	return func(o ids.Org) *catalog.Config {
		c, ok := had[o]
		if !ok {
			c = d.config(ctx, o)
			had[o] = c
		}
		return c
	}
}

// mostOf is how many letters of a direction, and looks, a timeline has: the newest.
const mostOf = 200

// everything is what the rooms have of whom the reader acts for, and what only this door knows of: letters, what they agreed to, and who looked at their data.
func (d *Door) everything(v *web.Visit) ([]folder.Entry, error) {
	who := v.Actor()
	list, err := d.Timelines.All(v.Ctx(), who,
		folder.SourceFunc(func(context.Context, actor.Owner) ([]folder.Entry, error) { return d.lettersIn(v) }),
		folder.SourceFunc(func(context.Context, actor.Owner) ([]folder.Entry, error) { return d.looks(v) }),
	)
	if err != nil {
		return nil, err
	}
	agreed, err := d.agreed(v)
	return append(list, agreed...), err
}

// lettersIn are the newest letters of both directions, of a mailbox that was opened once.
func (d *Door) lettersIn(v *web.Visit) ([]folder.Entry, error) {
	var f folderOf
	if err := d.mail(v, &f); err != nil || f.Came == nil && f.Wrote == nil {
		return nil, err
	}
	var out []folder.Entry
	for _, from := range []mailbox.Folder{mailbox.Inbox, mailbox.Outbox} {
		list, _, err := d.Mail.List(v.Ctx(), v.Actor(), mailbox.Wanted{Folder: from}, "", mostOf)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			e := folder.Entry{
				Part: folder.Received, Org: l.Org, Subject: string(l.ID), Title: l.Subject, Page: []string{"my", "mailbox", "letter", string(l.ID)}, At: l.PublishAt, End: l.PublishAt, State: "read",
			}
			switch {
			case l.Inward:
				e.Part, e.State = folder.Sent, "sent"
			case l.Confirm:
				e.State = "to_confirm"
			case l.Fresh:
				e.State = "fresh"
			}
			if l.Waits {
				e.Title = "" // it shows nothing of itself before it is confirmed
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// looks are who looked at the reader's own data. Who acts for somebody else sees nothing of it.
func (d *Door) looks(v *web.Visit) ([]folder.Entry, error) {
	who := v.Actor()
	if !who.For.IsZero() || d.Log == nil {
		return nil, nil
	}
	list, err := d.Log.ReadersOf(v.Ctx(), who.Person, mostOf)
	if err != nil {
		return nil, err
	}
	out := make([]folder.Entry, len(list))
	for i, l := range list {
		out[i] = folder.Entry{Part: folder.Looked, Org: l.Org, At: l.At, End: l.At, State: "looked", Label: l.Action}
	}
	return out, nil
}

// agreed is to what the reader agreed, and what they took back, wherever that was; of a number what was said since it is theirs.
func (d *Door) agreed(v *web.Visit) ([]folder.Entry, error) {
	if !v.Actor().For.IsZero() || d.Consent == nil {
		return nil, nil
	}
	account, err := d.Identity.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return nil, err
	}
	orgs, err := d.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return nil, err
	}
	var out []folder.Entry
	for _, o := range orgs {
		for _, ch := range notify.Channels {
			address := addressBy(account, ch)
			if address == "" {
				continue
			}
			rows, err := d.Consent.History(v.Ctx(), o.ID, ch, address)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if ch == notify.SMS && (!account.PhoneVerified || r.At < account.PhoneSince) {
					continue // somebody else may have had the number
				}
				e := folder.Entry{Part: folder.Agreed, Org: o.ID, At: r.At, End: r.At, State: "refused", Label: string(r.Scope), Page: []string{"my", "messages", string(o.ID)}}
				if r.Given {
					e.State = "agreed"
				}
				out = append(out, e)
			}
		}
	}
	return out, nil
}

// line is one entry in words.
type line struct {
	FolderItem
	part string
}

// text is all that a line says.
func (l line) text() string {
	return strings.Join([]string{l.part, l.Card.Title, l.Card.Text, l.Card.Meta, l.State, l.By}, " ")
}

// lineOf puts an entry into words.
func lineOf(b web.Base, e folder.Entry, c *catalog.Config, now int64) line {
	l := line{part: b.T("folder.part." + string(e.Part))}
	switch {
	case e.Part == folder.Received || e.Part == folder.Sent && e.Form == "" || e.Part == folder.Looked || e.Part == folder.Agreed:
		l.FolderItem = happened(b, e, c)
	default:
		l.FolderItem = item(b, e, c, now)
	}
	l.Card.Level = 3
	return l
}

// happened is what was at one moment: a letter, a look at one's data, what was agreed to.
func happened(b web.Base, e folder.Entry, c *catalog.Config) FolderItem {
	it := FolderItem{Card: ui.CardData{Title: e.Title, Meta: string(e.Org)}, State: b.T("folder.state." + e.State), Kind: ui.Neutral}
	zone := time.UTC
	if c != nil {
		it.Card.Meta, zone = c.Org.Name.In(b.Lang), c.Zone()
	} else if e.Org == "" {
		it.Card.Meta = b.T("log.installation")
	}
	it.Card.Text = b.Printer.At(time.Unix(e.At, 0).In(zone))
	switch {
	case e.Part == folder.Looked:
		it.Card.Title = b.T("log.action." + actionKey(b, e.Label))
	case e.Part == folder.Agreed:
		it.Card.Title = b.T("consent.scope_" + e.Label)
	case e.Title == "":
		it.Card.Title = b.T("mailbox.list.sealed", "sender", it.Card.Meta)
	}
	if e.State == "fresh" || e.State == "to_confirm" {
		it.Kind = ui.Info
	}
	if len(e.Page) > 0 {
		it.Card.Href = at(b, e.Page...)
	}
	return it
}

func newTimelinePage(b web.Base, t folder.Timeline, a asked, find func(ids.Org) *catalog.Config, forName string, now int64, zone *time.Location) TimelinePage {
	p := TimelinePage{Base: b, Lead: b.T("folder.timeline_lead"), Action: at(b, "my", "timeline"), Empty: b.T("folder.timeline_empty")}
	if p.Title, p.NoIndex = b.T("folder.timeline"), true; forName != "" {
		p.Title = b.T("folder.timeline_for", "name", forName)
	}
	p.Part = ui.SelectField{Name: "part", Label: b.T("folder.timeline_part"), Value: string(a.Part), Options: []ui.Option{{Text: b.T("folder.timeline_all")}}}
	for _, x := range t.Parts {
		p.Part.Options = append(p.Part.Options, ui.Option{Value: string(x), Text: b.T("folder.part." + string(x))})
	}
	p.Org = ui.SelectField{Name: "of", Label: b.T("folder.timeline_org"), Value: string(a.Org), Options: []ui.Option{{Text: b.T("folder.timeline_all")}}}
	for _, o := range t.Orgs {
		name := string(o)
		if c := find(o); c != nil {
			name = c.Org.Name.In(b.Lang)
		}
		p.Org.Options = append(p.Org.Options, ui.Option{Value: string(o), Text: name})
	}
	p.When = ui.SelectField{Name: "when", Label: b.T("folder.timeline_when"), Value: string(a.When), Options: []ui.Option{
		{Text: b.T("folder.timeline_all")}, {Value: string(folder.Coming), Text: b.T("folder.timeline_coming")}, {Value: string(folder.Past), Text: b.T("folder.timeline_past")},
	}}
	day := func(name, label, value string) ui.Field {
		f := ui.Field{Name: name, Label: b.T(label), Type: "date", Value: value, Optional: true}
		if a.Wrong == name {
			f.Error, p.HasError = b.T("field.date"), true
		}
		return f
	}
	p.From, p.Until = day("first", "folder.timeline_from", a.FromTyped), day("until", "folder.timeline_until", a.UntilTyped)
	p.Words = ui.Field{Name: "words", Label: b.T("folder.timeline_words"), Value: a.Text, Optional: true, Autocomplete: "off"}
	p.Narrowed = p.HasError || a.Org != "" || a.When != "" || a.FromTyped != "" || a.UntilTyped != "" || a.Text != ""
	p.Count = b.N("folder.timeline_count", t.Total)
	if t.Pages > 1 {
		p.Count += " " + b.T("folder.timeline_page", "page", t.Page, "pages", t.Pages)
	}
	p.group(t, find, now, zone)
	if t.Page > 1 {
		p.Earlier = t.Page - 1
	}
	if t.Page < t.Pages {
		p.Later = t.Page + 1
	}
	p.Links = []ui.Link{{Href: at(b, "my") + "/", Text: b.T("folder.timeline_back")}}
	if forName == "" {
		p.Links = append(p.Links, ui.Link{Href: at(b, "my", "data"), Text: b.T("my.data")})
	}
	if slices.Contains(t.Parts, folder.Received) { // they have a mailbox
		p.Links = append(p.Links,
			ui.Link{Href: at(b, "my", "mailbox", "export"), Text: b.T("folder.timeline_mail_data")},
			ui.Link{Href: at(b, "my", "mailbox", "write"), Text: b.T("folder.timeline_request")},
		)
	}
	return p
}

// group puts what is to come under one heading, and what is past under its month.
func (p *TimelinePage) group(t folder.Timeline, find func(ids.Org) *catalog.Config, now int64, zone *time.Location) {
	for _, e := range t.Entries {
		title := p.T("folder.timeline_coming")
		if e.Past(now) {
			title = p.Printer.MonthYear(time.Unix(e.At, 0).In(zone))
		}
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != title {
			p.Groups = append(p.Groups, TimelineGroup{ID: "group-" + strconv.Itoa(n+1), Title: title})
		}
		l := lineOf(p.Base, e, find(e.Org), now)
		l.Card.Meta = strings.Join(slices.DeleteFunc([]string{l.part, l.Card.Meta}, func(s string) bool { return s == "" }), " · ")
		g := &p.Groups[len(p.Groups)-1]
		g.Items = append(g.Items, l.FolderItem)
	}
}

// Exported is one entry of a timeline as it is given out.
type Exported struct {
	Kind         string `json:"kind"`
	Organisation string `json:"organisation"`
	What         string `json:"what"`
	At           string `json:"at"`
	Until        string `json:"until,omitempty"`
	Where        string `json:"where,omitempty"`
	State        string `json:"state"`
	More         string `json:"more,omitempty"`
}

// timelineFile gives out all pages of what was asked for.
func (d *Door) timelineFile(v *web.Visit, a asked, kind string) error {
	list, err := d.everything(v)
	if err != nil {
		return err
	}
	b, find, now := v.Base(""), d.finder(v.Ctx()), v.Now.Unix()
	says := func(e folder.Entry) string { return lineOf(b, e, find(e.Org), now).text() }
	out := []Exported{}
	for page, pages := 1, 1; page <= pages; page++ {
		t := folder.Arrange(list, a.Filter, says, now, page)
		pages = t.Pages
		for _, e := range t.Entries {
			out = append(out, exported(b, e, find(e.Org), now))
		}
	}
	var body []byte
	if kind == "json" {
		body, err = json.MarshalIndent(map[string]any{"entries": out}, "", "  ")
		if err != nil {
			return fmt.Errorf("write a timeline: %w", err)
		}
	} else {
		body = csvOf(out)
	}
	h := v.W.Header()
	h.Set("Content-Type", map[string]string{"json": "application/json; charset=utf-8", "csv": "text/csv; charset=utf-8"}[kind])
	h.Set("Content-Disposition", `attachment; filename="folder.`+kind+`"`)
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(body) // whoever went away gets nothing
	return nil
}

func exported(b web.Base, e folder.Entry, c *catalog.Config, now int64) Exported {
	l := lineOf(b, e, c, now)
	x := Exported{Kind: l.part, Organisation: string(e.Org), What: l.Card.Title, State: l.State, More: l.By}
	zone := time.UTC
	if c != nil {
		x.Organisation, zone = c.Org.Name.In(b.Lang), c.Zone()
		if o, err := c.Office(e.Office); err == nil {
			x.Where = o.Name.In(b.Lang)
		}
	}
	x.At = time.Unix(e.At, 0).In(zone).Format(time.RFC3339)
	if e.End > e.At {
		x.Until = time.Unix(e.End, 0).In(zone).Format(time.RFC3339)
	}
	return x
}

func csvOf(list []Exported) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"kind", "organisation", "what", "at", "until", "where", "state", "more"}) // a Buffer takes everything
	for _, x := range list {
		_ = w.Write([]string{sheet.Plain(x.Kind), sheet.Plain(x.Organisation), sheet.Plain(x.What), x.At, x.Until, sheet.Plain(x.Where), sheet.Plain(x.State), sheet.Plain(x.More)})
	}
	w.Flush()
	return out.Bytes()
}
