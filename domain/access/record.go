package access

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/identity"
)

// Stored is a grant with its reason sealed.
type Stored struct {
	Grant
	Sealed []byte
}

// Tasks of the room: somebody is told that their access has changed, or that it ends.
const (
	TaskTell = "grants.tell"
	TaskEnds = "grants.ends"
)

// TellArgs are the arguments of both tasks.
type TellArgs struct {
	Org     ids.Org     `json:"org"`
	Service ids.Service `json:"service"`
	Person  ids.Person  `json:"person,omitempty"`
	Company ids.Company `json:"company,omitempty"`
	Version int64       `json:"version"`
}

// ID names the grant that somebody is told of.
func (a TellArgs) ID() string {
	return string(a.Org) + "." + string(a.Service) + "." + string(a.Person) + string(a.Company) + "." + strconv.FormatInt(a.Version, 10)
}

// Job is a task that is written with a grant.
type Job struct {
	Kind  string
	Args  TellArgs
	RunAt int64
}

// Store is what the room needs of storage. What is not there is a NotFound fault.
type Store interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// PersonKey returns the wrapped key of a person; nil when the person was erased.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	// AccessNow returns what holds of an owner and a service, or NotFound; AccessOf all of an owner at an organisation, by service, the newest first.
	AccessNow(ctx context.Context, o ids.Org, service ids.Service, of actor.Owner) (Stored, error)
	AccessOf(ctx context.Context, o ids.Org, of actor.Owner) ([]Stored, error)
	// AccessOfOwner is AccessOf for every organisation, by organisation and service.
	AccessOfOwner(ctx context.Context, of actor.Owner) ([]Stored, error)
	// AccessOfService returns what holds of everybody's access to a service, by a filter: the soonest end first, then what has none.
	AccessOfService(ctx context.Context, o ids.Org, service ids.Service, f Filter, now int64, most int) ([]Holder, error)
	// PutAccess adds a grant with its tasks and its line of the audit log; false when the version is there already.
	PutAccess(ctx context.Context, g Stored, jobs []Job, e audit.Entry) (bool, error)
	PutAudit(ctx context.Context, entries ...audit.Entry) error
}

// People knows where somebody is told.
type People interface {
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
	CompanyOf(ctx context.Context, who actor.Actor) (identity.Company, error)
}

// Service has the use cases.
type Service struct {
	Store  Store
	People People
	Seals  *seal.Keyring
	Gen    *ids.Gen
	Now    func() time.Time
	// Committed is told after each grant, so that people are told within moments. May be nil.
	Committed func()
}

// Check says whether somebody may use a service now, for whom they act included: every way to it asks this, when it begins and when it ends. Office is where it is used,
// empty for none. Its faults are those of the function Check.
func (s *Service) Check(ctx context.Context, who actor.Actor, c *catalog.Config, service ids.Service, office ids.Office) error {
	p := c.Policy(service, office)
	if !p.NeedsAccess && !p.ForCompany {
		return nil
	}
	if s == nil { // nobody knows of any
		return Check(p, who, Grant{}, 0)
	}
	var g Grant
	if owner := who.Owner(); p.NeedsAccess && !owner.IsZero() {
		var err error
		if g, err = s.Holds(ctx, c.Org.ID, service, owner); err != nil {
			return err
		}
	}
	return Check(p, who, g, s.Now().Unix())
}

// Has reports whether an owner may use a service now, where nobody is there to ask: a freed time that is offered, a place on a course that is given. It says nothing of
// how surely they are known.
func (s *Service) Has(ctx context.Context, of actor.Owner, c *catalog.Config, service ids.Service, office ids.Office) (bool, error) {
	p := c.Policy(service, office)
	if !p.NeedsAccess && !p.ForCompany {
		return true, nil
	}
	if s == nil || of.IsZero() || p.ForCompany && of.Company == "" {
		return false, nil
	}
	if !p.NeedsAccess {
		return true, nil
	}
	g, err := s.Holds(ctx, c.Org.ID, service, of)
	return err == nil && g.StateAt(s.Now().Unix()) == Open, err
}

