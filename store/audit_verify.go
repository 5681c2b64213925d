package store

import (
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// AuditReport is what VerifyAudit found.
type AuditReport struct {
	Lines        int64      // that are sealed
	Heads        int        // that were checked
	Newest       audit.Head // the zero head when nothing is sealed
	Unsealed     int64      // lines that wait to be sealed
	OldestMicros int64      // when the oldest of them was written, Unix microseconds
	Findings     []string   // a sentence for each thing that is wrong, the first wrong line first; none in a log that nobody touched
}

// maxFindings bounds what is told: who sees that many needs no more.
const maxFindings = 20

// VerifyAudit computes the whole log anew at one moment, line by line: each leaf from its row, each stored hash, each head with its signature, and the reasons
// beside the lines. Kept is a head that was kept elsewhere, of which the log must be a continuation; nil when there is none. Keys may be nil: signatures are left
// aside then. Progress is told how many lines were looked at; it may be nil.
func (s *Store) VerifyAudit(ctx context.Context, keys audit.Keys, kept *audit.Head, progress func(lines int64)) (AuditReport, error) {
	var out AuditReport
	err := s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var err error
		out, err = verifyAudit(ctx, tx, keys, kept, progress)
		return err
	})
	if err != nil {
		return AuditReport{}, fmt.Errorf("verify the audit log: %w", s.fault(err))
	}
	return out, nil
}

// auditPage is how many rows are read at a time.
const auditPage = 2000

func verifyAudit(ctx context.Context, read sqldb.DBTX, keys audit.Keys, kept *audit.Head, progress func(int64)) (AuditReport, error) {
	v := &verifier{q: db.New(read), keys: keys, kept: kept, tiles: map[int]*tileInHand{}, progress: progress}
	for _, step := range []func(context.Context) error{v.begin, v.lines, v.end, v.reasons, v.tail} {
		if err := step(ctx); err != nil {
			return AuditReport{}, err
		}
	}
	return v.report, nil
}

// verifier walks through the log. It computes two trees: of the rows, and of the leaves as they are stored. By which of them is what was signed it tells a
// changed line from a changed hash.
type verifier struct {
	q        *db.Queries
	keys     audit.Keys
	kept     *audit.Head
	progress func(int64)
	report   AuditReport

	size         int64 // what the newest head says
	rows, stored audit.Range
	suspects     []suspect // lines since the last head that are not as stored
	since        string    // the first line since the last head
	lost         bool      // neither tree is what was signed: later heads say nothing any more
	withReason   int64     // sealed lines beside which a reason should stand

	heads     []db.AuditHead // the next ones
	headsDone bool
	tiles     map[int]*tileInHand
	err       error // of a read within the walk
}

// suspect is a line whose hash is not the stored one.
type suspect struct {
	leaf int64
	name string
}

// tileInHand is the tile of a level that is being looked at.
type tileInHand struct {
	n      int64
	hashes []byte
	told   bool // that something is wrong with it
}

func (v *verifier) found(format string, args ...any) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, fmt.Sprintf(format, args...))
	}
}

func (v *verifier) begin(ctx context.Context) error {
	h, err := newestHead(ctx, v.q)
	if err != nil && !errors.Is(err, ErrNoHead) {
		return err
	}
	v.report.Newest, v.size = h, h.Size
	if v.kept != nil && v.kept.Size > v.size {
		v.found("the log has %d lines, and the head that was kept elsewhere has %d: lines are gone, or an older copy of the database is in its place", v.size, v.kept.Size)
	}
	return v.nextHeads(ctx, math.MinInt64)
}

func (v *verifier) nextHeads(ctx context.Context, after int64) (err error) {
	const some = 500
	v.heads, err = v.q.AuditHeads(ctx, db.AuditHeadsParams{After: after, Most: some})
	v.headsDone = len(v.heads) < some
	return err
}

// lines walks through all lines that have a leaf.
func (v *verifier) lines(ctx context.Context) error {
	if err := v.atHeads(ctx); err != nil { // heads of nothing
		return err
	}
	at := db.SealedLinesParams{Most: auditPage}
	at.Leaf.Int64, at.Leaf.Valid = math.MinInt64, true
	for {
		page, err := v.q.SealedLines(ctx, at)
		if err != nil {
			return err
		}
		for _, l := range page {
			if err := v.line(ctx, l); err != nil {
				return err
			}
		}
		if v.progress != nil && len(page) > 0 {
			v.progress(v.rows.Size)
		}
		if len(page) < auditPage {
			return nil
		}
		last := page[len(page)-1]
		at.Leaf, at.Org, at.ID = last.Leaf, last.Org, last.ID
	}
}

