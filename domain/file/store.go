package file

import (
	"context"
	"io"
	"time"

	"luukku/base/ids"
	"luukku/domain/audit"
)

// Reader is what the room reads.
type Reader interface {
	// File returns a file, or NotFound.
	File(ctx context.Context, o ids.Org, id ids.File) (File, error)
	// FilesOf returns what a holder has, with its links, in their order.
	FilesOf(ctx context.Context, h Holder) ([]File, []Link, error)
	// Holders returns the links to a file.
	Holders(ctx context.Context, o ids.Org, id ids.File) ([]Link, error)
	// PersonKey returns somebody's wrapped key, or NotFound.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
}

// Store is what the room needs of storage.
type Store interface {
	Reader
	// Unheld returns files that nobody holds any more at a moment, at most so many of an organisation.
	Unheld(ctx context.Context, now int64, most int) ([]File, error)
	// FilesWaiting counts an organisation's files that wait for the scanner, and says since when the oldest does.
	FilesWaiting(ctx context.Context, o ids.Org, now int64) (files, oldest int64, err error)
	// FileTx runs do in one transaction. It may run twice.
	FileTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is one open transaction. Who reads a file in it waits for who changes it.
type Tx interface {
	Reader
	PutFile(ctx context.Context, f File) error
	// SetFileState writes what the scanner said; false when it was written before.
	SetFileState(ctx context.Context, o ids.Org, id ids.File, s State, at int64) (bool, error)
	PutLink(ctx context.Context, l Link) error
	// DropLink takes a file from a holder; false when it did not have it. DropLinks takes all.
	DropLink(ctx context.Context, h Holder, id ids.File, now int64) (bool, error)
	DropLinks(ctx context.Context, h Holder, now int64) error
	// DropFile forgets a file unless somebody holds it; false then.
	DropFile(ctx context.Context, o ids.Org, id ids.File, now int64) (bool, error)
	// PutScan has a file looked at by the scanner.
	PutScan(ctx context.Context, f Ref, now int64) error
	// UseForm remembers the answer to a form; used is the earlier answer when it was sent before. Conflict "form.key_reused" for the same key with another form.
	UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error)
	Audit(ctx context.Context, entries ...audit.Entry) error
}

// TaskScan is the kind of the task that has a file looked at by the scanner.
const TaskScan = "attachment.scan"

// Ref names a file.
type Ref struct {
	Org  ids.Org  `json:"org"`
	File ids.File `json:"file"`
}

// Blobs keeps the bytes of files. What they are called there says nothing of them.
type Blobs interface {
	// Create begins a file. Until Keep nobody else sees it.
	Create(f Ref) (Blob, error)
	// Open opens what was kept, or fails with fs.ErrNotExist.
	Open(f Ref) (Opened, error)
	// Remove takes a file away; one that is not there is no fault.
	Remove(f Ref) error
	// Unsettled returns files that were begun or kept before a moment and of which nobody has said that they are written down, at most so many. Settle says so.
	Unsettled(before time.Time, most int) ([]Ref, error)
	Settle(f Ref) error
}

// Blob is a file that is being written.
type Blob interface {
	io.Writer
	io.ReaderAt
	// Keep makes what was written last, whatever happens to the machine. Kept twice it is kept.
	Keep() error
	// Drop throws it away, unless it was kept.
	Drop()
}

// Opened is a file that is read.
type Opened interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Verdict is what a scanner says.
type Verdict struct {
	// Found is the name of what was found; empty for nothing.
	Found string
	// Unable says why the scanner cannot look at the file, and never will; empty when it did.
	Unable string
}

// Scanner looks for malware. An error says that it cannot be asked now, and nothing about the file.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (Verdict, error)
}
