package demo

import (
	"testing"
)

// One has begun a form and is asked to sign another's, which lacks nothing but her signature; opened again it is the same.
func TestPeopleHaveBegunFormsOfTheCity(t *testing.T) {
	t.Parallel()
	c := settings(t, "")
	for range 2 {
		b := open(t, c, monday, false)
		for _, x := range []struct {
			who        filler
			own, asked int
		}{{maija, 1, 1}, {veikko, 1, 0}, {erika, 1, 0}} {
			who, err := asPerson(t.Context(), b.App, x.who)
			if err != nil {
				t.Fatal(err)
			}
			own, asked, err := b.Eservices.Fillings(t.Context(), who)
			if err != nil || len(own) != x.own || len(asked) != x.asked {
				t.Errorf("%s: got %d begun and %d to sign (%v), want %d and %d", x.who.name, len(own), len(asked), err, x.own, x.asked)
			}
			for _, d := range asked {
				f, err := b.Eservices.Filling(t.Context(), who, d.ID)
				if err != nil || !f.Ready() || f.Mine == nil {
					t.Errorf("%s is asked to sign what lacks something: %v, %v", x.who.name, f.Out.Check(), err)
				}
			}
			for _, d := range own {
				f, err := b.Eservices.Filling(t.Context(), who, d.ID)
				if err != nil || len(f.Draft.Done) == 0 || f.Def.Unknown(f.Answers) != nil {
					t.Errorf("%s: got %v answered (%v), want something, and nothing that the form does not ask", x.who.name, f.Answers, err)
				}
			}
		}
		b.close(t)
	}
}
