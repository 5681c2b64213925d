package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// MaxReason is the longest reason, and minReason the shortest that says anything (bytes).
const (
	MaxReason = 300
	minReason = 5
)

func reasonPlace(o ids.Org, id ids.Audit) seal.Place {
	return seal.Place{Table: "audit_reason", Column: "reason", Row: string(o) + "/" + string(id)}
}

// CheckReason cleans why somebody wants to see a person's data: Invalid at the field reason when it says nothing.
func CheckReason(typed string) (string, error) {
	reason, ok := i18n.CleanLine(typed)
	if !ok || len(reason) < minReason || len(reason) > MaxReason {
		return typed, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "person.reason_missing"})
	}
	return reason, nil
}

// Reasoned binds a reason to a line of the audit log: sealed under the key of the person it is about.
func (s *Service) Reasoned(ctx context.Context, e audit.Entry, p ids.Person, reason string) (audit.Entry, error) {
	_, key, err := s.open(ctx, p)
	if err != nil {
		return e, err
	}
	sealed, err := key.Seal([]byte(reason), reasonPlace(e.Org, e.ID))
	if err != nil {
		return e, fmt.Errorf("seal reason: %w", err)
	}
	return e.Because(p, sealed), nil
}

// OpenReason opens what Reasoned sealed.
func (s *Service) OpenReason(ctx context.Context, p ids.Person, o ids.Org, id ids.Audit, sealed []byte) (string, error) {
	_, key, err := s.open(ctx, p)
	if err != nil {
		return "", err
	}
	b, err := key.Open(sealed, reasonPlace(o, id))
	if err != nil {
		return "", fmt.Errorf("open reason: %w", err)
	}
	return string(b), nil
}

// Find is what staff look for somebody by: a national identifier, or a family name, or an email address.
type Find struct {
	Org        ids.Org
	Kind       natid.Kind
	Identifier natid.Secret
	Family     string
	Email      string
	// Phone finds those who have proven exactly this number, and says of them no more than their names; of whoever's data is protected nothing at all.
	Phone string
}

// mostFound is how many people a search shows: whoever finds more asks more exactly.
const mostFound = 20

// FindPeople looks for people. The search is written down, and each person found too: they see who found them.
func (s *Service) FindPeople(ctx context.Context, who actor.Actor, f Find) ([]Account, error) {
	if err := who.May(actor.PersonSearch, actor.Object{Org: f.Org}); err != nil {
		return nil, err
	}
	found, err := s.find(ctx, f)
	if err != nil {
		return nil, err
	}
	found = withoutContacts(found)
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		for _, a := range found {
			if err := tx.Audit(ctx, s.entry(f.Org, who, audit.PersonSearched, audit.OfPerson, string(a.Person), nil)); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// ofPhone are those who have proven a number.
func (s *Service) ofPhone(ctx context.Context, typed string) ([]Account, error) {
	countries := s.phoneCountries(ctx)
	home := ""
	if len(countries) > 0 {
		home = countries[0]
	}
	number, err := notify.ParsePhone(typed, home, countries)
	if err != nil {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "phone", Key: fault.Of(err).Key, Args: fault.Of(err).Args})
	}
	list, err := s.Store.AccountsOfPhone(ctx, number, mostFound)
	var out []Account
	for _, a := range list {
		if !a.Protected {
			out = append(out, Account{Person: a.Person, Name: a.Name})
		}
	}
	return out, err
}

func (s *Service) find(ctx context.Context, f Find) ([]Account, error) {
	if f.Phone != "" {
		return s.ofPhone(ctx, f.Phone)
	}
	if f.Identifier == "" {
		family, ok := i18n.CleanLine(f.Family)
		if email := strings.TrimSpace(f.Email); !ok || family == "" && email == "" {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "family", Key: "person.search_missing"})
		} else if family == "" {
			return s.Store.AccountsNamed(ctx, "", email, mostFound)
		}
		return s.Store.AccountsNamed(ctx, family, "", mostFound)
	}
	value, err := s.parse(f.Kind, f.Identifier)
	f.Kind = natid.Sort(f.Kind, value)
	if err != nil {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: fault.Of(err).Key})
	}
	p, err := s.Store.PersonOfIdentifier(ctx, f.Kind, s.identifierHashes(f.Kind, value))
	if fault.Is(err, fault.KindNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := s.Store.Account(ctx, p)
	return []Account{a.Account}, err
}

// View is what staff see of a person.
type View struct {
	Account Account
	// Dependants and Guardians are records in which the person acts, or is acted for; Mandates those for companies. Names are of the other one.
	Dependants, Guardians []GuardianshipView
	Mandates              []MandateView
	// Died is the local date on which they died, empty for whom nobody says so.
	Died string
}

// GuardianshipView is a record with the other one's name, and whether it is good today.
type GuardianshipView struct {
	Guardianship
	Name string
	Good bool
}

// MandateView is a mandate with the company's name and number, and whether it is good today.
type MandateView struct {
	Mandate
	Name, BusinessID string
	Good             bool
}

// ReadPerson shows staff a person's data, with the reason, which is written down before anything is shown.
func (s *Service) ReadPerson(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, reason string) (View, error) {
	if err := who.May(actor.PersonRead, actor.Object{Org: o, Owner: actor.Owner{Person: p}}); err != nil {
		return View{}, err
	}
	reason, err := CheckReason(reason)
	if err != nil {
		return View{}, err
	}
	if err := s.openTo(ctx, who, p); err != nil {
		return View{}, err
	}
	e, err := s.Reasoned(ctx, s.entry(o, who, audit.PersonRead, audit.OfPerson, string(p), nil), p, reason)
	if err != nil {
		return View{}, err
	}
	if err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.Audit(ctx, e) }); err != nil {
		return View{}, err
	}
	return s.view(ctx, p)
}