// Holds returns what holds of an owner and a service, without its reason: a grant of version 0 for nothing. It is for the rooms, which show it to nobody.
func (s *Service) Holds(ctx context.Context, o ids.Org, service ids.Service, of actor.Owner) (Grant, error) {
	g, err := s.Store.AccessNow(ctx, o, service, of)
	if fault.Is(err, fault.KindNotFound) {
		return Grant{}, nil
	}
	return g.Grant, err
}

// Request asks for access to be granted or prolonged, or, with Off, withdrawn.
type Request struct {
	Org     ids.Org
	Service ids.Service
	Owner   actor.Owner
	Off     bool
	// From is the first second, 0 for now; Until the last, 0 for no end.
	From, Until int64
	Why         string
	// Seen is the version that whoever asks has seen; 0 for none.
	Seen int64
}

// mostWhy is the longest reason, in bytes.
const mostWhy = 1000

// check says what is wrong with a request, field by field.
func (r *Request) check(c *catalog.Config, now Grant, at int64) error {
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	if _, err := c.Service(r.Service); err != nil || !r.Off && !Opens(c, r.Service) {
		bad("service", "access.service_unknown")
	}
	if r.Owner.IsZero() || r.Owner.Person != "" && r.Owner.Company != "" {
		bad("person", "access.nobody")
	}
	if !r.Off {
		if r.From == 0 {
			if r.From = at; now.StateAt(at) == Open {
				r.From = now.From // it goes on
			}
		}
		if r.Until != 0 && (r.Until < r.From || r.Until < at) {
			bad("until", "access.until_before")
		}
	}
	text, ok := i18n.CleanText(r.Why)
	if r.Why = text; !ok || text == "" || len(text) > mostWhy {
		bad("why", "access.why_required")
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// Opens reports whether a service opens after a contact, at any of its offices.
func Opens(c *catalog.Config, service ids.Service) bool {
	if c.Policy(service, "").NeedsAccess {
		return true
	}
	for _, o := range c.OfficesOf(service) {
		if c.Policy(service, o.ID).NeedsAccess {
			return true
		}
	}
	return false
}

// Services are those of an organisation that open after a contact, in its order.
func Services(c *catalog.Config) []*catalog.Service {
	var out []*catalog.Service
	for i := range c.Services {
		if Opens(c, c.Services[i].ID) {
			out = append(out, &c.Services[i])
		}
	}
	return out
}

// Record adds what holds from now on, and has somebody told. Faults: Invalid at the fields; Conflict "access.changed" when somebody else has recorded since. What says
// nothing new is not written; made is false then.
func (s *Service) Record(ctx context.Context, who actor.Actor, r Request) (g Grant, made bool, err error) {
	if err := who.May(actor.AccessGrant, actor.Object{Org: r.Org}); err != nil {
		return Grant{}, false, err
	}
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Grant{}, false, err
	}
	now, err := s.Holds(ctx, r.Org, r.Service, r.Owner)
	if err != nil {
		return Grant{}, false, err
	}
	at := s.Now().Unix()
	if err := r.check(c, now, at); err != nil {
		return Grant{}, false, err
	}
	if r.Off {
		if r.From, r.Until = now.From, now.Until; now.Version == 0 || now.Off {
			return now, false, nil
		}
	} else if now.Version > 0 && !now.Off && now.From == r.From && now.Until == r.Until {
		return now, false, nil
	}
	if r.Seen != now.Version {
		return Grant{}, false, fault.Conflict("access.changed", nil)
	}
	g = Grant{
		Org: r.Org, Service: r.Service, Owner: r.Owner, Version: now.Version + 1, Off: r.Off, From: r.From, Until: r.Until, Why: r.Why, ByKind: who.Kind, By: who.ID(), At: at,
	}
	stored, err := s.seal(ctx, g)
	if err != nil {
		return Grant{}, false, err
	}
	action := audit.AccessGranted
	if r.Off {
		action = audit.AccessWithdrawn
	}
	detail := map[string]string{"service": string(r.Service), "version": strconv.FormatInt(g.Version, 10)}
	if made, err = s.Store.PutAccess(ctx, stored, jobsOf(g), s.entry(r.Org, who, action, r.Owner, detail)); err != nil {
		return Grant{}, false, err
	}
	if !made {
		return Grant{}, false, fault.Conflict("access.changed", nil)
	}
	if s.Committed != nil {
		s.Committed()
	}
	return g, true, nil
}

func argsOf(g Grant) TellArgs {
	return TellArgs{Org: g.Org, Service: g.Service, Person: g.Owner.Person, Company: g.Owner.Company, Version: g.Version}
}

// jobsOf are what is to be told of a grant: that it changed, and, before its end, that it ends.
func jobsOf(g Grant) []Job {
	out := []Job{{Kind: TaskTell, Args: argsOf(g), RunAt: g.At}}
	if when, ok := g.TellEndAt(g.At); ok {
		out = append(out, Job{Kind: TaskEnds, Args: argsOf(g), RunAt: when})
	}
	return out
}

// Of returns everything recorded of an owner at an organisation, by service, the newest first. That it was looked at is written down.
func (s *Service) Of(ctx context.Context, who actor.Actor, o ids.Org, of actor.Owner) ([]Grant, error) {
	if err := who.May(actor.AccessGrant, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.AccessOf(ctx, o, of)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := s.Store.PutAudit(ctx, s.entry(o, who, audit.AccessRead, of, nil)); err != nil {
		return nil, err
	}
	return s.open(ctx, of, list...)
}

// Mine returns what holds of who asks, or of whom they act for, at each organisation, without the office's reasons.
func (s *Service) Mine(ctx context.Context, who actor.Actor) ([]Grant, error) {
	if err := who.May(actor.FolderRead, actor.Object{Owner: who.Owner()}); err != nil {
		return nil, err
	}
	return s.newest(ctx, who.Owner())
}

// Kept returns everything recorded of the actor's own access, with the office's reasons, at each organisation: what is given out to whose it is.
func (s *Service) Kept(ctx context.Context, who actor.Actor) ([]Grant, error) {
	of := actor.Owner{Person: who.Person}
	if err := who.May(actor.AccountManage, actor.Object{Owner: of}); err != nil {
		return nil, err
	}
	list, err := s.Store.AccessOfOwner(ctx, of)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return s.open(ctx, of, list...)
}

func (s *Service) newest(ctx context.Context, of actor.Owner) ([]Grant, error) {
	if of.IsZero() {
		return nil, nil
	}
	list, err := s.Store.AccessOfOwner(ctx, of)
	if err != nil {
		return nil, err
	}
	list = slices.CompactFunc(list, func(a, b Stored) bool { return a.Org == b.Org && a.Service == b.Service })
	out := make([]Grant, len(list))
	for i, g := range list {
		out[i] = g.Grant
	}
	return out, nil
}

var _ folder.Source = (*Service)(nil)

// FolderOf returns what was opened to an owner, as it stands now.
func (s *Service) FolderOf(ctx context.Context, of actor.Owner) ([]folder.Entry, error) {
	list, err := s.newest(ctx, of)
	if err != nil {
		return nil, err
	}
	out := make([]folder.Entry, len(list))
	for i, g := range list {
		out[i] = folder.Entry{
			Part: folder.Opened, Org: g.Org, Service: g.Service, Subject: string(g.Service), At: g.From, End: g.Until, State: "access_" + string(g.StateAt(s.Now().Unix())),
		}
		if g.Off {
			out[i].At, out[i].End = g.At, 0
		}
	}
	return out, nil
}

// Telling is how somebody is told: never of which service, and not of what.
type Telling struct {
	Person       ids.Person
	Lang         i18n.Lang
	Email, Phone string // proven ones, or a company's own; empty for none
}

// Tell says how to tell of a grant: ok is false when something else holds since, or when there is no way to reach them. What ends is told of only while it is still to end.
func (s *Service) Tell(ctx context.Context, a TellArgs, ends bool) (t Telling, ok bool, err error) {
	of := actor.Owner{Person: a.Person, Company: a.Company}
	g, err := s.Holds(ctx, a.Org, a.Service, of)
	if err != nil || g.Version != a.Version || ends && (g.Off || g.Until == 0 || s.Now().Unix() > g.Until) {
		return Telling{}, false, err
	}
	who := actor.System("access")
	if who.Person, who.For = a.Person, of; a.Company != "" {
		c, err := s.People.CompanyOf(ctx, who)
		if fault.Is(err, fault.KindNotFound) {
			return Telling{}, false, nil
		}
		t = Telling{Lang: c.Lang, Email: c.Email}
		if c.Email == "" {
			t.Phone = c.Phone
		}
		return t, c.Registered != 0 && t.Email+t.Phone != "", err
	}
	account, err := s.People.Mine(ctx, who)
	if fault.Is(err, fault.KindNotFound) {
		return Telling{}, false, nil
	}
	t = Telling{Person: a.Person, Lang: account.Lang}
	switch {
	case account.EmailVerified:
		t.Email = account.Email
	case account.PhoneVerified:
		t.Phone = account.Phone
	}
	return t, t.Email+t.Phone != "", err
}

func place(g Grant) seal.Place {
	row := string(g.Org) + "/" + string(g.Service) + "/" + string(g.Owner.Person) + "/" + string(g.Owner.Company) + "/" + strconv.FormatInt(g.Version, 10)
	return seal.Place{Table: "access_grant", Column: "why", Row: row}
}

// key is what opens and seals an owner's reasons: a person's own, or the installation's for a company. It is nil for who was erased.
func (s *Service) key(ctx context.Context, of actor.Owner) (sealer, error) {
	if of.Company != "" {
		return s.Seals, nil
	}
	wrapped, err := s.Store.PersonKey(ctx, of.Person)
	if fault.Is(err, fault.KindNotFound) || err == nil && len(wrapped) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := s.Seals.Unwrap(string(of.Person), wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap person key: %w", err)
	}
	return key, nil
}

type sealer interface {
	Seal(plain []byte, at seal.Place) ([]byte, error)
	Open(sealed []byte, at seal.Place) ([]byte, error)
}

func (s *Service) seal(ctx context.Context, g Grant) (Stored, error) {
	key, err := s.key(ctx, g.Owner)
	if err != nil {
		return Stored{}, err
	}
	if key == nil {
		return Stored{}, fault.NotFound("person.not_found")
	}
	sealed, err := key.Seal([]byte(g.Why), place(g))
	if err != nil {
		return Stored{}, fmt.Errorf("seal why access was granted: %w", err)
	}
	return Stored{g, sealed}, nil
}

// open opens the reasons of one owner's grants. Of who was erased nothing can be read any more.
func (s *Service) open(ctx context.Context, of actor.Owner, list ...Stored) ([]Grant, error) {
	key, err := s.key(ctx, of)
	if err != nil {
		return nil, err
	}
	out := make([]Grant, len(list))
	for i, g := range list {
		if out[i] = g.Grant; key == nil {
			out[i].Erased = true
			continue
		}
		b, err := key.Open(g.Sealed, place(g.Grant))
		if err != nil {
			return nil, fmt.Errorf("open why access was granted: %w", err)
		}
		out[i].Why = string(b)
	}
	return out, nil
}

func (s *Service) entry(o ids.Org, who actor.Actor, what audit.Action, of actor.Owner, detail map[string]string) audit.Entry {
	kind := audit.OfPerson
	if of.Company != "" {
		kind = "company"
	}
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, what, kind, of.ID(), detail)
}
