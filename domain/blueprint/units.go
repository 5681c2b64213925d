package blueprint

import (
	"maps"
	"strings"
	"sync"

	"luukku/base/i18n"
)

// loadTexts reads the product's own texts once: the names of units that have none are made from them.
var loadTexts = sync.OnceValues(i18n.Load)

// madeName is the name of a unit of which a file says no more than its slug: "Service desk 2" in each language, the number from the end of the slug or
// else from its place.
func madeName(texts *i18n.Catalog, slug string, place int) i18n.Text {
	out := i18n.Text{}
	if texts == nil {
		return out
	}
	number := slug[len(strings.TrimRight(slug, "0123456789")):]
	for _, l := range i18n.Languages() {
		p := texts.Printer(l.Code)
		if number == "" {
			out[l.Code] = p.T("blueprint.unit", "n", place+1)
			continue
		}
		out[l.Code] = p.T("blueprint.unit", "n", number)
	}
	return out
}

// isPlain reports whether a unit says no more than its name does.
func isPlain(slug string, place int, fields table) bool {
	texts, err := loadTexts()
	if err != nil {
		return false
	}
	for _, p := range fields {
		if name, ok := p.value.(i18n.Text); ok && p.key == "name" {
			if !maps.Equal(name, madeName(texts, slug, place)) {
				return false
			}
			continue
		}
		if !empty(p.value) {
			return false
		}
	}
	return true
}
