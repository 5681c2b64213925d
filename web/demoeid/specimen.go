package demoeid

import (
	"slices"

	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/identity"
)

// Specimen is a made-up person of the demo. Their identifiers are such as the authorities keep for tests and examples: Finnish ones have individual numbers
// from 900 on, the Swedish one is from Skatteverket's published test numbers. Nobody alive has them.
type Specimen struct {
	Key        string
	At         []ids.Provider // the providers where they can sign in
	Kind       natid.Kind
	Identifier natid.Secret
	Given      string
	Family     string
	Birth      string // YYYY-MM-DD
	Email      string
	Groups     []string // of staff
	// Address is where their post goes, in a town that does not exist.
	Address identity.Address
	// Protected says that the register keeps the address secret.
	Protected bool
	// Dependants are the keys of those whose guardian the person is, in the register.
	Dependants []string
	Mandates   []identity.RegisteredMandate
}

// Name is the whole name.
func (s Specimen) Name() string { return s.Given + " " + s.Family }

// The company and the association that people hold mandates for. Their numbers have right check digits, and are lower than any that was given out.
const (
	specimenCompany     = "0000001-9"
	specimenAssociation = "0000002-7"
)

func companyMandate(role string) identity.RegisteredMandate {
	return identity.RegisteredMandate{
		BusinessID: specimenCompany, Name: "Meikäläisen Leipomo Oy", Kind: identity.KindCompany, Role: role, From: "2020-01-01",
	}
}

func associationMandate(role string) identity.RegisteredMandate {
	return identity.RegisteredMandate{
		BusinessID: specimenAssociation, Name: "Mallilan kyläyhdistys ry", Kind: identity.KindAssociation, Role: role, From: "2019-06-15", Until: "2029-06-14",
	}
}

var (
	atFinnish = []ids.Provider{"bank", "mobile", "card"}
	atStaff   = []ids.Provider{"staff"}
)

var familyAddress = identity.Address{Street: "Mallikatu 3 B 14", Code: "00990", Town: "Mallila", Country: "FI"}

var specimens = []Specimen{
	{
		Key: "maija", At: atFinnish, Kind: natid.FinnishCode, Identifier: "140385-902F", Given: "Maija", Family: "Meikäläinen", Birth: "1985-03-14",
		Email: "maija.meikalainen@luukku.example", Dependants: []string{"liisa", "onni"}, Address: familyAddress,
		Mandates: []identity.RegisteredMandate{associationMandate("signatory")},
	},
	{
		Key: "matti", At: atFinnish, Kind: natid.FinnishCode, Identifier: "021183-9153", Given: "Matti", Family: "Meikäläinen", Birth: "1983-11-02",
		Email: "matti.meikalainen@luukku.example", Dependants: []string{"liisa", "onni"}, Address: familyAddress,
		Mandates: []identity.RegisteredMandate{companyMandate("signatory")},
	},
	{
		Key: "onni", At: []ids.Provider{"mobile"}, Kind: natid.FinnishCode, Identifier: "090811A917N", Given: "Onni", Family: "Meikäläinen", Birth: "2011-08-09",
	},
	{
		Key: "liisa", Kind: natid.FinnishCode, Identifier: "210518A904C", Given: "Liisa", Family: "Meikäläinen", Birth: "2018-05-21",
	},
	{
		Key: "veikko", At: []ids.Provider{"bank", "card"}, Kind: natid.FinnishCode, Identifier: "300144-9217", Given: "Veikko", Family: "Mallikas",
		Birth: "1944-01-30", Address: identity.Address{Street: "Mallitie 12 as. 3", Code: "00991", Town: "Mallila", Country: "FI"}, Mandates: []identity.RegisteredMandate{associationMandate("representative")},
	},
	{
		Key: "tuuli", At: atFinnish, Kind: natid.FinnishCode, Identifier: "170690-928Y", Given: "Tuuli", Family: "Mallikas", Birth: "1990-06-17", Protected: true,
		Address: identity.Address{Street: "Salainentie 7", Code: "00992", Town: "Mallila", Country: "FI"},
	},
	{
		Key: "erika", At: []ids.Provider{"swedish"}, Kind: natid.SwedishNumber, Identifier: "199001012385", Given: "Erika", Family: "Exempel",
		Birth: "1990-01-01", Email: "erika.exempel@luukku.example",
	},
	{
		Key: "jan", At: []ids.Provider{"czech"}, Kind: natid.CzechPseudonym, Identifier: "CZ/CZ/3f6c2c1e-5d0b-4a53-9a53-0c4a1d7f2b11", Given: "Jan",
		Family: "Novák", Birth: "1978-01-23", Address: identity.Address{Street: "Vzorová 123/4", Code: "999 99", Town: "Vzorov", Country: "CZ"},
	},
	{
		Key: "jane", At: []ids.Provider{"european"}, Kind: natid.EIDASIdentifier, Identifier: "IE/FI/7c0d5a52-specimen", Given: "Jane", Family: "Doe",
		Birth: "1992-10-04",
	},
	{Key: "clerk", At: atStaff, Given: "Sanna", Family: "Mallikas", Email: "sanna.mallikas@luukku.example", Groups: []string{"clerks"}},
	{Key: "caseworker", At: atStaff, Given: "Kaarlo", Family: "Mallikas", Email: "kaarlo.mallikas@luukku.example", Groups: []string{"caseworkers", "inboxes"}},
	{Key: "manager", At: atStaff, Given: "Elli", Family: "Mallikas", Email: "elli.mallikas@luukku.example", Groups: []string{"managers"}},
	{Key: "administrator", At: atStaff, Given: "Pekka", Family: "Mallikas", Email: "pekka.mallikas@luukku.example", Groups: []string{"administrators"}},
	{Key: "system", At: atStaff, Given: "Irma", Family: "Mallikas", Email: "irma.mallikas@luukku.example", Groups: []string{"system-administrators"}},
	{Key: "counter", At: atStaff, Given: "Jana", Family: "Nováková", Email: "jana.novakova@luukku.example", Groups: []string{"town-hall-clerks"}},
	{Key: "counter-manager", At: atStaff, Given: "Jan", Family: "Novák", Email: "jan.novak@luukku.example", Groups: []string{"town-hall-managers"}},
	{Key: "nobody", At: atStaff, Given: "Niilo", Family: "Mallikas", Email: "niilo.mallikas@luukku.example", Groups: []string{"gardeners"}},
}

// Specimens returns the made-up people, in the order in which they are offered.
func Specimens() []Specimen { return slices.Clone(specimens) }

// people are those who can sign in at a provider.
func (p provider) people() []Specimen {
	var out []Specimen
	for _, s := range specimens {
		if slices.Contains(s.At, p.id) {
			out = append(out, s)
		}
	}
	return out
}

// person returns one of them.
func (p provider) person(key string) (Specimen, bool) {
	i := slices.IndexFunc(specimens, func(s Specimen) bool { return s.Key == key && slices.Contains(s.At, p.id) })
	if i < 0 {
		return Specimen{}, false
	}
	return specimens[i], true
}
