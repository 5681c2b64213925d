package texting

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
)

func TestCommandsInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		verb Verb
		lang i18n.Lang
	}{
		{"STOP", Stop, ""}, {"stop.", Stop, ""}, {"Seis", Stop, "fi"}, {"LOPETA", Stop, "fi"}, {"Stopp!", Stop, "sv"}, {"avsluta", Stop, "sv"},
		{"ZRUŠIT ODBĚR", Stop, "cs"}, {"zrusit odber", Stop, "cs"}, {"Odhlásit", Stop, "cs"}, {"stop kiitos", Stop, ""},
		{"START", Start, ""}, {"aloita", Start, "fi"}, {"STARTA", Start, "sv"}, {"Začít", Start, "cs"},
		{"help", Help, "en"}, {"Apua!", Help, "fi"}, {"HJÄLP", Help, "sv"}, {"hjalp", Help, "sv"}, {"POMOC", Help, "cs"}, {"?", Help, ""},
		{"BOOK", Book, "en"}, {"varaa", Book, "fi"}, {" Boka ", Book, "sv"}, {"OBJ", Book, "cs"}, {"Objednat", Book, "cs"}, {"B O O K", None, ""},
		{"CANCEL", Cancel, "en"}, {"Peru", Cancel, "fi"}, {"avboka", Cancel, "sv"}, {"STORNO", Cancel, "cs"}, {"zrušit", Cancel, "cs"},
		{"MOVE", Move, "en"}, {"SIIRRÄ", Move, "fi"}, {"siirra", Move, "fi"}, {"Flytta", Move, "sv"}, {"PŘESUN", Move, "cs"},
		{"YES", Yes, "en"}, {"Kyllä.", Yes, "fi"}, {"ja", Yes, "sv"}, {"ANO", Yes, "cs"}, {"yes please", Yes, "en"}, {"Ja tack!", Yes, "sv"},
		{"no", No, "en"}, {"ei", No, "fi"}, {"NEJ", No, "sv"}, {"ne", No, "cs"}, {"ei kiitos", No, "fi"},
		{"takaisin", Back, "fi"}, {"Zpět", Back, "cs"},
		{"ＢＯＯＫ", Book, "en"}, // full width
		{"", None, ""}, {"   ", None, ""}, {"👍", None, ""}, {"Привет", None, ""}, {"こんにちは", None, ""},
		{"I will book a table for us tonight at eight, all right?", None, ""},
		{"No I cannot come on Tuesday", None, ""}, {"Yes but later if that is possible", None, ""},
		{"Stop calling me about the thing of last week", None, ""},
		{"Peruutan aikani", None, ""}, {"stopover", None, ""}, {"jaa", None, ""},
		{strings.Repeat("book ", 320), None, ""},
	} {
		got := Parse(c.body)
		if got.Verb != c.verb || got.Verb != None && got.Lang != c.lang {
			t.Errorf("%q: got %q %q, want %q %q", c.body, got.Verb, got.Lang, c.verb, c.lang)
		}
	}
}

func TestCodesInAnyOrderAndShape(t *testing.T) {
	t.Parallel()
	const code = "K7PQ3M9XTR"
	for _, body := range []string{
		"PERU K7PQ-3M9X-TR", "peru k7pq3m9xtr", "K7PQ-3M9X-TR peru", "Storno: K7PQ 3M9X TR", "CANCEL k7pq–3m9x–tr please", "k7pq 3m9x tr CANCEL",
	} {
		if got := Parse(body); got.Verb != Cancel || got.Code != code {
			t.Errorf("%q: got %q with the code %q", body, got.Verb, got.Code)
		}
	}
	if got := Parse("k7pq-3m9x-tr"); got.Verb != None || got.Code != code {
		t.Errorf("a code alone: got %q %q", got.Verb, got.Code)
	}
	for _, body := range []string{"YES K7P4", "k7p4 yes", "Ano k7p4.", "JA  K7P4 tack", "kyllä (K7P4)"} {
		got := Parse(body)
		if got.Verb != Yes || len(got.Words) != 1 || OfferCode(got.Words[0]) != "K7P4" {
			t.Errorf("%q: got %q %q", body, got.Verb, got.Words)
		}
	}
}

