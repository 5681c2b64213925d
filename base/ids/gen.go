package ids

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// The 50 bits of an appointment's id: seconds since Epoch, the node that made it, and a sequence within the second.
const (
	nodeBits = 4
	seqBits  = 15

	// MaxNode is the highest number a node may have.
	MaxNode = 1<<nodeBits - 1
)

// Epoch is the second from which appointments' ids count. Their 31 bits of seconds last until the year 2093.
var Epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

const maxSecond = 1<<31 - 1

// Gen makes identifiers and secrets. Set the fields before its first use and leave them; after that it is safe for concurrent use, also when
// Rand is not.
//
// A source of chance that fails makes its methods panic, as crypto/rand does: an identifier made without chance would be worse than none.
type Gen struct {
	// Now tells the time.
	Now func() time.Time
	// Rand is a cryptographic source of chance, crypto/rand.Reader when serving.
	Rand io.Reader
	// Node tells apart the processes that write to one database, 0 to MaxNode. Two running at once under one number may make the same id.
	Node int

	mu    sync.Mutex
	appt  uint64 // second<<seqBits | sequence of the last appointment; 0 before the first
	floor uint64 // the same, what Resume said
	ms    uint64 // milliseconds of the last other id
	high  uint16 // its 80 random bits: the first 16 of them
	low   uint64 // and the other 64
}

// Appointment returns a new appointment's id: always greater than the one before, even when the clock stands still or steps back. More than
// 32,768 in a second borrow from the next.
//
// The first id is a second ahead of the clock and starts at a random place, so that a generator made after a restart hardly ever meets the last
// one's ids; with Resume it never does.
func (g *Gen) Appointment() Appointment {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := secondsSinceEpoch(g.Now())
	switch {
	case g.appt == 0:
		var b [2]byte
		g.read(b[:])
		// The lower half of the second, so that a burst at the start does not run into the next one.
		start := uint64(binary.BigEndian.Uint16(b[:])) >> (16 - seqBits + 1)
		g.appt = max((now+1)<<seqBits|start, g.floor)
	case now<<seqBits > g.appt:
		g.appt = now << seqBits
	default:
		g.appt++
	}
	sec, seq := g.appt>>seqBits, g.appt&(1<<seqBits-1)
	return Appointment(encode50((sec<<nodeBits|uint64(g.Node&MaxNode))<<seqBits | seq))
}

// Resume makes every later appointment's id greater than last, which the database says is the greatest so far, whichever node made it. Call it
// before the first Appointment. An empty last means there is none.
func (g *Gen) Resume(last Appointment) error {
	if last == "" {
		return nil
	}
	n, ok := decode50(string(last))
	if !ok {
		return fmt.Errorf("resume after appointment id of %d characters: %w", len(last), errForm)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.appt != 0 {
		return errors.New("resume: the generator has made appointment ids already")
	}
	g.floor = max(g.floor, (n>>(nodeBits+seqBits)+1)<<seqBits)
	return nil
}

// errForm says that a text is no identifier. It never holds the text, which a stranger may have typed.
var errForm = errors.New("not an identifier")

// secondsSinceEpoch returns whole seconds, held to the range the id has room for.
func secondsSinceEpoch(t time.Time) uint64 {
	return uint64(min(max(t.Unix()-Epoch.Unix(), 0), maxSecond-1))
}

// New returns an identifier of 128 bits: 48 bits of Unix milliseconds and 80 random ones, as 26 lower-case characters. Each sorts after the one
// before, even when the clock stands still or steps back. It names a thing and is no secret.
func (g *Gen) New() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ms := uint64(max(g.Now().UnixMilli(), 0)); ms > g.ms {
		var b [10]byte
		g.read(b[:])
		g.ms, g.high, g.low = ms, binary.BigEndian.Uint16(b[:2]), binary.BigEndian.Uint64(b[2:])
	} else {
		g.step()
	}
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], g.ms<<16|uint64(g.high))
	binary.BigEndian.PutUint64(id[8:], g.low)
	return encode128(id)
}

// FirstAt is what comes before all that New makes at a moment or later, and after all that it made before: for finding what is older by its identifier.
func FirstAt(t time.Time) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(max(t.UnixMilli(), 0))<<16)
	return encode128(id)
}

