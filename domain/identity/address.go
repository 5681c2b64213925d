package identity

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Address is where a person's post goes. Forms are filled in with it beforehand, and nothing else: no page of staff shows it.
type Address struct {
	Street string `json:"street"`
	Code   string `json:"postal_code"`
	Town   string `json:"town"`
	// Country is the ISO 3166 code, such as "FI"; empty where nobody said.
	Country string `json:"country,omitempty"`
}

// Empty reports whether there is no address. A country alone is none.
func (a Address) Empty() bool { return a.Street == "" && a.Code == "" && a.Town == "" }

// AddressSource says who told an address, in the words of Fact.
type AddressSource string

// The sources.
const (
	AddressOwn      AddressSource = "account"  // the person
	AddressSignIn   AddressSource = "sign_in"  // the means of signing in
	AddressRegister AddressSource = "register" // the population register
)

// KnownAddress is what one source says of where a person's post goes, and since when it has said so (Unix seconds): the person when they wrote it, the others when they were last heard.
type KnownAddress struct {
	Address
	Source AddressSource
	At     int64
}

// StoredAddress is what one source said, as it is kept: the address sealed under the person's key, or none, where the source said that it is under a non-disclosure order.
type StoredAddress struct {
	Person ids.Person
	Source AddressSource
	// Provider is which means of signing in it was; empty for other sources.
	Provider  ids.Provider
	Protected bool
	Sealed    []byte
	At        int64
}

// The longest parts of an address, in characters: what the forms of offices take.
const (
	maxStreet = 120
	maxTown   = 60
	maxCode   = 10
)

// codeDigits are how many digits a postal code has, in countries where it is nothing but digits.
var codeDigits = map[string]int{
	"AT": 4, "AX": 5, "BE": 4, "BG": 4, "CH": 4, "CZ": 5, "DE": 5, "DK": 4, "EE": 5, "ES": 5, "FI": 5, "FR": 5, "HR": 5, "HU": 4, "IT": 5, "NO": 4, "RO": 6, "SE": 5, "SI": 4, "SK": 5, "UA": 5,
}

