package i18n

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestSortKeyFollowsTheLanguage(t *testing.T) {
	t.Parallel()
	for lang, sorted := range map[Lang]string{
		"fi": "Alajärvi Espoo Vaasa Wiitasaari Yläne Zürich Åbo Ähtäri Östersundom",
		"sv": "Arboga Ystad Zinkgruvan Åbo Ängelholm Örebro",
		"en": "Åbo Ähtäri Bath Örebro Oslo York Zurich",
		"cs": "Citov Cvikov Čáslav Hradec Cheb Chrudim Ivančice Rakovník Říčany Sezemice Šumperk Zlín Žatec",
	} {
		want := strings.Fields(sorted)
		if lang == "en" {
			want = []string{"Åbo", "Ähtäri", "Bath", "Örebro", "Oslo", "York", "Zurich"}
		}
		got := slices.Clone(want)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, func(a, b string) int { return cmp.Compare(SortKey(lang, a), SortKey(lang, b)) })
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
		Collator(lang).SortStrings(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s by collator (-want +got):\n%s", lang, diff)
		}
	}
	if key := SortKey("fi", "Åbo 12 a\x00\xff"); strings.Trim(key, "0123456789abcdef") != "" {
		t.Errorf("got key %q, want hexadecimal digits alone", key)
	}
}

func TestInitialIsTheHeadingOfTheList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang    Lang
		s, want string
	}{
		{"fi", "avioliitto", "A"}, {"fi", "äitiys", "Ä"}, {"fi", "A\u0308itiys", "Ä"}, {"fi", "Åbo", "Å"}, {"fi", "öljy", "Ö"},
		{"fi", "Émile", "E"}, {"fi", "Über", "Y"}, {"fi", "Ørsted", "Ö"}, {"fi", "Šakki", "S"}, {"fi", "”lainaus”", "L"},
		{"sv", "ändring", "Ä"}, {"sv", "Æsir", "Ä"}, {"sv", "chaufför", "C"},
		{"en", "Ähtäri", "A"}, {"en", "Ørsted", "O"}, {"en", "Æthel", "A"}, {"en", "ßharp", "S"},
		{"cs", "čestné", "Č"}, {"cs", "chráněné", "Ch"}, {"cs", "CHKO", "Ch"}, {"cs", "cena", "C"}, {"cs", "Řím", "Ř"}, {"cs", "škola", "Š"},
		{"cs", "žádost", "Ž"}, {"cs", "Ťapka", "T"}, {"cs", "ďábel", "D"}, {"cs", "Ústí", "U"}, {"cs", "Örebro", "O"}, {"cs", "c\u030Cestné", "Č"},
		{"fi", "3 kopiota", "0–9"}, {"fi", "", "#"}, {"fi", " – ", "#"}, {"fi", "Ямал", "Я"}, {"fi", "محمد", "م"}, {"xx", "äiti", "Ä"},
	} {
		if got := Initial(c.lang, c.s); got != c.want {
			t.Errorf("Initial(%s, %q): got %q, want %q", c.lang, c.s, got, c.want)
		}
	}
}

func TestHeadingsStandTogetherInASortedList(t *testing.T) {
	t.Parallel()
	var list []string
	for _, first := range strings.Split("a á ä å æ b c č ć d ď đ e é ě f g h ch i í j k l ł m n ň ñ o ó ö ø œ ő p q r ř s š ś ß t ť u ú ů ü ű v w x y ý z ž ź ż", " ") {
		for _, rest := range []string{"aa", "la", "zz"} {
			list = append(list, first+rest)
		}
	}
	for _, l := range Languages() {
		Collator(l.Code).SortStrings(list)
		var seen []string
		for _, s := range list {
			if in := Initial(l.Code, s); len(seen) == 0 || seen[len(seen)-1] != in {
				if slices.Contains(seen, in) {
					t.Errorf("%s: heading %q comes twice, again at %q", l.Code, in, s)
				}
				seen = append(seen, in)
			}
		}
	}
}

func TestFoldMakesOneOfWhatSearchTakesForOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"  Ääkköset\t JA  muut ", "aakkoset ja muut"},
		{"A\u0308a\u030a", "aa"},
		{"ČEŠTINA žluťoučký kůň", "cestina zlutoucky kun"},
		{"Øre Æble Straße Łódź Đorđe Þór", "ore aeble strasse lodz dorde thor"},
		{"St John’s", "st johns"},
		{"ﬁle ＦＵＬＬ", "file full"},
		{"İstanbul ılık", "istanbul ilik"},
		{"שָׁלוֹם", "שלום"},
		{"ΣΊΣΥΦΟΣ", "σισυφοσ"},
		{"", ""},
		{"\u200b \x00", ""},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q): got %q, want %q", c.in, got, c.want)
		}
		if again := Fold(Fold(c.in)); again != Fold(c.in) {
			t.Errorf("Fold(%q) is not done after once: %q", c.in, again)
		}
	}
}
