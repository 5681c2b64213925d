package conversation

import (
	"strings"
	"testing"
	"unicode/utf8"

	"luukku/base/natid"
)

func TestCodesAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind natid.Kind
		text string
		want string // of each code, or its fault
	}{
		{natid.FinnishCode, "Hammas särkee. Maija 131052-308T", "131052-308T"},
		{natid.FinnishCode, "131052-308t,", "131052-308T"},
		{natid.FinnishCode, "131052 - 308T Maija", "131052-308T"},
		{natid.FinnishCode, "131052–308T", "131052-308T"},
		{natid.FinnishCode, "131052A308T ja 131052-308T", "131052A308T 131052-308T"},
		{natid.FinnishCode, "131052-308U", "natid.check"},
		{natid.FinnishCode, "310252-308T", "natid.date"},
		{natid.FinnishCode, "Soita 040 1234567 tai 0401234567", ""},
		{natid.FinnishCode, "x131052-308T", ""},
		{natid.FinnishCode, "131052-308TT", ""},
		{natid.SwedishNumber, "jag 19121212-1212", "191212121212"},
		{natid.SwedishNumber, "121212+1212", "191212121212"},
		{natid.SwedishNumber, "19121212-1213", "natid.check"},
		{natid.SwedishNumber, "ring 0701234567", ""},
		{natid.CzechNumber, "rodné číslo 736028/5163", "7360285163"},
		{natid.CzechNumber, "7360285163", "7360285163"},
		{natid.CzechNumber, "736028/5164", "natid.check"},
		{natid.CzechNumber, "602123456", ""},
	} {
		var got []string
		for _, f := range Codes(c.text, c.kind, "", natid.Options{Year: 2026}) {
			if f.Value != "" {
				got = append(got, f.Value.Reveal())
			} else {
				got = append(got, f.Fault)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: got %q, want %q", c.text, s, c.want)
		}
	}
}

func TestWhoWritesIsKnownByACodeThatFitsOrByStaff(t *testing.T) {
	t.Parallel()
	fits := Known{}.With(ClaimFits, "maija")
	for name, c := range map[string]struct{ got, want Known }{
		"no code":                {Known{}.With(ClaimNone, ""), Known{}},
		"wrong":                  {Known{}.With(ClaimWrong, ""), Known{Claim: ClaimWrong}},
		"wrong, then right":      {Known{}.With(ClaimWrong, "").With(ClaimFits, "maija"), fits},
		"right, then wrong":      {fits.With(ClaimWrong, ""), fits},
		"another number":         {Known{}.With(ClaimOther, "maija"), Known{Claim: ClaimOther, Claimed: "maija"}},
		"a second person":        {fits.With(ClaimOther, "matti"), Known{Claim: ClaimSeveral, Claimed: "matti"}},
		"confirmed":              {Known{Claim: ClaimOther, Claimed: "maija"}.Confirmed("maija"), Known{Claim: ClaimOther, Claimed: "maija", Person: "maija", By: ByStaff}},
		"confirmed, then second": {Known{Claim: ClaimOther, Claimed: "maija"}.Confirmed("maija").With(ClaimFits, "matti"), Known{Claim: ClaimSeveral, Claimed: "maija", Person: "maija", By: ByStaff}},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, c.got, c.want)
		}
	}
}

func FuzzCodes(f *testing.F) {
	f.Add("Maija 131052-308T, 0401234567")
	f.Add("736028/5163 – 19121212-1212 ")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []natid.Kind{natid.FinnishCode, natid.SwedishNumber, natid.CzechNumber} {
			found := Codes(text, kind, "+358401234567", natid.Options{Year: 2026, Test: true})
			masked := Masked(text, found)
			if utf8.ValidString(text) && !utf8.ValidString(masked) {
				t.Errorf("masking breaks %q", text)
			}
			if again := Codes(masked, kind, "", natid.Options{Year: 2026, Test: true}); len(again) > 0 && len(found) > 0 && utf8.ValidString(text) {
				t.Errorf("a code is left in %q", masked)
			}
		}
	})
}