// step adds a random number to the last id, so that neighbours cannot be told by counting.
func (g *Gen) step() {
	var b [4]byte
	g.read(b[:])
	old := g.low
	g.low += uint64(binary.BigEndian.Uint32(b[:])) + 1
	if g.low >= old {
		return
	}
	g.high++
	if g.high == 0 {
		g.ms++
	}
}

// encode128 writes 128 bits as 26 characters, two zero bits first, so that texts sort like their numbers.
func encode128(id [16]byte) string {
	var out [26]byte
	hi, lo := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = lower[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// read fills b with chance. The caller holds the lock.
func (g *Gen) read(b []byte) {
	if _, err := io.ReadFull(g.Rand, b); err != nil {
		panic("ids: the source of chance failed: " + err.Error())
	}
}

// Hold returns a new hold's id.
func (g *Gen) Hold() Hold { return Hold(g.New()) }

// Draft returns a new draft's id.
func (g *Gen) Draft() Draft { return Draft(g.New()) }

// Person returns a new person's id.
func (g *Gen) Person() Person { return Person(g.New()) }

// Waiting returns a new place on a waiting list.
func (g *Gen) Waiting() Waiting { return Waiting(g.New()) }

// Text returns a new text message's id.
func (g *Gen) Text() Text { return Text(g.New()) }

// Ticket makes the id of a ticket.
func (g *Gen) Ticket() Ticket { return Ticket(g.New()) }

// Letter makes a letter's id.
func (g *Gen) Letter() Letter { return Letter(g.New()) }

// File makes an attachment's id.
func (g *Gen) File() File { return File(g.New()) }

// Hook makes a hook's id.
func (g *Gen) Hook() Hook { return Hook(g.New()) }

// HookKey makes the key by which a hook knows that messages are ours.
func (g *Gen) HookKey() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := make([]byte, 32)
	g.read(key)
	return key
}

// Mailing makes a mailing's id.
func (g *Gen) Mailing() Mailing { return Mailing(g.New()) }

// PrintBatch makes a print batch's id.
func (g *Gen) PrintBatch() PrintBatch { return PrintBatch(g.New()) }

// Submission returns a new form that somebody fills in.
func (g *Gen) Submission() Submission { return Submission(g.New()) }

// Enrolment returns a new identifier of an enrolment.
func (g *Gen) Enrolment() Enrolment { return Enrolment(g.New()) }

// Work returns a new item of work.
func (g *Gen) Work() Work { return Work(g.New()) }

// Freed returns a new freed time.
func (g *Gen) Freed() Freed { return Freed(g.New()) }

// Notice returns a new notice's id.
func (g *Gen) Notice() Notice { return Notice(g.New()) }

// Task returns a new task's id.
func (g *Gen) Task() Task { return Task(g.New()) }

// Audit returns a new audit line's id.
func (g *Gen) Audit() Audit { return Audit(g.New()) }

// FormKey returns a new form key. When it was made is in it: see Made.
func (g *Gen) FormKey() FormKey { return FormKey(g.New()) }

// Valid reports whether s has the form of an identifier that New makes.
func Valid(s string) bool {
	if len(s) != 26 || s[0] > '7' {
		return false
	}
	for i := range len(s) {
		if lowerValue[s[i]] == notInAlphabet {
			return false
		}
	}
	return true
}

// Made returns when an identifier from New was made, to the millisecond, and false when it is none. Whoever holds an identifier could have
// written it, so this serves to forget old form keys, never to trust one.
func Made(id string) (time.Time, bool) {
	if !Valid(id) {
		return time.Time{}, false
	}
	var ms int64
	for i := range 10 {
		ms = ms<<5 | int64(lowerValue[id[i]])
	}
	return time.UnixMilli(ms).UTC(), true
}

// Valid reports whether the text is an appointment's id in the one form that Gen writes.
func (a Appointment) Valid() bool {
	_, ok := decode50(string(a))
	return ok
}

// Valid reports whether the text has the form of a form key.
func (k FormKey) Valid() bool { return Valid(string(k)) }
