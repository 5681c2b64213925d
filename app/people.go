package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/folder"
	"luukku/domain/identity"
	"luukku/gateway/eid"
	"luukku/gateway/register"
	"luukku/store"
	"luukku/web"
	"luukku/web/admin"
	"luukku/web/demoeid"
	eservicepages "luukku/web/eservice"
	mailboxpages "luukku/web/mailbox"
	"luukku/web/my"
	"luukku/web/sent"
)

// Where identity providers meet us. They know these addresses by heart, so they have no language.
const (
	eidReturn = "/eid/return"
	eidJWKS   = "/eid/jwks.json"
	eidLogout = "/eid/logout/" // and the provider
)

// eidKeys are our keys towards identity providers, as they are now. They are replaced as a whole when they are renewed, here or on another node.
type eidKeys struct {
	ring atomic.Pointer[eid.Ring]
	read atomic.Int64 // when, Unix seconds
	now  clock.Now
	load func() error // nil until they were loaded
}

// keysAge is how old the keys in memory may be: new ones sign a day after they were made, so other nodes have time.
const keysAge = int64(time.Hour / time.Second)

func (k *eidKeys) current() *eid.Ring {
	was, now := k.read.Load(), k.now().Unix()
	if now-was >= keysAge && k.read.CompareAndSwap(was, now) {
		if err := k.load(); err != nil {
			k.read.Store(was) // the keys at hand go on
		}
	}
	return k.ring.Load()
}

// Signing returns the key to sign with by an algorithm.
func (k *eidKeys) Signing(alg string) (jose.JSONWebKey, error) { return k.current().Signing(alg) }

// Decryption returns the keys that something may be encrypted for.
func (k *eidKeys) Decryption() []jose.JSONWebKey { return k.current().Decryption() }

// Public returns the public parts.
func (k *eidKeys) Public() jose.JSONWebKeySet { return k.current().Public() }

func eidKeyPlace(id string) seal.Place {
	return seal.Place{Table: "eid_key", Column: "private", Row: id}
}

// openEIDKeys loads our keys towards identity providers, and makes the first.
func (a *App) openEIDKeys(ctx context.Context, keys *seal.Keyring) error {
	stored, err := a.Store.EIDKeys(ctx)
	if err != nil {
		return err
	}
	if len(stored) == 0 {
		if stored, err = a.makeEIDKeys(ctx, keys); err != nil {
			return err
		}
	}
	opened := make([]eid.StoredKey, len(stored))
	for i, k := range stored {
		private, err := keys.Open(k.Private, eidKeyPlace(k.ID))
		if err != nil {
			return fmt.Errorf("open key %s towards identity providers: %w", k.ID, err)
		}
		opened[i] = eid.StoredKey{ID: k.ID, Use: k.Use, Alg: k.Alg, Private: private, CreatedAt: k.CreatedAt, RetiredAt: k.RetiredAt}
	}
	ring, err := eid.NewKeys(opened, a.Now)
	if err != nil {
		return err
	}
	a.eidKeys.ring.Store(ring)
	a.eidKeys.read.Store(a.Now().Unix())
	return nil
}

func (a *App) makeEIDKeys(ctx context.Context, keys *seal.Keyring) ([]store.EIDKey, error) {
	made, err := eid.Generate(rand.Reader, a.Now())
	if err != nil {
		return nil, err
	}
	out := make([]store.EIDKey, len(made))
	for i, k := range made {
		sealed, err := keys.Seal(k.Private, eidKeyPlace(k.ID))
		if err != nil {
			return nil, err
		}
		out[i] = store.EIDKey{ID: k.ID, Use: k.Use, Alg: k.Alg, Private: sealed, CreatedAt: k.CreatedAt}
	}
	e := audit.New("", a.gen.Audit(), a.Now().UnixMicro(), actor.System("start"), audit.KeysRenewed, "installation", "installation", nil)
	return out, a.Store.PutEIDKeys(ctx, out, e)
}

// keyRest is how long a key that was renewed still signs where the new one was not published long enough. It is read for longer (eid.ReadAfter).
const keyRest = 2 * eid.PublishAhead

// renewEIDKeys makes new keys towards identity providers. The old ones are used until the new ones are old enough to have been fetched.
func (a *App) renewEIDKeys(ctx context.Context, who actor.Actor) error {
	old, err := a.Store.EIDKeys(ctx)
	if err != nil {
		return err
	}
	made, err := eid.Generate(rand.Reader, a.Now())
	if err != nil {
		return err
	}
	now := a.Now()
	var all []store.EIDKey
	for _, k := range old {
		if k.RetiredAt == 0 {
			k.RetiredAt = now.Add(keyRest).Unix()
			all = append(all, k)
		}
	}
	for _, k := range made {
		sealed, err := a.Site.Seals.Seal(k.Private, eidKeyPlace(k.ID))
		if err != nil {
			return err
		}
		all = append(all, store.EIDKey{ID: k.ID, Use: k.Use, Alg: k.Alg, Private: sealed, CreatedAt: k.CreatedAt})
	}
	e := audit.New("", a.gen.Audit(), now.UnixMicro(), who, audit.KeysRenewed, "installation", "installation", nil)
	if err := a.Store.PutEIDKeys(ctx, all, e); err != nil {
		return err
	}
	return a.openEIDKeys(ctx, a.Site.Seals)
}

