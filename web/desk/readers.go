package desk

import (
	"sync"

	"luukku/base/ids"
	"luukku/web"
)

// readAgain is for how many seconds a list that is read again unchanged has its line in the log already.
const readAgain = 60

// mostReaders bounds what is remembered.
const mostReaders = 4096

// reading is who reads which list, as it was after how many writes.
type reading struct {
	staff  ids.Staff
	org    ids.Org
	asked  dayAsked
	writes uint64
}

// readers remembers who has just read which list. The zero readers is ready, and safe for concurrent use.
type readers struct {
	mu   sync.Mutex
	seen map[reading]int64 // Unix seconds of the line in the log
}

// has reports whether somebody's reading is in the log already, no more than a minute ago.
func (r *readers) has(one reading, now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.seen[one]
	return ok && at <= now && now < at+readAgain
}

// note remembers a reading whose line is written.
func (r *readers) note(one reading, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil || len(r.seen) >= mostReaders {
		r.seen = map[reading]int64{}
	}
	r.seen[one] = now
}

// noteRead has it written down that the list is read: once a minute for one reader, as long as nothing has changed; each time where that cannot be told.
func (d *Door) noteRead(v *web.Visit, a dayAsked, writes uint64, known bool) error {
	one, now := reading{v.Actor().Staff, v.OrgID(), a, writes}, v.Now.Unix()
	if known && d.readers.has(one, now) {
		return nil
	}
	if err := d.Booking.NoteDay(v.Ctx(), v.Actor(), v.OrgID(), a.Office, a.Date); err != nil {
		return err
	}
	d.readers.note(one, now)
	return nil
}
