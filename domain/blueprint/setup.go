package blueprint

import (
	"context"
	"crypto/subtle"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// SetupLinkLife is how long the link of the first start is good, to the second.
const SetupLinkLife = 24 * time.Hour

// SetupLink is what is kept of the newest link of the first start: never its secret.
type SetupLink struct {
	Hash  []byte // ids.HashToken of the secret
	Until int64  // the last Unix second in which it is good
}

// SetupStore is what the first start needs of storage.
type SetupStore interface {
	Store
	// Installation returns what all organisations share, or NotFound before the first start.
	Installation(ctx context.Context) (org.Installation, error)
	// SetupLink returns the link that is kept, or NotFound "setup.no_link".
	SetupLink(ctx context.Context) (SetupLink, error)
	// PutSetupLink keeps a link in the place of any other.
	PutSetupLink(ctx context.Context, l SetupLink) error
	// ConfigureFirst is Configure where there is no installation yet. In the one transaction it hands the link that is kept to may, returns the error of
	// may as it is, and forgets the link. It is NotFound "setup.no_link" when there is an installation, or no link.
	ConfigureFirst(ctx context.Context, may func(SetupLink) error, plan func(ctx context.Context, v View) (*Change, error)) error
}

// Setup makes the installation and its first organisation, once, for whoever holds the link that the server printed.
type Setup struct {
	Store SetupStore
	Gen   *ids.Gen
	Now   func() time.Time
}

// NewLink makes a new secret of the link, which makes the one before void. It is empty when there is an installation already.
func (s Setup) NewLink(ctx context.Context) (token string, err error) {
	if open, err := s.open(ctx); !open {
		return "", err
	}
	token = s.Gen.LinkToken()
	l := SetupLink{Hash: ids.HashToken(token), Until: s.Now().Add(SetupLinkLife).Unix()}
	if err := s.Store.PutSetupLink(ctx, l); err != nil {
		return "", err
	}
	return token, nil
}

// Check returns NotFound "setup.no_link" when a secret is not, or no longer, the one that may set up.
func (s Setup) Check(ctx context.Context, token string) error {
	open, err := s.open(ctx)
	if err != nil {
		return err
	}
	if !open {
		return noLink()
	}
	l, err := s.Store.SetupLink(ctx)
	if err != nil {
		return err
	}
	return l.may(token, s.Now())
}

// Apply makes a document the configuration of the installation, in one transaction with spending the secret. NotFound "setup.no_link" says that the
// secret is not, or no longer, the one that may; Invalid "form.invalid" with the field "slug" that there is an organisation of that name already, from
// a blueprint applied before. The secret stays good then.
func (s Setup) Apply(ctx context.Context, token string, doc Document) (Result, error) {
	first := firstStore{
		SetupStore: s.Store, orgs: doc.orgs(), may: func(l SetupLink) error { return l.may(token, s.Now()) },
		entry: func() audit.Entry {
			detail := map[string]string{}
			if len(doc.Organisations) > 0 {
				detail["organisation"] = string(doc.Organisations[0].ID)
			}
			return audit.New("", s.Gen.Audit(), s.Now().UnixMicro(), actor.System(setupActor), audit.SetUp, "installation", "installation", detail)
		},
	}
	return Service{Store: first, Gen: s.Gen, Now: s.Now}.Apply(ctx, actor.System(setupActor), doc, Options{})
}

// setupActor names the first start in the audit log.
const setupActor = "setup"

func noLink() error { return fault.NotFound("setup.no_link") }

// open reports whether there is no installation yet.
func (s Setup) open(ctx context.Context) (bool, error) {
	_, err := s.Store.Installation(ctx)
	if fault.Is(err, fault.KindNotFound) {
		return true, nil
	}
	return false, err
}

// may reports whether the secret is this link's, and good at the time.
func (l SetupLink) may(token string, now time.Time) error {
	if subtle.ConstantTimeCompare(l.Hash, ids.HashToken(token)) != 1 || now.Unix() > l.Until {
		return noLink()
	}
	return nil
}

// firstStore lets a blueprint be applied only as the first one, and records that it was.
type firstStore struct {
	SetupStore
	orgs  []ids.Org
	may   func(SetupLink) error
	entry func() audit.Entry
}

func (f firstStore) Configure(ctx context.Context, plan func(ctx context.Context, v View) (*Change, error)) error {
	return f.ConfigureFirst(ctx, f.may, func(ctx context.Context, v View) (*Change, error) {
		stored, err := v.Stored(ctx, []ids.Org{})
		if err != nil {
			return nil, err
		}
		for _, o := range f.orgs {
			if slices.Contains(stored.Orgs, o) {
				return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "slug", Key: "setup.slug_taken"})
			}
		}
		c, err := plan(ctx, v)
		if c != nil {
			c.Audit = append(c.Audit, f.entry())
		}
		return c, err
	})
}
