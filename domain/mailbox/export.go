package mailbox

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
)

// ExportFresh is for how many seconds after showing who they are somebody may take their whole mailbox with them.
const ExportFresh = 10 * 60

// MayExport says whether somebody who showed who they are at a moment may take their mailbox with them: SignInRequired "mailbox.export.again" when that is too long ago.
func MayExport(shownAt, now int64) error {
	if now > shownAt+ExportFresh {
		return fault.SignInRequired("mailbox.export.again")
	}
	return nil
}

// Exported is a letter as somebody takes it with them. What waits to be confirmed has neither subject nor body nor attachments.
type Exported struct {
	Stored
	Standing Standing
	Served   Served
	// Attached is what the letter says is attached to it, in its order.
	Attached []ExportedFile
}

// Missing says why an attachment is named among what somebody takes along, and not there; empty for one that is.
type Missing string

// Why attachments are missing.
const (
	Unchecked Missing = "unchecked" // no scanner has looked at it yet
	Unsafe    Missing = "unsafe"    // malware was found, or the scanner cannot look at it
	Gone      Missing = "gone"      // its bytes are not there any more
)

// missing is why a file in a state is not taken along.
func missing(s file.State) Missing {
	switch {
	case s == file.Clean:
		return ""
	case s.Bad():
		return Unsafe
	}
	return Unchecked
}

// ExportedFile is an attachment of a letter that somebody takes along.
type ExportedFile struct {
	Attachment
	file  file.Attached // its zero value when the letter has it no more
	files *file.Service
}

// Open opens it to be read once; or says why it is missing. Close it.
func (f ExportedFile) Open() (*file.Content, Missing, error) {
	if f.file.ID == "" {
		return nil, Gone, nil
	}
	if why := missing(f.file.State); why != "" {
		return nil, why, nil
	}
	in, err := f.files.Open(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Gone, nil
	}
	return in, "", err
}

// exportedFiles is what is attached to a letter that is open.
func (s *Service) exportedFiles(ctx context.Context, l Letter) ([]ExportedFile, error) {
	if len(l.Files) == 0 {
		return nil, nil
	}
	has, err := s.filesOf(ctx, l)
	if err != nil {
		return nil, err
	}
	return TakeAlong(s.Files, l.Files, has), nil
}

// TakeAlong makes of what something says is attached to it, and of what it has, what is taken along: in the order in which it is named.
func TakeAlong(files *file.Service, named []Attachment, has []file.Attached) []ExportedFile {
	out := make([]ExportedFile, len(named))
	for i, a := range named {
		out[i] = ExportedFile{Attachment: a, files: files}
		if n := slices.IndexFunc(has, func(h file.Attached) bool { return h.ID == a.ID }); n >= 0 {
			out[i].file = has[n]
		}
	}
	return out
}

// mostExported is how many letters are in memory at once while a mailbox is taken along.
const mostExported = 50

// Export goes through all of the actor's letters, the newest first, whatever folder they lie in; what came while it went on is left out. Nothing is read by it in the sense of a receipt: the
// letters stand as before, and one that is to be confirmed stays closed with what is attached to it. That the mailbox was taken along, attachments and all, is in the log once. shownAt is when the actor showed who they are. Faults: as MayExport.
func (s *Service) Export(ctx context.Context, who actor.Actor, shownAt int64, each func(Exported) error) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	if err := MayExport(shownAt, now); err != nil {
		return err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry("", who, audit.MailboxExported, audit.OfPerson, of.ID(), nil))
	})
	if err != nil {
		return err
	}
	configs := map[ids.Org]*catalog.Config{}
	for before := ids.Letter(""); ; {
		page, err := s.Store.Letters(ctx, of, before, mostExported)
		if err != nil {
			return err
		}
		if err := s.open(ctx, page); err != nil {
			return err
		}
		for _, l := range page {
			if before = l.ID; !Visible(l.Letter, l.Stand(), now) {
				continue
			}
			c := configs[l.Org]
			if c == nil {
				if c, err = s.Store.Config(ctx, l.Org); err != nil {
					return err
				}
				configs[l.Org] = c
			}
			x := Exported{Stored: l, Standing: l.Stand()}
			if x.Served, err = s.served(ctx, c, l); err != nil {
				return err
			}
			if x.Attached, err = s.exportedFiles(ctx, l.Letter); err != nil {
				return err
			}
			if err := each(x); err != nil {
				return err
			}
		}
		if len(page) < mostExported {
			return nil
		}
	}
}
