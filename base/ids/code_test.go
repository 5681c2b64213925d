package ids

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/fault"
)

func testKey(t testing.TB, fill byte) CodeKey {
	t.Helper()
	k, err := NewCodeKey([]byte(strings.Repeat(string(fill), CodeSecretSize)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCodesAreAPermutation(t *testing.T) {
	t.Parallel()
	k := testKey(t, 'a')
	rapid.Check(t, func(t *rapid.T) {
		want := Appointment(encode50(rapid.Uint64Max(1<<50-1).Draw(t, "id")))
		code, err := k.Code(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Appointment(code)
		if err != nil || got != want {
			t.Fatalf("got %s (%v) back from %s, want %s", got, err, code, want)
		}
		// The other way too: each code names an id, and that id has this code.
		id, _ := k.Appointment(string(want))
		if back, _ := k.Code(id); back != string(want) {
			t.Fatalf("got code %s of %s, want %s", back, id, want)
		}
	})
}

// Codes are printed on letters: these must never change.
func TestCodesOfKnownKeysAndIDs(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, key := range []byte{'a', 'b'} {
		for _, id := range []Appointment{"0000000000", "0000000001", "1W9K000000", "ZZZZZZZZZZ"} {
			code, err := testKey(t, key).Code(id)
			if err != nil {
				t.Fatal(err)
			}
			got[string(key)+" "+string(id)] = code
		}
	}
	want := map[string]string{
		"a 0000000000": "FFCKBGMTJT", "a 0000000001": "R0JKVK3VAQ", "a 1W9K000000": "YVXQV8CTPF", "a ZZZZZZZZZZ": "B28BG7Y0HE",
		"b 0000000000": "J48E9WVJV2", "b 0000000001": "YKX8BN1452", "b 1W9K000000": "3YZQP1Q0BC", "b ZZZZZZZZZZ": "MQSM29TT3N",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("codes changed (-want +got):\n%s", diff)
	}
}

func TestNeighbouringIDsHaveUnlikeCodes(t *testing.T) {
	t.Parallel()
	k := testKey(t, 'a')
	const pairs = 2_000
	flipped, least := 0, 50
	for i := range uint64(pairs) {
		a, _ := k.Code(Appointment(encode50(i << 4)))
		b, _ := k.Code(Appointment(encode50(i<<4 ^ 1<<(i%50))))
		x, _ := decode50(a)
		y, _ := decode50(b)
		d := bits.OnesCount64(x ^ y)
		flipped, least = flipped+d, min(least, d)
	}
	if mean := float64(flipped) / pairs; mean < 24.5 || mean > 25.5 {
		t.Errorf("got %.2f of 50 bits changed by one bit on average, want about 25", mean)
	}
	if least < 8 {
		t.Errorf("got only %d bits changed in one pair, want 8 or more", least)
	}
}

func TestEachBitOfTheKeyMatters(t *testing.T) {
	t.Parallel()
	secret := make([]byte, CodeSecretSize)
	seen := map[string]bool{}
	for bit := range CodeSecretSize * 8 {
		secret[bit/8] ^= 1 << (bit % 8)
		k, err := NewCodeKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		code, _ := k.Code("0000000000")
		seen[code] = true
		secret[bit/8] ^= 1 << (bit % 8)
	}
	if got, want := len(seen), CodeSecretSize*8; got != want {
		t.Errorf("got %d different codes, want %d", got, want)
	}
}

func TestPreviousKeyStillReadsOldCodes(t *testing.T) {
	t.Parallel()
	old, now := CodeKeys{Current: testKey(t, 'a')}, CodeKeys{Current: testKey(t, 'b'), Previous: testKey(t, 'a')}
	const id = Appointment("1W9K000123")
	code, _ := old.Code(id)
	got := now.Candidates(strings.ToLower(FormatCode(code)))
	if len(got) != 2 || got[0] == id || got[1] != id {
		t.Errorf("got candidates %v, want another first and %s second", got, id)
	}
	fresh, _ := now.Code(id)
	if got := now.Candidates(fresh); got[0] != id {
		t.Errorf("got candidates %v of a new code, want %s first", got, id)
	}
	if got := old.Candidates(code); len(got) != 1 || got[0] != id {
		t.Errorf("got candidates %v without a previous key, want only %s", got, id)
	}
	if got := now.Candidates("nonsense"); len(got) != 0 {
		t.Errorf("got candidates %v of a malformed code, want none", got)
	}
}

func TestKeysAreRefusedOrUnusableWhenNotWhole(t *testing.T) {
	t.Parallel()
	if _, err := NewCodeKey(make([]byte, 31)); err == nil {
		t.Error("got a key of 31 bytes, want an error")
	}
	if _, err := (CodeKey{}).Code("0000000000"); err == nil {
		t.Error("got a code from no key, want an error")
	}
	if _, err := (CodeKey{}).Appointment("0000000000"); err == nil {
		t.Error("got an appointment from no key, want an error")
	}
	for _, id := range []Appointment{"", "000000000", "00000000000", "000000000o", "00000-0000"} {
		if _, err := testKey(t, 'a').Code(id); err == nil || id.Valid() {
			t.Errorf("got a code of the id %q, want an error", id)
		}
	}
}

func TestKeysNeverPrint(t *testing.T) {
	t.Parallel()
	keys := CodeKeys{Current: testKey(t, 'a')}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, keys.Current); got != "[code key]" {
			t.Errorf("%s: got %q, want [code key]", verb, got)
		}
		if got := fmt.Sprintf(verb, keys); strings.Contains(got, "0x") || len(got) > 120 {
			t.Errorf("%s: got %q, want no key in it", verb, got)
		}
	}
	if got := keys.Current.LogValue().String(); got != "[code key]" {
		t.Errorf("log: got %q, want [code key]", got)
	}
	if got, err := json.Marshal(keys); err != nil || string(got) != `{"Current":{},"Previous":{}}` {
		t.Errorf("json: got %s %v, want no key in it", got, err)
	}
}

func TestParseCodeReadsWhatPeopleType(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"K7PQ3M9X10", "k7pq-3m9x-10", " K7PQ 3M9X 10 ", "K7PQ–3M9X–10", "K7PQ\u20113M9X\u221210", "K7PQ\u00a03M9X\u00a010\r\n", "k7pq3m9xlo", "K7PQ3M9XIO",
	} {
		got, err := ParseCode(typed)
		if err != nil || got != "K7PQ3M9X10" {
			t.Errorf("ParseCode(%q): got %q %v, want K7PQ3M9X10", typed, got, err)
		}
	}
	for _, typed := range []string{"", "K7PQ3M9X1", "K7PQ3M9X100", "K7PQ3M9X1U", "K7PQ3M9X1!", "K7PQ3M9X1\x00", "K7PQ3M9XÅÄ", "Ｋ7PQ3M9X10", strings.Repeat(" ", 101), "\xff7PQ3M9X10"} {
		got, err := ParseCode(typed)
		if !fault.IsKey(err, "code.form") || !fault.Is(err, fault.KindInvalid) {
			t.Errorf("ParseCode(%q): got %q %v, want the fault code.form", typed, got, err)
		}
	}
}

func TestFormatCodeGroupsAsPeopleRead(t *testing.T) {
	t.Parallel()
	if got := FormatCode("K7PQ3M9XTR"); got != "K7PQ-3M9X-TR" {
		t.Errorf("got %q, want K7PQ-3M9X-TR", got)
	}
	if got := FormatCode("K7"); got != "K7" {
		t.Errorf("got %q, want K7", got)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"K7PQ-3M9X-TR", "", "oil 00 00000", "\u2011", "\xff\xfe", strings.Repeat("-", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			if !fault.IsKey(err, "code.form") || code != "" {
				t.Fatalf("got %q %v, want the fault code.form alone", code, err)
			}
			return
		}
		if !Appointment(code).Valid() {
			t.Fatalf("got %q, want 10 characters of the alphabet", code)
		}
		if again, err := ParseCode(FormatCode(code)); err != nil || again != code {
			t.Fatalf("got %q %v from its own form, want %q", again, err, code)
		}
	})
}

func BenchmarkCode(b *testing.B) {
	k := testKey(b, 'a')
	for b.Loop() {
		_, _ = k.Code("1W9K000123")
	}
}

func BenchmarkCandidates(b *testing.B) {
	k := CodeKeys{testKey(b, 'a'), testKey(b, 'b')}
	for b.Loop() {
		k.Candidates("1W9K000123")
	}
}

func TestPINsAreReadInGroups(t *testing.T) {
	t.Parallel()
	for pin, want := range map[string]string{"482917": "482 917", "001639": "001 639", "": "", "4829": "4829"} {
		if got := FormatPIN(pin); got != want {
			t.Errorf("got %q for %q, want %q", got, pin, want)
		}
	}
}