func (v *verifier) line(ctx context.Context, l db.Audit) error {
	leaf, name := l.Leaf.Int64, nameOf(l.Org, l.ID)
	switch {
	case leaf >= v.size:
		v.found("line %d %s is beyond the newest head, of %d lines: a head is gone, or the line was never sealed", leaf, name, v.size)
		return nil
	case leaf < v.rows.Size:
		v.found("%s says that it is line %d, and another line is that", name, leaf)
		return nil
	}
	if err := v.gap(ctx, leaf); err != nil {
		return err
	}
	row := rowOf(l)
	if row.HasReason() {
		v.withReason++
	}
	return v.leaf(ctx, row.Hash(), name)
}

// nameOf names a line for people: the installation has lines of its own, of no organisation.
func nameOf(org, id string) string {
	if org == "" {
		org = "the installation"
	}
	return fmt.Sprintf("(%s, %s)", org, id)
}

// gap passes over lines that are not there, up to a leaf, by their stored hashes.
func (v *verifier) gap(ctx context.Context, until int64) error {
	switch n := until - v.rows.Size; {
	case n <= 0:
		return nil
	case n == 1:
		v.found("line %d is gone", v.rows.Size)
	default:
		v.found("lines %d to %d are gone", v.rows.Size, until-1)
	}
	for v.rows.Size < until {
		hash, ok, err := v.hash(ctx, 0, v.rows.Size)
		if err != nil {
			return err
		}
		if !ok { // neither the line nor its hash: nothing more can be computed
			v.lost = true
		}
		if err := v.leaf(ctx, hash, fmt.Sprintf("(gone: %d)", v.rows.Size)); err != nil {
			return err
		}
	}
	return nil
}

// leaf takes in one line's hash.
func (v *verifier) leaf(ctx context.Context, row tlog.Hash, name string) error {
	n := v.rows.Size
	if v.since == "" {
		v.since = fmt.Sprintf("%d %s", n, name)
	}
	stored, ok, err := v.hash(ctx, 0, n)
	if err != nil {
		return err
	}
	if !ok {
		stored = row
	}
	if stored != row && len(v.suspects) < maxFindings {
		v.suspects = append(v.suspects, suspect{n, name})
	}
	v.rows.Add(row, nil)
	v.stored.Add(stored, func(level int, n int64, h tlog.Hash) {
		if level == 0 || level%audit.TileHeight != 0 || v.err != nil {
			return
		}
		above, ok, err := v.hash(ctx, level/audit.TileHeight, n)
		v.err = err
		if ok && above != h && !v.lost {
			v.tile(level/audit.TileHeight, "has a hash that does not follow from those below it")
		}
	})
	if v.err != nil {
		return v.err
	}
	return v.atHeads(ctx)
}

// tile tells what is wrong with the tile in hand of a level, once.
func (v *verifier) tile(level int, what string) {
	t := v.tiles[level]
	if !t.told {
		v.found("the stored tile %d of level %d %s", t.n, level, what)
	}
	t.told = true
}

// hash returns a stored hash: the n-th of a level of tiles; false when it is not there.
func (v *verifier) hash(ctx context.Context, level int, n int64) (tlog.Hash, bool, error) {
	id := audit.TileID{Level: level, N: n / audit.TileWidth}
	t := v.tiles[level]
	if t == nil || t.n != id.N {
		hashes, err := readTile(ctx, v.q, id)
		if err != nil {
			return tlog.Hash{}, false, err
		}
		t = &tileInHand{n: id.N, hashes: hashes}
		v.tiles[level] = t
		want := min(audit.TileWidth, v.size>>(audit.TileHeight*level)-id.N*audit.TileWidth)
		switch {
		case hashes == nil:
			v.tile(level, "is gone")
		case int64(len(hashes)) != want*tlog.HashSize:
			v.tile(level, fmt.Sprintf("has %d bytes and not %d", len(hashes), want*tlog.HashSize))
		}
	}
	at := int(n%audit.TileWidth) * tlog.HashSize
	if len(t.hashes) < at+tlog.HashSize {
		return tlog.Hash{}, false, nil
	}
	return tlog.Hash(t.hashes[at : at+tlog.HashSize]), true, nil
}

