package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// Mine returns the actor's own account.
func (s *Service) Mine(ctx context.Context, who actor.Actor) (Account, error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return Account{}, err
	}
	a, _, err := s.open(ctx, who.Person)
	return a.Account, err
}

// AccountOf returns anybody's account. Only Luukku itself may ask.
func (s *Service) AccountOf(ctx context.Context, who actor.Actor, p ids.Person) (Account, error) {
	if who.Kind != actor.KindSystem {
		return Account{}, fault.NotFound("account.not_found")
	}
	a, err := s.Store.Account(ctx, p)
	return a.Account, err
}

// Details are what a person tells of themselves. Name is asked only where neither a register nor a provider has said it.
type Details struct {
	Given, Family string
	Email, Phone  string
	Lang          i18n.Lang
	// Address is where their post goes, an empty one to take it away; nil leaves it as it is.
	Address *Address
}

// NeedsName reports whether nobody has said the person's name yet.
func (a Account) NeedsName() bool { return a.Given == "" && a.Family == "" && a.Name == "" }

// maxName is the longest part of a name, in characters.
const maxName = 120

// CheckDetails cleans what was typed: the fields that are wrong come back as an Invalid fault.
func (s *Service) CheckDetails(ctx context.Context, a Account, d Details) (Details, error) {
	var wrong []fault.Field
	bad := func(name string, err error) {
		f := fault.Of(err)
		wrong = append(wrong, fault.Field{Name: name, Key: f.Key, Args: f.Args})
	}
	for name, at := range map[string]*string{"given": &d.Given, "family": &d.Family} {
		clean, ok := i18n.CleanLine(*at)
		if !ok || utf8.RuneCountInString(clean) > maxName {
			bad(name, fault.Invalid("field.bad_characters", nil))
			continue
		}
		*at = clean
	}
	if a.NeedsName() && d.Family == "" && len(wrong) == 0 {
		bad("family", fault.Invalid("field.name_required", nil))
	}
	if d.Email = strings.TrimSpace(d.Email); d.Email != "" {
		email, err := notify.ParseEmail(d.Email)
		if err != nil {
			bad("email", err)
		} else {
			d.Email = email
		}
	}
	if d.Phone = strings.TrimSpace(d.Phone); d.Phone != "" {
		countries := s.phoneCountries(ctx)
		phone, err := notify.ParsePhone(d.Phone, append(countries, "FI")[0], countries)
		if err != nil {
			bad("phone", err)
		} else {
			d.Phone = phone
		}
	}
	if d.Email == "" && d.Phone == "" && len(wrong) == 0 && !s.contactOptional(ctx) {
		wrong = append(wrong, fault.Field{Name: "email", Key: "account.contact_missing"})
	}
	if d.Address != nil {
		clean, more := CheckAddress(*d.Address)
		if len(more) == 0 && !clean.Empty() && clean.Country == "" {
			more = []fault.Field{{Name: "country", Key: "error.field.choose"}}
		}
		d.Address, wrong = &clean, append(wrong, more...)
	}
	if len(wrong) > 0 {
		return d, fault.Invalid("form.invalid", nil, wrong...)
	}
	return d, nil
}

func (s *Service) contactOptional(ctx context.Context) bool {
	return s.ContactOptional != nil && s.ContactOptional(ctx)
}

// Home is the country that is meant where somebody writes none.
func (s *Service) Home(ctx context.Context) string { return append(s.phoneCountries(ctx), "FI")[0] }

func (s *Service) phoneCountries(ctx context.Context) []string {
	if s.PhoneCountries == nil {
		return nil
	}
	return s.PhoneCountries(ctx)
}

