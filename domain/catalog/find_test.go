package catalog_test

import (
	"slices"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// specimen is a town with four services: one to book, one elsewhere on the web, one on paper for companies, and one without other words.
func specimen(t *testing.T) *catalog.Config {
	t.Helper()
	text := func(fi, sv string) i18n.Text { return i18n.Text{"fi": fi, "sv": sv} }
	c := &catalog.Config{
		Org:        org.Organisation{ID: "town", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv"}},
		Categories: []catalog.Category{{ID: "care", Name: text("Hoito", "Vård")}, {ID: "streets", Name: text("Kadut", "Gator")}},
		Offices:    []org.Office{{ID: "hall"}},
		Services: []catalog.Service{
			{
				ID: "parking", Category: "streets", Name: text("Pysäköintitunnus", "Parkeringstillstånd"), Summary: text("Pysäköi kadulla.", "Parkera på gatan."),
				Synonyms: i18n.TextList{"fi": {"parkkilupa"}, "sv": {"bilplats"}}, LifeEvents: []catalog.LifeEvent{"moving"},
			},
			{
				ID: "day-care", Category: "care", Name: text("Varhaiskasvatus", "Småbarnspedagogik"), Synonyms: i18n.TextList{"fi": {"päiväkoti"}, "sv": {"dagis"}},
				Audience: []catalog.Audience{catalog.ForPersons}, Channels: []catalog.Channel{{Kind: catalog.Online}}, LifeEvents: []catalog.LifeEvent{"moving"},
			},
			{
				ID: "digging", Category: "streets", Name: text("Kaivulupa", "Grävtillstånd"), Audience: []catalog.Audience{catalog.ForCompanies},
				Channels: []catalog.Channel{{Kind: catalog.Printable}, {Kind: catalog.Telephone}},
			},
			{ID: "advice", Name: text("Äitiysneuvola", "Mödrarådgivning"), Channels: []catalog.Channel{{Kind: catalog.Telephone}}},
		},
		Offers: []catalog.Offer{{Service: "parking", Office: "hall"}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

func found(c *catalog.Config, l i18n.Lang, w catalog.Wanted) []ids.Service {
	var out []ids.Service
	for _, s := range c.Find(l, w) {
		out = append(out, s.ID)
	}
	return out
}

func TestServicesAreFoundByWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	c := specimen(t)
	for _, x := range []struct {
		why  string
		w    catalog.Wanted
		want []ids.Service
	}{
		{"nothing is everything, by name", catalog.Wanted{}, []ids.Service{"digging", "parking", "day-care", "advice"}},
		{"blanks are nothing", catalog.Wanted{Words: "  "}, []ids.Service{"digging", "parking", "day-care", "advice"}},
		{"a topic", catalog.Wanted{Topic: "streets"}, []ids.Service{"digging", "parking"}},
		{"for people: who does not say is for everybody", catalog.Wanted{For: catalog.ForPersons}, []ids.Service{"parking", "day-care", "advice"}},
		{"for companies", catalog.Wanted{For: catalog.ForCompanies}, []ids.Service{"digging", "parking", "advice"}},
		{"a time of life", catalog.Wanted{Life: "moving"}, []ids.Service{"parking", "day-care"}},
		{"by booking", catalog.Wanted{Way: catalog.ByTime}, []ids.Service{"parking"}},
		{"by phone", catalog.Wanted{Way: "phone"}, []ids.Service{"digging", "advice"}},
		{"all of it holds", catalog.Wanted{Topic: "streets", Way: "phone", For: catalog.ForCompanies}, []ids.Service{"digging"}},
		{"what there is not", catalog.Wanted{Topic: "nowhere"}, nil},
		{"a way that there is not", catalog.Wanted{Way: "pigeon"}, nil},
		{"words and a topic", catalog.Wanted{Words: "dagis", Topic: "streets"}, nil},
	} {
		if got := found(c, "fi", x.w); !slices.Equal(got, x.want) {
			t.Errorf("%s: got %v, want %v", x.why, got, x.want)
		}
	}
}

func TestWordsOfEveryLanguageFindAService(t *testing.T) {
	t.Parallel()
	c := specimen(t)
	for words, want := range map[string]ids.Service{
		"parkkilupa": "parking", "bilplats": "parking", "PYSAKOINTI": "parking", "pysäköinttunnus": "parking", "parkera": "parking",
		"päiväkodissa": "day-care", "småbarnspedagogik": "day-care", "smabarnspedagogik": "day-care", "vård": "day-care",
		"kaivuluvat": "digging", "gravtillstand": "digging", // it has no other words at all: its name in another language counts all the same
		"aitiysneuvola": "advice", "mödrarådgivningen": "advice",
	} {
		for _, l := range []i18n.Lang{"fi", "sv", "en"} { // English is none of its languages
			if got := found(c, l, catalog.Wanted{Words: words}); len(got) == 0 || got[0] != want {
				t.Errorf("%s, %q: got %v, want %s first", l, words, got, want)
			}
		}
	}
	if got := found(c, "fi", catalog.Wanted{Words: "qwertzuiop"}); len(got) > 0 {
		t.Errorf("got %v, want nothing", got)
	}
}
