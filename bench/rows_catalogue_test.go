package bench

import (
	"testing"

	"luukku/domain/catalog"
)

// The row searches as many services as it says, in each of the languages, and finds what it must.
func TestTheCatalogueOfTheRowIsLarge(t *testing.T) {
	t.Parallel()
	c, err := largeCatalogue(catalogueSize)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != catalogueSize {
		t.Errorf("got %d services, want %d", len(c.Services), catalogueSize)
	}
	name := c.Services[catalogueSize-1].Name
	if got := c.Find("cs", catalog.Wanted{Words: name["fi"]}); len(got) == 0 || got[0].ID != c.Services[catalogueSize-1].ID {
		t.Errorf("the last one is not found by its Finnish name %q", name["fi"])
	}
	e := rowEnv(t, "catalogue/search")
	res, err := runCatalogue(t.Context(), e)
	if err != nil || len(res.Wrong) > 0 || res.Ratio <= 0 {
		t.Errorf("got %+v, %v", res, err)
	}
}

func BenchmarkSearchOfTheCatalogue(b *testing.B) {
	c, err := largeCatalogue(catalogueSize)
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range catalogueAsked {
		c.Find(a.lang, catalog.Wanted{Words: a.words}) // makes the index
		b.Run(string(a.lang)+"/"+a.words, func(b *testing.B) {
			for b.Loop() {
				c.Find(a.lang, catalog.Wanted{Words: a.words})
			}
		})
	}
}
