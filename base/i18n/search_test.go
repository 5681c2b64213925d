package i18n

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var services = []Doc{
	{ID: "name", Name: "Nimenmuutos", Synonyms: []string{"sukunimi", "etunimi", "namnändring", "change of name"}, Summary: "Kun haluatte vaihtaa nimenne."},
	{ID: "marriage", Name: "Avioliittotodistus", Synonyms: []string{"häät", "vihkiminen"}, Summary: "Todistus avioliiton esteiden tutkinnasta."},
	{ID: "notary", Name: "Julkinen notaari", Synonyms: []string{"apostille", "oikeaksi todistaminen"}, Summary: "Allekirjoituksen ja jäljennöksen vahvistaminen."},
	{ID: "move", Name: "Muuttoilmoitus", Synonyms: []string{"osoite", "väliaikainen osoite"}, Summary: "Ilmoitus uudesta osoitteesta."},
	{ID: "guardian", Name: "Edunvalvonnan neuvonta", Synonyms: []string{"holhous"}, Summary: "Neuvontaa edunvalvojalle."},
	{ID: "passport", Name: "Passi", Summary: "Passin hakeminen."},
	{ID: "card", Name: "Henkilökortti", Summary: "Kortti, jolla todistatte henkilöllisyytenne. Passi ei ole välttämätön."},
	{ID: "email", Name: "E-mail change", Summary: "Sähköpostiosoitteen muutos."},
}

func ids(hits []Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func TestSearchFindsWhatPeopleMean(t *testing.T) {
	t.Parallel()
	ix := NewIndex(services)
	for _, c := range []struct {
		why, q, first string
	}{
		{"the name", "nimenmuutos", "name"},
		{"capitals and spaces", "  NIMENMUUTOS ", "name"},
		{"the beginning", "nimenm", "name"},
		{"two words for one", "nimen muutos", "name"},
		{"a synonym", "sukunimi", "name"},
		{"the name in another language, without dots", "namnandring", "name"},
		{"inside of a word", "todistus", "marriage"},
		{"another form", "nimenmuutoksen", "name"},
		{"another form of a word in the middle", "notaarille", "notary"},
		{"another form, of which the stem changes", "henkilökortissa", "card"},
		{"another form, of which a short stem changes", "avioliittotodistuksessa", "marriage"},
		{"a letter wrong", "nimenmuotos", "name"},
		{"a letter missing", "henkilkortti", "card"},
		{"a letter too many", "holhhous", "guardian"},
		{"two letters swapped", "apsotille", "notary"},
		{"two mistakes", "aviolitotodistus", "marriage"},
		{"a mistake while still typing", "edunvlav", "guardian"},
		{"a whole sentence", "miten saan julkisen notaarin allekirjoituksen", "notary"},
		{"without the hyphen", "email", "email"},
		{"with the hyphen", "e-mail", "email"},
		{"one letter", "p", "passport"},
	} {
		got := ix.Search(c.q)
		if len(got) == 0 || got[0].ID != c.first {
			t.Errorf("%s: Search(%q): got %v, want %s first", c.why, c.q, got, c.first)
		}
	}
	for _, q := range []string{"", " - ", "xyz", "qwertyuiop", "\x00", "\xff", strings.Repeat("qx ", 100_000)} {
		if got := ix.Search(q); len(got) != 0 {
			t.Errorf("Search(%.20q): got %v, want nothing", q, got)
		}
	}
}

func TestSearchPutsTheSurerFindFirst(t *testing.T) {
	t.Parallel()
	ix := NewIndex([]Doc{
		{ID: "two typos", Name: "Pasportyti"},
		{ID: "typo", Name: "Passpertti"},
		{ID: "form", Name: "Passportin"},
		{ID: "inside", Name: "Erikoispassportti"},
		{ID: "summary", Name: "Muu", Summary: "Vanha passportti"},
		{ID: "prefix", Name: "Passporttihakemus"},
		{ID: "in a name", Name: "Uusi passportti"},
		{ID: "exact", Name: "Passportti"},
	})
	want := []string{"exact", "in a name", "prefix", "inside", "form", "summary", "typo"}
	// "form" and "summary" count the same; the earlier doc comes first.
	if diff := cmp.Diff(want, ids(ix.Search("passportti"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := ids(NewIndex([]Doc{{ID: "two typos", Name: "Pasportyti"}}).Search("passportti")); !slices.Equal(got, []string{"two typos"}) {
		t.Errorf("with nothing surer: got %v, want the guess", got)
	}
}

func TestSearchWantsEveryWordIfItCan(t *testing.T) {
	t.Parallel()
	ix := NewIndex(services)
	if diff := cmp.Diff([]string{"move"}, ids(ix.Search("väliaikainen osoite"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := ids(ix.Search("passi")); !slices.Equal(got, []string{"passport", "card"}) {
		t.Errorf("got %v, want the passport before what mentions it", got)
	}
}

func TestSimilarGoesFromNothingToAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		q, text  string
		min, max int
	}{
		{"", "text", 0, 0}, {"passi", "", 0, 0}, {"passi", "Passi ja kortti", 100, 100}, {"kortti passi", "Passi ja kortti", 100, 100},
		{"pass", "Passi", 81, 99}, {"pasi", "Passi", 35, 40}, {"passi kissa", "Passi", 0, 0}, {"abc", "abd", 0, 0},
	} {
		if got := NewQuery(c.q).Similar(NewWordlist(c.text)); got < c.min || got > c.max {
			t.Errorf("Similar(%q, %q): got %d, want %d to %d", c.q, c.text, got, c.min, c.max)
		}
	}
}

// slowDistance is the definition, without tables or shortcuts.
func slowDistance(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	cost := 1
	if a[len(a)-1] == b[len(b)-1] {
		cost = 0
	}
	d := min(slowDistance(a[:len(a)-1], b)+1, slowDistance(a, b[:len(b)-1])+1, slowDistance(a[:len(a)-1], b[:len(b)-1])+cost)
	if len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-2] && a[len(a)-2] == b[len(b)-1] {
		d = min(d, slowDistance(a[:len(a)-2], b[:len(b)-2])+1)
	}
	return d
}

func TestDistancesAgreeWithTheDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.RuneFrom([]rune("abc")), 0, 6)
		a, b := letters.Draw(t, "typed"), letters.Draw(t, "word")
		whole, beginning := distances(a, b)
		wantWhole, wantBeginning := slowDistance(a, b), len(a)
		for j := range len(b) + 1 {
			wantBeginning = min(wantBeginning, slowDistance(a, b[:j]))
		}
		if min(whole, 3) != min(wantWhole, 3) || min(beginning, 3) != min(wantBeginning, 3) {
			t.Fatalf("distances(%q, %q): got %d %d, want %d %d", string(a), string(b), whole, beginning, wantWhole, wantBeginning)
		}
	})
}

