package eservice

import (
	"context"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/form"
)

// FormStore is what the room needs of the storage of forms.
type FormStore interface {
	// FormVersions returns the versions of a form, the newest first, without documents.
	FormVersions(ctx context.Context, o ids.Org, f ids.Form) ([]Version, error)
	// FormVersion returns a version with its document, or NotFound "forms.no_version".
	FormVersion(ctx context.Context, o ids.Org, f ids.Form, number int64) (Version, error)
	// FormEdits returns the forms that are being built, each as it stands.
	FormEdits(ctx context.Context, o ids.Org) ([]Edit, error)
	// FormEdit returns a state of a form that is being built, the newest for seq 0, or NotFound "forms.not_built".
	FormEdit(ctx context.Context, o ids.Org, f ids.Form, seq int64) (Edit, error)
	// PutFormEdit adds a state after the one before it, or fails with Conflict "forms.edited" when there is another by now. Old ones go.
	PutFormEdit(ctx context.Context, e Edit, line audit.Entry) error
	// DropFormEdits drops what is being built, or fails with Conflict "forms.edited" when seq is not its state.
	DropFormEdits(ctx context.Context, o ids.Org, f ids.Form, seq int64, line audit.Entry) error
}

// Form returns a form with the version that holds at a moment: NotFound when the form or such a version is not there, Conflict "forms.closed" when it takes nothing new.
func (s *Service) Form(ctx context.Context, o ids.Org, id ids.Form, at time.Time) (*catalog.Form, Version, *form.Definition, error) {
	f, v, def, err := s.Asked(ctx, o, id, at)
	if err == nil && f.Closed {
		err = fault.Conflict("forms.closed", nil)
	}
	return f, v, def, err
}

// Asked is Form of what may be closed: for those who look at it, or have begun before.
func (s *Service) Asked(ctx context.Context, o ids.Org, id ids.Form, at time.Time) (*catalog.Form, Version, *form.Definition, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, Version{}, nil, err
	}
	f, err := c.Form(id)
	if err != nil {
		return nil, Version{}, nil, err
	}
	versions, err := s.versions(ctx, c, id)
	if err != nil {
		return nil, Version{}, nil, err
	}
	v, ok := InForce(versions, at.Unix())
	if !ok {
		return nil, Version{}, nil, fault.NotFound("forms.no_version")
	}
	v, def, err := s.read(ctx, v)
	return f, v, def, err
}

// FormAt returns a form with one of its versions, also of one that is closed. Of a form that is no longer configured there is its name in addresses, and it is closed: what was sent
// and begun is still there.
func (s *Service) FormAt(ctx context.Context, o ids.Org, id ids.Form, number int64) (*catalog.Form, Version, *form.Definition, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, Version{}, nil, err
	}
	f, err := c.Form(id)
	if fault.Is(err, fault.KindNotFound) {
		f = &catalog.Form{ID: id, Closed: true}
	}
	v, def, err := s.read(ctx, Version{Org: o, Form: id, Number: number})
	return f, v, def, err
}

// Definitions keeps forms that were read, those that were asked for last. Its zero value is ready.
type Definitions struct {
	read     recent[docKey, kept] // versions never change
	versions recent[docKey, listed]
}

// mostReadBytes is how many bytes the documents of the forms have altogether that are kept read, mostListed how many versions are kept listed. The city's largest form has 20 kB: some thousand forms like it fit.
const (
	mostReadBytes = 16 << 20
	mostListed    = 50_000
)

type docKey struct {
	org    ids.Org
	form   ids.Form
	number int64
}

type kept struct {
	version Version
	def     *form.Definition
}

type listed struct {
	config   int64
	versions []Version
}

// versions are those of a form. A new one comes with a new version of the configuration.
func (s *Service) versions(ctx context.Context, c *catalog.Config, id ids.Form) ([]Version, error) {
	key := docKey{org: c.Org.ID, form: id}
	if known, ok := s.Definitions.versions.get(key); ok && known.config == c.Version {
		return known.versions, nil
	}
	list, err := s.Store.FormVersions(ctx, c.Org.ID, id)
	if err != nil {
		return nil, err
	}
	s.Definitions.versions.put(key, listed{c.Version, list}, 1+len(list), mostListed)
	return list, nil
}

// read returns a version with its document and the form that it is.
func (s *Service) read(ctx context.Context, v Version) (Version, *form.Definition, error) {
	key := docKey{v.Org, v.Form, v.Number}
	if known, ok := s.Definitions.read.get(key); ok {
		return known.version, known.def, nil
	}
	v, err := s.Store.FormVersion(ctx, v.Org, v.Form, v.Number)
	if err != nil {
		return Version{}, nil, err
	}
	def, mistakes := form.Read(v.Document)
	if len(mistakes) > 0 {
		return Version{}, nil, fmt.Errorf("version %d of form %s cannot be read: %s: %s", v.Number, v.Form, mistakes[0].Where, mistakes[0].Key)
	}
	s.Definitions.read.put(key, kept{v, def}, len(v.Document), mostReadBytes)
	return v, def, nil
}
