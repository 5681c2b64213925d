package citizen

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// ServicesPage is the list of services, and what a search among them found.
type ServicesPage struct {
	web.Base
	// Closed says that nothing can be booked here yet; then there is no list.
	Closed *NotOpen
	Back   string
	Search ui.Search
	// Asked is true when something was searched for; Found is how many, in words, and Searched for what.
	Asked    bool
	Found    string
	Searched string
	Results  []ui.CardData
	// Pages lead to the other pages of what was found.
	Pages []ui.Link
	// Courses are the first of the courses and events that were found, too; CoursesFound is how many there are, in words; AllCourses leads to all of them.
	Courses      []ui.CardData
	CoursesFound string
	AllCourses   ui.Link
	// Wider leads to what the words alone find; Popular are the services that most people look for. Both are there when nothing was found.
	Wider   ui.Link
	Popular []ui.Link
	// Phone is whom to call then.
	Phone parts.Calling
	// All leads to the whole list, which is left out when something was found.
	All string

	// Topics lead to the services of each; ByTopic does so in short where there are many services; Groups are used where there are many topics, and none here.
	Topics  []ui.CardData
	ByTopic []ui.Link
	Life    []ui.Link // by times of life
	Groups  []ServiceGroup
	Of      int // steps of a booking; 0 where most services are had in other ways
	Letters []ui.Letter
	AZ      []ServiceGroup
	// Letter is the one letter of which the services are shown; empty for all.
	Letter string
}

// ServiceGroup is services under one heading: a category or a letter.
type ServiceGroup struct {
	ID    string
	Name  string
	Links []ui.Link
}

// longestEcho is how much of a search is said back, in characters.
const longestEcho = 80

// From how many services on a search can be narrowed, and the list is too long for one page; and how many that were found one page shows.
const (
	narrowFrom = 20
	manyFrom   = 60
	onePage    = 20
)

// sought is what a visitor asks of the list.
type sought struct {
	catalog.Wanted
	page   int
	letter string
	draft  ids.Draft
}

// services lists and finds services.
func (d *Door) services(v *web.Visit) error {
	a := sought{draft: draftParam(v.Query("draft"))}
	for name, into := range map[string]*string{
		"q": &a.Words, "topic": (*string)(&a.Topic), "for": (*string)(&a.For), "life": (*string)(&a.Life), "way": (*string)(&a.Way), "letter": &a.letter,
	} {
		if line, ok := i18n.CleanLine(v.Query(name)); ok {
			*into = line
		}
	}
	if n, err := strconv.Atoi(v.Query("page")); err == nil {
		a.page = n
	}
	page := newServicesPage(v.Base(""), v.Org, a)
	courses, err := d.running(v)
	if err != nil {
		return err
	}
	page.searchAll(courses, a)
	if page.Closed == nil && courses.Any && a.courses() {
		found, all, err := d.Courses.Find(v.Ctx(), v.OrgID(), a.Words, a.Topic, mostOfCourses)
		if err != nil {
			return err
		}
		page.addCourses(v.Org, a, found, all, v.Now)
	}
	return v.Render(http.StatusOK, ShowServices(page))
}

func newServicesPage(b web.Base, c *catalog.Config, a sought) ServicesPage {
	page := ServicesPage{Base: b, Back: b.URL(), Asked: a.Any(), Of: stepsOfAll(c), Closed: notOpen(b, c), Search: searchOf(b, c, a)}
	page.Title = b.T("services.title")
	page.NoIndex = a.draft != "" || a.Any()
	if many(c) {
		page.Of = 0
	}
	if a.Any() {
		page.find(c, a)
	}
	if len(page.Results) > 0 {
		page.All = withDraft(b.URL("services"), a.draft)
		return page
	}
	page.letters(c, a)
	if page.Letter != "" {
		page.Title, page.All = b.T("services.letter_title", "letter", page.Letter), withDraft(b.URL("services"), a.draft)
		return page
	}
	page.group(c, a.draft)
	page.Life = lifeLinks(b, c)
	return page
}

// many reports whether an organisation has more services than one page can list.
func many(c *catalog.Config) bool { return len(c.Services) >= manyFrom }

