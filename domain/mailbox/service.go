package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// People knows who somebody is.
type People interface {
	// Claimed tells whose a national identifier is: Person is empty when nobody here has it.
	Claimed(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, code natid.Secret) (identity.Account, error)
	// Mine returns the account of who has signed in.
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
	// InboxPerson returns whose letter it is, to those who answer it: Invalid for whom only those may see who have broken the glass.
	InboxPerson(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, p ids.Person) (identity.Account, error)
	// InboxCompany is the same of a company, and ServedCompany finds the one of a number for whose sake a form is filled in: with a name, one that is not known yet is made known.
	InboxCompany(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, c ids.Company) (identity.Company, error)
	ServedCompany(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, number, name string, kind identity.CompanyKind) (identity.Company, error)
	// Died returns the local date on which somebody died, empty for whom nobody says so.
	Died(ctx context.Context, who actor.Actor, p ids.Person) (on string, err error)
	// Represented returns the company of a number, and whether anybody may act for it now; its zero value for one that is not known here.
	Represented(ctx context.Context, who actor.Actor, number string) (identity.Company, bool, error)
	// ActsFor reports whether somebody may act for an owner now.
	ActsFor(ctx context.Context, who actor.Actor, p ids.Person, of actor.Owner) (bool, error)
}

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store  Store
	People People
	Seals  *seal.Keyring
	Gen    *ids.Gen
	Now    clock.Now
	Texts  *i18n.Catalog
	// Keeper is the organisation that keeps the mailboxes: welcome letters come from it. Empty where there are none.
	Keeper func(ctx context.Context) (ids.Org, error)
	// Terms is the version of the terms of use that hold now; empty when the installation has no mailboxes.
	Terms func(ctx context.Context) (string, error)
	// InCare reports whether people may have a mailbox for those in their care; nil is never.
	InCare func(ctx context.Context) (bool, error)
	// Adult is from which age on, in years, people may open a mailbox, and the local date that it is; nil and 0 are any age.
	Adult func(ctx context.Context) (years int, today org.Date, err error)
	// Settings are what whoever runs the installation has set; nil sets nothing.
	Settings func(ctx context.Context) (Settings, error)
	// Rules are the rules of service.
	Rules []ServiceRule
	// Work is the list of work in which what people write lies.
	Work *worklist.Service
	// Booking finds the appointment that a booking code opens. Nil knows of none.
	Booking func(ctx context.Context, who actor.Actor, o ids.Org, code string) (ids.Appointment, error)
	// Hooks sends to programs of others; nil sends nothing, and there are no hooks.
	Hooks HookSender
	// HookForms is the room of forms, of which hooks are told, too, and Program who a program's key is for: NotFound when it is good no more. Nil tells of no forms.
	HookForms HookFeed
	Program   func(ctx context.Context, o ids.Org, id ids.Client) (actor.Actor, error)
	// Files is the attachment room.
	Files *file.Service
	// TestCodes takes identifiers that are kept for tests, as the demo does.
	TestCodes bool
	// Committed is told that jobs may have been written. May be nil.
	Committed func()

	taking taking
}

// owner is whose mailbox the actor works in, if they may: their own, that of a company that they hold a mandate for, and that of somebody in their care where the installation lets
// them (S4.2 does not: an account is for oneself). NotFound otherwise.
func (s *Service) owner(ctx context.Context, who actor.Actor) (actor.Owner, error) {
	o := who.Owner()
	if err := who.May(actor.MailboxUse, actor.Object{Owner: o}); err != nil || who.For.Person == "" {
		return o, err
	}
	ok := false
	if s.InCare != nil {
		var err error
		if ok, err = s.InCare(ctx); err != nil {
			return o, err
		}
	}
	if !ok {
		return o, fault.NotFound("error.not_found")
	}
	return o, nil
}

func (s *Service) entry(o ids.Org, who actor.Actor, a audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, a, kind, subject, detail)
}

func (s *Service) event(l Letter, who actor.Actor, what What, at int64, detail string) Event {
	return Event{
		Org: l.Org, Letter: l.ID, At: at, What: what, ActorKind: who.Kind, Actor: who.ID(), For: who.For.Company, Level: who.Level, Detail: detail,
	}
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

func place(l Letter) seal.Place {
	return seal.Place{Table: "letter", Column: "content", Row: string(l.Org) + "/" + string(l.ID)}
}

// sealed seals a letter's content under the key of whose it is, and keeps its digest. A company's is sealed under the installation's.
func (s *Service) sealed(ctx context.Context, from Reader, l *Letter, fresh *seal.PersonKey) error {
	plain, err := json.Marshal(l.Content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(plain)
	l.Digest = sum[:]
	switch {
	case fresh != nil:
		l.Sealed, err = fresh.Seal(plain, place(*l))
	case l.Owner.Company != "":
		l.Sealed, err = s.Seals.Seal(plain, place(*l))
	default:
		var key seal.PersonKey
		if key, err = s.key(ctx, from, l.Owner.Person); err == nil {
			l.Sealed, err = key.Seal(plain, place(*l))
		}
	}
	if err != nil {
		return fmt.Errorf("seal letter: %w", err)
	}
	return nil
}

func (s *Service) key(ctx context.Context, from Reader, p ids.Person) (seal.PersonKey, error) {
	wrapped, err := from.PersonKey(ctx, p)
	if err != nil {
		return seal.PersonKey{}, err
	}
	return s.Seals.Unwrap(string(p), wrapped)
}

// open opens the contents of letters of one owner. What was not confirmed yet stays closed.
func (s *Service) open(ctx context.Context, list []Stored) error {
	return s.openThose(ctx, list, func(l Stored) bool { return !l.Stand().Sealed(l.Letter) })
}

// openThose opens the contents of some of the letters. What was purged has none.
func (s *Service) openThose(ctx context.Context, list []Stored, which func(Stored) bool) error {
	var key seal.PersonKey
	var of ids.Person
	for i := range list {
		l := &list[i].Letter
		if len(l.Sealed) == 0 || !which(list[i]) {
			continue
		}
		var plain []byte
		var err error
		if l.Owner.Company != "" {
			plain, err = s.Seals.Open(l.Sealed, place(*l))
		} else {
			if of != l.Owner.Person {
				if key, err = s.key(ctx, s.Store, l.Owner.Person); err != nil {
					return err
				}
				of = l.Owner.Person
			}
			plain, err = key.Open(l.Sealed, place(*l))
		}
		if err == nil {
			err = json.Unmarshal(plain, &l.Content)
		}
		if err != nil {
			return fmt.Errorf("open letter %s: %w", l.ID, err)
		}
	}
	return nil
}

// formLife is how long a form's answer is remembered, in seconds.
const formLife = 24 * 60 * 60

// hexOf writes a digest as people compare it.
func hexOf(sum []byte) string { return hex.EncodeToString(sum) }

func digest(parts ...any) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return sum[:]
}

var errAgain = fault.Conflict("letter.changed", nil)

// mostTries is how often a change begins anew when somebody else was faster.
const mostTries = 5

func (s *Service) inTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error {
	for range mostTries {
		if err := s.Store.InTx(ctx, do); !isAgain(err) {
			return err
		}
	}
	return errAgain
}

func isAgain(err error) bool { return fault.IsKey(err, "letter.changed") }
