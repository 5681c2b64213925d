// Package directory is the list of who takes part in the shared mailbox: by letter, by topic, and by what somebody types.
//
// It promises that it is pure: the same installation and organisations give the same lists, in the order of the reader's language. Who takes part, and what they send, is what
// is configured (domain/org); how it looks is left to the doors.
package directory

import (
	"cmp"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// Entry is an organisation that takes part.
type Entry struct {
	org.Organisation
	// Matters are those it sends letters about, in the order of the installation. One that the installation does not have is left out.
	Matters []org.Matter
}

// Topic is a topic with the organisations that send letters about it, by name.
type Topic struct {
	org.Topic
	Matters []org.Matter
	Entries []Entry
}

// Letter is the organisations whose names begin alike, by name.
type Letter struct {
	Letter  string
	Entries []Entry
}

// Directory is the list in one language.
type Directory struct {
	lang    i18n.Lang
	entries []Entry // by name
	in      org.Installation
}

// New makes the list.
func New(l i18n.Lang, in org.Installation, orgs []org.Organisation) Directory {
	d := Directory{lang: l, in: in}
	for _, o := range orgs {
		if !o.Joined() {
			continue
		}
		e := Entry{Organisation: o}
		for _, m := range in.Matters {
			if slices.Contains(o.Sends, m.ID) {
				e.Matters = append(e.Matters, m)
			}
		}
		d.entries = append(d.entries, e)
	}
	order := i18n.Collator(l)
	slices.SortFunc(d.entries, func(a, b Entry) int {
		return cmp.Or(order.CompareString(a.Name.In(l), b.Name.In(l)), cmp.Compare(a.ID, b.ID))
	})
	return d
}

// All returns those who take part, by name.
func (d Directory) All() []Entry { return d.entries }

// Entry returns one of them.
func (d Directory) Entry(id ids.Org) (e Entry, ok bool) {
	i := slices.IndexFunc(d.entries, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return Entry{}, false
	}
	return d.entries[i], true
}

// ByLetter returns them below the letters with which their names begin.
func (d Directory) ByLetter() []Letter {
	var out []Letter
	for _, e := range d.entries {
		letter := i18n.Initial(d.lang, e.Name.In(d.lang))
		if n := len(out); n == 0 || out[n-1].Letter != letter {
			out = append(out, Letter{Letter: letter})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, e)
	}
	return out
}

// Topics returns the topics of the installation, in its order, with who sends letters about them. A topic of which nobody sends anything is left out.
func (d Directory) Topics() []Topic {
	var out []Topic
	for _, t := range d.in.Topics {
		x := Topic{Topic: t}
		for _, m := range d.in.Matters {
			if m.Topic == t.ID {
				x.Matters = append(x.Matters, m)
			}
		}
		for _, e := range d.entries {
			if slices.ContainsFunc(e.Matters, func(m org.Matter) bool { return m.Topic == t.ID }) {
				x.Entries = append(x.Entries, e)
			}
		}
		if len(x.Entries) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// Topic returns one of Topics.
func (d Directory) Topic(id string) (t Topic, ok bool) {
	all := d.Topics()
	i := slices.IndexFunc(all, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return all[i], true
}

// Search returns those that fit what somebody typed, best first: by their names in any language, by what they send, and by its topic. Case, accents and small mistakes are forgiven.
func (d Directory) Search(query string) []Entry {
	docs := make([]i18n.Doc, len(d.entries))
	topics := map[string]i18n.Text{}
	for _, t := range d.in.Topics {
		topics[t.ID] = t.Name
	}
	for i, e := range d.entries {
		doc := i18n.Doc{ID: string(e.ID), Name: e.Name.In(d.lang), Summary: e.Unit.In(d.lang)}
		doc.Synonyms = also(doc.Synonyms, d.lang, e.Name, e.Short)
		for _, m := range e.Matters {
			doc.Synonyms = append(doc.Synonyms, m.Name.In(d.lang))
			doc.Summary += " " + topics[m.Topic].In(d.lang)
		}
		docs[i] = doc
	}
	var out []Entry
	for _, hit := range i18n.NewIndex(docs).Search(query) {
		if e, ok := d.Entry(ids.Org(hit.ID)); ok {
			out = append(out, e)
		}
	}
	return out
}

// also adds what names are in other languages, in the order in which languages are offered.
func also(list []string, l i18n.Lang, names ...i18n.Text) []string {
	for _, n := range names {
		for _, x := range i18n.Languages() {
			if s := n[x.Code]; s != "" && x.Code != l && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}