func TestTwoCommandsAreNotGuessedAt(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"BOOK CANCEL", "peru varaa", "YES NO", "ano ne"} {
		if got := Parse(body); !got.Several {
			t.Errorf("%q: got %+v, want that it asks", body, got)
		}
	}
}

func TestLinesOfAList(t *testing.T) {
	t.Parallel()
	days := []string{"ma 23.11.", "ti 24.11.", "ke 25.11."}
	times := []string{"8.00", "8.20", "10.00", "10.20"}
	names := []string{"Apply for a passport", "Collect a passport", "Henkilökortti"}
	for _, c := range []struct {
		body  string
		lines []string
		want  int
	}{
		{"2", days, 1}, {" 2. ", days, 1}, {"#2", days, 1}, {"2️⃣", days, 1}, {"٢", days, 1}, {"２", days, 1}, {"nro 3", days, 2},
		{"0", days, -1}, {"4", days, -1}, {"24.11.", days, 1}, {"24.11", days, 1}, {"TI", days, 1}, {"ti 25.11", days, -1}, {"11", days, -1},
		{"10:20", times, 3}, {"8.20", times, 1}, {"10", times, -1}, {"12", times, -1},
		{"collect", names, 1}, {"passport", names, -1}, {"henkilokortti", names, 2}, {"HENKILÖ", names, 2}, {"", names, -1}, {"visa", names, -1},
	} {
		if got := choose(Words(c.body), c.lines); got != c.want {
			t.Errorf("%q of %q: got %d, want %d", c.body, c.lines, got, c.want)
		}
	}
}

func TestCodesOfOffersAreNoWords(t *testing.T) {
	t.Parallel()
	for w := range vocabulary {
		if OfferCode(w) != "" {
			t.Errorf("%s is a command and a code", w)
		}
	}
	for i := range 256 {
		b := byte(i)
		code := offerCode([4]byte{b, b + 1, b + 2, b + 3})
		if OfferCode(strings.ToLower(code)) != code {
			t.Errorf("%s does not read as itself", code)
		}
	}
	for _, no := range []string{"", "K7P", "K7P44", "7K4P", "K1P4", "KO42", "1234"} {
		if got := OfferCode(no); got != "" {
			t.Errorf("%q reads as %q", no, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"BOOK", "peru K7PQ-3M9X-TR", "YES K7P4", "zrušit odběr", "2", "24.11.", "", "?", "👍🏽", "\x00", "ＹＥＳ", "stop\u200b", "ﬀ", "İ", "ß", "\u0301yes",
		strings.Repeat("a", 1600), strings.Repeat("👨‍👩‍👧", 200), "BOOK\r\nCANCEL", "ja\u00a0tack", "٢", "K7PQ 3M9X TR KYLLÄ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := Parse(body)
		for _, w := range c.Words {
			if w == "" || !utf8.ValidString(w) || strings.ContainsAny(w, " \t\n") {
				t.Errorf("%q has the word %q", body, w)
			}
		}
		if c.Code != "" {
			if again, err := ids.ParseCode(c.Code); err != nil || again != c.Code {
				t.Errorf("%q has the code %q", body, c.Code)
			}
		}
		if c.Verb != None && len(c.Words) > mostWords {
			t.Errorf("%q of %d words is the command %q", body, len(c.Words), c.Verb)
		}
		// Case, and blanks around it, change nothing.
		if d := cmp.Diff(Parse(" "+body+"\n"), c); d != "" {
			t.Errorf("%q with blanks around it:\n%s", body, d)
		}
		if i := choose(Words(body), []string{"a", "b"}); i < -1 || i > 1 {
			t.Errorf("%q is line %d of two", body, i)
		}
	})
}