// atHeads checks the heads of the present size, and the one that was kept elsewhere.
func (v *verifier) atHeads(ctx context.Context) error {
	if v.kept != nil && v.kept.Size == v.rows.Size && v.kept.Size <= v.size && !v.lost {
		if v.rows.Root() != v.kept.Root {
			v.found("the first %d lines are not those of the head that was kept elsewhere: the log was written anew since", v.kept.Size)
		}
	}
	for {
		if len(v.heads) == 0 || v.heads[0].Size > v.rows.Size {
			return nil
		}
		h := v.heads[0]
		v.heads = v.heads[1:]
		if err := v.head(headOf(h), len(h.Root)); err != nil {
			return err
		}
		if len(v.heads) == 0 && !v.headsDone {
			if err := v.nextHeads(ctx, h.Size); err != nil {
				return err
			}
		}
	}
}

// head holds the trees against a head.
func (v *verifier) head(h audit.Head, rootLength int) error {
	v.report.Heads++
	if h.Size < v.rows.Size || h.Size <= 0 || rootLength != tlog.HashSize {
		v.found("there is a head of %d lines, which is none", h.Size)
		return nil
	}
	if v.keys != nil {
		if err := h.Check(v.keys); err != nil {
			v.found("the head of %d lines: %s", h.Size, err)
		}
	}
	defer func() { v.suspects, v.since = nil, "" }()
	if v.lost {
		return nil
	}
	rows, stored := v.rows.Root() == h.Root, v.stored.Root() == h.Root
	for _, s := range v.suspects {
		switch {
		case rows:
			v.found("the stored hash of line %d %s was changed; the line itself is as it was sealed", s.leaf, s.name)
		case stored:
			v.found("line %d %s is not what was sealed", s.leaf, s.name)
		default:
			v.found("line %d %s is not what its stored hash says", s.leaf, s.name)
		}
	}
	switch {
	case rows:
		v.stored = v.rows.Clone()
	case stored:
		v.rows = v.stored.Clone()
	default:
		v.found("lines %s to %d are not those that were signed", v.since, h.Size-1)
		v.lost = true
	}
	return nil
}

// end looks at what must be there when all lines were walked through.
func (v *verifier) end(ctx context.Context) error {
	if err := v.gap(ctx, v.size); err != nil {
		return err
	}
	v.report.Lines = v.rows.Size
	want := int64(0)
	for n := v.size; n > 0; n >>= audit.TileHeight {
		want += (n + audit.TileWidth - 1) / audit.TileWidth
	}
	got, err := v.q.CountAuditTiles(ctx)
	if err != nil {
		return err
	}
	if got != want {
		v.found("there are %d stored tiles, and a log of %d lines has %d", got, v.size, want)
	}
	return nil
}

// reasons holds each reason against its line.
func (v *verifier) reasons(ctx context.Context) error {
	at, sealed := db.AuditReasonsParams{Most: auditPage}, int64(0)
	for {
		page, err := v.q.AuditReasons(ctx, at)
		if err != nil {
			return err
		}
		for _, r := range page {
			if r.Leaf.Valid {
				sealed++
			}
			row := audit.Row{Detail: r.Detail.String}
			if !r.Detail.Valid || !row.BoundTo(audit.Reason{Person: ids.Person(r.Person), Sealed: r.Reason}) {
				v.found("the reason beside line %s is not the one that was written with it", nameOf(r.Org, r.Audit))
			}
		}
		if len(page) < auditPage {
			break
		}
		at.Org, at.Audit = page[len(page)-1].Org, page[len(page)-1].Audit
	}
	if sealed != v.withReason {
		v.found("%d reasons stand beside sealed lines, and there should be %d", sealed, v.withReason)
	}
	return nil
}

func (v *verifier) tail(ctx context.Context) error {
	t, err := v.q.UnsealedTail(ctx)
	v.report.Unsealed, v.report.OldestMicros = t.Lines, t.OldestUs
	return err
}
