package identity

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

func TestAnAddressIsCheckedPartByPart(t *testing.T) {
	whole := Address{Street: "Mallikatu 3 B 14", Code: "00990", Town: "Mallila", Country: "FI"}
	with := func(change func(*Address)) Address {
		a := whole
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		typed Address
		want  Address
		wrong string // name and key of what is wrong
	}{
		"as it should be":                      {typed: whole, want: whole},
		"nothing":                              {},
		"a country alone is none":              {typed: Address{Country: "FI"}},
		"spaces around and in the code":        {typed: Address{" Mallikatu  3 B 14 ", " 009 90", "Mallila ", "fi"}, want: whole},
		"the country before the code":          {typed: with(func(a *Address) { a.Code = "fi-00990" }), want: whole},
		"a post box":                           {typed: with(func(a *Address) { a.Street = "PL 12" }), want: with(func(a *Address) { a.Street = "PL 12" })},
		"a Czech code as it is written":        {typed: Address{"Vzorová 123/4", "999 99", "Praha 4", "CZ"}, want: Address{"Vzorová 123/4", "99999", "Praha 4", "CZ"}},
		"a British code keeps its space":       {typed: Address{"1 Specimen Row", "sw1a 1aa", "London", "GB"}, want: Address{"1 Specimen Row", "SW1A 1AA", "London", "GB"}},
		"a country without codes":              {typed: Address{"1 Specimen Row", "", "Hong Kong", "HK"}, want: Address{"1 Specimen Row", "", "Hong Kong", "HK"}},
		"nobody said which country":            {typed: with(func(a *Address) { a.Country = "" }), want: with(func(a *Address) { a.Country = "" })},
		"no street":                            {typed: with(func(a *Address) { a.Street = "" }), wrong: "street account.street_missing"},
		"a number for a street":                {typed: with(func(a *Address) { a.Street = "12" }), wrong: "street account.street_missing"},
		"a street of 121 characters":           {typed: with(func(a *Address) { a.Street = strings.Repeat("ä", 121) }), wrong: "street account.address_long"},
		"a street of two lines":                {typed: with(func(a *Address) { a.Street = "Mallikatu 3\x00" }), wrong: "street field.bad_characters"},
		"four digits in Finland":               {typed: with(func(a *Address) { a.Code = "0990" }), wrong: "postal_code account.postal_code_digits"},
		"six digits in Finland":                {typed: with(func(a *Address) { a.Code = "009900" }), wrong: "postal_code account.postal_code_digits"},
		"letters in Finland":                   {typed: with(func(a *Address) { a.Code = "OO990" }), wrong: "postal_code account.postal_code_digits"},
		"no code in Finland":                   {typed: with(func(a *Address) { a.Code = "" }), wrong: "postal_code account.postal_code_digits"},
		"signs in a code":                      {typed: Address{"1 Specimen Row", "SW1;1AA", "London", "GB"}, wrong: "postal_code account.postal_code_wrong"},
		"a code of eleven signs":               {typed: Address{"1 Specimen Row", "12345678901", "London", "GB"}, wrong: "postal_code account.postal_code_wrong"},
		"no town":                              {typed: with(func(a *Address) { a.Town = "" }), wrong: "town account.town_missing"},
		"the code with the town":               {typed: with(func(a *Address) { a.Town = "00990 Mallila" }), wrong: "town account.town_code"},
		"the code with the town, with a space": {typed: with(func(a *Address) { a.Town = "999 99 Vzorov" }), wrong: "town account.town_code"},
		"a country that is no more":            {typed: with(func(a *Address) { a.Country = "SU" }), wrong: "country error.field.choose"},
		"a country by its name":                {typed: with(func(a *Address) { a.Country = "Suomi" }), wrong: "country error.field.choose"},
	} {
		got, wrong := CheckAddress(c.typed)
		var said []string
		for _, f := range wrong {
			said = append(said, f.Name+" "+f.Key)
		}
		if strings.Join(said, "; ") != c.wrong || c.wrong == "" && got != c.want {
			t.Errorf("%s: %+v is %+v, wrong %q, want %+v, wrong %q", name, c.typed, got, said, c.want, c.wrong)
		}
		if len(wrong) > 0 && !slices.ContainsFunc(wrong, func(f fault.Field) bool { return f.Key == "field.bad_characters" }) && got.Code != strings.TrimSpace(c.typed.Code) {
			t.Errorf("%s: the code that was typed came back as %q", name, got.Code)
		}
	}
}

