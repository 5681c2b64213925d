package directory

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

func specimen() (org.Installation, []org.Organisation) {
	name := func(fi, en string) i18n.Text { return i18n.Text{"fi": fi, "en": en} }
	in := org.Installation{
		Topics:  []org.Topic{{ID: "school", Name: name("Koulu", "School")}, {ID: "health", Name: name("Terveys", "Health")}, {ID: "none", Name: name("Muu", "Other")}},
		Matters: []org.Matter{{ID: "fees", Topic: "health", Name: name("Asiakasmaksut", "Patient fees")}, {ID: "places", Topic: "school", Name: name("Koulupaikat", "School places")}},
	}
	return in, []org.Organisation{
		{ID: "ayrila", Name: name("Äyrilän kunta", "Municipality of Äyrilä"), Sends: []string{"places", "gone"}},
		{ID: "zeta", Name: name("Zetan kunta", "Municipality of Zeta"), ReceivesLetters: true},
		{ID: "aava", Name: name("Aavan kunta", "Town of Aava"), Sends: []string{"places", "fees"}},
		{ID: "apart", Name: name("Ei mukana", "Not here")},
	}
}

func idsOf(list []Entry) []ids.Org {
	var out []ids.Org
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

func TestThoseWhoJoinedAreInTheOrderOfTheLanguage(t *testing.T) {
	t.Parallel()
	in, orgs := specimen()
	d := New("fi", in, orgs)
	if diff := cmp.Diff([]ids.Org{"aava", "zeta", "ayrila"}, idsOf(d.All())); diff != "" {
		t.Errorf("Finnish (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ids.Org{"ayrila", "zeta", "aava"}, idsOf(New("en", in, orgs).All())); diff != "" {
		t.Errorf("English (-want +got):\n%s", diff)
	}
	var letters []string
	for _, l := range d.ByLetter() {
		letters = append(letters, l.Letter)
	}
	if diff := cmp.Diff([]string{"A", "Z", "Ä"}, letters); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	if _, ok := d.Entry("apart"); ok {
		t.Error("who neither sends nor can be written to did not join")
	}
	e, ok := d.Entry("ayrila")
	if !ok || len(e.Matters) != 1 || e.Matters[0].ID != "places" {
		t.Errorf("got %v, want the matter that the installation has, and not the other", e.Matters)
	}
}

func TestTopicsHaveWhoSends(t *testing.T) {
	t.Parallel()
	d := New("fi", first(specimen()), second(specimen()))
	var got []string
	for _, x := range d.Topics() {
		got = append(got, x.ID)
	}
	if diff := cmp.Diff([]string{"school", "health"}, got); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
	school, ok := d.Topic("school")
	if diff := cmp.Diff([]ids.Org{"aava", "ayrila"}, idsOf(school.Entries)); !ok || diff != "" {
		t.Errorf("school (-want +got):\n%s", diff)
	}
	if _, ok := d.Topic("none"); ok {
		t.Error("a topic that nobody sends anything about is there")
	}
}

func TestSearchForgives(t *testing.T) {
	t.Parallel()
	d := New("fi", first(specimen()), second(specimen()))
	for query, want := range map[string]ids.Org{
		"ayrila": "ayrila", "ÄYRILÄ": "ayrila", "äyrilän": "ayrila", "town of aava": "aava", "asiakasmaksut": "aava", "zetta": "zeta", "terveys": "aava",
	} {
		got := idsOf(d.Search(query))
		if len(got) == 0 || got[0] != want {
			t.Errorf("%q: got %v, want %s first", query, got, want)
		}
	}
	if got := d.Search("koulupaikat"); len(got) != 2 {
		t.Errorf("got %v, want both who send about school places", idsOf(got))
	}
	if got := d.Search("qqqq"); len(got) != 0 || slices.ContainsFunc(d.Search("ei mukana"), func(e Entry) bool { return e.ID == "apart" }) {
		t.Errorf("got %v, want nothing", idsOf(got))
	}
}

func first(in org.Installation, _ []org.Organisation) org.Installation      { return in }
func second(_ org.Installation, list []org.Organisation) []org.Organisation { return list }