// openTo keeps whose data is protected from all but those who have broken the glass for them: Invalid "person.protected" at the field person.
func (s *Service) openTo(ctx context.Context, who actor.Actor, p ids.Person) error {
	a, err := s.Store.Account(ctx, p)
	if err == nil && a.Protected && !slices.Contains(who.Glass, p) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "person", Key: "person.protected"})
	}
	return err
}

// withoutContacts takes from what a search found how to reach those whose data is protected.
func withoutContacts(found []Account) []Account {
	for i := range found {
		if found[i].Protected {
			found[i].Email, found[i].Phone = "", ""
		}
	}
	return found
}

func (s *Service) view(ctx context.Context, p ids.Person) (View, error) {
	a, _, err := s.open(ctx, p)
	if err != nil {
		return View{}, err
	}
	out := View{Account: a.Account}
	own, err := s.Store.GuardianshipsOf(ctx, p)
	if err != nil {
		return View{}, err
	}
	if out.Dependants, err = s.named(ctx, own, func(g Guardianship) ids.Person { return g.Dependant }); err != nil {
		return View{}, err
	}
	of, err := s.Store.GuardiansOf(ctx, p)
	if err != nil {
		return View{}, err
	}
	if out.Guardians, err = s.named(ctx, of, func(g Guardianship) ids.Person { return g.Guardian }); err != nil {
		return View{}, err
	}
	if out.Died, err = s.Store.Death(ctx, p); err != nil {
		return View{}, err
	}
	mandates, err := s.Store.MandatesOf(ctx, p)
	if err != nil {
		return View{}, err
	}
	for _, m := range mandates {
		c, err := s.Store.Company(ctx, m.Company)
		if err != nil {
			return View{}, err
		}
		out.Mandates = append(out.Mandates, MandateView{m, c.Name, c.BusinessID, m.Good(s.today())})
	}
	return out, nil
}

func (s *Service) named(ctx context.Context, list []Guardianship, other func(Guardianship) ids.Person) ([]GuardianshipView, error) {
	var out []GuardianshipView
	for _, g := range list {
		a, err := s.Store.Account(ctx, other(g))
		if err != nil {
			return nil, err
		}
		out = append(out, GuardianshipView{g, a.ShortName(), g.Good(s.today())})
	}
	return out, nil
}

// CompanyFor returns a company or an association to which services are opened.
func (s *Service) CompanyFor(ctx context.Context, who actor.Actor, o ids.Org, c ids.Company) (Company, error) {
	if err := who.May(actor.AccessGrant, actor.Object{Org: o}); err != nil {
		return Company{}, err
	}
	return s.Store.Company(ctx, c)
}

// CompanyByNumber finds a company that staff record a mandate for, or open a service to, making one that is not here yet.
func (s *Service) CompanyByNumber(ctx context.Context, who actor.Actor, o ids.Org, number, name string, kind CompanyKind) (Company, error) {
	if err := who.May(actor.MandateRecord, actor.Object{Org: o}); err != nil && who.May(actor.AccessGrant, actor.Object{Org: o}) != nil {
		return Company{}, err
	}
	return s.companyByNumber(ctx, number, name, kind)
}

// ServedCompany finds a company for whose sake staff fill in a form, for an inbox of an office that they may use, making one that is not here yet.
func (s *Service) ServedCompany(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, number, name string, kind CompanyKind) (Company, error) {
	if err := who.May(actor.InboxWork, actor.Object{Org: o, Office: office}); err != nil {
		return Company{}, err
	}
	return s.companyByNumber(ctx, number, name, kind)
}

// InboxCompany returns whose something is that came from a company or was filled in for one, for those who answer it.
func (s *Service) InboxCompany(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, c ids.Company) (Company, error) {
	on := actor.Object{Org: o, Office: office}
	err := who.May(actor.InboxWork, on)
	if err != nil && who.Kind == actor.KindClient {
		err = mayCasework(who, o)
	}
	if err != nil {
		return Company{}, err
	}
	return s.Store.Company(ctx, c)
}

func (s *Service) companyByNumber(ctx context.Context, number, name string, kind CompanyKind) (Company, error) {
	number, okNumber := i18n.CleanLine(number)
	name, okName := i18n.CleanLine(name)
	if !okNumber || number == "" || len(number) > 40 {
		return Company{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "record.number"})
	}
	c, err := s.Store.CompanyByNumber(ctx, number)
	if !fault.Is(err, fault.KindNotFound) {
		return c, err
	}
	if natid.LikeFinnishCompany(number) && !natid.FinnishCompany(number) { // what is known already is found, whatever its digits say
		return Company{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "record.number_check"})
	}
	if !okName || name == "" || len(name) > 200 {
		return Company{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "record.company_name"})
	}
	if kind != KindAssociation {
		kind = KindCompany
	}
	c = Company{ID: ids.Company(s.Gen.New()), BusinessID: number, Name: name, Kind: kind, CreatedAt: s.Now().Unix()}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		c.ID, err = tx.PutCompany(ctx, c)
		return err
	})
	return c, err
}