func TestAnAddressThatIsHeardIsWholeOrNone(t *testing.T) {
	for name, c := range map[string]struct{ said, want Address }{
		"lines of a street":          {Address{"Mallikatu 3\r\nB 14\n", "00990", "Mallila", "FIN"}, Address{"Mallikatu 3, B 14", "00990", "Mallila", "FI"}},
		"a country by its name":      {Address{"Mallikatu 3", "00990", "Mallila", "Finland"}, Address{"Mallikatu 3", "00990", "Mallila", ""}},
		"no country, as of Suomi.fi": {Address{"Mallikatu 3", "00990", "Mallila", ""}, Address{"Mallikatu 3", "00990", "Mallila", ""}},
		"half an address":            {Address{"Mallikatu 3", "", "", "FI"}, Address{}},
		"a code that is none":        {Address{"Mallikatu 3", "990", "Mallila", "FI"}, Address{}},
		"nothing":                    {Address{}, Address{}},
		"what nobody could live in":  {Address{strings.Repeat("x", 2000), "00990", "Mallila", "FI"}, Address{}},
		"signs that nobody can see":  {Address{"Mallikatu\x07 3", "00990", "Mallila", "FI"}, Address{}},
	} {
		if got := heardAddress(c.said); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestNobodysAddressIsKeptWhileOneSourceProtectsIt goes through what sources may say one after the other.
func TestNobodysAddressIsKeptWhileOneSourceProtectsIt(t *testing.T) {
	yes, no := true, false
	type word struct {
		h      heard
		sealed string
	}
	bank := func(sealed string, protected *bool) word {
		return word{heard{by: AddressSignIn, provider: "bank", tells: true, protected: protected}, sealed}
	}
	card := func(sealed string, protected *bool) word {
		return word{heard{by: AddressSignIn, provider: "card", tells: true, protected: protected}, sealed}
	}
	register := func(sealed string, protected bool) word {
		return word{heard{by: AddressRegister, tells: true, protected: &protected}, sealed}
	}
	own := StoredAddress{Source: AddressOwn, Sealed: []byte("own"), At: 1}
	for name, c := range map[string]struct {
		had       []StoredAddress
		words     []word
		kept      string // source=address, in their order
		protected bool
	}{
		"the first word":                              {words: []word{bank("old", nil)}, kept: "sign_in=old"},
		"a newer word of the same":                    {words: []word{bank("old", nil), bank("new", nil)}, kept: "sign_in=new"},
		"another means":                               {words: []word{bank("old", nil), card("new", nil)}, kept: "sign_in=new"},
		"the same gives none any more":                {words: []word{bank("old", nil), bank("", nil)}},
		"another gives none":                          {words: []word{bank("old", nil), card("", nil)}, kept: "sign_in=old"},
		"a register beside it":                        {words: []word{bank("one", nil), register("two", false)}, kept: "register=two sign_in=one"},
		"what they wrote stays":                       {had: []StoredAddress{own}, words: []word{bank("new", &no)}, kept: "account=own sign_in=new"},
		"protected with an address":                   {words: []word{bank("secret", &yes)}, kept: "sign_in=", protected: true},
		"protected takes what they wrote":             {had: []StoredAddress{own}, words: []word{bank("", &yes)}, kept: "sign_in=", protected: true},
		"protected by the register":                   {had: []StoredAddress{own}, words: []word{bank("secret", nil), register("secret", true)}, kept: "register=", protected: true},
		"a means that does not say cannot end it":     {words: []word{register("", true), bank("secret", nil)}, kept: "register=", protected: true},
		"a means that says no does not end the other": {words: []word{register("", true), bank("secret", &no)}, kept: "register=", protected: true},
		"the register does not end the means":         {words: []word{bank("secret", &yes), register("secret", false)}, kept: "sign_in=", protected: true},
		"who does not say leaves it":                  {words: []word{bank("secret", &yes), bank("secret", nil)}, kept: "sign_in=", protected: true},
		"the order has ended":                         {words: []word{bank("", &yes), bank("free", &no)}, kept: "sign_in=free"},
		"the order has ended, and no address":         {words: []word{bank("", &yes), bank("", &no)}},
		"both had said it, and both end it":           {words: []word{bank("", &yes), register("", true), bank("", &no), register("two", false)}, kept: "register=two"},
	} {
		list, protected := c.had, false
		for i, w := range c.words {
			list, protected = settle(list, w.h, []byte(w.sealed), int64(100+i))
		}
		var got []string
		for _, a := range list {
			got = append(got, string(a.Source)+"="+string(a.Sealed))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.kept || protected != c.protected {
			t.Errorf("%s: kept %q, protected %v, want %q, %v", name, got, protected, c.kept, c.protected)
		}
	}
	list, _ := settle([]StoredAddress{{Source: AddressSignIn, Provider: "bank", Sealed: []byte("old"), At: 5}}, heard{by: AddressSignIn, provider: "card", tells: true}, nil, 9)
	if len(list) != 1 || list[0].At != 5 || list[0].Provider != ids.Provider("bank") || !bytes.Equal(list[0].Sealed, []byte("old")) {
		t.Errorf("a means that gives none made it %+v, want as it was", list)
	}
}
