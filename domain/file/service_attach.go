package file

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
)

// sealer seals and opens for an owner.
type sealer interface {
	Seal(b []byte, where seal.Place) ([]byte, error)
	Open(sealed []byte, where seal.Place) ([]byte, error)
}

// sealer is the key of whose a file is: a person's own, or else the installation's.
func (s *Service) sealer(ctx context.Context, from Reader, of actor.Owner) (sealer, error) {
	if of.Person == "" || of.Company != "" {
		return s.Seals, nil
	}
	wrapped, err := from.PersonKey(ctx, of.Person)
	if err != nil {
		return nil, err
	}
	return s.Seals.Unwrap(string(of.Person), wrapped)
}

// secret is what is sealed of a file: what it is called, and the key that its bytes are encrypted for.
type secret struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

func linkPlace(l Link) seal.Place {
	return seal.Place{Table: "file_link", Column: "sealed", Row: string(l.Org) + "/" + string(l.Kind) + "/" + l.ID + "/" + string(l.File)}
}

func holdPlace(f File) seal.Place {
	return seal.Place{Table: "file", Column: "sealed", Row: string(f.Org) + "/" + string(f.ID)}
}

func sealSecret(key sealer, x secret, where seal.Place) ([]byte, error) {
	plain, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	return key.Seal(plain, where)
}

func openSecret(key sealer, sealed []byte, where seal.Place) (x secret, err error) {
	plain, err := key.Open(sealed, where)
	if err == nil {
		err = json.Unmarshal(plain, &x)
	}
	return x, err
}

// Attach gives a file that was taken in to a holder, in the holder's transaction, and has it looked at by the scanner. Its bytes are kept before it is written down.
func (s *Service) Attach(ctx context.Context, tx Tx, t *Taken, h Holder, of actor.Owner) (Attached, error) {
	if err := t.blob.Keep(); err != nil {
		return Attached{}, err
	}
	if err := tx.PutFile(ctx, t.File); err != nil {
		return Attached{}, err
	}
	a, err := s.link(ctx, tx, t.File, secret{t.Name, t.key}, h, of)
	if err != nil {
		return Attached{}, err
	}
	if t.State != Waiting { // a copy of what was looked at
		return a, nil
	}
	return a, tx.PutScan(ctx, t.ref(), t.CreatedAt)
}

// link gives a file to a holder, behind those it has, under a name of its own among them.
func (s *Service) link(ctx context.Context, tx Tx, f File, x secret, h Holder, of actor.Owner) (Attached, error) {
	key, err := s.sealer(ctx, tx, of)
	if err != nil {
		return Attached{}, err
	}
	files, links, err := tx.FilesOf(ctx, h)
	if err != nil {
		return Attached{}, err
	}
	has, err := s.attached(key, files, links)
	if err != nil {
		return Attached{}, err
	}
	l := Link{Holder: h, File: f.ID, Position: 1, Owner: of}
	var taken []string
	for _, a := range has {
		taken, l.Position = append(taken, a.Name), max(l.Position, a.Position+1)
	}
	x.Name = UniqueName(x.Name, taken)
	if l.Sealed, err = sealSecret(key, x, linkPlace(l)); err != nil {
		return Attached{}, err
	}
	return Attached{File: f, Position: l.Position, Name: x.Name, key: x.Key}, tx.PutLink(ctx, l)
}

func (s *Service) attached(key sealer, files []File, links []Link) ([]Attached, error) {
	out := make([]Attached, len(files))
	for i, f := range files {
		x, err := openSecret(key, links[i].Sealed, linkPlace(links[i]))
		if err != nil {
			return nil, fmt.Errorf("open the key of file %s: %w", f.ID, err)
		}
		out[i] = Attached{File: f, Position: links[i].Position, Name: x.Name, key: x.Key}
	}
	return out, nil
}

// Of returns the files of a holder that is somebody's, in their order. From is the store, or an open transaction.
func (s *Service) Of(ctx context.Context, from Reader, h Holder, of actor.Owner) ([]Attached, error) {
	files, links, err := from.FilesOf(ctx, h)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	key, err := s.sealer(ctx, from, of)
	if err != nil {
		return nil, err
	}
	return s.attached(key, files, links)
}

// Give attaches an organisation's upload to a holder that is somebody's, in the holder's transaction: one upload may be given to many. NotFound when it can be attached no more.
func (s *Service) Give(ctx context.Context, tx Tx, o ids.Org, id ids.File, h Holder, of actor.Owner) (Attached, error) {
	a, err := s.held(ctx, tx, o, id)
	if err != nil {
		return Attached{}, err
	}
	return s.link(ctx, tx, a.File, secret{a.Name, a.key}, h, of)
}

// Pass gives what one holder has to another, in its transaction: to one that is somebody else's, too. The key is sealed anew for whom it is given to; the bytes are the same.
func (s *Service) Pass(ctx context.Context, tx Tx, from Holder, of actor.Owner, to Holder, toWhom actor.Owner) ([]Attached, error) {
	list, err := s.Of(ctx, tx, from, of)
	if err != nil {
		return nil, err
	}
	for i, a := range list {
		if list[i], err = s.link(ctx, tx, a.File, secret{a.Name, a.key}, to, toWhom); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Reseal gives what a holder has to another owner of the same holder, in its transaction: the keys are sealed anew for whose it is now.
func (s *Service) Reseal(ctx context.Context, tx Tx, h Holder, of, toWhom actor.Owner) error {
	list, err := s.Of(ctx, tx, h, of)
	if err != nil {
		return err
	}
	for _, a := range list {
		if _, err := tx.DropLink(ctx, h, a.ID, s.Now().Unix()); err != nil {
			return err
		}
	}
	for _, a := range list {
		if _, err := s.link(ctx, tx, a.File, secret{a.Name, a.key}, h, toWhom); err != nil {
			return err
		}
	}
	return nil
}

// Copy takes the bytes of a file over to another organisation, which has them as long as it holds them, whatever becomes of the first. They are encrypted as they were; what the scanner said holds for
// them, too. Attach the copy, or drop it.
func (s *Service) Copy(a Attached, to ids.Org) (_ *Taken, err error) {
	in, err := s.Blobs.Open(a.ref())
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", a.ID, err)
	}
	defer in.Close()
	t := &Taken{File: a.File, Name: a.Name, key: a.key}
	t.Org, t.ID, t.CreatedAt, t.HeldUntil, t.Sealed = to, s.Gen.File(), s.Now().Unix(), 0, nil
	if t.blob, err = s.Blobs.Create(t.ref()); err != nil {
		return nil, err
	}
	if _, err = io.Copy(t.blob, io.NewSectionReader(in, 0, in.Size())); err != nil {
		t.blob.Drop()
		return nil, fmt.Errorf("copy file %s: %w", a.ID, err)
	}
	return t, nil
}
