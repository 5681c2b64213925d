package i18n

import (
	"fmt"
	"slices"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// category is a CLDR plural category.
type category int

const (
	catZero category = iota
	catOne
	catTwo
	catFew
	catMany
	catOther
	categories
)

var categoryNames = [categories]string{"zero", "one", "two", "few", "many", "other"}

func categoryOf(name string) (category, bool) {
	i := slices.Index(categoryNames[:], name)
	return category(i), i >= 0
}

// pluralTable is how many counts have their category looked up instead of worked out.
const pluralTable = 1024

// plurals says which category a count takes in one language, by the rules of go-i18n: it is asked for a text whose every form is its own name.
type plurals struct {
	localizer *goi18n.Localizer
	table     [pluralTable]category
}

func newPlurals(tag language.Tag) (*plurals, error) {
	bundle := goi18n.NewBundle(tag)
	err := bundle.AddMessages(tag, &goi18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"})
	if err != nil {
		return nil, fmt.Errorf("plural rules of %s: %w", tag, err)
	}
	p := &plurals{localizer: goi18n.NewLocalizer(bundle, tag.String())}
	for n := range p.table {
		c, err := p.ask(n)
		if err != nil {
			return nil, fmt.Errorf("plural of %d in %s: %w", n, tag, err)
		}
		p.table[n] = c
	}
	return p, nil
}

// ask takes an int, or a string such as "1.5" for a fraction.
func (p *plurals) ask(n any) (category, error) {
	name, err := p.localizer.Localize(&goi18n.LocalizeConfig{MessageID: "form", PluralCount: n})
	if err != nil {
		return catOther, err
	}
	c, ok := categoryOf(name)
	if !ok {
		return catOther, fmt.Errorf("unknown plural category %q", name)
	}
	return c, nil
}

func (p *plurals) of(n int) category {
	if n < 0 {
		n = -n
	}
	if n >= 0 && n < pluralTable {
		return p.table[n]
	}
	c, err := p.ask(n)
	if err != nil {
		return catOther
	}
	return c
}

// needed returns the categories that whole numbers take, and allowed those that fractions take besides.
func (p *plurals) needed() (needed, allowed [categories]bool) {
	for _, c := range p.table {
		needed[c] = true
	}
	allowed = needed
	for _, fraction := range []string{"0.1", "0.5", "1.5", "2.5", "10.1"} {
		if c, err := p.ask(fraction); err == nil {
			allowed[c] = true
		}
	}
	// A million has a form of its own in some languages; a text may have it and need not.
	if c, err := p.ask(1_000_000); err == nil {
		allowed[c] = true
	}
	needed[catOther], allowed[catOther] = true, true
	return needed, allowed
}