// people puts together who signs in: the room, the gateways to providers and registers, and the door.
func (a *App) people(ctx context.Context, keys *seal.Keyring, o Options) error {
	a.eidKeys.now, a.eidKeys.load = a.Now, func() error { return a.openEIDKeys(context.Background(), keys) }
	if err := a.openEIDKeys(ctx, keys); err != nil {
		return err
	}
	var client *http.Client // the gateways' own
	if o.Demo {
		client = &http.Client{Transport: toItself{a}}
	}
	a.Identity = &identity.Service{
		Store: a.Store.People(), Seals: keys, Gen: a.gen, Now: a.Now, Log: a.Log, Guard: limit.NewCodeGuard(limit.CodeLimits{}),
		ReturnTo: a.Config.BaseURL + eidReturn, SignedOutAt: a.Config.BaseURL + "/", Committed: a.runner.Kick,
		TestIdentifiers: o.Demo || a.Config.EID.TestIdentifiers == "yes",
		PhoneCountries:  a.phoneCountries, ContactOptional: a.contactOptional, Zone: a.zone(ctx),
		EID: eid.New(eid.Options{
			HTTP: client, Now: a.Now, Gen: a.gen, Keys: &a.eidKeys, AllowHTTP: o.Demo,
			Secret: func(p identity.Provider) ([]byte, error) {
				return keys.Open(p.Secret, seal.Place{Table: "provider", Column: "secret", Row: string(p.Org) + "/" + string(p.ID)})
			},
		}),
	}
	a.Access.People = a.Identity
	if base, token := a.registers(o); base != "" {
		c := register.New(register.Options{Base: base, Token: token, HTTP: client})
		a.Identity.Register, a.Identity.Mandates = c, c
	}
	return nil
}

// toItself lets the demo ask its own providers and registers, also where it cannot reach the address that people reach it by.
type toItself struct{ app *App }

func (t toItself) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.app.demoEID.Transport(http.DefaultTransport).RoundTrip(r)
}

// zone is the time zone in which dates of guardianships and mandates begin and end: that of the first organisation served here.
func (a *App) zone(ctx context.Context) *time.Location {
	orgs, err := a.Store.Organisations(ctx)
	if err != nil || len(orgs) == 0 {
		return time.UTC
	}
	zone, err := orgs[0].Location()
	if err != nil {
		return time.UTC
	}
	return zone
}

func (a *App) phoneCountries(ctx context.Context) []string {
	in, err := a.Store.Installation(ctx)
	if err != nil {
		return nil
	}
	return in.PhoneCountries
}

func (a *App) contactOptional(ctx context.Context) bool {
	in, err := a.Store.Installation(ctx)
	return err == nil && in.ContactOptional
}

// demoRegisterToken opens the demo's registers to the demo itself; they hold nobody real.
const demoRegisterToken = "demo"

// registers says where the registers are, and how we prove who we are there: the settings', or the demo's own.
func (a *App) registers(o Options) (base string, token natid.Secret) {
	if o.Demo {
		return a.Config.BaseURL + demoeid.Prefix + "register", demoRegisterToken
	}
	return a.Config.Register.URL, natid.Secret(a.Config.Register.Token.Reveal())
}

// peopleDoors opens the doors of who signs in.
func (a *App) peopleDoors(o Options) error {
	a.Site.Sessions = sessions{a}
	a.my = my.New(a.Site, a.Identity)
	folders := &folder.Service{Sources: []folder.Source{a.Booking, a.Queue, a.Access, a.Eservices, a.Courses}, Name: a.nameOf}
	a.my.Folders, a.my.Timelines = folders, folders
	a.my.Appointments, a.my.Waiting, a.my.Consent, a.my.Dossier, a.my.Erasures = a.Booking, a.Booking, a.Consent, a.Dossier, a.Erasure
	a.citizen.Known, a.citizen.Acting = a.known, a.Identity
	a.my.Log, a.my.Care = readers{a}, a.Care
	a.mail = mailboxpages.New(a.Site, a.Mailboxes, a.Identity)
	a.mail.Config = a.Store.ConfigVersion
	a.sent = sent.New(a.Site, a.Eservices)
	a.openSent = sent.NewOpen(a.Site, a.Eservices, a.Eservices, a.Config.BaseURL)
	a.forms = eservicepages.New(a.Site, a.Eservices)
	a.openForms = eservicepages.NewOpen(a.Site, a.Eservices, a.Eservices)
	a.deskForms = eservicepages.NewDesk(a.Site, a.Eservices, a.Eservices, a.Mailboxes.TestCodes)
	a.deskForms.Pages, a.deskForms.Keys = admin.Pages, a.Staff.KeysOf
	a.my.Mail = a.Mailboxes
	if !o.Demo {
		return nil
	}
	var err error
	a.demoEID, err = demoeid.New(a.Site, demoeid.Options{
		Chance: rand.Reader, ClientKeys: a.eidKeys.Public, RegisterToken: demoRegisterToken, Org: demoStaffOrg,
		Ended: func(p ids.Provider) string { return a.Config.BaseURL + eidLogout + string(p) },
	})
	return err
}