func FuzzSearch(f *testing.F) {
	ix := NewIndex(services)
	f.Add("nimen muutos")
	f.Add("\xff\x00 ä\u0308")
	f.Fuzz(func(t *testing.T, q string) {
		hits := ix.Search(q)
		if !slices.IsSortedFunc(hits, func(a, b Hit) int { return b.Score - a.Score }) {
			t.Errorf("Search(%q): got %v, want best first", q, hits)
		}
		if len(hits) > len(services) {
			t.Errorf("Search(%q): got %d hits of %d docs", q, len(hits), len(services))
		}
		if s := NewQuery(q).Similar(NewWordlist(q)); len(queryWords(q)) == 1 && len(q) < longestWord && s != scoreExact {
			t.Errorf("Similar(%q, itself): got %d, want %d", q, s, scoreExact)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	var docs []Doc
	for i := range 400 {
		d := services[i%len(services)]
		d.ID, d.Name = fmt.Sprint(i), fmt.Sprintf("%s %c%d", d.Name, 'a'+i%26, i)
		docs = append(docs, d)
	}
	ix := NewIndex(docs)
	for b.Loop() {
		ix.Search("nimenmuotos todistus")
	}
}

func BenchmarkT(b *testing.B) {
	p := MustLoad().Printer("fi")
	b.ReportAllocs()
	for b.Loop() {
		_ = p.T("error.too_many", "wait", "15")
	}
}

// What scoreWord passes over could not have fitted: looking at every word finds the same.
func TestNoWordThatFitsIsPassedOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abcdäå]{1,12}`)
		var docs []Doc
		for i, w := range rapid.SliceOfN(word, 1, 20).Draw(t, "words") {
			docs = append(docs, Doc{ID: fmt.Sprint(i), Name: w})
		}
		typed := []rune(Fold(word.Draw(t, "typed")))
		got := NewIndex(docs).scoreWord(typed)
		for i, d := range docs {
			want := wordScore(typed, []rune(Fold(d.Name)))
			if got[i] != want {
				t.Fatalf("%q in %q: got %d, want %d", string(typed), d.Name, got[i], want)
			}
			if got := NewQuery(string(typed)).Similar(NewWordlist(d.Name)); got != want {
				t.Fatalf("%q held against %q: got %d, want %d", string(typed), d.Name, got, want)
			}
		}
	})
}

// A catalogue of 5,000 services with words of their own in four languages: a search may cost 5 ms.
func BenchmarkSearchInFiveThousand(b *testing.B) {
	ix := NewIndex(manyDocs(5000))
	for _, q := range []string{"nimenmuotos", "todistus", "miten saan julkisen notaarin allekirjoituksen"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				ix.Search(q)
			}
			b.ReportMetric(float64(len(ix.vocab)), "words")
		})
	}
}

// manyDocs are the services again and again, each with some words of its own.
func manyDocs(n int) []Doc {
	syllables := strings.Fields("ka li to mu re si va no pe hy da jo tä ru ki sa le mö ve ni")
	made := func(seed int) string {
		var w strings.Builder
		for range 3 + seed%3 {
			w.WriteString(syllables[seed%len(syllables)])
			seed = seed/len(syllables) + seed%7*1013
		}
		return w.String()
	}
	docs := make([]Doc, n)
	for i := range docs {
		d := services[i%len(services)]
		d.ID, d.Name, d.Synonyms = fmt.Sprint(i), d.Name+" "+made(i*17), slices.Clone(d.Synonyms)
		for k := range 6 {
			d.Synonyms = append(d.Synonyms, made(i*31+k*9973))
		}
		docs[i] = d
	}
	return docs
}