// ChangeDetails keeps what a person tells of themselves. An address or a number that is new has to be proven: its code is on its way when the answer names
// the verification; empty when there is nothing to prove. Until then the account keeps the address it had.
func (s *Service) ChangeDetails(ctx context.Context, who actor.Actor, d Details) (verification string, err error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return "", err
	}
	a, key, err := s.open(ctx, who.Person)
	if err != nil {
		return "", err
	}
	if d, err = s.CheckDetails(ctx, a.Account, d); err != nil {
		return "", err
	}
	now := s.Now().Unix()
	changed := s.apply(&a, d, now)
	v, err := s.verify(a.Account, key, d)
	if err != nil {
		return "", err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutAccount(ctx, a); err != nil {
			return err
		}
		fields := slices.Clone(changed)
		if d.Address != nil {
			another, err := s.keepOwnAddress(ctx, tx, who.Person, key, *d.Address)
			if err != nil {
				return err
			}
			if another {
				fields = append(fields, "address")
			}
		}
		if v.ID != "" {
			if err := tx.DropVerifications(ctx, who.Person); err != nil {
				return err
			}
			if err := tx.PutVerification(ctx, v); err != nil {
				return err
			}
			if err := tx.PutVerifyTask(ctx, v, now); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, s.entry("", who, audit.AccountChanged, "person", string(who.Person), map[string]string{"fields": strings.Join(fields, ",")}))
	})
	s.committed()
	return v.ID, err
}

// apply writes into an account what needs no proof, and returns the names of the fields that changed. Without a way to send text messages a number is kept
// unproven; an address or number that was taken away is gone at once.
func (s *Service) apply(a *StoredAccount, d Details, now int64) (changed []string) {
	set := func(name string, at *string, value string) {
		if *at != value {
			*at, changed = value, append(changed, name)
		}
	}
	if a.NeedsName() {
		set("given", &a.Given, d.Given)
		set("family", &a.Family, d.Family)
		a.Name = joinName(d.Given, d.Family)
	}
	lang := string(a.Lang)
	set("lang", &lang, string(d.Lang))
	a.Lang = i18n.Lang(lang)
	if d.Email == "" {
		set("email", &a.Email, "")
		a.EmailVerified = false
	}
	if d.Phone != a.Phone && (d.Phone == "" || !s.SMS) {
		set("phone", &a.Phone, d.Phone)
		a.PhoneVerified = false
	}
	a.ChangedAt = now
	return changed
}

// Verification limits. A code is good for ten minutes from when it was sent, for five tries.
const (
	VerifyLife  = 10 * time.Minute
	VerifyTries = 5
	// verifyWait is how long it may take until the code is sent.
	verifyWait = time.Hour
)

// verify begins the proof of the address or number that is new; the zero Verification when neither is. The address goes first.
func (s *Service) verify(a Account, key seal.PersonKey, d Details) (Verification, error) {
	v := Verification{Person: a.Person, Tries: VerifyTries, ExpiresAt: s.Now().Add(verifyWait).Unix()}
	address := ""
	switch {
	case d.Email != "" && (d.Email != a.Email || !a.EmailVerified):
		v.Channel, address = ByEmail, d.Email
	case d.Phone != "" && s.SMS && (d.Phone != a.Phone || !a.PhoneVerified):
		v.Channel, address = BySMS, d.Phone
	default:
		return Verification{}, nil
	}
	v.ID = s.Gen.New()
	var err error
	if v.Address, err = key.Seal([]byte(address), verifyPlace(v)); err != nil {
		return Verification{}, fmt.Errorf("seal address: %w", err)
	}
	return v, nil
}

func verifyPlace(v Verification) seal.Place {
	return seal.Place{Table: "verification", Column: "address", Row: string(v.Person) + "/" + v.ID}
}

// Pending is a verification as its page shows it.
type Pending struct {
	ID      string
	Channel Channel
	Address string
}

// PendingVerification returns the actor's verification, or NotFound "verify.not_found" when it is over.
func (s *Service) PendingVerification(ctx context.Context, who actor.Actor, id string) (Pending, error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return Pending{}, err
	}
	v, address, err := s.opened(ctx, who.Person, id)
	return Pending{v.ID, v.Channel, address}, err
}

func (s *Service) opened(ctx context.Context, p ids.Person, id string) (Verification, string, error) {
	v, err := s.Store.Verification(ctx, p, id)
	if err == nil && s.Now().Unix() > v.ExpiresAt {
		err = fault.NotFound("verify.not_found")
	}
	if err != nil {
		return Verification{}, "", err
	}
	_, key, err := s.open(ctx, p)
	if err != nil {
		return Verification{}, "", err
	}
	address, err := key.Open(v.Address, verifyPlace(v))
	if err != nil {
		return Verification{}, "", fmt.Errorf("open address: %w", err)
	}
	return v, string(address), nil
}

