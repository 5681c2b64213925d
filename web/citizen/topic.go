package citizen

import (
	"cmp"
	"net/http"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// TopicPage is the choice of a service under one topic: the second half of the first step, where there are few topics (S3.1).
type TopicPage struct {
	web.Base
	Back  string
	Of    int
	Cards []ui.CardData
	All   string
	Phone string
}

// fewTopics is up to how many topics one is asked for first.
const fewTopics = 6

// topic is a category with its services, both in the organisation's order.
type topic struct {
	catalog.Category
	services []*catalog.Service
}

// topics are the categories that have services. What is in none is under a last one without an ID.
func topics(b web.Base, c *catalog.Config) []topic {
	var out []topic
	cats := slices.Clone(c.Categories)
	slices.SortStableFunc(cats, func(x, y catalog.Category) int { return cmp.Compare(x.Order, y.Order) })
	cats = append(cats, catalog.Category{Name: i18n.Text{b.Lang: b.T("services.others")}})
	for _, cat := range cats {
		t := topic{Category: cat}
		for i := range c.Services {
			if s := &c.Services[i]; s.Category == cat.ID || cat.ID == "" && !hasCategory(c, s) {
				t.services = append(t.services, s)
			}
		}
		slices.SortStableFunc(t.services, func(x, y *catalog.Service) int { return cmp.Compare(x.Order, y.Order) })
		if len(t.services) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// topicsFirst reports whether one is asked for a topic before the service: when topics are few and services are not, so that the second page is worth
// opening.
func topicsFirst(c *catalog.Config, all []topic) bool {
	return len(all) >= 2 && len(all) <= fewTopics && len(c.Services) >= 2*len(all) && all[len(all)-1].ID != ""
}

// topicCard leads to a topic, and names what is under it.
func topicCard(b web.Base, t topic, draft ids.Draft) ui.CardData {
	var names []string
	for _, s := range t.services {
		names = append(names, s.Name.In(b.Lang))
	}
	return ui.CardData{Title: t.Name.In(b.Lang), Href: topicURL(b, t.ID, draft), Level: 3, Text: parts.Join(" · ", names...)}
}

func topicURL(b web.Base, id ids.Category, draft ids.Draft) string {
	return withDraft(b.URL("topics", string(id)), draft)
}

// backFromService is the page on which a service is chosen: that of its topic, or the list of all.
func backFromService(b web.Base, c *catalog.Config, s *catalog.Service, draft ids.Draft) string {
	if all := topics(b, c); topicsFirst(c, all) || many(c) && hasCategory(c, s) {
		return topicURL(b, s.Category, draft)
	}
	return withDraft(b.URL("services"), draft)
}

// topic shows the services of a topic.
func (d *Door) topic(v *web.Visit) error {
	b, draft := v.Base(""), draftParam(v.Query("draft"))
	for _, t := range topics(b, v.Org) {
		if t.ID != "" && string(t.ID) == v.R.PathValue("topic") {
			return v.Render(http.StatusOK, ShowTopic(newTopicPage(b, v.Org, t, draft)))
		}
	}
	return fault.NotFound("services.unknown_topic")
}

// lifeEvent shows the services that are needed at a time of life.
func (d *Door) lifeEvent(v *web.Visit) error {
	e := catalog.LifeEvent(v.R.PathValue("event"))
	found := v.Org.During(e)
	if len(found) == 0 {
		return fault.NotFound("services.unknown_topic")
	}
	return v.Render(http.StatusOK, ShowTopic(newLifePage(v.Base(""), v.Org, e, found)))
}

func newLifePage(b web.Base, c *catalog.Config, e catalog.LifeEvent, found []*catalog.Service) TopicPage {
	page := newTopicPage(b, c, topic{Category: catalog.Category{Name: i18n.Text{b.Lang: b.T("service.during", "event", b.T("service.life."+string(e)))}}, services: found}, "")
	page.Of = 0 // nothing has been begun
	return page
}

func lifeURL(b web.Base, e catalog.LifeEvent) string { return b.URL("life", string(e)) }

// lifeLinks lead to the services of each time of life that has some.
func lifeLinks(b web.Base, c *catalog.Config) []ui.Link {
	var out []ui.Link
	for _, e := range catalog.LifeEvents {
		if n := len(c.During(e)); n > 0 {
			out = append(out, ui.Link{Href: lifeURL(b, e), Text: b.T("service.life." + string(e)), Note: " (" + b.N("services.count", n) + ")"})
		}
	}
	return out
}

func newTopicPage(b web.Base, c *catalog.Config, t topic, draft ids.Draft) TopicPage {
	all := withDraft(b.URL("services"), draft)
	page := TopicPage{Base: b, Back: all, All: all, Of: stepsOfAll(c), Phone: c.Org.Phone}
	if many(c) {
		page.Of = 0
	}
	page.Title = t.Name.In(b.Lang)
	page.NoIndex = draft != ""
	for _, s := range t.services {
		page.Cards = append(page.Cards, serviceCard(b, c, s, draft))
	}
	return page
}
