package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
)

// catalogueRows are about finding a service.
var catalogueRows = []Row{{
	Name: "catalogue/search", About: "CPU time of one search among 5,000 services in four languages: misspelt, inflected, by other words, in whole sentences, for nothing there is",
	Target: Target{AtMost: true, Value: 5, Unit: "ms"}, Run: runCatalogue,
}}

// catalogueSize is how many services are searched.
const catalogueSize = 5000

// catalogueAsked is what is searched for, and a service of the shipped city that must be among the first then; empty for what there is not.
var catalogueAsked = []struct {
	lang  i18n.Lang
	words string
	want  ids.Service
}{
	{"fi", "asukaspysäköinti", "resident-parking"}, {"fi", "parkilupa", "resident-parking"}, {"fi", "päiväkotihakemus lapselle", "day-care-application"},
	{"fi", "miten haen lapselleni paikkaa päiväkodista", "day-care-application"}, {"sv", "bygglov", "building-permit"}, {"sv", "bibliotekskrot", "library-card"},
	{"en", "allotmnet", "allotment"}, {"en", "avustus", ""}, {"cs", "popelnice", "waste-collection"}, {"cs", "žádost o informace", "records-request"},
	{"en", "qwertzuiop", ""}, {"fi", "a", ""},
}

func runCatalogue(_ context.Context, e *Env) (Result, error) {
	c, err := largeCatalogue(catalogueSize)
	if err != nil {
		return Result{}, err
	}
	res := Result{Figures: map[string]float64{}}
	for _, a := range catalogueAsked { // makes the indexes, too
		found := c.Find(a.lang, catalog.Wanted{Words: a.words})
		if a.want != "" && !slices.ContainsFunc(found[:min(len(found), 60)], func(s *catalog.Service) bool { return original(s.ID) == a.want }) {
			res.Wrong = append(res.Wrong, fmt.Sprintf("%q in %s did not find %s among the first", a.words, a.lang, a.want))
		}
	}
	each := 50
	if e.Quick || e.tiny {
		each = 5
	}
	var rounds []float64
	var slowest time.Duration
	for range e.Rounds() {
		began := cpuTime()
		for _, a := range catalogueAsked {
			one := cpuTime()
			for range each {
				c.Find(a.lang, catalog.Wanted{Words: a.words})
			}
			slowest = max(slowest, (cpuTime()-one)/time.Duration(each))
		}
		n := each * len(catalogueAsked)
		res.N += int64(n)
		rounds = append(rounds, (cpuTime()-began).Seconds()*1e3/float64(n))
	}
	res.Ratio, res.IQR, res.CPU = median(rounds), iqr(rounds), median(rounds)*1e3
	res.Figures["slowest_ms"] = slowest.Seconds() * 1e3
	return res, nil
}

// original is the shipped service of which one is a copy.
func original(id ids.Service) ids.Service {
	for i := range id {
		if id[i] == '.' {
			return id[:i]
		}
	}
	return id
}

// largeCatalogue is the shipped city with as many services as are wanted: copies of its own, each with some words that no other has.
func largeCatalogue(n int) (*catalog.Config, error) {
	file, err := blueprints.Read("city")
	if err != nil {
		return nil, err
	}
	doc, problems := blueprint.Parse(file)
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		return nil, errors.New("blueprint city: " + faults[0].String())
	}
	c, err := doc.Organisations[0].Config(blueprint.Installation{}, 1)
	if err != nil {
		return nil, err
	}
	shipped := slices.Clone(c.Services)
	words := &chance{state: 11}
	for i := len(shipped); i < n; i++ {
		s := shipped[i%len(shipped)]
		s.ID = ids.Service(fmt.Sprintf("%s.%d", s.ID, i))
		name, synonyms := i18n.Text{}, i18n.TextList{}
		for l, is := range s.Name {
			name[l] = is + " " + madeWord(words)
			synonyms[l] = append(slices.Clone(s.Synonyms[l]), madeWord(words), madeWord(words))
		}
		s.Name, s.Synonyms = name, synonyms
		c.Services = append(c.Services, s)
	}
	return c, c.Prepare()
}

// madeWord is a word that nobody uses, as long as words are.
func madeWord(c *chance) string {
	syllables := [...]string{"ka", "lin", "to", "mus", "re", "sil", "va", "nok", "pe", "hyt", "da", "jon", "tä", "rus", "ki", "sal", "le", "mök", "ve", "nit"}
	var w []byte
	for range 3 + c.below(3) {
		w = append(w, syllables[c.below(len(syllables))]...)
	}
	return string(w)
}
