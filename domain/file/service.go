package file

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"slices"
	"time"

	"filippo.io/age"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store Store
	Blobs Blobs
	// Scanner is nil where none is configured: files wait then, and nobody opens them.
	Scanner Scanner
	Seals   *seal.Keyring
	Gen     *ids.Gen
	Now     clock.Now
	Log     *slog.Logger
	// Scanned is told of a file that the scanner is done with, once for each holder, and again if it fails. May be nil.
	Scanned func(ctx context.Context, h Holder) error
	// Committed is told that jobs may have been written. May be nil.
	Committed func()
}

// Incoming is a file on its way in.
type Incoming struct {
	Org  ids.Org
	Name string
	// Most is how many bytes it may have.
	Most int64
}

// Taken is a file that has come in and was found to be what may be taken. Nobody holds it yet: attach it, or drop it.
type Taken struct {
	File
	Name string
	key  string
	blob Blob
}

// Drop throws away what was taken in, unless it was kept.
func (t *Taken) Drop() { t.blob.Drop() }

// meter counts and sums what passes, and stops what is too much.
type meter struct {
	in   io.Reader
	sum  hash.Hash
	n    int64
	most int64
}

var errTooLarge = errors.New("file is too large")

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.in.Read(b)
	m.n += int64(n)
	m.sum.Write(b[:n])
	if m.n > m.most {
		return 0, errTooLarge
	}
	return n, err
}

// Take takes a file in: it is encrypted as it comes, under a key of its own, and never lies anywhere in the open. Then it is looked at. What is too large or of no type that is taken
// is refused before the rest of it is read. Faults: Invalid at Field.
func (s *Service) Take(_ context.Context, in Incoming, r io.Reader) (_ *Taken, err error) {
	name := CleanName(in.Name)
	begin := bufio.NewReaderSize(r, headSize)
	head, err := begin.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil, broken(err)
	}
	head = slices.Clone(head)
	if len(head) > 0 && sniff(head) == "" {
		return nil, wrong("file.type", name, nil)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a file's key: %w", err)
	}
	t := &Taken{File: File{Org: in.Org, ID: s.Gen.File(), State: Waiting, CreatedAt: s.Now().Unix()}, key: identity.String()}
	if t.blob, err = s.Blobs.Create(t.ref()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.blob.Drop()
		}
	}()
	m := &meter{in: begin, sum: sha256.New(), most: in.Most}
	written := &tally{w: t.blob}
	w, err := age.Encrypt(written, identity.Recipient())
	if err != nil {
		return nil, fmt.Errorf("encrypt a file: %w", err)
	}
	if _, err = io.Copy(w, m); err != nil {
		if errors.Is(err, errTooLarge) {
			return nil, wrong("file.too_large", name, fault.Args{"most": in.Most / MB})
		}
		return nil, broken(err)
	}
	if err = w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt a file: %w", err)
	}
	t.Size, t.Digest = m.n, m.sum.Sum(nil)
	at, _, err := age.DecryptReaderAt(t.blob, written.n, identity)
	if err != nil {
		return nil, fmt.Errorf("read a file back: %w", err)
	}
	if t.Type, t.Name, err = check(at, t.Size, head, name); err != nil {
		return nil, err
	}
	return t, nil
}

// broken is that a file did not come in whole. What the disk says of itself stays an error of ours.
func broken(err error) error {
	if fault.Of(err) != nil {
		return err
	}
	return fmt.Errorf("take a file in: %w", err)
}

// tally counts what is written.
type tally struct {
	w io.Writer
	n int64
}

func (t *tally) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	t.n += int64(n)
	return n, err
}

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

// Upload keeps a file that an organisation is going to attach: HoldDays long. Sent again under its key with the same content it is the same file, and again says so. Faults: Invalid
// at Field; Conflict "form.key_reused".
func (s *Service) Upload(ctx context.Context, who actor.Actor, in Incoming, key ids.FormKey, r io.Reader) (_ Attached, again bool, err error) {
	if err := MayUpload(who, in.Org); err != nil {
		return Attached{}, false, err
	}
	return s.Hold(ctx, who, in, key, r)
}