var (
	looseCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 -]*$`)
	// codeInTown is a postal code that was written together with the town.
	codeInTown = regexp.MustCompile(`[0-9]{4}|[0-9]{3} [0-9]{2}`)
)

// CheckAddress cleans an address: what is wrong comes back by the fields street, postal_code, town and country. An empty address has nothing wrong.
func CheckAddress(a Address) (Address, []fault.Field) {
	var wrong []fault.Field
	bad := func(name, key string, args fault.Args) {
		wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
	}
	for _, p := range []struct {
		name string
		at   *string
		most int
	}{{"street", &a.Street, maxStreet}, {"postal_code", &a.Code, 2 * maxCode}, {"town", &a.Town, maxTown}, {"country", &a.Country, 2 * maxCode}} {
		clean, ok := i18n.CleanLine(*p.at)
		switch {
		case !ok:
			bad(p.name, "field.bad_characters", nil)
		case utf8.RuneCountInString(clean) > p.most:
			bad(p.name, "account.address_long", fault.Args{"most": p.most})
		default:
			*p.at = clean
		}
	}
	if len(wrong) > 0 {
		return a, wrong
	}
	if a.Empty() {
		return Address{}, nil
	}
	if a.Country = strings.ToUpper(a.Country); a.Country != "" && !i18n.IsCountry(a.Country) {
		bad("country", "error.field.choose", nil)
	}
	if !strings.ContainsFunc(a.Street, unicode.IsLetter) {
		bad("street", "account.street_missing", nil)
	}
	typed := a.Code
	a.Code = packCode(a.Country, a.Code)
	switch n, counted := codeDigits[a.Country]; {
	case counted && (len(a.Code) != n || strings.Trim(a.Code, "0123456789") != ""):
		bad("postal_code", "account.postal_code_digits", fault.Args{"digits": n})
		a.Code = typed
	case a.Code != "" && (len(a.Code) > maxCode || !looseCode.MatchString(a.Code)):
		bad("postal_code", "account.postal_code_wrong", nil)
		a.Code = typed
	}
	switch {
	case !strings.ContainsFunc(a.Town, unicode.IsLetter):
		bad("town", "account.town_missing", nil)
	case codeInTown.MatchString(a.Town):
		bad("town", "account.town_code", nil)
	}
	return a, wrong
}

// packCode writes a postal code as it is kept: in capitals, without the country before it and, where it is digits alone, without spaces.
func packCode(country, code string) string {
	code = strings.ToUpper(code)
	if _, counted := codeDigits[country]; !counted {
		return code
	}
	return strings.ReplaceAll(strings.TrimPrefix(code, country+"-"), " ", "")
}

// heardAddress is an address as a register or a means of signing in gave it, or none when it is not a whole one: half an address would be sent half a letter. Lines of a street are put on one, a country that
// is not told by its code is not known.
func heardAddress(a Address) Address {
	lines := strings.FieldsFunc(a.Street, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	a.Street = strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), ", ")
	a.Country, _ = i18n.CountryCode(a.Country)
	a, wrong := CheckAddress(a)
	if len(wrong) > 0 {
		return Address{}
	}
	return a
}

// heard is what a source said of somebody at one time.
type heard struct {
	by       AddressSource
	provider ids.Provider
	// tells is whether the source is one that gives addresses: when it gives none, what it gave before is over.
	tells   bool
	address Address
	// protected is nil where the source does not say.
	protected *bool
}

// settle returns what is kept of what sources have said once one more has spoken, and whether the person is under a non-disclosure order: while one source says so nobody's address is kept, whoever told it. A
// means of signing in that gives no address leaves what another gave. The sealed address is that of what was heard now.
func settle(had []StoredAddress, h heard, sealed []byte, now int64) (kept []StoredAddress, protected bool) {
	row := StoredAddress{Source: h.by, Provider: h.provider}
	for _, a := range had {
		if a.Source != h.by {
			kept = append(kept, a)
			continue
		}
		row = a
	}
	if h.protected != nil {
		row.Protected = *h.protected
	}
	switch {
	case len(sealed) > 0:
		row.Sealed, row.Provider, row.At = sealed, h.provider, now
	case h.tells && row.Provider == h.provider:
		row.Sealed = nil
	}
	if row.At == 0 || row.Protected {
		row.At = now
	}
	kept = append(kept, row)
	protected = slices.ContainsFunc(kept, func(a StoredAddress) bool { return a.Protected })
	for i := range kept {
		if protected && !planted.Bug("protected-address-kept") {
			kept[i].Sealed = nil
		}
	}
	return slices.DeleteFunc(kept, func(a StoredAddress) bool { return len(a.Sealed) == 0 && !a.Protected }), protected
}

// hear keeps what a source said of somebody, in the transaction in which it was asked.
func (s *Service) hear(ctx context.Context, tx Tx, p ids.Person, h heard) error {
	if !h.tells && h.protected == nil {
		return nil
	}
	had, was, err := tx.Addresses(ctx, p)
	if err != nil {
		return err
	}
	wrapped, err := tx.WrappedKey(ctx, p)
	if err != nil {
		return err
	}
	key, err := s.Seals.Unwrap(string(p), wrapped)
	if err != nil {
		return fmt.Errorf("unwrap person key: %w", err)
	}
	h.address = heardAddress(h.address)
	sealed, err := sealAddress(key, p, h.by, h.address)
	if err != nil {
		return err
	}
	kept, protected := settle(had, h, sealed, s.Now().Unix())
	if err := putAddresses(ctx, tx, p, had, kept); err != nil {
		return err
	}
	var fields []string
	if protected != was {
		if err := tx.SetProtected(ctx, p, protected); err != nil {
			return err
		}
		fields = append(fields, "protected")
	}
	before, err := openAddresses(key, p, had)
	if err != nil {
		return err
	}
	after, err := openAddresses(key, p, kept)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(before, after, func(a, b KnownAddress) bool { return a.Address == b.Address && a.Source == b.Source }) {
		fields = append(fields, "address")
	}
	if len(fields) == 0 {
		return nil
	}
	by := cmp.Or(string(h.provider), string(h.by))
	who := actor.Actor{Kind: actor.KindSystem, Name: string(h.by)}
	return tx.Audit(ctx, s.entry("", who, audit.AccountChanged, "person", string(p), map[string]string{"fields": strings.Join(fields, ","), "by": by}))
}

// putAddresses writes what is kept over what was there.
func putAddresses(ctx context.Context, tx Tx, p ids.Person, had, kept []StoredAddress) error {
	for _, a := range had {
		if !slices.ContainsFunc(kept, func(k StoredAddress) bool { return k.Source == a.Source }) {
			if err := tx.DropAddress(ctx, p, a.Source); err != nil {
				return err
			}
		}
	}
	for _, a := range kept {
		i := slices.IndexFunc(had, func(h StoredAddress) bool { return h.Source == a.Source })
		if i >= 0 && had[i].At == a.At && had[i].Protected == a.Protected && bytes.Equal(had[i].Sealed, a.Sealed) {
			continue
		}
		a.Person = p
		if err := tx.PutAddress(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// keepOwnAddress keeps what the person wrote, an empty address for none, and reports whether it is another than before. Invalid at the field street where a non-disclosure order came between.
func (s *Service) keepOwnAddress(ctx context.Context, tx Tx, p ids.Person, key seal.PersonKey, a Address) (changed bool, err error) {
	had, protected, err := tx.Addresses(ctx, p)
	if err != nil {
		return false, err
	}
	if protected {
		if a.Empty() {
			return false, nil
		}
		return false, fault.Invalid("form.invalid", nil, fault.Field{Name: "street", Key: "account.address_protected"})
	}
	known, err := openAddresses(key, p, had)
	if err != nil {
		return false, err
	}
	var before Address
	for _, k := range known {
		if k.Source == AddressOwn {
			before = k.Address
		}
	}
	if before == a {
		return false, nil
	}
	if a.Empty() {
		return true, tx.DropAddress(ctx, p, AddressOwn)
	}
	sealed, err := sealAddress(key, p, AddressOwn, a)
	if err != nil {
		return false, err
	}
	return true, tx.PutAddress(ctx, StoredAddress{Person: p, Source: AddressOwn, Sealed: sealed, At: s.Now().Unix()})
}

// sealAddress seals an address under a person's key; nil for none.
func sealAddress(key seal.PersonKey, p ids.Person, by AddressSource, a Address) ([]byte, error) {
	if a.Empty() {
		return nil, nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	sealed, err := key.Seal(b, addressPlace(p, by))
	if err != nil {
		return nil, fmt.Errorf("seal address: %w", err)
	}
	return sealed, nil
}

func addressPlace(p ids.Person, by AddressSource) seal.Place {
	return seal.Place{Table: "postal_address", Column: "address", Row: string(p) + "/" + string(by)}
}

// openAddresses opens what is kept, the one that counts first: what the person wrote, and else what was heard last.
func openAddresses(key seal.PersonKey, p ids.Person, list []StoredAddress) ([]KnownAddress, error) {
	var out []KnownAddress
	for _, x := range list {
		if len(x.Sealed) == 0 {
			continue
		}
		b, err := key.Open(x.Sealed, addressPlace(p, x.Source))
		if err != nil {
			return nil, fmt.Errorf("open address: %w", err)
		}
		k := KnownAddress{Source: x.Source, At: x.At}
		if err := json.Unmarshal(b, &k.Address); err != nil {
			return nil, fmt.Errorf("read address: %w", err)
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b KnownAddress) int {
		if own := cmp.Compare(rank(a.Source), rank(b.Source)); own != 0 {
			return own
		}
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Source, a.Source))
	})
	return out, nil
}

// rank puts what the person wrote before what others say.
func rank(by AddressSource) int {
	if by == AddressOwn {
		return 0
	}
	return 1
}

// Addresses are what is known of where the actor's own post goes, the one that counts first. There are none while they are under a non-disclosure order.
func (s *Service) Addresses(ctx context.Context, who actor.Actor) ([]KnownAddress, error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return nil, err
	}
	_, key, err := s.open(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	return s.addresses(ctx, who.Person, key)
}

func (s *Service) addresses(ctx context.Context, p ids.Person, key seal.PersonKey) ([]KnownAddress, error) {
	list, err := s.Store.Addresses(ctx, p)
	if err != nil {
		return nil, err
	}
	return openAddresses(key, p, list)
}
