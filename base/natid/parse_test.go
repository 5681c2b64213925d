package natid

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"luukku/base/fault"
)

// The identifiers here are the customary examples and test numbers of the authorities, or made for this test; nobody alive has them.
func TestIdentifiersAreReadAsTheirAuthoritiesWriteThem(t *testing.T) {
	t.Parallel()
	test, now := Options{Test: true}, Options{Year: 2026}
	for _, c := range []struct {
		kind  Kind
		typed string
		o     Options
		want  string // or the key of the fault
		born  string
	}{
		{FinnishCode, "131052-308T", Options{}, "131052-308T", "1952-10-13"},
		{FinnishCode, " 131052-308t ", Options{}, "131052-308T", "1952-10-13"},
		{FinnishCode, "131052–308T", Options{}, "131052-308T", "1952-10-13"},
		{FinnishCode, "131052Y308T", Options{}, "131052Y308T", "1952-10-13"},
		{FinnishCode, "131052X308T", Options{}, "131052X308T", "1952-10-13"},
		{FinnishCode, "131052U308T", Options{}, "131052U308T", "1952-10-13"},
		{FinnishCode, "131052A308T", Options{}, "131052A308T", "2052-10-13"},
		{FinnishCode, "131052F308T", Options{}, "131052F308T", "2052-10-13"},
		{FinnishCode, "131052+308T", Options{}, "131052+308T", "1852-10-13"},
		{FinnishCode, "210518A904C", test, "210518A904C", "2018-05-21"},
		{FinnishCode, "210518A904C", Options{}, "natid.test", ""},
		{FinnishCode, "131052-308U", Options{}, "natid.check", ""},
		{FinnishCode, "131052-3080", test, "natid.check", ""},
		{FinnishCode, "310252-308T", Options{}, "natid.date", ""},
		{FinnishCode, "131352-308T", Options{}, "natid.date", ""},
		{FinnishCode, "131052G308T", Options{}, "natid.form", ""},
		{FinnishCode, "131052-001C", Options{}, "natid.form", ""},
		{FinnishCode, "131052-308", Options{}, "natid.form", ""},
		{FinnishCode, "13105-2308T", Options{}, "natid.form", ""},
		{FinnishCode, "", Options{}, "natid.form", ""},

		{SwedishNumber, "191212121212", Options{}, "191212121212", "1912-12-12"},
		{SwedishNumber, "19121212-1212", Options{}, "191212121212", "1912-12-12"},
		{SwedishNumber, "121212-1212", now, "201212121212", "2012-12-12"},
		{SwedishNumber, "121212+1212", now, "191212121212", "1912-12-12"},
		{SwedishNumber, "9001012385", now, "199001012385", "1990-01-01"},
		{SwedishNumber, "900101-2385", Options{}, "natid.form", ""},
		{SwedishNumber, "19900101+2385", Options{}, "natid.form", ""},
		{SwedishNumber, "199001012384", Options{}, "natid.check", ""},
		{SwedishNumber, "199002302385", Options{}, "natid.date", ""},
		{SwedishNumber, "197010632391", Options{}, "197010632391", "1970-10-03"},
		{SwedishCoord, "701063-2391", now, "197010632391", "1970-10-03"},
		{SwedishCoord, "199001012385", Options{}, "natid.form", ""},
		{SwedishCoord, "197013632391", Options{}, "natid.date", ""},

		{CzechNumber, "736028/5163", Options{}, "7360285163", "1973-10-28"},
		{CzechNumber, "7801233540", Options{}, "7801233540", "1978-01-23"}, // remainder 10, written as 0
		{CzechNumber, "780123/3541", Options{}, "natid.check", ""},
		{CzechNumber, "530101/123", Options{}, "530101123", "1953-01-01"},
		{CzechNumber, "545101/123", Options{}, "545101123", "1854-01-01"},
		{CzechNumber, "530101/000", Options{}, "natid.check", ""},
		{CzechNumber, "0422291230", Options{}, "natid.check", ""},
		{CzechNumber, "780230/3540", Options{}, "natid.date", ""},
		{CzechNumber, "782123/3540", Options{}, "natid.date", ""}, // +20 is for 2004 and later
		{CzechNumber, "78012/33540", Options{}, "natid.form", ""},

		{CzechPseudonym, "cz/CZ/3f6c2c1e-5d0b", Options{}, "CZ/CZ/3f6c2c1e-5d0b", ""},
		{CzechPseudonym, "3f6c2c1e-5d0b", Options{}, "3f6c2c1e-5d0b", ""},
		{CzechPseudonym, "SK/CZ/3f6c2c1e-5d0b", Options{}, "natid.form", ""},
		{EIDASIdentifier, "IE/FI/7c0d5a52/x", Options{}, "IE/FI/7c0d5a52/x", ""},
		{EIDASIdentifier, "7c0d5a52", Options{}, "natid.form", ""},
		{EIDASIdentifier, "IE/FI/", Options{}, "natid.form", ""},
		{EIDASIdentifier, "IE/FI/a b", Options{}, "natid.form", ""},
		{EIDASIdentifier, "I1/FI/ab", Options{}, "natid.form", ""},
		{EIDASIdentifier, strings.Repeat("a", 301), Options{}, "natid.form", ""},
	} {
		got, err := Parse(c.kind, c.typed, c.o)
		if f, ok := errors.AsType[*fault.Fault](err); ok {
			if f.Key != c.want || got != "" {
				t.Errorf("%s %s: got %s, want %s", c.kind, c.typed, f.Key, c.want)
			}
			continue
		}
		if err != nil || got.Reveal() != c.want {
			t.Errorf("%s %s: got %s, %v; want %s", c.kind, c.typed, got.Reveal(), err, c.want)
		}
		if born, ok := Birth(c.kind, got); born != c.born || ok != (c.born != "") {
			t.Errorf("%s %s: got birth %q, want %q", c.kind, c.typed, born, c.born)
		}
	}
}

