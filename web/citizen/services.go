package citizen

import (
	"cmp"
	"net/http"
	"slices"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// ServicesPage is the list of services, and what a search among them found.
type ServicesPage struct {
	web.Base
	// Closed says that nothing can be booked here yet; then there is no list.
	Closed *NotOpen
	Back   string
	Hint   string // of the search
	Query  string
	// Hidden go with the search.
	Hidden []ui.Hidden
	// Asked is true when something was searched for; Found is how many, in words.
	Asked   bool
	Found   string
	Results []ui.CardData
	// All leads to the whole list, which is left out when something was found.
	All string

	// Topics lead to the services of each; Groups are used where there are many topics, and none here.
	Topics  []ui.CardData
	Life    []ui.Link // by times of life
	Groups  []ServiceGroup
	Of      int // steps of a booking
	Letters []ui.Letter
	AZ      []ServiceGroup
	Phone   string
}

// ServiceGroup is services under one heading: a category or a letter.
type ServiceGroup struct {
	ID    string
	Name  string
	Links []ui.Link
}

// longestEcho is how much of a search is said back, in characters.
const longestEcho = 80

// services lists and finds services.
func (d *Door) services(v *web.Visit) error {
	query, ok := i18n.CleanLine(v.Query("q"))
	if !ok {
		query = ""
	}
	return v.Render(http.StatusOK, ShowServices(newServicesPage(v.Base(""), v.Org, query, draftParam(v.Query("draft")))))
}

func newServicesPage(b web.Base, c *catalog.Config, query string, draft ids.Draft) ServicesPage {
	page := ServicesPage{Base: b, Back: b.URL(), Hint: searchHint(b, c), Query: firstRunes(query, longestEcho), Asked: query != "", Phone: c.Org.Phone, Of: stepsOfAll(c)}
	page.Title = b.T("services.title")
	page.Closed = notOpen(b, c)
	if draft != "" {
		page.Hidden = []ui.Hidden{{Name: "draft", Value: string(draft)}}
		page.NoIndex = true
	}
	if page.Asked {
		page.Title = b.T("services.results_title")
		page.NoIndex = true
		found := c.Search(b.Lang, query)
		page.Found = b.N("services.found", len(found), "query", page.Query)
		if len(found) == 0 {
			page.Found = b.T("services.not_found", "query", page.Query)
		}
		for _, s := range found {
			page.Results = append(page.Results, serviceCard(b, c, s, draft))
		}
	}
	if len(page.Results) > 0 {
		page.All = withDraft(b.URL("services"), draft)
		return page
	}
	page.group(c, draft)
	page.Life = lifeLinks(b, c)
	page.letters(c, draft)
	return page
}

// searchHint says how to search, with an example that finds something here: another word for the first of the most used services.
func searchHint(b web.Base, c *catalog.Config) string {
	for i := range c.Services {
		if s := &c.Services[i]; s.Popular {
			if words, got := s.Synonyms.InOK(b.Lang); got == b.Lang && len(words) > 0 {
				return b.T("services.search_example", "word", words[0])
			}
		}
	}
	return b.T("services.search_hint")
}

func serviceCard(b web.Base, c *catalog.Config, s *catalog.Service, draft ids.Draft) ui.CardData {
	places, length := "", ""
	if len(c.OfficesOf(s.ID)) > 0 || len(s.Channels) == 0 {
		length = b.Printer.Duration(c.Policy(s.ID, "").Length)
	}
	switch at := c.OfficesOf(s.ID); {
	case len(c.Offices) == 1 || length == "":
	case len(at) == 1:
		places = at[0].Name.In(b.Lang)
	default:
		places = b.N("service.places_n", len(c.OfficesOf(s.ID)))
	}
	return ui.CardData{
		Title: s.Name.In(b.Lang), Href: serviceURL(b, s.ID, draft), Level: 2, Text: s.Summary.In(b.Lang),
		Meta: join(" · ", length, s.Price.In(b.Lang), places),
	}
}

func serviceURL(b web.Base, id ids.Service, draft ids.Draft) string {
	return withDraft(b.URL("services", string(id)), draft)
}

// group puts the services under their topics; where topics are few, it leads to them.
func (page *ServicesPage) group(c *catalog.Config, draft ids.Draft) {
	b := page.Base
	all := topics(b, c)
	if topicsFirst(c, all) {
		for _, t := range all {
			page.Topics = append(page.Topics, topicCard(b, t, draft))
		}
		return
	}
	for _, t := range all {
		g := ServiceGroup{ID: "topic-" + cmp.Or(string(t.ID), "other"), Name: t.Name.In(b.Lang)}
		for _, s := range t.services {
			l := ui.Link{Href: serviceURL(b, s.ID, draft), Text: s.Name.In(b.Lang)}
			if about := s.Summary.In(b.Lang); about != "" {
				l.Note = b.T("services.note", "about", about)
			}
			g.Links = append(g.Links, l)
		}
		page.Groups = append(page.Groups, g)
	}
}

func hasCategory(c *catalog.Config, s *catalog.Service) bool {
	return slices.ContainsFunc(c.Categories, func(cat catalog.Category) bool { return cat.ID == s.Category })
}

// letters puts the services under their first letters, in the order of the language.
func (page *ServicesPage) letters(c *catalog.Config, draft ids.Draft) {
	b := page.Base
	all := make([]*catalog.Service, 0, len(c.Services))
	for i := range c.Services {
		all = append(all, &c.Services[i])
	}
	order := i18n.Collator(b.Lang)
	slices.SortStableFunc(all, func(x, y *catalog.Service) int { return order.CompareString(x.Name.In(b.Lang), y.Name.In(b.Lang)) })
	for _, s := range all {
		name := s.Name.In(b.Lang)
		letter := i18n.Initial(b.Lang, name)
		if n := len(page.AZ); n == 0 || page.AZ[n-1].Name != letter {
			id := "letter-" + string(rune('a'+n))
			page.AZ = append(page.AZ, ServiceGroup{ID: id, Name: letter})
			page.Letters = append(page.Letters, ui.Letter{Letter: letter, Href: "#" + id})
		}
		g := &page.AZ[len(page.AZ)-1]
		g.Links = append(g.Links, ui.Link{Href: serviceURL(b, s.ID, draft), Text: name})
	}
}

// firstRunes is the beginning of s, at most n characters.
func firstRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
