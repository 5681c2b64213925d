package portal

import (
	"strings"

	"luukku/base/ids"
	"luukku/domain/directory"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// group is links below a heading.
type group struct {
	ID, Title string
	Links     []ui.Link
}

// mostEcho is how much of a search is said back, in characters.
const mostEcho = 80

// newListPage is who joined: a search, and all from A to Z.
func newListPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.list.title")
	p.Lead = b.N("portal.list.count", len(f.Dir.All()))
	echo := f.Query
	if r := []rune(echo); len(r) > mostEcho {
		echo = string(r[:mostEcho]) + "…"
	}
	p.add(ui.SearchForm(b.Printer, ui.Search{Action: at(b, "organisations"), Label: b.T("portal.list.search"), Hint: b.T("portal.list.search_hint"), Value: echo}))
	if f.Query != "" {
		p.NoIndex, p.Back = true, at(b, "organisations")
		p.Title = b.T("portal.list.results")
		found := f.Dir.Search(f.Query)
		if len(found) > 0 {
			p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.N("portal.list.found", len(found), "query", echo)}), cards(entryCards(b, found), true))
			return p, nil
		}
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Warning, Title: b.T("portal.list.none", "query", echo), Text: b.T("portal.list.none_text")}))
	} else if len(f.Dir.Topics()) > 0 {
		p.add(ui.LinkList([]ui.Link{{Href: at(b, "topics"), Text: b.T("portal.topics.title")}}))
	}
	var letters []ui.Letter
	var groups []group
	for i, l := range f.Dir.ByLetter() {
		g := group{ID: "letter-" + string(rune('a'+i)), Title: l.Letter}
		for _, e := range l.Entries {
			g.Links = append(g.Links, link(b, e))
		}
		letters, groups = append(letters, ui.Letter{Letter: l.Letter, Href: "#" + g.ID}), append(groups, g)
	}
	p.add(parts.Section(b.T("portal.list.a_z"), ui.AZNav(b.Printer, letters), lists(groups)))
	return p, nil
}

// entryCards are organisations with what they send and whether one can write to them.
func entryCards(b web.Base, list []directory.Entry) []ui.CardData {
	out := make([]ui.CardData, len(list))
	for i, e := range list {
		out[i] = ui.CardData{
			Title: e.Name.In(b.Lang), Lang: foreign(b.Lang, e.Name), Href: at(b, "organisations", string(e.ID)), Text: sends(b, e), Meta: b.T("portal.joined.writes." + yes(e.ReceivesLetters)),
		}
	}
	return out
}

// sends is what an organisation sends letters about, on one line.
func sends(b web.Base, e directory.Entry) string {
	var out []string
	for _, m := range e.Matters {
		out = append(out, m.Name.In(b.Lang))
	}
	return strings.Join(out, " · ")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// newJoinedPage is one organisation that joined: what it sends, whether one can write to it, and how it is reached.
func newJoinedPage(b web.Base, f facts) (Page, error) {
	e, ok := f.Dir.Entry(ids.Org(f.Of))
	if !ok {
		return Page{}, notThere()
	}
	p := newPage(b, "portal.list.title")
	p.Title, p.Service, p.Back = e.Name.In(b.Lang), p.Title, at(b, "organisations")
	p.Structured = web.Structured(agency(b.Lang, e.Organisation))
	if len(e.Matters) > 0 {
		var list []ui.Link
		for _, m := range e.Matters {
			list = append(list, ui.Link{Href: at(b, "topics", m.Topic), Text: m.Name.In(b.Lang)})
		}
		p.add(parts.Section(b.T("portal.joined.sends"), ui.LinkList(list)))
	}
	writes := []web.Component{ui.P(b.T("portal.joined.writes." + yes(e.ReceivesLetters)))}
	if e.ReceivesLetters {
		writes = append(writes, ui.P(b.T("portal.joined.writes_what")),
			ui.LinkButton(ui.Secondary, ui.Link{Href: web.Path(b.Lang, "", "my", "mailbox", "write", string(e.ID)), Text: b.T("portal.joined.write")}))
	}
	p.add(parts.Section(b.T("portal.joined.writing"), writes...))
	p.add(parts.Section(b.T("portal.joined.contact"), contact(b, e)))
	if !e.MailboxOnly {
		p.add(ui.LinkList([]ui.Link{{Href: web.Path(b.Lang, e.ID), Text: b.T("portal.joined.front")}}))
	}
	return p, nil
}

func contact(b web.Base, e directory.Entry) web.Component {
	var rows []ui.DefinitionRow
	if unit := e.Unit.In(b.Lang); unit != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("portal.joined.unit"), Value: unit})
	}
	if e.Phone != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.phone"), Content: call(e.Phone, e.PhoneHours.In(b.Lang))})
	}
	if e.Email != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.email"), Content: mail(e.Email)})
	}
	if len(rows) == 0 {
		return ui.P(b.T("portal.joined.no_contact"))
	}
	return ui.DefinitionList(rows)
}

// newTopicsPage is the map of services: each topic with what is sent about it.
func newTopicsPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.topics.title")
	p.Lead = b.T("portal.topics.lead")
	var list []ui.CardData
	for _, t := range f.Dir.Topics() {
		var matters []string
		for _, m := range t.Matters {
			matters = append(matters, m.Name.In(b.Lang))
		}
		list = append(list, ui.CardData{
			Title: t.Name.In(b.Lang), Lang: foreign(b.Lang, t.Name), Href: at(b, "topics", t.ID), Text: strings.Join(matters, " · "), Meta: b.N("portal.topics.count", len(t.Entries)),
		})
	}
	p.add(cards(list, false))
	return p, nil
}

// newTopicPage is one topic: who sends letters about each of its matters.
func newTopicPage(b web.Base, f facts) (Page, error) {
	t, ok := f.Dir.Topic(f.Of)
	if !ok {
		return Page{}, notThere()
	}
	p := newPage(b, "portal.topics.title")
	p.Title, p.Service, p.Back = t.Name.In(b.Lang), p.Title, at(b, "topics")
	p.Lead = b.N("portal.topics.count", len(t.Entries))
	for _, m := range t.Matters {
		var links []ui.Link
		for _, e := range t.Entries {
			for _, x := range e.Matters {
				if x.ID == m.ID {
					links = append(links, link(b, e))
				}
			}
		}
		if len(links) > 0 {
			p.add(parts.Section(m.Name.In(b.Lang), ui.LinkList(links)))
		}
	}
	return p, nil
}
