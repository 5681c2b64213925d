package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is how many levels of the tree are in one stored tile: 256 hashes, of 8 KB.
const TileHeight = 8

// TileWidth is how many hashes a whole tile has.
const TileWidth = 1 << TileHeight

// TileID says which tile: the hashes N*256 and so on of the tree's level Level*8.
type TileID struct {
	Level int
	N     int64
}

// ReadTile returns the hashes of a stored tile, joined; a tile at the end of the tree has as many as there are by now.
type ReadTile func(ctx context.Context, id TileID) ([]byte, error)

// ErrDamaged says that what is stored of the tree is not what was signed.
var ErrDamaged = errors.New(`the stored tree of the audit log is not the one that was signed: run "luukku audit verify"`)

// Grown is what a tree becomes.
type Grown struct {
	Size  int64
	Root  tlog.Hash
	Tiles []GrownTile // those that are new or longer than before
}

// GrownTile is a tile with all its hashes.
type GrownTile struct {
	TileID
	Hashes []byte
}

// Grow appends leaves to a tree of some size and root, and proves that the new tree begins with the old one. ErrDamaged when the stored tiles do not give the
// old root.
func Grow(ctx context.Context, read ReadTile, size int64, root tlog.Hash, leaves []tlog.Hash) (Grown, error) {
	t := &growing{ctx: ctx, read: read, made: map[int64]tlog.Hash{}, tiles: map[TileID][]byte{}}
	if size > 0 {
		stored, err := tlog.TreeHash(size, t)
		if err != nil {
			return Grown{}, fmt.Errorf("read the tree of the audit log: %w", err)
		}
		if stored != root {
			return Grown{}, ErrDamaged
		}
	}
	n := size
	for _, leaf := range leaves {
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, t)
		if err != nil {
			return Grown{}, fmt.Errorf("grow the tree of the audit log: %w", err)
		}
		at := tlog.StoredHashIndex(0, n)
		for i, h := range hashes {
			t.made[at+int64(i)] = h
		}
		n++
	}
	out := Grown{Size: n}
	var err error
	if out.Root, err = tlog.TreeHash(n, t); err != nil {
		return Grown{}, fmt.Errorf("grow the tree of the audit log: %w", err)
	}
	if size > 0 && n > size {
		if err := t.consistent(size, root, n, out.Root); err != nil {
			return Grown{}, err
		}
	}
	for _, tile := range tlog.NewTiles(TileHeight, size, n) {
		hashes, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return Grown{}, fmt.Errorf("cut the tree of the audit log into tiles: %w", err)
		}
		out.Tiles = append(out.Tiles, GrownTile{TileID{tile.L, tile.N}, hashes})
	}
	return out, nil
}

// growing has the hashes of a tree: those that were made just now, and those of the stored tiles.
type growing struct {
	ctx   context.Context
	read  ReadTile
	made  map[int64]tlog.Hash
	tiles map[TileID][]byte
}

// ReadHashes is tlog's HashReader.
func (t *growing) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		h, made := t.made[at]
		if !made {
			var err error
			if h, err = t.stored(at); err != nil {
				return nil, err
			}
		}
		out[i] = h
	}
	return out, nil
}

func (t *growing) stored(at int64) (tlog.Hash, error) {
	tile := tlog.TileForIndex(TileHeight, at)
	id := TileID{tile.L, tile.N}
	data, had := t.tiles[id]
	if !had {
		var err error
		if data, err = t.read(t.ctx, id); err != nil {
			return tlog.Hash{}, err
		}
		t.tiles[id] = data
	}
	if len(data)%tlog.HashSize != 0 || len(data)/tlog.HashSize < tile.W || len(data) > TileWidth*tlog.HashSize {
		return tlog.Hash{}, ErrDamaged
	}
	tile.W = len(data) / tlog.HashSize
	return tlog.HashFromTile(tile, data, at)
}

// consistent proves that a tree begins with a smaller one.
func (t *growing) consistent(size int64, root tlog.Hash, newSize int64, newRoot tlog.Hash) error {
	proof, err := tlog.ProveTree(newSize, size, t)
	if err == nil {
		err = tlog.CheckTree(proof, newSize, newRoot, size, root)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// Range computes roots from leaves that come one after the other, and remembers no more than it must.
type Range struct {
	Size int64
	edge []tlog.Hash // of the whole subtrees from the left, the largest first
}

// Add appends a leaf. Each node that it completes is told with its level (0 is the leaves) and number; told may be nil.
func (r *Range) Add(leaf tlog.Hash, told func(level int, n int64, h tlog.Hash)) {
	n, h := r.Size, leaf
	for level := 0; ; level++ {
		if told != nil {
			told(level, n, h)
		}
		if n&1 == 0 {
			break
		}
		last := len(r.edge) - 1
		h = tlog.NodeHash(r.edge[last], h)
		r.edge, n = r.edge[:last], n>>1
	}
	r.edge = append(r.edge, h)
	r.Size++
}

// Root is the root of the tree so far. There is none of an empty one.
func (r *Range) Root() tlog.Hash {
	if len(r.edge) == 0 {
		return tlog.Hash{}
	}
	h := r.edge[len(r.edge)-1]
	for i := len(r.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(r.edge[i], h)
	}
	return h
}

// Clone returns a range that goes its own way from here.
func (r *Range) Clone() Range { return Range{r.Size, slices.Clone(r.edge)} }