// find shows what was found, a page of it at a time, or what helps where nothing was.
func (page *ServicesPage) find(c *catalog.Config, a sought) {
	b, words := page.Base, firstRunes(a.Words, longestEcho)
	found := c.Find(b.Lang, a.Wanted)
	page.Title = b.T("services.results_title")
	if len(found) == 0 {
		page.findNothing(c, a)
		return
	}
	if a.Narrowed() {
		page.Searched, page.Found = b.T("services.searched", "what", wantedWords(b, c, a.Wanted)), b.N("services.found_n", len(found))
	} else {
		page.Found = b.N("services.found", len(found), "query", words)
	}
	last := (len(found) + onePage - 1) / onePage
	at := min(max(a.page, 1), last)
	for _, s := range found[(at-1)*onePage : min(at*onePage, len(found))] {
		page.Results = append(page.Results, serviceCard(b, c, s, a.draft))
	}
	if last == 1 {
		return
	}
	page.Title = b.T("services.results_page", "n", strconv.Itoa(at), "of", strconv.Itoa(last))
	for _, turn := range []struct {
		to    int
		words string
	}{{at - 1, "services.previous"}, {at + 1, "services.next"}} {
		if turn.to >= 1 && turn.to <= last {
			next := a
			next.page = turn.to
			page.Pages = append(page.Pages, ui.Link{Href: findURL(b, next), Text: b.T(turn.words)})
		}
	}
}

// findNothing says what was searched for and what helps: the same words without narrowing, somebody to call, and what most people look for.
func (page *ServicesPage) findNothing(c *catalog.Config, a sought) {
	b := page.Base
	page.Phone = parts.CallOf(c.Org, nil)
	if a.Narrowed() {
		page.Found, page.Searched = b.T("services.found_none"), b.T("services.searched", "what", wantedWords(b, c, a.Wanted))
		wide := sought{Wanted: catalog.Wanted{Words: a.Words}, draft: a.draft}
		if n := len(c.Find(b.Lang, wide.Wanted)); a.Words != "" && n > 0 {
			page.Wider = ui.Link{Href: findURL(b, wide), Text: b.N("services.wider", n)}
		}
	} else {
		page.Found = b.T("services.not_found", "query", firstRunes(a.Words, longestEcho))
	}
	for i := range c.Services {
		if s := &c.Services[i]; s.Popular {
			page.Popular = append(page.Popular, ui.Link{Href: serviceURL(b, s.ID, a.draft), Text: s.Name.In(b.Lang)})
		}
	}
}

// findURL is the address of a search.
func findURL(b web.Base, a sought) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"q": a.Words, "topic": string(a.Topic), "for": string(a.For), "life": string(a.Life), "way": string(a.Way), "draft": string(a.draft),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if a.page > 1 {
		q.Set("page", strconv.Itoa(a.page))
	}
	return b.URL("services") + "?" + q.Encode()
}

// wantedWords is what was searched for, in words; what there is not is passed over.
func wantedWords(b web.Base, c *catalog.Config, w catalog.Wanted) string {
	var list []string
	if w.Words != "" {
		list = append(list, firstRunes(w.Words, longestEcho))
	}
	for _, cat := range c.Categories {
		if cat.ID == w.Topic {
			list = append(list, cat.Name.In(b.Lang))
		}
	}
	if slices.Contains(catalog.Audiences, w.For) {
		list = append(list, b.T("service.audience."+string(w.For)))
	}
	if slices.Contains(catalog.LifeEvents, w.Life) {
		list = append(list, b.T("service.life."+string(w.Life)))
	}
	if slices.Contains(catalog.WaysThereAre(), w.Way) {
		list = append(list, b.T("service.way."+string(w.Way)))
	}
	return strings.Join(list, " · ")
}

