package blueprint

import (
	"context"
	"maps"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// Wordings is the section of how an organisation words its notices.
const Wordings = "wordings"

// discreetField is the policy by which messages name neither the service nor the office.
const (
	discreetField = "notice_content"
	marksField    = "sms_letters"
)

// discreet reports whether all of an organisation's messages name neither the service nor the office, as far as its own policy and the installation's say.
func (o *Organisation) discreet(shared catalog.Settings) bool {
	if v, own := o.Policy[discreetField]; own {
		return v == 1
	}
	return shared[discreetField] == 1
}

// Marks reports whether text messages keep their accents, as far as the organisation's own policy and the installation's say.
func (w Work) Marks() bool {
	if v, own := w.Draft.Policy[marksField]; own {
		return v == 1
	}
	return w.Installation.Policy[marksField] == 1
}

// discreetServices are the services whose messages do so by a policy of their own.
func (o *Organisation) discreetServices() []ids.Service {
	var out []ids.Service
	for _, s := range o.Services {
		here := s.Policy[discreetField] == 1
		for _, f := range o.Offices {
			here = here || f.Policy[s.ID][discreetField] == 1
		}
		if here {
			out = append(out, s.ID)
		}
	}
	return out
}

func checkWordings(c *checker, o *Organisation) {
	all := o.discreet(c.shared)
	for _, w := range o.Wordings {
		path := Wordings + "." + w.ID
		occasion := notify.Occasion(w.ID)
		if !occasion.Known() {
			c.add(path, "there is no notice %.40q; there are %s", w.ID, joined(notify.Occasions))
			continue
		}
		for _, part := range notify.Parts {
			for _, p := range byLanguage(part.Of(w)) {
				c.wording(path+"."+string(part)+"."+p.key, o, occasion, part, p.value.(string), all)
				if !slices.Contains(o.Languages, i18n.Lang(p.key)) {
					c.warn(path+"."+string(part)+"."+p.key, "the organisation has no pages in %s", p.key)
				}
			}
		}
	}
}

// wording checks one text.
func (c *checker) wording(path string, o *Organisation, occasion notify.Occasion, part notify.Part, text string, discreet bool) {
	for _, w := range notify.CheckPart(occasion, part, text, discreet) {
		place := "{" + firstRunes(w.Place, 40) + "}"
		switch w.Fault {
		case notify.FaultUnknown:
			c.add(path, "there is no place %s in this notice; there are %s", place, inBraces(part.Places(occasion)))
		case notify.FaultOpen:
			c.add(path, "a brace is not closed; want %s", place)
		case notify.FaultMissing:
			c.add(path, "the place %s must be in it: without it the message is of no use", place)
		case notify.FaultDiscreet:
			c.add(path, "the place %s may not be in it: the policy notice_content is discreet", place)
		case notify.FaultBelow:
			c.add(path, "the place %s may not be in it: every mail has it below its opening", place)
		case notify.FaultLong:
			c.add(path, "has %d characters, at most %d are taken", w.Has, w.Most)
		}
	}
	c.characters(path, text, maxText)
	if list := o.discreetServices(); !discreet && len(list) > 0 && len(notify.Telling(text)) > 0 {
		c.warn(path, "for %s the product's own words are sent: the policy notice_content is discreet there", joined(list))
	}
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func inBraces(places []string) string {
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = "{" + p + "}"
	}
	return strings.Join(out, ", ")
}

// WordingEdit is how a notice is to be worded in one language; what is empty is left to the product.
type WordingEdit struct {
	Org      ids.Org
	Occasion notify.Occasion
	Lang     i18n.Lang
	// Seen is the SeenWording of what the form showed.
	Seen  string
	Words map[notify.Part]string
}

// SeenWording stands for what a form shows of a wording in one language.
func (w Work) SeenWording(o notify.Occasion, l i18n.Lang) string {
	var all []string
	for _, p := range notify.Parts {
		all = append(all, p.Of(w.Draft.Wording(o))[l])
	}
	return digest(strings.Join(all, "\x00"))
}

// Wording is how an organisation words a notice itself; without words where it does not.
func (o *Organisation) Wording(occasion notify.Occasion) org.Wording {
	for _, w := range o.Wordings {
		if w.ID == string(occasion) {
			return w
		}
	}
	return org.Wording{ID: string(occasion)}
}

// CheckWording returns what is wrong with a wording, and what is good to know of it, with paths as "sms.fi".
func (w Work) CheckWording(e WordingEdit) []Problem {
	c := &checker{}
	for _, p := range notify.Parts {
		c.wording(string(p)+"."+string(e.Lang), &w.Draft, e.Occasion, p, e.Words[p], w.Discreet())
	}
	return c.problems
}

// With is the draft with a wording as it is typed.
func (w Work) With(e WordingEdit) Organisation {
	o := copyOf(w.Draft)
	o.setWording(e)
	return o
}

// Discreet reports whether messages name neither the service nor the office.
func (w Work) Discreet() bool { return w.Draft.discreet(w.Installation.Policy) }

// SaveWording writes how a notice is worded in one language into the draft. Conflict "draft_config.changed" says that it is not as the form showed it. The
// problems are what is wrong with it, with paths as "sms.fi"; then nothing was saved.
func (d Drafts) SaveWording(ctx context.Context, who actor.Actor, e WordingEdit) (problems []Problem, err error) {
	if !e.Occasion.Known() {
		return nil, fault.NotFound("error.not_found")
	}
	err = d.Edit(ctx, who, e.Org, Wordings+"."+string(e.Occasion), func(w *Work) error {
		problems = nil // the function may run twice
		if w.SeenWording(e.Occasion, e.Lang) != e.Seen {
			return Outdated()
		}
		if problems = Faults(w.CheckWording(e)); len(problems) > 0 {
			return &Refused{problems}
		}
		w.Draft.setWording(e)
		return nil
	})
	if len(problems) > 0 {
		return problems, nil
	}
	return nil, err
}

// setWording puts one language of a wording in the place of what there was. A wording without any words goes; the others are in the order in which notices are
// sent.
func (o *Organisation) setWording(e WordingEdit) {
	w := o.Wording(e.Occasion)
	for p, into := range map[notify.Part]*i18n.Text{notify.PartSubject: &w.Subject, notify.PartOpening: &w.Opening, notify.PartSMS: &w.SMS} {
		text := maps.Clone(*into)
		if text == nil {
			text = i18n.Text{}
		}
		if text[e.Lang] = e.Words[p]; e.Words[p] == "" {
			delete(text, e.Lang)
		}
		*into = text
	}
	list := slices.DeleteFunc(slices.Clone(o.Wordings), func(v org.Wording) bool { return v.ID == w.ID })
	if len(w.Subject)+len(w.Opening)+len(w.SMS) > 0 {
		at := slices.IndexFunc(list, func(v org.Wording) bool { return rank(v) > rank(w) })
		if at < 0 {
			at = len(list)
		}
		list = slices.Insert(list, at, w)
	}
	o.Wordings = list
}

func rank(w org.Wording) int { return slices.Index(notify.Occasions, notify.Occasion(w.ID)) }