// MayUpload is whether somebody may upload what an organisation attaches: who sends letters, and a program that decides on forms.
func MayUpload(who actor.Actor, o ids.Org) error {
	if who.May(actor.SubmissionWork, actor.Object{Org: o}) == nil {
		return nil
	}
	return who.May(actor.LetterSend, actor.Object{Org: o})
}

// Hold is Upload for whom another room has asked.
func (s *Service) Hold(ctx context.Context, who actor.Actor, in Incoming, key ids.FormKey, r io.Reader) (_ Attached, again bool, err error) {
	t, err := s.Take(ctx, in, r)
	if err != nil {
		return Attached{}, false, err
	}
	defer t.Drop()
	f := t.File
	f.HeldUntil = f.CreatedAt + HoldDays*24*60*60
	if f.Sealed, err = sealSecret(s.Seals, secret{t.Name, t.key}, holdPlace(f)); err != nil {
		return Attached{}, false, err
	}
	if err := t.blob.Keep(); err != nil {
		return Attached{}, false, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %x", t.Name, t.Digest))
	var used string
	err = s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		used, again, err = tx.UseForm(ctx, f.Org, key, "file", sum[:], string(f.ID), f.CreatedAt+24*60*60)
		if again || err != nil {
			return err
		}
		if err := tx.PutFile(ctx, f); err != nil {
			return err
		}
		if err := tx.PutScan(ctx, f.ref(), f.CreatedAt); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(f.Org, who, audit.FileUploaded, f.ID))
	})
	if err != nil || again {
		err = errors.Join(err, s.Blobs.Remove(f.ref()))
		if err != nil {
			return Attached{}, false, err
		}
		a, err := s.held(ctx, s.Store, f.Org, ids.File(used))
		return a, true, err
	}
	s.committed()
	return Attached{File: f, Name: t.Name, key: t.key}, false, nil
}

func (s *Service) entry(o ids.Org, who actor.Actor, a audit.Action, id ids.File) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, a, "file", string(id), nil)
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

// Held returns an organisation's upload, while it can be attached. NotFound else.
func (s *Service) Held(ctx context.Context, who actor.Actor, o ids.Org, id ids.File) (Attached, error) {
	if err := MayUpload(who, o); err != nil {
		return Attached{}, err
	}
	return s.held(ctx, s.Store, o, id)
}

// Holding returns those of an organisation's uploads that can be attached, for whom another room has asked; the others are left out.
func (s *Service) Holding(ctx context.Context, o ids.Org, list []ids.File) ([]Attached, error) {
	var out []Attached
	for _, id := range list {
		a, err := s.held(ctx, s.Store, o, id)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (s *Service) held(ctx context.Context, from Reader, o ids.Org, id ids.File) (Attached, error) {
	f, err := from.File(ctx, o, id)
	if err == nil && !f.Held(s.Now().Unix()) {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return Attached{}, err
	}
	x, err := openSecret(s.Seals, f.Sealed, holdPlace(f))
	return Attached{File: f, Name: x.Name, key: x.Key}, err
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

// ErrClosed is that a file is opened for nobody: it waits for the scanner, or was found to be bad.
var ErrClosed = fault.Conflict("file.closed", nil)

// Content is what is in an open file. Close it.
type Content struct {
	*io.SectionReader
	opened Opened
}

// Close closes it.
func (c *Content) Close() error { return c.opened.Close() }

// Open opens a file that was found clean, for whom its holder's room lets. Conflict "file.closed" for any other.
func (s *Service) Open(a Attached) (*Content, error) {
	if a.State != Clean {
		return nil, ErrClosed
	}
	return s.open(a.File, a.key)
}

func (s *Service) open(f File, key string) (*Content, error) {
	identity, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("read the key of file %s: %w", f.ID, err)
	}
	in, err := s.Blobs.Open(f.ref())
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", f.ID, err)
	}
	at, size, err := age.DecryptReaderAt(in, in.Size(), identity)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("decrypt file %s: %w", f.ID, err), in.Close())
	}
	return &Content{io.NewSectionReader(at, 0, size), in}, nil
}

