package notify_test

import (
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/notify"
)

func TestAnEmailAddressIsMadeUniform(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"specimen@example.org":                   "specimen@example.org",
		"  Specimen.X@EXAMPLE.Org \r\n":          "Specimen.X@example.org",
		"\u200bspecimen@example.org\u00a0":       "specimen@example.org",
		"a+b=c'd@example.org":                    "a+b=c'd@example.org",
		"x@pääkaupunki.example":                  "x@xn--pkaupunki-v2aa.example",
		"x@ΒΌΛΟΣ.example":                        "x@xn--nxasmq6b.example",
		"x@ｅｘａｍｐｌｅ。org":                          "x@example.org",
		"x@localhost":                            "x@localhost",
		"x@a-b.co.uk":                            "x@a-b.co.uk",
		strings.Repeat("a", 64) + "@example.org": strings.Repeat("a", 64) + "@example.org",
	} {
		got, err := notify.ParseEmail(in)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
		again, err := notify.ParseEmail(got)
		if err != nil || again != got {
			t.Errorf("%q is not stable: got %q, %v", got, again, err)
		}
	}
}

func TestWhatIsNoEmailAddressIsRefusedInSilence(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	for _, in := range []string{
		"", "@", "x", "x@", "@example.org", "x@y", "x@@example.org", "x@y@example.org", "a b@example.org", "x@exam ple.org", "x@example..org",
		"x@example.org.", "x@.example.org", "x@-a.org", "x@a_b.org", "x@127.0.0.1", "x@[127.0.0.1]", "x@[IPv6:::1]",
		"Specimen <x@example.org>", "<x@example.org>", `"a b"@example.org`, "x@example.org, y@example.org", "x@example.org;y@example.org",
		"x\r\nBcc: y@example.org", "x@example.org\r\nBcc: y@example.org", "x\x00@example.org", "x@example.org\x00", "x@exa\x7fmple.org", "\xff@example.org",
		".x@example.org", "x.@example.org", "x..y@example.org", "väinö@example.org", "x@\u202eexample.org",
		strings.Repeat("a", 65) + "@example.org", "x@" + strings.Join([]string{label, label, label, label}, ".") + ".org",
		strings.Repeat("a", 64) + "@" + strings.Join([]string{label, label, label}, "."), strings.Repeat("a", 100_000) + "@example.org",
		"x@" + strings.Repeat("ä", 100_000) + ".org", "mailto:x@example.org ?", "x@xn--zzzzzzzzzz99999.org",
	} {
		got, err := notify.ParseEmail(in)
		if got != "" || !fault.IsKey(err, "field.email") || !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%.60q: got %q, %v; want the fault field.email", in, got, err)
			continue
		}
		if len(in) > 3 && strings.Contains(err.Error(), in) {
			t.Errorf("%.60q: the error holds what was typed: %v", in, err)
		}
	}
}

func TestAPhoneNumberIsMadeUniform(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"040 123 4567": "+358401234567", "+358 (40) 123-4567": "+358401234567", "00358401234567": "+358401234567", "0401234567": "+358401234567",
		"+358401234567\u00a0": "+358401234567", "040–123–4567": "+358401234567", "09 310 1691": "+35893101691",
		"+358 18 19000":    "+3581819000", // Åland is Finland
		"+46 70 123 45 67": "+46701234567",
	} {
		got, err := notify.ParsePhone(in, "FI", []string{"FI", "SE"})
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
	}
	if got, err := notify.ParsePhone("601 123 456", "CZ", nil); err != nil || got != "+420601123456" {
		t.Errorf("Czech number: got %q, %v", got, err)
	}
}

func TestWhatIsNoPhoneNumberIsRefusedInSilence(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", "123", "112", "abc", "040 123", "0401234567 ext. 5", "0401234567;ext=5", "040CALLME1", "tel:+358401234567", "+999123456789",
		"040\r\n1234567", "040\x001234567", "+", "++358401234567", "358+401234567", strings.Repeat("1", 10_000), "٠٤٠١٢٣٤٥٦٧", "\xff0401234567",
	} {
		got, err := notify.ParsePhone(in, "FI", nil)
		if got != "" || !fault.IsKey(err, "field.phone") || len(in) > 3 && strings.Contains(err.Error(), in) {
			t.Errorf("%.40q: got %q, %v; want the fault field.phone", in, got, err)
		}
	}
}

func TestAPhoneNumberOfAnotherCountryIsToldApart(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"+46 70 123 45 67", "+420 601 123 456", "+1 650 253 0000"} {
		if got, err := notify.ParsePhone(in, "FI", []string{"FI"}); got != "" || !fault.IsKey(err, "field.phone_country") {
			t.Errorf("%q: got %q, %v; want the fault field.phone_country", in, got, err)
		}
	}
	if _, err := notify.ParsePhone("+1 416 555 0123", "FI", []string{"US"}); !fault.IsKey(err, "field.phone_country") {
		t.Errorf("a Canadian number where the United States are allowed: got %v", err)
	}
}

func TestAMaskedAddressTellsItsOwnerOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"liisa@example.org": "l…@example.org", "a@example.org": "a…@example.org", "": "…", "liisa": "…", "@example.org": "…", "liisa@": "…",
	} {
		if got := notify.MaskEmail(in); got != want {
			t.Errorf("email %q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"+358401234567": "040 … 67", "+35893101691": "093 … 91", "+3581819000": "018 … 00", "+46701234567": "+46 … 67", "+420601123456": "+420 … 56",
		"": "…", "x": "…", "+1": "…", "secret": "…",
	} {
		if got := notify.MaskPhone(in, "FI"); got != want {
			t.Errorf("phone %q: got %q, want %q", in, got, want)
		}
	}
}

func TestEveryFieldTextExistsInEachLanguage(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []i18n.Lang{"fi", "sv", "en", "cs"} {
		p := catalog.Printer(lang)
		for _, key := range []string{"required", "too_long", "bad_characters", "name_required", "name_too_long", "email", "phone", "phone_country"} {
			got := p.TA("field."+key, map[string]any{"max": 100})
			if strings.ContainsAny(got, "⟦{") || strings.HasSuffix(key, "too_long") != strings.Contains(got, "100") {
				t.Errorf("%s field.%s: got %q", lang, key, got)
			}
		}
	}
}

func FuzzParseEmail(f *testing.F) {
	f.Add("specimen@example.org")
	f.Add("x@ｅｘａｍｐｌｅ。org")
	f.Add("x@a\u200d.org\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := notify.ParseEmail(s)
		if err != nil {
			return
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>,;:"()[]\`, r) }) || strings.Count(got, "@") != 1 || len(got) > 254 {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := notify.ParseEmail(got); err != nil || again != got {
			t.Errorf("%q is not stable: got %q, %v", got, again, err)
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	f.Add("040 123 4567")
	f.Add("+46 70 123 45 67")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := notify.ParsePhone(s, "FI", []string{"FI"})
		if err != nil {
			return
		}
		if !strings.HasPrefix(got, "+358") || strings.Trim(got[1:], "0123456789") != "" || len(got) > 16 {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := notify.ParsePhone(got, "SE", []string{"FI"}); err != nil || again != got {
			t.Errorf("%q is not stable: got %q, %v", got, again, err)
		}
	})
}
