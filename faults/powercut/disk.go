// Package powercut is a disk whose power can be cut: a file system that forgets what was not synced.
//
// What is written is kept in memory twice: as programs see it, and as it would be found after the power came back. It promises the least that POSIX
// does, which is less than most disks give:
//
//   - A file's content is safe from the fsync (or fdatasync) on. What was written since is lost, or there, sector by sector of 512 bytes, in any order:
//     a later write may be there and an earlier one not, and a write may be torn.
//   - A change of a file's length is such a write, too.
//   - A name that was made, removed or changed is safe from the fsync of the directory on; that of the file is not enough. Changes of names since then
//     happened in their order up to some point (as journaling file systems have it).
//   - From the cut on, whatever is asked is answered with an I/O error, a sync that had begun as well: who was told that data is safe was told before.
//
// It is one flat directory, which is all that a data directory needs. It can be full as well. The disk itself is pure; Mount shows it to the kernel.
package powercut

import (
	"maps"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// sector is how much a disk writes whole or not at all, in bytes.
const sector = 512

// Files are the contents of files by name.
type Files map[string][]byte

// Disk is a disk with one directory. It is safe for concurrent use.
type Disk struct {
	// SyncTime is how long a sync takes; the cut may come meanwhile. Set it before use.
	SyncTime time.Duration

	mu      sync.Mutex
	names   map[string]*file // as programs see them
	safe    map[string]*file // as they are after a cut
	changes []rename         // what happened to names since the directory was synced
	cut     bool
	room    int64 // how many bytes still fit; negative is no limit
	stats   Stats
}

// Stats count what was asked of a disk.
type Stats struct {
	Writes, Syncs int
}

// file is the content of one file.
type file struct {
	now     []byte
	safe    []byte
	pending []write
	synced  int // how many writes are safe
}

// write is one write since the last sync, or a new length when data is nil.
type write struct {
	at   int64
	data []byte
}

// rename is one change of names: from went, to came. Either may be empty.
type rename struct {
	from, to string
	file     *file
}

// New returns a disk with files on it, all of them safe.
func New(found Files) *Disk {
	d := &Disk{names: map[string]*file{}, safe: map[string]*file{}, room: -1}
	for name, b := range found {
		f := &file{now: append([]byte(nil), b...), safe: append([]byte(nil), b...)}
		d.names[name], d.safe[name] = f, f
	}
	return d
}

// Stats returns the counts so far.
func (d *Disk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}

// SetRoom says how many bytes still fit; negative is no limit. Writing over what is there needs no room.
func (d *Disk) SetRoom(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = bytes
}

// Cut cuts the power and returns what is found afterwards. Chance decides what of the unsynced survives: survives is the share of sectors, 0 to 1.
func (d *Disk) Cut(chance *rand.Rand, survives float64) Files {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = true
	names := maps.Clone(d.safe)
	for _, r := range d.changes[:chance.IntN(len(d.changes)+1)] {
		r.apply(names)
	}
	found := Files{}
	for name, f := range names {
		found[name] = f.found(chance, survives)
	}
	return found
}

// found is a file's content after a cut.
func (f *file) found(chance *rand.Rand, survives float64) []byte {
	b := append([]byte(nil), f.safe...)
	for _, w := range f.pending {
		if w.data == nil {
			if chance.Float64() < survives {
				b = resized(b, w.at)
			}
			continue
		}
		for at := int64(0); at < int64(len(w.data)); {
			end := min(int64(len(w.data)), (w.at+at)/sector*sector+sector-w.at)
			if chance.Float64() < survives {
				b = written(b, w.at+at, w.data[at:end])
			}
			at = end
		}
	}
	return b
}

func (r rename) apply(names map[string]*file) {
	if r.from != "" {
		delete(names, r.from)
	}
	if r.to != "" {
		names[r.to] = r.file
	}
}

// written returns b with data at an offset; a hole before it is zeros.
func written(b []byte, at int64, data []byte) []byte {
	if end := at + int64(len(data)); end > int64(len(b)) {
		b = resized(b, end)
	}
	copy(b[at:], data)
	return b
}

// resized returns b with another length; what is new is zeros.
func resized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size:size] // what is cut off never comes back
	}
	if size > int64(cap(b)) {
		bigger := make([]byte, size, size+size/2)
		copy(bigger, b)
		return bigger
	}
	end := len(b)
	b = b[:size]
	clear(b[end:])
	return b
}

// lock begins an operation: EIO from the cut on.
func (d *Disk) lock() syscall.Errno {
	d.mu.Lock()
	if d.cut {
		d.mu.Unlock()
		return syscall.EIO
	}
	return 0
}

// grow takes the room for a longer file.
func (d *Disk) grow(f *file, size int64) syscall.Errno {
	more := size - int64(len(f.now))
	if d.room < 0 || more <= 0 {
		return 0
	}
	if more > d.room {
		return syscall.ENOSPC
	}
	d.room -= more
	return 0
}

func (d *Disk) write(f *file, at int64, data []byte) syscall.Errno {
	if errno := d.lock(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	if errno := d.grow(f, at+int64(len(data))); errno != 0 {
		return errno
	}
	d.stats.Writes++
	f.now = written(f.now, at, data)
	f.pending = append(f.pending, write{at, append([]byte{}, data...)})
	return 0
}

func (d *Disk) truncate(f *file, size int64) syscall.Errno {
	if errno := d.lock(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	if errno := d.grow(f, size); errno != 0 {
		return errno
	}
	f.now = resized(f.now, size)
	f.pending = append(f.pending, write{at: size})
	return 0
}

func (d *Disk) read(f *file, at int64, into []byte) ([]byte, syscall.Errno) {
	if errno := d.lock(); errno != 0 {
		return nil, errno
	}
	defer d.mu.Unlock()
	if at >= int64(len(f.now)) {
		return nil, 0
	}
	return into[:copy(into, f.now[at:])], 0
}

func (d *Disk) size(f *file) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(f.now))
}

// sync makes a file's content safe as it was when the sync began.
func (d *Disk) sync(f *file) syscall.Errno {
	if errno := d.lock(); errno != 0 {
		return errno
	}
	until := f.synced + len(f.pending)
	d.mu.Unlock()
	time.Sleep(d.SyncTime)
	if errno := d.lock(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	d.stats.Syncs++
	n := max(0, until-f.synced) // another sync may have been faster
	for _, w := range f.pending[:n] {
		if w.data == nil {
			f.safe = resized(f.safe, w.at)
		} else {
			f.safe = written(f.safe, w.at, w.data)
		}
	}
	f.pending, f.synced = append([]write(nil), f.pending[n:]...), f.synced+n
	return 0
}

// syncNames makes the directory safe.
func (d *Disk) syncNames() syscall.Errno {
	if errno := d.lock(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	d.stats.Syncs++
	d.safe, d.changes = maps.Clone(d.names), nil
	return 0
}

// rename carries out a change of names.
func (d *Disk) rename(r rename) syscall.Errno {
	if errno := d.lock(); errno != 0 {
		return errno
	}
	defer d.mu.Unlock()
	if r.file == nil && r.from != "" {
		r.file = d.names[r.from]
	}
	r.apply(d.names)
	d.changes = append(d.changes, r)
	return 0
}

func (d *Disk) create(name string) (*file, syscall.Errno) {
	f := &file{}
	return f, d.rename(rename{to: name, file: f})
}