// scanPause is how long a file waits before the scanner is asked again that could not be.
const scanPause = 30 * time.Second

// ErrScanner is that the scanner could not be asked.
var ErrScanner = errors.New("the scanner does not answer")

// Scan has a file looked at by the scanner, and tells its holders. Again, when the scanner cannot be asked: wait says how long to wait before, and the error is ErrScanner. A file
// that nobody holds any more is passed over.
func (s *Service) Scan(ctx context.Context, a Ref) (wait time.Duration, err error) {
	f, err := s.Store.File(ctx, a.Org, a.File)
	if fault.Is(err, fault.KindNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if f.State == Waiting {
		if s.Scanner == nil {
			return scanPause, ErrScanner
		}
		key, err := s.anyKey(ctx, f)
		if err != nil || key == "" {
			return 0, err
		}
		if wait, err := s.judge(ctx, f, key); err != nil {
			return wait, err
		}
	}
	links, err := s.Store.Holders(ctx, a.Org, a.File)
	if err != nil || s.Scanned == nil {
		return 0, err
	}
	for _, l := range links {
		if err := s.Scanned(ctx, l.Holder); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// judge asks the scanner and writes down what it says.
func (s *Service) judge(ctx context.Context, f File, key string) (wait time.Duration, err error) {
	in, err := s.open(f, key)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	v, err := s.Scanner.Scan(ctx, in)
	if err != nil {
		return scanPause, errors.Join(ErrScanner, err)
	}
	state := Clean
	switch {
	case v.Found != "":
		state = Infected
	case v.Unable != "":
		state = Refused
	}
	if state.Bad() {
		s.Log.Warn("scan.refused", "org", f.Org, "file", f.ID, "state", state, "found", v.Found, "unable", v.Unable)
	}
	return 0, s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) error {
		done, err := tx.SetFileState(ctx, f.Org, f.ID, state, s.Now().Unix())
		if err != nil || !done || !state.Bad() {
			return err
		}
		return tx.Audit(ctx, s.entry(f.Org, actor.System("scanner"), audit.FileRefused, f.ID))
	})
}

// anyKey is a file's key, from whoever holds it; empty when nobody does, or when all who did were erased.
func (s *Service) anyKey(ctx context.Context, f File) (string, error) {
	if len(f.Sealed) > 0 {
		x, err := openSecret(s.Seals, f.Sealed, holdPlace(f))
		return x.Key, err
	}
	links, err := s.Store.Holders(ctx, f.Org, f.ID)
	if err != nil {
		return "", err
	}
	for _, l := range links {
		key, err := s.sealer(ctx, s.Store, l.Owner)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		x, err := openSecret(key, l.Sealed, linkPlace(l))
		return x.Key, err
	}
	return "", nil
}

// orphanAge is how old bytes are that no row speaks of before they are taken for left over.
const orphanAge = 24 * time.Hour

// Sweep takes away files that nobody holds any more, and bytes that were left over when something broke off; at most so many of each, and says how many.
func (s *Service) Sweep(ctx context.Context, most int) (done int, err error) {
	now := s.Now()
	list, err := s.Store.Unheld(ctx, now.Unix(), most)
	if err != nil {
		return 0, err
	}
	for _, f := range list {
		gone := false
		err := s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) (err error) {
			gone, err = tx.DropFile(ctx, f.Org, f.ID, now.Unix())
			return err
		})
		if err == nil && gone {
			err = s.Blobs.Remove(f.ref())
		}
		if err != nil {
			return done, err
		}
		done++
	}
	left, err := s.Blobs.Unsettled(now.Add(-orphanAge), most)
	if err != nil {
		return done, err
	}
	for _, f := range left {
		_, err := s.Store.File(ctx, f.Org, f.File)
		switch {
		case err == nil:
			err = s.Blobs.Settle(f)
		case fault.Is(err, fault.KindNotFound):
			err = s.Blobs.Remove(f)
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