// demoStaffOrg is the organisation whose staff sign in with the demo's own provider.
const demoStaffOrg = ids.Org("vuorela")

// demoProviders keeps the demo's own providers as rows, under the address that the demo has now.
func (a *App) demoProviders(ctx context.Context) error {
	for _, p := range a.demoEID.Providers(a.Config.BaseURL) {
		before, err := a.Store.Provider(ctx, p.Org, p.ID)
		if err == nil && before.Issuer == p.Issuer {
			continue
		}
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
		e := audit.New("", a.gen.Audit(), a.Now().UnixMicro(), actor.System("demo"), audit.ProviderChanged, "provider", string(p.ID), nil)
		if err := a.Store.PutProvider(ctx, p, e); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is a person's name, for entries of a folder that they made for another.
func (a *App) nameOf(ctx context.Context, p ids.Person) (string, error) {
	acc, err := a.Store.People().Account(ctx, p)
	if fault.Is(err, fault.KindNotFound) {
		return "", nil
	}
	return acc.ShortName(), err
}

// known is what a form of details begins with: the name of whose matter it is, and how to reach who does it.
func (a *App) known(ctx context.Context, who actor.Actor) (booking.Details, error) {
	own, err := a.Identity.Mine(ctx, who)
	if err != nil {
		return booking.Details{}, err
	}
	d := booking.Details{Name: own.ShortName(), Email: own.Email, Phone: own.Phone, Lang: own.Lang}
	if other := who.Owner().Person; other != "" && other != who.Person {
		d.Name, err = a.nameOf(ctx, other)
	}
	return d, err
}

// sessions tells the pages who has signed in: people and staff, each by their own cookie.
type sessions struct{ app *App }

func (s sessions) Signed(ctx context.Context, of, token string) (identity.Signed, error) {
	if of == identity.SessionOfCitizen {
		return s.app.Identity.Signed(ctx, token)
	}
	return s.app.Staff.SignedStaff(ctx, token)
}

// eidDoor answers for /eid/...: what providers and their browsers meet.
func (a *App) eidDoor(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == eidReturn && reads(r):
		to := r.Clone(r.Context())
		to.URL.Path = web.Path(a.language(r), "", "sign-in", "back")
		to.URL.RawPath = ""
		a.my.ServeHTTP(w, to)
	case path == eidJWKS && reads(r):
		a.publicKeys(w)
	case strings.HasPrefix(path, eidLogout) && r.Method == http.MethodPost:
		a.endedByProvider(w, r, ids.Provider(strings.TrimPrefix(path, eidLogout)))
	default:
		a.fail(w, r, fault.NotFound("error.not_found"))
	}
}

func (a *App) publicKeys(w http.ResponseWriter) {
	b, err := json.Marshal(a.eidKeys.Public())
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	_, _ = w.Write(b)
}

// endedByProvider takes a logout token. The answers are those of OpenID Connect Back-Channel Logout 1.0, section 2.8.
func (a *App) endedByProvider(w http.ResponseWriter, r *http.Request, p ids.Provider) {
	err := r.ParseForm()
	if err == nil {
		err = a.Identity.EndedByProvider(r.Context(), "", p, r.PostFormValue("logout_token"))
	}
	switch {
	case err == nil:
		plain(w, http.StatusOK, "")
	case fault.Is(err, fault.KindUnavailable):
		plain(w, http.StatusServiceUnavailable, "")
	default:
		a.Log.Info("refused", "what", "logout token", "provider", string(p), "error", err.Error())
		plain(w, http.StatusBadRequest, "")
	}
}

// errNoDemo is what serve says to data that the demo has made.
var errNoDemo = errors.New("this data has the demo's own sign-in, which proves nothing: begin with an empty data directory")

// refuseDemo stops serve from running with the demo's providers, by which anybody may be anybody.
func (a *App) refuseDemo(ctx context.Context) error {
	list, err := a.Store.Providers(ctx, "")
	if err != nil {
		return err
	}
	orgs, err := a.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		more, err := a.Store.Providers(ctx, o.ID)
		if err != nil {
			return err
		}
		list = append(list, more...)
	}
	for _, p := range list {
		if strings.Contains(p.Issuer, demoeid.Prefix) {
			return errNoDemo
		}
	}
	return nil
}

// DemoEID is the demo's e-ID, nil where there is none.
func (a *App) DemoEID() *demoeid.Door { return a.demoEID }