// MakeCode makes the code of a verification at the moment it is sent, and returns it with the address, the channel and the language. From then on it is good
// for VerifyLife. A verification that is over is NotFound: nothing is sent.
func (s *Service) MakeCode(ctx context.Context, p ids.Person, id string) (code, address string, c Channel, lang i18n.Lang, err error) {
	v, address, err := s.opened(ctx, p, id)
	if err != nil {
		return "", "", "", "", err
	}
	a, err := s.Store.Account(ctx, p)
	if err != nil {
		return "", "", "", "", err
	}
	code = s.Gen.PIN()
	v.Code, v.ExpiresAt = s.codeHash(v, code), s.Now().Add(VerifyLife).Unix()
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.PutVerification(ctx, v) })
	return code, address, v.Channel, a.Lang, err
}

func (s *Service) codeHash(v Verification, code string) []byte {
	return s.Seals.LookupHash("verification", string(v.Person)+"/"+v.ID+"/"+code)
}

// ConfirmCode proves an address or a number by its code. Invalid "verify.wrong" at the field code says that the code is not right, with how many tries are
// left; NotFound "verify.not_found" that it is over. What is left to prove comes back as the next verification.
func (s *Service) ConfirmCode(ctx context.Context, who actor.Actor, id, typed string) error {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return err
	}
	v, address, err := s.opened(ctx, who.Person, id)
	if err != nil {
		return err
	}
	a, _, err := s.open(ctx, who.Person)
	if err != nil {
		return err
	}
	digits := onlyDigits(typed)
	left := int64(0)
	right := sameHash(v.Code, s.codeHash(v, digits))
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if left, err = tx.SpendTry(ctx, who.Person, id); err != nil || left == 0 || !right {
			return err
		}
		if v.Channel == ByEmail {
			a.Email, a.EmailVerified = address, true
		} else {
			a.Phone, a.PhoneVerified, a.PhoneSince = address, true, s.Now().Unix()
		}
		a.ChangedAt = s.Now().Unix()
		if err := tx.PutAccount(ctx, a); err != nil {
			return err
		}
		if err := tx.DropVerifications(ctx, who.Person); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, audit.AccountChanged, "person", string(who.Person), map[string]string{"fields": string(v.Channel)}))
	})
	switch {
	case err != nil:
		return err
	case left == 0:
		return fault.NotFound("verify.not_found")
	case !right:
		args := fault.Args{"left": left - 1}
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: "verify.wrong", Args: args})
	}
	return nil
}

func onlyDigits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
}

// Resend makes a new code for the same address.
func (s *Service) Resend(ctx context.Context, who actor.Actor, id string) (string, error) {
	p, err := s.PendingVerification(ctx, who, id)
	if err != nil {
		return "", err
	}
	a, err := s.Mine(ctx, who)
	if err != nil {
		return "", err
	}
	d := Details{Given: a.Given, Family: a.Family, Email: a.Email, Phone: a.Phone, Lang: a.Lang}
	if p.Channel == ByEmail {
		d.Email = p.Address
	} else {
		d.Phone = p.Address
	}
	return s.ChangeDetails(ctx, who, d)
}

// Welcome completes a first sign-in: the folder is open. An account that must be reachable and is not yet is Invalid "account.contact_missing".
func (s *Service) Welcome(ctx context.Context, who actor.Actor) error {
	a, _, err := s.open(ctx, who.Person)
	if err != nil || a.Welcomed != 0 {
		return err
	}
	reached := a.EmailVerified || a.PhoneVerified || a.Phone != "" && !s.SMS
	if !reached && !s.contactOptional(ctx) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "account.contact_missing"})
	}
	a.Welcomed, a.ChangedAt = s.Now().Unix(), s.Now().Unix()
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutAccount(ctx, a); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, audit.AccountWelcomed, "person", string(who.Person), nil))
	})
}