// searchOf is the form of a search. Where there are enough services it can be narrowed, by what tells them apart.
func searchOf(b web.Base, c *catalog.Config, a sought) ui.Search {
	s := ui.Search{Action: b.URL("services"), Label: b.T("services.search"), Hint: searchHint(b, c), Value: firstRunes(a.Words, longestEcho)}
	if a.draft != "" {
		s.Hidden = []ui.Hidden{{Name: "draft", Value: string(a.draft)}}
	}
	if len(c.Services) < narrowFrom {
		return s
	}
	s.NarrowLabel, s.NarrowButton, s.NarrowOpen = b.T("services.narrow"), b.T("services.narrow_button"), a.Narrowed()
	option := func(value, text string, w catalog.Wanted) ui.Option {
		return ui.Option{Value: value, Text: b.T("services.option", "name", text, "n", strconv.Itoa(len(c.Fitting(w))))}
	}
	var byTopic, byAudience, byLife, byWay []ui.Option
	for _, t := range topics(b, c) {
		if t.ID != "" {
			byTopic = append(byTopic, option(string(t.ID), t.Name.In(b.Lang), catalog.Wanted{Topic: t.ID}))
		}
	}
	for _, x := range catalog.Audiences {
		byAudience = append(byAudience, option(string(x), b.T("service.audience."+string(x)), catalog.Wanted{For: x}))
	}
	for _, e := range catalog.LifeEvents {
		if len(c.During(e)) > 0 {
			byLife = append(byLife, option(string(e), b.T("service.life."+string(e)), catalog.Wanted{Life: e}))
		}
	}
	for _, w := range catalog.WaysThereAre() {
		if len(c.Fitting(catalog.Wanted{Way: w})) > 0 {
			byWay = append(byWay, option(string(w), b.T("service.way."+string(w)), catalog.Wanted{Way: w}))
		}
	}
	for _, f := range []struct {
		name, chosen string
		options      []ui.Option
	}{{"topic", string(a.Topic), byTopic}, {"for", string(a.For), byAudience}, {"life", string(a.Life), byLife}, {"way", string(a.Way), byWay}} {
		if len(f.options) > 1 {
			s.Narrow = append(s.Narrow, ui.SelectField{
				Name: f.name, ID: "narrow-" + f.name, Label: b.T("services.by." + f.name), Value: f.chosen,
				Options: slices.Insert(f.options, 0, ui.Option{Text: b.T("services.any")}),
			})
		}
	}
	return s
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
		Meta: parts.Join(" · ", length, s.Price.In(b.Lang), places),
	}
}

func serviceURL(b web.Base, id ids.Service, draft ids.Draft) string {
	return withDraft(b.URL("services", string(id)), draft)
}

// group puts the services under their topics; where topics are few or services many, it leads to them.
func (page *ServicesPage) group(c *catalog.Config, draft ids.Draft) {
	b := page.Base
	all := topics(b, c)
	if topicsFirst(c, all) && !many(c) {
		for _, t := range all {
			page.Topics = append(page.Topics, topicCard(b, t, draft))
		}
		return
	}
	for _, t := range all {
		if many(c) && t.ID != "" {
			page.ByTopic = append(page.ByTopic, ui.Link{Href: topicURL(b, t.ID, draft), Text: t.Name.In(b.Lang), Note: " (" + b.N("services.count", len(t.services)) + ")"})
			continue
		}
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

// letters puts the services under their first letters, in the order of the language. Where there are many, each letter has a page of its own.
func (page *ServicesPage) letters(c *catalog.Config, a sought) {
	b, apart, last := page.Base, many(c), ""
	for _, s := range c.Find(b.Lang, catalog.Wanted{}) {
		name := s.Name.In(b.Lang)
		letter := i18n.Initial(b.Lang, name)
		if letter != last {
			last = letter
			id := "letter-" + string(rune('a'+len(page.Letters)))
			href := "#" + id
			if apart {
				href = letterURL(b, letter, a.draft)
			}
			page.Letters = append(page.Letters, ui.Letter{Letter: letter, Href: href})
			if !apart || letter == a.letter {
				page.AZ = append(page.AZ, ServiceGroup{ID: id, Name: letter})
			}
			if apart && letter == a.letter {
				page.Letter = letter
			}
		}
		if n := len(page.AZ); n > 0 && page.AZ[n-1].Name == letter {
			page.AZ[n-1].Links = append(page.AZ[n-1].Links, ui.Link{Href: serviceURL(b, s.ID, a.draft), Text: name})
		}
	}
}

// letterURL is the address of the services that begin with a letter.
func letterURL(b web.Base, letter string, draft ids.Draft) string {
	q := url.Values{"letter": {letter}}
	if draft != "" {
		q.Set("draft", string(draft))
	}
	return b.URL("services") + "?" + q.Encode() + "#a-z"
}

// firstRunes is the beginning of s, at most n characters.
func firstRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