func TestNumbersOf2004AndLaterMayHaveAnotherMonth(t *testing.T) {
	t.Parallel()
	for _, nine := range []string{"040229123", "042229123", "047229123", "045229123"} {
		n, _ := number(nine)
		if n%11 == 10 {
			t.Fatalf("%s has no check digit", nine)
		}
		s, err := Parse(CzechNumber, fmt.Sprintf("%s%d", nine, n%11), Options{})
		if err != nil {
			t.Errorf("%s: %v", nine, err)
		}
		if born, _ := Birth(CzechNumber, s); born != "2004-02-29" {
			t.Errorf("%s: got birth %s, want 2004-02-29", nine, born)
		}
	}
}

func TestEveryCenturySignHasItsCentury(t *testing.T) {
	t.Parallel()
	for sign, century := range map[string]string{"+": "18", "-YXWVU": "19", "ABCDEF": "20"} {
		for _, r := range sign {
			if born, ok := Birth(FinnishCode, Secret("131052"+string(r)+"308T")); !ok || born != century+"52-10-13" {
				t.Errorf("%c: got %s", r, born)
			}
		}
	}
}

func TestCoordinationNumbersAreTold(t *testing.T) {
	t.Parallel()
	for s, want := range map[Secret]Kind{"197010632391": SwedishCoord, "199001012385": SwedishNumber} {
		if got := Sort(SwedishNumber, s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := Sort(FinnishCode, "131052-308T"); got != FinnishCode {
		t.Errorf("got %s", got)
	}
}

func TestAKindThatIsNotThereIsNoFaultOfAPerson(t *testing.T) {
	t.Parallel()
	_, err := Parse("NO-FNR", "1", Options{})
	if err == nil || fault.Is(err, fault.KindInvalid) {
		t.Errorf("got %v, want an error that is no fault", err)
	}
}

func TestIdentifiersNeverPrint(t *testing.T) {
	t.Parallel()
	s := Secret("131052-308T")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s)
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%q %x %#v %s", s, s, s, []Secret{s}), log.String()} {
		if strings.Contains(printed, "308") || strings.Contains(printed, "333038") {
			t.Errorf("got %s", printed)
		}
	}
	if _, err := Parse(FinnishCode, "131052-308U", Options{}); strings.Contains(err.Error(), "308") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	kinds := []Kind{FinnishCode, SwedishNumber, SwedishCoord, CzechNumber, CzechPseudonym, EIDASIdentifier}
	for i, s := range []string{"131052-308T", "121212+1212", "701063-2391", "736028/5163", "CZ/CZ/x", "IE/FI/x", "‐‑–−"} {
		f.Add(i%len(kinds), s)
	}
	f.Fuzz(func(t *testing.T, k int, typed string) {
		kind, o := kinds[uint(k)%uint(len(kinds))], Options{Test: true, Year: 2026}
		s, err := Parse(kind, typed, o)
		if err != nil {
			if !fault.Is(err, fault.KindInvalid) {
				t.Fatalf("got %v, want a fault that a person can be told", err)
			}
			return
		}
		again, err := Parse(kind, s.Reveal(), Options{Test: true})
		if err != nil || again != s {
			t.Fatalf("what was read is read otherwise the second time: %v", err)
		}
		_, ok := Birth(kind, s)
		if want := kind == FinnishCode || kind == CzechNumber || Sort(kind, s) == SwedishNumber; want && !ok {
			t.Fatal("an identifier with a date has no birth")
		}
	})
}
