package catalog

import (
	"slices"
	"strings"
	"sync"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Way is a way to a service, as people look for one: booking a time, or one of its channels.
type Way string

// The ways that follow from what is configured: booking a time, and filling in a form of the organisation's own.
const (
	ByTime Way = "time"
	ByForm Way = "form"
)

// WaysThereAre are all of them, in the order in which pages name them.
func WaysThereAre() []Way {
	out := []Way{ByTime, ByForm}
	for _, k := range ChannelKinds {
		out = append(out, Way(k))
	}
	return out
}

// reached reports whether a service is had in a way.
func (c *Config) reached(s *Service, w Way) bool {
	switch w {
	case ByTime:
		return len(c.OfficesOf(s.ID)) > 0
	case ByForm:
		return len(c.FormsFor(s.ID)) > 0
	}
	return slices.ContainsFunc(s.Channels, func(ch Channel) bool { return Way(ch.Kind) == w })
}

// Wanted is what somebody looks for among the services; its zero value is every service.
type Wanted struct {
	Words string
	Topic ids.Category
	For   Audience
	Life  LifeEvent
	Way   Way
}

// Narrowed reports whether anything but words is asked for.
func (w Wanted) Narrowed() bool { return w.Topic != "" || w.For != "" || w.Life != "" || w.Way != "" }

// Any reports whether anything is asked for.
func (w Wanted) Any() bool { return w.Narrowed() || strings.TrimSpace(w.Words) != "" }

// Find returns the services that fit: with words the best first (names, synonyms, summaries and topics, in any of the organisation's languages, forgiving
// spelling), without them by their names in the reader's language.
func (c *Config) Find(lang i18n.Lang, w Wanted) []*Service {
	if strings.TrimSpace(w.Words) != "" {
		return slices.DeleteFunc(c.Search(lang, w.Words), func(s *Service) bool { return !c.fits(s, w) })
	}
	found, order := c.Fitting(w), i18n.Collator(lang)
	slices.SortStableFunc(found, func(x, y *Service) int { return order.CompareString(x.Name.In(lang), y.Name.In(lang)) })
	return found
}

// Fitting returns the services that fit what is asked for beside words, in the organisation's order.
func (c *Config) Fitting(w Wanted) []*Service {
	var out []*Service
	for i := range c.Services {
		if s := &c.Services[i]; c.fits(s, w) {
			out = append(out, s)
		}
	}
	return out
}

func (c *Config) fits(s *Service, w Wanted) bool {
	return (w.Topic == "" || s.Category == w.Topic) && (w.For == "" || s.For(w.For)) && (w.Life == "" || slices.Contains(s.LifeEvents, w.Life)) &&
		(w.Way == "" || c.reached(s, w.Way))
}

// Search finds services by words alone.
func (c *Config) Search(lang i18n.Lang, query string) []*Service {
	index, ok := c.search[lang]
	if !ok {
		index, ok = c.search[i18n.Default]
	}
	if !ok {
		return nil
	}
	var out []*Service
	for _, hit := range index().Search(query) {
		if s, err := c.Service(ids.Service(hit.ID)); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// index makes ready for the search indexes, one for each language of the organisation. Each is made when it is first needed: many configurations are read
// and never searched.
func (c *Config) index() {
	c.search = map[i18n.Lang]func() *i18n.Index{}
	topics := map[ids.Category]i18n.Text{}
	for _, cat := range c.Categories {
		topics[cat.ID] = cat.Name
	}
	for _, lang := range c.Org.Languages {
		c.search[lang] = sync.OnceValue(func() *i18n.Index {
			docs := make([]i18n.Doc, 0, len(c.Services))
			for _, popular := range []bool{true, false} { // of two that fit equally well, what more people look for
				for i := range c.Services {
					if s := &c.Services[i]; s.Popular == popular {
						docs = append(docs, s.doc(lang, topics[s.Category]))
					}
				}
			}
			return i18n.NewIndex(docs)
		})
	}
}

// doc is a service as it is found in one language. The words of every language count: people search in the one they think in.
func (s *Service) doc(lang i18n.Lang, topic i18n.Text) i18n.Doc {
	d := i18n.Doc{ID: string(s.ID), Name: s.Name.In(lang), Summary: s.Summary.In(lang)}
	for _, l := range i18n.Languages() {
		d.Synonyms = append(d.Synonyms, s.Synonyms[l.Code]...)
		if l.Code != lang && s.Name[l.Code] != "" {
			d.Synonyms = append(d.Synonyms, s.Name[l.Code])
		}
		d.Summary += " " + topic[l.Code]
		if l.Code != lang {
			d.Summary += " " + s.Summary[l.Code]
		}
	}
	return d
}
