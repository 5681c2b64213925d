package limit

// table is a map that stays small. It is not safe for concurrent use.
type table[K comparable, V any] struct {
	m    map[K]V
	max  int
	idle func(v V, now int64) bool // whether nothing is lost by forgetting v
	less func(a, b V) bool         // whether a is the lesser loss
}

const (
	// tidy is how many entries each new one looks at for idle ones: two, so that they go faster than they come.
	tidy = 2
	// sample is how many a full table looks at for the least loss.
	sample = 16
)

func (t *table[K, V]) get(key K) V { return t.m[key] }

// put sets a key's value. A new key pays for tidying up.
func (t *table[K, V]) put(key K, v V, now int64) {
	if _, known := t.m[key]; !known {
		t.makeRoom(now)
	}
	if t.m == nil {
		t.m = map[K]V{}
	}
	t.m[key] = v
}

// makeRoom drops some idle entries and, when the table is full all the same, the least loss among a few. A map's order is random enough for both.
func (t *table[K, V]) makeRoom(now int64) {
	looked, full := 0, len(t.m) >= t.max
	var least *K
	var loss V
	for key, v := range t.m {
		if looked++; looked > tidy && !full || looked > sample {
			break
		}
		if t.idle(v, now) {
			delete(t.m, key)
			full = false
			continue
		}
		if least == nil || t.less(v, loss) {
			least, loss = &key, v
		}
	}
	if full && least != nil {
		delete(t.m, *least)
	}
}
